//! The one place where a fixed regular expression is compiled.

use regex::{Regex, RegexBuilder};

/// What one expression may keep of its own search states, in bytes. The default is 2 MiB, and there are more than a
/// hundred expressions; documents are short, so more buys no time.
const STATES: usize = 1 << 15;

/// Compiles an expression that is part of the program, never one that comes from a document.
#[expect(clippy::expect_used, reason = "the expressions are constants, and every test compiles them")]
pub(crate) fn pattern(expression: &str) -> Regex {
    RegexBuilder::new(expression)
        .dfa_size_limit(STATES)
        .build()
        .expect("a constant expression is well formed")
}
