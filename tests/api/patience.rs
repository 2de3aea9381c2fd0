//! Statements end when they take too long, or when nobody waits for them any more; their connection is free again.

use std::time::Duration;

use samverkan::store::database::{self, Pool};
use samverkan::store::patience::{was_ended, while_wanted};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, Statement};

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
