//! Settling statements, some at a time.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use siphasher::sip::SipHasher13;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::changes::Changes;
use super::details::{self, Renewal, Rows};
use super::editions::heirs;
use super::graph::Derived;
use super::names::{AtHand, Names};
use super::organisations::{Directory, Known};
use super::parties::Identities;
use super::related::{Written, related};
use super::rulings::Decisions;
use super::settle::{Entry, Ground, Settlement, locked};
use super::standing::in_force;
use super::{Scope, Settled, house, orphans};
use crate::domain::identity::identify;
use crate::domain::statement::{Party, Statement};
use crate::entities::{organisation, project, source, statement};
use crate::error::{Error, Result};
use crate::store::group_figures::{self, Figures};
use crate::store::indexes::{self, SetAside};
use crate::store::own;
use crate::store::transaction::WriteTransaction;
use crate::store::write::{delete, save};
use crate::store::{fundings, tallies};

/// A statement that is not in the database yet: its row, without a project, and what it says.
#[derive(Debug)]
pub struct Fresh {
    /// The row.
    pub row: statement::Model,
    /// What it says, the same as the row's body.
    pub statement: Statement,
}

/// Settles which projects statements are about, some at a time, and derives those projects.
pub struct Resolver<'a> {
    db: &'a WriteTransaction,
    ground: Arc<Ground>,
    known: Known,
    names: AtHand,
    changes: Changes,
    settled: Settled,
    /// Of tables that grow with every project.
    set_aside: SetAside,
    words: SetAside,
    /// Of organisations and funders, which are written once more when their projects are counted.
    of_organisations: SetAside,
    /// What is being settled and not written yet.
    pending: Option<Pending>,
    /// What all statements of the database are found by, where they began with these.
    written: Option<Written>,
}

/// Statements that are being settled on another thread.
struct Pending {
    task: JoinHandle<Result<Settlement>>,
    /// What they find others by, hashed.
    keys: HashSet<u64>,
}

/// The tables that grow with every project.
const TABLES: [&str; 14] = [
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
    "change_departure",
    "search_entry",
];
/// Those that grow with everyone who takes part or pays.
const OF_ORGANISATIONS: [&str; 4] = ["organisation", "organisation_name", "organisation_tree", "funder"];
/// What statements find each other by, organisations their names, and what is written once more its row.
const NEEDED: [&str; 10] = [
    "statement_by_name",
    "statement_by_number",
    "statement_pkey",
    "project_pkey",
    "search_entry_pkey",
    "organisation_pkey",
    "organisation_name_pkey",
    "organisation_name_of_organisation",
    "organisation_tree_pkey",
    "funder_pkey",
];

impl<'a> Resolver<'a> {
    /// A resolver over a transaction that nobody else writes in. All sources must be recorded.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails.
    pub async fn new(db: &'a WriteTransaction, now: DateTime<Utc>, scope: Scope) -> Result<Self> {
        let sources: HashMap<Uuid, source::Model> =
            source::Entity::find().all(db).await?.into_iter().map(|row| (row.id, row)).collect();
        let publishers = publishers(db, &sources).await?;
        let in_force = in_force(&sources);
        let ground = Ground {
            now,
            scope,
            backend: db.get_database_backend(),
            heirs: heirs(&sources, &in_force),
            in_force,
            sources,
            publishers: publishers.iter().filter_map(|row| Some((row.id, house(row)?))).collect(),
            decisions: Decisions::load(db).await?,
            identities: Mutex::default(),
            names: Mutex::default(),
            figures: Mutex::default(),
        };
        Ok(Self {
            db,
            ground: Arc::new(ground),
            known: Known::default(),
            // What is written over is called as it is met.
            names: if scope == Scope::News { AtHand::None } else { AtHand::All },
            changes: Changes::new(db, now).await?,
            settled: Settled::default(),
            set_aside: SetAside::default(),
            words: SetAside::default(),
            of_organisations: SetAside::default(),
            pending: None,
            written: None,
        })
    }

    /// Makes ready for much: if there are no projects yet, indexes are made at the end.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails.
    pub async fn expect_much(&mut self) -> Result<()> {
        if project::Entity::find().one(self.db).await?.is_none() {
            // There may be some of sources that were taken back.
            let is_first = statement::Entity::find().one(self.db).await?.is_none();
            self.written = is_first.then(Written::none);
            self.known = Known::all(self.db).await?;
            *locked(&self.ground.figures) = Some(Figures::default());
            self.words = indexes::set_words_aside(self.db).await?;
            self.set_aside = indexes::set_aside(self.db, &TABLES, &NEEDED).await?;
            self.of_organisations = indexes::set_aside(self.db, &OF_ORGANISATIONS, &NEEDED).await?;
        }
        Ok(())
    }

    /// Makes all indexes again.
    async fn restore(&mut self) -> Result<()> {
        self.of_organisations.restore(self.db).await?;
        self.restore_projects().await
    }

    /// Makes those again that are not of organisations.
    async fn restore_projects(&mut self) -> Result<()> {
        self.words.restore(self.db).await?;
        self.set_aside.restore(self.db).await?;
        // They are counted next, and looked at again when that has been written.
        self.of_organisations.look(self.db).await
    }

    /// Writes the publishers of all sources, whom nothing else may speak of.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails.
    pub async fn add_publishers(&mut self) -> Result<()> {
        let mut directory = Directory::default();
        for row in publishers(self.db, &self.ground.sources).await? {
            let party = Party { name: row.name, number: row.number, unit: None };
            if let Some(identity) = identify(&party, None) {
                directory.add_identity(&identity);
            }
        }
        directory.call_by(&mut locked(&self.ground.names));
        let Ground { now, scope, .. } = *self.ground;
        directory.write(self.db, now, scope, &mut self.known).await
    }

    /// Settles statements that are new. They are written when the next come, or at the end.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails, [`Error::Unreadable`] if a stored statement is damaged.
    pub async fn settle(&mut self, fresh: Vec<Fresh>) -> Result<()> {
        let entry = |Fresh { row, statement }| Entry { row, statement, stored: false };
        let mut entries: Vec<Entry> = fresh.into_iter().map(entry).collect();
        if entries.is_empty() {
            return Ok(());
        }
        let from = entries.iter().map(|entry| entry.row.sort_key.clone()).min().unwrap_or_default();
        if self.waits_for(&entries) {
            self.write_pending().await?;
        }
        entries = related(self.db, entries, &self.ground.decisions, self.written.as_ref()).await?;
        if self.waits_for(&entries) {
            self.write_pending().await?;
            // Those that wait were not to be found before.
            let new = entries.into_iter().filter(|entry| !entry.stored).collect();
            entries = related(self.db, new, &self.ground.decisions, self.written.as_ref()).await?;
        }
        if let Some(written) = &mut self.written {
            written.add(entries.iter().map(|entry| &entry.row));
        }
        let keys = entries.iter().flat_map(keys).collect();
        // In order, for who is met first gives a name.
        let before = self.pending_settled().await?;
        self.names = self.names.with_those_in(&entries, self.db, &self.ground).await?;
        let ground = Arc::clone(&self.ground);
        let task = tokio::task::spawn_blocking(move || ground.settle(entries, &from));
        self.pending = Some(Pending { task, keys });
        // While these are settled, those before are written.
        let Some(settlement) = before else { return Ok(()) };
        self.write(settlement).await
    }

    /// Settles statements again.
    ///
    /// # Errors
    /// As [`Self::settle`].
    pub async fn settle_again(&mut self, rows: Vec<statement::Model>) -> Result<()> {
        let entries = rows.into_iter().map(Entry::stored).collect::<Result<Vec<_>>>()?;
        let from = entries.iter().map(|entry| entry.row.sort_key.clone()).min().unwrap_or_default();
        let entries = related(self.db, entries, &self.ground.decisions, None).await?;
        self.names = self.names.with_those_in(&entries, self.db, &self.ground).await?;
        let settlement = self.ground.settle(entries, &from)?;
        self.write(settlement).await
    }

    /// Whether some statements belong to others that are not written yet.
    fn waits_for(&self, entries: &[Entry]) -> bool {
        let pending = self.pending.as_ref().map(|pending| &pending.keys);
        pending.is_some_and(|pending| entries.iter().flat_map(keys).any(|key| pending.contains(&key)))
    }

    async fn write_pending(&mut self) -> Result<()> {
        let Some(settlement) = self.pending_settled().await? else { return Ok(()) };
        self.write(settlement).await
    }

    /// What those come to that are being settled, if there are any.
    async fn pending_settled(&mut self) -> Result<Option<Settlement>> {
        let Some(Pending { task, .. }) = self.pending.take() else { return Ok(None) };
        task.await.map_err(|cause| Error::Refused(format!("resolving failed: {cause}")))?.map(Some)
    }

    async fn write(&mut self, settlement: Settlement) -> Result<()> {
        let Settlement { moved, statements, projects, created, derived, directory, gone } = settlement;
        let Ground { now, scope, .. } = *self.ground;
        directory.write(self.db, now, scope, &mut self.known).await?;
        for (project, merged_into) in &gone {
            self.changes.removed(*project, *merged_into);
        }
        self.settled.removed += gone.len();
        self.settled.created += created.len();
        for project in created {
            self.changes.created(project);
        }
        let (before, derived) = self.news(derived).await?;
        let gone: Vec<Uuid> = gone.into_iter().map(|(project, _)| project).collect();
        if !(derived.is_empty() && gone.is_empty()) {
            *locked(&self.ground.figures) = None;
        }
        let touched: Vec<Uuid> =
            before.iter().map(|project| project.id).chain(gone.iter().copied()).collect();
        if !touched.is_empty() {
            // What was derived before has to be found.
            self.restore().await?;
        }
        let standing = Rows::around(self.db, &touched).await?.with(before);
        let renewal = Renewal::between(standing, Rows::derived(derived), self.ground.backend);
        let left: Vec<Uuid> = renewal.left.iter().copied().collect();
        let before = own::parties(self.db, &left).await?;
        let neighbours = match scope {
            Scope::News => {
                Some(orphans::neighbours(self.db, &renewal.organisations, &renewal.funders).await?)
            }
            // Looked for once, at the end.
            Scope::Differences | Scope::Everything => None,
        };
        statements.execute(self.db).await?;
        save::<statement::Entity>(self.db, moved).await?;
        projects.execute(self.db).await?;
        renewal.execute(self.db).await?;
        delete::<project::Entity>(self.db, project::Column::Id, &gone).await?;
        self.changes.departed(before, own::parties(self.db, &left).await?);
        if let Some(neighbours) = neighbours
            && neighbours.delete(self.db).await?
        {
            self.known = Known::default();
        }
        self.changes.write_if_many(self.db).await
    }

    /// Clears away what nothing speaks of any more, and says what was done.
    ///
    /// # Errors
    /// [`Error::Database`] if the database fails.
    pub async fn finish(mut self) -> Result<Settled> {
        self.write_pending().await?;
        // Nobody is spoken of any more, and what is made next takes memory too.
        *locked(&self.ground.identities) = Identities::default();
        *locked(&self.ground.names) = Names::default();
        self.known = Known::default();
        self.restore_projects().await?;
        if self.ground.scope != Scope::News {
            let gone = orphans::projects(self.db).await?;
            for &project in &gone {
                self.changes.removed(project, None);
            }
            self.changes.departed(own::parties(self.db, &gone).await?, Vec::new());
            self.settled.removed += gone.len();
            details::forget(self.db, &gone).await?;
            orphans::everyone().delete(self.db).await?;
        }
        tallies::refresh(self.db).await?;
        self.of_organisations.restore(self.db).await?;
        fundings::refresh(self.db).await?;
        indexes::keep_words_in_order(self.db).await?;
        self.changes.write(self.db).await?;
        let figures = locked(&self.ground.figures).take();
        if let Some(figures) = figures {
            group_figures::keep(self.db, figures).await?;
        }
        Ok(self.settled)
    }

    /// Of some projects those that are new, or were there and have to be written again, and how these were; counts them.
    async fn news(&mut self, derived: Vec<Derived>) -> Result<(Vec<project::Model>, Vec<Derived>)> {
        let ids: Vec<Uuid> = derived.iter().map(|d| d.project.id).collect();
        let mut known: HashMap<Uuid, project::Model> = HashMap::new();
        for some in ids.chunks(10_000) {
            let rows = project::Entity::find()
                .filter(project::Column::Id.is_in(some.iter().copied()))
                .all(self.db)
                .await?;
            known.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        let (mut before, mut news) = (Vec::new(), Vec::new());
        for mut d in derived {
            let Some(old) = known.remove(&d.project.id) else {
                self.settled.created += 1;
                self.changes.created(d.project.id);
                news.push(d);
                continue;
            };
            d.project.created_at = old.created_at;
            if old.content == d.project.content {
                // What somebody is called is no news of a project.
                let is_called_alike = old.packed_partnerships == d.project.packed_partnerships
                    && old.packed_awards == d.project.packed_awards;
                if is_called_alike && self.ground.scope != Scope::Everything {
                    continue;
                }
                d.project.updated_at = old.updated_at;
            } else {
                self.settled.changed += 1;
                self.changes.changed(&old, &d.project);
            }
            before.push(old);
            news.push(d);
        }
        Ok((before, news))
    }
}

/// The publishers of some sources.
async fn publishers(
    db: &impl ConnectionTrait,
    sources: &HashMap<Uuid, source::Model>,
) -> Result<Vec<organisation::Model>> {
    let ids: BTreeSet<Uuid> = sources.values().filter_map(|source| source.publisher_id).collect();
    Ok(organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db).await?)
}

/// What a statement finds others by, hashed: its name, its number and itself.
fn keys(entry: &Entry) -> impl Iterator<Item = u64> {
    let hash = |kind: u8, value: &dyn Fn(&mut SipHasher13)| {
        let mut hasher = SipHasher13::new();
        kind.hash(&mut hasher);
        value(&mut hasher);
        hasher.finish()
    };
    let row = &entry.row;
    let name = row.name_key.as_ref().map(|name| hash(0, &|hasher| name.hash(hasher)));
    let number = row.number_key.as_ref().map(|number| hash(1, &|hasher| number.hash(hasher)));
    let own = hash(2, &|hasher| row.id.hash(hasher));
    [name, number, Some(own)].into_iter().flatten()
}
