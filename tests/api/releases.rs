//! What is released stays as it is while persons, projects and sources come and go.

use samverkan::domain::statement::Statement;
use samverkan::outcomes::{delivery, retention};
use serde_json::Value;

use crate::app::{App, noon, secret};
use crate::outcomes::{BY_EXIT, by_exit, header_and, projects, rows};

/// The release that is public.
async fn digest(app: &App) -> Value {
    let nodes = app.ask("{ releases { nodes { active digest } } }").await["releases"]["nodes"].clone();
    nodes.as_array().unwrap().iter().find(|node| node["active"] == true).unwrap()["digest"].clone()
}

#[tokio::test]
async fn a_project_that_gets_another_id_keeps_what_was_published_of_it() {
    let app = App::new().await;
    let register = |title: &str, many: usize| {
        let line = |at: usize| {
            let statement = Statement {
                document: "register".to_owned(),
                line: u32::try_from(at).unwrap(),
                name: Some(format!("Projekt {at}{title}")),
                project_number: Some(format!("E-{at}")),
                ..Statement::default()
            };
            serde_json::to_string(&statement).unwrap()
        };
        (1..=many).map(line).collect::<Vec<_>>().join("\n")
    };
    app.import("register.jsonl", &register("", 6)).await;
    let text: String = (1..=6).map(|at| rows(&format!("E-{at}"), 11 + at, 3, by_exit)).collect();
    app.deliver("a.csv", &header_and(&text)).await;
    app.release().await;
    let ids = "{ projects { nodes { id number } } }";
    let (before, answer) = (app.ask(ids).await, app.text(BY_EXIT).await);
    let of_each = "{ projects { nodes { number participantOutcomes(by: [SEX], dimension: AGE) { total { value } rows { participants { value } } } } } }";
    let each = app.ask(of_each).await;
    // Another source says the same and the first is taken back: the first statement of every project is another.
    app.import("others.jsonl", &register(" nu", 6)).await;
    let first = app.ask("{ sources { nodes { title sha256 } } }").await;
    let of_first = |source: &&Value| source["title"] == "register.jsonl";
    let first =
        first["sources"]["nodes"].as_array().unwrap().iter().find(of_first).unwrap()["sha256"].clone();
    samverkan::import::sources::withdraw(&app.db, first.as_str().unwrap(), false, noon()).await.unwrap();
    assert_ne!(app.ask(ids).await, before);
    let release = app.release().await;
    assert_eq!((release.rounded, release.kept), (0, 6));
    assert_eq!(app.text(BY_EXIT).await, answer);
    assert_eq!(app.ask(of_each).await, each);
    // And once more nothing is new.
    let own = digest(&app).await;
    assert!(app.release().await.unchanged_since.is_some());
    assert_eq!(digest(&app).await, own);
}

#[tokio::test]
async fn small_groups_whose_persons_are_gone_stay_in_their_pools() {
    let app = App::new().await;
    projects(&app, 12).await;
    let all = |year: &str| {
        let text: String = (1..=12).map(|at| rows(&format!("E-{at}"), 4, 3, by_exit)).collect();
        text.replace("2024-", year).replace(";E-", &format!(";{year}E-"))
    };
    app.deliver("a.csv", &header_and(&(all("2018-") + &all("2024-")))).await;
    app.release().await;
    let before = app.text(BY_EXIT).await;
    let exact = app.exact().await;
    assert!(!retention::run(&exact, 5, false, noon()).await.unwrap().is_empty());
    exact.close().await.unwrap();
    assert!(app.release().await.unchanged_since.is_some());
    assert_eq!(app.text(BY_EXIT).await, before);
    // Others of the same years may still come and go.
    let replace = delivery::Options { replace: true, ..delivery::Options::default() };
    let path = app.file("b.csv", header_and(&rows("E-1", 30, 30, by_exit)));
    app.deliver_path(&path, &replace).await;
    app.release().await;
    assert_ne!(app.text(BY_EXIT).await, before);
}

#[tokio::test]
async fn bounds_are_those_of_what_was_rounded_once() {
    let app = App::new().await;
    projects(&app, 1).await;
    let years = rows("E-1", 28, 0, by_exit)
        + &rows("E-1", 3, 0, by_exit).replace("2024-", "2023-").replace(";E-1-", ";E-1-x");
    app.deliver("a.csv", &header_and(&years)).await;
    app.release().await;
    let bounds = async |arguments: &str| {
        let answer = app.ask(&format!("{{ projects {{ nodes {{ participantOutcomes({arguments}) {{ total {{ lower }} rows {{ participants {{ lower upper value }} }} }} }} }} }}")).await;
        let own = &answer["projects"]["nodes"][0]["participantOutcomes"];
        let rows = own["rows"].as_array().unwrap().clone();
        (own["total"]["lower"].is_number(), rows.iter().all(|row| row["participants"]["lower"].is_number()))
    };
    assert_eq!(bounds("by: [SEX]").await, (false, false));
    assert_eq!(bounds("by: [PERIOD]").await, (false, false));
    assert_eq!(bounds("by: [PERIOD, SEX]").await, (false, true));
    assert_eq!(bounds("by: [PERIOD, SEX], dimension: AGE").await, (false, true));
    assert_eq!(bounds("by: [SEX], dimension: AGE").await, (false, false));
    assert_eq!(bounds("periods: [2024], sex: [WOMEN]").await, (true, true));
}

#[tokio::test]
async fn what_did_not_change_is_published_as_it_was_while_the_rest_of_a_project_changes() {
    let app = App::new().await;
    projects(&app, 8).await;
    let all = |exit: fn(usize) -> &'static str| {
        (1..=8).map(|at| rows(&format!("E-{at}"), 12 + at, 20 - at, exit)).collect::<String>()
    };
    app.deliver("a.csv", &header_and(&all(by_exit))).await;
    app.release().await;
    let age = "{ participantOutcomes(by: [PROJECT, SEX], dimension: AGE) { total { value } rows { key { sex code } participants { value } } } }";
    let (ages, exits) = (app.text(age).await, app.text(BY_EXIT).await);
    // Everybody left in another way; who takes part is the same.
    app.deliver("b.csv", &header_and(&all(|at| if at % 2 == 0 { "annat" } else { "i studier" }))).await;
    let release = app.release().await;
    assert_eq!((release.number, release.rounded), (2, 8));
    assert_eq!(app.text(age).await, ages);
    assert_ne!(app.text(BY_EXIT).await, exits);
}

#[tokio::test]
async fn a_day_that_has_passed_is_counted_as_it_was() {
    let app = App::new().await;
    projects(&app, 1).await;
    // Half enrol in March; those who did before begin a step in March and leave in September.
    let early = rows("E-1", 20, 20, by_exit);
    let late = rows("E-1", 15, 15, by_exit).replace("2024-02-01", "2024-03-01").replace(";E-1-", ";E-1-x");
    app.deliver("a.csv", &header_and(&(early + &late))).await;
    let asked = "{ participantOutcomes { total { value } }
        steps: participantOutcomes(dimension: STEP_REACHED) { rows { key { code } participants { value } } } }";
    let mut seen = Vec::new();
    for day in ["2024-01-31", "2024-02-15", "2024-03-15"] {
        let now = format!("{day}T12:00:00Z").parse().unwrap();
        app.release_with(&secret(), now).await.unwrap();
        let answer = app.ask(asked).await;
        let steps: i64 = answer["steps"]["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["key"]["code"] == "STEP_3")
            .map(|row| row["participants"]["value"].as_i64().unwrap())
            .sum();
        seen.push((answer["participantOutcomes"]["total"]["value"].as_i64().unwrap_or(0), steps));
    }
    assert_eq!(seen, [(0, 0), (40, 0), (70, 70)]);
}

/// Of groups of which only counts are delivered nobody can be told from another: their pool looks at the counts.
#[tokio::test]
async fn pools_of_counts_notice_that_categories_changed() {
    let app = App::new().await;
    projects(&app, 8).await;
    let counts = |employed: usize| {
        let rows = (1..=8).map(|at| {
            format!("E-{at};2024;kvinna;EECO01;4\nE-{at};2024;kvinna;EECO02;{}\nE-{at};2024;kvinna;EECO05;{employed}\n", 4 - employed)
        });
        "project_number;year;sex;indicator;value\n".to_owned() + &rows.collect::<String>()
    };
    let asked = "{ participantOutcomes(dimension: ENTRY_STATUS) { total { value } rows { key { code } participants { value } } } }";
    let report = app.deliver("a.csv", &counts(0)).await;
    assert!(report.refused.is_empty(), "{}", report.text());
    app.release().await;
    let before = app.ask(asked).await;
    let of = |answer: &Value, code: &str| -> i64 {
        let rows = answer["participantOutcomes"]["rows"].as_array().unwrap();
        rows.iter().find(|row| row["key"]["code"] == code).unwrap()["participants"]["value"].as_i64().unwrap()
    };
    assert!(of(&before, "UNEMPLOYED") > 20 && of(&before, "EMPLOYED") == 0, "{before}");
    // One in each project: every project stays as it is, for it has fewer than five changes, but their pool has eight.
    app.deliver("b.csv", &counts(1)).await;
    app.release().await;
    let after = app.ask(asked).await;
    assert_eq!(after["participantOutcomes"]["total"], before["participantOutcomes"]["total"]);
    assert!(of(&after, "EMPLOYED") >= 5, "{after}");
}
