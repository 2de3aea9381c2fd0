//! Sums of amounts of projects in groups.

use std::collections::HashMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult, Iterable};

use super::beside::currency;
use super::{Group, Groups, Measure};
use crate::entities::award::AmountKind;
use crate::entities::{project, project_amount};
use crate::error::Result;
use crate::store::breadth::unindexed;
use crate::store::dimension::{Dimension, Key};
use crate::store::group_figures::{self, periods};
use crate::store::project_filter::first_amount;
use crate::store::sums::Sum;

impl Groups {
    /// The sums of chosen amounts of some groups, or of all, by kind and currency; of some kinds, or of all where none
    /// is named.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn amounts(
        &self,
        db: &impl ConnectionTrait,
        groups: Option<&[Group]>,
        kinds: &[AmountKind],
    ) -> Result<Vec<(Vec<Key>, Sum)>> {
        let kept = match self.of_all() {
            Some(Dimension::Status) => periods::amounts(db, self.day, groups, kinds).await?,
            Some(by) => group_figures::amounts(db, by, groups, kinds).await?,
            None => None,
        };
        if let Some(kept) = kept { Ok(kept) } else { self.count_amounts(db, groups, kinds).await }
    }

    /// The same, counted.
    pub(in crate::store) async fn count_amounts(
        &self,
        db: &impl ConnectionTrait,
        groups: Option<&[Group]>,
        kinds: &[AmountKind],
    ) -> Result<Vec<(Vec<Key>, Sum)>> {
        let all: Vec<AmountKind> = AmountKind::iter().collect();
        let kinds = if kinds.is_empty() { &all } else { kinds };
        let (beside, others): (Vec<AmountKind>, Vec<AmountKind>) =
            kinds.iter().partition(|kind| first_amount(**kind).is_some());
        let mut parts = Vec::new();
        for kind in beside {
            parts.extend(self.first_amounts(kind));
            parts.extend(self.further_amounts(kind));
        }
        if !others.is_empty() {
            parts.push(self.other_amounts(&others));
        }
        for part in &mut parts {
            self.group_by(part);
            self.only(part, groups);
        }
        let mut parts = parts.into_iter();
        let Some(mut query) = parts.next() else { return Ok(Vec::new()) };
        for part in parts {
            query.union(UnionType::All, part);
        }
        let mut sums: HashMap<(Vec<Key>, AmountKind, String), Sum> = HashMap::new();
        for row in db.query_all(&query).await? {
            let sum = Sum::from_query_result(&row, "")?;
            let same = sums.entry((self.keys(&row)?, sum.kind, sum.currency.clone()));
            same.and_modify(|known| known.add(&sum)).or_insert(sum);
        }
        let mut sums: Vec<(Vec<Key>, Sum)> = sums.into_iter().map(|((keys, ..), sum)| (keys, sum)).collect();
        sums.sort_by_cached_key(|(_, sum)| (sum.kind.to_value(), sum.currency.clone()));
        Ok(sums)
    }

    /// The sums of what stands beside the projects themselves: of a project in several currencies the first.
    fn first_amounts(&self, kind: AmountKind) -> Option<SelectStatement> {
        let (currency, minor) = first_amount(kind)?;
        let more = [("currency".to_owned(), unindexed(currency)), ("minor".to_owned(), minor)];
        let of = |column: &'static str| Expr::col(("keyed", column));
        let mut query = Query::select();
        query.from_subquery(self.keyed(false, more), "keyed").and_where(of("currency").is_not_null());
        query.add_group_by([of("currency")]);
        Sum::columns(&mut query, Expr::val(kind.to_value()), of("currency"), &of("minor"));
        Some(query)
    }

    /// The sums of these projects' amounts in further currencies. Only those are looked at whose first is not the last
    /// that there is: few, and none where all have the same.
    fn further_amounts(&self, kind: AmountKind) -> Option<SelectStatement> {
        use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
        let (first, _) = first_amount(kind)?;
        let last = || currency(kind, Expr::max);
        let mut keyed = self.keyed(false, [("currency".to_owned(), first.clone())]);
        keyed.and_where(first.lt(last()));
        // Of one currency there is nothing to look for, which databases see before they begin.
        keyed.and_where(currency(kind, Expr::min).lt(last()));
        let of = |column| Expr::col((project_amount::Entity, column));
        let further = Condition::all()
            .add(of(ProjectId).eq(unindexed(Expr::col(("keyed", "project")))))
            .add(unindexed(of(Kind)).eq(kind.to_value()))
            .add(of(Currency).gt(Expr::col(("keyed", "currency"))));
        let mut query = Query::select();
        query.from_subquery(keyed, "keyed").inner_join(project_amount::Entity, further);
        query.add_group_by([of(Currency)]);
        Sum::columns(&mut query, Expr::val(kind.to_value()), of(Currency), &of(AmountMinor));
        Some(query)
    }

    /// The sums of kinds that do not stand beside the projects.
    fn other_amounts(&self, kinds: &[AmountKind]) -> SelectStatement {
        use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
        let of = |column| Expr::col((project_amount::Entity, column));
        let mut query = Query::select();
        query
            .from_subquery(self.keyed(false, []), "keyed")
            .inner_join(project_amount::Entity, of(ProjectId).equals(("keyed", "project")))
            .and_where(of(Kind).is_in(kinds.iter().map(ActiveEnum::to_value)))
            .add_group_by([of(Kind), of(Currency)]);
        Sum::columns(&mut query, of(Kind), of(Currency), &of(AmountMinor));
        query
    }
}

/// A project's amount of a measure, of which it has one at most.
pub(super) fn measured((kind, currency): &Measure) -> Expr {
    use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
    let of = |column| Expr::col((project_amount::Entity, column));
    let mut amount = Query::select();
    amount
        .expr(of(AmountMinor))
        .from(project_amount::Entity)
        .and_where(of(ProjectId).equals((project::Entity, project::Column::Id)))
        .and_where(unindexed(of(Kind)).eq(kind.to_value()))
        .and_where(of(Currency).eq(currency));
    let amount = Expr::SubQuery(None, Box::new(amount.into()));
    match first_amount(*kind) {
        None => amount,
        Some((first, minor)) => {
            Expr::case(first.clone().eq(currency), minor).case(first.lt(currency), amount).into()
        }
    }
}
