//! An answer while it is written, as JSON.

use std::fmt::Display;
use std::io::Write;

use async_graphql::resolver_utils::EnumType;
use async_graphql::{ID, InputType};
use serde::Serialize;

/// JSON, put together bit by bit.
#[derive(Default)]
pub(in crate::graphql) struct Written(Vec<u8>);

/// What most objects take, in bytes.
const OBJECT: usize = 128;

/// Pieces of JSON one after another, each of which can be found again.
pub(in crate::graphql) struct Pieces {
    all: Written,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Pieces {
    /// Room for some objects, and for so many bytes of what is written already and stands in them.
    pub fn for_objects(number: usize, inside: usize) -> Self {
        let all = Written(Vec::with_capacity(number * OBJECT + inside));
        Self { all, ends: Vec::with_capacity(number) }
    }

    /// How many bytes all of them take.
    pub fn size(&self) -> usize {
        self.all.0.len()
    }

    /// Writes the next.
    pub fn add(&mut self, write: impl FnOnce(&mut Written) -> Option<()>) -> Option<()> {
        write(&mut self.all)?;
        self.ends.push(self.all.0.len());
        Some(())
    }

    /// One of them, by its place.
    pub fn get(&self, at: usize) -> &[u8] {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all.0[begin..self.ends[at]]
    }

    /// All of them, put together.
    pub fn into_bytes(self) -> Vec<u8> {
        self.all.0
    }
}

impl Written {
    /// Room for so many bytes.
    pub fn with_room(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

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

    /// Writes a list, item by item.
    pub fn each<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(T, &mut Self) -> Option<()>,
    ) -> Option<()> {
        self.0.push(b'[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            write(item, self)?;
        }
        self.0.push(b']');
        Some(())
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        let _infallible = self.json(&text);
    }

    /// Writes an id.
    pub fn id(&mut self, id: &ID) -> Option<()> {
        self.json(&id.as_str())
    }

    /// Writes a number, or null.
    pub fn number(&mut self, number: Option<i32>) -> Option<()> {
        self.json(&number)
    }

    /// Writes a word of an enum, or null.
    pub fn word<T: EnumType>(&mut self, value: Option<T>) -> Option<()> {
        let Some(value) = value else { return self.json(&()) };
        let item = T::items().iter().find(|item| item.value == value)?;
        self.json(&item.name)
    }

    /// Writes a text, or null.
    pub fn words(&mut self, text: Option<&str>) -> Option<()> {
        self.json(&text)
    }

    /// Writes what needs no escape, such as a day or a decimal number, as a string; or null.
    pub fn plain(&mut self, value: Option<impl Display>) -> Option<()> {
        let Some(value) = value else { return self.json(&()) };
        write!(self.0, "\"{value}\"").ok()
    }

    /// Writes the value of any other scalar.
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
