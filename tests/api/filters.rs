//! Filters let through what a look at every project finds.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::app::App;
use crate::known::{self, minor, text, texts};

async fn names(app: &App, filter: &str) -> BTreeSet<String> {
    let query = format!(
        "{{ projects(first: 100, where: {filter}) {{ totalCount nodes {{ id }} aggregates {{ count }} }} }}"
    );
    let found = app.ask(&query).await;
    let ids: BTreeSet<String> = found["projects"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found["projects"]["totalCount"], json!(ids.len()), "{filter}");
    assert_eq!(found["projects"]["aggregates"]["count"], json!(ids.len()), "{filter}");
    ids
}

type Holds<'a> = Box<dyn Fn(&Value) -> bool + 'a>;

#[tokio::test]
async fn a_filter_lets_through_what_a_look_at_every_project_finds() {
    let app = known::app().await;
    let all = known::projects(&app).await;
    let stockholm =
        text(&app.ask("{ organisation(by: {number: \"212000-0142\"}) { id } }").await, "/organisation/id")
            .unwrap()
            .to_owned();
    let fund = all.iter().find_map(|p| text(p, "/funders/0/id")).unwrap().to_owned();
    let source = all.iter().find_map(|p| text(p, "/statements/0/source/id")).unwrap().to_owned();
    let in_role = |role: &'static str| {
        move |p: &Value| -> Vec<Value> {
            let parts = p["partnerships"]["nodes"].as_array().unwrap();
            parts.iter().filter(|part| role.is_empty() || part["role"] == role).cloned().collect()
        }
    };
    let is_kind = |part: &Value, kind: &str| {
        part["organisation"]["kind"] == kind || (kind == "UNIT" && !part["unit"].is_null())
    };
    let total_in = |p: &Value, currency: &str, from: i64, to: i64| {
        let total = &p["financing"]["total"];
        total["currency"] == currency && (from..=to).contains(&minor(total["amount"].as_str().unwrap()))
    };
    let day = |p: &Value, path: &str| text(p, path).map(str::to_owned);
    let cases: Vec<(String, Holds<'_>)> = vec![
        ("{}".into(), Box::new(|_| true)),
        ("{hasConflicts: true}".into(), Box::new(|p| p["conflicts"] != json!([]))),
        ("{not: {hasConflicts: true}}".into(), Box::new(|p| p["conflicts"] == json!([]))),
        ("{hasOutcomes: true}".into(), Box::new(|p| !p["participantOutcomes"].is_null())),
        ("{hasOutcomes: false}".into(), Box::new(|p| p["participantOutcomes"].is_null())),
        ("{status: [RUNNING], asOf: \"2023-06-30\"}".into(), Box::new(|p| p["status"] == "RUNNING")),
        ("{status: [PLANNED], asOf: \"2023-06-30\"}".into(), Box::new(|p| p["status"] == "PLANNED")),
        ("{status: [UNKNOWN], asOf: \"2023-06-30\"}".into(), Box::new(|p| p["status"] == "UNKNOWN")),
        ("{status: [ENDED, UNKNOWN], asOf: \"2023-06-30\"}".into(), Box::new(|p| p["status"] == "ENDED" || p["status"] == "UNKNOWN")),
        ("{region: [\"SE11\"]}".into(), Box::new(|p| text(p, "/region/code") == Some("01"))),
        ("{not: {region: [\"01\"]}}".into(), Box::new(|p| text(p, "/region/code") != Some("01"))),
        ("{municipality: [\"0180\"]}".into(), Box::new(|p| text(p, "/owner/legalEntity/municipality/code") == Some("0180"))),
        ("{number: [\"2017/00162\", \"Dnr 24-030-S04\"]}".into(), Box::new(|p| texts(p, "/numbers", "/value").contains("2017/00162"))),
        ("{start: {from: \"2021-01-01\", to: \"2021-12-31\"}}".into(), Box::new(|p| day(p, "/period/start").is_some_and(|d| d.starts_with("2021")))),
        ("{end: {to: \"2020-12-31\"}}".into(), Box::new(|p| day(p, "/period/end").is_some_and(|d| d.as_str() <= "2020-12-31"))),
        (
            "{runningDuring: {from: \"2022-01-01\", to: \"2022-12-31\"}}".into(),
            Box::new(|p| {
                let (start, end) = (day(p, "/period/start"), day(p, "/period/end"));
                start.is_some_and(|d| d.as_str() <= "2022-12-31") && end.is_some_and(|d| d.as_str() >= "2022-01-01")
            }),
        ),
        ("{plannedParticipants: {from: 400, to: 450}}".into(), Box::new(|p| p["plannedParticipants"].as_i64().is_some_and(|n| (400..=450).contains(&n)))),
        ("{amount: {kind: TOTAL_BUDGET, currency: \"SEK\", from: \"10000000\"}}".into(), Box::new(|p| total_in(p, "SEK", 1_000_000_000, i64::MAX))),
        ("{amount: {kind: TOTAL_BUDGET, currency: \"EUR\", from: \"900\", to: \"1000.00\"}}".into(), Box::new(|p| total_in(p, "EUR", 90_000, 100_000))),
        ("{funderKind: [EU]}".into(), Box::new(|p| texts(p, "/funders", "/kind").contains("EU"))),
        ("{programmePeriod: [\"2014-2020\"]}".into(), Box::new(|p| texts(p, "/funders", "/programmePeriod").contains("2014-2020"))),
        (format!("{{funder: [\"{fund}\"]}}"), Box::new(|p| texts(p, "/funders", "/id").contains(fund.as_str()))),
        (format!("{{source: [\"{source}\"]}}"), Box::new(|p| texts(p, "/statements", "/source/id").contains(source.as_str()))),
        (format!("{{owner: {{id: [\"{stockholm}\"]}}}}"), Box::new(|p| text(p, "/owner/legalEntity/id") == Some(&stockholm))),
        (format!("{{owner: {{id: [\"{stockholm}\"], includeUnits: false}}}}"), Box::new(|p| text(p, "/owner/id") == Some(&stockholm))),
        ("{owner: {kind: [MUNICIPALITY]}}".into(), Box::new(|p| text(p, "/owner/legalEntity/kind") == Some("MUNICIPALITY"))),
        ("{partners: {some: {number: [\"SE-ON-2120000142\"]}}}".into(), Box::new(|p| in_role("")(p).iter().any(|part| part["organisation"]["id"] == stockholm.as_str()))),
        ("{partners: {roles: [PARTNER], some: {kind: [STATE_AGENCY]}}}".into(), Box::new(|p| in_role("PARTNER")(p).iter().any(|part| is_kind(part, "STATE_AGENCY")))),
        ("{partners: {roles: [PARTNER], every: {kind: [STATE_AGENCY]}}}".into(), Box::new(|p| in_role("PARTNER")(p).iter().all(|part| is_kind(part, "STATE_AGENCY")))),
        ("{partners: {none: {kind: [STATE_AGENCY, REGION]}}}".into(), Box::new(|p| !in_role("")(p).iter().any(|part| is_kind(part, "STATE_AGENCY") || is_kind(part, "REGION")))),
        ("{text: \"ETABLERING\"}".into(), Box::new(|p| {
            let all = format!("{} {}", p["name"], p["aliases"]).to_lowercase();
            all.contains(" etablering") || all.contains("\"etablering")
        })),
        (
            "{or: [{funderKind: [EU]}, {and: [{hasOutcomes: true}, {region: [\"01\"]}]}], not: {status: [ENDED], asOf: \"2023-06-30\"}}".into(),
            Box::new(|p| {
                let outcomes = !p["participantOutcomes"].is_null() && text(p, "/region/code") == Some("01");
                (texts(p, "/funders", "/kind").contains("EU") || outcomes) && p["status"] != "ENDED"
            }),
        ),
    ];
    let mut told_apart = 0;
    for (filter, holds) in &cases {
        let expected: BTreeSet<String> =
            all.iter().filter(|p| holds(p)).map(|p| text(p, "/id").unwrap().to_owned()).collect();
        assert_eq!(names(&app, filter).await, expected, "{filter}");
        told_apart += usize::from(!expected.is_empty() && expected.len() < all.len());
    }
    assert!(
        told_apart + 3 >= cases.len(),
        "only {told_apart} of {} filters tell projects apart",
        cases.len()
    );
}

#[tokio::test]
async fn filters_that_cannot_be_meant_are_refused_by_name() {
    let app = App::with_demo().await;
    let many = |item: &str| format!("[{}]", vec![item; 10_000].join(","));
    let deep = "{not: {not: {not: {not: {hasConflicts: true}}}}}";
    let wide = format!("{{or: [{}]}}", vec!["{hasConflicts: true}"; 60].join(","));
    let long = format!("{{text: \"{}\"}}", "x".repeat(10_000));
    let cases = [
        ("{funder: []}", "where.funder:"),
        ("{funderKind: []}", "where.funderKind:"),
        ("{or: []}", "where.or:"),
        ("{or: [{}, {region: [\"01\", \"99\"]}]}", "where.or[1].region[1]:"),
        ("{funder: [\"nothing\"]}", "where.funder[0]:"),
        ("{source: [\"nothing\"]}", "where.source[0]:"),
        ("{municipality: [\"9999\"]}", "where.municipality[0]:"),
        ("{owner: {}}", "where.owner:"),
        ("{owner: {number: [\"12\"]}}", "where.owner.number[0]:"),
        ("{partners: {roles: [OWNER]}}", "where.partners:"),
        ("{start: {from: \"2022-01-01\", to: \"2021-01-01\"}}", "where.start:"),
        ("{end: {}}", "where.end:"),
        ("{plannedParticipants: {from: 2, to: 1}}", "where.plannedParticipants:"),
        ("{amount: {kind: GRANTED, currency: \"SEK\", from: \"2\", to: \"1\"}}", "where.amount:"),
        ("{amount: {kind: GRANTED, currency: \"SEK\", from: \"0.001\"}}", "where.amount.from:"),
        ("{asOf: \"2022-01-01\"}", "where.asOf:"),
        ("{text: \" %_*' \"}", "where.text:"),
        (&long, "where.text:"),
        (deep, "where.not.not.not.not:"),
        (&wide, "more than 50"),
        ("{text: \"a b c d e f g h i j k l m\"}", "where.text:"),
    ];
    for (filter, place) in cases {
        let (code, message) = app.refusal(&format!("{{ projects(where: {filter}) {{ totalCount }} }}")).await;
        assert_eq!(code, "BAD_USER_INPUT", "{filter}: {message}");
        assert!(message.contains(place), "{filter}: {message}");
    }
    let ids: Vec<String> = (0..10_000).map(|n| format!("{n}")).collect();
    let query = "query ($ids: [ID!]) { projects(where: {funder: $ids}) { totalCount } }";
    let answer = app.answer(query, json!({ "ids": ids })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    assert!(
        answer["errors"][0]["message"].as_str().unwrap().starts_with("$ids: has 10000 items"),
        "{answer}"
    );
    let unknown = format!("{{ projects(where: {{status: {}}}) {{ totalCount }} }}", many("SLEEPING"));
    let answer = app.answer(&unknown, Value::Null).await;
    assert_eq!(answer["errors"][0]["extensions"]["classification"], "BAD_REQUEST");
}

#[tokio::test]
async fn lists_of_organisations_funders_and_sources_can_be_narrowed() {
    let app = known::app().await;
    let found = app
        .ask(
            "{ agencies: organisations(where: {kind: [STATE_AGENCY], level: LEGAL_ENTITY}) { nodes { kind level } }
               units: organisations(where: {level: UNIT, not: {text: \"jobbtorg\"}}) { nodes { level name } }
               owners: organisations(where: {roles: [OWNER], region: [\"01\"]}) { totalCount nodes { region { code } } }
               one: organisations(where: {or: [{number: [\"212000-0142\"]}, {text: \"forsakringskassan\"}]}) { nodes { name } }
               here: organisations(where: {municipality: [\"0180\"]}) { totalCount }
               eu: funders(where: {kind: [EU], programmePeriod: [\"2014-2020\"]}) { nodes { name } }
               named: funders(where: {text: \"vinnova\"}) { nodes { name } }
               bank: sources(where: {format: [\"project-bank\"], superseded: false}) { totalCount } }",
        )
        .await;
    assert!(
        found["agencies"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|o| o["kind"] == "STATE_AGENCY" && o["level"] == "LEGAL_ENTITY")
    );
    let units = found["units"]["nodes"].as_array().unwrap();
    assert!(
        !units.is_empty()
            && units
                .iter()
                .all(|o| o["level"] == "UNIT" && !o["name"].as_str().unwrap().contains("Jobbtorg"))
    );
    assert!(found["owners"]["totalCount"].as_i64().unwrap() > 0);
    assert_eq!(found["one"]["nodes"], json!([{"name": "Försäkringskassan"}, {"name": "Stockholms stad"}]));
    assert!(found["here"]["totalCount"].as_i64().unwrap() > 0);
    assert_eq!(found["eu"]["nodes"], json!([{"name": "Europeiska socialfonden 2014–2020"}]));
    assert_eq!(found["named"]["nodes"], json!([{"name": "Vinnova"}]));
    assert_eq!(found["bank"]["totalCount"], json!(4));
}
