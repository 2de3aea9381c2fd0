//! A person's participation in a project. Exact: never public.

use sea_orm::entity::prelude::*;

/// A person's participation in a project. Exact: never public.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation")]
pub struct Model {
    /// Keyed digest of the project's number and the key that was delivered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project's number as it is compared.
    pub project_key: String,
    /// Year of enrolment.
    pub start_year: i32,
    /// Sex, by its code.
    pub sex: String,
    /// Day of consent; none where nothing else may be known.
    pub consent_on: Option<Date>,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// Age at enrolment, by its code.
    pub age_band: Option<String>,
    /// SCB's four digits.
    pub municipality_code: Option<String>,
    /// Highest completed education, by its code.
    pub education: Option<String>,
    /// Position on the labour market at entry, by its code.
    pub entry_status: Option<String>,
    /// Who referred.
    pub referred_by: Option<String>,
    /// First day.
    pub enrolled_on: Option<Date>,
    /// First day of the last stay.
    pub last_enrolled_on: Option<Date>,
    /// Category of the target group, by its code.
    pub target_group: Option<String>,
    /// Day on which step 1 of the pathway began.
    pub step_1_on: Option<Date>,
    /// Day on which step 2 of the pathway began.
    pub step_2_on: Option<Date>,
    /// Day on which step 3 of the pathway began.
    pub step_3_on: Option<Date>,
    /// Day on which step 4 of the pathway began.
    pub step_4_on: Option<Date>,
    /// Day on which step 5 of the pathway began.
    pub step_5_on: Option<Date>,
    /// Day on which step 6 of the pathway began.
    pub step_6_on: Option<Date>,
    /// Day of leaving.
    pub exit_on: Option<Date>,
    /// Position upon leaving, by its code.
    pub exit_status: Option<String>,
    /// Day that this position is for.
    pub exit_status_on: Option<Date>,
    /// Position six months after leaving, by its code.
    pub after_six_months: Option<String>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
