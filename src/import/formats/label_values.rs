//! Takes the values after labels into the fields of a statement.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::{Draft, canonical_funder};
use super::labels::Field;
use super::layout::Labelled;
use super::project_name;
use super::prose::{Sentence, amounts, results};
use crate::domain::statement::{AmountKind, WarningCode};
use crate::domain::written_date::Precision;
use crate::domain::{money, number, pattern, period};

static OBJECTIVE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|\s)(?P<code>\d{1,2}\.\d{1,2}|[A-F]\d?[A-Z]?\d?)(?:$|[\s.,:–-])"));
static FROM_FUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:från|ur) (?P<fund>(?:europeiska )?(?:social|regional)\p{L}*(?: utvecklings)?(?:fonden)?\+?|esf\+?)$",
    )
});
static PER_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:kr)?\s*(?:/|per |om )\s?(?:år|månad|deltagare)"));
static BY_SEX: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:kvinnor|män)\b"));
static PARTICIPANTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:ca\b\.?|cirka|c:a|minst|drygt|totalt|omkring|över|upp till|\s)*(?P<count>\d{1,3}(?:[ .]\d{3})+|\d+)(?P<range>\s*[-–]\s*\d)?",
    )
});

impl Draft {
    /// Takes a label's value into the field it belongs to.
    pub(super) fn apply(&mut self, labelled: &Labelled) {
        let value = labelled.value.trim();
        if value.is_empty() || matches!(value, "-" | "–" | "Ej angivet" | "N/A") {
            return;
        }
        match labelled.field {
            Field::Name => self.name(value),
            Field::Number => self.number(value),
            Field::Owner => self.owner(value),
            Field::OwnerNumber => self.owner_number(value, labelled.line),
            Field::Role => self.role(&labelled.label, value),
            Field::Unit => {
                let unit = value.trim_end_matches(['.', ',']).to_owned();
                self.statement.responsible_unit.get_or_insert(unit);
            }
            Field::Partners => self.partners(value, labelled.line),
            Field::ParticipantsOrPartners if PARTICIPANTS.is_match(value) => {
                self.participants(value);
            }
            Field::ParticipantsOrPartners if value.starts_with(char::is_uppercase) => {
                self.partners(value, labelled.line);
            }
            Field::Funder => self.funder(value, labelled.line),
            Field::Financing => self.financing(value, labelled.line),
            Field::Period | Field::Start | Field::End | Field::Decided => {
                self.dates(labelled.field, value, labelled.line);
            }
            Field::Participants if BY_SEX.is_match(&labelled.label) => {
                let sum = participants(value).map(|count| count.saturating_add(self.by_sex.unwrap_or(0)));
                self.by_sex = sum.or(self.by_sex);
            }
            // A study of what could be done plans for none.
            Field::Participants if value == "0" => {
                self.statement.planned_participants.get_or_insert(0);
            }
            Field::Participants => self.participants(value),
            Field::Objective => {
                let code = OBJECTIVE.captures(value).map(|found| found["code"].to_owned());
                let digit = value.len() == 1 && value.starts_with(|c: char| c.is_ascii_digit());
                let code = code.or_else(|| digit.then(|| value.to_owned()));
                self.statement.specific_objective = self.statement.specific_objective.take().or(code);
            }
            Field::Region if value.len() < 80 => {
                self.statement.region.get_or_insert_with(|| value.to_owned());
            }
            Field::Results => self.statement.results.extend(results::find(value, labelled.line)),
            field => {
                if let Some(kind) = kind(field) {
                    self.fund_of_label(&labelled.label);
                    self.amount(kind, value, labelled.line);
                }
            }
        }
    }

    /// `Sökt belopp från Regionalfonden` says who pays.
    fn fund_of_label(&mut self, label: &str) {
        if let Some(found) = FROM_FUND.captures(label) {
            self.add_funder(&canonical_funder(&found["fund"]));
        }
    }

    fn name(&mut self, value: &str) {
        if self.statement.name.is_none() {
            self.statement.name = project_name::clean(value);
        }
        if let Some(found) = number::normalise(value) {
            self.statement.project_number.get_or_insert(found.key);
        }
    }

    fn number(&mut self, value: &str) {
        let written = || {
            let plausible = value.len() <= 40 && value.chars().filter(char::is_ascii_digit).count() >= 3;
            plausible.then(|| value.to_owned())
        };
        let found = number::normalise(value).map(|found| found.key).or_else(written);
        self.statement.project_number = self.statement.project_number.take().or(found);
    }

    fn dates(&mut self, field: Field, value: &str, line: u32) {
        let read = match field {
            Field::Period => {
                let found = period::read(value);
                self.period = self.period.take().or(found);
                found.is_some()
            }
            Field::Decided => {
                let day = period::read_edge(value).filter(|edge| edge.precision() == Precision::Day);
                self.statement.decided_on =
                    self.statement.decided_on.take().or(day.map(|day| day.to_string()));
                day.is_some()
            }
            _ => {
                let edge = period::read_edge(value);
                let side = if field == Field::Start { &mut self.start } else { &mut self.end };
                *side = side.or(edge);
                edge.is_some()
            }
        };
        if !read && value.len() < 60 {
            self.warn(WarningCode::UnreadableDate, line, Some(value.to_owned()));
        }
    }

    fn participants(&mut self, value: &str) {
        let count = participants(value);
        self.statement.planned_participants = self.statement.planned_participants.or(count);
    }

    fn amount(&mut self, kind: AmountKind, value: &str, line: u32) {
        match money::read(value) {
            // `9 mkr/år` is no amount of the whole project.
            Some(reading) if PER_YEAR.is_match(&value[reading.range.end..]) => {}
            Some(reading) => {
                let text = value[reading.range.clone()].to_owned();
                match reading.amount {
                    Ok(money) => self.add_amount(amounts::stated(kind, &money, &text, line)),
                    Err(_) => self.warn(WarningCode::ImplausibleAmount, line, Some(text)),
                }
                self.parts(&value[reading.range.end..], line);
            }
            None if value.len() < 60 => {
                self.warn(WarningCode::UnreadableAmount, line, Some(value.to_owned()));
            }
            None => {}
        }
    }

    /// `12 mkr, varav 6 mkr från ESF`: what follows the first amount says its own kind.
    fn parts(&mut self, rest: &str, line: u32) {
        let sentence = Sentence { line, text: rest.to_owned() };
        for amount in amounts::find(&[sentence]) {
            self.add_amount(amount);
        }
    }
}

/// A count, unless it is a range or nothing.
fn participants(value: &str) -> Option<u32> {
    let found = PARTICIPANTS.captures(value).filter(|found| found.name("range").is_none())?;
    number::digits(&found["count"]).filter(|count| *count > 0)
}

fn kind(field: Field) -> Option<AmountKind> {
    Some(match field {
        Field::Total => AmountKind::TotalBudget,
        Field::Granted => AmountKind::Granted,
        Field::Eu => AmountKind::EuSupport,
        Field::Applied => AmountKind::Applied,
        Field::CoFinancing => AmountKind::CoFinancing,
        Field::InKind => AmountKind::InKind,
        Field::Compensation => AmountKind::ParticipantCompensation,
        Field::Paid => AmountKind::Paid,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::labels::Form;
    use super::*;
    use crate::domain::statement::Statement;

    fn apply(values: &[(Field, &str)]) -> Statement {
        let mut draft = Draft::default();
        for (field, value) in values {
            draft.apply(&Labelled {
                field: *field,
                form: Form::Colon,
                label: "Gotlands roll i projektet".to_owned(),
                value: (*value).to_owned(),
                line: 7,
            });
        }
        draft.name("Nystart");
        draft.finish().unwrap_or_default()
    }

    #[test]
    fn an_impossible_amount_is_a_warning() {
        let statement = apply(&[(Field::Total, "1 333 300 miljoner kr")]);
        assert!(statement.amounts.is_empty());
        assert_eq!(statement.warnings[0].code, WarningCode::ImplausibleAmount);
        assert_eq!(statement.warnings[0].line, Some(7));
    }

    #[test]
    fn unreadable_values_are_warnings() {
        let statement = apply(&[(Field::Period, "tre år"), (Field::Granted, "ej klart")]);
        let codes: Vec<_> = statement.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, [WarningCode::UnreadableDate, WarningCode::UnreadableAmount]);
    }

    #[test]
    fn counted_partners_are_not_named() {
        let statement = apply(&[(Field::Partners, "11 samverkanspartners, Flens kommun")]);
        assert_eq!(statement.partners.len(), 1);
        assert_eq!(statement.warnings[0].code, WarningCode::UnnamedPartners);
    }

    #[test]
    fn a_role_names_the_owner() {
        let owner = apply(&[(Field::Role, "Projektägare genom socialförvaltningen")]).owner;
        assert_eq!(owner.and_then(|owner| owner.unit).as_deref(), Some("socialförvaltningen"));
    }

    #[test]
    fn parts_that_exceed_the_whole_are_a_warning() {
        let statement = apply(&[
            (Field::Total, "5 000 000 kr"),
            (Field::Granted, "4 000 000 kr"),
            (Field::CoFinancing, "3 000 000 kr"),
        ]);
        assert_eq!(statement.warnings[0].code, WarningCode::NotAddingUp);
    }

    #[test]
    fn codes_and_numbers_are_taken_from_their_text() {
        let statement = apply(&[
            (Field::Objective, "2.1 Stärka ställningen"),
            (Field::Number, "Dnr 2019/00163"),
            (Field::OwnerNumber, "212000-0143"),
            (Field::ParticipantsOrPartners, "ca 250 unga"),
        ]);
        assert_eq!(statement.specific_objective.as_deref(), Some("2.1"));
        assert_eq!(statement.project_number.as_deref(), Some("2019/00163"));
        assert_eq!(statement.planned_participants, Some(250));
        assert_eq!(statement.warnings[0].code, WarningCode::InvalidOrganisationNumber);
    }
}
