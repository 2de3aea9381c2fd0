//! Outcomes by who pays: sums that are kept say what the rows say, whatever happens to either.

use fastrand::Rng;
use samverkan::domain::statement::Statement;
use samverkan::entities::{funding_funder, outcome_funding, project_funding};
use samverkan::import::sources;
use samverkan::store::database;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::Value;

use crate::app::{App, noon};
use crate::outcomes::{by_exit, header_and, rows};

const PROJECTS: usize = 30;
const FUNDERS: [&str; 5] =
    ["Europeiska socialfonden", "Arbetsförmedlingen", "Region Uppsala", "Uppsala kommun", "Påhittade fonden"];
const COUNTIES: [&str; 2] = ["Stockholms län", "Uppsala län"];

/// Says who pays for some projects.
async fn pay(app: &App, name: &str, payers: impl Fn(usize) -> Vec<&'static str>) {
    let line = |at: usize| {
        let statement = Statement {
            document: name.to_owned(),
            line: 1,
            name: Some(format!("Påhittat projekt {at}")),
            project_number: Some(format!("E-{at}")),
            region: Some(COUNTIES[at % 2].to_owned()),
            funders: payers(at).into_iter().map(ToOwned::to_owned).collect(),
            ..Statement::default()
        };
        serde_json::to_string(&statement).unwrap()
    };
    let paid = (1..=PROJECTS).filter(|at| !payers(*at).is_empty() || name == "first.jsonl");
    let report = app.import(name, &paid.map(line).collect::<Vec<_>>().join("\n")).await;
    assert!(!report.has_failures(), "{}", report.table());
}

/// A service with outcomes of projects that have none to three funders.
async fn world() -> App {
    let app = App::new().await;
    let mut random = Rng::with_seed(5);
    let paid: Vec<Vec<&str>> = (0..=PROJECTS)
        .map(|at| random.choose_multiple(FUNDERS.iter(), at % 4).into_iter().copied().collect())
        .collect();
    pay(&app, "first.jsonl", |at| paid[at].clone()).await;
    let text: String = (1..=PROJECTS).map(|at| rows(&format!("E-{at}"), 2 + at, 31 - at, by_exit)).collect();
    let report = app.deliver("deltagare.csv", &header_and(&text)).await;
    assert!(report.refused.is_empty(), "{}", report.text());
    app.release().await;
    app
}

const ASKED: [&str; 6] = [
    "by: [SEX], dimension: EXIT_STATUS",
    "by: [FUNDER], dimension: EDUCATION",
    "by: [FUNDER, PERIOD, SEX]",
    "by: [REGION, FUNDER], dimension: AGE, sex: [WOMEN]",
    "by: [PERIOD], periods: [2024, 2025]",
    "by: [PROJECT], dimension: EXIT_STATUS",
];
const FIELDS: &str = "total { value lower upper } notShown { value } overlap { value }
    rows { key { project { name } funder { name } region { code } period sex code } participants { value lower upper } percent }";

async fn outcomes(app: &App, asked: &str, filter: &str) -> Value {
    let query = format!("{{ participantOutcomes({asked}, where: {filter}) {{ {FIELDS} }} }}");
    app.ask(&query).await["participantOutcomes"].take()
}

/// Whether what is kept for each set of funders says the same as the rows of projects do. A condition within another is
/// looked up project by project.
async fn agree(app: &App) {
    let funders = app.ask("{ funders { nodes { id kind } } }").await;
    let funders = funders["funders"]["nodes"].as_array().unwrap();
    let id = |at: usize| funders[at]["id"].as_str().unwrap();
    let some = format!("{{funder: [\"{}\", \"{}\"]}}", id(0), id(3));
    let near = "{region: [\"01\"], funderKind: [STATE, REGIONAL]}";
    let both = format!("{{funder: [\"{}\"], funderKind: [EU, STATE]}}", id(1));
    let mut different = std::collections::BTreeSet::new();
    for asked in ASKED {
        for filter in ["{funderKind: [EU]}", "{programmePeriod: [\"2014-2020\"]}", &some, near, &both] {
            let by_projects = outcomes(app, asked, &format!("{{and: [{filter}]}}")).await;
            assert_eq!(outcomes(app, asked, filter).await, by_projects, "{asked} {filter}");
            different.insert(by_projects["total"]["value"].as_i64());
        }
        let kept = app
            .ask(&format!("{{ funders {{ nodes {{ participantOutcomes({asked}) {{ {FIELDS} }} }} }} }}"))
            .await;
        for (at, node) in kept["funders"]["nodes"].as_array().unwrap().iter().enumerate() {
            let by_projects = outcomes(app, asked, &format!("{{and: [{{funder: [\"{}\"]}}]}}", id(at))).await;
            assert_eq!(node["participantOutcomes"], by_projects, "{asked} {}", id(at));
        }
    }
    assert!(different.len() > 3, "{different:?}");
}

/// The same of all projects and of those of a county: by funder, for else small ones that are published together are in
/// it.
async fn agree_on_all(app: &App) {
    for asked in ASKED.iter().filter(|asked| asked.contains("FUNDER")) {
        let all = outcomes(app, asked, "{}").await;
        assert_eq!(all, outcomes(app, asked, "{hasOutcomes: true}").await, "{asked}");
        let of_county = outcomes(app, asked, "{region: [\"01\"]}").await;
        assert_eq!(of_county, outcomes(app, asked, "{and: [{region: [\"01\"]}]}").await, "{asked}");
        for table in [all, of_county] {
            let has_none = |row: &Value| row["key"]["funder"].is_null();
            assert!(table["rows"].as_array().unwrap().iter().any(has_none), "{asked}: {table}");
        }
    }
}

#[tokio::test]
async fn sums_by_who_pays_are_those_of_the_projects() {
    let app = world().await;
    agree(&app).await;
    agree_on_all(&app).await;

    // Somebody pays for more, and pays for it no longer.
    let before = outcomes(&app, "by: [FUNDER]", "{}").await;
    pay(
        &app,
        "second.jsonl",
        |at| if at % 3 == 0 { vec!["Påhittade fonden", "Region Uppsala"] } else { vec![] },
    )
    .await;
    assert_ne!(outcomes(&app, "by: [FUNDER]", "{}").await, before);
    agree(&app).await;
    agree_on_all(&app).await;
    sources::withdraw(&app.db, "second.jsonl", false, noon()).await.unwrap();
    assert_eq!(outcomes(&app, "by: [FUNDER]", "{}").await, before);

    // Projects that are gone leave what was released, which nobody pays for then.
    sources::withdraw(&app.db, "first.jsonl", false, noon()).await.unwrap();
    let gone = outcomes(&app, "by: [FUNDER]", "{}").await;
    assert_eq!(gone["total"], before["total"]);
    assert!(gone["rows"].as_array().unwrap().iter().all(|row| row["key"]["funder"].is_null()), "{gone}");
    sources::withdraw(&app.db, "first.jsonl", true, noon()).await.unwrap();
    assert_eq!(outcomes(&app, "by: [FUNDER]", "{}").await, before);

    // What comes of more is in the next release.
    let more: String = (1..=PROJECTS).map(|at| rows(&format!("E-{at}"), 40, 20, by_exit)).collect();
    app.deliver("mer.csv", &header_and(&more)).await;
    app.release().await;
    assert_ne!(outcomes(&app, "by: [FUNDER]", "{}").await, before);
    agree(&app).await;
    agree_on_all(&app).await;
}

#[tokio::test]
async fn a_project_stays_in_the_county_in_which_it_was_counted() {
    let app = world().await;
    let filter = "{region: [\"01\"], funderKind: [EU]}";
    let asked = ["by: [SEX]", "by: [FUNDER, REGION]", "by: [PROJECT]"];
    let mut before = Vec::new();
    for asked in asked {
        before.push(outcomes(&app, asked, filter).await["total"]["value"].take());
    }
    assert!(before[0].as_i64().unwrap() > 0 && before.iter().all(|total| *total == before[0]), "{before:?}");
    app.db.execute_unprepared("UPDATE project SET region_code = '03'").await.unwrap();
    for asked in asked {
        assert_eq!(outcomes(&app, asked, filter).await["total"]["value"], before[0], "{asked}");
    }
}

#[tokio::test]
async fn a_database_of_before_gets_its_sums_when_it_is_migrated() {
    let app = world().await;
    let before = outcomes(&app, "by: [FUNDER], dimension: EDUCATION", "{}").await;
    project_funding::Entity::delete_many().exec(&app.db).await.unwrap();
    funding_funder::Entity::delete_many().exec(&app.db).await.unwrap();
    outcome_funding::Entity::delete_many().exec(&app.db).await.unwrap();
    database::migrate(&app.db).await.unwrap();
    assert_eq!(outcomes(&app, "by: [FUNDER], dimension: EDUCATION", "{}").await, before);
    agree(&app).await;
}
