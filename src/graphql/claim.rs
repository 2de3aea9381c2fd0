//! What each source claims, which claim was chosen, and why.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, SimpleObject};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::context::Ask;
use super::failure::Answer;
use super::statement::Statement;
use crate::domain::claims::{self, Reason, Said, Value};
use crate::domain::field::Field;
use crate::domain::statement::AmountKind;
use crate::entities::{organisation, source};
use crate::resolve;
use crate::store::decisions::{Choices, FoundToBe};
use crate::store::page::Everything;
use crate::store::statements;

/// A fact of a project that sources may state differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum ProjectField {
    /// The name.
    Name,
    /// The funder's case number.
    Number,
    /// When it starts.
    PeriodStart,
    /// When it ends.
    PeriodEnd,
    /// The legal entity that owns it.
    Owner,
    /// The whole budget.
    TotalBudget,
    /// What was applied for.
    Applied,
    /// What the fund granted, national co-financing included.
    Granted,
    /// What the European Union pays.
    EuSupport,
    /// What the owner and its partners pay themselves, in money.
    CoFinancing,
    /// Contributions in kind.
    InKind,
    /// Compensation paid to participants.
    ParticipantCompensation,
    /// What has been paid out.
    Paid,
    /// Participants it planned for.
    PlannedParticipants,
    /// Specific objective of the fund's programme.
    SpecificObjective,
    /// Region, as sources write it.
    Region,
    /// Day of the decision to fund it.
    DecidedOn,
}

impl From<ProjectField> for Field {
    fn from(field: ProjectField) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|own| ProjectField::from(*own) == field).unwrap_or(Self::Name)
    }
}

impl From<Field> for ProjectField {
    fn from(field: Field) -> Self {
        match field {
            Field::Name => Self::Name,
            Field::Number => Self::Number,
            Field::PeriodStart => Self::PeriodStart,
            Field::PeriodEnd => Self::PeriodEnd,
            Field::Owner => Self::Owner,
            Field::Amount(AmountKind::TotalBudget) => Self::TotalBudget,
            Field::Amount(AmountKind::Applied) => Self::Applied,
            Field::Amount(AmountKind::Granted) => Self::Granted,
            Field::Amount(AmountKind::EuSupport) => Self::EuSupport,
            Field::Amount(AmountKind::CoFinancing) => Self::CoFinancing,
            Field::Amount(AmountKind::InKind) => Self::InKind,
            Field::Amount(AmountKind::ParticipantCompensation) => Self::ParticipantCompensation,
            Field::Amount(AmountKind::Paid) => Self::Paid,
            Field::PlannedParticipants => Self::PlannedParticipants,
            Field::SpecificObjective => Self::SpecificObjective,
            Field::Region => Self::Region,
            Field::DecidedOn => Self::DecidedOn,
        }
    }
}

/// Why a value was chosen among those that sources state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum ChoiceReason {
    /// An operator decided so.
    Decided,
    /// Its source ranks highest: the fund's register, then the owner's own record, a partnership's list of decisions, a partner, the press.
    SourceRank,
    /// Of sources that rank alike it is the most precise.
    Precision,
    /// Of sources that rank alike and are as precise it is the newest: published last, or else imported last.
    Recency,
    /// No source says anything else: it stands alone, or the others agree with it within their precision.
    OnlyClaim,
}

/// What one source says of one field of a project.
#[derive(Clone, SimpleObject)]
pub(super) struct Claim {
    /// The field.
    pub field: ProjectField,
    /// The value as text: dates in EDTF, amounts as a decimal with their currency, an owner by its legal entity's name.
    value: String,
    /// Whether it is the value that the project shows.
    chosen: bool,
    /// Why it was chosen; null where it was not.
    reason: Option<ChoiceReason>,
    /// The statement that makes the claim.
    pub statement: Statement,
}

/// A field with the claims that sources make for it; those of a project's `conflicts` disagree beyond their precision.
#[derive(Clone, SimpleObject)]
pub(super) struct Conflict {
    /// The field.
    pub field: ProjectField,
    /// The claims, the chosen one first.
    pub claims: Vec<Claim>,
    #[graphql(skip)]
    pub disagree: bool,
}

/// All claims that sources make of a project, field by field.
pub(super) async fn of_project(ctx: &Context<'_>, project: Uuid) -> Answer<Vec<Conflict>> {
    let rows = ctx.load(Everything::of(statements::OfProject), project).await?;
    let sources = ctx.all::<source::Entity>(rows.iter().map(|row| row.source_id)).await?;
    let publisher = |source: &source::Model| {
        let id = source.publisher_id;
        async move {
            match id {
                Some(id) => ctx.find::<organisation::Entity>(id).await,
                None => Ok(None),
            }
        }
    };
    let publishers = try_join_all(sources.iter().map(publisher)).await?;
    let mut read = Vec::with_capacity(rows.len());
    for ((row, source), publisher) in rows.iter().zip(sources).zip(publishers) {
        let statement = resolve::read(&row.body)?;
        let mut owner = resolve::owner(&statement, publisher.as_ref());
        if let Some((id, name)) = &mut owner
            && let Some(found) = ctx.load(FoundToBe, *id).await?.first()
        {
            (*id, *name) = (found.id, found.name.clone());
        }
        let choices = ctx.load(Choices, row.id).await?;
        let decided: Vec<(Field, i64)> =
            choices.iter().filter_map(|c| Some((Field::by_name(&c.field)?, c.sequence))).collect();
        read.push((row, source, statement, owner, decided));
    }
    let said: Vec<Said<'_>> = read
        .iter()
        .map(|(row, source, statement, owner, decided)| {
            let (rank, dated) = resolve::standing(source);
            Said {
                id: row.id,
                rank,
                dated,
                recorded: &row.sort_key,
                statement,
                owner: owner.as_ref().map(|(id, name)| (*id, name.as_str())),
                decided,
            }
        })
        .collect();
    let by_id: BTreeMap<Uuid, &crate::entities::statement::Model> =
        rows.iter().map(|row| (row.id, row)).collect();
    let claim = |field: ProjectField, claim: claims::Claim| {
        Some(Claim {
            field,
            value: text(&claim.value),
            chosen: claim.chosen,
            reason: claim.reason.map(reason),
            statement: Statement((*by_id.get(&claim.statement)?).clone()),
        })
    };
    let group = |group: claims::FieldClaims| {
        let field = ProjectField::from(group.field);
        let claims = group.claims.into_iter().filter_map(|c| claim(field, c)).collect();
        Conflict { field, claims, disagree: group.conflict }
    };
    Ok(claims::claims(&said).into_iter().map(group).collect())
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Place(_, text) => text.clone(),
        Value::Date(edge) => edge.to_string(),
        Value::Money { currency, minor, .. } => {
            format!("{} {currency}", rust_decimal::Decimal::new(*minor, 2))
        }
        Value::Count(count) => count.to_string(),
        Value::Organisation(_, name) => name.clone(),
    }
}

fn reason(reason: Reason) -> ChoiceReason {
    match reason {
        Reason::Decided => ChoiceReason::Decided,
        Reason::SourceRank => ChoiceReason::SourceRank,
        Reason::Precision => ChoiceReason::Precision,
        Reason::Recency => ChoiceReason::Recency,
        Reason::OnlyClaim => ChoiceReason::OnlyClaim,
    }
}
