//! Counting participations, person by person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::fingerprint::{Digests, Fingerprint};
use crate::domain::disclosure::units::Unit;
use crate::domain::disclosure::{Counts, Secret};
use crate::domain::outcomes::design::{self, DESIGN};
use crate::error::Result;
use crate::outcomes::kept::Kept;
use crate::store::exact::{Viewer, Writing, participations};
use crate::store::projects;

/// A project and a year.
pub(super) type Place = (Uuid, i32);

/// The participations of a project and year.
pub(super) struct Counted {
    pub unit: Unit,
    /// By sex.
    pub fingerprints: Vec<Fingerprint>,
}

impl Counted {
    /// Nobody.
    pub fn nobody((project, period): Place, region: &str) -> Self {
        let sexes = DESIGN.sexes.len();
        let unit = Unit {
            project: project.to_string(),
            period,
            region: region.to_owned(),
            sexes: vec![Counts::zero(DESIGN.width()); sexes],
        };
        Self { unit, fingerprints: vec![Fingerprint::default(); sexes] }
    }

    /// Of all sexes.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.fingerprints)
    }
}

/// All participations, counted.
#[derive(Default)]
pub(super) struct Census {
    pub units: BTreeMap<Place, Counted>,
    pub participations: usize,
    /// Participations whose project is no more.
    pub without_project: usize,
    /// Projects and years whose participations were deleted because their time was up.
    pub retired: Vec<Place>,
}

impl Census {
    fn add(&mut self, place: Place, region: &str, kept: &Kept, digests: &Digests, day: NaiveDate) {
        let counted = self.units.entry(place).or_insert_with(|| Counted::nobody(place, region));
        let known = DESIGN.sexes.iter().position(|sex| *sex == kept.participation.sex);
        let sex = known.unwrap_or(DESIGN.sexes.len() - 1);
        let categories: Vec<usize> = design::categories(&kept.participation, day).collect();
        let counts = &mut counted.unit.sexes[sex];
        counts.all += 1;
        for category in &categories {
            counts.cells[*category] += 1;
        }
        counted.fingerprints[sex].add(digests.of(kept.id, sex, &categories));
        self.participations += 1;
    }
}

/// Participations that are fetched at once, if no project has more.
const AT_ONCE: usize = 10_000;

/// Counts as of a day.
pub(super) async fn take(
    tx: &Writing,
    db: &DatabaseConnection,
    secret: &Secret,
    day: NaiveDate,
) -> Result<Census> {
    let viewer = Viewer::operator();
    let retired = participations::retired(tx).await?;
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    for own in participations::held(tx, &viewer).await? {
        *held.entry(own.project_key).or_default() += usize::try_from(own.participations).unwrap_or_default();
    }
    let keys = held.keys().chain(retired.iter().map(|(key, _)| key));
    let projects = projects(db, keys.cloned().collect::<BTreeSet<_>>().into_iter().collect()).await?;
    let place = |key: &str, year: i32| projects.get(key).map(|(id, region)| ((*id, year), region.as_str()));
    let mut census = Census {
        retired: retired.iter().filter_map(|(key, year)| place(key, *year)).map(|(place, _)| place).collect(),
        ..Census::default()
    };
    let digests = Digests::new(secret);
    let (mut keys, mut pending) = (Vec::new(), 0);
    let mut held = held.into_iter().peekable();
    while let Some((key, participations)) = held.next() {
        pending += participations;
        keys.push(key);
        if pending < AT_ONCE && held.peek().is_some() {
            continue;
        }
        for row in participations::of_projects(tx, &viewer, &keys).await? {
            let kept = Kept::from(row);
            match place(&kept.project_key, kept.participation.start_year) {
                Some((place, region)) => census.add(place, region, &kept, &digests, day),
                None => census.without_project += 1,
            }
        }
        keys.clear();
        pending = 0;
    }
    Ok(census)
}

/// The one project that each number names, with its county.
async fn projects(db: &DatabaseConnection, keys: Vec<String>) -> Result<HashMap<String, (Uuid, String)>> {
    let mut found: HashMap<String, Vec<Uuid>> = HashMap::new();
    let mut regions: HashMap<Uuid, String> = HashMap::new();
    for keys in keys.chunks(1000) {
        let own = projects::with_numbers(db, keys.to_vec()).await?;
        let ids = own.iter().map(|(_, id)| *id).collect();
        regions.extend(projects::regions(db, ids).await?);
        for (key, id) in own {
            found.entry(key).or_default().push(id);
        }
    }
    let one = |(key, ids): (String, Vec<Uuid>)| match ids[..] {
        [id] => Some((key, (id, regions.get(&id).cloned().unwrap_or_default()))),
        _ => None,
    };
    Ok(found.into_iter().filter_map(one).collect())
}
