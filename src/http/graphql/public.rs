//! Answers that are the same to everybody: from the response cache, or from any database that has the data.

use std::sync::Arc;

use futures_util::FutureExt;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{IntoResponse, Request, Response};

use super::answers::{ours, set};
use super::freshness::Key;
use super::kept::{Answer, Written};
use super::media::Media;
use super::{GraphQl, freshness};
use crate::error::Error;
use crate::graphql::{Code, Prepared};
use crate::http::encoding::Encoding;
use crate::http::request_id::RequestId;
use crate::store::readers::{Reader, is_everywhere};

/// Room for what all that an answer passes on its way says of it.
const HEADERS: usize = 12;

/// A request, and how the client takes the answer.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub request: &'a Request,
    pub id: &'a RequestId,
    pub media: Media,
    pub encoding: Encoding,
}

/// A question that is answered the same to everybody.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub asked: Asked<'a>,
    /// What it asks, once it is understood.
    pub prepared: &'a Prepared,
}

/// What a question is answered from.
#[derive(Clone, Copy)]
struct Data<'a> {
    reader: &'a Reader,
    /// The version that its data had a moment ago.
    version: i64,
    /// What tells the answer from every other.
    key: Key,
}

/// Why a database gave no answer that is of use.
enum Unanswered {
    /// It did not say which data it has.
    Version(Arc<Error>),
    /// It failed where the answer was made, which says so.
    Answer(Response),
}

impl GraphQl {
    /// The answer from memory, where it is there and the version of the data is known: it takes nobody's turn, and waits
    /// for nothing.
    pub(super) fn at_once(&self, question: &Question<'_>) -> Option<Response> {
        let Question { asked: Asked { request, media, encoding, .. }, prepared } = *question;
        let version = self.readers.in_turn().find_map(|reader| self.versions.known(reader))?;
        let key = Key::new(version, prepared);
        // What becomes a table is put together anew.
        let find = || if media == Media::Csv { None } else { self.kept.find(&key, encoding) };
        let kept = || find().map(|answer| written(answer, media));
        if request.method() == Method::POST {
            return kept();
        }
        let tag = key.tag(media);
        Some(tagged(without_answer(request, &tag, media).or_else(kept)?, &tag))
    }

    /// The answer of a database that has one.
    pub(super) async fn answer_public(&self, question: &Question<'_>) -> Response {
        let Asked { request, id, media, .. } = question.asked;
        let by_post = request.method() == Method::POST;
        let ask = async |reader: &Reader| {
            let version = self.versions.of(reader).await.map_err(Unanswered::Version)?;
            let data = Data { reader, version, key: Key::new(version, question.prepared) };
            if by_post {
                Ok(self.answer_from(data, question).await?.0)
            } else {
                self.answer_by_get(data, question).await
            }
        };
        let is_everywhere = |failure: &Unanswered| match failure {
            Unanswered::Version(cause) => is_everywhere(cause),
            Unanswered::Answer(_) => false,
        };
        match self.readers.ask(|reader| ask(reader).boxed(), is_everywhere).await {
            Ok(response) | Err(Unanswered::Answer(response)) => response,
            Err(Unanswered::Version(cause)) => {
                tracing::error!(request.id = %id, error.cause = ?cause, "the data version could not be read");
                let status = StatusCode::SERVICE_UNAVAILABLE;
                ours(media, status, Code::ServiceUnavailable, "the database did not answer", id)
            }
        }
    }

    /// The answer of one database, and whether it is without errors.
    async fn answer_from(
        &self,
        Data { reader, version, key }: Data<'_>,
        question: &Question<'_>,
    ) -> Result<(Response, bool), Unanswered> {
        let Question { asked: Asked { id, media, encoding, .. }, prepared } = *question;
        let make = async {
            let schema = self.schema.on(reader.sessions()).at(version);
            schema.execute(prepared, id.as_str(), None).await
        };
        let answer = if media == Media::Csv {
            Answer::Made(Arc::new(make.await))
        } else {
            self.kept.answer(key, encoding, reader.place(), make).await
        };
        match answer {
            Answer::Made(reply) => {
                let response = self.respond(&reply, media);
                if reply.is_unavailable() {
                    return Err(Unanswered::Answer(response));
                }
                Ok((response, reply.errors.is_empty()))
            }
            Answer::Written(answer) => Ok((written(answer, media), true)),
        }
    }

    /// What GET and HEAD have beyond POST: caches may keep the answer.
    async fn answer_by_get(&self, data: Data<'_>, question: &Question<'_>) -> Result<Response, Unanswered> {
        let Asked { request, media, .. } = question.asked;
        let tag = data.key.tag(media);
        if let Some(response) = without_answer(request, &tag, media) {
            return Ok(tagged(response, &tag));
        }
        let (response, is_whole) = self.answer_from(data, question).await?;
        Ok(if is_whole { tagged(response, &tag) } else { response })
    }
}

/// An answer without errors, as it is kept.
fn written(Written { body, encoding }: Written, media: Media) -> Response {
    let mut response = Response::builder().body(body);
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    headers.insert(header::CONTENT_TYPE, media.value());
    headers.insert(header::CACHE_CONTROL, const { HeaderValue::from_static(freshness::NEVER) });
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// What is said where the answer itself is of no use: the client has the one with the tag, or asks for its head alone.
fn without_answer(request: &Request, tag: &str, media: Media) -> Option<Response> {
    if freshness::is_held(request.headers(), tag) {
        return Some(StatusCode::NOT_MODIFIED.into_response());
    }
    let is_head = request.method() == Method::HEAD;
    is_head.then(|| ().with_header(header::CONTENT_TYPE, media.value()).into_response())
}

/// An answer that caches may keep by its tag.
fn tagged(mut response: Response, tag: &str) -> Response {
    set(&mut response, header::ETAG, tag);
    set(&mut response, header::CACHE_CONTROL, freshness::PUBLIC);
    response
}
