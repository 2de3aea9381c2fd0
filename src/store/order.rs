//! In which order a list stands, and where in it a row is.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, SelectStatement};
use sea_orm::{IdenStatic, ModelTrait, Value};
use std::str::FromStr;
use uuid::Uuid;

use crate::entities::{Row, Table};

/// In which order a list stands: by its keys one after another, then by id. What has no value comes last either way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// Whether a number that is not of the row goes before the keys, lowest first.
    pub by_rank: bool,
    /// The keys.
    pub keys: Vec<OrderKey>,
}

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// Its name.
    pub column: &'static str,
    /// Whether the largest comes first.
    pub descending: bool,
    /// What it holds.
    pub kind: Kind,
    /// Where it can be without a value.
    pub missing: Missing,
}

/// What a column to sort by holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Bytes.
    Bytes,
    /// Words of capital letters.
    Word,
    /// Days.
    Day,
    /// Instants.
    Instant,
}

/// Whether a column can be without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// It never is.
    Never,
    /// It may be.
    Maybe,
    /// It is where the column before it is.
    AsBefore,
}

/// A place in the order of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// The rank where there is one, then a value for each key.
    pub values: Vec<Place>,
    /// The row's id.
    pub id: Uuid,
}

/// What a row has in a column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Nothing.
    Missing,
    /// A number.
    Number(i64),
    /// Bytes, such as a name in Swedish order.
    Bytes(Vec<u8>),
    /// A word of ASCII letters.
    Word(String),
    /// A day.
    Day(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
}

impl Place {
    fn of(value: Value) -> Self {
        match value {
            Value::BigInt(Some(n)) => Self::Number(n),
            Value::Int(Some(n)) => Self::Number(n.into()),
            Value::Bytes(Some(bytes)) => Self::Bytes(bytes),
            Value::String(Some(word)) => Self::Word(word),
            Value::ChronoDate(Some(day)) => Self::Day(day),
            Value::ChronoDateTimeUtc(Some(instant)) => Self::Instant(instant),
            _ => Self::Missing,
        }
    }

    fn value(&self) -> Expr {
        match self {
            Self::Missing => Expr::cust("NULL"),
            Self::Number(n) => Expr::val(*n),
            Self::Bytes(bytes) => Expr::val(bytes.clone()),
            Self::Word(word) => Expr::val(word.clone()),
            Self::Day(day) => Expr::val(*day),
            Self::Instant(instant) => Expr::val(*instant),
        }
    }
}

impl Kind {
    /// Whether a column of this kind may hold a value.
    fn fits(self, place: &Place) -> bool {
        let has_come = |year: i32| (1..=9_999).contains(&year);
        match (self, place) {
            (Self::Number, Place::Number(_)) | (Self::Bytes, Place::Bytes(_)) => true,
            (Self::Word, Place::Word(word)) => {
                word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_uppercase())
            }
            (Self::Day, Place::Day(day)) => has_come(day.year()),
            (Self::Instant, Place::Instant(at)) => has_come(at.year()),
            _ => false,
        }
    }
}

impl Order {
    /// Whether a position can be one in this order.
    #[must_use]
    pub fn fits(&self, position: &Position) -> bool {
        let rank = usize::from(self.by_rank);
        let Some((ranks, values)) = position.values.split_at_checked(rank) else { return false };
        let mut before = false;
        let fits = |(key, place): (&OrderKey, &Place)| {
            let is_missing = *place == Place::Missing;
            let was_missing = std::mem::replace(&mut before, is_missing);
            match key.missing {
                Missing::Never => key.kind.fits(place),
                Missing::Maybe => is_missing || key.kind.fits(place),
                Missing::AsBefore => is_missing == was_missing && (is_missing || key.kind.fits(place)),
            }
        };
        ranks.iter().all(|place| Kind::Number.fits(place))
            && values.len() == self.keys.len()
            && self.keys.iter().zip(values).all(fits)
    }

    /// By one column of bytes that always has a value.
    #[must_use]
    pub fn by(column: &'static str) -> Self {
        let key = OrderKey { column, descending: false, kind: Kind::Bytes, missing: Missing::Never };
        Self { by_rank: false, keys: vec![key] }
    }

    /// By the key that rows are stored with.
    #[must_use]
    pub fn by_sort_key<E: Table>() -> Self {
        Self::by(E::SORT_KEY.as_str())
    }

    /// Where a row stands.
    pub fn position<E: Table>(&self, rank: i64, row: &E::Model) -> Position {
        let value = |key: &OrderKey| match E::Column::from_str(key.column) {
            Ok(column) => Place::of(row.get(column)),
            Err(_) => Place::Missing,
        };
        let rank = self.by_rank.then_some(Place::Number(rank));
        Position { values: rank.into_iter().chain(self.keys.iter().map(value)).collect(), id: row.id() }
    }
}

/// What a query is sorted by: expressions with their keys, then the id.
#[derive(Clone)]
pub(super) struct Sorting {
    pub keys: Vec<(Expr, OrderKey)>,
    pub id: Expr,
    /// Whether ties are broken by the highest id: as the last key goes, so that an index is read in one direction.
    pub ids_fall: bool,
}

impl Sorting {
    /// By some keys, then the id.
    pub fn new(keys: Vec<(Expr, OrderKey)>, id: Expr) -> Self {
        let ids_fall = keys.last().is_some_and(|(_, key)| key.descending);
        Self { keys, id, ids_fall }
    }

    /// Whether places can be compared as tuples.
    fn is_plain(&self) -> bool {
        let falls = self.ids_fall;
        self.keys.iter().all(|(_, key)| key.missing == Missing::Never && key.descending == falls)
    }

    /// What `ORDER BY` says: expressions, and whether the largest comes first.
    pub fn directions(&self, backwards: bool) -> Vec<(Expr, bool)> {
        let mut all = Vec::new();
        for (expr, key) in &self.keys {
            if key.missing == Missing::Maybe {
                all.push((expr.clone().is_null(), backwards));
            }
            all.push((expr.clone(), key.descending != backwards));
        }
        all.push((self.id.clone(), self.ids_fall != backwards));
        all
    }

    /// Sorts a query.
    pub fn apply(&self, query: &mut SelectStatement, backwards: bool) {
        for (expr, falls) in self.directions(backwards) {
            query.order_by_expr(expr, direction(falls));
        }
    }

    /// What comes after a position, or before it.
    pub fn beyond(&self, position: &Position, after: bool) -> Condition {
        let values = || self.keys.iter().zip(&position.values);
        let up = |falls: bool| falls != after;
        if self.is_plain() {
            let own = self.keys.iter().map(|(expr, _)| expr.clone()).chain([self.id.clone()]);
            let other = position.values.iter().map(Place::value).chain([Expr::val(position.id)]);
            let (own, other) = (Expr::tuple(own), Expr::tuple(other));
            let beyond = if up(self.ids_fall) { own.gt(other) } else { own.lt(other) };
            return Condition::all().add(beyond);
        }
        let mut any = Condition::any();
        let mut same = Condition::all();
        for ((expr, key), place) in values() {
            let here = || expr.clone();
            let beyond = match (place, after) {
                (Place::Missing, true) => None,
                (Place::Missing, false) => Some(Condition::all().add(here().is_not_null())),
                (place, _) => {
                    let value = place.value();
                    let beyond = if up(key.descending) { here().gt(value) } else { here().lt(value) };
                    let missing = (after && key.missing != Missing::Never).then(|| here().is_null());
                    Some(Condition::any().add(beyond).add_option(missing))
                }
            };
            if let Some(beyond) = beyond {
                any = any.add(same.clone().add(beyond));
            }
            same = same.add(match place {
                Place::Missing => here().is_null(),
                place => here().eq(place.value()),
            });
        }
        let id =
            if up(self.ids_fall) { self.id.clone().gt(position.id) } else { self.id.clone().lt(position.id) };
        let all = Condition::all().add(any.add(same.add(id)));
        // The same once more for the first key alone, so that an index is entered in the right place.
        match (self.keys.first(), position.values.first()) {
            (Some((expr, key)), Some(place)) if key.missing == Missing::Never => {
                let value = place.value();
                all.add(if up(key.descending) { expr.clone().gte(value) } else { expr.clone().lte(value) })
            }
            _ => all,
        }
    }

    /// The two parts of a list whose first key can be missing: those that have it, and those that have not. In each
    /// an index can be followed.
    pub fn parts(&self) -> Option<(Self, Self)> {
        let mut with = self.clone();
        let (_, first) = with.keys.first_mut().filter(|(_, key)| key.missing == Missing::Maybe)?;
        first.missing = Missing::Never;
        for (_, key) in with.keys.iter_mut().skip(1).take_while(|(_, key)| key.missing == Missing::AsBefore) {
            key.missing = Missing::Never;
        }
        let mut without = self.clone();
        without.keys.drain(..self.width_of_first());
        Some((with, without))
    }

    /// How many keys are missing with the first.
    pub fn width_of_first(&self) -> usize {
        1 + self.keys.iter().skip(1).take_while(|(_, key)| key.missing == Missing::AsBefore).count()
    }
}

/// A direction by whether the largest comes first.
pub(super) fn direction(falls: bool) -> sea_orm::sea_query::Order {
    if falls { sea_orm::sea_query::Order::Desc } else { sea_orm::sea_query::Order::Asc }
}
