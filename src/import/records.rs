//! The rows of a table or the objects of a JSON array, each with its line.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;
use serde_json::value::RawValue;

use super::document::Document;
use super::formats::Refused;

/// Bytes that a cell may have: more, and a quotation mark was never closed.
const LARGEST_CELL: usize = 256 * 1024;
/// Bytes that a row may have.
const LARGEST_ROW: usize = 64 << 20;

/// A row: its line, from 1, and its cells; or why it is none.
pub type Row = Result<(u32, Vec<String>), Refused>;

/// What a document is made of.
#[derive(Debug)]
pub enum Records {
    /// Rows of cells with this byte between them.
    Table(u8),
    /// Objects, as rows.
    Objects(Vec<Row>),
}

impl Records {
    /// Finds out whether a document is JSON or a table with commas, semicolons or tabs. None where it is neither.
    pub fn of(document: &Document) -> Option<Self> {
        if document.text.trim_start().starts_with(['[', '{']) {
            return (document.large.is_none()).then(|| objects(&document.text))?.map(Self::Objects);
        }
        delimiter(&document.text).map(Self::Table)
    }

    /// The rows, from the first. Those of a table may begin with titles; the header is found by whoever knows its words.
    pub fn rows<'a>(&'a self, document: &'a Document) -> Box<dyn Iterator<Item = Row> + Send + 'a> {
        match self {
            Self::Objects(rows) => Box::new(rows.iter().cloned()),
            Self::Table(delimiter) => table(document, *delimiter),
        }
    }
}

/// The rows of a table.
pub(super) fn table(document: &Document, delimiter: u8) -> Box<dyn Iterator<Item = Row> + Send + '_> {
    match document.reader() {
        Ok(reader) => Box::new(Table::new(reader, delimiter)),
        Err(cause) => Box::new(std::iter::once(Err(unreadable(None, &cause)))),
    }
}

fn unreadable(line: Option<u32>, cause: &dyn std::fmt::Display) -> Refused {
    Refused { line, reason: format!("cannot be read: {cause}") }
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

/// The rows of a table, one after the other.
struct Table<R> {
    reader: csv::Reader<Lines<R>>,
    row: StringRecord,
    passed: Arc<AtomicUsize>,
    ended: bool,
}

impl<R: Read> Table<R> {
    fn new(text: R, delimiter: u8) -> Self {
        let passed = Arc::new(AtomicUsize::new(0));
        let lines = Lines { text, passed: Arc::clone(&passed), after_return: false, open: false };
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(lines);
        Self { reader, row: StringRecord::new(), passed, ended: false }
    }

    /// The line in which the row that was just read began: the reader tells where it ended, and every line break within
    /// it stands in a cell.
    fn line(&self) -> u32 {
        let within: usize =
            self.row.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count()).sum();
        let after = u32::try_from(self.reader.position().line()).unwrap_or(u32::MAX);
        after.saturating_sub(1).saturating_sub(u32::try_from(within).unwrap_or(u32::MAX)).max(1)
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        while !self.ended {
            self.passed.store(0, Relaxed);
            let line = u32::try_from(self.reader.position().line()).unwrap_or(u32::MAX);
            match self.reader.read_record(&mut self.row) {
                Ok(false) => self.ended = true,
                Ok(true) => {
                    let line = self.line();
                    if self.row.iter().any(|cell| cell.len() > LARGEST_CELL) {
                        let reason = "a quotation mark is never closed; nothing after it was read".to_owned();
                        return Some(Err(Refused { line: Some(line), reason }));
                    }
                    if self.row.iter().any(|cell| !cell.trim().is_empty()) {
                        return Some(Ok((
                            line,
                            self.row.iter().map(|cell| cell.trim().to_owned()).collect(),
                        )));
                    }
                }
                Err(cause) => {
                    self.ended = cause.is_io_error();
                    return Some(Err(unreadable(Some(line), &cause)));
                }
            }
        }
        None
    }
}

/// A text with every line ended by one line feed, the last one too.
struct Lines<R> {
    text: R,
    /// Bytes since the last row.
    passed: Arc<AtomicUsize>,
    after_return: bool,
    open: bool,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(into)?;
            if self.passed.fetch_add(read, Relaxed) > LARGEST_ROW {
                return Err(io::Error::other("a quotation mark is never closed; nothing after it was read"));
            }
            if read == 0 {
                let Some(last) = into.first_mut().filter(|_| self.open) else { return Ok(0) };
                self.open = false;
                *last = b'\n';
                return Ok(1);
            }
            let mut kept = 0;
            for at in 0..read {
                let byte = into[at];
                if !(byte == b'\n' && self.after_return) {
                    into[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
                self.after_return = byte == b'\r';
            }
            if kept > 0 {
                self.open = into[kept - 1] != b'\n';
                return Ok(kept);
            }
        }
    }
}

/// The objects of an array, or of the one array in an object, or one a line; each key is a column, those of objects
/// within objects joined by full stops.
fn objects(text: &str) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut found: Vec<(u32, Vec<(String, String)>)> = Vec::new();
    let mut lines = Places { text, at: 0, line: 1 };
    for raw in elements(text)? {
        let line = lines.of(raw);
        match serde_json::from_str::<Value>(raw) {
            Ok(Value::Object(object)) => {
                let mut cells = Vec::new();
                flatten("", &Value::Object(object), &mut cells);
                found.push((line, cells));
            }
            Ok(_) => {
                rows.push(Err(Refused { line: Some(line), reason: "is no JSON object".to_owned() }));
            }
            Err(cause) => {
                rows.push(Err(Refused { line: Some(line), reason: format!("is no JSON: {cause}") }));
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
    // The header before all, refused rows included.
    rows.insert(0, Ok((first, header)));
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
        rows.push(Ok((line, row)));
    }
    Some(rows)
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
struct Places<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Places<'_> {
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

    fn all(text: &str) -> Vec<Row> {
        let document = Document { text: text.to_owned(), ..Document::default() };
        Records::of(&document).map(|records| records.rows(&document).collect()).unwrap_or_default()
    }

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        all(text).into_iter().flatten().collect()
    }

    #[test]
    fn tables_are_read_with_the_lines_of_their_rows() {
        let expected = [(1, vec!["a", "b"]), (2, vec!["1\nand", "2"]), (5, vec!["3", "4"])];
        for (separator, end) in [(",", "\n"), (";", "\r\n"), ("\t", "\r"), (",", "\r\n")] {
            let text = "a|b\n\"1\nand\"|2\n\n3|4".replace('|', separator).replace('\n', end);
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
        let lines = all("{\"a\": 1}\n{\"a\": \n{\"a\": 3}\n");
        let refused: Vec<_> = lines.iter().filter_map(|row| row.as_ref().err()?.line).collect();
        assert_eq!((lines.len(), refused), (4, vec![2]));
    }

    #[test]
    fn a_text_is_no_table() {
        assert!(all("Ett projekt om arbete\nsom handlar om annat\n").is_empty());
        assert!(all("[not json").is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(\\PC|[\n,;\"\t]){0,200}|[\\[{][\\[\\]{}\",:a1 \n]{0,80}") {
            let _ = all(&text);
        }
    }
}
