//! Releases of participant outcomes, and the tables that they are.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use uuid::Uuid;

use super::outcomes::each::MAKE;
use super::transaction::{self, WriteTransaction};
use super::{fundings, write};
use crate::entities::{
    indicator_target, outcome_cell, outcome_group, outcome_pool, outcome_sum, project_outcome, release,
};
use crate::error::Result;

/// Every row of what is public of outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// By sex, project and year.
    pub groups: Vec<outcome_group::Model>,
    /// The same by category.
    pub cells: Vec<outcome_cell::Model>,
    /// Small groups together.
    pub pools: Vec<outcome_pool::Model>,
    /// What projects plan for.
    pub targets: Vec<indicator_target::Model>,
}

/// The release that is public.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn active(db: &impl ConnectionTrait) -> Result<Option<release::Model>> {
    Ok(release::Entity::find().filter(release::Column::Active.eq(true)).one(db).await?)
}

/// What projects plan for.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn targets(db: &impl ConnectionTrait) -> Result<Vec<indicator_target::Model>> {
    Ok(indicator_target::Entity::find().all(db).await?)
}

/// The rows of the next so many projects after one, by id.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn some(db: &impl ConnectionTrait, after: Uuid, projects: u64) -> Result<Rows> {
    let ids: Vec<Uuid> = outcome_group::Entity::find()
        .select_only()
        .distinct()
        .column(outcome_group::Column::ProjectId)
        .filter(outcome_group::Column::ProjectId.gt(after))
        .order_by_asc(outcome_group::Column::ProjectId)
        .limit(projects)
        .into_tuple()
        .all(db)
        .await?;
    let groups = outcome_group::Entity::find()
        .filter(outcome_group::Column::ProjectId.is_in(ids.clone()))
        .order_by_asc(outcome_group::Column::ProjectId)
        .order_by_asc(outcome_group::Column::Period)
        .order_by_asc(outcome_group::Column::Sex);
    let cells = outcome_cell::Entity::find().filter(outcome_cell::Column::ProjectId.is_in(ids));
    Ok(Rows { groups: groups.all(db).await?, cells: cells.all(db).await?, ..Rows::default() })
}

/// Small groups together, by year, county and sex.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn pools(db: &impl ConnectionTrait) -> Result<Vec<outcome_pool::Model>> {
    let rows = outcome_pool::Entity::find()
        .order_by_asc(outcome_pool::Column::Period)
        .order_by_asc(outcome_pool::Column::RegionCode)
        .order_by_asc(outcome_pool::Column::Sex);
    Ok(rows.all(db).await?)
}

/// Makes a release public in place of the one before, all of it or nothing.
///
/// # Errors
/// [`crate::error::Error::Refused`] if another is writing, [`crate::error::Error::Database`] if the database fails or
/// finds a row that is no multiple of five.
pub async fn activate(
    db: &DatabaseConnection,
    release: release::Model,
    rows: Rows,
    sums: Vec<outcome_sum::Model>,
) -> Result<()> {
    let at = release.made_at;
    let work = async move |tx: &WriteTransaction| {
        outcome_group::Entity::delete_many().exec(tx).await?;
        outcome_cell::Entity::delete_many().exec(tx).await?;
        outcome_pool::Entity::delete_many().exec(tx).await?;
        outcome_sum::Entity::delete_many().exec(tx).await?;
        write::insert_many::<outcome_group::Entity>(tx, rows.groups.clone()).await?;
        fundings::make(tx, &rows.groups, &rows.cells).await?;
        write::insert_many::<outcome_cell::Entity>(tx, rows.cells).await?;
        project_outcome::Entity::delete_many().exec(tx).await?;
        tx.execute_unprepared(MAKE).await?;
        write::insert::<outcome_pool::Entity>(tx, rows.pools).await?;
        write::insert::<outcome_sum::Entity>(tx, sums).await?;
        indicator_target::Entity::delete_many().exec(tx).await?;
        write::insert::<indicator_target::Entity>(tx, rows.targets).await?;
        release::Entity::update_many().col_expr(release::Column::Active, Expr::value(false)).exec(tx).await?;
        write::insert::<release::Entity>(tx, vec![release]).await?;
        write::bump_version(tx, at).await
    };
    transaction::run(db, work).await
}
