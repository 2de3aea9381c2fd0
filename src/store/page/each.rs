//! Pages of what belongs to each of many parents, looked up parent by parent, as PostgreSQL can.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{EntityName, EntityTrait, JoinType};
use uuid::Uuid;

use super::{CHILD, KEY, PLACE, PageRequest, Paged, RANK, Relation, no_rank, part};
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

impl Branch {
    /// The links of a page: of each branch only as many as the page has, then as many of all.
    fn some(self, request: &PageRequest) -> SelectStatement {
        let Self { mut branches, links, key, child } = self;
        let (after, before) = (request.after.as_ref(), request.before.as_ref());
        let own = part(links, &by_key(no_rank(), key, child), after, before, request);
        branches.distinct().columns([(ROW, CHILD), (ROW, RANK), (ROW, KEY)]).join_lateral(
            JoinType::InnerJoin,
            own,
            ROW,
            Expr::cust("TRUE"),
        );
        let [rank, key, child] = [RANK, KEY, CHILD].map(|column| Expr::col((ROW, column)));
        part(branches, &by_key(rank, key, child), None, None, request)
    }
}

/// What is looked up for each.
const ROW: &str = "own";

/// The order of lists whose order nobody said.
fn by_key(rank: Expr, key: Expr, id: Expr) -> Sorting {
    let keys = [(RANK, rank), (KEY, key)].map(|(name, expr)| (expr, Order::by(name).keys[0]));
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
        let request = &self.request;
        let branch = self.relation.branch().filter(|_| self.order.is_none());
        let some = if let Some(branch) = branch {
            branch.some(request)
        } else {
            let mut links = Query::select();
            links
                .columns([("links", CHILD), ("links", RANK)])
                .from_subquery(self.relation.links(Parents::EachRow), "links");
            if self.order.is_some() {
                let id = (child, R::Child::ID);
                links.inner_join(child.table_ref(), Expr::col(("links", CHILD)).equals(id));
            }
            part(links, &sorting, request.after.as_ref(), request.before.as_ref(), request)
        };
        let mut placed = Query::select();
        placed
            .columns([CHILD, RANK])
            .expr_as(Expr::cust("ROW_NUMBER() OVER ()"), PLACE)
            .from_subquery(some, "some");

        let told = || self.is_placed.then_some(RANK).into_iter().chain([PLACE]);
        // As many as there are: so PostgreSQL looks the rows up parent by parent. For all together it would remember each
        // that it has found, and put whole rows in order; who reads them puts them in their places (`Paged::read`).
        let mut own = Query::select();
        own.columns(told().map(|column| ("placed", column)))
            .columns(self.columns().map(|column| (child, column)))
            .from_subquery(placed, "placed")
            .inner_join(child.table_ref(), Expr::col(("placed", CHILD)).equals((child, R::Child::ID)))
            .limit(request.fetched());
        let mut query = Query::select();
        Parents::each(parents, &mut query);
        query
            .columns(told().map(|column| (ROW, column)))
            .columns(self.columns().map(|column| (ROW, column)))
            .join_lateral(JoinType::InnerJoin, own, ROW, Expr::cust("TRUE"));
        query
    }

    /// The same of children that name their parent themselves: no links are needed to find them.
    fn for_each_own(&self, parents: &[Uuid], parent: <R::Child as EntityTrait>::Column) -> SelectStatement {
        let of_rows = by_key(no_rank(), Expr::col(R::Child::SORT_KEY), Expr::col(R::Child::ID));
        let mut own = Query::select();
        // With what it is ordered by, for its order.
        own.columns(self.columns.with::<R::Child>(&self.order()).iter::<R::Child>())
            .from(R::Child::default().table_ref())
            .and_where(Parents::EachRow.hold(Expr::col(parent)));
        let request = &self.request;
        let own = part(own, &of_rows, request.after.as_ref(), request.before.as_ref(), request);
        let mut query = Query::select();
        Parents::each(parents, &mut query);
        if self.is_placed {
            query.expr_as(no_rank(), RANK);
        }
        query
            .columns(self.columns().map(|column| (ROW, column)))
            .join_lateral(JoinType::InnerJoin, own, ROW, Expr::cust("TRUE"))
            .order_by(PARENT, sea_orm::sea_query::Order::Asc);
        by_key(no_rank(), Expr::col((ROW, R::Child::SORT_KEY)), Expr::col((ROW, R::Child::ID)))
            .apply(&mut query, request.backwards);
        query
    }
}
