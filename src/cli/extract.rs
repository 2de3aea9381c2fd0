//! `samverkan extract`.

use std::process::ExitCode;

use clap::Args;

use super::import::Reading;
use crate::error::Result;
use crate::import::{self, Opened, file};

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
        let printed = path.and_then(|path| import::open(&path, &options)).and_then(|opened| print(&opened));
        if let Err(error) = printed {
            code = super::fail(&error.to_string());
        }
    }
    code
}

fn print(opened: &Opened) -> Result<()> {
    for item in opened.format.read(&opened.file.document).items {
        let Ok(statement) = item.said else { continue };
        let line = serde_json::to_string(&statement)
            .map_err(|cause| crate::error::Error::Unreadable { what: "a statement", cause })?;
        super::print(&line);
    }
    Ok(())
}
