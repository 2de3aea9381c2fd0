//! Answers that are the same to everybody: from the response cache, or from any database that has the data.

use std::sync::Arc;

use futures_util::FutureExt;
use poem::http::{Method, StatusCode, header};
use poem::{IntoResponse, Request, Response};

use super::kept::Answer;
use super::media::Media;
use super::{GraphQl, freshness, kept, ours, set, show};
use crate::error::Error;
use crate::graphql::{Code, Prepared};
use crate::http::rate::Share;
use crate::http::request_id::RequestId;
use crate::store::readers::{Reader, is_everywhere};

/// A question that is answered the same to everybody.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub prepared: &'a Prepared,
    pub media: Media,
    pub id: &'a RequestId,
    pub share: Option<Share>,
}

/// What a question is answered from.
#[derive(Clone, Copy)]
struct Data<'a> {
    reader: &'a Reader,
    /// The version that its data had a moment ago.
    version: i64,
    /// What tells the answer from every other.
    key: kept::Key,
}

/// Why a database gave no answer that is of use.
enum Unanswered {
    /// It did not say which data it has.
    Version(Arc<Error>),
    /// It failed where the answer was made, which says so.
    Answer(Response),
}

impl GraphQl {
    /// The answer of a database that has one.
    pub(super) async fn answer_public(&self, request: &Request, question: &Question<'_>) -> Response {
        let by_post = request.method() == Method::POST;
        let ask = async |reader: &Reader| {
            let version = self.versions.of(reader).await.map_err(Unanswered::Version)?;
            let data = Data { reader, version, key: freshness::key(version, question.prepared) };
            if by_post {
                Ok(self.answer_from(data, question).await?.0)
            } else {
                self.answer_by_get(request, data, question).await
            }
        };
        let is_everywhere = |failure: &Unanswered| match failure {
            Unanswered::Version(cause) => is_everywhere(cause),
            Unanswered::Answer(_) => false,
        };
        match self.readers.ask(|reader| ask(reader).boxed(), is_everywhere).await {
            Ok(response) | Err(Unanswered::Answer(response)) => response,
            Err(Unanswered::Version(cause)) => {
                let Question { media, id, .. } = *question;
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
        let Question { prepared, media, id, share } = *question;
        let schema = self.schema.on(reader.sessions()).at(version);
        let make = schema.execute(prepared, id.as_str(), None);
        // What becomes a table is put together anew.
        let answer = if media == Media::Csv {
            Answer::Made(Arc::new(make.await))
        } else {
            self.kept.answer(key, reader.place(), make).await
        };
        match answer {
            Answer::Made(reply) => {
                let response = self.respond(&reply, media, share);
                if reply.is_unavailable() {
                    return Err(Unanswered::Answer(response));
                }
                Ok((response, reply.errors.is_empty()))
            }
            Answer::Written(body) => {
                let response = Response::builder().content_type(media.name());
                let mut response = response.header(header::CACHE_CONTROL, freshness::NEVER).body(body);
                if let Some(share) = share {
                    show(&mut response, &share);
                }
                Ok((response, true))
            }
        }
    }

    /// What GET and HEAD have beyond POST: caches may keep the answer.
    async fn answer_by_get(
        &self,
        request: &Request,
        data: Data<'_>,
        question: &Question<'_>,
    ) -> Result<Response, Unanswered> {
        let media = question.media;
        let tag = freshness::tag(&data.key, media);
        let mut response = if freshness::is_held(request.headers(), &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else if request.method() == Method::HEAD {
            ().with_header(header::CONTENT_TYPE, media.name()).into_response()
        } else {
            let (response, is_whole) = self.answer_from(data, question).await?;
            if !is_whole {
                return Ok(response);
            }
            response
        };
        set(&mut response, header::ETAG, &tag);
        set(&mut response, header::CACHE_CONTROL, freshness::PUBLIC);
        Ok(response)
    }
}
