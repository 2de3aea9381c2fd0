//! Execution by the specification: keys in the order of the selection, `@skip` and `@include`, nulls and paths.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn keys_stand_in_the_order_of_the_selection() {
    let app = App::with_demo().await;
    let query = "{ projects(first: 1) { nodes { owner { name } name id aliases __typename period { edtf } n: name } } }";
    let answer = app.text(query).await;
    let places: Vec<usize> = ["owner", "name", "id", "aliases", "__typename", "period", "n"]
        .map(|key| answer.rfind(&format!("\"{key}\":")).unwrap())
        .to_vec();
    assert!(places.is_sorted(), "{answer}");
}

#[tokio::test]
async fn what_is_skipped_leaves_an_empty_object() {
    let app = App::with_demo().await;
    let query = "query($no: Boolean = false) { service @include(if: true) { version @skip(if: true) }
        projects @include(if: $no) { totalCount } ... @skip(if: true) { gone: service { version } } }";
    assert_eq!(app.ask(query).await, json!({"service": {}}));
}

#[tokio::test]
async fn a_failing_field_nulls_its_nearest_nullable_parent_and_says_where() {
    let app = App::with_demo().await;
    // What only `owner` and `organisation` read.
    app.db.execute_unprepared("ALTER TABLE organisation RENAME TO gone").await.unwrap();
    let number = "2019/00163";
    let query = format!(
        "{{ project(by: {{number: \"{number}\"}}) {{ name owner {{ name }} }} service {{ version }} }}"
    );
    let answer = app.answer(&query, Value::Null).await;
    assert_eq!(answer["data"]["project"]["owner"], Value::Null, "{answer}");
    assert!(
        answer["data"]["project"]["name"].is_string() && answer["data"]["service"]["version"].is_string()
    );
    assert_eq!(answer["errors"][0]["path"], json!(["project", "owner"]));

    let query = format!(
        "{{ project(by: {{number: \"{number}\"}}) {{ name partnerships {{ nodes {{ organisation {{ name }} }} }} }}
            service {{ version }} }}"
    );
    let answer = app.answer(&query, Value::Null).await;
    assert_eq!(answer["data"]["project"], Value::Null, "nothing below the project is nullable: {answer}");
    assert!(answer["data"]["service"]["version"].is_string());
    let path = answer["errors"][0]["path"].as_array().unwrap();
    assert_eq!(path[..3], [json!("project"), json!("partnerships"), json!("nodes")], "{answer}");
    assert!(path[3].is_u64() && path[4] == "organisation", "{answer}");
}

#[tokio::test]
async fn the_path_of_an_error_below_lists_names_every_step() {
    let app = App::with_demo().await;
    app.db.execute_unprepared("DROP TABLE project_name").await.unwrap();
    let answer = app.answer("{ projects(first: 2) { nodes { name aliases } } }", Value::Null).await;
    let path = answer["errors"][0]["path"].as_array().unwrap();
    assert_eq!((path.len(), &path[3]), (4, &json!("aliases")), "{answer}");
    assert_eq!(answer["data"], Value::Null, "nothing above is nullable");
    let wrong = "{ projects(first: 3) { nodes { partnerships(first: 0) { totalCount } } } }";
    let answer = app.answer(wrong, Value::Null).await;
    assert_eq!(answer["errors"][0]["path"][3], "partnerships", "{answer}");
}

#[tokio::test]
async fn a_failure_of_ours_is_logged_under_the_id_that_the_client_gets() {
    let app = App::with_demo().await;
    app.db.execute_unprepared("DROP TABLE project_name").await.unwrap();
    let answer = app.answer("{ projects(first: 1) { nodes { aliases } } }", Value::Null).await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["classification"], "SERVICE_FAILURE");
    assert_eq!(extensions["requestId"], "test");
}
