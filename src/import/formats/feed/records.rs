//! The rows of a table or the objects of a JSON array, each with its line.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::Refused;

/// Bytes that a cell may have: more, and a quotation mark was never closed.
const LARGEST_CELL: usize = 256 * 1024;

/// Rows with their lines. The first rows may be titles; the header is found by whoever knows its words.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Each row's line, from 1, and its cells.
    pub rows: Vec<(u32, Vec<String>)>,
    /// Rows that are none.
    pub refused: Vec<Refused>,
}

/// Reads JSON or a table with commas, semicolons or tabs. None where the text is neither.
pub(super) fn read(text: &str) -> Option<Records> {
    let trimmed = text.trim_start();
    if trimmed.starts_with(['[', '{']) {
        return objects(text);
    }
    let delimiter = delimiter(text)?;
    Some(table(text, delimiter))
}

/// The separator that cuts the first rows into most cells, if any does.
fn delimiter(text: &str) -> Option<u8> {
    let cells = |delimiter: u8| {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        reader.records().take(20).flatten().map(|row| row.len()).max().unwrap_or(0)
    };
    let best = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|delimiter| cells(*delimiter))?;
    (cells(best) > 1).then_some(best)
}

fn table(text: &str, delimiter: u8) -> Records {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = Records::default();
    let mut row = StringRecord::new();
    loop {
        let line = u32::try_from(reader.position().line()).unwrap_or(u32::MAX);
        match reader.read_record(&mut row) {
            Ok(false) => return records,
            Ok(true) => {
                let line = row.position().map_or(line, |at| line_from(text, at));
                if row.iter().any(|cell| cell.len() > LARGEST_CELL) {
                    let reason = "a quotation mark is never closed; nothing after it was read".to_owned();
                    records.refused.push(Refused { line: Some(line), reason });
                } else if row.iter().any(|cell| !cell.trim().is_empty()) {
                    records.rows.push((line, row.iter().map(|cell| cell.trim().to_owned()).collect()));
                }
            }
            Err(cause) => {
                records
                    .refused
                    .push(Refused { line: Some(line), reason: format!("cannot be read: {cause}") });
                if cause.is_io_error() {
                    return records;
                }
            }
        }
    }
}

/// The line of a record: the reader tells where it began to look, before blank lines.
fn line_from(text: &str, at: &csv::Position) -> u32 {
    let from = usize::try_from(at.byte()).unwrap_or(usize::MAX).min(text.len());
    let blank = text.as_bytes()[from..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let skipped = blank.filter(|byte| **byte == b'\n').count();
    u32::try_from(at.line()).unwrap_or(u32::MAX).saturating_add(u32::try_from(skipped).unwrap_or(0))
}

/// The objects of an array, or of the one array in an object, or one a line; each key is a column, those of objects
/// within objects joined by full stops.
fn objects(text: &str) -> Option<Records> {
    let mut records = Records::default();
    let mut found: Vec<(u32, Vec<(String, String)>)> = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    for raw in elements(text)? {
        let line = lines.of(raw);
        match serde_json::from_str::<Value>(raw) {
            Ok(Value::Object(object)) => {
                let mut cells = Vec::new();
                flatten("", &Value::Object(object), &mut cells);
                found.push((line, cells));
            }
            Ok(_) => {
                records.refused.push(Refused { line: Some(line), reason: "is no JSON object".to_owned() });
            }
            Err(cause) => {
                records.refused.push(Refused { line: Some(line), reason: format!("is no JSON: {cause}") });
            }
        }
    }
    let mut columns: HashMap<String, usize> = HashMap::new();
    let mut header: Vec<String> = Vec::new();
    for (key, _) in found.iter().flat_map(|(_, cells)| cells) {
        columns.entry(key.clone()).or_insert_with(|| {
            header.push(key.clone());
            header.len() - 1
        });
    }
    let first = found.first().map_or(1, |(line, _)| *line);
    let width = header.len();
    records.rows.push((first, header));
    for (line, cells) in found {
        let mut row = vec![String::new(); width];
        for (key, value) in cells {
            // The first of several, as the first recipient of a grant.
            if let Some(cell) = columns.get(&key).and_then(|at| row.get_mut(*at))
                && cell.is_empty()
            {
                *cell = value;
            }
        }
        records.rows.push((line, row));
    }
    Some(records)
}

/// The texts of the objects in a JSON document.
fn elements(text: &str) -> Option<Vec<&str>> {
    if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
        return Some(items.into_iter().map(RawValue::get).collect());
    }
    if let Ok(object) = serde_json::from_str::<HashMap<String, &RawValue>>(text) {
        let arrays: Vec<&&RawValue> = object.values().filter(|value| value.get().starts_with('[')).collect();
        if let [only] = arrays[..] {
            let items: Vec<&RawValue> = serde_json::from_str(only.get()).ok()?;
            return Some(items.into_iter().map(RawValue::get).collect());
        }
        return Some(vec![text.trim()]);
    }
    // JSON Lines, of which some may be damaged.
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let first: Result<Value, _> = serde_json::from_str(lines.first()?);
    first.is_ok_and(|first| first.is_object()).then_some(lines)
}

/// Tells the lines of parts of a text that come one after the other.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, part: &str) -> u32 {
        let at = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        let passed = self.text.get(self.at..at).map_or(0, |between| between.matches('\n').count());
        self.line = self.line.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
        self.at = at.max(self.at);
        self.line
    }
}

fn flatten(path: &str, value: &Value, cells: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, value, cells);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| flatten(path, item, cells)),
        Value::Null => {}
        Value::String(text) => cells.push((path.to_owned(), text.trim().to_owned())),
        other => cells.push((path.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        read(text).map(|records| records.rows).unwrap_or_default()
    }

    #[test]
    fn tables_are_read_with_the_lines_of_their_rows() {
        let expected = [(1, vec!["a", "b"]), (2, vec!["1\nand", "2"]), (5, vec!["3", "4"])];
        for separator in [",", ";", "\t"] {
            let text = "a|b\n\"1\nand\"|2\n\n3|4\n".replace('|', separator);
            let read = rows(&text);
            assert_eq!(read.len(), 3);
            for ((line, cells), (expected_line, expected)) in read.iter().zip(&expected) {
                assert_eq!(
                    (line, cells.iter().map(String::as_str).collect::<Vec<_>>()),
                    (expected_line, expected.clone())
                );
            }
        }
    }

    #[test]
    fn json_is_read_with_the_lines_of_its_objects() {
        let array = "{\"grants\": [\n{\"a\": 1, \"b\": {\"c\": [\"x\", \"y\"]}},\n{\"a\": 2}\n]}";
        let header = vec!["a".to_owned(), "b.c".to_owned()];
        let expected =
            vec![(2, header), (2, vec!["1".into(), "x".into()]), (3, vec!["2".into(), String::new()])];
        assert_eq!(rows(array), expected);
        let lines = read("{\"a\": 1}\n{\"a\": \n{\"a\": 3}\n").unwrap_or_default();
        assert_eq!((lines.rows.len(), lines.refused.len(), lines.refused[0].line), (3, 1, Some(2)));
    }

    #[test]
    fn a_text_is_no_table() {
        assert!(read("Ett projekt om arbete\nsom handlar om annat\n").is_none());
        assert!(read("[not json").is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(\\PC|[\n,;\"\t]){0,200}|[\\[{][\\[\\]{}\",:a1 \n]{0,80}") {
            let _ = read(&text);
        }
    }
}
