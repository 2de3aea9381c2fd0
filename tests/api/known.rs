//! All that the demo holds, read page by page: to work answers out anew, the slow and simple way.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::app::App;

/// A service with the demo's documents, its made-up projects, and a few projects in another currency.
pub async fn app() -> App {
    let app = App::with_demo().await;
    app.add_outcomes().await;
    let table = "Beneficiary name;Operation name;Operation unique identifier;Operation start date;Operation end date;\
        Total eligible expenditure (EUR)\r\nÖsterlund AB;Överbryggan;X-1;2021-02-01;2022-03-31;1500000,50\r\n\
        Åby förening;Ännu en bro;X-2;2021-02-01;;900,00\r\nÅby förening;2 broar till;X-3;2019-02-01;2019-12-31;900,00\r\n";
    let report = app.import("euro.csv", table).await;
    assert!(!report.has_failures(), "{}", report.table());
    app
}

/// All projects, with what filters and groups ask about.
pub async fn projects(app: &App) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = app
            .ask_with(
                "query ($after: String) { projects(first: 25, after: $after) { pageInfo { hasNextPage endCursor } nodes {
                    id name aliases number numbers { value } status(asOf: \"2023-06-30\") updatedAt period { start end }
                    region { code } specificObjective owner { id kind legalEntity { id name kind municipality { code } } }
                    responsibleUnits { id } funders { id name kind programmePeriod } plannedParticipants
                    financing { total { amount currency } granted { amount currency } }
                    conflicts { field } statements { source { id } } participantOutcomes { total { value } }
                    partnerships(first: 40) { nodes { role organisation { id kind } unit { id } } } } } }",
                serde_json::json!({ "after": after }),
            )
            .await;
        let page = &page["projects"];
        all.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The texts at a path below each item of a list.
pub fn texts<'a>(project: &'a Value, list: &str, path: &str) -> BTreeSet<&'a str> {
    let items = project.pointer(list).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.pointer(path).and_then(Value::as_str)).collect()
}

/// The text at a path.
pub fn text<'a>(project: &'a Value, path: &str) -> Option<&'a str> {
    project.pointer(path).and_then(Value::as_str)
}

/// An amount in minor units.
pub fn minor(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap()
}
