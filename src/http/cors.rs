//! Which pages of other origins may read answers. None may send credentials: there are no cookies, and a key in a
//! browser is no secret.

use poem::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::error::{Error, Result};

/// Headers beyond the simple ones that a page may read.
const READABLE: [HeaderName; 5] = [
    header::ETAG,
    header::RETRY_AFTER,
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    HeaderName::from_static("x-request-id"),
];

/// The rules for some origins; without any, browsers let no other origin read answers.
pub(super) fn layer(origins: &[String]) -> Result<Option<CorsLayer>> {
    if origins.is_empty() {
        return Ok(None);
    }
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        let read = |origin: &String| match origin.parse::<HeaderValue>() {
            Ok(value) if origin.contains("://") && !origin.ends_with('/') => Ok(value),
            _ => {
                Err(Error::Refused(format!("CORS_ORIGINS: {origin} is no origin such as https://example.se")))
            }
        };
        AllowOrigin::list(origins.iter().map(read).collect::<Result<Vec<_>>>()?)
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static(super::door::PURPOSE),
        ])
        .expose_headers(READABLE)
        .max_age(std::time::Duration::from_hours(1));
    Ok(Some(layer))
}
