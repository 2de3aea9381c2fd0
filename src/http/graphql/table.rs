//! An answer as a table: the rows of the one list that it has.

use async_graphql::Value;

use crate::export::{Form, literal};
use crate::graphql::Data;

/// The fields in which an object has its rows.
const LISTS: [&str; 4] = ["nodes", "edges", "groups", "rows"];
/// What stands between the values of a list in a cell.
const BETWEEN: &str = "; ";
const FORM: Form = Form::Csv { separator: b',', with_mark: false };

/// The rows of the one list in an answer, with a column for each field: `owner.name` for a field of an object, the
/// values of a list in one cell.
///
/// # Errors
/// Why there is no table in it.
pub(super) fn csv(data: &Data) -> Result<Vec<u8>, &'static str> {
    const NONE: &str =
        "text/csv takes one field at the top that is a list, or has nodes, edges, groups or rows";
    let data = data.value();
    let Some(Value::Object(fields)) = data.as_deref() else { return Err(NONE) };
    let mut fields = fields.iter();
    let (Some((_, field)), None) = (fields.next(), fields.next()) else { return Err(NONE) };
    let rows = match field {
        Value::List(rows) => rows,
        Value::Object(object) => {
            let mut lists = object.iter().filter(|(name, _)| LISTS.contains(&name.as_str()));
            match (lists.next(), lists.next()) {
                (Some((_, Value::List(rows))), None) => rows,
                _ => return Err(NONE),
            }
        }
        _ => return Err(NONE),
    };
    let mut columns: Vec<String> = Vec::new();
    let mut table = Vec::with_capacity(rows.len());
    for row in rows {
        let mut cells = Vec::new();
        flatten("", row, &mut cells);
        for (name, _) in &cells {
            if !columns.contains(name) {
                columns.insert(place_of(name, &columns), name.clone());
            }
        }
        table.push(cells);
    }
    // An object that is missing has no fields to name; others do.
    let deeper: Vec<String> =
        columns.iter().filter_map(|name| Some(name.rsplit_once('.')?.0.to_owned())).collect();
    let is_object = |name: &String| {
        deeper.iter().any(|path| {
            path == name || path.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
    };
    columns.retain(|name| !is_object(name));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _infallible = writer.write_record(&columns);
    for cells in table {
        let cell = |column: &String| {
            let own: Vec<&str> =
                cells.iter().filter(|(name, _)| name == column).map(|(_, text)| text.as_str()).collect();
            literal(FORM, &own.join(BETWEEN)).into_owned()
        };
        let _infallible = writer.write_record(columns.iter().map(cell));
    }
    writer.into_inner().map_err(|_| NONE)
}

/// Where a column belongs that earlier rows do not have: behind those of the same object, or else at the end.
fn place_of(name: &str, columns: &[String]) -> usize {
    let object = name.split('.').next().unwrap_or(name);
    let is_of_object = |column: &String| column.split('.').next() == Some(object);
    columns.iter().rposition(is_of_object).map_or(columns.len(), |at| at + 1)
}

/// The values in a row, each with the way to it.
fn flatten(path: &str, value: &Value, cells: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
                flatten(&path, value, cells);
            }
        }
        Value::List(items) if items.is_empty() => cells.push((path.to_owned(), String::new())),
        Value::List(items) => items.iter().for_each(|item| flatten(path, item, cells)),
        Value::Null => cells.push((path.to_owned(), String::new())),
        Value::String(text) => cells.push((path.to_owned(), text.clone())),
        other => cells.push((path.to_owned(), other.to_string())),
    }
}
