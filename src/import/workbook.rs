//! Workbooks (XLSX) as text: the sheet with most rows as a table with commas, a row a line.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use zip::ZipArchive;

/// How a ZIP archive begins, and so a workbook.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// What all parts of a workbook together may unfold to: more is a bomb, or belongs into a CSV.
const LARGEST: u64 = 256 << 20;
const MOST_PARTS: usize = 2_000;

/// Whether some bytes are an archive.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(ARCHIVE)
}

/// The largest sheet of a workbook.
pub(super) fn text(bytes: &[u8]) -> Result<String, String> {
    is_harmless(bytes, LARGEST)?;
    let unreadable = |cause: calamine::XlsxError| format!("is no workbook that can be read: {cause}");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let sheets = workbook.worksheets();
    let largest = sheets.into_iter().max_by_key(|(_, range)| range.get_size().0);
    let Some((_, range)) = largest.filter(|(_, range)| !range.is_empty()) else {
        return Err("is a workbook without rows".to_owned());
    };
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

    const SHEET: &[u8] = br#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
        <row r="2"><c r="A2" t="inlineStr"><is><t>Name, of
        it</t></is></c><c r="B2"><v>7500</v></c><c r="C2"><v>12.5</v></c></row></sheetData></worksheet>"#;

    fn workbook() -> Vec<u8> {
        archive(&[
            ("[Content_Types].xml", br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#),
            ("_rels/.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
            ("xl/workbook.xml", br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
            ("xl/_rels/workbook.xml.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
            ("xl/worksheets/sheet1.xml", SHEET),
        ])
    }

    #[test]
    fn a_sheet_becomes_a_table_whose_lines_are_its_rows() {
        assert_eq!(text(&workbook()).as_deref(), Ok(",,\n\"Name, of it\",7500,12.5\n"));
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
