//! Projects that may be the same one.

use std::cmp::Reverse;

use async_graphql::{Context, SimpleObject};
use rust_decimal::Decimal;

use super::context::Ask;
use super::failure::Answer;
use super::project::Project;
use super::scalars::Decimal as DecimalScalar;
use crate::domain::duplicates::{Profile, compare};
use crate::entities::{organisation, project};
use crate::store::decisions::RuledApart;
use crate::store::duplicates::{Alike, Registers};
use crate::store::page::Everything;
use crate::store::projects::{Aliases, Numbers};

/// A project that may be the same one.
#[derive(SimpleObject)]
pub(super) struct DuplicateCandidate {
    /// The other project.
    project: Project,
    /// How much speaks for it, from 0 to 1.
    score: DecimalScalar,
    /// What speaks for it.
    #[graphql(name = "for")]
    reasons_for: Vec<String>,
    /// What speaks against it.
    against: Vec<String>,
}

/// The projects that may be the same as one, the likeliest first.
pub(super) async fn of_project(
    ctx: &Context<'_>,
    project: &project::Model,
) -> Answer<Vec<DuplicateCandidate>> {
    let others = ctx.load(Everything::of(Alike), project.id).await?;
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let apart = ctx.load(RuledApart, project.id).await?;
    let own = profile(ctx, project).await?;
    let others = others.iter().filter(|other| apart.iter().all(|ruled| ruled.project_id != other.id));
    let own = &own;
    let compared = others.map(|other| async move {
        let candidate = compare(own, &profile(ctx, other).await?);
        Ok::<_, super::failure::Failure>(candidate.map(|candidate| (candidate, other)))
    });
    let mut found: Vec<_> =
        futures_util::future::try_join_all(compared).await?.into_iter().flatten().collect();
    found.sort_by_key(|(candidate, other)| (Reverse(candidate.score), other.sort_key.clone(), other.id));
    let candidate =
        |(candidate, other): (crate::domain::duplicates::Candidate, &project::Model)| DuplicateCandidate {
            project: Project(other.clone()),
            score: DecimalScalar(Decimal::new(i64::from(candidate.score), 2)),
            reasons_for: candidate.reasons_for,
            against: candidate.reasons_against,
        };
    Ok(found.into_iter().map(candidate).collect())
}

async fn profile(ctx: &Context<'_>, project: &project::Model) -> Answer<Profile> {
    let owner = async {
        match project.owner_id {
            Some(id) => Ok(ctx.find::<organisation::Entity>(id).await?.map(|owner| owner.legal_entity_id)),
            None => Ok(None),
        }
    };
    let (aliases, numbers, registers, owner) = futures_util::future::try_join4(
        ctx.load(Aliases, project.id),
        ctx.load(Numbers, project.id),
        ctx.load(Registers, project.id),
        owner,
    )
    .await?;
    Ok(Profile {
        names: std::iter::once(&project.name)
            .chain(aliases.iter().map(|alias| &alias.value))
            .cloned()
            .collect(),
        numbers: numbers.iter().map(|number| (number.scheme.clone(), number.number_key.clone())).collect(),
        owner,
        period: (project.starts_on, project.ends_on),
        registers: registers.iter().map(|register| register.source_id).collect(),
    })
}
