//! The answers that are no data: refusals, failures of ours, and what every answer says of a share.

use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};

use super::freshness;
use super::media::Media;
use crate::graphql::{Code, Problem, Reply};
use crate::http::door::Closed;
use crate::http::rate::Share;
use crate::http::request_id::RequestId;

/// What somebody with a key that is not taken is told by a header.
pub(in crate::http) const CHALLENGE: &str = "Bearer error=\"invalid_token\"";

/// A reply as it is sent, or a refusal where it cannot be written.
pub(super) fn json(reply: &Reply, media: Media, status: StatusCode) -> Response {
    let body = match reply.to_json() {
        Ok(body) => body,
        Err(cause) => {
            tracing::error!(error.cause = ?cause, "an answer could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    // What went wrong is no table.
    let media = if media == Media::Csv { Media::GraphqlResponse } else { media };
    let answer = Response::builder().status(status).content_type(media.name());
    let mut response = answer.header(header::CACHE_CONTROL, freshness::NEVER).body(body);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        set(&mut response, header::RETRY_AFTER, "1");
    }
    response
}

/// A refusal in the form of an answer.
pub(super) fn refuse(media: Media, status: StatusCode, code: Code, message: impl Into<String>) -> Response {
    json(&Problem::new(code, message).into(), media, status)
}

/// The refusal of a request that is wrong before it is known what it asks for.
pub(in crate::http) fn unread(status: StatusCode, message: &str) -> Response {
    refuse(Media::Json, status, Code::BadUserInput, message)
}

/// A failure of ours, with the id by which the operator finds it in the log.
pub(super) fn ours(media: Media, status: StatusCode, code: Code, message: &str, id: &RequestId) -> Response {
    let mut problem = Problem::new(code, message);
    problem.extensions.request_id = Some(id.to_string());
    json(&problem.into(), media, status)
}

/// The refusal of who is not let in.
pub(super) fn turned_away(media: Media, closed: &Closed) -> Response {
    match closed {
        Closed::Unauthenticated => {
            let message = "the key that was given is not valid";
            let mut response = refuse(media, StatusCode::UNAUTHORIZED, Code::Unauthenticated, message);
            set(&mut response, header::WWW_AUTHENTICATE, CHALLENGE);
            response
        }
        Closed::Limited(share) => limited(media, share),
        Closed::Bad(message) => refuse(media, StatusCode::BAD_REQUEST, Code::BadUserInput, *message),
        Closed::Unavailable => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            refuse(media, status, Code::ServiceUnavailable, "keys cannot be looked up at the moment")
        }
    }
}

pub(super) fn not_allowed(media: Media, methods: &str, message: &str) -> Response {
    let mut response = refuse(media, StatusCode::METHOD_NOT_ALLOWED, Code::BadUserInput, message);
    set(&mut response, header::ALLOW, methods);
    response
}

pub(super) fn limited(media: Media, share: &Share) -> Response {
    let message = format!("your share of {} a minute is used up", share.limit);
    let mut response = refuse(media, StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, message);
    set(&mut response, header::RETRY_AFTER, &share.seconds().to_string());
    shown(response, Some(*share))
}

/// A response that tells a client its share, where one is counted.
pub(super) fn shown(mut response: Response, share: Option<Share>) -> Response {
    if let Some(share) = share {
        set(&mut response, HeaderName::from_static("ratelimit-policy"), &share.policy());
        set(&mut response, HeaderName::from_static("ratelimit"), &share.state());
    }
    response
}

pub(super) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
