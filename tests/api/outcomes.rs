//! Participations in, published outcomes out.

use samverkan::domain::disclosure::{Parameters, Secret};
use samverkan::domain::statement::{Party, Statement as Stated};
use samverkan::outcomes::delivery;
use samverkan::outcomes::delivery::report::Outcome;
use samverkan::outcomes::{release, retention};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::app::{App, noon, secret};

/// The header of files of participations, with the end of its line.
pub const HEADER: &str = "Projektnummer;Deltagarnyckel;Kön;Födelseår;Utbildning;Status före;Inskriven;Samtycke;Skyddade personuppgifter;Steg 3;Utskriven;Status vid avslut;Status efter sex månader\n";

/// Projects with the numbers E-1, E-2 …, each with a funder of its own, all in one county.
pub async fn projects(app: &App, many: usize) {
    let line = |at: usize| {
        let statement = Stated {
            document: "projekt.jsonl".to_owned(),
            line: 1,
            name: Some(format!("Påhittat projekt {at}")),
            project_number: Some(format!("E-{at}")),
            region: Some("Stockholms län".to_owned()),
            owner: Some(Party { name: "Påhittade kommunen".to_owned(), ..Party::default() }),
            funders: vec![format!("Påhittade fonden {at}")],
            planned_participants: Some(40),
            ..Stated::default()
        };
        serde_json::to_string(&statement).unwrap()
    };
    let lines: Vec<String> = (1..=many).map(line).collect();
    let report = app.import("projekt.jsonl", &lines.join("\n")).await;
    assert_eq!(report.files[0].created, many, "{}", report.table());
}

/// Rows of so many women and men in a project, all enrolled in 2024; `exit` gives each a position upon leaving.
pub fn rows(project: &str, women: usize, men: usize, exit: impl Fn(usize) -> &'static str) -> String {
    let row = |at: usize| {
        let sex = if at < women { "kvinna" } else { "man" };
        let exit = exit(at);
        format!(
            "{project};{project}-{at};{sex};1990;Gymnasium;Arbetslös;2024-02-01;2024-02-01;;2024-03-01;2024-09-01;{exit};\n"
        )
    };
    (0..women + men).map(row).collect()
}

/// A file with some rows.
pub fn header_and(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

/// A position upon leaving for each.
pub fn by_exit(at: usize) -> &'static str {
    ["i arbete", "i arbete", "i studier", "arbetssökande"][at % 4]
}

/// Everything by position upon leaving.
pub const BY_EXIT: &str =
    "{ participantOutcomes(dimension: EXIT_STATUS) { total { value } notShown { value } overlap { value }
        rows { key { code } participants { value lower upper } percent percentMissing } } }";

async fn exact_rows(app: &App, sql: &str) -> Vec<Value> {
    let db = samverkan::store::database::open(&app.exact_url()).await.unwrap();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let text = |row: &sea_orm::QueryResult| json!(row.try_get_by_index::<Option<String>>(0).unwrap());
    let rows = rows.iter().map(text).collect();
    db.close().await.unwrap();
    rows
}

#[tokio::test]
async fn before_the_first_release_there_is_nothing_and_nothing_is_an_error() {
    let app = App::new().await;
    projects(&app, 1).await;
    let query = "{ participantOutcomes { total { value } } releases { nodes { number } }
        projects { nodes { participantOutcomes { total { value } } } } }";
    let expected = json!({"participantOutcomes": null, "releases": {"nodes": []},
        "projects": {"nodes": [{"participantOutcomes": null}]}});
    assert_eq!(app.ask(query).await, expected);
}

#[tokio::test]
async fn what_is_delivered_comes_out_in_multiples_of_five_that_add_up() {
    let app = App::new().await;
    projects(&app, 3).await;
    let text = header_and(&format!(
        "{}{}{}",
        rows("E-1", 14, 9, by_exit),
        rows("E-2", 7, 5, by_exit),
        rows("E-3", 33, 41, by_exit)
    ));
    let report = app.deliver("deltagare.csv", &text).await;
    assert_eq!((report.outcome, report.rows, report.new), (Outcome::Read, 109, 109), "{}", report.text());
    let release = app.release().await;
    assert_eq!((release.number, release.counted), (1, 109));
    insta::assert_json_snapshot!("outcomes_by_exit", app.ask(BY_EXIT).await);
    let query = "{ projects { nodes { name plannedParticipants participantOutcomes(by: [SEX], dimension: EXIT_STATUS) {
        basis release { number asOf active participations { value } audit } total { value lower upper } notShown { value }
        rows { key { sex code label(lang: EN) project { name } } participants { value lower upper basis } percent } } } } }";
    insta::assert_json_snapshot!("outcomes_of_projects", app.ask(query).await);
    let query = "{ participantOutcomes(by: [PROJECT, FUNDER, REGION, PERIOD, SEX]) { total { value } rows {
        key { project { name } funder { name } region { name } period sex code } participants { value } percent } }
        funders(first: 1) { nodes { participantOutcomes(by: [PROJECT]) { total { value } rows { key { project { name } } participants { value } } } } }
        organisations(first: 1) { nodes { name participantOutcomes { total { value } } } } }";
    insta::assert_json_snapshot!("outcomes_by_everything", app.ask(query).await);
}

#[tokio::test]
async fn the_same_file_changes_nothing_and_a_release_of_the_same_is_none() {
    let app = App::new().await;
    projects(&app, 2).await;
    let text = header_and(&rows("E-1", 14, 9, by_exit));
    app.deliver("a.csv", &text).await;
    app.release().await;
    let before = app.text(BY_EXIT).await;
    assert_eq!(app.deliver("b.csv", &text).await.outcome, Outcome::Unchanged);
    assert_eq!(app.release().await.unchanged_since, Some(1));
    // The same rows in another file: every row is known.
    let report = app.deliver("c.csv", &format!("{text}\n")).await;
    assert_eq!((report.new, report.revised, report.unchanged), (0, 0, 23));
    assert_eq!(app.release().await.unchanged_since, Some(1));
    assert_eq!(app.text(BY_EXIT).await, before);
}

#[tokio::test]
async fn fewer_than_five_changes_leave_what_is_published_as_it_is_and_five_do_not() {
    let app = App::new().await;
    projects(&app, 2).await;
    app.deliver("a.csv", &header_and(&(rows("E-1", 30, 30, by_exit) + &rows("E-2", 30, 30, by_exit)))).await;
    app.release().await;
    let query = "{ participantOutcomes(by: [PROJECT, SEX], dimension: EXIT_STATUS) { rows { key { project { name } sex code } participants { value } } } }";
    let before = app.text(query).await;
    // Four women of the first project are now in studies.
    let four = |at: usize| if at < 4 { "annat" } else { by_exit(at) };
    app.deliver("b.csv", &header_and(&rows("E-1", 30, 30, four))).await;
    assert_eq!(app.release().await.unchanged_since, Some(1));
    assert_eq!(app.text(query).await, before);
    // And a fifth: more than four changes since the first release.
    let many = |at: usize| if at < 20 { "annat" } else { by_exit(at) };
    app.deliver("c.csv", &header_and(&rows("E-1", 30, 30, many))).await;
    let second = app.release().await;
    assert_eq!((second.number, second.rounded, second.kept), (2, 1, 1));
    assert_ne!(app.text(query).await, before);
}

#[tokio::test]
async fn twelve_releases_of_the_same_reveal_nothing_more_than_one() {
    let app = App::new().await;
    projects(&app, 6).await;
    let text: String = (1..=6).map(|at| rows(&format!("E-{at}"), 10 + at, 12, by_exit)).collect();
    app.deliver("a.csv", &header_and(&text)).await;
    app.release().await;
    let first = app.text(BY_EXIT).await;
    for later in 1..12 {
        // One more participation somewhere each time: never five in one place.
        let own = format!("E-{}", later % 6 + 1);
        let more = format!("{own};ny-{later};man;1990;Gymnasium;Arbetslös;2024-05-01;2024-05-01;;;;;\n");
        app.deliver(&format!("{later}.csv"), &header_and(&more)).await;
        app.release_with(&secret(), noon()).await.unwrap();
        assert_eq!(app.text(BY_EXIT).await, first, "release {later}");
    }
}

#[tokio::test]
async fn consent_that_is_withdrawn_takes_everything_but_sex_and_year_at_once() {
    let app = App::new().await;
    projects(&app, 1).await;
    app.deliver("a.csv", &header_and(&rows("E-1", 12, 12, by_exit))).await;
    app.release().await;
    let before = app.text(BY_EXIT).await;
    let withdrawn = "Projektnummer;Deltagarnyckel;Kön;Inskriven;Samtycke;Samtycke återkallat\nE-1;E-1-0;kvinna;2024-02-01;2024-02-01;2025-01-01\n";
    let report = app.deliver("b.csv", withdrawn).await;
    assert_eq!((report.revised, report.anonymous), (1, 1), "{}", report.text());
    let left = exact_rows(&app, "SELECT sex FROM participation WHERE consent_on IS NULL AND birth_year IS NULL AND education IS NULL AND enrolled_on IS NULL AND exit_on IS NULL AND exit_status IS NULL AND step_3_on IS NULL AND start_year = 2024").await;
    assert_eq!(left, [json!("WOMEN")]);
    // It shows publicly when the project is rounded the next time.
    assert_eq!(app.release().await.unchanged_since, Some(1));
    assert_eq!(app.text(BY_EXIT).await, before);
}

#[tokio::test]
async fn a_row_that_cannot_be_used_is_refused_and_the_report_adds_up() {
    let app = App::new().await;
    projects(&app, 1).await;
    let good = rows("E-1", 2, 0, by_exit);
    let bad = "E-9;x;kvinna;1990;;;2024-02-01;2024-02-01;;;;;\nE-1;y;kvinna;1990;;;2024-02-01;2024-02-01;;;2023-01-01;;\nE-1;z;hemligt;1990;;;2024-02-01;2024-02-01;;;;;\n";
    let report = app.deliver("a.csv", &header_and(&format!("{good}{bad}"))).await;
    let lines: Vec<_> = report.refused.iter().filter_map(|refused| refused.line).collect();
    assert_eq!((report.rows, report.new, report.refused.len()), (5, 2, 3), "{}", report.text());
    assert_eq!(lines, [5, 6, 4]);
    assert!(!report.text().contains("hemligt"));
    // Without a column that is needed nothing is read.
    let report = app.deliver("b.csv", "Projektnummer;Kön\nE-1;man\n").await;
    assert_eq!(report.error.as_deref(), Some("has no column participant_key, enrolled_on"));
    // The project may be said beside the file.
    let path = app.file("c.csv", "Deltagare;Kön;Start\n1;man;2024-01-01\n");
    let options = delivery::Options { project: Some("E-1".to_owned()), ..delivery::Options::default() };
    let report = app.deliver_path(&path, &options).await;
    assert_eq!((report.new, report.anonymous), (1, 1), "{}", report.text());
}

#[tokio::test]
async fn a_personal_identity_number_refuses_the_whole_file_and_is_not_repeated() {
    let app = App::new().await;
    projects(&app, 1).await;
    // Beside another number, with a comma between.
    let report = app
        .deliver(
            "comma.csv",
            "project,key,sex,enrolled_on\nE-1,a-7,man,2024-01-01\n2020/00101,19121212-1212,man,2024-01-01\n",
        )
        .await;
    assert!(report.error.is_some_and(|error| error.starts_with("line 3: ") && !error.contains("1212")));
    // A number that the tax agency has set aside for tests, and the form that statistics use for protected identities.
    for (at, number) in ["19121212-1212", "121212-1212", "19900101Tf29", "19900101TF01"].iter().enumerate() {
        let text =
            header_and(&format!("{}E-1;{number};man;;;;2024-01-01;;;;;;\n", rows("E-1", 2, 2, by_exit)));
        let report = app.deliver(&format!("{at}.csv"), &text).await;
        let error = report.error.unwrap_or_default();
        assert!(error.starts_with("line 6: ") && !error.contains(number), "{error}");
    }
    assert!(exact_rows(&app, "SELECT sex FROM participation").await.is_empty());
}

#[tokio::test]
async fn a_dry_run_keeps_nothing_and_replacing_forgets_what_was() {
    let app = App::new().await;
    projects(&app, 2).await;
    let path = app.file("a.csv", header_and(&rows("E-1", 5, 5, by_exit)));
    let dry = delivery::Options { dry_run: true, ..delivery::Options::default() };
    assert_eq!(app.deliver_path(&path, &dry).await.outcome, Outcome::WouldRead);
    assert!(exact_rows(&app, "SELECT sex FROM participation").await.is_empty());
    assert_eq!(app.deliver_path(&path, &delivery::Options::default()).await.new, 10);
    app.deliver("b.csv", &header_and(&rows("E-2", 3, 0, by_exit))).await;
    let path = app.file("c.csv", header_and(&rows("E-1", 4, 0, by_exit)));
    let replace = delivery::Options { replace: true, ..delivery::Options::default() };
    assert_eq!(app.deliver_path(&path, &replace).await.new, 4);
    let left = exact_rows(&app, "SELECT project_key FROM participation ORDER BY project_key").await;
    assert_eq!(left.len(), 7);
}

#[tokio::test]
async fn participations_whose_time_is_up_are_deleted_and_what_is_public_stays() {
    let app = App::new().await;
    projects(&app, 2).await;
    let old = rows("E-1", 20, 20, by_exit).replace("2024-", "2018-");
    app.deliver("a.csv", &header_and(&(old.clone() + &rows("E-2", 20, 20, by_exit)))).await;
    app.release().await;
    let before = app.text(BY_EXIT).await;
    let exact = app.exact().await;
    let would = retention::run(&exact, 5, true, noon()).await.unwrap();
    let gone = retention::run(&exact, 5, false, noon()).await.unwrap();
    let told: Vec<_> = gone.iter().map(|held| (held.start_year, held.participations)).collect();
    assert_eq!((would.len(), told), (1, vec![(2018, 40)]));
    assert_eq!(exact_rows(&app, "SELECT sex FROM participation").await.len(), 40);
    assert_eq!(app.release().await.unchanged_since, Some(1));
    assert_eq!(app.text(BY_EXIT).await, before);
    // Nothing is delivered again about them.
    let report = app.deliver("b.csv", &header_and(&(old + "\n"))).await;
    assert_eq!((report.new, report.refused.len()), (0, 40), "{}", report.text());
}

#[tokio::test]
async fn another_secret_is_refused_until_it_is_meant() {
    let app = App::new().await;
    projects(&app, 1).await;
    app.deliver("a.csv", &header_and(&rows("E-1", 20, 20, by_exit))).await;
    app.release().await;
    let other = Secret::new(b"another secret, as it would be after a leak").unwrap();
    let refused = app.release_with(&other, noon()).await.unwrap_err().to_string();
    assert!(refused.contains("--new-secret"), "{refused}");
    // Nor are persons told apart by another: everybody would count twice.
    let (exact, path) = (app.exact().await, app.file("b.csv", header_and(&rows("E-1", 20, 21, by_exit))));
    let options = delivery::Options::default();
    let paths = [path];
    let reports = delivery::run(&exact, &app.db, &other, &paths, &options, noon()).await.unwrap();
    assert!(
        reports[0].error.as_deref().is_some_and(|error| error.contains("--replace")),
        "{}",
        reports[0].text()
    );
}

#[tokio::test]
async fn a_release_that_may_not_be_leaves_the_one_before() {
    let app = App::new().await;
    projects(&app, 1).await;
    app.deliver("a.csv", &header_and(&rows("E-1", 20, 20, by_exit))).await;
    app.release().await;
    let before = app.text(BY_EXIT).await;
    app.deliver("b.csv", &header_and(&rows("E-1", 33, 20, by_exit))).await;
    let exact = app.exact().await;
    let options = release::Options {
        parameters: Parameters { guard: 5, ..Parameters::default() },
        as_of: noon().date_naive(),
        new_secret: false,
    };
    let refused = release::run(&exact, &app.db, &secret(), &options, noon()).await;
    assert!(refused.is_err());
    assert_eq!(app.text(BY_EXIT).await, before);
    assert_eq!(app.release().await.number, 2);
}

#[tokio::test]
async fn many_projects_take_as_many_statements_as_few() {
    let app = App::new().await;
    projects(&app, 40).await;
    let text: String = (1..=40).map(|at| rows(&format!("E-{at}"), 12, 13, by_exit)).collect();
    app.deliver("a.csv", &header_and(&text)).await;
    app.release().await;
    let query = |first: usize| {
        format!("{{ projects(first: {first}) {{ nodes {{ participantOutcomes(by: [SEX], dimension: AGE) {{ total {{ value }} rows {{ key {{ project {{ name }} }} participants {{ value }} }} }}
            funders {{ participantOutcomes(by: [PROJECT]) {{ rows {{ key {{ project {{ name }} }} }} }} }} }} }} }}")
    };
    let few = app.statements_for(&query(3)).await;
    assert_eq!(app.statements_for(&query(40)).await, few);
}

#[tokio::test]
async fn what_is_not_public_is_said_with_what_is() {
    let app = App::new().await;
    projects(&app, 1).await;
    app.deliver("a.csv", &header_and(&rows("E-1", 20, 20, by_exit))).await;
    app.release().await;
    let asked = |arguments: &str| {
        format!(
            "{{ participantOutcomes({arguments}) {{ rows {{ key {{ code crossedCode }} participants {{ value }} }} }} }}"
        )
    };
    let (code, message) = app.refusal(&asked("dimension: AGE, crossedWith: EXIT_STATUS")).await;
    assert_eq!(code, "COMBINATION_NOT_PUBLIC");
    assert!(
        message
            .contains("AGE and EXIT_STATUS are not public together; public are EDUCATION with TARGET_GROUP"),
        "{message}"
    );
    assert_eq!(app.refusal(&asked("crossedWith: AGE")).await.0, "BAD_USER_INPUT");
    assert_eq!(app.refusal(&asked("scope: OWN")).await.0, "UNAUTHENTICATED");
    let both = app.ask(&asked("dimension: EDUCATION, crossedWith: TARGET_GROUP")).await;
    let one = app.ask(&asked("dimension: EDUCATION")).await;
    let sum = |answer: &Value, code: &str| -> i64 {
        let rows = answer["participantOutcomes"]["rows"].as_array().unwrap().clone();
        rows.iter()
            .filter(|row| row["key"]["code"] == code)
            .map(|row| row["participants"]["value"].as_i64().unwrap())
            .sum()
    };
    assert_eq!(sum(&one, "ISCED_3_4"), 40);
    for code in ["ISCED_0_2", "ISCED_3_4", "ISCED_5_8", "UNKNOWN", "ANONYMOUS"] {
        assert_eq!(sum(&both, code), sum(&one, code), "{code}");
    }
}

/// The example of the pages that explain the method.
#[tokio::test]
async fn the_example_that_explains_the_method_is_true() {
    let app = App::new().await;
    projects(&app, 1).await;
    let exits =
        [["i arbete"; 6].as_slice(), &["i studier"; 2], &["arbetssökande"; 5], &["annat"], &["i arbete"; 8]]
            .concat();
    let mut text = header_and(&rows("E-1", 14, 8, |at| exits[at]));
    text.push_str("E-1;E-1-x;okänt;;;;2024-02-01;2024-02-01;;;2024-09-01;i studier;\n");
    app.deliver("a.csv", &text).await;
    app.release().await;
    let answer = app.ask("{ participantOutcomes(sex: [WOMEN], dimension: EXIT_STATUS) { total { value } rows { key { code } participants { value } } }
        all: participantOutcomes { total { value } } }").await;
    let rows: Vec<i64> = answer["participantOutcomes"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["participants"]["value"].as_i64().unwrap())
        .collect();
    assert_eq!(
        (&answer["all"]["total"]["value"], &answer["participantOutcomes"]["total"]["value"]),
        (&json!(25), &json!(15))
    );
    assert_eq!(rows[..4], [5, 5, 5, 0]);
}
