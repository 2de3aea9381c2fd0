//! Values of scalars of our own, checked before anything is executed: the specification leaves to each what it takes.

use apollo_compiler::ast::{Type, Value};
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};

use super::{MOST_ERRORS, location};
use crate::graphql::code::Code;
use crate::graphql::reply::Problem;
use crate::graphql::scalars;

/// Items of a list that is given at most: each costs, and nobody types more.
const MOST_ITEMS: usize = 100;

/// What is wrong with the values that are written in a document.
pub(super) fn of_document(document: &ExecutableDocument, schema: &Schema) -> Vec<Problem> {
    let mut check = Literals { document, schema, problems: Vec::new() };
    for operation in document.operations.iter() {
        check.set(&operation.selection_set);
        for variable in &operation.variables {
            if let Some(value) = &variable.default_value {
                check.value(&format!("${}", variable.name), &variable.ty, value);
            }
        }
    }
    for fragment in document.fragments.values() {
        check.set(&fragment.selection_set);
    }
    check.problems.truncate(MOST_ERRORS);
    check.problems
}

struct Literals<'a> {
    document: &'a ExecutableDocument,
    schema: &'a Schema,
    problems: Vec<Problem>,
}

impl Literals<'_> {
    fn set(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.field(field);
                    if let Some(below) = &field.selection_set {
                        self.set(below);
                    }
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                // Checked once, for itself.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, field: &Field) {
        for argument in &field.arguments {
            if let Some(definition) = field.definition.argument_by_name(&argument.name) {
                self.value(&argument.name, &definition.ty, &argument.value);
            }
        }
    }

    fn value(&mut self, name: &str, kind: &Type, value: &Node<Value>) {
        let leaf = match &**value {
            Value::Null | Value::Variable(_) => return,
            Value::List(items) if kind.is_list() => {
                if items.len() > MOST_ITEMS {
                    self.refuse(value, Code::BadUserInput, &too_many(name, items.len()));
                }
                for item in items.iter().take(MOST_ITEMS) {
                    self.value(name, kind.item_type(), item);
                }
                return;
            }
            Value::Object(fields) if !self.is_scalar(kind) => {
                for (at, (key, value)) in fields.iter().enumerate() {
                    if fields[..at].iter().any(|(other, _)| other == key) {
                        let reason = format!("{name}: has more than one field named {key}");
                        self.refuse(value, Code::GraphqlValidationFailed, &reason);
                    }
                    if let Some(kind) = field_of(self.schema, kind, key) {
                        self.value(&format!("{name}.{key}"), &kind, value);
                    }
                }
                return;
            }
            Value::List(_) | Value::Object(_) => JsonValue::Array(Vec::new()),
            Value::String(text) => JsonValue::String(text.as_str().into()),
            Value::Enum(name) => JsonValue::String(name.as_str().into()),
            Value::Boolean(truth) => JsonValue::Bool(*truth),
            Value::Int(number) => number.as_str().parse::<i64>().map_or(JsonValue::Null, Into::into),
            Value::Float(number) => number.as_str().parse::<f64>().map_or(JsonValue::Null, Into::into),
        };
        if let Some(reason) = scalars::refusal(kind.inner_named_type(), &leaf) {
            self.refuse(value, Code::GraphqlValidationFailed, &format!("{name}: {reason}"));
        }
    }

    fn is_scalar(&self, kind: &Type) -> bool {
        matches!(self.schema.types.get(kind.inner_named_type()), Some(ExtendedType::Scalar(_)))
    }

    fn refuse(&mut self, at: &Node<Value>, code: Code, reason: &str) {
        let at = at.location().and_then(|at| at.line_column(&self.document.sources));
        let locations = at.into_iter().map(location).collect();
        self.problems.push(Problem { locations, ..Problem::new(code, reason) });
    }
}

fn too_many(name: &str, items: usize) -> String {
    format!("{name}: has {items} items; at most {MOST_ITEMS} are allowed")
}

/// An argument that must not be null and is given a variable that is: an error of the field by the specification, and
/// of the request here, for no answer could be complete.
pub(in crate::graphql) fn null_argument(document: &ExecutableDocument, values: &JsonMap) -> Option<Problem> {
    if !values.iter().any(|(_, value)| value.is_null()) {
        return None;
    }
    let is_null = |value: &Value| match value {
        Value::Variable(name) => values.get(name.as_str()).is_some_and(JsonValue::is_null),
        _ => false,
    };
    let operations = document.operations.iter().map(|operation| &operation.selection_set);
    let fragments = document.fragments.values().map(|fragment| &fragment.selection_set);
    let mut sets: Vec<&SelectionSet> = operations.chain(fragments).collect();
    while let Some(set) = sets.pop() {
        for selection in &set.selections {
            let mut directives = selection.directives().iter().flat_map(|directive| &directive.arguments);
            if let Some(given) = directives.find(|given| is_null(&given.value)) {
                return Some(Problem::new(Code::BadUserInput, format!("{}: must not be null", given.name)));
            }
            match selection {
                Selection::Field(field) => {
                    let refused = field.arguments.iter().find(|given| {
                        let definition = field.definition.argument_by_name(&given.name);
                        definition.is_some_and(|definition| definition.ty.is_non_null())
                            && is_null(&given.value)
                    });
                    if let Some(given) = refused {
                        return Some(Problem::new(
                            Code::BadUserInput,
                            format!("{}: must not be null", given.name),
                        ));
                    }
                    sets.extend(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => sets.push(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    None
}

/// What is wrong with the values of variables, by name and type.
pub(in crate::graphql) fn of_variables<'a>(
    variables: impl Iterator<Item = (&'a str, &'a Type)>,
    values: &JsonMap,
    schema: &Schema,
) -> Option<Problem> {
    let mut wrong = variables.filter_map(|(name, kind)| {
        let reason = json(&format!("${name}"), kind, values.get(name)?, schema)?;
        Some(Problem::new(Code::BadUserInput, reason))
    });
    wrong.next()
}

fn json(name: &str, kind: &Type, value: &JsonValue, schema: &Schema) -> Option<String> {
    match value {
        JsonValue::Null => None,
        JsonValue::Array(items) if items.len() > MOST_ITEMS => Some(too_many(name, items.len())),
        JsonValue::Array(items) if kind.is_list() => {
            items.iter().find_map(|item| json(name, kind.item_type(), item, schema))
        }
        JsonValue::Object(fields) => fields.iter().find_map(|(key, value)| {
            let kind = field_of(schema, kind, key.as_str())?;
            json(&format!("{name}.{}", key.as_str()), &kind, value, schema)
        }),
        leaf => scalars::refusal(kind.inner_named_type(), leaf).map(|reason| format!("{name}: {reason}")),
    }
}

/// The type of a field of an input object.
fn field_of(schema: &Schema, kind: &Type, name: &str) -> Option<Type> {
    match schema.types.get(kind.inner_named_type())? {
        ExtendedType::InputObject(input) => Some((*input.fields.get(name)?.ty).clone()),
        _ => None,
    }
}
