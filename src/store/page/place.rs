//! The places of rows among those of their parents.

use sea_orm::DbErr;

use super::{RANK, Ranked};
use crate::entities::positional::{Cells, Column, Positional};
use crate::store::batch::Of;

/// The column with the place of a row among those of its parent.
pub(super) const PLACE: &str = "place";

/// A row, and its place among those of its parent where the database said it.
pub(super) struct InPlace<M> {
    place: i64,
    /// The row.
    pub ranked: Ranked<M>,
}

/// Puts rows in their places, where they are not: the database finds them parent by parent, but promises no order.
pub(super) fn put<M>(rows: &mut [Of<InPlace<M>>]) {
    let begins = |own: &Of<InPlace<M>>| own.row.place <= 1;
    let follows = |one: &Of<InPlace<M>>, next: &Of<InPlace<M>>| {
        one.parent == next.parent && one.row.place < next.row.place
    };
    if !(rows.first().is_none_or(begins) && rows.is_sorted_by(|one, next| begins(next) || follows(one, next)))
    {
        rows.sort_by_key(|own| (own.parent, own.row.place));
    }
}

impl<M: Positional> Positional for InPlace<M> {
    fn columns(columns: &mut Vec<Column>) {
        columns.extend([Column::of::<i64>(PLACE), Column::of::<i64>(RANK)]);
        M::columns(columns);
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        let place = cells.take_or_nothing()?;
        Ok(Self { place, ranked: Ranked { rank: cells.take()?, row: M::read(cells)? } })
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
            row: InPlace { place, ranked: Ranked { rank: 0, row: (parent, place) } },
        };
        let in_place = |found: &[(u128, i64)]| {
            let mut rows: Vec<_> = found.iter().copied().map(row).collect();
            put(&mut rows);
            rows.iter().map(|own| own.row.ranked.row).collect::<Vec<_>>()
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
