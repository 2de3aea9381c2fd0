//! Keys from the command line, and that nothing secret is left anywhere.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use sea_orm::{ConnectionTrait, Statement};

use crate::{GOOD, stop, text};

/// A folder, and where its database is: in a file of its own, or in a schema of the PostgreSQL that tests run on.
struct Place {
    folder: tempfile::TempDir,
    url: Option<String>,
}

impl Place {
    fn new() -> Self {
        let url = std::env::var("TEST_DATABASE_URL").ok().map(|server| {
            let schema = format!("cli_{}", std::process::id());
            query(&server, &format!("CREATE SCHEMA {schema}"));
            format!("{server}?options=-csearch_path%3D{schema}")
        });
        Self { folder: tempfile::tempdir().unwrap(), url }
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self) -> Command {
        let mut command = crate::samverkan(self.at());
        command.envs(self.url.iter().map(|url| ("DATABASE_URL", url)));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// All that its databases hold.
    fn databases(&self) -> Vec<Vec<u8>> {
        let Some(url) = &self.url else {
            let files = std::fs::read_dir(self.at()).unwrap().map(|entry| entry.unwrap().path());
            return files.map(|path| std::fs::read(path).unwrap()).collect();
        };
        let own = url.rsplit_once("%3D").unwrap().1;
        let names = format!("SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, '{own}')");
        let schemas = query(url, &names);
        assert!(schemas.contains(&format!("{own}_access")), "{schemas:?}");
        let held =
            |schema: &String| query(url, &format!("SELECT schema_to_xml('{schema}', true, true, '')::text"));
        schemas.iter().flat_map(held).map(String::into_bytes).collect()
    }
}

/// The first column of what an SQL statement gives.
fn query(url: &str, sql: &str) -> Vec<String> {
    let work = async {
        let db = samverkan::store::database::open(url).await.unwrap();
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        db.close().await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    };
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// A server over a place's database, its address, and what reads all that it logs until it ends.
fn serve(place: &Place) -> (Child, String, std::thread::JoinHandle<String>) {
    let mut child = place
        .command()
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
    let place = Place::new();
    std::fs::write(place.at().join("good.txt"), GOOD).unwrap();
    assert!(place.run(&["import", "good.txt"]).status.success());

    let nobody = place.run(&["key", "create", "--organisation", "Ingen kommun"]);
    assert!(text(&nobody.stderr).contains("no organisation is named Ingen kommun"), "{nobody:?}");
    let scopes = ["--scope", "read:own", "--scope", "read:participants:exact", "--scope", "audit:own"];
    let wrong = place.run(&["key", "create", "--organisation", "Haninge kommun", "--scope", "write:all"]);
    assert!(text(&wrong.stderr).contains("is none of read:own, read:participants:exact"), "{wrong:?}");
    let for_years = place.run(&["key", "create", "--organisation", "Haninge kommun", "--days", "900"]);
    assert!(text(&for_years.stderr).contains("400 days at most"), "{for_years:?}");
    let made = place.run(&[&["key", "create", "--organisation", "Haninge kommun"], &scopes[..]].concat());
    // The key alone, so that it can be piped to where it is kept.
    let key = text(&made.stdout).trim().to_owned();
    assert!(made.status.success() && key.starts_with("smv_live_") && !text(&made.stderr).contains(&key));
    let name = key.split('_').nth(2).unwrap();
    let listed = text(&place.run(&["key", "list"]).stdout);
    assert!(listed.contains(name) && listed.contains("Haninge kommun") && !listed.contains(&key), "{listed}");

    let grant =
        place.run(&["grant", "create", "--organisation", "Haninge kommun", "--project", "2020/00101"]);
    assert!(text(&grant.stdout).contains("project 2020/00101"), "{grant:?}");
    let none = place.run(&["grant", "create", "--organisation", "Haninge kommun", "--project", "2020/99999"]);
    assert!(text(&none.stderr).contains("no source knows a project with the number"), "{none:?}");

    let (server, address, log) = serve(&place);
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
    let next = text(&place.run(&["key", "rotate", name]).stdout).trim().to_owned();
    assert!(ask(&address, &with(&next), question).contains("totalCount"));
    assert!(place.run(&["key", "revoke", name]).status.success());
    assert!(text(&place.run(&["key", "list"]).stdout).contains("revoked"));
    let again = place.run(&["key", "revoke", name]);
    assert!(text(&again.stderr).contains("there is no key"), "{again:?}");
    stop(server);
    let verified = text(&place.run(&["audit", "verify"]).stdout);
    assert!(verified.starts_with("The access log has 2 entries, from number 1"), "{verified}");

    // Whatever is logged, at the most talkative: no key, no token, no SQL, no personal number.
    let logged = log.join().unwrap();
    assert!(logged.contains("serving on"));
    let secret = |key: &str| key.split('_').nth(3).unwrap().to_owned();
    for held in [&secret(&key), &secret(&next), "geheim", "SELECT ", "INSERT ", "19121212", "121212-1212"] {
        let line = logged.lines().find(|line| line.contains(held));
        assert!(line.is_none(), "{held}: {}", line.unwrap_or_default());
    }
    // Nor anywhere in the databases, that of keys included.
    let held = place.databases();
    let holds =
        |part: &str| held.iter().any(|all| all.windows(part.len()).any(|window| window == part.as_bytes()));
    assert!(holds(name), "what is looked through is what there is");
    for part in [&secret(&key), &secret(&next), "19121212"] {
        assert!(!holds(part), "{part}");
    }
}
