//! `samverkan extract`.

use std::process::ExitCode;

use clap::Args;

use super::import::Reading;
use crate::error::Result;
use crate::import::{self, ReadFile, file};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    reading: Reading,
}

/// Prints the statements of all files; complains of those that cannot be read and goes on.
pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let options = match arguments.reading.options() {
        Ok(options) => options,
        Err(error) => return super::fail(&error.to_string()),
    };
    let mut code = ExitCode::SUCCESS;
    for path in file::list(&arguments.reading.paths) {
        let printed = path.and_then(|path| import::read(&path, &options)).and_then(|read| lines(&read));
        match printed {
            Ok(lines) => lines.iter().for_each(|line| super::print(line)),
            Err(error) => code = super::fail(&error.to_string()),
        }
    }
    code
}

fn lines(read: &ReadFile) -> Result<Vec<String>> {
    let line = |cause| crate::error::Error::Unreadable { what: "a statement", cause };
    read.reading.statements.iter().map(|s| serde_json::to_string(s).map_err(line)).collect()
}
