//! Whether an operation asks for what is not everybody's.

use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::{ExecutableDocument, Name, ast};

use crate::graphql::node::Kind;

/// The field of those who have a key, those that have any object by its id, and the argument that says whose numbers are
/// wanted.
const VIEWER: &str = "viewer";
const NODES: [&str; 2] = ["node", "nodes"];
const SCOPE: &str = "scope";
const PUBLIC: &str = "PUBLIC";

/// Whether a value is the id of something that is not everybody's, or has one.
fn names_private(value: &JsonValue) -> bool {
    match value {
        JsonValue::String(id) => Kind::Access.read(id.as_str()).is_some(),
        JsonValue::Array(ids) => ids.iter().any(names_private),
        _ => false,
    }
}

/// Whether an operation asks for what is not everybody's.
#[derive(Debug, Default)]
pub(super) struct Private {
    always: bool,
    /// Variables that say whose numbers are wanted.
    unless_public: Vec<Name>,
    /// Variables in which the ids of objects stand.
    ids: Vec<Name>,
}

impl Private {
    /// Looks at an operation, and at all fragments: whichever of them it has.
    pub fn of(operation: &Operation, document: &ExecutableDocument) -> Self {
        let mut own = Self { always: !operation.is_query(), ..Self::default() };
        own.look(&operation.selection_set);
        document.fragments.values().for_each(|fragment| own.look(&fragment.selection_set));
        own
    }

    /// Whether it does with these variables.
    pub fn with(&self, variables: &JsonMap) -> bool {
        let is_public =
            |name: &Name| variables.get(name.as_str()).is_none_or(|value| value.as_str() == Some(PUBLIC));
        let is_private = |name: &Name| variables.get(name.as_str()).is_some_and(names_private);
        self.always || !self.unless_public.iter().all(is_public) || self.ids.iter().any(is_private)
    }

    fn look(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.always |= field.name == VIEWER;
                    let scopes = field.arguments.iter().filter(|argument| argument.name == SCOPE);
                    scopes.for_each(|scope| self.scope(&scope.value));
                    if NODES.contains(&field.name.as_str()) {
                        field.arguments.iter().for_each(|argument| self.id(&argument.value));
                    }
                    field.selection_set.iter().for_each(|set| self.look(set));
                }
                Selection::InlineFragment(fragment) => self.look(&fragment.selection_set),
                // Its selections are looked at with all fragments.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn id(&mut self, value: &ast::Value) {
        match value {
            ast::Value::String(id) => self.always |= Kind::Access.read(id).is_some(),
            ast::Value::Variable(name) => self.ids.push(name.clone()),
            ast::Value::List(ids) => ids.iter().for_each(|id| self.id(id)),
            _ => {}
        }
    }

    fn scope(&mut self, value: &ast::Value) {
        match value {
            ast::Value::Enum(value) => self.always |= value != PUBLIC,
            ast::Value::Variable(name) => self.unless_public.push(name.clone()),
            _ => self.always = true,
        }
    }
}
