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

/// The lines of a file.
async fn lines(server: &crate::app::Running, path: &str) -> Vec<String> {
    let answer = server.get(path, "").await;
    assert_eq!(crate::app::status(&answer), 200, "{path}: {answer}");
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    // The marks of chunks are no lines of the file.
    let is_chunk = |line: &&str| !line.is_empty() && !line.chars().all(|c| c.is_ascii_hexdigit());
    body.lines().filter(is_chunk).map(str::to_owned).collect()
}

/// A text as it stands in an address.
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn every_table_has_a_line_for_each_that_a_filter_lets_through() {
    let app = crate::known::app().await;
    let server = app.serve(samverkan::http::Settings::default()).await;
    let counts = app
        .ask("{ projects { totalCount } organisations { totalCount } funders { totalCount } agencies: organisations(where: {kind: [STATE_AGENCY]}) { totalCount }
            eu: projects(where: {funderKind: [EU]}, first: 100) { totalCount nodes { partnerships { totalCount } awards { kind } } } }")
        .await;
    let eu = counts["eu"]["nodes"].as_array().unwrap();
    let awards: usize = eu.iter().map(|p| p["awards"].as_array().unwrap().len()).sum();
    let partnerships: u64 = eu.iter().map(|p| p["partnerships"]["totalCount"].as_u64().unwrap()).sum();
    let only_eu = format!("?where={}", escaped("{\"funderKind\": [\"EU\"]}"));
    let agencies = format!("?where={}", escaped("{\"kind\": [\"STATE_AGENCY\"]}"));
    for (file, filter, expected) in [
        ("projects", "", counts["projects"]["totalCount"].as_u64().unwrap()),
        ("organisations", "", counts["organisations"]["totalCount"].as_u64().unwrap()),
        ("funders", "", counts["funders"]["totalCount"].as_u64().unwrap()),
        ("projects", &only_eu, counts["eu"]["totalCount"].as_u64().unwrap()),
        ("awards", &only_eu, awards as u64),
        ("partnerships", &only_eu, partnerships),
        ("organisations", &agencies, counts["agencies"]["totalCount"].as_u64().unwrap()),
    ] {
        let rows = lines(&server, &format!("/export/{file}.ndjson{filter}")).await;
        assert_eq!(rows.len() as u64, expected, "{file} {filter}");
        let keys: Vec<String> = {
            let row: serde_json::Map<String, Value> = serde_json::from_str(&rows[0]).unwrap();
            row.keys().cloned().collect()
        };
        let table = lines(&server, &format!("/export/{file}.csv{filter}")).await;
        assert_eq!(table.len() as u64, expected + 1, "{file} {filter}");
        let mut header: Vec<String> = table[0].split(',').map(str::to_owned).collect();
        header.sort();
        assert_eq!(header, keys, "{file}: the header names what the rows have");
    }
    // What a filter lets through is told as it is without one, though others stand in between.
    let whole = lines(&server, "/export/projects.ndjson").await;
    for filter in [&only_eu, "?where=%7B%22status%22%3A%5B%22ENDED%22%5D%7D"] {
        let filtered = lines(&server, &format!("/export/projects.ndjson{filter}")).await;
        assert!(filtered.len() > 2 && filtered.len() < whole.len(), "{}", filtered.len());
        assert!(filtered.iter().all(|line| whole.contains(line)), "{filter}: {filtered:#?}");
    }
    let none = format!("?where={}", escaped("{\"text\": \"finns inte\"}"));
    assert_eq!(lines(&server, &format!("/export/projects.csv{none}")).await.len(), 1, "the header alone");
    assert!(lines(&server, &format!("/export/projects.ndjson{none}")).await.is_empty());
}

#[tokio::test]
async fn a_file_for_a_swedish_spreadsheet_has_a_mark_semicolons_and_no_formulas() {
    let app = App::new().await;
    let table = "Beneficiary name;Operation name;Operation unique identifier;Operation start date;Operation end date;\
        Total eligible expenditure (EUR)\r\nAlfa AB;\"=HYPERLINK(\"\"x\"\")\";@1;2021-02-01;2022-03-31;1500000,50\r\n";
    let report = app.import("euro.csv", table).await;
    assert!(!report.has_failures(), "{}", report.table());
    let server = app.serve(samverkan::http::Settings::default()).await;
    let rows = lines(&server, "/export/projects.csv?separator=semicolon&bom=true").await;
    assert!(rows[0].starts_with("\u{feff}id;number;name;"), "{rows:?}");
    assert!(rows[1].contains(";'@1;\"'=HYPERLINK(\"\"x\"\")\";2021-02-01;2022-03-31;"), "{rows:?}");
    assert!(rows[1].contains(";Alfa AB;") && rows[1].contains(";1500000.50;EUR;"), "{rows:?}");
    for (query, place) in [
        ("separator=x", "separator:"),
        ("bom=1", "bom:"),
        ("page=2", "page:"),
        ("where={", "where:"),
        ("where=%7B%22nothing%22%3A1%7D", "nothing"),
        ("where=%7B%22funder%22%3A%5B%5D%7D", "where.funder:"),
        ("where=%7B%22status%22%3A%5B%22SLEEPING%22%5D%7D", "SLEEPING"),
    ] {
        let answer = server.get(&format!("/export/projects.csv?{query}"), "").await;
        assert_eq!(crate::app::status(&answer), 400, "{query}");
        assert!(answer.split_once("\r\n\r\n").unwrap().1.contains(place), "{query}: {answer}");
    }
}

#[tokio::test]
async fn an_answer_with_one_list_can_be_had_as_a_table() {
    let app = App::with_demo().await;
    let server = app.serve(samverkan::http::Settings::default()).await;
    let query = "{ projects(first: 2, where: {text: \"etablering\"}) { nodes { name owner { name } funders { name } plannedParticipants } } }";
    let answer = server.post(query, "accept: text/csv\r\n").await;
    assert_eq!(crate::app::header(&answer, "content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert!(answer.contains("name,owner.name,funders.name,plannedParticipants\n"), "{answer}");
    let groups = "{ projectGroups(by: [START_YEAR]) { groups { key { startYear } aggregates { count amounts(kinds: [GRANTED]) { sum } } } } }";
    let answer = server.post(groups, "accept: text/csv\r\n").await;
    assert!(answer.contains("key.startYear,aggregates.count,aggregates.amounts"), "{answer}");
    let two = server.post("{ service { version } projects { totalCount } }", "accept: text/csv\r\n").await;
    assert_eq!(crate::app::status(&two), 406);
    let wrong = server.post("{ projects(first: 0) { nodes { name } } }", "accept: text/csv\r\n").await;
    assert!(wrong.contains("BAD_USER_INPUT") && wrong.contains("graphql-response+json"), "{wrong}");
}

#[tokio::test]
async fn an_export_may_take_longer_than_a_question_and_one_that_fails_breaks_off() {
    use futures_util::StreamExt;
    use samverkan::export::{Form, Table, stream};
    use samverkan::store::database::{self, Pool};
    use samverkan::store::filter::Filter;
    use sea_orm::ConnectionTrait;

    let app = App::new().await;
    let size = samverkan::generate::Options { projects: 5_000, participations: 0, seed: 5 };
    let files = samverkan::generate::write(app.folder.path(), size).unwrap();
    app.import_paths(&files[..1], samverkan::import::Options::default()).await;
    // On SQLite all that a connection does for one who has taken it has one limit.
    let hurried = Pool { statement_timeout: Some(std::time::Duration::from_nanos(1)), ..Pool::default() };
    let db = database::open_to_serve(&app.url, &hurried).await.unwrap();
    let parts: Vec<_> = stream(db.clone(), Table::Projects, Filter::none(), Form::Ndjson, ()).collect().await;
    let lines: usize =
        parts.iter().map(|part| part.as_ref().unwrap().split(|byte| *byte == b'\n').count() - 1).sum();
    assert_eq!(lines, 5_000);
    app.db.execute_unprepared("ALTER TABLE project_funder RENAME TO elsewhere").await.unwrap();
    let parts: Vec<_> = stream(db, Table::Projects, Filter::none(), Form::Ndjson, ()).collect().await;
    assert!(parts.last().unwrap().is_err(), "nobody takes a part for the whole");
}

#[tokio::test]
async fn a_compressed_file_comes_to_its_end() {
    let app = App::with_demo().await;
    let server = app.serve(samverkan::http::Settings::default()).await;
    for encoding in ["gzip", "br", "zstd"] {
        for file in ["projects.csv", "awards.ndjson", "outcomes.csv"] {
            let headers = format!("accept-encoding: {encoding}\r\n");
            let answer = server.get(&format!("/export/{file}"), &headers).await;
            assert_eq!(crate::app::status(&answer), 200);
            assert!(answer.ends_with("\r\n0\r\n\r\n"), "{encoding} {file} was broken off");
        }
    }
}
