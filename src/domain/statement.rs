//! What one source says of one project: the unit of record, and the exchange format.
//!
//! Statements are kept for ever; projects, organisations and funders are derived from them.
//! As JSON Lines they are what `samverkan extract` prints and what a partner may deliver.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contact;

/// The JSON Schema of a statement, for those who deliver some.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Statement).to_value()
}

/// What one source says of one project. What it does not say is `None` or empty, never a guess.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    /// File name of the document, without its folder.
    pub document: String,
    /// Line in the document, from 1, where the project is first named.
    pub line: u32,
    /// The project's name as the document writes it.
    pub name: Option<String>,
    /// The funder's case number (diarienummer) as written, such as `2017/00162`.
    pub project_number: Option<String>,
    /// Who owns the project, or applied for it.
    pub owner: Option<Party>,
    /// The unit that carries it out (ansvarig avdelning).
    pub responsible_unit: Option<String>,
    /// The organisations that are named as taking part, the owner left out.
    #[serde(default)]
    pub partners: Vec<Party>,
    /// Who pays, by the names the document uses.
    #[serde(default)]
    pub funders: Vec<String>,
    /// Every amount of money that the document states for the project.
    #[serde(default)]
    pub amounts: Vec<Amount>,
    /// When it runs, as an EDTF interval (ISO 8601-2) such as `2023-09/2026-08`; `2009-09-01/` where the end is not said.
    pub period: Option<String>,
    /// How many participants the project planned for.
    pub planned_participants: Option<u32>,
    /// Specific objective of the fund's programme, such as `2.1` or `A2A`.
    pub specific_objective: Option<String>,
    /// Region as the document writes it.
    pub region: Option<String>,
    /// Day of the decision to fund it, `YYYY-MM-DD`.
    pub decided_on: Option<String>,
    /// Results that the document publishes.
    #[serde(default)]
    pub results: Vec<ReportedFigure>,
    /// What could not be read, or reads strangely.
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

/// An organisation as a source names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Party {
    /// Name of the organisation, or of the unit where only that is named.
    pub name: String,
    /// The unit within it that the source names besides.
    pub unit: Option<String>,
    /// Organisationsnummer where the source gives it, ten digits.
    pub number: Option<String>,
}

/// An amount of money with its meaning and how exactly it was stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Amount {
    /// What the amount is.
    pub kind: AmountKind,
    /// The amount in whole units of the currency, as an exact decimal such as `68900000` or `12.50`.
    pub value: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The unit that the source rounded to: `100000` for `68,9 mkr`, `1` for `1 618 426 kr`.
    pub precision: String,
    /// The amount as the source writes it.
    pub text: String,
    /// Its line in the document, from 1.
    pub line: u32,
}

/// What an amount of money is. Amounts of different kinds are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AmountKind {
    /// The whole budget of the project.
    TotalBudget,
    /// What was applied for, whether or not it was granted.
    Applied,
    /// What the fund granted, national co-financing included.
    Granted,
    /// What the European Union pays.
    EuSupport,
    /// What the owner or its partners pay themselves, in money.
    CoFinancing,
    /// What they contribute in work or premises.
    InKind,
    /// Benefits paid to participants, counted as co-financing.
    ParticipantCompensation,
    /// What has been paid out.
    Paid,
}

/// A figure of results that a source has published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedFigure {
    /// What is counted: `participants`, `mentors`, `completed`, `employment`, `studies`, `employment_or_studies`.
    pub measure: String,
    /// `women`, `men`, or none where the source does not say.
    pub sex: Option<String>,
    /// How many.
    pub value: u32,
    /// Its line in the document, from 1.
    pub line: u32,
}

/// Something in the document that was left out or that deserves a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// What kind of trouble.
    pub code: WarningCode,
    /// Its line in the document, from 1.
    pub line: Option<u32>,
    /// The words in question; never a person's details.
    pub text: Option<String>,
}

/// Kinds of trouble that a reader meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WarningCode {
    /// An amount no labour-market project can have, such as `1 222 200 miljoner kr`; it is not stored as a value.
    ImplausibleAmount,
    /// Two dates in one document that cannot both be right.
    ContradictingDates,
    /// A label that no vocabulary knows.
    UnknownLabel,
    /// A date label whose value could not be read.
    UnreadableDate,
    /// An amount label whose value could not be read.
    UnreadableAmount,
    /// Stated parts that exceed the stated whole.
    NotAddingUp,
    /// An organisationsnummer whose check digit is wrong.
    InvalidOrganisationNumber,
    /// Partners that are counted or described but not named, such as `11 samverkanspartners`.
    UnnamedPartners,
    /// Names, e-mails or phone numbers of contact persons, which were left out.
    PersonalDetailsLeftOut,
}

impl Statement {
    /// Leaves out what holds an e-mail address or a telephone number: no person's details go further.
    pub(crate) fn leave_out_contacts(&mut self) {
        let clean = |text: &String| !contact::is_in(text);
        let clean_party = |party: &Party| clean(&party.name) && party.unit.as_ref().is_none_or(clean);
        self.name = self.name.take().filter(clean);
        self.project_number = self.project_number.take().filter(clean);
        self.owner = self.owner.take().filter(clean_party);
        self.responsible_unit = self.responsible_unit.take().filter(clean);
        self.region = self.region.take().filter(clean);
        self.partners.retain(clean_party);
        self.funders.retain(clean);
        for warning in &mut self.warnings {
            warning.text = warning.text.take().filter(clean);
        }
    }

    /// Warns where what the European Union pays exceeds the whole.
    pub(crate) fn warn_of_support(&mut self, line: u32) {
        let value = |amount: &Amount| amount.value.parse::<Decimal>().ok();
        let of = |kind: AmountKind| self.amounts.iter().filter(move |amount| amount.kind == kind);
        let exceeds = of(AmountKind::EuSupport).any(|part| {
            let mut wholes = of(AmountKind::TotalBudget).filter(|whole| whole.currency == part.currency);
            wholes.any(|whole| value(part) > value(whole))
        });
        if exceeds {
            self.warnings.push(Warning { code: WarningCode::NotAddingUp, line: Some(line), text: None });
        }
    }

    /// Warns where the stated parts of the financing exceed the stated whole.
    pub(crate) fn warn_of_parts(&mut self) {
        let value = |kind: AmountKind| {
            let found = self.amounts.iter().find(|amount| amount.kind == kind && amount.currency == "SEK");
            found.and_then(|amount| {
                Some((
                    amount.value.parse::<Decimal>().ok()?,
                    amount.precision.parse::<Decimal>().ok()?,
                    amount.line,
                ))
            })
        };
        let Some((whole, precision, line)) = value(AmountKind::TotalBudget) else {
            return;
        };
        let parts = [AmountKind::Granted, AmountKind::CoFinancing].map(value);
        let sum: Decimal = parts.iter().flatten().map(|(amount, _, _)| *amount).sum();
        let blur: Decimal = parts.iter().flatten().map(|(_, blur, _)| *blur).sum();
        if sum > whole + precision + blur {
            self.warnings.push(Warning { code: WarningCode::NotAddingUp, line: Some(line), text: None });
        }
    }
}
