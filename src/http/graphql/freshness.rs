//! What caches may do with an answer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use super::kept::Key;
use super::media::Media;
use crate::graphql::Prepared;

/// What a cache may do with an answer that everyone may see: keep it, and ask every time whether it still holds. That
/// costs little, and nobody reads what was withdrawn.
pub(in crate::http) const PUBLIC: &str = "public, no-cache";
/// What it may do with an answer for one partner.
pub(in crate::http) const PRIVATE: &str = "private, no-store";
/// What it may do with what else goes out.
pub(super) const NEVER: &str = "no-store";

/// What tells an answer from every other, known before anything is executed: it stands for the program, the data, the day
/// (a project's status depends on it), and the document with its variables. The version is read before the answer is
/// made: data that change meanwhile make the key too old, never too new.
pub(super) fn key(version: i64, prepared: &Prepared) -> Key {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(version.to_be_bytes());
    hash.update(chrono::Utc::now().date_naive().to_string());
    hash.update(prepared.identity());
    hash.finalize().into()
}

/// The entity tag of an answer in a media type.
pub(super) fn tag(key: &Key, media: Media) -> String {
    let hash = Sha256::new().chain_update(key).chain_update(media.name()).finalize();
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..16]))
}

/// Whether a client has the answer with a tag, by `If-None-Match`.
pub(in crate::http) fn is_held(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut held = lines.flat_map(|line| line.split(',')).map(str::trim);
    held.any(|held| held == "*" || held.trim_start_matches("W/") == tag)
}
