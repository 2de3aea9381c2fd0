//! A connection that an answer was read on stands by for the next, and is in nobody's way.

use std::time::Duration;

use samverkan::graphql::{JsonMap, Limits, Request, Schema, TrustedDocuments};
use samverkan::store::database::{self, Pool};
use samverkan::store::moment::Moment;
use samverkan::store::sessions::Sessions;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, TransactionTrait};

use crate::app::App;

/// A database with three connections at most, and how many of some stand by: on SQLite none ever.
async fn three(app: &App) -> (Sessions, impl Fn(usize) -> usize) {
    let pool = Pool { connections: 3, ..Pool::default() };
    let db = database::open_to_serve(&app.url, &pool).await.unwrap();
    let is_postgres = db.get_database_backend() == DatabaseBackend::Postgres;
    (db.into(), move |some| if is_postgres { some } else { 0 })
}

/// Which connection something is read on.
async fn number(db: &impl ConnectionTrait) -> i32 {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Postgres => "SELECT pg_backend_pid() AS number",
        _ => "SELECT 0 AS number",
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    row.unwrap().try_get("", "number").unwrap()
}

/// Reads something, as of one moment.
async fn read(sessions: &Sessions) {
    let moment = Moment::of(sessions, 1).await.unwrap();
    number(&moment).await;
    moment.end().await.unwrap();
}

#[tokio::test]
async fn what_was_read_on_is_read_on_again() {
    let app = App::new().await;
    let (sessions, of) = three(&app).await;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        let moment = Moment::of(&sessions, 1).await.unwrap();
        assert_eq!(sessions.standing_by(), 0);
        numbers.push(number(&moment).await);
        assert!(moment.end().await.unwrap());
        assert_eq!(sessions.standing_by(), of(1));
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 1);
}

#[tokio::test]
async fn what_is_given_up_does_not_stand_by() {
    let app = App::new().await;
    let (sessions, _) = three(&app).await;
    let moment = Moment::of(&sessions, 1).await.unwrap();
    number(&moment).await;
    drop(moment);
    assert_eq!(sessions.standing_by(), 0);
}

#[tokio::test]
async fn some_are_left_to_others() {
    let app = App::new().await;
    let (sessions, of) = three(&app).await;
    let moments = [
        Moment::of(&sessions, 1).await.unwrap(),
        Moment::of(&sessions, 1).await.unwrap(),
        Moment::of(&sessions, 1).await.unwrap(),
    ];
    for moment in moments {
        number(&moment).await;
        moment.end().await.unwrap();
    }
    assert!(sessions.standing_by() <= of(1));
    let others = [sessions.db().begin().await.unwrap(), sessions.db().begin().await.unwrap()];
    for other in others {
        other.commit().await.unwrap();
    }
}

#[tokio::test]
async fn one_that_others_may_wait_for_goes_to_the_pool() {
    let app = App::new().await;
    let (sessions, _) = three(&app).await;
    let others = [sessions.db().begin().await.unwrap(), sessions.db().begin().await.unwrap()];
    read(&sessions).await;
    assert_eq!(sessions.standing_by(), 0);
    sessions.db().begin().await.unwrap().commit().await.unwrap();
    for other in others {
        other.commit().await.unwrap();
    }
}

/// Has time go by, and whatever waits for it done.
async fn after(time: Duration) {
    tokio::time::pause();
    // What waits must have begun to.
    others().await;
    tokio::time::advance(time).await;
    others().await;
    tokio::time::resume();
}

/// Lets other tasks go on.
async fn others() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn none_stands_by_for_long() {
    let app = App::new().await;
    let (sessions, of) = three(&app).await;
    read(&sessions).await;
    after(Duration::from_millis(500)).await;
    assert_eq!(sessions.standing_by(), of(1));
    after(Duration::from_secs(2)).await;
    assert_eq!(sessions.standing_by(), 0);
    // And so again.
    read(&sessions).await;
    assert_eq!(sessions.standing_by(), of(1));
    after(Duration::from_secs(2)).await;
    assert_eq!(sessions.standing_by(), 0);
}

#[tokio::test]
async fn none_stands_by_where_others_may_wait() {
    let app = App::new().await;
    let (sessions, of) = three(&app).await;
    read(&sessions).await;
    let others = [sessions.db().begin().await.unwrap(), sessions.db().begin().await.unwrap()];
    assert_eq!(sessions.standing_by(), of(1));
    after(Duration::from_millis(200)).await;
    assert_eq!(sessions.standing_by(), 0);
    sessions.db().begin().await.unwrap().commit().await.unwrap();
    for other in others {
        other.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_failed_does_not_stand_by() {
    let app = App::with_demo().await;
    let (sessions, of) = three(&app).await;
    let schema = Schema::new(app.db.clone(), Limits::default(), TrustedDocuments::default()).unwrap();
    let schema = schema.on(sessions.clone()).at(database::version(&app.db).await.unwrap().version);
    let ask = async |query: &str| {
        let request =
            Request { query: Some(query.to_owned()), variables: JsonMap::new(), ..Request::default() };
        let prepared = schema.prepare(&request).unwrap();
        serde_json::to_value(schema.execute(&prepared, "test", None).await).unwrap()
    };
    let query = "{ projects(first: 2) { nodes { name } } }";
    assert!(ask(query).await["errors"].is_null());
    assert_eq!(sessions.standing_by(), of(1));
    app.db.execute_unprepared("ALTER TABLE project RENAME TO hidden").await.unwrap();
    assert!(!ask(query).await["errors"].is_null());
    assert_eq!(sessions.standing_by(), 0);
    app.db.execute_unprepared("ALTER TABLE hidden RENAME TO project").await.unwrap();
    assert!(ask(query).await["errors"].is_null());
    assert_eq!(sessions.standing_by(), of(1));
}

#[tokio::test]
async fn one_that_the_server_closed_costs_no_answer() {
    let app = App::with_demo().await;
    let (sessions, of) = three(&app).await;
    let version = database::version(&app.db).await.unwrap().version;
    let schema = Schema::new(app.db.clone(), Limits::default(), TrustedDocuments::default())
        .unwrap()
        .on(sessions.clone());
    let schema = schema.at(version);
    let query = Some("{ projects(first: 2) { nodes { name } } }".to_owned());
    let request = Request { query, variables: JsonMap::new(), ..Request::default() };
    let prepared = schema.prepare(&request).unwrap();
    let ask = async || serde_json::to_value(schema.execute(&prepared, "test", None).await).unwrap();
    let before = ask().await;
    assert_eq!(before["data"]["projects"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(sessions.standing_by(), of(1));
    let moment = Moment::of(&sessions, version).await.unwrap();
    let closed = number(&moment).await;
    moment.end().await.unwrap();
    if app.db.get_database_backend() == DatabaseBackend::Postgres {
        app.db.execute_unprepared(&format!("SELECT pg_terminate_backend({closed}, 5000)")).await.unwrap();
    }
    assert_eq!(ask().await, before);
    assert_eq!(ask().await, before);
    assert_eq!(sessions.standing_by(), of(1));
}

#[test]
fn connections_end_with_or_without_their_runtime() {
    for runtime_goes_first in [true, false] {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sessions = runtime.block_on(async {
            let app = App::new().await;
            let (sessions, of) = three(&app).await;
            read(&sessions).await;
            assert_eq!(sessions.standing_by(), of(1));
            sessions
        });
        if runtime_goes_first {
            drop(runtime);
            drop(sessions);
        } else {
            drop(sessions);
            drop(runtime);
        }
    }
}
