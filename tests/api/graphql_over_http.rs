//! GraphQL over HTTP: what comes in, what status and media type go out.

use poem::http::Method;
use samverkan::http::{Settings, StatusCodes};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::app::App;

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

#[tokio::test]
async fn every_refusal_is_json_with_its_status() {
    let app = App::new().await;
    let client = app.client();
    let version = "{\"query\": \"{ service { version } }\"}";
    let large = json!({ "query": " ".repeat(300 * 1024) }).to_string();
    for (kind, body, status) in [
        ("text/plain", version, 415),
        ("application/x-www-form-urlencoded", "query={__typename}", 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        ("application/json; charset=latin1", version, 415),
        ("", version, 415),
        (JSON, "", 400),
        (JSON, "{", 400),
        (JSON, "\u{feff}{}", 400),
        (JSON, "null", 400),
        (JSON, "[{\"query\": \"{ service { version } }\"}]", 400),
        (JSON, "{}", 400),
        (JSON, "{\"query\": \"\"}", 400),
        (JSON, "{\"query\": 1}", 400),
        (JSON, "{\"query\": \"{__typename}\", \"variables\": []}", 400),
        (JSON, "{\"query\": \"{__typename}\", \"operationName\": {}}", 400),
        (JSON, "{\"query\": \"{__typename}\", \"extensions\": 1}", 400),
        (JSON, "{\"query\": \"\\ud800\"}", 400),
        (JSON, &"[".repeat(100_000), 400),
        (JSON, &large, 413),
    ] {
        let mut request = client.post("/graphql").body(body.to_owned());
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let answer = request.send().await;
        let shown = &body[..body.len().min(80)];
        assert_eq!(answer.0.status().as_u16(), status, "{kind}: {shown}");
        assert_eq!(answer.0.header("cache-control"), Some("no-store"), "{kind}: {shown}");
        let answer = answer.json().await.value().deserialize::<Value>();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{kind}: {shown}");
        assert!(answer["errors"][0]["message"].is_string() && answer.get("data").is_none(), "{answer}");
    }
}

#[tokio::test]
async fn a_batch_of_a_thousand_is_one_refusal() {
    let app = App::new().await;
    let batch = json!(vec![json!({"query": "{ __typename }"}); 1_000]).to_string();
    let answer = app.client().post("/graphql").content_type(JSON).body(batch).send().await;
    assert_eq!(answer.0.status().as_u16(), 400);
    let answer = answer.json().await.value().deserialize::<Value>();
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn compressed_bodies_are_not_opened() {
    let app = App::new().await;
    let client = app.client();
    let request = client.post("/graphql").content_type(JSON).header("content-encoding", "gzip");
    request.body(vec![31, 139, 8]).send().await.assert_status(poem::http::StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn other_methods_are_told_which_to_use() {
    let app = App::new().await;
    let client = app.client();
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        let answer = client.request(method.clone(), "/graphql").send().await;
        assert_eq!(answer.0.status().as_u16(), 405, "{method}");
        assert_eq!(answer.0.header("allow"), Some("GET, HEAD, POST, OPTIONS"), "{method}");
    }
    // What changes something is not for GET, whether or not this schema has it.
    for query in ["mutation { a }", "query A { __typename } mutation B { a }"] {
        let request = client.get("/graphql").query("query", &query);
        let request = if query.contains('B') { request.query("operationName", &"B") } else { request };
        let answer = request.send().await;
        assert_eq!((answer.0.status().as_u16(), answer.0.header("allow")), (405, Some("POST")), "{query}");
    }
    let options = client.request(Method::OPTIONS, "/graphql").send().await;
    assert_eq!(
        (options.0.status().as_u16(), options.0.header("allow")),
        (204, Some("GET, HEAD, POST, OPTIONS"))
    );
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let app = App::new().await;
    let query = format!("{{ __typename {} }}", " ".repeat(9_000));
    let answer = app.client().get("/graphql").query("query", &query).send().await;
    assert_eq!(answer.0.status().as_u16(), 414);
    answer.assert_content_type("application/json; charset=utf-8");
}

#[tokio::test]
async fn the_media_type_is_the_one_the_client_takes() {
    let app = App::new().await;
    let client = app.client();
    for (accept, kind, status) in [
        ("*/*", JSON, 200),
        (JSON, JSON, 200),
        (GRAPHQL, GRAPHQL, 400),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL, 400),
        ("application/json, application/graphql-response+json;q=0.9", JSON, 200),
        ("text/html", JSON, 406),
    ] {
        let request = client.get("/graphql").query("query", &"{ nothing }").header("accept", accept);
        let answer = request.send().await;
        assert_eq!(answer.0.status().as_u16(), status, "{accept}");
        assert_eq!(answer.0.header("content-type"), Some(&*format!("{kind}; charset=utf-8")), "{accept}");
        assert!(answer.0.header("vary").unwrap().contains("accept"), "{accept}");
    }
}

#[tokio::test]
async fn status_codes_are_those_that_are_set() {
    let app = App::with_demo().await;
    app.db.execute_unprepared("ALTER TABLE organisation RENAME TO gone").await.unwrap();
    let partial = "{ project(by: {number: \"2019/00163\"}) { name owner { name kind } } }";
    for (query, audited, draft) in [
        ("{", [200, 400], 400),
        ("{ nothing }", [200, 400], 422),
        ("query A { __typename } query B { __typename }", [200, 400], 422),
        ("query($n: Int!) { projects(first: $n) { totalCount } }", [200, 400], 422),
        ("{ service { version } }", [200, 200], 200),
        (partial, [200, 200], 294),
    ] {
        for (media, audited) in [JSON, GRAPHQL].into_iter().zip(audited) {
            for (status_codes, status) in [(StatusCodes::Audited, audited), (StatusCodes::Draft2026, draft)] {
                let client = app.client_with(&Settings { status_codes, ..Settings::default() });
                let body = json!({ "query": query }).to_string();
                let request = client.post("/graphql").content_type(JSON).header("accept", media).body(body);
                let answer = request.send().await;
                assert_eq!(answer.0.status().as_u16(), status, "{query} {media} {status_codes:?}");
            }
        }
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_a_clients_own_is_kept() {
    let app = App::new().await;
    let client = app.client();
    let given =
        client.get("/graphql").query("query", &"{__typename}").header("x-request-id", "abc-1").send().await;
    assert_eq!(given.0.header("x-request-id"), Some("abc-1"));
    let spoilt = client.get("/health/live").header("x-request-id", "a b").send().await;
    assert_eq!(spoilt.0.header("x-request-id").unwrap().len(), 32);
}
