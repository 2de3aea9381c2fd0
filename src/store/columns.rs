//! Which columns of rows are wanted.

use sea_orm::{DbErr, IdenStatic, Iterable};

use super::order::Order;
use crate::entities::Table;
use crate::entities::positional::{Found, Positional, read_all, read_some};

/// Which columns of a table's rows are wanted; what is not is read as nothing. Of many rows with many columns most of
/// what an answer costs is columns that it has no use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Columns(u64);

impl Columns {
    /// All.
    pub const ALL: Self = Self(u64::MAX);

    /// Those with some names, and the id.
    pub fn of<E: Table>(names: impl IntoIterator<Item = &'static str>) -> Self {
        names.into_iter().fold(Self(0).and::<E>(E::ID.as_str()), Self::and::<E>)
    }

    /// One more.
    fn and<E: Table>(self, name: &str) -> Self {
        let at = E::Column::iter().position(|column| column.as_str() == name);
        Self(self.0 | at.map_or(0, |at| 1 << at))
    }

    /// With those that a list is ordered by.
    #[must_use]
    pub fn with<E: Table>(self, order: &Order) -> Self {
        order.keys.iter().fold(self, |all, key| all.and::<E>(key.column))
    }

    /// Whether it is all of them.
    #[must_use]
    pub fn are_all(self) -> bool {
        self == Self::ALL
    }

    /// Whether all of them are among others.
    #[must_use]
    pub fn are_among(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// Reads rows of which these columns were selected.
    ///
    /// # Errors
    /// [`DbErr::Type`] for a value of another type, and where all are wanted for a column that is not there.
    pub(crate) fn read<T: Positional>(self, found: &Found) -> Result<Vec<T>, DbErr> {
        if self.are_all() { read_all(found) } else { read_some(found) }
    }

    /// The columns, in the table's order.
    pub fn iter<E: Table>(self) -> impl Iterator<Item = E::Column> {
        E::Column::iter().enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, column)| column)
    }
}
