//! Figures of results that sources have published themselves.

use async_graphql::{Context, Enum, Object};

use super::context::Ask;
use super::failure::Answer;
use super::money::Language;
use super::statement::Statement;
use crate::domain::outcomes::codes::SEXES;
use crate::entities::{reported_result, statement};

/// The sex that a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum Sex {
    /// Women.
    Women,
    /// Men.
    Men,
    /// Neither, where it is recorded.
    Other,
    /// Not stated.
    Unknown,
}

impl Sex {
    const ALL: [Self; 4] = [Self::Women, Self::Men, Self::Other, Self::Unknown];

    /// Its code where outcomes are published.
    pub fn code(self) -> &'static str {
        SEXES[Self::ALL.iter().position(|sex| *sex == self).unwrap_or_default()]
    }

    /// That with a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sex| sex.code() == code)
    }
}

/// A figure of results that a source has published, as it published it.
#[derive(Clone)]
pub(super) struct ReportedResult(pub reported_result::Model);

/// A figure of results that a source has published, as it published it.
#[Object]
impl ReportedResult {
    /// What is counted, such as `participants`.
    async fn measure(&self) -> &str {
        &self.0.measure
    }

    /// The measure in words.
    async fn label(&self, #[graphql(desc = "The language of the label.", default)] lang: Language) -> String {
        let (swedish, english) = match self.0.measure.as_str() {
            "participants" => ("deltagare", "participants"),
            "mentors" => ("mentorer", "mentors"),
            "completed" => ("avslutade", "completed"),
            "employment" => ("i arbete", "in employment"),
            "studies" => ("i studier", "in education or training"),
            "employment_or_studies" => ("i arbete eller studier", "in employment, education or training"),
            other => (other, other),
        };
        if lang == Language::Sv { swedish } else { english }.to_owned()
    }

    /// The sex that the figure is about; null where the source does not say.
    async fn sex(&self) -> Option<Sex> {
        match self.0.sex.as_deref() {
            Some("women") => Some(Sex::Women),
            Some("men") => Some(Sex::Men),
            _ => None,
        }
    }

    /// How many persons.
    async fn value(&self) -> i32 {
        self.0.value
    }

    /// The statement it stands in.
    async fn statement(&self, ctx: &Context<'_>) -> Answer<Statement> {
        Ok(Statement(ctx.one::<statement::Entity>(self.0.statement_id).await?))
    }
}
