//! What a client learns of a failure: a sentence and a code. Causes go to the log, once.

use std::fmt;
use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Response};

use crate::error::Error;

/// The result of a resolver.
pub(super) type Answer<T> = Result<T, Failure>;

/// An error on its way to a client. It is shared by all fields that waited for the same lookup.
#[derive(Clone, Debug)]
pub(super) struct Failure(pub Arc<Error>);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

/// What a client may read.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Gives every error its code, and logs the causes that are ours.
pub(super) fn explain(response: &mut Response) {
    let mut logged: Vec<Arc<Error>> = Vec::new();
    for error in &mut response.errors {
        let Some(Failure(cause)) = error.source::<Failure>() else { continue };
        let cause = Arc::clone(cause);
        let code = match *cause {
            Error::Argument { .. } => "BAD_USER_INPUT",
            Error::Cursor { .. } => "INVALID_CURSOR",
            Error::Database(_) => "SERVICE_UNAVAILABLE",
            _ => "INTERNAL_SERVER_ERROR",
        };
        let ours = !matches!(code, "BAD_USER_INPUT" | "INVALID_CURSOR");
        if ours && !logged.iter().any(|known| Arc::ptr_eq(known, &cause)) {
            logged.push(Arc::clone(&cause));
            tracing::error!(graphql.path = ?error.path, error.cause = ?cause, "a field could not be answered");
        }
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            extensions.set("code", code);
        }
    }
}
