//! The version of the data: one row.

use sea_orm::entity::prelude::*;

/// The version of the data: one row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_version")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Grows with every change.
    pub version: i64,
    /// When it last grew.
    pub updated_at: Option<DateTimeUtc>,
    /// The version with which the graph last changed.
    pub graph_version: i64,
    /// The version of the graph that the figures of groups are of.
    pub figures_version: i64,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
