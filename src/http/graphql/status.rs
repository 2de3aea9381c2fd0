//! Which status an answer has.

use poem::http::StatusCode;

use super::media::Media;
use crate::graphql::{Code, Data, Reply};
use crate::http::settings::StatusCodes;

/// The status of an answer that came from the schema.
pub(super) fn of(reply: &Reply, media: Media, codes: StatusCodes) -> StatusCode {
    let Some(problem) = reply.errors.first() else { return StatusCode::OK };
    if let Some(data) = &reply.data {
        let partial = matches!(data, Data::Graph(_)) && codes == StatusCodes::Draft2026;
        return if partial { partial_success() } else { StatusCode::OK };
    }
    match problem.extensions.code {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Timeout | Code::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
        code => match (codes, media) {
            (StatusCodes::Audited, Media::Json) => StatusCode::OK,
            (StatusCodes::Audited, Media::GraphqlResponse | Media::Csv) => StatusCode::BAD_REQUEST,
            (StatusCodes::Draft2026, _) if code == Code::GraphqlParseFailed => StatusCode::BAD_REQUEST,
            (StatusCodes::Draft2026, _) => StatusCode::UNPROCESSABLE_ENTITY,
        },
    }
}

/// 294, of the draft: data, and errors beside them.
fn partial_success() -> StatusCode {
    StatusCode::from_u16(294).unwrap_or(StatusCode::OK)
}
