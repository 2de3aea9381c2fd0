//! `samverkan schema`.

use clap::Args;

use crate::{graphql, import};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The JSON Schema of statements, a line of which `extract` prints and `import` reads.
    #[arg(long)]
    statements: bool,
}

/// Prints a schema.
pub(super) fn run(arguments: &Arguments) {
    if arguments.statements {
        super::print(&import::statement_schema());
    } else {
        super::print(graphql::sdl().trim_end());
    }
}
