//! The entities match the tables.

use samverkan::entities;
use samverkan::store::database;
use sea_orm::EntityTrait;

use crate::app::App;

#[tokio::test]
async fn every_entity_can_be_read() {
    let app = App::with_demo().await;
    macro_rules! read {
        ($($table:ident),*) => {$(
            entities::$table::Entity::find().all(&app.db).await.expect(stringify!($table));
        )*};
    }
    read!(
        award,
        data_version,
        funder,
        organisation,
        organisation_name,
        organisation_tree,
        partnership,
        partnership_statement,
        project,
        project_amount,
        project_funder,
        project_name,
        project_number,
        reported_result,
        source,
        source_refusal,
        source_warning,
        statement
    );
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let app = App::with_demo().await;
    let before = app.counts().await;
    database::migrate(&app.db).await.unwrap();
    assert_eq!(app.counts().await, before);
}
