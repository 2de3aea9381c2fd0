//! What groups of outcomes are of.

use async_graphql::{Context, Object};

use crate::domain::outcomes::design::Dimension;
use crate::entities::{funder, project};
use crate::graphql::context::Ask;
use crate::graphql::failure::Answer;
use crate::graphql::funder::Funder;
use crate::graphql::money::Language;
use crate::graphql::outcome_table::Key;
use crate::graphql::project::Project;
use crate::graphql::region::Region;
use crate::graphql::result::Sex;

/// What a group is of. What was not asked for is null.
pub(in crate::graphql) struct OutcomeKey {
    pub key: Key,
    pub dimensions: [Option<Dimension>; 2],
}

/// What a group is of. What was not asked for is null.
#[Object]
impl OutcomeKey {
    /// The project; null too where it is no more.
    async fn project(&self, ctx: &Context<'_>) -> Option<Answer<Project>> {
        let row = ctx.find::<project::Entity>(self.key.project?).await;
        Some(row.transpose()?.map(Project))
    }

    /// The funder; null too for projects of which none is known.
    async fn funder(&self, ctx: &Context<'_>) -> Option<Answer<Funder>> {
        let row = ctx.find::<funder::Entity>(self.key.funder?).await;
        Some(row.transpose()?.map(Funder))
    }

    /// The county; null too for projects of which none is known.
    async fn region(&self) -> Option<Region> {
        Region::find(self.key.region.as_deref())
    }

    /// The year of enrolment.
    async fn period(&self) -> Option<i32> {
        self.key.period
    }

    /// The sex.
    async fn sex(&self) -> Option<Sex> {
        self.key.sex.and_then(Sex::of)
    }

    /// The code of the dimension, such as `WORK`. Besides its own codes, each dimension has `UNKNOWN` for what is not
    /// stated and `ANONYMOUS` for those without consent or with protected identity.
    async fn code(&self) -> Option<&str> {
        self.key.code
    }

    /// The code in words.
    async fn label(
        &self,
        #[graphql(desc = "The language of the label.", default)] lang: Language,
    ) -> Option<&str> {
        label(self.dimensions[0], self.key.code, lang)
    }

    /// The code of the dimension that it is crossed with.
    async fn crossed_code(&self) -> Option<&str> {
        self.key.crossed_code
    }

    /// That code in words.
    async fn crossed_label(
        &self,
        #[graphql(desc = "The language of the label.", default)] lang: Language,
    ) -> Option<&str> {
        label(self.dimensions[1], self.key.crossed_code, lang)
    }
}

pub(super) fn label(
    dimension: Option<Dimension>,
    code: Option<&'static str>,
    lang: Language,
) -> Option<&'static str> {
    let (swedish, english) = dimension?.field().label(code?)?;
    Some(if lang == Language::Sv { swedish } else { english })
}
