//! One box to search everything.

use async_graphql::{Context, Enum, Object, SimpleObject, Union};
use futures_util::future::try_join_all;

use super::connection::{PageArguments, PageInfo, cursor};
use super::context::Ask;
use super::directives::Lookup;
use super::failure::Answer;
use super::filter::{Place, Reading};
use super::funder::Funder;
use super::organisation::Organisation;
use super::project::Project;
use super::scalars::Decimal;
use crate::domain::collation::sort_key;
use crate::domain::words;
use crate::entities::search_entry::SearchKind;
use crate::entities::{funder, organisation, project};
use crate::store::page::Page;
use crate::store::search::{self, Hit, Search};

/// What a search may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "SearchKind")]
pub(super) enum SearchType {
    /// Projects.
    Project,
    /// Organisations and their units.
    Organisation,
    /// Funders.
    Funder,
}

/// Something that was found.
#[derive(Union)]
pub(super) enum SearchHit {
    /// A project.
    Project(Project),
    /// An organisation or a unit.
    Organisation(Organisation),
    /// A funder.
    Funder(Funder),
}

/// A page of what was found, what fits best first.
pub(super) struct SearchConnection {
    search: Search,
    words: Vec<String>,
    page: Page<Hit>,
}

impl SearchConnection {
    /// Searches.
    pub async fn find(
        ctx: &Context<'_>,
        text: &str,
        types: Vec<SearchType>,
        page: PageArguments,
    ) -> Answer<Self> {
        let request = page.check("search", &search::order())?;
        let place = Place::argument("text");
        let words = Reading::new(ctx.db()?, ctx.memo()?).words(text, &place).await?;
        let kinds = types.into_iter().map(SearchKind::from).collect();
        let search = Search { words, key: sort_key(text), kinds };
        let page = ctx.alone(search.page(ctx.db()?, &request)).await?;
        Ok(Self { search, words: words::words(text), page })
    }

    async fn hits(&self, ctx: &Context<'_>) -> Answer<Vec<SearchHit>> {
        let one = |hit: &Hit| {
            let (id, kind) = (hit.id, hit.kind);
            async move {
                Answer::Ok(match kind {
                    SearchKind::Project => SearchHit::Project(Project(ctx.one::<project::Entity>(id).await?)),
                    SearchKind::Organisation => {
                        SearchHit::Organisation(Organisation(ctx.one::<organisation::Entity>(id).await?))
                    }
                    SearchKind::Funder => SearchHit::Funder(Funder(ctx.one::<funder::Entity>(id).await?)),
                })
            }
        };
        try_join_all(self.page.rows.iter().map(|placed| one(&placed.row))).await
    }

    /// The name or number that has most of the words; of several the first.
    fn matched(&self, hit: &Hit) -> String {
        let fits = |line: &str| {
            let own = words::words(line);
            let has = |word: &&String| own.iter().any(|other| other.starts_with(word.as_str()));
            self.words.iter().filter(has).count()
        };
        let lines = hit.others.lines().filter(|line| !line.is_empty()).rev().chain([hit.title.as_str()]);
        // Of those that fit alike the last is taken, so the first goes last.
        lines.max_by_key(|line| fits(line)).unwrap_or_default().to_owned()
    }
}

/// A page of what was found, what fits best first.
#[Object]
impl SearchConnection {
    /// What was found, with cursors and how well it fits.
    async fn edges(&self, ctx: &Context<'_>) -> Answer<Vec<SearchEdge>> {
        let edge = |(placed, node): (&crate::store::page::Placed<Hit>, SearchHit)| SearchEdge {
            cursor: cursor("search", &placed.position),
            node,
            // One for the name itself, down to four tenths.
            score: Decimal(rust_decimal::Decimal::new(10 - 2 * placed.row.rank, 1)),
            matched: self.matched(&placed.row),
        };
        Ok(self.page.rows.iter().zip(self.hits(ctx).await?).map(edge).collect())
    }

    /// What was found.
    async fn nodes(&self, ctx: &Context<'_>) -> Answer<Vec<SearchHit>> {
        self.hits(ctx).await
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo::of(&self.page, |position| cursor("search", position))
    }

    /// How much was found; counted only if asked for.
    #[graphql(directive = Lookup::apply())]
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<i32> {
        Ok(super::aggregates::small(ctx.alone(self.search.count(ctx.db()?)).await?))
    }
}

/// Something that was found, and how well it fits.
#[derive(SimpleObject)]
pub(super) struct SearchEdge {
    /// Its place, for `after` and `before` of the same search.
    cursor: String,
    /// What was found.
    node: SearchHit,
    /// How well it fits: 1.0 the name itself, 0.8 the beginning of the name, 0.6 words of the name, 0.4 words of another
    /// name or of a number.
    score: Decimal,
    /// The name or number that fits.
    matched: String,
}
