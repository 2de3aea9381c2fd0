//! The days that a document of decisions gives for them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::Regex;

use super::blocks::Section;
use super::draft::Draft;
use super::layout::Item;
use super::prose::{Sentence, sentences};
use crate::domain::statement::WarningCode;
use crate::domain::written_date::Precision;
use crate::domain::{pattern, period};

static ABOUT_DECISION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)beslut|bevilja|prioriter"));
/// The meeting at which a partnership decides.
static ABOUT_MEETING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)sammanträd|möte\b|mötet\b|fördela|partnerskap|delade ut|tilldela"));
static ANOTHER_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bnästa\b|\bkommande\b|stäng(?:er|de)|öppna(?:r|de|s)|\bsenast\b|\bstart(?:ar|ade)?\b|\bpågår\b|\bansökan ska\b|\bpublicera",
    )
});
static TODAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bdagens (?:möte|beslut|sammanträde|prioritering)|\bi ?dag\b[^.]{0,80}\b(?:beslut|bevilja|prioritera|fördela|klart)|\b(?:beslut\p{L}*|bevilja\p{L}*|prioritera\p{L}*|fördela\p{L}*|möte)\b[^.]{0,40}\bi ?dag\b",
    )
});

static DECIDES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\bbeslut(?:ade|et|s)?\b|\bbeviljade|\bprioriterade|sammanträd|möte\b|mötet\b")
});

/// How many days after a decision news of it are published.
const RECENT: i64 = 45;

/// The days of decision that a heading and the text below it give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dates {
    days: BTreeSet<String>,
    /// The days of meetings, for where no decision is dated.
    meetings: BTreeSet<String>,
    /// Whether it speaks of the time of a decision at all.
    dated: bool,
}

impl Dates {
    /// The days of a section; one that is silent has those of the section before it.
    pub(super) fn of_sections(sections: &[Section], of_all: &Self) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for section in sections {
            let mut own = Self::of_sentence(&section.heading);
            own.add(Self::of_items(&section.text));
            let before = || all.last().unwrap_or(of_all).clone();
            let dates = if own.dated { own } else { before() };
            all.push(dates);
        }
        all
    }

    /// The days of a heading, where it speaks of them.
    pub(super) fn of_heading(heading: &str) -> Option<Self> {
        Some(Self::of_sentence(heading)).filter(|dates| dates.dated)
    }

    /// The days of a text.
    pub(super) fn of_items(items: &[Item]) -> Self {
        let mut all = Self::default();
        for sentence in sentences::read(items) {
            all.add(Self::of_sentence(&sentence.text));
        }
        all
    }

    /// The day of publishing, where a sentence says that the decision was taken that day.
    pub(super) fn or_today(mut self, text: &[Sentence], published: Option<NaiveDate>) -> Self {
        let today = published.filter(|_| text.iter().any(|sentence| TODAY.is_match(&sentence.text)));
        let recent =
            || published.and_then(|day| text.iter().find_map(|sentence| recent(&sentence.text, day)));
        if let Some(day) = today.or_else(recent).filter(|_| self.days.is_empty()) {
            self.days.insert(day.to_string());
            self.dated = true;
        }
        self
    }

    fn add(&mut self, other: Self) {
        self.days.extend(other.days);
        self.meetings.extend(other.meetings);
        self.dated |= other.dated;
    }

    fn of_sentence(text: &str) -> Self {
        let decision = ABOUT_DECISION.is_match(text);
        let meeting = ABOUT_MEETING.is_match(text) && !ANOTHER_DAY.is_match(text);
        if !decision && !meeting {
            return Self::default();
        }
        let found = period::find_all(text);
        let single = found.iter().filter(|found| found.second.is_none());
        let days: BTreeSet<String> = single
            .filter_map(|found| found.first.edge())
            .filter(|day| day.precision() == Precision::Day)
            .map(|day| day.to_string())
            .collect();
        let dated = !days.is_empty() || decision && !found.is_empty();
        if decision {
            Self { days, meetings: BTreeSet::new(), dated }
        } else {
            Self { days: BTreeSet::new(), meetings: days, dated }
        }
    }

    /// The day where there is one; where there are several, none of them is certain.
    pub(super) fn set(&self, draft: &mut Draft, line: u32) {
        let days = if self.days.is_empty() { &self.meetings } else { &self.days };
        if days.len() == 1 {
            draft.statement.decided_on = draft.statement.decided_on.take().or_else(|| days.first().cloned());
        } else if days.len() > 1 {
            let days: Vec<_> = days.iter().cloned().collect();
            draft.warn(WarningCode::ContradictingDates, line, Some(days.join(", ")));
        }
    }
}

/// `Den 24 maj fattades beslut` in a text published soon after: the year is that of the publishing.
fn recent(text: &str, published: NaiveDate) -> Option<NaiveDate> {
    if !DECIDES.is_match(text) {
        return None;
    }
    period::find_all(text).into_iter().filter(|found| found.second.is_none()).find_map(|found| {
        let (None, Some(month), Some(day)) = (found.first.year, found.first.month, found.first.day) else {
            return None;
        };
        let date = NaiveDate::from_ymd_opt(published.year(), month, day)?;
        let age = published.signed_duration_since(date).num_days();
        (0..=RECENT).contains(&age).then_some(date)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(texts: &[&str]) -> Option<String> {
        let mut dates = Dates::default();
        let text: Vec<Sentence> =
            texts.iter().map(|text| Sentence { line: 1, text: (*text).to_owned() }).collect();
        for sentence in &text {
            dates.add(Dates::of_sentence(&sentence.text));
        }
        let mut draft = Draft::default();
        dates.or_today(&text, NaiveDate::from_ymd_opt(2023, 12, 8)).set(&mut draft, 1);
        draft.statement.decided_on
    }

    #[test]
    fn the_day_of_the_decision_is_told_from_others() {
        for (texts, expected) in [
            (&["Partnerskapet beslutade den 4 maj 2017 om stöd."] as &[&str], Some("2017-05-04")),
            (&["Det stod klart när partnerskapet sammanträdde den 4 maj 2017."], Some("2017-05-04")),
            (
                &["Vid mötet den 4 maj 2017 var alla med.", "Beslutet togs den 9 maj 2017."],
                Some("2017-05-09"),
            ),
            (&["Pengarna fördelades efter dagens möte i partnerskapet."], Some("2023-12-08")),
            (&["Partnerskapet har i dag prioriterat tre projekt."], Some("2023-12-08")),
            (&["Den 24 november fattade rådet beslut om stöd."], Some("2023-11-24")),
            (&["Den 24 december fattar rådet beslut om stöd."], None),
            (&["Nästa möte i partnerskapet är den 4 maj 2017."], None),
            (&["Beviljas den 4 maj 2017.", "Beviljas den 5 maj 2017."], None),
        ] {
            assert_eq!(day(texts).as_deref(), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_silent_section_has_the_day_of_the_one_before() {
        let section = |heading: &str| Section { heading: heading.to_owned(), text: Vec::new() };
        let all = Dates::of_sections(
            &[section("Beslut 2018-05-31"), section("Beviljade projekt"), section("Beslut i juni 2019")],
            &Dates::default(),
        );
        assert_eq!(all[0], all[1]);
        assert!(all[2].days.is_empty());
    }
}
