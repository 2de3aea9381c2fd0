//! The published schema file is the schema that is served.

use samverkan::graphql;

/// `BLESS=1 cargo test` writes the file anew.
#[test]
fn the_published_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let current = format!("{}\n", graphql::sdl().trim_end());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap();
    assert!(published == current, "schema.graphql is not current: run `BLESS=1 cargo test schema`");
}

#[test]
fn everything_in_the_schema_is_described() {
    let sdl = graphql::sdl();
    let (mut described, mut within) = (false, false);
    let mut missing = Vec::new();
    let mut inside = String::new();
    for line in sdl.lines().map(str::trim) {
        if line == "\"\"\"" {
            within = !within;
            described = true;
            continue;
        }
        if within {
            continue;
        }
        let opens = ["type ", "interface ", "enum ", "input ", "scalar ", "union "];
        if opens.iter().any(|word| line.starts_with(word)) {
            line.clone_into(&mut inside);
        }
        let ends = ["{", "}", ")", "schema", "query: Query", "directive "];
        let is_member = !line.is_empty() && !ends.iter().any(|word| line.starts_with(word));
        if is_member && !described {
            missing.push(format!("{inside} … {line}"));
        }
        described = false;
    }
    assert!(missing.is_empty(), "without a description:\n{}", missing.join("\n"));
}
