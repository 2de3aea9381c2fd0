//! Those with some words that are on a page of a list by name, without looking at all that have a word which many have.

use sea_orm::sea_query::{
    CommonTableExpression, Condition, Expr, ExprTrait, Query, SelectStatement, UnionType, WithClause,
};
use sea_orm::{ActiveEnum, DatabaseBackend};

use super::{Where, Words, entry, number};
use crate::entities::search_entry::Column::{Id, Kind, SortKey};
use crate::entities::search_entry::{Entity, SearchKind};
use crate::store::order::{OrderKey, Place, Position, Sorting, direction};
use crate::store::page::{self, PageRequest};

/// How many names PostgreSQL goes through at least before it asks its index of words; to go through half as many as have
/// the words takes less time than to look at all these.
const WALKED: u64 = 4_000;
/// And at most: words that many have may be together in few.
const WALKED_AT_MOST: u64 = 100_000;
/// If no more than so many have the words, the index is asked at once.
const FEW: i64 = 2_000;

/// What SQLite does not have in order has higher numbers.
pub const LAST_IN_ORDER: i64 = 1 << 50;

/// The numbers of what SQLite has in order: from the first to the second.
fn numbers(kind: SearchKind) -> (i64, i64) {
    let place: i64 = match kind {
        SearchKind::Funder => 1,
        SearchKind::Organisation => 2,
        SearchKind::Project => 3,
    };
    (place << 40, ((place + 1) << 40) - 1)
}

impl Words {
    /// The ids of those that have them all and are on a page of a list by name; perhaps of more.
    pub(super) fn on_page(
        &self,
        kind: SearchKind,
        by_name: OrderKey,
        request: &PageRequest,
    ) -> SelectStatement {
        let page = Part { kind, sorting: by(by_name), request, only: Condition::all() };
        match self.backend {
            DatabaseBackend::Postgres if self.are_rare() => self.ids(kind),
            DatabaseBackend::Postgres => self.by_walking(&page, &self.are_in(Where::Anywhere)),
            _ => self.by_number(&page),
        }
    }

    /// Whether one of them is known to be in few names.
    pub(super) fn are_rare(&self) -> bool {
        self.words.iter().any(|word| word.most.is_some_and(|entries| entries <= FEW))
    }

    /// Goes through names where the page begins; if these neither fill it nor are all, whatever has the words is looked up.
    pub(super) fn by_walking(&self, page: &Part<'_>, have_words: &Expr) -> SelectStatement {
        let wanted = page.request.fetched();
        let rarest = self.words.iter().map(|word| word.least).min().unwrap_or_default();
        let half = u64::try_from(rarest / 2).unwrap_or_default();
        let most = [Ord::min(half, WALKED_AT_MOST), WALKED, wanted].into_iter().fold(0, Ord::max);
        let mut walked = page.of_kind();
        walked.columns([(Entity, SortKey)]).column((Entity, "words"));
        let walked = page.cut(walked).limit(most).take();
        let mut near = Query::select();
        near.column((Entity, Id)).from_subquery(walked, Entity).and_where(have_words.clone());
        page.sorting.apply(&mut near, page.request.backwards);
        near.limit(wanted);

        let count = Query::select().expr(Expr::cust("COUNT(*)")).from("near").take();
        let count = Expr::SubQuery(None, Box::new(count.into()));
        let is_left = count.lt(i64::try_from(wanted).unwrap_or(i64::MAX));
        let others = page.cut(page.of_kind()).limit(1).offset(most).take();
        let far = page.looked_up(have_words).and_where(is_left).and_where(Expr::exists(others)).take();

        let mut near_name = CommonTableExpression::new();
        near_name.table_name("near").column(Id).query(near).materialized(true);
        let with = WithClause::new().cte(near_name).to_owned();
        Query::select().with_cte(with).column(Id).from("near").union(UnionType::All, far).take()
    }

    /// Finds those in order one after another, and puts the others, which are few, in order.
    fn by_number(&self, page: &Part<'_>) -> SelectStatement {
        let found = || Expr::col(("search_index", "rowid"));
        let (first, last) = page.numbers();
        let mut in_order = Query::select();
        in_order
            .column((Entity, Id))
            .from("search_index")
            // SQLite goes through what stands first.
            .cross_join(Entity)
            .and_where(number().eq(found()))
            .and_where(self.matched(Where::Anywhere))
            .and_where(found().between(first, last))
            .cond_where(page.beyond())
            .order_by_expr(found(), direction(page.sorting.ids_fall != page.request.backwards))
            .limit(page.request.fetched());

        let late = self.rows(Where::Anywhere).and_where(Expr::col("rowid").gt(LAST_IN_ORDER)).take();
        let others = page.cut(page.of_kind().and_where(number().in_subquery(late)).take());
        let whole = |part| Query::select().column(("part", Id)).from_subquery(part, "part").take();
        whole(in_order).union(UnionType::All, whole(others)).take()
    }
}

/// By name.
pub(super) fn by(name: OrderKey) -> Sorting {
    Sorting::new(vec![(entry(SortKey), name)], entry(Id))
}

/// A part of a list by name.
pub(super) struct Part<'a> {
    pub kind: SearchKind,
    pub sorting: Sorting,
    pub request: &'a PageRequest,
    /// What is in the list.
    pub only: Condition,
}

impl Part<'_> {
    /// The ids of all in the list.
    fn of_kind(&self) -> SelectStatement {
        let mut query = Query::select();
        query
            .column((Entity, Id))
            .from(Entity)
            .and_where(entry(Kind).eq(self.kind.to_value()))
            .cond_where(self.only.clone());
        query
    }

    /// Looks up all that have the words and puts them in order.
    pub(super) fn looked_up(&self, have_words: &Expr) -> SelectStatement {
        let mut found = self.of_kind();
        // All of them, before the page is cut out: or they might be looked for among all names again.
        found.column((Entity, SortKey)).and_where(have_words.clone()).offset(0);
        let mut far = Query::select();
        far.column((Entity, Id)).from_subquery(found, Entity);
        self.cut(far)
    }

    /// Those of a query that are in the part.
    fn cut(&self, query: SelectStatement) -> SelectStatement {
        let (after, before) = (self.request.after.as_ref(), self.request.before.as_ref());
        page::part(query, &self.sorting, after, before, self.request)
    }

    /// Its bounds, and which is the one after which it begins.
    fn bounds(&self) -> impl Iterator<Item = (&Position, bool)> {
        let PageRequest { after, before, .. } = self.request;
        let after = after.iter().map(|position| (position, true));
        after.chain(before.iter().map(|position| (position, false)))
    }

    fn beyond(&self) -> Condition {
        let beyond = |all: Condition, (position, is_after)| all.add(self.sorting.beyond(position, is_after));
        self.bounds().fold(Condition::all(), beyond)
    }

    /// The numbers between which those are that SQLite has in order. One whose name is another now, or that is gone, is no
    /// bound: then all are looked at.
    fn numbers(&self) -> (Expr, Expr) {
        let (first, last) = numbers(self.kind);
        let (mut from, mut to) = (Expr::val(first), Expr::val(last));
        for (position, is_after) in self.bounds() {
            let Some(Place::Bytes(key)) = position.values.first() else { continue };
            let mut place = Query::select();
            place
                .expr(number())
                .from(Entity)
                .and_where(entry(Id).eq(position.id))
                .and_where(entry(SortKey).eq(key.clone()))
                .and_where(number().between(first, last));
            let place = Expr::SubQuery(None, Box::new(place.into()));
            if self.sorting.ids_fall == is_after {
                to = place.if_null(last);
            } else {
                from = place.if_null(first);
            }
        }
        (from, to)
    }
}
