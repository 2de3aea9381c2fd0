//! The codes of errors: a closed set, for programs to act on.

use serde::Serialize;

/// What kind of error it is, in `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The document is no GraphQL.
    GraphqlParseFailed,
    /// The document asks for what the schema does not have, or in a way that it does not allow.
    GraphqlValidationFailed,
    /// The document has no operation of the name that was asked for, or several and none was named.
    OperationResolutionFailure,
    /// A variable, an argument or a part of the HTTP request has a value that it cannot have.
    BadUserInput,
    /// A cursor that this list did not hand out.
    InvalidCursor,
    /// The document, or the answer it asks for, is larger than this service allows.
    CostLimitExceeded,
    /// The document with this hash or id is not known here; send it in full.
    PersistedQueryNotFound,
    /// A key is needed, or the key that was given is not valid.
    Unauthenticated,
    /// You may not do this.
    Forbidden,
    /// You have asked for more than your share; `Retry-After` says when to come back.
    RateLimited,
    /// The answer took too long.
    Timeout,
    /// The database did not answer, or the service has too much to do; try again.
    ServiceUnavailable,
    /// Something is wrong with the service. Its log has the cause under the request's id.
    InternalServerError,
}

impl Code {
    /// Whether the service is at fault, not the request.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Timeout | Self::ServiceUnavailable | Self::InternalServerError)
    }
}
