//! Entity tags of compressed answers. A strong tag stands for certain bytes, so each encoding of an answer has its own:
//! the answer's tag and the encoding's name.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use poem::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use tower::Service;

/// The names that tags may end in.
const ENCODINGS: [&str; 3] = ["-br", "-gzip", "-zstd"];

/// Gives the tags of compressed answers the encoding's name, and takes it off those that come back.
#[derive(Clone)]
pub(super) struct Variants<S>(pub S);

impl<S, I, O> Service<Request<I>> for Variants<S>
where
    S: Service<Request<I>, Response = Response<O>>,
    S::Future: Send + 'static,
{
    type Response = Response<Pin<Box<O>>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<I>) -> Self::Future {
        let held = without_encodings(request.headers_mut());
        let answer = self.0.call(request);
        Box::pin(async move {
            // Boxed, for what compresses takes thousands of bytes, which would be moved time and again.
            let mut answer = answer.await?.map(Box::pin);
            let not_modified = answer.status() == StatusCode::NOT_MODIFIED;
            let headers = answer.headers_mut();
            let Some(tag) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()) else {
                return Ok(answer);
            };
            let renamed = if not_modified {
                held.and_then(|held| {
                    held.split(',')
                        .map(str::trim)
                        .map(|h| h.trim_start_matches("W/"))
                        .find(|h| plain(h) == tag)
                        .map(str::to_owned)
                })
            } else {
                let encoding =
                    headers.get(header::CONTENT_ENCODING).and_then(|encoding| encoding.to_str().ok());
                encoding.map(|encoding| format!("{}-{encoding}\"", tag.trim_end_matches('"')))
            };
            if let Some(Ok(tag)) = renamed.map(HeaderValue::try_from) {
                headers.insert(header::ETAG, tag);
            }
            Ok(answer)
        })
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
    let name = ENCODINGS.iter().find_map(|encoding| inner.strip_suffix(encoding));
    name.map_or_else(|| tag.to_owned(), |name| format!("{name}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_loses_the_name_of_its_encoding() {
        for (held, tag) in [("\"a-br\"", "\"a\""), ("\"a-gzip\"", "\"a\""), ("\"a\"", "\"a\""), ("*", "*")] {
            assert_eq!(plain(held), tag);
        }
    }
}
