//! An answer while it is written, as JSON.

use async_graphql::InputType;
use serde::Serialize;

/// JSON, put together piece by piece.
#[derive(Default)]
pub(in crate::graphql) struct Written(Vec<u8>);

impl Written {
    /// Begins an object.
    pub fn begin(&mut self) {
        self.0.push(b'{');
    }

    /// Ends it.
    pub fn end(&mut self) {
        self.0.push(b'}');
    }

    /// Writes a key; keys are names, which need no escape.
    pub fn key(&mut self, key: &str) {
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend(key.as_bytes());
        self.0.extend(b"\":");
    }

    /// Writes what is JSON already.
    pub fn text(&mut self, json: &[u8]) {
        self.0.extend(json);
    }

    /// Writes a list of what is JSON already.
    pub fn list<'a>(&mut self, items: impl Iterator<Item = &'a [u8]>) {
        self.0.push(b'[');
        for (at, item) in items.enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            self.0.extend(item);
        }
        self.0.push(b']');
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        let _infallible = self.json(&text);
    }

    /// Writes a text, or null.
    pub fn words(&mut self, text: Option<&str>) -> Option<()> {
        self.json(&text)
    }

    /// Writes the value of a scalar or an enum.
    pub fn value(&mut self, value: &impl InputType) -> Option<()> {
        self.json(&value.to_value())
    }

    fn json(&mut self, value: &impl Serialize) -> Option<()> {
        serde_json::to_writer(&mut self.0, value).ok()
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
