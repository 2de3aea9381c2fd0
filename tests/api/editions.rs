//! Newer editions of a source: what they speak of keeps its id, and nobody is heard twice.

use serde_json::{Value, json};

use crate::app::{App, noon};
use crate::decisions::delivered;

/// Names and ids of all projects.
async fn ids(app: &App) -> Vec<(String, String)> {
    let data = app.ask("{ projects { nodes { id name } } }").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes = data["projects"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| (text(&node["name"]), text(&node["id"]))).collect()
}

fn named(ids: &[(String, String)], name: &str) -> Option<String> {
    ids.iter().find(|(own, _)| own == name).map(|(_, id)| id.clone())
}

/// A line of a register.
fn numbered(number: &str, name: &str) -> String {
    json!({"document": "a", "line": 1, "name": name, "project_number": number}).to_string() + "\n"
}

#[tokio::test]
async fn a_project_keeps_its_id_whichever_edition_speaks_of_it() {
    let app = App::new().await;
    let edition = async |lines: &[(&str, &str)]| {
        let text: String = lines.iter().map(|(number, name)| numbered(number, name)).collect();
        app.import("register.jsonl", &text).await
    };
    edition(&[("E-1", "Bron"), ("E-2", "Fyren"), ("E-3", "Kajen"), ("E-4", "Ön")]).await;
    app.import("other.jsonl", &delivered("Hamnen", "Haninge kommun", "2020-01/2021-12", 5)).await;
    let first = ids(&app).await;
    assert_eq!(first.len(), 5);

    // One has another name, one is gone, one is new, and the order is another.
    let report = edition(&[("E-5", "Viken"), ("E-4", "Ön"), ("E-2", "Fyren"), ("E-1", "Bron II")]).await;
    assert!(report.files[0].supersedes.is_some(), "{}", report.table());
    let second = ids(&app).await;
    assert_eq!(second.len(), 5);
    assert_eq!(named(&second, "Bron II"), named(&first, "Bron"));
    for name in ["Fyren", "Ön", "Hamnen"] {
        assert_eq!(named(&second, name), named(&first, name), "{name}");
    }
    assert!(first.iter().all(|(_, id)| Some(id) != named(&second, "Viken").as_ref()));
    let changes = "{ changes(types: [REMOVED, MERGED]) { nodes { type nodeId } } }";
    let kajen = json!([{"type": "REMOVED", "nodeId": named(&first, "Kajen")}]);
    assert_eq!(app.ask(changes).await["changes"]["nodes"], kajen);

    // And again, two of them with each other's names.
    edition(&[("E-1", "Fyren"), ("E-2", "Bron II"), ("E-5", "Viken"), ("E-4", "Ön")]).await;
    let third = ids(&app).await;
    assert_eq!(named(&third, "Fyren"), named(&first, "Bron"));
    assert_eq!(named(&third, "Bron II"), named(&first, "Fyren"));
    assert_eq!((named(&third, "Viken"), named(&third, "Ön")), (named(&second, "Viken"), named(&first, "Ön")));
    assert_eq!(app.ask(changes).await["changes"]["nodes"], kajen);
    samverkan::import::rebuild(&app.db, noon()).await.unwrap();
    assert_eq!(ids(&app).await, third);

    // The newest taken back, the one before speaks as it did.
    let newest =
        "{ sources(where: {superseded: false, format: [\"statements\"]}) { nodes { title sha256 } } }";
    let sources = app.ask(newest).await;
    let nodes = sources["sources"]["nodes"].as_array().unwrap();
    let newest = nodes.iter().find(|node| node["title"] == "register.jsonl").unwrap();
    samverkan::import::sources::withdraw(&app.db, newest["sha256"].as_str().unwrap(), false, noon())
        .await
        .unwrap();
    assert_eq!(ids(&app).await, second);
}

/// The owners and ids of all projects.
async fn owners(app: &App) -> Vec<(String, String)> {
    let data = app.ask("{ projects { nodes { id owner { name } } } }").await;
    let text = |value: &Value| value.as_str().unwrap_or("nobody").to_owned();
    let nodes = data["projects"]["nodes"].as_array().unwrap();
    let mut all: Vec<_> =
        nodes.iter().map(|node| (text(&node["owner"]["name"]), text(&node["id"]))).collect();
    all.sort();
    all
}

const MERGED: &str = "{ changes(types: [MERGED]) { totalCount } }";

#[tokio::test]
async fn of_one_name_each_keeps_its_own_id() {
    let app = App::new().await;
    let study = |owner: &str, amount: u32| delivered("Förstudie", owner, "2020-01/2021-12", amount);
    let [haninge, tyreso] = ["Haninge kommun", "Tyresö kommun"];
    app.import(
        "a.jsonl",
        &(study(haninge, 1) + &study(tyreso, 2) + &delivered("Bron", haninge, "2020-01/2021-12", 3)),
    )
    .await;
    let first = owners(&app).await;
    assert_eq!(first.len(), 3);
    let second = study(tyreso, 2) + &delivered("Bron", haninge, "2020-01/2021-12", 3) + &study(haninge, 1);
    let report = app.import("a.jsonl", &second).await;
    assert!(report.files[0].supersedes.is_some(), "{}", report.table());
    assert_eq!(owners(&app).await, first);
    // Where the one is gone the other does not take its place.
    let third = study(tyreso, 7) + &delivered("Bron", haninge, "2020-01/2021-12", 3);
    assert!(app.import("a.jsonl", &third).await.files[0].supersedes.is_some());
    let left = owners(&app).await;
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|one| first.contains(one)), "{left:?} of {first:?}");
    assert_eq!(app.ask(MERGED).await["changes"]["totalCount"], 0);
}

#[tokio::test]
async fn what_a_name_alone_does_not_tell_apart_keeps_no_id() {
    let app = App::new().await;
    let line = |name: &str| {
        json!({"document": "a", "line": 1, "name": name, "project_number": null}).to_string() + "\n"
    };
    app.import("a.jsonl", &(line("Bron") + &line("Bron") + &line("Ön"))).await;
    let first = ids(&app).await;
    assert_eq!(first.len(), 3);
    app.import("a.jsonl", &(line("Ön") + &line("Bron"))).await;
    let second = ids(&app).await;
    assert_eq!(second.len(), 2);
    assert_eq!(named(&second, "Ön"), named(&first, "Ön"));
    assert!(
        !first.iter().any(|(_, id)| Some(id) == named(&second, "Bron").as_ref()),
        "{second:?} of {first:?}"
    );
}

#[tokio::test]
async fn what_one_source_says_twice_of_a_project_is_of_that_project() {
    let app = App::new().await;
    let bron = || delivered("Bron", "Haninge kommun", "2020-01/2021-12", 3);
    // Of one a second line has a number, and of one it has not.
    let on = |number: Option<&str>| {
        let line = json!({"document": "a", "line": 1, "name": "Ön", "project_number": number,
            "period": "2020-01/2021-12", "owner": {"name": "Tyresö kommun", "unit": null, "number": null}});
        line.to_string() + "\n"
    };
    let lines = bron() + &bron() + &on(None) + &on(Some("E-1"));
    app.import("a.jsonl", &lines).await;
    let first = ids(&app).await;
    assert_eq!(first.len(), 2, "{first:?}");
    let report = app.import("a.jsonl", &(numbered("E-9", "Kajen") + &lines)).await;
    assert!(report.files[0].supersedes.is_some(), "{}", report.table());
    let second = ids(&app).await;
    assert!(first.iter().all(|one| second.contains(one)), "{second:?} of {first:?}");
    // What has another number takes nobody's place, though it is called so.
    app.import("a.jsonl", &(bron() + &bron() + &on(Some("E-2")) + &on(None))).await;
    let third = ids(&app).await;
    assert_eq!(named(&third, "Bron"), named(&first, "Bron"));
    assert_ne!(named(&third, "Ön"), named(&first, "Ön"), "{third:?}");
}

#[tokio::test]
async fn an_id_is_kept_through_the_editions_in_between() {
    let app = App::new().await;
    let others = numbered("E-7", "Fyren") + &numbered("E-8", "Kajen");
    let unnumbered = json!({"document": "a", "line": 1, "name": "Bron"}).to_string() + "\n";
    app.import("a.jsonl", &(others.clone() + &unnumbered)).await;
    let first = named(&ids(&app).await, "Bron");
    app.import("a.jsonl", &(others.clone() + &numbered("E-1", "Bron"))).await;
    assert_eq!(named(&ids(&app).await, "Bron"), first);
    // It is called otherwise now, and another is called so.
    app.import("a.jsonl", &(others + &numbered("E-1", "Bron II") + &numbered("E-2", "Bron"))).await;
    let third = ids(&app).await;
    assert_eq!(named(&third, "Bron II"), first, "{third:?}");
    samverkan::import::rebuild(&app.db, noon()).await.unwrap();
    assert_eq!(ids(&app).await, third);
}

#[tokio::test]
async fn after_an_edition_that_was_taken_back_only_the_newest_speaks() {
    let app = App::new().await;
    let of = |amount: u32| delivered("Bron", "Haninge kommun", "2020-01/2021-12", amount);
    for amount in [1, 2] {
        app.import("a.jsonl", &of(amount)).await;
    }
    let sources = "{ sources { nodes { sha256 } } }";
    let second = app.ask(sources).await["sources"]["nodes"][1]["sha256"].as_str().unwrap().to_owned();
    samverkan::import::sources::withdraw(&app.db, &second, false, noon()).await.unwrap();
    let report = app.import("a.jsonl", &of(3)).await;
    assert_eq!(report.files[0].supersedes.as_deref(), Some("a.jsonl"), "{}", report.table());
    let total = "{ projects { nodes { statements { line } financing { total { amount } } } } }";
    let told = async || {
        let data = app.ask(total).await;
        let [project] = &data["projects"]["nodes"].as_array().unwrap()[..] else { panic!("{data:#}") };
        let amount = project["financing"]["total"]["amount"].as_str().unwrap().to_owned();
        (project["statements"].as_array().unwrap().len(), amount)
    };
    assert_eq!(told().await, (1, "3.00".to_owned()));
    samverkan::import::sources::withdraw(&app.db, &second, true, noon()).await.unwrap();
    assert_eq!(told().await, (1, "3.00".to_owned()));
}
