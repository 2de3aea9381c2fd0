//! What an analyst finds in the demo.

use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn forty_six_statements_become_forty_one_projects() {
    let app = App::with_demo().await;
    let data =
        app.ask("{ projects { totalCount } sources { totalCount nodes { quality { statements } } } }").await;
    assert_eq!(data["projects"]["totalCount"], 41);
    let sources = data["sources"]["nodes"].as_array().unwrap();
    let statements: i64 = sources.iter().map(|s| s["quality"]["statements"].as_i64().unwrap()).sum();
    assert_eq!((sources.len(), statements), (8, 46));
}

#[tokio::test]
async fn sources_that_disagree_are_shown_side_by_side() {
    let app = App::with_demo().await;
    let data = app
        .ask("{ project(by: {number: \"2019/00163\"}) { name conflicts { field claims { value chosen reason statement { source { format } } } } } }")
        .await;
    insta::assert_json_snapshot!(data);
}

#[tokio::test]
async fn one_project_tells_all_that_its_sources_say() {
    let app = App::with_demo().await;
    let data = app
        .ask(
            "{ project(by: {number: \"2020/00705\"}) {
                name aliases number numbers { value scheme source { format } }
                status(asOf: \"2022-06-01\")
                period { edtf start end startPrecision endPrecision }
                region { code nuts name(lang: EN) } specificObjective plannedParticipants
                owner { name kind level } responsibleUnits { name legalEntity { name } }
                partnerships { totalCount nodes { role organisation { name } unit { name } statements { source { format } } } }
                funders { name programmePeriod kind }
                awards { kind amount { amount currency } uncertainty funder { name } decidedOn
                         statement { line source { format } } agreesWith { source { format } } }
                financing { total { amount currency } granted { amount } ownCoFinancing { amount }
                            unexplained { amount } addsUp note note_en: note(lang: EN) }
                statements { line matchedBy name ownerName partnerNames source { format publisher { name } } }
            } }",
        )
        .await;
    insta::assert_json_snapshot!(data);
}

#[tokio::test]
async fn an_organisation_is_found_by_its_number_with_its_units_and_roles() {
    let app = App::with_demo().await;
    let data = app
        .ask(
            "{ organisation(by: {number: \"SE-ON-2120000142\"}) {
                name kind number orgId level municipality { code name } region { code }
                names { value kind } units(first: 50) { totalCount nodes { name number level parent { name } } }
                owned: projects(roles: [OWNER]) { totalCount }
                itself: projects(includeUnits: false) { totalCount }
                any: projects { totalCount }
                fundingReceived { kind currency sum projects without }
                collaborators(minShared: 2, first: 5) { totalCount edges { sharedProjects node { name } } }
            } }",
        )
        .await;
    insta::assert_json_snapshot!(data);
}

#[tokio::test]
async fn funders_tell_their_totals_by_kind_and_currency() {
    let app = App::with_demo().await;
    let data = app
        .ask(
            "{ funders { nodes { name kind programmePeriod administeredBy { name } parent { name }
                projects { totalCount } awards { totalCount }
                totals { kind currency sum average min max projects without } } } }",
        )
        .await;
    insta::assert_json_snapshot!(data);
}

#[tokio::test]
async fn an_impossible_amount_is_a_warning_and_not_a_value() {
    let app = App::with_demo().await;
    let data = app
        .ask(
            "{ sources(first: 10) { nodes { format statements(first: 50) { nodes {
                name awards { kind } warnings { code text } } } } } }",
        )
        .await;
    let annex = data["sources"]["nodes"].as_array().unwrap().iter().find(|s| s["format"] == "board-annex");
    let statements = annex.unwrap()["statements"]["nodes"].as_array().unwrap();
    let odd = statements.iter().find(|s| s["name"] == "Språkutveckling och jämställt föräldraskap").unwrap();
    assert_eq!(odd["warnings"], json!([{"code": "IMPLAUSIBLE_AMOUNT", "text": "1 222 200 miljoner kr"}]));
    assert_eq!(odd["awards"], json!([{"kind": "CO_FINANCING"}]));
}
