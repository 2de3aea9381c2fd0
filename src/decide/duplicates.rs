//! What may be one without proof, for an operator to decide.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::duplicates::{Candidate, Profile, compare};
use crate::domain::ids::global;
use crate::domain::names;
use crate::entities::decision::{self, DecisionKind};
use crate::entities::{decision_member, organisation, project, project_name, project_number};
use crate::error::Result;
use crate::store::batch::Batched;
use crate::store::batch::Parents;
use crate::store::decisions::RuledApart;
use crate::store::duplicates::{Alike, Registers};
use crate::store::page::Relation;

/// How many projects are looked at together.
const AT_ONCE: u64 = 1_000;

/// Two that may be one.
#[derive(Clone, Debug, Serialize)]
pub struct Duplicate {
    /// `project` or `organisation`.
    pub kind: &'static str,
    /// The one and the other: global id, number and name.
    pub pair: [Named; 2],
    /// How much speaks for it, from 0 to 1.
    pub score: f64,
    /// What speaks for it.
    pub reasons_for: Vec<String>,
    /// What speaks against it.
    pub reasons_against: Vec<String>,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// Its global id.
    pub id: String,
    /// Its number, if one is known.
    pub number: Option<String>,
    /// Its name.
    pub name: String,
}

/// A row of a link between two projects, or of what belongs to one.
#[derive(FromQueryResult)]
struct Link {
    parent: Uuid,
    child: Uuid,
}

/// Every two projects, and every two organisations, that may be one, the likeliest first.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn duplicates(db: &impl ConnectionTrait) -> Result<Vec<Duplicate>> {
    let mut found = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let ids: Vec<Uuid> = project::Entity::find()
            .select_only()
            .column(project::Column::Id)
            .filter(project::Column::Id.gt(after))
            .order_by_asc(project::Column::Id)
            .limit(AT_ONCE)
            .into_tuple()
            .all(db)
            .await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        found.extend(among(db, &ids).await?);
    }
    found.extend(organisations(db).await?);
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.pair[0].name.cmp(&b.pair[0].name)));
    Ok(found)
}

/// The pairs of which the first is one of some projects.
async fn among(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Duplicate>> {
    let rows = db.query_all(&Alike.links(Parents::of(db, ids))).await?;
    let links = rows
        .iter()
        .map(|row| Link::from_query_result(row, ""))
        .collect::<std::result::Result<Vec<_>, _>>()?;
    // Each pair once.
    let pairs: BTreeSet<(Uuid, Uuid)> = links
        .into_iter()
        .filter(|link| link.parent < link.child)
        .map(|link| (link.parent, link.child))
        .collect();
    let involved: BTreeSet<Uuid> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let involved: Vec<Uuid> = involved.into_iter().collect();
    let (rows, profiles) = profiles(db, &involved).await?;
    let mut apart: HashSet<(Uuid, Uuid)> = HashSet::new();
    for some in involved.chunks(10_000) {
        for row in db.query_all(&RuledApart.query(Parents::of(db, some))).await? {
            apart.insert((row.try_get("", "parent")?, row.try_get("", "project_id")?));
        }
    }
    let mut found = Vec::new();
    for (one, other) in pairs {
        let (Some(a), Some(b)) = (profiles.get(&one), profiles.get(&other)) else { continue };
        let Some(Candidate { score, reasons_for, reasons_against }) = compare(a, b) else { continue };
        let (Some(a), Some(b)) = (rows.get(&one), rows.get(&other)) else { continue };
        if apart.contains(&(one, other)) {
            continue;
        }
        let named = |row: &project::Model| Named {
            id: global(b'P', row.id),
            number: row.number.clone(),
            name: row.name.clone(),
        };
        let pair = [named(a), named(b)];
        found.push(Duplicate {
            kind: "project",
            pair,
            score: f64::from(score) / 100.0,
            reasons_for,
            reasons_against,
        });
    }
    Ok(found)
}

type Profiles = (HashMap<Uuid, project::Model>, HashMap<Uuid, Profile>);

async fn profiles(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Profiles> {
    let (mut rows, mut profiles) = (HashMap::new(), HashMap::new());
    for some in ids.chunks(10_000) {
        let projects =
            project::Entity::find().filter(project::Column::Id.is_in(some.iter().copied())).all(db).await?;
        let owners: BTreeSet<Uuid> = projects.iter().filter_map(|row| row.owner_id).collect();
        let owners =
            organisation::Entity::find().filter(organisation::Column::Id.is_in(owners)).all(db).await?;
        let legal: HashMap<Uuid, Uuid> =
            owners.into_iter().map(|row| (row.id, row.legal_entity_id)).collect();
        for row in projects {
            let profile = Profile {
                names: vec![row.name.clone()],
                owner: row.owner_id.and_then(|id| legal.get(&id).copied()),
                period: (row.starts_on, row.ends_on),
                ..Profile::default()
            };
            profiles.insert(row.id, profile);
            rows.insert(row.id, row);
        }
        let names = project_name::Entity::find()
            .filter(project_name::Column::ProjectId.is_in(some.iter().copied()))
            .all(db)
            .await?;
        for name in names {
            profiles.entry(name.project_id).or_insert_with(Profile::default).names.push(name.value);
        }
        let numbers = project_number::Entity::find()
            .filter(project_number::Column::ProjectId.is_in(some.iter().copied()))
            .all(db)
            .await?;
        for number in numbers {
            let profile = profiles.entry(number.project_id).or_insert_with(Profile::default);
            profile.numbers.push((number.scheme, number.number_key));
        }
        for row in db.query_all(&Registers.query(Parents::of(db, some))).await? {
            let (project, register): (Uuid, Uuid) =
                (row.try_get("", "parent")?, row.try_get("", "source_id")?);
            profiles.entry(project).or_insert_with(Profile::default).registers.push(register);
        }
    }
    Ok((rows, profiles))
}

/// Legal entities that only a name tells, beside others of the same words.
async fn organisations(db: &impl ConnectionTrait) -> Result<Vec<Duplicate>> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::ParentId.is_null())
        .order_by_asc(organisation::Column::SortKey)
        .all(db)
        .await?;
    let rejected = rejected(db).await?;
    let mut by_words: BTreeMap<BTreeSet<String>, Vec<&organisation::Model>> = BTreeMap::new();
    for row in &rows {
        by_words.entry(names::core(&row.name)).or_default().push(row);
    }
    let mut found = Vec::new();
    for (words, rows) in by_words.iter().filter(|(words, _)| !words.is_empty()) {
        for (at, one) in rows.iter().enumerate() {
            for other in &rows[at + 1..] {
                // Two numbers are two legal entities.
                let proven = one.number.is_some() && other.number.is_some();
                if proven || rejected.contains(&(one.id, other.id)) || rejected.contains(&(other.id, one.id))
                {
                    continue;
                }
                let named = |row: &organisation::Model| Named {
                    id: global(b'O', row.id),
                    number: row.number.clone(),
                    name: row.name.clone(),
                };
                let words = words.iter().cloned().collect::<Vec<_>>().join(" ");
                found.push(Duplicate {
                    kind: "organisation",
                    pair: [named(one), named(other)],
                    score: 0.7,
                    reasons_for: vec![format!("the same words: {words}")],
                    reasons_against: vec!["no number says so".to_owned()],
                });
            }
        }
    }
    Ok(found)
}

/// Pairs of organisations that were ruled to be two.
async fn rejected(db: &impl ConnectionTrait) -> Result<HashSet<(Uuid, Uuid)>> {
    let decisions: Vec<Uuid> = decision::Entity::find()
        .select_only()
        .column(decision::Column::Id)
        .filter(decision::Column::Kind.eq(DecisionKind::Reject))
        .filter(decision::Column::UndoneAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let members = decision_member::Entity::find()
        .filter(decision_member::Column::DecisionId.is_in(decisions))
        .order_by_asc(decision_member::Column::DecisionId)
        .order_by_asc(decision_member::Column::Ordinal)
        .all(db)
        .await?;
    let pair = |pair: &[decision_member::Model]| match pair {
        [one, other] if one.decision_id == other.decision_id => {
            one.organisation_id.zip(other.organisation_id)
        }
        _ => None,
    };
    Ok(members.windows(2).filter_map(pair).collect())
}
