//! Where is read.

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, ExecResult, QueryResult, Statement,
};

use super::moment::Moment;

/// Where is read.
#[derive(Clone, Copy, Debug)]
pub enum Reads<'a> {
    /// On any connection, each statement of a moment of its own.
    Anywhere(&'a DatabaseConnection),
    /// Of one moment.
    Of(&'a Moment),
}

impl<'a> From<&'a DatabaseConnection> for Reads<'a> {
    fn from(db: &'a DatabaseConnection) -> Self {
        Self::Anywhere(db)
    }
}

impl<'a> From<&'a Moment> for Reads<'a> {
    fn from(moment: &'a Moment) -> Self {
        Self::Of(moment)
    }
}

macro_rules! there {
    ($own:expr, $db:ident => $work:expr) => {
        match $own {
            Self::Anywhere($db) => $work,
            Self::Of($db) => $work,
        }
    };
}

#[async_trait]
impl ConnectionTrait for Reads<'_> {
    fn get_database_backend(&self) -> DatabaseBackend {
        there!(self, db => db.get_database_backend())
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        there!(self, db => db.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        there!(self, db => db.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        there!(self, db => db.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        there!(self, db => db.query_all_raw(statement).await)
    }
}
