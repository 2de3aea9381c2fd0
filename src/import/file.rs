//! Reading a file into text: what no document may hold is refused here, by line.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use super::workbook;
use crate::domain::personal;
use crate::error::{Error, Result};

/// The longest line a document may have, in bytes.
const LONGEST_LINE: usize = 1 << 20;
/// The largest document, in bytes.
const LARGEST: usize = 32 << 20;

/// A file as text.
#[derive(Debug)]
pub struct TextFile {
    /// File name without its folder.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its text.
    pub text: String,
}

/// Reads a file; `encoding` is what it is written in; UTF-8 unless said here or by a mark at its beginning.
///
/// # Errors
/// [`Error::File`], naming the line where there is one: it cannot be opened, is empty, too large, has a line
/// that is too long, holds a NUL byte, is written in another encoding without a mark that says so, or holds a
/// personal identity number (which is not repeated).
pub fn read(path: &Path, encoding: Option<&'static Encoding>) -> Result<TextFile> {
    let refuse = |reason: String| Error::File { path: path.to_owned(), reason };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if personal::first_line(&name).is_some() {
        let path = path.parent().unwrap_or(path).to_owned();
        let reason = "a file in it is named by a personal identity number; it is refused".to_owned();
        return Err(Error::File { path, reason });
    }
    let wide = encoding.is_some_and(|e| e == encoding_rs::UTF_16LE || e == encoding_rs::UTF_16BE);
    let bytes = bytes(path, wide)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    // A mark at the beginning is certain; anything else would be a guess that could garble names.
    let marked = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding).filter(|e| *e != encoding_rs::UTF_8);
    let text = match encoding.or(marked) {
        _ if workbook::is_archive(&bytes) => workbook::text(&bytes).map_err(refuse)?,
        Some(encoding) => {
            let (text, _, damaged) = encoding.decode(&bytes);
            if damaged {
                return Err(refuse(format!("is not written in {}", encoding.name())));
            }
            text.into_owned()
        }
        None => utf8(bytes).map_err(refuse)?,
    };
    if text.trim().is_empty() {
        return Err(refuse("is empty".to_owned()));
    }
    if let Some(line) = personal::first_line(&text) {
        return Err(refuse(format!(
            "line {line}: holds a personal identity number; the whole file is refused, and the number is not repeated here"
        )));
    }
    Ok(TextFile { name, sha256, text })
}

/// The bytes of a file, never more of them in memory than a document may have. In a `wide` encoding zeroes are usual.
fn bytes(path: &Path, wide: bool) -> Result<Vec<u8>> {
    let refuse = |reason: String| Error::File { path: path.to_owned(), reason };
    // A pipe or a device would never end.
    if path.metadata().is_ok_and(|about| !about.is_file()) {
        return Err(refuse("is no file".to_owned()));
    }
    let mut file = File::open(path).map_err(|cause| refuse(format!("cannot be opened: {cause}")))?;
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 1 << 16];
    let (mut line, mut length, mut archive) = (1_u64, 0, false);
    loop {
        let read = file.read(&mut chunk).map_err(|cause| refuse(format!("cannot be read: {cause}")))?;
        if read == 0 {
            return Ok(bytes);
        }
        archive |= bytes.is_empty() && workbook::is_archive(&chunk[..read]);
        for byte in &chunk[..read] {
            match byte {
                // Read whole, and looked into afterwards.
                _ if archive => {}
                b'\n' => (line, length) = (line + 1, 0),
                0 if !wide && !is_utf16(&bytes) && !is_utf16(&chunk) => {
                    return Err(refuse(format!("line {line}: holds a NUL byte, so it is no text")));
                }
                _ => length += 1,
            }
            if length > LONGEST_LINE {
                return Err(refuse(format!("line {line}: is longer than {LONGEST_LINE} bytes")));
            }
        }
        bytes.extend_from_slice(&chunk[..read]);
        if bytes.len() > LARGEST {
            return Err(refuse(format!("is larger than {} MiB", LARGEST >> 20)));
        }
    }
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

fn utf8(bytes: Vec<u8>) -> std::result::Result<String, String> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        format!("line {line}: is not UTF-8; if it is Windows-1252, say so with --encoding windows-1252")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
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
