//! Participations, person by person.

use chrono::{Datelike, NaiveDate};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, SelectModel, Selector,
};
use uuid::Uuid;

use super::{Exact, Viewer, Writing};
use crate::entities::{participation, retired};
use crate::error::Result;
use crate::store::write;

/// Those with some ids.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn find(tx: &Writing, _: &Viewer, ids: Vec<Uuid>) -> Result<Vec<participation::Model>> {
    Ok(participation::Entity::find().filter(participation::Column::Id.is_in(ids)).all(&tx.0).await?)
}

/// What a participation is counted by, as it is kept.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Counted {
    /// Its id.
    pub id: Uuid,
    /// The project's number as it is compared.
    pub project_key: String,
    /// Year of enrolment.
    pub start_year: i32,
    /// Sex, by its code.
    pub sex: String,
    /// Whether nothing else is known.
    pub anonymous: bool,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// Age at enrolment, by its code.
    pub age_band: Option<String>,
    /// Highest completed education, by its code.
    pub education: Option<String>,
    /// Position on the labour market at entry, by its code.
    pub entry_status: Option<String>,
    /// Category of the target group, by its code.
    pub target_group: Option<String>,
    /// The furthest step that began, from 1; 0 for none.
    pub step: i32,
    /// Day of leaving.
    pub exit_on: Option<NaiveDate>,
    /// Position upon leaving, by its code.
    pub exit_status: Option<String>,
    /// Position six months after leaving, by its code.
    pub after_six_months: Option<String>,
}

/// Those of some projects who had enrolled by a day, with what they are counted by, one by one while others are still
/// being read.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn of_projects(
    tx: &Writing,
    viewer: &Viewer,
    keys: &[String],
    day: NaiveDate,
    mut each: impl FnMut(Counted),
) -> Result<()> {
    let statement = counted(viewer, keys, day).into_statement(tx.0.get_database_backend());
    let read = |row: QueryResult| {
        each(Counted::from_query_result(&row, "")?);
        Ok(())
    };
    tx.0.each(statement, read).await?;
    Ok(())
}

/// All of them, for who only reads.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn shown(exact: &Exact, viewer: &Viewer, keys: &[String], day: NaiveDate) -> Result<Vec<Counted>> {
    Ok(counted(viewer, keys, day).all(&exact.0).await?)
}

fn counted(viewer: &Viewer, keys: &[String], day: NaiveDate) -> Selector<SelectModel<Counted>> {
    use participation::Column;
    use sea_orm::sea_query::CaseStatement;
    let steps = [
        Column::Step6On,
        Column::Step5On,
        Column::Step4On,
        Column::Step3On,
        Column::Step2On,
        Column::Step1On,
    ];
    let furthest = steps
        .into_iter()
        .zip([6, 5, 4, 3, 2, 1])
        .fold(CaseStatement::new(), |case, (column, step)| case.case(column.lte(day), step));
    // Of the anonymous only the year is known.
    let had_enrolled = Condition::any()
        .add(Column::EnrolledOn.lte(day))
        .add(Condition::all().add(Column::EnrolledOn.is_null()).add(Column::StartYear.lte(day.year())));
    participation::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ProjectKey,
            Column::StartYear,
            Column::Sex,
            Column::BirthYear,
            Column::AgeBand,
            Column::Education,
            Column::EntryStatus,
            Column::TargetGroup,
            Column::ExitOn,
            Column::ExitStatus,
            Column::AfterSixMonths,
        ])
        .expr_as(Column::ConsentOn.is_null(), "anonymous")
        .expr_as(furthest.finally(0), "step")
        .filter(Column::ProjectKey.is_in(viewer.among(keys)))
        .filter(had_enrolled)
        .into_model()
}

/// Writes them; one with the same id is replaced.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn save(tx: &Writing, rows: Vec<participation::Model>) -> Result<()> {
    write::save::<participation::Entity>(&tx.0, rows).await
}

/// Deletes all participations of a project.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn remove(tx: &Writing, project_key: &str) -> Result<()> {
    let own = participation::Column::ProjectKey.eq(project_key);
    participation::Entity::delete_many().filter(own).exec(&tx.0).await?;
    Ok(())
}

/// The projects and years of which there are participations.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Held {
    /// The project's number as it is compared.
    pub project_key: String,
    /// The year.
    pub start_year: i32,
    /// How many.
    pub participations: i64,
    /// The last day that anything is known of.
    pub last_day: Option<NaiveDate>,
}

impl Held {
    /// The last day that anything is known of; of those of whom only the year is known its last day.
    #[must_use]
    pub fn last(&self) -> NaiveDate {
        let year = NaiveDate::from_ymd_opt(self.start_year, 12, 31).unwrap_or(NaiveDate::MAX);
        self.last_day.map_or(year, |day| day.max(year))
    }
}

/// Which projects and years there are participations of, and until when.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn held(tx: &Writing, _: &Viewer) -> Result<Vec<Held>> {
    use participation::Column;
    use sea_orm::sea_query::Func;
    let last = Func::max(Func::coalesce([Column::ExitOn.into_expr(), Column::LastEnrolledOn.into_expr()]));
    let held = participation::Entity::find()
        .select_only()
        .columns([Column::ProjectKey, Column::StartYear])
        .column_as(Column::Id.count(), "participations")
        .expr_as(last, "last_day")
        .group_by(Column::ProjectKey)
        .group_by(Column::StartYear)
        .order_by_asc(Column::ProjectKey)
        .order_by_asc(Column::StartYear)
        .into_model::<Held>()
        .all(&tx.0)
        .await?;
    Ok(held)
}

/// Deletes all participations of a project and year, and notes that they were there.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn retire(tx: &Writing, held: &Held, today: NaiveDate) -> Result<()> {
    participation::Entity::delete_many()
        .filter(participation::Column::ProjectKey.eq(&held.project_key))
        .filter(participation::Column::StartYear.eq(held.start_year))
        .exec(&tx.0)
        .await?;
    let row = retired::Model {
        project_key: held.project_key.clone(),
        start_year: held.start_year,
        retired_on: today,
        participations: i32::try_from(held.participations).unwrap_or(i32::MAX),
    };
    write::save::<retired::Entity>(&tx.0, vec![row]).await
}

/// The projects and years whose participations were deleted because their time was up.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn retired(tx: &Writing) -> Result<Vec<(String, i32)>> {
    let rows = retired::Entity::find().all(&tx.0).await?;
    Ok(rows.into_iter().map(|row| (row.project_key, row.start_year)).collect())
}
