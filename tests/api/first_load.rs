//! A first import of much: what keeps indexes up to date is set aside for it, and all of it is there again afterwards.

use std::collections::HashMap;
use std::fmt::Write;

use samverkan::entities::{group_amount, group_figure};
use samverkan::store::group_figures;
use sea_orm::{ConnectionTrait, DatabaseBackend, EntityTrait, Statement};

use crate::app::App;

/// More lines than are expected to be few.
const PROJECTS: usize = 20_040;

async fn texts(app: &App, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(app.db.get_database_backend(), sql);
    let rows = app.db.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Indexes, triggers and checks, by how they are made.
async fn rules(app: &App) -> Vec<String> {
    if app.db.get_database_backend() == DatabaseBackend::Sqlite {
        let sql = "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY sql";
        return texts(app, sql).await;
    }
    let sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() \
        UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated \
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace \
        UNION ALL SELECT pg_get_triggerdef(t.oid) || tgenabled::text FROM pg_trigger t \
        JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace \
        ORDER BY 1";
    texts(app, sql).await
}

/// Every third project has one of a few owners, the others one of their own.
fn owner(project: usize) -> usize {
    if project.is_multiple_of(3) { project % 50 } else { project }
}

/// Words that begin alike are many.
fn register(from: usize, projects: usize) -> String {
    let mut text =
        "Beneficiary name,Operation name,Operation unique identifier,Operation start date,Total eligible expenditure (EUR)\r\n"
            .to_owned();
    for at in (from..from + projects).rev() {
        let owner = owner(at);
        writeln!(text, "Owner {owner},Påhittat samverk{} number {at},{at}/2020,2020-01-01,1.5\r", at % 40)
            .unwrap();
    }
    text
}

async fn count(app: &App, text: &str) -> i64 {
    let query = format!("{{ projects(where: {{text: \"{text}\"}}) {{ totalCount }} }}");
    app.ask(&query).await["projects"]["totalCount"].as_i64().unwrap()
}

/// All figures of groups, each as a text.
async fn figures(app: &App) -> Vec<String> {
    let figures = group_figure::Entity::find().all(&app.db).await.unwrap();
    let amounts = group_amount::Entity::find().all(&app.db).await.unwrap();
    let mut all: Vec<String> = figures.iter().map(|row| format!("{row:?}")).collect();
    all.extend(amounts.iter().map(|row| format!("{row:?}")));
    all.sort();
    all
}

#[tokio::test]
async fn everything_is_there_again_and_what_can_be_searched_stands_in_the_order_of_names() {
    let app = App::new().await;
    let before = rules(&app).await;
    assert!(before.len() > 50, "{}", before.len());
    let report = app.import("register.csv", &register(0, PROJECTS)).await;
    assert_eq!(report.files[0].created, PROJECTS, "{}", report.table());
    assert_eq!(rules(&app).await, before);

    let place = if app.db.get_database_backend() == DatabaseBackend::Sqlite { "number" } else { "ctid" };
    let key = |order: &str| format!("SELECT title FROM search_entry WHERE kind = 'PROJECT' ORDER BY {order}");
    let as_they_stand = texts(&app, &key(place)).await;
    assert_eq!(as_they_stand.len(), PROJECTS);
    assert_eq!(as_they_stand, texts(&app, &key("sort_key, id")).await);

    let mut owned: HashMap<usize, usize> = HashMap::new();
    (0..PROJECTS).for_each(|at| *owned.entry(owner(at)).or_default() += 1);
    let query = "{ organisations(first: 1, orderBy: [{field: PROJECTS, direction: DESC}]) { totalCount nodes { projects { totalCount } } }
        search(text: \"owner 49\", types: [ORGANISATION], first: 1) { nodes { ... on Organisation { name } } } }";
    let answer = app.ask(query).await;
    assert_eq!(answer["organisations"]["totalCount"], owned.len());
    let most = &answer["organisations"]["nodes"][0]["projects"]["totalCount"];
    assert_eq!(*most, *owned.values().max().unwrap());
    assert_eq!(answer["search"]["nodes"][0]["name"], "Owner 49");

    // The figures of groups were counted with it, and are what counting again comes to.
    let kept = figures(&app).await;
    assert!(kept.len() > 20_000, "{}", kept.len());
    app.db.execute_unprepared("UPDATE data_version SET figures_version = -1").await.unwrap();
    group_figures::refresh(&app.db).await.unwrap();
    assert_eq!(figures(&app).await, kept);

    // Forty words begin with the first, eleven with the second, and one is the third.
    let (all, some) = (count(&app, "samverk").await, count(&app, "samverk3").await);
    assert_eq!(all, i64::try_from(PROJECTS).unwrap());
    assert_eq!(some, all / 40 * 11);
    assert_eq!(count(&app, "samverk39").await, all / 40);
    assert_eq!(count(&app, "samverk3 samverk39 pahitt").await, all / 40);
    assert_eq!(count(&app, "samverk 20039").await, 1);
    // A letter is a word itself, and begins none.
    assert_eq!(count(&app, "s").await, 0);
    assert_eq!(count(&app, "samverk n").await, 0);

    // What comes later is found beside it.
    let report = app.import("more.csv", &register(PROJECTS, 40)).await;
    assert_eq!(report.files[0].created, 40, "{}", report.table());
    assert_eq!(count(&app, "samverk").await, all + 40);
    assert_eq!(count(&app, "samverk3").await, some + 11);
    assert_eq!(rules(&app).await, before);
}

#[tokio::test]
async fn what_was_written_before_is_found_in_the_midst_of_it() {
    let app = App::new().await;
    let before = rules(&app).await;
    let text = register(0, PROJECTS);
    let mut lines: Vec<&str> = text.lines().collect();
    // The first project is told of once more, long after it was written, and the rest comes when it has been found.
    let again = lines[1].replace(",1.5", ",99.5");
    lines.insert(5_000, &again);
    let report = app.import("register.csv", &lines.join("\n")).await;
    assert_eq!(report.files[0].created, PROJECTS, "{}", report.table());
    assert_eq!(rules(&app).await, before);
    let number = format!("{}/2020", PROJECTS - 1);
    let query = format!(
        "{{ project(by: {{number: \"{number}\"}}) {{ conflicts {{ field }} statements {{ line }} }}
            projects {{ totalCount }} search(text: \"owner 49\", types: [ORGANISATION], first: 1) {{ nodes {{ ... on Organisation {{ name }} }} }} }}"
    );
    let answer = app.ask(&query).await;
    assert_eq!(answer["project"]["statements"].as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(answer["project"]["conflicts"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(answer["projects"]["totalCount"], PROJECTS);
    assert_eq!(answer["search"]["nodes"][0]["name"], "Owner 49");
    assert_eq!(count(&app, "samverk").await, i64::try_from(PROJECTS).unwrap());
    assert_eq!(count(&app, "samverk39").await, i64::try_from(PROJECTS).unwrap() / 40);
}

/// The names of all projects with some words, page by page, from one end.
async fn names(app: &App, filter: &str, direction: &str, backwards: bool) -> Vec<String> {
    let (size, from, cursor, more) = if backwards {
        ("last", "before", "startCursor", "hasPreviousPage")
    } else {
        ("first", "after", "endCursor", "hasNextPage")
    };
    let (mut names, mut place) = (Vec::new(), "null".to_owned());
    loop {
        let query = format!(
            "{{ projects({size}: 100, {from}: {place}, where: {filter}, orderBy: [{{field: NAME, direction: {direction}}}])
                {{ nodes {{ name }} pageInfo {{ {cursor} {more} }} }} }}"
        );
        let page = app.ask(&query).await["projects"].take();
        let nodes = page["nodes"].as_array().unwrap();
        names.extend(nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()));
        if page["pageInfo"][more] == false {
            return names;
        }
        place = page["pageInfo"][cursor].to_string();
    }
}

/// How many of what SQLite can search stand in order, and how many do not.
async fn ordered(app: &App) -> (i64, i64) {
    let sql = "SELECT COUNT(CASE WHEN number <= 1 << 50 THEN 1 END), COUNT(CASE WHEN number > 1 << 50 THEN 1 END) FROM search_entry";
    let row =
        app.db.query_one_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.unwrap().unwrap();
    (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())
}

/// Words alone are looked for in the order of names; with anything else, all that have them are looked up.
async fn found_either_way(app: &App, text: &str) -> Vec<String> {
    for (direction, backwards) in [("ASC", true), ("DESC", false), ("DESC", true), ("ASC", false)] {
        let alone = names(app, &format!("{{text: \"{text}\"}}"), direction, backwards).await;
        let within = names(app, &format!("{{and: [{{text: \"{text}\"}}]}}"), direction, backwards).await;
        assert_eq!(alone, within, "{text} {direction} {backwards}");
        if (direction, backwards) == ("ASC", false) {
            return alone;
        }
    }
    unreachable!("the last is the plain order")
}

#[tokio::test]
async fn words_are_found_in_the_order_of_names_whatever_came_later() {
    let app = App::new().await;
    let is_sqlite = app.db.get_database_backend() == DatabaseBackend::Sqlite;
    app.import("register.csv", &register(0, PROJECTS)).await;
    // The first forty names, the last of all, all over the list, and one only.
    for (text, many) in [("samverk0", 501), ("samverk9", 501), ("number 77", 111), ("number 20039", 1)] {
        assert_eq!(found_either_way(&app, text).await.len(), many, "{text}");
    }

    // One is named as another is, and a few are new.
    let named = "Påhittat samverk9 number 49";
    let key = format!("(SELECT sort_key FROM project WHERE name = '{named}')");
    let renamed = "(SELECT id FROM project WHERE name = 'Påhittat samverk0 number 40')";
    let entry = format!("UPDATE search_entry SET title = '{named}', sort_key = {key} WHERE id = {renamed}");
    let project = format!(
        "UPDATE project SET name = '{named}', sort_key = {key} WHERE name = 'Påhittat samverk0 number 40'"
    );
    app.db.execute_unprepared(&format!("{entry}; {project}")).await.unwrap();
    app.import("more.csv", &register(PROJECTS, 80)).await;
    for (text, many) in [("samverk0", 502), ("samverk9", 504), ("number 77", 111)] {
        assert_eq!(found_either_way(&app, text).await.len(), many, "{text}");
    }
    if !is_sqlite {
        // As if the words were in more, so that names are gone through before the index is asked.
        app.db.execute_unprepared("UPDATE search_word SET entries = 2001").await.unwrap();
        for (text, many) in [("samverk0", 502), ("samverk9", 504), ("number 77", 111)] {
            assert_eq!(found_either_way(&app, text).await.len(), many, "{text}");
        }
        return;
    }
    let consistent = "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)";
    app.db.execute_unprepared(consistent).await.unwrap();
    let (in_order, late) = ordered(&app).await;
    assert!(late > 80 && late < 300, "{late}");

    // Much more comes, and is put in order with the rest.
    let much = "INSERT INTO search_entry (id, kind, sort_key, title, others)
        SELECT randomblob(16), 'FUNDER', sort_key, title, others FROM search_entry WHERE kind = 'PROJECT'";
    app.db.execute_unprepared(much).await.unwrap();
    app.import("few.csv", &register(PROJECTS + 80, 40)).await;
    let (all, none) = ordered(&app).await;
    assert!(all > in_order + late + 20_000 && none == 0, "{all} {none}");
    assert_eq!(found_either_way(&app, "samverk9").await.len(), 505);
    app.db.execute_unprepared(consistent).await.unwrap();
}
