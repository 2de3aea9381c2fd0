//! The commands.

mod audit;
mod decide;
mod demo;
mod doctor;
mod extract;
mod generate;
mod grant;
mod import;
mod key;
mod outcomes;
mod schema;
mod serve;
mod withdraw;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use sea_orm::DatabaseConnection;

use crate::config::{Config, Serving};
use crate::error::{Error, Result};
use crate::store::database;
use crate::telemetry;

/// Jointly run Swedish labour-market projects as one GraphQL graph.
#[derive(Parser, Debug)]
#[command(version, about, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    config: Config,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Fill a throw-away database with the demo documents and serve it.
    Demo(Serving),
    /// Serve the database.
    Serve(Serving),
    /// Read files or folders into the database, one transaction a file.
    Import(import::Arguments),
    /// Print what files say as JSON Lines; touches no database.
    Extract(extract::Arguments),
    /// Write synthetic files in the import formats, with the truth beside them, for trying and measuring.
    Generate(generate::Arguments),
    /// Print the schema of the API in the schema definition language, or that of delivered statements.
    Schema(schema::Arguments),
    /// Take a source back: it stays on record and has no effect.
    Withdraw(withdraw::Arguments),
    /// List projects and organisations that may be one, with what speaks for and against it.
    Duplicates(decide::Duplicates),
    /// Record a decision: what is one, what is two, which value counts. It outlives imports and can be taken back.
    Decide(decide::Arguments),
    /// Derive projects, organisations and funders again from what sources state and operators decided.
    Rebuild,
    /// Read participations, person by person, into the database that is never public.
    ImportOutcomes(outcomes::Delivery),
    /// Protect participations, look for what could be worked out, and make public what can be.
    Release(outcomes::Release),
    /// Delete participations whose time is up.
    Retention(outcomes::Retention),
    /// Keys by which partner organisations are known: make, list, rotate, revoke.
    Key(key::Arguments),
    /// Of which projects partners may see exact figures: grant, list, revoke.
    Grant(grant::Arguments),
    /// The log of who was shown exact figures: verify, retire.
    Audit(audit::Arguments),
    /// Bring the tables of the database up to date.
    Migrate,
    /// Check the configuration and the database.
    Doctor(Serving),
}

/// Bytes of stack of a worker. The deepest document that is answered takes some of it at every level; memory that is not
/// touched costs nothing.
const STACK: usize = 32 * 1024 * 1024;

/// Runs the command that the program was called with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Demo(_) | Command::Serve(_)) {
        serve::take_small_pages();
    }
    let mut workers = tokio::runtime::Builder::new_multi_thread();
    let runtime = match workers.enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime,
        Err(cause) => return fail(&format!("the program could not start: {cause}")),
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})"));
            fail(&format!("{error}{}", cause.unwrap_or_default()))
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode> {
    telemetry::start(&cli.config.log)?;
    match cli.command {
        Command::Demo(serving) => demo::run(&cli.config, &serving).await?,
        Command::Serve(serving) => serve::run(&cli.config, &serving).await?,
        Command::Import(arguments) => return import::run(&cli.config, &arguments).await,
        Command::Extract(arguments) => return Ok(extract::run(&arguments)),
        Command::Generate(arguments) => generate::run(&arguments)?,
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Withdraw(arguments) => withdraw::run(&cli.config, &arguments).await?,
        Command::Duplicates(arguments) => decide::duplicates(&cli.config, &arguments).await?,
        Command::Decide(arguments) => decide::run(&cli.config, &arguments).await?,
        Command::Rebuild => withdraw::rebuild(&cli.config).await?,
        Command::ImportOutcomes(arguments) => return outcomes::deliver(&cli.config, &arguments).await,
        Command::Release(arguments) => outcomes::release(&cli.config, &arguments).await?,
        Command::Retention(arguments) => outcomes::retain(&cli.config, &arguments).await?,
        Command::Key(arguments) => key::run(&cli.config, &arguments).await?,
        Command::Grant(arguments) => grant::run(&cli.config, &arguments).await?,
        Command::Audit(arguments) => audit::run(&cli.config, &arguments).await?,
        Command::Migrate => {
            open(&cli.config).await?;
            print("The tables are up to date.");
        }
        Command::Doctor(serving) => return Ok(doctor::run(&cli.config, &serving).await),
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the database with its tables up to date.
async fn open(config: &Config) -> Result<DatabaseConnection> {
    let db = database::open_to_write(&config.database_url).await?;
    database::migrate(&db).await?;
    Ok(db)
}

/// Prints a line. A reader that has gone, as `head` does, is no error.
fn print(line: &str) {
    let _gone = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints something as JSON.
fn print_json(what: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(what)
        .map_err(|cause| Error::Unreadable { what: "the report", cause })?;
    print(&text);
    Ok(())
}

fn complain(line: &str) {
    let _gone = writeln!(std::io::stderr().lock(), "{line}");
}

fn fail(message: &str) -> ExitCode {
    complain(&format!("samverkan: {message}"));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
