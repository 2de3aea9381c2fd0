//! The columns of a file of participations.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::catalogue::{list, table};
use crate::domain::names::fold;

/// A column that a file may have.
#[derive(Debug, Deserialize)]
pub struct Column {
    /// Its name.
    #[serde(rename = "column")]
    pub name: String,
    synonyms: String,
    /// What stands in it, in Swedish.
    pub meaning_sv: String,
    /// What stands in it, in English.
    pub meaning_en: String,
}

/// All columns, in the order of the template.
#[must_use]
pub fn all() -> &'static [Column] {
    static ALL: LazyLock<Vec<Column>> =
        LazyLock::new(|| table(include_str!("../../../catalogue/outcome_columns.tsv")));
    &ALL
}

/// Columns of files of counts alone.
const OF_COUNTS: [&str; 4] = ["indicator", "year", "value", "kind"];

/// The templates: the headers of an empty file of participations, and of an empty file of counts.
#[must_use]
pub fn templates() -> [String; 2] {
    let names = || all().iter().map(|column| column.name.as_str());
    let persons: Vec<&str> = names().filter(|name| !OF_COUNTS.contains(name)).collect();
    let counts: Vec<&str> = ["project_number", "sex"].into_iter().chain(OF_COUNTS).collect();
    [persons.join(";"), counts.join(";")]
}

/// The columns that a file has.
#[derive(Debug)]
pub(super) struct Columns {
    places: HashMap<&'static str, usize>,
    /// Columns that are not known, by their names.
    pub unknown: Vec<String>,
}

impl Columns {
    /// Those that a header names.
    pub fn of(header: &[String]) -> Self {
        let mut words: HashMap<String, &'static str> = HashMap::new();
        for column in all() {
            for word in std::iter::once(column.name.as_str()).chain(list(&column.synonyms)) {
                words.entry(fold(word)).or_insert(&column.name);
            }
        }
        let (mut places, mut unknown) = (HashMap::new(), Vec::new());
        for (at, cell) in header.iter().enumerate() {
            match words.get(&fold(cell)) {
                Some(name) => {
                    places.entry(*name).or_insert(at);
                }
                None if cell.is_empty() => {}
                None => unknown.push(cell.clone()),
            }
        }
        Self { places, unknown }
    }

    /// Whether there is a column.
    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The cell of a column; none where the column is missing or the cell empty.
    pub fn cell<'a>(&self, row: &'a [String], name: &str) -> Option<&'a str> {
        let cell = row.get(*self.places.get(name)?)?;
        (!cell.is_empty()).then_some(cell.as_str())
    }
}
