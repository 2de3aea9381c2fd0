//! Exact figures go to those who were granted them, and to nobody else.

use chrono::Utc;
use samverkan::access::{grants, log};
use samverkan::decide;
use samverkan::domain::matching::number_key;
use samverkan::domain::scope::Scope;
use serde_json::{Value, json};

use crate::access_log::sql;
use crate::app::{header, status};
use crate::partners::{FORBUND, STAD, ask, asked, grant_own, json_of, key, line, party, world};

/// Exact outcomes of all that was granted.
pub const EXACT: &str =
    "{ viewer { participantOutcomes(by: [PROJECT], dimension: EXIT_STATUS) { basis release { number }
    total { value lower upper basis } notShown { value } overlap { value }
    rows { key { project { name } code } participants { value lower upper basis } percent } } } }";

#[tokio::test]
async fn exact_figures_are_those_that_were_granted() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let own = key(&app, STAD, &[Scope::ReadExact]).await;
    let answer = asked(&app, &own, EXACT).await;
    insta::assert_json_snapshot!("exact_by_project", answer["data"]);
    let total = |answer: &Value| answer["data"]["viewer"]["participantOutcomes"]["total"]["value"].clone();
    assert_eq!(total(&answer), 27);
    // One who was granted a single project sees that alone, whoever owns it.
    let holder = decide::organisation(&app.db, FORBUND).await.unwrap();
    let what = grants::What::Project(number_key("P-1").0);
    grants::create(&app.access().await, &holder, what, Utc::now()).await.unwrap();
    let other = key(&app, FORBUND, &[Scope::ReadExact]).await;
    assert_eq!(total(&asked(&app, &other, EXACT).await), 23);
    let by =
        "{ participantOutcomes(scope: OWN, by: [SEX, PERIOD, REGION, FUNDER], sex: [WOMEN]) { total { value }
        rows { key { sex period region { name } funder { name } } participants { value } percent } } }";
    let answer = asked(&app, &other, by).await;
    insta::assert_json_snapshot!("exact_by_everything", answer["data"]);
    // Below other things, several at once.
    let below =
        "query Nested { projects { nodes { name participantOutcomes(scope: OWN) { total { value } } } }
        organisations { nodes { name participantOutcomes(scope: OWN) { total { value } } } }
        funders { nodes { participantOutcomes(scope: OWN) { total { value } } } } }";
    let answer = asked(&app, &own, below).await;
    insta::assert_json_snapshot!("exact_below", answer["data"]);
}

#[tokio::test]
async fn rights_are_a_scope_and_a_grant_and_refusals_say_only_what_a_key_lacks() {
    let app = world().await;
    let code = |answer: &Value| answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
    let query = "{ participantOutcomes(scope: OWN) { total { value } } service { version } }";
    // Without a key: the field is null, the rest is answered.
    let answer = json_of(ask(&app, &app.for_partners(), None, query).await).await;
    assert_eq!(code(&answer).as_deref(), Some("UNAUTHENTICATED"));
    assert!(answer["data"]["participantOutcomes"].is_null() && answer["data"]["service"].is_object());
    // A grant without the scope.
    grant_own(&app, STAD).await;
    let no_scope = key(&app, STAD, &[Scope::ReadOwn]).await;
    assert_eq!(code(&asked(&app, &no_scope, query).await).as_deref(), Some("FORBIDDEN"));
    let log = asked(&app, &no_scope, "{ viewer { key { label } accessLog { nodes { at } } } }").await;
    assert_eq!(code(&log).as_deref(), Some("FORBIDDEN"));
    // The scope without a grant: nothing, and no more than of what does not exist.
    let no_grant = key(&app, FORBUND, &[Scope::ReadExact]).await;
    let answer = asked(&app, &no_grant, query).await;
    assert_eq!(answer["data"]["participantOutcomes"], json!({"total": {"value": 0}}));
}

/// A question about a project, by its id or its number.
type Question<'a> = &'a dyn Fn(&str, &str) -> String;

#[tokio::test]
async fn what_is_not_granted_looks_like_what_does_not_exist() {
    let app = world().await;
    grant_own(&app, STAD).await;
    // P-4 exists and nobody took part in it; P-2 is another's.
    app.import("mer.jsonl", &line(4, party(FORBUND, None), Vec::new())).await;
    let own = key(&app, STAD, &[Scope::ReadOwn, Scope::ReadExact]).await;
    let id = |number: &str| format!("{{ project(by: {{number: \"{number}\"}}) {{ id }} }}");
    let mut ids = Vec::new();
    for number in ["P-2", "P-4"] {
        ids.push(app.ask(&id(number)).await["project"]["id"].as_str().unwrap().to_owned());
    }
    let own_field = "participantOutcomes(scope: OWN, by: [SEX], dimension: AGE) { total { value } rows { participants { value } } }";
    let questions: [Question; 6] = [
        &|_, number| format!("{{ project(by: {{number: \"{number}\"}}) {{ {own_field} }} }}"),
        &|id, _| format!("{{ node(id: \"{id}\") {{ ... on Project {{ {own_field} }} }} }}"),
        &|id, _| format!("{{ a: nodes(ids: [\"{id}\"]) {{ ... on Project {{ b: {own_field} }} }} }}"),
        &|_, number| {
            format!(
                "{{ participantOutcomes(where: {{number: [\"{number}\"]}}, scope: OWN, by: [PROJECT]) {{ total {{ value }} rows {{ key {{ project {{ id }} }} participants {{ value }} }} }} }}"
            )
        },
        &|_, number| {
            format!(
                "{{ viewer {{ projects(where: {{number: [\"{number}\"]}}) {{ totalCount nodes {{ id }} aggregates {{ count }} }} }} }}"
            )
        },
        &|_, number| {
            format!(
                "{{ viewer {{ participantOutcomes(where: {{number: [\"{number}\"]}}) {{ total {{ value }} rows {{ participants {{ value }} }} }} }} }}"
            )
        },
    ];
    for question in questions {
        let [theirs, empty] =
            [question(&ids[0], "P-2"), question(&ids[1], "P-4")].map(|query| (app.for_partners(), query));
        let theirs = asked(&app, &own, &theirs.1).await;
        let empty = asked(&app, &own, &empty.1).await;
        assert!(theirs.get("errors").is_none(), "{theirs}");
        assert_eq!(theirs.to_string(), empty.to_string());
    }
}

#[tokio::test]
async fn without_exact_rows_what_is_public_goes_on() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let own = key(&app, STAD, &Scope::ALL).await;
    let exact = samverkan::store::database::open(&app.exact_url()).await.unwrap();
    sql(&exact, "DROP TABLE participation").await.unwrap();
    let answer = asked(&app, &own, EXACT).await;
    assert!(answer["data"]["viewer"]["participantOutcomes"].is_null());
    assert!(!answer.to_string().contains("participation"), "{answer}");
    let public = asked(&app, &own, "{ participantOutcomes { total { value } } }").await;
    assert_eq!(public["data"]["participantOutcomes"]["total"]["value"], 40);
}

/// The lines of a file.
fn lines(answer: &str) -> Vec<Value> {
    answer
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn what_is_a_partners_own_can_be_taken_as_a_file() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let own = format!("authorization: Bearer {}\r\n", key(&app, STAD, &Scope::ALL).await);
    let little = format!("authorization: Bearer {}\r\n", key(&app, FORBUND, &[Scope::ReadOwn]).await);
    let server = app.serve(app.for_partners()).await;
    let answer = server.get("/export/own/projects.ndjson", &own).await;
    assert_eq!(header(&answer, "cache-control"), Some("private, no-store"), "{answer}");
    assert_eq!(lines(&answer).len(), 2);
    let numbers = |answer: &str| lines(answer).iter().map(|line| line["number"].clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&answer), [json!("P-1"), json!("P-3")]);
    assert_eq!(
        numbers(&server.get("/export/own/projects.ndjson", &little).await),
        [json!("P-1"), json!("P-2")]
    );
    assert_eq!(lines(&server.get("/export/own/partnerships.ndjson", &little).await).len(), 3);
    let some = server.get("/export/own/projects.ndjson?where=%7B%22number%22:%5B%22P-3%22%5D%7D", &own).await;
    assert_eq!(numbers(&some), [json!("P-3")]);
    // Exact outcomes are those that were granted, and are in the log.
    let rows = lines(&server.get("/export/own/outcomes.ndjson", &own).await);
    let all: i64 = rows
        .iter()
        .filter(|row| row["dimension"] == "")
        .map(|row| row["participations"].as_i64().unwrap())
        .sum();
    assert_eq!(all, 27);
    let work = rows.iter().filter(|row| row["code"] == "WORK" && row["dimension"] == "EXIT_STATUS");
    assert_eq!(work.map(|row| row["participations"].as_i64().unwrap()).sum::<i64>(), 14);
    let found = log::verify(&app.access().await, Utc::now()).await.unwrap();
    assert_eq!(found.entries, 1);
    // Refusals.
    for (path, headers, expected) in [
        ("/export/own/projects.csv", "", 401),
        ("/export/own/projects.csv", "authorization: Bearer nonsense\r\n", 401),
        ("/export/own/outcomes.csv", &*little, 403),
        ("/export/own/funders.csv", &*own, 404),
        ("/export/own/projects.csv?where=nonsense", &*own, 400),
    ] {
        assert_eq!(status(&server.get(path, headers).await), expected, "{path}");
    }
    let csv = server.get("/export/own/outcomes.csv?separator=semicolon&bom=true", &own).await;
    assert!(csv.contains("project_id;project_number"), "{csv}");
    // The public file is the same with a key.
    let public = server.get("/export/outcomes.csv", &own).await;
    assert_eq!(header(&public, "cache-control"), Some("public, no-cache"));
}
