//! The words that rows of outcomes have, by their places: categories and sexes. Of many rows they are looked up where they
//! are read, and never made or compared as texts.

use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};

use super::positional::{Wrong, words};
use crate::domain::outcomes::codes::SEXES;
use crate::domain::outcomes::design;

/// The category of how many there are, in each group of an answer.
pub const ALL: &str = "";
/// The category of how many there are in a whole answer, each counted once. Where no number has it, it is the sum of the
/// groups.
pub const TOTAL: &str = "=";
/// The sex, or the region, of what is only known of several together.
pub const SEVERAL: &str = "*";

/// What a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Those of a group of the answer.
    All,
    /// Those of the whole answer, each counted once.
    Total,
    /// Those of a group who are in a category, by its place.
    Of(usize),
}

impl Category {
    /// The category that has a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            ALL => Some(Self::All),
            TOTAL => Some(Self::Total),
            _ => design::stored_as(word).map(Self::Of),
        }
    }
}

pub use design::categories_of as words_of;

/// Whose number it is: the place of a sex among [`SEXES`]; none of all, or of what is only known of several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sex(pub Option<usize>);

impl Sex {
    /// The sex that has a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "" | SEVERAL => Some(Self(None)),
            _ => SEXES.iter().position(|sex| *sex == word).map(|place| Self(Some(place))),
        }
    }
}

macro_rules! known {
    ($($value:ty),*) => {$(
        impl $value {
            fn read(word: &str) -> Result<Self, Wrong> {
                Self::of(word).ok_or_else(|| format!("{word} is not known").into())
            }
        }

        impl TryGetable for $value {
            fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                let word = String::try_get_by(row, column)?;
                Self::read(&word).map_err(|cause| TryGetError::DbErr(DbErr::Type(cause.to_string())))
            }
        }
    )*};
}

known!(Sex, Category);
words!(Sex::read: Sex => Self(None));
words!(Category::read: Category => Self::All);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_stored_are_known_and_others_are_not() {
        for (place, sex) in SEXES.iter().enumerate() {
            assert_eq!(Sex::of(sex), Some(Sex(Some(place))));
        }
        assert_eq!(["", SEVERAL, "women"].map(Sex::of), [Some(Sex(None)), Some(Sex(None)), None]);
        let stored: Vec<_> = (0..).map_while(design::category).collect();
        assert!(stored.contains(&"EXIT_STATUS:WORK"));
        for (cell, word) in stored.iter().enumerate() {
            assert_eq!(Category::of(word), Some(Category::Of(cell)));
        }
        let others = [ALL, TOTAL, "EXIT_STATUS:", SEVERAL].map(Category::of);
        assert_eq!(others, [Some(Category::All), Some(Category::Total), None, None]);
    }
}
