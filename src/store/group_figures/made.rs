//! Making the figures: what each project tells of itself is added to the groups that it belongs to.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use rustc_hash::FxHashSet;
use sea_orm::{ActiveEnum, ConnectionTrait, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::part::Part;
use super::{WHOLE, periods};
use crate::entities::award::AmountKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{funder, group_amount, group_figure, organisation};
use crate::error::{Error, Result};
use crate::store::dimension::{Dimension, Key};

/// A group: of which dimension, and what it is known by.
type Place = (Dimension, Key);

/// What a project tells of itself.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// The code of its county.
    pub region: Option<&'a str>,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// Its specific objective.
    pub objective: Option<&'a str>,
    /// Who owns it: the legal entity, or a unit of it.
    pub owner: Option<Uuid>,
    /// How many participants it plans for.
    pub planned: Option<i32>,
    /// Who pays.
    pub funders: Vec<Uuid>,
    /// The chosen amounts: kind, currency and minor units.
    pub amounts: Vec<(AmountKind, &'a str, i64)>,
    /// Who takes part.
    pub partners: Vec<Partner>,
}

/// Who takes part: the legal entity, the unit or it, and in which role.
pub type Partner = (Uuid, Uuid, PartnershipRole);

/// Figures of all groups of every dimension.
#[derive(Default)]
pub struct Figures {
    /// By what projects tell of themselves; by owner not yet by its legal entity.
    groups: HashMap<Place, Figure>,
    /// By all who pay together: each alone would count a project twice that two of a kind pay for.
    paid: HashMap<Vec<Uuid>, Figure>,
    /// Of all projects together.
    whole: Figure,
    /// A small number for everyone who takes part.
    numbers: HashMap<Uuid, u32>,
}

impl Figures {
    /// Figures of all projects.
    pub(super) async fn of_all(db: &impl ConnectionTrait) -> Result<Self> {
        let mut figures = Self::default();
        let mut next = Part::after(db, Uuid::nil()).await?;
        while let Some(part) = next {
            let last = part.last;
            // While one part is counted, the next is read.
            let counting = tokio::task::spawn_blocking(move || {
                part.count(&mut figures);
                figures
            });
            next = Part::after(db, last).await?;
            figures = counting.await.map_err(|cause| Error::Refused(format!("counting failed: {cause}")))?;
        }
        Ok(figures)
    }

    /// Adds a project.
    pub fn add(&mut self, told: &Told<'_>) {
        let mut taking: Vec<u32> = told.partners.iter().map(|(legal, ..)| self.number(*legal)).collect();
        taking.sort_unstable();
        taking.dedup();
        let text = |text: Option<&str>| text.map_or(Key::None, |text| Key::of(text.to_owned()));
        let year = |day: Option<NaiveDate>| day.map_or(Key::None, |day| Key::Number(day.year()));
        let responsible =
            |(_, unit, role): &Partner| (*role == PartnershipRole::ResponsibleUnit).then_some(Key::Id(*unit));
        let own = [
            (Dimension::Region, text(told.region)),
            (Dimension::StartYear, year(told.starts_on)),
            (Dimension::EndYear, year(told.ends_on)),
            (Dimension::SpecificObjective, text(told.objective)),
            (Dimension::Owner, told.owner.map_or(Key::None, Key::Id)),
        ];
        let units = each(Dimension::ResponsibleUnit, told.partners.iter().filter_map(responsible));
        for place in own.into_iter().chain(units) {
            self.groups.entry(place).or_default().add(told, &taking);
        }
        // Who takes part is not told by status: somebody may in several months, and is to be counted once.
        let months = Key::Text(periods::months(told.starts_on, told.ends_on));
        self.groups.entry((Dimension::Status, months)).or_default().add(told, &[]);
        let mut funders = told.funders.clone();
        funders.sort_unstable();
        self.paid.entry(funders).or_default().add(told, &taking);
        self.whole.add(told, &taking);
    }

    fn number(&mut self, organisation: Uuid) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(organisation).or_insert(next)
    }

    /// The rows to be kept.
    pub(super) async fn into_rows(
        self,
        db: &impl ConnectionTrait,
    ) -> Result<(Vec<group_figure::Model>, Vec<group_amount::Model>)> {
        let around = Around::read(db).await?;
        let mut all: HashMap<Place, Figure> = HashMap::new();
        for (place, figure) in self.groups {
            for place in around.of_owner(place) {
                all.entry(place).or_default().join(&figure);
            }
        }
        for (funders, figure) in self.paid {
            for place in around.of_funders(&funders) {
                all.entry(place).or_default().join(&figure);
            }
        }
        let mut groups: Vec<((&str, String), Place, Figure)> = all
            .into_iter()
            .map(|(place, figure)| ((place.0.code(), place.1.text()), place, figure))
            .collect();
        // In the order of their key.
        groups.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        let (mut figures, mut amounts) = (Vec::new(), Vec::new());
        for ((dimension, key), place, figure) in groups {
            let name_key = match place {
                (Dimension::Funder, Key::Id(id)) => around.funders.get(&id).map(|own| &own.sort_key),
                (_, Key::Id(id)) => around.organisations.get(&id).map(|own| &own.sort_key),
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
        Ok((figures, amounts))
    }
}

/// The place by name of what has none.
const LAST: &[u8] = &[0xff];

impl Key {
    /// What a text stands for.
    fn of(text: String) -> Self {
        if text.is_empty() { Self::None } else { Self::Text(text) }
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

/// Whom projects point at.
struct Around {
    organisations: HashMap<Uuid, Organisation>,
    funders: HashMap<Uuid, Funder>,
}

struct Organisation {
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
        let organisation = |(id, kind, municipality_code, legal_entity_id, sort_key): Row| {
            (id, Organisation { kind, municipality_code, legal_entity_id, sort_key })
        };
        let organisations = rows.into_iter().map(organisation).collect();
        let rows = funder::Entity::find().all(db).await?.into_iter();
        let funder = |row: funder::Model| {
            let (kind, programme_period) = (row.kind.to_value(), row.programme_period);
            (row.id, Funder { kind, programme_period, sort_key: row.sort_key })
        };
        Ok(Self { organisations, funders: rows.map(funder).collect() })
    }

    /// The groups that projects of one group belong to: those of an owner to some by its legal entity.
    fn of_owner(&self, (dimension, key): Place) -> Vec<Place> {
        if dimension != Dimension::Owner {
            return vec![(dimension, key)];
        }
        let named = if let Key::Id(id) = key { self.organisations.get(&id) } else { None };
        let legal = named
            .and_then(|named| Some((named.legal_entity_id, self.organisations.get(&named.legal_entity_id)?)));
        let municipality = legal.and_then(|(_, own)| own.municipality_code.clone());
        vec![
            (Dimension::Owner, legal.map_or(Key::None, |(id, _)| Key::Id(id))),
            (Dimension::OwnerKind, legal.map_or(Key::None, |(_, own)| Key::of(own.kind.clone()))),
            (Dimension::Municipality, municipality.map_or(Key::None, Key::of)),
        ]
    }

    /// The groups that projects belong to which some pay for.
    fn of_funders(&self, funders: &[Uuid]) -> Vec<Place> {
        let known = || funders.iter().filter_map(|id| self.funders.get(id));
        let period = |own: &Funder| own.programme_period.clone().map_or(Key::None, Key::of);
        each(Dimension::Funder, funders.iter().map(|id| Key::Id(*id)))
            .chain(each(Dimension::FunderKind, known().map(|own| Key::of(own.kind.clone()))))
            .chain(each(Dimension::ProgrammePeriod, known().map(period)))
            .collect()
    }
}

/// Figures of a group.
#[derive(Default)]
struct Figure {
    projects: i64,
    organisations: FxHashSet<u32>,
    planned: i64,
    planned_min: Option<i32>,
    planned_max: Option<i32>,
    planned_projects: i64,
    amounts: Vec<Amounts>,
}

/// Amounts of one kind and currency: minor units in all, the least, the most, and of how many projects.
#[derive(Clone)]
struct Amounts {
    kind: AmountKind,
    currency: String,
    sum: i64,
    min: i64,
    max: i64,
    projects: i64,
}

impl Figure {
    /// Adds a project, in which some take part.
    fn add(&mut self, told: &Told<'_>, taking: &[u32]) {
        self.projects += 1;
        self.organisations.extend(taking);
        if let Some(planned) = told.planned {
            self.plan(planned.into(), Some(planned), Some(planned), 1);
        }
        for &(kind, currency, minor) in &told.amounts {
            self.pay(kind, currency, [minor; 3], 1);
        }
    }

    /// Adds other projects.
    fn join(&mut self, other: &Self) {
        self.projects += other.projects;
        self.organisations.extend(&other.organisations);
        self.plan(other.planned, other.planned_min, other.planned_max, other.planned_projects);
        for own in &other.amounts {
            self.pay(own.kind, &own.currency, [own.sum, own.min, own.max], own.projects);
        }
    }

    fn plan(&mut self, sum: i64, least: Option<i32>, most: Option<i32>, projects: i64) {
        self.planned = self.planned.saturating_add(sum);
        self.planned_min = [self.planned_min, least].into_iter().flatten().min();
        self.planned_max = self.planned_max.max(most);
        self.planned_projects += projects;
    }

    fn pay(&mut self, kind: AmountKind, currency: &str, [sum, min, max]: [i64; 3], projects: i64) {
        match self.amounts.iter_mut().find(|own| own.kind == kind && own.currency == currency) {
            Some(own) => {
                own.sum = own.sum.saturating_add(sum);
                own.min = own.min.min(min);
                own.max = own.max.max(max);
                own.projects += projects;
            }
            None => {
                self.amounts.push(Amounts { kind, currency: currency.to_owned(), sum, min, max, projects });
            }
        }
    }

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
        amounts.extend(self.amounts.into_iter().map(
            |Amounts { kind, currency, sum, min, max, projects }| {
                let (dimension, key) = (dimension.clone(), key.clone());
                group_amount::Model { dimension, key, kind, currency, sum, min, max, projects }
            },
        ));
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
}
