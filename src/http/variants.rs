//! Answers in the encoding that a client takes, and their entity tags. A strong tag stands for certain bytes, so each
//! encoding of an answer has its own: the answer's tag and the encoding's name.

use std::convert::Infallible;
use std::future::ready;
use std::io;

use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use poem::http::{self, HeaderMap, HeaderValue, StatusCode, header};
use poem::{Request, Response, ResponseParts};
use tower::ServiceExt;
use tower_http::compression::Compression;

use super::encoding::Encoding;

/// What the variant of an answer depends on. An answer that depends on more says so itself, with this among it.
const VARIES: HeaderValue = HeaderValue::from_static("accept-encoding");

/// Which variant of an answer a client takes, and which it has.
pub(super) struct Variant {
    accepted: Encoding,
    /// The tags that it holds, as it gave them.
    held: Option<String>,
}

impl Variant {
    /// What a request asks for; names of encodings are taken off the tags that come with it.
    pub fn asked(request: &mut Request) -> Self {
        let headers = request.headers_mut();
        Self { accepted: Encoding::accepted(headers), held: without_encodings(headers) }
    }

    /// The encoding that the client likes best.
    pub fn accepted(&self) -> Encoding {
        self.accepted
    }

    /// This variant of an answer, which may be there already.
    pub async fn of(&self, mut answer: Response) -> Response {
        answer.headers_mut().entry(header::VARY).or_insert(VARIES);
        if self.accepted != Encoding::Identity && !answer.headers().contains_key(header::CONTENT_ENCODING) {
            // Boxed, for what is kept has no need of it.
            answer = Box::pin(compressed(self.accepted, answer)).await;
        }
        name(&mut answer, self.held.as_deref());
        answer
    }
}

/// An answer as it is compressed while it is sent, if that is worth it.
async fn compressed(encoding: Encoding, response: Response) -> Response {
    let mut sent = http::Request::new(http::Response::<_>::from(response));
    if let Some(name) = encoding.name() {
        sent.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(name));
    }
    // It stands around what answers: here, with the answer that it is sent.
    let layer = Compression::new(tower::service_fn(|sent: http::Request<http::Response<_>>| {
        ready(Ok::<_, Infallible>(sent.into_body()))
    }));
    match layer.oneshot(sent).await {
        Ok(response) => {
            // Not by `From`, for then its length would not be known where it is not compressed.
            let (http::response::Parts { status, version, headers, extensions, .. }, body) =
                response.into_parts();
            let body = BoxBody::new(body.map_err(io::Error::other)).into();
            Response::from_parts(ResponseParts { status, version, headers, extensions }, body)
        }
        Err(never) => match never {},
    }
}

/// Gives the tag of an answer its name: that of its encoding, or the one by which a client has it.
fn name(response: &mut Response, held: Option<&str>) {
    let headers = response.headers();
    let Some(tag) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()) else { return };
    let name = if response.status() == StatusCode::NOT_MODIFIED {
        let mut held = held.into_iter().flat_map(|held| held.split(','));
        held.find_map(|held| {
            let held = held.trim().trim_start_matches("W/");
            (plain(held) == tag).then(|| held.to_owned())
        })
    } else {
        let encoding = headers.get(header::CONTENT_ENCODING).and_then(|encoding| encoding.to_str().ok());
        encoding.map(|encoding| format!("{}-{encoding}\"", tag.trim_end_matches('"')))
    };
    if let Some(Ok(name)) = name.map(HeaderValue::try_from) {
        response.headers_mut().insert(header::ETAG, name);
    }
}

/// Takes the names of encodings off the tags that a client holds; gives the tags as they were.
fn without_encodings(headers: &mut HeaderMap) -> Option<String> {
    let lines: Vec<&str> =
        headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok()).collect();
    if lines.is_empty() {
        return None;
    }
    let held = lines.join(", ");
    let plain: Vec<String> = held.split(',').map(|tag| plain(tag.trim())).collect();
    headers.insert(header::IF_NONE_MATCH, HeaderValue::try_from(plain.join(", ")).ok()?);
    Some(held)
}

fn plain(tag: &str) -> String {
    let inner = tag.trim_end_matches('"');
    let plain = Encoding::names().find_map(|name| inner.strip_suffix(name)?.strip_suffix('-'));
    plain.map_or_else(|| tag.to_owned(), |plain| format!("{plain}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_loses_the_name_of_its_encoding() {
        for held in ["\"a-br\"", "\"a-gzip\"", "\"a-zstd\""] {
            assert_eq!(plain(held), "\"a\"");
        }
        for tag in ["\"a\"", "\"gzip\"", "*"] {
            assert_eq!(plain(tag), tag);
        }
    }
}
