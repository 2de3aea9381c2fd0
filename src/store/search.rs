//! Finding projects, organisations and funders by the words of their names and numbers.

mod in_order;
mod ranked;

pub(super) use self::in_order::LAST_IN_ORDER;
pub use self::ranked::{Hit, Search, order};

use std::collections::BTreeMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{ActiveEnum, ConnectionTrait, DatabaseBackend, QueryResult};

use super::order::OrderKey;
use super::page::PageRequest;
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
    /// In about how many it is at most; none where not all that it may be was counted.
    most: Option<i64>,
}

impl Word {
    /// One that may mean any of some.
    #[must_use]
    pub fn any(forms: Vec<String>) -> Self {
        Self { forms, begun: Vec::new(), least: 0, most: None }
    }

    /// One that may mean any of some known words, each with about in how many names it is.
    #[must_use]
    pub fn any_known(words: Vec<(String, i64)>) -> Self {
        let entries = words.iter().map(|(_, entries)| entries).sum();
        let forms = words.into_iter().map(|(word, _)| word).collect();
        Self { least: entries, most: Some(entries), ..Self::any(forms) }
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// In about how many names the words are that begin with the stem of one; null where they are many. A word without a stem
/// is one that every text has.
const STEMMED: &str = "(SELECT CASE WHEN COUNT(*) <= 64 THEN COALESCE(SUM(entries), 0) END FROM (\
    SELECT entries FROM search_word, (SELECT (ts_lexize('pg_catalog.swedish_stem', $1))[1] AS stem) AS stemmed \
    WHERE word >= stem AND word < stem || chr(1114111) LIMIT 65) AS alike)";

/// Those of some words that known words begin with.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn beginnings(db: &impl ConnectionTrait, words: &[String]) -> Result<BTreeMap<String, Word>> {
    // SQLite counts how often it has a word that it tells as one, and finds as fast what begins so.
    let is_listed = db.get_database_backend() == DatabaseBackend::Postgres;
    let (words_there, most, entries) =
        if is_listed { ("search_word", MOST_BEGUN + 1, "entries") } else { ("search_occurrence", 1, "0") };
    // PostgreSQL also finds what has the same stem: that is in as many names as what begins with it, about.
    let stemmed = |word: &String| {
        if is_listed { Expr::cust_with_values(STEMMED, [word.clone()]) } else { Expr::cust("NULL") }
    };
    let of = |word: &String| {
        let mut begun = Query::select();
        begun
            .expr_as(Func::cast_as(word.clone(), "text"), "beginning")
            .column("word")
            .expr_as(Func::cast_as(Expr::cust(entries), "bigint"), "entries")
            .expr_as(Func::cast_as(stemmed(word), "bigint"), "stemmed")
            .from(words_there)
            .and_where(begins(word))
            .limit(most as u64);
        let columns = ["beginning", "word", "entries", "stemmed"];
        Query::select().columns(columns).from_subquery(begun, "begun").take()
    };
    let mut found: BTreeMap<String, Word> = BTreeMap::new();
    for row in all(db, words.iter().map(of)).await? {
        let beginning: String = row.try_get("", "beginning")?;
        let word = found.entry(beginning.clone()).or_insert_with(|| Word::any(vec![beginning.clone()]));
        word.least += row.try_get::<i64>("", "entries")?;
        word.most = row.try_get("", "stemmed")?;
        // A letter alone is a word itself, and begins none.
        if is_listed && !is_short(&beginning) {
            word.begun.push(row.try_get("", "word")?);
        }
    }
    for word in found.values_mut() {
        if word.begun.len() > MOST_BEGUN {
            word.begun.clear();
        }
        let is_counted = !word.begun.is_empty();
        word.most = word.most.filter(|_| is_counted).map(|stemmed| Ord::max(stemmed, word.least));
    }
    Ok(found)
}

/// The known words with the same first letter as one of some words and about as many letters, each with about in how many
/// names it is.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn near(db: &impl ConnectionTrait, words: &[String]) -> Result<BTreeMap<String, i64>> {
    const LETTERS: i32 = 4;
    const MOST: u64 = 5_000;
    // SQLite counts a word only when it is asked for it alone.
    let entries = if db.get_database_backend() == DatabaseBackend::Postgres { "entries" } else { "0" };
    let near = words.iter().filter_map(|word| {
        let first = word.chars().next()?.to_string();
        let letters = i32::try_from(word.chars().count()).unwrap_or(i32::MAX);
        let length = || Expr::cust("LENGTH(word)");
        let mut near = Query::select();
        near.column("word")
            .expr_as(Func::cast_as(Expr::cust(entries), "bigint"), "entries")
            .from("search_word")
            .and_where(begins(&first))
            .and_where(length().gte(letters - LETTERS))
            .and_where(length().lte(letters + LETTERS))
            .limit(MOST);
        Some(Query::select().columns(["word", "entries"]).from_subquery(near, "near").take())
    });
    let rows = all(db, near).await?;
    let word = |row: &QueryResult| Ok((row.try_get("", "word")?, row.try_get("", "entries")?));
    rows.iter().map(word).collect()
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
