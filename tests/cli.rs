//! The program as operators meet it: exit codes, what goes where, and how it stops.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

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

#[test]
fn the_demo_says_where_to_look_answers_and_stops_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut child =
        samverkan(folder.path()).arg("demo").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
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
    let mut stream = TcpStream::connect(address.unwrap()).unwrap();
    stream.write_all(b"GET /health/ready HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200") && answer.ends_with("ready\n"), "{answer}");

    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(child.wait().unwrap().success());
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
