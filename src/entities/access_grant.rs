//! Of which projects an organisation may see exact figures.

use sea_orm::entity::prelude::*;

use super::partnership::PartnershipRole;

/// Of which projects an organisation may see exact figures: of one, or of all in which it has a role.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_grant")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organisation in the public database.
    pub organisation_id: Uuid,
    /// What it was called when the grant was made.
    pub organisation_name: String,
    /// The project's number as it is compared.
    pub project_key: Option<String>,
    /// The role of the organisation, or of a unit of it.
    pub role: Option<PartnershipRole>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
