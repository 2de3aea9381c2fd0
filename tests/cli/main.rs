//! The program as operators meet it: exit codes, what goes where, and how it stops.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect fails")]

mod keys;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const GOOD: &str = "2020/00101 - Verkstan\n\nNamn:\nVerkstan\nRegion:\nStockholm\nProjektägare:\nHaninge kommun\n\
    Projektnummer:\n2020/00101\nProjektperiod:\n2020-01-01 - 2022-12-31\nTotal projektbudget:\n5 000 000\n";

fn samverkan(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samverkan"));
    command.current_dir(folder).env_remove("DATABASE_URL").env("LISTEN", "127.0.0.1:0");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    samverkan(folder).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn extract_prints_statements_and_complains_of_what_it_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.txt"), GOOD).unwrap();
    std::fs::write(folder.path().join("bad.txt"), b"\0").unwrap();

    let good = run(folder.path(), &["extract", "good.txt"]);
    let statement: Value = serde_json::from_slice(&good.stdout).unwrap();
    assert!(good.status.success());
    assert_eq!(statement["document"], "good.txt");
    assert_eq!(statement["project_number"], "2020/00101");

    let both = run(folder.path(), &["extract", "bad.txt", "good.txt", "nowhere.txt"]);
    assert_eq!(both.status.code(), Some(1));
    assert_eq!(both.stdout, good.stdout, "the good file is read all the same");
    let complaints = text(&both.stderr);
    assert!(complaints.contains("bad.txt: line 1: holds a NUL byte"), "{complaints}");
    assert!(complaints.contains("nowhere.txt: cannot be opened"), "{complaints}");
}

#[test]
fn import_reports_as_json_and_says_by_its_exit_code_whether_all_went_well() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.txt"), GOOD).unwrap();
    std::fs::write(folder.path().join("bad.txt"), "Hej!").unwrap();
    let import = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["import", "--report", "json"], arguments].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), report)
    };
    let (code, report) = import(&["--dry-run", "good.txt"]);
    assert_eq!(
        (code, &report["dry_run"], &report["files"][0]["created"]),
        (Some(0), &true.into(), &1.into())
    );
    let (code, report) = import(&["--strict", "good.txt", "bad.txt"]);
    assert_eq!((code, &report["files"][0]["outcome"]), (Some(1), &"held".into()));
    let (code, report) = import(&["good.txt", "bad.txt"]);
    assert_eq!((code, &report["files"][0]["outcome"]), (Some(1), &"imported".into()));
    assert!(report["files"][1]["error"].as_str().unwrap().contains("bad.txt: no format recognises it"));
    let (code, report) = import(&["good.txt"]);
    assert_eq!((code, &report["files"][0]["outcome"]), (Some(0), &"unchanged".into()));
}

#[test]
fn what_is_not_known_is_refused_by_name_and_never_with_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.txt"), GOOD).unwrap();
    for (arguments, database, expected) in [
        (&["extract", "--format", "telegram", "good.txt"][..], "", "--format: telegram is not known"),
        (&["extract", "--encoding", "morse", "good.txt"], "", "--encoding: morse is not known"),
        (&["serve"], "mysql://u:hemligt@h/d", "DATABASE_URL: must begin with sqlite: or postgres:"),
        (&["migrate"], "postgres://u:hemligt@127.0.0.1:1/d", "the database did not answer"),
        (&["doctor"], "postgres://u:hemligt@[bad/x", "DATABASE_URL: cannot be read as a URL"),
        (&["doctor"], "hemligt@h/d", "DATABASE_URL: must begin with sqlite: or postgres:"),
        (&["doctor"], "sqlite://nowhere.db", "unable to open database file"),
        (&["import", "good.txt"], "sqlite://", "DATABASE_URL: names no SQLite file"),
        (&["--log", "=", "schema"], "", "LOG: "),
    ] {
        let mut command = samverkan(folder.path());
        if !database.is_empty() {
            command.env("DATABASE_URL", database);
        }
        let output = command.args(arguments).output().unwrap();
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
        assert!(complaint.contains(expected), "{arguments:?}: {complaint}");
        assert!(!complaint.contains("hemligt") && !text(&output.stdout).contains("hemligt"), "{complaint}");
    }
    assert!(!folder.path().join("nowhere.db").exists(), "a check makes nothing");
}

#[test]
fn a_port_in_use_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = samverkan(folder.path()).env("LISTEN", &address).arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&format!("LISTEN: cannot serve on {address}")));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = samverkan(folder.path()).arg("schema").stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

/// A demo that is ready, and its address.
fn demo(folder: &Path) -> (Child, String) {
    let mut child =
        samverkan(folder).arg("demo").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut address = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(found) = line.strip_prefix("Look around:") {
            address = Some(found.trim().trim_start_matches("http://").trim_end_matches('/').to_owned());
        }
        if line.starts_with("Ctrl-C") {
            break;
        }
    }
    (child, address.unwrap())
}

/// Tells a demo to stop, as a supervisor does.
fn stop(mut child: Child) {
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_demo_says_where_to_look_answers_and_stops_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let (child, address) = demo(folder.path());
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200") && answer.ends_with("ready\n"), "{answer}");

    stop(child);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the demo leaves nothing behind");
}

#[test]
fn two_processes_may_make_one_new_database() {
    let folder = tempfile::tempdir().unwrap();
    let start = || samverkan(folder.path()).arg("migrate").stdout(Stdio::null()).spawn().unwrap();
    let started: Vec<_> = (0..3).map(|_| start()).collect();
    for mut child in started {
        assert!(child.wait().unwrap().success());
    }
    assert!(run(folder.path(), &["doctor"]).status.success());
}

/// As deep as a document may be, and as much nesting as it may have besides: every level takes some stack.
#[test]
fn the_deepest_document_that_is_allowed_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (child, address) = demo(folder.path());
    let fields = [
        "projects(first:1)",
        "nodes",
        "owner",
        "projects(first:1)",
        "nodes",
        "owner",
        "projects(first:1)",
        "nodes",
        "owner",
        "units(first:1)",
        "nodes",
        "name",
    ];
    let around = ["... {"; 6].concat();
    let back = "}".repeat(6);
    let (last, above) = fields.split_last().unwrap();
    let query = above
        .iter()
        .rev()
        .fold((*last).to_owned(), |inner, field| format!("{field}{{{around}{inner}{back}}}"));
    let body = serde_json::json!({ "query": format!("{{{query}}}") }).to_string();
    let mut stream = TcpStream::connect(&address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    stop(child);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"data\":{\"projects\""), "{answer}");
}

#[test]
fn what_may_be_one_is_listed_decided_carried_over_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let written = run(folder.path(), &["generate", "--projects", "40", "made-up"]);
    assert_eq!(text(&written.stdout).lines().count(), 4, "{}", text(&written.stderr));
    let twice = run(folder.path(), &["generate", "--projects", "40", "made-up"]);
    assert!(
        text(&twice.stderr).contains("made-up/register.csv: cannot be written"),
        "nothing is written over"
    );
    let bank = |number: &str, name: &str| GOOD.replace("2020/00101", number).replace("Verkstan", name);
    std::fs::write(folder.path().join("one.txt"), bank("2020/00101", "Jobbvägen")).unwrap();
    let list = "Projekt 2020-2021\n\nPrioriterade ESF projekt, beslut 3 december 2020\n\nJobb-vägen\n\nSökande: Haninge kommun\nSökt belopp: 1 000 000 kronor\n\nProjektet prövar nya arbetssätt.\n";
    std::fs::write(folder.path().join("two.txt"), list).unwrap();
    assert!(run(folder.path(), &["import", "one.txt", "two.txt", "made-up/register.csv"]).status.success());

    let ok = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let found = ok(&["duplicates"]);
    assert!(found.contains("project Jobbvägen 2020/00101") && found.contains("and Jobb-vägen"), "{found}");
    assert!(found.contains("for: names alike to 100 %, the same owner"), "{found}");
    let one: Value = serde_json::from_str(ok(&["duplicates", "--json"]).lines().next().unwrap()).unwrap();
    let (first, second) = (&one["pair"][0]["id"], &one["pair"][1]["id"]);
    let merged =
        ok(&["decide", "merge", first.as_str().unwrap(), second.as_str().unwrap(), "--note", "same call"]);
    assert!(
        merged.starts_with("Decision 1: 0 projects are new, 1 read otherwise now, 1 are gone."),
        "{merged}"
    );
    assert!(ok(&["decide", "list"]).contains("merge: ") && ok(&["decide", "list"]).contains("same call"));
    std::fs::write(folder.path().join("decisions.jsonl"), ok(&["decide", "export"])).unwrap();
    assert!(ok(&["decide", "import", "decisions.jsonl"]).starts_with("0 decisions are new"));
    assert!(ok(&["decide", "undo", "1"]).starts_with("Decision 1 is taken back: 1 projects are new"));
    assert_eq!(ok(&["decide", "export"]), "");
    let unknown = run(folder.path(), &["decide", "merge", "Jobbvägen", "Ingenting"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("nothing is named Ingenting"), "{}", text(&unknown.stderr));
}
