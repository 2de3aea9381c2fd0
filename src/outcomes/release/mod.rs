//! The release job: from exact rows to what is public.

mod census;
mod fingerprint;
mod pooling;
pub mod report;
mod table;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use self::census::{Census, Counted, Place};
use self::fingerprint::Fingerprint;
use self::pooling::Pooling;
use self::report::Report;
use self::table::{PoolKey, Table};
use crate::domain::disclosure::audit::{self, Findings, Knowledge};
use crate::domain::disclosure::errors::Errors;
use crate::domain::disclosure::pools::{self, Pool};
use crate::domain::disclosure::units::{self, Earlier, Published, Unit};
use crate::domain::disclosure::{BASE, Counts, Parameters, Secret};
use crate::domain::ids;
use crate::domain::outcomes::aggregate;
use crate::domain::outcomes::design::DESIGN;
use crate::entities::{release, rounded};
use crate::error::{Error, Result};
use crate::store::exact::{self, Exact, Viewer, Writing};
use crate::store::releases;

/// A project and year, or a pool, is rounded anew only if so many participations have changed since it was rounded: who
/// sees both releases cannot tell which of them did.
const BATCH: usize = BASE as usize;
/// The fewest values that any published sum may leave possible, and the fewest for somebody who knows how many took part.
const CANDIDATES: (u32, u32) = (5, 2);
const UNIT: &str = "UNIT";
const COUNTS: &str = "COUNTS";
const POOL: &str = "POOL";

/// How to make a release.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How to round.
    pub parameters: Parameters,
    /// The day as of which to count.
    pub as_of: NaiveDate,
    /// Whether the secret may be another than that of the release before.
    pub new_secret: bool,
}

/// Makes a release and makes it public, if the audit finds nothing.
///
/// # Errors
/// [`Error::Refused`] if the audit finds something, which leaves the release before as it is, if the secret is another
/// than before, or if another process is writing; [`Error::Database`] if a database fails.
pub async fn run(
    exact: &Exact,
    db: &DatabaseConnection,
    secret: &Secret,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<Report> {
    if options.parameters.guard < 2 * BASE {
        return Err(Error::Refused(format!(
            "groups of fewer than {} are never shown by categories",
            2 * BASE
        )));
    }
    let before = releases::active(db).await?;
    let of_secret = secret.name();
    if before.as_ref().is_some_and(|before| before.secret != of_secret) && !options.new_secret {
        return Err(Error::Refused(
            "the secret is another than that of the public release; rounding with another gives everyone a second look \
             at the same persons. If the secret has become known, say --new-secret"
                .to_owned(),
        ));
    }
    let number = before.as_ref().map_or(0, |before| before.number);
    let published = Table::read(db).await?;
    let draft = exact
        .write(async |tx| {
            let draft = draft(tx, db, secret, options, &published, number).await?;
            if draft.table != published || before.is_none() {
                // Before anything is public: a release that never becomes public is forgotten by the next.
                exact::rounded::note(tx, draft.made_of.clone()).await?;
            }
            Ok(draft)
        })
        .await?;
    let mut report = Report::of(&draft);
    if let Some(before) = before.filter(|_| draft.table == published) {
        report.unchanged_since = Some(before.number);
        return Ok(report);
    }
    let rows = draft.table.rows();
    let sums = table::sums(&rows);
    let next = number + 1;
    let digest = table::digest(&rows);
    let release = release::Model {
        id: ids::named(&["release", &next.to_string(), &digest]),
        sort_key: i64::from(next).to_be_bytes().to_vec(),
        number: next,
        as_of: options.as_of,
        made_at: now,
        active: true,
        participations: i32::try_from(report.participations).unwrap_or(i32::MAX),
        digest,
        secret: of_secret,
        audit: report.audit(),
    };
    report.number = next;
    releases::activate(db, release, rows, sums).await?;
    Ok(report)
}

/// A release that nobody has seen yet.
struct Draft {
    table: Table,
    /// Where each unit stands in the table, and whether nobody is left of whom it was made.
    places: Vec<((Uuid, i32), bool)>,
    /// Exact counts.
    units: Vec<Unit>,
    /// Exact counts of the pools.
    pooled: BTreeMap<PoolKey, Counts>,
    /// What was rounded was made of.
    made_of: Vec<rounded::Model>,
    findings: BTreeMap<&'static str, Findings>,
    rounded: usize,
    kept: usize,
    counted: usize,
    without_project: usize,
}

#[expect(clippy::too_many_lines, reason = "the steps of the method, one after the other")]
async fn draft(
    tx: &Writing,
    db: &DatabaseConnection,
    secret: &Secret,
    options: &Options,
    published: &Table,
    number: i32,
) -> Result<Draft> {
    let viewer = Viewer::operator();
    let basis = exact::rounded::of_release(tx, &viewer, UNIT, number).await?;
    let count_basis = exact::rounded::of_release(tx, &viewer, COUNTS, number).await?;
    let pool_basis = exact::rounded::of_release(tx, &viewer, POOL, number).await?;
    let released: BTreeMap<String, Uuid> = basis
        .values()
        .chain(count_basis.values())
        .filter_map(|row| Some((row.name.clone(), row.project_id?)))
        .collect();
    let mut census = census::take(tx, db, secret, options.as_of, &released).await?;
    add_the_gone(&mut census, published, &released);
    let retired: HashSet<Place> = census.retired.iter().cloned().collect();
    let places: Vec<Place> = census.units.keys().cloned().collect();
    let ids: Vec<Uuid> = census.units.values().map(|counted| counted.project).collect();
    // What was published of a project stands under the id that it had then.
    let before = |at: usize| {
        let id = released.get(&places[at].0).copied().unwrap_or(ids[at]);
        published.units.get(&(id, places[at].1))
    };
    let counted: Vec<Counted> = census.units.into_values().collect();
    let prints: Vec<Fingerprint> = counted.iter().map(Counted::fingerprint).collect();
    let only_counts: Vec<bool> = counted.iter().map(|counted| counted.only_counts).collect();
    let (mut units, by_sex): (Vec<Unit>, Vec<Vec<Fingerprint>>) =
        counted.into_iter().map(|counted| (counted.unit, counted.fingerprints)).unzip();

    let stays = |at: usize| {
        let read = |row: &rounded::Model| Fingerprint::read(&row.participations);
        let of_persons = || basis.get(&places[at]).map(|before| read(before).changes(&prints[at]));
        let of_counts = || {
            let before = &count_basis.get(&places[at])?.participations;
            let before = fingerprint::counts_of(before, DESIGN.width());
            usize::try_from(aggregate::changes(&before, &units[at].sexes)).ok()
        };
        let changes = || if only_counts[at] { of_counts() } else { of_persons().or_else(of_counts) };
        retired.contains(&places[at]) || changes().is_some_and(|changes| changes < BATCH)
    };
    let stays: Vec<bool> = (0..units.len()).map(stays).collect();
    for at in (0..units.len()).filter(|at| stays[*at]) {
        // Where it was counted, it is pooled as long as it stays.
        if let Some((region, _)) = before(at) {
            units[at].region.clone_from(region);
        }
    }
    let closed: Vec<bool> = places.iter().map(|place| retired.contains(place)).collect();
    let parameters = &options.parameters;
    let mut errors = Errors::none(&DESIGN, units::steering(&units, parameters));
    let mut results = vec![Published::default(); units.len()];
    let nothing = || Published { sexes: vec![0; DESIGN.sexes.len()], cells: vec![None; DESIGN.sexes.len()] };
    let order = units::order(&units, secret);
    for at in order.iter().copied().filter(|at| stays[*at]) {
        results[at] = before(at).map_or_else(nothing, |(_, unit)| unit.clone());
        // Of what is closed nobody knows any more what it is off by.
        if !closed[at] {
            units::keep(&DESIGN, &units[at], &results[at], &mut errors);
        }
    }
    let mut counts: HashMap<usize, Vec<Counts>> = HashMap::new();
    for at in order.iter().copied().filter(|at| !stays[*at]) {
        let row = basis.get(&places[at]).or_else(|| count_basis.get(&places[at]));
        let made_of = row.map(|row| fingerprint::counts_of(&row.counts, DESIGN.width())).unwrap_or_default();
        let nothing = nothing();
        let published = before(at).map_or(&nothing, |(_, unit)| unit);
        let is_whole = made_of.len() == DESIGN.sexes.len();
        let earlier = is_whole.then_some(Earlier { published, made_of: &made_of });
        let (result, made_of) = units::round(&DESIGN, parameters, secret, &units[at], earlier, &mut errors);
        results[at] = result;
        counts.insert(at, made_of);
    }
    let made = |at: usize| {
        if only_counts[at] {
            (COUNTS, fingerprint::bytes_of(&units[at].sexes))
        } else {
            (UNIT, prints[at].bytes())
        }
    };
    let mut made_of: Vec<rounded::Model> = (0..units.len())
        .filter(|at| !stays[*at])
        .map(|at| {
            let (kind, made) = made(at);
            let counts = counts.get(&at).map(|counts| fingerprint::bytes_of(counts)).unwrap_or_default();
            let (name, period) = places[at].clone();
            rounded::Model {
                kind: kind.to_owned(),
                name,
                period,
                release: number + 1,
                project_id: Some(ids[at]),
                participations: made,
                counts,
            }
        })
        // A project that has another id now is found by it next time.
        .chain((0..units.len()).filter(|at| stays[*at]).filter_map(|at| {
            let row = basis.get(&places[at]).or_else(|| count_basis.get(&places[at]))?;
            let moved = row.project_id != Some(ids[at]);
            moved.then(|| rounded::Model { release: number + 1, project_id: Some(ids[at]), ..row.clone() })
        }))
        .collect();
    let mut audit = Audit { parameters, findings: BTreeMap::new() };
    for at in 0..units.len() {
        // What is published is looked at with the counts that it was made of.
        let made_of = counts.remove(&at).map(|sexes| Unit { sexes, ..units[at].clone() });
        audit.unit(made_of.as_ref().unwrap_or(&units[at]), &results[at], !stays[at])?;
    }

    let pools = pools::pools(&DESIGN, parameters, &units, &order, &results);
    let mut pooling = Pooling {
        secret,
        parameters,
        units: &units,
        results: &results,
        by_sex: &by_sex,
        only_counts: &only_counts,
        closed: &closed,
        errors,
        pooled: BTreeMap::new(),
    };
    let (pools_now, made_of_pools) = pooling.round(pools, published, &pool_basis, number + 1, &mut audit)?;
    let pooled = pooling.pooled;
    made_of.extend(made_of_pools);
    let with_region = |at: usize| ((ids[at], places[at].1), (units[at].region.clone(), results[at].clone()));
    let shown = (0..units.len()).filter(|at| results[*at].total() > 0);
    let table = Table { units: shown.map(with_region).collect(), pools: pools_now, targets: census.targets };
    let kept = stays.iter().filter(|stays| **stays).count();
    Ok(Draft {
        rounded: units.len() - kept,
        kept,
        counted: census.participations,
        without_project: census.without_project,
        table,
        places: (0..units.len()).map(|at| ((ids[at], places[at].1), closed[at])).collect(),
        units,
        pooled,
        made_of,
        findings: audit.findings,
    })
}

/// Projects and years that were published and of which there is nobody any more.
fn add_the_gone(census: &mut Census, published: &Table, released: &BTreeMap<String, Uuid>) {
    let numbers: HashMap<Uuid, &String> = released.iter().map(|(number, id)| (*id, number)).collect();
    for ((id, period), (region, _)) in &published.units {
        let number = numbers.get(id).map_or_else(|| id.to_string(), |number| (*number).clone());
        let gone = census.units.entry((number, *period));
        gone.or_insert_with_key(|place| Counted::nobody(place, *id, region));
    }
}

/// Looks at everything before it becomes public.
struct Audit<'a> {
    parameters: &'a Parameters,
    findings: BTreeMap<&'static str, Findings>,
}

impl Audit<'_> {
    fn unit(&mut self, unit: &Unit, published: &Published, is_new: bool) -> Result<()> {
        if is_new && let Some(fault) = audit::faults(&DESIGN, self.parameters, unit, published) {
            return Err(failed(fault));
        }
        let looks: &[(&str, Knowledge, u32)] = &[
            ("nothing", Knowledge::Nothing, CANDIDATES.0),
            ("totals", Knowledge::Totals, CANDIDATES.1),
            ("totals by sex", Knowledge::TotalsBySex, CANDIDATES.1),
        ];
        for (name, knowledge, fewest) in looks {
            // What stays was made of counts that may have changed since; they are not what it would be compared with.
            if is_new || *knowledge == Knowledge::Nothing {
                self.add(name, audit::unit(&DESIGN, unit, published, *knowledge), *fewest)?;
            }
        }
        Ok(())
    }

    fn pool(&mut self, pool: &Pool, published: &[Published], cells: &[u32]) -> Result<()> {
        if pool.total < self.parameters.guard {
            return Err(failed("a pool below the guard is shown"));
        }
        if !audit::adds_up(&DESIGN, pool.total, cells) {
            return Err(failed("categories of a pool do not add up"));
        }
        let groups: Vec<u32> = pool.members.iter().map(|(unit, sex)| published[*unit].sexes[*sex]).collect();
        self.add("nothing", audit::pool(&DESIGN, &groups, cells), CANDIDATES.0)
    }

    fn add(&mut self, name: &'static str, found: Findings, fewest: u32) -> Result<()> {
        if found.pinned > 0 || found.fewest.is_some_and(|found| found < fewest) {
            return Err(failed("too few values are possible for a sum of what is shown"));
        }
        self.findings.entry(name).or_default().merge(found);
        Ok(())
    }
}

fn failed(reason: &str) -> Error {
    Error::Refused(format!(
        "the audit found that {reason}; nothing became public, and the release before stays"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(women: u32) -> (Unit, Published) {
        let width = DESIGN.width();
        let mut sexes = vec![Counts::zero(width); DESIGN.sexes.len()];
        // All without consent: the first category of the first table.
        sexes[0].all = women;
        sexes[0].cells[0] = women;
        let unit = Unit { project: "a".to_owned(), period: 2024, region: "01".to_owned(), sexes };
        let mut errors = Errors::none(&DESIGN, HashSet::new());
        let secret = Secret::new(b"secret").unwrap_or_else(|| unreachable!());
        let published = units::round(&DESIGN, &Parameters::default(), &secret, &unit, None, &mut errors).0;
        (unit, published)
    }

    fn look(unit: &Unit, published: &Published) -> Result<()> {
        let parameters = Parameters::default();
        Audit { parameters: &parameters, findings: BTreeMap::new() }.unit(unit, published, true)
    }

    #[test]
    fn what_breaks_a_rule_never_becomes_public() {
        let (large, sound) = unit(23);
        assert!(look(&large, &sound).is_ok());
        let (small, mut shown) = unit(6);
        assert!(look(&small, &shown).is_ok());
        // A group below the guard that is shown, one that does not add up, one that is off, one that is exact.
        shown.cells[0] = Some(vec![0; DESIGN.width()]);
        let mut uneven = sound.clone();
        uneven.cells[0].iter_mut().for_each(|cells| cells[1] += 5);
        let mut off = sound.clone();
        off.sexes[0] += 5;
        let mut exact = sound.clone();
        exact.sexes[0] = 23;
        for (unit, published) in [(&small, &shown), (&large, &uneven), (&large, &off), (&large, &exact)] {
            let refused = look(unit, published).map_err(|error| error.to_string());
            assert!(refused.is_err_and(|reason| reason.contains("nothing became public")));
        }
    }
}
