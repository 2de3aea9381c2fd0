//! What filters have in common: where in them something stands, and how much they may ask for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::ID;
use chrono::NaiveDate;
use sea_orm::sea_query::Condition;
use sea_orm::{ConnectionTrait, DatabaseBackend};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::node::Kind;
use crate::domain::catalogue::catalogue;
use crate::domain::orgnr::OrganisationNumber;
use crate::domain::words;
use crate::error::{Error, Result};
use crate::store::bounds::{self, Bound};
use crate::store::breadth::Breadth;
use crate::store::project_filter;
use crate::store::reads::Reads;
use crate::store::search::{self, Word, Words};

/// How deep `and`, `or`, `not` and relations may lie in each other.
const DEPTH: usize = 3;
/// How many conditions there may be.
const CONDITIONS: usize = 50;
/// How long a list may be.
const VALUES: usize = 100;
/// How long a text to search for may be, and how many words it may have.
const LETTERS: usize = 200;
const WORDS: usize = 12;
/// How many texts a filter may search for.
const TEXTS: usize = 3;

/// Where in a filter something stands, such as `where.or[1].funder`.
#[derive(Clone, Debug)]
pub(super) struct Place(Cow<'static, str>);

impl Place {
    /// An argument.
    pub const fn argument(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A field of it.
    pub fn at(&self, field: &str) -> Self {
        Self(format!("{}.{field}", self.0).into())
    }

    /// An item of it.
    pub fn item(&self, at: usize) -> Self {
        Self(format!("{}[{at}]", self.0).into())
    }

    /// Says what is wrong there.
    pub fn refuse(&self, reason: impl Into<String>) -> Error {
        Error::Argument { argument: self.0.clone(), reason: reason.into() }
    }

    /// The values of a list, which has some and not too many.
    pub fn list<T>(&self, values: Vec<T>) -> Result<Vec<T>> {
        match values.len() {
            0 => Err(self.refuse("is an empty list, which nothing is one of; leave it out for no condition")),
            1..=VALUES => Ok(values),
            many => Err(self.refuse(format!("has {many} values, more than {VALUES}"))),
        }
    }

    /// The ids in a list, of one kind of object.
    pub fn ids(&self, kind: Kind, ids: Vec<ID>) -> Result<Vec<Uuid>> {
        let read = |(at, id): (usize, &ID)| {
            kind.read(id)
                .ok_or_else(|| self.item(at).refuse(format!("{} is no id of {}", short(id), kind.noun())))
        };
        self.list(ids)?.iter().enumerate().map(read).collect()
    }

    /// The digits of organisations' numbers in a list.
    pub fn numbers(&self, numbers: Vec<String>) -> Result<Vec<String>> {
        let read = |(at, text): (usize, &String)| match OrganisationNumber::parse(text) {
            Ok(number) => Ok(number.digits().to_owned()),
            Err(_) => Err(self.item(at).refuse("is no organisationsnummer")),
        };
        self.list(numbers)?.iter().enumerate().map(read).collect()
    }

    /// The counties in a list of SCB's codes and NUTS codes, by SCB's two digits.
    pub fn regions(&self, codes: Vec<String>) -> Result<Vec<String>> {
        let mut regions = Vec::new();
        for (at, code) in self.list(codes)?.iter().enumerate() {
            let of = |region: &&crate::domain::catalogue::Region| {
                region.code == *code || (code.starts_with("SE") && region.nuts3.starts_with(code.as_str()))
            };
            let before = regions.len();
            regions.extend(catalogue().regions.iter().filter(of).map(|region| region.code.clone()));
            if regions.len() == before {
                let reason = format!(
                    "{} is no county; they are two digits such as \"01\", or NUTS codes such as \"SE11\"",
                    short(code)
                );
                return Err(self.item(at).refuse(reason));
            }
        }
        Ok(regions)
    }

    /// The municipalities in a list of SCB's codes.
    pub fn municipalities(&self, codes: Vec<String>) -> Result<Vec<String>> {
        let codes = self.list(codes)?;
        match codes.iter().position(|code| catalogue().municipality(code).is_none()) {
            None => Ok(codes),
            Some(at) => {
                let reason = format!(
                    "{} is no municipality; they are four digits such as \"0180\"",
                    short(&codes[at])
                );
                Err(self.item(at).refuse(reason))
            }
        }
    }

    /// A number from 1 to the most that it may be.
    pub fn up_to(&self, value: i32, most: i32) -> Result<u32> {
        let value = u32::try_from(value).ok().filter(|_| (1..=most).contains(&value));
        value.ok_or_else(|| self.refuse(format!("must be from 1 to {most}")))
    }

    /// The words of a text to search for.
    pub fn words(&self, text: &str) -> Result<Vec<String>> {
        if text.chars().count() > LETTERS {
            return Err(self.refuse(format!("has more than {LETTERS} characters")));
        }
        let words = words::words(text);
        match words.len() {
            0 => Err(self.refuse("has no letter and no digit")),
            1..=WORDS => Ok(words),
            many => Err(self.refuse(format!("has {many} words, more than {WORDS}"))),
        }
    }
}

/// A value from outside, not too long to be repeated.
fn short(text: &str) -> String {
    if text.chars().count() > 40 { "this".to_owned() } else { format!("{text:?}") }
}

/// What filters of one request have looked up: lists below others read the same filter for each parent.
#[derive(Default)]
pub(super) struct Memo {
    words: Mutex<HashMap<Vec<String>, Arc<OnceCell<Words>>>>,
    breadths: Mutex<HashMap<String, Arc<OnceCell<Breadth>>>>,
    few: Mutex<HashMap<String, Arc<OnceCell<Vec<bool>>>>>,
}

/// The cell for a key, made where there is none.
fn cell<K: Eq + Hash, V>(cells: &Mutex<HashMap<K, Arc<OnceCell<V>>>>, key: K) -> Arc<OnceCell<V>> {
    let mut cells = cells.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(cells.entry(key).or_default())
}

/// The reading of a filter.
pub(super) struct Reading<'a> {
    /// Where words are looked up.
    pub db: Reads<'a>,
    memo: &'a Memo,
    /// The day on which it is told whether projects run.
    pub today: NaiveDate,
    /// What bounds all that is asked, where it has many.
    pub many: Vec<Bound>,
    /// The words that are asked for, where nothing else is.
    pub only_words: Option<Words>,
    conditions: usize,
    texts: usize,
}

/// A condition, and what bounds it.
pub(super) struct Bounded {
    pub condition: Condition,
    pub bounds: Vec<Bound>,
}

impl<'a> Reading<'a> {
    /// Begins.
    pub fn new(db: impl Into<Reads<'a>>, memo: &'a Memo) -> Self {
        Self {
            db: db.into(),
            memo,
            today: today(),
            many: Vec::new(),
            only_words: None,
            conditions: 0,
            texts: 0,
        }
    }

    /// Counts conditions.
    pub fn count(&mut self, conditions: usize, place: &Place) -> Result<()> {
        self.conditions += conditions;
        if self.conditions > CONDITIONS {
            return Err(place.refuse(format!("the filter has more than {CONDITIONS} conditions")));
        }
        Ok(())
    }

    /// The words of a text, with what stands for those that nothing begins with.
    pub async fn words(&mut self, text: &str, place: &Place) -> Result<Words> {
        let words = place.words(text)?;
        self.texts += 1;
        if self.texts > TEXTS {
            return Err(place.refuse(format!("is one of more than {TEXTS} texts in the filter")));
        }
        let cell = cell(&self.memo.words, words.clone());
        let found = cell.get_or_try_init(|| self.look_up(words)).await?;
        Ok(found.clone())
    }

    /// Whether what is named so is many, asked once.
    pub async fn breadth(&self, name: String, ask: impl Future<Output = Result<Breadth>>) -> Result<Breadth> {
        let cell = cell(&self.memo.breadths, name);
        cell.get_or_try_init(|| ask).await.copied()
    }

    /// The conditions; with them those of their bounds that have few projects, which follow from those they bound: so
    /// that these few are found first. Of what is all that is asked it is noted if it has many.
    pub async fn narrow(&mut self, all: Vec<Bounded>, is_all: bool) -> Result<Vec<Condition>> {
        let bounds: Vec<Bound> = all.iter().flat_map(|bounded| bounded.bounds.iter().cloned()).collect();
        if bounds.is_empty() {
            return Ok(all.into_iter().map(|bounded| bounded.condition).collect());
        }
        let cell = cell(&self.memo.few, format!("{bounds:?}"));
        let few = cell.get_or_try_init(|| bounds::few(&self.db, &bounds)).await?;
        let mut few = few.iter();
        let is_one = is_all && all.len() == 1;
        let mut conditions = Vec::new();
        for Bounded { condition, bounds } in all {
            conditions.push(condition);
            let bounds = bounds.into_iter().zip(few.by_ref());
            let (few, many): (Vec<_>, Vec<_>) = bounds.partition(|(_, few)| **few);
            // PostgreSQL knows how many rows have a value.
            let is_sqlite = self.db.get_database_backend() == DatabaseBackend::Sqlite;
            if is_one && is_sqlite && few.is_empty() {
                self.many.extend(many.into_iter().map(|(bound, _)| bound));
            }
            conditions.extend(few.into_iter().map(|(bound, _)| project_filter::among(bound.ids())));
        }
        Ok(conditions)
    }

    async fn look_up(&self, words: Vec<String>) -> Result<Words> {
        let beginnings = search::beginnings(&self.db, &words).await?;
        // Most are known, and going through the others costs more than looking for one.
        let unknown: Vec<String> =
            words.iter().filter(|word| !beginnings.contains_key(*word)).cloned().collect();
        let known = search::near(&self.db, &unknown).await?;
        let word = |word: String| {
            if let Some(beginning) = beginnings.get(&word) {
                return beginning.clone();
            }
            let near = words::nearest(&word, known.keys().map(String::as_str)).into_iter().take(8);
            let near: Vec<_> = near.filter_map(|near| Some((near.to_owned(), *known.get(near)?))).collect();
            if near.is_empty() { Word::any(vec![word]) } else { Word::any_known(near) }
        };
        Ok(Words::new(&self.db, words.into_iter().map(word).collect()))
    }
}

/// Today, in UTC.
pub(super) fn today() -> NaiveDate {
    chrono::Utc::now().date_naive()
}

/// A condition that is being read.
pub(super) type Condensing<'a> = Pin<Box<dyn Future<Output = Result<Condition>> + Send + 'a>>;

/// What a filter says of other filters of its kind.
pub(super) struct Others<F> {
    /// All of these hold.
    pub and: Option<Vec<F>>,
    /// At least one of these holds.
    pub or: Option<Vec<F>>,
    /// This does not hold.
    pub not: Option<Box<F>>,
}

impl<F> Others<F> {
    /// Reads them, one level down.
    pub async fn read(
        self,
        reading: &mut Reading<'_>,
        place: &Place,
        depth: usize,
        read: for<'a> fn(F, &'a mut Reading<'_>, Place, usize) -> Condensing<'a>,
    ) -> Result<Condition> {
        if depth > DEPTH {
            return Err(place.refuse(format!("lies deeper than {DEPTH} levels of and, or and not")));
        }
        let mut all = Condition::all();
        for (name, filters, mut some) in
            [("and", self.and, Condition::all()), ("or", self.or, Condition::any())]
        {
            let Some(filters) = filters else { continue };
            let place = place.at(name);
            for (at, filter) in place.list(filters)?.into_iter().enumerate() {
                some = some.add(read(filter, reading, place.item(at), depth + 1).await?);
            }
            all = all.add(some);
        }
        if let Some(filter) = self.not {
            all = all.add(project_filter::not(read(*filter, reading, place.at("not"), depth + 1).await?));
        }
        Ok(all)
    }
}
