//! From statements to the graph: which statements are one project, who is who, which value is chosen.
//!
//! The graph is derived: from the same statements come the same rows with the same ids.

mod graph;
mod organisations;
mod orphans;
mod parties;
mod series;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use self::graph::{Derived, Spoken};
use self::organisations::Directory;
use crate::domain::claims;
use crate::domain::identity::{Organisation, identify};
use crate::domain::ids;
use crate::domain::matching::{self, Owner, Rule, Traits};
use crate::domain::names::fold;
use crate::domain::period::Period;
use crate::domain::statement::{Party, Statement};
use crate::entities::organisation::OrganisationKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::statement::MatchRule;
use crate::entities::{organisation, organisation_name, project, source, statement};
use crate::error::{Error, Result};
use crate::store::projects;
use crate::store::write::{delete, save};

pub(crate) use self::graph::line;

/// What settling some statements did to the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Projects that are new.
    pub created: usize,
    /// Projects that were there and whose content changed.
    pub changed: usize,
    /// Projects that went into others or lost their last statement.
    pub removed: usize,
}

impl std::fmt::Display for Settled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { created, changed, removed } = self;
        write!(f, "{created} projects are new, {changed} read otherwise now, {removed} are gone.")
    }
}

/// The key by which statements with the same name find each other.
#[must_use]
pub fn name_key(statement: &Statement) -> Option<String> {
    statement.name.as_deref().map(fold).filter(|name| !name.is_empty())
}

/// Settles which projects some statements, and all that share a name or a number with them, are about,
/// and derives those projects again.
///
/// # Errors
/// [`Error::Database`] if the database fails, [`Error::Unreadable`] if a stored statement is damaged.
pub async fn settle(
    db: &impl ConnectionTrait,
    statements: Vec<statement::Model>,
    now: DateTime<Utc>,
) -> Result<Settled> {
    derive(db, statements, now, Scope::News).await
}

/// Derives the whole graph again from the statements alone, in place of whatever stands there. What comes out as it was
/// keeps its times.
///
/// # Errors
/// As [`settle`].
pub async fn rebuild(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Settled> {
    let statements = statement::Entity::find().order_by_asc(statement::Column::SortKey).all(db).await?;
    derive(db, statements, now, Scope::Everything).await
}

/// Takes a source back, or puts it in force again, and derives the graph anew: its names go with it.
///
/// # Errors
/// As [`settle`].
pub async fn withdraw(
    db: &impl ConnectionTrait,
    source: source::Model,
    withdrawn_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Settled> {
    let id = source.id;
    save::<source::Entity>(db, vec![source::Model { withdrawn_at, ..source }]).await?;
    delete::<organisation_name::Entity>(db, organisation_name::Column::SourceId, &[id]).await?;
    rebuild(db, now).await
}

/// What is written of all that was derived.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// What differs from what was derived before.
    News,
    /// Every row, for any may have been damaged.
    Everything,
}

async fn derive(
    db: &impl ConnectionTrait,
    statements: Vec<statement::Model>,
    now: DateTime<Utc>,
    scope: Scope,
) -> Result<Settled> {
    let rows = related(db, statements).await?;
    let sources = sources(db, &rows).await?;
    // What was taken back is on record and speaks no more.
    let is_withdrawn =
        |row: &statement::Model| sources.get(&row.source_id).is_some_and(|s| s.withdrawn_at.is_some());
    let (silent, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_withdrawn);
    let publishers = publishers(db, &sources).await?;
    let mut spoken = Vec::with_capacity(rows.len());
    for row in &rows {
        spoken.push(speak(row, &sources, &publishers)?);
    }
    let traits: Vec<Traits> = rows.iter().zip(&spoken).map(|(row, s)| traits(row, s, &sources)).collect();

    let before: HashSet<Uuid> = match scope {
        Scope::News => rows.iter().chain(&silent).filter_map(|row| row.project_id).collect(),
        Scope::Everything => projects::ids(db).await?.into_iter().collect(),
    };
    let mut moved: Vec<statement::Model> = silent
        .into_iter()
        .filter(|row| row.project_id.is_some())
        .map(|row| statement::Model { project_id: None, matched_by: MatchRule::New, ..row })
        .collect();
    let mut derived = Vec::new();
    for cluster in matching::cluster(&traits) {
        let Some(&(first, _)) = cluster.first() else { continue };
        let id = ids::named(&["project", &rows[first].id.to_string()]);
        let members: Vec<&Spoken> = cluster.iter().map(|(at, _)| &spoken[*at]).collect();
        derived.push(graph::derive(id, &members, now));
        for (at, rule) in cluster {
            let (project_id, matched_by) = (Some(id), match_rule(rule));
            let differs = rows[at].project_id != project_id || rows[at].matched_by != matched_by;
            if differs || scope == Scope::Everything {
                moved.push(statement::Model { project_id, matched_by, ..rows[at].clone() });
            }
        }
    }
    let mut directory = Directory::default();
    for s in &spoken {
        s.parts.iter().for_each(|part| directory.add(part, s.source));
    }
    derived.iter().flat_map(|d| &d.funders).for_each(|funder| directory.add_funder(funder));
    directory.write(db, now, scope).await?;

    let after: HashSet<Uuid> = derived.iter().map(|d| d.project.id).collect();
    let gone: Vec<Uuid> = before.difference(&after).copied().collect();
    let (settled, derived) = news(db, derived, gone.len(), scope).await?;
    let touched: Vec<Uuid> = derived.iter().map(|d| d.project.id).chain(gone.iter().copied()).collect();
    let neighbours = match scope {
        Scope::News => orphans::neighbours(db, &touched).await?,
        Scope::Everything => orphans::everyone(db).await?,
    };
    graph::write(db, derived).await?;
    save::<statement::Entity>(db, moved).await?;
    graph::forget(db, &gone).await?;
    neighbours.delete_orphans(db).await?;
    Ok(settled)
}

/// Makes sure that a publisher stands among the organisations, and returns its id.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn publisher(db: &impl ConnectionTrait, name: &str, now: DateTime<Utc>) -> Result<Option<Uuid>> {
    let party = Party { name: name.to_owned(), ..Party::default() };
    let Some(identity) = identify(&party, None) else { return Ok(None) };
    let mut directory = Directory::default();
    directory.add_identity(&identity);
    directory.write(db, now, Scope::News).await?;
    Ok(Some(identity.member().id))
}

/// Some statements and all that are joined to them by names and numbers, first recorded first.
async fn related(
    db: &impl ConnectionTrait,
    statements: Vec<statement::Model>,
) -> Result<Vec<statement::Model>> {
    let mut found: BTreeMap<(Vec<u8>, Uuid), statement::Model> = BTreeMap::new();
    let (mut names, mut numbers) = (HashSet::new(), HashSet::new());
    let mut fresh = statements;
    while !fresh.is_empty() {
        let keys = |key: fn(&statement::Model) -> &Option<String>, known: &mut HashSet<String>| {
            let new: BTreeSet<String> = fresh.iter().filter_map(|s| key(s).clone()).collect();
            new.into_iter().filter(|key| known.insert(key.clone())).collect::<Vec<String>>()
        };
        let new_names = keys(|s| &s.name_key, &mut names);
        let new_numbers = keys(|s| &s.number_key, &mut numbers);
        for row in std::mem::take(&mut fresh) {
            found.insert((row.sort_key.clone(), row.id), row);
        }
        for (column, keys) in
            [(statement::Column::NameKey, new_names), (statement::Column::NumberKey, new_numbers)]
        {
            for some in keys.chunks(10_000) {
                let rows = statement::Entity::find()
                    .filter(column.is_in(some.iter().map(String::as_str)))
                    .order_by_asc(statement::Column::SortKey)
                    .all(db)
                    .await?;
                fresh.extend(
                    rows.into_iter().filter(|row| !found.contains_key(&(row.sort_key.clone(), row.id))),
                );
            }
        }
    }
    Ok(found.into_values().collect())
}

async fn sources(
    db: &impl ConnectionTrait,
    statements: &[statement::Model],
) -> Result<HashMap<Uuid, source::Model>> {
    let ids: BTreeSet<Uuid> = statements.iter().map(|s| s.source_id).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut sources = HashMap::new();
    for some in ids.chunks(10_000) {
        let rows =
            source::Entity::find().filter(source::Column::Id.is_in(some.iter().copied())).all(db).await?;
        sources.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(sources)
}

/// The municipalities and regions among the publishers, by their ids.
async fn publishers(
    db: &impl ConnectionTrait,
    sources: &HashMap<Uuid, source::Model>,
) -> Result<HashMap<Uuid, Organisation>> {
    let ids: BTreeSet<Uuid> = sources.values().filter_map(|source| source.publisher_id).collect();
    let rows = organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.iter().filter_map(|row| Some((row.id, house(row)?))).collect())
}

/// A publisher as the house that its documents speak of: a municipality or a region, nobody else.
fn house(publisher: &organisation::Model) -> Option<Organisation> {
    let has_departments = matches!(publisher.kind, OrganisationKind::Municipality | OrganisationKind::Region);
    has_departments.then(|| Organisation {
        id: publisher.id,
        name: publisher.name.clone(),
        name_en: publisher.name_en.clone(),
        kind: publisher.kind.to_value(),
        number: publisher.number.clone(),
        municipality_code: publisher.municipality_code.clone(),
        region_code: publisher.region_code.clone(),
        former_names: Vec::new(),
        certain: true,
    })
}

/// The legal entity that owns the project of a statement, and its name; `publisher` is that of its source.
#[must_use]
pub fn owner(statement: &Statement, publisher: Option<&organisation::Model>) -> Option<(Uuid, String)> {
    let parts = parties::parts(statement, publisher.and_then(house).as_ref());
    let owner = parts.into_iter().find(|part| part.role == PartnershipRole::Owner)?;
    Some((owner.identity.legal.id, owner.identity.legal.name))
}

fn speak(
    row: &statement::Model,
    sources: &HashMap<Uuid, source::Model>,
    publishers: &HashMap<Uuid, Organisation>,
) -> Result<Spoken> {
    let source =
        sources.get(&row.source_id).ok_or(Error::Inconsistent { table: "source", id: row.source_id })?;
    let statement = read(&row.body)?;
    let (rank, dated) = standing(source);
    Ok(Spoken {
        id: row.id,
        sort_key: row.sort_key.clone(),
        source: source.id,
        rank,
        dated,
        parts: parties::parts(&statement, source.publisher_id.and_then(|id| publishers.get(&id))),
        statement,
    })
}

/// How much a source counts, 0 most, and the day it is dated by: published, or else obtained.
#[must_use]
pub fn standing(source: &source::Model) -> (u8, NaiveDate) {
    (claims::rank(&source.format), source.published_on.unwrap_or(source.obtained_on))
}

/// Reads a stored statement.
///
/// # Errors
/// [`Error::Unreadable`] if it is damaged.
pub fn read(body: &str) -> Result<Statement> {
    serde_json::from_str(body).map_err(|cause| Error::Unreadable { what: "a statement", cause })
}

fn traits(row: &statement::Model, spoken: &Spoken, sources: &HashMap<Uuid, source::Model>) -> Traits {
    let legal = |role| spoken.parts.iter().filter(move |p| p.role == role).map(|p| &p.identity.legal);
    let period: Period = spoken.statement.period.as_deref().and_then(|p| p.parse().ok()).unwrap_or_default();
    Traits {
        name: row.name_key.clone(),
        number: row.number_key.clone(),
        owner: legal(PartnershipRole::Owner).next().map(|o| Owner { id: o.id, certain: o.certain }),
        partners: legal(PartnershipRole::Partner).map(|o| o.id).collect(),
        register: sources.get(&row.source_id).filter(|s| matching::is_register(&s.format)).map(|s| s.id),
        period: (period.start.map(|edge| edge.first_day()), period.end.map(|edge| edge.last_day())),
    }
}

fn match_rule(rule: Rule) -> MatchRule {
    match rule {
        Rule::New => MatchRule::New,
        Rule::Number => MatchRule::Number,
        Rule::NameAndOwner => MatchRule::NameAndOwner,
        Rule::NameAndPeriod => MatchRule::NameAndPeriod,
    }
}

/// Keeps those projects that are new or say something new, and counts them.
async fn news(
    db: &impl ConnectionTrait,
    derived: Vec<Derived>,
    removed: usize,
    scope: Scope,
) -> Result<(Settled, Vec<Derived>)> {
    let ids: Vec<Uuid> = derived.iter().map(|d| d.project.id).collect();
    let mut known: HashMap<Uuid, project::Model> = HashMap::new();
    for some in ids.chunks(10_000) {
        let rows =
            project::Entity::find().filter(project::Column::Id.is_in(some.iter().copied())).all(db).await?;
        known.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let mut settled = Settled { removed, ..Settled::default() };
    let mut news = Vec::new();
    for mut d in derived {
        match known.get(&d.project.id) {
            None => settled.created += 1,
            Some(old) if old.content == d.project.content => {
                if scope == Scope::News {
                    continue;
                }
                (d.project.created_at, d.project.updated_at) = (old.created_at, old.updated_at);
            }
            Some(old) => {
                d.project.created_at = old.created_at;
                settled.changed += 1;
            }
        }
        news.push(d);
    }
    Ok((settled, news))
}
