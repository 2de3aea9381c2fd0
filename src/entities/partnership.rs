//! An organisation's part in a project.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An organisation's part in a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "partnership")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// Its part.
    pub role: PartnershipRole,
    /// The legal entity.
    pub organisation_id: Uuid,
    /// The unit that the source names.
    pub unit_id: Option<Uuid>,
    /// The unit, or the legal entity where no unit is named.
    pub member_id: Uuid,
    /// Role and name.
    pub sort_key: Vec<u8>,
    /// The project's sort key.
    pub project_sort_key: Vec<u8>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The part that an organisation has in a project.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartnershipRole {
    /// It owns the project, or applied for it (projektägare, sökande).
    Owner,
    /// It takes part (samverkanspart).
    Partner,
    /// The unit that carries it out (ansvarig avdelning).
    ResponsibleUnit,
    /// It refers participants to it.
    Referrer,
    /// It pays a part.
    CoFinancier,
    /// It is paid for services.
    Contractor,
}
