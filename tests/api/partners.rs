//! Partners: keys, rights, and what they may see beyond what everybody may.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use futures_util::StreamExt;
use poem::http::StatusCode;
use poem::test::TestResponse;
use samverkan::access::keys::{self, New};
use samverkan::access::{FRESH, Refusal, grants, log};
use samverkan::decide;
use samverkan::domain::access_key::{AccessKey, Environment};
use samverkan::domain::matching::number_key;
use samverkan::domain::scope::Scope;
use samverkan::domain::statement::{Party, Statement as Stated};
use samverkan::entities::partnership::PartnershipRole;
use samverkan::http::{RateLimit, Settings};
use samverkan::store::access;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::app::{App, header, status};
use crate::outcomes::{by_exit, header_and, rows};

pub fn party(name: &str, unit: Option<&str>) -> Party {
    Party { name: name.to_owned(), unit: unit.map(str::to_owned), ..Party::default() }
}

/// What a source says of a project.
pub fn line(at: u32, owner: Party, partners: Vec<Party>) -> String {
    let statement = Stated {
        document: "projekt.jsonl".to_owned(),
        line: at,
        name: Some(format!("Påhittat projekt {at}")),
        project_number: Some(format!("P-{at}")),
        region: Some("Stockholms län".to_owned()),
        owner: Some(owner),
        partners,
        funders: vec!["Påhittade fonden".to_owned()],
        ..Stated::default()
    };
    serde_json::to_string(&statement).unwrap()
}

/// Two organisations: one owns P-1 and, by a unit, P-3; the other owns P-2 and takes part in P-1.
pub async fn world() -> App {
    let app = App::new().await;
    let lines = [
        line(1, party(STAD, None), vec![party(FORBUND, None)]),
        line(2, party(FORBUND, None), Vec::new()),
        line(3, party(STAD, Some("Arbetsmarknadsnämnden")), Vec::new()),
    ];
    let report = app.import("projekt.jsonl", &lines.join("\n")).await;
    assert_eq!(report.files[0].created, 3, "{}", report.table());
    let text = header_and(&format!(
        "{}{}{}",
        rows("P-1", 14, 9, by_exit),
        rows("P-2", 7, 5, by_exit),
        rows("P-3", 3, 1, by_exit)
    ));
    let delivered = app.deliver("deltagare.csv", &text).await;
    assert!(delivered.refused.is_empty(), "{}", delivered.text());
    app.release().await;
    app
}

pub const STAD: &str = "Påhittade staden";
pub const FORBUND: &str = "Påhittade förbundet";

fn new(scopes: &[Scope]) -> New {
    New {
        environment: Environment::Live,
        label: "prov".to_owned(),
        scopes: scopes.to_vec(),
        networks: String::new(),
        expires_at: Utc::now() + TimeDelta::days(100),
    }
}

/// A key for an organisation.
pub async fn key(app: &App, organisation: &str, scopes: &[Scope]) -> String {
    key_with(app, organisation, new(scopes)).await
}

async fn key_with(app: &App, organisation: &str, new: New) -> String {
    let holder = decide::organisation(&app.db, organisation).await.unwrap();
    let (key, _) = keys::create(&app.access().await, &holder, new, Utc::now()).await.unwrap();
    key.reveal().to_owned()
}

/// Grants an organisation exact figures of the projects that it owns.
pub async fn grant_own(app: &App, organisation: &str) {
    let holder = decide::organisation(&app.db, organisation).await.unwrap();
    let what = grants::What::Role(PartnershipRole::Owner);
    grants::create(&app.access().await, &holder, what, Utc::now()).await.unwrap();
}

/// The answer to a question, asked with a key or without.
pub async fn ask(app: &App, settings: &Settings, key: Option<&str>, query: &str) -> TestResponse {
    let client = app.client_with(settings);
    let mut request = client.post("/graphql").body_json(&json!({ "query": query }));
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    request.send().await
}

/// The body of an answer.
pub async fn json_of(response: TestResponse) -> Value {
    serde_json::from_slice(&response.0.into_body().into_bytes().await.unwrap()).unwrap()
}

async fn asked(app: &App, key: &str, query: &str) -> Value {
    json_of(ask(app, &app.for_partners(), Some(key), query).await).await
}

#[tokio::test]
async fn a_key_that_is_not_taken_is_one_answer_whatever_is_wrong_with_it() {
    let app = world().await;
    let settings = app.for_partners();
    let live = key(&app, STAD, &[Scope::ReadOwn]).await;
    let test = key_with(&app, STAD, New { environment: Environment::Test, ..new(&[]) }).await;
    let over = New { label: "over".to_owned(), expires_at: Utc::now() - TimeDelta::seconds(1), ..new(&[]) };
    let over = key_with(&app, STAD, over).await;
    let elsewhere = New { label: "net".to_owned(), networks: "192.0.2.0/24".to_owned(), ..new(&[]) };
    let elsewhere = key_with(&app, STAD, elsewhere).await;
    let revoked = key_with(&app, STAD, New { label: "revoked".to_owned(), ..new(&[]) }).await;
    let name = revoked.split('_').nth(2).unwrap();
    keys::revoke(&app.access().await, name, Utc::now()).await.unwrap();
    let unknown = AccessKey::new(Environment::Live, "abcdefghijkl", "abcdefghijklmnopqrstuvwxyzabcd");
    // The name of one and the secret of another, with a check sum that is right.
    let mixed = AccessKey::new(
        Environment::Live,
        live.split('_').nth(2).unwrap(),
        unknown.reveal().split('_').nth(3).unwrap(),
    );
    let slip = live.replace(&live[40..41], if &live[40..41] == "a" { "b" } else { "a" });
    let mut bodies = Vec::new();
    for wrong in
        ["", "nonsense", &slip, &test, &over, &revoked, unknown.reveal(), mixed.reveal(), &"x".repeat(10_000)]
    {
        let response = ask(&app, &settings, Some(wrong), "{ service { version } }").await;
        response.assert_status(StatusCode::UNAUTHORIZED);
        response.assert_header("www-authenticate", "Bearer error=\"invalid_token\"");
        bodies.push(json_of(response).await);
    }
    assert!(bodies.windows(2).all(|two| two[0] == two[1]), "{bodies:#?}");
    assert_eq!(bodies[0]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert!(bodies[0].get("data").is_none());
    // Another scheme, and two headers, are no key either.
    let server = app.serve(settings.clone()).await;
    for headers in [
        "authorization: Basic dTpw\r\n".to_owned(),
        format!("authorization: {live}\r\n"),
        format!("authorization: Bearer {live}\r\nauthorization: Bearer {live}\r\n"),
        // From an address outside its network.
        format!("authorization: Bearer {elsewhere}\r\n"),
    ] {
        assert_eq!(status(&server.post("{ service { version } }", &headers).await), 401, "{headers}");
    }
    let answer =
        server.post("{ viewer { key { label } } }", &format!("authorization: Bearer {live}\r\n")).await;
    assert!(answer.contains("\"prov\""), "{answer}");
    // A key in an address is none.
    let answer =
        server.get(&format!("/graphql?query=%7Bviewer%7Bkey%7Blabel%7D%7D%7D&access_token={live}"), "").await;
    assert!(!answer.contains("\"prov\""), "{answer}");
}

#[tokio::test]
async fn a_slip_of_the_pen_is_told_without_any_database() {
    let app = App::new().await;
    // There is no such place.
    let places = samverkan::access::Places {
        access: "sqlite:///nowhere/at/all.db".to_owned(),
        exact: "sqlite:///nowhere/at/all.db".to_owned(),
        public: "sqlite:///nowhere/at/all.db".to_owned(),
    };
    let settings = Settings {
        access: Some(samverkan::access::Access::new(Environment::Live, places, Vec::new())),
        ..Settings::default()
    };
    let right = AccessKey::new(Environment::Live, "abcdefghijkl", "abcdefghijklmnopqrstuvwxyzabcd");
    let slip = right.reveal().replace("abcdefghijkl_", "abcdefghijkm_");
    let before = app.statements();
    ask(&app, &settings, Some(&slip), "{ service { version } }")
        .await
        .assert_status(StatusCode::UNAUTHORIZED);
    assert_eq!(app.statements(), before);
    // One that would have to be looked up cannot be; who has none is answered.
    let response = ask(&app, &settings, Some(right.reveal()), "{ service { version } }").await;
    response.assert_status(StatusCode::SERVICE_UNAVAILABLE);
    ask(&app, &settings, None, "{ service { version } }").await.assert_status_is_ok();
}

#[tokio::test]
async fn what_was_revoked_is_taken_five_seconds_longer_at_most() {
    let app = world().await;
    let text = key(&app, STAD, &[Scope::ReadOwn]).await;
    let (partners, start, now) = (app.partners(), Instant::now(), Utc::now());
    assert!(partners.viewer(&app.db, &text, None, now, start).await.is_ok());
    keys::revoke(&app.access().await, text.split('_').nth(2).unwrap(), now).await.unwrap();
    assert!(FRESH <= Duration::from_secs(5));
    let later = partners.viewer(&app.db, &text, None, now, start + FRESH).await;
    assert!(matches!(later, Err(Refusal::Invalid)), "{later:?}");
}

#[tokio::test]
async fn keys_are_rotated_without_a_gap_and_are_never_stored() {
    let app = world().await;
    let store = app.access().await;
    let text = key(&app, STAD, &[Scope::ReadOwn, Scope::AuditOwn]).await;
    let name = text.split('_').nth(2).unwrap();
    let later = Utc::now() + TimeDelta::days(300);
    let (next, row) = keys::rotate(&store, name, later, Utc::now()).await.unwrap();
    assert_eq!(row.scopes, "read:own audit:own");
    for key in [&*text, next.reveal()] {
        assert!(app.partners().viewer(&app.db, key, None, Utc::now(), Instant::now()).await.is_ok());
    }
    let third = keys::rotate(&store, name, later, Utc::now()).await;
    assert!(third.unwrap_err().to_string().contains("two keys"), "two at most");
    let db = store.connection();
    let all = Statement::from_string(db.get_database_backend(), "SELECT id, label, scopes FROM access_key");
    let rows = format!("{:?}", db.query_all_raw(all).await.unwrap());
    assert!(!rows.contains(text.split('_').nth(3).unwrap()));
    for row in access::keys::list(&store, None).await.unwrap() {
        assert_eq!(row.digest.len(), 32);
    }
}

#[tokio::test]
async fn a_viewer_has_its_projects_in_every_role_and_its_key() {
    let app = world().await;
    let own = key(&app, STAD, &[Scope::ReadOwn]).await;
    let query = "{ viewer { organisation { name } key { label scopes endsSoon }
        projects { totalCount nodes { name } } owned: projects(roles: [OWNER]) { totalCount }
        missing(limit: 2) { project { name } field } conflicts { conflict { field } } } }";
    let answer = asked(&app, &own, query).await;
    insta::assert_json_snapshot!("viewer", answer["data"]);
    let other = key(&app, FORBUND, &[Scope::ReadOwn]).await;
    let names = asked(&app, &other, "{ viewer { projects { nodes { name } } } }").await;
    let expected = json!([{"name": "Påhittat projekt 1"}, {"name": "Påhittat projekt 2"}]);
    assert_eq!(names["data"]["viewer"]["projects"]["nodes"], expected);
    // Nobody without a key.
    let nobody = json_of(ask(&app, &app.for_partners(), None, query).await).await;
    assert_eq!(nobody["data"], json!({"viewer": null}));
    assert!(nobody.get("errors").is_none());
}

const EXACT: &str =
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
async fn what_is_everybodys_is_the_same_with_a_key_and_is_cached_alike() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let own = key(&app, STAD, &Scope::ALL).await;
    let server = app.serve(app.for_partners()).await;
    let with = format!("authorization: Bearer {own}\r\nx-request-id: same\r\n");
    let without = "x-request-id: same\r\n";
    let body = |answer: &str| answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    for query in [
        "%7BparticipantOutcomes(by:[PROJECT],dimension:AGE)%7Bbasis%20total%7Bvalue%7Drows%7Bparticipants%7Bvalue%20lower%7D%7D%7D%7D",
        "%7BparticipantOutcomes(scope:PUBLIC)%7Btotal%7Bvalue%7D%7Dprojects%7Bnodes%7Bname%7D%7D%7D",
    ] {
        let path = format!("/graphql?query={query}");
        let (own, all) = (server.get(&path, &with).await, server.get(&path, without).await);
        assert_eq!(body(&own), body(&all));
        assert_eq!(header(&own, "etag"), header(&all, "etag"));
        assert_eq!(header(&own, "cache-control"), Some("public, no-cache"));
        assert!(header(&own, "vary").is_some_and(|vary| vary.contains("authorization")));
    }
    // What is its own is kept by nobody, asked by GET or by POST, by literal or by variable.
    let variable =
        "query=query(%24s:Scope!)%7BparticipantOutcomes(scope:%24s)%7Btotal%7Bvalue%7D%7D%7D&variables=";
    for path in [
        "/graphql?query=%7Bviewer%7Bkey%7Blabel%7D%7D%7D".to_owned(),
        "/graphql?query=%7BparticipantOutcomes(scope:OWN)%7Btotal%7Bvalue%7D%7D%7D".to_owned(),
        format!("/graphql?{variable}%7B%22s%22:%22OWN%22%7D"),
    ] {
        let answer = server.get(&path, &with).await;
        assert_eq!(header(&answer, "cache-control"), Some("private, no-store"), "{answer}");
        assert_eq!(header(&answer, "etag"), None);
    }
    let public = server.get(&format!("/graphql?{variable}%7B%22s%22:%22PUBLIC%22%7D"), &with).await;
    assert_eq!(header(&public, "cache-control"), Some("public, no-cache"), "{public}");
    let posted = server.post("{ viewer { participantOutcomes { total { value } } } }", &with).await;
    assert_eq!(header(&posted, "cache-control"), Some("private, no-store"));
}

#[tokio::test]
async fn viewers_never_see_each_others_answers() {
    let app = world().await;
    grant_own(&app, STAD).await;
    grant_own(&app, FORBUND).await;
    let [stad, forbund] = [key(&app, STAD, &Scope::ALL).await, key(&app, FORBUND, &Scope::ALL).await];
    let settings = Settings { concurrency: 10_000, ..app.for_partners() };
    let query = "{ projects { nodes { name participantOutcomes(scope: OWN) { total { value } } } }
        viewer { organisation { name } projects { totalCount } } }";
    let mut expected = Vec::new();
    for own in [Some(&*stad), Some(&*forbund), None] {
        expected.push(json_of(ask(&app, &settings, own, query).await).await.to_string());
    }
    assert!(expected[0] != expected[1] && expected[1] != expected[2]);
    let client = std::sync::Arc::new(app.client_with(&settings));
    let many = std::env::var("INTERLEAVED").ok().and_then(|many| many.parse().ok()).unwrap_or(300);
    let asking = (0..many).map(|at: usize| {
        let (client, own) = (client.clone(), [Some(&*stad), Some(&*forbund), None][at % 3]);
        let expected = &expected[at % 3];
        async move {
            let mut request = client.post("/graphql").body_json(&json!({ "query": query }));
            if let Some(own) = own {
                request = request.header("authorization", format!("Bearer {own}"));
            }
            assert_eq!(&json_of(request.send().await).await.to_string(), expected);
        }
    });
    futures_util::stream::iter(asking).buffer_unordered(32).collect::<Vec<()>>().await;
}

#[tokio::test]
async fn every_exact_answer_is_in_the_log_and_its_owner_reads_it() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let holder = decide::organisation(&app.db, FORBUND).await.unwrap();
    grants::create(&app.access().await, &holder, grants::What::Project(number_key("P-1").0), Utc::now())
        .await
        .unwrap();
    let other = key(&app, FORBUND, &[Scope::ReadExact]).await;
    let own = key(&app, STAD, &[Scope::AuditOwn, Scope::ReadExact]).await;
    let client = app.client_with(&app.for_partners());
    let query = "query Quarterly($s: Scope!) { participantOutcomes(scope: $s) { total { value } } }";
    let body = json!({ "query": query, "variables": {"s": "OWN"} });
    let request = client.post("/graphql").body_json(&body).header("x-purpose", "uppföljning kvartal 3");
    request.header("authorization", format!("Bearer {other}")).send().await.assert_status_is_ok();
    // A refused question shows nothing, and what is public leaves no trace.
    asked(&app, &other, "{ viewer { projects { totalCount } } }").await;
    ask(&app, &app.for_partners(), Some(&other), "{ participantOutcomes { total { value } } }").await;
    let log = "{ viewer { accessLog { totalCount nodes { organisation { name } purpose operation projects { name } } } } }";
    let answer = asked(&app, &own, log).await;
    let expected = json!({"totalCount": 1, "nodes": [{"organisation": {"name": FORBUND},
        "purpose": "uppföljning kvartal 3", "operation": "Quarterly", "projects": [{"name": "Påhittat projekt 1"}]}]});
    assert_eq!(answer["data"]["viewer"]["accessLog"], expected, "{answer}");
    // An entry is found again by its id, by those who may read it.
    let ids = asked(&app, &own, "{ viewer { accessLog { nodes { id } } } }").await;
    let id = ids["data"]["viewer"]["accessLog"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    for query in [
        format!("{{ node(id: \"{id}\") {{ id }} }}"),
        format!("query($i: ID! = \"{id}\") {{ node(id: $i) {{ id }} }}"),
    ] {
        assert_eq!(asked(&app, &own, &query).await["data"]["node"]["id"], id.as_str());
        assert!(asked(&app, &other, &query).await["data"]["node"].is_null());
        assert!(json_of(ask(&app, &app.for_partners(), None, &query).await).await["data"]["node"].is_null());
    }
    asked(&app, &own, EXACT).await;
    let verified = log::verify(&app.access().await).await.unwrap();
    assert_eq!((verified.entries, verified.first), (2, 1));
    // An entry about two projects of one organisation names both.
    let answer = asked(&app, &own, log).await;
    let projects = answer["data"]["viewer"]["accessLog"]["nodes"][1]["projects"].as_array().map(Vec::len);
    assert_eq!(projects, Some(2), "{answer}");
}

async fn sql(db: &impl ConnectionTrait, sql: &str) -> Result<(), String> {
    db.execute_unprepared(sql).await.map(drop).map_err(|cause| cause.to_string())
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_shown_and_all_else_goes_on() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let own = key(&app, STAD, &Scope::ALL).await;
    asked(&app, &own, EXACT).await;
    let store = app.access().await;
    sql(store.connection(), "ALTER TABLE access_entry RENAME TO access_gone").await.unwrap();
    let response = ask(&app, &app.for_partners(), Some(&own), EXACT).await;
    response.assert_status(StatusCode::SERVICE_UNAVAILABLE);
    let answer = json_of(response).await;
    assert!(answer.get("data").is_none(), "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
    let public = asked(&app, &own, "{ participantOutcomes { total { value } } }").await;
    assert_eq!(public["data"]["participantOutcomes"]["total"]["value"], 40);
}

#[tokio::test]
async fn the_log_refuses_changes_and_shows_those_made_behind_its_back() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let own = key(&app, STAD, &Scope::ALL).await;
    for _ in 0..3 {
        asked(&app, &own, EXACT).await;
    }
    let store = app.access().await;
    let db = store.connection();
    for statement in [
        "UPDATE access_entry SET purpose = 'another'",
        "DELETE FROM access_entry_project",
        "UPDATE access_entry_project SET project_id = organisation_id",
        "DELETE FROM access_entry",
    ] {
        let refused = sql(db, statement).await.unwrap_err();
        assert!(refused.contains("access log"), "{statement}: {refused}");
    }
    assert_eq!(log::verify(&store).await.unwrap().entries, 3);
    // Five years later they may go, oldest first; the tables go by their own clock, so nothing goes now.
    assert_eq!(log::retire(&store, Utc::now()).await.unwrap(), 0);
    // Somebody who owns the database can do anything, but not without being seen.
    let drop = if db.get_database_backend() == sea_orm::DatabaseBackend::Postgres {
        "DROP TRIGGER access_entry_stays ON access_entry"
    } else {
        "DROP TRIGGER access_entry_stays"
    };
    sql(db, drop).await.unwrap();
    sql(db, "UPDATE access_entry SET purpose = 'another' WHERE id = (SELECT id FROM access_entry ORDER BY sort_key DESC LIMIT 1)")
        .await
        .unwrap();
    let seen = log::verify(&store).await.unwrap_err().to_string();
    assert_eq!(seen, "entry 3 of the access log is not as it was written");
}

#[tokio::test]
async fn guessing_keys_uses_up_a_share() {
    let app = App::new().await;
    let settings = Settings { rate_limit: RateLimit::All(5_000), ..app.for_partners() };
    let server = app.serve(settings).await;
    let mut statuses = Vec::new();
    for at in 0..8 {
        let guess = AccessKey::new(Environment::Live, &format!("guess{at:07}"), &"x".repeat(30));
        let headers = format!("authorization: Bearer {}\r\n", guess.reveal());
        statuses.push(status(&server.post("{ service { version } }", &headers).await));
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
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
    let found = log::verify(&app.access().await).await.unwrap();
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
