//! The id of a request, by which a client and an operator speak of the same one.

use std::fmt;

use poem::Request;
use poem::http::HeaderName;

/// The header that brings an id in and takes it back.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

/// The id of a request: the client's, or a new one.
#[derive(Clone, Debug)]
pub(super) struct RequestId(String);

impl RequestId {
    /// Gives a request its id.
    pub fn give(request: &mut Request) -> Self {
        let id = request.header(HEADER).and_then(Self::read).unwrap_or_else(Self::new);
        request.extensions_mut().insert(id.clone());
        id
    }

    /// The id that a request was given.
    pub fn of(request: &Request) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(Self::new)
    }

    fn new() -> Self {
        // It need not be secret: asking the system for chance would be a call for each request.
        Self(format!("{:032x}", fastrand::u128(..)))
    }

    /// The client's id, if it is nothing that could spoil a log.
    fn read(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        ((1..=LONGEST).contains(&text.len()) && text.chars().all(plain)).then(|| Self(text.to_owned()))
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
        assert!(RequestId::read("a-1_b.C").is_some());
        for text in ["", "a b", "a\nb", "å", &"x".repeat(65)] {
            assert!(RequestId::read(text).is_none(), "{text}");
        }
    }
}
