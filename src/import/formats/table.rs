//! Tables in plain text: a row of labels, then a row of values for each project.

use super::labels::{self, Field, Form, Label};
use crate::import::document::Line;

/// The values of one row, each with the label of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its place after the row of labels, from 1.
    pub(super) place: usize,
    pub(super) line: u32,
    pub(super) labels: Vec<Label>,
}

/// The rows of the table that the lines begin with; none where the first line is no row of labels.
pub(super) fn read(lines: &[Line]) -> Vec<Row> {
    let Some(first) = lines.first() else {
        return Vec::new();
    };
    let mut columns: Vec<Option<Field>> = cells(&first.text).iter().map(|cell| labels::field(cell)).collect();
    // What is first in a row of facts and is none of them is the name.
    let unnamed = !columns.contains(&Some(Field::Name));
    if let Some(first @ None) = columns.first_mut().filter(|_| unnamed) {
        *first = Some(Field::Name);
    }
    let facts = columns.iter().flatten().filter(|field| **field != Field::Other).count();
    if columns.len() < 3 || facts < 2 || facts * 2 < columns.len() || !columns.contains(&Some(Field::Name)) {
        return Vec::new();
    }
    // A comma parts columns only where every one of them is a label.
    let commas = !SEPARATORS.iter().any(|separator| first.text.contains(separator));
    if commas && (columns.iter().any(Option::is_none) || labels::field(cells(&first.text)[0]).is_none()) {
        return Vec::new();
    }
    let names = cells(&first.text);
    let rows = lines.iter().enumerate().skip(1).map_while(|(place, line)| {
        let values = cells(&line.text);
        let rule = line.text.chars().all(|c| "-|: +=".contains(c));
        (rule || values.len() == columns.len()).then_some((place, line, values))
    });
    rows.filter(|(_, line, _)| line.text.contains(char::is_alphanumeric))
        .map(|(place, line, values)| {
            let mut labels: Vec<Label> = columns
                .iter()
                .zip(names.iter().zip(values))
                .filter_map(|(field, (name, value))| {
                    let field = (*field)?;
                    Some(Label { field, form: Form::Cell, text: (*name).to_owned(), value: value.to_owned() })
                })
                .collect();
            // The name comes first, so that it begins the project.
            labels.sort_by_key(|label| label.field != Field::Name);
            Row { place, line: line.number, labels }
        })
        .collect()
}

const SEPARATORS: [&str; 4] = ["\t", "|", ";", "  "];

fn cells(line: &str) -> Vec<&str> {
    let all = SEPARATORS.into_iter().chain([", "]);
    let separator = all.into_iter().find(|separator| line.contains(separator));
    separator.map_or_else(Vec::new, |separator| {
        let trimmed = line.trim_matches('|');
        let empty_counts = separator != "  ";
        trimmed.split(separator).map(str::trim).filter(|cell| empty_counts || !cell.is_empty()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        let lines: Vec<Line> =
            text.lines().zip(1..).map(|(text, number)| Line { number, text: text.to_owned() }).collect();
        read(&lines)
    }

    #[test]
    fn a_row_of_labels_begins_a_table() {
        let table = rows(
            "Sökande | Projekt | Belopp\n--- | --- | ---\nFlens kommun | Nystart | 5 mkr\nTrosa kommun | Vidare | 6 mkr\nslut",
        );
        assert_eq!(table.len(), 2);
        assert_eq!(table[0].labels[0].value, "Nystart");
        assert_eq!((table[1].place, table[1].line), (3, 4));
    }

    #[test]
    fn the_first_column_is_the_name_where_none_is_labelled_so() {
        let table = rows("Vad?   Sökande   Belopp\nNystart   Flens kommun   5 mkr\n");
        assert_eq!(table[0].labels[0].value, "Nystart");
    }

    #[test]
    fn other_lines_are_no_table() {
        assert!(rows("Projektägare | Flens kommun\nBudget | 5 mkr").is_empty());
        assert_eq!(rows("Projekt, sökande, belopp\nNystart, Flens kommun, 7,7 miljoner.\n").len(), 1);
        assert!(rows("Flen, sökande, belopp\nNystart, Flens kommun, 7,7 miljoner.\n").is_empty());
        assert!(rows("Text utan kolumner\nmera text").is_empty());
    }
}
