//! Pages of what belongs to many parents, and of whole lists.

use rustc_hash::{FxBuildHasher, FxHashMap};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{Asked, Below, Direct, Pieces, Selected, Texts, are_once, is_known, object, objects, once_each};
use crate::entities::Row as _;
use crate::graphql::connection::{Listed, PageArguments, PageInfo, cursor};
use crate::store::batch::ByParent;
use crate::store::order::{Order, Position};
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
    has_some::<T>(&[COUNT], field, asked)
}

/// Whether it is asked where something stands in its list.
fn is_placed<'d, T: Connected>(field: &Selected<'d>, asked: &Asked<'d>) -> bool {
    has_some::<T>(&[EDGES, INFO], field, asked)
}

/// Whether one of some fields of a connection is asked for.
fn has_some<'d, T: Connected>(names: &[&str], field: &Selected<'d>, asked: &Asked<'d>) -> bool {
    field.below(T::CONNECTION, asked).is_some_and(|fields| fields.iter().any(|own| names.contains(&own.name)))
}

/// The page of a list that is asked for.
pub(in crate::graphql) fn page_request<'d, T: Connected>(
    list: &str,
    order: &Order,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<PageRequest> {
    let arguments = PageArguments {
        first: field.argument("first", asked)?,
        after: field.argument("after", asked)?,
        last: field.argument("last", asked)?,
        before: field.argument("before", asked)?,
    };
    let request = arguments.check(list, order).ok()?;
    Some(PageRequest { ends_there: !has_some::<T>(&[INFO], field, asked), ..request })
}

/// The same page of what belongs to each of some parents. Of those of which the whole list is known, in its order, first
/// and last pages are not looked up.
pub(in crate::graphql) async fn connection<'d, T: Connected, R: Relation<Child = T::Table>>(
    relation: R,
    order: Option<Order>,
    parents: &[Uuid],
    mut known: ByParent<Row<T>>,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Texts> {
    let list = format!("{} {order:?}", relation.list());
    let columns = asked.columns::<T, T::Table>();
    let is_placed = is_placed::<T>(field, asked);
    let said = Paged { relation, order, request: PageRequest::default(), columns, is_placed };
    let order = said.order();
    let request = page_request::<T>(&list, &order, field, asked)?;
    let (parents, of) = once_each(parents);
    let mut counts = Vec::new();
    if request.after.is_some() || request.before.is_some() {
        known.clear();
    }
    let others: Vec<Uuid> = parents.iter().filter(|parent| !known.contains_key(parent)).copied().collect();
    if is_counted::<T>(field, asked) {
        let rows = asked.load(Counted(said.relation.clone()), others.iter().copied()).await?;
        let counted = |parent| rows.get(parent)?.first().map(|row| row.count);
        let count = |parent| match known.get(parent) {
            Some(rows) => i64::try_from(rows.len()).ok(),
            None => counted(parent),
        };
        counts = parents.iter().map(|parent| count(parent).unwrap_or_default()).collect();
    }
    let mut rows = asked.load(Paged { request: request.clone(), ..said }, others.into_iter()).await?;
    for (parent, list) in known {
        rows.insert(parent, request.of_list(list).map(Ranked::from).collect());
    }
    let placed = |Ranked { rank, row, .. }: Ranked<Row<T>>| {
        let position = if is_placed {
            order.position::<T::Table>(rank, &row)
        } else {
            Position { values: Vec::new(), id: row.id() }
        };
        Placed { position, row }
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
    let length: usize = pages.iter().map(|page| page.rows.len()).sum();
    let mut places = FxHashMap::with_capacity_and_hasher(length, FxBuildHasher);
    let mut nodes = Vec::with_capacity(length);
    let mut place = |Placed { position, row }: Placed<Row<T>>| {
        let row = *places.entry(position.id).or_insert_with(|| {
            nodes.push(T::of(row));
            nodes.len() - 1
        });
        Placed { position, row }
    };
    let pages: Vec<Page<usize>> = pages.into_iter().map(|page| page.map(&mut place)).collect();
    let mut rows = Vec::with_capacity(fields.len());
    for field in fields {
        rows.push(match field.name {
            NODES => Some(objects(&nodes, field, asked).await?),
            EDGES => Some(edges(list, &pages, &nodes, field, asked).await?),
            _ => None,
        });
    }
    let inside = rows.iter().flatten().map(Pieces::size).sum();
    let (mut texts, mut first) = (Pieces::for_objects(pages.len(), inside), 0);
    for (at, page) in pages.iter().enumerate() {
        let end = first + page.rows.len();
        texts.add(|to| {
            to.begin();
            for (field, rows) in fields.iter().zip(&rows) {
                to.key(field.key);
                match (field.name, rows) {
                    (NODES, Some(nodes)) => to.list(page.rows.iter().map(|placed| nodes.get(placed.row))),
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
    pages: &[Page<usize>],
    nodes: &[T],
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Pieces> {
    let fields = field.below(T::EDGE, asked)?;
    let mut written = Vec::new();
    for field in fields {
        written.push(if field.name == "node" { Some(objects(nodes, field, asked).await?) } else { None });
    }
    let inside = written.iter().flatten().map(Pieces::size).sum();
    let mut edges = Pieces::for_objects(pages.iter().map(|page| page.rows.len()).sum(), inside);
    for placed in pages.iter().flat_map(|page| &page.rows) {
        edges.add(|to| {
            to.begin();
            for (field, nodes) in fields.iter().zip(&written) {
                to.key(field.key);
                match (field.name, nodes) {
                    ("node", Some(nodes)) => to.text(nodes.get(placed.row)),
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
