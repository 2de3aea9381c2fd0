//! The chosen amount of one kind and currency of a project.

use sea_orm::entity::prelude::*;

use super::award::AmountKind;

/// The chosen amount of one kind and currency of a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "project_amount")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// What the amount is.
    pub kind: AmountKind,
    /// ISO 4217 code.
    pub currency: String,
    /// The amount in minor units.
    pub amount_minor: i64,
    /// Half the unit it was rounded to, in minor units.
    pub uncertainty_minor: i64,
    /// The statement it was chosen from.
    pub statement_id: Uuid,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
