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

/// A column of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What PostgreSQL calls the type of its values.
    pub kind: &'static str,
}

impl Column {
    /// A column with values of a type.
    #[must_use]
    pub const fn of<T: Cell>(name: &'static str) -> Self {
        Self { name, kind: T::KIND }
    }

    /// The same, of a field of a row.
    pub(crate) const fn of_field<M, T: Cell>(name: &'static str, _: fn(&M) -> &T) -> Self {
        // A field that is called as a word of Rust is marked so.
        match name.as_bytes() {
            [b'r', b'#', ..] => Self::of::<T>(name.split_at(2).1),
            _ => Self::of::<T>(name),
        }
    }
}

/// Rows as a statement found them.
pub struct Found {
    rows: Vec<QueryResult>,
    /// Where their columns stand; under their own names where nothing is said.
    places: Option<Vec<(String, usize)>>,
}

impl From<Vec<QueryResult>> for Found {
    fn from(rows: Vec<QueryResult>) -> Self {
        Self { rows, places: None }
    }
}

impl Found {
    /// Rows whose columns do not stand under their own names.
    #[must_use]
    pub fn at(rows: Vec<QueryResult>, places: Vec<(String, usize)>) -> Self {
        Self { rows, places: Some(places) }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[QueryResult] {
        &self.rows
    }

    fn positions(&self, columns: &[Column], first: &QueryResult) -> Result<Vec<Option<usize>>, DbErr> {
        if let Some(places) = &self.places {
            let place = |column: &Column| places.iter().find(|(name, _)| name == column.name);
            return Ok(columns.iter().map(|column| place(column).map(|(_, at)| *at)).collect());
        }
        Ok(match Values::of(first)? {
            Values::Postgres(row) => positions(columns, &row.columns().iter().map(sqlx::Column::name)),
            Values::Sqlite(row) => positions(columns, &row.columns().iter().map(sqlx::Column::name)),
        })
    }
}

/// A row that is read by the positions of its columns.
pub trait Positional: Sized {
    /// Says which columns it has, in the order in which it reads them.
    fn columns(columns: &mut Vec<Column>);

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
pub fn read_all<T: Positional>(found: &Found) -> Result<Vec<T>, DbErr> {
    read(found, false)
}

/// The same of rows that need not have all columns: what they have not is read as nothing.
///
/// # Errors
/// As [`Positional::read`].
pub fn read_some<T: Positional>(found: &Found) -> Result<Vec<T>, DbErr> {
    read(found, true)
}

fn read<T: Positional>(found: &Found, are_partial: bool) -> Result<Vec<T>, DbErr> {
    let Some(first) = found.rows.first() else { return Ok(Vec::new()) };
    let mut columns = Vec::new();
    T::columns(&mut columns);
    let positions = found.positions(&columns, first)?;
    let read = |row| {
        let values = Values::of(row)?;
        T::read(&mut Cells { values, columns: &columns, positions: &positions, are_partial })
    };
    // Not collected: that would find room as it goes, for rows that are large.
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        rows.push(read(row)?);
    }
    Ok(rows)
}

fn positions<'a>(columns: &[Column], names: &(impl Iterator<Item = &'a str> + Clone)) -> Vec<Option<usize>> {
    columns.iter().map(|column| names.clone().position(|name| name == column.name)).collect()
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
    columns: &'a [Column],
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
        let (Some((column, columns)), Some((at, positions))) =
            (self.columns.split_first(), self.positions.split_first())
        else {
            return ("beyond the last", None);
        };
        (self.columns, self.positions) = (columns, positions);
        (column.name, *at)
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
pub(super) type Wrong = Box<dyn Error + Send + Sync>;

/// A value of a row.
pub trait Cell: Sized {
    /// What PostgreSQL calls its type.
    const KIND: &'static str;

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
    const KIND: &'static str = T::KIND;

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
    ($($value:ty => $kind:literal),*) => {$(
        impl Cell for $value {
            const KIND: &'static str = $kind;

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

values!(
    bool => "boolean",
    i32 => "integer",
    i64 => "bigint",
    String => "text",
    Uuid => "uuid",
    Vec<u8> => "bytea",
    DateTime<Utc> => "timestamptz"
);

impl Cell for NaiveDate {
    const KIND: &'static str = "date";

    fn nothing() -> Self {
        Self::default()
    }

    fn postgres(value: PgValueRef<'_>) -> Result<Self, Wrong> {
        Decode::<'_, Postgres>::decode(value)
    }

    /// Without reading first, for each day, how days are written.
    fn sqlite(value: SqliteValueRef<'_>) -> Result<Self, Wrong> {
        Ok(<&str as Decode<'_, Sqlite>>::decode(value)?.parse()?)
    }
}

/// The value of an enum by its word, which is the same in the schema and in the tables.
fn word<T: EnumType>(word: &str) -> Result<T, Wrong> {
    let item = T::items().iter().find(|item| item.name == word);
    item.map(|item| item.value).ok_or_else(|| format!("{word} is not known").into())
}

/// Has words of rows read as values, by a function that knows them.
macro_rules! words {
    ($read:path: $($value:ty => $nothing:expr),*) => {$(
        impl $crate::entities::positional::Cell for $value {
            const KIND: &'static str = <String as $crate::entities::positional::Cell>::KIND;

            fn nothing() -> Self {
                $nothing
            }

            fn postgres(value: sqlx::postgres::PgValueRef<'_>) -> std::result::Result<Self, $crate::entities::positional::Wrong> {
                $read(<&str as sqlx::Decode<'_, sqlx::Postgres>>::decode(value)?)
            }

            fn sqlite(value: sqlx::sqlite::SqliteValueRef<'_>) -> std::result::Result<Self, $crate::entities::positional::Wrong> {
                $read(<&str as sqlx::Decode<'_, sqlx::Sqlite>>::decode(value)?)
            }
        }
    )*};
}
pub(super) use words;

words!(
    word:
    AmountKind => Self::TotalBudget,
    ChangeType => Self::Changed,
    FunderKind => Self::Other,
    OrganisationKind => Self::Other,
    PartnershipRole => Self::Partner,
    MatchRule => Self::New
);

/// Has rows read by position: names their fields, which are called as their columns.
macro_rules! positional {
    ($($row:ty { $($field:ident),* })*) => {$(
        impl $crate::entities::positional::Positional for $row {
            fn columns(columns: &mut Vec<$crate::entities::positional::Column>) {
                columns.extend(const {
                    [$($crate::entities::positional::Column::of_field(
                        stringify!($field),
                        |row: &Self| &row.$field,
                    )),*]
                });
            }

            fn read(
                cells: &mut $crate::entities::positional::Cells<'_>,
            ) -> std::result::Result<Self, sea_orm::DbErr> {
                Ok(Self { $($field: cells.take()?),* })
            }
        }
    )*};
}
pub(crate) use positional;

positional! {
    super::access_entry::Model {
        id, sort_key, at, request, organisation_id, actor, purpose, operation, document, variables, projects,
        participations, previous, digest
    }
    super::award::Model {
        id, project_id, statement_id, funder_id, sort_key, kind, amount_minor, currency, uncertainty_minor, decided_on,
        line
    }
    super::change::Model { id, sort_key, at, r#type, project_id, fields, merged_into_id }
    super::funder::Model {
        id, sort_key, name, name_en, kind, programme_period, administered_by_id, parent_id, projects, created_at,
        updated_at
    }
    super::organisation::Model {
        id, sort_key, name, name_en, kind, number, parent_id, legal_entity_id, municipality_code, region_code, projects,
        created_at, updated_at
    }
    super::partnership::Model { id, project_id, role, organisation_id, unit_id, member_id, sort_key, project_sort_key }
    super::project::Model {
        id, sort_key, name, number, period, starts_on, ends_on, region_code, specific_objective, decided_on, owner_id,
        planned_participants, conflicts, partners, total_budget_currency, total_budget_minor, granted_currency,
        granted_minor, content, packed_partnerships, packed_awards, created_at, updated_at
    }
    super::release::Model { id, sort_key, number, as_of, made_at, active, participations, digest, secret, audit }
    super::reported_result::Model { id, project_id, statement_id, sort_key, measure, sex, value }
    super::source::Model {
        id, sequence, sort_key, sha256, file_name, title, format, publisher_id, url, published_on, obtained_on, licence,
        lines, statements, personal_details, withdrawn_at, superseded_by_id, with_organisation_number, row_count
    }
    super::statement::Model { id, source_id, sort_key, line, name_key, number_key, body, project_id, matched_by }
}
