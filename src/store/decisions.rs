//! Questions about what operators decided.

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, QuerySelect};
use uuid::Uuid;

use super::batch::{Batched, PARENT, Parents};
use crate::entities::decision::{self, DecisionKind};
use crate::entities::{decision_member, organisation, statement};
use crate::error::Result;

/// The members, as `own`, of decisions of some kinds that were not taken back.
fn decided(kinds: &[DecisionKind]) -> SelectStatement {
    let mut query = Query::select();
    query
        .from_as(decision_member::Entity, "own")
        .inner_join(
            decision::Entity,
            Expr::col((decision::Entity, decision::Column::Id))
                .equals(("own", decision_member::Column::DecisionId)),
        )
        .and_where(Expr::col((decision::Entity, decision::Column::Kind)).is_in(kinds.iter().copied()))
        .and_where(Expr::col((decision::Entity, decision::Column::UndoneAt)).is_null());
    query
}

/// The fields of which an operator chose what a statement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Choices;

/// A choice for what a statement says.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Choice {
    /// The field, by its name in the API.
    pub field: String,
    /// The number of the decision; the last one counts.
    pub sequence: i64,
}

impl Batched for Choices {
    type Row = Choice;

    fn query(&self, statements: Parents<'_>) -> SelectStatement {
        let mut query = decided(&[DecisionKind::Choose]);
        query
            .expr_as(Expr::col(("own", decision_member::Column::StatementId)), PARENT)
            .column((decision::Entity, decision::Column::Field))
            .column((decision::Entity, decision::Column::Sequence))
            .and_where(statements.hold(Expr::col(("own", decision_member::Column::StatementId))))
            .order_by((decision::Entity, decision::Column::Sequence), Order::Asc);
        query
    }
}

/// Whom an operator found an organisation to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FoundToBe;

impl Batched for FoundToBe {
    type Row = organisation::Model;

    fn query(&self, organisations: Parents<'_>) -> SelectStatement {
        let mut query = decided(&[DecisionKind::Merge]);
        query
            .expr_as(Expr::col(("own", decision_member::Column::OrganisationId)), PARENT)
            .columns(
                <organisation::Column as sea_orm::Iterable>::iter()
                    .map(|column| (organisation::Entity, column)),
            )
            .join_as(
                JoinType::InnerJoin,
                decision_member::Entity,
                "last",
                Expr::col(("last", decision_member::Column::DecisionId))
                    .equals(("own", decision_member::Column::DecisionId)),
            )
            .inner_join(
                organisation::Entity,
                Expr::col((organisation::Entity, organisation::Column::Id))
                    .equals(("last", decision_member::Column::OrganisationId)),
            )
            .and_where(Expr::cust("last.ordinal > own.ordinal"))
            .and_where(organisations.hold(Expr::col(("own", decision_member::Column::OrganisationId))))
            .order_by((decision::Entity, decision::Column::Sequence), Order::Desc)
            .order_by(("last", decision_member::Column::Ordinal), Order::Desc);
        query
    }
}

/// The projects that operators ruled to be others than some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RuledApart;

/// A project that was ruled to be another.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Other {
    /// The other project.
    pub project_id: Uuid,
}

impl Batched for RuledApart {
    type Row = Other;

    fn query(&self, projects: Parents<'_>) -> SelectStatement {
        let of = |table: &'static str, column: decision_member::Column| Expr::col((table, column));
        let mut query = decided(&[DecisionKind::Split, DecisionKind::Reject]);
        query
            .distinct()
            .expr_as(Expr::col(("own_statement", statement::Column::ProjectId)), PARENT)
            .expr_as(Expr::col(("other_statement", statement::Column::ProjectId)), "project_id")
            .join_as(
                JoinType::InnerJoin,
                decision_member::Entity,
                "other",
                of("other", decision_member::Column::DecisionId)
                    .equals(("own", decision_member::Column::DecisionId))
                    .and(
                        of("other", decision_member::Column::Side)
                            .not_equals(("own", decision_member::Column::Side)),
                    ),
            )
            .join_as(
                JoinType::InnerJoin,
                statement::Entity,
                "own_statement",
                Expr::col(("own_statement", statement::Column::Id))
                    .equals(("own", decision_member::Column::StatementId)),
            )
            .join_as(
                JoinType::InnerJoin,
                statement::Entity,
                "other_statement",
                Expr::col(("other_statement", statement::Column::Id))
                    .equals(("other", decision_member::Column::StatementId)),
            )
            .and_where(projects.hold(Expr::col(("own_statement", statement::Column::ProjectId))))
            .and_where(Expr::col(("other_statement", statement::Column::ProjectId)).is_not_null());
        query
    }
}

/// The highest number given to a decision; 0 where there is none.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn last_sequence(db: &impl ConnectionTrait) -> Result<i64> {
    let last: Option<Option<i64>> = decision::Entity::find()
        .select_only()
        .column_as(Expr::cust("MAX(sequence)"), "last")
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.flatten().unwrap_or(0))
}
