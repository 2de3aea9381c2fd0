//! What is read without a transaction is of one moment all the same, and what is asked together is what is asked alone.

use samverkan::entities::positional::{Column, Found, Positional, read_all};
use samverkan::entities::{
    award, data_version, funder, organisation, partnership, project, source, statement,
};
use samverkan::graphql::{JsonMap, Request, Schema};
use samverkan::store::database;
use samverkan::store::moment::Moment;
use samverkan::store::together::Part;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

use crate::app::App;

fn part<T: Positional>(query: impl QueryTrait<QueryStatement = sea_orm::sea_query::SelectStatement>) -> Part {
    let mut columns = Vec::new();
    T::columns(&mut columns);
    Part { query: query.into_query(), columns }
}

#[tokio::test]
async fn questions_that_are_asked_together_find_what_each_finds_alone() {
    let app = App::with_demo().await;
    let moment = Moment::held(&app.db).await.unwrap();
    let (mut parts, mut checks) = (Vec::new(), Vec::new());
    macro_rules! ask {
        ($($table:ident),*) => {$(
            // Backwards, and the same table twice: an order is kept, and no row is taken for another's.
            let rows = $table::Entity::find().order_by_desc($table::Column::Id);
            let few = $table::Entity::find().filter($table::Column::Id.is_null());
            for query in [rows.clone(), few] {
                let alone = query.clone().all(&app.db).await.unwrap();
                parts.push(part::<$table::Model>(query));
                checks.push(Box::new(move |found: &Found| {
                    assert_eq!(read_all::<$table::Model>(found).unwrap(), alone, stringify!($table));
                    alone.len()
                }) as Box<dyn Fn(&Found) -> usize>);
            }
        )*};
    }
    ask!(award, funder, organisation, partnership, project, source, statement);
    let (number, before) = (parts.len(), app.statements());
    let found = moment.ask(parts).await.unwrap();
    let statements = if app.db.get_database_backend() == DatabaseBackend::Postgres { 1 } else { number };
    assert_eq!((found.len(), app.statements() - before), (number, statements));
    let rows: usize = found.iter().zip(&checks).map(|(found, check)| check(found)).sum();
    assert!(rows > 200, "{rows}");
    assert!(moment.end().await.unwrap());
}

#[tokio::test]
async fn a_column_without_a_type_is_named() {
    let app = App::new().await;
    let moment = Moment::held(&app.db).await.unwrap();
    let mut query = Query::select();
    query.expr_as(Expr::cust("1"), "unheard_of");
    let columns = vec![Column::of::<i64>("version")];
    let parts = [query.clone(), query].map(|query| Part { query, columns: columns.clone() });
    let asked = moment.ask(parts.into()).await;
    if app.db.get_database_backend() == DatabaseBackend::Postgres {
        let Err(failed) = asked else { panic!("it was asked") };
        assert!(failed.to_string().contains("column unheard_of has no type"), "{failed}");
    } else {
        assert_eq!(asked.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_changes_meanwhile_is_noticed() {
    let app = App::with_demo().await;
    let version = database::version(&app.db).await.unwrap().version;
    let projects = || part::<project::Model>(project::Entity::find());
    let read = async |statements: usize, before: i64| {
        let moment = Moment::of(&app.db.clone().into(), before).await.unwrap();
        for _ in 0..statements {
            let found = moment.ask(vec![projects()]).await.unwrap();
            assert!(!read_all::<project::Model>(&found[0]).unwrap().is_empty());
        }
        moment.end().await.unwrap()
    };
    // One statement is of one moment whatever was before.
    assert_eq!((read(1, version).await, read(1, version - 1).await), (true, true));
    assert_eq!((read(2, version).await, read(2, version - 1).await), (true, false));
    // Also if the last statement is one that does not say the version.
    for (before, is_one) in [(version, true), (version - 1, false)] {
        let moment = Moment::of(&app.db.clone().into(), before).await.unwrap();
        moment.ask(vec![projects(), projects()]).await.unwrap();
        data_version::Entity::find().all(&moment).await.unwrap();
        assert_eq!(moment.end().await.unwrap(), is_one);
    }
    let moment = Moment::of(&app.db.clone().into(), version).await.unwrap();
    moment.ask(vec![projects()]).await.unwrap();
    app.import("later.txt", "Projektets namn: Aaa först\nDiarienummer: 2024/00778\n").await;
    moment.ask(vec![projects()]).await.unwrap();
    assert!(!moment.end().await.unwrap(), "it was changed between the two");
}

#[tokio::test]
async fn what_changed_meanwhile_is_read_again_in_a_transaction() {
    let app = App::with_demo().await;
    let version = database::version(&app.db).await.unwrap().version;
    let query = "{ projects(first: 20) { nodes { name owner { name kind } partnerships(first: 3) { totalCount
        nodes { role organisation { name } } } awards { amount { amount } funder { name } } } } }";
    let ask = async |schema: Schema| {
        let request =
            Request { query: Some(query.to_owned()), variables: JsonMap::new(), ..Request::default() };
        let prepared = schema.prepare(&request).unwrap();
        let before = app.statements();
        let reply = schema.execute(&prepared, "test", None).await;
        (String::from_utf8(reply.to_json().unwrap()).unwrap(), app.statements() - before)
    };
    let (expected, in_transaction) = ask(app.schema.clone()).await;
    // Statements outside of transactions are not counted.
    assert_eq!(ask(app.schema.clone().at(version)).await, (expected.clone(), 0));
    assert_eq!(ask(app.schema.clone().at(version - 1)).await, (expected, in_transaction));
    assert!(in_transaction > 0);
}
