//! The places of rows among those of their parents.

use sea_orm::{DbErr, FromQueryResult, QueryResult};

use super::RANK;
use crate::entities::positional::{Cells, Column, Positional};
use crate::store::batch::Of;

/// The column with the place of a row among those of its parent.
pub(super) const PLACE: &str = "place";

/// A row of a page for many parents.
#[derive(Clone, Debug)]
pub struct Ranked<M> {
    /// Its place among those of its parent, where the database said it.
    place: i64,
    /// Its rank for the parent; 0 where nobody asked for it.
    pub rank: i64,
    /// The row.
    pub row: M,
}

impl<M> From<M> for Ranked<M> {
    /// A row of a list that stands in its order already.
    fn from(row: M) -> Self {
        Self { place: 0, rank: 0, row }
    }
}

/// By name, with its rank.
impl<M: FromQueryResult> FromQueryResult for Ranked<M> {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self { place: 0, rank: result.try_get(prefix, RANK)?, row: M::from_query_result(result, prefix)? })
    }
}

/// Puts rows in their places, where they are not: the database finds them parent by parent, but promises no order.
pub(super) fn put<M>(rows: &mut [Of<Ranked<M>>]) {
    let begins = |own: &Of<Ranked<M>>| own.row.place <= 1;
    let follows = |one: &Of<Ranked<M>>, next: &Of<Ranked<M>>| {
        one.parent == next.parent && one.row.place < next.row.place
    };
    if !(rows.first().is_none_or(begins) && rows.is_sorted_by(|one, next| begins(next) || follows(one, next)))
    {
        rows.sort_by_key(|own| (own.parent, own.row.place));
    }
}

impl<M: Positional> Positional for Ranked<M> {
    fn columns(columns: &mut Vec<Column>) {
        columns.extend([Column::of::<i64>(PLACE), Column::of::<i64>(RANK)]);
        M::columns(columns);
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        Ok(Self { place: cells.take_or_nothing()?, rank: cells.take_or_nothing()?, row: M::read(cells)? })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn rows_are_put_in_their_places_whatever_the_order() {
        let row = |(parent, place): (u128, i64)| Of {
            parent: Uuid::from_u128(parent),
            row: Ranked { place, rank: 0, row: (parent, place) },
        };
        let in_place = |found: &[(u128, i64)]| {
            let mut rows: Vec<_> = found.iter().copied().map(row).collect();
            put(&mut rows);
            rows.iter().map(|own| own.row.row).collect::<Vec<_>>()
        };
        let expected = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)];
        assert_eq!(in_place(&expected), expected);
        for found in [
            [(1, 2), (1, 1), (1, 3), (2, 1), (2, 2)],
            [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3)],
            [(1, 2), (2, 1), (1, 1), (1, 3), (2, 2)],
            [(1, 1), (1, 3), (1, 2), (2, 1), (2, 2)],
            [(2, 2), (2, 1), (1, 3), (1, 2), (1, 1)],
        ] {
            assert_eq!(in_place(&found), expected, "{found:?}");
        }
        let other_way = [(2, 1), (2, 2), (1, 1)];
        assert_eq!(in_place(&other_way), other_way, "parents stay where they are");
        let without = [(2, 0), (1, 0), (2, 0)];
        assert_eq!(in_place(&without), without, "which are in order already");
    }
}
