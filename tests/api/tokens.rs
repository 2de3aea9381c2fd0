//! Tokens of a federation: taken when the issuer has signed them for this service, and otherwise not looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use poem::http::StatusCode;
use samverkan::access::{Access, Issuer, Places, Refusal, grants};
use samverkan::domain::access_key::Environment;
use samverkan::domain::statement::{Party, Statement as Stated};
use samverkan::entities::partnership::PartnershipRole;
use samverkan::http::Settings;
use samverkan::{decide, store::access};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::app::App;
use crate::partners::{ask, json_of};

const ISSUER: &str = "https://federation.example";
/// A made-up number with the check digit that it must have.
const NUMBER: &str = "212000-0142";

/// A key pair of an issuer, and its public key as it is published.
struct Signer {
    secret: EncodingKey,
    public: Value,
}

fn signer(kid: &str) -> Signer {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let public = json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
        "x": text(&point[1..33]), "y": text(&point[33..])});
    Signer { secret: EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref()), public }
}

fn claims() -> Value {
    let now = Utc::now().timestamp();
    json!({"iss": ISSUER, "aud": "samverkan", "sub": "system 1", "iat": now, "exp": now + 300,
        "organisation_number": NUMBER, "scope": "read:own read:participants:exact openid"})
}

fn sign(signer: &Signer, kid: &str, claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
    encode(&header, claims, &signer.secret).unwrap()
}

/// Issuers whose keys are to be had at an address.
fn taking(app: &App, jwks: &str) -> Access {
    let issuer =
        Issuer::list(&json!([{"issuer": ISSUER, "audience": "samverkan", "jwks": jwks}]).to_string());
    let places = Places { access: access::beside(&app.url), exact: app.exact_url(), public: app.url.clone() };
    Access::new(Environment::Live, places, issuer.unwrap())
}

async fn world() -> App {
    let app = App::new().await;
    let statement = Stated {
        document: "a.jsonl".to_owned(),
        line: 1,
        name: Some("Påhittat projekt".to_owned()),
        project_number: Some("P-1".to_owned()),
        owner: Some(Party {
            name: "Stockholms stad".to_owned(),
            unit: None,
            number: Some(NUMBER.to_owned()),
        }),
        ..Stated::default()
    };
    app.import("a.jsonl", &serde_json::to_string(&statement).unwrap()).await;
    app
}

/// A place from which keys are fetched: what it gives, and how often it was asked.
async fn place(answer: impl Fn() -> String + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let _request = socket.read(&mut [0; 4096]).await;
            let body = answer();
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _gone = socket.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    (url, asked)
}

#[tokio::test]
async fn a_token_is_as_good_as_a_key() {
    let app = world().await;
    let own = signer("one");
    // A key of a kind that is not known here does not spoil the others.
    let keys = json!({"keys": [{"kty": "AKP", "kid": "new", "alg": "ML-DSA-44"}, own.public]}).to_string();
    let path = app.file("jwks.json", &keys);
    let settings = Settings { access: Some(taking(&app, path.to_str().unwrap())), ..Settings::default() };
    let holder = decide::organisation(&app.db, NUMBER).await.unwrap();
    let what = grants::What::Role(PartnershipRole::Owner);
    grants::create(&app.access().await, &holder, what, Utc::now()).await.unwrap();
    let query = "{ viewer { organisation { name } scopes key { label } projects { totalCount } participantOutcomes { total { value } } } }";
    let response = ask(&app, &settings, Some(&sign(&own, "one", &claims())), query).await;
    let expected = json!({"viewer": {"organisation": {"name": "Stockholms stad"}, "key": null,
        "scopes": ["read:own", "read:participants:exact"], "projects": {"totalCount": 1},
        "participantOutcomes": {"total": {"value": 0}}}});
    let answer = json_of(response).await;
    assert_eq!(answer["data"], expected, "{answer}");
    let found = samverkan::access::log::verify(&app.access().await, Utc::now()).await.unwrap();
    assert_eq!(found.entries, 1);
}

#[tokio::test]
async fn a_token_that_is_not_right_is_not_taken_and_nothing_is_fetched_for_it() {
    let app = world().await;
    let (own, other) = (signer("one"), signer("two"));
    let keys = json!({"keys": [own.public]}).to_string();
    let path = app.file("jwks.json", &keys);
    let (elsewhere, asked) = place(String::new).await;
    let access = taking(&app, path.to_str().unwrap());
    let settings = Settings { access: Some(access), ..Settings::default() };
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        sign(&own, "one", &claims)
    };
    let now = Utc::now().timestamp();
    let without = |name: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        sign(&own, "one", &claims)
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = format!("{}.{}.", part(&json!({"alg": "none", "kid": "one"})), part(&claims()));
    // Signed with the public key, as if that were a secret that both know.
    let public = EncodingKey::from_secret(own.public.to_string().as_bytes());
    let header = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::HS256) };
    let symmetric = encode(&header, &claims(), &public).unwrap();
    let pointing = Header {
        kid: Some("two".to_owned()),
        jku: Some(elsewhere.clone()),
        x5u: Some(elsewhere),
        jwk: serde_json::from_value(other.public.clone()).unwrap(),
        ..Header::new(Algorithm::ES256)
    };
    let pointing = encode(&pointing, &claims(), &other.secret).unwrap();
    let right = sign(&own, "one", &claims());
    let (before_signature, _) = right.rsplit_once('.').unwrap();
    let message =
        format!("{}.{}", part(&json!({"alg": "ES256", "kid": "one", "crit": ["exp"]})), part(&claims()));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &own.secret, Algorithm::ES256).unwrap();
    let critical = format!("{message}.{signature}");
    for (what, wrong) in [
        ("unsigned", unsigned),
        ("symmetric", symmetric),
        ("signed by another", sign(&other, "one", &claims())),
        ("an unknown key", sign(&other, "two", &claims())),
        ("pointing elsewhere", pointing),
        ("critical", critical),
        ("another issuer", with("iss", json!("https://other.example"))),
        ("another audience", with("aud", json!("another"))),
        ("over", with("exp", json!(now - 120))),
        ("not yet", with("nbf", json!(now + 300))),
        ("issued in the future", with("iat", json!(now + 300))),
        ("issued long ago", with("iat", json!(now - 7_200))),
        ("without a subject", without("sub")),
        ("without an end", without("exp")),
        ("without an issue", without("iat")),
        ("without scopes", without("scope")),
        ("of nobody known", with("organisation_number", json!("556000-4615"))),
        ("of no number", with("organisation_number", json!("x"))),
        ("no signature", format!("{before_signature}.")),
        ("too long", format!("{right}.{}", "x".repeat(1_000_000))),
        ("dots", "...".to_owned()),
    ] {
        let response = ask(&app, &settings, Some(&wrong), "{ service { version } }").await;
        assert_eq!(response.0.status(), StatusCode::UNAUTHORIZED, "{what}");
    }
    ask(&app, &settings, Some(&right), "{ service { version } }").await.assert_status_is_ok();
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn keys_are_fetched_when_they_are_needed_and_kept_when_they_cannot_be() {
    let app = world().await;
    let own = signer("one");
    let state = Arc::new(std::sync::Mutex::new(json!({"keys": [own.public]}).to_string()));
    let answers = Arc::clone(&state);
    let (url, asked) = place(move || answers.lock().unwrap().clone()).await;
    let access = taking(&app, &url);
    let (token, start) = (sign(&own, "one", &claims()), Instant::now());
    let check = async |token: &str, seconds: u64| {
        let tick = start + Duration::from_secs(seconds);
        access.viewer(&app.db, token, None, Utc::now(), tick).await.map(drop)
    };
    assert!(check(&token, 0).await.is_ok());
    assert!(check(&token, 10).await.is_ok());
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // A key that is not known is looked for once a minute.
    let new = signer("new");
    let rotated = sign(&new, "new", &claims());
    for second in [20, 30, 40] {
        assert!(matches!(check(&rotated, second).await, Err(Refusal::Invalid)));
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    *state.lock().unwrap() = json!({"keys": [own.public, new.public]}).to_string();
    assert!(check(&rotated, 100).await.is_ok());
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    // Garbage instead of keys: those that are known are used for a day.
    *state.lock().unwrap() = "<html>".to_owned();
    assert!(check(&token, 100 + 20 * 3_600).await.is_ok());
    let over = check(&token, 100 + 25 * 3_600).await;
    assert!(matches!(over, Err(Refusal::Unavailable(_))), "{over:?}");
    // Without any keys yet, it is nobody's fault but the issuer's.
    let never = taking(&app, "http://127.0.0.1:1/jwks");
    let refused = never.viewer(&app.db, &token, None, Utc::now(), start).await.map(drop);
    assert!(matches!(refused, Err(Refusal::Unavailable(_))), "{refused:?}");
}

#[test]
fn issuers_are_read_and_what_is_wrong_with_them_is_said() {
    for (text, part) in [
        ("{}", "invalid type"),
        (r#"[{"issuer": "a"}]"#, "missing field"),
        (r#"[{"issuer": "a", "audience": "b", "jwks": "c", "secret": "d"}]"#, "unknown field"),
        (r#"[{"issuer": "a", "audience": "b", "jwks": "http://example.se/jwks"}]"#, "must begin with https:"),
        (
            r#"[{"issuer": "a", "audience": "b", "jwks": "http://127.0.0.1:1@example.se/"}]"#,
            "must begin with https:",
        ),
        (
            r#"[{"issuer": "a", "audience": "b", "jwks": "c"}, {"issuer": "a", "audience": "d", "jwks": "c"}]"#,
            "twice",
        ),
    ] {
        let refused = Issuer::list(text).unwrap_err();
        assert!(refused.contains(part), "{refused}");
    }
}
