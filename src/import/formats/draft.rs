//! A statement while its document is being read.

use std::sync::LazyLock;

use regex::Regex;

use super::labels::Field;
use super::layout::Labelled;
use super::project_name;
use super::prose::{amounts, partners::Partners, results};
use crate::domain::orgnr::{InvalidNumber, OrganisationNumber};
use crate::domain::period::{self, Period};
use crate::domain::statement::{Amount, AmountKind, Party, Statement, Warning, WarningCode};
use crate::domain::written_date::{Edge, Precision};
use crate::domain::{money, names, number, party, pattern};

/// What has been read of one project so far. The first value of a field stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) statement: Statement,
    pub(super) period: Option<Period>,
    start: Option<Edge>,
    end: Option<Edge>,
    owner_number: Option<String>,
    /// Whether a label, and not only a sentence, names partners.
    pub(super) partners_labelled: bool,
}

static OBJECTIVE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|\s)(?P<code>\d{1,2}\.\d{1,2}|[A-F]\d?[A-Z]?\d?)(?:$|[\s.,:–-])"));
static AREA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[^.;]*\bomfattar kommunerna\b[^.]*(?:\.\s*|$)|[^.;]*?\bägs (?:dessutom |även )?av\s+")
});
static COUNTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:(?:ca|cirka) )?(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv)\s+\p{L}+"));
static PARTICIPANTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:ca\b\.?|cirka|c:a|minst|drygt|totalt|omkring|över|upp till|\s)*(?P<count>\d{1,3}(?:[ .]\d{3})+|\d+)(?P<range>\s*[-–]\s*\d)?")
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
            Field::ParticipantsOrPartners if PARTICIPANTS.is_match(value) => self.participants(value),
            Field::ParticipantsOrPartners if value.starts_with(char::is_uppercase) => self.partners(value, labelled.line),
            Field::Funder => self.funder(value),
            Field::Financing => self.financing(value, labelled.line),
            Field::Period | Field::Start | Field::End | Field::Decided => self.dates(labelled.field, value, labelled.line),
            Field::Participants => self.participants(value),
            Field::Objective => {
                let code = OBJECTIVE.captures(value).map(|found| found["code"].to_owned());
                self.statement.specific_objective = self.statement.specific_objective.take().or(code);
            }
            Field::Region if value.len() < 80 => {
                self.statement.region.get_or_insert_with(|| value.to_owned());
            }
            Field::Results => self.statement.results.extend(results::find(value, labelled.line)),
            field => {
                if let Some(kind) = kind(field) {
                    self.amount(kind, value, labelled.line);
                }
            }
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

    fn owner(&mut self, value: &str) {
        let together = [" tillsammans med ", " i samverkan med ", " i samarbete med "];
        let (owner, others) = together
            .iter()
            .find_map(|words| value.split_once(words))
            .map_or((value, None), |(owner, others)| (owner, Some(others)));
        self.statement.owner = self.statement.owner.take().or_else(|| party::read(owner));
        if let Some(others) = others {
            self.add_partners(&names::split_list(others));
        }
    }

    fn owner_number(&mut self, value: &str, line: u32) {
        match OrganisationNumber::parse(value) {
            Ok(number) => {
                self.owner_number.get_or_insert_with(|| number.digits().to_owned());
            }
            Err(InvalidNumber::CheckDigit) => self.warn(WarningCode::InvalidOrganisationNumber, line, None),
            Err(InvalidNumber::Form | InvalidNumber::Personal) => {}
        }
    }

    /// `Stockholms roll i projektet: Projektägare genom arbetsmarknadsförvaltningen`
    fn role(&mut self, label: &str, value: &str) {
        let folded = value.to_lowercase();
        let whose = label.split(" roll").next().unwrap_or_default();
        let general = whose.to_lowercase();
        if !(folded.starts_with("projektägare") || folded.starts_with("ägare")) || general.ends_with("ens") {
            return;
        }
        let unit = value.split_once(" genom ").map(|(_, unit)| unit.trim().trim_end_matches('.').to_owned());
        let name = if whose.contains(' ') { names::without_genitive(whose).to_owned() } else { format!("{whose} kommun") };
        self.statement.owner.get_or_insert(Party { name, unit, number: None });
    }

    fn partners(&mut self, value: &str, line: u32) {
        let named = AREA.replace_all(value, "");
        if named.len() < value.len() {
            self.warn(WarningCode::UnnamedPartners, line, None);
        }
        let (counted, listed): (Vec<String>, Vec<String>) =
            names::split_list(&named).into_iter().partition(|name| COUNTED.is_match(name));
        if !counted.is_empty() {
            self.warn(WarningCode::UnnamedPartners, line, counted.first().cloned());
        }
        self.partners_labelled |= !listed.is_empty();
        self.add_partners(&listed);
    }

    fn add_partners(&mut self, names: &[String]) {
        for name in names.iter().filter(|name| name.len() < 160) {
            self.add_partner(party::single(name));
        }
    }

    /// Adds a partner once.
    pub(super) fn add_partner(&mut self, partner: Party) {
        let known = |other: &Party| party::same(other, &partner) && other.unit.is_some() == partner.unit.is_some();
        if !self.statement.partners.iter().any(known) {
            self.statement.partners.push(partner);
        }
    }

    /// Adds the partners of running text, unless a label names them.
    pub(super) fn prose_partners(&mut self, found: &Partners) {
        if self.partners_labelled {
            return;
        }
        for name in &found.names {
            self.add_partner(party::single(name));
        }
        if let Some(line) = found.unnamed {
            self.warn(WarningCode::UnnamedPartners, line, None);
        }
    }

    fn funder(&mut self, value: &str) {
        if value.len() > 200 {
            return;
        }
        for part in value.split([';', ',']).flat_map(|part| part.split(" och ")) {
            self.add_funder(&canonical_funder(part));
        }
    }

    /// Adds a funder once.
    pub(super) fn add_funder(&mut self, funder: &str) {
        let known = self.statement.funders.iter().any(|known| names::fold(known) == names::fold(funder));
        if !known && !funder.is_empty() {
            self.statement.funders.push(funder.to_owned());
        }
    }

    /// A label that some use for who pays and others for how much.
    fn financing(&mut self, value: &str, line: u32) {
        let sentence = super::prose::Sentence { line, text: value.to_owned() };
        let found = amounts::find(&[sentence]);
        if found.is_empty() && money::find_all(value).is_empty() {
            self.funder(value);
        }
        for amount in found {
            self.add_amount(amount);
        }
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
                self.statement.decided_on = self.statement.decided_on.take().or(day.map(|day| day.to_string()));
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
        let found = PARTICIPANTS.captures(value).filter(|found| found.name("range").is_none());
        let count = found.and_then(|found| number::digits(&found["count"])).filter(|count| *count > 0);
        self.statement.planned_participants = self.statement.planned_participants.or(count);
    }

    fn amount(&mut self, kind: AmountKind, value: &str, line: u32) {
        match money::read(value) {
            Some(reading) => {
                let text = value[reading.range.clone()].to_owned();
                match reading.amount {
                    Ok(money) => self.add_amount(amounts::stated(kind, &money, &text, line)),
                    Err(_) => self.warn(WarningCode::ImplausibleAmount, line, Some(text)),
                }
                self.parts(&value[reading.range.end..], line);
            }
            None if value.len() < 60 => self.warn(WarningCode::UnreadableAmount, line, Some(value.to_owned())),
            None => {}
        }
    }

    /// `12 mkr, varav 6 mkr från ESF`: what follows the first amount says its own kind.
    fn parts(&mut self, rest: &str, line: u32) {
        let sentence = super::prose::Sentence { line, text: rest.to_owned() };
        for amount in amounts::find(&[sentence]) {
            self.add_amount(amount);
        }
    }

    /// Adds an amount, unless one of its kind and currency is known.
    pub(super) fn add_amount(&mut self, amount: Amount) {
        let known = |other: &Amount| other.kind == amount.kind && other.currency == amount.currency;
        if !self.statement.amounts.iter().any(known) {
            self.statement.amounts.push(amount);
        }
    }

    /// Takes a period of running text where no label has one, or where it is more exact and agrees.
    pub(super) fn prose_period(&mut self, found: Option<Period>) {
        let labelled = self.whole_period();
        self.period = match (labelled, found) {
            (Some(labelled), Some(found)) if refines(found, labelled) => Some(found),
            (None, found) => found,
            (labelled, _) => labelled,
        };
        if self.period.is_some() {
            (self.start, self.end) = (None, None);
        }
    }

    fn whole_period(&self) -> Option<Period> {
        let edges = || Period::new(self.start, self.end).or_else(|| Period::new(self.start, None));
        self.period.or_else(edges)
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, code: WarningCode, line: u32, text: Option<String>) {
        self.statement.warnings.push(Warning { code, line: Some(line), text });
    }

    /// The statement, the owner taken from among the partners.
    pub(super) fn finish(mut self) -> Option<Statement> {
        self.statement.period = self.whole_period().map(|period| period.to_string());
        if let (Some(owner), Some(number)) = (&mut self.statement.owner, self.owner_number.take()) {
            owner.number = Some(number);
        }
        if let Some(owner) = self.statement.owner.clone() {
            self.statement.partners.retain(|partner| !party::same(partner, &owner));
        }
        self.statement.warn_of_parts();
        let named = self.statement.name.is_some() || self.statement.project_number.is_some();
        named.then_some(self.statement)
    }
}

fn refines(found: Period, labelled: Period) -> bool {
    let (Some(start), Some(end)) = (labelled.start, labelled.end) else { return false };
    let (Some(first), Some(last)) = (found.start, found.end) else { return false };
    first.precision() > start.precision()
        && (start.first_day()..=start.last_day()).contains(&first.first_day())
        && (end.first_day()..=end.last_day()).contains(&last.last_day())
}

/// The name that a fund is known by.
pub(super) fn canonical_funder(text: &str) -> String {
    let name = text.trim().trim_matches(|c: char| ".:*".contains(c) || c.is_whitespace());
    let folded = name.to_lowercase();
    if folded.contains("esf+") || folded.contains("socialfonden+") || folded.contains("socialfonden plus") {
        "Europeiska socialfonden+".to_owned()
    } else if folded.contains("socialfond") || folded == "esf" || folded.contains("esf-rådet") {
        "Europeiska socialfonden".to_owned()
    } else {
        name.to_owned()
    }
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
