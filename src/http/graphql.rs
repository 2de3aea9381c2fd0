//! `/graphql`: one operation a request, by GET or by POST of JSON.

use async_graphql::http::parse_query_string;
use async_graphql_poem::GraphQLResponse;
use poem::http::{Method, StatusCode, header};
use poem::web::{Data, Json};
use poem::{Body, Endpoint, EndpointExt, IntoResponse, Request, Response, get, handler};
use serde_json::json;

use crate::graphql::Schema;

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

/// The endpoint over a schema.
pub(super) fn endpoint(schema: Schema) -> impl Endpoint {
    get(execute).post(execute).data(schema)
}

#[handler]
async fn execute(request: &Request, body: Body, schema: Data<&Schema>) -> Response {
    match read(request, body).await {
        Ok(question) => GraphQLResponse(schema.execute(question).await).into_response(),
        Err(refusal) => refusal,
    }
}

async fn read(request: &Request, body: Body) -> Result<async_graphql::Request, Response> {
    if request.method() == Method::GET {
        return parse_query_string(request.uri().query().unwrap_or_default())
            .map_err(|cause| refuse(StatusCode::BAD_REQUEST, &format!("the query string: {cause}")));
    }
    // Other types could be sent by a foreign page without asking.
    let is_json = request.header(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json"));
    }
    let bytes = body
        .into_bytes_limit(LARGEST_BODY)
        .await
        .map_err(|_| refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 256 KiB"))?;
    serde_json::from_slice(&bytes)
        .map_err(|cause| refuse(StatusCode::BAD_REQUEST, &format!("the body is no GraphQL request: {cause}")))
}

/// A refusal in the form of a GraphQL answer.
fn refuse(status: StatusCode, message: &str) -> Response {
    let error = json!({"message": message, "extensions": {"code": "BAD_USER_INPUT"}});
    (status, Json(json!({ "errors": [error] }))).into_response()
}
