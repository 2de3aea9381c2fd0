//! What a document selects, with its fragments in place.

use std::sync::OnceLock;

use async_graphql::parser::types::{Directive, Field, Selection, SelectionSet};
use async_graphql::{InputType, Pos, Positioned};

use super::Asked;
use super::asked::NotHere;

/// A field that is selected of an object: once for each key, as the specification collects fields.
pub(in crate::graphql) struct Selected<'a> {
    /// Its key in the answer.
    pub key: &'a str,
    /// Its name in the schema.
    pub name: &'a str,
    /// Where it stands in the document, at first.
    pub at: Pos,
    first: &'a Field,
    sets: Vec<&'a SelectionSet>,
    below: OnceLock<Option<Vec<Selected<'a>>>>,
}

impl<'a> Selected<'a> {
    /// What an operation selects.
    pub fn of_operation(set: &'a SelectionSet, asked: &Asked<'a>) -> Option<Vec<Self>> {
        let mut fields = Vec::new();
        collect(set, "Query", asked, &mut fields)?;
        Some(fields)
    }

    /// What it selects of objects of a type. None where that cannot be told here.
    pub fn below(&self, name: &str, asked: &Asked<'a>) -> Option<&[Self]> {
        let collected = self.below.get_or_init(|| {
            let mut fields = Vec::new();
            for set in &self.sets {
                collect(set, name, asked, &mut fields)?;
            }
            Some(fields)
        });
        collected.as_deref()
    }

    /// Whether something is selected below it.
    pub fn leads_on(&self) -> bool {
        self.sets.iter().any(|set| !set.items.is_empty())
    }

    /// An argument; none where it is wrong.
    pub fn argument<T: InputType>(&self, name: &str, asked: &Asked<'_>) -> Option<T> {
        T::parse(self.given(name, asked).ok()?).ok()
    }

    /// An argument that has a default.
    pub fn argument_or_default<T: InputType + Default>(&self, name: &str, asked: &Asked<'_>) -> Option<T> {
        match self.given(name, asked).ok()? {
            None => Some(T::default()),
            given => T::parse(given).ok(),
        }
    }

    /// Whether an argument is given.
    fn given(&self, name: &str, asked: &Asked<'_>) -> Result<Option<async_graphql::Value>, NotHere> {
        match self.first.arguments.iter().find(|(own, _)| own.node == name) {
            Some((_, value)) => asked.value(&value.node),
            None => Ok(None),
        }
    }
}

/// Gathers the fields of an object of a type.
fn collect<'a>(
    set: &'a SelectionSet,
    object: &str,
    asked: &Asked<'a>,
    fields: &mut Vec<Selected<'a>>,
) -> Option<()> {
    for selection in &set.items {
        let (directives, condition, below) = match &selection.node {
            Selection::Field(Positioned { node: field, pos }) => {
                if is_left_out(&field.directives, asked)? {
                    continue;
                }
                let (key, below) = (&*field.response_key().node, &field.selection_set.node);
                match fields.iter_mut().find(|other| other.key == key) {
                    Some(same) => same.sets.push(below),
                    None => fields.push(Selected {
                        key,
                        name: &field.name.node,
                        at: *pos,
                        first: field,
                        sets: vec![below],
                        below: OnceLock::new(),
                    }),
                }
                continue;
            }
            Selection::FragmentSpread(Positioned { node: spread, .. }) => {
                let fragment = &asked.fragment(&spread.fragment_name.node)?.node;
                (&spread.directives, Some(&fragment.type_condition), &fragment.selection_set)
            }
            Selection::InlineFragment(Positioned { node: fragment, .. }) => {
                (&fragment.directives, fragment.type_condition.as_ref(), &fragment.selection_set)
            }
        };
        let applies = condition.is_none_or(|condition| asked.is_a(object, &condition.node.on.node));
        if applies && !is_left_out(directives, asked)? {
            collect(&below.node, object, asked, fields)?;
        }
    }
    Some(())
}

/// What `@skip` and `@include` say.
fn is_left_out(directives: &[Positioned<Directive>], asked: &Asked<'_>) -> Option<bool> {
    for Positioned { node: directive, .. } in directives {
        let leaves_out = match directive.name.node.as_str() {
            "skip" => true,
            "include" => false,
            _ => return None,
        };
        let condition = directive.get_argument("if")?;
        if bool::parse(asked.value(&condition.node).ok()?).ok()? == leaves_out {
            return Some(true);
        }
    }
    Some(false)
}
