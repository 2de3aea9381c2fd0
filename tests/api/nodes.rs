//! Global ids lead back to the same object, whatever its type.

use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn every_global_id_leads_back_to_its_object() {
    let app = App::with_demo().await;
    let data = app
        .ask(
            "{ projects(first: 1) { nodes { id partnerships(first: 1) { nodes { id } } statements { id awards { id } } } }
               organisations(first: 1) { nodes { id } } funders(first: 1) { nodes { id } } sources(first: 1) { nodes { id } } }",
        )
        .await;
    let project = &data["projects"]["nodes"][0];
    let ids = json!([
        project["id"],
        project["partnerships"]["nodes"][0]["id"],
        project["statements"][0]["id"],
        project["statements"][0]["awards"][0]["id"],
        data["organisations"]["nodes"][0]["id"],
        data["funders"]["nodes"][0]["id"],
        data["sources"]["nodes"][0]["id"],
    ]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let found = app.ask_with(query, json!({ "ids": ids })).await;
    let types: Vec<_> =
        found["nodes"].as_array().unwrap().iter().map(|n| n["__typename"].as_str().unwrap()).collect();
    assert_eq!(types, ["Project", "Partnership", "Statement", "Award", "Organisation", "Funder", "Source"]);
    let back: Vec<_> = found["nodes"].as_array().unwrap().iter().map(|n| n["id"].clone()).collect();
    assert_eq!(json!(back), ids);
}

#[tokio::test]
async fn an_id_of_nothing_is_null_and_no_error() {
    let app = App::with_demo().await;
    let data = app
        .ask("{ node(id: \"nothing\") { id } nodes(ids: [\"\", \"UA\"]) { id } project(by: {id: \"å\"}) { id } funder(id: \"x\") { id } organisation(by: {number: \"212000-0143\"}) { id } }")
        .await;
    assert_eq!(
        data,
        json!({"node": null, "nodes": [null, null], "project": null, "funder": null, "organisation": null})
    );
}

#[tokio::test]
async fn too_many_ids_are_refused_by_name() {
    let app = App::new().await;
    let ids = vec!["\"x\""; 101].join(",");
    let (code, message) = app.refusal(&format!("{{ nodes(ids: [{ids}]) {{ id }} }}")).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("BAD_USER_INPUT", "ids: has 101 items; at most 100 are allowed")
    );
}

#[tokio::test]
async fn ids_are_the_same_in_another_database_with_the_same_files() {
    let query = "{ projects(first: 100) { nodes { id name } } organisations(first: 100) { nodes { id } } }";
    let (one, other) = (App::with_demo().await, App::with_demo().await);
    assert_eq!(one.ask(query).await, other.ask(query).await);
}
