//! Questions about projects of which an organisation may see exact figures, and about who else takes part in them.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::batch::{Batched, PARENT, Parents};
use super::page::{CHILD, Relation};
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::{organisation_tree, project, project_funder, project_number};
use crate::error::Result;

/// What an organisation was granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Granted {
    /// The organisation.
    pub organisation: Uuid,
    /// All projects in which it, or a unit below it, has one of these roles.
    pub roles: Vec<PartnershipRole>,
    /// The projects with these numbers, as they are compared.
    pub numbers: Vec<String>,
}

impl Granted {
    /// The condition on projects.
    fn condition(&self) -> Condition {
        let of_role = Query::select()
            .column(partnership::Column::ProjectId)
            .from(organisation_tree::Entity)
            .inner_join(
                partnership::Entity,
                Expr::col(partnership::Column::MemberId).equals(organisation_tree::Column::DescendantId),
            )
            .and_where(Expr::col(organisation_tree::Column::AncestorId).eq(self.organisation))
            .and_where(
                Expr::col(partnership::Column::Role).is_in(self.roles.iter().map(ActiveEnum::to_value)),
            )
            .take();
        let of_number = Query::select()
            .column(("granted", project_number::Column::ProjectId))
            .from_as(project_number::Entity, "granted")
            .and_where(Expr::col(("granted", project_number::Column::NumberKey)).is_in(&self.numbers))
            .and_where(names_several("granted").not())
            .take();
        let id = || Expr::col(("p", project::Column::Id));
        Condition::any().add(id().in_subquery(of_role)).add(id().in_subquery(of_number))
    }
}

/// Whether a number names several projects: then it says of none of them who takes part in it.
fn names_several(number: &'static str) -> Expr {
    use project_number::Column::{NumberKey, ProjectId};
    let another = Query::select()
        .expr(Expr::cust("1"))
        .from_as(project_number::Entity, "other")
        .and_where(Expr::col(("other", NumberKey)).equals((number, NumberKey)))
        .and_where(Expr::col(("other", ProjectId)).not_equals((number, ProjectId)))
        .take();
    Expr::exists(another)
}

/// Which projects of each of many parents were granted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfParents<R> {
    /// Which projects.
    pub projects: R,
    /// To whom they were granted, and how.
    pub granted: Granted,
    /// Whether there is to be a row for each funder.
    pub by_funder: bool,
}

/// A project that was granted, under one of its numbers.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Own {
    /// The project.
    pub project_id: Uuid,
    /// A number of it, as it is compared.
    pub number_key: String,
    /// Its county.
    pub region_code: Option<String>,
    /// One who pays for it, where that was asked for.
    pub funder_id: Option<Uuid>,
}

impl<R: Relation<Child = project::Entity>> Batched for OfParents<R> {
    type Row = Own;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        use project_number::Column::{NumberKey, ProjectId};
        let mut query = Query::select();
        query
            .distinct()
            .expr_as(Expr::col(("l", PARENT)), PARENT)
            .expr_as(Expr::col(("p", project::Column::Id)), "project_id")
            .expr_as(Expr::col(("n", NumberKey)), "number_key")
            .expr_as(Expr::col(("p", project::Column::RegionCode)), "region_code")
            .from_subquery(self.projects.links(parents), "l")
            .join_as(
                JoinType::InnerJoin,
                project::Entity,
                "p",
                Expr::col(("p", project::Column::Id)).equals(("l", CHILD)),
            )
            .join_as(
                JoinType::InnerJoin,
                project_number::Entity,
                "n",
                Expr::col(("n", ProjectId)).equals(("p", project::Column::Id)),
            )
            .cond_where(self.granted.condition())
            .and_where(names_several("n").not());
        if self.by_funder {
            query.expr_as(Expr::col(("f", project_funder::Column::FunderId)), "funder_id").join_as(
                JoinType::LeftJoin,
                project_funder::Entity,
                "f",
                Expr::col(("f", project_funder::Column::ProjectId)).equals(("p", project::Column::Id)),
            );
        }
        query
    }
}

/// Projects whose parties are looked up at once.
const AT_ONCE: usize = 1_000;

/// Who takes part in some projects, itself or by a unit: pairs of organisation and project.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn parties(db: &impl ConnectionTrait, projects: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    #[derive(FromQueryResult)]
    struct Party {
        organisation_id: Uuid,
        project_id: Uuid,
    }
    let mut parties = Vec::new();
    for some in projects.chunks(AT_ONCE) {
        let mut query = Query::select();
        query
            .distinct()
            .expr_as(Expr::col(organisation_tree::Column::AncestorId), "organisation_id")
            .expr_as(Expr::col(partnership::Column::ProjectId), "project_id")
            .from(partnership::Entity)
            .inner_join(
                organisation_tree::Entity,
                Expr::col(partnership::Column::MemberId).equals(organisation_tree::Column::DescendantId),
            )
            .and_where(Expr::col(partnership::Column::ProjectId).is_in(some.iter().copied()));
        for row in db.query_all(&query).await? {
            let Party { organisation_id, project_id } = Party::from_query_result(&row, "")?;
            parties.push((organisation_id, project_id));
        }
    }
    Ok(parties)
}
