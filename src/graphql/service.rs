//! The service itself.

use async_graphql::{Context, Object, SimpleObject};

use super::connection::LARGEST_PAGE;
use super::context::Ask;
use super::failure::Answer;
use super::scalars::DateTime;
use super::{MAX_COMPLEXITY, MAX_DEPTH};
use crate::store::database;

/// The service: its version, its data's version, and its limits.
pub(super) struct Service;

/// The service: its version, its data's version, and its limits.
#[Object]
impl Service {
    /// The program's version.
    async fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    /// Grows whenever the data change; the same value means the same answers.
    async fn data_version(&self, ctx: &Context<'_>) -> Answer<String> {
        Ok(ctx.alone(database::version(ctx.db()?)).await?.version.to_string())
    }

    /// When the data last changed; null before the first import.
    async fn updated_at(&self, ctx: &Context<'_>) -> Option<Answer<DateTime>> {
        let version = async { Ok(ctx.alone(database::version(ctx.db()?)).await?.updated_at.map(DateTime)) };
        version.await.transpose()
    }

    /// Under which licence the data may be used.
    async fn licence(&self) -> &str {
        "Facts from public sources; see the licence of each source."
    }

    /// What a request may ask for at most.
    async fn limits(&self) -> Limits {
        let int = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        Limits {
            depth: int(MAX_DEPTH),
            cost: int(MAX_COMPLEXITY),
            page_size: i32::try_from(LARGEST_PAGE).unwrap_or(i32::MAX),
        }
    }
}

/// What a request may ask for at most.
#[derive(SimpleObject)]
pub(super) struct Limits {
    /// Levels of nesting.
    depth: i32,
    /// Fields of the answer, with every page counted as full.
    cost: i32,
    /// Items of one page.
    page_size: i32,
}
