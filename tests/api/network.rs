//! Who works with whom, and over whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use crate::app::App;
use crate::known;

/// Each pair of legal entities with how many projects they share, worked out from the projects.
fn pairs(projects: &[Value]) -> BTreeMap<(String, String), i64> {
    let mut pairs = BTreeMap::new();
    for project in projects {
        let all: BTreeSet<&str> = known::texts(project, "/partnerships/nodes", "/organisation/id");
        for one in &all {
            for other in all.iter().filter(|other| one < *other) {
                *pairs.entry(((*one).to_owned(), (*other).to_owned())).or_default() += 1;
            }
        }
    }
    pairs
}

#[tokio::test]
async fn edges_and_degrees_are_what_counting_shared_projects_gives() {
    let app = known::app().await;
    let all = known::projects(&app).await;
    for (filter, level) in [("", 1), ("where: {region: [\"01\"]},", 1), ("", 2)] {
        let of: Vec<Value> = all
            .iter()
            .filter(|p| filter.is_empty() || known::text(p, "/region/code") == Some("01"))
            .cloned()
            .collect();
        let mut expected = pairs(&of);
        expected.retain(|_, shared| *shared >= level);
        let query = format!(
            "{{ collaborationNetwork({filter} minShared: {level}, limit: 900) {{ truncated
                nodes {{ organisation {{ id }} degree projects }} edges {{ a {{ id }} b {{ id }} sharedProjects roles {{ projects }} }} }} }}"
        );
        let answer = app.ask(&query).await;
        let network = &answer["collaborationNetwork"];
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let mut found = BTreeMap::new();
        for edge in network["edges"].as_array().unwrap() {
            let (a, b) = (id(&edge["a"]), id(&edge["b"]));
            let shared = edge["sharedProjects"].as_i64().unwrap();
            let most = edge["roles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|roles| roles["projects"].as_i64().unwrap())
                .max();
            assert!(most.is_some_and(|most| most <= shared));
            found.insert(if a < b { (a, b) } else { (b, a) }, shared);
        }
        assert_eq!(found, expected, "{filter}");
        for node in network["nodes"].as_array().unwrap() {
            let own = id(&node["organisation"]);
            let degree = expected.keys().filter(|(a, b)| *a == own || *b == own).count();
            assert_eq!(node["degree"], json!(degree));
            let projects = of
                .iter()
                .filter(|p| known::texts(p, "/partnerships/nodes", "/organisation/id").contains(own.as_str()))
                .count();
            assert_eq!(node["projects"], json!(projects));
        }
        assert_eq!(network["truncated"], false);
    }
}

#[tokio::test]
async fn a_network_by_units_names_units_and_a_limit_cuts_the_weakest() {
    let app = known::app().await;
    let by_unit = app
        .ask("{ collaborationNetwork(level: UNIT, limit: 1000) { nodes { organisation { level } } } }")
        .await;
    let nodes = by_unit["collaborationNetwork"]["nodes"].as_array().unwrap();
    assert!(nodes.iter().any(|node| node["organisation"]["level"] == "UNIT"));
    let cut = app.ask("{ collaborationNetwork(limit: 2) { truncated edges { sharedProjects } } }").await;
    assert_eq!(cut["collaborationNetwork"]["truncated"], true);
    assert_eq!(cut["collaborationNetwork"]["edges"].as_array().unwrap().len(), 2);
    for (arguments, place) in
        [("minShared: 0", "minShared:"), ("limit: 0", "limit:"), ("limit: 1001", "limit:")]
    {
        let (code, message) =
            app.refusal(&format!("{{ collaborationNetwork({arguments}) {{ truncated }} }}")).await;
        assert_eq!((code.as_str(), message.starts_with(place)), ("BAD_USER_INPUT", true), "{message}");
    }
}

/// A chain of projects: A and B share one, B and C another, and so on; Z shares none with them.
async fn chain() -> App {
    let app = App::new().await;
    let mut list = "Projekt 2020-2021\n\nPrioriterade ESF projekt, beslut 3 december 2020\n\n".to_owned();
    for (name, owner, partner) in [
        ("Ett", "Alfa", "Beta"),
        ("Två", "Beta", "Gamma"),
        ("Tre", "Gamma", "Delta"),
        ("Fyra", "Alfa", "Gamma"),
        ("Fem", "Zeta", "Eta"),
    ] {
        let _infallible = write!(
            list,
            "Projekt {name}\n\nSökande: {owner}orp kommun\nSökt belopp: 1000000 kronor\nSamverkansparter: Förening {partner}, {partner}orp kommun\n\nText.\n\n"
        );
    }
    let report = app.import("lista.txt", &list).await;
    assert_eq!(report.files[0].created, 5, "{}", report.table());
    app
}

#[tokio::test]
async fn a_path_is_the_shortest_chain_of_shared_projects() {
    let app = chain().await;
    let found = app.ask("{ organisations(first: 50) { nodes { id name } } }").await;
    let id = |name: &str| {
        let all = found["organisations"]["nodes"].as_array().unwrap();
        all.iter().find(|node| node["name"] == name).unwrap_or_else(|| panic!("{found:#}"))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let path = async |from: &str, to: &str| {
        let query = format!(
            "{{ organisation(by: {{id: \"{}\"}}) {{ pathTo(organisation: \"{}\") {{ organisation {{ name }} via {{ name }} }} }} }}",
            id(from),
            id(to)
        );
        let answer = app.ask(&query).await;
        let steps = answer["organisation"]["pathTo"].as_array().cloned();
        steps.map(|steps| {
            let step = |step: &Value| {
                format!(
                    "{} {}",
                    step["via"]["name"].as_str().unwrap_or("-"),
                    step["organisation"]["name"].as_str().unwrap()
                )
            };
            steps.iter().map(step).collect::<Vec<_>>()
        })
    };
    assert_eq!(
        path("Betaorp kommun", "Deltaorp kommun").await.unwrap(),
        ["- Betaorp kommun", "Två Gammaorp kommun", "Tre Deltaorp kommun"]
    );
    assert_eq!(path("Alfaorp kommun", "Deltaorp kommun").await.unwrap().len(), 3);
    assert_eq!(path("Alfaorp kommun", "Alfaorp kommun").await.unwrap(), ["- Alfaorp kommun"]);
    assert_eq!(path("Alfaorp kommun", "Zetaorp kommun").await, None);
    let nobody = app.ask(&format!("{{ organisation(by: {{id: \"{}\"}}) {{ pathTo(organisation: \"nobody\") {{ via {{ name }} }} }} }}", id("Alfaorp kommun"))).await;
    assert!(nobody["organisation"]["pathTo"].is_null());
}
