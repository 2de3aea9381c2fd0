//! Pages of what belongs to many parents, and of whole lists.

use std::collections::HashMap;

use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{Asked, Below, Direct, Pieces, Selected, Texts, are_once, is_known, object, objects, once_each};
use crate::graphql::connection::{Listed, PageArguments, PageInfo, cursor};
use crate::store::order::Order;
use crate::store::page::{Counted, Page, PageRequest, Paged, Placed, Ranked, Relation};

type Row<T> = <<T as Listed>::Table as EntityTrait>::Model;

/// The fields of every connection, beside those of their own.
const NODES: &str = "nodes";
const EDGES: &str = "edges";
const INFO: &str = "pageInfo";
const COUNT: &str = "totalCount";

/// A connection to objects of a type.
pub(in crate::graphql) trait Connected: Direct + Listed {
    /// The name of the connection's type.
    const CONNECTION: &'static str;
    /// The name of the type of its edges.
    const EDGE: &'static str;
}

/// Whether all is known that is selected of a connection.
pub(in crate::graphql) fn connection_is_known<'d, T: Connected>(
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> bool {
    let of_edge = |field: &Selected<'d>| match field.name {
        "__typename" | "cursor" => true,
        "node" => is_known::<T>(field, asked),
        _ => false,
    };
    let known = |field: &Selected<'d>| match field.name {
        "__typename" | COUNT => true,
        NODES => is_known::<T>(field, asked),
        EDGES => field.below(T::EDGE, asked).is_some_and(|fields| fields.iter().all(of_edge)),
        INFO => is_known::<PageInfo>(field, asked),
        _ => false,
    };
    field.below(T::CONNECTION, asked).is_some_and(|fields| are_once(fields) && fields.iter().all(known))
}

/// [`Below`] of a field that leads to a connection.
pub(in crate::graphql) const fn to_connection<T: Connected>() -> Below {
    Below::Objects(connection_is_known::<T>)
}

/// Whether it is asked how many a whole list has.
pub(in crate::graphql) fn is_counted<'d, T: Connected>(field: &Selected<'d>, asked: &Asked<'d>) -> bool {
    field.below(T::CONNECTION, asked).is_some_and(|fields| fields.iter().any(|field| field.name == COUNT))
}

/// The arguments of a page.
pub(in crate::graphql) fn page_arguments<'d>(
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<PageArguments> {
    Some(PageArguments {
        first: field.argument("first", asked)?,
        after: field.argument("after", asked)?,
        last: field.argument("last", asked)?,
        before: field.argument("before", asked)?,
    })
}

/// The same page of what belongs to each of some parents.
pub(in crate::graphql) async fn connection<'d, T: Connected, R: Relation<Child = T::Table>>(
    relation: R,
    order: Option<Order>,
    parents: &[Uuid],
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Texts> {
    let list = format!("{} {order:?}", relation.list());
    let columns = asked.columns::<T, T::Table>();
    let said = Paged { relation, order, request: PageRequest::default(), columns };
    let order = said.order();
    let request = page_arguments(field, asked)?.check(&list, &order).ok()?;
    let (parents, of) = once_each(parents);
    let mut counts = Vec::new();
    if is_counted::<T>(field, asked) {
        let rows = asked.load(Counted(said.relation.clone()), parents.iter().copied()).await?;
        let count = |parent| rows.get(parent)?.first().map(|row| row.count);
        counts = parents.iter().map(|parent| count(parent).unwrap_or_default()).collect();
    }
    let mut rows = asked.load(Paged { request: request.clone(), ..said }, parents.iter().copied()).await?;
    let placed = |Ranked { rank, row }: Ranked<Row<T>>| Placed {
        position: order.position::<T::Table>(rank, &row),
        row,
    };
    let pages = parents.iter().map(|parent| {
        Page::new(rows.remove(parent).unwrap_or_default().into_iter().map(placed).collect(), &request)
    });
    let texts = pages_of::<T>(&list, pages.collect(), &counts, field, asked).await?;
    Some(Texts::new(texts, of))
}

/// Pages of a list, written. The counts are of the whole lists, where they are asked for.
pub(in crate::graphql) async fn pages_of<'d, T: Connected>(
    list: &str,
    pages: Vec<Page<Row<T>>>,
    counts: &[i64],
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Pieces> {
    let fields = field.below(T::CONNECTION, asked)?;
    // Whoever stands on several pages is written once.
    let (mut places, mut nodes) = (HashMap::new(), Vec::new());
    let mut place = |placed: &Placed<Row<T>>| {
        *places.entry(placed.position.id).or_insert_with(|| {
            nodes.push(T::of(placed.row.clone()));
            nodes.len() - 1
        })
    };
    let of: Vec<usize> = pages.iter().flat_map(|page| &page.rows).map(&mut place).collect();
    let mut rows = Vec::with_capacity(fields.len());
    for field in fields {
        rows.push(match field.name {
            NODES => Some(objects(&nodes, field, asked).await?),
            EDGES => Some(edges(list, &pages, (&nodes, &of), field, asked).await?),
            _ => None,
        });
    }
    let (mut texts, mut first) = (Pieces::for_objects(of.len() + pages.len()), 0);
    for (at, page) in pages.iter().enumerate() {
        let end = first + page.rows.len();
        texts.add(|to| {
            to.begin();
            for (field, rows) in fields.iter().zip(&rows) {
                to.key(field.key);
                match (field.name, rows) {
                    (NODES, Some(nodes)) => to.list(of[first..end].iter().map(|at| nodes.get(*at))),
                    (EDGES, Some(edges)) => to.list((first..end).map(|at| edges.get(at))),
                    (INFO, _) => {
                        let info = PageInfo::of(page, |position| cursor(list, position));
                        object(Some(&info), field, asked, to)?;
                    }
                    (COUNT, _) => {
                        let count = counts.get(at).map(|count| i32::try_from(*count).unwrap_or(i32::MAX));
                        to.number(Some(count?))?;
                    }
                    ("__typename", _) => to.string(T::CONNECTION),
                    _ => return None,
                }
            }
            to.end();
            Some(())
        })?;
        first = end;
    }
    Some(texts)
}

/// The edges of all pages.
async fn edges<'d, T: Connected>(
    list: &str,
    pages: &[Page<Row<T>>],
    (nodes, of): (&[T], &[usize]),
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Pieces> {
    let fields = field.below(T::EDGE, asked)?;
    let mut written = Vec::new();
    for field in fields {
        written.push(if field.name == "node" { Some(objects(nodes, field, asked).await?) } else { None });
    }
    let mut edges = Pieces::for_objects(of.len());
    for (at, placed) in of.iter().zip(pages.iter().flat_map(|page| &page.rows)) {
        edges.add(|to| {
            to.begin();
            for (field, nodes) in fields.iter().zip(&written) {
                to.key(field.key);
                match (field.name, nodes) {
                    ("node", Some(nodes)) => to.text(nodes.get(*at)),
                    ("cursor", _) => to.string(&cursor(list, &placed.position)),
                    _ => to.string(T::EDGE),
                }
            }
            to.end();
            Some(())
        })?;
    }
    Some(edges)
}
