//! A document as the formats read it: its name and its text, line by line.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

/// A document whose bytes have been decoded to text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// File name without its folder.
    pub name: String,
    /// The text; of one that is too large to be held in memory its beginning.
    pub text: String,
    /// Where the whole of it is, if it is that large.
    pub large: Option<OnDisk>,
}

/// A text that stays on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDisk {
    /// The file.
    pub path: PathBuf,
    /// What it is written in.
    pub encoding: &'static Encoding,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the document, from 1.
    pub number: u32,
    /// Its text with plain spaces and composed letters, trimmed.
    pub text: String,
}

impl Line {
    /// Whether there is nothing on it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

impl Document {
    /// The whole text from its beginning, as UTF-8.
    ///
    /// # Errors
    /// If the file of a large one cannot be opened any more.
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        let Some(OnDisk { path, encoding }) = &self.large else {
            return Ok(Box::new(Cursor::new(self.text.as_bytes())));
        };
        let mut builder = DecodeReaderBytesBuilder::new();
        Ok(Box::new(builder.encoding(Some(encoding)).strip_bom(true).build(File::open(path)?)))
    }

    /// All lines in order, blank ones included.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let number = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
        self.text
            .split('\n')
            .enumerate()
            .map(|(index, line)| Line { number: number(index), text: plain(line) })
            .collect()
    }
}

/// Spaces of every width become a plain one, marks without width go, letters in two parts are composed.
#[must_use]
pub fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{c}' => {
                out.push(' ');
            }
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\r' => {}
            '\u{2010}' | '\u{2011}' => out.push('-'),
            '\u{300}'..='\u{36f}' => compose(&mut out, character),
            other => out.push(other),
        }
    }
    out.trim().to_owned()
}

fn compose(out: &mut String, mark: char) {
    let Some(base) = out.pop() else { return };
    let whole = match (base, mark) {
        ('a', '\u{30a}') => 'å',
        ('A', '\u{30a}') => 'Å',
        ('a', '\u{308}') => 'ä',
        ('A', '\u{308}') => 'Ä',
        ('o', '\u{308}') => 'ö',
        ('O', '\u{308}') => 'Ö',
        ('u', '\u{308}') => 'ü',
        ('e', '\u{301}') => 'é',
        ('E', '\u{301}') => 'É',
        (other, _) => other,
    };
    out.push(whole);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_letters_become_plain() {
        assert_eq!(plain("11\u{a0}397\u{202f}810 kr\u{a0}\r"), "11 397 810 kr");
        assert_eq!(plain("fo\u{308}rvaltning pa\u{30a} Gotland"), "förvaltning på Gotland");
    }

    #[test]
    fn lines_are_numbered_from_one() {
        let document =
            Document { name: "a.txt".to_owned(), text: "ett\r\n\r\ntre".to_owned(), ..Document::default() };
        let lines = document.lines();
        assert_eq!((lines.len(), lines[2].number, lines[2].text.as_str()), (3, 3, "tre"));
        assert!(lines[1].is_blank());
    }

    proptest! {
        #[test]
        fn plain_text_stays_plain(text in "\\PC{0,60}") {
            let once = plain(&text);
            prop_assert_eq!(plain(&once), once);
        }
    }
}
