//! What all but refusals of a head come in: the id of the request, what a browser may do with the answer, and the encoding
//! that it takes.

use std::sync::Arc;

use poem::http::{HeaderName, HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use super::request_id;
use super::variants::Variant;

/// What a page may load: only what this server has. GraphiQL styles its editor inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// What every answer says.
const SAID: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// Answers a request, for what is not there too, in an envelope.
pub(super) async fn seal<E: Endpoint>(next: Arc<E>, mut request: Request) -> Result<Response> {
    let id = request_id::give(&mut request);
    let variant = Variant::asked(&mut request);
    let mut response = variant.of(next.get_response(request).await.into_response()).await;
    let headers = response.headers_mut();
    for (name, value) in SAID {
        headers.insert(name, value);
    }
    headers.insert(request_id::HEADER, id);
    Ok(response)
}
