//! A published number, as it is read and summed up.

use sea_orm::{DbErr, FromQueryResult};
use uuid::Uuid;

use crate::entities::outcome_word::{Category, Sex};
use crate::entities::positional::{Cells, Column, Positional};

/// A number of the answer. A key that was not asked for is nil, empty or 0.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Number {
    /// The project.
    pub project_id: Uuid,
    /// The funder.
    pub funder_id: Uuid,
    /// The county.
    pub region_code: String,
    /// The year.
    pub period: i32,
    /// The sex.
    pub sex: Sex,
    /// Of what it is the number.
    pub category: Category,
    /// How many: a sum of multiples of five.
    pub value: i64,
    /// How many groups of projects it is the sum of; none is said of categories.
    pub groups: i64,
    /// How many of these groups are shown by categories.
    pub shown: i64,
}

impl Positional for Number {
    fn columns(columns: &mut Vec<Column>) {
        columns.extend(["project_id", "funder_id"].map(Column::of::<Uuid>));
        columns.extend([
            Column::of::<String>("region_code"),
            Column::of::<i32>("period"),
            Column::of::<Sex>("sex"),
            Column::of::<Category>("category"),
        ]);
        columns.extend(["value", "groups", "shown"].map(Column::of::<i64>));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        Ok(Self {
            project_id: cells.take_or_nothing()?,
            funder_id: cells.take_or_nothing()?,
            region_code: cells.take_or_nothing()?,
            period: cells.take_or_nothing()?,
            sex: cells.take_or_nothing()?,
            category: cells.take()?,
            value: cells.take()?,
            groups: cells.take()?,
            shown: cells.take()?,
        })
    }
}
