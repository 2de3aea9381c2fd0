//! A legal entity, or a unit of one.

use sea_orm::entity::prelude::*;

/// A legal entity, or a unit of one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name in Swedish order.
    pub sort_key: Vec<u8>,
    /// Name in Swedish.
    pub name: String,
    /// Name in English.
    pub name_en: Option<String>,
    /// What kind it is.
    pub kind: OrganisationKind,
    /// Organisationsnummer, ten digits; a unit has none.
    pub number: Option<String>,
    /// What a unit belongs to.
    pub parent_id: Option<Uuid>,
    /// Itself, or the legal entity of a unit.
    pub legal_entity_id: Uuid,
    /// SCB's four digits.
    pub municipality_code: Option<String>,
    /// SCB's two digits for the county (län).
    pub region_code: Option<String>,
    /// How many projects it or a unit of it takes part in.
    pub projects: i32,
    /// When it was first seen.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of body an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganisationKind {
    /// A state agency (statlig myndighet).
    StateAgency,
    /// A self-governing region (formerly landsting).
    Region,
    /// A municipality (kommun).
    Municipality,
    /// An association of municipalities (kommunalförbund).
    MunicipalAssociation,
    /// A coordination association (samordningsförbund) under the law 2003:1210.
    CoordinationAssociation,
    /// A company (bolag).
    Company,
    /// A non-profit association (ideell förening).
    NonProfit,
    /// A foundation (stiftelse).
    Foundation,
    /// A university or university college.
    University,
    /// A trade union or confederation.
    TradeUnion,
    /// An employers' or business organisation.
    EmployerOrganisation,
    /// A faith community (trossamfund).
    FaithCommunity,
    /// A body of the European Union.
    EuBody,
    /// A unit of a legal entity: a förvaltning, nämnd, avdelning or the like.
    Unit,
    /// Something else.
    Other,
    /// Not known.
    Unknown,
}
