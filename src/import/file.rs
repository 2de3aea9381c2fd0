//! Reading a file into text: what no document may hold is refused here, by line.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use encoding_rs::{DecoderResult, Encoding, UTF_8};
use sha2::{Digest, Sha256};

use super::document::{Document, OnDisk};
use super::workbook;
use crate::domain::personal;
use crate::error::{Error, Result};

/// The longest line a document may have, in bytes.
const LONGEST_LINE: usize = 1 << 20;
/// The largest document that is held in memory, in bytes. What is larger is read row by row.
const LARGEST: usize = 32 << 20;
/// How much of a larger one is held, to tell what it is.
const BEGINNING: usize = 256 << 10;

/// A file as text.
#[derive(Debug)]
pub struct TextFile {
    /// Its text.
    pub document: Document,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many lines it has.
    pub lines: u64,
    /// What it seems to be written in, where nothing says so.
    pub guessed: Option<&'static Encoding>,
    /// Sheets of a workbook that are not read, by their names.
    pub unread: Vec<String>,
}

/// Reads a file. It is UTF-8 unless `encoding` or a mark at its beginning says otherwise; if it turns out not to be, what
/// it is written in is guessed.
///
/// # Errors
/// [`Error::File`], naming the line where there is one: it cannot be opened, is empty, has a line that is too long, holds
/// a NUL byte, is not written in the encoding that is said, or holds a personal identity number (which is not repeated).
pub fn read(path: &Path, encoding: Option<&'static Encoding>) -> Result<TextFile> {
    let refuse = |reason: String| Error::File { path: path.to_owned(), reason };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if personal::first_line(&name).is_some() {
        let path = path.parent().unwrap_or(path).to_owned();
        let reason = "a file in it is named by a personal identity number; it is refused".to_owned();
        return Err(Error::File { path, reason });
    }
    // A pipe or a device would never end.
    if path.metadata().is_ok_and(|about| !about.is_file()) {
        return Err(refuse("is no file".to_owned()));
    }
    let mut beginning = Vec::new();
    open(path)
        .and_then(|file| file.take(4).read_to_end(&mut beginning))
        .map_err(|cause| cannot(path, &cause))?;
    if workbook::is_archive(&beginning) {
        return archive(path, name);
    }
    // A mark is certain.
    let marked = Encoding::for_bom(&beginning).map(|(encoding, _)| encoding);
    let mut guessed = None;
    let scanned = match scan(path, encoding.or(marked).unwrap_or(UTF_8)) {
        Err(Unreadable::Damaged(_)) if encoding.or(marked).is_none() => {
            let guess = guess(path).map_err(|cause| cannot(path, &cause))?;
            guessed = Some(guess);
            scan(path, guess)
        }
        scanned => scanned,
    };
    let Scanned { text, large, sha256, lines, encoding } =
        scanned.map_err(|unreadable| refuse(unreadable.reason()))?;
    if text.trim().is_empty() {
        return Err(refuse("is empty".to_owned()));
    }
    let large = large.then(|| OnDisk { path: path.to_owned(), encoding });
    Ok(TextFile { document: Document { name, text, large }, sha256, lines, guessed, unread: Vec::new() })
}

fn open(path: &Path) -> std::io::Result<File> {
    File::open(path)
}

fn cannot(path: &Path, cause: &std::io::Error) -> Error {
    Error::File { path: path.to_owned(), reason: format!("cannot be opened: {cause}") }
}

/// A workbook: its largest sheet as text.
fn archive(path: &Path, name: String) -> Result<TextFile> {
    let refuse = |reason: String| Error::File { path: path.to_owned(), reason };
    let mut bytes = Vec::new();
    let read = open(path).and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|cause| cannot(path, &cause))?;
    if bytes.len() > LARGEST {
        return Err(refuse(format!("is a workbook larger than {} MiB; save it as CSV", LARGEST >> 20)));
    }
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let workbook::Text { text, unread } = workbook::text(&bytes).map_err(refuse)?;
    if let Some(line) = personal::first_line(&text) {
        return Err(refuse(Unreadable::Personal(u64::from(line)).reason()));
    }
    if text.trim().is_empty() {
        return Err(refuse("is empty".to_owned()));
    }
    let lines = text.lines().count() as u64;
    Ok(TextFile { document: Document { name, text, large: None }, sha256, lines, guessed: None, unread })
}

/// Why a text cannot be used, and in which line.
enum Unreadable {
    Io(std::io::Error),
    Damaged((u64, &'static Encoding)),
    Nul(u64),
    Long(u64),
    Personal(u64),
}

impl Unreadable {
    fn reason(&self) -> String {
        match self {
            Self::Io(cause) => format!("cannot be read: {cause}"),
            Self::Damaged((line, encoding)) => format!("line {line}: is not written in {}", encoding.name()),
            Self::Nul(line) => format!("line {line}: holds a NUL byte, so it is no text"),
            Self::Long(line) => format!("line {line}: is longer than {LONGEST_LINE} bytes"),
            Self::Personal(line) => personal::refusal(&format!("line {line}:")),
        }
    }
}

/// A text that was gone through once.
struct Scanned {
    text: String,
    large: bool,
    sha256: String,
    lines: u64,
    encoding: &'static Encoding,
}

/// Goes through a file once, line by line, never more of it in memory than a document may have.
fn scan(path: &Path, encoding: &'static Encoding) -> std::result::Result<Scanned, Unreadable> {
    let mut file = open(path).map_err(Unreadable::Io)?;
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut hasher = Sha256::new();
    let mut bytes = vec![0; 1 << 16];
    let (mut line, mut pending, mut text, mut large) = (1_u64, String::new(), String::new(), false);
    loop {
        let read = file.read(&mut bytes).map_err(Unreadable::Io)?;
        hasher.update(&bytes[..read]);
        pending.reserve(decoder.max_utf8_buffer_length_without_replacement(read).unwrap_or(4 * read));
        let (result, _) =
            decoder.decode_to_string_without_replacement(&bytes[..read], &mut pending, read == 0);
        if matches!(result, DecoderResult::Malformed(..)) {
            let line = line + pending.matches('\n').count() as u64;
            return Err(Unreadable::Damaged((line, encoding)));
        }
        let whole = if read == 0 { pending.len() } else { pending.rfind('\n').map_or(0, |at| at + 1) };
        for part in pending[..whole].split_inclusive('\n') {
            if part.len() > LONGEST_LINE {
                return Err(Unreadable::Long(line));
            }
            if part.contains('\0') {
                return Err(Unreadable::Nul(line));
            }
            if personal::line_has_number(part) {
                return Err(Unreadable::Personal(line));
            }
            line += u64::from(part.ends_with('\n'));
        }
        if pending.len() - whole > LONGEST_LINE {
            return Err(Unreadable::Long(line));
        }
        large |= text.len() + whole > LARGEST;
        if !large || text.len() < BEGINNING {
            text.push_str(&pending[..whole]);
        }
        if read == 0 {
            let ends_open = pending.ends_with('\n') || pending.is_empty();
            let lines = if ends_open { line - 1 } else { line };
            if large {
                let end = text[..text.len().min(text.floor_char_boundary(BEGINNING))].rfind('\n');
                text.truncate(end.map_or(0, |at| at + 1));
                text.shrink_to_fit();
            }
            return Ok(Scanned { text, large, sha256: hex::encode(hasher.finalize()), lines, encoding });
        }
        pending.drain(..whole);
    }
}

/// What a text without a mark, which is not UTF-8, seems to be written in.
fn guess(path: &Path) -> std::io::Result<&'static Encoding> {
    let mut file = open(path)?;
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    let mut bytes = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut bytes)?;
        detector.feed(&bytes[..read], read == 0);
        if read == 0 {
            return Ok(detector.guess(None, chardetng::Utf8Detection::Deny));
        }
    }
}

/// The files behind some paths, folders gone through in the order of names.
///
/// In folders, hidden files and those named README are passed over.
///
/// # Errors
/// Each path that is not there or cannot be listed, as an [`Error::File`] in its place.
pub fn list(paths: &[PathBuf]) -> Vec<Result<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            folder(path, &mut found);
        } else {
            found.push(Ok(path.clone()));
        }
    }
    found
}

fn folder(path: &Path, found: &mut Vec<Result<PathBuf>>) {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(cause) => {
            let reason = format!("cannot be listed: {cause}");
            found.push(Err(Error::File { path: path.to_owned(), reason }));
            return;
        }
    };
    let mut entries: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || name.to_uppercase().starts_with("README") {
            continue;
        }
        if entry.is_dir() {
            // A link to a folder could lead back to this one.
            if !entry.is_symlink() {
                folder(&entry, found);
            }
        } else {
            found.push(Ok(entry));
        }
    }
}
