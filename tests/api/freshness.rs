//! Caches may keep public answers as long as the data stay the same.

use std::time::Duration;

use poem::http::Method;
use samverkan::http::Settings;
use serde_json::json;

use crate::app::{App, Running, header};

/// Not what is answered directly, whose statements are not counted.
const QUERY: &str = "query($n: Int) { projects(first: $n) { nodes { name } } service { version updatedAt } }";

#[tokio::test]
async fn an_answer_has_a_tag_that_lasts_as_long_as_the_data() {
    let app = App::with_demo().await;
    let client = app.client();
    let get = |variables: &str| client.get("/graphql").query("query", &QUERY).query("variables", &variables);
    let answer = get("{\"n\": 2}").send().await;
    answer.assert_status_is_ok();
    assert_eq!(answer.0.header("cache-control"), Some("public, no-cache"));
    let tag = answer.0.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.len() == 24, "{tag}");

    let again = get("{\"n\": 2}").header("if-none-match", format!("\"other\", W/{tag}")).send().await;
    assert_eq!(again.0.status().as_u16(), 304);
    assert_eq!(again.0.header("etag"), Some(&*tag));
    assert_eq!(again.0.into_body().into_bytes().await.unwrap().len(), 0);

    let other = get("{\"n\": 3}").header("if-none-match", &tag).send().await;
    assert_eq!(other.0.status().as_u16(), 200, "other variables, another answer");
    let other =
        get("{\"n\": 2}").header("if-none-match", &tag).header("accept", "application/graphql-response+json");
    assert_eq!(other.send().await.0.status().as_u16(), 200, "another media type, other bytes");

    app.import(
        "later.txt",
        "Projektets namn: Något nytt\nDiarienummer: 2024/00777\nProjektägare: Örebro kommun\n",
    )
    .await;
    let changed = get("{\"n\": 2}").header("if-none-match", &tag).send().await;
    assert_eq!(changed.0.status().as_u16(), 200);
    assert_ne!(changed.0.header("etag"), Some(&*tag));
}

#[tokio::test]
async fn the_data_version_that_was_read_stands_for_the_present_one_for_a_moment() {
    let app = App::with_demo().await;
    let tag = async |server: &Running| {
        let answer = server.get("/graphql?query={projects{nodes{name}}service{updatedAt}}", "").await;
        header(&answer, "etag").unwrap().to_owned()
    };
    let age = |version_age| Settings { version_age, ..Settings::default() };
    let long = app.serve(age(Duration::from_hours(1))).await;
    let none = app.serve(age(Duration::ZERO)).await;
    let before = tag(&long).await;
    assert_eq!(tag(&none).await, before);
    let statements = app.statements();
    assert_eq!(tag(&long).await, before);
    assert_eq!(app.statements(), statements, "an answer that is kept asks for nothing");
    let name = "Projektets namn: Något nytt\nDiarienummer: 2024/00777\nProjektägare: Örebro kommun\n";
    app.import("later.txt", name).await;
    assert_eq!(tag(&long).await, before);
    assert_ne!(tag(&none).await, before);
}

#[tokio::test]
async fn a_head_is_a_get_that_is_not_executed() {
    let app = App::with_demo().await;
    let client = app.client();
    let before = app.statements();
    let head = client.request(Method::HEAD, "/graphql").query("query", &QUERY).send().await;
    assert_eq!(head.0.status().as_u16(), 200);
    let tag = head.0.header("etag").unwrap().to_owned();
    assert_eq!(app.statements() - before, 1, "only the data version is read");
    let get = client.get("/graphql").query("query", &QUERY).send().await;
    assert_eq!(get.0.header("etag"), Some(&*tag));
    let wrong = client.request(Method::HEAD, "/graphql").query("query", &"{ nothing }");
    let wrong = wrong.header("accept", "application/graphql-response+json").send().await;
    assert_eq!(wrong.0.status().as_u16(), 400);
}

#[tokio::test]
async fn errors_and_answers_to_post_are_not_kept() {
    let app = App::with_demo().await;
    let client = app.client();
    let post =
        client.post("/graphql").content_type("application/json").body(json!({ "query": QUERY }).to_string());
    for answer in [
        post.send().await,
        client.get("/graphql").query("query", &"{ nothing }").send().await,
        client.get("/graphql").query("query", &"{ projects(first: 0) { totalCount } }").send().await,
    ] {
        assert_eq!(answer.0.header("cache-control"), Some("no-store"));
        assert_eq!(answer.0.header("etag"), None);
    }
}

#[tokio::test]
async fn what_is_asked_again_is_answered_from_memory_until_the_data_change() {
    let app = App::with_demo().await;
    let client = app.client();
    let ask = async || {
        let before = app.statements();
        let answer = client.post("/graphql").body_json(&json!({ "query": QUERY })).send().await;
        let body = answer.0.into_body().into_string().await.unwrap();
        (body, app.statements() - before)
    };
    let (first, _) = ask().await;
    assert_eq!(ask().await, (first.clone(), 1), "only the data version is read");
    let text = "Projektets namn: Aaa först\nDiarienummer: 2024/00778\nProjektägare: Örebro kommun\n";
    app.import("later.txt", text).await;
    let (changed, statements) = ask().await;
    assert!(changed != first && statements > 1, "{statements}: {changed}");
    // Without memory it is asked every time.
    let client = app.client_with(&Settings { response_cache: 0, ..Settings::default() });
    for _ in 0..2 {
        let before = app.statements();
        client.post("/graphql").body_json(&json!({ "query": QUERY })).send().await.assert_status_is_ok();
        assert!(app.statements() - before > 1);
    }
}
