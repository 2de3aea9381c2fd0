//! Of whom a published part was made. Exact.

use sea_orm::entity::prelude::*;

/// Of whom a published part was made. Exact.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rounded")]
pub struct Model {
    /// `UNIT` or `POOL`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The project's number as it is compared, or the region and sex of a pool.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The number of the release that rounded it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub release: i32,
    /// The project's id in that release; none of a pool.
    pub project_id: Option<Uuid>,
    /// Sixteen bytes for each participation: whose, and what.
    pub participations: Vec<u8>,
    /// Four bytes for each count that what is published was made of, by sex; of a pool for each count of its groups of
    /// which only counts were delivered.
    pub counts: Vec<u8>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
