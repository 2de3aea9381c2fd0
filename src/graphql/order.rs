//! In which order lists are wanted.

use async_graphql::{Enum, InputObject};

use super::filter::Place;
use crate::error::Result;
use crate::store::order::{Kind as ColumnKind, Missing, Order, OrderKey};

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum Direction {
    /// The smallest, the earliest, or the first of the alphabet.
    Asc,
    /// The largest, the latest, or the last of the alphabet.
    Desc,
}

/// How many fields a list may be ordered by.
const FIELDS: usize = 4;

/// A column to sort by.
type Column = (&'static str, ColumnKind, Missing);

/// A field that a list can be ordered by: the columns it stands for, and whether they can be empty.
trait Columns: Copy + PartialEq {
    fn columns(self) -> &'static [Column];
}

fn order<F: Columns>(fields: impl ExactSizeIterator<Item = (F, Direction)>) -> Result<Order> {
    let place = Place::argument("orderBy");
    if fields.len() == 0 {
        return Err(place.refuse("is an empty list; leave it out for the usual order"));
    }
    if fields.len() > FIELDS {
        return Err(place.refuse(format!("has more than {FIELDS} fields")));
    }
    let (mut seen, mut keys) = (Vec::new(), Vec::new());
    for (at, (field, direction)) in fields.enumerate() {
        if seen.contains(&field) {
            return Err(place.item(at).refuse("is a field that stands before already"));
        }
        seen.push(field);
        let key = |&(column, kind, missing)| OrderKey {
            column,
            descending: direction == Direction::Desc,
            kind,
            missing,
        };
        keys.extend(field.columns().iter().map(key));
    }
    Ok(Order { by_rank: false, keys })
}

macro_rules! orders {
    ($($(#[$doc:meta])* $order:ident, $field:ident { $($(#[$field_doc:meta])* $variant:ident: $columns:expr;)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, InputObject)]
        pub(super) struct $order {
            /// By what.
            field: $field,
            /// Which end comes first. What has no value comes last either way.
            direction: Direction,
        }

        /// What a list can be ordered by. Ties are broken by id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        pub(super) enum $field {
            $($(#[$field_doc])* $variant,)*
        }

        impl Columns for $field {
            fn columns(self) -> &'static [Column] {
                match self { $(Self::$variant => &$columns,)* }
            }
        }

        impl $order {
            /// The order; by name where nothing is said.
            pub fn read(fields: Option<Vec<Self>>) -> Result<Order> {
                match fields {
                    None => Ok(Order::by("sort_key")),
                    Some(fields) => order(fields.into_iter().map(|by| (by.field, by.direction))),
                }
            }
        }
    )*};
}

orders! {
    /// An order of projects.
    ProjectOrder, ProjectOrderField {
        /// The name, in Swedish order: å, ä and ö last.
        Name: [("sort_key", ColumnKind::Bytes, Missing::Never)];
        /// The first day of its period.
        Start: [("starts_on", ColumnKind::Day, Missing::Maybe)];
        /// The last day of its period.
        End: [("ends_on", ColumnKind::Day, Missing::Maybe)];
        /// The chosen total budget. Amounts of different currencies are not compared: those of one stand together, by its code, the last first with `DESC`.
        TotalBudget: [("total_budget_currency", ColumnKind::Word, Missing::Maybe), ("total_budget_minor", ColumnKind::Number, Missing::AsBefore)];
        /// What was granted, likewise.
        Granted: [("granted_currency", ColumnKind::Word, Missing::Maybe), ("granted_minor", ColumnKind::Number, Missing::AsBefore)];
        /// How many participants it plans for.
        PlannedParticipants: [("planned_participants", ColumnKind::Number, Missing::Maybe)];
        /// How many legal entities take part as partners.
        Partners: [("partners", ColumnKind::Number, Missing::Never)];
        /// When what is known of it last changed.
        UpdatedAt: [("updated_at", ColumnKind::Instant, Missing::Never)];
    }
    /// An order of organisations.
    OrganisationOrder, OrganisationOrderField {
        /// The name, in Swedish order: å, ä and ö last.
        Name: [("sort_key", ColumnKind::Bytes, Missing::Never)];
        /// How many projects it or a unit of it takes part in.
        Projects: [("projects", ColumnKind::Number, Missing::Never)];
        /// When what is known of it last changed.
        UpdatedAt: [("updated_at", ColumnKind::Instant, Missing::Never)];
    }
    /// An order of funders.
    FunderOrder, FunderOrderField {
        /// The name, in Swedish order: å, ä and ö last.
        Name: [("sort_key", ColumnKind::Bytes, Missing::Never)];
        /// How many projects it pays for.
        Projects: [("projects", ColumnKind::Number, Missing::Never)];
    }
}
