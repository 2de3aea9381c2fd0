//! What the sources say of each field of a project, which value is chosen, and why.
//!
//! The rule of choice, in this order: what an operator decided, the rank of the source, the precision of the value, the
//! date of the source.

use std::cmp::Reverse;

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use super::catalogue::catalogue;
use super::field::Field;
use super::names::fold;
use super::number;
use super::period::Period;
use super::statement::{Amount, Statement};
use super::written_date::{Edge, Precision};

/// A value, in a form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words.
    Text(String),
    /// A day, month or year.
    Date(Edge),
    /// An amount in minor units, and half the unit it was rounded to.
    Money {
        /// ISO 4217 code.
        currency: String,
        /// The amount in minor units.
        minor: i64,
        /// Half the unit it was rounded to, in minor units.
        uncertainty: i64,
    },
    /// A number.
    Count(u32),
    /// A county by its code, where the words mean exactly one, and the words.
    Place(Option<String>, String),
    /// A legal entity and its name.
    Organisation(Uuid, String),
}

/// A statement and what is known of the source it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The statement's id.
    pub id: Uuid,
    /// How much the source counts, 0 most: see [`rank`].
    pub rank: u8,
    /// When the source was published, or else obtained.
    pub dated: NaiveDate,
    /// The order in which it was recorded.
    pub recorded: &'a [u8],
    /// What it says.
    pub statement: &'a Statement,
    /// The owner's legal entity, as resolved, and its name.
    pub owner: Option<(Uuid, &'a str)>,
    /// The fields of which an operator chose what it says, each with the number of the decision.
    pub decided: &'a [(Field, i64)],
}

/// One source's value for a field.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The value.
    pub value: Value,
    /// Whether it is the one that the graph shows.
    pub chosen: bool,
    /// Why it was chosen; none where it was not.
    pub reason: Option<Reason>,
    /// The statement that makes the claim.
    pub statement: Uuid,
    /// The number of the decision for it, if there is one; the last one counts.
    decided: Option<i64>,
    rank: u8,
    dated: NaiveDate,
    recorded: Vec<u8>,
}

/// Why a value was chosen among several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An operator decided so.
    Decided,
    /// Its source ranks highest.
    SourceRank,
    /// Among equals it is the most precise.
    Precision,
    /// Among equals it is the newest: published last, or else recorded last.
    Recency,
    /// No other source says anything else.
    OnlyClaim,
}

/// What all sources say of one field.
#[derive(Clone, Debug)]
pub struct FieldClaims {
    /// The field.
    pub field: Field,
    /// The claims, the chosen one first.
    pub claims: Vec<Claim>,
    /// Whether they differ by more than their precision.
    pub conflict: bool,
}

impl FieldClaims {
    /// The chosen claim.
    #[must_use]
    pub fn chosen(&self) -> Option<&Claim> {
        self.claims.first()
    }
}

/// How much a format's sources count, 0 most: the fund's register, the owner's own record, a partnership's list, press.
#[must_use]
pub fn rank(format: &str) -> u8 {
    match format {
        "project-bank" | "esf-export" | "tillvaxtverket" | "list-of-operations" | "360giving" | "kohesio" => {
            0
        }
        "board-annex" | "fact-page" => 1,
        "decision-list" => 2,
        "press-release" => 4,
        _ => 3,
    }
}

/// Sorts what the sources say by field and chooses a value for each.
#[must_use]
pub fn claims(said: &[Said<'_>]) -> Vec<FieldClaims> {
    let mut fields: Vec<(Field, Vec<Claim>)> = Vec::new();
    for said in said {
        for (field, value) in values(said) {
            let claim = Claim {
                value,
                chosen: false,
                reason: None,
                statement: said.id,
                decided: said.decided.iter().filter(|(f, _)| *f == field).map(|(_, number)| *number).max(),
                rank: said.rank,
                dated: said.dated,
                recorded: said.recorded.to_vec(),
            };
            let same = |(f, claims): &&mut (Field, Vec<Claim>)| {
                *f == field && comparable(&claims[0].value, &claim.value)
            };
            match fields.iter_mut().find(same) {
                // A document that repeats itself says it once.
                Some((_, claims)) if claims.iter().any(|c| c.statement == said.id) => {}
                Some((_, claims)) => claims.push(claim),
                None => fields.push((field, vec![claim])),
            }
        }
    }
    fields.sort_by_key(|(field, _)| *field);
    fields.into_iter().map(|(field, claims)| choose(field, claims)).collect()
}

fn choose(field: Field, mut claims: Vec<Claim>) -> FieldClaims {
    claims.sort_by_cached_key(|c| {
        let recency = (Reverse(c.dated), Reverse(c.recorded.clone()));
        (Reverse(c.decided), c.rank, coarseness(&c.value), recency, c.statement)
    });
    let other = claims.iter().skip(1).find(|c| !agree(&c.value, &claims[0].value));
    let conflict =
        claims.iter().enumerate().any(|(at, a)| claims[at + 1..].iter().any(|b| !agree(&a.value, &b.value)));
    let reason = match other {
        _ if claims[0].decided.is_some() => Reason::Decided,
        None => Reason::OnlyClaim,
        Some(other) if other.rank > claims[0].rank => Reason::SourceRank,
        Some(other) if coarseness(&other.value) > coarseness(&claims[0].value) => Reason::Precision,
        Some(_) => Reason::Recency,
    };
    if let Some(first) = claims.first_mut() {
        first.chosen = true;
        first.reason = Some(reason);
    }
    FieldClaims { field, claims, conflict }
}

/// Amounts of different currencies stand beside each other; they neither compete nor conflict.
fn comparable(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Money { currency: a, .. }, Value::Money { currency: b, .. }) => a == b,
        _ => true,
    }
}

/// Whether two values say the same, as far as their precision goes.
#[must_use]
pub fn agree(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Date(a), Value::Date(b)) => a.first_day() <= b.last_day() && b.first_day() <= a.last_day(),
        (Value::Money { minor: a, uncertainty: ua, .. }, Value::Money { minor: b, uncertainty: ub, .. }) => {
            a.abs_diff(*b) <= ua.unsigned_abs().saturating_add(ub.unsigned_abs())
        }
        (Value::Count(a), Value::Count(b)) => a == b,
        (Value::Place(Some(a), _), Value::Place(Some(b), _)) => a == b,
        (Value::Text(a), Value::Text(b)) | (Value::Place(_, a), Value::Place(_, b)) => fold(a) == fold(b),
        (Value::Organisation(a, _), Value::Organisation(b, _)) => a == b,
        _ => false,
    }
}

/// The larger, the less precise.
fn coarseness(value: &Value) -> i64 {
    match value {
        Value::Money { uncertainty, .. } => *uncertainty,
        Value::Date(edge) => match edge.precision() {
            Precision::Day => 0,
            Precision::Month => 1,
            Precision::Year => 2,
        },
        _ => 0,
    }
}

fn values(said: &Said<'_>) -> Vec<(Field, Value)> {
    let statement = said.statement;
    let mut values = Vec::new();
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    let period = statement.period.as_deref().and_then(|p| p.parse::<Period>().ok()).unwrap_or_default();
    let number = statement.project_number.as_deref();
    let number = number.map(|n| number::normalise(n).map_or_else(|| n.to_owned(), |n| n.key));
    let fields = [
        (Field::Name, text(&statement.name)),
        (Field::Number, number.map(Value::Text)),
        (Field::PeriodStart, period.start.map(Value::Date)),
        (Field::PeriodEnd, period.end.map(Value::Date)),
        (Field::Owner, said.owner.map(|(id, name)| Value::Organisation(id, name.to_owned()))),
        (Field::PlannedParticipants, statement.planned_participants.map(Value::Count)),
        (Field::SpecificObjective, text(&statement.specific_objective)),
        (Field::Region, statement.region.clone().map(place)),
        (
            Field::DecidedOn,
            statement.decided_on.as_deref().and_then(|d| d.parse::<Edge>().ok()).map(Value::Date),
        ),
    ];
    values.extend(fields.into_iter().filter_map(|(field, value)| Some((field, value?))));
    values.extend(statement.amounts.iter().filter_map(|a| Some((Field::Amount(a.kind), money(a)?))));
    values
}

fn place(words: String) -> Value {
    Value::Place(catalogue().region_by_name(&words).map(|region| region.code.clone()), words)
}

/// An amount in minor units; none where it is no number or too large to be one.
#[must_use]
pub fn money(amount: &Amount) -> Option<Value> {
    Some(Value::Money {
        currency: amount.currency.clone(),
        minor: minor(&amount.value)?,
        // A whole unit is exact: nobody rounds to it.
        uncertainty: match minor(&amount.precision)? {
            ..=100 => 0,
            precision => precision / 2,
        },
    })
}

fn minor(text: &str) -> Option<i64> {
    let value: rust_decimal::Decimal = text.parse().ok()?;
    value.checked_mul(100.into())?.round().to_i64()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::statement::AmountKind;

    fn amount(value: &str, precision: &str) -> Amount {
        Amount {
            kind: AmountKind::TotalBudget,
            value: value.to_owned(),
            currency: "SEK".to_owned(),
            precision: precision.to_owned(),
            text: String::new(),
            line: 1,
        }
    }

    fn budget(value: &str, precision: &str) -> Statement {
        Statement { amounts: vec![amount(value, precision)], ..Statement::default() }
    }

    fn said(statement: &Statement, id: u128, rank: u8, year: i32) -> Said<'_> {
        let dated = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        Said { id: Uuid::from_u128(id), rank, dated, recorded: &[], statement, owner: None, decided: &[] }
    }

    #[test]
    fn a_rounded_amount_agrees_with_the_exact_one() {
        let (rounded, exact) = (budget("24200000", "100000"), budget("24197810", "1"));
        let found = &claims(&[said(&rounded, 1, 1, 2023), said(&exact, 2, 0, 2021)])[0];
        assert!(!found.conflict);
        assert_eq!(
            (found.claims[0].statement, found.claims[0].reason),
            (Uuid::from_u128(2), Some(Reason::OnlyClaim))
        );
    }

    #[test]
    fn the_rank_of_the_source_goes_before_precision_and_precision_before_date() {
        let (a, b) = (budget("38600000", "100000"), budget("33735420", "1"));
        let reason = |first: Said<'_>, second: Said<'_>| {
            let found = claims(&[first, second]);
            (found[0].conflict, found[0].claims[0].statement.as_u128(), found[0].claims[0].reason)
        };
        assert_eq!(reason(said(&a, 1, 0, 2019), said(&b, 2, 1, 2022)), (true, 1, Some(Reason::SourceRank)));
        assert_eq!(reason(said(&a, 1, 1, 2022), said(&b, 2, 1, 2019)), (true, 2, Some(Reason::Precision)));
        let c = budget("30000000", "1");
        assert_eq!(reason(said(&b, 1, 1, 2019), said(&c, 2, 1, 2022)), (true, 2, Some(Reason::Recency)));
    }

    #[test]
    fn of_two_editions_of_one_day_the_one_recorded_last_is_chosen() {
        let (old, new) = (budget("100", "1"), budget("200", "1"));
        for (old_id, new_id) in [(1, 2), (2, 1)] {
            let old = Said { recorded: &[1], ..said(&old, old_id, 0, 2020) };
            let new = Said { recorded: &[2], ..said(&new, new_id, 0, 2020) };
            let found = claims(&[old, new]);
            assert_eq!(found[0].claims[0].statement.as_u128(), new_id);
            assert_eq!(found[0].claims[0].reason, Some(Reason::Recency));
        }
    }

    #[test]
    fn what_an_operator_decided_goes_before_all_and_the_last_decision_counts() {
        let (low, high) = (budget("100", "1"), budget("200", "1"));
        let field = Field::Amount(AmountKind::TotalBudget);
        let press = Said { decided: &[(field, 7)], ..said(&low, 1, 4, 2020) };
        let chosen = |all: &[Said<'_>]| {
            let first = claims(all)[0].claims[0].clone();
            (first.statement.as_u128(), first.reason)
        };
        assert_eq!(chosen(&[press, said(&high, 2, 0, 2021)]), (1, Some(Reason::Decided)));
        let register = Said { decided: &[(field, 8)], ..said(&high, 2, 0, 2021) };
        assert_eq!(chosen(&[press, register]), (2, Some(Reason::Decided)));
    }

    #[test]
    fn a_county_in_other_words_is_no_conflict() {
        let at = |region: &str| Statement { region: Some(region.to_owned()), ..Statement::default() };
        let (short, long, other) = (at("Stockholm"), at("Stockholms län"), at("Västsverige"));
        assert!(!claims(&[said(&short, 1, 0, 2020), said(&long, 2, 0, 2020)])[0].conflict);
        assert!(claims(&[said(&short, 1, 0, 2020), said(&other, 2, 0, 2020)])[0].conflict);
    }

    #[test]
    fn currencies_stand_beside_each_other() {
        let (kronor, mut euro) = (budget("100", "1"), budget("9", "1"));
        "EUR".clone_into(&mut euro.amounts[0].currency);
        let found = claims(&[said(&kronor, 1, 0, 2020), said(&euro, 2, 0, 2020)]);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|field| !field.conflict && field.claims[0].chosen));
    }

    #[test]
    fn a_month_agrees_with_a_day_in_it() {
        let period = |text: &str| Statement { period: Some(text.to_owned()), ..Statement::default() };
        let (month, day) = (period("2019-08/2022-06"), period("2019-08-15/2022-06-30"));
        let found = claims(&[said(&month, 1, 1, 2020), said(&day, 2, 1, 2020)]);
        assert!(found.iter().all(|field| !field.conflict && field.claims[0].statement.as_u128() == 2));
    }

    proptest! {
        #[test]
        fn the_choice_does_not_depend_on_the_order(
            values in prop::collection::vec((1_u32..50, 0_u8..5, 2000_i32..2030), 1..8),
        ) {
            let statements: Vec<Statement> =
                values.iter().map(|(value, _, _)| budget(&(value * 1000).to_string(), "1000")).collect();
            let mut all: Vec<Said<'_>> = statements.iter().zip(&values).enumerate()
                .map(|(at, (statement, (_, rank, year)))| said(statement, at as u128, *rank, *year)).collect();
            let chosen = |all: &[Said<'_>]| claims(all)[0].claims.iter().map(|c| c.statement).collect::<Vec<_>>();
            let forwards = chosen(&all);
            all.reverse();
            prop_assert_eq!(forwards, chosen(&all));
        }

        #[test]
        fn agreement_goes_both_ways(a in 0_i64..1_000_000, b in 0_i64..1_000_000, ua in 0_i64..1000, ub in 0_i64..1000) {
            let money = |minor, uncertainty| Value::Money { currency: "SEK".to_owned(), minor, uncertainty };
            prop_assert_eq!(agree(&money(a, ua), &money(b, ub)), agree(&money(b, ub), &money(a, ua)));
            prop_assert!(agree(&money(a, ua), &money(a, ub)));
        }
    }
}
