//! The id of a request, by which a client and an operator speak of the same one.

use std::fmt;

use poem::Request;
use poem::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::{Builder, Uuid};

/// The header that brings an id in and takes it back.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

/// Whether an id is nothing that could spoil a log.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=LONGEST).contains(&id.len()) && id.chars().all(plain)
}

/// The id of a request, as a header has it.
#[derive(Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The id of a request: the client's, where it has one that is no harm to a log, or a new one.
    pub fn of(request: &Request) -> Self {
        let given = request.headers().get(HEADER).filter(|given| given.to_str().is_ok_and(is_plain));
        given.map_or_else(Self::new, |given| Self(given.clone()))
    }

    fn new() -> Self {
        // It need not be secret: asking the system for chance would be a call for each request.
        // It is written without the machinery of formats, which takes longer.
        let id = Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
        let id = HeaderValue::from_str(id.simple().encode_lower(&mut Uuid::encode_buffer()));
        Self(id.unwrap_or_else(|_| HeaderValue::from(fastrand::u64(..))))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Says it in a request, or in its answer.
    pub fn show(&self, headers: &mut HeaderMap) {
        headers.insert(HEADER, self.0.clone());
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_spoil_a_log_is_no_id() {
        assert!(is_plain("a-1_b.C"));
        for text in ["", "a b", "a\nb", "å", &"x".repeat(65)] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
