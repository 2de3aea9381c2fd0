//! Dates with the precision that a document gives them: a day, a month or a year.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::{Captures, Regex};
use thiserror::Error;

use super::pattern;

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// The day.
    Day,
}

/// One end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    first: NaiveDate,
    precision: Precision,
}

/// The text is no date of the forms `2019`, `2019-08` and `2019-08-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a date of the form 2019, 2019-08 or 2019-08-01")]
pub struct NoDate;

impl Edge {
    /// A year, a month of it where given, a day of that where given.
    #[must_use]
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Option<Self> {
        if !(1900..2100).contains(&year) {
            return None;
        }
        let precision = match (month, day) {
            (Some(_), Some(_)) => Precision::Day,
            (Some(_), None) => Precision::Month,
            _ => Precision::Year,
        };
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
        Some(Self { first, precision })
    }

    /// The first day that is meant.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// The last day that is meant.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        let (year, month) = (self.first.year(), self.first.month());
        let next = match self.precision {
            Precision::Day => return self.first,
            Precision::Month if month < 12 => NaiveDate::from_ymd_opt(year, month + 1, 1),
            Precision::Month | Precision::Year => NaiveDate::from_ymd_opt(year + 1, 1, 1),
        };
        next.and_then(|day| day.pred_opt()).unwrap_or(self.first)
    }

    /// How exactly it is known.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Year => write!(out, "{:04}", self.first.year()),
            Precision::Month => write!(out, "{:04}-{:02}", self.first.year(), self.first.month()),
            Precision::Day => write!(out, "{}", self.first),
        }
    }
}

impl FromStr for Edge {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let parts: Vec<&str> = text.split('-').collect();
        let lengths_fit = parts.iter().zip([4, 2, 2]).all(|(part, length)| part.len() == length);
        if !lengths_fit || parts.len() > 3 {
            return Err(NoDate);
        }
        let number = |index: usize| parts.get(index).map(|part| part.parse::<u32>()).transpose();
        let (Ok(Some(year)), Ok(month), Ok(day)) = (number(0), number(1), number(2)) else {
            return Err(NoDate);
        };
        i32::try_from(year).ok().and_then(|year| Self::new(year, month, day)).ok_or(NoDate)
    }
}

/// A date as written: its year may be missing, as in `februari – september 2023`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The year, where it is said.
    pub year: Option<i32>,
    /// The month, where it is said.
    pub month: Option<u32>,
    /// The day, where it is said.
    pub day: Option<u32>,
    /// How many bytes of the text it takes.
    pub length: usize,
}

impl Written {
    /// The date, when its year is said.
    #[must_use]
    pub fn edge(&self) -> Option<Edge> {
        Edge::new(self.year?, self.month, self.day)
    }
}

const MONTHS: &str = r"(?P<name>januari|january|jan|february|februari|feb|mars|march|mar|april|apr|maj|may|juni|june|jun|juli|july|jul|augusti|august|aug|september|sept|sep|oktober|october|okt|oct|november|nov|december|dec)\b\.?";

static NUMERIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<year>(?:19|20)\d{2})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?|[/.](?P<month2>\d{1,2})[/.](?P<day2>\d{1,2})|(?P<month3>\d{2})(?P<day3>\d{2}))?",
    )
});
static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<day>\d{1,2})[/.](?P<month>\d{1,2})(?:[ /.-]\s?(?P<year>(?:19|20)\d{2}))?")
});
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:(?:den\s*)?(?:(?P<day>\d{{1,2}})(?::?[ea])?\.?|(?P<first>första))\s+)?{MONTHS}(?:[ ,]+(?:månad\s+)?(?:år\s+)?(?P<year>(?:19|20)\d{{2}}))?"
    ))
});
static SEASON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:år(?:et)?|(?:tidig |sen)?(?:våren|sommaren|hösten|vintern)|(?:början|mitten|slutet) av)\s+(?P<year>(?:19|20)\d{2})",
    )
});
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)^{MONTHS}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d{{2}})"))
});

/// The date that a text begins with.
#[must_use]
pub fn read(text: &str) -> Option<Written> {
    if let Some(found) = NUMERIC.captures(text) {
        return numeric(text, &found);
    }
    let named = || [&*ENGLISH, &*NAMED, &*SEASON].iter().find_map(|form| form.captures(text));
    let found = SHORT.captures(text).or_else(named)?;
    let written = written(&found)?;
    // A number right after belongs to something else: `1.2.3`, `3/4-17`.
    let next = text[written.length..].chars().next();
    (!next.is_some_and(char::is_alphanumeric)).then_some(written)
}

fn numeric(text: &str, found: &Captures<'_>) -> Option<Written> {
    let full = written(found);
    let follows = |length: usize| text[length..].chars().next().is_some_and(|c| c.is_ascii_digit());
    if let Some(date) = full.filter(|date| !follows(date.length) && valid(date)) {
        return Some(date);
    }
    // `2020-2023` and `2019/2020` begin with a year alone.
    let year = found.name("year")?;
    let alone = Written { year: year.as_str().parse().ok(), month: None, day: None, length: year.end() };
    (!follows(year.end())).then_some(alone)
}

fn written(found: &Captures<'_>) -> Option<Written> {
    let number = |names: &[&str]| {
        names.iter().find_map(|name| found.name(name).and_then(|part| part.as_str().parse::<u32>().ok()))
    };
    let named = found.name("name").and_then(|name| month_number(name.as_str()));
    let first = found.name("first").map(|_| 1);
    let date = Written {
        year: found.name("year").and_then(|year| year.as_str().parse().ok()),
        month: named.or_else(|| number(&["month", "month2", "month3"])),
        day: first.or_else(|| number(&["day", "day2", "day3"])),
        length: found.get(0)?.end(),
    };
    valid(&date).then_some(date)
}

fn valid(date: &Written) -> bool {
    Edge::new(date.year.unwrap_or(2000), date.month, date.day).is_some()
}

fn month_number(name: &str) -> Option<u32> {
    const STARTS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "ma", "jun", "jul", "aug", "sep", "o", "nov", "dec"];
    let small = name.to_lowercase();
    let place = STARTS.iter().position(|start| small.starts_with(start))?;
    u32::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn written_dates_are_read() {
        for (text, edge) in [
            ("2017-12-01", "2017-12-01"),
            ("20171201 och", "2017-12-01"),
            ("2017-12", "2017-12"),
            ("2020-2023", "2020"),
            ("den 15 januari 2019", "2019-01-15"),
            ("1:a maj 2020", "2020-05-01"),
            ("den3 maj 2020", "2020-05-03"),
            ("första september 2009", "2009-09-01"),
            ("okt. 2011", "2011-10"),
            ("augusti 2019", "2019-08"),
            ("31/8 2022", "2022-08-31"),
            ("år 2003", "2003"),
            ("hösten 2019", "2019"),
            ("Jul 08, 2009 16:13", "2009-07-08"),
        ] {
            let read = read(text).and_then(|date| date.edge()).map(|edge| edge.to_string());
            assert_eq!(read.as_deref(), Some(edge), "{text}");
        }
    }

    #[test]
    fn a_year_may_be_missing() {
        assert_eq!(
            read("den 15 januari och").map(|date| (date.year, date.month, date.day)),
            Some((None, Some(1), Some(15)))
        );
        assert_eq!(read("maj och juni").and_then(|date| date.edge()), None);
    }

    #[test]
    fn other_words_are_no_dates() {
        for text in ["majoriteten", "20190", "40 personer", "2.1", "35/99", "decennier"] {
            assert!(read(text).and_then(|date| date.edge()).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_day_is_read_back(year in 1995i32..2040, month in 1u32..13, day in 1u32..29) {
            let edge = Edge::new(year, Some(month), Some(day)).expect("a day");
            let text = edge.to_string();
            prop_assert_eq!(text.parse::<Edge>(), Ok(edge));
            prop_assert_eq!(read(&text).and_then(|date| date.edge()), Some(edge));
            prop_assert!(edge.first_day() <= edge.last_day());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = (read(&text), text.parse::<Edge>());
        }
    }
}
