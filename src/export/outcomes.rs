//! Published outcomes of every project, year and sex, by every dimension, and of small groups together.

use std::collections::HashMap;
use std::io;

use futures_util::Stream;
use sea_orm::DatabaseConnection;
use serde::Serialize;
use uuid::Uuid;

use super::{Ended, Form, Rows, literal};
use crate::domain::ids;
use crate::domain::outcomes::design::{self, Dimension};
use crate::entities::{outcome_group, project};
use crate::store::patience::unhurried;
use crate::store::{projects, releases, transaction};

/// Projects that are fetched at once.
const AT_ONCE: u64 = 200;
/// The letter of projects' global ids.
const PROJECT: u8 = b'P';

/// The names of the columns.
pub(super) const COLUMNS: [&str; 11] = [
    "project_id",
    "project_number",
    "project_name",
    "region_code",
    "year",
    "sex",
    "dimension",
    "code",
    "label_sv",
    "label_en",
    "participations",
];

/// A row of the export.
#[derive(Clone, Debug, Serialize)]
struct Row<'a> {
    /// The project's global id; empty for small groups together.
    project_id: &'a str,
    project_number: &'a str,
    project_name: &'a str,
    /// The county; `*` for small groups of several counties together.
    region_code: &'a str,
    year: i32,
    /// The sex; `*` for small groups of several sexes together.
    sex: &'a str,
    /// Empty for how many there are.
    dimension: &'a str,
    code: &'a str,
    label_sv: &'a str,
    label_en: &'a str,
    /// Published, a multiple of five; 0 of one project means 0 to 4.
    participations: i32,
}

/// The codes of a dimension, with the names of the categories that each is the sum of.
pub(super) struct Codes {
    dimension: Dimension,
    codes: Vec<(&'static str, Vec<&'static str>)>,
}

pub(super) fn codes() -> Vec<Codes> {
    let named = |(code, cells): &(_, Vec<usize>)| (*code, design::categories_of(cells));
    let of = |dimension: Dimension| Codes { dimension, codes: dimension.codes().iter().map(named).collect() };
    Dimension::ALL.into_iter().map(of).collect()
}

/// Streams them, all of one release. What is given as turn is given back when nothing more is read.
pub fn stream<T: Send + 'static>(
    db: DatabaseConnection,
    form: Form,
    turn: T,
) -> impl Stream<Item = io::Result<Vec<u8>>> + use<T> {
    let (mut rows, stream) = Rows::new(form, &COLUMNS);
    tokio::spawn(unhurried(async move {
        let _turn = turn;
        let done = write(&db, &mut rows).await;
        rows.end(done).await;
    }));
    stream
}

async fn write(db: &DatabaseConnection, rows: &mut Rows) -> Result<(), Ended> {
    let tx = transaction::snapshot(db).await?;
    let (codes, mut after) = (codes(), Uuid::nil());
    loop {
        let own = releases::some(&tx, after, AT_ONCE).await?;
        let Some(last) = own.groups.iter().map(|group| group.project_id).max() else { break };
        after = last;
        let ids: Vec<Uuid> = own.groups.iter().map(|group| group.project_id).collect();
        let known: HashMap<Uuid, project::Model> =
            projects::with_ids(&tx, ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let mut cells: HashMap<(Uuid, i32, String), HashMap<String, i32>> = HashMap::new();
        for cell in own.cells {
            let group = (cell.project_id, cell.period, cell.sex);
            cells.entry(group).or_default().insert(cell.category, cell.value);
        }
        for group in own.groups {
            let key = (group.project_id, group.period, group.sex.clone());
            let own = cells.get(&key).filter(|_| group.shown);
            one(rows, &codes, known.get(&group.project_id), &group, own).await?;
        }
    }
    let mut pools: HashMap<(i32, String, String), HashMap<String, i32>> = HashMap::new();
    let mut order = Vec::new();
    for row in releases::pools(&tx).await? {
        let key = (row.period, row.region_code, row.sex);
        let own = pools.entry(key.clone()).or_insert_with(|| {
            order.push(key);
            HashMap::new()
        });
        own.insert(row.category, row.value);
    }
    for key in order {
        let (period, region_code, sex) = key.clone();
        let group =
            outcome_group::Model { project_id: Uuid::nil(), period, sex, region_code, value: 0, shown: true };
        one(rows, &codes, None, &group, pools.get(&key)).await?;
    }
    transaction::end_snapshot(tx).await?;
    Ok(())
}

/// The rows of a group: how many there are, unless it was told with its projects, and how many of each code.
pub(super) async fn one(
    rows: &mut Rows,
    codes: &[Codes],
    project: Option<&project::Model>,
    group: &outcome_group::Model,
    cells: Option<&HashMap<String, i32>>,
) -> Result<(), Ended> {
    let id = if group.project_id.is_nil() { String::new() } else { ids::global(PROJECT, group.project_id) };
    let form = rows.form;
    let text = |of: Option<&'_ String>| literal(form, of.map_or("", String::as_str)).into_owned();
    let (name, number) =
        (text(project.map(|own| &own.name)), text(project.and_then(|own| own.number.as_ref())));
    let all = Row {
        project_id: &id,
        project_number: &number,
        project_name: &name,
        region_code: &group.region_code,
        year: group.period,
        sex: &group.sex,
        dimension: "",
        code: "",
        label_sv: "",
        label_en: "",
        participations: group.value,
    };
    if group.value > 0 {
        rows.add(&all).await?;
    }
    for Codes { dimension, codes } in codes.iter().filter(|_| cells.is_some()) {
        for (code, categories) in codes {
            let (label_sv, label_en) = dimension.field().label(code).unwrap_or_default();
            let values = categories.iter().filter_map(|category| cells?.get(*category));
            let row = Row {
                dimension: dimension.name(),
                code,
                label_sv,
                label_en,
                participations: values.sum(),
                ..all.clone()
            };
            rows.add(&row).await?;
        }
    }
    Ok(())
}
