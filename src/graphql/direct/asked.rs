//! What is asked, and of which database.

use std::any::{Any, TypeId};
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use apollo_compiler::Schema as Types;
use apollo_compiler::validation::Valid;
use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition};
use async_graphql::{Name, Positioned, Value, Variables};
use rustc_hash::FxHashMap;
use sea_orm::DbErr;
use sea_orm::sea_query::SelectStatement;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::Direct;
use super::level::Level;
use crate::entities::positional::{Found, Positional};
use crate::entities::{Row, Table};
use crate::graphql::failure::Failure;
use crate::graphql::filter::Memo;
use crate::store::batch::{Batched, ById, ByParent, KEYS_AT_ONCE, Parents, by_parent};
use crate::store::columns::Columns;
use crate::store::moment::Moment;
use crate::store::packed::{NAMES, Named};
use crate::store::patience::gave_up;
use crate::store::sessions::Sessions;
use crate::store::together::Part;

/// The executor must answer.
pub(in crate::graphql) struct NotHere;

/// How the looking up ended.
pub(in crate::graphql) struct End {
    /// The statement that took too long.
    pub ended: Option<Failure>,
    /// Whether what was read is of one moment.
    pub is_of_one_moment: Result<bool, DbErr>,
}

/// A row of some table.
type Known = Arc<dyn Any + Send + Sync>;

/// What is asked, and of which database.
pub(in crate::graphql) struct Asked<'a> {
    sessions: &'a Sessions,
    /// The version that the data had a moment ago; none where they are read in a transaction.
    version: Option<i64>,
    /// Where everything is read: an answer is of one moment, and asks for a connection once.
    moment: OnceCell<Moment>,
    level: Level,
    pub memo: Memo,
    pub types: &'a Valid<Types>,
    pub document: &'a ExecutableDocument,
    pub variables: &'a Variables,
    /// The columns that rows of a type are needed for; none where it is all.
    needed: Mutex<FxHashMap<&'static str, Option<Vec<&'static str>>>>,
    /// Rows that were looked up by id.
    known: Mutex<FxHashMap<(TypeId, Uuid), Known>>,
    /// A statement that took too long: it is not asked again.
    ended: OnceLock<Failure>,
}

impl<'a> Asked<'a> {
    /// What is asked; nothing was looked up yet.
    pub fn new(
        (sessions, version): (&'a Sessions, Option<i64>),
        types: &'a Valid<Types>,
        document: &'a ExecutableDocument,
        variables: &'a Variables,
    ) -> Self {
        let (moment, ended) = (OnceCell::new(), OnceLock::new());
        Self {
            sessions,
            version,
            moment,
            level: Level::default(),
            memo: Memo::default(),
            types,
            document,
            variables,
            needed: Mutex::default(),
            known: Mutex::default(),
            ended,
        }
    }

    /// Where to look up.
    pub async fn db(&self) -> Option<&Moment> {
        if let Some(moment) = self.moment.get() {
            return Some(moment);
        }
        let begin = async || match self.version {
            Some(version) => Moment::of(self.sessions, version).await,
            None => Moment::held(self.sessions.db()).await,
        };
        // Boxed, for all that look something up have this in them.
        self.found(Box::pin(self.moment.get_or_try_init(begin)).await)
    }

    /// Ends the looking up, after an answer or without one, where it does not matter of which moment it would have been.
    pub async fn end(self, is_answered: bool) -> End {
        let is_of_one_moment = match self.moment.into_inner() {
            Some(moment) if is_answered => moment.end().await,
            Some(_) => {
                // Where one statement failed, another may be at work.
                gave_up();
                Ok(true)
            }
            None => Ok(true),
        };
        End { ended: self.ended.into_inner(), is_of_one_moment }
    }

    /// A value with its variables in place; a variable without a value is none.
    pub fn value(&self, written: &async_graphql_value::Value) -> Result<Option<Value>, NotHere> {
        let value = |name: &Name| self.variables.get(name).cloned();
        if let async_graphql_value::Value::Variable(name) = written {
            return Ok(value(name));
        }
        written.clone().into_const_with(|name| value(&name).ok_or(NotHere)).map(Some)
    }

    /// A fragment of the document.
    pub fn fragment(&self, name: &Name) -> Option<&'a Positioned<FragmentDefinition>> {
        self.document.fragments.get(name)
    }

    /// Whether objects of one type are of another, or have its interface.
    pub fn is_a(&self, object: &str, condition: &str) -> bool {
        object == condition || self.types.is_subtype(condition, object)
    }

    /// What the database found.
    pub fn found<T>(&self, found: Result<T, impl Into<Failure>>) -> Option<T> {
        let failure: Failure = match found {
            Ok(found) => return Some(found),
            Err(failure) => failure.into(),
        };
        if failure.took_too_long() {
            // The first of several stands for all.
            let _another = self.ended.set(failure);
        } else if failure.is_of_database() {
            // The executor may have an answer all the same, and nobody would know why it took so long.
            tracing::warn!(error.cause = ?failure, "a question is left to the executor");
        }
        None
    }

    /// Notes that a field of a type is asked for.
    pub fn needs<T: Direct>(&self, field: &str) {
        let mut needed = self.needed.lock().unwrap_or_else(PoisonError::into_inner);
        let needed = needed.entry(T::NAME).or_insert_with(|| Some(Vec::new()));
        match T::COLUMNS.iter().find(|(name, _)| *name == field) {
            Some((_, columns)) => needed.iter_mut().for_each(|all| all.extend(*columns)),
            None if field == "__typename" => {}
            None => *needed = None,
        }
    }

    /// Whether anything is asked of objects of a type.
    fn is_needed<T: Direct>(&self) -> bool {
        self.needed.lock().unwrap_or_else(PoisonError::into_inner).contains_key(T::NAME)
    }

    /// The columns of the rows of a type that are needed for anything that is asked.
    pub fn columns<T: Direct, E: Table>(&self) -> Columns {
        let needed = self.needed.lock().unwrap_or_else(PoisonError::into_inner);
        match needed.get(T::NAME) {
            Some(Some(names)) => Columns::of::<E>(names.iter().copied()),
            _ => Columns::ALL,
        }
    }

    /// Whether no more is asked of the rows of a type than what [`Named`] knows.
    pub fn asks_for_names<T: Direct, E: Table>(&self) -> bool {
        self.columns::<T, E>().are_among(Columns::of::<E>(NAMES))
    }

    /// Notes rows that need not be looked up, because no more is asked of them than names.
    pub fn note<E: Table>(&self, named: &[Named<'_>])
    where
        E::Model: for<'n> From<&'n Named<'n>>,
    {
        let kind = TypeId::of::<E>();
        self.known(|known| {
            for one in named {
                known.entry((kind, one.id)).or_insert_with(|| Arc::new(E::Model::from(one)));
            }
        });
    }

    /// Whether a row need not be looked up.
    pub fn is_noted<E: Table>(&self, id: Uuid) -> bool {
        self.known(|known| known.contains_key(&(TypeId::of::<E>(), id)))
    }

    /// The rows with some ids, in their order; none where one is not there. Each is looked up once for an answer.
    pub async fn rows<E: Table, T: Direct>(&self, ids: &[Uuid]) -> Option<Vec<E::Model>> {
        let kind = TypeId::of::<E>();
        let known = |id: &Uuid| self.known(|known| known.get(&(kind, *id)).cloned());
        let mut rows: Vec<Option<Known>> = ids.iter().map(known).collect();
        let missing = || ids.iter().zip(&rows).filter(|(_, row)| row.is_none()).map(|(id, _)| *id);
        if missing().next().is_some() {
            let mut found = self.load(ById::<E>::with(self.columns::<T, E>()), missing()).await?;
            for (id, row) in ids.iter().zip(&mut rows).filter(|(_, row)| row.is_none()) {
                let new: Known = Arc::new(found.remove(id)?.pop()?);
                self.known(|known| known.insert((kind, *id), Arc::clone(&new)));
                *row = Some(new);
            }
        }
        rows.into_iter().map(|row| row?.downcast_ref::<E::Model>().cloned()).collect()
    }

    fn known<T>(&self, look: impl FnOnce(&mut FxHashMap<(TypeId, Uuid), Known>) -> T) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The row with an id, if there is one. None where the executor must answer.
    pub async fn find<E: Table, T: Direct>(&self, id: Uuid) -> Option<Option<E::Model>> {
        let one = ById::<E>::with(self.columns::<T, E>());
        let mut rows = self.load(one, std::iter::once(id)).await?;
        Some(rows.remove(&id).and_then(|mut rows| rows.pop()))
    }

    /// Looks up rows that will be asked for by id, while it is not yet known by which; they need not be all. Only where
    /// that is part of a statement that there is anyway.
    pub async fn ahead<E: Table, T: Direct>(
        &self,
        which: impl FnOnce(Columns) -> SelectStatement,
    ) -> Option<()> {
        let db = self.db().await?;
        // Names stand in the row that is looked up anyway, unless its lists are long.
        if !db.asks_together() || !self.is_needed::<T>() || self.asks_for_names::<T, E>() {
            return Some(());
        }
        let columns = self.columns::<T, E>();
        let asked = {
            let mut named = Vec::new();
            E::Model::columns(&mut named);
            self.level.ask(Part { query: which(columns), columns: named }, db)
        };
        let found = self.found(asked.await)??;
        let kind = TypeId::of::<E>();
        for row in self.found(columns.read::<E::Model>(&found))? {
            self.known(|known| known.insert((kind, row.id()), Arc::new(row)));
        }
        Some(())
    }

    /// Asks a question with all others of its level. Nothing is kept of it meanwhile: futures stay small.
    fn ask<'q, Q: Batched>(
        &'q self,
        question: &Q,
        parents: &[Uuid],
        db: &'q Moment,
    ) -> impl Future<Output = Result<Option<Found>, DbErr>> + Send + use<'q, 'a, Q> {
        let part = Part { query: question.query(Parents::of(db, parents)), columns: Q::columns() };
        self.level.ask(part, db)
    }

    /// The rows that a question has for each of some parents.
    pub async fn load<Q: Batched>(
        &self,
        question: Q,
        parents: impl Iterator<Item = Uuid>,
    ) -> Option<ByParent<Q::Row>> {
        let mut parents: Vec<Uuid> = parents.collect();
        parents.sort_unstable();
        parents.dedup();
        let (mut rows, db) = (ByParent::default(), self.db().await?);
        for some in parents.chunks(KEYS_AT_ONCE) {
            let found = self.found(self.ask(&question, some, db).await)??;
            rows.extend(by_parent(self.found(question.read(&found))?, some.len()));
        }
        Some(rows)
    }
}
