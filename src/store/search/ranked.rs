//! Searching: what fits best first.

use std::ops::RangeInclusive;

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{ActiveEnum, ConnectionTrait, DatabaseBackend, FromQueryResult, Iterable};
use uuid::Uuid;

use super::in_order::{Part, by};
use super::{Where, Words, entry};
use crate::entities::search_entry::{self, SearchKind};
use crate::error::Result;
use crate::store::order::{Kind, Missing, Order, OrderKey, Place, Position, Sorting};
use crate::store::page::{self, Page, PageRequest, Placed};

/// Something that was found.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Hit {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: SearchKind,
    /// Its name in Swedish order.
    pub sort_key: Vec<u8>,
    /// Its name.
    pub title: String,
    /// Its other names and numbers, a line each.
    pub others: String,
    /// How well it fits, the best first: 0 for the name itself, 1 for its beginning, 2 for words of it, 3 for words of
    /// another name.
    pub rank: i64,
}

/// A search.
#[derive(Clone, Debug)]
pub struct Search {
    /// The words.
    pub words: Words,
    /// What was typed, in Swedish order.
    pub key: Vec<u8>,
    /// What may be found; anything where empty.
    pub kinds: Vec<SearchKind>,
}

/// The order of what is found: what fits best, then by name.
#[must_use]
pub fn order() -> Order {
    Order { by_rank: true, ..Order::by("sort_key") }
}

impl Search {
    /// All that is found, with how well it fits.
    fn query(&self) -> SelectStatement {
        let key = || entry(search_entry::Column::SortKey);
        let rank = Expr::case(key().eq(self.key.clone()), 0)
            .case(self.begins(), 1)
            .case(self.words.are_in(Where::Title), 2)
            .finally(3);
        let mut query = selected(rank.into());
        query.and_where(self.words.are_in(Where::Anywhere));
        if !self.kinds.is_empty() {
            query.and_where(
                entry(search_entry::Column::Kind).is_in(self.kinds.iter().map(ActiveEnum::to_value)),
            );
        }
        query
    }

    /// That a name begins with what was typed.
    fn begins(&self) -> Expr {
        let mut end = self.key.clone();
        end.push(0xff);
        let key = || entry(search_entry::Column::SortKey);
        key().gte(self.key.clone()).and(key().lt(end))
    }

    /// A page of what is found.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn page(&self, db: &impl ConnectionTrait, request: &PageRequest) -> Result<Page<Hit>> {
        // Of what few names have all is looked at.
        if db.get_database_backend() != DatabaseBackend::Postgres || self.words.are_rare() {
            return Ok(Page::new(rows(db, &self.on_page(request)).await?, request));
        }
        let mut fits = Fit::ALL;
        if request.backwards {
            fits.reverse();
        }
        let mut found: Vec<Placed<Hit>> = Vec::new();
        for fit in fits {
            let left = request.size.saturating_sub(found.len() as u64);
            if let Some(part) = fit.part_of(request, left) {
                found.extend(rows(db, &self.that_fit(fit, &part)).await?);
            }
            if found.len() as u64 > request.size {
                break;
            }
        }
        Ok(Page::new(found, request))
    }

    /// A page of all that is found.
    fn on_page(&self, request: &PageRequest) -> SelectStatement {
        let column = |name: &'static str| Expr::col(("found", name));
        let rank = OrderKey { column: "rank", kind: Kind::Number, ..BY_NAME };
        let sorting = Sorting::new([rank, BY_NAME].map(|key| (column(key.column), key)).into(), column("id"));
        let mut query = Query::select();
        query
            .columns(["id", "kind", "sort_key", "title", "others", "rank"].map(|name| ("found", name)))
            .from_subquery(self.query(), "found");
        page::part(query, &sorting, request.after.as_ref(), request.before.as_ref(), request)
    }

    /// A part of what fits so, which stands in the order of names: names are gone through where it begins.
    fn that_fit(&self, fit: Fit, request: &PageRequest) -> SelectStatement {
        let words = |place| self.words.are_in(place);
        let (only, have_words, rank) = match fit {
            Fit::Name => {
                let is_all = entry(search_entry::Column::SortKey).eq(self.key.clone());
                (self.begins(), words(Where::Anywhere), Expr::case(is_all, 0).finally(1).into())
            }
            Fit::Title => (self.begins().not(), words(Where::Title), Expr::cust("2")),
            Fit::Elsewhere => {
                let elsewhere = words(Where::Anywhere).and(words(Where::Title).not());
                (self.begins().not(), elsewhere, Expr::cust("3"))
            }
        };
        let kinds = if self.kinds.is_empty() { SearchKind::iter().collect() } else { self.kinds.clone() };
        let of_kind = |kind| {
            let only = Condition::all().add(only.clone());
            let part = Part { kind, sorting: by(BY_NAME), request, only };
            // Few have the words elsewhere alone: most names would be gone through for nothing.
            let part = match fit {
                Fit::Name | Fit::Title => self.words.by_walking(&part, &have_words),
                Fit::Elsewhere => part.looked_up(&have_words),
            };
            let id = search_entry::Column::Id;
            Query::select().column(("part", id)).from_subquery(part, "part").take()
        };
        let ids = kinds.into_iter().map(of_kind).reduce(|mut ids, other| {
            ids.union(UnionType::All, other);
            ids
        });
        let mut query = selected(rank);
        query
            .cond_where(self.words.is_of(ids.unwrap_or_default(), entry(search_entry::Column::Id)))
            .and_where(only)
            .and_where(have_words);
        page::part(query, &by(BY_NAME), request.after.as_ref(), request.before.as_ref(), request)
    }

    /// How much is found.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn count(&self, db: &impl ConnectionTrait) -> Result<i64> {
        let mut query = Query::select();
        query.expr_as(Expr::cust("COUNT(*)"), "count").from_subquery(self.query(), "found");
        page::count(db, &query).await
    }
}

/// The names in Swedish order.
const BY_NAME: OrderKey =
    OrderKey { column: "sort_key", descending: false, kind: Kind::Bytes, missing: Missing::Never };

/// What can be found, with how well it fits.
fn selected(rank: Expr) -> SelectStatement {
    use search_entry::Column::{Id, Kind, Others, SortKey, Title};
    let mut query = Query::select();
    query
        .columns([Id, Kind, SortKey, Title, Others].map(|column| (search_entry::Entity, column)))
        .expr_as(Func::cast_as(rank, "bigint"), "rank")
        .from(search_entry::Entity);
    query
}

/// What a query finds.
async fn rows(db: &impl ConnectionTrait, query: &SelectStatement) -> Result<Vec<Placed<Hit>>> {
    let placed = |row| {
        let row = Hit::from_query_result(&row, "")?;
        let values = vec![Place::Number(row.rank), Place::Bytes(row.sort_key.clone())];
        Ok(Placed { position: Position { values, id: row.id }, row })
    };
    db.query_all(query).await?.into_iter().map(placed).collect()
}

/// How well something fits, the best first. Of a database that has names in order each is asked for by itself: most pages
/// are full before all that has the words was looked at.
#[derive(Clone, Copy, Debug)]
enum Fit {
    /// The name is what was typed, or begins with it.
    Name,
    /// The name has the words.
    Title,
    /// Another name, or a number, has them.
    Elsewhere,
}

impl Fit {
    const ALL: [Self; 3] = [Self::Name, Self::Title, Self::Elsewhere];

    /// As [`Hit::rank`].
    const fn ranks(self) -> RangeInclusive<i64> {
        match self {
            Self::Name => 0..=1,
            Self::Title => 2..=2,
            Self::Elsewhere => 3..=3,
        }
    }

    /// The part of what fits so that a request asks for, by name; none where all of it lies beyond what is asked for. The
    /// name that is all that was typed is the first of those that begin with it.
    fn part_of(self, request: &PageRequest, size: u64) -> Option<PageRequest> {
        let ranks = self.ranks();
        let (mut after, mut before) = (None, None);
        for (bound, position, is_after) in
            [(&mut after, &request.after, true), (&mut before, &request.before, false)]
        {
            let Some(position) = position else { continue };
            let [Place::Number(rank), name] = &position.values[..] else { continue };
            if ranks.contains(rank) {
                *bound = Some(Position { values: vec![name.clone()], id: position.id });
            } else if (rank > ranks.start()) == is_after {
                return None;
            }
        }
        Some(PageRequest { size, backwards: request.backwards, after, before, ends_there: false })
    }
}
