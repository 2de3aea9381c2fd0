//! Workbooks (XLSX) as text: the sheet with most rows as a table with commas, a row a line. The others are looked at for
//! what no document may hold, and named.

use std::cmp::Reverse;
use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, Xlsx};
use zip::ZipArchive;

use crate::domain::personal;

/// How a ZIP archive begins, and so a workbook.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// What all parts of a workbook together may unfold to: more is a bomb, or belongs into a CSV.
const LARGEST: u64 = 256 << 20;
const MOST_PARTS: usize = 2_000;

/// Whether some bytes are an archive.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(ARCHIVE)
}

/// A workbook as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its largest sheet.
    pub text: String,
    /// The names of other sheets that are not empty.
    pub unread: Vec<String>,
}

/// The largest sheet of a workbook, of which no sheet may hold a personal identity number.
pub(super) fn text(bytes: &[u8]) -> Result<Text, String> {
    is_harmless(bytes, LARGEST)?;
    let unreadable = |cause: calamine::XlsxError| format!("is no workbook that can be read: {cause}");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut sheets = workbook.worksheets();
    sheets.retain(|(_, range)| !range.is_empty());
    let Some(largest) = (0..sheets.len()).max_by_key(|at| (sheets[*at].1.get_size().0, Reverse(*at))) else {
        return Err("is a workbook without rows".to_owned());
    };
    if sheets.iter().any(|(name, _)| personal::line_has_number(name)) {
        return Err(personal::refusal("the name of a sheet"));
    }
    let (_, range) = sheets.remove(largest);
    for (name, range) in &sheets {
        no_person(name, range)?;
    }
    let unread = sheets.into_iter().map(|(name, _)| name).collect();
    Ok(Text { text: table(&range)?, unread })
}

/// Refuses a sheet that is not read for a personal identity number in a row.
fn no_person(name: &str, range: &Range<Data>) -> Result<(), String> {
    let first = range.start().map_or(0, |(row, _)| row as usize);
    for (at, row) in range.rows().enumerate() {
        if row.iter().any(|value| personal::line_has_number(&cell(value))) {
            return Err(personal::refusal(&format!("sheet {name}, row {}", first + at + 1)));
        }
    }
    Ok(())
}

/// A sheet as a table with commas.
fn table(range: &Range<Data>) -> Result<String, String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    // Rows above the first that is filled keep their numbers.
    let first = range.start().map_or(0, |(row, _)| row);
    let empty = vec![String::new(); range.width()];
    for _ in 0..first {
        table.write_record(&empty).map_err(|cause| cause.to_string())?;
    }
    for row in range.rows() {
        table.write_record(row.iter().map(cell)).map_err(|cause| cause.to_string())?;
    }
    let bytes = table.into_inner().map_err(|cause| cause.to_string())?;
    String::from_utf8(bytes).map_err(|cause| cause.to_string())
}

/// Unfolds every part once, counting, and looks at their names: archives can claim small sizes and name any place.
fn is_harmless(bytes: &[u8], largest: u64) -> Result<(), String> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|cause| format!("is a damaged archive: {cause}"))?;
    if archive.len() > MOST_PARTS {
        return Err(format!("is an archive of more than {MOST_PARTS} parts"));
    }
    let mut unfolded = 0;
    let mut chunk = vec![0; 1 << 16];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|cause| format!("is a damaged archive: {cause}"))?;
        if part.enclosed_name().is_none() {
            return Err("is an archive with a part that names a place outside it".to_owned());
        }
        loop {
            let read = part.read(&mut chunk).map_err(|cause| format!("is a damaged archive: {cause}"))?;
            if read == 0 {
                break;
            }
            unfolded += read as u64;
            if unfolded > largest {
                return Err(format!("unfolds to more than {} MiB", largest >> 20));
            }
        }
    }
    Ok(())
}

/// A cell on one line.
fn cell(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Data::DateTime(time) => time.as_datetime().map(|time| time.date().to_string()).unwrap_or_default(),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            let _started = archive.start_file(*name, SimpleFileOptions::default());
            let _written = archive.write_all(content);
        }
        archive.finish().map(Cursor::into_inner).unwrap_or_default()
    }

    /// A workbook of some sheets, by their names.
    fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
        let part = |at: usize| format!("worksheets/sheet{at}.xml");
        let many = |one: &dyn Fn(usize, &str) -> String| -> String {
            sheets.iter().enumerate().map(|(at, (name, _))| one(at + 1, name)).collect()
        };
        let types = many(&|at, _| {
            format!(
                r#"<Override PartName="/xl/{}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
                part(at)
            )
        });
        let types = format!(
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>"#
        );
        let names = many(&|at, name| format!(r#"<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>"#));
        let book = format!(
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{names}</sheets></workbook>"#
        );
        let links = many(&|at, _| {
            format!(
                r#"<Relationship Id="rId{at}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="{}"/>"#,
                part(at)
            )
        });
        let links = format!(
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>"#
        );
        let contents: Vec<_> = sheets
            .iter()
            .enumerate()
            .map(|(at, (_, rows))| (format!("xl/{}", part(at + 1)), format!(r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#)))
            .collect();
        let mut parts: Vec<(&str, &[u8])> = vec![
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ];
        parts.extend(contents.iter().map(|(name, content)| (name.as_str(), content.as_bytes())));
        archive(&parts)
    }

    const LIST: &str = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>Name, of
        it</t></is></c><c r="B2"><v>7500</v></c><c r="C2"><v>12.5</v></c></row>"#;

    fn note(text: &str) -> String {
        format!(r#"<row r="3"><c r="B3" t="inlineStr"><is><t>{text}</t></is></c></row>"#)
    }

    #[test]
    fn a_sheet_becomes_a_table_whose_lines_are_its_rows_and_others_are_named() {
        let table = ",,\n\"Name, of it\",7500,12.5\n".to_owned();
        let read = text(&workbook(&[("List", LIST)]));
        assert_eq!(read, Ok(Text { text: table.clone(), unread: Vec::new() }));
        let read = text(&workbook(&[("Empty", ""), ("List", LIST), ("Notes", &note("Ask the region."))]));
        assert_eq!(read, Ok(Text { text: table, unread: vec!["Notes".to_owned()] }));
    }

    #[test]
    fn a_personal_number_on_any_sheet_refuses_the_workbook_and_is_not_repeated() {
        // Nobody's: the example of textbooks.
        let number = "19121212-1212";
        let refused = text(&workbook(&[("List", LIST), ("Notes", &note(number))])).err().unwrap_or_default();
        assert!(refused.contains("sheet Notes, row 3") && !refused.contains("1212-1212"), "{refused}");
        for sheets in [[("List", LIST), (number, &note("x"))], [(number, LIST), ("Notes", &note("x"))]] {
            let refused = text(&workbook(&sheets)).err().unwrap_or_default();
            assert!(refused.contains("name of a sheet") && !refused.contains("1212-1212"), "{refused}");
        }
    }

    #[test]
    fn archives_that_are_bombs_or_point_outside_are_refused() {
        let bomb = archive(&[("xl/a", &vec![0; 2 << 20])]);
        assert_eq!(is_harmless(&bomb, 1 << 20), Err("unfolds to more than 1 MiB".to_owned()));
        for (bytes, reason) in [
            (archive(&[("../../etc/a", b"x")]), "outside"),
            (archive(&[("a.txt", b"x")]), "is no workbook"),
            (b"PK\x03\x04 and then nothing".to_vec(), "is a damaged archive"),
        ] {
            let refused = text(&bytes).err().unwrap_or_default();
            assert!(refused.contains(reason), "{reason}: {refused}");
        }
    }
}
