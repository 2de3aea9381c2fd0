//! Who may see more than everybody, and what they were shown: a database apart.

pub mod grants;
pub mod keys;
pub mod log;

use sea_orm::DatabaseConnection;

use super::{beside, database};
use crate::error::Result;

/// A database of keys, grants and the access log.
#[derive(Clone, Debug)]
pub struct Access(pub(super) DatabaseConnection);

/// Where it is beside a database: another file, or another schema.
#[must_use]
pub fn beside(url: &str) -> String {
    beside::beside(url, "access")
}

impl Access {
    /// Opens the database behind a URL, with its tables up to date.
    ///
    /// # Errors
    /// As [`database::open`] and [`database::migrate`].
    pub async fn open(url: &str) -> Result<Self> {
        Ok(Self(database::open_access(url).await?))
    }

    /// The connection, for pages of the log.
    #[must_use]
    pub fn connection(&self) -> &DatabaseConnection {
        &self.0
    }
}
