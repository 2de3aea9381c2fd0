//! The service itself.

use async_graphql::{Context, Object};

use super::connection::LARGEST_PAGE;
use super::context::Ask;
use super::document::Limits;
use super::failure::Answer;
use super::scalars::DateTime;
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
    async fn limits(&self, ctx: &Context<'_>) -> Answer<ServiceLimits> {
        Ok(ServiceLimits(ctx.limits()?.clone()))
    }
}

/// What a request may ask for at most.
pub(super) struct ServiceLimits(Limits);

/// What a request may ask for at most.
#[Object(name = "Limits")]
impl ServiceLimits {
    /// Levels of fields, those of introspection not counted.
    async fn depth(&self) -> i32 {
        int(self.0.depth)
    }

    /// What a request may cost: fields and lookups, with every page and list counted as full; see `@cost` and
    /// `@listSize`.
    async fn cost(&self) -> i32 {
        int(self.0.cost)
    }

    /// Lexical tokens of the document.
    async fn tokens(&self) -> i32 {
        int(self.0.tokens)
    }

    /// Selections, with every fragment counted wherever it is spread.
    async fn selections(&self) -> i32 {
        int(self.0.selections)
    }

    /// Fields at the root of an operation.
    async fn root_fields(&self) -> i32 {
        int(self.0.root_fields)
    }

    /// Aliases written in the document.
    async fn aliases(&self) -> i32 {
        int(self.0.aliases)
    }

    /// Directives written in the document.
    async fn directives(&self) -> i32 {
        int(self.0.directives)
    }

    /// Items of one page.
    async fn page_size(&self) -> i32 {
        int(LARGEST_PAGE)
    }
}

fn int<N: TryInto<i32>>(number: N) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}
