//! Releases of participant outcomes.

use async_graphql::{ID, Object};

use super::connection::Listed;
use super::node::Kind;
use super::outcome::ProtectedCount;
use super::scalars::{Date, DateTime};
use crate::entities::release;

/// A release of participant outcomes: all published numbers are of one, and stay until the next.
#[derive(Clone)]
pub struct Release(pub release::Model);

impl Listed for Release {
    type Table = release::Entity;

    fn of(row: release::Model) -> Self {
        Self(row)
    }
}

/// A release of participant outcomes: all published numbers are of one, and stay until the next. A project and year is
/// rounded anew only where five participations or more have changed.
#[Object]
impl Release {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Release.id(self.0.id)
    }

    /// Its number, from 1.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The day as of which it was told who had left, and whose six months had passed.
    async fn as_of(&self) -> Date {
        Date(self.0.as_of)
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime {
        DateTime(self.0.made_at)
    }

    /// Whether it is the one that is public now.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// How many participations it publishes.
    async fn participations(&self) -> ProtectedCount {
        i64::from(self.0.participations).into()
    }

    /// SHA-256 of all its numbers, in hexadecimal.
    async fn digest(&self) -> &str {
        &self.0.digest
    }

    /// What was found by looking for what somebody could work out who knows the method.
    async fn audit(&self) -> &str {
        &self.0.audit
    }
}
