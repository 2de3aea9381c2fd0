//! The one thing that partners can change: they propose corrections.

use std::sync::atomic::Ordering;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::Utc;

use super::claim::{self, Claim, ProjectField};
use super::context::Ask;
use super::directives::{Items, Lookup};
use super::failure::Answer;
use super::node::Kind;
use crate::decide::{self, Correction, Objection, Proposed};
use crate::domain::scope::Scope;
use crate::error::Error;

/// What can be changed, by those who have a key that allows it.
pub struct Mutation;

/// What can be changed, by those who have a key that allows it.
#[Object]
impl Mutation {
    /// A partner's correction of a fact of a project that it takes part in. It becomes a claim like any other, with your
    /// organisation as its source: it is chosen by the same rule and stands beside what others say. It takes the scope
    /// `import:own`.
    #[graphql(directive = Lookup::apply())]
    async fn propose_correction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be corrected, and where that stands.")] input: ProposeCorrectionInput,
    ) -> Answer<ProposeCorrectionPayload> {
        let partner = ctx.partner().ok_or(Error::Unauthenticated("proposeCorrection"))?;
        partner.needs(Scope::ImportOwn)?;
        // Lookups of the request would show the second what was before the first.
        if partner.has_proposed.swap(true, Ordering::Relaxed) {
            let reason = "is the second of a request; send one correction a request".to_owned();
            return Err(Error::Argument { argument: "input".into(), reason }.into());
        }
        let ProposeCorrectionInput { client_mutation_id, project, field, value, source } = input;
        let answer = |claim, objection: Option<Objection>| ProposeCorrectionPayload {
            client_mutation_id: client_mutation_id.clone(),
            claim,
            user_errors: objection.map(UserError::of).into_iter().collect(),
        };
        let Some(project) = Kind::Project.read(&project) else {
            return Ok(answer(None, Some(Objection::NotOwn)));
        };
        let correction = Correction {
            organisation: partner.asker.viewer.organisation,
            mutation: client_mutation_id.clone(),
            project,
            field: field.into(),
            value,
            source,
        };
        let writer = partner.access.writer().await?;
        let proposed = Box::pin(ctx.alone(decide::propose(writer, &correction, Utc::now()))).await?;
        let statement = match proposed {
            Proposed::Claim(statement) => statement,
            Proposed::Objection(objection) => return Ok(answer(None, Some(objection))),
        };
        tracing::info!(access.actor = partner.asker.viewer.actor(), %statement, "a correction was proposed");
        let claims = Box::pin(claim::of_project(ctx, project)).await?;
        let claims = claims.into_iter().flat_map(|conflict| conflict.claims);
        let mut claims = claims.filter(|claim| claim.field == field && claim.statement.0.id == statement);
        Ok(answer(claims.next(), None))
    }
}

/// A correction of a fact.
#[derive(InputObject)]
pub(super) struct ProposeCorrectionInput {
    /// A name of your choosing for this proposal. The same again changes nothing and has the same answer, so that it can be
    /// sent again where no answer came.
    client_mutation_id: String,
    /// The global id of the project.
    project: ID,
    /// The fact.
    field: ProjectField,
    /// What it is: a date in EDTF such as `2026-08`, an amount such as `68,9 mkr` or `1 250 000 kr`, a county by
    /// its name or code. Numbers and owners are for the operator to change.
    value: String,
    /// Where that stands, such as a decision by its day and number. It becomes public.
    source: String,
}

/// What became of a correction.
#[derive(SimpleObject)]
pub(super) struct ProposeCorrectionPayload {
    /// The name that was given to the proposal.
    client_mutation_id: String,
    /// The claim that it is now, chosen or not; null where it is none.
    claim: Option<Claim>,
    /// Why it is none; empty where it is one.
    #[graphql(directive = Items::apply(1))]
    user_errors: Vec<UserError>,
}

/// Something that is wrong with what was given.
#[derive(SimpleObject)]
pub(super) struct UserError {
    /// The way to the field of the input that is wrong; null where it is the whole.
    field: Option<Vec<String>>,
    /// What is wrong, as a sentence.
    message: String,
    /// What is wrong, for programs: `INVALID`, `NOT_OWN`, `REUSED`, `WITHDRAWN` or `UNRESOLVABLE`.
    code: String,
}

impl UserError {
    fn of(objection: Objection) -> Self {
        let (field, message, code) = match objection {
            Objection::Invalid(field, reason) => (Some(field), format!("{field}: {reason}"), "INVALID"),
            Objection::NotOwn => {
                (Some("project"), "project: you take part in no such project".to_owned(), "NOT_OWN")
            }
            Objection::Reused => (
                Some("clientMutationId"),
                "clientMutationId: was used for another correction".to_owned(),
                "REUSED",
            ),
            Objection::Withdrawn => (
                Some("clientMutationId"),
                "clientMutationId: the operator has taken this correction back".to_owned(),
                "WITHDRAWN",
            ),
            Objection::Unresolvable => (
                None,
                "nothing tells that this is about the project and no other; ask the operator".to_owned(),
                "UNRESOLVABLE",
            ),
        };
        let field = field.map(|field| vec!["input".to_owned(), field.to_owned()]);
        Self { field, message, code: code.to_owned() }
    }
}
