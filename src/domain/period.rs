//! Periods of time as documents write them, kept as EDTF intervals (ISO 8601-2).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use thiserror::Error;

use super::pattern;
use super::written_date::{self, Edge, NoDate, Written};

/// When something runs. An end that is not said is unknown, not open for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// When it starts.
    pub start: Option<Edge>,
    /// When it ends, that day, month or year included.
    pub end: Option<Edge>,
}

/// Why a text is no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidPeriod {
    /// Not of the form `start/end`.
    #[error("a period is written start/end")]
    Form,
    /// One of the sides is no date.
    #[error(transparent)]
    Date(#[from] NoDate),
    /// It ends before it starts.
    #[error("the period ends before it starts")]
    Backwards,
}

impl Period {
    /// A period, unless it ends before it starts or has no date at all.
    #[must_use]
    pub fn new(start: Option<Edge>, end: Option<Edge>) -> Option<Self> {
        let known = start.is_some() || end.is_some();
        let forwards = match (start, end) {
            (Some(start), Some(end)) => start.first_day() <= end.last_day(),
            _ => true,
        };
        (known && forwards).then_some(Self { start, end })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(start) = self.start {
            write!(out, "{start}")?;
        }
        out.write_str("/")?;
        if let Some(end) = self.end {
            write!(out, "{end}")?;
        }
        Ok(())
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let (start, end) = text.split_once('/').ok_or(InvalidPeriod::Form)?;
        let side = |text: &str| match text {
            "" | ".." => Ok(None),
            date => date.parse::<Edge>().map(Some),
        };
        let (start, end) = (side(start)?, side(end)?);
        if start.is_none() && end.is_none() {
            return Err(InvalidPeriod::Form);
        }
        Self::new(start, end).ok_or(InvalidPeriod::Backwards)
    }
}

/// A period or a single date found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The first date.
    pub first: Written,
    /// The second, where two are joined by a dash or `till`.
    pub second: Option<Written>,
    /// Where the first starts, in bytes.
    pub from: usize,
    /// Where the last ends, in bytes.
    pub to: usize,
}

impl Found {
    /// Both ends, the second lending its year to a first that has none.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        let second = self.second?;
        let first = Written { year: self.first.year.or_else(|| lent(self.first, second)), ..self.first };
        Period::new(Some(first.edge()?), Some(second.edge()?))
    }

    /// Where in the text it stands.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.from..self.to
    }
}

static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:den\s*\d|första\s|\d|år\s+\d|året\s+\d|(?:tidig |sen)?(?:våren|sommaren|hösten|vintern)\s+\d|(?:början|mitten|slutet) av\s+\d|jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)",
    )
});
static JOIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\s*(?:--|-|–|—|−)\s*|\s+(?:fram\s+)?(?:till|t\.\s?o\.\s?m\.?|tom|to|until)(?:\s+och\s+med|\s+o\.?\s?m\.?)?\s+|\s+och(?:\s+med)?\s+)(?:t\.\s?o\.\s?m\.?\s+|den\s+|slutet av\s+|mitten av\s+|början av\s+|i\s+)?",
    )
});
static SHORT_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^((?:19|20)\d{2})\s?[-–/]\s?(\d{2})(?:\D|$)"));
static SIX_DIGITS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*(\d{2})(\d{2})(\d{2})\s?[-–]\s?(\d{2})(\d{2})(\d{2})\s*$"));

/// The period of a label's value: two dates joined, or one date as start.
#[must_use]
pub fn read(value: &str) -> Option<Period> {
    if let Some(period) = six_digits(value).or_else(|| short_year(value)) {
        return Some(period);
    }
    let found = find_all(value);
    if let Some(period) = in_phases(value, &found) {
        return Some(period);
    }
    if let Some(period) = found.iter().find_map(Found::period) {
        return Some(period);
    }
    // One date alone: an end where the words before say so, else a start where the words after leave it open.
    let only = found.first().filter(|_| found.len() == 1)?;
    let (before, after) = (value[..only.from].to_lowercase(), value[only.to..].trim());
    let edge = only.first.edge()?;
    let ends = ["till", "t.o.m", "tom ", "avslut", "slut", "klar"];
    if ends.iter().any(|word| before.contains(word)) {
        return Period::new(None, Some(edge));
    }
    let opens = before.contains("från") || before.contains("fr") || before.contains("start");
    (opens || after.starts_with(['-', '–', '—'])).then(|| Period::new(Some(edge), None)).flatten()
}

/// `Analysfas: 2016-02-01–2016-07-30, genomförande: 2016-08-01–2018-10-31`: from the first to the last.
fn in_phases(value: &str, found: &[Found]) -> Option<Period> {
    let small = value.to_lowercase();
    let phases: Vec<Period> = found.iter().filter_map(Found::period).collect();
    let (first, last) = (phases.first()?, phases.last()?);
    let ordered = phases.is_sorted_by_key(|phase| phase.start.map(|start| start.first_day()));
    let said = small.contains("fas") || small.contains("etapp");
    (phases.len() > 1 && ordered && said).then(|| Period::new(first.start, last.end)).flatten()
}

/// The one date of a label's value.
#[must_use]
pub fn read_edge(value: &str) -> Option<Edge> {
    find_all(value).first().and_then(|found| found.first.edge())
}

/// Every period and every single date of a text, in order.
#[must_use]
pub fn find_all(text: &str) -> Vec<Found> {
    let mut all = Vec::new();
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return all;
    }
    let mut at = 0;
    while let Some(begin) = BEGIN.find_at(text, at) {
        let Some(first) = written_date::read(&text[begin.start()..]).filter(|_| apart(text, begin.start()))
        else {
            at = begin.end();
            continue;
        };
        let end_of_first = begin.start() + first.length;
        let join = JOIN.find(&text[end_of_first..]).map_or(0, |join| join.end());
        let second = (join > 0).then(|| written_date::read(&text[end_of_first + join..])).flatten();
        let to = second.map_or(end_of_first, |second| end_of_first + join + second.length);
        all.push(Found { first, second, from: begin.start(), to });
        at = to;
    }
    all
}

fn apart(text: &str, start: usize) -> bool {
    !text[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | ','))
}

fn lent(first: Written, second: Written) -> Option<i32> {
    let year = second.year?;
    Some(if first.month? > second.month.unwrap_or(12) { year - 1 } else { year })
}

/// `2019-22`, where a month cannot be meant.
fn short_year(value: &str) -> Option<Period> {
    let found = SHORT_YEAR.captures(value.trim())?;
    let (start, end): (i32, i32) = (found[1].parse().ok()?, found[2].parse().ok()?);
    if end <= 12 {
        return None;
    }
    let end = start - start.rem_euclid(100) + end;
    Period::new(Edge::new(start, None, None), Edge::new(end, None, None))
}

/// `190801-220630`.
fn six_digits(value: &str) -> Option<Period> {
    let found = SIX_DIGITS.captures(value)?;
    let number = |group: usize| found[group].parse::<u32>().ok();
    let edge = |group: usize| {
        let year = i32::try_from(number(group)?).ok()? + 2000;
        Edge::new(year, number(group + 1), number(group + 2))
    };
    Period::new(Some(edge(1)?), Some(edge(4)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_becomes_an_interval() {
        for (text, interval) in [
            ("augusti 2019 – juni 2022", "2019-08/2022-06"),
            ("2017-12-01 - 2021-06-30", "2017-12-01/2021-06-30"),
            ("2011-07-01 till 2014-06-30", "2011-07-01/2014-06-30"),
            ("februari - september 2023", "2023-02/2023-09"),
            ("november – mars 2021", "2020-11/2021-03"),
            ("2020 - 2023", "2020/2023"),
            ("2020–2023", "2020/2023"),
            ("2019-22", "2019/2022"),
            ("1 jan 2018 t.o.m. 31 dec. 2020", "2018-01-01/2020-12-31"),
            ("1 september 2019 till och med den 30 juni 2022", "2019-09-01/2022-06-30"),
            ("maj 2018 och mars 2021", "2018-05/2021-03"),
            ("2012-02-01--2014-09-30", "2012-02-01/2014-09-30"),
            ("20190801-20220630", "2019-08-01/2022-06-30"),
            ("190801-220630", "2019-08-01/2022-06-30"),
            ("från september 2009", "2009-09/"),
            ("till och med år 2003", "/2003"),
            ("avslutat juni 2019", "/2019-06"),
            ("planerad start mars 2022", "2022-03/"),
            ("2019-01-01 -", "2019-01-01/"),
        ] {
            assert_eq!(read(text).map(|period| period.to_string()).as_deref(), Some(interval), "{text}");
        }
    }

    #[test]
    fn a_backward_period_is_refused() {
        assert_eq!(read("2023-01-01 - 2021-01-01"), None);
        assert_eq!("2023/2021".parse::<Period>(), Err(InvalidPeriod::Backwards));
        assert_eq!("/".parse::<Period>(), Err(InvalidPeriod::Form));
    }

    #[test]
    fn ages_and_amounts_are_no_periods() {
        for text in ["15-24 år", "18 - 64 år", "1 618 426 kr", "2.1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_interval_is_its_own_reading(from in 0i64..9000, length in 0i64..4000) {
            let base = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day");
            let (start, end) = (base + chrono::Days::new(from.unsigned_abs()), base + chrono::Days::new((from + length).unsigned_abs()));
            let text = format!("{start}/{end}");
            let period: Period = text.parse().expect("a period");
            prop_assert_eq!(period.to_string(), text);
            prop_assert_eq!(read(&format!("{start} - {end}")), Some(period));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = (read(&text), read_edge(&text), text.parse::<Period>());
        }
    }
}
