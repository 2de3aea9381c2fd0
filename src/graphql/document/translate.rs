//! A document as the executor takes it: one parser reads it, so that nothing can be understood in two ways.

use apollo_compiler::ast;
use apollo_compiler::parser::{SourceMap, SourceSpan};
use apollo_compiler::{Name as ReadName, Node};
use async_graphql::parser::types::{
    BaseType, Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, FragmentSpread,
    InlineFragment, OperationDefinition, OperationType, Selection, SelectionSet, Type, TypeCondition,
    VariableDefinition,
};
use async_graphql::{Name, Number, Pos, Positioned};
use async_graphql_value::Value;

/// Translates a valid document. A selection set without selections, which the executor does not know, has no
/// translation; its place is given back.
pub(super) fn document(read: &ast::Document) -> Result<ExecutableDocument, Option<SourceSpan>> {
    let translate = Translate { sources: &read.sources };
    let mut operations = Vec::new();
    let mut fragments = Vec::new();
    for definition in &read.definitions {
        match definition {
            ast::Definition::OperationDefinition(operation) => {
                operations.push((operation.name.as_ref(), translate.operation(operation)?));
            }
            ast::Definition::FragmentDefinition(fragment) => {
                fragments.push((name(&fragment.name), translate.fragment(fragment)?));
            }
            _ => {}
        }
    }
    let named = |(key, operation): (Option<&ReadName>, _)| Some((name(key?), operation));
    let operations = match <[_; 1]>::try_from(operations) {
        Ok([(None, only)]) => DocumentOperations::Single(only),
        Ok(one) => DocumentOperations::Multiple(one.into_iter().filter_map(named).collect()),
        Err(many) => DocumentOperations::Multiple(many.into_iter().filter_map(named).collect()),
    };
    Ok(ExecutableDocument { operations, fragments: fragments.into_iter().collect() })
}

/// Leaves out arguments whose variable has no value: they take their defaults, as if they were not written.
pub(in crate::graphql) fn leave_out_absent(
    document: &mut ExecutableDocument,
    is_absent: &dyn Fn(&str) -> bool,
) {
    let operations = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    let operations = operations.into_iter().map(|operation| &mut operation.node.selection_set.node);
    let fragments = document.fragments.values_mut().map(|fragment| &mut fragment.node.selection_set.node);
    let mut sets: Vec<&mut SelectionSet> = operations.chain(fragments).collect();
    while let Some(set) = sets.pop() {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    let absent = |value: &Value| matches!(value, Value::Variable(name) if is_absent(name));
                    field.node.arguments.retain(|(_, given)| !absent(&given.node));
                    field.node.arguments.iter_mut().for_each(|(_, given)| without(&mut given.node, &absent));
                    sets.push(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => sets.push(&mut fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// Leaves fields of input objects out in the same way.
fn without(value: &mut Value, absent: &dyn Fn(&Value) -> bool) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !absent(field));
            fields.values_mut().for_each(|field| without(field, absent));
        }
        Value::List(items) => items.iter_mut().for_each(|item| without(item, absent)),
        _ => {}
    }
}

fn name(read: &ReadName) -> Name {
    Name::new(read.as_str())
}

/// Something whose place nobody asks for: errors name the places of fields and arguments.
fn somewhere<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}

type Translated<T> = Result<Positioned<T>, Option<SourceSpan>>;

struct Translate<'a> {
    sources: &'a SourceMap,
}

impl Translate<'_> {
    fn at<T>(&self, node: T, place: Option<SourceSpan>) -> Positioned<T> {
        let place = place.and_then(|place| place.line_column(self.sources));
        let place = place.map(|place| Pos { line: place.line, column: place.column });
        Positioned::new(node, place.unwrap_or_default())
    }

    fn operation(&self, read: &Node<ast::OperationDefinition>) -> Translated<OperationDefinition> {
        let ty = match read.operation_type {
            ast::OperationType::Query => OperationType::Query,
            ast::OperationType::Mutation => OperationType::Mutation,
            ast::OperationType::Subscription => OperationType::Subscription,
        };
        let variable = |read: &Node<ast::VariableDefinition>| {
            somewhere(VariableDefinition {
                name: somewhere(name(&read.name)),
                var_type: somewhere(kind(&read.ty)),
                directives: self.directives(&read.directives),
                default_value: read.default_value.as_ref().and_then(|v| value(v).into_const()).map(somewhere),
            })
        };
        let operation = OperationDefinition {
            ty,
            variable_definitions: read.variables.iter().map(variable).collect(),
            directives: self.directives(&read.directives),
            selection_set: self.set(&read.selection_set, read.location())?,
        };
        Ok(self.at(operation, read.location()))
    }

    fn fragment(&self, read: &Node<ast::FragmentDefinition>) -> Translated<FragmentDefinition> {
        let fragment = FragmentDefinition {
            type_condition: somewhere(TypeCondition { on: somewhere(name(&read.type_condition)) }),
            directives: self.directives(&read.directives),
            selection_set: self.set(&read.selection_set, read.location())?,
        };
        Ok(self.at(fragment, read.location()))
    }

    fn set(&self, read: &[ast::Selection], place: Option<SourceSpan>) -> Translated<SelectionSet> {
        if read.is_empty() {
            return Err(place);
        }
        let items = read.iter().map(|selection| self.selection(selection)).collect::<Result<_, _>>()?;
        Ok(somewhere(SelectionSet { items }))
    }

    fn selection(&self, read: &ast::Selection) -> Translated<Selection> {
        Ok(somewhere(match read {
            ast::Selection::Field(read) => {
                let field = Field {
                    alias: read.alias.as_ref().map(|alias| somewhere(name(alias))),
                    name: somewhere(name(&read.name)),
                    arguments: self.arguments(&read.arguments),
                    directives: self.directives(&read.directives),
                    selection_set: match &read.selection_set {
                        Some(below) => self.set(below, read.location())?,
                        None => somewhere(SelectionSet::default()),
                    },
                };
                Selection::Field(self.at(field, read.location()))
            }
            ast::Selection::FragmentSpread(read) => Selection::FragmentSpread(somewhere(FragmentSpread {
                fragment_name: somewhere(name(&read.fragment_name)),
                directives: self.directives(&read.directives),
            })),
            ast::Selection::InlineFragment(read) => Selection::InlineFragment(somewhere(InlineFragment {
                type_condition: read
                    .type_condition
                    .as_ref()
                    .map(|on| somewhere(TypeCondition { on: somewhere(name(on)) })),
                directives: self.directives(&read.directives),
                selection_set: self.set(&read.selection_set, read.location())?,
            })),
        }))
    }

    fn directives(&self, read: &ast::DirectiveList) -> Vec<Positioned<Directive>> {
        let directive = |read: &Node<ast::Directive>| {
            let arguments = self.arguments(&read.arguments);
            somewhere(Directive { name: somewhere(name(&read.name)), arguments })
        };
        read.iter().map(directive).collect()
    }

    fn arguments(&self, read: &[Node<ast::Argument>]) -> Vec<(Positioned<Name>, Positioned<Value>)> {
        let argument = |read: &Node<ast::Argument>| {
            (somewhere(name(&read.name)), self.at(value(&read.value), read.value.location()))
        };
        read.iter().map(argument).collect()
    }
}

fn kind(read: &ast::Type) -> Type {
    let (base, nullable) = match read {
        ast::Type::Named(named) => (BaseType::Named(name(named)), true),
        ast::Type::NonNullNamed(named) => (BaseType::Named(name(named)), false),
        ast::Type::List(item) => (BaseType::List(Box::new(kind(item))), true),
        ast::Type::NonNullList(item) => (BaseType::List(Box::new(kind(item))), false),
    };
    Type { base, nullable }
}

fn value(read: &ast::Value) -> Value {
    match read {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(value) => Value::Enum(name(value)),
        ast::Value::Variable(variable) => Value::Variable(name(variable)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Boolean(truth) => Value::Boolean(*truth),
        ast::Value::Int(number) => match number.as_str().parse::<i64>() {
            Ok(number) => Value::Number(number.into()),
            // No number of ours is so large, but an id may be.
            Err(_) => Value::String(number.as_str().to_owned()),
        },
        ast::Value::Float(number) => decimal(number.as_str()),
        ast::Value::List(items) => Value::List(items.iter().map(|item| value(item)).collect()),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, field)| (name(key), value(field))).collect())
        }
    }
}

/// A number that no whole one holds; what is too large for any was refused by validation.
fn decimal(text: &str) -> Value {
    text.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// The executor's own parser, where it understands a document, understands the same.
    #[test]
    fn a_document_means_what_the_executors_own_parser_reads() {
        let text = "query A($a: [Int!]! = [1, -2], $b: String = \"x\\n\\u00e5\") @include(if: true) {
            k: f(a: $a, b: 1.5e3, c: {d: ENUM, e: null, f: [true, \"\"\"
                block
                  text
            \"\"\"]}) @skip(if: false) { ...F ... on T { g } ... { h } }
        }
        fragment F on T { i }";
        let read = apollo_compiler::parser::Parser::new().parse_ast(text, "a").ok();
        let ours = read.and_then(|read| document(&read).ok()).map(|document| plain(&document));
        assert_eq!(ours, parse_query(text).ok().map(|document| plain(&document)));
    }

    /// A document without its places.
    fn plain(document: &ExecutableDocument) -> String {
        let text = format!("{document:?}");
        regex::Regex::new(r"Pos\(\d+:\d+\)|pos: [^,}]*,? ?")
            .map_or(text.clone(), |at| at.replace_all(&text, "").into_owned())
    }
}
