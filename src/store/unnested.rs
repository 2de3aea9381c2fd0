//! Rows as PostgreSQL takes them fastest in a statement: an array for each column, so that there is one plan and a few
//! values however many rows there are. (`COPY` takes them faster still, but each needs an answer before it begins, and
//! rows come a thousand at a time.)

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, IdenStatic, IntoActiveModel, Iterable, Value};
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

/// A statement and its arrays.
pub(super) struct Unnested {
    pub sql: String,
    pub values: PgArguments,
}

impl Unnested {
    /// What writes rows that are not there yet.
    ///
    /// # Errors
    /// [`DbErr::Type`] for a value that no column holds.
    pub fn rows<E>(rows: Vec<E::Model>) -> Result<Self, DbErr>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let names: Vec<E::Column> = E::Column::iter().collect();
        let mut columns: Vec<Option<Column>> = names.iter().map(|_| None).collect();
        let many = rows.len();
        for row in rows {
            let mut row = row.into_active_model();
            for (name, column) in names.iter().zip(&mut columns) {
                let value = row.take(*name).into_value();
                let value = value.ok_or_else(|| DbErr::Type(format!("no value for {}", name.as_str())))?;
                match column {
                    Some(column) => column.add(value)?,
                    None => *column = Some(Column::of(value, many)?),
                }
            }
        }
        let mut values = PgArguments::default();
        for column in columns.into_iter().flatten() {
            column.put(&mut values)?;
        }
        let table = E::default();
        let list = |each: &dyn Fn(usize, &E::Column) -> String| {
            names.iter().enumerate().map(|(at, name)| each(at, name)).collect::<Vec<_>>().join(", ")
        };
        let sql = format!(
            "INSERT INTO \"{}\" ({}) SELECT * FROM unnest({})",
            table.table_name(),
            list(&|_, name| format!("\"{}\"", name.as_str())),
            list(&|at, _| format!("${}", at + 1)),
        );
        Ok(Self { sql, values })
    }
}

/// Has an array for each kind of value that a column can hold.
macro_rules! columns {
    ($($kind:ident: $type:ty),* $(,)?) => {
        /// The values of a column.
        enum Column { $($kind(Vec<Option<$type>>),)* }

        impl Column {
            /// A column that begins with a value and will have so many.
            fn of(first: Value, many: usize) -> Result<Self, DbErr> {
                let mut column = match &first {
                    $(Value::$kind(_) => Self::$kind(Vec::with_capacity(many)),)*
                    other => return Err(DbErr::Type(format!("no column holds {other:?}"))),
                };
                column.add(first)?;
                Ok(column)
            }

            fn add(&mut self, value: Value) -> Result<(), DbErr> {
                match (self, value) {
                    $((Self::$kind(all), Value::$kind(value)) => all.push(value),)*
                    (_, value) => return Err(DbErr::Type(format!("a column holds {value:?} besides others"))),
                }
                Ok(())
            }

            fn put(self, values: &mut PgArguments) -> Result<(), DbErr> {
                match self {
                    $(Self::$kind(all) => values.add(all),)*
                }
                .map_err(|cause| DbErr::Type(cause.to_string()))
            }
        }
    };
}

columns! {
    Bool: bool,
    Int: i32,
    BigInt: i64,
    String: String,
    Bytes: Vec<u8>,
    Uuid: Uuid,
    ChronoDate: NaiveDate,
    ChronoDateTimeUtc: DateTime<Utc>,
}
