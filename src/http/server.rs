//! The server: connections, their limits, and an end that loses no request.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use poem::Addr;
use poem::http::uri::Scheme;
use poem::http::{Request, Response};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::limited::Limited;
use super::refusals::{Refusals, Refusing};
use super::settings::Settings;
use super::{cors, heads, routes};
use crate::error::{Error, Result};
use crate::store::readers::Readers;

/// How long requests in flight may take after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// How long to wait after a connection could not be taken, as when the process has no file handles left.
const PAUSE: Duration = Duration::from_millis(50);
/// Bytes that the head of a request may have.
const LARGEST_HEAD: usize = 64 * 1024;
/// Requests that one HTTP/2 connection may have open.
const STREAMS: u32 = 100;
/// Requests that one HTTP/2 connection may have given up that the server has not yet noticed (rapid reset).
const RESETS: usize = 20;

/// Whether the server has been told to stop.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// Whether the server has been told to stop.
    pub fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A server that has its port and is ready to run.
pub struct Bound {
    listener: TcpListener,
    /// The address it listens on.
    pub address: SocketAddr,
}

/// Takes the port.
///
/// # Errors
/// [`Error::Refused`] if it cannot be had; the sentence names it.
pub async fn bind(listen: &str) -> Result<Bound> {
    let refuse = |cause: std::io::Error| Error::Refused(format!("LISTEN: cannot serve on {listen}: {cause}"));
    let listener = TcpListener::bind(listen).await.map_err(refuse)?;
    let address = listener.local_addr().map_err(refuse)?;
    Ok(Bound { listener, address })
}

impl Bound {
    /// Serves until `stop` comes, which says how long to go on while `/health/ready` already says no, so that a
    /// balancer can look elsewhere. Then no connection is taken and requests in flight are finished.
    ///
    /// # Errors
    /// [`Error::Refused`] if a setting cannot be carried out.
    pub async fn serve(
        self,
        readers: impl Into<Readers>,
        settings: Settings,
        stop: impl Future<Output = Duration>,
    ) -> Result<()> {
        let stopping = Stopping::default();
        let readers = readers.into();
        let site = Arc::new(routes(readers.clone(), &settings, stopping.clone())?);
        let cors = cors::layer(&settings.origins)?;
        let room = Arc::new(Semaphore::new(settings.connections));
        let graceful = GracefulShutdown::new();
        let (connections, refusals) = (builder(&settings), Refusals::new().await);
        let stop = async {
            let grace = stop.await;
            stopping.begin();
            tokio::time::sleep(grace).await;
        };
        let (mut stop, mut watch) = (pin!(stop), pin!(readers.watch()));
        loop {
            let taken = async {
                let place = Arc::clone(&room).acquire_owned().await;
                (place, self.listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = &mut stop => break,
                never = &mut watch => match never {},
                taken = taken => taken,
            };
            let Ok((socket, peer)) = accepted else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let site = Arc::clone(&site);
            let (local, peer) = (Addr::SocketAddr(self.address), Addr::SocketAddr(peer));
            let service = tower::service_fn(move |request: Request<Incoming>| {
                let addresses = (LocalAddr(local.clone()), RemoteAddr(peer.clone()));
                let mut request = (request, addresses.0, addresses.1, Scheme::HTTP).into();
                let site = Arc::clone(&site);
                // Not boxed: hyper has one place for it, which a connection keeps.
                async move {
                    let response = match heads::refusal(&request) {
                        Some(refusal) => refusal,
                        None => site.answer(&mut request).await,
                    };
                    Ok::<Response<_>, Infallible>(response.into())
                }
            });
            let service = tower::ServiceBuilder::new().option_layer(cors.clone()).service(service);
            let _best_effort = socket.set_nodelay(true);
            let stream = Refusing::new(Limited::new(socket, settings.idle_timeout), refusals.clone());
            let connection = connections
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                .into_owned();
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                // A client that breaks off or breaks the protocol is no news.
                if let Err(cause) = connection.await {
                    tracing::debug!(error.cause = ?cause, "a connection ended early");
                }
                drop(place);
            });
        }
        drop(self.listener);
        if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests were not finished in time");
        }
        Ok(())
    }
}

fn builder(settings: &Settings) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.read_timeout)
        .max_buf_size(LARGEST_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(settings.read_timeout)
        .keep_alive_timeout(settings.read_timeout)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_header_list_size(2 * heads::LARGEST);
    builder
}
