//! Something in a source that was left out or deserves a look.

use sea_orm::entity::prelude::*;

use crate::domain::statement;

/// Something in a source that was left out or deserves a look.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_warning")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The source.
    pub source_id: Uuid,
    /// What kind of trouble.
    pub code: WarningCode,
    /// Line in the source, from 1.
    pub line: Option<i32>,
    /// The words in question.
    pub text: Option<String>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Kinds of trouble that a reader meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WarningCode {
    /// An amount no such project can have, such as `1 222 200 miljoner kr`; it is not used as a value.
    ImplausibleAmount,
    /// Two dates in one document that cannot both be right.
    ContradictingDates,
    /// A label that no vocabulary knows.
    UnknownLabel,
    /// A date that could not be read.
    UnreadableDate,
    /// An amount that could not be read.
    UnreadableAmount,
    /// Stated parts that exceed the stated whole.
    NotAddingUp,
    /// An organisationsnummer whose check digit is wrong.
    InvalidOrganisationNumber,
    /// Partners that are counted or described but not named.
    UnnamedPartners,
    /// Details of contact persons, which were left out.
    PersonalDetailsLeftOut,
}

impl From<statement::WarningCode> for WarningCode {
    fn from(code: statement::WarningCode) -> Self {
        match code {
            statement::WarningCode::ImplausibleAmount => Self::ImplausibleAmount,
            statement::WarningCode::ContradictingDates => Self::ContradictingDates,
            statement::WarningCode::UnknownLabel => Self::UnknownLabel,
            statement::WarningCode::UnreadableDate => Self::UnreadableDate,
            statement::WarningCode::UnreadableAmount => Self::UnreadableAmount,
            statement::WarningCode::NotAddingUp => Self::NotAddingUp,
            statement::WarningCode::InvalidOrganisationNumber => Self::InvalidOrganisationNumber,
            statement::WarningCode::UnnamedPartners => Self::UnnamedPartners,
            statement::WarningCode::PersonalDetailsLeftOut => Self::PersonalDetailsLeftOut,
        }
    }
}
