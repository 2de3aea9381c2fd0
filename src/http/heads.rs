//! Heads of requests that are refused: what two readers could understand in two ways, of which hyper lets some through,
//! and over HTTP/2 what is too large.

use poem::http::{HeaderMap, StatusCode, Version, header};
use poem::{Request, Response};

use super::graphql::answers;

/// Bytes that a head may have over HTTP/2, as RFC 9113 counts them. Twice as many are read, so that there is a request
/// to answer.
pub(super) const LARGEST: u32 = 16 * 1024;

/// What a request is refused with if its head cannot be taken.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    fault(request).map(|(status, message)| answers::unread(status, message))
}

fn fault(request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    if request.version() == Version::HTTP_2 && size(request) > LARGEST as usize {
        let message = "the head of the request is too large: over HTTP/2 it may have 16 KiB";
        return Some((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, message));
    }
    if request.version() == Version::HTTP_11 && headers.get_all(header::HOST).iter().count() != 1 {
        return Some((StatusCode::BAD_REQUEST, "Host: must be given once"));
    }
    let message = "Transfer-Encoding: only chunked is understood, and only in HTTP/1.1";
    is_coded(headers, request.version() < Version::HTTP_11).then_some((StatusCode::BAD_REQUEST, message))
}

/// Whether the body is coded in a way that is not understood.
fn is_coded(headers: &HeaderMap, old: bool) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    codings.any(|coding| old || !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
}

/// The size of a header list: of each field its name, its value and 32 bytes.
fn size(request: &Request) -> usize {
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 32);
    fields.sum::<usize>() + request.uri().to_string().len()
}
