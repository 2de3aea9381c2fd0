//! Documents: parsed, validated by the specification and measured before anything is executed.

mod cost;
mod inputs;
mod limits;
mod private;
mod shelf;
mod size;
mod translate;

use std::collections::HashMap;

use apollo_compiler::ast::{self, Definition, OperationType};
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::{LineColumn, Parser};
use apollo_compiler::request::RequestError;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Name, Node, Schema, introspection};
use async_graphql::parser::types;

pub(super) use self::inputs::{null_argument, of_variables};
pub use self::limits::Limits;
pub(super) use self::shelf::Shelf;
pub(super) use self::shelf::hash;
pub use self::shelf::{Hash, hash_from_hex};
pub(super) use self::translate::leave_out_absent;

use self::cost::Cost;
use self::private::Private;
use self::size::{Size, Text};
use super::code::Code;
use super::reply::{Location, Problem};

/// Errors of one answer at most: a bad document must not make a large answer.
pub(super) const MOST_ERRORS: usize = 5;

/// Operations of a document at most: only one is executed, and each must be checked.
const MOST_OPERATIONS: usize = 20;

/// What introspection may cost: the whole schema three times. It always fits beside the other limits, so that tools work
/// whatever those are.
const MOST_INTROSPECTION: u64 = 3_000;

/// Levels of nested brackets that a document may have, so that no parser runs out of stack.
const MOST_NESTED: usize = 100;

/// A document that may be executed.
pub(super) struct Document {
    /// The hash of its text.
    pub hash: Hash,
    /// Bytes of its text.
    pub length: usize,
    /// For what the specification says.
    pub valid: Valid<ExecutableDocument>,
    /// For the execution.
    pub parsed: types::ExecutableDocument,
    costs: HashMap<Option<Name>, (Cost, Private)>,
}

impl Document {
    /// Reads a text and checks it.
    pub fn read(text: &str, schema: &Valid<Schema>, limits: &Limits) -> Result<Self, Vec<Problem>> {
        let written = parse(text, limits)?;
        let too_large = |what: &str, has: usize, limit: usize| {
            let message = format!("the document has {has} {what}; at most {limit} are allowed");
            if has > limit { Err(vec![Problem::new(Code::CostLimitExceeded, message)]) } else { Ok(()) }
        };
        let text_size = Text::of(&written);
        too_large("operations", text_size.operations, MOST_OPERATIONS)?;
        too_large("aliases", text_size.aliases, limits.aliases)?;
        too_large("directives", text_size.directives, limits.directives)?;
        if text_size.has_null_character {
            let message = "a string in the document holds U+0000, which no text here has";
            return Err(vec![Problem::new(Code::BadUserInput, message)]);
        }
        let valid = written
            .to_executable_validate(schema)
            .map_err(|refused| problems(Code::GraphqlValidationFailed, &refused.errors))?;
        if let Some(strict) = without_null_defaults(&written) {
            strict
                .to_executable_validate(schema)
                .map_err(|refused| problems(Code::GraphqlValidationFailed, &refused.errors))?;
        }
        let refused = inputs::of_document(&valid, schema);
        if !refused.is_empty() {
            return Err(refused);
        }
        let mut costs = HashMap::new();
        for operation in valid.operations.iter() {
            let size = Size::of(operation, &valid);
            too_large("selections with its fragments in place", size.selections, limits.selections)?;
            too_large("levels", size.depth, limits.depth)?;
            too_large("root fields", size.root_fields, limits.root_fields)?;
            introspection::check_max_depth(&valid, operation)
                .map_err(|refused| vec![refused_request(Code::CostLimitExceeded, &refused, &valid)])?;
            let cost = Cost::of(operation, &valid);
            if cost.introspection > MOST_INTROSPECTION {
                let message = "the document asks for the schema too often";
                return Err(vec![Problem::new(Code::CostLimitExceeded, message)]);
            }
            costs.insert(operation.name.clone(), (cost, Private::of(operation, &valid)));
        }
        let parsed = translate::document(&written).map_err(|place| {
            let at = place.and_then(|place| place.line_column(&written.sources));
            let message = "syntax error: a selection set must not be empty";
            vec![Problem {
                locations: at.into_iter().map(location).collect(),
                ..Problem::new(Code::GraphqlParseFailed, message)
            }]
        })?;
        Ok(Self { hash: hash(text), length: text.len(), valid, parsed, costs })
    }

    /// The operation that a request asks for.
    pub fn operation(&self, name: Option<&str>) -> Result<&Node<Operation>, Problem> {
        let refuse =
            |refused: RequestError| refused_request(Code::OperationResolutionFailure, &refused, &self.valid);
        self.valid.operations.get(name).map_err(refuse)
    }

    /// What an operation costs with these variables, and what it costs besides to say what the schema says.
    pub fn cost(&self, operation: &Operation, variables: &JsonMap) -> (u64, u64) {
        let cost = self.costs.get(&operation.name);
        cost.map_or((0, 0), |(cost, _)| (cost.with(variables), cost.introspection))
    }

    /// Whether an operation asks with these variables for what is not everybody's.
    pub fn is_private(&self, operation: &Operation, variables: &JsonMap) -> bool {
        self.costs.get(&operation.name).is_none_or(|(_, private)| private.with(variables))
    }
}

/// A document without the defaults that are null, if it has any: such a default makes nothing non-null.
fn without_null_defaults(document: &ast::Document) -> Option<ast::Document> {
    let is_null = |variable: &Node<ast::VariableDefinition>| {
        variable.default_value.as_ref().is_some_and(|value| value.is_null())
    };
    let mut operations = document.definitions.iter().filter_map(Definition::as_operation_definition);
    if !operations.any(|operation| operation.variables.iter().any(is_null)) {
        return None;
    }
    let mut strict = document.clone();
    for definition in &mut strict.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            for variable in operation.make_mut().variables.iter_mut().filter(|variable| is_null(variable)) {
                variable.make_mut().default_value = None;
            }
        }
    }
    Some(strict)
}

/// Whether the operation that a text and a name ask for changes something, valid or not.
pub(super) fn changes_something(text: &str, name: Option<&str>, limits: &Limits) -> bool {
    let Ok(document) = parse(text, limits) else { return false };
    let mut operations = document.definitions.iter().filter_map(Definition::as_operation_definition);
    let wanted = operations.find(|operation| name.is_none() || operation.name.as_deref() == name);
    wanted.is_some_and(|operation| operation.operation_type == OperationType::Mutation)
}

fn parse(text: &str, limits: &Limits) -> Result<ast::Document, Vec<Problem>> {
    let mut parser = Parser::new().recursion_limit(MOST_NESTED).token_limit(limits.tokens);
    let parsed = parser.parse_ast(text, "document");
    if parser.tokens_reached() > limits.tokens {
        let message = format!("the document has more than {} tokens", limits.tokens);
        return Err(vec![Problem::new(Code::CostLimitExceeded, message)]);
    }
    if parser.recursion_reached() > MOST_NESTED {
        let message = format!("the document is nested deeper than {MOST_NESTED} levels");
        return Err(vec![Problem::new(Code::CostLimitExceeded, message)]);
    }
    parsed.map_err(|refused| problems(Code::GraphqlParseFailed, &refused.errors))
}

fn problems(code: Code, found: &DiagnosticList) -> Vec<Problem> {
    let problem = |error: apollo_compiler::response::GraphQLError| Problem {
        locations: error.locations.into_iter().map(location).collect(),
        ..Problem::new(code, error.message)
    };
    found.iter().take(MOST_ERRORS).map(|diagnostic| problem(diagnostic.to_json())).collect()
}

/// An error that the request as a whole has.
pub(super) fn refused_request(code: Code, refused: &RequestError, document: &ExecutableDocument) -> Problem {
    let error = refused.to_graphql_error(&document.sources);
    Problem {
        locations: error.locations.into_iter().map(location).collect(),
        ..Problem::new(code, error.message)
    }
}

fn location(place: LineColumn) -> Location {
    Location { line: place.line, column: place.column }
}
