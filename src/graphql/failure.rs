//! What a client learns of a failure: a sentence and a code. Causes go to the log, once.

use std::fmt;
use std::sync::Arc;

use async_graphql::{Context, PathSegment, Pos, QueryPathSegment, ServerError};

use super::code::Code;
use super::document::MOST_ERRORS;
use super::reply::{Location, Problem, ProblemExtensions};
use crate::error::Error;
use crate::store::patience::was_ended;

/// The result of a resolver.
pub(super) type Answer<T> = Result<T, Failure>;

/// An error on its way to a client. It is shared by all fields that waited for the same lookup.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    cause: Arc<Error>,
    /// The field that failed; async-graphql forgets it where the error passes through a list.
    path: Option<Vec<PathSegment>>,
}

impl Failure {
    /// Whether it is a statement that was ended because it took too long.
    pub fn took_too_long(&self) -> bool {
        matches!(&*self.cause, Error::Database(cause) if was_ended(cause))
    }

    /// Whether the database is what failed.
    pub fn is_of_database(&self) -> bool {
        matches!(&*self.cause, Error::Database(_))
    }

    /// The same failure, of the field that a context is for.
    pub fn of(self, ctx: &Context<'_>) -> Self {
        let mut path = Vec::new();
        let mut at = ctx.path_node.as_ref();
        while let Some(node) = at {
            path.push(match node.segment {
                QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
                QueryPathSegment::Index(index) => PathSegment::Index(index),
            });
            at = node.parent;
        }
        path.reverse();
        Self { path: Some(path), ..self }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { cause: Arc::new(error.into()), path: None }
    }
}

/// The failure of a field at the root, as a client reads it.
pub(super) fn explain_one(failure: Failure, key: &str, at: Pos, request_id: &str) -> Vec<Problem> {
    let path = vec![PathSegment::Field(key.to_owned())];
    let error = async_graphql::Error::from(failure).into_server_error(at);
    explain(vec![ServerError { path, ..error }], request_id)
}

/// What a client may read.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

/// The errors of an answer, each with its code, and the causes that are ours in the log.
pub(super) fn explain(errors: Vec<ServerError>, request_id: &str) -> Vec<Problem> {
    let mut logged: Vec<Arc<Error>> = Vec::new();
    let problem = |error: ServerError| {
        let failure = error.source::<Failure>().cloned();
        let code = match failure.as_ref().map(|failure| &*failure.cause) {
            // What a custom scalar or a generated argument does not take.
            None | Some(Error::Argument { .. }) => Code::BadUserInput,
            Some(Error::Cursor { .. }) => Code::InvalidCursor,
            Some(Error::NotPublic(_)) => Code::CombinationNotPublic,
            Some(Error::Unauthenticated(_)) => Code::Unauthenticated,
            Some(Error::Forbidden(_)) => Code::Forbidden,
            Some(Error::Database(cause)) if was_ended(cause) => Code::Timeout,
            Some(Error::Database(_) | Error::Locked) => Code::ServiceUnavailable,
            Some(_) => Code::InternalServerError,
        };
        if let Some(Failure { cause, .. }) = &failure
            && code.is_ours()
            && !logged.iter().any(|known| Arc::ptr_eq(known, cause))
        {
            logged.push(Arc::clone(cause));
            tracing::error!(request.id = request_id, graphql.path = ?error.path, error.cause = ?cause, "a field could not be answered");
        }
        let problem = Problem::new(code, error.message);
        let request_id = code.is_ours().then(|| request_id.to_owned());
        Problem {
            locations: error
                .locations
                .iter()
                .map(|at| Location { line: at.line, column: at.column })
                .collect(),
            path: failure.and_then(|failure| failure.path).unwrap_or(error.path),
            extensions: ProblemExtensions { request_id, ..problem.extensions },
            message: problem.message,
        }
    };
    let mut problems: Vec<Problem> = errors.into_iter().map(problem).collect();
    // Fields fail in the order of their lookups; the same answer reads the same.
    problems.sort_by_cached_key(|problem| problem.path.iter().map(place).collect::<Vec<_>>());
    problems.truncate(MOST_ERRORS);
    problems
}

/// A step of a path, to sort by: places in lists by number, fields by name.
fn place(step: &PathSegment) -> (usize, String) {
    match step {
        PathSegment::Index(at) => (*at, String::new()),
        PathSegment::Field(name) => (usize::MAX, name.clone()),
    }
}
