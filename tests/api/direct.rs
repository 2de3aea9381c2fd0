//! What is answered directly is answered as the executor would.

use samverkan::graphql::{Data, JsonMap, Request, Schema};
use samverkan::store::database;
use serde_json::{Value, json};

use crate::app::App;
use crate::random_documents;

/// What can be asked directly at the root.
const ROOT: [&str; 6] =
    ["project", "projects", "organisation", "organisations", "funder", "participantOutcomes"];
/// And below.
const BELOW: [&str; 53] = [
    "id",
    "name",
    "number",
    "status",
    "statusLabel",
    "period",
    "region",
    "specificObjective",
    "decidedOn",
    "owner",
    "partnerships",
    "funders",
    "awards",
    "plannedParticipants",
    "participantOutcomes",
    "createdAt",
    "updatedAt",
    "nodes",
    "edges",
    "node",
    "cursor",
    "pageInfo",
    "totalCount",
    "hasNextPage",
    "endCursor",
    "kind",
    "kindLabel",
    "level",
    "legalEntity",
    "projects",
    "role",
    "roleLabel",
    "organisation",
    "unit",
    "amount",
    "currency",
    "financing",
    "granted",
    "ownCoFinancing",
    "unexplained",
    "addsUp",
    "note",
    "funder",
    "total",
    "rows",
    "key",
    "value",
    "percent",
    "participants",
    "notShown",
    "code",
    "label",
    "sex",
];

/// The answer to a question, and whether it was found directly.
async fn answer(schema: &Schema, query: &str, variables: &Value) -> (String, bool) {
    let variables: JsonMap = serde_json::from_value(variables.clone()).unwrap();
    let request = Request { query: Some(query.to_owned()), variables, ..Request::default() };
    match schema.prepare(&request) {
        Ok(prepared) => {
            let reply = schema.execute(&prepared, "test", None).await;
            let json = String::from_utf8(reply.to_json().unwrap()).unwrap();
            assert_eq!(json, serde_json::to_string(&reply).unwrap());
            (json, matches!(reply.data, Some(Data::Text(_))))
        }
        Err(refused) => (serde_json::to_string(&refused).unwrap(), false),
    }
}

/// Asks both ways, and says whether one of them was direct.
pub async fn same(app: &App, query: &str, variables: &Value) -> bool {
    let (one, is_direct) = answer(&app.schema, query, variables).await;
    if is_direct {
        let version = database::version(&app.db).await.unwrap().version;
        let without_transaction = answer(&app.schema.clone().at(version), query, variables).await;
        assert_eq!(without_transaction, (one.clone(), true));
    }
    let (other, is_not) = answer(&app.schema.clone().by_executor_alone(), query, variables).await;
    assert!(!is_not);
    // Of several errors that make all null, which is told depends on which came first.
    if one.contains("\"errors\"") && other.contains("\"errors\"") {
        assert!(!is_direct);
    } else {
        assert_eq!(one, other, "{query}");
    }
    is_direct
}

async fn app() -> App {
    let app = App::with_demo().await;
    app.add_outcomes().await;
    app
}

#[tokio::test]
async fn random_documents_are_answered_alike_directly_and_by_the_executor() {
    let app = app().await;
    let documents = random_documents::of(&app, &ROOT, &BELOW, 400).await;
    let mut direct = 0;
    for query in &documents {
        direct += usize::from(same(&app, query, &json!({})).await);
    }
    assert!(direct * 5 > documents.len(), "only {direct} of {} were answered directly", documents.len());
    // Whatever can be asked at all.
    for query in random_documents::of(&app, &ROOT, &[], 200).await {
        same(&app, &query, &json!({})).await;
    }
}

#[tokio::test]
async fn fragments_directives_and_keys_that_come_twice_are_answered_alike() {
    let app = app().await;
    let id = app.ask("{ projects(first: 1) { nodes { id } } }").await["projects"]["nodes"][0]["id"].take();
    let variables = json!({"yes": true, "no": false, "id": id, "first": 3, "lang": "EN"});
    for (query, expected) in [
        ("query($id: ID!) { project(by: {id: $id}) { ...P ... on Node { key: id } owner { id } } }
          fragment P on Project { id name owner { name } __typename }", true),
        ("query($yes: Boolean!, $no: Boolean!) { projects(first: 2) { nodes { id @skip(if: $yes) name @include(if: $no)
            ... @include(if: $yes) { number } owner @skip(if: $yes) { id } } pageInfo @skip(if: $no) { endCursor } } }", true),
        ("query($first: Int, $none: String, $lang: Language!) { organisations(first: $first, after: $none) { nodes {
            name(lang: $lang) sv: name level kindLabel(lang: $lang) projects(first: 2) { edges { cursor node { name } } } } } }", true),
        ("{ a: projects(first: 2) { nodes { name } } a: projects(first: 2) { nodes { id } pageInfo { hasNextPage } } }", true),
        ("{ project(by: {number: \"nothing\"}) { id } organisation(by: {number: \"nothing\"}) { id } funder(id: \"x\") { id } }", true),
        ("{ projects(first: 2) { nodes { id @skip(if: true) } } }", true),
        ("{ __typename projects(first: 1) { __typename nodes { __typename } } }", false),
        ("{ projects(first: 0) { nodes { id } } }", false),
        ("{ a: projects(first: 1) { nodes { id } } b: projects(first: 2) { nodes { id } } }", false),
        ("{ projects(after: \"wrong\") { nodes { id } } }", false),
        ("{ projects(where: {region: [\"01\"]}, orderBy: [{field: END, direction: DESC}], first: 4) { nodes { name period { end } } pageInfo { startCursor } } }", true),
        ("{ projects(first: 2, where: {region: [\"01\"]}) { totalCount nodes { id } } organisations(first: 3) { totalCount
            nodes { projects(first: 1) { totalCount nodes { name } } } } }", true),
        ("{ projects(first: 100) { nodes { financing { __typename total { amount currency } granted { amount } euSupport { amount }
            ownCoFinancing { amount } unexplained { amount } addsUp note en: note(lang: EN) } } } }", true),
        ("{ projects(first: 9) { nodes { financing { addsUp other { kind } } } } }", false),
        ("{ projects(first: 2) { totalCount aggregates { count } nodes { id } } }", false),
        ("{ participantOutcomes(by: [FUNDER, SEX], dimension: EXIT_STATUS) { basis total { value lower } notShown { value }
            overlap { value } rows { key { sex code label(lang: EN) } participants { value basis } percent } } }", true),
        ("{ participantOutcomes(by: [FUNDER]) { rows { key { funder { name } } participants { value } } } }", false),
        ("{ participantOutcomes(by: [REGION, PERIOD, SEX], dimension: AGE) { total { value } notShown { value } overlap { value }
            rows { key { region { code } period sex code label(lang: EN) } participants { value } percent percentMissing } } }", true),
        ("{ participantOutcomes(where: {funderKind: [EU]}, by: [SEX], dimension: EDUCATION, crossedWith: TARGET_GROUP, periods: [2024, 2025]) {
            total { value } rows { key { code crossedCode } participants { value } } } }", true),
        ("{ participantOutcomes(by: [PROJECT], dimension: STEP_REACHED, sex: [WOMEN]) { rows { key { code sex } participants { value upper } } } }", true),
        ("{ participantOutcomes(where: {region: [\"01\", \"03\"]}) { total { value } rows { percent } } }", true),
        ("{ participantOutcomes(scope: OWN) { total { value } } }", false),
        ("{ participantOutcomes(dimension: AGE, crossedWith: EXIT_STATUS) { total { value } } }", false),
        ("{ projects(first: 3) { nodes { participantOutcomes(scope: OWN) { total { value } } } } }", false),
        ("{ projects(first: 3) { nodes { participantOutcomes(dimension: AGE, crossedWith: EXIT_STATUS) { total { value } } } } }", false),
    ] {
        assert_eq!(same(&app, query, &variables).await, expected, "{query}");
    }
}

#[tokio::test]
async fn each_field_alone_is_answered_alike() {
    let app = app().await;
    let mut asked = 0;
    // Of each only the columns are read that it is made of.
    for (list, kind, fields) in [
        ("projects", "Project", "id name number status statusLabel(lang:EN) period{start,end} region{name} specificObjective
            decidedOn owner{name} owner{id} partnerships{nodes{role}} partnerships{totalCount} funders{name} awards{id}
            awards(kinds:[GRANTED]){decidedOn} financing{addsUp} plannedParticipants participantOutcomes{total{value}}
            createdAt updatedAt"),
        ("projects", "Partnership", "id role roleLabel(lang:EN) organisation{name} unit{id} unit{kind} project{number}"),
        ("projects", "Award", "id kind kindLabel amount{amount} amount{currency} uncertainty funder{name} funder{kind}
            decidedOn project{id}"),
        ("organisations", "Organisation", "id name(lang:EN) name kind kindLabel level legalEntity{id} legalEntity{name}
            parent{name} region{code} projects(first:2){nodes{name}} createdAt updatedAt"),
        ("projects", "Funder", "id name(lang:EN) name kind kindLabel programmePeriod administeredBy{name} parent{name}
            createdAt updatedAt"),
    ] {
        for field in fields.split_whitespace() {
            let selected = match kind {
                "Partnership" => format!("partnerships {{ nodes {{ {field} }} }}"),
                "Award" => format!("awards {{ {field} }}"),
                "Funder" => format!("funders {{ {field} }}"),
                _ => field.to_owned(),
            };
            for order in ["", ", orderBy: [{field: NAME, direction: DESC}]"] {
                let query = format!("{{ {list}(first: 60{order}) {{ nodes {{ {selected} }} pageInfo {{ endCursor }} }} }}");
                assert!(same(&app, &query, &json!({})).await, "{query}");
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    // By other columns than those that are shown, forwards and backwards, over what has none.
    for field in ["START", "END", "TOTAL_BUDGET", "PLANNED_PARTICIPANTS", "PARTNERS", "UPDATED_AT"] {
        for page in ["first: 7", "last: 7"] {
            let list = format!("projects({page}, orderBy: [{{field: {field}, direction: DESC}}])");
            for asked in ["edges { cursor node { number } }", "nodes { number }", "edges { node { number } }"]
            {
                let query = format!("{{ {list} {{ {asked} }} }}");
                assert!(same(&app, &query, &json!({})).await, "{query}");
                let query = format!("{{ organisations(first: 5) {{ nodes {{ {list} {{ {asked} }} }} }} }}");
                assert!(same(&app, &query, &json!({})).await, "{query}");
            }
        }
    }
}

/// Where nobody asks how a list goes on, or where in it something stands, that is not looked up.
#[tokio::test]
async fn pages_are_cut_alike_whatever_is_asked_of_them() {
    let app = app().await;
    let first = "{ projects(first: 2) { pageInfo { endCursor } }
        organisations(first: 40) { nodes { id projects(first: 1) { totalCount pageInfo { endCursor } } } } }";
    let answer = app.ask(first).await;
    let organisations = answer["organisations"]["nodes"].as_array().unwrap();
    let largest = organisations.iter().max_by_key(|own| own["projects"]["totalCount"].as_i64()).unwrap();
    assert!(largest["projects"]["totalCount"].as_i64() > Some(3), "{largest}");
    let (own, whose) = (&largest["projects"]["pageInfo"]["endCursor"], &largest["id"]);
    let at = &answer["projects"]["pageInfo"]["endCursor"];
    for asked in [
        "nodes { name }",
        "totalCount nodes { name }",
        "edges { node { name } }",
        "pageInfo { hasNextPage hasPreviousPage }",
        "nodes { name } pageInfo { hasNextPage hasPreviousPage }",
        "... @include(if: false) { pageInfo { hasNextPage } } nodes { name }",
    ] {
        let pages = |at: &Value| {
            [
                "first: 2",
                "last: 2",
                "first: 40",
                &format!("first: 2, after: {at}"),
                &format!("last: 1, before: {at}"),
            ]
            .map(ToOwned::to_owned)
        };
        for page in pages(at) {
            for only in ["", "where: {text: \"a\"}", "where: {region: [\"01\", \"12\"]}"] {
                let query = format!("{{ projects({page} {only}) {{ {asked} }} }}");
                assert!(same(&app, &query, &json!({})).await, "{query}");
            }
        }
        for page in pages(own) {
            for only in ["", "includeUnits: false", "where: {region: [\"01\", \"12\"]}"] {
                let list = format!("projects({page} {only}) {{ {asked} }}");
                let one = format!("organisation(by: {{id: {whose}}}) {{ {list} }}");
                let many = format!("organisations(first: 40) {{ nodes {{ {list} }} }}");
                // A cursor is of one list, and that is told by what narrows it.
                if page.contains(',') && !only.is_empty() {
                    continue;
                }
                for query in [one, many] {
                    assert!(same(&app, &format!("{{ {query} }}"), &json!({})).await, "{query}");
                }
            }
        }
    }
}
