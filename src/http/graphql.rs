//! `/graphql`: one operation a request, by GET or POST.

use async_graphql_poem::{GraphQLRequest, GraphQLResponse};
use poem::middleware::SizeLimit;
use poem::web::Data;
use poem::{Endpoint, EndpointExt, get, handler};

use crate::graphql::Schema;

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

/// The endpoint over a schema.
pub(super) fn endpoint(schema: Schema) -> impl Endpoint {
    get(execute).post(execute.with(SizeLimit::new(LARGEST_BODY))).data(schema)
}

#[handler]
async fn execute(request: GraphQLRequest, schema: Data<&Schema>) -> GraphQLResponse {
    GraphQLResponse(schema.execute(request.0).await)
}
