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
    /// Participations are not counted by these together, for anybody; the message names what is.
    CombinationNotPublic,
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

/// Whose fault an error is, in `extensions.classification`: for programs that do not know every code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Classification {
    /// The request's: it will fail again unless it is changed.
    BadRequest,
    /// Nobody's: who asks may not, or not now.
    Refused,
    /// The service's: the same request may be answered later.
    ServiceFailure,
}

impl Code {
    /// Whose fault it is.
    pub fn classification(self) -> Classification {
        match self {
            Self::Timeout | Self::ServiceUnavailable | Self::InternalServerError => {
                Classification::ServiceFailure
            }
            Self::Unauthenticated | Self::Forbidden | Self::RateLimited => Classification::Refused,
            _ => Classification::BadRequest,
        }
    }

    /// Whether the service is at fault.
    pub fn is_ours(self) -> bool {
        self.classification() == Classification::ServiceFailure
    }
}
