//! The server on a real port: what goes wrong on a connection harms nobody else.

use std::time::Duration;

use samverkan::http::{RateLimit, Settings};
use sea_orm::ConnectionTrait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::app::{App, header, status};

const SMALL: &str = "/graphql?query=%7B__typename%7D";
const LARGE: &str = "/graphql?query=%7Bprojects(first:40)%7Bnodes%7Bid%20name%7D%7D%7D";

#[tokio::test]
async fn answers_are_compressed_and_each_encoding_has_its_own_tag() {
    let app = App::with_demo().await;
    let server = app.serve(Settings::default()).await;
    let plain = server.get(LARGE, "").await;
    let tag = header(&plain, "etag").unwrap().trim_matches('"').to_owned();
    for encoding in ["br", "gzip", "zstd"] {
        let answer = server.get(LARGE, &format!("accept-encoding: {encoding}\r\n")).await;
        assert_eq!((status(&answer), header(&answer, "content-encoding")), (200, Some(encoding)));
        let own = format!("\"{tag}-{encoding}\"");
        assert_eq!(header(&answer, "etag"), Some(&*own));
        assert!(answer.len() < plain.len(), "{encoding}");
        let held = format!("accept-encoding: {encoding}\r\nif-none-match: {own}\r\n");
        let again = server.get(LARGE, &held).await;
        assert_eq!((status(&again), header(&again, "etag")), (304, Some(&*own)));
    }
    let many = format!("if-none-match: \"other\"\r\nif-none-match: W/\"{tag}-br\"\r\n");
    assert_eq!(status(&server.get(LARGE, &many).await), 304);
    for short in ["/health/live", "/health/ready"] {
        let short = server.get(short, "accept-encoding: gzip\r\n").await;
        assert_eq!(header(&short, "content-encoding"), None);
        assert!(header(&short, "content-length").is_some(), "{short}");
    }
    let unwanted = server.get(LARGE, "accept-encoding: gzip;q=0, br;q=0\r\n").await;
    assert_eq!(header(&unwanted, "content-encoding"), None);
}

#[tokio::test]
async fn only_pages_of_named_origins_may_read_answers() {
    let app = App::new().await;
    let preflight = "access-control-request-method: POST\r\naccess-control-request-headers: content-type\r\n";
    let closed = app.serve(Settings::default()).await;
    let answer = closed.get(SMALL, "origin: https://other.example\r\n").await;
    assert_eq!((status(&answer), header(&answer, "access-control-allow-origin")), (200, None));
    let origins = vec!["https://dashboard.example".to_owned()];
    let open = app.serve(Settings { origins, ..Settings::default() }).await;
    for (origin, allowed) in [("https://dashboard.example", true), ("https://other.example", false)] {
        let answer = open.get(SMALL, &format!("origin: {origin}\r\n")).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), allowed.then_some(origin));
        assert_eq!(header(&answer, "access-control-allow-credentials"), None);
        let ask =
            format!("OPTIONS /graphql HTTP/1.1\r\nhost: here\r\nconnection: close\r\norigin: {origin}\r\n");
        let answer = open.send(format!("{ask}{preflight}\r\n")).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), allowed.then_some(origin), "{answer}");
    }
    // Nobody else's preflight is answered by the rules for pages.
    let plain = closed.send("OPTIONS /graphql HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await;
    assert_eq!((status(&plain), header(&plain, "allow")), (204, Some("GET, HEAD, POST, OPTIONS")));
    let wrong = Settings { origins: vec!["dashboard.example".to_owned()], ..Settings::default() };
    let bound = samverkan::http::bind("127.0.0.1:0").await.unwrap();
    let refused = bound.serve(app.db.clone(), wrong, std::future::pending()).await.unwrap_err().to_string();
    assert!(refused.contains("CORS_ORIGINS: dashboard.example"), "{refused}");
}

#[tokio::test]
async fn a_share_that_is_used_up_is_said_so() {
    let app = App::with_demo().await;
    let server = app.serve(Settings { rate_limit: RateLimit::All(100), ..Settings::default() }).await;
    let query = "{ projects(first: 20) { nodes { id name } } }";
    let first = server.post(query, "").await;
    assert_eq!((status(&first), header(&first, "ratelimit-policy")), (200, Some("\"cost\";q=100;w=60")));
    assert!(header(&first, "ratelimit").unwrap().starts_with("\"cost\";r=30;"), "{first}");
    let second = server.post(query, "").await;
    let export = server.get("/export/projects.csv", "").await;
    assert!(
        status(&export) == 429 && export.ends_with("Your share of 100 a minute is used up.\n"),
        "{export}"
    );
    assert!(status(&second) == 429 && second.contains("\"RATE_LIMITED\""), "{second}");
    assert!(header(&second, "retry-after").unwrap().parse::<u64>().unwrap() > 0);
    // A proxy that nobody named is not believed.
    assert_eq!(status(&server.post(query, "x-forwarded-for: 198.51.100.1\r\n").await), 429);
}

#[tokio::test]
async fn two_lengths_are_one_too_many() {
    let app = App::new().await;
    let server = app.serve(Settings::default()).await;
    let post = "POST /graphql HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n";
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    for (head, body) in [
        ("content-length: 5\r\ncontent-length: 6\r\n", "{\"a\":"),
        ("content-length: +5\r\n", "{\"a\":"),
        ("transfer-encoding: chunked\r\n", "zz\r\nabc\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n"),
        ("transfer-encoding: identity, chunked, x\r\n", "0\r\n\r\n"),
    ] {
        let answer = server.send(format!("{post}{head}\r\n{body}{smuggled}")).await;
        // The server may break off before its refusal has come over.
        assert!(!answer.contains("\r\n\r\n") || (400..500).contains(&status(&answer)), "{head}: {answer}");
        assert!(
            !answer.contains(" 404 "),
            "{head}: what followed was taken for a request of its own: {answer}"
        );
    }
    // With both, the chunks count, and what follows them is never a second request.
    let both = format!("{post}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n{smuggled}");
    let answer = server.send(both).await;
    assert!(!answer.contains("\r\n\r\n") || status(&answer) == 400, "{answer}");
    for head in ["", "host: a\r\nhost: b\r\n", "host: here\r\ntransfer-encoding: gzip, chunked\r\n"] {
        let answer = server.send(format!("GET {SMALL} HTTP/1.1\r\nconnection: close\r\n{head}\r\n")).await;
        assert_eq!(status(&answer), 400, "{head}");
        assert!(answer.contains(r#""code":"BAD_USER_INPUT""#), "{head}: {answer}");
    }
    assert_eq!(status(&server.get(SMALL, "").await), 200);
}

#[tokio::test]
async fn a_body_in_pieces_is_one_and_has_the_limit_of_one() {
    let app = App::with_demo().await;
    let query = r#"{"query":"{ service { version } }"}"#;
    let server = app.serve(Settings { body: query.len(), ..Settings::default() }).await;
    let send = async |body: &str| {
        let chunks: Vec<_> = body.chars().map(|byte| format!("1\r\n{byte}\r\n")).collect();
        let chunks = chunks.concat();
        let head =
            "host: here\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked";
        server.send(format!("POST /graphql HTTP/1.1\r\n{head}\r\n\r\n{chunks}0\r\n\r\n")).await
    };
    let answer = send(query).await;
    assert!(status(&answer) == 200 && answer.contains(r#"{"data":{"service":"#), "{answer}");
    let answer = send(&format!("{query} ")).await;
    assert_eq!(status(&answer), 413, "{answer}");
}

#[tokio::test]
async fn slow_clients_are_let_go_and_others_do_not_notice() {
    let app = App::with_demo().await;
    let short = Duration::from_millis(300);
    let settings =
        Settings { read_timeout: short, idle_timeout: short, concurrency: 2, ..Settings::default() };
    let server = app.serve(settings).await;
    let mut slow = Vec::new();
    for begun in [
        "GET /graphql HTTP/1.1\r\nhost",
        "POST /graphql HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    ] {
        for _ in 0..100 {
            let mut connection = server.connect().await;
            connection.write_all(begun.as_bytes()).await.unwrap();
            slow.push(connection);
        }
    }
    assert_eq!(status(&server.get(LARGE, "").await), 200);
    for mut connection in slow {
        let mut answer = String::new();
        // It comes back when the server lets go.
        let _reset = connection.read_to_string(&mut answer).await;
        assert!(answer.is_empty() || [400, 408].contains(&status(&answer)), "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go() {
    let app = App::with_demo().await;
    let settings =
        Settings { idle_timeout: Duration::from_millis(300), connections: 1, ..Settings::default() };
    let server = app.serve(settings).await;
    let mut stuck = server.connect().await;
    let request = "GET /assets/graphiql.js HTTP/1.1\r\nhost: here\r\n\r\n".repeat(50);
    stuck.write_all(request.as_bytes()).await.unwrap();
    // There is room for one connection, so this is answered when the other was let go.
    assert_eq!(status(&server.get(SMALL, "").await), 200);
}

#[tokio::test]
async fn too_much_at_once_is_sent_away_and_the_rest_is_answered() {
    let app = App::with_demo().await;
    let server = app.serve(Settings { concurrency: 1, ..Settings::default() }).await;
    let held = hold(&app).await;
    let asked: Vec<_> = (0..12).map(|_| server.get(LARGE, "")).collect();
    let answers = futures_util::future::join_all(asked).await;
    drop(held);
    // One has its turn and waits for the database; the others wait for theirs.
    for answer in &answers {
        assert_eq!((status(answer), header(answer, "retry-after")), (503, Some("1")));
        assert!(answer.contains("\"SERVICE_UNAVAILABLE\""), "{answer}");
    }
    let away = answers.iter().filter(|answer| answer.contains("the service has too much to do")).count();
    assert_eq!(away, 11);
    assert_eq!(status(&server.get(LARGE, "").await), 200);
}

#[tokio::test]
async fn a_client_that_leaves_gives_its_turn_to_the_next() {
    let app = App::with_demo().await;
    let server = app.serve(Settings { concurrency: 1, ..Settings::default() }).await;
    let held = hold(&app).await;
    let mut leaving = server.connect().await;
    leaving.write_all(format!("GET {LARGE} HTTP/1.1\r\nhost: here\r\n\r\n").as_bytes()).await.unwrap();
    // What needs a turn and no database tells when the only turn is taken: then it is sent away.
    let needs_a_turn = "{ nothing }";
    while status(&server.post(needs_a_turn, "").await) != 503 {}
    drop(leaving);
    let next = server.post(needs_a_turn, "").await;
    assert!(next.contains("GRAPHQL_VALIDATION_FAILED"), "{next}");
    drop(held);
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let app = App::with_demo().await;
    let server =
        app.serve(Settings { request_timeout: Duration::from_millis(200), ..Settings::default() }).await;
    let held = hold(&app).await;
    let answer = server.get(LARGE, "").await;
    assert!(
        status(&answer) == 503 && answer.contains("\"TIMEOUT\"") && answer.contains("requestId"),
        "{answer}"
    );
    drop(held);
    assert_eq!(status(&server.get(LARGE, "").await), 200);
}

/// Takes every connection to the database, so that requests wait.
pub async fn hold(app: &App) -> Vec<sea_orm::DatabaseTransaction> {
    use sea_orm::TransactionTrait;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(app.db.begin().await.unwrap());
    }
    held
}

#[tokio::test]
async fn a_server_that_stops_says_so_finishes_what_it_has_and_ends() {
    let app = App::with_demo().await;
    let mut server = app.serve(Settings::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(format!("GET {SMALL} HTTP/1.1\r\nhost: here\r\n\r\n").as_bytes()).await.unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    assert_eq!(status(&server.get("/health/ready", "").await), 200);

    let held = hold(&app).await;
    let mut working = server.connect().await;
    let ask = format!("GET {LARGE} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
    working.write_all(ask.as_bytes()).await.unwrap();
    server.stop.take().unwrap().send(Duration::from_secs(1)).unwrap();
    // It goes on serving while a balancer looks elsewhere.
    let mut ready = server.get("/health/ready", "").await;
    while status(&ready) == 200 {
        ready = server.get("/health/ready", "").await;
    }
    assert!(status(&ready) == 503 && ready.ends_with("stopping\n"), "{ready}");
    drop(held);
    let mut answer = String::new();
    working.read_to_string(&mut answer).await.unwrap();
    assert_eq!(status(&answer), 200, "what was begun is finished");
    server.done.await.unwrap();
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err(), "the port is free");
}

#[tokio::test]
async fn a_head_that_cannot_be_read_is_refused_like_all_else() {
    let server = App::new().await.serve(Settings::default()).await;
    // As much as is read: who sends more may not get to read what is answered.
    let mut large = format!("GET {SMALL} HTTP/1.1\r\nhost: here\r\na: ");
    large.extend(std::iter::repeat_n('x', (64 << 10) - large.len()));
    let many = format!("GET {SMALL} HTTP/1.1\r\nhost: here\r\n{}\r\n", "a: b\r\n".repeat(101));
    let after = format!("GET {SMALL} HTTP/1.1\r\nhost: here\r\n\r\nNO\r\n\r\n");
    for (request, expected) in
        [("NO\r\n\r\n", 400), ("GET / HTTP/3.0\r\n\r\n", 400), (&*after, 400), (&*large, 431), (&*many, 431)]
    {
        let answer = server.send(request).await;
        let last = &answer[answer.rfind("HTTP/1.1 ").unwrap()..];
        assert_eq!((status(last), header(last, "connection")), (expected, Some("close")), "{answer}");
        assert_eq!(header(last, "content-type"), Some("application/json; charset=utf-8"));
        let (_, body) = last.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    assert_eq!(status(&server.get(SMALL, "").await), 200);
}

#[tokio::test]
async fn a_database_that_is_away_is_not_ready_and_says_so() {
    let app = App::with_demo().await;
    let server = app.serve(Settings::default()).await;
    app.db.execute_unprepared("ALTER TABLE data_version RENAME TO gone").await.unwrap();
    let answer = server.get(LARGE, "x-request-id: my-own\r\n").await;
    assert!(status(&answer) == 503 && answer.contains("\"requestId\":\"my-own\""), "{answer}");
    assert!(!answer.contains("data_version"), "{answer}");
}
