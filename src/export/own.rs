//! Exact outcomes for one who was granted them, in the rows of the published ones.

use std::collections::{BTreeMap, HashMap};
use std::io;

use chrono::NaiveDate;
use futures_util::Stream;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::outcomes::{COLUMNS, codes, one};
use super::{Ended, Form, Rows};
use crate::domain::outcomes::design::{self, DESIGN};
use crate::entities::{outcome_group, project};
use crate::error::Result;
use crate::outcomes::own::{self, Unit};
use crate::store::batch;
use crate::store::exact::Exact;
use crate::store::filter::Filter;
use crate::store::own::{Granted, OfParents, Own};
use crate::store::projects::{self, All};

/// Projects whose names are fetched at once.
const AT_ONCE: usize = 1_000;

/// Exact outcomes that are ready to be written.
pub struct Outcomes {
    units: BTreeMap<(Uuid, i32, usize), (String, Unit)>,
    /// How many participations they are made of.
    pub participations: u64,
}

impl Outcomes {
    /// The outcomes of those projects that a filter lets through and that were granted, as of a day.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if a database fails.
    pub async fn read(
        db: &DatabaseConnection,
        exact: &Exact,
        rights: &Granted,
        filter: Filter,
        day: NaiveDate,
    ) -> Result<Self> {
        let question = OfParents { projects: All(filter), granted: rights.clone(), by_funder: false };
        let rows: Vec<Own> = batch::ask(db, &question, Uuid::nil()).await?;
        let numbers: Vec<String> = rows.iter().map(|row| row.number_key.clone()).collect();
        let mut counted = own::count(exact, &numbers, day).await?;
        let mut units: BTreeMap<(Uuid, i32, usize), (String, Unit)> = BTreeMap::new();
        let mut participations = 0;
        for row in rows {
            for unit in counted.remove(&row.number_key).unwrap_or_default() {
                participations += u64::from(unit.counts.all);
                let place = (row.project_id, unit.period, unit.sex);
                // Projects of several numbers are one.
                units
                    .entry(place)
                    .and_modify(|(_, known)| known.counts.add(&unit.counts))
                    .or_insert_with(|| (row.region_code.clone().unwrap_or_default(), unit));
            }
        }
        Ok(Self { units, participations })
    }

    /// The projects that they are of.
    #[must_use]
    pub fn projects(&self) -> Vec<Uuid> {
        let mut projects: Vec<Uuid> = self.units.keys().map(|(project, ..)| *project).collect();
        projects.dedup();
        projects
    }

    /// Streams them. What is given as turn is given back when all is sent.
    pub fn stream<T: Send + 'static>(
        self,
        db: DatabaseConnection,
        form: Form,
        turn: T,
    ) -> impl Stream<Item = io::Result<Vec<u8>>> + use<T> {
        let (mut rows, stream) = Rows::new(form, &COLUMNS);
        tokio::spawn(async move {
            let _turn = turn;
            let done = self.write(&db, &mut rows).await;
            rows.end(done).await;
        });
        stream
    }

    async fn write(self, db: &DatabaseConnection, rows: &mut Rows) -> std::result::Result<(), Ended> {
        let mut known: HashMap<Uuid, project::Model> = HashMap::new();
        for some in self.projects().chunks(AT_ONCE) {
            known.extend(projects::with_ids(db, some.to_vec()).await?.into_iter().map(|row| (row.id, row)));
        }
        let (codes, names): (_, Vec<&str>) =
            (codes(), (0..DESIGN.width()).filter_map(design::category).collect());
        let whole = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        for ((project_id, period, sex), (region_code, unit)) in self.units {
            let group = outcome_group::Model {
                project_id,
                period,
                sex: DESIGN.sexes[sex].to_owned(),
                region_code,
                value: whole(unit.counts.all),
                shown: true,
            };
            let cells = names.iter().zip(&unit.counts.cells);
            let cells = cells.map(|(name, count)| ((*name).to_owned(), whole(*count))).collect();
            one(rows, &codes, known.get(&project_id), &group, Some(&cells)).await?;
        }
        Ok(())
    }
}
