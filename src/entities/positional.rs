//! Rows that are read by the positions of their columns: those are found once for an answer of many rows, where reading
//! by name looks each value's column up again.

use std::error::Error;

use async_graphql::resolver_utils::EnumType;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbErr, QueryResult};
use sqlx::postgres::{PgRow, PgValueRef, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow, SqliteValueRef};
use sqlx::{Decode, Row as _, ValueRef as _};
use uuid::Uuid;

use super::award::AmountKind;
use super::change::ChangeType;
use super::funder::FunderKind;
use super::organisation::OrganisationKind;
use super::partnership::PartnershipRole;
use super::statement::MatchRule;

/// A row that is read by the positions of its columns.
pub trait Positional: Sized {
    /// Names its columns, in the order in which it reads them.
    fn columns(names: &mut Vec<&'static str>);

    /// Reads it.
    ///
    /// # Errors
    /// [`DbErr::Type`] for a value of another type, and for a column that is not there and has no default.
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr>;
}

/// All rows of an answer.
///
/// # Errors
/// As [`Positional::read`].
pub fn read_all<T: Positional>(rows: &[QueryResult]) -> Result<Vec<T>, DbErr> {
    read(rows, false)
}

/// The same of rows that need not have all columns: what they have not is read as nothing.
///
/// # Errors
/// As [`Positional::read`].
pub fn read_some<T: Positional>(rows: &[QueryResult]) -> Result<Vec<T>, DbErr> {
    read(rows, true)
}

fn read<T: Positional>(rows: &[QueryResult], are_partial: bool) -> Result<Vec<T>, DbErr> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    T::columns(&mut names);
    let positions: Vec<Option<usize>> = match Values::of(first)? {
        Values::Postgres(row) => positions(&names, &row.columns().iter().map(sqlx::Column::name)),
        Values::Sqlite(row) => positions(&names, &row.columns().iter().map(sqlx::Column::name)),
    };
    let read = |row| {
        let values = Values::of(row)?;
        T::read(&mut Cells { values, names: &names, positions: &positions, are_partial })
    };
    rows.iter().map(read).collect()
}

fn positions<'a>(names: &[&str], columns: &(impl Iterator<Item = &'a str> + Clone)) -> Vec<Option<usize>> {
    names.iter().map(|name| columns.clone().position(|column| column == *name)).collect()
}

/// The values of a row.
enum Values<'a> {
    Postgres(&'a PgRow),
    Sqlite(&'a SqliteRow),
}

impl<'a> Values<'a> {
    fn of(row: &'a QueryResult) -> Result<Self, DbErr> {
        let postgres = row.try_as_pg_row().map(Self::Postgres);
        postgres
            .or_else(|| row.try_as_sqlite_row().map(Self::Sqlite))
            .ok_or_else(|| DbErr::Type("a row of neither PostgreSQL nor SQLite".to_owned()))
    }
}

/// The values of a row, in the order in which they are read.
pub struct Cells<'a> {
    values: Values<'a>,
    names: &'a [&'static str],
    positions: &'a [Option<usize>],
    are_partial: bool,
}

impl Cells<'_> {
    /// The next value.
    ///
    /// # Errors
    /// [`DbErr::Type`] where it is of another type, or its column is not there and should be.
    pub fn take<T: Cell>(&mut self) -> Result<T, DbErr> {
        let (name, at) = self.skip();
        match at {
            Some(at) => self.at(name, at),
            None if self.are_partial => Ok(T::nothing()),
            None => Err(DbErr::Type(format!("column {name} is not there"))),
        }
    }

    /// The same; what stands for nothing where its column is not there.
    ///
    /// # Errors
    /// [`DbErr::Type`] where it is of another type.
    pub fn take_or_nothing<T: Cell>(&mut self) -> Result<T, DbErr> {
        let (name, at) = self.skip();
        at.map_or_else(|| Ok(T::nothing()), |at| self.at(name, at))
    }

    fn skip(&mut self) -> (&'static str, Option<usize>) {
        let (Some((name, names)), Some((at, positions))) =
            (self.names.split_first(), self.positions.split_first())
        else {
            return ("beyond the last", None);
        };
        (self.names, self.positions) = (names, positions);
        (name, *at)
    }

    fn at<T: Cell>(&self, name: &str, at: usize) -> Result<T, DbErr> {
        let value = match self.values {
            Values::Postgres(row) => row.try_get_raw(at).map(T::postgres),
            Values::Sqlite(row) => row.try_get_raw(at).map(T::sqlite),
        };
        let wrong = |cause: &dyn std::fmt::Display| DbErr::Type(format!("column {name}: {cause}"));
        value.map_err(|cause| wrong(&cause))?.map_err(|cause| wrong(&cause))
    }
}

/// What is wrong with a value.
type Wrong = Box<dyn Error + Send + Sync>;

/// A value of a row.
pub trait Cell: Sized {
    /// What stands in for a value that nobody asked for.
    fn nothing() -> Self;

    /// As PostgreSQL has it.
    ///
    /// # Errors
    /// What is wrong with it.
    fn postgres(value: PgValueRef<'_>) -> Result<Self, Wrong>;

    /// As SQLite has it.
    ///
    /// # Errors
    /// What is wrong with it.
    fn sqlite(value: SqliteValueRef<'_>) -> Result<Self, Wrong>;
}

impl<T: Cell> Cell for Option<T> {
    fn nothing() -> Self {
        None
    }

    fn postgres(value: PgValueRef<'_>) -> Result<Self, Wrong> {
        if value.is_null() { Ok(None) } else { T::postgres(value).map(Some) }
    }

    fn sqlite(value: SqliteValueRef<'_>) -> Result<Self, Wrong> {
        if value.is_null() { Ok(None) } else { T::sqlite(value).map(Some) }
    }
}

macro_rules! values {
    ($($value:ty),*) => {$(
        impl Cell for $value {
            fn nothing() -> Self {
                Self::default()
            }

            fn postgres(value: PgValueRef<'_>) -> Result<Self, Wrong> {
                Decode::<'_, Postgres>::decode(value)
            }

            fn sqlite(value: SqliteValueRef<'_>) -> Result<Self, Wrong> {
                Decode::<'_, Sqlite>::decode(value)
            }
        }
    )*};
}

values!(bool, i32, i64, String, Uuid, Vec<u8>, NaiveDate, DateTime<Utc>);

/// The value of an enum by its word, which is the same in the schema and in the tables.
fn word<T: EnumType>(word: &str) -> Result<T, Wrong> {
    let item = T::items().iter().find(|item| item.name == word);
    item.map(|item| item.value).ok_or_else(|| format!("{word} is not known").into())
}

macro_rules! words {
    ($($value:ty => $nothing:expr),*) => {$(
        impl Cell for $value {
            fn nothing() -> Self {
                $nothing
            }

            fn postgres(value: PgValueRef<'_>) -> Result<Self, Wrong> {
                word(<&str as Decode<'_, Postgres>>::decode(value)?)
            }

            fn sqlite(value: SqliteValueRef<'_>) -> Result<Self, Wrong> {
                word(<&str as Decode<'_, Sqlite>>::decode(value)?)
            }
        }
    )*};
}

words!(
    AmountKind => Self::TotalBudget,
    ChangeType => Self::Changed,
    FunderKind => Self::Other,
    OrganisationKind => Self::Other,
    PartnershipRole => Self::Partner,
    MatchRule => Self::New
);

/// Has the rows of tables read by position: names their fields, which are called as their columns.
macro_rules! positional {
    ($($table:ident { $($field:ident),* })*) => {$(
        impl Positional for super::$table::Model {
            fn columns(names: &mut Vec<&'static str>) {
                names.extend([$(stringify!($field).trim_start_matches("r#")),*]);
            }

            fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
                Ok(Self { $($field: cells.take()?),* })
            }
        }
    )*};
}

positional! {
    access_entry {
        id, sort_key, at, request, organisation_id, actor, purpose, operation, document, variables, projects,
        participations, previous, digest
    }
    award {
        id, project_id, statement_id, funder_id, sort_key, kind, amount_minor, currency, uncertainty_minor, decided_on,
        line
    }
    change { id, sort_key, at, r#type, project_id, fields, merged_into_id }
    funder {
        id, sort_key, name, name_en, kind, programme_period, administered_by_id, parent_id, projects, created_at,
        updated_at
    }
    organisation {
        id, sort_key, name, name_en, kind, number, parent_id, legal_entity_id, municipality_code, region_code, projects,
        created_at, updated_at
    }
    partnership { id, project_id, role, organisation_id, unit_id, member_id, sort_key, project_sort_key }
    project {
        id, sort_key, name, number, period, starts_on, ends_on, region_code, specific_objective, decided_on, owner_id,
        planned_participants, conflicts, partners, total_budget_currency, total_budget_minor, granted_currency,
        granted_minor, content, created_at, updated_at
    }
    release { id, sort_key, number, as_of, made_at, active, participations, digest, secret, audit }
    reported_result { id, project_id, statement_id, sort_key, measure, sex, value }
    source {
        id, sequence, sort_key, sha256, file_name, title, format, publisher_id, url, published_on, obtained_on, licence,
        lines, statements, personal_details, withdrawn_at, superseded_by_id, with_organisation_number, row_count
    }
    statement { id, source_id, sort_key, line, name_key, number_key, body, project_id, matched_by }
}
