//! What an operation costs: the fields that its answer may have and the lookups they take, with every page and list
//! counted as full.
//!
//! How long a list can be and what a field weighs is written in the schema, with `@listSize` and `@cost`.

use apollo_compiler::Node;
use apollo_compiler::executable::{ExecutableDocument, Field, Operation, Selection, SelectionSet, Value};
use apollo_compiler::response::{JsonMap, JsonValue};

use crate::graphql::connection::LARGEST_PAGE;
use crate::graphql::directives;
use crate::graphql::directives::{LARGEST_LIMIT, LIMIT};

/// What the schema says of itself is as large whatever the data are.
const SCHEMA: u64 = 1_000;
const TYPE: u64 = 100;

/// The cost of an operation: a number, and parts that depend on variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    /// What it costs to say what the schema says.
    pub introspection: u64,
    fixed: u64,
    parts: Vec<(Times, Cost)>,
}

/// How often something is in the answer.
#[derive(Clone, Debug)]
enum Times {
    Fixed(u64),
    /// As the first of these variables that is given says, up to the longest that is allowed.
    Variable {
        names: Vec<String>,
        longest: u64,
        otherwise: u64,
    },
}

impl Cost {
    /// The cost of an operation whose fragments, put in place, are few enough.
    pub fn of(operation: &Operation, document: &ExecutableDocument) -> Self {
        set(&operation.selection_set, document, None)
    }

    /// The number for a request, introspection left out.
    pub fn with(&self, variables: &JsonMap) -> u64 {
        let part = |(times, cost): &(Times, Self)| times.with(variables).saturating_mul(cost.with(variables));
        self.parts.iter().map(part).fold(self.fixed, u64::saturating_add)
    }

    fn add(&mut self, times: Times, cost: Self) {
        self.introspection = self.introspection.saturating_add(cost.introspection);
        match times {
            Times::Fixed(times) if cost.parts.is_empty() => {
                self.fixed = self.fixed.saturating_add(times.saturating_mul(cost.fixed));
            }
            times => self.parts.push((times, cost)),
        }
    }
}

impl Times {
    fn with(&self, variables: &JsonMap) -> u64 {
        match self {
            Self::Fixed(times) => *times,
            Self::Variable { names, longest, otherwise } => {
                let given = names.iter().find_map(|name| size(variables.get(name.as_str())?));
                given.map_or(*otherwise, |given| given.min(*longest))
            }
        }
    }
}

/// What a value of a slicing argument says.
fn size(value: &JsonValue) -> Option<u64> {
    match value {
        JsonValue::Number(number) => Some(number.as_u64().unwrap_or(0)),
        JsonValue::Array(items) => Some(u64::try_from(items.len()).unwrap_or(u64::MAX)),
        _ => None,
    }
}

/// A list that a parent says lies below it: in which fields, and how long.
type Below = (Vec<String>, Times);

fn set(set_: &SelectionSet, document: &ExecutableDocument, list: Option<&Below>) -> Cost {
    let mut sum = Cost::default();
    for selection in &set_.selections {
        match selection {
            Selection::Field(field) => {
                let (times, cost) = one(field, document, list);
                sum.add(times, cost);
            }
            Selection::InlineFragment(fragment) => {
                sum.add(Times::Fixed(1), set(&fragment.selection_set, document, list));
            }
            Selection::FragmentSpread(spread) => {
                let fragment = document.fragments.get(&spread.fragment_name);
                let within = fragment.map(|fragment| set(&fragment.selection_set, document, list));
                sum.add(Times::Fixed(1), within.unwrap_or_default());
            }
        }
    }
    sum
}

/// A field: one for itself, and what is below it, as often as it is there.
fn one(field: &Node<Field>, document: &ExecutableDocument, list: Option<&Below>) -> (Times, Cost) {
    let introspection = match field.name.as_str() {
        "__schema" => SCHEMA,
        "__type" => TYPE,
        _ => 0,
    };
    if introspection > 0 {
        return (Times::Fixed(1), Cost { introspection, ..Cost::default() });
    }
    let (own, below) = match sized(field) {
        Some((fields, times)) if fields.is_empty() => (times, None),
        Some(below) => (Times::Fixed(1), Some(below)),
        None => (Times::Fixed(1), None),
    };
    let own = match list {
        Some((fields, times)) if fields.iter().any(|name| field.name == name.as_str()) => times.clone(),
        _ => own,
    };
    let mut cost = Cost { fixed: weight(field), ..Cost::default() };
    if let Some(selections) = &field.selection_set {
        cost.add(Times::Fixed(1), set(selections, document, below.as_ref()));
    }
    (own, cost)
}

/// What a field itself weighs.
fn weight(field: &Field) -> u64 {
    let directives = &field.definition.directives;
    let said =
        directives.get(directives::COST).and_then(|directive| directive.specified_argument_by_name("weight"));
    let said = said.and_then(|weight| weight.to_i32()).and_then(|weight| u64::try_from(weight).ok());
    said.unwrap_or(if directives.has(directives::LIST_SIZE) { directives::LOOKUP } else { 1 })
}

/// What the schema says of the size of a field's list.
fn sized(field: &Field) -> Option<Below> {
    let directive = field.definition.directives.get(directives::LIST_SIZE)?;
    let argument = |name: &str| directive.specified_argument_by_name(name).map(AsRef::as_ref);
    let strings = |name: &str| -> Vec<String> {
        let items = argument(name).and_then(Value::as_list).unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let mut names = Vec::new();
    let mut otherwise =
        argument("assumedSize").and_then(Value::to_i32).map_or(1, |n| u64::try_from(n).unwrap_or(1));
    let arguments = strings("slicingArguments");
    // Larger ones are refused where they are made.
    let longest = if arguments.iter().any(|name| name == LIMIT) { LARGEST_LIMIT } else { LARGEST_PAGE };
    for name in arguments {
        match field.specified_argument_by_name(&name).map(AsRef::as_ref) {
            Some(Value::Variable(variable)) => names.push(variable.to_string()),
            Some(Value::Int(number)) => {
                otherwise = number.as_str().parse().unwrap_or(0);
                break;
            }
            Some(Value::List(items)) => {
                otherwise = u64::try_from(items.len()).unwrap_or(u64::MAX);
                break;
            }
            _ => {}
        }
    }
    let otherwise = otherwise.min(longest);
    let times = if names.is_empty() {
        Times::Fixed(otherwise)
    } else {
        Times::Variable { names, longest, otherwise }
    };
    Some((strings("sizedFields"), times))
}
