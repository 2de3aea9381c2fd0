//! What the public can learn of persons: what was released, and nothing else.
//!
//! The attackers are the ones that break thresholds and rounding at question time. To show that they work, they are let
//! loose on exact counts behind a threshold as well.

use std::collections::HashMap;

use fastrand::Rng;
use sea_orm::{ConnectionTrait, DatabaseBackend};
use serde_json::Value;

use crate::app::App;
use crate::outcomes::{HEADER, projects, rows};
use crate::random_documents;

const PROJECTS: usize = 40;
const EXITS: [&str; 4] = ["i arbete", "i studier", "arbetssökande", "annat"];
const CODES: [&str; 4] = ["WORK", "STUDIES", "JOB_SEEKING", "OTHER"];

/// Project, sex and position upon leaving.
type Cell = (usize, &'static str, usize);

/// A service with outcomes, and the truth behind them.
async fn world() -> (App, HashMap<Cell, i64>) {
    let app = App::new().await;
    projects(&app, PROJECTS).await;
    let mut random = Rng::with_seed(11);
    let (mut truth, mut text) = (HashMap::new(), HEADER.to_owned());
    for project in 1..=PROJECTS {
        let (women, men) = (random.usize(4..30), random.usize(4..24));
        let exits: Vec<usize> = (0..women + men).map(|_| [0, 0, 0, 1, 2, 2, 3][random.usize(0..7)]).collect();
        for (at, exit) in exits.iter().enumerate() {
            let sex = if at < women { "WOMEN" } else { "MEN" };
            *truth.entry((project, sex, *exit)).or_default() += 1;
        }
        text.push_str(&rows(&format!("E-{project}"), women, men, |at| EXITS[exits[at]]));
    }
    let report = app.deliver("deltagare.csv", &text).await;
    assert!(report.refused.is_empty(), "{}", report.text());
    app.release().await;
    (app, truth)
}

/// Replaces every exact row by something else, leaving the release alone.
async fn scramble(app: &App) {
    let db = samverkan::store::database::open(&app.exact_url()).await.unwrap();
    for sql in [
        "UPDATE participation SET sex = 'OTHER', exit_status = 'UNKNOWN', birth_year = 1950, education = 'ISCED_5_8'",
        "UPDATE participation SET start_year = start_year - 3 WHERE id < (SELECT MAX(id) FROM (SELECT id FROM participation ORDER BY id LIMIT 300) AS chosen)",
        "DELETE FROM participation WHERE exit_on IS NULL",
        "DELETE FROM rounded",
    ] {
        // There is no greatest id on PostgreSQL.
        let sql = if db.get_database_backend() == DatabaseBackend::Postgres {
            sql.replace("MAX(id)", "MAX(id::text)::uuid")
        } else {
            sql.to_owned()
        };
        db.execute_unprepared(&sql).await.unwrap();
    }
    db.close().await.unwrap();
}

/// Takes every exact row away, with its tables.
async fn drop_exact(app: &App) {
    let db = samverkan::store::database::open(&app.exact_url()).await.unwrap();
    for table in ["participation", "rounded", "retired", "delivery"] {
        db.execute_unprepared(&format!("DROP TABLE {table}")).await.unwrap();
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn whatever_happens_to_exact_rows_no_answer_changes_by_a_byte() {
    let (app, _) = world().await;
    let server = app.serve(samverkan::http::Settings::default()).await;
    let path = "/graphql?query=%7BparticipantOutcomes(by:%5BREGION%5D,dimension:AGE)%7Btotal%7Bvalue%7Drows%7Bparticipants%7Bvalue%7D%7D%7D%7D";
    let plain = |answer: String| {
        let own = |line: &&str| !line.starts_with("date:") && !line.starts_with("x-request-id:");
        answer.lines().filter(own).collect::<Vec<_>>().join("\n")
    };
    let over_http = plain(server.get(path, "").await);
    assert!(over_http.contains("etag") && over_http.contains("participants"), "{over_http}");
    let answers = async |many: usize| {
        let anything = random_documents::answers(&app, &[], many).await;
        let about = ["participantOutcomes", "releases", "projects", "funders"];
        [anything, random_documents::answers(&app, &about, 2 * many).await].concat()
    };
    let before = answers(500).await;
    let about = before.iter().filter(|(_, answer)| answer.contains("\"value\":")).count();
    assert!(about > 50, "{about} of {} answers have outcomes", before.len());

    scramble(&app).await;
    assert_eq!(plain(server.get(path, "").await), over_http);
    for ((query, before), (_, after)) in before.iter().zip(answers(500).await) {
        assert!(before.contains("\"errors\"") || *before == after, "{query}\n{before}\n{after}");
        assert_eq!(settled(before), settled(&after), "{query}");
    }
    drop_exact(&app).await;
    assert_eq!(plain(server.get(path, "").await), over_http);
    for ((query, before), (_, after)) in before.iter().zip(answers(500).await) {
        assert!(before.contains("\"errors\"") || *before == after, "{query}\n{before}\n{after}");
        assert_eq!(settled(before), settled(&after), "{query}");
    }
}

/// An answer as it can be compared: which of several fields that fail is told of first is chance.
fn settled(answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap();
    if answer.get("errors").is_none() { answer.to_string() } else { answer["data"].to_string() }
}

/// Every object of an answer that has the fields of a table.
fn tables<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) => {
            if object.contains_key("notShown") {
                found.push(value);
            }
            object.values().for_each(|value| tables(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| tables(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_number_is_a_multiple_of_five_and_every_table_adds_up() {
    let (app, _) = world().await;
    let fields = "total { value } notShown { value } overlap { value } rows { participants { value } }";
    let groups = [
        "",
        "PROJECT",
        "FUNDER",
        "REGION",
        "PERIOD",
        "SEX",
        "REGION, SEX",
        "PROJECT, SEX",
        "FUNDER, PERIOD, SEX",
    ];
    let dimensions = [
        "",
        "AGE",
        "EDUCATION",
        "ENTRY_STATUS",
        "EXIT_STATUS",
        "STATUS_AFTER_SIX_MONTHS",
        "TARGET_GROUP",
        "STEP_REACHED",
    ];
    let filters = [
        "",
        "where: {region: [\"01\"]}",
        "where: {hasConflicts: false}",
        "sex: [WOMEN]",
        "periods: [2024]",
        "sex: [MEN, OTHER], periods: [2024, 2025]",
    ];
    let mut count = 0;
    for filter in filters {
        for by in groups {
            for dimension in dimensions {
                let dimension =
                    if dimension.is_empty() { String::new() } else { format!(", dimension: {dimension}") };
                let arguments = format!("by: [{by}]{dimension} {filter}");
                let nested = if filter.starts_with("where") {
                    String::new()
                } else {
                    format!("funders(first: 2) {{ nodes {{ participantOutcomes({arguments}) {{ {fields} }} projects {{ nodes {{ participantOutcomes({arguments}) {{ {fields} }} }} }} }} }}
                        organisations(first: 2) {{ nodes {{ participantOutcomes({arguments}) {{ {fields} }} }} }}")
                };
                let answer =
                    app.ask(&format!("{{ participantOutcomes({arguments}) {{ {fields} }} {nested} }}")).await;
                let mut found = Vec::new();
                tables(&answer, &mut found);
                assert!(!found.is_empty());
                for table in found {
                    let value = |count: &Value| count["value"].as_i64().unwrap();
                    let rows: Vec<i64> = table["rows"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|row| value(&row["participants"]))
                        .collect();
                    let [total, not_shown, overlap] =
                        ["total", "notShown", "overlap"].map(|name| value(&table[name]));
                    assert!(
                        rows.iter()
                            .chain([&total, &not_shown, &overlap])
                            .all(|number| number % 5 == 0 && *number >= 0),
                        "{arguments}: {table}"
                    );
                    assert_eq!(rows.iter().sum::<i64>() + not_shown, total + overlap, "{arguments}: {table}");
                    count += rows.len() + 3;
                }
            }
        }
    }
    assert!(count > 5_000, "{count} numbers");
}

/// Who answers how many of some projects have a sex and a position upon leaving: none where that is hidden.
trait Oracle {
    fn ask(&self, projects: &[usize], sex: &'static str, exit: usize) -> Option<i64>;
}

/// Exact counts, of which those below five are hidden.
struct Threshold<'a>(&'a HashMap<Cell, i64>);

impl Oracle for Threshold<'_> {
    fn ask(&self, projects: &[usize], sex: &'static str, exit: usize) -> Option<i64> {
        let sum = projects.iter().filter_map(|project| self.0.get(&(*project, sex, exit))).sum();
        (sum == 0 || sum >= 5).then_some(sum)
    }
}

/// Exact counts, rounded to the nearest five when they are asked for.
struct RoundedWhenAsked<'a>(&'a HashMap<Cell, i64>);

impl Oracle for RoundedWhenAsked<'_> {
    fn ask(&self, projects: &[usize], sex: &'static str, exit: usize) -> Option<i64> {
        let sum: i64 = projects.iter().filter_map(|project| self.0.get(&(*project, sex, exit))).sum();
        Some((sum + 2) / 5 * 5)
    }
}

/// Sums of what the service published of each project: another test shows that it answers with these.
struct Published(HashMap<Cell, i64>);

impl Oracle for Published {
    fn ask(&self, projects: &[usize], sex: &'static str, exit: usize) -> Option<i64> {
        Some(projects.iter().filter_map(|project| self.0.get(&(*project, sex, exit))).sum())
    }
}

/// Asks for all other projects, and for all; the difference is the target.
fn by_difference(oracle: &impl Oracle, (project, sex, exit): Cell) -> Option<i64> {
    let all: Vec<usize> = (1..=PROJECTS).collect();
    let others: Vec<usize> = all.iter().copied().filter(|other| *other != project).collect();
    Some(oracle.ask(&all, sex, exit)? - oracle.ask(&others, sex, exit)?)
}

/// Asks for random sets with and without the target; the mean of the differences is the target.
fn by_average(oracle: &impl Oracle, (project, sex, exit): Cell, random: &mut Rng) -> Option<i64> {
    const SETS: i64 = 800;
    let mut sum = 0;
    for _ in 0..SETS {
        let mut set: Vec<usize> = (1..=PROJECTS).filter(|other| *other != project && random.bool()).collect();
        let without = oracle.ask(&set, sex, exit)?;
        set.push(project);
        sum += oracle.ask(&set, sex, exit)? - without;
    }
    // Rounded to the nearest whole number.
    Some((2 * sum + SETS).div_euclid(2 * SETS))
}

fn published(answer: &Value) -> HashMap<Cell, i64> {
    let mut published = HashMap::new();
    for row in answer["participantOutcomes"]["rows"].as_array().unwrap() {
        let name = row["key"]["funder"]["name"].as_str().unwrap();
        let project = name.rsplit(' ').next().unwrap().parse().unwrap();
        let sex = if row["key"]["sex"] == "WOMEN" { "WOMEN" } else { "MEN" };
        if let Some(exit) = CODES.iter().position(|code| row["key"]["code"] == **code) {
            published.insert((project, sex, exit), row["participants"]["value"].as_i64().unwrap());
        }
    }
    published
}

#[tokio::test]
async fn attackers_who_break_thresholds_and_rounding_find_out_nothing_here() {
    let (app, truth) = world().await;
    // Every project has a funder of its own, so that any set of projects can be asked for.
    let by_funder = app
        .ask("{ participantOutcomes(by: [FUNDER, SEX], dimension: EXIT_STATUS) { rows { key { funder { name } sex code } participants { value } } } }")
        .await;
    let published = Published(published(&by_funder));
    let small: Vec<Cell> =
        truth.iter().filter(|(_, count)| (1..=4).contains(*count)).map(|(cell, _)| *cell).collect();
    assert!(small.len() > 80, "{} small counts", small.len());

    let share = |recovered: usize| 100 * recovered / small.len();
    let by_subtracting = |oracle: &dyn Fn(Cell) -> Option<i64>| {
        share(small.iter().filter(|cell| oracle(**cell) == Some(truth[*cell])).count())
    };
    // The attackers work.
    let threshold = by_subtracting(&|cell| by_difference(&Threshold(&truth), cell));
    assert!(threshold >= 95, "{threshold} % behind a threshold");
    let mut random = Rng::with_seed(3);
    let rounded = share(
        small
            .iter()
            .filter(|cell| by_average(&RoundedWhenAsked(&truth), **cell, &mut random) == Some(truth[*cell]))
            .count(),
    );
    assert!(rounded >= 95, "{rounded} % rounded when asked");
    // Here every difference and every average is a multiple of five, and so never a count of one to four.
    let mut random = Rng::with_seed(3);
    for cell in &small {
        assert_ne!(by_difference(&published, *cell), Some(truth[cell]));
        assert_ne!(by_average(&published, *cell, &mut random), Some(truth[cell]));
    }
}

#[tokio::test]
async fn any_set_of_projects_is_answered_with_the_sum_of_what_was_released() {
    let (app, _) = world().await;
    let rows = "rows { key { funder { name } sex code } participants { value } }";
    let by_funder = app
        .ask(&format!("{{ participantOutcomes(by: [FUNDER, SEX], dimension: EXIT_STATUS) {{ {rows} }} }}"))
        .await;
    let published = Published(published(&by_funder));
    let funders = app.ask("{ funders(first: 100) { nodes { id name } } }").await;
    let ids: HashMap<usize, &str> = funders["funders"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| {
            Some((node["name"].as_str()?.rsplit(' ').next()?.parse().ok()?, node["id"].as_str()?))
        })
        .collect();
    assert_eq!(ids.len(), PROJECTS);
    let mut random = Rng::with_seed(9);
    for _ in 0..60 {
        let set: Vec<usize> = (1..=PROJECTS).filter(|_| random.bool()).collect();
        let list: Vec<String> = set.iter().map(|project| format!("\"{}\"", ids[project])).collect();
        let query = format!(
            "{{ participantOutcomes(where: {{funder: [{}]}}, by: [SEX], dimension: EXIT_STATUS) {{ rows {{ key {{ sex code }} participants {{ value }} }} }} }}",
            list.join(", ")
        );
        let answer = app.ask(&query).await;
        for row in answer["participantOutcomes"]["rows"].as_array().unwrap() {
            let sex = if row["key"]["sex"] == "WOMEN" { "WOMEN" } else { "MEN" };
            if let Some(exit) = CODES.iter().position(|code| row["key"]["code"] == **code) {
                assert_eq!(row["participants"]["value"].as_i64(), published.ask(&set, sex, exit), "{query}");
            }
        }
    }
}

#[tokio::test]
async fn who_answers_the_public_may_not_read_exact_rows() {
    use samverkan::store::database::{self, Pool};
    let (app, _) = world().await;
    let serving = Pool { statement_timeout: Some(std::time::Duration::from_secs(5)), ..Pool::default() };
    let public = database::open_to_serve(&app.url, &serving).await.unwrap();
    assert_eq!(database::version(&public).await.unwrap(), database::version(&app.db).await.unwrap());
    let exact = |table: &str| match public.get_database_backend() {
        DatabaseBackend::Postgres => {
            let schema = app.exact_url().rsplit("search_path%3D").next().unwrap().to_owned();
            format!("SELECT COUNT(*) FROM {schema}.{table}")
        }
        _ => format!("SELECT COUNT(*) FROM {table}"),
    };
    for table in ["participation", "rounded", "delivery"] {
        let refused = public.execute_unprepared(&exact(table)).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied") || refused.contains("no such table"), "{refused}");
    }
    // Nor may it write.
    if public.get_database_backend() == DatabaseBackend::Postgres {
        let refused = public.execute_unprepared("DELETE FROM outcome_group").await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{refused}");
    }
    public.close().await.unwrap();
}

#[tokio::test]
async fn the_database_itself_takes_no_number_that_is_no_multiple_of_five() {
    let (app, _) = world().await;
    for table in ["outcome_group", "outcome_cell", "outcome_sum", "outcome_funding"] {
        let refused = app.db.execute_unprepared(&format!("UPDATE {table} SET value = value + 1")).await;
        assert!(refused.is_err(), "{table}");
    }
    // What is made of them for each project is a text; what is no such number is not read.
    let query =
        "{ projects(first: 100) { nodes { participantOutcomes { rows { participants { value } } } } } }";
    app.ask(query).await;
    let other = "UPDATE project_outcome SET numbers = '2024 WOMEN  7 0'";
    app.db.execute_unprepared(other).await.unwrap();
    let answer = app.answer(query, Value::Null).await;
    let tables = answer["data"]["projects"]["nodes"].as_array().unwrap();
    assert!(tables.iter().all(|project| project["participantOutcomes"].is_null()), "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
}
