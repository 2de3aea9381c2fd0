//! How big a document is, counted in time proportional to its text however its fragments are nested.

use std::collections::HashMap;

use apollo_compiler::ast::{Argument, Definition, DirectiveList, Document, Selection as Written, Value};
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::{Name, Node};

/// What is written in a document, before fragments are put in place.
#[derive(Default)]
pub(super) struct Text {
    pub operations: usize,
    pub aliases: usize,
    pub directives: usize,
    /// Whether a string holds U+0000, which PostgreSQL cannot store and no text of ours has.
    pub has_null_character: bool,
}

impl Text {
    /// Counts.
    pub fn of(document: &Document) -> Self {
        let mut text = Self::default();
        for definition in &document.definitions {
            let (directives, selections) = match definition {
                Definition::OperationDefinition(operation) => {
                    text.operations += 1;
                    for variable in &operation.variables {
                        text.directives(&variable.directives);
                        variable.default_value.iter().for_each(|value| text.value(value));
                    }
                    (&operation.directives, &operation.selection_set)
                }
                Definition::FragmentDefinition(fragment) => (&fragment.directives, &fragment.selection_set),
                _ => continue,
            };
            text.directives(directives);
            text.selections(selections);
        }
        text
    }

    // The parser's limit on nesting bounds how deep this goes.
    fn selections(&mut self, selections: &[Written]) {
        for selection in selections {
            match selection {
                Written::Field(field) => {
                    self.aliases += usize::from(field.alias.is_some());
                    self.directives(&field.directives);
                    self.arguments(&field.arguments);
                    self.selections(field.selection_set.as_deref().unwrap_or_default());
                }
                Written::FragmentSpread(spread) => self.directives(&spread.directives),
                Written::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        self.directives += directives.len();
        directives.iter().for_each(|directive| self.arguments(&directive.arguments));
    }

    fn arguments(&mut self, arguments: &[Node<Argument>]) {
        for argument in arguments {
            self.value(&argument.value);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.has_null_character |= text.contains('\0'),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.iter().for_each(|(_, value)| self.value(value)),
            _ => {}
        }
    }
}

/// The size of an operation with its fragments in place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size {
    /// Every selection, fragments counted wherever they are spread.
    pub selections: usize,
    /// Levels of fields, those of introspection not counted.
    pub depth: usize,
    /// Fields at the top.
    pub root_fields: usize,
}

impl Size {
    /// Measures a valid operation: its fragments form no cycle.
    pub fn of(operation: &Operation, document: &ExecutableDocument) -> Self {
        Measure { document, known: HashMap::new() }.set(&operation.selection_set)
    }

    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
    }
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// Each fragment is measured once: two that spread the next one twice would double the work at each level.
    known: HashMap<&'a Name, Size>,
}

impl<'a> Measure<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Size {
        let mut sum = Size::default();
        for selection in &set.selections {
            sum.add(match selection {
                Selection::Field(field) => {
                    let below = field.selection_set.as_ref().map(|set| self.set(set)).unwrap_or_default();
                    let introspects = matches!(field.name.as_str(), "__schema" | "__type");
                    Size {
                        selections: below.selections.saturating_add(1),
                        depth: if introspects { 0 } else { below.depth + 1 },
                        root_fields: 1,
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let within = self.set(&fragment.selection_set);
                    Size { selections: within.selections.saturating_add(1), ..within }
                }
                Selection::FragmentSpread(spread) => {
                    let within = self.fragment(&spread.fragment_name);
                    Size { selections: within.selections.saturating_add(1), ..within }
                }
            });
        }
        sum
    }

    fn fragment(&mut self, name: &'a Name) -> Size {
        if let Some(size) = self.known.get(name) {
            return *size;
        }
        let fragment = self.document.fragments.get(name);
        let size = fragment.map(|fragment| self.set(&fragment.selection_set)).unwrap_or_default();
        self.known.insert(name, size);
        size
    }
}
