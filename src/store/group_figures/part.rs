//! Reading all projects and what stands around them, some at a time, in the order of their ids.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::made::{Figures, Partner, Told};
use crate::entities::award::AmountKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{partnership, project, project_amount, project_funder};
use crate::error::Result;

/// How many projects are looked at together.
const AT_ONCE: u64 = 5_000;

/// What the row of a project tells.
type Project =
    (Uuid, Option<String>, Option<NaiveDate>, Option<NaiveDate>, Option<String>, Option<Uuid>, Option<i32>);

/// Some projects, in the order of their ids, with what stands around them.
pub(super) struct Part {
    /// The last id.
    pub last: Uuid,
    projects: Vec<Project>,
    funders: Beside<Uuid>,
    amounts: Beside<(AmountKind, String, i64)>,
    partners: Beside<Partner>,
}

impl Part {
    /// The next projects after an id, where there are any.
    pub async fn after(db: &impl ConnectionTrait, from: Uuid) -> Result<Option<Self>> {
        let projects = projects(db, from).await?;
        let Some(last) = projects.last().map(|(last, ..)| *last) else { return Ok(None) };
        Ok(Some(Self {
            last,
            projects,
            funders: Beside::of(paid(db, from, last).await?),
            amounts: Beside::of(amounts(db, from, last).await?),
            partners: Beside::of(partners(db, from, last).await?),
        }))
    }

    /// Adds them to the figures.
    pub fn count(self, figures: &mut Figures) {
        let Self { projects, mut funders, mut amounts, mut partners, .. } = self;
        for (id, region, starts_on, ends_on, objective, owner, planned) in projects {
            let amounts: Vec<(AmountKind, String, i64)> = amounts.of_project(id).collect();
            figures.add(&Told {
                region: region.as_deref(),
                starts_on,
                ends_on,
                objective: objective.as_deref(),
                owner,
                planned,
                funders: funders.of_project(id).collect(),
                amounts: amounts.iter().map(|(kind, currency, minor)| (*kind, &**currency, *minor)).collect(),
                partners: partners.of_project(id).collect(),
            });
        }
    }
}

/// Rows beside projects, in the order of these.
struct Beside<T>(std::iter::Peekable<std::vec::IntoIter<(Uuid, T)>>);

impl<T> Beside<T> {
    fn of(rows: Vec<(Uuid, T)>) -> Self {
        Self(rows.into_iter().peekable())
    }

    /// Those of the next project.
    fn of_project(&mut self, id: Uuid) -> impl Iterator<Item = T> {
        std::iter::from_fn(move || self.0.next_if(|(project, _)| *project == id).map(|(_, row)| row))
    }
}

async fn projects(db: &impl ConnectionTrait, after: Uuid) -> Result<Vec<Project>> {
    use project::Column as P;
    let columns = [
        P::Id,
        P::RegionCode,
        P::StartsOn,
        P::EndsOn,
        P::SpecificObjective,
        P::OwnerId,
        P::PlannedParticipants,
    ];
    let rows = project::Entity::find().select_only().columns(columns).filter(P::Id.gt(after));
    Ok(rows.order_by_asc(P::Id).limit(AT_ONCE).into_tuple().all(db).await?)
}

async fn paid(db: &impl ConnectionTrait, after: Uuid, to: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    use project_funder::Column::{FunderId, ProjectId};
    let rows = project_funder::Entity::find().select_only().columns([ProjectId, FunderId]);
    let rows = rows.filter(ProjectId.gt(after)).filter(ProjectId.lte(to)).order_by_asc(ProjectId);
    Ok(rows.into_tuple().all(db).await?)
}

async fn amounts(
    db: &impl ConnectionTrait,
    after: Uuid,
    to: Uuid,
) -> Result<Vec<(Uuid, (AmountKind, String, i64))>> {
    use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
    let rows = project_amount::Entity::find().select_only().columns([ProjectId, Kind, Currency, AmountMinor]);
    let rows = rows.filter(ProjectId.gt(after)).filter(ProjectId.lte(to)).order_by_asc(ProjectId);
    let rows: Vec<(Uuid, AmountKind, String, i64)> = rows.into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(project, kind, currency, minor)| (project, (kind, currency, minor))).collect())
}

async fn partners(db: &impl ConnectionTrait, after: Uuid, to: Uuid) -> Result<Vec<(Uuid, Partner)>> {
    use partnership::Column::{MemberId, OrganisationId, ProjectId, Role};
    let rows = partnership::Entity::find().select_only().columns([ProjectId, OrganisationId, MemberId, Role]);
    let rows = rows.filter(ProjectId.gt(after)).filter(ProjectId.lte(to)).order_by_asc(ProjectId);
    let rows: Vec<(Uuid, Uuid, Uuid, PartnershipRole)> = rows.into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(project, whole, member, role)| (project, (whole, member, role))).collect())
}
