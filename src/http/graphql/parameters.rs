//! The parameters of a request, from its query string or its body.

use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use poem::http::{Method, StatusCode, header};
use poem::{Body, Request, Response};

use super::answers::refuse;
use super::media::{Media, is_json};
use crate::graphql::{self, Code, Hash, JsonMap, JsonValue, hash_from_hex};

/// The longest address that is read, in bytes.
const LONGEST_ADDRESS: usize = 8 * 1024;

/// The longest body that counts as short, in bytes.
const SHORT: u64 = 16 * 1024;

/// The parameters that mean something.
const PARAMETERS: [&str; 5] = ["query", "documentId", "operationName", "variables", "extensions"];

/// Why the parameters could not be read.
pub(super) struct Unreadable(StatusCode, String);

impl Unreadable {
    /// The refusal of such a request.
    pub fn refuse(self, media: Media) -> Response {
        refuse(media, self.0, Code::BadUserInput, self.1)
    }
}

type Read<T> = Result<T, Unreadable>;

fn bad(message: impl Into<String>) -> Unreadable {
    Unreadable(StatusCode::BAD_REQUEST, message.into())
}

/// The parameters of a request as they were sent: those of the same bytes are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Sent {
    /// The query string of an address.
    Address(Bytes),
    /// A body of JSON.
    Body(Bytes),
}

impl Sent {
    /// How many bytes were sent.
    pub fn len(&self) -> usize {
        let (Self::Address(bytes) | Self::Body(bytes)) = self;
        bytes.len()
    }

    /// The same in a place of its own: a body lies where its connection was read into, which may be far larger.
    pub fn alone(&self) -> Self {
        match self {
            Self::Address(bytes) => Self::Address(bytes.clone()),
            Self::Body(bytes) => Self::Body(Bytes::copy_from_slice(bytes)),
        }
    }
}

/// Whether the parameters of a request are there already, or soon.
pub(super) fn are_short(request: &Request) -> bool {
    request.method() != Method::POST || length(request).is_some_and(|length| length <= SHORT)
}

/// How long the body is said to be.
fn length(request: &Request) -> Option<u64> {
    request.header(header::CONTENT_LENGTH)?.parse().ok()
}

/// Takes in the parameters of a request, unread.
pub(super) async fn take(request: &Request, body: Body, limit: usize, patience: Duration) -> Read<Sent> {
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if address.len() > LONGEST_ADDRESS {
        let message = format!("the address is longer than {LONGEST_ADDRESS} bytes; send the query by POST");
        return Err(Unreadable(StatusCode::URI_TOO_LONG, message));
    }
    if request.method() != Method::POST {
        let query = request.uri().query().unwrap_or_default();
        return Ok(Sent::Address(Bytes::copy_from_slice(query.as_bytes())));
    }
    // Other types could be sent by a page of any origin without asking.
    if !request.content_type().is_some_and(is_json) {
        let message = "the body must be application/json in UTF-8";
        return Err(Unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_owned()));
    }
    if request.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let message = "the body must not be compressed";
        return Err(Unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_owned()));
    }
    let too_large =
        || Unreadable(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {limit} bytes"));
    if length(request).is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let mut reading = pin!(gather(body, limit));
    // What is short mostly came with the head: no timer has to be set for it.
    let read = match reading.as_mut().now_or_never() {
        Some(read) => Ok(read),
        None => tokio::time::timeout(patience, reading).await,
    };
    match read {
        Ok(Ok(body)) => Ok(Sent::Body(body)),
        Ok(Err(cause)) if cause.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(bad("the body did not come in whole")),
        Err(_) => Err(Unreadable(StatusCode::REQUEST_TIMEOUT, "the body took too long".to_owned())),
    }
}

/// A body that came in whole: as it lies where it was read, if it came in one piece. Several are put together at once, for
/// each holds what it was read into.
async fn gather(body: Body, limit: usize) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
    let mut body = Limited::new(BoxBody::from(body), limit);
    let (mut first, mut all) = (Bytes::new(), Vec::new());
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame?.into_data() else { continue };
        if first.is_empty() {
            first = piece;
        } else {
            if all.is_empty() {
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&piece);
        }
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

/// Reads the parameters of a request.
pub(super) fn read(sent: &Sent) -> Read<graphql::Request> {
    match sent {
        Sent::Address(query) => of_query_string(query),
        Sent::Body(body) => of_body(body),
    }
}

fn of_body(body: &[u8]) -> Read<graphql::Request> {
    match serde_json::from_slice(body) {
        Ok(JsonValue::Object(parameters)) => of_parameters(&parameters),
        Ok(JsonValue::Array(_)) => {
            Err(bad("the body must be one request; several at a time are not answered"))
        }
        Ok(_) => Err(bad("the body must be a JSON object")),
        Err(cause) => Err(bad(format!("the body is no JSON: {cause}"))),
    }
}

fn of_query_string(text: &[u8]) -> Read<graphql::Request> {
    let mut parameters = JsonMap::new();
    for (name, value) in form_urlencoded::parse(text) {
        if !PARAMETERS.contains(&&*name) {
            continue;
        }
        // What is no UTF-8 was replaced; nobody sends the mark of that themselves.
        if value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(bad(format!("{name}: is no UTF-8")));
        }
        let is_json = matches!(&*name, "variables" | "extensions");
        let value = if is_json && !value.is_empty() {
            serde_json::from_str(&value).map_err(|cause| bad(format!("{name}: is no JSON: {cause}")))?
        } else {
            JsonValue::String(value.into_owned().into())
        };
        if parameters.insert(&*name, value).is_some() {
            return Err(bad(format!("{name}: is given twice")));
        }
    }
    of_parameters(&parameters)
}

fn of_parameters(parameters: &JsonMap) -> Read<graphql::Request> {
    let extensions = object(parameters, "extensions")?.unwrap_or_default();
    let request = graphql::Request {
        query: text(parameters, "query")?,
        document_id: text(parameters, "documentId")?,
        persisted: persisted(&extensions)?,
        operation_name: text(parameters, "operationName")?,
        variables: object(parameters, "variables")?.unwrap_or_default(),
    };
    if request.query.is_none() && request.document_id.is_none() && request.persisted.is_none() {
        return Err(bad("query: the request has neither a document nor the id of one"));
    }
    Ok(request)
}

/// A text; an empty one is as good as none.
fn text(parameters: &JsonMap, name: &str) -> Read<Option<String>> {
    match parameters.get(name) {
        None | Some(JsonValue::Null) => Ok(None),
        Some(JsonValue::String(text)) => Ok(Some(text.as_str().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(bad(format!("{name}: must be a string"))),
    }
}

fn object(parameters: &JsonMap, name: &str) -> Read<Option<JsonMap>> {
    match parameters.get(name) {
        None | Some(JsonValue::Null) => Ok(None),
        Some(JsonValue::String(text)) if text.as_str().is_empty() => Ok(None),
        Some(JsonValue::Object(object)) => Ok(Some(object.clone())),
        Some(_) => Err(bad(format!("{name}: must be a JSON object"))),
    }
}

/// The hash of an automatic persisted query.
fn persisted(extensions: &JsonMap) -> Read<Option<Hash>> {
    let Some(persisted) = object(extensions, "persistedQuery")? else { return Ok(None) };
    if persisted.get("version").and_then(JsonValue::as_u64) != Some(1) {
        return Err(bad("extensions.persistedQuery.version: must be 1"));
    }
    let digits = text(&persisted, "sha256Hash")?;
    let hash = digits.as_deref().and_then(hash_from_hex);
    hash.map(Some).ok_or_else(|| bad("extensions.persistedQuery.sha256Hash: must be 64 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_same_parameters_as_a_body() {
        let read = of_query_string(b"query=%7Ba%7D&operationName=&variables=%7B%22a%22%3A1%7D&other=1").ok();
        let read = read.map(|r| (r.query, r.operation_name, r.variables.len()));
        assert_eq!(read, Some((Some("{a}".to_owned()), None, 1)));
    }

    #[test]
    fn what_is_short_is_there_soon() {
        let asked = |method: Method, length: Option<&str>| {
            let request = Request::builder().method(method);
            let request = length.into_iter().fold(request, |request, n| request.header("content-length", n));
            are_short(&request.finish())
        };
        assert!(asked(Method::GET, None) && asked(Method::POST, Some("16384")));
        for unknown in [None, Some("16385"), Some("-1"), Some("some")] {
            assert!(!asked(Method::POST, unknown), "{unknown:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (query, message) in [
            ("", "query: the request has neither"),
            ("query={a}&query={b}", "query: is given twice"),
            ("variables=1", "variables: must be a JSON object"),
            ("variables={", "variables: is no JSON"),
            ("extensions={\"persistedQuery\":{\"version\":2}}", "extensions.persistedQuery.version"),
            ("extensions={\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"x\"}}", "sha256Hash"),
        ] {
            let refused =
                of_query_string(query.as_bytes()).err().map(|refused| refused.1).unwrap_or_default();
            assert!(refused.contains(message), "{query}: {refused}");
        }
    }
}
