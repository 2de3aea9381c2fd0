//! Lists stand in the order that was asked for, however they are paged.

use serde_json::{Value, json};

use crate::app::App;
use crate::known::{self, minor};

/// The ids of all projects in an order, in pages of seven, from the start or from the end.
async fn paged(app: &App, list: &str, order: &str, backwards: bool) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let arguments = if backwards { "last: 7, before: $at" } else { "first: 7, after: $at" };
        let query = list.replace("ARGUMENTS", &format!("orderBy: {order}, {arguments}"));
        let answer = app.ask_with(&format!("query ($at: String) {query}"), json!({ "at": cursor })).await;
        let page = if answer["projects"].is_null() {
            &answer["organisation"]["projects"]
        } else {
            &answer["projects"]
        };
        let mut own: Vec<String> = page["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["id"].as_str().unwrap().to_owned())
            .collect();
        if backwards {
            own.append(&mut ids);
            ids = own;
        } else {
            ids.append(&mut own);
        }
        let (more, at) =
            if backwards { ("hasPreviousPage", "startCursor") } else { ("hasNextPage", "endCursor") };
        if page["pageInfo"][more] == false {
            return ids;
        }
        cursor = page["pageInfo"][at].clone();
    }
}

/// What a project is sorted by, where it has it.
fn value(project: &Value, field: &str) -> Option<(String, i64)> {
    let day = |path: &str| known::text(project, path).map(|day| (day.to_owned(), 0));
    let money = |kind: &str| {
        let money = &project["financing"][kind];
        money["amount"].as_str().map(|amount| (money["currency"].as_str().unwrap().to_owned(), minor(amount)))
    };
    match field {
        "START" => day("/period/start"),
        "END" => day("/period/end"),
        "UPDATED_AT" => day("/updatedAt"),
        "TOTAL_BUDGET" => money("total"),
        "GRANTED" => money("granted"),
        "PLANNED_PARTICIPANTS" => project["plannedParticipants"].as_i64().map(|n| (String::new(), n)),
        "PARTNERS" => {
            let parts = project["partnerships"]["nodes"].as_array().unwrap().iter();
            let partners = parts
                .filter(|part| part["role"] == "PARTNER")
                .map(|part| part["organisation"]["id"].to_string());
            Some((
                String::new(),
                partners.collect::<std::collections::BTreeSet<_>>().len().try_into().unwrap(),
            ))
        }
        other => panic!("{other}"),
    }
}

const FIELDS: [&str; 7] =
    ["START", "END", "TOTAL_BUDGET", "GRANTED", "PLANNED_PARTICIPANTS", "PARTNERS", "UPDATED_AT"];

#[tokio::test]
async fn every_order_is_what_sorting_everything_gives_forwards_and_backwards() {
    let app = known::app().await;
    let all = known::projects(&app).await;
    let list = "{ projects(ARGUMENTS) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let by_id = |id: &String| all.iter().find(|project| project["id"] == id.as_str()).unwrap();
    for field in FIELDS {
        for direction in ["ASC", "DESC"] {
            let order = format!("[{{field: {field}, direction: {direction}}}]");
            let ids = paged(&app, list, &order, false).await;
            let values: Vec<_> = ids.iter().map(|id| value(by_id(id), field)).collect();
            let mut expected = values.clone();
            expected.sort_by(|one, other| match (one, other) {
                (Some(one), Some(other)) if direction == "ASC" => one.cmp(other),
                (Some(one), Some(other)) => other.cmp(one),
                // What has none comes last either way.
                (one, other) => other.is_some().cmp(&one.is_some()),
            });
            assert_eq!(values, expected, "{field} {direction}");
            let mut once = ids.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), all.len(), "{field} {direction}");
            assert_eq!(paged(&app, list, &order, true).await, ids, "{field} {direction}, from the end");
        }
    }
}

#[tokio::test]
async fn several_fields_go_one_after_another_alone_and_below_a_parent() {
    let app = known::app().await;
    let all = known::projects(&app).await;
    let place = |id: &String| all.iter().position(|project| project["id"] == id.as_str()).unwrap();
    let order = "[{field: PLANNED_PARTICIPANTS, direction: DESC}, {field: TOTAL_BUDGET, direction: ASC}, {field: NAME, direction: DESC}]";
    let compare = |one: &String, other: &String| {
        let (one, other) = (place(one), place(other));
        let last = |one: Option<_>, other: Option<_>| other.is_some().cmp(&one.is_some());
        let (p, q) = (value(&all[one], "PLANNED_PARTICIPANTS"), value(&all[other], "PLANNED_PARTICIPANTS"));
        let (b, c) = (value(&all[one], "TOTAL_BUDGET"), value(&all[other], "TOTAL_BUDGET"));
        last(p.clone(), q.clone())
            .then(q.cmp(&p))
            .then(last(b.clone(), c.clone()))
            .then(b.cmp(&c))
            // All projects stand by name.
            .then(other.cmp(&one))
    };
    let lists = [
        "{ projects(ARGUMENTS) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
        "{ organisation(by: {number: \"212000-0142\"}) { projects(ARGUMENTS) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }",
    ];
    for list in lists {
        let ids = paged(&app, list, order, false).await;
        let mut expected = ids.clone();
        expected.sort_by(compare);
        assert!(ids.len() > 20);
        assert_eq!(ids, expected, "{list}");
        assert_eq!(paged(&app, list, order, true).await, ids, "{list}, from the end");
    }
}

#[tokio::test]
async fn a_cursor_goes_with_its_order_alone() {
    let app = App::with_demo().await;
    let by_start = "orderBy: [{field: START, direction: ASC}]";
    let answer =
        app.ask(&format!("{{ projects(first: 2, {by_start}) {{ pageInfo {{ endCursor }} }} }}")).await;
    let cursor = answer["projects"]["pageInfo"]["endCursor"].as_str().unwrap();
    app.ask(&format!("{{ projects(first: 2, {by_start}, where: {{hasConflicts: false}}, after: \"{cursor}\") {{ totalCount }} }}")).await;
    for other in
        ["", "orderBy: [{field: START, direction: DESC}],", "orderBy: [{field: END, direction: ASC}],"]
    {
        let query = format!("{{ projects(first: 2, {other} after: \"{cursor}\") {{ totalCount }} }}");
        assert_eq!(app.refusal(&query).await.0, "INVALID_CURSOR", "{other}");
    }
    for (order, reason) in [
        ("[]", "orderBy:"),
        ("[{field: START, direction: ASC}, {field: START, direction: DESC}]", "orderBy[1]:"),
        (
            "[{field: START, direction: ASC}, {field: END, direction: DESC}, {field: NAME, direction: DESC}, {field: GRANTED, direction: DESC}, {field: PARTNERS, direction: DESC}]",
            "orderBy:",
        ),
    ] {
        let (code, message) =
            app.refusal(&format!("{{ projects(orderBy: {order}) {{ totalCount }} }}")).await;
        assert_eq!(code, "BAD_USER_INPUT");
        assert!(message.starts_with(reason), "{message}");
    }
}

#[tokio::test]
async fn names_stand_in_swedish_order() {
    let app = known::app().await;
    let found =
        app.ask("{ projects(first: 2, orderBy: [{field: NAME, direction: DESC}]) { nodes { name } } }").await;
    assert_eq!(found["projects"]["nodes"], json!([{"name": "Övergångsprogrammet"}, {"name": "Överbryggan"}]));
    let found = app
        .ask("{ organisations(first: 3, orderBy: [{field: PROJECTS, direction: DESC}]) { nodes { projects(first: 1) { totalCount } } }
                funders(first: 3, orderBy: [{field: PROJECTS, direction: DESC}]) { nodes { projects(first: 1) { totalCount } } } }")
        .await;
    for list in ["organisations", "funders"] {
        let counts: Vec<i64> = found[list]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["projects"]["totalCount"].as_i64().unwrap())
            .collect();
        assert!(counts[0] >= counts[1] && counts[1] >= counts[2] && counts[2] > 0, "{list}: {counts:?}");
    }
}
