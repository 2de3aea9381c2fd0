//! Random documents that the schema allows: none is a failure of ours, and every answer has the shape that was asked.

use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Node, Schema};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use samverkan::graphql::{self, JsonValue};

use crate::app::App;

/// Documents of one run; `RANDOM_DOCUMENTS` names another number for a long one.
const DOCUMENTS: usize = 300;
const DEEPEST: usize = 7;

/// What an answer must look like.
enum Shape {
    /// A value, or an object whose type is not known.
    Any,
    /// An object with these keys in this order, or a list of such, or null.
    Keys(Vec<(String, Shape)>),
}

impl Shape {
    fn fits(&self, value: &JsonValue) -> bool {
        match (self, value) {
            (Self::Any, _) | (_, JsonValue::Null) => true,
            (_, JsonValue::Array(items)) => items.iter().all(|item| self.fits(item)),
            (Self::Keys(keys), JsonValue::Object(object)) => {
                keys.len() == object.len()
                    && keys
                        .iter()
                        .zip(object)
                        .all(|((key, shape), (found, value))| key == found.as_str() && shape.fits(value))
            }
            _ => false,
        }
    }
}

struct Random<'a> {
    schema: &'a Valid<Schema>,
    ids: &'a [String],
    /// The fields at the root; any where there are none.
    about: &'a [&'a str],
    /// The fields below; any where there are none.
    only: &'a [&'a str],
    choices: std::vec::IntoIter<u8>,
}

impl Random<'_> {
    /// One of so many; the first when no choices are left, so that every document ends.
    fn one_of(&mut self, many: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(choice) % many.max(1))
    }

    fn set(&mut self, name: &str, depth: usize) -> (String, Shape) {
        let fields: Vec<FieldDefinition> = match &self.schema.types[name] {
            ExtendedType::Object(object) => object.fields.values().map(|field| (**field).clone()).collect(),
            ExtendedType::Interface(_) => {
                let (inner, _) = self.set("Project", depth + 1);
                return (format!("{{ __typename id ... on Project {inner} }}"), Shape::Any);
            }
            ExtendedType::Union(_) => return ("{ __typename ... on Node { id } }".to_owned(), Shape::Any),
            _ => return (String::new(), Shape::Any),
        };
        let about =
            |field: &FieldDefinition| self.about.is_empty() || self.about.contains(&field.name.as_str());
        let is_wanted =
            |field: &FieldDefinition| self.only.is_empty() || self.only.contains(&field.name.as_str());
        let fits = |field: &&FieldDefinition| {
            (depth == 0 || is_wanted(field))
                && (depth < DEEPEST || !self.is_composite(&field.ty))
                && (depth > 0 || about(field))
        };
        let mut left: Vec<_> = fields.iter().filter(fits).collect();
        let mut text = vec!["{".to_owned()];
        let mut keys = Vec::new();
        for _ in 0..=self.one_of(3) {
            if left.is_empty() {
                break;
            }
            let field = left.remove(self.one_of(left.len()));
            let arguments = self.arguments(&field.arguments);
            let (below, shape) = self.set(field.ty.inner_named_type(), depth + 1);
            let aliased = self.one_of(8) == 7;
            let key = if aliased { format!("k{}", keys.len()) } else { field.name.to_string() };
            let alias = if aliased { format!("{key}: ") } else { String::new() };
            text.push(format!("{alias}{}{arguments} {below}", field.name));
            keys.push((key, shape));
        }
        if keys.is_empty() {
            text.push("__typename".to_owned());
            keys.push(("__typename".to_owned(), Shape::Any));
        }
        text.push("}".to_owned());
        (text.join(" "), Shape::Keys(keys))
    }

    fn is_composite(&self, kind: &Type) -> bool {
        matches!(
            self.schema.types[kind.inner_named_type()],
            ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)
        )
    }

    fn arguments(&mut self, definitions: &[Node<InputValueDefinition>]) -> String {
        let mut given = Vec::new();
        for definition in definitions {
            if definition.is_required() || self.one_of(4) == 3 {
                given.push(format!("{}: {}", definition.name, self.value(&definition.ty, 0)));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    fn value(&mut self, kind: &Type, depth: usize) -> String {
        if kind.is_list() {
            // Mostly some, for an empty list is refused in many places.
            let items: Vec<String> =
                (0..[1, 2, 1, 0][self.one_of(4)]).map(|_| self.value(kind.item_type(), depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        let name = kind.inner_named_type();
        let schema = self.schema;
        let mut pick = |values: &[&str]| values[self.one_of(values.len())].to_owned();
        match (name.as_str(), &schema.types[name]) {
            ("Int", _) => pick(&["3", "1", "2", "5", "100", "0", "-1", "101", "2147483647"]),
            ("Boolean", _) => pick(&["true", "false"]),
            ("String", _) => {
                pick(&["\"2019/00163\"", "\"01\"", "\"\"", "\"%_\\\\\"", "\"'; --\"", "\"åäö 😀\""])
            }
            ("Currency", _) => pick(&["\"SEK\"", "\"EUR\"", "\"XXX\""]),
            ("Decimal", _) => {
                pick(&["\"1000000.00\"", "\"0\"", "\"-1\"", "\"0.001\"", "\"79228162514264337593543950335\""])
            }
            ("Date", _) => pick(&["\"2022-06-01\"", "\"0001-01-01\"", "\"9999-12-31\""]),
            ("ID", _) => {
                let ids = self.ids;
                format!("\"{}\"", ids[self.one_of(ids.len())])
            }
            (_, ExtendedType::Enum(values)) => {
                let names: Vec<&str> = values.values.keys().map(apollo_compiler::Name::as_str).collect();
                pick(&names)
            }
            (_, ExtendedType::InputObject(input)) => {
                let fields: Vec<_> = input.fields.values().map(|field| (**field).clone()).collect();
                let is_one_of = input.directives.has("oneOf");
                let wanted = if is_one_of { 1 } else { self.one_of(3) };
                let first = self.one_of(fields.len());
                let (mut some, mut others) = (Vec::new(), 0);
                for field in fields.iter().cycle().skip(first).take(fields.len()) {
                    let is_deep = depth >= 4
                        && matches!(&schema.types[field.ty.inner_named_type()], ExtendedType::InputObject(_));
                    let is_wanted = others < wanted && !is_deep;
                    others += usize::from(is_wanted);
                    if is_wanted || (field.is_required() && !is_one_of) {
                        some.push(format!("{}: {}", field.name, self.value(&field.ty, depth + 1)));
                    }
                }
                format!("{{{}}}", some.join(", "))
            }
            (other, _) => panic!("no values for {other}"),
        }
    }
}

/// Random documents, each with the shape of its answer; some of the ids in them are of what is there.
fn documents(
    schema: &Valid<Schema>,
    ids: &[String],
    about: &[&str],
    only: &[&str],
    many: usize,
) -> Vec<(String, Shape)> {
    let mut runner = TestRunner::deterministic();
    let choices = prop::collection::vec(any::<u8>(), 0..400);
    let one = |_| {
        let choices = choices.new_tree(&mut runner).unwrap().current().into_iter();
        Random { schema, ids, about, only, choices }.set("Query", 0)
    };
    (0..many).map(one).collect()
}

/// Ids of what is there.
async fn ids(app: &App) -> Vec<String> {
    let query = "{ projects(first: 3) { nodes { id } } organisations(first: 3) { nodes { id } }
        funders(first: 3) { nodes { id } } sources(first: 3) { nodes { id } } }";
    let found = app.ask(query).await;
    let lists = ["projects", "organisations", "funders", "sources"];
    let nodes = lists.iter().flat_map(|list| found[list]["nodes"].as_array().unwrap());
    let mut ids: Vec<String> = nodes.map(|node| node["id"].as_str().unwrap().to_owned()).collect();
    ids.push("none".to_owned());
    ids
}

/// How many documents to try, where nothing else is said.
fn many(by_default: usize) -> usize {
    std::env::var("RANDOM_DOCUMENTS").map_or(by_default, |many| many.parse().unwrap())
}

/// The answers to random documents about some fields, or about anything, as they are written.
pub async fn answers(app: &App, about: &[&str], by_default: usize) -> Vec<(String, String)> {
    let schema = Schema::parse_and_validate(graphql::sdl(), "schema.graphql").unwrap();
    let mut answers = Vec::new();
    for (query, _) in documents(&schema, &ids(app).await, about, &[], many(by_default)) {
        let answer = app.text(&query).await;
        answers.push((query, answer));
    }
    answers
}

/// Random documents about some fields at the root, with no others below than these.
pub async fn of(app: &App, about: &[&str], only: &[&str], by_default: usize) -> Vec<String> {
    let schema = Schema::parse_and_validate(graphql::sdl(), "schema.graphql").unwrap();
    let documents = documents(&schema, &ids(app).await, about, only, many(by_default));
    documents.into_iter().map(|(query, _)| query).collect()
}

#[tokio::test]
async fn random_documents_get_answers_of_their_shape_and_no_failure_of_ours() {
    let app = App::with_demo().await;
    let schema = Schema::parse_and_validate(graphql::sdl(), "schema.graphql").unwrap();
    let (ids, many) = (ids(&app).await, many(DOCUMENTS));
    let mut whole = 0;
    for (query, shape) in documents(&schema, &ids, &[], &[], many) {
        let text = app.text(&query).await;
        assert!(!text.contains("SERVICE_FAILURE") && !text.contains("GRAPHQL_"), "{query}\n{text}");
        let answer: JsonValue = serde_json::from_str(&text).unwrap();
        whole += usize::from(answer.get("errors").is_none());
        if let Some(data) = answer.get("data") {
            assert!(shape.fits(data), "{query}\n{text}");
        }
    }
    assert!(whole * 3 > many, "only {whole} of {many} documents were answered without an error");
}
