//! Statements end when they take too long, or when nobody waits for them any more; their connection is free again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use samverkan::graphql::{Limits, Request, Schema, TrustedDocuments};
use samverkan::store::database::{self, Pool};
use samverkan::store::patience::{was_ended, while_wanted};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, Statement};
use serde_json::{Value, json};

use crate::app::App;

/// A statement that does not end by itself within an hour.
async fn slow(db: &DatabaseConnection) -> Result<(), DbErr> {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"
        }
        _ => "SELECT pg_sleep(3600)",
    };
    db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.map(drop)
}

async fn one_connection(app: &App, limit: Duration) -> DatabaseConnection {
    let pool = Pool { connections: 1, statement_timeout: Some(limit), ..Pool::default() };
    database::open_to_serve(&app.url, &pool).await.unwrap()
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    let app = App::new().await;
    let db = one_connection(&app, Duration::from_millis(100)).await;
    let refused = slow(&db).await.unwrap_err();
    assert!(was_ended(&refused), "{refused:?}");
    database::version(&db).await.unwrap();
}

#[tokio::test]
async fn a_statement_nobody_waits_for_is_ended() {
    let app = App::new().await;
    let db = one_connection(&app, Duration::from_hours(1)).await;
    let given_up = tokio::time::timeout(Duration::from_millis(100), while_wanted(slow(&db))).await;
    assert!(given_up.is_err());
    // The only connection is needed for this.
    database::version(&db).await.unwrap();
}

#[tokio::test]
async fn what_took_too_long_is_not_asked_again() {
    let app = App::with_demo().await;
    let some = app.ask("{ projects(first: 1) { nodes { id } } }").await;
    let one = format!("project(by: {{id: {}}}) {{ name }}", some["projects"]["nodes"][0]["id"]);
    // From now on no project is ever found.
    let view = match app.db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            "CREATE VIEW project AS SELECT * FROM kept WHERE 0 < (WITH RECURSIVE n(i) AS \
             (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n)"
        }
        _ => "CREATE VIEW project AS SELECT kept.* FROM kept, pg_sleep(3600)",
    };
    for sql in ["ALTER TABLE project RENAME TO kept", view] {
        app.db.execute_unprepared(sql).await.unwrap();
    }
    if app.db.get_database_backend() == DatabaseBackend::Postgres {
        app.db.execute_unprepared("GRANT SELECT ON project TO PUBLIC").await.unwrap();
    }
    let mut db = one_connection(&app, Duration::from_millis(200)).await;
    let statements = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&statements);
    db.set_metric_callback(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let schema = Schema::new(db, Limits::default(), TrustedDocuments::default()).unwrap();
    let ask = async |query: &str| {
        let prepared = schema.prepare(&Request { query: Some(query.to_owned()), ..Request::default() });
        let prepared = prepared.unwrap();
        let before = statements.load(Ordering::Relaxed);
        let reply = schema.execute(&prepared, "test", None).await;
        let mut json: Value = serde_json::from_slice(&reply.to_json().unwrap()).unwrap();
        let error = json["errors"][0].take();
        assert_eq!(error["extensions"]["code"], "TIMEOUT", "{error:#}");
        (
            json["data"].take(),
            error["path"].clone(),
            error["locations"].clone(),
            statements.load(Ordering::Relaxed) - before,
        )
    };
    let at = |column: u32| json!([{"line": 1, "column": column}]);
    // No list is null, but what it is in.
    let list = ask("{ all: projects(first: 3) { nodes { name } } }").await;
    assert_eq!(list, (Value::Null, json!(["all"]), at(3), 1));
    let alone = ask(&format!("{{ {one} }}")).await;
    assert_eq!(alone, (json!({"project": null}), json!(["project"]), at(3), 1));
    // Who else is asked for is answered all the same.
    let (data, path, ..) = ask(&format!("{{ funders(first: 1) {{ nodes {{ name }} }} {one} }}")).await;
    assert_eq!((&data["project"], path), (&Value::Null, json!(["project"])));
    assert!(data["funders"]["nodes"][0]["name"].is_string(), "{data:#}");
}

/// On PostgreSQL: tables that no two of can be read by one statement, as if it took too long.
const APART: [&str; 6] = [
    "CREATE FUNCTION alone(name text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
     DECLARE
         before text := COALESCE(current_setting('test.read', true), '');
         now text := statement_timestamp()::text;
     BEGIN
         IF before LIKE now || '%' AND before <> now || name THEN
             RAISE EXCEPTION 'it takes too long' USING ERRCODE = '57014';
         END IF;
         PERFORM set_config('test.read', now || name, false);
         RETURN 1;
     END $$",
    "ALTER TABLE award RENAME TO kept_award",
    "CREATE VIEW award AS SELECT kept_award.* FROM kept_award, alone('award')",
    "ALTER TABLE partnership RENAME TO kept_partnership",
    "CREATE VIEW partnership AS SELECT kept_partnership.* FROM kept_partnership, alone('partnership')",
    "GRANT SELECT ON award, partnership TO PUBLIC",
];

#[tokio::test]
async fn what_takes_too_long_together_is_asked_one_by_one() {
    let app = App::with_demo().await;
    let query = "{ projects(first: 5) { nodes { name awards { kind } partnerships { nodes { role } } } } }";
    let expected = app.ask(query).await;
    assert!(expected["projects"]["nodes"][0]["name"].is_string());
    if app.db.get_database_backend() == DatabaseBackend::Postgres {
        for sql in APART {
            app.db.execute_unprepared(sql).await.unwrap();
        }
        let both = "SELECT 1 FROM award, partnership LIMIT 1";
        let failed = app.db.execute_unprepared(both).await.unwrap_err().to_string();
        assert!(failed.contains("it takes too long"), "{failed}");
    }
    assert_eq!(app.ask(query).await, expected);
}
