//! Filters and orders follow indexes: no first page reads a whole table from end to end.

use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use samverkan::entities::award::AmountKind;
use samverkan::entities::funder::FunderKind;
use samverkan::entities::organisation::OrganisationKind;
use samverkan::entities::partnership::{self, PartnershipRole};
use samverkan::entities::project;
use samverkan::entities::search_entry::SearchKind;
use samverkan::entities::source;
use samverkan::store::batch::{Batched, ById, Parents};
use samverkan::store::breadth::Breadth;
use samverkan::store::columns::Columns;
use samverkan::store::database;
use samverkan::store::dimension::Dimension;
use samverkan::store::filter::Filter;
use samverkan::store::order::{Kind, Missing, Order, OrderKey};
use samverkan::store::organisation_match::Organisations;
use samverkan::store::page::{PageRequest, Paged, page_query};
use samverkan::store::partnerships;
use samverkan::store::project_filter::{self as filter, Range};
use samverkan::store::project_groups::{By, Groups, Wanted};
use samverkan::store::search::{self, Search, Word, Words};
use samverkan::store::sources;
use sea_orm::sea_query::Condition;
use sea_orm::{ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, Statement, TransactionTrait};
use uuid::Uuid;

use crate::app::App;

/// The steps that a database takes for the first page of some projects in an order.
async fn plan(app: &App, condition: Condition, order: &Order) -> Vec<String> {
    let request = PageRequest { size: 20, ..PageRequest::default() };
    let query = page_query(project::Entity::find().filter(condition), Columns::ALL, order, &request);
    let backend = app.db.get_database_backend();
    let tx = app.db.begin().await.unwrap();
    if backend == DatabaseBackend::Postgres {
        // Of a small table everything is read whatever there is; what is left then has no index to follow.
        tx.execute_unprepared("SET LOCAL enable_seqscan = off").await.unwrap();
    }
    let steps = explain(&tx, backend.build(&query)).await;
    tx.rollback().await.unwrap();
    steps
}

/// The steps that a database takes for a statement.
async fn explain(db: &impl ConnectionTrait, statement: Statement) -> Vec<String> {
    let (explain, column) = match statement.db_backend {
        DatabaseBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let values = statement.values.unwrap_or(sea_orm::Values(Vec::new()));
    let sql = format!("{explain} {}", statement.sql);
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(statement.db_backend, sql, values)).await.unwrap();
    rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
}

/// Whether a step reads a table from end to end, in no order.
fn reads_all(step: &str) -> bool {
    let scans =
        |table: &str| step.trim_start().starts_with(&format!("SCAN {table}")) && !step.contains("USING");
    step.contains("Seq Scan on project")
        || step.contains("Seq Scan on partnership")
        || scans("project")
        || scans("partnership")
}

#[tokio::test]
async fn no_filter_and_no_order_reads_a_whole_table() {
    let app = App::with_demo().await;
    let day = NaiveDate::from_ymd_opt(2022, 6, 1).unwrap();
    let days = Range { from: Some(day), to: Some(day) };
    let some = |breadth| Organisations {
        ids: Some(vec![Uuid::nil()]),
        include_units: true,
        breadth,
        ..Organisations::default()
    };
    let kinds = |breadth| Organisations {
        kinds: Some(vec![OrganisationKind::Company]),
        include_units: true,
        breadth,
        ..Organisations::default()
    };
    let filters = vec![
        ("none", Condition::all()),
        ("conflicts", filter::in_conflict(true)),
        ("region", filter::in_regions(vec!["01".into()])),
        ("municipality", filter::in_municipalities(vec!["0180".into()])),
        ("objective", filter::of_objectives(vec!["2.1".into()])),
        ("planned", filter::planned(day)),
        ("running", filter::running(day)),
        ("ended", filter::ended(day)),
        ("start", filter::starting(&days)),
        ("end", filter::ending(&days)),
        ("participants", filter::planning_for(&Range { from: Some(1), to: Some(9) })),
        (
            "budget",
            filter::with_amount(AmountKind::TotalBudget, "SEK".into(), &Range { from: Some(1), to: Some(9) }),
        ),
        (
            "applied",
            filter::with_amount(AmountKind::Applied, "SEK".into(), &Range { from: Some(1), to: None }),
        ),
        ("number", filter::numbered(vec!["x".into()])),
        ("outcomes", filter::with_outcomes(true)),
        ("few sources", filter::told_by(vec![Uuid::nil()], Breadth::Few)),
        ("many sources", filter::told_by(vec![Uuid::nil()], Breadth::Many)),
        ("few paid", filter::paid_by(vec![Uuid::nil()], Breadth::Few)),
        ("many paid", filter::paid_by(vec![Uuid::nil()], Breadth::Many)),
        ("funder kind", filter::paid_by_kind(&[FunderKind::Eu])),
        ("programme", filter::of_programme_periods(vec!["2014-2020".into()])),
        ("owner", filter::owned_by(&some(Breadth::Few))),
        ("owner kind", filter::owned_by(&kinds(Breadth::Many))),
        ("partner", filter::with_part(&[], &some(Breadth::Few))),
        ("many partners", filter::with_part(&[], &some(Breadth::Many))),
        ("partner kind", filter::with_part(&[], &kinds(Breadth::Many))),
        ("only", filter::with_only(&[], &kinds(Breadth::Many))),
    ];
    for (name, condition) in filters {
        let steps = plan(&app, condition, &Order::by("sort_key")).await;
        assert!(!steps.iter().any(|step| reads_all(step)), "{name}: {steps:#?}");
    }
    // The kind is for cursors, which no first page has.
    let key = |column, missing| OrderKey { column, descending: false, kind: Kind::Number, missing };
    let orders = [
        vec![key("starts_on", Missing::Maybe)],
        vec![key("ends_on", Missing::Maybe)],
        vec![key("total_budget_currency", Missing::Maybe), key("total_budget_minor", Missing::AsBefore)],
        vec![key("granted_currency", Missing::Maybe), key("granted_minor", Missing::AsBefore)],
        vec![key("planned_participants", Missing::Maybe)],
        vec![key("partners", Missing::Never)],
        vec![key("updated_at", Missing::Never)],
    ];
    for keys in orders {
        for descending in [false, true] {
            let keys = keys.iter().map(|key| OrderKey { descending, ..*key }).collect();
            let steps = plan(&app, Condition::all(), &Order { by_rank: false, keys }).await;
            assert!(!steps.iter().any(|step| reads_all(step)), "{steps:#?}");
            // What is sorted is the rows of a page, never the table: on SQLite each part follows its index.
            let sorts = steps.iter().filter(|step| step.contains("USE TEMP B-TREE FOR ORDER BY")).count();
            assert!(sorts <= 1, "{steps:#?}");
        }
    }
}

/// SQLite knows no hash join: where each project has rows of its own to look up, both are read in one order.
#[tokio::test]
async fn groups_of_all_projects_are_read_in_the_order_of_what_is_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut db =
        database::open(&format!("sqlite://{}", folder.path().join("plans.db").display())).await.unwrap();
    database::migrate(&db).await.unwrap();
    // So that they are counted out.
    db.execute_unprepared("UPDATE data_version SET figures_version = -1").await.unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    db.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.clone()));
    let wanted = Wanted {
        count: None,
        sum: None,
        order: vec![(By::Count, true)],
        limit: 100,
        amounts: vec![AmountKind::Granted],
    };
    for (by, step) in [
        (Dimension::Funder, "SCAN project USING COVERING INDEX project_figures"),
        (Dimension::Owner, "SCAN project USING COVERING INDEX project_figures"),
        (Dimension::Region, "SCAN project USING COVERING INDEX project_"),
        (Dimension::ResponsibleUnit, "SCAN project"),
    ] {
        asked.lock().unwrap().clear();
        let day = NaiveDate::from_ymd_opt(2022, 6, 1).unwrap();
        let groups = Groups { filter: Filter::none(), by: vec![by], day };
        groups.find(&db, &wanted).await.unwrap();
        groups.amounts(&db, None, &[AmountKind::TotalBudget]).await.unwrap();
        let statements = std::mem::take(&mut *asked.lock().unwrap());
        // Whether there are figures is asked first.
        assert_eq!(statements.len(), 4, "{by:?}");
        for statement in statements.into_iter().filter(|own| !own.sql.contains("figures_version")) {
            let steps = explain(&db, statement).await;
            assert!(steps.iter().any(|one| one.starts_with(step)), "{by:?}: {steps:#?}");
        }
    }
}

/// PostgreSQL plans a statement that comes often for whatever is asked with it: then what is known before is not put in.
#[tokio::test]
async fn words_are_read_once_and_not_for_each_row() {
    let app = App::with_demo().await;
    if app.db.get_database_backend() != DatabaseBackend::Postgres {
        return;
    }
    let mut db = app.db.clone();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    db.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.clone()));
    let words = ["jobb", "till"].map(|word| Word::any(vec![word.to_owned()]));
    let words = Words::new(&db, words.into());
    let request = PageRequest { size: 20, ..PageRequest::default() };
    Search { words: words.clone(), key: vec![1], kinds: vec![] }.page(&db, &request).await.unwrap();
    let filter = Filter::new(filter::with_words(&words)).of_words(SearchKind::Project, Some(words));
    let order = Order::by("sort_key");
    for condition in [filter.condition(), filter.on_page::<project::Entity>(&order, &request)] {
        let select = project::Entity::find().filter(condition);
        db.query_all(&page_query(select, Columns::ALL, &order, &request)).await.unwrap();
    }
    let statements = std::mem::take(&mut *asked.lock().unwrap());
    assert_eq!(statements.len(), 5);
    for statement in statements {
        let tx = app.db.begin().await.unwrap();
        let nulls = vec!["NULL"; statement.values.unwrap().0.len()].join(", ");
        let plan =
            format!("PREPARE often AS {}; SET LOCAL plan_cache_mode = force_generic_plan", statement.sql);
        tx.execute_unprepared(&plan).await.unwrap();
        let execute = Statement::from_string(DatabaseBackend::Postgres, format!("EXECUTE often ({nulls})"));
        let steps = explain(&tx, execute).await;
        tx.execute_unprepared("DEALLOCATE often").await.unwrap();
        assert!(steps.iter().any(|step| step.contains("words @@")), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("to_tsquery")), "{steps:#?}");
    }
}

/// To go through names until a page is full is to go through all of them for a word that few have.
#[tokio::test]
async fn names_are_gone_through_for_words_that_many_have() {
    let app = App::with_demo().await;
    if app.db.get_database_backend() != DatabaseBackend::Postgres {
        return;
    }
    let counted = "SELECT COUNT(*) AS words, SUM((entries < there)::int) AS less FROM search_word LEFT JOIN \
        (SELECT word, COUNT(*) AS there FROM search_entry, unnest(string_to_array(search_fold(title || ' ' || \
        others), ' ')) word GROUP BY word) counted USING (word)";
    let counted = Statement::from_string(DatabaseBackend::Postgres, counted);
    let counted = app.db.query_one_raw(counted).await.unwrap().unwrap();
    assert!(counted.try_get::<i64>("", "words").unwrap() > 100);
    assert_eq!(counted.try_get::<i64>("", "less").unwrap(), 0, "words in more names than were counted");

    let request = PageRequest { size: 20, ..PageRequest::default() };
    let order = Order::by("sort_key");
    let page = async || {
        let known = search::beginnings(&app.db, &["etabl".to_owned()]).await.unwrap();
        let words = Words::new(&app.db, known.into_values().collect());
        let filter = Filter::new(filter::with_words(&words)).of_words(SearchKind::Project, Some(words));
        let select = project::Entity::find().filter(filter.on_page::<project::Entity>(&order, &request));
        let query = page_query(select, Columns::ALL, &order, &request);
        let statement = DatabaseBackend::Postgres.build(&query);
        let found = app.db.query_all_raw(statement.clone()).await.unwrap();
        let ids: Vec<Uuid> = found.iter().map(|row| row.try_get("", "id").unwrap()).collect();
        (statement.sql.contains("near"), ids)
    };
    let (goes_through_names, of_index) = page().await;
    assert!(!goes_through_names);
    assert!(!of_index.is_empty());
    app.db.execute_unprepared("UPDATE search_word SET entries = 2001").await.unwrap();
    assert_eq!(page().await, (true, of_index));
}

/// SQLite does not know how many statements a source has, and would go through all of them for each of another's.
#[tokio::test]
async fn what_two_sources_have_in_common_is_found_by_its_keys() {
    let app = App::with_demo().await;
    if app.db.get_database_backend() != DatabaseBackend::Sqlite {
        return;
    }
    let mut db = app.db.clone();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    db.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.clone()));
    let source = source::Entity::find().one(&app.db).await.unwrap().unwrap();
    assert!(sources::in_common(&db, &source, &source).await.unwrap() > 0);
    let statement = asked.lock().unwrap().pop().unwrap();
    let steps = explain(&app.db, statement).await;
    for key in ["statement_by_number (number_key=?)", "statement_by_name (name_key=?)"] {
        assert!(steps.iter().any(|step| step.contains(key)), "{key}: {steps:#?}");
    }
}

/// PostgreSQL takes an array of a few keys to be shorter than one that it does not see, and would plan for each anew.
#[tokio::test]
async fn lookups_by_a_few_keys_are_planned_once() {
    let app = App::with_demo().await;
    if app.db.get_database_backend() != DatabaseBackend::Postgres {
        return;
    }
    let projects: Vec<Uuid> =
        project::Entity::find().all(&app.db).await.unwrap().into_iter().take(3).map(|row| row.id).collect();
    let keys = format!("'{{{}}}'", projects.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    let request = PageRequest { size: 1, ..PageRequest::default() };
    let paged = |is_placed| Paged {
        relation: partnerships::OfProject { roles: vec![] },
        order: None,
        request: request.clone(),
        columns: Columns::ALL,
        is_placed,
    };
    let by_id = ById::<project::Entity>::with(Columns::ALL);
    let some = Parents::Array(&projects);
    for query in [by_id.query(some), paged(true).query(some), paged(false).query(some)] {
        let statement = DatabaseBackend::Postgres.build(&query);
        let given = if statement.values.unwrap().0.len() == 1 { keys.clone() } else { format!("{keys}, 2") };
        let tx = app.db.begin().await.unwrap();
        tx.execute_unprepared(&format!("PREPARE few AS {}", statement.sql)).await.unwrap();
        for _ in 0..12 {
            tx.execute_unprepared(&format!("EXECUTE few ({given})")).await.unwrap();
        }
        let plans = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE name = 'few'";
        let plans = Statement::from_string(DatabaseBackend::Postgres, plans);
        let plans = tx.query_one_raw(plans).await.unwrap().unwrap();
        tx.execute_unprepared("DEALLOCATE few").await.unwrap();
        let plans = ["custom_plans", "generic_plans"].map(|name| plans.try_get::<i64>("", name).unwrap());
        assert_eq!(plans, [5, 7], "{}", statement.sql);
    }
}

/// What tells where rows stand, and whether their list goes on, is looked up where it is asked for.
#[test]
fn no_more_is_selected_of_a_page_than_is_asked_for() {
    let ids = [Uuid::nil(), Uuid::max()];
    for (backend, parents) in
        [(DatabaseBackend::Postgres, Parents::Array(&ids)), (DatabaseBackend::Sqlite, Parents::Values(&ids))]
    {
        for roles in [vec![], vec![PartnershipRole::Owner]] {
            let page = |is_placed, ends_there| {
                let request = PageRequest { size: 70, ends_there, ..PageRequest::default() };
                let relation = partnerships::OfProject { roles: roles.clone() };
                let columns = Columns::of::<partnership::Entity>(["role"]);
                let query = Paged { relation, order: None, request, columns, is_placed }.query(parents);
                let written = backend.build(&query).to_string();
                let (selected, rest) = written.split_once(" FROM ").unwrap();
                (["\"rank\"", "\"sort_key\""].map(|column| selected.contains(column)), rest.to_owned())
            };
            let counted = |(_, rest): &(_, String)| [" 70", " 71"].map(|size| rest.contains(size));
            let (told, untold) = (page(true, false), page(false, true));
            assert_eq!((told.0, counted(&told)), ([true; 2], [false, true]), "{told:?}");
            assert_eq!((untold.0, counted(&untold)), ([false; 2], [true, false]), "{untold:?}");
        }
    }
}
