//! Settling statements, some at a time.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::changes::Changes;
use super::graph::{self, Derived, Spoken};
use super::organisations::{Directory, Known};
use super::parties::Identities;
use super::related::related;
use super::rulings::Decisions;
use super::standing::{in_force, standing};
use super::{Scope, Settled, house, orphans, read};
use crate::domain::identity::Organisation;
use crate::domain::ids;
use crate::domain::matching::{self, Owner, Rule, Traits};
use crate::domain::period::Period;
use crate::domain::statement::Statement;
use crate::entities::partnership::PartnershipRole;
use crate::entities::statement::MatchRule;
use crate::entities::{organisation, project, source, statement};
use crate::error::{Error, Result};
use crate::store::indexes::{self, SetAside};
use crate::store::write::{insert, save};

/// A statement that is not in the database yet: its row, without a project, and what it says.
#[derive(Debug)]
pub struct Fresh {
    /// The row.
    pub row: statement::Model,
    /// What it says, the same as the row's body.
    pub statement: Statement,
}

/// A statement to be settled.
pub(super) struct Entry {
    pub row: statement::Model,
    pub statement: Statement,
    /// Whether the database has it.
    pub stored: bool,
}

impl Entry {
    /// A statement as the database has it.
    pub fn stored(row: statement::Model) -> Result<Self> {
        Ok(Self { statement: read(&row.body)?, row, stored: true })
    }
}

/// Settles which projects statements are about, some at a time, and derives those projects.
pub struct Resolver<'a, C> {
    db: &'a C,
    now: DateTime<Utc>,
    scope: Scope,
    sources: HashMap<Uuid, source::Model>,
    in_force: HashSet<Uuid>,
    publishers: HashMap<Uuid, Organisation>,
    decisions: Decisions,
    identities: Identities,
    known: Known,
    changes: Changes,
    settled: Settled,
    set_aside: SetAside,
}

/// The tables that grow with every project.
const TABLES: [&str; 12] = [
    "statement",
    "project",
    "project_name",
    "project_series",
    "project_number",
    "project_funder",
    "project_amount",
    "award",
    "partnership",
    "partnership_statement",
    "reported_result",
    "change",
];
/// What statements find each other by.
const NEEDED: [&str; 2] = ["statement_by_name", "statement_by_number"];

impl<'a, C: ConnectionTrait> Resolver<'a, C> {
    /// A resolver over a transaction that nobody else writes in. All sources must be recorded.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails.
    pub async fn new(db: &'a C, now: DateTime<Utc>, scope: Scope) -> Result<Self> {
        let sources: HashMap<Uuid, source::Model> =
            source::Entity::find().all(db).await?.into_iter().map(|row| (row.id, row)).collect();
        let ids: BTreeSet<Uuid> = sources.values().filter_map(|source| source.publisher_id).collect();
        let publishers =
            organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db).await?;
        let in_force = in_force(&sources);
        Ok(Self {
            db,
            now,
            scope,
            publishers: publishers.iter().filter_map(|row| Some((row.id, house(row)?))).collect(),
            decisions: Decisions::load(db).await?,
            in_force,
            sources,
            identities: Identities::default(),
            known: Known::default(),
            changes: Changes::new(db, now).await?,
            settled: Settled::default(),
            set_aside: SetAside::default(),
        })
    }

    /// Makes ready for much: if there are no projects yet, indexes are made at the end.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails.
    pub async fn expect_much(&mut self) -> Result<()> {
        if project::Entity::find().one(self.db).await?.is_none() {
            self.set_aside = indexes::set_aside(self.db, &TABLES, &NEEDED).await?;
        }
        Ok(())
    }

    /// Settles statements that are new, and writes them.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails, [`Error::Unreadable`] if a stored statement is damaged.
    pub async fn settle(&mut self, fresh: Vec<Fresh>) -> Result<()> {
        let entry = |Fresh { row, statement }| Entry { row, statement, stored: false };
        self.derive(fresh.into_iter().map(entry).collect()).await
    }

    /// Settles statements again.
    ///
    /// # Errors
    /// As [`Self::settle`].
    pub async fn settle_again(&mut self, rows: Vec<statement::Model>) -> Result<()> {
        self.derive(rows.into_iter().map(Entry::stored).collect::<Result<_>>()?).await
    }

    /// Clears away what nothing speaks of any more, and says what was done.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails.
    pub async fn finish(mut self) -> Result<Settled> {
        self.set_aside.restore(self.db).await?;
        if self.scope == Scope::Everything {
            let gone = orphans::projects(self.db).await?;
            for &project in &gone {
                self.changes.removed(project, None);
            }
            self.settled.removed += gone.len();
            graph::forget(self.db, &gone).await?;
            orphans::everyone().delete(self.db).await?;
        }
        self.changes.write(self.db).await?;
        Ok(self.settled)
    }

    async fn derive(&mut self, entries: Vec<Entry>) -> Result<()> {
        let from = entries.iter().map(|entry| entry.row.sort_key.clone()).min();
        let entries = related(self.db, entries, &self.decisions).await?;
        let before: HashSet<Uuid> = entries.iter().filter_map(|entry| entry.row.project_id).collect();
        let mut statements = Statements::default();
        let (mut rows, mut spoken) = (Vec::new(), Vec::new());
        for Entry { row, statement, stored } in entries {
            if self.in_force.contains(&row.source_id) {
                spoken.push(self.speak(&row, statement)?);
                rows.push((row, stored));
            } else {
                // What was taken back, or has a newer edition, is on record and speaks no more.
                statements.put(row, stored, None, MatchRule::New, self.scope);
            }
        }
        let traits: Vec<Traits> =
            rows.iter().zip(&spoken).map(|((row, _), spoken)| self.traits(row, spoken)).collect();
        let ids: Vec<Uuid> = rows.iter().map(|(row, _)| row.id).collect();
        let mut after: HashSet<Uuid> = HashSet::new();
        let mut merged: HashMap<Uuid, Uuid> = HashMap::new();
        let mut derived = Vec::new();
        for cluster in matching::cluster(&traits, &self.decisions.among(&ids)) {
            let Some(&(first, _)) = cluster.first() else { continue };
            let id = ids::named(&["project", &ids[first].to_string()]);
            after.insert(id);
            // All statements are gone through in order: what began before was settled before.
            if self.scope == Scope::Everything
                && from.as_ref().is_some_and(|from| rows[first].0.sort_key < *from)
            {
                continue;
            }
            let members: Vec<&Spoken> = cluster.iter().map(|(at, _)| &spoken[*at]).collect();
            let project = graph::derive(id, &members, self.now);
            derived.push((project, rows[first].1));
            for (at, rule) in cluster {
                let (row, stored) = &rows[at];
                merged.extend(row.project_id.map(|before| (before, id)));
                statements.put(row.clone(), *stored, Some(id), match_rule(rule), self.scope);
            }
        }
        let mut directory = Directory::default();
        for s in &spoken {
            s.parts.iter().for_each(|part| directory.add(part, s.source));
        }
        derived.iter().flat_map(|(d, _)| &d.funders).for_each(|funder| directory.add_funder(funder));
        directory.write(self.db, self.now, self.scope, &mut self.known).await?;

        let gone: Vec<Uuid> = before.difference(&after).copied().collect();
        for project in &gone {
            self.changes.removed(*project, merged.get(project).copied());
        }
        self.settled.removed += gone.len();
        let (new, changed) = self.news(derived).await?;
        let changed_ids: Vec<Uuid> = changed.iter().map(|d| d.project.id).collect();
        let touched: Vec<Uuid> = changed_ids.iter().chain(&gone).copied().collect();
        if !touched.is_empty() {
            // What was derived before has to be found.
            self.set_aside.restore(self.db).await?;
        }
        let neighbours = match self.scope {
            Scope::News => Some(orphans::neighbours(self.db, &touched).await?),
            // Looked for once, at the end.
            Scope::Everything => None,
        };
        statements.write(self.db).await?;
        graph::forget_details(self.db, &touched).await?;
        graph::write(self.db, new, changed).await?;
        graph::forget(self.db, &gone).await?;
        if let Some(neighbours) = neighbours
            && neighbours.delete(self.db).await?
        {
            self.known = Known::default();
        }
        self.changes.write_if_many(self.db).await
    }

    fn speak(&mut self, row: &statement::Model, statement: Statement) -> Result<Spoken> {
        let source = self
            .sources
            .get(&row.source_id)
            .ok_or(Error::Inconsistent { table: "source", id: row.source_id })?;
        let (rank, dated) = standing(source);
        let publisher = source.publisher_id.and_then(|id| self.publishers.get(&id));
        let mut parts = self.identities.parts(&statement, publisher);
        self.decisions.unite(&mut parts);
        Ok(Spoken {
            id: row.id,
            sort_key: row.sort_key.clone(),
            source: source.id,
            rank,
            dated,
            parts,
            decided: self.decisions.chosen(row.id).to_vec(),
            statement,
        })
    }

    fn traits(&self, row: &statement::Model, spoken: &Spoken) -> Traits {
        let legal = |role| spoken.parts.iter().filter(move |p| p.role == role).map(|p| &p.identity.legal);
        let period: Period =
            spoken.statement.period.as_deref().and_then(|p| p.parse().ok()).unwrap_or_default();
        let source = self.sources.get(&row.source_id);
        Traits {
            name: row.name_key.clone(),
            number: row.number_key.clone(),
            owner: legal(PartnershipRole::Owner).next().map(|o| Owner { id: o.id, certain: o.certain }),
            partners: legal(PartnershipRole::Partner).map(|o| o.id).collect(),
            register: source.filter(|s| source::REGISTERS.contains(&&*s.format)).map(|s| s.id),
            period: (period.start.map(|edge| edge.first_day()), period.end.map(|edge| edge.last_day())),
        }
    }

    /// Sorts projects into those that are new and those that were there and have to be written again, and counts them.
    /// With each comes whether the statement that it is known by was recorded before.
    async fn news(&mut self, derived: Vec<(Derived, bool)>) -> Result<(Vec<Derived>, Vec<Derived>)> {
        // What is known by a statement that is new cannot be there.
        let ids: Vec<Uuid> = derived.iter().filter(|(_, old)| *old).map(|(d, _)| d.project.id).collect();
        let mut known: HashMap<Uuid, project::Model> = HashMap::new();
        for some in ids.chunks(10_000) {
            let rows = project::Entity::find()
                .filter(project::Column::Id.is_in(some.iter().copied()))
                .all(self.db)
                .await?;
            known.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for (mut d, _) in derived {
            let Some(old) = known.get(&d.project.id) else {
                self.settled.created += 1;
                self.changes.created(d.project.id);
                new.push(d);
                continue;
            };
            d.project.created_at = old.created_at;
            if old.content == d.project.content {
                if self.scope == Scope::News {
                    continue;
                }
                d.project.updated_at = old.updated_at;
            } else {
                self.settled.changed += 1;
                self.changes.changed(old, &d.project);
            }
            changed.push(d);
        }
        Ok((new, changed))
    }
}

/// Rows of statements to be written.
#[derive(Default)]
struct Statements {
    new: Vec<statement::Model>,
    changed: Vec<statement::Model>,
}

impl Statements {
    /// Puts a statement to a project, or to none, and keeps it to be written where that is not how it stands already.
    fn put(
        &mut self,
        row: statement::Model,
        stored: bool,
        project_id: Option<Uuid>,
        matched_by: MatchRule,
        scope: Scope,
    ) {
        let differs = row.project_id != project_id || row.matched_by != matched_by;
        let row = statement::Model { project_id, matched_by, ..row };
        if !stored {
            self.new.push(row);
        } else if differs || scope == Scope::Everything {
            self.changed.push(row);
        }
    }

    async fn write(self, db: &impl ConnectionTrait) -> Result<()> {
        insert::<statement::Entity>(db, self.new).await?;
        save::<statement::Entity>(db, self.changed).await
    }
}

fn match_rule(rule: Rule) -> MatchRule {
    match rule {
        Rule::New => MatchRule::New,
        Rule::Number => MatchRule::Number,
        Rule::NameAndOwner => MatchRule::NameAndOwner,
        Rule::NameAndPeriod => MatchRule::NameAndPeriod,
        Rule::Decision => MatchRule::Decision,
    }
}
