//! Which media type an answer has: what the client takes, by `Accept`.

use headers_accept::Accept;
use mediatype::{MediaType, Name, ReadParams, media_type, names};
use poem::http::{HeaderMap, HeaderValue, header};

/// The media types of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`, with which clients do not look at the status.
    Json,
    /// `application/graphql-response+json`.
    GraphqlResponse,
    /// `text/csv`: the rows of the one list that is asked for.
    Csv,
}

const JSON: MediaType<'static> = media_type!(APPLICATION / JSON);
const GRAPHQL: Name<'static> = Name::new_unchecked("graphql-response");
/// What answers can be, what is best first.
static ANSWERS: [MediaType<'static>; 3] = [
    JSON,
    MediaType::from_parts(names::APPLICATION, GRAPHQL, Some(names::JSON), &[]),
    media_type!(TEXT / CSV),
];

impl Media {
    /// The type that a client likes best; `application/json` where it says nothing. None where it takes neither.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(header::ACCEPT).iter();
        match (lines.next().map(HeaderValue::as_bytes), lines.next()) {
            // What most programs say is known without being read.
            (None | Some(b"*/*" | b"application/json"), None) => Some(Self::Json),
            (Some(b"application/graphql-response+json"), None) => Some(Self::GraphqlResponse),
            _ => Self::negotiated(headers),
        }
    }

    fn negotiated(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let accept = lines.collect::<Vec<_>>().join(",").to_ascii_lowercase();
        // Every answer is UTF-8, so it makes no difference whether a client says that it wants that.
        let accept =
            accept.replace([' ', '\t'], "").replace(";charset=utf-8", "").replace(";charset=\"utf-8\"", "");
        // Empty elements count for nothing, and one that is none does not spoil the others.
        let ranges: Vec<&str> = accept.split(',').filter(|range| !range.is_empty()).collect();
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let sound: Vec<&str> = ranges.into_iter().filter(|range| MediaType::parse(range).is_ok()).collect();
        let accept: Accept = sound.join(",").parse().ok()?;
        let chosen = accept.negotiate(&ANSWERS)?;
        Some(match () {
            () if chosen.subty == GRAPHQL => Self::GraphqlResponse,
            () if chosen.subty == names::CSV => Self::Csv,
            () => Self::Json,
        })
    }

    /// What `Content-Type` says.
    pub fn value(self) -> HeaderValue {
        // Constant, or the text would be checked for each answer.
        match self {
            Self::Json => const { HeaderValue::from_static(Self::Json.name()) },
            Self::GraphqlResponse => const { HeaderValue::from_static(Self::GraphqlResponse.name()) },
            Self::Csv => const { HeaderValue::from_static(Self::Csv.name()) },
        }
    }

    /// The same as text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }
}

/// Whether a body is JSON in UTF-8, by its `Content-Type`.
pub(super) fn is_json(content_type: &str) -> bool {
    content_type == "application/json"
        || MediaType::parse(content_type).is_ok_and(|kind| {
            let charset = kind.params().find(|(name, _)| name.as_str().eq_ignore_ascii_case("charset"));
            let is_utf_8 =
                charset.is_none_or(|(_, value)| value.unquoted_str().eq_ignore_ascii_case("utf-8"));
            kind.ty == JSON.ty && kind.subty == JSON.subty && kind.suffix.is_none() && is_utf_8
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        Media::of(&headers)
    }

    #[test]
    fn what_is_known_is_what_would_be_read() {
        for accept in ["*/*", "application/json", "application/graphql-response+json"] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(Media::of(&headers), Media::negotiated(&headers), "{accept}");
        }
        assert_eq!(Media::of(&HeaderMap::new()), Media::negotiated(&HeaderMap::new()));
    }

    #[test]
    fn the_client_chooses() {
        for accept in ["", "*/*", "application/*", "application/json", "application/json; charset=utf-8"] {
            assert_eq!(accepted(accept), Some(Media::Json), "{accept}");
        }
        for accept in [
            "application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8",
            "application/graphql-response+json, application/json;q=0.9",
            "application/json;q=0.5, application/graphql-response+json",
            "application/json;q=0.5, application/graphql-response+json;charset=utf-8;q=0.8, */*;q=0.1",
        ] {
            assert_eq!(accepted(accept), Some(Media::GraphqlResponse), "{accept}");
        }
        for accept in ["text/html", "application/json;q=0", "image/*, text/xml", "no sense at all"] {
            assert_eq!(accepted(accept), None, "{accept}");
        }
        assert_eq!(accepted("application/json, multipart/mixed"), Some(Media::Json));
        assert_eq!(accepted("text/csv, application/json;q=0.5"), Some(Media::Csv));
        assert_eq!(accepted("application/json;q=0, */*"), Some(Media::GraphqlResponse));
        for accept in [
            "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
            "application/json, garbage",
            ",application/json,,",
            "application/json;charset=\"utf-8\"",
        ] {
            assert_eq!(accepted(accept), Some(Media::Json), "{accept}");
        }
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        for kind in
            ["application/json", "application/json; charset=utf-8", "application/JSON; charset=\"UTF-8\""]
        {
            assert!(is_json(kind), "{kind}");
        }
        for kind in
            ["text/plain", "application/json; charset=latin1", "application/ld+json", "application/jsonp", ""]
        {
            assert!(!is_json(kind), "{kind}");
        }
    }
}
