//! The access log: rows are added, and go when their time is up.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::Access;
use crate::entities::{access_entry, access_entry_project};
use crate::error::Result;
use crate::store::batch::{Batched, PARENT, Parents, Place};
use crate::store::transaction;
use crate::store::write::insert;

/// An entry with the projects that it is about.
pub type Entry = (access_entry::Model, Vec<access_entry_project::Model>);

/// Adds the entry that is made of the last one. Whoever else adds one waits meanwhile.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails; nothing is added then.
pub async fn append(access: &Access, make: impl FnOnce(Option<&access_entry::Model>) -> Entry) -> Result<()> {
    let tx = transaction::begin_in_turn(&access.0, "access_entry").await?;
    let add = async {
        let last = access_entry::Entity::find()
            .order_by_desc(access_entry::Column::SortKey)
            .limit(1)
            .one(&tx)
            .await?;
        let (entry, projects) = make(last.as_ref());
        insert::<access_entry::Entity>(&tx, vec![entry]).await?;
        insert::<access_entry_project::Entity>(&tx, projects).await
    };
    let done = add.await;
    transaction::end(tx, done).await
}

/// Some entries after one, first things first, each with its projects.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn after(access: &Access, sort_key: &[u8], some: u64) -> Result<Vec<Entry>> {
    let entries = access_entry::Entity::find()
        .filter(access_entry::Column::SortKey.gt(sort_key.to_vec()))
        .order_by_asc(access_entry::Column::SortKey)
        .limit(some)
        .all(&access.0)
        .await?;
    let ids = entries.iter().map(|entry| entry.id);
    let projects = access_entry_project::Entity::find()
        .filter(access_entry_project::Column::EntryId.is_in(ids))
        .all(&access.0)
        .await?;
    let mut of: std::collections::HashMap<Uuid, Vec<access_entry_project::Model>> =
        std::collections::HashMap::new();
    for project in projects {
        of.entry(project.entry_id).or_default().push(project);
    }
    Ok(entries.into_iter().map(|entry| (entry.clone(), of.remove(&entry.id).unwrap_or_default())).collect())
}

/// The entries about projects of an organisation, as a query.
#[must_use]
pub fn about(organisation: Uuid) -> Select<access_entry::Entity> {
    let own = access_entry_project::Entity::find()
        .select_only()
        .column(access_entry_project::Column::EntryId)
        .filter(access_entry_project::Column::OrganisationId.eq(organisation));
    access_entry::Entity::find().filter(access_entry::Column::Id.in_subquery(own.into_query()))
}

/// The entry with an id, if it is about a project of an organisation.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn find(access: &Access, id: Uuid, organisation: Uuid) -> Result<Option<access_entry::Model>> {
    Ok(about(organisation).filter(access_entry::Column::Id.eq(id)).one(&access.0).await?)
}

/// The projects of an organisation that entries are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProjectsOf {
    /// The organisation.
    pub organisation: Uuid,
}

impl Batched for ProjectsOf {
    const PLACE: Place = Place::Access;

    type Row = access_entry_project::Model;

    fn query(&self, entries: Parents<'_>) -> SelectStatement {
        use access_entry_project::Column::{EntryId, OrganisationId, ProjectId};
        let mut query = Query::select();
        query
            .columns(access_entry_project::Column::iter())
            .expr_as(Expr::col(EntryId), PARENT)
            .from(access_entry_project::Entity)
            .and_where(entries.hold(Expr::col(EntryId)))
            .and_where(Expr::col(OrganisationId).eq(self.organisation))
            .order_by(ProjectId, Order::Asc);
        query
    }
}

/// Deletes what was noted before some time, but for the last of it; the tables refuse what is younger than five years.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails or refuses.
pub async fn retire(access: &Access, before: DateTime<Utc>) -> Result<u64> {
    let tx = transaction::begin_in_turn(&access.0, "access_entry").await?;
    let delete = async {
        let last = access_entry::Entity::find()
            .filter(access_entry::Column::At.lt(before))
            .order_by_desc(access_entry::Column::SortKey)
            .limit(1)
            .one(&tx)
            .await?;
        let Some(last) = last else { return Ok(0) };
        let old = || access_entry::Column::SortKey.lt(last.sort_key.clone());
        let entries =
            access_entry::Entity::find().select_only().column(access_entry::Column::Id).filter(old());
        access_entry_project::Entity::delete_many()
            .filter(access_entry_project::Column::EntryId.in_subquery(entries.into_query()))
            .exec(&tx)
            .await?;
        Ok(access_entry::Entity::delete_many().filter(old()).exec(&tx).await?.rows_affected)
    };
    let done = delete.await;
    transaction::end(tx, done).await
}
