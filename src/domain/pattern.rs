//! The one place where a fixed regular expression is compiled.

use regex::Regex;

/// Compiles an expression that is part of the program, never one that comes from a document.
#[expect(clippy::expect_used, reason = "the expressions are constants, and every test compiles them")]
pub(crate) fn pattern(expression: &str) -> Regex {
    Regex::new(expression).expect("a constant expression is well formed")
}
