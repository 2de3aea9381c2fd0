//! Figures of all projects in groups by one dimension, kept for questions about everything: made anew after the graph
//! has changed, and looked at only while they are of the graph as it is.

mod made;
mod part;
pub(super) mod periods;

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryResult,
};
use uuid::Uuid;

pub use self::made::{Figures, Told};
use super::dimension::{Dimension, Key};
use super::order::direction;
use super::project_groups::{By, Chosen, Group, Measure, Wanted};
use super::sums::{Planned, Sum};
use super::transaction::{self, WriteTransaction};
use super::write::insert_many;
use crate::entities::award::AmountKind;
use crate::entities::{data_version, group_amount, group_figure};
use crate::error::Result;

/// The version of the graph, if the figures are of it.
async fn version(db: &impl ConnectionTrait) -> Result<Option<i64>> {
    let current = Expr::col(data_version::Column::FiguresVersion).equals(data_version::Column::GraphVersion);
    Ok(data_version::Entity::find().filter(current).one(db).await?.map(|row| row.graph_version))
}

/// Whether the figures are of the graph as it is.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn are_current(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(version(db).await?.is_some())
}

/// Makes the figures anew where they are of an older graph. Of several processes that come to it at once the others wait
/// for the first.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails, or somebody else writes for too long.
pub async fn refresh(db: &DatabaseConnection) -> Result<()> {
    if are_current(db).await? {
        return Ok(());
    }
    let tx = transaction::begin_in_turn(db, "source").await?;
    let work = async {
        // Whoever was waited for may have made them.
        if are_current(&tx).await? {
            return Ok(());
        }
        let figures = Figures::of_all(&tx).await?;
        keep(&tx, figures).await
    };
    let done = work.await;
    transaction::end(tx, done).await
}

/// The same after a change of the graph, which stands whether that can be done or not: until it is, questions are
/// counted out.
pub async fn follow(db: &DatabaseConnection) {
    if let Err(cause) = refresh(db).await {
        tracing::warn!(error.cause = ?cause, "the figures of groups are not up to date");
    }
}

/// Keeps figures, which must be of the graph as it is.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn keep(tx: &WriteTransaction, figures: Figures) -> Result<()> {
    let (groups, amounts) = figures.into_rows(tx).await?;
    group_figure::Entity::delete_many().exec(tx).await?;
    group_amount::Entity::delete_many().exec(tx).await?;
    insert_many::<group_figure::Entity>(tx, groups).await?;
    insert_many::<group_amount::Entity>(tx, amounts).await?;
    let graph = Expr::col(data_version::Column::GraphVersion);
    let stamp = data_version::Entity::update_many().col_expr(data_version::Column::FiguresVersion, graph);
    stamp.filter(data_version::Column::Id.eq(1)).exec(tx).await?;
    Ok(())
}

/// Makes the figures of a database that never had any, as one of before that was brought up to date.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database cannot be read.
pub(super) async fn complete(db: &DatabaseConnection) -> Result<()> {
    let never = data_version::Column::FiguresVersion.lt(0);
    if data_version::Entity::find().filter(never).one(db).await?.is_some() {
        follow(db).await;
    }
    Ok(())
}

/// What is selected of the figures, beside the version that they are of: no row at all where that is not of the graph
/// as it is, and one without a key where nothing is found.
fn current(figures: SelectStatement, columns: &[&'static str]) -> SelectStatement {
    let mut query = Query::select();
    query
        .columns(columns.iter().map(|column| ("found", *column)))
        .from(data_version::Entity)
        .join_subquery(JoinType::LeftJoin, figures, "found", Condition::all().add(Expr::cust("1 = 1")))
        .and_where(
            Expr::col((data_version::Entity, data_version::Column::FiguresVersion))
                .equals((data_version::Entity, data_version::Column::GraphVersion)),
        );
    query
}

fn figure(column: group_figure::Column) -> Expr {
    Expr::col((group_figure::Entity, column))
}

/// What the projects of a row plan for.
fn planned(row: &QueryResult) -> std::result::Result<Planned, DbErr> {
    Ok(Planned {
        sum: row.try_get("", "planned")?,
        min: row.try_get("", "planned_min")?,
        max: row.try_get("", "planned_max")?,
        projects: row.try_get("", "planned_projects")?,
    })
}

/// The groups of all projects by a dimension; none where they have to be counted.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    by: Dimension,
    wanted: &Wanted,
) -> Result<Option<Chosen>> {
    use group_figure::Column as F;
    let mut query = Query::select();
    query
        .columns(
            [F::Key, F::Projects, F::Planned, F::PlannedMin, F::PlannedMax, F::PlannedProjects]
                .map(|column| (group_figure::Entity, column)),
        )
        .from(group_figure::Entity)
        .and_where(figure(F::Dimension).eq(by.code()));
    let measures = wanted.measures();
    for (at, measure) in measures.iter().enumerate() {
        let amount = Alias::new(format!("measure_{at}"));
        let of = |column| Expr::col((amount.clone(), column));
        let (kind, currency): &Measure = measure;
        let same = Condition::all()
            .add(of(group_amount::Column::Dimension).eq(by.code()))
            .add(of(group_amount::Column::Key).equals((group_figure::Entity, F::Key)))
            .add(of(group_amount::Column::Kind).eq(kind.to_value()))
            .add(of(group_amount::Column::Currency).eq(currency));
        query.join_as(JoinType::LeftJoin, group_amount::Entity, amount.clone(), same);
    }
    let sum = |measure: &Measure| {
        let at = measures.iter().position(|known| *known == measure).unwrap_or_default();
        Expr::col((Alias::new(format!("measure_{at}")), group_amount::Column::Sum))
    };
    if let Some(range) = &wanted.count {
        query.cond_where(range.of(&figure(F::Projects)));
    }
    if let Some((measure, range)) = &wanted.sum {
        query.cond_where(range.of(&sum(measure)));
    }
    let mut order: Vec<(Expr, bool)> = Vec::new();
    for (by_what, falls) in &wanted.order {
        match by_what {
            By::Count => order.push((figure(F::Projects), *falls)),
            By::Sum(measure) => {
                order.push((sum(measure).is_null(), false));
                order.push((sum(measure), *falls));
            }
            By::Key => {
                // A name goes by its bytes, and that of none is the last. Codes are ordered as by who counts.
                let is_named = by.name().is_some();
                if *falls || !is_named {
                    order.push((figure(F::Key).eq(""), false));
                }
                order.push((figure(if is_named { F::NameKey } else { F::Key }), *falls));
            }
        }
    }
    order.push((figure(F::Key), false));
    for (at, (value, falls)) in order.iter().enumerate() {
        query.order_by_expr(value.clone(), direction(*falls));
        query.expr_as(value.clone(), format!("order_{at}"));
    }
    query.limit(wanted.limit + 1);
    let columns = ["key", "projects", "planned", "planned_min", "planned_max", "planned_projects"];
    let mut query = current(query, &columns);
    // A part of a statement has no order.
    for (at, (_, falls)) in order.iter().enumerate() {
        let value = Expr::col(("found", Alias::new(format!("order_{at}"))));
        query.order_by_expr(value, direction(*falls));
    }
    let rows = db.query_all(&query).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut groups = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(key) = row.try_get::<Option<String>>("", "key")? else { continue };
        groups.push(Group {
            keys: vec![by.key_of(&key)],
            count: row.try_get("", "projects")?,
            planned: planned(&row)?,
            sums: Vec::new(),
        });
    }
    Ok(Some(Chosen::up_to(wanted.limit, groups)))
}

/// How many projects there are, how many legal entities take part in them, and what they plan for; none where that has
/// to be counted.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn whole(db: &impl ConnectionTrait) -> Result<Option<Whole>> {
    use group_figure::Column as F;
    let mut query = Query::select();
    query
        .columns(
            [F::Projects, F::Organisations, F::Planned, F::PlannedMin, F::PlannedMax, F::PlannedProjects]
                .map(|column| (group_figure::Entity, column)),
        )
        .from(group_figure::Entity)
        .and_where(figure(F::Dimension).eq(WHOLE));
    let columns = ["projects", "organisations", "planned", "planned_min", "planned_max", "planned_projects"];
    let Some(row) = db.query_one(&current(query, &columns)).await? else { return Ok(None) };
    // Of no project there are no figures.
    let Some(projects) = row.try_get("", "projects")? else { return Ok(Some(Whole::default())) };
    Ok(Some(Whole { projects, organisations: row.try_get("", "organisations")?, planned: planned(&row)? }))
}

/// The sums of the amounts of all projects, of some kinds, or of all where none is named; none where they have to be
/// counted.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn sums_of_whole(db: &impl ConnectionTrait, kinds: &[AmountKind]) -> Result<Option<Vec<Sum>>> {
    let rows = sums(db, WHOLE, None, kinds).await?;
    Ok(rows.map(|rows| rows.into_iter().map(|(_, sum)| sum).collect()))
}

/// The name under which figures of all projects together are kept.
const WHOLE: &str = "ALL";

/// Figures of all projects.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whole {
    /// How many.
    pub projects: i64,
    /// How many legal entities take part.
    pub organisations: i64,
    /// What they plan for.
    pub planned: Planned,
}

/// Narrows a question to some groups.
fn only(query: &mut SelectStatement, key: Expr, groups: Option<&[Group]>) {
    if let Some(groups) = groups {
        query.and_where(key.is_in(groups.iter().flat_map(|group| &group.keys).map(Key::text)));
    }
}

/// The sums of the amounts of some groups, or of all, of some kinds, or of all where none is named; none where they have
/// to be counted.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub(super) async fn amounts(
    db: &impl ConnectionTrait,
    by: Dimension,
    groups: Option<&[Group]>,
    kinds: &[AmountKind],
) -> Result<Option<Vec<(Vec<Key>, Sum)>>> {
    let found = sums(db, by.code(), groups, kinds).await?;
    Ok(found.map(|rows| rows.into_iter().map(|(key, sum)| (vec![by.key_of(&key)], sum)).collect()))
}

/// Sums with the keys of their groups.
async fn sums(
    db: &impl ConnectionTrait,
    dimension: &str,
    groups: Option<&[Group]>,
    kinds: &[AmountKind],
) -> Result<Option<Vec<(String, Sum)>>> {
    use group_amount::Column as A;
    let of = |column| Expr::col((group_amount::Entity, column));
    let mut query = Query::select();
    query
        .columns(
            [A::Key, A::Kind, A::Currency, A::Sum, A::Min, A::Max, A::Projects]
                .map(|column| (group_amount::Entity, column)),
        )
        .from(group_amount::Entity)
        .and_where(of(A::Dimension).eq(dimension));
    if !kinds.is_empty() {
        query.and_where(of(A::Kind).is_in(kinds.iter().map(ActiveEnum::to_value)));
    }
    only(&mut query, of(A::Key), groups);
    let mut query = current(query, &["key", "kind", "currency", "sum", "min", "max", "projects"]);
    for column in ["kind", "currency"] {
        query.order_by_expr(Expr::col(("found", column)), direction(false));
    }
    let rows = db.query_all(&query).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut sums = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(key) = row.try_get::<Option<String>>("", "key")? else { continue };
        sums.push((key, Sum::from_query_result(&row, "")?));
    }
    Ok(Some(sums))
}

/// How many legal entities take part in the projects of some groups, or of all; none where they have to be counted.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub(super) async fn organisations(
    db: &impl ConnectionTrait,
    by: Dimension,
    groups: Option<&[Group]>,
) -> Result<Option<Vec<(Vec<Key>, i64)>>> {
    use group_figure::Column as F;
    let mut query = Query::select();
    query
        .columns([F::Key, F::Organisations].map(|column| (group_figure::Entity, column)))
        .from(group_figure::Entity)
        .and_where(figure(F::Dimension).eq(by.code()))
        // A group in which nobody takes part is not counted either.
        .and_where(figure(F::Organisations).gt(0));
    only(&mut query, figure(F::Key), groups);
    let rows = db.query_all(&current(query, &["key", "organisations"])).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut counts = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(key) = row.try_get::<Option<String>>("", "key")? else { continue };
        counts.push((vec![by.key_of(&key)], row.try_get("", "organisations")?));
    }
    Ok(Some(counts))
}

impl Key {
    /// As the figures are kept by.
    fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Id(id) => id.to_string(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => format!("{number:04}"),
        }
    }
}

impl Dimension {
    /// What a text stands for that figures are kept by.
    fn key_of(self, text: &str) -> Key {
        if text.is_empty() {
            Key::None
        } else if self.is_id() {
            Uuid::parse_str(text).map_or(Key::None, Key::Id)
        } else if self.is_number() {
            text.parse().map_or(Key::None, Key::Number)
        } else {
            Key::Text(text.to_owned())
        }
    }

    /// The name that its figures are kept under; those by status by the months in which projects start and end.
    fn code(self) -> &'static str {
        match self {
            Self::Funder => "FUNDER",
            Self::FunderKind => "FUNDER_KIND",
            Self::Owner => "OWNER",
            Self::OwnerKind => "OWNER_KIND",
            Self::ResponsibleUnit => "RESPONSIBLE_UNIT",
            Self::Region => "REGION",
            Self::Municipality => "MUNICIPALITY",
            Self::Status => "STATUS",
            Self::StartYear => "START_YEAR",
            Self::EndYear => "END_YEAR",
            Self::ProgrammePeriod => "PROGRAMME_PERIOD",
            Self::SpecificObjective => "SPECIFIC_OBJECTIVE",
        }
    }
}
