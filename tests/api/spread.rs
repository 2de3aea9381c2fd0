//! What many projects fulfil is looked at with each project of a list as it comes: with the same answers.

use samverkan::domain::statement::{Amount, AmountKind, Statement};
use serde_json::Value;

use crate::app::App;

/// More than are few.
const PROJECTS: u32 = 1_300;

async fn world() -> App {
    let app = App::new().await;
    let mut random = fastrand::Rng::with_seed(3);
    let mut lines = String::new();
    for at in 0..PROJECTS {
        let (year, month) = (random.u16(2015..2024), random.u8(1..=12));
        let amount = Amount {
            kind: AmountKind::TotalBudget,
            value: random.u32(1..1_000).to_string(),
            currency: "SEK".to_owned(),
            precision: "1".to_owned(),
            text: String::new(),
            line: 1,
        };
        let statement = Statement {
            document: "s.jsonl".to_owned(),
            line: 1,
            name: Some(format!("Påhittat {} {at}", random.lowercase())),
            project_number: Some(format!("S-{at}")),
            region: Some(if at % 10 == 0 { "Uppsala län" } else { "Stockholms län" }.to_owned()),
            period: Some(format!("{year}-{month:02}/{}", year + 2)),
            specific_objective: Some(["2.1", "A2A"][usize::from(random.bool())].to_owned()),
            amounts: if at % 7 == 0 { vec![] } else { vec![amount] },
            ..Statement::default()
        };
        lines.push_str(&serde_json::to_string(&statement).unwrap());
        lines.push('\n');
    }
    let report = app.import("s.jsonl", &lines).await;
    assert!(!report.has_failures(), "{}", report.table());
    app
}

/// Two pages and figures of what a filter lets through.
async fn pages(app: &App, filter: &str, order: &str) -> Vec<Value> {
    let mut pages = Vec::new();
    let mut after = "null".to_owned();
    for _ in 0..2 {
        let query = format!(
            "{{ projects(first: 15, after: {after}, where: {filter}, orderBy: {order}) {{
                totalCount aggregates {{ count }} nodes {{ number }} pageInfo {{ endCursor hasNextPage }} }} }}"
        );
        let page = app.ask(&query).await["projects"].take();
        after = page["pageInfo"]["endCursor"].to_string();
        pages.push(page);
    }
    pages
}

#[tokio::test]
async fn what_many_fulfil_is_answered_the_same_however_it_is_found() {
    let app = world().await;
    for filter in [
        "{region: [\"01\"]}",
        "{region: [\"SE1\"]}",
        "{start: {from: \"2015-02-01\", to: \"2023-11-30\"}}",
        "{status: [ENDED], asOf: \"2025-06-01\"}",
        "{runningDuring: {from: \"2016-01-01\", to: \"2024-12-31\"}}",
        "{specificObjective: [\"2.1\", \"A2A\"]}",
        "{amount: {kind: TOTAL_BUDGET, currency: \"SEK\", from: \"2\"}}",
    ] {
        for order in ["NAME", "START", "END", "TOTAL_BUDGET", "PARTNERS"] {
            for direction in ["ASC", "DESC"] {
                let order = format!("[{{field: {order}, direction: {direction}}}]");
                let found = pages(&app, filter, &order).await;
                assert!(found[0]["totalCount"].as_u64().unwrap() > 1_000, "{filter}: {}", found[0]);
                // Within another filter it is not looked at by itself.
                assert_eq!(
                    found,
                    pages(&app, &format!("{{and: [{filter}]}}"), &order).await,
                    "{filter} {order}"
                );
            }
        }
    }
}

/// The names on all pages of a list, forwards or backwards.
async fn names(app: &App, list: &str, arguments: &str, fields: &str, backwards: bool) -> Vec<Value> {
    let (size, from, cursor, more) = if backwards {
        ("last", "before", "startCursor", "hasPreviousPage")
    } else {
        ("first", "after", "endCursor", "hasNextPage")
    };
    let (mut names, mut place) = (Vec::new(), "null".to_owned());
    loop {
        let page = format!("{size}: 8, {from}: {place}, {arguments}");
        let query =
            format!("{{ {list}({page}) {{ {fields} nodes {{ name }} pageInfo {{ {cursor} {more} }} }} }}");
        let page = app.ask(&query).await[list].take();
        names.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["name"].clone()));
        if page["pageInfo"][more] == false {
            return names;
        }
        place = page["pageInfo"][cursor].to_string();
    }
}

#[tokio::test]
async fn words_alone_are_found_page_by_page_as_with_other_conditions() {
    let (app, demo) = (world().await, App::with_demo().await);
    for (app, list, text, least) in
        [(&app, "projects", "påhittat 12", 100), (&demo, "organisations", "kommun", 10)]
    {
        for direction in ["ASC", "DESC"] {
            // With aggregates it is the executor who answers.
            let fields = if list == "projects" { ["", "aggregates { count }"] } else { ["", "__typename"] };
            for (fields, backwards) in fields.into_iter().flat_map(|fields| [(fields, false), (fields, true)])
            {
                let all = |filter: &str| {
                    format!("where: {filter}, orderBy: [{{field: NAME, direction: {direction}}}]")
                };
                let alone = all(&format!("{{text: \"{text}\"}}"));
                let within = all(&format!("{{and: [{{text: \"{text}\"}}]}}"));
                let found = names(app, list, &alone, fields, backwards).await;
                assert!(found.len() > least, "{list}: {}", found.len());
                assert_eq!(found, names(app, list, &within, fields, backwards).await, "{alone} {backwards}");
            }
        }
    }
}
