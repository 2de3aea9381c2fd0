//! Finding projects, organisations and funders by the words of their names and numbers.

mod in_order;

pub(super) use self::in_order::LAST_IN_ORDER;

use std::collections::BTreeMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{ActiveEnum, ConnectionTrait, DatabaseBackend, FromQueryResult, QueryResult};
use uuid::Uuid;

use super::order::{Kind, Missing, Order, OrderKey, Place, Position, Sorting};
use super::page::{self, Page, PageRequest, Placed};
use crate::entities::search_entry::{self, SearchKind};
use crate::error::Result;

/// How many known words a beginning may stand for so that they are looked for one by one.
const MOST_BEGUN: usize = 32;

/// A word that is looked for, of small letters and digits: nothing else has to be looked out for.
#[derive(Clone, Debug)]
pub struct Word {
    /// What may stand for it, each the beginning of a word.
    forms: Vec<String>,
    /// All known words that these begin; none where they are many or not looked up.
    begun: Vec<String>,
    /// In about how many names it is at least.
    least: i64,
}

impl Word {
    /// One that may mean any of some.
    #[must_use]
    pub fn any(forms: Vec<String>) -> Self {
        Self { forms, begun: Vec::new(), least: 0 }
    }

    /// In about how many names it is at most; none where not all of its words were counted.
    fn most(&self) -> Option<i64> {
        (!self.begun.is_empty()).then_some(self.least)
    }
}

/// What is looked for: words that all have to be there.
#[derive(Clone, Debug)]
pub struct Words {
    backend: DatabaseBackend,
    words: Vec<Word>,
}

impl Words {
    /// Some words.
    pub fn new(db: &impl ConnectionTrait, words: Vec<Word>) -> Self {
        Self { backend: db.get_database_backend(), words }
    }

    /// Those rows of a table that have them all, by the column with their ids.
    #[must_use]
    pub fn among(&self, kind: SearchKind, id: Expr) -> Condition {
        self.is_of(self.ids(kind), id)
    }

    /// Those of them that are on a page of a list by name, or by name backwards.
    #[must_use]
    pub fn among_page(
        &self,
        kind: SearchKind,
        id: Expr,
        by_name: OrderKey,
        request: &PageRequest,
    ) -> Condition {
        self.is_of(self.on_page(kind, by_name, request), id)
    }

    fn is_of(&self, ids: SelectStatement, id: Expr) -> Condition {
        // PostgreSQL takes them for spread over a list and looks at each of its rows for them; but names that begin
        // alike stand together in it. What is found first and given to it as one value it starts from.
        Condition::all().add(if self.backend == DatabaseBackend::Postgres {
            let ids = Expr::SubQuery(None, Box::new(ids.into()));
            Expr::cust_with_exprs("$1 = ANY (ARRAY $2)", [id, ids])
        } else {
            id.in_subquery(ids)
        })
    }

    /// The ids of what has them all.
    fn ids(&self, kind: SearchKind) -> SelectStatement {
        let mut query = Query::select();
        query
            .column((search_entry::Entity, search_entry::Column::Id))
            .from(search_entry::Entity)
            .and_where(entry(search_entry::Column::Kind).eq(kind.to_value()))
            .and_where(self.are_in(Where::Anywhere));
        query
    }

    fn are_in(&self, place: Where) -> Expr {
        if self.backend == DatabaseBackend::Postgres {
            let weight = if place == Where::Title { "A" } else { "" };
            let any = |words: &[String], star: &str| {
                let label = |word: &String| {
                    // A letter alone begins too much.
                    let label = format!("{}{weight}", if is_short(word) { "" } else { star });
                    if label.is_empty() { word.clone() } else { format!("{word}:{label}") }
                };
                words.iter().map(label).collect::<Vec<_>>().join(" | ")
            };
            let one = |Word { forms, begun, .. }: &Word| {
                // For a beginning the index is read to its end, for words only where the rarest of them is.
                let plain = if begun.is_empty() { any(forms, "*") } else { any(begun, "") };
                Expr::cust_with_values(
                    "(to_tsquery('pg_catalog.simple', $1) || to_tsquery('pg_catalog.swedish', $2))",
                    [plain, any(forms, "")],
                )
            };
            let both = |one, other| Expr::cust_with_exprs("($1 && $2)", [one, other]);
            let Some(wanted) = self.words.iter().map(one).reduce(both) else { return Expr::cust("FALSE") };
            // Read once: a plan that is kept for other words too would read it for each row.
            let wanted = Expr::SubQuery(None, Box::new(Query::select().expr(wanted).take().into()));
            Expr::cust_with_exprs("$1 @@ $2", [Expr::col((search_entry::Entity, "words")), wanted])
        } else {
            number().in_subquery(self.rows(place))
        }
    }

    /// The rows of SQLite's index that have them all.
    fn rows(&self, place: Where) -> SelectStatement {
        Query::select().column("rowid").from("search_index").and_where(self.matched(place)).take()
    }

    /// That a row of SQLite's index has them all.
    fn matched(&self, place: Where) -> Expr {
        let one = |Word { forms, .. }: &Word| {
            let form = |form: &String| format!("\"{form}\"{}", if is_short(form) { "" } else { " *" });
            let forms: Vec<_> = forms.iter().map(form).collect();
            format!("({})", forms.join(" OR "))
        };
        let words = self.words.iter().map(one).collect::<Vec<_>>().join(" AND ");
        let words = if place == Where::Title { format!("{{title}} : ({words})") } else { words };
        Expr::cust_with_values("search_index MATCH ?", [words])
    }
}

/// Whether a word is one letter, which must be a word itself.
fn is_short(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Title,
    Anywhere,
}

fn entry(column: search_entry::Column) -> Expr {
    Expr::col((search_entry::Entity, column))
}

/// The number by which SQLite's index knows a row.
fn number() -> Expr {
    Expr::col((search_entry::Entity, "number"))
}

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
    fn query(&self) -> SelectStatement {
        use search_entry::Column::{Id, Kind, Others, SortKey, Title};
        let mut query = Query::select();
        let mut end = self.key.clone();
        end.push(0xff);
        let key = || entry(search_entry::Column::SortKey);
        let rank = Expr::case(key().eq(self.key.clone()), 0)
            .case(key().gte(self.key.clone()).and(key().lt(end)), 1)
            .case(self.words.are_in(Where::Title), 2)
            .finally(3);
        query
            .columns([Id, Kind, SortKey, Title, Others].map(|column| (search_entry::Entity, column)))
            .expr_as(Func::cast_as(Expr::expr(rank), "bigint"), "rank")
            .from(search_entry::Entity)
            .and_where(self.words.are_in(Where::Anywhere));
        if !self.kinds.is_empty() {
            query.and_where(entry(Kind).is_in(self.kinds.iter().map(ActiveEnum::to_value)));
        }
        query
    }

    /// A page of what is found.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn page(&self, db: &impl ConnectionTrait, request: &PageRequest) -> Result<Page<Hit>> {
        let column = |name: &'static str| Expr::col(("found", name));
        let plain = |name| {
            let kind = if name == "rank" { Kind::Number } else { Kind::Bytes };
            OrderKey { column: name, descending: false, kind, missing: Missing::Never }
        };
        let sorting =
            Sorting::new(["rank", "sort_key"].map(|name| (column(name), plain(name))).into(), column("id"));
        let mut query = Query::select();
        query
            .columns(["id", "kind", "sort_key", "title", "others", "rank"].map(|name| ("found", name)))
            .from_subquery(self.query(), "found");
        for (position, is_after) in [(&request.after, true), (&request.before, false)] {
            if let Some(position) = position {
                query.cond_where(sorting.beyond(position, is_after));
            }
        }
        sorting.apply(&mut query, request.backwards);
        query.limit(request.size + 1);
        let mut rows = Vec::new();
        for row in db.query_all(&query).await? {
            let row = Hit::from_query_result(&row, "")?;
            let values = vec![Place::Number(row.rank), Place::Bytes(row.sort_key.clone())];
            rows.push(Placed { position: Position { values, id: row.id }, row });
        }
        Ok(Page::new(rows, request))
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

/// Those of some words that known words begin with.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn beginnings(db: &impl ConnectionTrait, words: &[String]) -> Result<BTreeMap<String, Word>> {
    // SQLite counts how often it has a word that it tells as one, and finds as fast what begins so.
    let is_listed = db.get_database_backend() == DatabaseBackend::Postgres;
    let (words_there, most, entries) =
        if is_listed { ("search_word", MOST_BEGUN + 1, "entries") } else { ("search_occurrence", 1, "0") };
    let of = |word: &String| {
        let mut begun = Query::select();
        begun
            .expr_as(Func::cast_as(word.clone(), "text"), "beginning")
            .column("word")
            .expr_as(Func::cast_as(Expr::cust(entries), "bigint"), "entries")
            .from(words_there)
            .and_where(begins(word))
            .limit(most as u64);
        Query::select().columns(["beginning", "word", "entries"]).from_subquery(begun, "begun").take()
    };
    let mut found: BTreeMap<String, Word> = BTreeMap::new();
    for row in all(db, words.iter().map(of)).await? {
        let beginning: String = row.try_get("", "beginning")?;
        let word = found.entry(beginning.clone()).or_insert_with(|| Word::any(vec![beginning.clone()]));
        word.least += row.try_get::<i64>("", "entries")?;
        // A letter alone is a word itself, and begins none.
        if is_listed && !is_short(&beginning) {
            word.begun.push(row.try_get("", "word")?);
        }
    }
    for word in found.values_mut().filter(|word| word.begun.len() > MOST_BEGUN) {
        word.begun.clear();
    }
    Ok(found)
}

/// The known words with the same first letter as one of some words and about as many letters.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn near(db: &impl ConnectionTrait, words: &[String]) -> Result<Vec<String>> {
    const LETTERS: i32 = 4;
    const MOST: u64 = 5_000;
    let near = words.iter().filter_map(|word| {
        let first = word.chars().next()?.to_string();
        let letters = i32::try_from(word.chars().count()).unwrap_or(i32::MAX);
        let length = || Expr::cust("LENGTH(word)");
        let mut near = Query::select();
        near.column("word")
            .from("search_word")
            .and_where(begins(&first))
            .and_where(length().gte(letters - LETTERS))
            .and_where(length().lte(letters + LETTERS))
            .limit(MOST);
        Some(Query::select().column("word").from_subquery(near, "near").take())
    });
    let rows = all(db, near).await?;
    let mut found: Vec<String> =
        rows.iter().map(|row| row.try_get("", "word")).collect::<std::result::Result<_, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn begins(with: &str) -> Expr {
    let word = || Expr::col("word");
    word().gte(with).and(word().lt(format!("{with}\u{10ffff}")))
}

/// What some queries find, each row once.
async fn all(
    db: &impl ConnectionTrait,
    mut queries: impl Iterator<Item = SelectStatement>,
) -> Result<Vec<QueryResult>> {
    let Some(mut all) = queries.next() else { return Ok(Vec::new()) };
    for query in queries {
        all.union(UnionType::Distinct, query);
    }
    Ok(db.query_all(&all).await?)
}
