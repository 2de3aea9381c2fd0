//! From statements to the graph: what becomes one project, who is who, and what does not depend on the order.

use samverkan::entities;
use samverkan::import::Options;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};

use crate::app::{App, demo};

fn bank(number: &str, name: &str, owner: &str, period: &str, budget: &str) -> String {
    format!(
        "{number} - {name}\n\nNamn:\n{name}\nRegion:\nStockholm\nProjektägare:\n{owner}\nProjektnummer:\n{number}\nProjektperiod:\n{period}\nTotal projektbudget:\n{budget}\n"
    )
}

fn decision(name: &str, owner: &str) -> String {
    format!(
        "Projekt 2020-2021\n\nPrioriterade ESF projekt, beslut 3 december 2020\n\n{name}\n\nSökande: {owner}\nSökt belopp: 1 000 000 kronor\n\nProjektet prövar nya arbetssätt.\n"
    )
}

async fn projects(app: &App) -> Value {
    app.ask(
        "{ projects(first: 100) { nodes { name number aliases owner { name } statements { matchedBy } } } }",
    )
    .await["projects"]["nodes"]
        .take()
}

#[tokio::test]
async fn a_project_and_its_statement_elsewhere_become_one() {
    let app = App::new().await;
    app.import(
        "a.txt",
        &bank("2020/00101", "Verkstan", "Haninge kommun", "2020-01-01 - 2022-12-31", "5 000 000"),
    )
    .await;
    app.import("b.txt", &decision("Verkstan", "Haninge kommun, Socialförvaltningen")).await;
    let found = projects(&app).await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found:#}");
    assert_eq!(found[0]["statements"], json!([{"matchedBy": "NAME_AND_OWNER"}, {"matchedBy": "NEW"}]));
}

#[tokio::test]
async fn the_same_name_elsewhere_is_another_project() {
    let app = App::new().await;
    app.import(
        "a.txt",
        &bank("2020/00101", "Verkstan", "Haninge kommun", "2020-01-01 - 2022-12-31", "5 000 000"),
    )
    .await;
    app.import("b.txt", &decision("Verkstan", "Tyresö kommun")).await;
    assert_eq!(projects(&app).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn another_number_is_another_project() {
    let app = App::new().await;
    for (file, number) in [("a.txt", "2018/00089"), ("b.txt", "2020/00101")] {
        app.import(
            file,
            &bank(number, "Min framtid", "Haninge kommun", "2020-01-01 - 2022-12-31", "5 000 000"),
        )
        .await;
    }
    assert_eq!(projects(&app).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn every_spelling_of_a_municipality_is_one_organisation() {
    let app = App::new().await;
    for (n, owner) in ["Haninge kommun", "HANINGE KOMMUN", "Haninge"].iter().enumerate() {
        app.import(&format!("{n}.txt"), &decision(&format!("Verkstan nummer {n}"), owner)).await;
    }
    let data =
        app.ask("{ organisations { nodes { name names { value kind } projects { totalCount } } } }").await;
    let all = data["organisations"]["nodes"].as_array().unwrap();
    let haninge: Vec<_> = all.iter().filter(|o| o["name"] == "Haninge kommun").collect();
    assert_eq!(haninge.len(), 1, "{all:#?}");
    assert_eq!(haninge[0]["projects"]["totalCount"], 3);
    let kinds = haninge[0]["names"].as_array().unwrap();
    assert!(kinds.contains(&json!({"value": "HANINGE KOMMUN", "kind": "ALIAS"})), "{kinds:?}");
}

#[tokio::test]
async fn the_order_of_import_does_not_change_what_is_known() {
    let query = "{ projects(first: 100) { nodes { name number period { edtf } owner { name }
        partnerships(first: 20) { nodes { role organisation { name } unit { name } } }
        funders { name } financing { total { amount } granted { amount } } conflicts { field claims { value chosen } } } } }";
    let mut answers = Vec::new();
    for backwards in [false, true] {
        let app = App::new().await;
        let mut files: Vec<_> = std::fs::read_dir(demo()).unwrap().map(|e| e.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|end| end == "txt"));
        files.sort();
        if backwards {
            files.reverse();
        }
        app.import_paths(&files, Options::default()).await;
        answers.push(app.ask(query).await);
    }
    let nodes = |answer: &Value| answer["projects"]["nodes"].as_array().unwrap().clone();
    for (one, other) in nodes(&answers[0]).iter().zip(nodes(&answers[1]).iter()) {
        assert_eq!(one, other);
    }
    assert_eq!(answers[0], answers[1]);
}

async fn rows<E: EntityTrait>(app: &App) -> Vec<String> {
    E::find()
        .all(&app.db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| format!("{} {row:?}", std::any::type_name::<E>()))
        .collect()
}

/// Every row of the tables that are derived, and of the statements.
async fn derived(app: &App) -> Vec<String> {
    macro_rules! all {
        ($($table:ident),*) => { [$(rows::<entities::$table::Entity>(app).await),*].concat() };
    }
    let mut rows = all!(
        project,
        project_name,
        project_series,
        project_number,
        project_funder,
        project_amount,
        award,
        partnership,
        partnership_statement,
        reported_result,
        organisation,
        organisation_name,
        organisation_tree,
        funder,
        statement
    );
    rows.sort();
    rows
}

#[tokio::test]
async fn rebuilding_changes_nothing_and_mends_what_was_damaged() {
    let app = App::with_demo().await;
    let before = derived(&app).await;
    let settled = samverkan::import::rebuild(&app.db, later()).await.unwrap();
    assert_eq!(settled, samverkan::resolve::Settled::default());
    let again = derived(&app).await;
    let other: Vec<_> = again.iter().filter(|row| !before.contains(row)).take(3).collect();
    assert!(again == before, "the same statements, the same rows: {other:#?}");
    for damage in [
        "UPDATE project SET name = 'Damaged', conflicts = 99",
        "DELETE FROM award",
        "DELETE FROM partnership_statement",
        "UPDATE organisation SET name = 'Damaged'",
        "DELETE FROM project_name",
        "UPDATE statement SET matched_by = 'NUMBER'",
    ] {
        app.db.execute_unprepared(damage).await.unwrap();
    }
    assert!(derived(&app).await != before);
    samverkan::import::rebuild(&app.db, later()).await.unwrap();
    // When an organisation last changed is now, for it was not as it is.
    let timeless = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter().map(|row| row.split(", updated_at").next().unwrap_or_default().to_owned()).collect()
    };
    let (before, after) = (timeless(before), timeless(derived(&app).await));
    let lost = before.iter().filter(|row| !after.contains(row)).count();
    let added: Vec<_> = after.iter().filter(|row| !before.contains(row)).take(2).collect();
    assert!(lost == 0 && added.is_empty(), "{lost} lost, added {added:#?}");
}

#[tokio::test]
async fn a_rebuild_that_fails_changes_nothing() {
    let app = App::with_demo().await;
    app.db
        .execute_unprepared("UPDATE statement SET body = '{' WHERE line = (SELECT MAX(line) FROM statement)")
        .await
        .unwrap();
    let before = derived(&app).await;
    let refused = samverkan::import::rebuild(&app.db, later()).await.unwrap_err();
    assert!(matches!(refused, samverkan::error::Error::Unreadable { .. }), "{refused:?}");
    assert!(derived(&app).await == before);
}

#[tokio::test]
async fn a_source_that_is_taken_back_has_no_effect_until_it_is_put_in_force_again() {
    let app = App::new().await;
    app.import(
        "first.txt",
        &bank("2020/00101", "Verkstan", "Haninge kommun", "2020-01-01 - 2022-12-31", "5 000 000"),
    )
    .await;
    let without = derived(&app).await;
    let second = format!(
        "{}Samverkanspartner: Föreningen Ensam\n",
        bank("2020/00101", "Verkstaden", "Tyresö kommun", "2020-01-01 - 2022-12-31", "6 000 000")
    );
    app.import("second.txt", &second).await;
    app.import(
        "third.txt",
        &bank("2021/00202", "Annat", "Tyresö kommun", "2021-01-01 - 2022-12-31", "1 000 000"),
    )
    .await;
    let with = derived(&app).await;

    samverkan::import::sources::withdraw(&app.db, "second.txt", false, later()).await.unwrap();
    samverkan::import::sources::withdraw(&app.db, "third.txt", false, later()).await.unwrap();
    let data = app.ask("{ projects { nodes { name aliases owner { name } conflicts { field } } } organisations { totalCount }
        sources { nodes { withdrawnAt statements { nodes { name project { name } } } } } }").await;
    assert_eq!(
        data["projects"]["nodes"],
        json!([{"name": "Verkstan", "aliases": [], "owner": {"name": "Haninge kommun"}, "conflicts": []}])
    );
    let sources = data["sources"]["nodes"].as_array().unwrap();
    assert!(sources[0]["withdrawnAt"].is_null() && sources[1]["withdrawnAt"].is_string(), "{data}");
    assert_eq!(
        sources[1]["statements"]["nodes"],
        json!([{"name": "Verkstaden", "project": null}]),
        "it stays on record"
    );
    let kept = derived(&app).await;
    let lost = without.iter().filter(|row| !row.contains("updated_at") && !kept.contains(row)).count();
    assert_eq!(lost, 0);

    let again = samverkan::import::sources::withdraw(&app.db, "second.txt", false, later())
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(again, "second.txt was withdrawn before");
    let nothing = samverkan::import::sources::withdraw(&app.db, "nothing.txt", false, later())
        .await
        .unwrap_err()
        .to_string();
    assert!(nothing.starts_with("no source is named nothing.txt"), "{nothing}");
    samverkan::import::sources::withdraw(&app.db, "second.txt", true, later()).await.unwrap();
    samverkan::import::sources::withdraw(&app.db, "third.txt", true, later()).await.unwrap();
    let timeless = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter().map(|row| row.split(", created_at").next().unwrap_or_default().to_owned()).collect()
    };
    assert!(timeless(derived(&app).await) == timeless(with), "as if nothing had been taken back");
}

#[tokio::test]
async fn a_project_that_continues_another_is_a_project_of_its_own_and_linked() {
    let app = App::new().await;
    for (number, name, owner, period) in [
        ("2016/00101", "MIA Mobilisering inför Arbete", "Haninge kommun", "2016-01-01 - 2018-12-31"),
        ("2019/00102", "MIA Vidare", "Haninge kommun", "2019-01-01 - 2021-12-31"),
        ("2022/00103", "MIA 3", "Haninge kommun", "2022-01-01 - 2023-12-31"),
        ("2019/00104", "MIA 2", "Tyresö kommun", "2019-01-01 - 2021-12-31"),
        ("2010/00105", "MIA 2.0", "Haninge kommun", "2010-01-01 - 2011-12-31"),
    ] {
        app.import(
            &format!("{}.txt", number.replace('/', "-")),
            &bank(number, name, owner, period, "5 000 000"),
        )
        .await;
    }
    let data = app.ask("{ projects { nodes { name predecessors { name } successors { name } } } }").await;
    let links: Vec<String> =
        data["projects"]["nodes"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let link = |name: &str, before: &[&str], after: &[&str]| {
        let named = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
        json!({"name": name, "predecessors": named(before), "successors": named(after)}).to_string()
    };
    assert_eq!(
        links,
        [
            link("MIA 2", &[], &[]),
            link("MIA 2.0", &[], &["MIA 3"]),
            link("MIA 3", &["MIA 2.0"], &[]),
            link("MIA Mobilisering inför Arbete", &[], &["MIA Vidare"]),
            link("MIA Vidare", &["MIA Mobilisering inför Arbete"], &[]),
        ]
    );
}

fn later() -> chrono::DateTime<chrono::Utc> {
    crate::app::noon() + chrono::Duration::days(30)
}
