//! Values of scalars of our own, checked before anything is executed: the specification leaves to each what it takes.

use apollo_compiler::Schema;
use apollo_compiler::ast::{Type, Value};
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;

use super::{MOST_ERRORS, location};
use crate::graphql::code::Code;
use crate::graphql::reply::Problem;
use crate::graphql::scalars;

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

    fn value(&mut self, name: &str, kind: &Type, value: &apollo_compiler::Node<Value>) {
        let leaf = match &**value {
            Value::Null | Value::Variable(_) => return,
            Value::List(items) => {
                for item in items {
                    self.value(name, kind.item_type(), item);
                }
                return;
            }
            Value::Object(fields) => {
                for (key, value) in fields {
                    if let Some(kind) = field_of(self.schema, kind, key) {
                        self.value(&format!("{name}.{key}"), &kind, value);
                    }
                }
                return;
            }
            Value::String(text) => JsonValue::String(text.as_str().into()),
            Value::Enum(name) => JsonValue::String(name.as_str().into()),
            Value::Boolean(truth) => JsonValue::Bool(*truth),
            Value::Int(number) => number.as_str().parse::<i64>().map_or(JsonValue::Null, Into::into),
            Value::Float(number) => number.as_str().parse::<f64>().map_or(JsonValue::Null, Into::into),
        };
        if let Some(reason) = scalars::refusal(kind.inner_named_type(), &leaf) {
            let at = value.location().and_then(|at| at.line_column(&self.document.sources));
            self.problems.push(Problem {
                locations: at.into_iter().map(location).collect(),
                ..Problem::new(Code::GraphqlValidationFailed, format!("{name}: {reason}"))
            });
        }
    }
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
        JsonValue::Array(items) => items.iter().find_map(|item| json(name, kind.item_type(), item, schema)),
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
