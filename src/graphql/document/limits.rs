//! How much a document may ask for.

/// How much a document may ask for. What goes beyond is refused before anything is executed.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Lexical tokens of the document.
    pub tokens: usize,
    /// Levels of fields, those of introspection not counted.
    pub depth: usize,
    /// Selections, with every fragment counted wherever it is spread.
    pub selections: usize,
    /// Fields at the root of an operation.
    pub root_fields: usize,
    /// Aliases written in the document.
    pub aliases: usize,
    /// Directives written in the document.
    pub directives: usize,
    /// Fields that the answer may have, with every page and list counted as full.
    pub cost: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tokens: 5_000,
            depth: 12,
            selections: 3_000,
            root_fields: 30,
            aliases: 50,
            directives: 50,
            cost: 50_000,
        }
    }
}
