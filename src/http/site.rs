//! Everything there is at an address: `/graphql`, and what the table of routes has.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use poem::http::StatusCode;
use poem::{Endpoint, IntoResponse, Request, Response, Route};

use super::envelope::Envelope;
use super::graphql::GraphQl;
use super::request_id::RequestId;

/// What the server answers by.
pub struct Site {
    /// Before the table, which makes maps in each request and answer to note the route that was taken, and moves both about.
    pub(super) graphql: GraphQl,
    pub(super) others: Route,
}

impl Site {
    /// The answer to a request, also to one for what is not there. What is left of the request is of no use.
    pub(super) async fn answer(&self, request: &mut Request) -> Response {
        let envelope = Envelope::of(request);
        let answer = unbroken(self.find_answer(request, &envelope), envelope.id()).await;
        let broken = || (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong\n").into_response();
        envelope.seal(answer.unwrap_or_else(broken)).await
    }

    async fn find_answer(&self, request: &mut Request, envelope: &Envelope) -> Response {
        if request.uri().path() == "/graphql" {
            self.graphql.answer(request, envelope.id(), envelope.encoding()).await
        } else {
            // The table hands on nothing but the request.
            envelope.id().show(request.headers_mut());
            // Boxed, for `/graphql` has no need of it.
            self.others.get_response(std::mem::take(request)).boxed().await
        }
    }
}

impl Endpoint for Site {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        Ok(self.answer(&mut request).await)
    }
}

/// The answer to the request with an id; none if the program panics on it, which harms no other. (As an `async fn` it would
/// hold what it waits for twice.)
pub(super) fn unbroken(
    answer: impl Future<Output = Response>,
    id: &RequestId,
) -> impl Future<Output = Option<Response>> {
    AssertUnwindSafe(answer)
        .catch_unwind()
        .map(move |answer| answer.inspect_err(|panic| tell(panic.as_ref(), id)).ok())
}

fn tell(panic: &(dyn Any + Send), id: &RequestId) {
    let cause = panic.downcast_ref::<&str>().map(ToString::to_string);
    let cause = cause.or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(request.id = %id, error.cause = cause, "a request made the program panic");
}

#[cfg(test)]
mod tests {
    use poem::handler;
    use sea_orm::{DatabaseConnection, DatabaseConnectionType};

    use super::*;
    use crate::http::{Settings, Stopping, routes};

    #[handler]
    fn breaks() {
        panic!("a secret");
    }

    fn site() -> Site {
        let db = DatabaseConnection::from(DatabaseConnectionType::Disconnected);
        routes(db.into(), &Settings::default(), Stopping::default()).unwrap()
    }

    #[tokio::test]
    async fn what_panics_harms_nobody_else_and_says_nothing() {
        let site = site();
        let site = Site { others: site.others.at("/breaks", breaks), ..site };
        let ask = |path: &str| site.call(Request::builder().uri_str(path).finish());
        let answer = ask("/breaks").await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.headers().contains_key("x-request-id"));
        assert_eq!(answer.into_body().into_string().await.unwrap(), "something went wrong\n");
        assert_eq!(ask("/health/live").await.unwrap().status(), StatusCode::OK);
    }

    /// Each connection keeps a place for it, and it is moved there with every request.
    #[tokio::test]
    async fn what_answers_a_request_is_small() {
        let size = size_of_val(&site().answer(&mut Request::default()));
        assert!(size <= 1024, "{size} bytes");
    }
}
