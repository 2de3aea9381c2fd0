//! The shape of the house, kept by reading its text: who may name whom, and how long a file may grow.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer and what of this crate it may name. The list is the diagram of ARCHITECTURE.md.
const LAYERS: [(&str, &[&str]); 16] = [
    ("main", &["cli"]),
    (
        "cli",
        &[
            "access",
            "config",
            "decide",
            "domain",
            "entities",
            "error",
            "generate",
            "graphql",
            "http",
            "import",
            "outcomes",
            "store",
            "telemetry",
        ],
    ),
    ("config", &["access", "domain", "error", "graphql", "http", "store"]),
    ("telemetry", &["error"]),
    ("http", &["access", "domain", "error", "export", "graphql", "store"]),
    ("export", &["domain", "entities", "error", "outcomes", "store"]),
    ("graphql", &["access", "decide", "domain", "entities", "error", "outcomes", "resolve", "store"]),
    ("access", &["domain", "entities", "error", "store"]),
    ("import", &["domain", "entities", "error", "resolve", "store"]),
    ("decide", &["domain", "entities", "error", "resolve", "store"]),
    ("generate", &["domain", "error"]),
    ("outcomes", &["domain", "entities", "error", "import", "store"]),
    ("resolve", &["domain", "entities", "error", "store"]),
    ("store", &["entities", "error"]),
    ("entities", &["domain"]),
    ("domain", &[]),
];

/// Libraries that a layer must not name: what it knows nothing of.
const FOREIGN: [(&str, &[&str]); 5] = [
    ("graphql", &["poem"]),
    ("store", &["async_graphql", "poem"]),
    ("resolve", &["async_graphql", "poem"]),
    ("import/formats", &["sea_orm", "async_graphql", "poem", "std::fs", "chrono::Utc"]),
    ("domain", &["sea_orm", "async_graphql", "poem", "std::fs", "std::net", "chrono::Utc"]),
];

const LONGEST_FILE: usize = 400;
const NAMES_THAT_SAY_NOTHING: [&str; 5] = ["utils", "helpers", "common", "types", "misc"];

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found
}

fn layer(path: &Path) -> String {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    below.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The modules of this crate that a line of code names at the top.
fn named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap();
    let mut found = Vec::new();
    for start in ["crate::", "samverkan::"] {
        for (at, _) in code.match_indices(start) {
            let rest = &code[at + start.len()..];
            // `use crate::{a, b::c};` names several.
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.trim_end_matches(['}', ';']).split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            for name in names {
                let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
                found.push(name[..end].to_owned());
            }
        }
    }
    found
}

#[test]
fn layers_name_only_what_is_below_them() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let own = layer(&path);
        let Some((_, may)) = LAYERS.iter().find(|(name, _)| *name == own) else { continue };
        for (number, line) in text.lines().enumerate() {
            for name in named(line) {
                let is_layer = LAYERS.iter().any(|(layer, _)| *layer == name) || name == "error";
                if is_layer && name != own && !may.contains(&name.as_str()) {
                    wrong.push(format!("{}:{}: {own} must not name {name}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_at_the_top_is_a_layer() {
    for (path, _) in sources("src") {
        let own = layer(&path);
        let known = LAYERS.iter().any(|(name, _)| *name == own) || own == "lib" || own == "error";
        assert!(known, "{}: give {own} its place in LAYERS", path.display());
    }
}

#[test]
fn layers_know_nothing_of_foreign_libraries() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        for (below, foreign) in FOREIGN {
            if !path.to_string_lossy().contains(&format!("src/{below}")) {
                continue;
            }
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap();
                for library in foreign.iter().filter(|library| code.contains(&format!("{library}::"))) {
                    wrong.push(format!(
                        "{}:{}: {below} knows nothing of {library}",
                        path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn questions_on_columns_are_asked_in_the_store() {
    for (path, text) in sources("src/graphql") {
        let own = text.contains("Column::") || text.contains(".filter(project::");
        assert!(!own, "{}: conditions on columns live in store/", path.display());
    }
}

#[test]
fn files_are_short_enough_to_know_ones_way_in() {
    for folder in ["src", "tests"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= LONGEST_FILE, "{}: {lines} lines; split it by noun", path.display());
        }
    }
}

#[test]
fn file_names_say_what_is_in_them() {
    for (path, _) in sources("src") {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!NAMES_THAT_SAY_NOTHING.contains(&stem.as_str()), "{}", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["src", "tests"] {
        for (path, text) in sources(folder) {
            assert!(text.starts_with("//! "), "{}: begin with what it is for", path.display());
        }
    }
}
