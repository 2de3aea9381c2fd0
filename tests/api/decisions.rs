//! What operators decide, and what is left for them to decide.

use samverkan::decide::{self, Ruling};
use samverkan::error::Error;
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use crate::app::{App, noon};

const PROJECTS: &str = "{ projects(first: 100) { nodes { id name number statements { matchedBy line source { title } } \
    possibleDuplicates { project { name number } score for against } } } }";

pub fn delivered(name: &str, owner: &str, period: &str, budget: u32) -> String {
    json!({
        "document": "a", "line": 1, "name": name, "project_number": null, "period": period, "planned_participants": null,
        "owner": {"name": owner, "unit": null, "number": null},
        "amounts": [{"kind": "TOTAL_BUDGET", "value": budget.to_string(), "currency": "SEK", "precision": "1", "text": "", "line": 1}],
    })
    .to_string()
        + "\n"
}

/// Two sources that write one project's name in two ways, and a third project that has nothing to do with it.
async fn three() -> App {
    let app = App::new().await;
    let first = delivered("Jobbvägen", "Haninge kommun", "2020-01/2021-12", 1_000_000);
    app.import("first.jsonl", &(first + &delivered("Annat", "Tyresö kommun", "2020-01/2021-12", 5))).await;
    app.import("second.jsonl", &delivered("Jobb-vägen", "Haninge kommun", "2020-02/2021-12", 2_000_000))
        .await;
    app
}

async fn names(app: &App) -> Vec<String> {
    let data = app.ask("{ projects { nodes { name } } }").await;
    data["projects"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn decide(db: &DatabaseConnection, ruling: Ruling) -> Result<i64, Error> {
    decide::decide(db, &ruling, Some("checked by telephone"), noon()).await.map(|decided| decided.number)
}

fn merge() -> Ruling {
    Ruling::Merge("Jobbvägen".to_owned(), "Jobb-vägen".to_owned())
}

#[tokio::test]
async fn what_may_be_one_is_listed_with_what_speaks_for_and_against_it() {
    let app = three().await;
    let found = decide::duplicates(&app.db).await.unwrap();
    let [only] = &found[..] else { panic!("{found:?}") };
    assert_eq!((only.kind, only.score), ("project", 1.0));
    assert_eq!(only.reasons_for, ["names alike to 100 %", "the same owner", "overlapping periods"]);
    let data = app.ask(PROJECTS).await;
    let candidates: Vec<&Value> = data["projects"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| &node["possibleDuplicates"])
        .collect();
    assert_eq!(candidates[0], &json!([]), "{data:#}");
    assert_eq!(candidates[1][0]["project"]["name"], "Jobbvägen");
    assert_eq!(candidates[1][0]["score"], "1.00");
    // What was rejected is not asked again.
    decide(&app.db, Ruling::Reject("Jobbvägen".to_owned(), "Jobb-vägen".to_owned())).await.unwrap();
    assert!(decide::duplicates(&app.db).await.unwrap().is_empty());
    assert_eq!(app.ask(PROJECTS).await["projects"]["nodes"][1]["possibleDuplicates"], json!([]));
}

#[tokio::test]
async fn a_merge_outlives_rebuilds_and_imports_and_can_be_undone() {
    let app = three().await;
    let before = app.ask(PROJECTS).await;
    let number = decide(&app.db, merge()).await.unwrap();
    assert_eq!(names(&app).await, ["Annat", "Jobb-vägen"]);
    let merged = app.ask(PROJECTS).await;
    assert_eq!(merged["projects"]["nodes"][1]["statements"][0]["matchedBy"], "DECISION", "{merged:#}");
    let changes =
        app.ask("{ changes(first: 100) { nodes { type node { id } mergedInto { id } fields } } }").await;
    let last = changes["changes"]["nodes"].as_array().unwrap().last().unwrap().clone();
    assert!(changes.to_string().contains("MERGED"), "{changes:#}");
    assert_eq!(last["type"], "CHANGED", "{last}");

    samverkan::import::rebuild(&app.db, noon()).await.unwrap();
    assert_eq!(app.ask(PROJECTS).await, merged);
    app.import("third.jsonl", &delivered("Jobbvägen", "Haninge kommun", "2020-01/2021-12", 3)).await;
    assert_eq!(names(&app).await.len(), 2);

    decide::undo(&app.db, number, noon()).await.unwrap();
    assert_eq!(names(&app).await.len(), 3);
    assert!(
        decide::undo(&app.db, number, noon())
            .await
            .unwrap_err()
            .to_string()
            .contains("no decision 1 in force")
    );
    samverkan::import::sources::withdraw(&app.db, "third.jsonl", false, noon()).await.unwrap();
    assert_eq!(app.ask(PROJECTS).await, before);
}

#[tokio::test]
async fn a_split_puts_statements_into_a_project_of_their_own() {
    let app = App::new().await;
    app.import("first.jsonl", &delivered("Nystart", "Haninge kommun", "2020-01/2021-12", 1)).await;
    app.import("second.jsonl", &delivered("Nystart", "Haninge kommun", "2020-01/2021-12", 2)).await;
    assert_eq!(names(&app).await, ["Nystart"]);
    let split = Ruling::Split("Nystart".to_owned(), vec!["second.jsonl:1".to_owned()]);
    decide(&app.db, split.clone()).await.unwrap();
    assert_eq!(names(&app).await, ["Nystart", "Nystart"]);
    samverkan::import::rebuild(&app.db, noon()).await.unwrap();
    assert_eq!(names(&app).await, ["Nystart", "Nystart"]);
    let ambiguous = decide(&app.db, split).await.unwrap_err().to_string();
    assert!(ambiguous.starts_with("Nystart names several; say which by its global id"), "{ambiguous}");
}

#[tokio::test]
async fn a_value_that_was_chosen_is_shown_and_says_so() {
    let app = App::new().await;
    app.import("first.jsonl", &delivered("Nystart", "Haninge kommun", "2020-01/2021-12", 1_000_000)).await;
    app.import("second.jsonl", &delivered("Nystart", "Haninge kommun", "2020-01/2021-12", 2_000_000)).await;
    let query = "{ projects { nodes { financing { total { amount } } claims(fields: [TOTAL_BUDGET]) { value chosen reason } } } }";
    let choose = |field: &str, statement: &str| {
        Ruling::Choose("Nystart".to_owned(), field.to_owned(), statement.to_owned())
    };
    assert_eq!(app.ask(query).await["projects"]["nodes"][0]["claims"][0]["reason"], "RECENCY");
    decide(&app.db, choose("TOTAL_BUDGET", "first.jsonl:1")).await.unwrap();
    let node = app.ask(query).await["projects"]["nodes"][0].take();
    assert_eq!(node["claims"][0], json!({"value": "1000000.00 SEK", "chosen": true, "reason": "DECIDED"}));
    assert_eq!(node["financing"]["total"]["amount"], "1000000.00");
    for (field, statement, expected) in [
        ("COLOUR", "first.jsonl:1", "COLOUR is no field; the fields are NAME, NUMBER"),
        ("GRANTED", "first.jsonl:1", "first.jsonl:1 says nothing of GRANTED"),
        ("NAME", "first.jsonl:9", "no statement is named first.jsonl:9"),
    ] {
        let refused = decide(&app.db, choose(field, statement)).await.unwrap_err().to_string();
        assert!(refused.starts_with(expected), "{refused}");
    }
    assert_eq!(decide::all(&app.db).await.unwrap().len(), 1);
}

#[tokio::test]
async fn organisations_can_be_found_to_be_one() {
    let app = App::new().await;
    app.import("first.jsonl", &delivered("Ett", "Föreningen Ljus", "2020-01/2021-12", 1)).await;
    app.import("second.jsonl", &delivered("Två", "Ljus förening", "2020-01/2021-12", 2)).await;
    let owners = "{ projects { nodes { owner { id name names { value } } } } organisations { totalCount } }";
    let before = app.ask(owners).await;
    let merge = Ruling::Merge("Ljus förening".to_owned(), "Föreningen Ljus".to_owned());
    let number = decide(&app.db, merge).await.unwrap();
    let after = app.ask(owners).await;
    let nodes = &after["projects"]["nodes"];
    assert_eq!(nodes[0]["owner"], nodes[1]["owner"]);
    assert_eq!(nodes[0]["owner"]["names"], json!([{"value": "Föreningen Ljus"}, {"value": "Ljus förening"}]));
    samverkan::import::rebuild(&app.db, noon()).await.unwrap();
    assert_eq!(app.ask(owners).await, after);
    decide::undo(&app.db, number, noon()).await.unwrap();
    assert_eq!(app.ask(owners).await, before);
}

#[tokio::test]
async fn decisions_go_from_one_database_to_another_even_before_the_files() {
    let app = three().await;
    decide(&app.db, merge()).await.unwrap();
    let lines = decide::export(&app.db).await.unwrap().join("\n");
    let other = App::new().await;
    let (count, _) = decide::import(&other.db, &lines, noon()).await.unwrap();
    assert_eq!(count, 1);
    for name in ["first.jsonl", "second.jsonl"] {
        let text = std::fs::read_to_string(app.folder.path().join(name)).unwrap();
        other.import(name, &text).await;
    }
    assert_eq!(names(&other).await, ["Annat", "Jobb-vägen"]);
    assert_eq!(decide::import(&other.db, &lines, noon()).await.unwrap().0, 0, "known already");
    for (damaged, expected) in [
        ("{", "line 1: is no decision"),
        (&*lines.replace("MERGE", "CHOOSE"), "line 1: field"),
        (&*lines.replacen("\"statement\"", "\"organisation\":\"x\",\"statement\"", 1), "line 1: about"),
    ] {
        let refused = decide::import(&App::new().await.db, damaged, noon()).await.unwrap_err().to_string();
        assert!(refused.starts_with(expected), "{refused}");
    }
}

#[tokio::test]
async fn a_newer_edition_speaks_for_the_older_and_decisions_follow_it() {
    let app = three().await;
    decide(&app.db, merge()).await.unwrap();
    let first = delivered("Jobbvägen", "Haninge kommun", "2020-01/2022-12", 1_500_000);
    std::fs::create_dir(app.folder.path().join("new")).unwrap();
    let text = first + &delivered("Annat", "Tyresö kommun", "2020-01/2021-12", 6);
    let report = app.import("new/first.jsonl", &text).await;
    assert_eq!(report.files[0].supersedes.as_deref(), Some("first.jsonl"), "{}", report.table());
    assert_eq!(names(&app).await, ["Annat", "Jobbvägen"], "what was decided still holds");
    let data = app.ask("{ sources { nodes { superseded supersededBy { sha256 } sha256 } } projects { nodes { statements { line } \
        financing { total { amount } } } } }").await;
    let sources = data["sources"]["nodes"].as_array().unwrap();
    assert_eq!(sources[0]["supersededBy"]["sha256"], sources[2]["sha256"], "{data:#}");
    assert_eq!(data["projects"]["nodes"][0]["financing"]["total"]["amount"], "6.00");
    assert_eq!(data["projects"]["nodes"][1]["statements"].as_array().unwrap().len(), 2);
    // The same name for something else is no edition.
    std::fs::create_dir(app.folder.path().join("other")).unwrap();
    let other =
        app.import("other/first.jsonl", &delivered("Nytt", "Haninge kommun", "2020-01/2022-12", 1)).await;
    assert_eq!(other.files[0].supersedes, None);
    // Withdrawn, the newer lets the older speak again.
    let newer = sources[2]["sha256"].as_str().unwrap();
    samverkan::import::sources::withdraw(&app.db, newer, false, noon()).await.unwrap();
    assert_eq!(names(&app).await, ["Annat", "Jobb-vägen", "Nytt"]);
}

#[tokio::test]
async fn changes_tell_what_happened_since_and_by_content() {
    let app = three().await;
    let query = "query($after: String) { changes(first: 2, after: $after) { pageInfo { hasNextPage endCursor } \
        nodes { type nodeId fields at node { ... on Project { name } } } } }";
    let first = app.ask_with(query, json!({})).await;
    assert_eq!(first["changes"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(first["changes"]["nodes"][0]["type"], "CREATED");
    let rest = app.ask_with(query, json!({"after": first["changes"]["pageInfo"]["endCursor"]})).await;
    let cursor = rest["changes"]["pageInfo"]["endCursor"].clone();
    app.import("third.jsonl", &delivered("Annat", "Tyresö kommun", "2020-01/2022-06", 7)).await;
    let news = app.ask_with(query, json!({"after": cursor})).await;
    let [only] = &news["changes"]["nodes"].as_array().unwrap()[..] else { panic!("{news:#}") };
    assert_eq!(only["node"]["name"], "Annat");
    assert_eq!(
        only["fields"],
        json!(["period", "conflicts", "financing", "awards", "partnerships", "statements"]),
        "{only}"
    );
    let removed = app.ask("{ changes(types: [REMOVED]) { totalCount } }").await;
    assert_eq!(removed["changes"]["totalCount"], 0);
}

#[tokio::test]
async fn the_quality_of_a_source_adds_up() {
    let app = App::new().await;
    let text = "Beneficiary name,Beneficiary number,Operation name,Operation start date,Total eligible expenditure (EUR),Union support (EUR),Colour\n\
        Stockholms stad,212000-0142,Ett,2020-01-01,100,50,red\nNågon,,Två,2020-01-01,100,500,red\n,,,2020-01-01,5,,\nA,,B,2020-01-01,1,1,c,d\n";
    let report = app.import("list.csv", text).await;
    assert_eq!((report.files[0].read, report.files[0].refused.len()), (4, 2), "{}", report.table());
    let data = app.ask("{ sources { nodes { quality { rows statements lines withOrganisationNumber notAddingUp refused { line } \
        warnings { code count } filled { field count } daysOld } } } }").await;
    let quality = &data["sources"]["nodes"][0]["quality"];
    assert_eq!(
        (&quality["rows"], &quality["statements"], &quality["lines"]),
        (&json!(4), &json!(2), &json!(5)),
        "{quality:#}"
    );
    assert_eq!((&quality["withOrganisationNumber"], &quality["notAddingUp"]), (&json!(1), &json!(1)));
    assert_eq!(quality["refused"], json!([{"line": 4}, {"line": 5}]));
    assert!(quality["filled"].as_array().unwrap().contains(&json!({"field": "TOTAL_BUDGET", "count": 2})));
}
