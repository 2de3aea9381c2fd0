//! What caches may do with an answer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Datelike, NaiveDate, Utc};
use poem::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use super::media::Media;
use crate::graphql::{Hash, Prepared};

/// What a cache may do with an answer that everyone may see: keep it, and ask every time whether it still holds. That
/// costs little, and nobody reads what was withdrawn.
pub(in crate::http) const PUBLIC: &str = "public, no-cache";
/// What it may do with an answer for one partner.
pub(in crate::http) const PRIVATE: &str = "private, no-store";
/// What it may do with what else goes out.
pub(super) const NEVER: &str = "no-store";

/// What tells an answer of this program from every other, known before anything is executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Of the data. It is read before the answer is made: data that change meanwhile make the key too old, never too new.
    version: i64,
    /// A project's status depends on it.
    day: NaiveDate,
    /// The document with its variables.
    request: Hash,
}

impl Key {
    /// What tells the answer to a request by data of a version.
    pub fn new(version: i64, prepared: &Prepared) -> Self {
        Self { version, day: Utc::now().date_naive(), request: prepared.identity() }
    }

    /// One by the request alone.
    #[cfg(test)]
    pub fn of(request: Hash) -> Self {
        Self { version: 0, day: NaiveDate::default(), request }
    }

    /// The entity tag of the answer in a media type.
    pub fn tag(&self, media: Media) -> String {
        let mut hash = Sha256::new_with_prefix(env!("CARGO_PKG_VERSION"));
        hash.update(self.version.to_be_bytes());
        hash.update(self.day.num_days_from_ce().to_be_bytes());
        hash.update(self.request);
        hash.update(media.name());
        format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.finalize()[..16]))
    }
}

/// Whether a client has the answer with a tag, by `If-None-Match`.
pub(in crate::http) fn is_held(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut held = lines.flat_map(|line| line.split(',')).map(str::trim);
    held.any(|held| held == "*" || held.trim_start_matches("W/") == tag)
}
