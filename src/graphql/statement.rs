//! What one source says of one project.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::connection::Listed;
use super::context::Ask;
use super::directives::Items;
use super::failure::Answer;
use super::money::Award;
use super::node::Kind;
use super::period::Period;
use super::project::Project;
use super::source::Source;
use crate::domain;
use crate::entities::source_warning::WarningCode;
use crate::entities::statement::{self, MatchRule};
use crate::entities::{project, source};
use crate::resolve;
use crate::store::awards;
use crate::store::page::Everything;

/// What one source says of one project.
#[derive(Clone)]
pub struct Statement(pub statement::Model);

impl Listed for Statement {
    type Table = statement::Entity;

    fn of(row: statement::Model) -> Self {
        Self(row)
    }
}

impl Statement {
    fn said(&self) -> Answer<domain::statement::Statement> {
        Ok(resolve::read(&self.0.body)?)
    }
}

fn party(party: domain::statement::Party) -> String {
    match party.unit {
        Some(unit) => format!("{}, {unit}", party.name),
        None => party.name,
    }
}

/// What one source says of one project.
#[Object]
impl Statement {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Statement.id(self.0.id)
    }

    /// The source it stands in.
    async fn source(&self, ctx: &Context<'_>) -> Answer<Source> {
        Ok(Source(ctx.one::<source::Entity>(self.0.source_id).await?))
    }

    /// Line in the source, from 1.
    async fn line(&self) -> i32 {
        self.0.line
    }

    /// The project's name as the source writes it.
    async fn name(&self) -> Option<Answer<String>> {
        self.said().map(|said| said.name).transpose()
    }

    /// The project's number as the source writes it.
    async fn number(&self) -> Option<Answer<String>> {
        self.said().map(|said| said.project_number).transpose()
    }

    /// When the project runs by this source.
    async fn period(&self) -> Option<Answer<Period>> {
        self.said().map(|said| said.period.as_deref().and_then(Period::read)).transpose()
    }

    /// The amounts that it states.
    #[graphql(directive = Items::apply(5))]
    async fn awards(&self, ctx: &Context<'_>) -> Answer<Vec<Award>> {
        let rows = ctx.load(Everything::of(awards::OfStatement), self.0.id).await?;
        Ok(rows.iter().cloned().map(Award).collect())
    }

    /// How many participants the project planned for by this source.
    async fn planned_participants(&self) -> Option<Answer<i32>> {
        let planned = self.said().map(|said| said.planned_participants.and_then(|n| i32::try_from(n).ok()));
        planned.transpose()
    }

    /// The owner as the source names it, with the unit after a comma.
    async fn owner_name(&self) -> Option<Answer<String>> {
        self.said().map(|said| said.owner.map(party)).transpose()
    }

    /// The partners as the source names them, those included that are described but not named.
    async fn partner_names(&self) -> Answer<Vec<String>> {
        Ok(self.said()?.partners.into_iter().map(party).collect())
    }

    /// The project that it was resolved to.
    async fn project(&self, ctx: &Context<'_>) -> Option<Answer<Project>> {
        Some(ctx.one::<project::Entity>(self.0.project_id?).await.map(Project))
    }

    /// The rule that joined it to its project.
    async fn matched_by(&self) -> MatchRule {
        self.0.matched_by
    }

    /// What could not be read, or reads strangely.
    async fn warnings(&self) -> Answer<Vec<StatementWarning>> {
        let warning = |w: domain::statement::Warning| StatementWarning {
            code: w.code.into(),
            line: w.line.map(resolve::line),
            text: w.text,
        };
        Ok(self.said()?.warnings.into_iter().map(warning).collect())
    }
}

/// Something in a source that was left out or deserves a look.
#[derive(SimpleObject)]
pub(super) struct StatementWarning {
    /// What kind of trouble.
    code: WarningCode,
    /// Line in the source, from 1.
    line: Option<i32>,
    /// The words in question.
    text: Option<String>,
}
