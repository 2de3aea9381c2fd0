//! Rows that are read by position are those that are read by name.

use samverkan::entities::positional::read_all;
use samverkan::entities::{
    award, change, funder, organisation, partnership, project, release, reported_result, source, statement,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, QueryTrait};

use crate::app::App;

#[tokio::test]
async fn rows_are_read_by_position_as_by_name() {
    let app = App::with_demo().await;
    app.add_outcomes().await;
    let mut tables = 0;
    macro_rules! both {
        ($($table:ident),*) => {$(
            let by_name = $table::Entity::find().all(&app.db).await.unwrap();
            let found = app.db.query_all(&$table::Entity::find().into_query()).await.unwrap();
            let by_position: Vec<$table::Model> = read_all(&found.into()).unwrap();
            assert_eq!(by_position, by_name);
            assert!(!by_name.is_empty(), "{}", stringify!($table));
            tables += 1;
        )*};
    }
    both!(
        award,
        change,
        funder,
        organisation,
        partnership,
        project,
        release,
        reported_result,
        source,
        statement
    );
    assert_eq!(tables, 10);
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let app = App::with_demo().await;
    let query = project::Entity::find().select_only().column(project::Column::Id).into_query();
    let failed = read_all::<project::Model>(&app.db.query_all(&query).await.unwrap().into()).unwrap_err();
    assert!(failed.to_string().contains("column sort_key is not there"), "{failed}");

    let mut query = partnership::Entity::find().select_only().into_query();
    for column in
        ["id", "project_id", "organisation_id", "unit_id", "member_id", "sort_key", "project_sort_key"]
    {
        query.column(column);
    }
    query.expr_as(Expr::cust("CAST('NOBODY' AS text)"), "role");
    let failed = read_all::<partnership::Model>(&app.db.query_all(&query).await.unwrap().into()).unwrap_err();
    assert!(failed.to_string().contains("column role: NOBODY is not known"), "{failed}");
}
