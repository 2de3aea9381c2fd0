//! From statements to the graph: which statements are one project, who is who, which value is chosen.
//!
//! The graph is derived: from the same statements and decisions come the same rows with the same ids.

mod changes;
mod content;
mod details;
mod editions;
mod graph;
mod names;
mod organisations;
mod orphans;
mod parties;
mod partnerships;
mod related;
mod resolver;
mod rulings;
mod search;
mod series;
mod settle;
mod standing;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use self::names::Names;
use self::organisations::Directory;
use crate::domain::identity::{Identity, Organisation, identify};
use crate::domain::names::fold;
use crate::domain::statement::{Party, Statement};
use crate::entities::organisation::OrganisationKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{organisation, organisation_name, source, statement};
use crate::error::{Error, Result};
use crate::store::transaction::WriteTransaction;
use crate::store::write::save;

pub(crate) use self::graph::line;
pub use self::resolver::{Fresh, Resolver};
pub use self::standing::standing;
pub(crate) use self::standing::{editions, in_force};

/// How many statements are settled together: what is in memory at a time.
pub const AT_ONCE: usize = 1_024;

/// What settling some statements did to the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Projects that are new.
    pub created: usize,
    /// Projects that were there and whose content changed.
    pub changed: usize,
    /// Projects that went into others or lost their last statement.
    pub removed: usize,
}

impl std::fmt::Display for Settled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { created, changed, removed } = self;
        write!(f, "{created} projects are new, {changed} read otherwise now, {removed} are gone.")
    }
}

/// The key by which statements with the same name find each other.
#[must_use]
pub fn name_key(statement: &Statement) -> Option<String> {
    statement.name.as_deref().map(fold).filter(|name| !name.is_empty())
}

/// Whether a statement says which project it is about.
#[must_use]
pub fn is_usable(statement: &Statement) -> bool {
    statement.project_number.is_some() || name_key(statement).is_some()
}

/// Derives the whole graph again from statements and decisions alone, in place of whatever stands there. What comes out
/// as it was keeps its times.
///
/// # Errors
/// [`Error::Database`] if the database fails, [`Error::Unreadable`] if a stored statement is damaged.
pub async fn rebuild(db: &WriteTransaction, now: DateTime<Utc>) -> Result<Settled> {
    go_through(db, now, Scope::Everything).await
}

/// Settles all statements, in the order of record.
async fn go_through(db: &WriteTransaction, now: DateTime<Utc>, scope: Scope) -> Result<Settled> {
    // Names are of those who are called so now.
    organisation_name::Entity::delete_many().exec(db).await?;
    let mut resolver = Resolver::new(db, now, scope).await?;
    resolver.add_publishers().await?;
    let sources: Vec<(Uuid, i64)> = source::Entity::find()
        .select_only()
        .columns([source::Column::Id, source::Column::Sequence])
        .order_by_asc(source::Column::Sequence)
        .into_tuple()
        .all(db)
        .await?;
    for (source, _) in sources {
        let mut after: Vec<u8> = Vec::new();
        loop {
            let rows = statement::Entity::find()
                .filter(statement::Column::SourceId.eq(source))
                .filter(statement::Column::SortKey.gt(after))
                .order_by_asc(statement::Column::SortKey)
                .limit(AT_ONCE as u64)
                .all(db)
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.sort_key.clone();
            resolver.settle_again(rows).await?;
        }
    }
    resolver.finish().await
}

/// Settles again what some projects are made of.
///
/// # Errors
/// As [`rebuild`].
pub async fn resettle(
    db: &WriteTransaction,
    statements: Vec<statement::Model>,
    now: DateTime<Utc>,
) -> Result<Settled> {
    let mut resolver = Resolver::new(db, now, Scope::News).await?;
    resolver.settle_again(statements).await?;
    resolver.finish().await
}

/// Writes that some sources are, or are no longer, in force, and derives the graph anew.
///
/// # Errors
/// As [`rebuild`].
pub async fn put_in_force(
    db: &WriteTransaction,
    sources: Vec<source::Model>,
    now: DateTime<Utc>,
) -> Result<Settled> {
    save::<source::Entity>(db, sources).await?;
    rulings::follow_editions(db).await?;
    go_through(db, now, Scope::Differences).await
}

/// What is written of all that was derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Of some statements what differs from what was derived before.
    News,
    /// Of all statements what differs from what was derived before.
    Differences,
    /// Every row, for any may have been damaged.
    Everything,
}

/// Makes sure that a publisher stands among the organisations, and returns its id.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn publisher(db: &WriteTransaction, name: &str, now: DateTime<Utc>) -> Result<Option<Uuid>> {
    let Some(identity) = by_name(name) else { return Ok(None) };
    let mut directory = Directory::default();
    directory.add_identity(&identity);
    let ids = identity.organisations().map(|organisation| organisation.id);
    let mut names = Names::default();
    names.know(Names::of_organisations(db, Some(ids.collect())).await?, Vec::new());
    directory.call_by(&mut names);
    directory.write(db, now, Scope::News, &mut organisations::Known::default()).await?;
    Ok(Some(identity.member().id))
}

/// The id that a publisher has.
#[must_use]
pub fn publisher_id(name: &str) -> Option<Uuid> {
    by_name(name).map(|identity| identity.member().id)
}

/// Whom a name alone means.
fn by_name(name: &str) -> Option<Identity> {
    identify(&Party { name: name.to_owned(), ..Party::default() }, None)
}

/// A publisher as the house that its documents speak of: a municipality or a region, nobody else.
fn house(publisher: &organisation::Model) -> Option<Organisation> {
    let has_departments = matches!(publisher.kind, OrganisationKind::Municipality | OrganisationKind::Region);
    has_departments.then(|| Organisation {
        id: publisher.id,
        name: publisher.name.clone(),
        name_en: publisher.name_en.clone(),
        kind: publisher.kind.to_value(),
        number: publisher.number.clone(),
        municipality_code: publisher.municipality_code.clone(),
        region_code: publisher.region_code.clone(),
        former_names: Vec::new(),
        certain: true,
    })
}

/// The legal entity that owns the project of a statement, and its name; `publisher` is that of its source.
#[must_use]
pub fn owner(statement: &Statement, publisher: Option<&organisation::Model>) -> Option<(Uuid, String)> {
    let parts = parties::parts(statement, publisher.and_then(house).as_ref());
    let owner = parts.into_iter().find(|part| part.role == PartnershipRole::Owner)?;
    Some((owner.identity.legal.id, owner.identity.legal.name.clone()))
}

/// Reads a stored statement.
///
/// # Errors
/// [`Error::Unreadable`] if it is damaged.
pub fn read(body: &str) -> Result<Statement> {
    serde_json::from_str(body).map_err(|cause| Error::Unreadable { what: "a statement", cause })
}
