//! Synthetic files in the import formats, at any size, with the truth beside them: for trying and measuring.
//!
//! Nobody in them exists: names are put together of words, and organisation numbers are of a series that is not given out.

pub mod example;
mod noise;
pub mod participations;
mod score;
mod truth;

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use fastrand::Rng;
use serde::Serialize;

use self::participations::Took;
pub use self::score::{Score, score};
use self::truth::{Organisation, Project};
use crate::domain::catalogue::catalogue;
use crate::domain::statement::{Amount, AmountKind, Party, Statement};
use crate::error::{Error, Result};

/// The files, in the order in which they are written.
const REGISTER: &str = "register.csv";
const SECOND: &str = "second-register.csv";
const DELIVERY: &str = "delivery.jsonl";
const TRUTH: &str = "true-clusters.tsv";
const PARTICIPATIONS: &str = "participations.csv";

/// The day on which the files could have been written.
const AS_OF: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day");

/// Of a hundred projects so many stand in the second register again.
const IN_SECOND: u8 = 20;
/// Of a hundred projects so many are in the delivery again.
const IN_DELIVERY: u8 = 10;

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many projects.
    pub projects: u32,
    /// How many take part in all projects together, about; no file of them where none.
    pub participations: u32,
    /// Of equal seeds come equal files.
    pub seed: u64,
}

/// Writes a fund's register of all projects, a second register and a partner's delivery of some of them, with other
/// words and fewer facts, and which row is which project.
///
/// # Errors
/// [`Error::File`] if the folder cannot be made or one of the files is there already.
pub fn write(folder: &Path, options: Options) -> Result<Vec<PathBuf>> {
    let at = |name: &str| folder.join(name);
    fs::create_dir_all(folder).map_err(|cause| failed(folder, &cause))?;
    let mut files = Files {
        register: table(&at(REGISTER), b',')?,
        second: table(&at(SECOND), b';')?,
        delivery: create(&at(DELIVERY))?,
        truth: table(&at(TRUTH), b'\t')?,
        lines: [1, 1, 0],
    };
    let done = files.write(options);
    let projects = done.map_err(|cause| Error::File { path: folder.to_owned(), reason: cause })?;
    let mut written = [REGISTER, SECOND, DELIVERY, TRUTH].map(at).to_vec();
    if options.participations > 0 {
        let took = took(&projects, options);
        participations::write(&at(PARTICIPATIONS), &took, AS_OF, options.seed)?;
        written.push(at(PARTICIPATIONS));
    }
    Ok(written)
}

/// How many take part in which project.
fn took(projects: &[Project], options: Options) -> Vec<Took> {
    let mut random = Rng::with_seed(options.seed);
    let sizes: Vec<u32> = projects.iter().map(|_| participations::size(&mut random, 100.0)).collect();
    let all: u64 = sizes.iter().map(|size| u64::from(*size)).sum();
    let scaled = |size: u32| u64::from(size) * u64::from(options.participations) / all.max(1);
    let took = |(project, size): (&Project, u32)| Took {
        number: project.number(),
        start: project.start,
        end: project.end,
        participants: u32::try_from(scaled(size)).unwrap_or(u32::MAX).max(3),
    };
    projects.iter().zip(sizes).map(took).collect()
}

fn failed(path: &Path, cause: &std::io::Error) -> Error {
    Error::File { path: path.to_owned(), reason: format!("cannot be written: {cause}") }
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    Ok(BufWriter::new(file.map_err(|cause| failed(path, &cause))?))
}

fn table(path: &Path, delimiter: u8) -> Result<csv::Writer<BufWriter<File>>> {
    Ok(csv::WriterBuilder::new().delimiter(delimiter).has_headers(true).from_writer(create(path)?))
}

struct Files {
    register: csv::Writer<BufWriter<File>>,
    second: csv::Writer<BufWriter<File>>,
    delivery: BufWriter<File>,
    truth: csv::Writer<BufWriter<File>>,
    /// The lines that were written of each of the first three.
    lines: [u32; 3],
}

/// A row of the fund's register.
#[derive(Serialize)]
struct RegisterRow<'a> {
    #[serde(rename = "Operation unique identifier")]
    number: String,
    #[serde(rename = "Operation name")]
    name: &'a str,
    #[serde(rename = "Beneficiary name")]
    owner: &'a str,
    #[serde(rename = "Beneficiary number")]
    owner_number: &'a str,
    #[serde(rename = "Partner 1")]
    first_partner: &'a str,
    #[serde(rename = "Partner 2")]
    second_partner: &'a str,
    #[serde(rename = "Operation start date")]
    start: String,
    #[serde(rename = "Operation end date")]
    end: String,
    #[serde(rename = "Total eligible expenditure (SEK)")]
    total: u32,
    #[serde(rename = "Län")]
    county: &'static str,
    #[serde(rename = "Fund")]
    fund: &'static str,
}

/// A row of the second register.
#[derive(Serialize)]
struct SecondRow {
    #[serde(rename = "Diarienummer")]
    number: String,
    #[serde(rename = "Insatsens namn")]
    name: String,
    #[serde(rename = "Stödmottagarens namn")]
    owner: String,
    #[serde(rename = "Startdatum")]
    start: String,
    #[serde(rename = "Slutdatum")]
    end: String,
    #[serde(rename = "Total kostnad (SEK)")]
    total: String,
}

/// Which project a row is about.
#[derive(Serialize)]
struct TrueRow {
    file: &'static str,
    line: u32,
    project: u32,
}

impl Files {
    /// Writes them, and gives the projects where somebody takes part in them.
    fn write(&mut self, options: Options) -> std::result::Result<Vec<Project>, String> {
        let mut projects = Vec::new();
        let mut random = Rng::with_seed(options.seed);
        let organisations = truth::organisations(options.projects, &mut random);
        for id in 0..options.projects {
            let project = Project::new(id, &organisations, &mut random);
            self.project(&project, &organisations, &mut random).map_err(|cause| cause.to_string())?;
            if options.participations > 0 {
                projects.push(project);
            }
        }
        let ends = [self.register.flush(), self.second.flush(), self.delivery.flush(), self.truth.flush()];
        ends.into_iter()
            .find_map(std::result::Result::err)
            .map_or(Ok(projects), |cause| Err(cause.to_string()))
    }

    fn project(
        &mut self,
        project: &Project,
        organisations: &[Organisation],
        random: &mut Rng,
    ) -> std::result::Result<(), csv::Error> {
        let named = |at: Option<&usize>| at.map_or("", |at| &*organisations[*at].name);
        let owner = &organisations[project.owner];
        self.register.serialize(RegisterRow {
            number: project.number(),
            name: &project.name,
            owner: &owner.name,
            owner_number: &owner.number,
            first_partner: named(project.partners.first()),
            second_partner: named(project.partners.get(1)),
            start: project.start.to_string(),
            end: project.end.to_string(),
            total: project.budget,
            county: county(project.id),
            fund: "ESF+",
        })?;
        self.note(0, REGISTER, project.id)?;
        let share = random.u8(0..100);
        if share < IN_SECOND {
            // Every other time the number is left out.
            let number = if random.bool() { project.number() } else { String::new() };
            self.second.serialize(SecondRow {
                number,
                name: noise::name(&project.name, random),
                owner: noise::owner(&owner.name, random),
                start: project.start.format("%d.%m.%Y").to_string(),
                end: project.end.format("%d.%m.%Y").to_string(),
                total: noise::amount(project.budget),
            })?;
            self.note(1, SECOND, project.id)?;
        } else if share < IN_SECOND + IN_DELIVERY {
            let statement = delivered(project, organisations, random);
            serde_json::to_writer(&mut self.delivery, &statement).map_err(std::io::Error::from)?;
            self.delivery.write_all(b"\n")?;
            self.note(2, DELIVERY, project.id)?;
        }
        Ok(())
    }

    fn note(&mut self, at: usize, file: &'static str, project: u32) -> std::result::Result<(), csv::Error> {
        self.lines[at] += 1;
        self.truth.serialize(TrueRow { file, line: self.lines[at], project })
    }
}

/// The county of a project.
fn county(id: u32) -> &'static str {
    let counties = &catalogue().regions;
    counties.get(id as usize % counties.len().max(1)).map_or("", |county| &county.name_sv)
}

/// What a partner delivers of a project.
fn delivered(project: &Project, organisations: &[Organisation], random: &mut Rng) -> Statement {
    let party = |at: &usize| Party { name: organisations[*at].name.clone(), ..Party::default() };
    // Rounded to hundreds of thousands, as the press writes it.
    let rounded = (project.budget + 50_000) / 100_000 * 100_000;
    let amount = Amount {
        kind: AmountKind::TotalBudget,
        value: rounded.to_string(),
        currency: "SEK".to_owned(),
        precision: "100000".to_owned(),
        text: format!("{},{} mkr", rounded / 1_000_000, rounded / 100_000 % 10),
        line: 1,
    };
    Statement {
        document: DELIVERY.to_owned(),
        line: 1,
        name: Some(noise::name(&project.name, random)),
        owner: Some(Party {
            number: random.bool().then(|| organisations[project.owner].number.clone()),
            ..party(&project.owner)
        }),
        partners: project.partners.iter().map(party).collect(),
        amounts: vec![amount],
        period: Some(format!("{}/{}", project.start.format("%Y-%m"), project.end.format("%Y-%m"))),
        planned_participants: Some(random.u32(10..400)),
        ..Statement::default()
    }
}
