//! Answers from memory: the same to the byte as those that were made, and taken from the share of who asks.

use std::io::Read;
use std::time::Duration;

use samverkan::http::{RateLimit, Settings};

use crate::app::{App, Running, header, status};

/// No test waits longer for what will come.
const PATIENCE: Duration = Duration::from_mins(1);
const QUERY: &str = "{ projects(first: 3) { nodes { name } } service { updatedAt } }";

/// A server that knows the version of the data once it was asked anything.
async fn serve(app: &App, settings: Settings) -> Running {
    app.serve(Settings { version_age: Duration::from_hours(1), ..settings }).await
}

/// All of an answer but when it was made and for which request.
fn lasting(answer: &str) -> Vec<&str> {
    answer.lines().filter(|line| !line.starts_with("date: ") && !line.starts_with("x-request-id: ")).collect()
}

/// What the answer may differ by.
fn vary(answer: &str) -> Vec<&str> {
    answer.lines().filter_map(|line| line.strip_prefix("vary: ")).collect()
}

#[tokio::test]
async fn an_answer_from_memory_is_the_one_that_was_made() {
    let app = App::with_demo().await;
    let address = format!("/graphql?query={}", QUERY.replace(' ', "+"));
    for (accept, kind) in [
        ("*/*", "application/json; charset=utf-8"),
        ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8"),
    ] {
        let server = serve(&app, Settings::default()).await;
        let accept = format!("accept: {accept}\r\n");
        let made = server.post(QUERY, &accept).await;
        let statements = app.statements();
        let kept = server.post(QUERY, &accept).await;
        assert_eq!((status(&kept), header(&kept, "content-type")), (200, Some(kind)), "{kept}");
        assert_eq!(lasting(&made), lasting(&kept));

        // What was asked in a body is in memory for who asks it in an address, though that is read for the first time.
        let first = server.get(&address, &accept).await;
        let again = server.get(&address, &accept).await;
        assert_eq!((status(&again), header(&again, "content-type")), (200, Some(kind)), "{again}");
        assert_eq!(lasting(&first), lasting(&again));
        let tag = header(&again, "etag").unwrap();
        let unchanged = server.get(&address, &format!("{accept}if-none-match: {tag}\r\n")).await;
        assert_eq!((status(&unchanged), header(&unchanged, "etag")), (304, Some(tag)), "{unchanged}");
        let head = format!("HEAD {address} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{accept}\r\n");
        let head = server.send(head).await;
        assert_eq!((status(&head), header(&head, "etag")), (200, Some(tag)), "{head}");
        assert_eq!(app.statements(), statements, "{accept}");
    }
}

#[tokio::test]
async fn who_takes_an_encoding_is_sent_the_bytes_that_were_encoded_when_it_was_first_asked_for() {
    let app = App::with_demo().await;
    let address = format!("/graphql?query={}", QUERY.replace(' ', "+"));
    let server = serve(&app, Settings::default()).await;
    let plain = server.get(&address, "").await;
    let statements = app.statements();
    let expected = ["accept, authorization, accept-encoding"];
    assert_eq!(vary(&plain), expected);
    for encoding in ["gzip", "br", "zstd"] {
        let accept = format!("accept-encoding: {encoding}\r\n");
        let first = server.get(&address, &accept).await;
        let again = server.get(&address, &accept).await;
        assert_eq!((status(&again), header(&again, "content-encoding")), (200, Some(encoding)), "{again}");
        assert_eq!(vary(&again), expected);
        assert_eq!(lasting(&first), lasting(&again));
        let length = |answer: &str| header(answer, "content-length").unwrap().parse::<usize>().unwrap();
        assert!(length(&again) < length(&plain), "{encoding}");
        let posted = server.post(QUERY, &accept).await;
        assert_eq!(header(&posted, "content-encoding"), Some(encoding));
        assert_eq!(length(&posted), length(&again));
    }
    assert_eq!(lasting(&server.get(&address, "").await), lasting(&plain));
    let held = format!("if-none-match: {}\r\n", header(&plain, "etag").unwrap());
    assert_eq!(vary(&server.get(&address, &held).await), expected);
    assert_eq!(app.statements(), statements);

    // Of one that is not kept, and compressed while it is sent.
    let once = serve(&app, Settings { response_cache: 0, ..Settings::default() }).await;
    assert_eq!(vary(&once.get(&address, "accept-encoding: gzip\r\n").await), expected);

    // The one that is made for somebody who takes an encoding goes out as it does from memory.
    let server = serve(&app, Settings::default()).await;
    let made = server.get(&address, "accept-encoding: gzip\r\n").await;
    assert_eq!(lasting(&made), lasting(&server.get(&address, "accept-encoding: gzip\r\n").await));
}

#[tokio::test]
async fn what_is_encoded_is_the_answer() {
    let app = App::with_demo().await;
    let client = app.client();
    let ask = async |encoding: &str| {
        let request = client.get("/graphql").query("query", &QUERY).header("accept-encoding", encoding);
        request.send().await.0.into_body().into_vec().await.unwrap()
    };
    let plain = ask("identity").await;
    assert!(plain.starts_with(b"{\"data\":"));
    for _ in 0..2 {
        let mut decoded = Vec::new();
        flate2::read::GzDecoder::new(&ask("gzip").await[..]).read_to_end(&mut decoded).unwrap();
        assert!(decoded == plain);
        decoded.clear();
        brotli::Decompressor::new(&ask("br").await[..], 4096).read_to_end(&mut decoded).unwrap();
        assert!(decoded == plain);
        assert!(zstd::decode_all(&ask("zstd").await[..]).unwrap() == plain);
    }
}

#[tokio::test]
async fn a_table_is_put_together_anew() {
    let app = App::with_demo().await;
    let server = serve(&app, Settings::default()).await;
    let address = "/graphql?query={projects(first:3){nodes{name}}}";
    let json = server.get(address, "").await;
    assert_eq!(header(&json, "content-type"), Some("application/json; charset=utf-8"));
    for _ in 0..2 {
        let table = server.get(address, "accept: text/csv\r\n").await;
        assert_eq!(
            header(&table, "content-type"),
            Some("text/csv; charset=utf-8; header=present"),
            "{table}"
        );
    }
}

#[tokio::test]
async fn what_is_in_memory_is_answered_until_the_data_are_known_to_have_changed() {
    let app = App::with_demo().await;
    let server = app.serve(Settings { version_age: Duration::from_millis(200), ..Settings::default() }).await;
    let body = async || server.post(QUERY, "").await.split_once("\r\n\r\n").unwrap().1.to_owned();
    let before = body().await;
    let text = "Projektets namn: Aaa först\nDiarienummer: 2024/00778\nProjektägare: Örebro kommun\n";
    app.import("later.txt", text).await;
    let changed = async {
        loop {
            let now = body().await;
            if now != before {
                break now;
            }
        }
    };
    let changed = tokio::time::timeout(PATIENCE, changed).await.unwrap();
    assert!(changed.contains("Aaa först"), "{changed}");
    assert_eq!(body().await, changed);
}

#[tokio::test]
async fn what_is_answered_from_memory_is_taken_from_the_share() {
    let app = App::with_demo().await;
    let server = serve(&app, Settings { rate_limit: RateLimit::All(100), ..Settings::default() }).await;
    let query = "{ projects(first: 10) { nodes { id name } } }";
    let left = |answer: &str| -> u32 {
        let share = header(answer, "ratelimit").unwrap();
        share.split([';', '=']).nth(2).unwrap().parse().unwrap()
    };
    let made = left(&server.post(query, "").await);
    let statements = app.statements();
    let kept = left(&server.post(query, "").await);
    // It grows meanwhile, by one or two.
    assert!(made == 60 && (20..40).contains(&kept), "{made} {kept}");
    let refused = server.post(query, "").await;
    assert!(status(&refused) == 429 && refused.contains("\"RATE_LIMITED\""), "{refused}");
    assert_eq!(app.statements(), statements);
}

#[tokio::test]
async fn what_is_in_memory_is_answered_while_others_have_every_turn() {
    let app = App::with_demo().await;
    let server = serve(&app, Settings { concurrency: 1, ..Settings::default() }).await;
    let made = server.post(QUERY, "").await;
    let held = crate::server::hold(&app).await;
    let waits = server.get("/graphql?query={projects(first:50){nodes{id}}}", "");
    let kept = async {
        // What needs a turn is sent away once the only one is taken.
        while status(&server.post("{ nothing }", "").await) != 503 {}
        server.post(QUERY, "").await
    };
    let (_, kept) = tokio::join!(waits, tokio::time::timeout(PATIENCE, kept));
    drop(held);
    assert_eq!(lasting(&kept.unwrap()), lasting(&made));
}
