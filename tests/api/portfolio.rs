//! A board's view of one organisation.

use serde_json::{Value, json};

use crate::app::App;
use crate::known::{self, minor};

async fn stockholm(app: &App) -> String {
    let found = app.ask("{ organisation(by: {number: \"212000-0142\"}) { id } }").await;
    found["organisation"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_portfolio_of_a_city_is_as_its_documents_say() {
    let app = known::app().await;
    let city = stockholm(&app).await;
    let found = app
        .ask(&format!(
            "{{ portfolio(organisation: \"{city}\", asOf: \"2023-06-30\") {{ organisation {{ name }} asOf
                projects(first: 3) {{ totalCount nodes {{ name }} aggregates {{ organisations }} }}
                byStatus {{ key {{ status }} aggregates {{ count }} }}
                byFunder {{ key {{ funder {{ name }} }} aggregates {{ count amounts(kinds: [TOTAL_BUDGET]) {{ currency sum without }} }} }}
                byResponsibleUnit {{ key {{ responsibleUnit {{ name }} }} aggregates {{ count }} }}
                years {{ year projects budget {{ amount currency }} ownCoFinancing {{ amount currency }} }} projectsWithoutYears
                startingWithin(months: 12) {{ name period {{ edtf }} }}
                endingWithin {{ name period {{ edtf }} }}
                endedWithoutResults {{ name }} conflicts {{ project {{ name }} conflict {{ field }} }}
                missing(limit: 2) {{ project {{ name }} field }}
                goal(where: {{programmePeriod: [\"2021-2027\"]}}, target: 6) {{ target reached remaining }} }} }}"
        ))
        .await;
    insta::assert_json_snapshot!(found);
}

#[tokio::test]
async fn years_make_up_the_budgets_of_projects_whose_period_is_known() {
    let app = known::app().await;
    let city = stockholm(&app).await;
    let found = app
        .ask(&format!(
            "{{ portfolio(organisation: \"{city}\") {{ years {{ budget {{ amount currency }} }}
                projects(first: 100) {{ nodes {{ period {{ start end }} financing {{ total {{ amount currency }} }} }} }} }} }}"
        ))
        .await;
    let portfolio = &found["portfolio"];
    for currency in ["SEK", "EUR"] {
        let of = |money: &Value| {
            if money["currency"] == currency { minor(money["amount"].as_str().unwrap()) } else { 0 }
        };
        let years =
            portfolio["years"].as_array().unwrap().iter().flat_map(|year| year["budget"].as_array().unwrap());
        let projects = portfolio["projects"]["nodes"].as_array().unwrap().iter();
        let whole = projects
            .filter(|p| !p["period"]["start"].is_null() && !p["period"]["end"].is_null())
            .map(|p| &p["financing"]["total"])
            .filter(|money| !money.is_null());
        assert_eq!(years.map(of).sum::<i64>(), whole.map(of).sum::<i64>(), "{currency}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_of_a_portfolio_is_refused_by_name() {
    let app = App::with_demo().await;
    let city = stockholm(&app).await;
    for (field, place) in [
        ("endingWithin(months: 0) { name }", "months:"),
        ("startingWithin(months: 121) { name }", "months:"),
        ("missing(limit: 0) { field }", "limit:"),
        ("conflicts(limit: 501) { conflict { field } }", "limit:"),
        ("goal(target: 0) { reached }", "target:"),
        ("projects(where: {region: []}) { totalCount }", "where.region:"),
    ] {
        let (code, message) =
            app.refusal(&format!("{{ portfolio(organisation: \"{city}\") {{ {field} }} }}")).await;
        assert_eq!((code.as_str(), message.starts_with(place)), ("BAD_USER_INPUT", true), "{message}");
    }
    let nobody = app.ask("{ portfolio(organisation: \"nobody\") { asOf } }").await;
    assert_eq!(nobody, json!({ "portfolio": null }));
}
