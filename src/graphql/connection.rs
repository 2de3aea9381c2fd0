//! Relay connections over keyset pages.

mod direct;

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use async_graphql::{Context, Object, ObjectType, OutputType, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, NaiveDate};
use sea_orm::{DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter, Select};
use uuid::Uuid;

use super::context::Ask;
use super::directives::Lookup;
use super::failure::{Answer, Failure};
use crate::entities::Table;
use crate::error::Error;
use crate::store::columns::Columns;
use crate::store::filter::Filter;
use crate::store::order::{Order, Place, Position};
use crate::store::page::{self, Page, PageRequest, Paged, Placed, Ranked, Relation};

/// Rows of a page where nothing is said.
pub(super) const DEFAULT_PAGE: u64 = 20;
/// Rows of a page at most.
pub(super) const LARGEST_PAGE: u64 = 100;

/// The arguments of a connection, as given.
#[derive(Clone, Debug, Default)]
pub(super) struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl PageArguments {
    /// Checks them. A cursor must come from the list named `list`, and be a place in its order.
    pub fn check(&self, list: &str, order: &Order) -> Result<PageRequest, Error> {
        let size = |argument: &'static str, value: i32| match u64::try_from(value) {
            Ok(value @ 1..=LARGEST_PAGE) => Ok(value),
            _ => Err(Error::Argument {
                argument: argument.into(),
                reason: format!("must be from 1 to {LARGEST_PAGE}"),
            }),
        };
        let (rows, backwards) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                let reason = "cannot be given together with first".to_owned();
                return Err(Error::Argument { argument: "last".into(), reason });
            }
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(from_end)) => (size("last", from_end)?, true),
            (None, None) => (DEFAULT_PAGE, false),
        };
        let cursor = |argument: &'static str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => {
                let position = read_cursor(list, text).filter(|position| order.fits(position));
                position.map(Some).ok_or(Error::Cursor { argument })
            }
        };
        Ok(PageRequest {
            size: rows,
            backwards,
            after: cursor("after", &self.after)?,
            before: cursor("before", &self.before)?,
            ends_there: false,
        })
    }
}

/// A cursor: which list it belongs to, and the place in it.
pub(super) fn cursor(list: &str, position: &Position) -> String {
    let mut bytes = tag(list).to_vec();
    bytes.extend(position.id.as_bytes());
    for value in &position.values {
        let (kind, value) = match value {
            Place::Missing => (0, Vec::new()),
            Place::Number(n) => (1, n.to_be_bytes().to_vec()),
            Place::Bytes(bytes) => (2, bytes.clone()),
            Place::Word(word) => (3, word.as_bytes().to_vec()),
            Place::Day(day) => (4, day.num_days_from_ce().to_be_bytes().to_vec()),
            Place::Instant(at) => {
                let nanos = at.timestamp_subsec_nanos().to_be_bytes();
                (5, [&at.timestamp().to_be_bytes()[..], &nanos].concat())
            }
        };
        bytes.push(kind);
        bytes.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(value);
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read_cursor(list: &str, text: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (tagged, bytes) = bytes.split_first_chunk::<4>()?;
    let (id, mut bytes) = bytes.split_first_chunk::<16>()?;
    let mut values = Vec::new();
    while let Some(([kind, high, low], rest)) = bytes.split_first_chunk::<3>() {
        let (value, rest) = rest.split_at_checked(u16::from_be_bytes([*high, *low]).into())?;
        values.push(match kind {
            0 => Place::Missing,
            1 => Place::Number(i64::from_be_bytes(value.try_into().ok()?)),
            2 => Place::Bytes(value.to_vec()),
            3 => Place::Word(String::from_utf8(value.to_vec()).ok()?),
            4 => {
                Place::Day(NaiveDate::from_num_days_from_ce_opt(i32::from_be_bytes(value.try_into().ok()?))?)
            }
            5 => {
                let (seconds, nanos) = value.split_first_chunk::<8>()?;
                let nanos = u32::from_be_bytes(nanos.try_into().ok()?);
                Place::Instant(DateTime::from_timestamp(i64::from_be_bytes(*seconds), nanos)?)
            }
            _ => return None,
        });
        bytes = rest;
    }
    let position = Position { values, id: Uuid::from_bytes(*id) };
    (bytes.is_empty() && *tagged == tag(list)).then_some(position)
}

/// Four bytes that tell lists apart.
fn tag(list: &str) -> [u8; 4] {
    let id = crate::domain::ids::named(&["list", list]);
    let [a, b, c, d, ..] = *id.as_bytes();
    [a, b, c, d]
}

/// A type that stands in connections.
pub(super) trait Listed: ObjectType + OutputType + Clone + Send + Sync + 'static {
    /// The table of its rows.
    type Table: Table;

    /// The object of a row.
    fn of(row: <Self::Table as EntityTrait>::Model) -> Self;
}

type Number<'a> = Pin<Box<dyn Future<Output = Answer<i64>> + Send + 'a>>;
type Counting = Box<dyn for<'a> Fn(&'a Context<'a>) -> Number<'a> + Send + Sync>;

/// A part of a list, and a way to count the whole.
pub(super) struct Connection<T: Listed> {
    list: String,
    page: Page<<T::Table as EntityTrait>::Model>,
    count: Counting,
}

impl<T: Listed> Connection<T> {
    /// A page of all that a query selects, by the key that rows are stored with.
    pub async fn of_all(
        ctx: &Context<'_>,
        list: &str,
        select: Select<T::Table>,
        arguments: PageArguments,
    ) -> Answer<Self> {
        Box::pin(Self::of_all_in(ctx, ctx.db()?, list, select, arguments)).await
    }

    /// The same, of a database that may be another than everybody's.
    pub async fn of_all_in(
        ctx: &Context<'_>,
        db: &DatabaseConnection,
        list: &str,
        select: Select<T::Table>,
        arguments: PageArguments,
    ) -> Answer<Self> {
        let order = &Order::by_sort_key::<T::Table>();
        let list = format!("{list} {order:?}");
        let request = arguments.check(&list, order).map_err(|error| Failure::from(error).of(ctx))?;
        Self::on_page(ctx, db, list, (select.clone(), select), (order, &request)).await
    }

    /// A page of all that a filter lets through, in an order.
    pub async fn filtered(
        ctx: &Context<'_>,
        list: &str,
        filter: &Filter,
        order: &Order,
        arguments: PageArguments,
    ) -> Answer<Self> {
        let list = format!("{list} {order:?}");
        let request = arguments.check(&list, order).map_err(|error| Failure::from(error).of(ctx))?;
        let select = |condition| T::Table::find().filter(condition);
        let selects = (select(filter.on_page::<T::Table>(order, &request)), select(filter.condition()));
        Self::on_page(ctx, ctx.db()?, list, selects, (order, &request)).await
    }

    /// A page of what one query selects; counted is what another does, which finds the same.
    async fn on_page(
        ctx: &Context<'_>,
        db: &DatabaseConnection,
        list: String,
        (paged, select): (Select<T::Table>, Select<T::Table>),
        (order, request): (&Order, &PageRequest),
    ) -> Answer<Self> {
        let page = ctx.alone(page::page(db, paged, Columns::ALL, order, request)).await?;
        let db = db.clone();
        let count: Counting = Box::new(move |ctx| {
            let (select, db) = (select.clone(), db.clone());
            Box::pin(async move {
                let count = ctx.alone(async { Ok(select.count(&db).await?) }).await?;
                Ok(i64::try_from(count).unwrap_or(i64::MAX))
            })
        });
        Ok(Self { list, page, count })
    }

    /// A page of what belongs to a parent, by rank and key.
    pub async fn of_parent<R: Relation<Child = T::Table>>(
        ctx: &Context<'_>,
        relation: R,
        parent: Uuid,
        arguments: PageArguments,
    ) -> Answer<Self> {
        Box::pin(Self::of_parent_in(ctx, relation, None, parent, arguments)).await
    }

    /// A page of what belongs to a parent, in an order.
    pub async fn of_parent_in<R: Relation<Child = T::Table>>(
        ctx: &Context<'_>,
        relation: R,
        order: Option<Order>,
        parent: Uuid,
        arguments: PageArguments,
    ) -> Answer<Self> {
        let list = format!("{} {order:?}", relation.list());
        let said = Paged {
            relation: relation.clone(),
            order,
            request: PageRequest::default(),
            columns: Columns::ALL,
            is_placed: true,
        };
        let request = arguments.check(&list, &said.order()).map_err(|error| Failure::from(error).of(ctx))?;
        let paged = Paged { request: request.clone(), ..said };
        let order = paged.order();
        let rows = ctx.load(paged, parent).await?;
        let placed = |ranked: &Ranked<<T::Table as EntityTrait>::Model>| Placed {
            position: order.position::<T::Table>(ranked.rank, &ranked.row),
            row: ranked.row.clone(),
        };
        let page = Page::new(rows.iter().map(placed).collect(), &request);
        let count: Counting = Box::new(move |ctx| {
            let relation = relation.clone();
            Box::pin(async move {
                Ok(ctx.load(page::Counted(relation), parent).await?.first().map_or(0, |row| row.count))
            })
        });
        Ok(Self { list, page, count })
    }

    /// The rows and their cursors; for connections with edges of their own.
    pub fn rows(&self) -> impl Iterator<Item = (String, &Placed<<T::Table as EntityTrait>::Model>)> {
        self.page.rows.iter().map(|placed| (cursor(&self.list, &placed.position), placed))
    }

    /// The items of the page with their cursors.
    pub fn edges_of(&self) -> Vec<Edge<T>> {
        self.rows().map(|(cursor, placed)| Edge { cursor, node: T::of(placed.row.clone()) }).collect()
    }

    /// The items of the page.
    pub fn nodes_of(&self) -> Vec<T> {
        self.page.rows.iter().map(|placed| T::of(placed.row.clone())).collect()
    }

    /// Where the page stands in the list.
    pub fn info(&self) -> PageInfo {
        PageInfo::of(&self.page, |position| cursor(&self.list, position))
    }

    /// How many there are in the whole list.
    pub async fn total(&self, ctx: &Context<'_>) -> Answer<i32> {
        Ok(i32::try_from((self.count)(ctx).await?).unwrap_or(i32::MAX))
    }
}

impl<T: Listed> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <T as OutputType>::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
impl<T: Listed> Connection<T> {
    /// The items of the page with their cursors.
    async fn edges(&self) -> Vec<Edge<T>> {
        self.edges_of()
    }

    /// The items of the page.
    async fn nodes(&self) -> Vec<T> {
        self.nodes_of()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        self.info()
    }

    /// How many items the whole list has; counted only if asked for.
    #[graphql(directive = Lookup::apply())]
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<i32> {
        self.total(ctx).await
    }
}

/// An item of a list and its place.
pub(super) struct Edge<T> {
    cursor: String,
    node: T,
}

impl<T: Listed> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <T as OutputType>::type_name()).into()
    }
}

/// An item of a list and its place.
#[Object(name_type)]
impl<T: Listed> Edge<T> {
    /// Its place, for `after` and `before` of the same list.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> T {
        self.node.clone()
    }
}

/// Where a page stands in its list.
#[derive(async_graphql::SimpleObject)]
pub(super) struct PageInfo {
    /// Whether the list goes on after the page.
    has_next_page: bool,
    /// Whether the list goes on before the page.
    has_previous_page: bool,
    /// The place of the first item; null on an empty page.
    start_cursor: Option<String>,
    /// The place of the last item; null on an empty page.
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Of a page whose positions become cursors.
    pub fn of<M>(page: &Page<M>, cursor: impl Fn(&Position) -> String) -> Self {
        Self {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.rows.first().map(|placed| cursor(&placed.position)),
            end_cursor: page.rows.last().map(|placed| cursor(&placed.position)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_is_the_place_that_it_was_made_from(
            number: i64, id: u128, key: Vec<u8>, day in 0..3_000_000_i32, second in 0..9_999_999_999_i64,
            nano in 0..1_000_000_000_u32, word in "[A-Z]{3}", list in "[a-z]{1,9}",
        ) {
            let values = vec![
                Place::Missing,
                Place::Number(number),
                Place::Bytes(key),
                Place::Word(word),
                Place::Day(NaiveDate::from_num_days_from_ce_opt(day).unwrap()),
                Place::Instant(DateTime::from_timestamp(second, nano).unwrap()),
            ];
            let position = Position { values, id: Uuid::from_u128(id) };
            let text = cursor(&list, &position);
            prop_assert_eq!(read_cursor(&list, &text), Some(position));
            prop_assert_eq!(read_cursor("another list", &text), None);
        }

        #[test]
        fn no_text_makes_a_cursor_panic(text in "\\PC{0,60}|[A-Za-z0-9_-]{0,60}") {
            let _ = read_cursor("projects", &text);
        }
    }
}
