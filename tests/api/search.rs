//! The search box.

use samverkan::domain::statement::Statement;
use sea_orm::{ConnectionTrait, DatabaseBackend};
use serde_json::{Value, json};

use crate::app::App;
use crate::known;

async fn found(app: &App, text: &str) -> Vec<(String, String, String)> {
    let query = "query ($text: String!) { search(text: $text, first: 50) { totalCount edges { score matched node { __typename
        ... on Project { name } ... on Organisation { name } ... on Funder { name } } } } }";
    let answer = app.ask_with(query, json!({ "text": text })).await;
    let edges = answer["search"]["edges"].as_array().unwrap();
    assert_eq!(answer["search"]["totalCount"], json!(edges.len()), "{text}");
    let own = |value: &Value| value.as_str().unwrap().to_owned();
    edges
        .iter()
        .map(|edge| (own(&edge["node"]["__typename"]), own(&edge["node"]["name"]), own(&edge["score"])))
        .collect()
}

fn hit(kind: &str, name: &str, score: &str) -> (String, String, String) {
    (kind.to_owned(), name.to_owned(), score.to_owned())
}

#[tokio::test]
async fn names_are_found_by_their_beginnings_without_accents_and_with_a_slip() {
    let app = known::app().await;
    assert_eq!(found(&app, "hållbar etablering").await[0], hit("Project", "Hållbar etablering", "1.0"));
    assert_eq!(found(&app, "HALLBAR etab").await[0], hit("Project", "Hållbar etablering", "0.6"));
    assert_eq!(found(&app, "overbr").await, [hit("Project", "Överbryggan", "0.6")]);
    assert_eq!(found(&app, "överbr").await, [hit("Project", "Överbryggan", "0.8")]);
    assert_eq!(found(&app, "hållbra etabelring").await[0].1, "Hållbar etablering");
    assert_eq!(found(&app, "2120000142").await, [hit("Organisation", "Stockholms stad", "0.4")]);
    assert_eq!(found(&app, "2017/00162").await[0].0, "Project");
    assert_eq!(found(&app, "försäkringskassan").await[0], hit("Organisation", "Försäkringskassan", "1.0"));
    assert!(found(&app, "vinnova").await.contains(&hit("Funder", "Vinnova", "1.0")));
    assert!(found(&app, "finns inte alls").await.is_empty());
}

/// Letters that Swedish does not have, and letters whose marks are written apart.
#[tokio::test]
async fn every_accent_may_be_left_out() {
    let app = App::new().await;
    let line = |name: &str| {
        let statement = Statement {
            document: "a".to_owned(),
            line: 1,
            name: Some(name.to_owned()),
            project_number: Some(format!("E-{}", name.len())),
            ..Statement::default()
        };
        serde_json::to_string(&statement).unwrap()
    };
    let names = ["Šibenik möter Malmö", "A\u{30a}tervinning pa\u{30a} Ö", "Kraków och Łódź", "Žižkov"];
    let report = app.import("a.jsonl", &names.map(line).join("\n")).await;
    assert_eq!(report.files[0].created, 4, "{}", report.table());
    for (text, name) in [
        ("sibenik", 0),
        ("šibenik malmo", 0),
        ("atervinning", 1),
        ("återvinning på", 1),
        ("krakow", 2),
        ("zizkov", 3),
        ("ŽIŽKOV", 3),
    ] {
        let names_found: Vec<String> = found(&app, text).await.into_iter().map(|(_, name, _)| name).collect();
        assert!(names_found.contains(&names[name].to_owned()), "{text}: {names_found:?}");
    }
}

#[tokio::test]
async fn an_inflected_word_finds_the_others() {
    let app = known::app().await;
    let names: Vec<String> = found(&app, "etableringar").await.into_iter().map(|(_, name, _)| name).collect();
    assert!(names.contains(&"Hållbar etablering".to_owned()), "{names:?}");
}

#[tokio::test]
async fn what_stands_for_something_else_in_a_database_is_only_a_character() {
    let app = known::app().await;
    for text in ["%", "_", "*", "\"", "'", "(", ")", "-", ":", "&", "|", "!", "<->"] {
        let (code, message) =
            app.refusal(&format!("{{ search(text: {}) {{ totalCount }} }}", json!(text))).await;
        assert_eq!(
            (code.as_str(), message.starts_with("text:")),
            ("BAD_USER_INPUT", true),
            "{text}: {message}"
        );
        let with_word = format!("över{text}bryggan");
        assert!(
            found(&app, &with_word).await.is_empty(),
            "{with_word} is two words, of which no name has both"
        );
    }
    for text in ["NEAR(bro)", "title:bro", "bro AND NOT", "'; DROP TABLE project; --", "bro^2", "{title} bro"]
    {
        found(&app, text).await;
    }
    assert_eq!(app.ask("{ projects { totalCount } }").await["projects"]["totalCount"], json!(68));
}

#[tokio::test]
async fn a_search_is_paged_in_one_order() {
    let app = known::app().await;
    let all = found(&app, "stockholm").await;
    assert!(all.len() > 6, "{all:?}");
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = "query ($after: String) { search(text: \"stockholm\", first: 3, after: $after) { pageInfo { hasNextPage endCursor }
            nodes { ... on Project { name } ... on Organisation { name } ... on Funder { name } } } }";
        let answer = app.ask_with(query, json!({ "after": after })).await;
        paged.extend(
            answer["search"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["name"].as_str().unwrap().to_owned()),
        );
        if answer["search"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = answer["search"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(paged, all.into_iter().map(|(_, name, _)| name).collect::<Vec<_>>());
    let only = app.ask("{ search(text: \"stockholm\", types: [FUNDER]) { nodes { __typename } } }").await;
    assert!(only["search"]["nodes"].as_array().unwrap().iter().all(|node| node["__typename"] == "Funder"));
}

/// All of a search, page by page: names with how well each fits.
async fn paged(app: &App, text: &str, types: &Value, size: usize, backwards: bool) -> Vec<(String, String)> {
    let (count, place, more, end) = if backwards {
        ("last", "before", "hasPreviousPage", "startCursor")
    } else {
        ("first", "after", "hasNextPage", "endCursor")
    };
    let query = format!(
        "query ($text: String!, $types: [SearchType!]!, $size: Int!, $place: String) {{
        search(text: $text, types: $types, {count}: $size, {place}: $place) {{ pageInfo {{ {more} {end} }}
        edges {{ score node {{ ... on Project {{ name }} ... on Organisation {{ name }} ... on Funder {{ name }} }} }} }} }}"
    );
    let (mut found, mut place) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "text": text, "types": types, "size": size, "place": place });
        let answer = app.ask_with(&query, variables).await;
        let edge = |edge: &Value| {
            let own = |value: &Value| value.as_str().unwrap().to_owned();
            (own(&edge["node"]["name"]), own(&edge["score"]))
        };
        let edges = answer["search"]["edges"].as_array().unwrap().iter().map(edge);
        if backwards {
            found.extend(edges.rev());
        } else {
            found.extend(edges);
        }
        if answer["search"]["pageInfo"][more] == false {
            break;
        }
        place = answer["search"]["pageInfo"][end].clone();
    }
    if backwards {
        found.reverse();
    }
    found
}

/// Of words that many names have, what fits best is asked for first, and the rest only where that is not enough.
#[tokio::test]
async fn what_many_names_have_is_found_in_the_same_order() {
    let app = known::app().await;
    let texts =
        ["stockholm", "Stockholms stad", "s", "etablering", "hållbar etab", "region", "europeiska", "2"];
    let types = [json!([]), json!(["PROJECT"]), json!(["FUNDER", "ORGANISATION"])];
    let mut all = Vec::new();
    for (text, types) in texts.iter().flat_map(|text| types.iter().map(move |types| (text, types))) {
        all.push((text, types, paged(&app, text, types, 100, false).await));
    }
    let ranks =
        |rank: &str| all.iter().filter(|(_, _, found)| found.iter().any(|(_, own)| own == rank)).count();
    assert!(["1.0", "0.8", "0.6", "0.4"].iter().all(|rank| ranks(rank) > 1), "{all:?}");
    if app.db.get_database_backend() == DatabaseBackend::Postgres {
        app.db.execute_unprepared("UPDATE search_word SET entries = 1000000").await.unwrap();
    }
    for (text, types, found) in all {
        for (size, backwards) in [(1, false), (2, true), (3, false), (5, true), (99, false), (99, true)] {
            let again = paged(&app, text, types, size, backwards).await;
            assert_eq!(again, found, "{text} {types}, {size} at a time, backwards: {backwards}");
        }
    }
}

#[tokio::test]
async fn what_is_gone_is_not_found_and_what_is_renamed_is_found_by_its_new_name() {
    let app = App::new().await;
    let table = |rows: &str| {
        let header = "Beneficiary name;Operation name;Operation unique identifier;Operation start date;\
            Operation end date;Total eligible expenditure (EUR)";
        format!("{header}\r\n{rows}")
    };
    let rows = "Alfa AB;Lyktan;X-1;2021-01-01;;10,00\r\nBeta AB;Fyren;X-2;2021-01-01;;10,00\r\n";
    let report = app.import("one.csv", &table(rows)).await;
    assert!(!report.has_failures(), "{}", report.table());
    assert_eq!(found(&app, "lyktan").await.len(), 1);
    assert_eq!(found(&app, "beta ab").await.len(), 1);
    let report = app.import("two.csv", &table("Alfa AB;Lyktan i hamnen;X-1;2021-01-01;;10,00\r\n")).await;
    assert!(!report.has_failures(), "{}", report.table());
    assert_eq!(found(&app, "hamnen").await.len(), 1);
    for source in ["two.csv", "one.csv"] {
        samverkan::import::sources::withdraw(&app.db, source, false, crate::app::noon()).await.unwrap();
    }
    for text in ["lyktan", "hamnen", "fyren", "alfa ab", "beta ab"] {
        assert!(found(&app, text).await.is_empty(), "{text}");
    }
}
