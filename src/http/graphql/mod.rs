//! `/graphql`: one operation a request, by GET or by POST of JSON, by the GraphQL over HTTP specification.

pub(super) mod answers;
pub(super) mod freshness;
mod kept;
mod known;
mod media;
mod parameters;
mod public;
mod status;
mod table;
mod versions;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Body, IntoResponse, Request, Response};

use self::answers::{json, limited, not_allowed, ours, refuse, set, shown, turned_away};
use self::kept::Kept;
use self::known::Known;
use self::media::Media;
use self::parameters::{Sent, Unreadable};
use self::public::{Asked, Question};
use self::versions::Versions;
use super::door::{Caller, Door};
use super::encoding::Encoding;
use super::gate::Gate;
use super::request_id::RequestId;
use super::settings::Settings;
use super::site::unbroken;
use crate::error::Result;
use crate::graphql::{Code, Prepared, Problem, Reply, Schema};
use crate::store::patience::while_wanted;
use crate::store::readers::Readers;

/// What `/graphql` answers to.
const METHODS: &str = "GET, HEAD, POST, OPTIONS";
/// What an answer depends on besides what is asked: media types, keys, and encodings.
const VARIES: HeaderValue = HeaderValue::from_static("accept, authorization, accept-encoding");

/// The endpoint.
pub(super) struct GraphQl {
    schema: Schema,
    readers: Readers,
    versions: Versions,
    settings: Settings,
    gate: Gate,
    door: Arc<Door>,
    known: Known,
    kept: Kept,
}

/// Why what was sent is not answered.
enum Refused {
    Unreadable(Unreadable),
    /// It changes something, and was sent in an address.
    InAddress,
    /// It has a document of this length with these problems.
    Wrong {
        problems: Vec<Problem>,
        length: usize,
    },
}

impl GraphQl {
    /// The endpoint over a database.
    pub fn new(readers: Readers, settings: &Settings, door: Arc<Door>) -> Result<Self> {
        let schema = Schema::new(readers.primary().db(), settings.limits.clone(), settings.trusted.clone())?;
        let schema = schema.with_access(settings.access.clone());
        let gate = Gate::new(settings.concurrency);
        let kept = Kept::new(settings.response_cache);
        let versions = Versions::new(&readers, settings.version_age);
        let known = Known::new();
        Ok(Self { schema, readers, versions, settings: settings.clone(), gate, door, known, kept })
    }

    /// What it answers by.
    pub fn schema(&self) -> Schema {
        self.schema.clone()
    }

    /// The answer to a request, whose body it takes.
    pub async fn answer(&self, request: &mut Request, id: &RequestId, encoding: Encoding) -> Response {
        let body = request.take_body();
        let mut response = self.find_answer(request, body, id, encoding).await;
        response.headers_mut().insert(header::VARY, VARIES);
        response
    }

    async fn find_answer(
        &self,
        request: &Request,
        body: Body,
        id: &RequestId,
        encoding: Encoding,
    ) -> Response {
        let Some(media) = Media::of(request.headers()) else {
            let message =
                "Accept: answers are application/graphql-response+json, application/json or text/csv";
            return refuse(Media::Json, StatusCode::NOT_ACCEPTABLE, Code::BadUserInput, message);
        };
        match *request.method() {
            Method::GET | Method::HEAD | Method::POST => {}
            Method::OPTIONS => {
                return StatusCode::NO_CONTENT.with_header(header::ALLOW, METHODS).into_response();
            }
            _ => return not_allowed(media, METHODS, "ask by GET or POST"),
        }
        let busy = || {
            let message = "the service has too much to do";
            refuse(media, StatusCode::SERVICE_UNAVAILABLE, Code::ServiceUnavailable, message)
        };
        // What would be sent away after all is not even read, unless it is short: the answer may be in memory.
        if self.gate.is_full() && !parameters::are_short(request) {
            return busy();
        }
        let caller = match self.door.caller(request).await {
            Ok(caller) => caller,
            Err(closed) => return turned_away(media, &closed),
        };
        let Settings { body: limit, read_timeout, .. } = self.settings;
        let sent = match parameters::take(request, body, limit, read_timeout).await {
            Ok(sent) => sent,
            Err(unreadable) => return unreadable.refuse(media),
        };
        let asked = Asked { request, id, media, encoding };
        let known = self.known.find(&sent);
        if let Some(prepared) = &known
            && let Some(response) = self.at_once(&Question { asked, prepared })
        {
            return match self.door.charge(&caller, prepared.cost().requested) {
                Ok(share) => shown(response, share),
                Err(share) => limited(media, &share),
            };
        }
        let Some(_turn) = self.gate.enter().await else { return busy() };
        let answer = while_wanted(Box::pin(self.answer_in_turn(asked, sent, known, caller)));
        guard(answer, self.settings.request_timeout, media, id).await
    }

    /// The answer to what was sent, which may be known.
    async fn answer_in_turn(
        &self,
        asked: Asked<'_>,
        sent: Sent,
        known: Option<Arc<Prepared>>,
        caller: Caller,
    ) -> Response {
        let Asked { media, id, .. } = asked;
        let charge = |cost| self.door.charge(&caller, cost);
        let prepared = match known {
            Some(prepared) => Ok(prepared),
            None => self.prepare(&sent),
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(Refused::Unreadable(unreadable)) => return unreadable.refuse(media),
            Err(Refused::InAddress) => {
                return not_allowed(media, "POST", "what changes something must be sent by POST");
            }
            // What is refused takes its share too, or it could be tried without end: reading it took time by its length.
            Err(Refused::Wrong { problems, length }) => {
                return match charge(1 + u64::try_from(length / 64).unwrap_or(u64::MAX)) {
                    Ok(share) => {
                        let reply = Reply { errors: problems, ..Reply::default() };
                        shown(self.respond(&reply, media), share)
                    }
                    Err(share) => limited(media, &share),
                };
            }
        };
        let share = match charge(prepared.cost().requested) {
            Ok(share) => share,
            Err(share) => return limited(media, &share),
        };
        let response = if prepared.is_private() {
            let reply = self.schema.execute(&prepared, id.as_str(), caller.asker).await;
            let mut response = self.respond(&reply, media);
            set(&mut response, header::CACHE_CONTROL, freshness::PRIVATE);
            response
        } else {
            self.answer_public(&Question { asked, prepared: &prepared }).await
        };
        shown(response, share)
    }

    /// Reads what was sent, and keeps what it says.
    fn prepare(&self, sent: &Sent) -> std::result::Result<Arc<Prepared>, Refused> {
        let asked = parameters::read(sent).map_err(Refused::Unreadable)?;
        let in_address = matches!(sent, Sent::Address(_));
        match self.schema.prepare(&asked) {
            Ok(prepared) if in_address && !prepared.is_query() => Err(Refused::InAddress),
            Ok(prepared) => {
                let prepared = Arc::new(prepared);
                self.known.put(sent, &asked, &prepared);
                Ok(prepared)
            }
            Err(_) if in_address && self.schema.asks_for_change(&asked) => Err(Refused::InAddress),
            Err(problems) => {
                Err(Refused::Wrong { problems, length: asked.query.map_or(0, |text| text.len()) })
            }
        }
    }

    fn respond(&self, reply: &Reply, media: Media) -> Response {
        match (media, &reply.data) {
            (Media::Csv, Some(data)) if reply.errors.is_empty() => match table::csv(data) {
                Ok(rows) => Response::builder()
                    .content_type(media.name())
                    .header(header::CACHE_CONTROL, freshness::NEVER)
                    .body(rows),
                Err(message) => refuse(media, StatusCode::NOT_ACCEPTABLE, Code::BadUserInput, message),
            },
            _ => json(reply, media, status::of(reply, media, self.settings.status_codes)),
        }
    }
}

/// An answer that comes in time and without a panic, or the refusal that stands for it: a resolver that panics harms no
/// other request.
async fn guard(
    answer: impl Future<Output = Response>,
    limit: Duration,
    media: Media,
    id: &RequestId,
) -> Response {
    match tokio::time::timeout(limit, unbroken(answer, id)).await {
        Ok(Some(response)) => response,
        Ok(None) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            ours(media, status, Code::InternalServerError, "something went wrong", id)
        }
        Err(_) => {
            tracing::warn!(request.id = %id, "a request took too long");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            ours(media, status, Code::Timeout, "the answer took too long; ask for less", id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn guarded(answer: impl Future<Output = Response>) -> (u16, String) {
        let id = RequestId::of(&Request::default());
        let response = guard(answer, Duration::from_secs(1), Media::Json, &id).await;
        let status = response.status().as_u16();
        (status, response.into_body().into_string().await.unwrap_or_default().replace(id.as_str(), "ID"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_and_an_answer_that_never_comes_are_refusals() {
        let (status, body) = guarded(async { panic!("a secret") }).await;
        let expected = r#"{"errors":[{"message":"something went wrong","extensions":{"code":"INTERNAL_SERVER_ERROR","classification":"SERVICE_FAILURE","requestId":"ID"}}]}"#;
        assert_eq!((status, &*body), (500, expected));
        let (status, body) = guarded(std::future::pending()).await;
        assert!(status == 503 && body.contains("\"TIMEOUT\"") && body.contains("\"ID\""), "{body}");
    }
}
