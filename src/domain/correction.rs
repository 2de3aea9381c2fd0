//! What a partner says instead of what is known, as a statement.

use chrono::NaiveDate;

use super::catalogue::catalogue;
use super::contact;
use super::field::Field;
use super::money;
use super::names::fold;
use super::number;
use super::period::Period;
use super::personal;
use super::statement::{Amount, Statement};
use super::written_date::Edge;

/// Characters of a value at most.
const LONGEST: usize = 300;

/// Has a statement say a value of a field.
///
/// # Errors
/// Why it is no value of the field, as a sentence.
pub fn say(statement: &mut Statement, field: Field, value: &str) -> Result<(), String> {
    let value = text(value)?;
    let edge = |value: &str| {
        value.parse::<Edge>().map_err(|_| "is no date such as 2026-08-31, 2026-08 or 2026".to_owned())
    };
    match field {
        Field::Name => statement.name = Some(value.to_owned()),
        Field::Number => {
            return Err("a number is what tells projects apart; ask the operator to change it".to_owned());
        }
        Field::PeriodStart => {
            statement.period = Period::new(Some(edge(value)?), None).map(|period| period.to_string());
        }
        Field::PeriodEnd => {
            statement.period = Period::new(None, Some(edge(value)?)).map(|period| period.to_string());
        }
        // Whoever owns a project may be granted what others may not see of it.
        Field::Owner => return Err("who owns a project is for the operator to decide".to_owned()),
        Field::Amount(kind) => {
            let written = money::read(value).filter(|read| read.range.len() == value.len());
            let amount = written.ok_or("is no amount such as 1 250 000 kr, 24,2 mkr or 50 000 EUR")?.amount;
            let amount = amount.map_err(|cause| cause.to_string())?;
            statement.amounts.push(Amount {
                kind,
                value: amount.value.normalize().to_string(),
                currency: amount.currency.to_owned(),
                precision: amount.precision.normalize().to_string(),
                text: value.to_owned(),
                line: 1,
            });
        }
        Field::PlannedParticipants => {
            let plain = value.chars().all(|c| c.is_ascii_digit() || c == ' ');
            let count = number::digits(value).filter(|_| plain).ok_or("is no whole number")?;
            statement.planned_participants = Some(count);
        }
        Field::SpecificObjective => {
            let is_code = value.len() <= 12 && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
            statement.specific_objective =
                Some(is_code.then(|| value.to_owned()).ok_or("is no code such as 2.1 or A2A")?);
        }
        Field::Region => {
            let county = catalogue().regions.iter().find(|region| {
                [&region.code, &region.nuts3, &region.name_sv, &region.name_en]
                    .iter()
                    .any(|name| fold(name) == fold(value))
            });
            statement.region = Some(county.ok_or("is no county")?.name_sv.clone());
        }
        Field::DecidedOn => {
            let day: NaiveDate = value.parse().map_err(|_| "is no day such as 2026-08-31")?;
            statement.decided_on = Some(day.to_string());
        }
    }
    Ok(())
}

/// A text that may become public: of some length, and without what names a person.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn text(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    if text.chars().count() > LONGEST {
        return Err(format!("has more than {LONGEST} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err("has a line break or another control character".to_owned());
    }
    if personal::line_has_number(text) {
        return Err("holds a personal identity number, which has no place here".to_owned());
    }
    if contact::is_in(text) {
        return Err("holds an e-mail address or a telephone number, which have no place here".to_owned());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::field::filled;
    use crate::domain::statement::AmountKind;

    #[test]
    fn what_is_said_is_a_claim_of_its_field() {
        for (field, value) in [
            (Field::Name, "Ett annat namn"),
            (Field::PeriodStart, "2023-09"),
            (Field::PeriodEnd, "2026-08-31"),
            (Field::Amount(AmountKind::TotalBudget), "68,9 mkr"),
            (Field::Amount(AmountKind::Granted), "1 250 000 kr"),
            (Field::PlannedParticipants, "1 200"),
            (Field::SpecificObjective, "A2A"),
            (Field::Region, "Stockholms län"),
            (Field::DecidedOn, "2023-06-01"),
        ] {
            let mut statement = Statement::default();
            say(&mut statement, field, value).unwrap();
            assert_eq!(filled(&statement).collect::<Vec<_>>(), [field], "{value}");
        }
        let mut statement = Statement::default();
        say(&mut statement, Field::Amount(AmountKind::Granted), "24,2 mkr").unwrap();
        let amount = &statement.amounts[0];
        assert_eq!((&*amount.value, &*amount.precision, &*amount.currency), ("24200000", "100000", "SEK"));
    }

    #[test]
    fn what_is_no_value_is_refused_without_repeating_it() {
        for (field, value) in [
            (Field::Number, "2023/00001"),
            (Field::Owner, "Stockholms stad"),
            (Field::Region, "Stockholms lähn"),
            (Field::SpecificObjective, "allt möjligt"),
            (Field::PeriodStart, "snart"),
            (Field::PeriodEnd, "2026-02-30"),
            (Field::Amount(AmountKind::Granted), "mycket"),
            (Field::Amount(AmountKind::Granted), "12 kr och lite till"),
            (Field::Amount(AmountKind::Granted), "1 222 200 miljoner kr"),
            (Field::PlannedParticipants, "-5"),
            (Field::PlannedParticipants, "många"),
            (Field::DecidedOn, "2027"),
            (Field::Name, " "),
            (Field::Name, "Ring 070-123 45 67"),
            (Field::Name, "någon 19121212-1212"),
            (Field::Name, "två\nrader"),
        ] {
            let refused = say(&mut Statement::default(), field, value).unwrap_err();
            assert!(value.trim().is_empty() || !refused.contains(value), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn no_value_makes_it_panic(value in "\\PC{0,60}", at in 0..Field::ALL.len()) {
            let _ = say(&mut Statement::default(), Field::ALL[at], &value);
        }
    }
}
