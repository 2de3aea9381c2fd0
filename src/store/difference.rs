//! Rows in place of others of the same table: written is only what differs, for every index that a row stands in is
//! written with it.

use std::collections::HashMap;

use sea_orm::sea_query::ValueTuple;
use sea_orm::{EntityTrait, IntoActiveModel, ModelTrait};

use super::write::Prepared;

/// What turns some rows into others.
pub struct Difference<E: EntityTrait> {
    gone: Vec<E::Model>,
    amended: Vec<(E::Model, E::Model)>,
    new: Vec<E::Model>,
}

impl<E> Difference<E>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + PartialEq,
{
    /// What differs between rows that are there and those that shall be; rows with the same key are the same.
    #[must_use]
    pub fn between(old: Vec<E::Model>, new: Vec<E::Model>) -> Self {
        let places: HashMap<ValueTuple, usize> =
            old.iter().enumerate().map(|(at, row)| (row.get_primary_key_value(), at)).collect();
        let mut old: Vec<Option<E::Model>> = old.into_iter().map(Some).collect();
        let mut difference = Self { gone: Vec::new(), amended: Vec::new(), new: Vec::new() };
        for row in new {
            match places.get(&row.get_primary_key_value()).and_then(|at| old[*at].take()) {
                None => difference.new.push(row),
                Some(before) if before == row => {}
                Some(before) => difference.amended.push((before, row)),
            }
        }
        difference.gone.extend(old.into_iter().flatten());
        difference
    }

    /// The rows that will not be as they were, as they were.
    pub fn before(&self) -> impl Iterator<Item = &E::Model> {
        self.gone.iter().chain(self.amended.iter().map(|(before, _)| before))
    }

    /// Adds what deletes the rows that shall not be.
    pub fn delete(&self, prepared: &mut Prepared) {
        prepared.delete::<E>(&self.gone);
    }

    /// Adds what writes the rows that are new or differ. Those that shall not be must be gone.
    pub fn write(self, prepared: &mut Prepared) {
        prepared.amend::<E>(self.amended);
        prepared.insert::<E>(self.new);
    }
}
