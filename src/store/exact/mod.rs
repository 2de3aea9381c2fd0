//! What is exact, person by person: a database apart, which nothing that answers the public opens.

pub mod deliveries;
pub mod indicators;
pub mod participations;
pub mod rounded;

use std::collections::BTreeSet;

use sea_orm::DatabaseConnection;

use super::transaction::{self, WriteTransaction};
use super::{beside, database};
use crate::error::Result;

/// A database of exact rows.
///
/// It gives no connection away: who reads rows goes through functions that ask for a [`Viewer`].
#[derive(Debug)]
pub struct Exact(DatabaseConnection);

/// A transaction in it that is the only one to write.
pub struct Writing(WriteTransaction);

/// Somebody who may read exact rows. There is no other way to them than to have one.
#[derive(Debug)]
pub struct Viewer(May);

/// Which rows.
#[derive(Debug)]
enum May {
    All,
    /// Those of projects with these numbers, as they are compared.
    Some(BTreeSet<String>),
}

impl Viewer {
    /// The operator, who has the database and the secret anyway: for commands, never for requests.
    #[must_use]
    pub fn operator() -> Self {
        Self(May::All)
    }

    /// Who was granted projects with some numbers, as they are compared, and no others.
    #[must_use]
    pub fn granted(numbers: BTreeSet<String>) -> Self {
        Self(May::Some(numbers))
    }

    /// Those among some numbers whose rows may be read.
    fn among(&self, numbers: &[String]) -> Vec<String> {
        let may = |number: &&String| match &self.0 {
            May::All => true,
            May::Some(granted) => granted.contains(*number),
        };
        numbers.iter().filter(may).cloned().collect()
    }
}

/// Where exact rows are kept beside a database: another file, or another schema.
#[must_use]
pub fn beside(url: &str) -> String {
    beside::beside(url, "exact")
}

impl Exact {
    /// Opens the database behind a URL, with its tables up to date.
    ///
    /// # Errors
    /// As [`database::open`] and [`database::migrate`].
    pub async fn open(url: &str) -> Result<Self> {
        Ok(Self(database::open_exact(url).await?))
    }

    /// Does some work in a transaction that is the only one to write: all of it, or nothing if it fails.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] where another is at work, and what the work fails with.
    pub async fn write<T>(&self, work: impl AsyncFnOnce(&Writing) -> Result<T>) -> Result<T> {
        let tx = Writing(transaction::begin_on(&self.0, "delivery").await?);
        let done = work(&tx).await;
        transaction::end(tx.0, done).await
    }

    /// Does some work and takes it back.
    ///
    /// # Errors
    /// As [`Exact::write`].
    pub async fn try_out<T>(&self, work: impl AsyncFnOnce(&Writing) -> Result<T>) -> Result<T> {
        let tx = Writing(transaction::begin_on(&self.0, "delivery").await?);
        let done = work(&tx).await;
        transaction::give_up(tx.0).await;
        done
    }

    /// Closes it.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if it fails.
    pub async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}
