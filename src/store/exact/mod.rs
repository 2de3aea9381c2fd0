//! What is exact, person by person: a database apart, which nothing that answers the public opens.

pub mod deliveries;
pub mod indicators;
pub mod participations;
pub mod rounded;

use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::{database, transaction};
use crate::error::Result;

/// A database of exact rows.
///
/// It gives no connection away: who reads rows goes through functions that ask for a [`Viewer`].
pub struct Exact(DatabaseConnection);

/// A transaction in it that is the only one to write.
pub struct Writing(DatabaseTransaction);

/// Somebody who may read exact rows. There is no other way to them than to have one.
#[derive(Debug)]
pub struct Viewer(());

impl Viewer {
    /// The operator, who has the database and the secret anyway: for commands, never for requests.
    #[must_use]
    pub fn operator() -> Self {
        Self(())
    }
}

/// How a URL says in which schema to look.
const SCHEMA: &str = "search_path%3D";

/// Where exact rows are kept beside a database: another file, or another schema.
#[must_use]
pub fn beside(url: &str) -> String {
    if url.starts_with("sqlite:") {
        let (file, options) =
            url.split_once('?').map_or((url, None), |(file, options)| (file, Some(options)));
        let stem = file.strip_suffix(".db").unwrap_or(file);
        let beside = if file.contains(":memory:") { file.to_owned() } else { format!("{stem}.exact.db") };
        return options.map_or(beside.clone(), |options| format!("{beside}?{options}"));
    }
    if let Some(at) = url.find(SCHEMA) {
        let from = at + SCHEMA.len();
        let end = url[from..].find(['&', '%', ',']).map_or(url.len(), |end| from + end);
        return format!("{}_exact{}", &url[..end], &url[end..]);
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c{SCHEMA}exact")
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
        match work(&tx).await {
            Ok(done) => {
                tx.0.commit().await?;
                Ok(done)
            }
            Err(cause) => {
                transaction::give_up(tx.0).await;
                Err(cause)
            }
        }
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

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn exact_rows_stand_beside_the_public_ones() {
        for (url, expected) in [
            ("sqlite://samverkan.db", "sqlite://samverkan.exact.db"),
            ("sqlite:///var/lib/a/b.db?mode=rwc", "sqlite:///var/lib/a/b.exact.db?mode=rwc"),
            ("sqlite://data", "sqlite://data.exact.db"),
            ("postgres://a@b/c", "postgres://a@b/c?options=-csearch_path%3Dexact"),
            (
                "postgres://a@b/c?sslmode=require",
                "postgres://a@b/c?sslmode=require&options=-csearch_path%3Dexact",
            ),
            (
                "postgres://a@b/c?options=-csearch_path%3Dtest_1&x=y",
                "postgres://a@b/c?options=-csearch_path%3Dtest_1_exact&x=y",
            ),
        ] {
            assert_eq!(beside(url), expected);
        }
    }
}
