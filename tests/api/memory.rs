//! Answers from memory: the same to the byte as those that were made, and taken from the share of who asks.

use std::time::Duration;

use samverkan::http::{RateLimit, Settings};

use crate::app::{App, Running, header, status};

const QUERY: &str = "{ projects(first: 3) { nodes { name } } service { updatedAt } }";

/// A server that knows the version of the data once it was asked anything.
async fn serve(app: &App, settings: Settings) -> Running {
    app.serve(Settings { version_age: Duration::from_hours(1), ..settings }).await
}

/// All of an answer but when it was made and for which request.
fn lasting(answer: &str) -> Vec<&str> {
    answer.lines().filter(|line| !line.starts_with("date: ") && !line.starts_with("x-request-id: ")).collect()
}

#[tokio::test]
async fn an_answer_from_memory_is_the_one_that_was_made() {
    let app = App::with_demo().await;
    let server = serve(&app, Settings { rate_limit: RateLimit::None, ..Settings::default() }).await;
    let address = format!("/graphql?query={}", QUERY.replace(' ', "+"));
    let rows = "/graphql?query={projects(first:3){nodes{name}}}";
    for accept in ["*/*", "application/graphql-response+json", "application/json;q=0.5,text/html"] {
        let accept = format!("accept: {accept}\r\n");
        let made = [server.post(QUERY, &accept).await, server.get(&address, &accept).await];
        let statements = app.statements();
        let kept = [server.post(QUERY, &accept).await, server.get(&address, &accept).await];
        assert_eq!(app.statements(), statements, "{accept}");
        for (made, kept) in made.iter().zip(&kept) {
            assert_eq!((status(made), lasting(made)), (200, lasting(kept)));
        }
        let tag = header(&kept[1], "etag").unwrap();
        let unchanged = server.get(&address, &format!("{accept}if-none-match: {tag}\r\n")).await;
        assert_eq!((status(&unchanged), header(&unchanged, "etag")), (304, Some(tag)), "{unchanged}");
        let head = format!("HEAD {address} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{accept}\r\n");
        let head = server.send(head).await;
        assert_eq!((status(&head), header(&head, "etag")), (200, Some(tag)), "{head}");
        assert_eq!(app.statements(), statements, "{accept}");
    }
    // A table is put together anew, of what was asked with another type too.
    let table = [server.get(rows, "").await, server.get(rows, "accept: text/csv\r\n").await];
    assert_eq!(status(&table[1]), 200, "{}", table[1]);
    assert!(header(&table[1], "content-type").unwrap().starts_with("text/csv"), "{}", table[1]);
    assert_eq!(lasting(&table[1]), lasting(&server.get(rows, "accept: text/csv\r\n").await));
}

#[tokio::test]
async fn what_is_answered_from_memory_is_taken_from_the_share() {
    let app = App::with_demo().await;
    let server = serve(&app, Settings { rate_limit: RateLimit::All(100), ..Settings::default() }).await;
    let query = "{ projects(first: 10) { nodes { id name } } }";
    let mut left = Vec::new();
    for _ in 0..2 {
        let answer = server.post(query, "").await;
        left.push(header(&answer, "ratelimit").unwrap().split(';').nth(1).unwrap().to_owned());
    }
    assert_eq!(left, ["r=60", "r=20"]);
    let refused = server.post(query, "").await;
    assert!(status(&refused) == 429 && refused.contains("\"RATE_LIMITED\""), "{refused}");
}

#[tokio::test]
async fn what_is_in_memory_is_answered_while_others_have_every_turn() {
    let app = App::with_demo().await;
    let server = serve(&app, Settings { concurrency: 1, ..Settings::default() }).await;
    let made = server.post(QUERY, "").await;
    let held = crate::server::hold(&app).await;
    let mut waits = server.connect().await;
    let large = "GET /graphql?query={projects(first:50){nodes{id}}} HTTP/1.1\r\nhost: here\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut waits, large.as_bytes()).await.unwrap();
    // Once the only turn is taken, what needs one is sent away.
    while status(&server.post("{ nothing }", "").await) != 503 {}
    assert_eq!(lasting(&server.post(QUERY, "").await), lasting(&made));
    drop(held);
}
