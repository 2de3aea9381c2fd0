//! Pages of what belongs to each of many parents, looked up parent by parent, as PostgreSQL can.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{EntityName, EntityTrait, JoinType};
use uuid::Uuid;

use super::{CHILD, KEY, PLACE, Paged, RANK, Relation, no_rank, part};
use crate::entities::Table;
use crate::store::batch::{PARENT, Parents};
use crate::store::order::{Order, Sorting};

/// One of the parts that a parent's links fall into, looked up by itself: the first of all are among the first of each.
pub struct Branch {
    /// Goes through the branches of the parent in [`Parents::EachRow`].
    pub branches: SelectStatement,
    /// Selects [`CHILD`], [`RANK`] (none) and [`KEY`] of the branch in the row that is gone through, each child once.
    pub links: SelectStatement,
    /// What is [`KEY`] in these.
    pub key: Expr,
    /// What is [`CHILD`].
    pub child: Expr,
}

/// What is looked up for each.
const ROW: &str = "own";

/// The order of lists whose order nobody said, where all have the same rank.
fn by_key(key: Expr, id: Expr) -> Sorting {
    let keys = [(RANK, no_rank()), (KEY, key)].map(|(name, expr)| (expr, Order::by(name).keys[0]));
    Sorting::new(keys.into(), id)
}

impl<R: Relation> Paged<R> {
    /// The same rows as [`Batched::query`] selects, looked up parent by parent: the links of each are read no further
    /// than its page goes, where an index has them in order.
    pub(super) fn for_each(&self, parents: &[Uuid]) -> SelectStatement {
        let (sorting, child) = (self.sorting(), R::Child::default());
        if let (Some(parent), None) = (self.relation.parent(), &self.order) {
            return self.for_each_own(parents, parent);
        }
        let mut some = Query::select();
        some.columns([("links", CHILD), ("links", RANK)]).from_subquery(self.links_of_each(), "links");
        if self.order.is_some() {
            some.inner_join(child.table_ref(), Expr::col(("links", CHILD)).equals((child, R::Child::ID)));
        }
        let request = &self.request;
        let some = part(some, &sorting, request.after.as_ref(), request.before.as_ref(), request);
        let mut placed = Query::select();
        placed
            .columns([CHILD, RANK])
            .expr_as(Expr::cust("ROW_NUMBER() OVER ()"), PLACE)
            .from_subquery(some, "some");

        // As many as there are: so PostgreSQL looks the rows up parent by parent. For all together it would remember each
        // that it has found, and put whole rows in order; who reads them puts them in their places (`Paged::read`).
        let mut own = Query::select();
        own.columns([("placed", RANK), ("placed", PLACE)])
            .columns(self.columns().map(|column| (child, column)))
            .from_subquery(placed, "placed")
            .inner_join(child.table_ref(), Expr::col(("placed", CHILD)).equals((child, R::Child::ID)))
            .limit(request.size + 1);
        let mut query = Query::select();
        Parents::each(parents, &mut query);
        query
            .columns([(ROW, RANK), (ROW, PLACE)])
            .columns(self.columns().map(|column| (ROW, column)))
            .join_lateral(JoinType::InnerJoin, own, ROW, Expr::cust("TRUE"));
        query
    }

    /// The links of a parent; of each branch only as many as the page has.
    fn links_of_each(&self) -> SelectStatement {
        let branch = self.relation.branch().filter(|_| self.order.is_none());
        let Some(Branch { mut branches, links, key, child }) = branch else {
            return self.relation.links(Parents::EachRow);
        };
        let request = &self.request;
        let own = part(links, &by_key(key, child), request.after.as_ref(), request.before.as_ref(), request);
        branches.distinct().columns([(ROW, CHILD), (ROW, RANK), (ROW, KEY)]).join_lateral(
            JoinType::InnerJoin,
            own,
            ROW,
            Expr::cust("TRUE"),
        );
        branches
    }

    /// The same of children that name their parent themselves: no links are needed to find them.
    fn for_each_own(&self, parents: &[Uuid], parent: <R::Child as EntityTrait>::Column) -> SelectStatement {
        let of_rows = by_key(Expr::col(R::Child::SORT_KEY), Expr::col(R::Child::ID));
        let mut own = Query::select();
        own.columns(self.columns())
            .from(R::Child::default().table_ref())
            .and_where(Parents::EachRow.hold(Expr::col(parent)));
        let request = &self.request;
        let own = part(own, &of_rows, request.after.as_ref(), request.before.as_ref(), request);
        let mut query = Query::select();
        Parents::each(parents, &mut query);
        query.expr_as(no_rank(), RANK);
        for column in self.columns() {
            query.column((ROW, column));
        }
        query
            .join_lateral(JoinType::InnerJoin, own, ROW, Expr::cust("TRUE"))
            .order_by(PARENT, sea_orm::sea_query::Order::Asc);
        by_key(Expr::col((ROW, R::Child::SORT_KEY)), Expr::col((ROW, R::Child::ID)))
            .apply(&mut query, request.backwards);
        query
    }
}
