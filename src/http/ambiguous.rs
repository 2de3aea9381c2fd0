//! Requests that two readers could understand in two ways: hyper lets through some of what HTTP forbids.

use std::sync::Arc;

use poem::http::{StatusCode, Version, header};
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use super::graphql;

/// Answers a request only if it can be understood in one way.
pub(super) async fn refuse<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    match fault(&request) {
        Some(message) => Ok(graphql::unread(StatusCode::BAD_REQUEST, message)),
        None => Ok(next.call(request).await?.into_response()),
    }
}

fn fault(request: &Request) -> Option<&'static str> {
    let headers = request.headers();
    if request.version() == Version::HTTP_11 && headers.get_all(header::HOST).iter().count() != 1 {
        return Some("Host: must be given once");
    }
    let old = request.version() < Version::HTTP_11;
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    codings
        .any(|coding| old || !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
        .then_some("Transfer-Encoding: only chunked is understood, and only in HTTP/1.1")
}
