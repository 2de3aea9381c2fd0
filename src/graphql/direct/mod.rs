//! The short way to an answer: questions about projects, organisations and funders are answered level by level, many
//! objects at a time, and written at once as JSON.
//!
//! The executor makes a task of every field of every object, and of thousands of objects that is what an answer costs.
//! Here the rows of a whole level are looked up in one statement, and what is at hand is written without waiting. Fields
//! are those of the executor's own types; what this way does not know, and whatever goes wrong on it, is left to the
//! executor, which then answers as if there were no other. So errors, and what they make null, are told in one place.

mod asked;
mod connection;
mod level;
mod selected;
mod written;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt;
use futures_util::future::{try_join_all, try_join3};
use rustc_hash::{FxBuildHasher, FxHashMap};
use uuid::Uuid;

pub(super) use self::asked::{Asked, End};
pub(super) use self::connection::{
    Connected, connection, connection_is_known, is_counted, page_request, pages_of, to_connection,
};
pub(super) use self::selected::Selected;
pub(super) use self::written::{Pieces, Written};

use crate::entities::Table;
use crate::store::batch::{Batched, ByParent};

/// What is answered of a field for each of some objects; none where the executor must answer.
pub(super) type Related<'a> = Pin<Box<dyn Future<Output = Option<Texts>> + Send + 'a>>;

/// A type whose objects can be answered directly.
pub(super) trait Direct: Sized + Send + Sync {
    /// Its name in the schema.
    const NAME: &'static str;

    /// Its fields that are known here.
    const FIELDS: &'static [(&'static str, Below)];

    /// Its fields with the columns of its row that they are made of; a field that is not among them may be made of all.
    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[];

    /// Looks a field up for many objects at once; none for a field that is at hand.
    fn related<'a, 'd: 'a>(_: &'a [Self], _: &'a Selected<'d>, _: &'a Asked<'d>) -> Option<Related<'a>> {
        None
    }

    /// Looks a field up for many objects at once of which only the ids are known; none for a field that needs more.
    fn by_ids<'a, 'd: 'a>(_: Vec<Uuid>, _: &'a Selected<'d>, _: &'a Asked<'d>) -> Option<Related<'a>> {
        None
    }

    /// Looks up what an object will point at, while it is looked up itself: some of it, for all may be much. None where
    /// the executor must answer.
    fn ahead<'d>(_: Uuid, _: &[Selected<'d>], _: &Asked<'d>) -> impl Future<Output = Option<()>> + Send {
        async { Some(()) }
    }

    /// Writes a field that is at hand. None where it is not known, or its arguments are wrong.
    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()>;
}

/// What a field leads to.
#[derive(Clone, Copy)]
pub(super) enum Below {
    /// A value.
    Value,
    /// Objects, whose fields are known if this says so.
    Objects(for<'d> fn(&Selected<'d>, &Asked<'d>) -> bool),
    /// The same, of an object of the same kind as others that the answer may have anyway: it is looked up last.
    Pointed(for<'d> fn(&Selected<'d>, &Asked<'d>) -> bool),
}

/// What a field of a type leads to; none where it is not known.
fn below<T: Direct>(field: &Selected<'_>) -> Option<Below> {
    T::FIELDS.iter().find(|(name, _)| *name == field.name).map(|(_, below)| *below)
}

/// Whether all is known that is selected of a type's objects.
pub(super) fn is_known<'d, T: Direct>(field: &Selected<'d>, asked: &Asked<'d>) -> bool {
    let known = |field: &Selected<'d>| {
        asked.needs::<T>(field.name);
        field.name == "__typename"
            || below::<T>(field).is_some_and(|below| match below {
                Below::Value => true,
                Below::Objects(are_known) | Below::Pointed(are_known) => are_known(field, asked),
            })
    };
    field.below(T::NAME, asked).is_some_and(|fields| are_once(fields) && fields.iter().all(known))
}

/// Whether no field that leads to objects is there under two keys: the executor looks up what they have in common once.
pub(super) fn are_once(fields: &[Selected<'_>]) -> bool {
    let mut names: Vec<&str> =
        fields.iter().filter(|field| field.leads_on()).map(|field| field.name).collect();
    names.sort_unstable();
    names.windows(2).all(|two| two[0] != two[1])
}

/// A field of some objects, written.
pub(super) struct Texts {
    texts: Pieces,
    /// Which text is that of each object; none is null.
    of: Vec<Option<usize>>,
}

impl Texts {
    /// Some texts, and which of them is that of each object.
    pub fn new(texts: Pieces, of: Vec<Option<usize>>) -> Self {
        Self { texts, of }
    }

    /// The text of one object.
    fn of(&self, object: usize) -> &[u8] {
        self.of.get(object).copied().flatten().map_or(b"null", |at| self.texts.get(at))
    }
}

/// Some objects with what is selected of them, written.
pub(super) async fn objects<'d, T: Direct>(
    some: &[T],
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Pieces> {
    objects_with(some, BTreeMap::new(), field, asked).await
}

/// One object by its id, or null. What needs no more than its id is looked up with it.
pub(super) async fn by_id<'d, T: Connected>(
    id: Option<Uuid>,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Vec<u8>> {
    let null = || b"null".to_vec();
    let Some(id) = id else { return Some(null()) };
    let fields = field.below(T::NAME, asked)?;
    let columns = fields
        .iter()
        .enumerate()
        .filter_map(|(at, field)| Some(at_place(at, T::by_ids(vec![id], field, asked)?)));
    let row = async { asked.find::<T::Table, T>(id).await.ok_or(()) }.boxed();
    let ahead = async { T::ahead(id, fields, asked).await.ok_or(()) }.boxed();
    let (row, columns, ()) = try_join3(row, try_join_all(columns), ahead).await.ok()?;
    match row {
        Some(row) => {
            let columns = columns.into_iter().collect();
            Some(objects_with(&[T::of(row)], columns, field, asked).await?.into_bytes())
        }
        None => Some(null()),
    }
}

/// A field with its place among those that are selected.
async fn at_place(place: usize, field: Related<'_>) -> Result<(usize, Texts), ()> {
    field.await.map(|texts| (place, texts)).ok_or(())
}

/// Some objects, of which some fields are written already, by their places among those that are selected.
async fn objects_with<'d, T: Direct>(
    some: &[T],
    mut columns: BTreeMap<usize, Texts>,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Pieces> {
    let fields = field.below(T::NAME, asked)?;
    for is_last in [false, true] {
        let now = |field: &Selected<'d>| matches!(below::<T>(field), Some(Below::Pointed(_))) == is_last;
        let is_left = |(at, field): &(usize, &Selected<'d>)| !columns.contains_key(at) && now(field);
        let fields = fields.iter().enumerate().filter(|own| !some.is_empty() && is_left(own));
        let related = fields.filter_map(|(at, field)| Some(at_place(at, T::related(some, field, asked)?)));
        let related = try_join_all(related).await.ok()?;
        columns.extend(related);
    }
    let inside = columns.values().map(|column| column.texts.size()).sum();
    let mut texts = Pieces::for_objects(some.len(), inside);
    for (which, object) in some.iter().enumerate() {
        texts.add(|to| {
            to.begin();
            for (at, field) in fields.iter().enumerate() {
                to.key(field.key);
                match columns.get(&at) {
                    Some(column) => to.text(column.of(which)),
                    None => write(object, field, asked, to)?,
                }
            }
            to.end();
            Some(())
        })?;
    }
    Some(texts)
}

/// An object of which all is at hand.
pub(super) fn object<'d, T: Direct>(
    object: Option<&T>,
    field: &Selected<'d>,
    asked: &Asked<'d>,
    to: &mut Written,
) -> Option<()> {
    let Some(object) = object else {
        to.text(b"null");
        return Some(());
    };
    to.begin();
    for field in field.below(T::NAME, asked)? {
        to.key(field.key);
        write(object, field, asked, to)?;
    }
    to.end();
    Some(())
}

fn write<'d, T: Direct>(object: &T, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
    if field.name == "__typename" {
        to.string(T::NAME);
        return Some(());
    }
    object.write(field, asked, to)
}

/// The objects that others point at, each written once.
pub(super) async fn pointed_at<'d, E: Table, T: Direct>(
    ids: Vec<Option<Uuid>>,
    make: fn(E::Model) -> T,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Texts> {
    let pointed: Vec<Uuid> = ids.iter().flatten().copied().collect();
    let (once, places) = once_each(&pointed);
    let found: Vec<T> = asked.rows::<E, T>(&once).await?.into_iter().map(make).collect();
    let texts = objects(&found, field, asked).await?;
    let mut places = places.into_iter();
    Some(Texts { texts, of: ids.iter().map(|id| id.and_then(|_| places.next().flatten())).collect() })
}

/// The lists of what belongs to each of some parents; those of which the rows are known already are not looked up.
pub(super) async fn lists<'d, Q: Batched, T: Direct>(
    question: Q,
    parents: &[Uuid],
    mut known: ByParent<Q::Row>,
    make: impl Fn(Q::Row) -> Option<T>,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Texts> {
    let (parents, of) = once_each(parents);
    let others = parents.iter().filter(|parent| !known.contains_key(parent));
    known.extend(asked.load(question, others.copied()).await?);
    let length = known.values().map(Vec::len).sum();
    let (mut all, mut lengths) = (Vec::with_capacity(length), Vec::with_capacity(parents.len()));
    for parent in &parents {
        let before = all.len();
        all.extend(known.remove(parent).unwrap_or_default().into_iter().filter_map(&make));
        lengths.push(all.len() - before);
    }
    let texts = objects(&all, field, asked).await?;
    let (mut lists, mut at) = (Pieces::for_objects(lengths.len(), texts.size()), 0);
    for length in lengths {
        lists.add(|to| {
            to.list((at..at + length).map(|at| texts.get(at)));
            Some(())
        })?;
        at += length;
    }
    Some(Texts { texts: lists, of })
}

/// Ids, each once, and which of them each was.
pub(super) fn once_each(ids: &[Uuid]) -> (Vec<Uuid>, Vec<Option<usize>>) {
    let (mut places, mut once) =
        (FxHashMap::with_capacity_and_hasher(ids.len(), FxBuildHasher), Vec::with_capacity(ids.len()));
    let place = |id: &Uuid| {
        Some(*places.entry(*id).or_insert_with(|| {
            once.push(*id);
            once.len() - 1
        }))
    };
    let of = ids.iter().map(place).collect();
    (once, of)
}
