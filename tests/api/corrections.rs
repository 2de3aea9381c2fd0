//! Partners propose corrections, which become claims.

use samverkan::domain::scope::Scope;
use samverkan::domain::statement::Statement as Stated;
use samverkan::entities::source;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::app::App;
use crate::partners::{FORBUND, STAD, ask, json_of, key, party, world};

/// What becomes of a correction.
async fn propose(app: &App, key: &str, input: &Value) -> Value {
    let quoted = |name: &str| input[name].to_string();
    let query = format!(
        "mutation {{ proposeCorrection(input: {{clientMutationId: {}, project: {}, field: {}, value: {}, source: {}}}) {{
            clientMutationId claim {{ field value chosen reason statement {{ source {{ title publisher {{ name }} }} }} }}
            userErrors {{ field message code }} }} }}",
        quoted("id"),
        quoted("project"),
        input["field"].as_str().unwrap(),
        quoted("value"),
        quoted("source"),
    );
    json_of(ask(app, &app.for_partners(), Some(key), &query).await).await
}

async fn id(app: &App, name: &str) -> String {
    let found = app.ask("{ projects(first: 100) { nodes { id name } } }").await;
    let nodes = found["projects"]["nodes"].as_array().unwrap().clone();
    nodes.iter().find(|node| node["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_correction_is_a_claim_and_once_is_enough() {
    let app = world().await;
    let own = key(&app, STAD, &Scope::ALL).await;
    let project = id(&app, "Påhittat projekt 1").await;
    let input = json!({"id": "1", "project": project, "field": "TOTAL_BUDGET", "value": "24,2 mkr",
        "source": "Beslut 2026-01-10, dnr 12"});
    let answer = propose(&app, &own, &input).await;
    let expected = json!({"clientMutationId": "1", "userErrors": [], "claim": {"field": "TOTAL_BUDGET",
        "value": "24200000.00 SEK", "chosen": true, "reason": "ONLY_CLAIM", "statement": {"source": {
        "title": "Beslut 2026-01-10, dnr 12", "publisher": {"name": STAD}}}}});
    assert_eq!(answer["data"]["proposeCorrection"], expected, "{answer}");
    let shown = app.ask("{ project(by: {number: \"P-1\"}) { financing { total { amount } } } }").await;
    assert_eq!(shown["project"]["financing"]["total"]["amount"], "24200000.00", "{shown}");
    // The same again changes nothing and has the same answer.
    let before = app.counts().await;
    assert_eq!(propose(&app, &own, &input).await["data"], answer["data"]);
    assert_eq!(app.counts().await, before);
    // Its name for another is refused; what another says stands beside it and disagrees.
    let mut other = input.clone();
    other["value"] = json!("25 mkr");
    let reused = propose(&app, &own, &other).await;
    assert_eq!(reused["data"]["proposeCorrection"]["userErrors"][0]["code"], "REUSED", "{reused}");
    assert_eq!(app.counts().await, before);
    let theirs = key(&app, FORBUND, &Scope::ALL).await;
    let said = propose(&app, &theirs, &other).await;
    assert_eq!(said["data"]["proposeCorrection"]["claim"]["value"], "25000000.00 SEK", "{said}");
    let conflicts =
        app.ask("{ project(by: {number: \"P-1\"}) { conflicts { field claims { value } } } }").await;
    let values = conflicts["project"]["conflicts"][0]["claims"].as_array().map(Vec::len);
    assert_eq!(values, Some(2), "{conflicts}");
    // Two in one request would see each other's past: one at a time.
    let two = format!(
        "mutation {{ a: proposeCorrection(input: {{clientMutationId: \"x\", project: \"{project}\", field: REGION, value: \"01\", source: \"dnr 3\"}}) {{ claim {{ value }} }}
            b: proposeCorrection(input: {{clientMutationId: \"y\", project: \"{project}\", field: REGION, value: \"03\", source: \"dnr 3\"}}) {{ claim {{ value }} }} }}"
    );
    let answer = json_of(ask(&app, &app.for_partners(), Some(&own), &two).await).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    // Deriving everything again changes nothing: it is a source like any other.
    let all = "{ projects { nodes { id name financing { total { amount } } conflicts { field claims { value chosen } } } } sources { nodes { title } } }";
    let derived = app.ask(all).await;
    samverkan::import::rebuild(&app.db, crate::app::noon()).await.unwrap();
    assert_eq!(app.ask(all).await, derived);
}

#[tokio::test]
async fn a_correction_that_the_operator_took_back_is_told_as_such() {
    let app = world().await;
    let own = key(&app, STAD, &Scope::ALL).await;
    let project = id(&app, "Påhittat projekt 1").await;
    let input = json!({"id": "1", "project": project, "field": "PLANNED_PARTICIPANTS", "value": "120", "source": "dnr 5"});
    let answer = propose(&app, &own, &input).await;
    assert_eq!(answer["data"]["proposeCorrection"]["claim"]["value"], "120", "{answer}");
    let rows = source::Entity::find().all(&app.db).await.unwrap();
    let file = rows.into_iter().find(|row| row.title == "dnr 5").unwrap().file_name;
    samverkan::import::sources::withdraw(&app.db, &file, false, crate::app::noon()).await.unwrap();
    let again = propose(&app, &own, &input).await;
    assert_eq!(again["data"]["proposeCorrection"]["userErrors"][0]["code"], "WITHDRAWN", "{again}");
}

#[tokio::test]
async fn a_correction_that_is_none_says_why_and_leaves_nothing() {
    let app = world().await;
    let own = key(&app, STAD, &Scope::ALL).await;
    let (mine, theirs) = (id(&app, "Påhittat projekt 1").await, id(&app, "Påhittat projekt 2").await);
    let before = app.counts().await;
    for (project, field, value, source, expected) in [
        (&*mine, "TOTAL_BUDGET", "mycket", "dnr 12", ("INVALID", "value")),
        (&mine, "NUMBER", "2020/00001", "dnr 12", ("INVALID", "value")),
        (&mine, "OWNER", FORBUND, "dnr 12", ("INVALID", "value")),
        (&mine, "REGION", "Stockholms lähn", "dnr 12", ("INVALID", "value")),
        (&mine, "NAME", "Ring 070-123 45 67", "dnr 12", ("INVALID", "value")),
        (&mine, "NAME", "Ett namn", "", ("INVALID", "source")),
        (&mine, "NAME", "Ett namn", "någon 19121212-1212", ("INVALID", "source")),
        (&theirs, "NAME", "Ett namn", "dnr 12", ("NOT_OWN", "project")),
        ("UAAAAAAAAAAAAAAAAAAAAAA", "NAME", "Ett namn", "dnr 12", ("NOT_OWN", "project")),
        ("nonsense", "NAME", "Ett namn", "dnr 12", ("NOT_OWN", "project")),
    ] {
        let input = json!({"id": "1", "project": project, "field": field, "value": value, "source": source});
        let answer = propose(&app, &own, &input).await;
        let error = &answer["data"]["proposeCorrection"]["userErrors"][0];
        let (code, of) = expected;
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(["input", of])), "{answer}");
        assert!(answer["data"]["proposeCorrection"]["claim"].is_null());
        assert!(!answer.to_string().contains("191212"), "{answer}");
    }
    assert_eq!(app.counts().await, before);
    // A key without the scope, and none.
    let input = json!({"id": "1", "project": mine, "field": "NAME", "value": "Ett namn", "source": "dnr 12"});
    let reader = key(&app, FORBUND, &[Scope::ReadOwn]).await;
    let refused = propose(&app, &reader, &input).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
    assert_eq!(app.counts().await, before);
}

#[tokio::test]
async fn a_project_without_a_number_is_told_by_its_name_and_owner() {
    let app = world().await;
    let line = |at, name: &str| Stated {
        document: "utan.jsonl".to_owned(),
        line: at,
        name: Some(name.to_owned()),
        owner: Some(party(STAD, None)),
        period: Some("2020-01/2021-12".to_owned()),
        ..Stated::default()
    };
    let lines = [line(1, "Utan nummer"), line(2, "Också utan")];
    let text = lines.map(|line| serde_json::to_string(&line).unwrap()).join("\n");
    app.import("utan.jsonl", &text).await;
    let own = key(&app, STAD, &Scope::ALL).await;
    let project = id(&app, "Utan nummer").await;
    let input = json!({"id": "a", "project": project, "field": "PERIOD_END", "value": "2022-06-30", "source": "dnr 1"});
    let answer = propose(&app, &own, &input).await;
    assert_eq!(answer["data"]["proposeCorrection"]["claim"]["value"], "2022-06-30", "{answer}");
    assert_eq!(id(&app, "Utan nummer").await, project);
    // By another name nothing tells that it is the same.
    let renamed =
        json!({"id": "b", "project": project, "field": "NAME", "value": "Helt annat", "source": "dnr 2"});
    let before = app.counts().await;
    let answer = propose(&app, &own, &renamed).await;
    assert_eq!(answer["data"]["proposeCorrection"]["userErrors"][0]["code"], "UNRESOLVABLE", "{answer}");
    assert_eq!(app.counts().await, before);
}
