//! Projects that may be one, without proof: for an operator to decide.
//!
//! What proves two projects to be two, as different numbers of one series or two rows of one register, leaves no question.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::names::fold;
use super::series;

/// How alike two names must be to raise the question, in hundredths.
const ALIKE: u32 = 85;
/// How much must speak for it, in hundredths.
const ENOUGH: u32 = 60;

/// What tells a project from others.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Every name it is known by.
    pub names: Vec<String>,
    /// Every number: its series and the number as it is compared.
    pub numbers: Vec<(String, String)>,
    /// The owner's legal entity.
    pub owner: Option<Uuid>,
    /// First and last day, as far as they are known.
    pub period: (Option<NaiveDate>, Option<NaiveDate>),
    /// The registers that it is a row of.
    pub registers: Vec<Uuid>,
}

/// That two projects may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// How much speaks for it, in hundredths.
    pub score: u32,
    /// What speaks for it.
    pub reasons_for: Vec<String>,
    /// What speaks against it.
    pub reasons_against: Vec<String>,
}

/// Whether two projects may be one.
#[must_use]
pub fn compare(one: &Profile, other: &Profile) -> Option<Candidate> {
    if are_two(one, other) {
        return None;
    }
    let (name_score, name_reason) = names(one, other)?;
    let mut candidate =
        Candidate { score: name_score / 2, reasons_for: vec![name_reason], reasons_against: Vec::new() };
    match (one.owner, other.owner) {
        (Some(a), Some(b)) if a == b => candidate.speaks_for(30, "the same owner"),
        (Some(_), Some(_)) => candidate.reasons_against.push("another owner".to_owned()),
        _ => candidate.score += 10,
    }
    match overlap(one.period, other.period) {
        Some(true) => candidate.speaks_for(20, "overlapping periods"),
        Some(false) => candidate.reasons_against.push("periods apart".to_owned()),
        None => candidate.score += 10,
    }
    if !one.numbers.is_empty() && !other.numbers.is_empty() {
        candidate.reasons_against.push("numbers of different series".to_owned());
    }
    (candidate.score >= ENOUGH).then_some(candidate)
}

impl Candidate {
    fn speaks_for(&mut self, score: u32, reason: &str) {
        self.score += score;
        self.reasons_for.push(reason.to_owned());
    }
}

/// Whether two projects are proven to be two.
fn are_two(one: &Profile, other: &Profile) -> bool {
    let apart = |(series, number): &(String, String)| {
        let mut of_series = other.numbers.iter().filter(|(s, _)| s == series).peekable();
        of_series.peek().is_some() && of_series.all(|(_, n)| n != number)
    };
    one.numbers.iter().any(apart) || one.registers.iter().any(|register| other.registers.contains(register))
}

/// How alike the names are, at best, in hundredths.
fn names(one: &Profile, other: &Profile) -> Option<(u32, String)> {
    let folded =
        |profile: &Profile| profile.names.iter().map(|name| fold(name)).collect::<BTreeSet<String>>();
    let (one, other) = (folded(one), folded(other));
    if one.iter().any(|name| other.contains(name)) {
        return Some((100, "the same name".to_owned()));
    }
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    let best = pairs.filter(|(a, b)| !continues(a, b)).map(|(a, b)| similarity(a, b)).max()?;
    (best >= ALIKE).then(|| (best, format!("names alike to {best} %")))
}

/// Whether one name is that of a project that continues the other: what differs is a number, or a word that says so.
fn continues(one: &str, other: &str) -> bool {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let follows = |a: &str, b: &str| series::before(a).iter().any(|before| series::own(b).contains(before));
    digits(one) != digits(other) || follows(one, other) || follows(other, one)
}

/// How alike two texts are, in hundredths; blanks do not count.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn similarity(one: &str, other: &str) -> u32 {
    let close = |text: &str| text.replace(' ', "");
    (strsim::normalized_levenshtein(&close(one), &close(other)) * 100.0) as u32
}

/// Whether two periods have a day in common, as far as that can be told.
fn overlap(
    one: (Option<NaiveDate>, Option<NaiveDate>),
    other: (Option<NaiveDate>, Option<NaiveDate>),
) -> Option<bool> {
    let before =
        |end: Option<NaiveDate>, start: Option<NaiveDate>| end.zip(start).map(|(end, start)| end < start);
    match (before(one.1, other.0), before(other.1, one.0)) {
        (Some(true), _) | (_, Some(true)) => Some(false),
        (Some(false), Some(false)) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 1)
    }

    fn project(name: &str, owner: u128, years: (i32, i32)) -> Profile {
        Profile {
            names: vec![name.to_owned()],
            owner: (owner > 0).then(|| Uuid::from_u128(owner)),
            period: (day(years.0), day(years.1)),
            ..Profile::default()
        }
    }

    #[test]
    fn alike_names_of_one_owner_raise_the_question() {
        let one = project("Jobbvägen", 1, (2018, 2020));
        let other = project("Jobb-vägen", 1, (2019, 2021));
        let candidate = compare(&one, &other).unwrap();
        assert_eq!((candidate.score, candidate.reasons_against.len()), (100, 0));
        assert_eq!(candidate.reasons_for, ["names alike to 100 %", "the same owner", "overlapping periods"]);
        assert!(compare(&one, &project("Vägvisaren", 1, (2018, 2020))).is_none());
    }

    #[test]
    fn the_same_name_elsewhere_and_at_another_time_does_not() {
        let one = project("Min framtid", 1, (2018, 2022));
        assert!(compare(&one, &project("Min framtid", 2, (2023, 2026))).is_none());
        assert_eq!(compare(&one, &project("Min framtid", 0, (2020, 2021))).map(|c| c.score), Some(80));
    }

    #[test]
    fn what_is_proven_to_be_two_is_no_question() {
        let numbered = |number: &str| Profile {
            numbers: vec![("ESF".to_owned(), number.to_owned())],
            ..project("Nystart", 1, (2018, 2020))
        };
        assert!(compare(&numbered("2018/00001"), &numbered("2018/00002")).is_none());
        let row = |register: u128| Profile {
            registers: vec![Uuid::from_u128(register)],
            ..project("Nystart", 1, (2018, 2020))
        };
        assert!(compare(&row(1), &row(1)).is_none());
        assert!(compare(&row(1), &row(2)).is_some());
    }

    #[test]
    fn what_continues_another_is_no_duplicate() {
        for (before, after) in
            [("MIA", "MIA Vidare"), ("Care for Ukrainian Refugees", "Care for Ukrainian Refugees 2")]
        {
            assert!(compare(&project(before, 1, (2018, 2020)), &project(after, 1, (2019, 2022))).is_none());
        }
    }
}
