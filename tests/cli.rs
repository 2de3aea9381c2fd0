//! The program as operators meet it: exit codes, what goes where, and how it stops.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect fails")]

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

/// A server over a folder's database, its address, and what reads all that it logs until it ends.
fn serve(folder: &Path) -> (Child, String, std::thread::JoinHandle<String>) {
    let mut child = samverkan(folder)
        .arg("serve")
        .env("LOG", "trace")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let (found, address) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let mut all = String::new();
        for line in log.lines() {
            let line = line.unwrap();
            if let Some((_, rest)) = line.split_once("serving on http://") {
                let end = rest.find(|c: char| !(c.is_ascii_digit() || ".:".contains(c)));
                let _told_before = found.send(rest[..end.unwrap_or(rest.len())].to_owned());
            }
            all.push_str(&line);
            all.push('\n');
        }
        all
    });
    (child, address.recv().unwrap(), reading)
}

/// The answer to a question.
fn ask(address: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "POST /graphql HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn keys_are_made_listed_rotated_and_revoked_and_nothing_secret_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("good.txt"), GOOD).unwrap();
    assert!(run(at, &["import", "good.txt"]).status.success());

    let nobody = run(at, &["key", "create", "--organisation", "Ingen kommun"]);
    assert!(text(&nobody.stderr).contains("no organisation is named Ingen kommun"), "{nobody:?}");
    let scopes = ["--scope", "read:own", "--scope", "read:participants:exact", "--scope", "audit:own"];
    let wrong = run(at, &["key", "create", "--organisation", "Haninge kommun", "--scope", "write:all"]);
    assert!(text(&wrong.stderr).contains("is none of read:own, read:participants:exact"), "{wrong:?}");
    let for_years = run(at, &["key", "create", "--organisation", "Haninge kommun", "--days", "900"]);
    assert!(text(&for_years.stderr).contains("400 days at most"), "{for_years:?}");
    let made = run(at, &[&["key", "create", "--organisation", "Haninge kommun"], &scopes[..]].concat());
    // The key alone, so that it can be piped to where it is kept.
    let key = text(&made.stdout).trim().to_owned();
    assert!(made.status.success() && key.starts_with("smv_live_") && !text(&made.stderr).contains(&key));
    let name = key.split('_').nth(2).unwrap();
    let listed = text(&run(at, &["key", "list"]).stdout);
    assert!(listed.contains(name) && listed.contains("Haninge kommun") && !listed.contains(&key), "{listed}");

    let grant = run(at, &["grant", "create", "--organisation", "Haninge kommun", "--project", "2020/00101"]);
    assert!(text(&grant.stdout).contains("project 2020/00101"), "{grant:?}");
    let none = run(at, &["grant", "create", "--organisation", "Haninge kommun", "--project", "2020/99999"]);
    assert!(text(&none.stderr).contains("no source knows a project with the number"), "{none:?}");

    let (server, address, log) = serve(at);
    let with = |key: &str| format!("authorization: Bearer {key}\r\nx-purpose: prov 19121212-1212\r\n");
    let question = r#"{"query": "query($t: String!) { viewer { projects { totalCount } participantOutcomes { total { value } } } search(text: $t) { totalCount } }", "variables": {"t": "19121212-1212"}}"#;
    let answer = ask(&address, &with(&key), question);
    assert!(answer.contains(r#""projects":{"totalCount":1}"#), "{answer}");
    let mixed = key.replace(name, "abcdefghijkl");
    let token = "eyJhbGciOiJub25lIiwia2lkIjoiYSJ9.eyJpc3MiOiJhIn0.geheim";
    for (headers, body, part) in [
        (with(&mixed), question, "401"),
        (with(token), question, "401"),
        (with(&key), "{", "400"),
        (with(&key), r#"{"query": "{ projects(first: 0) { totalCount } }"}"#, "BAD_USER_INPUT"),
    ] {
        let answer = ask(&address, &headers, body);
        assert!(answer.contains(part), "{answer}");
    }
    let next = text(&run(at, &["key", "rotate", name]).stdout).trim().to_owned();
    assert!(ask(&address, &with(&next), question).contains("totalCount"));
    assert!(run(at, &["key", "revoke", name]).status.success());
    assert!(text(&run(at, &["key", "list"]).stdout).contains("revoked"));
    let again = run(at, &["key", "revoke", name]);
    assert!(text(&again.stderr).contains("there is no key"), "{again:?}");
    stop(server);
    let verified = text(&run(at, &["audit", "verify"]).stdout);
    assert!(verified.starts_with("The access log has 2 entries, from number 1"), "{verified}");

    // Whatever is logged, at the most talkative: no key, no token, no SQL, no personal number.
    let logged = log.join().unwrap();
    assert!(logged.contains("serving on"));
    let secret = |key: &str| key.split('_').nth(3).unwrap().to_owned();
    for held in [&secret(&key), &secret(&next), "geheim", "SELECT ", "INSERT ", "19121212", "121212-1212"] {
        let line = logged.lines().find(|line| line.contains(held));
        assert!(line.is_none(), "{held}: {}", line.unwrap_or_default());
    }
    // Nor anywhere in the databases.
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for held in [secret(&next).as_bytes(), b"19121212"] {
            let held = bytes.windows(held.len()).any(|window| window == held);
            assert!(!held, "{}", path.display());
        }
    }
}
