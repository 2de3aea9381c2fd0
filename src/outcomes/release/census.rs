//! Counting participations, person by person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::fingerprint::{Digests, Fingerprint};
use crate::domain::disclosure::units::Unit;
use crate::domain::disclosure::{Counts, Secret};
use crate::domain::outcomes::aggregate::{self, Values};
use crate::domain::outcomes::design::DESIGN;
use crate::error::Result;
use crate::outcomes::counted::{categories, sex};
use crate::store::exact::{Viewer, Writing, indicators, participations};
use crate::store::projects;

/// A project, by its number as it is compared, and a year. A project's id may change when sources do; who takes part in it
/// and how they were rounded does not.
pub(super) type Place = (String, i32);

/// The participations of a project and year.
pub(super) struct Counted {
    pub unit: Unit,
    /// The project's id now.
    pub project: Uuid,
    /// By sex.
    pub fingerprints: Vec<Fingerprint>,
    /// Whether only counts were delivered, and no persons.
    pub only_counts: bool,
}

impl Counted {
    /// Nobody.
    pub fn nobody((number, period): &Place, project: Uuid, region: &str) -> Self {
        let sexes = DESIGN.sexes.len();
        let unit = Unit {
            project: number.clone(),
            period: *period,
            region: region.to_owned(),
            sexes: vec![Counts::zero(DESIGN.width()); sexes],
        };
        Self { unit, project, fingerprints: vec![Fingerprint::default(); sexes], only_counts: false }
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
    /// What projects plan for: project, indicator, year and sex.
    pub targets: BTreeMap<(Uuid, String, i32, String), i32>,
}

impl Census {
    fn add(
        &mut self,
        (place, project, region): (Place, Uuid, &str),
        row: &participations::Counted,
        digests: &Digests,
        day: NaiveDate,
    ) {
        let counted =
            self.units.entry(place).or_insert_with_key(|place| Counted::nobody(place, project, region));
        let sex = sex(&row.sex);
        let categories: Vec<usize> = categories(row, day).collect();
        let counts = &mut counted.unit.sexes[sex];
        counts.all += 1;
        for category in &categories {
            counts.cells[*category] += 1;
        }
        counted.fingerprints[sex].add(digests.of(row.id, sex, &categories));
        self.participations += 1;
    }
}

/// Participations that are fetched at once, if no project has more.
const AT_ONCE: usize = 10_000;

/// Counts as of a day. `released` are the projects of the release that is public, by the numbers they had in it.
pub(super) async fn take(
    tx: &Writing,
    db: &DatabaseConnection,
    secret: &Secret,
    day: NaiveDate,
    released: &BTreeMap<String, Uuid>,
) -> Result<Census> {
    let viewer = Viewer::operator();
    let retired = participations::retired(tx).await?;
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    for own in participations::held(tx, &viewer).await? {
        *held.entry(own.project_key).or_default() += usize::try_from(own.participations).unwrap_or_default();
    }
    let values = indicators::all(tx, &viewer).await?;
    let keys = held
        .keys()
        .chain(retired.iter().map(|(key, _)| key))
        .chain(values.iter().map(|own| &own.project_key));
    let projects = projects(db, keys.cloned().collect::<BTreeSet<_>>().into_iter().collect()).await?;
    // A project of several numbers goes by the one that it was released by, or the first.
    let mut by_id: HashMap<Uuid, &String> = HashMap::new();
    for (key, (id, _)) in &projects {
        let first = by_id.entry(*id).or_insert(key);
        *first = (*first).min(key);
    }
    for (key, id) in released {
        if let Some(number) = by_id.get_mut(id) {
            *number = key;
        }
    }
    let place = |key: &str, year: i32| match projects.get(key) {
        Some((id, region)) => Some((((*by_id.get(id)?).clone(), year), *id, region.as_str())),
        // A number that names no project now, or several, means the one that it meant.
        None => released.get(key).map(|id| ((key.to_owned(), year), *id, "")),
    };
    let mut census = Census {
        retired: retired
            .iter()
            .filter_map(|(key, year)| place(key, *year))
            .map(|(place, ..)| place)
            .collect(),
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
        participations::of_projects(tx, &viewer, &keys, day, |row| {
            match place(&row.project_key, row.start_year) {
                Some(place) => census.add(place, &row, &digests, day),
                None => census.without_project += 1,
            }
        })
        .await?;
        keys.clear();
        pending = 0;
    }
    let mut groups: BTreeMap<(Place, usize), (Values, Uuid, &str)> = BTreeMap::new();
    for own in &values {
        let Some((place, id, region)) = place(&own.project_key, own.period) else { continue };
        if own.planned {
            census.targets.insert((id, own.indicator.clone(), own.period, own.sex.clone()), own.value);
        } else if own.period <= day.year() {
            let group = groups.entry((place, sex(&own.sex)));
            let (group, ..) = group.or_insert_with(|| (Values::new(), id, region));
            group.insert(own.indicator.clone(), u32::try_from(own.value).unwrap_or_default());
        }
    }
    // Where persons were delivered too, they count; and what is closed stays closed.
    let others: BTreeSet<Place> = census.units.keys().chain(&census.retired).cloned().collect();
    for ((place, sex), (values, id, region)) in
        groups.into_iter().filter(|((place, _), _)| !others.contains(place))
    {
        // Counts that break a rule were refused when they were delivered.
        let Ok(counts) = aggregate::counts(&values) else { continue };
        census.participations += counts.all as usize;
        let counted =
            census.units.entry(place).or_insert_with_key(|place| Counted::nobody(place, id, region));
        counted.only_counts = true;
        for which in 0..counts.all {
            counted.fingerprints[sex].add(digests.of_nobody(
                &counted.unit.project,
                counted.unit.period,
                sex,
                which,
            ));
        }
        counted.unit.sexes[sex] = counts;
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
