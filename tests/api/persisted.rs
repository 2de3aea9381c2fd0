//! Documents that are sent once, or never: automatic persisted queries and trusted documents.

use poem::Endpoint;
use poem::test::TestClient;
use samverkan::graphql::TrustedDocuments;
use samverkan::http::{Settings, Stopping, routes};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::App;

const QUERY: &str = "{ projects { totalCount } }";

fn hash(query: &str) -> String {
    hex::encode(Sha256::digest(query))
}

async fn post(client: &TestClient<impl Endpoint>, body: Value) -> Value {
    let answer = client.post("/graphql").content_type("application/json").body(body.to_string()).send().await;
    answer.json().await.value().deserialize()
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

#[tokio::test]
async fn a_document_is_known_by_its_hash_after_it_was_answered_once() {
    let app = App::with_demo().await;
    let client = app.client();
    let persisted = json!({"persistedQuery": {"version": 1, "sha256Hash": hash(QUERY)}});
    let unknown = post(&client, json!({"extensions": persisted})).await;
    assert_eq!(
        (code(&unknown), &unknown["errors"][0]["message"]),
        (&json!("PERSISTED_QUERY_NOT_FOUND"), &json!("PersistedQueryNotFound"))
    );
    let sent = post(&client, json!({"query": QUERY, "extensions": persisted})).await;
    assert_eq!(sent["data"]["projects"]["totalCount"], 41);
    assert_eq!(post(&client, json!({"extensions": persisted})).await, sent);
    let get = client.get("/graphql").query("extensions", &persisted.to_string()).send().await;
    assert_eq!(get.json().await.value().deserialize::<Value>(), sent);
    let by_id = post(&client, json!({"documentId": format!("sha256:{}", hash(QUERY))})).await;
    assert_eq!(by_id, sent);
    // What is not valid is never kept.
    let wrong = json!({"persistedQuery": {"version": 1, "sha256Hash": hash("{ nothing }")}});
    assert_eq!(
        code(&post(&client, json!({"query": "{ nothing }", "extensions": wrong})).await),
        "GRAPHQL_VALIDATION_FAILED"
    );
    assert_eq!(code(&post(&client, json!({"extensions": wrong})).await), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn a_hash_that_is_not_the_documents_is_refused() {
    let app = App::new().await;
    let client = app.client();
    for (body, message) in [
        (
            json!({"query": QUERY, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash("{a}")}}}),
            "is not the hash",
        ),
        (
            json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}}),
            "64 hexadecimal digits",
        ),
        (json!({"extensions": {"persistedQuery": {"sha256Hash": hash(QUERY)}}}), "version: must be 1"),
        (json!({"query": QUERY, "documentId": "a"}), "documentId: cannot be given together with query"),
    ] {
        let answer = post(&client, body.clone()).await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{body}");
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains(message), "{answer}");
    }
}

#[tokio::test]
async fn trusted_documents_are_answered_by_id_and_others_not_where_only_they_are() {
    let app = App::with_demo().await;
    let manifest =
        json!({"operations": [{"id": "count", "name": "Count", "type": "query", "body": QUERY}]}).to_string();
    let trusted = TrustedDocuments::parse(&manifest, true).unwrap();
    let client = app.client_with(&Settings { trusted, ..Settings::default() });
    for body in [json!({"documentId": "count"}), json!({"query": QUERY})] {
        assert_eq!(post(&client, body).await["data"]["projects"]["totalCount"], 41);
    }
    let persisted = json!({"persistedQuery": {"version": 1, "sha256Hash": hash(QUERY)}});
    assert!(post(&client, json!({"extensions": persisted})).await.get("errors").is_none());
    assert_eq!(code(&post(&client, json!({"query": "{ __typename }"})).await), "FORBIDDEN");
    assert_eq!(code(&post(&client, json!({"documentId": "other"})).await), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn a_trusted_document_that_cannot_be_answered_stops_the_start() {
    let app = App::new().await;
    let trusted = TrustedDocuments::parse(r#"{"wrong": "{ nothing }"}"#, false).unwrap();
    let settings = Settings { trusted, ..Settings::default() };
    let refused = routes(app.db.clone().into(), &settings, Stopping::default()).err().unwrap().to_string();
    assert!(refused.contains("wrong") && refused.contains("nothing"), "{refused}");
    assert!(TrustedDocuments::parse("[1]", false).is_err());
}
