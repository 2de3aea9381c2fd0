//! A failing database is an error with a code and a sentence, and tells the client nothing of itself.

use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::app::App;

#[tokio::test]
async fn a_table_that_is_gone_is_an_error_and_no_empty_answer() {
    let app = App::with_demo().await;
    app.db.execute_unprepared("DROP TABLE project_name").await.unwrap();
    let answer = app.answer("{ projects(first: 2) { nodes { name aliases } } }", Value::Null).await;
    let text = answer.to_string();
    assert_eq!(answer["errors"][0]["message"], "the database did not answer");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
    for secret in ["project_name", "SELECT", "relation", "sqlite", "no such table"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn a_nullable_field_that_fails_leaves_its_siblings() {
    let app = App::with_demo().await;
    // Something that only `owner` reads.
    app.db.execute_unprepared("ALTER TABLE organisation RENAME TO gone").await.unwrap();
    let query = "{ projects(first: 8) { nodes { name owner { name kind } } } }";
    let answer = app.answer(query, Value::Null).await;
    let nodes = answer["data"]["projects"]["nodes"].as_array().unwrap();
    assert!(nodes.iter().all(|node| node["name"].is_string() && node["owner"].is_null()));
    assert!(!answer["errors"].as_array().unwrap().is_empty());
}
