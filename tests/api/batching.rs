//! The number of SQL statements follows from the shape of a question, never from its rows.

use std::fmt::Write;

use crate::app::App;
use crate::groups::with_amounts;

/// Sixty projects, each with an owner and partners of its own, and sixty more, last by name, that share one partner
/// with one of them: whatever a page holds, its nested projects are not on it, so no lookup is saved by chance.
async fn fifty_projects() -> App {
    let app = App::new().await;
    let mut list = "Projekt 2020-2021\n\nPrioriterade ESF projekt, beslut 3 december 2020\n\n".to_owned();
    for n in 0..120 {
        let (name, owner) = if n < 60 { ("Verkstad", n) } else { ("Ögonblick", n) };
        let _infallible = write!(
            list,
            "{name} nummer {n}\n\nSökande: Ort{owner} kommun\nSökt belopp: {} kronor\nSamverkansparter: Förening Alfa{n}, Förening Beta{}, Arbetsförmedlingen\n\nProjektet prövar nya arbetssätt.\n\n",
            1_000_000 + n * 1_000,
            n % 60,
        );
    }
    let report = app.import("lista.txt", &list).await;
    assert_eq!(report.files[0].created, 120, "{}", report.table());
    app
}

fn nested(first: usize) -> String {
    format!(
        "{{ projects(first: {first}) {{ nodes {{ name
            owner {{ name units(first: 3) {{ nodes {{ name }} }} }}
            funders {{ name totals {{ sum }} }}
            awards {{ amount {{ amount }} funder {{ name }} statement {{ source {{ title publisher {{ name }} }} }} }}
            conflicts {{ field }} claims {{ value statement {{ source {{ title }} }} }}
            partnerships(first: 5) {{ totalCount nodes {{ role statements {{ line }}
                organisation {{ name names {{ value }} legalEntity {{ name }}
                    projects(first: 3) {{ totalCount nodes {{ name owner {{ name }}
                        partnerships(first: 2) {{ nodes {{ organisation {{ name }} }} }} }} }}
                    collaborators(first: 2) {{ edges {{ sharedProjects node {{ name }} }} }} }} }} }}
        }} }} }}"
    )
}

#[tokio::test]
async fn five_projects_and_twenty_five_take_the_same_number_of_statements() {
    let app = fifty_projects().await;
    let five = app.statements_for(&nested(5)).await;
    let fifty = app.statements_for(&nested(25)).await;
    assert_eq!(five, fifty);
    assert!(five < 40, "{five} statements");
}

#[tokio::test]
async fn the_number_of_statements_is_the_same_every_time() {
    let app = fifty_projects().await;
    let first = app.statements_for(&nested(25)).await;
    for _ in 0..20 {
        assert_eq!(app.statements_for(&nested(25)).await, first);
    }
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_counted() {
    let app = fifty_projects().await;
    assert_eq!(app.statements_for("{ projects(first: 5) { nodes { name } } }").await, 1);
    assert_eq!(app.statements_for("{ projects(first: 5) { totalCount nodes { name } } }").await, 2);
}

#[tokio::test]
async fn names_beside_projects_are_not_looked_up() {
    let app = fifty_projects().await;
    let fields =
        "name owner { id name } partnerships(first: 5) { nodes { role organisation { name } unit { name } } }
        awards { kind funder { name } }";
    assert_eq!(app.statements_for(&format!("{{ projects(first: 9) {{ nodes {{ {fields} }} }} }}")).await, 1);
    let ids = app.ask("{ projects(first: 1) { nodes { id } } }").await;
    let id = &ids["projects"]["nodes"][0]["id"];
    for fields in [fields, "name owner { name }", "awards { funder { name } }"] {
        let query = format!("{{ project(by: {{id: {id}}}) {{ {fields} }} }}");
        assert_eq!(app.statements_for(&query).await, 1, "{fields}");
    }
}

#[tokio::test]
async fn aliases_of_one_field_share_a_statement() {
    let app = fifty_projects().await;
    let one = app.statements_for("{ projects(first: 9) { nodes { a: owner { kind } } } }").await;
    let two =
        app.statements_for("{ projects(first: 9) { nodes { a: owner { name } b: owner { kind } } } }").await;
    assert_eq!((one, two), (2, 2));
}

#[tokio::test]
async fn narrowed_ordered_and_summed_lists_below_others_take_the_same_number_of_statements() {
    let app = fifty_projects().await;
    let nested = |first: usize| {
        format!(
            "{{ organisations(first: {first}, orderBy: [{{field: PROJECTS, direction: DESC}}]) {{ nodes {{ kindLabel
                projects(first: 2, where: {{not: {{hasConflicts: true}}, text: \"nummer\"}}, orderBy: [{{field: GRANTED, direction: DESC}}, {{field: NAME, direction: ASC}}]) {{
                    totalCount nodes {{ name }} aggregates {{ count organisations amounts {{ sum }} plannedParticipants {{ sum }} }} }} }} }} }}"
        )
    };
    let five = app.statements_for(&nested(5)).await;
    assert_eq!(app.statements_for(&nested(50)).await, five);
}

#[tokio::test]
async fn groups_and_networks_take_the_same_number_of_statements_however_many_they_are() {
    let app = fifty_projects().await;
    let groups = |limit: usize| {
        format!(
            "{{ projectGroups(by: [OWNER], limit: {limit}) {{ groups {{ key {{ owner {{ name }} }}
                aggregates {{ count organisations amounts {{ sum }} plannedParticipants {{ sum }} }} }} }}
               collaborationNetwork(limit: {limit}) {{ edges {{ a {{ name }} roles {{ a }} amounts {{ sum }} }} nodes {{ degree }} }} }}"
        )
    };
    assert_eq!(app.statements_for(&groups(3)).await, app.statements_for(&groups(50)).await);
    // Kinds of amounts are the same in whatever order.
    let amounts =
        |kinds: &str| format!("{{ projectGroups(by: [OWNER]) {{ groups {{ aggregates {{ {kinds} }} }} }} }}");
    let once = app.statements_for(&amounts("a: amounts(kinds: [GRANTED, TOTAL_BUDGET]) { sum }")).await;
    let twice = "a: amounts(kinds: [GRANTED, TOTAL_BUDGET]) { sum } b: amounts(kinds: [TOTAL_BUDGET, GRANTED, GRANTED]) { sum }";
    assert_eq!(app.statements_for(&amounts(twice)).await, once);
}

#[tokio::test]
async fn sums_of_amounts_beside_projects_take_no_statement_of_their_own_where_all_have_one_currency() {
    let (one, two) = (["SEK"].as_slice(), ["EUR", "SEK"].as_slice());
    for currencies in [[one; 3], [two, one, one]] {
        let app = App::new().await;
        app.import("f.jsonl", &with_amounts(currencies).0).await;
        let city = app.ask("{ organisations(first: 1) { nodes { id } } }").await;
        let city = city["organisations"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        let groups = |figures: &str| {
            format!(
                "fragment Own on ProjectAggregates {{ {figures} }}
                 query {{ projectGroups(where: {{text: \"Påhittat\"}}, by: [REGION]) {{
                    ... {{ groups {{ aggregates {{ count ...Own }} }} }} }} }}"
            )
        };
        let portfolio = |figures: &str| {
            format!(
                "{{ portfolio(organisation: \"{city}\") {{ byStatus {{ aggregates {{ count {figures} }} }} }} }}"
            )
        };
        for question in [&groups as &dyn Fn(&str) -> String, &portfolio] {
            let statements = async |figures: &str| app.statements_for(&question(figures)).await;
            let count = statements("__typename").await;
            let granted = "a: amounts(kinds: [GRANTED]) { sum } b: amounts(kinds: GRANTED) { sum }";
            assert_eq!(statements(granted).await, count);
            let both = statements("amounts(kinds: [GRANTED, TOTAL_BUDGET]) { sum }").await;
            assert_eq!(both, count + usize::from(currencies[0] == two));
            assert_eq!(statements("amounts(kinds: [GRANTED, CO_FINANCING]) { sum }").await, count + 1);
        }
    }
}
