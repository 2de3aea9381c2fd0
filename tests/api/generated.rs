//! Made-up files at some size: what is joined, and that what was read in portions is the same as what was read at once.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use samverkan::entities::{source, statement};
use samverkan::generate::{self, Options as Size, Score, score};
use samverkan::import::Options;
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::app::{App, noon};

/// Each row's true project, by file and line.
fn truth(path: &Path) -> HashMap<(String, i32), u32> {
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        ((cells[0].to_owned(), cells[1].parse().unwrap()), cells[2].parse().unwrap())
    };
    text.lines().skip(1).map(row).collect()
}

async fn rows(app: &App, truth: &Path) -> Vec<(u32, Uuid)> {
    let truth = self::truth(truth);
    let sources: HashMap<Uuid, String> = source::Entity::find()
        .all(&app.db)
        .await
        .unwrap()
        .into_iter()
        .map(|source| (source.id, source.file_name))
        .collect();
    let statements = statement::Entity::find().all(&app.db).await.unwrap();
    let row = |row: statement::Model| {
        (truth[&(sources[&row.source_id].clone(), row.line)], row.project_id.unwrap())
    };
    statements.into_iter().map(row).collect()
}

#[tokio::test]
async fn what_is_one_is_joined_and_what_is_two_is_not_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let files = generate::write(folder.path(), Size { projects: 2_500, participations: 0, seed: 3 }).unwrap();
    let [register, second, delivery, truth] = &files[..] else { panic!("{files:?}") };
    let mut found = Vec::new();
    for order in [[register, second, delivery], [delivery, second, register]] {
        let app = App::new().await;
        let paths: Vec<_> = order.into_iter().cloned().collect();
        let report = app.import_paths(&paths, Options::default()).await;
        assert!(!report.has_failures(), "{}", report.table());
        assert_eq!(report.files.iter().map(|file| file.warned).sum::<usize>(), 0, "every column is known");
        let rows = rows(&app, truth).await;
        let Score { precision, recall } = score(&rows);
        assert!(precision >= 0.999 && recall >= 0.97, "precision {precision}, recall {recall}");
        let mut clusters: HashMap<Uuid, Vec<u32>> = HashMap::new();
        for (truly, project) in &rows {
            clusters.entry(*project).or_default().push(*truly);
        }
        let mut clusters: Vec<Vec<u32>> = clusters.into_values().collect();
        for cluster in &mut clusters {
            cluster.sort_unstable();
        }
        clusters.sort();
        found.push(clusters);
        // Derived anew as a whole, it is the same.
        let settled = samverkan::import::rebuild(&app.db, noon()).await.unwrap();
        assert_eq!(settled, samverkan::resolve::Settled::default());
    }
    assert!(found[0] == found[1], "the order of the files does not decide what is one");
}

#[tokio::test]
async fn a_table_that_is_too_large_for_memory_is_read_row_by_row() {
    let app = App::new().await;
    let header = "Beneficiary name,Operation name,Operation unique identifier,Operation start date,Total eligible expenditure (EUR),Filler\r\n";
    let filler = "x".repeat(60_000);
    let mut text = header.to_owned();
    for row in 0..700 {
        write!(text, "Owner {row},\"Project\r\n {row}\",2020/{row:05},2020-01-01,1.5,{filler}\r\n").unwrap();
    }
    assert!(text.len() > 40 << 20);
    let report = app.import("large.csv", &text).await;
    assert_eq!(report.files[0].created, 700, "{}", report.table());
    let data = app.ask("{ project(by: {number: \"2020/00699\"}) { name statements { line } } }").await;
    assert_eq!(data["project"]["statements"][0]["line"], 2 + 699 * 2);
    assert_eq!(data["project"]["name"], "Project\n 699");
    // What is no table must not be that large.
    let report = app
        .import(
            "large.json",
            &format!("[{{\"a\": \"{}\"}}]", format!("{}\n", "y".repeat(9_999)).repeat(3_500)),
        )
        .await;
    assert!(report.files[0].error.as_deref().unwrap().contains("too large for anything but a table"));
}
