//! The GraphQL schema: thin objects over rows, hand-written resolvers, lookups in batches.
//!
//! A column is hidden until a resolver shows it. Nothing here knows HTTP or names a column in a condition.

mod access_entry;
mod aggregates;
mod change;
mod claim;
mod code;
mod connection;
mod context;
mod direct;
mod directives;
mod document;
mod duplicate;
mod exported;
mod failure;
mod filter;
mod front;
mod funder;
mod funder_filter;
mod group_arguments;
mod indicator;
mod label;
mod loaders;
mod money;
mod mutation;
mod network;
mod node;
mod order;
mod organisation;
mod organisation_filter;
mod outcome;
mod outcome_table;
mod own;
mod partnership;
mod period;
mod portfolio;
mod project;
mod project_connection;
mod project_filter;
mod project_groups;
mod query;
mod ranges;
mod region;
mod release;
mod reply;
mod request;
mod result;
mod scalars;
mod search;
mod service;
mod source;
mod source_filter;
mod statement;
mod trusted;
mod viewer;
mod viewer_change;

use std::sync::Arc;

use async_graphql::parser::types::DocumentOperations;
use async_graphql::{
    EmptySubscription, Name, SDLExportOptions, SchemaBuilder, ValidationMode, Value, Variables,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::DatabaseConnection;
use serde::Deserialize;

pub use self::code::Code;
pub use self::document::{Hash, Limits, hash_from_hex};
pub use self::exported::FilterOf;
pub use self::reply::{Cost, Data, Extensions, Problem, Reply};
pub use self::request::{JsonMap, JsonValue, Prepared, Request};
pub use self::trusted::TrustedDocuments;

use self::direct::{Asked, End, Selected};
use self::failure::Failure;
use self::front::Front;
use self::loaders::Loaders;
use self::mutation::Mutation;
use self::own::Partner;
use self::query::Query;
use crate::access::{Access, Asker};
use crate::error::Result;
use crate::store::patience::gave_up;
use crate::store::sessions::Sessions;

/// The schema over a database, and the front that requests pass first.
#[derive(Clone)]
pub struct Schema {
    inner: async_graphql::Schema<Query, Mutation, EmptySubscription>,
    front: Arc<Front>,
    sessions: Sessions,
    /// The version that its data had a moment ago, where it is known.
    version: Option<i64>,
    access: Option<Access>,
    is_direct: bool,
}

impl Schema {
    /// The schema over a database.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] if a trusted document cannot be answered.
    pub fn new(db: DatabaseConnection, limits: Limits, trusted: TrustedDocuments) -> Result<Self> {
        let front = Arc::new(Front::new(&sdl(), limits.clone(), trusted)?);
        let inner = builder().data(limits).finish();
        Ok(Self { inner, front, sessions: db.into(), version: None, access: None, is_direct: true })
    }

    /// The same, over another copy of the database.
    #[must_use]
    pub fn on(&self, sessions: Sessions) -> Self {
        Self { sessions, version: None, ..self.clone() }
    }

    /// The same, over data that had a version a moment ago.
    #[must_use]
    pub fn at(self, version: i64) -> Self {
        Self { version: Some(version), ..self }
    }

    /// The same, for partners too.
    #[must_use]
    pub fn with_access(self, access: Option<Access>) -> Self {
        Self { access, ..self }
    }

    /// The same, with every answer by the executor, none directly: to compare the two.
    #[must_use]
    pub fn by_executor_alone(self) -> Self {
        Self { is_direct: false, ..self }
    }

    /// Checks a request before anything is executed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn prepare(&self, request: &Request) -> std::result::Result<Prepared, Vec<Problem>> {
        self.front.prepare(request)
    }

    /// Whether a request that was refused asks for a change.
    pub fn asks_for_change(&self, request: &Request) -> bool {
        self.front.asks_for_change(request)
    }

    /// Answers a request, with lookups of its own. The id is for the log and for errors that are ours. What is everybody's
    /// is answered without looking at who asks.
    ///
    /// The future is boxed, so that all that it is made of is compiled here, once, and not with everything that asks.
    pub fn execute<'a>(
        &'a self,
        prepared: &'a Prepared,
        request_id: &'a str,
        asker: Option<Asker>,
    ) -> BoxFuture<'a, Reply> {
        match asker.zip(self.access.clone()).filter(|_| prepared.is_private()) {
            None => self.run(prepared, request_id, None).boxed(),
            Some((asker, access)) => self.execute_for(prepared, request_id, asker, access).boxed(),
        }
    }

    async fn execute_for(
        &self,
        prepared: &Prepared,
        request_id: &str,
        asker: Asker,
        access: Access,
    ) -> Reply {
        let partner = Arc::new(Partner::new(asker, access.clone()));
        let reply = self.run(prepared, request_id, Some(Arc::clone(&partner))).await;
        let Some(shown) = partner.shown(prepared, request_id) else { return reply };
        // What cannot be written down is not shown.
        match access.log(self.sessions.db(), shown).await {
            Ok(()) => reply,
            Err(cause) => {
                tracing::error!(request.id = request_id, error.cause = ?cause, "the access log could not be written");
                let mut problem =
                    Problem::new(Code::ServiceUnavailable, "the access log could not be written");
                problem.extensions.request_id = Some(request_id.to_owned());
                problem.into()
            }
        }
    }

    async fn run(&self, prepared: &Prepared, request_id: &str, partner: Option<Arc<Partner>>) -> Reply {
        let extensions = Extensions { cost: Some(prepared.cost) };
        let about_schema = match self.front.introspect(prepared) {
            Ok(Some(data)) if prepared.is_about_schema() => {
                return Reply { data: Some(Data::Schema(data)), extensions, ..Reply::default() };
            }
            Ok(data) => data,
            Err(problem) => return Reply { extensions, ..problem.into() },
        };
        let variables = match Variables::deserialize(JsonValue::Object((*prepared.variables).clone())) {
            Ok(variables) => variables,
            Err(cause) => {
                let problem = Problem::new(Code::BadUserInput, format!("variables: {cause}"));
                return Reply { extensions, ..problem.into() };
            }
        };
        if partner.is_none()
            && about_schema.is_none()
            && let Some(reply) = Box::pin(self.directly(prepared, &variables, request_id)).await
        {
            return Reply { extensions, ..reply };
        }
        let reply = self.by_executor(prepared, variables, about_schema, request_id, partner);
        Reply { extensions, ..Box::pin(reply).await }
    }

    /// The executor's answer.
    async fn by_executor(
        &self,
        prepared: &Prepared,
        variables: Variables,
        about_schema: Option<JsonMap>,
        request_id: &str,
        partner: Option<Arc<Partner>>,
    ) -> Reply {
        let apart = match &partner {
            Some(partner) => partner.access.store().await.ok().map(|store| store.connection().clone()),
            None => None,
        };
        let mut request = async_graphql::Request::new("");
        let db = self.sessions.db();
        request = request.data(db.clone()).data(Loaders::new(db.clone(), apart));
        if let Some(partner) = partner {
            request = request.data(partner);
        }
        let mut document = prepared.document.parsed.clone();
        let given = |name: &str| prepared.variables.contains_key(name);
        if prepared.operation.variables.iter().any(|variable| !given(&variable.name)) {
            document::leave_out_absent(&mut document, &|name| !given(name));
        }
        request.set_parsed_query(document);
        request.operation_name = prepared.operation.name.as_ref().map(ToString::to_string);
        request.variables = variables;
        let response = self.inner.execute(request).await;
        if !response.errors.is_empty() {
            // Of fields that are looked up together the others are left where they are when one fails.
            gave_up();
        }
        Reply {
            errors: failure::explain(response.errors, request_id),
            data: Some(Data::Graph(with_schema(response.data, about_schema))),
            ..Reply::default()
        }
    }

    /// The direct answer to a question; none where the executor must answer. That a statement took too long is an answer
    /// where one field is asked for: the executor would only ask it again.
    async fn directly(&self, prepared: &Prepared, variables: &Variables, request_id: &str) -> Option<Reply> {
        if !self.is_direct || !prepared.is_query() {
            return None;
        }
        let mut tried = self.try_directly(prepared, variables, self.version).await?;
        if !tried.is_of_one_moment {
            // The data changed meanwhile.
            tried = self.try_directly(prepared, variables, None).await?;
        }
        let Tried { json, fields, ended, .. } = tried;
        if let Some(json) = json {
            let text = String::from_utf8(json).ok()?;
            return Some(Reply { data: Some(Data::Text(text)), ..Reply::default() });
        }
        let (failure, [field]) = (ended?, &*fields) else { return None };
        let types = self.front.types();
        let is_nullable = !types.get_object("Query")?.fields.get(field.name)?.ty.is_non_null();
        let nothing = || Value::Object([(Name::new(field.key), Value::Null)].into_iter().collect());
        Some(Reply {
            errors: failure::explain_one(failure, field.key, field.at, request_id),
            data: Some(Data::Graph(if is_nullable { nothing() } else { Value::Null })),
            ..Reply::default()
        })
    }

    /// The same, by data that had a version a moment ago, or in a transaction.
    async fn try_directly<'a>(
        &'a self,
        prepared: &'a Prepared,
        variables: &'a Variables,
        version: Option<i64>,
    ) -> Option<Tried<'a>> {
        let document = &prepared.document.parsed;
        let set = match &document.operations {
            DocumentOperations::Single(operation) => &operation.node.selection_set,
            DocumentOperations::Multiple(operations) => {
                &operations.get(prepared.operation.name.as_ref()?.as_str())?.node.selection_set
            }
        };
        let asked = Asked::new((&self.sessions, version), self.front.types(), document, variables);
        let fields = Selected::of_operation(&set.node, &asked)?;
        let json = Query::directly(&fields, &asked).await;
        let End { ended, is_of_one_moment } = asked.end(json.is_some()).await;
        if let Err(cause) = &is_of_one_moment {
            tracing::debug!(error.cause = ?cause, "the data version could not be read again");
        }
        Some(Tried { json, fields, ended, is_of_one_moment: is_of_one_moment.ok()? })
    }
}

/// A direct answer.
struct Tried<'a> {
    /// The answer; none where the executor must answer.
    json: Option<Vec<u8>>,
    /// What was asked at the root.
    fields: Vec<Selected<'a>>,
    /// The statement that took too long.
    ended: Option<Failure>,
    /// Whether all of it is of one moment.
    is_of_one_moment: bool,
}

/// What the executor says of the schema gives way to what the validator says.
fn with_schema(mut data: Value, about_schema: Option<JsonMap>) -> Value {
    if let (Value::Object(object), Some(about_schema)) = (&mut data, about_schema) {
        for (key, value) in about_schema {
            if let (Some(own), Ok(value)) = (object.get_mut(key.as_str()), Value::deserialize(value)) {
                *own = value;
            }
        }
    }
    data
}

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    // The front has validated and measured whatever comes here.
    async_graphql::Schema::build(Query, Mutation, EmptySubscription)
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX)
}

/// What the schema says of itself.
const DESCRIPTION: &str = "Jointly run labour-market projects in Sweden: who works with whom, paid by whom, and what came \
    of it, with what each source says.";

/// What every schema has, and none need say.
const BUILT_IN: [&str; 5] = ["deprecated", "include", "oneOf", "skip", "specifiedBy"];

/// The schema in the schema definition language.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by();
    let all = builder().finish().sdl_with_options(options) + directives::DEFINITIONS;
    let Ok(mut schema) = apollo_compiler::Schema::parse(&all, "schema.graphql") else { return all };
    schema.directive_definitions.retain(|name, _| !BUILT_IN.contains(&name.as_str()));
    schema.schema_definition.make_mut().description = Some(DESCRIPTION.into());
    schema.to_string()
}
