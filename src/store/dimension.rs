//! What projects can be grouped by.

use chrono::NaiveDate;
use sea_orm::QueryResult;
use sea_orm::sea_query::{Alias, Expr, ExprTrait};
use uuid::Uuid;

use super::project_filter;
use crate::entities::{funder, organisation, partnership, project, project_funder};

/// What projects are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Each funder.
    Funder,
    /// The kinds of its funders.
    FunderKind,
    /// The owner's legal entity.
    Owner,
    /// Its kind.
    OwnerKind,
    /// Each unit that carries it out.
    ResponsibleUnit,
    /// The county.
    Region,
    /// The municipality of the owner's legal entity.
    Municipality,
    /// Whether it runs on the day of the question.
    Status,
    /// The year it starts in.
    StartYear,
    /// The year it ends in.
    EndYear,
    /// The programme periods of its funders.
    ProgrammePeriod,
    /// The specific objective.
    SpecificObjective,
}

/// What a group is known by in one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Nothing: its projects have none.
    None,
    /// An organisation or a funder.
    Id(Uuid),
    /// A code or a name.
    Text(String),
    /// A year.
    Number(i32),
}

/// The texts that stand for whether a project runs.
pub const STATUSES: [&str; 4] = ["PLANNED", "RUNNING", "ENDED", "UNKNOWN"];

impl Dimension {
    /// Whether a project can be in several groups.
    #[must_use]
    pub fn overlaps(self) -> bool {
        matches!(self, Self::Funder | Self::FunderKind | Self::ProgrammePeriod | Self::ResponsibleUnit)
    }

    /// Whether the project's own row tells it.
    pub(super) fn is_own(self) -> bool {
        !self.is_of_funders() && !self.is_of_owner() && self != Self::ResponsibleUnit
    }

    pub(super) fn is_of_funders(self) -> bool {
        matches!(self, Self::Funder | Self::FunderKind | Self::ProgrammePeriod)
    }

    pub(super) fn is_of_owner(self) -> bool {
        matches!(self, Self::Owner | Self::OwnerKind | Self::Municipality)
    }

    pub(super) fn is_id(self) -> bool {
        matches!(self, Self::Funder | Self::Owner | Self::ResponsibleUnit)
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::StartYear | Self::EndYear)
    }

    /// Its expression, without null, so that groups can be compared.
    pub(super) fn key(self, day: NaiveDate) -> Expr {
        let project = |column| Expr::col((project::Entity, column));
        // Dates are text in SQLite, and become one in the same form in PostgreSQL.
        let year = |column: &str| {
            Expr::cust(format!("CAST(SUBSTR(CAST(\"project\".\"{column}\" AS text), 1, 4) AS integer)"))
        };
        let key = match self {
            Self::Funder => Expr::col(("paid", project_funder::Column::FunderId)),
            Self::FunderKind => Expr::col(("payer", funder::Column::Kind)),
            Self::ProgrammePeriod => Expr::col(("payer", funder::Column::ProgrammePeriod)),
            Self::Owner => Expr::col(("owner", organisation::Column::Id)),
            Self::OwnerKind => Expr::col(("owner", organisation::Column::Kind)),
            Self::Municipality => Expr::col(("owner", organisation::Column::MunicipalityCode)),
            Self::ResponsibleUnit => Expr::col(("responsible", partnership::Column::MemberId)),
            Self::Region => project(project::Column::RegionCode),
            Self::SpecificObjective => project(project::Column::SpecificObjective),
            Self::StartYear => year("starts_on"),
            Self::EndYear => year("ends_on"),
            Self::Status => {
                let text = |at: usize| Expr::cust(format!("'{}'", STATUSES[at]));
                return Expr::case(project_filter::planned(day), text(0))
                    .case(project_filter::running(day), text(1))
                    .case(project_filter::ended(day), text(2))
                    .finally(text(3))
                    .into();
            }
        };
        let none = if self.is_id() {
            Expr::val(Uuid::nil())
        } else if self.is_number() {
            Expr::cust("0")
        } else {
            Expr::cust("''")
        };
        key.if_null(none)
    }

    /// What a group with some key is sorted by, where it is not the key itself.
    pub(super) fn name(self) -> Option<Expr> {
        let sort_key = |table| Expr::col((Alias::new(table), organisation::Column::SortKey));
        match self {
            Self::Funder => Some(sort_key("payer")),
            Self::Owner => Some(sort_key("owner")),
            Self::ResponsibleUnit => Some(sort_key("unit")),
            _ => None,
        }
    }

    pub(super) fn read(self, row: &QueryResult, column: &str) -> std::result::Result<Key, sea_orm::DbErr> {
        Ok(if self.is_id() {
            let id: Uuid = row.try_get("", column)?;
            if id.is_nil() { Key::None } else { Key::Id(id) }
        } else if self.is_number() {
            let number: i32 = row.try_get("", column)?;
            if number == 0 { Key::None } else { Key::Number(number) }
        } else {
            let text: String = row.try_get("", column)?;
            if text.is_empty() { Key::None } else { Key::Text(text) }
        })
    }
}
