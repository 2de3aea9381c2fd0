//! HTTP: routes, limits, health. The table of contents of the server.

mod graphql;
mod health;
mod pages;

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use poem::listener::{Acceptor, Listener, TcpAcceptor, TcpListener};
use poem::middleware::{CatchPanic, Compression, SetHeader};
use poem::{Endpoint, EndpointExt, Route, Server, get};
use sea_orm::DatabaseConnection;

use crate::error::{Error, Result};
use crate::graphql::Schema;

/// How long requests in flight may take after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// What a page may load: only what this server has. GraphiQL styles its editor inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// Everything the server answers.
pub fn routes(db: DatabaseConnection) -> impl Endpoint {
    Route::new()
        // For programs.
        .at("/graphql", graphql::endpoint(Schema::new(db.clone())))
        .at("/schema.graphql", get(pages::schema))
        // For people.
        .at("/", get(pages::overview))
        .at("/graphiql", get(pages::graphiql))
        .at("/assets/:name", get(pages::asset))
        // For operators.
        .at("/health/live", get(health::live))
        .at("/health/ready", get(health::ready))
        .data(db)
        .with(Compression::new())
        .with(CatchPanic::new())
        .with(
            SetHeader::new()
                .overriding("content-security-policy", CONTENT_SECURITY_POLICY)
                .overriding("x-content-type-options", "nosniff")
                .overriding("referrer-policy", "no-referrer")
                .overriding("cross-origin-opener-policy", "same-origin"),
        )
}

/// A server that has its port and is ready to run.
pub struct Bound {
    acceptor: TcpAcceptor,
    /// The address it listens on.
    pub address: SocketAddr,
}

/// Takes the port.
///
/// # Errors
/// [`Error::Refused`] if it cannot be had; the sentence names it.
pub async fn bind(listen: &str) -> Result<Bound> {
    let refuse = |cause: std::io::Error| Error::Refused(format!("LISTEN: cannot serve on {listen}: {cause}"));
    let acceptor = TcpListener::bind(listen.to_owned()).into_acceptor().await.map_err(refuse)?;
    let address = acceptor.local_addr().first().and_then(|a| a.as_socket_addr().copied());
    let address = address.ok_or_else(|| Error::Refused(format!("LISTEN: {listen} has no address")))?;
    Ok(Bound { acceptor, address })
}

impl Bound {
    /// Serves until `stop` comes; requests in flight are finished.
    ///
    /// # Errors
    /// [`Error::Refused`] if the port is lost.
    pub async fn serve(self, db: DatabaseConnection, stop: impl Future<Output = ()>) -> Result<()> {
        Server::new_with_acceptor(self.acceptor)
            .run_with_graceful_shutdown(routes(db), stop, Some(DRAIN))
            .await
            .map_err(|cause| Error::Refused(format!("the server stopped: {cause}")))
    }
}
