//! Every exact answer is written down before it leaves.

use std::time::Instant;

use chrono::{TimeDelta, Utc};
use poem::http::StatusCode;
use samverkan::access::{Asker, grants, log};
use samverkan::decide;
use samverkan::domain::matching::number_key;
use samverkan::domain::scope::Scope;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::own_outcomes::EXACT;
use crate::partners::{FORBUND, STAD, ask, asked, grant_own, json_of, key, world};

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
    let verified = log::verify(&app.access().await, Utc::now()).await.unwrap();
    assert_eq!((verified.entries, verified.first), (2, 1));
    // An entry about two projects of one organisation names both.
    let answer = asked(&app, &own, log).await;
    let projects = answer["data"]["viewer"]["accessLog"]["nodes"][1]["projects"].as_array().map(Vec::len);
    assert_eq!(projects, Some(2), "{answer}");
}

/// Executes SQL, as somebody who owns the database could.
pub async fn sql(db: &impl ConnectionTrait, sql: &str) -> Result<(), String> {
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
    assert_eq!(log::verify(&store, Utc::now()).await.unwrap().entries, 3);
    // Five years later they may go, oldest first; the tables go by their own clock, so nothing goes now.
    assert_eq!(log::retire(&store, Utc::now()).await.unwrap(), 0);
    // Entries cannot be cut off at the beginning.
    let later = Utc::now() + TimeDelta::days(1);
    assert_eq!(log::retire(&store, later).await.unwrap(), 0);
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
    let seen = log::verify(&store, Utc::now()).await.unwrap_err().to_string();
    assert_eq!(seen, "entry 3 of the access log is not as it was written");
}

#[tokio::test]
async fn entries_go_when_five_years_are_over_and_the_last_of_them_vouches_for_the_rest() {
    let app = world().await;
    grant_own(&app, STAD).await;
    let own = key(&app, STAD, &Scope::ALL).await;
    let (partners, store) = (app.partners(), app.access().await);
    let viewer = partners.viewer(&app.db, &own, None, Utc::now(), Instant::now()).await.unwrap();
    let now = Utc::now();
    let then = now.checked_sub_months(chrono::Months::new(60)).unwrap();
    // Some minutes, and some seconds, beyond five years.
    for at in [then - TimeDelta::minutes(7), then - TimeDelta::seconds(90), then - TimeDelta::seconds(5), now]
    {
        let shown = log::Shown {
            asker: Asker { viewer: viewer.clone(), purpose: None },
            at,
            request: "a".to_owned(),
            operation: None,
            document: String::new(),
            variables: String::new(),
            projects: Vec::new(),
            participations: 1,
        };
        partners.log(&app.db, shown).await.unwrap();
    }
    assert_eq!(log::retire(&store, now).await.unwrap(), 2);
    let found = log::verify(&store, now).await.unwrap();
    assert_eq!((found.entries, found.first), (2, 3));
    // What is younger than five years cannot be missing at the beginning.
    let earlier = now - TimeDelta::days(1);
    let missing = log::verify(&store, earlier).await.unwrap_err().to_string();
    assert_eq!(missing, "the access log has no entry 2");
}
