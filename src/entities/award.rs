//! One amount that a source states for a project.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::statement;

/// One amount that a source states for a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "award")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The statement.
    pub statement_id: Uuid,
    /// Who pays it.
    pub funder_id: Option<Uuid>,
    /// Project, kind and statement: the order of awards.
    pub sort_key: Vec<u8>,
    /// What the amount is.
    pub kind: AmountKind,
    /// The amount in minor units.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Half the unit it was rounded to, in minor units.
    pub uncertainty_minor: i64,
    /// Day of the decision.
    pub decided_on: Option<Date>,
    /// Line in the source, from 1.
    pub line: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What an amount of money is. Amounts of different kinds are never mixed.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AmountKind {
    /// The whole budget of the project.
    TotalBudget,
    /// What was applied for, whether or not it was granted.
    Applied,
    /// What the fund granted, national co-financing included.
    Granted,
    /// What the European Union pays.
    EuSupport,
    /// What the owner or its partners pay themselves, in money.
    CoFinancing,
    /// What they contribute in work or premises.
    InKind,
    /// Benefits paid to participants, counted as co-financing.
    ParticipantCompensation,
    /// What has been paid out.
    Paid,
}

impl From<statement::AmountKind> for AmountKind {
    fn from(kind: statement::AmountKind) -> Self {
        match kind {
            statement::AmountKind::TotalBudget => Self::TotalBudget,
            statement::AmountKind::Applied => Self::Applied,
            statement::AmountKind::Granted => Self::Granted,
            statement::AmountKind::EuSupport => Self::EuSupport,
            statement::AmountKind::CoFinancing => Self::CoFinancing,
            statement::AmountKind::InKind => Self::InKind,
            statement::AmountKind::ParticipantCompensation => Self::ParticipantCompensation,
            statement::AmountKind::Paid => Self::Paid,
        }
    }
}
