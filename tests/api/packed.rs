//! What stands in the row of a project, or all that is published of it in one: it says what the tables say.

use std::collections::HashMap;

use samverkan::entities::{funder, organisation, outcome_cell, outcome_group, project, project_outcome};
use samverkan::import::{rebuild, sources};
use samverkan::store::packed::{self, Named};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::app::{App, noon};
use crate::direct::same;

/// Everything that is packed.
const QUESTIONS: [&str; 7] = [
    "{ projects(first: 100) { nodes { name partnerships { totalCount nodes { id role organisation { name } unit { name } } }
        awards { id kind amount { amount currency } uncertainty decidedOn funder { name } project { id } } } } }",
    "{ projects(first: 100) { nodes { partnerships(first: 2, roles: [PARTNER, OWNER]) { totalCount
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }",
    "{ projects(first: 100) { nodes { partnerships(last: 2) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } } }",
    "{ projects(first: 100) { nodes { partnerships(last: 2) { nodes { role } } } } }",
    "{ projects(first: 100) { nodes { partnerships(first: 1, roles: [PARTNER]) { nodes { role } } } } }",
    "{ projects(first: 100) { nodes { partnerships(last: 1) { edges { cursor node { id role } } totalCount } } } }",
    "{ projects(first: 100) { nodes { awards(kinds: [GRANTED, TOTAL_BUDGET]) { id } } } }",
];

async fn are_answered_alike(app: &App) {
    for query in QUESTIONS {
        assert!(same(app, query, &json!({})).await, "{query}");
    }
    // Where a page that was packed ends, the list goes on.
    let first = "{ projects(first: 100) { nodes { id partnerships(first: 1) { pageInfo { hasNextPage endCursor } } } } }";
    let answer = app.ask(first).await;
    let projects = answer["projects"]["nodes"].as_array().unwrap().iter();
    let longer = projects.filter(|project| project["partnerships"]["pageInfo"]["hasNextPage"] == true);
    let mut asked = 0;
    for project in longer.take(5) {
        let page = "nodes { id role } totalCount pageInfo { hasPreviousPage endCursor }";
        let query = format!(
            "query($id: ID!, $at: String!) {{ project(by: {{id: $id}}) {{ next: id partnerships(first: 2, after: $at)
                {{ {page} }} }} }}"
        );
        let variables = json!({"id": project["id"], "at": project["partnerships"]["pageInfo"]["endCursor"]});
        assert!(same(app, &query, &variables).await);
        let rest = app.ask_with(&query, variables.clone()).await["project"]["partnerships"].take();
        assert!(!rest["nodes"].as_array().unwrap().is_empty() && rest["pageInfo"]["hasPreviousPage"] == true);
        assert!(same(app, &query.replace("first: 2, after", "last: 1, before"), &variables).await);
        asked += 1;
    }
    assert!(asked > 1);
}

/// A statement about a project with so many partners.
fn with_partners(number: usize) -> String {
    let partners: Vec<_> = (0..number).map(|at| json!({"name": format!("Bolaget {at} AB")})).collect();
    let statement = json!({
        "document": "many.jsonl", "line": 1, "name": "Många tillsammans", "project_number": null,
        "partners": partners, "amounts": [],
    });
    format!("{statement}\n")
}

#[tokio::test]
async fn lists_are_the_same_where_they_are_not_in_the_row_of_their_project() {
    let app = App::with_demo().await;
    are_answered_alike(&app).await;
    let rows = async || project::Entity::find().order_by_asc(project::Column::Id).all(&app.db).await.unwrap();
    let packed = rows().await;
    assert!(packed.iter().all(|row| row.packed_partnerships.is_some() && row.packed_awards.is_some()));
    // As in a database that was filled before there were any.
    let [partnerships, awards] = [project::Column::PackedPartnerships, project::Column::PackedAwards];
    let none = || Expr::value(None::<Vec<u8>>);
    assert!(packed::are_current(&app.db).await.unwrap());
    let clear = project::Entity::update_many().col_expr(partnerships, none()).col_expr(awards, none());
    let half = packed.iter().step_by(2).map(|row| row.id);
    clear.clone().filter(project::Column::Id.is_in(half)).exec(&app.db).await.unwrap();
    are_answered_alike(&app).await;
    clear.exec(&app.db).await.unwrap();
    are_answered_alike(&app).await;
    assert!(!packed::are_current(&app.db).await.unwrap());
    rebuild(&app.db, noon()).await.unwrap();
    assert_eq!(rows().await, packed);
}

#[tokio::test]
async fn many_partners_are_looked_up() {
    let app = App::with_demo().await;
    app.import("many.jsonl", &with_partners(70)).await;
    let many =
        project::Entity::find().filter(project::Column::Partners.eq(70)).one(&app.db).await.unwrap().unwrap();
    assert_eq!(many.packed_partnerships, None);
    assert!(many.packed_awards.is_some());
    are_answered_alike(&app).await;
    let query = "{ projects(where: {text: \"Många tillsammans\"}) { nodes { partnerships(first: 100) { totalCount nodes { id } } } } }";
    let list = app.ask(query).await["projects"]["nodes"][0]["partnerships"].take();
    assert_eq!((list["totalCount"].as_u64(), list["nodes"].as_array().unwrap().len()), (Some(70), 70));
}

#[tokio::test]
async fn all_that_is_published_of_a_project_is_what_its_rows_say() {
    let app = App::with_demo().await;
    app.add_outcomes().await;
    let mut expected: Vec<(_, String)> = Vec::new();
    for row in outcome_group::Entity::find().all(&app.db).await.unwrap() {
        let shown = u8::from(row.shown);
        expected.push((row.project_id, format!("{} {}  {} {shown}", row.period, row.sex, row.value)));
    }
    for row in outcome_cell::Entity::find().all(&app.db).await.unwrap() {
        expected
            .push((row.project_id, format!("{} {} {} {} 0", row.period, row.sex, row.category, row.value)));
    }
    expected.sort();
    assert!(expected.len() > 100, "{}", expected.len());
    let found = async || {
        let mut found: Vec<(_, String)> = Vec::new();
        for row in project_outcome::Entity::find().all(&app.db).await.unwrap() {
            found.extend(row.numbers.split(';').map(|number| (row.project_id, number.to_owned())));
        }
        found.sort();
        found
    };
    assert_eq!(found().await, expected);
    // And so does what the migration makes of the rows that are there.
    let migration = include_str!("../../migrations/0027_project_outcomes.sql");
    let filling = &migration[migration.find("INSERT INTO").unwrap()..];
    project_outcome::Entity::delete_many().exec(&app.db).await.unwrap();
    app.db.execute_unprepared(filling).await.unwrap();
    assert_eq!(found().await, expected);
}

/// Whether who takes part and who pays is called in the rows of projects as in their own.
pub async fn are_called_alike(app: &App) -> usize {
    let organisations = organisation::Entity::find().all(&app.db).await.unwrap();
    let organisations: HashMap<_, _> =
        organisations.into_iter().map(|row| (row.id, (row.name, row.name_en))).collect();
    let funders = funder::Entity::find().all(&app.db).await.unwrap();
    let funders: HashMap<_, _> = funders.into_iter().map(|row| (row.id, (row.name, row.name_en))).collect();
    let mut looked_at = 0;
    for project in project::Entity::find().all(&app.db).await.unwrap() {
        let called = |named: &Named<'_>| (named.name.to_owned(), named.name_en.map(str::to_owned));
        for named in packed::partnerships_of(&project).map(|(_, named)| named).unwrap_or_default() {
            assert_eq!(Some(&called(&named)), organisations.get(&named.id), "{}", project.name);
            looked_at += 1;
        }
        for named in packed::awards_of(&project).map(|(_, named)| named).unwrap_or_default() {
            assert_eq!(Some(&called(&named)), funders.get(&named.id), "{}", project.name);
            looked_at += 1;
        }
    }
    looked_at
}

/// A statement of a project that an organisation owns, which is told by its number.
fn owned(project: &str, owner: &str) -> String {
    let statement = json!({
        "document": "owned.jsonl", "line": 1, "name": project, "project_number": null,
        "owner": {"name": owner, "number": "556016-0680"}, "partners": [], "amounts": [],
    });
    format!("{statement}\n")
}

#[tokio::test]
async fn names_are_those_of_the_organisations_and_funders() {
    let app = App::with_demo().await;
    assert!(are_called_alike(&app).await > 50);
    app.import("a.jsonl", &owned("Första vägen", "Ett Exempel AB")).await;
    app.import("b.jsonl", &owned("Andra vägen", "ETT EXEMPEL AB")).await;
    assert!(are_called_alike(&app).await > 50);
    let owners = async || {
        let query = "{ projects(where: {text: \"vägen\"}) { nodes { name owner { name } partnerships { nodes { organisation { name } } } } } }";
        assert!(same(&app, query, &json!({})).await);
        let nodes = app.ask(query).await["projects"]["nodes"].take();
        let owners = nodes
            .as_array()
            .unwrap()
            .iter()
            .filter(|node| node["name"].as_str().unwrap().ends_with("a vägen"));
        let mut owners: Vec<_> =
            owners.map(|node| node["owner"]["name"].as_str().unwrap().to_owned()).collect();
        owners.dedup();
        owners
    };
    assert_eq!(owners().await, ["Ett Exempel AB"], "the name that was met first");
    // Who is met first is another when the first is taken back.
    sources::withdraw(&app.db, "a.jsonl", false, noon()).await.unwrap();
    assert_eq!(owners().await, ["ETT EXEMPEL AB"]);
    assert!(are_called_alike(&app).await > 50);
    let rows = async || project::Entity::find().order_by_asc(project::Column::Id).all(&app.db).await.unwrap();
    let before = rows().await;
    rebuild(&app.db, noon()).await.unwrap();
    assert_eq!(rows().await, before);
}

#[tokio::test]
async fn who_is_met_first_gives_a_name_however_many_statements_come() {
    // Two lots of statements: to find out whom the first speaks of takes long, and the second is short.
    let line = |at: usize| {
        let (owner, partners) = if at < 1_024 { ("Ett Exempel AB", 8) } else { ("ETT EXEMPEL AB", 0) };
        let partners: Vec<_> =
            (0..partners).map(|of| json!({"name": format!("Bolaget vid väg {at} i stad {of} AB")})).collect();
        let mut statement: Value = serde_json::from_str(&owned(&format!("Väg nummer {at}"), owner)).unwrap();
        statement["partners"] = json!(partners);
        format!("{statement}\n")
    };
    let text: String = (0..1_030).map(line).collect();
    for _ in 0..3 {
        let app = App::new().await;
        app.import("many.jsonl", &text).await;
        let rows = async || {
            let projects =
                project::Entity::find().order_by_asc(project::Column::Id).all(&app.db).await.unwrap();
            let organisations = organisation::Entity::find()
                .order_by_asc(organisation::Column::Id)
                .all(&app.db)
                .await
                .unwrap();
            (projects, organisations)
        };
        let before = rows().await;
        let owner = before.1.iter().find(|row| row.number.is_some()).unwrap();
        assert_eq!(owner.name, "Ett Exempel AB");
        assert_eq!(are_called_alike(&app).await, 1_030 + 1_024 * 8);
        rebuild(&app.db, noon()).await.unwrap();
        assert_eq!(rows().await, before);
    }
}
