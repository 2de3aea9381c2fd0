//! Figures of groups that are kept are those that counting gives, whatever happens to the graph.

use samverkan::decide::{self, Ruling};
use samverkan::import::sources;
use samverkan::store::{database, group_figures};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::app::{App, noon};
use crate::groups::DIMENSIONS;

const ASKED: [&str; 6] = [
    "",
    "orderBy: [{by: KEY, direction: DESC}]",
    "orderBy: [{by: SUM, kind: TOTAL_BUDGET, currency: \"SEK\", direction: ASC}, {by: KEY, direction: ASC}]",
    "having: {count: {from: 2}}, orderBy: [{by: COUNT, direction: ASC}]",
    "having: {sum: {kind: GRANTED, currency: \"SEK\", from: \"1000000\"}}, limit: 3",
    "limit: 2",
];
const DAYS: [&str; 8] = [
    "",
    "asOf: \"2023-01-01\"",
    "asOf: \"2023-01-31\"",
    "asOf: \"2024-12-31\"",
    "asOf: \"2025-06-15\"",
    "asOf: \"2025-12-31\"",
    "asOf: \"0001-01-01\"",
    "asOf: \"9999-12-31\"",
];
const FIELDS: &str = "truncated overlapping groups {
    key { funder { id } funderKind status owner { id } ownerKind responsibleUnit { id } region { code } municipality { code }
          startYear endYear programmePeriod specificObjective }
    aggregates { count organisations plannedParticipants { sum average min max projects without }
                 amounts { kind currency sum min max average projects without }
                 budgets: amounts(kinds: [TOTAL_BUDGET, CO_FINANCING]) { kind currency sum } } }";

async fn answers(app: &App) -> Vec<Value> {
    let mut all = Vec::new();
    for dimension in DIMENSIONS {
        // Some days that projects start and end on, and others of their months.
        let days = if dimension == "STATUS" { DAYS.as_slice() } else { &[""] };
        for (asked, day) in ASKED.iter().flat_map(|asked| days.iter().map(move |day| (asked, day))) {
            all.push(
                app.ask(&format!("{{ projectGroups(by: [{dimension}], {asked} {day}) {{ {FIELDS} }} }}"))
                    .await,
            );
        }
    }
    all
}

/// Forgets which graph the figures are of, so that everything is counted out.
pub async fn forget(app: &App) {
    app.db.execute_unprepared("UPDATE data_version SET figures_version = -1").await.unwrap();
}

/// What is answered from the figures, which must be what counting gives.
async fn kept(app: &App) -> Vec<Value> {
    assert!(group_figures::are_current(&app.db).await.unwrap());
    let kept = answers(app).await;
    forget(app).await;
    for (counted, kept) in answers(app).await.iter().zip(&kept) {
        assert_eq!(kept, counted);
    }
    group_figures::refresh(&app.db).await.unwrap();
    assert_eq!(answers(app).await, kept);
    kept
}

#[tokio::test]
async fn figures_that_are_kept_are_those_that_counting_gives() {
    let app = App::new().await;
    kept(&app).await;
    let app = App::with_demo().await;
    let first = kept(&app).await;
    assert!(first.iter().any(|answer| answer["projectGroups"]["truncated"] == true));

    // Another source of what is known and of what is new, taken back and put in force again.
    let line = r#"{"document":"more.jsonl","line":1,"name":"NAME","project_number":null,"owner":{"name":"Uppsala kommun"},
        "partners":[{"name":"Arbetsförmedlingen"}],"funders":["Påhittade fonden"],"planned_participants":7,
        "amounts":[{"kind":"TOTAL_BUDGET","value":"12.50","currency":"EUR","precision":"0.01","text":"12,50","line":1}]}"#
        .replace('\n', " ");
    let lines = ["Hållbar etablering", "Påhittat ett", "Påhittat två"].map(|name| line.replace("NAME", name));
    let report = app.import("more.jsonl", &lines.join("\n")).await;
    assert!(!report.has_failures(), "{}", report.table());
    let second = kept(&app).await;
    assert_ne!(first, second);
    sources::withdraw(&app.db, "more.jsonl", false, noon()).await.unwrap();
    assert_eq!(kept(&app).await, first);
    sources::withdraw(&app.db, "more.jsonl", true, noon()).await.unwrap();
    assert_eq!(kept(&app).await, second);

    // Two projects that are one, and two again.
    let merge = Ruling::Merge("Påhittat ett".to_owned(), "Påhittat två".to_owned());
    let decided = decide::decide(&app.db, &merge, None, noon()).await.unwrap();
    assert_ne!(kept(&app).await, second);
    decide::undo(&app.db, decided.number, noon()).await.unwrap();
    assert_eq!(kept(&app).await, second);
}

#[tokio::test]
async fn a_database_of_before_gets_figures_with_its_tables() {
    let app = App::with_demo().await;
    forget(&app).await;
    database::migrate(&app.db).await.unwrap();
    assert!(group_figures::are_current(&app.db).await.unwrap());
}
