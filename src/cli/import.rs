//! `samverkan import`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use encoding_rs::Encoding;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::import::formats::{self, Format};
use crate::import::{self, Options, Progress, Provenance};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    reading: Reading,

    /// Who published the files, by name; told from their content where not given.
    #[arg(long)]
    publisher: Option<String>,

    /// Where the files were found.
    #[arg(long)]
    url: Option<String>,

    /// Under which licence they may be used.
    #[arg(long)]
    licence: Option<String>,

    /// Try everything and undo it.
    #[arg(long)]
    dry_run: bool,

    /// Import nothing if any file cannot be read or has a row that is refused.
    #[arg(long)]
    strict: bool,

    /// How to report.
    #[arg(long, value_enum, default_value = "table")]
    report: ReportKind,
}

/// How files are to be read; shared with `extract`.
#[derive(Args, Debug)]
pub(super) struct Reading {
    /// The format of all files; detected from each file's content where not given.
    #[arg(long)]
    format: Option<String>,

    /// What the files are written in, such as `windows-1252`; UTF-8 where not given.
    #[arg(long)]
    encoding: Option<String>,

    /// Files, and folders whose files are all read.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
}

/// How a command reports.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ReportKind {
    /// For people.
    Table,
    /// For programs.
    Json,
}

impl Reading {
    /// Looks up what the arguments name.
    pub fn options(&self) -> Result<Options> {
        let format = match &self.format {
            None => None,
            Some(name) => Some(formats::by_name(name).ok_or_else(|| unknown("--format", name, &names()))?),
        };
        let encoding = match &self.encoding {
            None => None,
            Some(name) => Some(
                Encoding::for_label(name.as_bytes())
                    .ok_or_else(|| unknown("--encoding", name, "utf-8, windows-1252, utf-16le …"))?,
            ),
        };
        Ok(Options { format, encoding, ..Options::default() })
    }
}

fn unknown(argument: &str, value: &str, known: &str) -> Error {
    Error::Refused(format!("{argument}: {value} is not known; known are {known}"))
}

fn names() -> String {
    formats::all().map(Format::name).collect::<Vec<_>>().join(", ")
}

/// Imports, reports, and says by the exit code whether all went well.
pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let options = Options {
        provenance: Provenance {
            publisher: arguments.publisher.clone(),
            url: arguments.url.clone(),
            licence: arguments.licence.clone(),
        },
        dry_run: arguments.dry_run,
        strict: arguments.strict,
        ..arguments.reading.options()?
    };
    let db = super::open(config).await?;
    // Drawn on standard error, and only on a terminal.
    let bar = ProgressBar::new(0);
    bar.set_style(
        ProgressStyle::with_template("{elapsed_precise} {bar} file {pos}/{len}: {msg} rows")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let progress = |done: Progress| {
        bar.set_length(done.all.try_into().unwrap_or(u64::MAX));
        bar.set_position(done.files.try_into().unwrap_or(u64::MAX));
        bar.set_message(done.rows.to_string());
    };
    let report = import::run(&db, &arguments.reading.paths, &options, chrono::Utc::now(), progress).await?;
    bar.finish_and_clear();
    match arguments.report {
        ReportKind::Table => super::print(&report.table()),
        ReportKind::Json => super::print_json(&report)?,
    }
    db.close().await?;
    Ok(if report.has_failures() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
