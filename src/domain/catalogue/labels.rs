//! What the values of enumerations are called.

use std::sync::LazyLock;

use serde::Deserialize;

use super::tables::table;

/// What a value is called.
#[derive(Debug, Deserialize)]
pub struct Label {
    /// The enumeration, by its name in the API.
    #[serde(rename = "enum")]
    pub of: String,
    /// The value.
    pub value: String,
    /// In Swedish.
    pub label_sv: String,
    /// In English.
    pub label_en: String,
}

/// All labels, in the order of enumerations and their values.
#[must_use]
pub fn labels() -> &'static [Label] {
    static LABELS: LazyLock<Vec<Label>> =
        LazyLock::new(|| table(include_str!("../../../catalogue/labels.tsv")));
    &LABELS
}
