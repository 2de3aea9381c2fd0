//! The tables: columns only, no behaviour. One file a table.

pub mod access_entry;
pub mod access_entry_project;
pub mod access_grant;
pub mod access_key;
pub mod award;
pub mod change;
pub mod change_departure;
pub mod data_version;
pub mod decision;
pub mod decision_member;
pub mod delivery;
pub mod funder;
pub mod funding_funder;
pub mod group_amount;
pub mod group_figure;
pub mod indicator_target;
pub mod indicator_value;
pub mod organisation;
pub mod organisation_name;
pub mod organisation_tree;
pub mod outcome_cell;
pub mod outcome_funding;
pub mod outcome_group;
pub mod outcome_pool;
pub mod outcome_sum;
pub mod outcome_word;
pub mod participation;
pub mod partnership;
pub mod partnership_statement;
pub mod positional;
pub mod project;
pub mod project_amount;
pub mod project_funder;
pub mod project_funding;
pub mod project_name;
pub mod project_number;
pub mod project_outcome;
pub mod project_series;
pub mod release;
pub mod reported_result;
pub mod retired;
pub mod rounded;
pub mod search_entry;
pub mod source;
pub mod source_field;
pub mod source_refusal;
pub mod source_warning;
pub mod statement;

use sea_orm::{EntityTrait, Iterable, ModelTrait};
use uuid::Uuid;

use self::positional::Positional;

/// A table that can be paged: its rows have one id and a stored key to sort by.
///
/// Keys are bytes, so that SQLite and PostgreSQL sort alike whatever their collations.
pub trait Table:
    EntityTrait<Model: Row + Positional + ModelTrait<Entity = Self> + Sync, Column: Iterable>
{
    /// The column of the id.
    const ID: Self::Column;
    /// The column to sort by; ties are broken by the id.
    const SORT_KEY: Self::Column;
}

/// A row of a [`Table`].
pub trait Row {
    /// Its id.
    fn id(&self) -> Uuid;
    /// Its key to sort by.
    fn sort_key(&self) -> &[u8];
}

macro_rules! tables {
    ($($table:ident),*) => {$(
        impl Table for $table::Entity {
            const ID: Self::Column = $table::Column::Id;
            const SORT_KEY: Self::Column = $table::Column::SortKey;
        }

        impl Row for $table::Model {
            fn id(&self) -> Uuid {
                self.id
            }

            fn sort_key(&self) -> &[u8] {
                &self.sort_key
            }
        }
    )*};
}

tables!(
    access_entry,
    award,
    change,
    funder,
    organisation,
    partnership,
    project,
    release,
    reported_result,
    source,
    statement
);
