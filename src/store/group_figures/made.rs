//! Making the figures: one pass through all projects and what stands around them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{WHOLE, periods};
use crate::entities::award::AmountKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{
    funder, group_amount, group_figure, organisation, partnership, project, project_amount, project_funder,
};
use crate::error::{Error, Result};
use crate::store::dimension::{Dimension, Key};

/// How many projects are looked at together.
const AT_ONCE: u64 = 5_000;

/// A group: of which dimension, and what it is known by.
type Place = (Dimension, Key);

/// Figures of a group.
#[derive(Default)]
struct Figure {
    projects: i64,
    organisations: HashSet<u32>,
    planned: i64,
    planned_min: Option<i32>,
    planned_max: Option<i32>,
    planned_projects: i64,
    amounts: BTreeMap<(AmountKind, String), [i64; 4]>,
}

/// Figures of all groups of every dimension.
pub(super) struct Figures {
    groups: HashMap<Place, Figure>,
    /// Of all projects together.
    whole: Figure,
    around: Around,
}

/// Whom projects point at.
struct Around {
    organisations: HashMap<Uuid, Organisation>,
    funders: HashMap<Uuid, Funder>,
}

struct Organisation {
    /// A small number of its own.
    number: u32,
    kind: String,
    municipality_code: Option<String>,
    legal_entity_id: Uuid,
    sort_key: Vec<u8>,
}

struct Funder {
    kind: String,
    programme_period: Option<String>,
    sort_key: Vec<u8>,
}

/// What the row of a project tells.
type Project =
    (Uuid, Option<String>, Option<NaiveDate>, Option<NaiveDate>, Option<String>, Option<Uuid>, Option<i32>);

impl Around {
    async fn read(db: &impl ConnectionTrait) -> Result<Self> {
        use organisation::Column as O;
        type Row = (Uuid, String, Option<String>, Uuid, Vec<u8>);
        let rows: Vec<Row> = organisation::Entity::find()
            .select_only()
            .columns([O::Id, O::Kind, O::MunicipalityCode, O::LegalEntityId, O::SortKey])
            .into_tuple()
            .all(db)
            .await?;
        let organisation =
            |(number, (id, kind, municipality_code, legal_entity_id, sort_key)): (u32, Row)| {
                (id, Organisation { number, kind, municipality_code, legal_entity_id, sort_key })
            };
        let organisations = (0..).zip(rows).map(organisation).collect();
        let rows = funder::Entity::find().all(db).await?.into_iter();
        let funder = |row: funder::Model| {
            let (kind, programme_period) = (row.kind.to_value(), row.programme_period);
            (row.id, Funder { kind, programme_period, sort_key: row.sort_key })
        };
        Ok(Self { organisations, funders: rows.map(funder).collect() })
    }

    /// The groups that a project belongs to by what its row tells and by who pays.
    fn places(&self, project: Project, funders: &[Uuid], units: &[Uuid]) -> Vec<Place> {
        let (_, region, starts_on, ends_on, objective, owner_id, _) = project;
        let text = |text: Option<String>| text.filter(|text| !text.is_empty()).map_or(Key::None, Key::Text);
        let year = |day: Option<NaiveDate>| day.map_or(Key::None, |day| Key::Number(day.year()));
        let owner = owner_id
            .and_then(|id| self.organisations.get(&id))
            .and_then(|named| Some((named.legal_entity_id, self.organisations.get(&named.legal_entity_id)?)));
        let mut places = vec![
            (Dimension::Region, text(region)),
            (Dimension::StartYear, year(starts_on)),
            (Dimension::EndYear, year(ends_on)),
            (Dimension::SpecificObjective, text(objective)),
            (Dimension::Owner, owner.map_or(Key::None, |(id, _)| Key::Id(id))),
            (Dimension::OwnerKind, text(owner.map(|(_, own)| own.kind.clone()))),
            (Dimension::Municipality, text(owner.and_then(|(_, own)| own.municipality_code.clone()))),
        ];
        places.extend(each(Dimension::Funder, funders.iter().map(|id| Key::Id(*id))));
        let known = || funders.iter().filter_map(|id| self.funders.get(id));
        places.extend(each(Dimension::FunderKind, known().map(|own| text(Some(own.kind.clone())))));
        places
            .extend(each(Dimension::ProgrammePeriod, known().map(|own| text(own.programme_period.clone()))));
        places.extend(each(Dimension::ResponsibleUnit, units.iter().map(|id| Key::Id(*id))));
        places
    }
}

/// The groups of one dimension, each once; that of those without any where there are none.
fn each(dimension: Dimension, keys: impl Iterator<Item = Key>) -> impl Iterator<Item = Place> {
    let mut all: Vec<Key> = Vec::new();
    for key in keys {
        if !all.contains(&key) {
            all.push(key);
        }
    }
    if all.is_empty() {
        all.push(Key::None);
    }
    all.into_iter().map(move |key| (dimension, key))
}

impl Figures {
    /// Figures of all projects.
    pub async fn of_all(db: &impl ConnectionTrait) -> Result<Self> {
        let mut figures =
            Self { groups: HashMap::new(), whole: Figure::default(), around: Around::read(db).await? };
        let mut next = Part::after(db, Uuid::nil()).await?;
        while let Some(part) = next {
            let last = part.last;
            // While one part is counted, the next is read.
            let counting = tokio::task::spawn_blocking(move || {
                figures.add(part);
                figures
            });
            next = Part::after(db, last).await?;
            figures = counting.await.map_err(|cause| Error::Refused(format!("counting failed: {cause}")))?;
        }
        Ok(figures)
    }

    /// Adds some projects.
    fn add(&mut self, part: Part) {
        let Part { projects, mut funders, mut amounts, mut partners, .. } = part;
        let nobody = BTreeSet::new();
        for project in projects {
            let (id, planned) = (project.0, project.6);
            let parts: Vec<Partner> = partners.of_project(id).collect();
            let taking: BTreeSet<u32> = parts
                .iter()
                .filter_map(|(organisation, ..)| Some(self.around.organisations.get(organisation)?.number))
                .collect();
            let responsible = PartnershipRole::ResponsibleUnit.to_value();
            let units: Vec<Uuid> =
                parts.iter().filter(|(_, _, role)| *role == responsible).map(|(_, unit, _)| *unit).collect();
            let funders: Vec<Uuid> = funders.of_project(id).collect();
            let amounts: Vec<(AmountKind, String, i64)> = amounts.of_project(id).collect();
            self.whole.add(planned, &taking, &amounts);
            // Who takes part is not told by status: somebody may in several months, and is to be counted once.
            let months = Key::Text(periods::months(project.2, project.3));
            self.groups.entry((Dimension::Status, months)).or_default().add(planned, &nobody, &amounts);
            for place in self.around.places(project, &funders, &units) {
                self.groups.entry(place).or_default().add(planned, &taking, &amounts);
            }
        }
    }

    /// The rows to be kept.
    pub fn into_rows(self) -> (Vec<group_figure::Model>, Vec<group_amount::Model>) {
        let (mut figures, mut amounts) = (Vec::new(), Vec::new());
        let mut groups: Vec<((&str, String), Place, Figure)> = self
            .groups
            .into_iter()
            .map(|(place, figure)| ((place.0.code(), place.1.text()), place, figure))
            .collect();
        // In the order of their key.
        groups.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        for ((dimension, key), place, figure) in groups {
            let name_key = match place {
                (Dimension::Funder, Key::Id(id)) => self.around.funders.get(&id).map(|own| &own.sort_key),
                (_, Key::Id(id)) => self.around.organisations.get(&id).map(|own| &own.sort_key),
                _ => None,
            };
            let name_key = match &*key {
                "" => LAST.to_vec(),
                key => name_key.cloned().unwrap_or_else(|| key.as_bytes().to_vec()),
            };
            figure.put(dimension, key, name_key, &mut figures, &mut amounts);
        }
        if self.whole.projects > 0 {
            self.whole.put(WHOLE, String::new(), LAST.to_vec(), &mut figures, &mut amounts);
        }
        (figures, amounts)
    }
}

/// The place by name of what has none.
const LAST: &[u8] = &[0xff];

impl Figure {
    /// Adds its rows.
    fn put(
        self,
        dimension: &str,
        key: String,
        name_key: Vec<u8>,
        figures: &mut Vec<group_figure::Model>,
        amounts: &mut Vec<group_amount::Model>,
    ) {
        let dimension = dimension.to_owned();
        amounts.extend(self.amounts.into_iter().map(|((kind, currency), [sum, min, max, projects])| {
            let (dimension, key) = (dimension.clone(), key.clone());
            group_amount::Model { dimension, key, kind, currency, sum, min, max, projects }
        }));
        figures.push(group_figure::Model {
            dimension,
            key,
            name_key,
            projects: self.projects,
            organisations: self.organisations.len().try_into().unwrap_or(i64::MAX),
            planned: self.planned,
            planned_min: self.planned_min,
            planned_max: self.planned_max,
            planned_projects: self.planned_projects,
        });
    }

    fn add(&mut self, planned: Option<i32>, taking: &BTreeSet<u32>, amounts: &[(AmountKind, String, i64)]) {
        self.projects += 1;
        self.organisations.extend(taking);
        if let Some(planned) = planned {
            self.planned = self.planned.saturating_add(planned.into());
            self.planned_min = Some(self.planned_min.map_or(planned, |least| least.min(planned)));
            self.planned_max = Some(self.planned_max.map_or(planned, |most| most.max(planned)));
            self.planned_projects += 1;
        }
        for (kind, currency, minor) in amounts {
            match self.amounts.get_mut(&(*kind, currency.clone())) {
                Some([sum, min, max, projects]) => {
                    *sum = sum.saturating_add(*minor);
                    *min = (*min).min(*minor);
                    *max = (*max).max(*minor);
                    *projects += 1;
                }
                None => drop(self.amounts.insert((*kind, currency.clone()), [*minor, *minor, *minor, 1])),
            }
        }
    }
}

/// Some projects, in the order of their ids, with what stands around them.
struct Part {
    /// The last id.
    last: Uuid,
    projects: Vec<Project>,
    funders: Beside<Uuid>,
    amounts: Beside<(AmountKind, String, i64)>,
    partners: Beside<Partner>,
}

impl Part {
    /// The next projects after an id, where there are any.
    async fn after(db: &impl ConnectionTrait, from: Uuid) -> Result<Option<Self>> {
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

/// Who takes part: the legal entity, the unit or it, and in which role.
type Partner = (Uuid, Uuid, String);

async fn partners(db: &impl ConnectionTrait, after: Uuid, to: Uuid) -> Result<Vec<(Uuid, Partner)>> {
    use partnership::Column::{MemberId, OrganisationId, ProjectId, Role};
    let rows = partnership::Entity::find().select_only().columns([ProjectId, OrganisationId, MemberId, Role]);
    let rows = rows.filter(ProjectId.gt(after)).filter(ProjectId.lte(to)).order_by_asc(ProjectId);
    let rows: Vec<(Uuid, Uuid, Uuid, String)> = rows.into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(project, whole, member, role)| (project, (whole, member, role))).collect())
}
