//! The day that a document says it was published.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::labels::{self, Field};
use crate::domain::pattern;
use crate::domain::written_date::{self, Precision};
use crate::import::document::Document;

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:pressmeddelande|nyhet|publicerad(?:es)?(?: den)?|publiceringsdatum|senast uppdaterad|datum)?[\s:•·|–-]*(?P<date>\S.*)$",
    )
});

/// The first line near the top that holds a day and little else.
pub(super) fn day(document: &Document) -> Option<NaiveDate> {
    let lines = document.lines();
    let top: Vec<_> = lines.iter().filter(|line| !line.is_blank()).take(12).collect();
    let labelled = |at: usize| {
        let above = at.checked_sub(1).and_then(|above| top.get(above));
        above.is_some_and(|line| {
            labels::field(line.text.trim_end_matches(':')).is_some_and(|field| field != Field::Other)
        })
    };
    top.iter().enumerate().filter(|(at, line)| line.text.len() < 80 && !labelled(*at)).find_map(
        |(_, line)| {
            let found = LABEL.captures(&line.text)?;
            let date = written_date::read(&found["date"])?;
            let rest = found["date"].get(date.length..)?.trim();
            let edge = date.edge().filter(|edge| edge.precision() == Precision::Day)?;
            (rest.len() < 25 && !rest.starts_with(['-', '–'])).then(|| edge.first_day())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_near_the_top_is_the_day_of_publishing() {
        for (text, day) in [
            ("Rubrik\n\nPressmeddelande   •   Mar 04, 2011 09:30 CET\n", Some("2011-03-04")),
            ("Rubrik\n\n2 juli 2024\n\nText", Some("2024-07-02")),
            ("2018-03-02\n\nRubrik", Some("2018-03-02")),
            ("Projektperiod: 2019-01-01 - 2020-01-01", None),
        ] {
            let document = Document { name: String::new(), text: text.to_owned(), ..Document::default() };
            assert_eq!(super::day(&document).map(|day| day.to_string()).as_deref(), day, "{text}");
        }
    }
}
