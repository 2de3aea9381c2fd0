//! What statements that belong together come to: without the database, so that it can go on while that writes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use sea_orm::DatabaseBackend;
use uuid::Uuid;

use super::details::Rows;
use super::editions::{Heirs, first_statements};
use super::graph::{self, Derived, Spoken};
use super::names::Names;
use super::organisations::Directory;
use super::parties::{Identities, Part};
use super::rulings::Decisions;
use super::standing::standing;
use super::{Scope, read};
use crate::domain::identity::Organisation;
use crate::domain::ids;
use crate::domain::matching::{self, Owner, Rule, Traits};
use crate::domain::period::Period;
use crate::domain::statement::Statement;
use crate::entities::partnership::PartnershipRole;
use crate::entities::statement::MatchRule;
use crate::entities::{source, statement};
use crate::error::{Error, Result};
use crate::store::group_figures::Figures;
use crate::store::write::Prepared;

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

/// What is known before any statement is read.
pub(super) struct Ground {
    pub now: DateTime<Utc>,
    pub scope: Scope,
    pub backend: DatabaseBackend,
    pub sources: HashMap<Uuid, source::Model>,
    pub in_force: HashSet<Uuid>,
    /// Which editions came after older ones.
    pub heirs: Heirs,
    pub publishers: HashMap<Uuid, Organisation>,
    pub decisions: Decisions,
    pub identities: Mutex<Identities>,
    pub names: Mutex<Names>,
    /// Figures of all projects, as long as there are none but those that were settled here for the first time.
    pub figures: Mutex<Option<Figures>>,
}

/// What some statements come to.
pub(super) struct Settlement {
    /// Statements that the database has and that are to stand otherwise.
    pub moved: Vec<statement::Model>,
    /// What writes the new statements, and then the projects that only those make.
    pub statements: Prepared,
    pub projects: Prepared,
    /// The ids of those projects.
    pub created: Vec<Uuid>,
    /// Projects that the database may have.
    pub derived: Vec<Derived>,
    pub directory: Directory,
    /// Projects that are no more, and what each went into.
    pub gone: Vec<(Uuid, Option<Uuid>)>,
}

impl Ground {
    /// Settles statements with all that belong to them, first recorded first. `from` is where those begin that were
    /// asked for.
    pub fn settle(&self, entries: Vec<Entry>, from: &[u8]) -> Result<Settlement> {
        let before: HashSet<Uuid> = entries.iter().filter_map(|entry| entry.row.project_id).collect();
        let mut statements = Statements::default();
        let (mut rows, mut spoken, mut silent) = (Vec::new(), Vec::new(), Vec::new());
        for Entry { row, statement, stored } in entries {
            if self.in_force.contains(&row.source_id) {
                spoken.push(self.speak(&row, statement)?);
                rows.push((row, stored));
            } else {
                // What was taken back, or has a newer edition, is on record and speaks no more.
                if self.heirs.contains_key(&row.source_id) {
                    let traits = self.traits(&row, &self.speak(&row, statement)?);
                    silent.push((row.clone(), traits));
                }
                statements.put(row, stored, None, MatchRule::New, self.scope);
            }
        }
        let traits: Vec<Traits> =
            rows.iter().zip(&spoken).map(|((row, _), spoken)| self.traits(row, spoken)).collect();
        let ids: Vec<Uuid> = rows.iter().map(|(row, _)| row.id).collect();
        let mut after: HashSet<Uuid> = HashSet::new();
        let mut merged: HashMap<Uuid, Uuid> = HashMap::new();
        let (mut new, mut derived) = (Vec::new(), Vec::new());
        let mut names = locked(&self.names);
        let mut directory = Directory::default();
        // Who is spoken of again and again has the same names each time.
        let mut added = HashSet::new();
        for s in &spoken {
            for part in s.parts.iter().filter(|part| added.insert(Arc::as_ptr(&part.names))) {
                directory.add(part, s.source);
                names.meet(&part.identity);
            }
        }
        let clusters = matching::cluster(&traits, &self.decisions.among(&ids));
        let silent: Vec<_> = silent.iter().map(|(row, traits)| (row, traits)).collect();
        let speaking: Vec<_> = rows.iter().map(|(row, _)| row).zip(&traits).collect();
        let firsts = first_statements(&self.heirs, &silent, &speaking, &clusters);
        for (cluster, known_by) in clusters.into_iter().zip(firsts) {
            let Some(&(first, _)) = cluster.first() else { continue };
            let id = ids::within(known_by, &["project"]);
            after.insert(id);
            // All statements are gone through in order: what began before was settled before.
            if self.scope != Scope::News && *rows[first].0.sort_key < *from {
                continue;
            }
            let members: Vec<&Spoken> = cluster.iter().map(|(at, _)| &spoken[*at]).collect();
            let project = graph::derive(id, &members, self.now, &mut names);
            // What is known by a statement that is new cannot be there.
            if rows[first].1 || known_by != ids[first] {
                derived.push(project);
            } else {
                new.push(project);
            }
            for (at, rule) in cluster {
                let (row, stored) = &rows[at];
                merged.extend(row.project_id.map(|before| (before, id)));
                statements.put(row.clone(), *stored, Some(id), match_rule(rule), self.scope);
            }
        }
        if let Some(figures) = &mut *locked(&self.figures) {
            for project in &new {
                figures.add(&project.told());
            }
        }
        new.iter().chain(&derived).flat_map(|d| &d.funders).for_each(|funder| directory.add_funder(funder));
        directory.call_by(&mut names);
        drop(names);
        let mut of_statements = Prepared::new(self.backend);
        of_statements.insert::<statement::Entity>(statements.new);
        let created = new.iter().map(|d| d.project.id).collect();
        let mut of_projects = Prepared::new(self.backend);
        Rows::derived(new).insert(&mut of_projects);
        let gone = before.difference(&after).map(|project| (*project, merged.get(project).copied()));
        Ok(Settlement {
            moved: statements.changed,
            statements: of_statements,
            projects: of_projects,
            created,
            derived,
            directory,
            gone: gone.collect(),
        })
    }

    /// The organisations that some statements speak of.
    pub fn spoken_of(&self, entries: &[Entry]) -> BTreeSet<Uuid> {
        let parts = |entry: &Entry| self.parts(entry.row.source_id, &entry.statement);
        let ids = |part: Part| part.identity.organisations().map(|own| own.id).collect::<Vec<_>>();
        entries.iter().flat_map(parts).flat_map(ids).collect()
    }

    /// Whom a statement of a source speaks of, as operators decided who is one.
    fn parts(&self, source: Uuid, statement: &Statement) -> Vec<Part> {
        let publisher =
            self.sources.get(&source).and_then(|source| self.publishers.get(&source.publisher_id?));
        let mut parts = locked(&self.identities).parts(statement, publisher);
        self.decisions.unite(&mut parts);
        parts
    }

    fn speak(&self, row: &statement::Model, statement: Statement) -> Result<Spoken> {
        let source = self
            .sources
            .get(&row.source_id)
            .ok_or(Error::Inconsistent { table: "source", id: row.source_id })?;
        let (rank, dated) = standing(source);
        let parts = self.parts(source.id, &statement);
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
}

/// What is behind a lock, whatever became of those who held it before.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
