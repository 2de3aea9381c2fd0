//! Partners: keys, rights, and what they may see beyond what everybody may.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use futures_util::StreamExt;
use poem::http::StatusCode;
use poem::test::TestResponse;
use samverkan::access::keys::{self, New};
use samverkan::access::{FRESH, Refusal, grants};
use samverkan::decide;
use samverkan::domain::access_key::{AccessKey, Environment};
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

/// What is answered to who has a key.
pub async fn asked(app: &App, key: &str, query: &str) -> Value {
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
    let settings = Settings { concurrency: 10_000, rate_limit: RateLimit::None, ..app.for_partners() };
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
