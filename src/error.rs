//! What can go wrong. What a variant displays is what the public may read; causes hang in `source()`.

use std::borrow::Cow;
use std::path::PathBuf;

use uuid::Uuid;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An argument of a question has a value that it cannot have.
    #[error("{argument}: {reason}")]
    Argument {
        /// The argument's name as in the schema, with the way to the field of an input object.
        argument: Cow<'static, str>,
        /// What is wrong with it.
        reason: String,
    },

    /// A cursor that this connection did not hand out.
    #[error("{argument}: not a cursor of this connection")]
    Cursor {
        /// `after` or `before`.
        argument: &'static str,
    },

    /// What participations are not counted by together.
    #[error(
        "dimension, crossedWith: {0} are not public together; public are EDUCATION with TARGET_GROUP, and each dimension by itself"
    )]
    NotPublic(String),

    /// A question that takes a key, asked without one.
    #[error("{0} takes a key: send it as Authorization: Bearer")]
    Unauthenticated(&'static str),

    /// A question that the key does not allow.
    #[error("{0}")]
    Forbidden(String),

    /// The database failed or did not answer.
    #[error("the database did not answer")]
    Database(#[from] sea_orm::DbErr),

    /// Another process writes, or another request does.
    #[error("the database is locked: another import or change is at work; try again when it is done")]
    Locked,

    /// The tables could not be brought up to date.
    #[error("the database could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),

    /// A row points at a row that is not there.
    #[error("the data are inconsistent")]
    Inconsistent {
        /// The table in which nothing was found.
        table: &'static str,
        /// The id that was looked for.
        id: Uuid,
    },

    /// A stored text is not what it must be.
    #[error("the data are inconsistent")]
    Unreadable {
        /// What could not be read.
        what: &'static str,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },

    /// A file could not be read, or holds what no file may hold.
    #[error("{}: {reason}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Line and reason, as a sentence.
        reason: String,
    },

    /// A setting or a command cannot be carried out; the sentence says why.
    #[error("{0}")]
    Refused(String),
}
