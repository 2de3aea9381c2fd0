//! Labels and values run together on one line, as pages with columns come out as text.

use std::sync::LazyLock;

use regex::Regex;

use super::labels::{self, Field, Form, Label};
use crate::domain::pattern;

/// The heading of a row of facts, run together with it.
static FACTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:(?i:snabb|projekt)?(?i:fakta)(?: om projektet)?|Om projektet|Kort om projektet)")
});

/// A row of facts in bytes; what is longer is running text.
const LONGEST_ROW: usize = 2_000;

/// Labels and values run together on one line: `StatusAvslutadÅr2019 - 2022PlatsFlen`.
pub(super) fn read(line: &str) -> Vec<Label> {
    if line.len() > LONGEST_ROW {
        return Vec::new();
    }
    let mut starts: Vec<(usize, usize, Field)> = Vec::new();
    let title = FACTS.find(line).map_or(0, |found| found.end());
    let line = &line[title..];
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        let boundary = at == 0
            || character.is_uppercase()
                && (before.is_lowercase() || before.is_ascii_digit() || matches!(before, ')' | '+' | '%'));
        if boundary && starts.last().is_none_or(|(_, end, _)| *end <= at) {
            starts.extend(labels::run_together(&line[at..]).map(|(length, field)| (at, at + length, field)));
        }
        before = character;
    }
    if starts.len() < 2 || starts[0].0 != 0 {
        return Vec::new();
    }
    let ends = starts.iter().skip(1).map(|(at, _, _)| *at).chain([line.len()]);
    let label = |((at, value, field), end): (&(usize, usize, Field), usize)| Label {
        field: *field,
        form: Form::Glued,
        text: line[*at..*value].to_owned(),
        value: line[*value..end].trim().to_owned(),
    };
    starts.iter().zip(ends).map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_spaces_is_taken_apart() {
        let row = read("StatusAvslutadÅr2019 - 2022PlatsFlen, TrosaTypESF-projekt");
        let fields: Vec<_> = row.iter().map(|label| (label.field, label.value.as_str())).collect();
        assert_eq!(fields[1], (Field::Period, "2019 - 2022"));
        assert_eq!(fields.len(), 4);
    }

    #[test]
    fn a_heading_may_be_run_together_with_the_row() {
        let row = read("FaktaProjektägareFlens kommunBeviljat från ESF+3 500 000 krOmfattning5 mkr");
        let fields: Vec<_> = row.iter().map(|label| (label.field, label.value.as_str())).collect();
        assert_eq!(
            fields,
            [(Field::Owner, "Flens kommun"), (Field::Granted, "3 500 000 kr"), (Field::Total, "5 mkr")]
        );
    }
}
