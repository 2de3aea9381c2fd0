//! Deleting participations whose time is up.

use chrono::{DateTime, Months, NaiveDate, Utc};

use crate::error::Result;
use crate::store::exact::participations::{self, Held};
use crate::store::exact::{Exact, Viewer, Writing};

/// Years that participations are kept after the last day that anything is known of, where nothing else is said: as long
/// as the documents of a project of the Social Fund are (Regulation (EU) 2021/1060, article 82, five years).
pub const YEARS: u32 = 5;

/// Deletes the participations of every project and year of which nothing is known to have happened for so many years.
/// What is public of them stays as it was released.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails, [`crate::error::Error::Refused`] if another is writing.
pub async fn run(exact: &Exact, years: u32, dry_run: bool, now: DateTime<Utc>) -> Result<Vec<Held>> {
    let today = now.date_naive();
    let before = today.checked_sub_months(Months::new(years.saturating_mul(12))).unwrap_or(NaiveDate::MIN);
    let work = async |tx: &Writing| {
        let held = participations::held(tx, &Viewer::operator()).await?;
        let up: Vec<Held> = held.into_iter().filter(|held| held.last() < before).collect();
        for held in &up {
            participations::retire(tx, held, today).await?;
        }
        Ok(up)
    };
    if dry_run { exact.try_out(work).await } else { exact.write(work).await }
}
