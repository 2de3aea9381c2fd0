//! What an import keeps, and what it refuses: nothing lost, nothing half-written.

use samverkan::import::report::{Outcome, Report};
use samverkan::import::{Options, Provenance, formats};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::app::{App, demo};

const GOOD: &str = "2020/00101 - Verkstan\n\nNamn:\nVerkstan\nRegion:\nStockholm\nProjektägare:\nHaninge kommun\nProjektnummer:\n2020/00101\nProjektperiod:\n2020-01-01 - 2022-12-31\nTotal projektbudget:\n5 000 000\nKontaktperson:\nFörnamn Efternamn\nE-post:\nfornamn.efternamn@exempel.se\n";

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let app = App::with_demo().await;
    let before = app.counts().await;
    let again = app.import_paths(&[demo()], Options::default()).await;
    assert!(again.files.iter().all(|f| f.outcome == Outcome::Unchanged), "{}", again.table());
    assert_eq!(app.counts().await, before);
}

#[tokio::test]
async fn a_dry_run_tells_all_and_writes_nothing() {
    let app = App::new().await;
    let before = app.counts().await;
    let options = Options { dry_run: true, ..Options::default() };
    let report = app.import_paths(&[app.file("a.txt", GOOD)], options).await;
    assert_eq!((report.files[0].outcome, report.files[0].created), (Outcome::WouldImport, 1));
    assert_eq!(app.counts().await, before);
}

#[tokio::test]
async fn contact_persons_are_left_out_and_counted() {
    let app = App::new().await;
    let report = app.import("a.txt", GOOD).await;
    assert_eq!(report.files[0].personal_details_left_out, 2);
    let data =
        app.ask("{ sources { nodes { quality { personalDetailsLeftOut warnings { code count } } } } }").await;
    assert_eq!(data["sources"]["nodes"][0]["quality"]["personalDetailsLeftOut"], 2);
    let bodies = samverkan::entities::statement::Entity::find().all(&app.db).await.unwrap();
    assert!(bodies.iter().all(|row| !row.body.contains("Efternamn") && !row.body.contains('@')));
}

#[tokio::test]
async fn a_personal_identity_number_refuses_the_file_and_is_not_repeated() {
    let app = App::new().await;
    for number in ["19640823-3234", "640823-3234", "196408233234", "640883-3231"] {
        let report = app.import("a.txt", &format!("{GOOD}Övrigt: {number}\n")).await;
        let error = report.files[0].error.clone().unwrap_or_else(|| panic!("{number} went through"));
        assert!(error.contains("line 19") && !error.contains("3234") && !error.contains("3231"), "{error}");
    }
    assert_eq!(app.ask("{ sources { totalCount } }").await["sources"]["totalCount"], 0);
}

#[tokio::test]
async fn an_organisation_number_is_no_personal_number() {
    let app = App::new().await;
    let report = app.import("a.txt", &format!("{GOOD}Projektägare organisationsnummer:\n2120000142\n")).await;
    assert_eq!(report.files[0].outcome, Outcome::Imported, "{}", report.table());
}

#[tokio::test]
async fn what_is_no_document_is_refused_by_file_and_line() {
    let app = App::new().await;
    let mut long = b"Projekt\n".to_vec();
    long.extend(vec![b'x'; 100 << 20]);
    for (name, content, expected) in [
        ("empty.txt", Vec::new(), "is empty"),
        ("blank.txt", b" \n\n".to_vec(), "is empty"),
        ("binary.txt", b"Projekt\n\x7fELF\x00\x01".to_vec(), "line 2: holds a NUL byte"),
        ("long.txt", long, "line 2: is longer than 1048576 bytes"),
        ("utf16.txt", b"\xff\xfeP\0r".to_vec(), "is not written in UTF-16LE"),
        ("other.txt", b"Hej!\n".to_vec(), "no format recognises it"),
    ] {
        let path = app.file(name, content);
        let report = app.import_paths(&[path], Options::default()).await;
        let error = report.files[0].error.clone().unwrap_or_else(|| panic!("{name} went through"));
        assert!(error.contains(name) && error.contains(expected), "{name}: {error}");
        assert!(report.has_failures());
    }
    let nowhere = app.import_paths(&[app.folder.path().join("nowhere.txt")], Options::default()).await;
    assert!(nowhere.files[0].error.as_deref().unwrap().contains("nowhere.txt: cannot be opened"));
    assert_eq!(app.ask("{ sources { totalCount } }").await["sources"]["totalCount"], 0);
}

#[tokio::test]
async fn windows_1252_is_read_where_it_is_named() {
    let app = App::new().await;
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(GOOD);
    let options = Options { encoding: Some(encoding_rs::WINDOWS_1252), ..Options::default() };
    let report = app.import_paths(&[app.file("a.txt", &bytes)], options).await;
    assert_eq!(report.files[0].created, 1, "{}", report.table());
}

#[tokio::test]
async fn what_a_file_is_written_in_is_guessed_and_the_report_says_so() {
    let app = App::new().await;
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(GOOD);
    let report = app.import_paths(&[app.file("a.txt", &bytes)], Options::default()).await;
    assert_eq!(report.files[0].guessed_encoding, Some("windows-1252"), "{}", report.table());
    assert!(report.table().contains("was read as windows-1252"));
    let other = App::new().await;
    other.import("a.txt", GOOD).await;
    let names = "{ organisations { nodes { name } } }";
    assert_eq!(app.ask(names).await, other.ask(names).await);
}

#[tokio::test]
async fn good_files_are_imported_beside_a_bad_one_unless_strict() {
    for (strict, outcomes, projects) in
        [(false, [Outcome::Imported, Outcome::Failed], 1), (true, [Outcome::Held, Outcome::Failed], 0)]
    {
        let app = App::new().await;
        let folder = app.folder.path().join("files");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a.txt"), GOOD).unwrap();
        std::fs::write(folder.join("b.txt"), b"\0").unwrap();
        std::fs::write(folder.join("README.md"), "passed over").unwrap();
        let report = app.import_paths(&[folder], Options { strict, ..Options::default() }).await;
        assert_eq!(
            report.files.iter().map(|f| f.outcome).collect::<Vec<_>>(),
            outcomes,
            "{}",
            report.table()
        );
        assert_eq!(app.ask("{ projects { totalCount } }").await["projects"]["totalCount"], projects);
        assert!(report.has_failures());
    }
}

#[tokio::test]
async fn the_report_reads_well_on_a_terminal() {
    let app = App::new().await;
    app.file("b.txt", "Hej!\n");
    let report = app.import("a.txt", GOOD).await;
    insta::assert_snapshot!(report.table());
}

#[tokio::test]
async fn where_a_file_comes_from_is_kept_with_it() {
    let app = App::new().await;
    let provenance = Provenance {
        publisher: Some("Region Stockholm".to_owned()),
        url: Some("https://example.org/beslut".to_owned()),
        licence: Some("CC0-1.0".to_owned()),
    };
    let options = Options { provenance, ..Options::default() };
    app.import_paths(&[app.file("a.txt", GOOD)], options).await;
    let data = app.ask("{ sources { nodes { url licence publisher { name kind } } } }").await;
    let expected = serde_json::json!({
        "url": "https://example.org/beslut",
        "licence": "CC0-1.0",
        "publisher": {"name": "Region Stockholm", "kind": "REGION"},
    });
    assert_eq!(data["sources"]["nodes"][0], expected);
}

#[tokio::test]
async fn a_dry_run_of_many_files_tells_what_importing_them_does() {
    let app = App::new().await;
    let tried = app.import_paths(&[demo()], Options { dry_run: true, ..Options::default() }).await;
    let done = app.import_paths(&[demo()], Options::default()).await;
    let counts = |report: &Report| report.files.iter().map(|f| (f.created, f.matched)).collect::<Vec<_>>();
    assert_eq!(counts(&tried), counts(&done));
}

#[tokio::test]
async fn a_strict_import_that_the_database_stops_leaves_nothing() {
    let app = App::new().await;
    let first = app.file("a.txt", GOOD);
    let second = app.file("b.txt", GOOD.replace("Verkstan", "Hyttan").replace("00101", "00102"));
    // Writing the second file fails: its sequence is taken as soon as the first has its own.
    app.db.execute_unprepared("CREATE UNIQUE INDEX one_only ON source (format)").await.unwrap();
    let report = app.import_paths(&[first, second], Options { strict: true, ..Options::default() }).await;
    let outcomes: Vec<_> = report.files.iter().map(|f| f.outcome).collect();
    assert_eq!(outcomes, [Outcome::Held, Outcome::Failed], "{}", report.table());
    assert_eq!(app.ask("{ sources { totalCount } }").await["sources"]["totalCount"], 0);
}

#[tokio::test]
async fn a_document_without_a_project_is_told_and_not_kept() {
    let app = App::new().await;
    let options = Options { format: formats::by_name("board-annex"), ..Options::default() };
    let report =
        app.import_paths(&[app.file("a.txt", "Projektbilaga\n\nInga projekt i år.\n")], options).await;
    assert_eq!(report.files[0].outcome, Outcome::Empty, "{}", report.table());
    assert_eq!(app.ask("{ sources { totalCount } }").await["sources"]["totalCount"], 0);
}

#[tokio::test]
async fn a_feed_is_imported_row_by_row_and_every_row_is_accounted_for() {
    let app = App::new().await;
    let list = "Beneficiary name,Operation name,Operation start date,Operation end date,Total cost of the operation (EUR),Colour\n\
        Council,Work,2015-09-01,2017-08-31,7500,red\n\
        Council,Work,2015-09-01,2017-08-31,2500,red\n\
        ,,,,10000,\n\
        Council,More,2016-01-01,2015-01-01,80000,blue,too much\n";
    let report = app.import("list.csv", list).await;
    let file = &report.files[0];
    assert_eq!((file.format, file.read, file.created, file.matched), (Some("list-of-operations"), 4, 2, 0));
    let refused: Vec<_> = file.refused.iter().map(|row| row.line).collect();
    assert_eq!(refused, [Some(4), Some(5)]);
    let data = app
        .ask(
            "{ projects { nodes { name financing { total { amount currency } } } }
            sources { nodes { quality { rows statements refused { line } warnings { code count } } } } }",
        )
        .await;
    let sums: Vec<_> = data["projects"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["financing"]["total"]["amount"])
        .collect();
    assert_eq!(sums.len(), 2, "two operations of one name are two projects: {data}");
    let quality = &data["sources"]["nodes"][0]["quality"];
    assert_eq!(quality["warnings"], serde_json::json!([{"code": "UNKNOWN_LABEL", "count": 1}]));
}

#[tokio::test]
async fn the_same_number_in_lists_of_two_publishers_is_two_projects() {
    let app = App::new().await;
    let bank = |name: &str| {
        format!(
            "[{{\"ärende-id\": \"100\", \"stödmottagare\": \"Arjeplogs kommun\", \"beviljat_belopp_sek\": 5, \"projektnamn\": \"{name}\"}}]"
        )
    };
    app.import("bank.json", &bank("Nät")).await;
    app.import("bank2.json", &bank("Nätet")).await;
    let list = "Beneficiary name,Operation name,Unique code,Operation start date,Total cost (EUR)\nCouncil,Work,100,2015-09-01,7500\n";
    app.import("list.csv", list).await;
    let data = app.ask("{ projects { nodes { name aliases } } }").await;
    assert_eq!(
        data["projects"]["nodes"],
        serde_json::json!([
            {"name": "Nätet", "aliases": ["Nät"]}, {"name": "Work", "aliases": []}
        ])
    );
}

#[tokio::test]
async fn a_mark_at_the_beginning_says_how_a_file_is_written() {
    let app = App::new().await;
    let text = "Beneficiary name\tOperation name\tOperation start date\tTotal cost (EUR)\nRåd\tÄlvar\t2020-01-01\t5\n";
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let path = app.file("list.tsv", utf16);
    let report = app.import_paths(&[path], Options::default()).await;
    assert_eq!(report.files[0].created, 1, "{}", report.table());
    let data = app.ask("{ projects { nodes { name } } }").await;
    assert_eq!(data["projects"]["nodes"][0]["name"], "Älvar");
}
