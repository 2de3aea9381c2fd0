//! Which organisations a condition on projects means.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, JoinType, Query, UnionType};
use sea_orm::{ActiveEnum, ConnectionTrait};
use uuid::Uuid;

use super::breadth::{Breadth, MANY};
use super::page::{self, of};
use crate::entities::organisation::{self, OrganisationKind};
use crate::entities::organisation_tree;
use crate::error::Result;

/// Which organisations are meant; all of it must hold.
#[derive(Clone, Debug, Default)]
pub struct Organisations {
    /// One of these.
    pub ids: Option<Vec<Uuid>>,
    /// One with one of these numbers of ten digits.
    pub numbers: Option<Vec<String>>,
    /// One of these kinds, a unit by its own or its legal entity's.
    pub kinds: Option<Vec<OrganisationKind>>,
    /// Units of those too.
    pub include_units: bool,
    /// How they are looked at.
    pub breadth: Breadth,
}

impl Organisations {
    /// Whether these are in many projects.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn weigh(&self, db: &impl ConnectionTrait) -> Result<Breadth> {
        let which = Condition::all()
            .add_option(
                self.ids.as_ref().map(|ids| Expr::col(organisation::Column::Id).is_in(ids.iter().copied())),
            )
            .add_option(
                self.numbers.as_ref().map(|n| Expr::col(organisation::Column::Number).is_in(n.iter())),
            );
        let is_named = self.ids.is_some() || self.numbers.is_some();
        if is_named {
            Breadth::sum(
                db,
                organisation::Entity.into(),
                Expr::col(organisation::Column::Projects),
                which.into(),
            )
            .await
        } else {
            let kinds = self.kinds.iter().flatten().map(ActiveEnum::to_value);
            let mut some = Query::select();
            some.expr_as(Expr::cust("1"), "one")
                .from(organisation::Entity)
                .and_where(Expr::col(organisation::Column::Kind).is_in(kinds))
                .limit(MANY.unsigned_abs() / 10 + 1);
            let mut query = Query::select();
            query.expr_as(Expr::cust("COUNT(*) * 10"), "count").from_subquery(some, "some");
            Ok(Breadth::of(page::count(db, &query).await?))
        }
    }
}

impl Organisations {
    /// Whether an id is one of theirs.
    pub(super) fn matching(&self, id: &Expr) -> Condition {
        use organisation::Column::{Id, Kind, LegalEntityId, Number};
        let mut all = Condition::all();
        let below = |these: Condition| {
            let mut tree = Query::select();
            tree.column(organisation_tree::Column::DescendantId)
                .from(organisation_tree::Entity)
                .cond_where(these);
            id.clone().in_subquery(tree)
        };
        let ancestor = || Expr::col(organisation_tree::Column::AncestorId);
        if let Some(ids) = &self.ids {
            let ids = ids.iter().copied();
            all = all.add(if self.include_units {
                below(Condition::all().add(ancestor().is_in(ids)))
            } else {
                id.clone().is_in(ids)
            });
        }
        if let Some(numbers) = &self.numbers {
            let mut numbered = Query::select();
            numbered.column(Id).from(organisation::Entity).and_where(Expr::col(Number).is_in(numbers.iter()));
            all = all.add(if self.include_units {
                below(Condition::all().add(ancestor().in_subquery(numbered)))
            } else {
                id.clone().in_subquery(numbered)
            });
        }
        if let Some(kinds) = &self.kinds {
            let values: Vec<_> = kinds.iter().map(ActiveEnum::to_value).collect();
            let is_one = |table| of(table, Kind).is_in(values.clone());
            let joined = || {
                let mut query = Query::select();
                query.from_as(organisation::Entity, "own").join_as(
                    JoinType::InnerJoin,
                    organisation::Entity,
                    "whole",
                    of("whole", Id).equals(("own", LegalEntityId)),
                );
                query
            };
            all = all.add(if self.breadth == Breadth::Few {
                // Each part follows an index of kinds.
                let mut these = Query::select();
                these.column(("own", Id)).from_as(organisation::Entity, "own").and_where(is_one("own"));
                if self.include_units {
                    let units = joined().column(("own", Id)).and_where(is_one("whole")).take();
                    these.union(UnionType::Distinct, units);
                }
                id.clone().in_subquery(these)
            } else {
                let own = Condition::any().add(is_one("own"));
                let mut this = joined();
                this.expr(Expr::cust("1"))
                    .cond_where(if self.include_units { own.add(is_one("whole")) } else { own })
                    .and_where(of("own", Id).eq(id.clone()));
                Expr::exists(this)
            });
        }
        all
    }
}
