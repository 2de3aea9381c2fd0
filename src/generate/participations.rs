//! Made-up participations of made-up projects.

use std::io::{BufWriter, Write};
use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};
use fastrand::Rng;

use super::create;
use crate::domain::outcomes::codes::Field;
use crate::error::Result;

/// A project that participations are made up for.
#[derive(Clone, Debug)]
pub struct Took {
    /// Its number.
    pub number: String,
    /// Its first day.
    pub start: NaiveDate,
    /// Its last day.
    pub end: NaiveDate,
    /// How many take part.
    pub participants: u32,
}

const HEADER: &str = "Projektnummer;Deltagarnyckel;Kön;Födelseår;Utbildning;Status före;Inskriven;Samtycke;\
    Skyddade personuppgifter;Målgrupp;Steg 1;Steg 2;Steg 3;Steg 4;Steg 5;Steg 6;Utskriven;Status vid avslut;\
    Status efter sex månader";

/// How common the codes of a project are; no two projects are alike.
struct Shares(Vec<(&'static str, f64)>);

impl Shares {
    fn of(field: Field, weights: &[f64], random: &mut Rng) -> Self {
        let codes = field.codes().iter().copied();
        Self(codes.zip(weights).map(|(code, weight)| (code, weight * (0.4 + 1.2 * random.f64()))).collect())
    }

    fn draw(&self, random: &mut Rng) -> &'static str {
        let all: f64 = self.0.iter().map(|(_, weight)| weight).sum();
        let mut left = random.f64() * all;
        let drawn = self.0.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        drawn.or(self.0.last()).map_or("", |(code, _)| code)
    }
}

/// Writes a file of participations in some projects, as of a day.
///
/// # Errors
/// [`crate::error::Error::File`] if the file is there already or cannot be written.
pub fn write(path: &Path, projects: &[Took], today: NaiveDate, seed: u64) -> Result<()> {
    let mut file = create(path)?;
    let mut random = Rng::with_seed(seed);
    let mut all = || -> std::io::Result<()> {
        writeln!(file, "{HEADER}")?;
        for project in projects {
            rows(&mut file, project, today, &mut random)?;
        }
        file.flush()
    };
    all().map_err(|cause| super::failed(path, &cause))
}

fn rows(
    file: &mut BufWriter<std::fs::File>,
    project: &Took,
    today: NaiveDate,
    random: &mut Rng,
) -> std::io::Result<()> {
    let sexes = Shares::of(Field::Sex, &[6.0, 6.0, 0.06, 0.06], random);
    let educations = Shares::of(Field::Education, &[3.0, 4.0, 2.0, 0.3], random);
    let entries = Shares::of(Field::EntryStatus, &[4.0, 3.0, 0.5, 0.7, 1.3, 0.1], random);
    let exits = Shares::of(Field::ExitStatus, &[3.0, 1.5, 4.0, 1.5, 0.5], random);
    let has_groups = random.u8(0..4) == 0;
    let label = |field: Field, code: &str| field.label(code).map_or("", |(label, _)| label);
    let days = u64::try_from((project.end - project.start).num_days()).unwrap_or_default().max(1);
    for at in 0..project.participants {
        let enrolled = project.start + Days::new(random.u64(0..days));
        if enrolled > today {
            continue;
        }
        let education = educations.draw(random);
        let birth = enrolled.year() - [17, 19, 22, 24, 27, 29, 33, 38, 45, 52, 57, 61][random.usize(0..12)];
        let group = match education {
            _ if !has_groups => "",
            "ISCED_0_2" => label(Field::TargetGroup, "STAY_12_MONTHS"),
            _ => label(Field::TargetGroup, "STAY_6_MONTHS"),
        };
        let exit = enrolled + Days::new(random.u64(20..380));
        let exit = (exit <= today).then_some(exit);
        let left = exit.map(|_| exits.draw(random));
        let after = left
            .filter(|_| exit.is_some_and(|exit| exit + chrono::Months::new(6) <= today))
            .map(|left| if random.u8(0..10) < 7 { left } else { exits.draw(random) });
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let reached = random.usize(0..=6);
        let steps: Vec<String> = (0..6).map(|step| day((step < reached).then_some(enrolled))).collect();
        let consent = (random.u8(0..100) > 3).then_some(enrolled);
        let protected = if random.u16(0..1000) < 5 { "ja" } else { "" };
        writeln!(
            file,
            "{};{}-{at};{};{birth};{};{};{enrolled};{};{protected};{group};{};{};{};{}",
            project.number,
            project.number.replace('/', "-"),
            label(Field::Sex, sexes.draw(random)),
            label(Field::Education, education),
            label(Field::EntryStatus, entries.draw(random)),
            day(consent),
            steps.join(";"),
            day(exit),
            left.map_or("", |code| label(Field::ExitStatus, code)),
            after.map_or("", |code| label(Field::ExitStatus, code)),
        )?;
    }
    Ok(())
}

/// How many take part in a project: mostly some forty, now and then hundreds.
#[must_use]
pub fn size(random: &mut Rng, median: f64) -> u32 {
    // The sum of twelve draws is all but normal.
    let normal: f64 = (0..12).map(|_| random.f64()).sum::<f64>() - 6.0;
    let size = (median * (0.8 * normal).exp()).round().clamp(3.0, 40.0 * median);
    // Within bounds by the line above.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let size = size as u32;
    size
}
