//! What is public can be taken as a file.

use serde_json::{Value, json};

use crate::app::App;
use crate::outcomes::{BY_EXIT, by_exit, header_and, projects, rows};

#[tokio::test]
async fn everything_can_be_taken_as_a_file_and_sums_to_what_is_answered() {
    let app = App::new().await;
    projects(&app, 4).await;
    let server = app.serve(samverkan::http::Settings::default()).await;
    assert!(server.get("/export/outcomes.csv", "").await.starts_with("HTTP/1.1 200"));
    let text: String = (1..=4).map(|at| rows(&format!("E-{at}"), 3 + 5 * at, 8, by_exit)).collect();
    app.deliver("a.csv", &header_and(&text)).await;
    app.release().await;
    let answer = server.get("/export/outcomes.ndjson", "").await;
    let rows: Vec<Value> = answer
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sum = |dimension: &str, code: &str| -> i64 {
        let own = rows.iter().filter(|row| row["dimension"] == dimension && row["code"] == code);
        own.map(|row| row["participations"].as_i64().unwrap()).sum()
    };
    let outcomes = &app.ask(BY_EXIT).await["participantOutcomes"];
    assert_eq!(json!(sum("", "")), outcomes["total"]["value"]);
    for row in outcomes["rows"].as_array().unwrap() {
        assert_eq!(
            json!(sum("EXIT_STATUS", row["key"]["code"].as_str().unwrap())),
            row["participants"]["value"],
            "{row}"
        );
    }
    let csv = server.get("/export/outcomes.csv", "").await;
    let lines: Vec<&str> = csv.lines().filter(|line| line.contains(',') && !line.contains(": ")).collect();
    assert_eq!(
        lines[0],
        "project_id,project_number,project_name,region_code,year,sex,dimension,code,label_sv,label_en,participations"
    );
    assert!(csv.contains(",E-1,Påhittat projekt 1,01,2024,"), "{csv}");
    let tag = crate::app::header(&csv, "etag").unwrap().to_owned();
    let again = server.get("/export/outcomes.csv", &format!("if-none-match: {tag}\r\n")).await;
    assert_eq!(crate::app::status(&again), 304);
    assert_eq!(crate::app::status(&server.get("/export/persons.csv", "").await), 404);
}
