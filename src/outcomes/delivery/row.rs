//! A row of a file of participations. No value is ever repeated in a reason.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

use super::columns::Columns;
use crate::domain::catalogue::catalogue;
use crate::domain::matching::number_key;
use crate::domain::names::fold;
use crate::domain::outcomes::codes::Field;
use crate::domain::outcomes::participation::{Participation, Record};
use crate::domain::written_date;

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delivered {
    /// The project's number as it is compared.
    pub project_key: String,
    /// Who it is, by a pseudonym that the deliverer keeps.
    pub participant_key: String,
    /// What is said.
    pub participation: Participation,
}

/// Reads a row. `project` is the number of the project where no column says it.
pub(super) fn read(
    columns: &Columns,
    row: &[String],
    project: Option<&str>,
    today: NaiveDate,
) -> Result<Delivered, String> {
    let cell = |name: &str| columns.cell(row, name);
    let missing = |name: &str| format!("{name} is empty");
    let day = |name: &'static str| match cell(name) {
        None => Ok(None),
        Some(text) => date(text).map(Some).ok_or_else(|| format!("{name} is no day such as 2024-03-01")),
    };
    let code = |name: &'static str, field: Field| match cell(name) {
        None => Ok(None),
        Some(text) => field.read(text).map(Some).ok_or_else(|| {
            format!("{name} is none of its codes: {}", readable(field).collect::<Vec<_>>().join(", "))
        }),
    };
    let project = cell("project_number").or(project).ok_or_else(|| missing("project_number"))?;
    let participant_key = cell("participant_key").ok_or_else(|| missing("participant_key"))?.to_owned();
    let sex = code("sex", Field::Sex)?.ok_or_else(|| missing("sex"))?;
    let enrolled_on = day("enrolled_on")?.ok_or_else(|| missing("enrolled_on"))?;
    let (consent_on, withdrawn_on) = (day("consent_on")?, day("consent_withdrawn_on")?);
    if withdrawn_on.zip(consent_on).is_some_and(|(withdrawn, consent)| withdrawn < consent) {
        return Err("consent_withdrawn_on is before consent_on".to_owned());
    }
    if consent_on.is_some_and(|consent| consent > today) {
        return Err("consent_on is in the future".to_owned());
    }
    let is_protected = match cell("protected_identity") {
        None => false,
        Some(text) => yes(text).ok_or("protected_identity is neither yes nor no")?,
    };
    if enrolled_on > today {
        return Err("enrolled_on is in the future".to_owned());
    }
    let consented = consent_on.filter(|_| withdrawn_on.is_none() && !is_protected);
    let Some(consent_on) = consented else {
        // Whatever else stands there is not looked at: nothing of it may be kept, and at once.
        let participation = Participation { sex, start_year: enrolled_on.year(), record: None };
        return Ok(Delivered { project_key: number_key(project).0, participant_key, participation });
    };
    let birth_year = match cell("birth_year") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| "birth_year is no year of four digits")?),
    };
    let municipality_code = match cell("municipality") {
        None => None,
        Some(text) => Some(municipality(text).ok_or("municipality is no municipality or code of one")?),
    };
    let mut steps = [None; 6];
    for (at, name) in STEPS.iter().enumerate() {
        steps[at] = day(name)?;
    }
    let record = Record {
        birth_year,
        age_band: code("age_band", Field::Age)?,
        municipality_code,
        education: code("education", Field::Education)?,
        entry_status: code("entry_status", Field::EntryStatus)?,
        referred_by: cell("referred_by").map(str::to_owned),
        enrolled_on,
        last_enrolled_on: enrolled_on,
        consent_on,
        target_group: code("target_group", Field::TargetGroup)?,
        steps,
        exit_on: day("exit_on")?,
        exit_status: code("exit_status", Field::ExitStatus)?,
        exit_status_on: day("exit_status_on")?,
        after_six_months: code("status_after_six_months", Field::AfterSixMonths)?,
    };
    record.check(today)?;
    Ok(Delivered {
        project_key: number_key(project).0,
        participant_key,
        participation: Participation { sex, start_year: enrolled_on.year(), record: Some(record) },
    })
}

const STEPS: [&str; 6] = ["step_1_on", "step_2_on", "step_3_on", "step_4_on", "step_5_on", "step_6_on"];

/// The codes that files use.
fn readable(field: Field) -> impl Iterator<Item = &'static str> {
    field.codes().iter().copied().filter(move |code| field.read(code).is_some())
}

fn date(text: &str) -> Option<NaiveDate> {
    let written = written_date::read(text)?;
    // A time after the day, as spreadsheets write it.
    let rest = text[written.length..].trim_start_matches(['T', ' ']);
    let is_time = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'Z'));
    (written.day.is_some() && is_time).then(|| written.edge()).flatten().map(|edge| edge.first_day())
}

fn yes(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "ja" | "yes" | "y" | "j" | "x" | "1" | "true" | "sant" => Some(true),
        "nej" | "no" | "n" | "0" | "false" | "falskt" => Some(false),
        _ => None,
    }
}

fn municipality(text: &str) -> Option<String> {
    static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let all = catalogue().municipalities.iter();
        all.flat_map(|own| {
            [own.name.clone(), format!("{} kommun", own.name)].map(|name| (fold(&name), own.code.as_str()))
        })
        .collect()
    });
    if let Some(known) = catalogue().municipality(text) {
        return Some(known.code.clone());
    }
    BY_NAME.get(&fold(text)).map(|code| (*code).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: &str = "2025-06-30";

    fn one(header: &str, row: &str) -> Result<Delivered, String> {
        let cells = |line: &str| line.split(';').map(str::to_owned).collect::<Vec<_>>();
        read(&Columns::of(&cells(header)), &cells(row), None, TODAY.parse().unwrap())
    }

    #[test]
    fn a_row_is_read_in_swedish_and_in_english() {
        let swedish = one(
            "Projektnummer;Deltagarnyckel;Kön;Födelseår;Kommun;Utbildning;Status före;Inskriven;Samtycke;Målgrupp;Steg 1;Steg 6;Slutdatum;Status efter;Status efter 6 månader",
            "2017/00162;a-1;Kvinna;1990;Haninge;Grundskola;Långtidsarbetslös;2024-03-01;2024-03-01;Kortutbildad;2024-03-01;2024-08-01;2024-09-30;I arbete;Studier",
        )
        .unwrap();
        let english = one(
            "project;key;sex;birth_year;municipality;education;entry_status;enrolled_on;consent_on;target_group;step_1_on;step_6_on;exit_on;exit_status;status_after_six_months",
            "2017/162;a-1;female;1990;0136;ISCED 2;long-term unemployed;20240301;1/3 2024;12 months;2024-03-01 00:00:00;2024-08-01;2024-09-30;work;studies",
        )
        .unwrap();
        let record = swedish.participation.record.as_ref().unwrap();
        assert_eq!(
            (
                swedish.participation.sex,
                record.facts().age,
                record.facts().step,
                record.municipality_code.as_deref()
            ),
            ("WOMEN", Some("30_54"), Some("STEP_6"), Some("0136"))
        );
        assert_eq!(swedish.participation, english.participation);
    }

    #[test]
    fn without_consent_nothing_but_sex_and_year_is_left() {
        let header =
            "project;key;sex;enrolled_on;consent_on;consent_withdrawn_on;protected_identity;education";
        for row in [
            "a;1;man;2024-03-01;;;;gymnasium",
            "a;1;man;2024-03-01;2024-03-01;2024-05-01;;gymnasium",
            "a;1;man;2024-03-01;2024-03-01;;ja;gymnasium",
            "a;1;man;2024-03-01;2024-03-01;2024-05-01;;felstavat",
        ] {
            let expected = Participation { sex: "MEN", start_year: 2024, record: None };
            assert_eq!(one(header, row).unwrap().participation, expected, "{row}");
        }
    }

    #[test]
    fn a_refused_row_says_why_and_repeats_nothing() {
        let header =
            "project;key;sex;enrolled_on;consent_on;education;municipality;birth_year;protected_identity";
        for (row, column) in [
            (";1;man;2024-03-01;;;;;", "project_number"),
            ("a;;man;2024-03-01;;;;;", "participant_key"),
            ("a;1;;2024-03-01;;;;;", "sex"),
            ("a;1;hemligt;2024-03-01;;;;;", "sex"),
            ("a;1;man;;;;;;", "enrolled_on"),
            ("a;1;man;hemligt;;;;;", "enrolled_on"),
            ("a;1;man;2024-03;;;;;", "enrolled_on"),
            ("a;1;man;2026-03-01;;;;;", "enrolled_on"),
            ("a;1;man;2024-03-01;2024-03-01;hemligt;;;", "education"),
            ("a;1;man;2024-03-01;2024-03-01;;hemligt;;", "municipality"),
            ("a;1;man;2024-03-01;2024-03-01;;;hemligt;", "birth_year"),
            ("a;1;man;2024-03-01;2024-03-01;;;;hemligt", "protected_identity"),
        ] {
            let reason = one(header, row).unwrap_err();
            assert!(reason.starts_with(column) && !reason.contains("hemligt"), "{row}: {reason}");
        }
    }

    proptest! {
        #[test]
        fn no_row_makes_it_panic(cells in prop::collection::vec("\\PC{0,20}|[0-9]{4}-[0-9]{2}-[0-9]{2}", 24)) {
            let header: Vec<String> = super::super::columns::all().iter().map(|own| own.name.clone()).collect();
            let _ = read(&Columns::of(&header), &cells, Some("1"), TODAY.parse().unwrap());
        }
    }
}
