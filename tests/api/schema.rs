//! The published schema file is the schema that is served.

use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};
use samverkan::graphql;

/// `BLESS=1 cargo test schema` writes the files anew.
fn is_current(name: &str, current: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let current = format!("{}\n", current.trim_end());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap();
    assert!(published == current, "{name} is not current: run `BLESS=1 cargo test schema`");
}

#[test]
fn the_published_schemas_are_current() {
    is_current("schema.graphql", &graphql::sdl());
    is_current("statement.schema.json", &samverkan::import::statement_schema());
}

#[test]
fn everything_in_the_schema_is_described() {
    let schema = Schema::parse_and_validate(graphql::sdl(), "schema.graphql").unwrap();
    let mut missing = Vec::new();
    let mut check = |what: String, description: Option<&Node<str>>| {
        if description.is_none_or(|text| text.trim().is_empty()) {
            missing.push(what);
        }
    };
    for (name, directive) in schema.directive_definitions.iter().filter(|(_, d)| !d.is_built_in()) {
        check(format!("@{name}"), directive.description.as_ref());
        directive
            .arguments
            .iter()
            .for_each(|a| check(format!("@{name}({}:)", a.name), a.description.as_ref()));
    }
    for (name, kind) in schema.types.iter().filter(|(_, kind)| !kind.is_built_in()) {
        check(name.to_string(), kind.description());
        let fields = match kind {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            ExtendedType::Enum(values) => {
                values.values.iter().for_each(|(v, d)| check(format!("{name}.{v}"), d.description.as_ref()));
                continue;
            }
            ExtendedType::InputObject(input) => {
                input.fields.iter().for_each(|(f, d)| check(format!("{name}.{f}"), d.description.as_ref()));
                continue;
            }
            _ => continue,
        };
        for (field, definition) in fields {
            check(format!("{name}.{field}"), definition.description.as_ref());
            let arguments = &definition.arguments;
            for a in arguments {
                check(format!("{name}.{field}({}:)", a.name), a.description.as_ref());
            }
        }
    }
    assert!(missing.is_empty(), "without a description: {}", missing.join(", "));
}

#[test]
fn what_the_data_say_by_a_name_has_a_label_in_both_languages() {
    use samverkan::domain::catalogue::labels::labels;
    let schema =
        apollo_compiler::Schema::parse_and_validate(samverkan::graphql::sdl(), "schema.graphql").unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for label in labels() {
        assert!(!label.label_sv.is_empty() && !label.label_en.is_empty(), "{label:?}");
        assert!(seen.insert((label.of.as_str(), label.value.as_str())), "{label:?} twice");
        seen.insert((label.of.as_str(), ""));
    }
    for (name, kind) in &schema.types {
        if let apollo_compiler::schema::ExtendedType::Enum(kind) = kind
            && seen.contains(&(name.as_str(), ""))
        {
            for value in kind.values.keys() {
                assert!(seen.remove(&(name.as_str(), value.as_str())), "{name}.{value} has no label");
            }
            seen.remove(&(name.as_str(), ""));
        }
    }
    assert!(seen.is_empty(), "labels of nothing: {seen:?}");
    for of in
        ["AmountKind", "FunderKind", "OrganisationKind", "PartnershipRole", "ProjectField", "ProjectStatus"]
    {
        assert!(labels().iter().any(|label| label.of == of), "{of}");
    }
}
