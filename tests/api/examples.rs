//! The example queries of GraphiQL run, and find something.

use crate::app::App;

#[tokio::test]
async fn every_example_of_graphiql_finds_something_in_the_demo() {
    let app = App::with_demo().await;
    app.add_outcomes().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web/examples");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 6);
    for file in files {
        let data = app.ask(&std::fs::read_to_string(&file).unwrap()).await;
        // Of what is a partner's own there is nothing without a key.
        let found = data.as_object().unwrap().iter().filter(|(name, _)| *name != "viewer");
        for (_, value) in found {
            let empty = value.is_null() || value["nodes"].as_array().is_some_and(Vec::is_empty);
            assert!(!empty, "{}: {data:#}", file.display());
        }
    }
}
