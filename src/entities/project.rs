//! A jointly run project, derived from its statements.

use sea_orm::entity::prelude::*;

/// A jointly run project, derived from its statements.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "project")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name in Swedish order.
    pub sort_key: Vec<u8>,
    /// The chosen name.
    pub name: String,
    /// The funder's case number.
    pub number: Option<String>,
    /// The period, EDTF.
    pub period: Option<String>,
    /// First day of the period.
    pub starts_on: Option<Date>,
    /// Last day of the period.
    pub ends_on: Option<Date>,
    /// SCB's two digits for the county (län).
    pub region_code: Option<String>,
    /// Specific objective of the fund's programme.
    pub specific_objective: Option<String>,
    /// Day of the decision to fund it.
    pub decided_on: Option<Date>,
    /// The owner: a legal entity or a unit.
    pub owner_id: Option<Uuid>,
    /// Participants the project planned for.
    pub planned_participants: Option<i32>,
    /// Fields on which sources disagree.
    pub conflicts: i32,
    /// How many legal entities take part as partners.
    pub partners: i32,
    /// The currency of the chosen total budget, the first by its code where there are several.
    pub total_budget_currency: Option<String>,
    /// The chosen total budget in that currency, in minor units.
    pub total_budget_minor: Option<i64>,
    /// The currency of the chosen grant, likewise.
    pub granted_currency: Option<String>,
    /// The chosen grant in that currency, in minor units.
    pub granted_minor: Option<i64>,
    /// Digest of everything derived.
    pub content: String,
    /// Its partnerships, packed ([`crate::store::packed`]); none where they are to be looked up.
    pub packed_partnerships: Option<Vec<u8>>,
    /// Its awards, likewise.
    pub packed_awards: Option<Vec<u8>>,
    /// When it was first seen.
    pub created_at: DateTimeUtc,
    /// When its content last changed.
    pub updated_at: DateTimeUtc,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
