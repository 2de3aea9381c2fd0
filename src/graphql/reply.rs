//! An answer as a client reads it.

use std::borrow::Cow;

use apollo_compiler::response::JsonMap;
use async_graphql::{PathSegment, Value};
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::code::{Classification, Code};

/// Characters of a message at most.
const LONGEST_MESSAGE: usize = 400;

/// An answer: data, or errors, or both.
#[derive(Debug, Default, Serialize)]
pub struct Reply {
    /// What went wrong. Errors of the request as a whole come without data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Problem>,
    /// The answer; absent where the request was refused before anything was executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// What else there is to know.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// The data of an answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Data {
    /// What the data say.
    Graph(Value),
    /// The same, written already.
    #[serde(serialize_with = "written")]
    Text(String),
    /// What the schema says.
    Schema(JsonMap),
}

impl Data {
    /// What the data say; none of what is about the schema.
    pub fn value(&self) -> Option<Cow<'_, Value>> {
        match self {
            Self::Graph(value) => Some(Cow::Borrowed(value)),
            Self::Text(text) => serde_json::from_str(text).ok().map(Cow::Owned),
            Self::Schema(_) => None,
        }
    }
}

/// Writes JSON that is there already.
fn written<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_str::<&RawValue>(text).map_err(S::Error::custom)?.serialize(serializer)
}

impl Reply {
    /// Whether the database did not answer.
    pub fn is_unavailable(&self) -> bool {
        self.errors.iter().any(|problem| problem.extensions.code == Code::ServiceUnavailable)
    }

    /// The answer as JSON.
    ///
    /// # Errors
    /// None that is known of.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let (Some(Data::Text(text)), []) = (&self.data, &*self.errors) else {
            return serde_json::to_vec(self);
        };
        // What is written already is not read again.
        let mut json = Vec::with_capacity(text.len() + 100);
        json.extend(b"{\"data\":");
        json.extend(text.as_bytes());
        if !self.extensions.is_empty() {
            json.extend(b",\"extensions\":");
            serde_json::to_writer(&mut json, &self.extensions)?;
        }
        json.push(b'}');
        Ok(json)
    }
}

/// What else there is to know of an answer.
#[derive(Debug, Default, Serialize)]
pub struct Extensions {
    /// What the request costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
}

impl Extensions {
    fn is_empty(&self) -> bool {
        self.cost.is_none()
    }
}

/// What a request costs: the fields that its answer may have and the lookups they take, with every page and list
/// counted as full.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// The cost of this request.
    pub requested: u64,
    /// The most that a request may cost.
    pub limit: u64,
}

/// An error.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// What is wrong, as a sentence.
    pub message: String,
    /// Where in the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// Where in the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<PathSegment>,
    /// Its code, and the request's id where the service is at fault.
    pub extensions: ProblemExtensions,
}

/// A place in a document, both counted from 1.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// What programs read of an error.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemExtensions {
    /// Its kind.
    pub code: Code,
    /// Whose fault it is.
    pub classification: Classification,
    /// By what the operator finds the cause in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl ProblemExtensions {
    /// Those of an error with a code.
    pub fn new(code: Code) -> Self {
        Self { code, classification: code.classification(), request_id: None }
    }
}

impl Problem {
    /// An error of a request as a whole.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let mut message: String = message.into();
        // What repeats a client's own words could be as long as those.
        if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
            message.truncate(end);
            message.push('…');
        }
        Self { message, locations: Vec::new(), path: Vec::new(), extensions: ProblemExtensions::new(code) }
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        Self { errors: vec![problem], ..Self::default() }
    }
}
