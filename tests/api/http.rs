//! The server as browsers and operators meet it.

use poem::http::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn a_question_by_post_and_by_get_has_the_same_answer() {
    let app = App::with_demo().await;
    let client = app.client();
    let query = "{ projects { totalCount } }";
    let body = json!({ "query": query }).to_string();
    let post = client.post("/graphql").content_type("application/json").body(body).send().await;
    let get = client.get("/graphql").query("query", &query).send().await;
    let expected = json!({
        "data": {"projects": {"totalCount": 41}},
        "extensions": {"cost": {"requested": 20, "limit": 50_000}},
    });
    assert_eq!(post.json().await.value().deserialize::<Value>(), expected);
    assert_eq!(get.json().await.value().deserialize::<Value>(), expected);
}

#[tokio::test]
async fn pages_are_served_with_a_policy_that_lets_nothing_in() {
    let app = App::with_demo().await;
    let client = app.client();
    for (page, media) in [
        ("/", "text/html; charset=utf-8"),
        ("/graphiql", "text/html; charset=utf-8"),
        ("/schema.graphql", "text/plain; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/graphiql.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/assets/examples.json", "application/json"),
    ] {
        let answer = client.get(page).send().await;
        answer.assert_status_is_ok();
        // One alone: browsers do not agree on which of several counts.
        let kinds: Vec<_> = answer.0.headers().get_all("content-type").iter().collect();
        assert_eq!(kinds, [media], "{page}");
        let policies: Vec<_> = answer.0.headers().get_all("content-security-policy").iter().collect();
        assert_eq!(policies.len(), 1, "{page}");
        let policy = answer.0.header("content-security-policy").unwrap().to_owned();
        assert!(policy.contains("default-src 'self'"), "{page}: {policy}");
        assert_eq!(answer.0.header("x-content-type-options"), Some("nosniff"), "{page}");
    }
    client.get("/assets/index.html").send().await.assert_status(StatusCode::NOT_FOUND);
    for nothing in ["/nothing", "/graphql/", "/graphqlx", "/graphql/x", "/%67raphql", "//graphql"] {
        client.get(nothing).send().await.assert_status(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_overview_tells_what_the_database_holds() {
    let app = App::with_demo().await;
    let client = app.client();
    let page = client.get("/").send().await.0.into_body().into_string().await.unwrap();
    assert!(page.contains(">41<"), "{page}");
    assert!(!page.contains("{{"), "{page}");
}

#[tokio::test]
async fn a_server_without_its_tables_lives_but_is_not_ready() {
    let app = App::new().await;
    let client = app.client();
    client.get("/health/ready").send().await.assert_status_is_ok();
    app.db.execute_unprepared("DELETE FROM _sqlx_migrations").await.unwrap();
    app.db.execute_unprepared("DROP TABLE data_version").await.unwrap();
    client.get("/health/live").send().await.assert_status_is_ok();
    client.get("/health/ready").send().await.assert_status(StatusCode::SERVICE_UNAVAILABLE);
    client.get("/").send().await.assert_status(StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_served_schema_is_the_published_one() {
    let app = App::new().await;
    let client = app.client();
    let served = client.get("/schema.graphql").send().await.0.into_body().into_string().await.unwrap();
    assert!(served.trim_end() == samverkan::graphql::sdl().trim_end());
}
