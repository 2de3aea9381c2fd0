//! Relay connections: forwards, backwards, nested, and what they refuse.

use serde_json::{Value, json};

use crate::app::App;

fn names(page: &Value) -> Vec<String> {
    page["nodes"].as_array().unwrap().iter().map(|n| n["name"].as_str().unwrap().to_owned()).collect()
}

async fn walk(app: &App, forwards: bool, size: usize) -> Vec<String> {
    let query = if forwards {
        "query($n: Int, $at: String) { projects(first: $n, after: $at) { nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    } else {
        "query($n: Int, $at: String) { projects(last: $n, before: $at) { nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    };
    let (mut found, mut at) = (Vec::new(), Value::Null);
    for page in 0.. {
        let data = app.ask_with(query, json!({"n": size, "at": at})).await;
        let info = &data["projects"]["pageInfo"];
        let own = names(&data["projects"]);
        let (more, came_from) = if forwards {
            found.extend(own);
            (&info["hasNextPage"], &info["hasPreviousPage"])
        } else {
            found.splice(0..0, own);
            (&info["hasPreviousPage"], &info["hasNextPage"])
        };
        assert_eq!(*came_from, json!(page > 0));
        if *more == json!(false) {
            return found;
        }
        at = info[if forwards { "endCursor" } else { "startCursor" }].clone();
    }
    unreachable!()
}

#[tokio::test]
async fn pages_of_any_size_in_both_directions_give_the_whole_list_in_order() {
    let app = App::with_demo().await;
    let whole = names(&app.ask("{ projects(first: 100) { nodes { name } } }").await["projects"]);
    assert_eq!(whole.len(), 41);
    for size in [1, 7, 40, 41, 42] {
        assert_eq!(walk(&app, true, size).await, whole, "forwards by {size}");
        assert_eq!(walk(&app, false, size).await, whole, "backwards by {size}");
    }
}

#[tokio::test]
async fn names_come_in_swedish_order() {
    let app = App::with_demo().await;
    let whole = names(&app.ask("{ projects(first: 100) { nodes { name } } }").await["projects"]);
    let at =
        |name: &str| whole.iter().position(|n| n == name).unwrap_or_else(|| panic!("{name} in {whole:?}"));
    assert!(at("Hållbar etablering") < at("Hälsofrämjande arbetsliv 2.0"), "å before ä");
    assert_eq!(whole.last().unwrap(), "Övergångsprogrammet", "ö after z");
}

#[tokio::test]
async fn nested_pages_go_on_from_their_own_cursors() {
    let app = App::with_demo().await;
    let query = "query($after: String) { organisation(by: {number: \"212000-0142\"}) { projects(first: 4, after: $after) { totalCount nodes { name } pageInfo { endCursor hasNextPage } } } }";
    let (mut found, mut after, mut total) = (Vec::new(), Value::Null, 0);
    loop {
        let page = app.ask_with(query, json!({ "after": after })).await["organisation"]["projects"].take();
        found.extend(names(&page));
        total = page["totalCount"].as_u64().unwrap().max(total);
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let mut once = found.clone();
    once.sort();
    once.dedup();
    assert_eq!((found.len() as u64, once.len() as u64), (total, total));
    assert!(total > 8);
}

#[tokio::test]
async fn collaborators_are_paged_by_what_they_share() {
    let app = App::with_demo().await;
    let query = "query($after: String) { organisation(by: {number: \"212000-0142\"}) { collaborators(first: 3, after: $after) { totalCount edges { cursor sharedProjects node { name } } pageInfo { hasNextPage endCursor } } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    let total = loop {
        let page =
            app.ask_with(query, json!({ "after": after })).await["organisation"]["collaborators"].take();
        for edge in page["edges"].as_array().unwrap() {
            found.push((edge["sharedProjects"].as_i64().unwrap(), edge["node"]["name"].to_string()));
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break page["totalCount"].as_u64().unwrap();
        }
        after = page["pageInfo"]["endCursor"].clone();
    };
    assert_eq!(found.len() as u64, total);
    assert!(found.windows(2).all(|pair| pair[0].0 >= pair[1].0), "{found:?}");
    assert!(!found.iter().any(|(_, name)| name.contains("Stockholms stad\"")), "not itself: {found:?}");
}

#[tokio::test]
async fn what_a_page_cannot_be_is_refused_by_the_name_of_the_argument() {
    let app = App::with_demo().await;
    for (arguments, code, message) in [
        ("first: 0", "BAD_USER_INPUT", "first: must be from 1 to 100"),
        ("first: -1", "BAD_USER_INPUT", "first: must be from 1 to 100"),
        ("first: 101", "BAD_USER_INPUT", "first: must be from 1 to 100"),
        ("last: 0", "BAD_USER_INPUT", "last: must be from 1 to 100"),
        ("first: 1, last: 1", "BAD_USER_INPUT", "last: cannot be given together with first"),
        ("after: \"\"", "INVALID_CURSOR", "after: not a cursor of this connection"),
        ("before: \"åäö\"", "INVALID_CURSOR", "before: not a cursor of this connection"),
    ] {
        let refusal = app.refusal(&format!("{{ projects({arguments}) {{ totalCount }} }}")).await;
        assert_eq!(refusal, (code.to_owned(), message.to_owned()), "{arguments}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let app = App::with_demo().await;
    let data = app.ask("{ funders(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = data["funders"]["pageInfo"]["endCursor"].as_str().unwrap();
    let (code, _) = app.refusal(&format!("{{ projects(after: \"{cursor}\") {{ totalCount }} }}")).await;
    assert_eq!(code, "INVALID_CURSOR");
}

#[tokio::test]
async fn filters_hold_for_pages_and_counts_alike() {
    let app = App::with_demo().await;
    let data = app
        .ask("{ conflicting: projects(where: {hasConflicts: true}) { totalCount nodes { conflicts { field } } }
                plain: projects(where: {hasConflicts: false}) { totalCount }
                eu: projects(where: {funderKind: [EU]}) { totalCount }
                stockholm: projects(where: {region: [\"01\"]}) { totalCount nodes { region { code } } } }")
        .await;
    let count = |list: &str| data[list]["totalCount"].as_i64().unwrap();
    assert_eq!(count("conflicting") + count("plain"), 41);
    assert!(count("conflicting") >= 1 && count("eu") > 25 && count("stockholm") >= 2);
    for node in data["conflicting"]["nodes"].as_array().unwrap() {
        assert!(!node["conflicts"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn pages_within_pages_are_refused_before_they_grow_without_bound() {
    let app = App::with_demo().await;
    let level = |inner: &str| {
        format!(
            "partnerships(first: 100) {{ nodes {{ organisation {{ projects(first: 100) {{ nodes {{ name {inner} }} }} }} }} }}"
        )
    };
    let pages = format!("{{ projects(first: 100) {{ nodes {{ {} }} }} }}", level("id"));
    let places = "{ projects(first: 10) { nodes { region { municipalities { region { municipalities {
        region { municipalities { name } } } } } } } } }";
    let claims = "{ projects(first: 100) { nodes { claims { statement { project { claims { statement {
        project { claims { value } } } } } } } } } }";
    for query in [&pages, places, claims] {
        let answer = app.answer(query, Value::Null).await;
        assert!(answer.get("data").is_none(), "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "COST_LIMIT_EXCEEDED", "{query}");
    }
}
