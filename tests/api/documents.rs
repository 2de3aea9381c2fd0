//! Documents that are wrong or too large are refused before anything is executed, with a code that says why.

use std::sync::LazyLock;

use apollo_compiler::Schema;
use proptest::prelude::*;
use samverkan::graphql::{self, Limits, Request, TrustedDocuments};
use serde_json::{Value, json};

use crate::app::App;

/// A document that doubles at each level: as many selections as two to the power of the levels.
fn doubling(levels: usize) -> String {
    let fragment = |n: usize| format!("fragment F{n} on Query {{ ...F{next} ...F{next} }} ", next = n + 1);
    let fragments: String = (0..levels).map(fragment).collect();
    format!("{{ ...F0 }} {fragments} fragment F{levels} on Query {{ __typename }}")
}

#[tokio::test]
async fn what_is_wrong_with_a_document_has_a_code_and_a_place() {
    let app = App::new().await;
    for (query, code, place) in [
        ("{", "GRAPHQL_PARSE_FAILED", json!([{"line": 1, "column": 2}])),
        ("{ service { } }", "GRAPHQL_PARSE_FAILED", json!([{"line": 1, "column": 3}])),
        (
            "{ project(by: {number: \"\\uD800\"}) { name } }",
            "GRAPHQL_PARSE_FAILED",
            json!([{"line": 1, "column": 24}]),
        ),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED", json!([{"line": 1, "column": 3}])),
        (
            "{ ...A } fragment A on Query { ...A }",
            "GRAPHQL_VALIDATION_FAILED",
            json!([{"line": 1, "column": 10}]),
        ),
        ("{ ...A }", "GRAPHQL_VALIDATION_FAILED", json!([{"line": 1, "column": 3}])),
        ("mutation { a }", "GRAPHQL_VALIDATION_FAILED", json!([{"line": 1, "column": 12}])),
        (
            "{ projects { nodes { status(asOf: \"soon\") } } }",
            "GRAPHQL_VALIDATION_FAILED",
            json!([{"line": 1, "column": 35}]),
        ),
        ("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE", Value::Null),
    ] {
        let answer = app.answer(query, Value::Null).await;
        let error = &answer["errors"][0];
        assert_eq!(
            (&error["extensions"]["code"], &error["locations"]),
            (&json!(code), &place),
            "{query}: {answer}"
        );
        assert!(answer.get("data").is_none(), "{query}: {answer}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_says_how_large_it_is() {
    let app = App::new().await;
    let many = |n: usize, part: &str| format!("{{ __typename {} }}", part.repeat(n));
    let aliases = (0..51).map(|n| format!("a{n}: __typename")).collect::<Vec<_>>().join(" ");
    let nested = |n: usize| {
        let level = "municipalities { region { ";
        format!("{{ projects {{ nodes {{ region {{ {}code{} }} }} }} }}", level.repeat(n), " } }".repeat(n))
    };
    let lists = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    for (query, words) in [
        ("query B { __typename } ".repeat(21), "21 operations; at most 20"),
        (doubling(30), "selections with its fragments in place; at most 3000"),
        (many(5_000, "__typename "), "more than 5000 tokens"),
        ("{".repeat(100_000), "more than 5000 tokens"),
        (format!("{{ projects(where: {} ) {{ totalCount }} }}", "[".repeat(200)), "deeper than 100 levels"),
        (
            format!("{{ projects(where: {} ) {{ totalCount }} }}", "{a: ".repeat(200)),
            "deeper than 100 levels",
        ),
        (format!("{{ {aliases} }}"), "51 aliases; at most 50"),
        (many(51, "@include(if: true) "), "51 directives; at most 50"),
        (many(31, "... { service { version } } "), "32 root fields; at most 30"),
        (nested(5), "levels; at most 12"),
        (
            "{ projects(first: 100) { nodes { partnerships(first: 100) { nodes { id role project { id name number } } } } } }"
                .to_owned(),
            "at most 50000",
        ),
        (lists.to_owned(), "introspection depth"),
    ] {
        let (code, message) = app.refusal(&query).await;
        assert!(code == "COST_LIMIT_EXCEEDED" && message.contains(words), "{words}: {code} {message}");
    }
}

#[tokio::test]
async fn a_bad_document_gets_five_errors_at_most() {
    let app = App::new().await;
    let fields = (0..1_000).map(|n| format!("x{n}")).collect::<Vec<_>>().join(" ");
    let answer = app.answer(&format!("{{ {fields} }}"), Value::Null).await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn variables_are_checked_before_execution() {
    let app = App::new().await;
    let query = "query($first: Int!, $on: Date, $number: String = \"a\") {
        projects(first: $first) { nodes { status(asOf: $on) } } project(by: {number: $number}) { id } }";
    for (variables, words) in [
        (json!({}), "'first'"),
        (json!({"first": 2_147_483_648_i64}), "first: 2147483648"),
        (json!({"first": 1.5}), "first: 1.5"),
        (json!({"first": "1"}), "first: \"1\""),
        (json!({"first": null}), "first"),
        (json!({"first": 1, "number": ["a", "b"]}), "number"),
        (json!({"first": 1, "on": "2022-13-01"}), "$on: is no day"),
        (json!({"first": 1, "on": 5}), "$on: is no day"),
        (json!({"first": 1, "on": ["2022-01-01"]}), "$on: is no day"),
        (json!({"first": 1, "on": "2022-1-1"}), "$on: is no day"),
        (json!({"first": 1, "number": "a\u{0}b"}), "$number: holds U+0000"),
    ] {
        let answer = app.answer(query, variables.clone()).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{variables}: {answer}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words), "{variables}: {message}");
        assert!(answer.get("data").is_none(), "{variables}: {answer}");
    }
    for number in ["😀", "å'; DROP TABLE project; --", "%", "\\", &"x".repeat(100_000)] {
        let answer = app.answer(query, json!({"first": 1, "number": number})).await;
        assert!(answer.get("errors").is_none() && answer["data"]["project"].is_null(), "{answer}");
    }
}

#[tokio::test]
async fn the_cost_follows_pages_lists_and_variables() {
    let app = App::new().await;
    for (query, variables, cost) in [
        ("{ __typename }", json!({}), 1),
        ("{ __schema { types { name } } __type(name: \"Project\") { name } }", json!({}), 1_000 + 100),
        ("{ projects { totalCount pageInfo { endCursor } } }", json!({}), 10 + 10 + 2),
        ("{ projects { nodes { id } } }", json!({}), 10 + 20 * 2),
        ("{ projects(first: 7) { nodes { id name } edges { cursor } } }", json!({}), 10 + 7 * 3 + 7 * 2),
        (
            "{ projects(first: 3) { ...P } } fragment P on ProjectConnection { nodes { id } }",
            json!({}),
            10 + 3 * 2,
        ),
        ("query($n: Int) { projects(last: $n) { nodes { id } } }", json!({"n": 5}), 10 + 5 * 2),
        ("query($n: Int) { projects(last: $n) { nodes { id } } }", json!({}), 10 + 20 * 2),
        ("query($n: Int = 4) { projects(first: $n) { nodes { id } } }", json!({}), 10 + 4 * 2),
        ("query($i: [ID!]!) { nodes(ids: $i) { id } }", json!({"i": ["a", "b", "c"]}), 3 * (10 + 1)),
        ("{ nodes(ids: [\"a\", \"b\"]) { id } }", json!({}), 2 * (10 + 1)),
        ("{ a: service { version } b: service { version } }", json!({}), 4),
        ("{ projects(first: 2) { nodes { numbers { value } } } }", json!({}), 10 + 2 * (1 + 3 * (10 + 1))),
    ] {
        let answer = app.answer(query, variables).await;
        assert_eq!(
            answer["extensions"]["cost"],
            json!({"requested": cost, "limit": 50_000}),
            "{query}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_variable_without_a_value_leaves_the_argument_its_default() {
    let app = App::with_demo().await;
    let query = "query($lang: Language, $roles: [PartnershipRole!], $n: Int, $c: Boolean) {
        funders(first: $n) { nodes { name(lang: $lang) } }
        projects(first: 1, where: {hasConflicts: $c}) { nodes { partnerships(roles: $roles, first: 1) { totalCount } } } }";
    let data = app.ask(query).await;
    assert!(data["funders"]["nodes"][0]["name"].is_string(), "{data}");
    let null =
        app.answer("query($l: Language) { funders { nodes { name(lang: $l) } } }", json!({"l": null})).await;
    assert_eq!(null["errors"][0]["message"], "lang: must not be null");
    let skip = "query($s: Boolean = true) { service { version @skip(if: $s) } }";
    assert_eq!(app.answer(skip, json!({"s": null})).await["errors"][0]["message"], "if: must not be null");
}

#[tokio::test]
async fn lists_that_are_given_have_an_end() {
    let app = App::new().await;
    let many: Vec<&str> = vec!["01"; 33_000];
    let query = "query($r: [String!]) { projects(where: {region: $r}) { totalCount } }";
    let answer = app.answer(query, json!({"r": many})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(answer["errors"][0]["message"], "$r: has 33000 items; at most 100 are allowed");
    let roles = "OWNER ".repeat(101);
    let written =
        format!("{{ organisations {{ nodes {{ partnerships(roles: [{roles}]) {{ totalCount }} }} }} }}");
    let (code, message) = app.refusal(&written).await;
    assert_eq!((&*code, &*message), ("BAD_USER_INPUT", "roles: has 101 items; at most 100 are allowed"));
}

#[tokio::test]
async fn the_rules_that_libraries_forget_are_kept() {
    let app = App::new().await;
    for query in [
        "{ projects(where: {hasConflicts: true, hasConflicts: false}) { totalCount } }",
        "query($x: ID = null) { node(id: $x) { id } }",
        "query($x: Boolean = null) { service { version @skip(if: $x) } }",
        "{ projects { nodes { status(asOf: {a: 1}) } } }",
        "{ projects { nodes { status(asOf: [\"2022-01-01\"]) } } }",
    ] {
        assert_eq!(app.refusal(query).await.0, "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    app.ask("{ node(id: 12345678901234567890123) { id } }").await;
    app.ask("query($x: String = null) { service { version } projects(after: $x) { totalCount } }").await;
    let long = "x".repeat(10_000);
    let (_, message) = app.refusal(&format!("{{ {long} }}")).await;
    assert!(message.chars().count() < 500);
}

#[tokio::test]
async fn the_schema_says_the_same_alone_and_beside_data() {
    let app = App::with_demo().await;
    let about = "__schema { description directives { name args { name } } types { name } }
        node: __type(name: \"Node\") { name interfaces { name } } __typename";
    let alone = app.ask(&format!("{{ {about} }}")).await;
    let mut beside = app.ask(&format!("{{ {about} projects {{ totalCount }} }}")).await;
    assert_eq!(beside.as_object_mut().unwrap().remove("projects").unwrap()["totalCount"], 41);
    assert_eq!(beside, alone);
    let thrice =
        "a: __schema { types { name } } b: __schema { types { name } } c: __schema { types { name } }";
    app.ask(&format!("{{ {thrice} }}")).await;
    let (code, _) = app.refusal(&format!("{{ {thrice} d: __type(name: \"Node\") {{ name }} }}")).await;
    assert_eq!(code, "COST_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn the_language_of_2025_is_understood() {
    let app = App::new().await;
    for query in [
        "\"What it is for.\" query Named(\"How many.\" $first: Int) { projects(first: $first) { totalCount } }",
        "\"\"\"A part.\"\"\" fragment P on Project { name } { projects { nodes { ...P } } }",
        "{ project(by: {number: \"\\u{1F600}\"}) { name } }",
    ] {
        app.ask(query).await;
    }
}

/// The query that `GraphiQL`, code generators and Relay send.
const INTROSPECTION: &str = include_str!("introspection.graphql");

#[tokio::test]
async fn introspection_says_what_the_schema_file_says() {
    let app = App::new().await;
    let data = app.ask(INTROSPECTION).await;
    let schema = Schema::parse_and_validate(graphql::sdl(), "schema.graphql").unwrap();
    let types = data["__schema"]["types"].as_array().unwrap();
    let named =
        |name: &str| types.iter().find(|kind| kind["name"] == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(types.len(), schema.types.len());
    assert!(named("Node")["interfaces"].is_array(), "an interface lists what it implements");
    assert_eq!(named("ProjectBy")["isOneOf"], true);
    let directives = data["__schema"]["directives"].as_array().unwrap();
    assert!(directives.iter().any(|directive| directive["name"] == "listSize"));
}

static FRONT: LazyLock<samverkan::graphql::Schema> = LazyLock::new(|| {
    let db = sea_orm::DatabaseConnection::default();
    samverkan::graphql::Schema::new(db, Limits::default(), TrustedDocuments::default()).unwrap()
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is sent is answered or refused; nothing makes the front panic.
    #[test]
    fn no_text_breaks_the_front(text in "\\PC{0,400}|([{}()\\[\\]:$@!.\"#\\\\]|query|fragment|on|a|__typename|1|-|,){0,200}") {
        if let Err(problems) = FRONT.prepare(&Request { query: Some(text), ..Request::default() }) {
            prop_assert!((1..=5).contains(&problems.len()));
        }
    }

    /// A document is refused for its size in time that does not grow with what it would unfold to.
    #[test]
    fn documents_that_unfold_are_refused(levels in 12_usize..99) {
        let refused = FRONT.prepare(&Request { query: Some(doubling(levels)), ..Request::default() });
        let problems = refused.err().unwrap_or_default();
        prop_assert!(problems[0].message.contains("selections"), "{}", problems[0].message);
    }
}
