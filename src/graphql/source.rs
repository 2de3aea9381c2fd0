//! The documents and files that were read.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::claim::ProjectField;
use super::connection::{Connection, Listed, PageArguments};
use super::context::Ask;
use super::directives::{Items, PageSize};
use super::failure::Answer;
use super::node::Kind;
use super::organisation::Organisation;
use super::scalars::{Date, DateTime};
use super::statement::Statement;
use crate::domain::field::Field;
use crate::entities::source_warning::WarningCode;
use crate::entities::statement::MatchRule;
use crate::entities::{organisation, source, source_field, source_refusal};
use crate::store::sources::{Filled, Matches, Refusals, Warnings};
use crate::store::statements;

/// A document or file as it was obtained. Its bytes are not kept.
#[derive(Clone)]
pub struct Source(pub source::Model);

impl Listed for Source {
    type Table = source::Entity;

    fn of(row: source::Model) -> Self {
        Self(row)
    }
}

/// A document or file as it was obtained. Its bytes are not kept.
#[Object]
impl Source {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Source.id(self.0.id)
    }

    /// The document's title, or the file's name where it has none.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Who published it; null where not known.
    async fn publisher(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        Some(ctx.one::<organisation::Entity>(self.0.publisher_id?).await.map(Organisation))
    }

    /// The format that read it, such as `project-bank` or `board-annex`.
    async fn format(&self) -> &str {
        &self.0.format
    }

    /// Where it was found; null where not known.
    async fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// When it was published, where it says.
    async fn published_on(&self) -> Option<Date> {
        self.0.published_on.map(Date)
    }

    /// When it was imported here.
    async fn obtained_on(&self) -> Date {
        Date(self.0.obtained_on)
    }

    /// When an operator took it back; null where it is in force. What was taken back stays on record and has no effect.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.0.withdrawn_at.map(DateTime)
    }

    /// Whether a newer edition speaks in its place. It stays on record and has no effect while that one is in force.
    async fn superseded(&self) -> bool {
        self.0.superseded_by_id.is_some()
    }

    /// The newer edition that took its place; null where there is none.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Option<Answer<Source>> {
        Some(ctx.one::<source::Entity>(self.0.superseded_by_id?).await.map(Source))
    }

    /// Under which licence it may be used; null where not known.
    async fn licence(&self) -> Option<&str> {
        self.0.licence.as_deref()
    }

    /// SHA-256 of its bytes, in hexadecimal: what tells one file from another.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// What it says, in its own order.
    #[graphql(directive = PageSize::apply())]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Statement>> {
        Box::pin(Connection::of_parent(
            ctx,
            statements::OfSource,
            self.0.id,
            PageArguments { first, after, last, before },
        ))
        .await
    }

    /// What was read of it, refused and warned of.
    async fn quality(&self) -> SourceQuality {
        SourceQuality(self.0.clone())
    }
}

/// What was read of a source, refused and warned of.
pub(super) struct SourceQuality(source::Model);

/// What was read of a source, refused and warned of.
#[Object]
impl SourceQuality {
    /// How many rows, or parts about one project, were read: those that became statements and those that were refused.
    async fn rows(&self) -> i32 {
        self.0.row_count
    }

    /// How many lines the file has.
    async fn lines(&self) -> i32 {
        self.0.lines
    }

    /// How many statements were read of it.
    async fn statements(&self) -> i32 {
        self.0.statements
    }

    /// Rows that could not be used, by line.
    #[graphql(directive = Items::apply(20))]
    async fn refused(&self, ctx: &Context<'_>) -> Answer<Vec<Refusal>> {
        let refusal = |row: &source_refusal::Model| Refusal { line: row.line, reason: row.reason.clone() };
        Ok(ctx.load(Refusals, self.0.id).await?.iter().map(refusal).collect())
    }

    /// How often each kind of trouble was met.
    async fn warnings(&self, ctx: &Context<'_>) -> Answer<Vec<WarningCount>> {
        let rows = ctx.load(Warnings, self.0.id).await?;
        Ok(rows.iter().map(|row| WarningCount { code: row.code, count: int(row.count) }).collect())
    }

    /// How many of its statements name an owner by organisationsnummer.
    async fn with_organisation_number(&self) -> i32 {
        self.0.with_organisation_number
    }

    /// How many of its statements state parts that exceed the whole they are parts of.
    async fn not_adding_up(&self, ctx: &Context<'_>) -> Answer<i32> {
        let rows = ctx.load(Warnings, self.0.id).await?;
        let found = rows.iter().find(|row| row.code == WarningCode::NotAddingUp);
        Ok(found.map_or(0, |row| int(row.count)))
    }

    /// How many of its statements say something of each field, for those fields that any does.
    #[graphql(directive = Items::apply(10))]
    async fn filled(&self, ctx: &Context<'_>) -> Answer<Vec<FieldCount>> {
        let rows = ctx.load(Filled, self.0.id).await?;
        let count = |row: &source_field::Model| {
            Some(FieldCount { field: Field::by_name(&row.field)?.into(), count: row.filled })
        };
        Ok(rows.iter().filter_map(count).collect())
    }

    /// How many days old it was when it was imported; null where it does not say when it was published.
    async fn days_old(&self) -> Option<i32> {
        let days = (self.0.obtained_on - self.0.published_on?).num_days();
        i32::try_from(days).ok()
    }

    /// How many names, e-mails and phone numbers of contact persons were left out.
    async fn personal_details_left_out(&self) -> i32 {
        self.0.personal_details
    }

    /// How many of its statements each rule of resolution joined to their project.
    async fn matched_by(&self, ctx: &Context<'_>) -> Answer<Vec<MatchCount>> {
        let rows = ctx.load(Matches, self.0.id).await?;
        Ok(rows.iter().map(|row| MatchCount { rule: row.matched_by, count: int(row.count) }).collect())
    }
}

fn int(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A row of a source that could not be used.
#[derive(SimpleObject)]
pub(super) struct Refusal {
    /// Line in the source, from 1.
    line: Option<i32>,
    /// Why, as a sentence.
    reason: String,
}

/// How often one kind of trouble was met.
#[derive(SimpleObject)]
pub(super) struct WarningCount {
    /// The kind.
    code: WarningCode,
    /// How often.
    count: i32,
}

/// How many statements say something of a field.
#[derive(SimpleObject)]
pub(super) struct FieldCount {
    /// The field.
    field: ProjectField,
    /// How many statements.
    count: i32,
}

/// How many statements one rule of resolution joined.
#[derive(SimpleObject)]
pub(super) struct MatchCount {
    /// The rule.
    rule: MatchRule,
    /// How many statements.
    count: i32,
}
