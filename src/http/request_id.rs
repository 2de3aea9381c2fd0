//! The id of a request, by which a client and an operator speak of the same one.

use std::fmt;

use poem::Request;
use poem::http::{HeaderName, HeaderValue};
use uuid::{Builder, Uuid};

/// The header that brings an id in and takes it back.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

/// Gives a request its id, as a header: the client's, or a new one.
pub(super) fn give(request: &mut Request) -> HeaderValue {
    if let Some(given) = request.headers().get(HEADER)
        && given.to_str().is_ok_and(is_plain)
    {
        return given.clone();
    }
    let new = HeaderValue::from_str(RequestId::new().as_str());
    let new = new.unwrap_or_else(|_| HeaderValue::from(fastrand::u64(..)));
    request.headers_mut().insert(HEADER, new.clone());
    new
}

/// Whether an id is nothing that could spoil a log.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=LONGEST).contains(&id.len()) && id.chars().all(plain)
}

/// The id of a request.
#[derive(Debug)]
pub(super) struct RequestId(String);

impl RequestId {
    /// The id that a request was given: what its header says then is no harm to a log.
    pub fn of(request: &Request) -> Self {
        request.header(HEADER).map_or_else(Self::new, |id| Self(id.to_owned()))
    }

    fn new() -> Self {
        // It need not be secret: asking the system for chance would be a call for each request.
        // It is written without the machinery of formats, which takes longer.
        let id = Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
        Self(id.simple().encode_lower(&mut Uuid::encode_buffer()).to_owned())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
