//! When a project runs, as sentences say it.

use std::sync::LazyLock;

use regex::Regex;

use super::Sentence;
use crate::domain::pattern;
use crate::domain::period::{self, Found, Period};
use crate::domain::written_date::{Edge, Precision};

static RUNS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:pågår?|pågick|pågått|löper|löpa|löpte|bedrivs|bedrivas|bedrevs|drivs|drivas|drevs|genomförs|genomföras|genomfördes|projekttid\p{L}*|projektperiod\p{L}*|sträcker sig)[^.]{0,40}?(?:under|mellan|från|är|åren|perioden|tiden|,|:|\s)\s*$|projekt(?:et)?\b[^.]{0,80}\b(?:under|mellan|från)(?: \p{L}+)?\s+$|\bprojektet,?\s+\(?$",
    )
});
static DURING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:under|för) (?:projekt)?perioden\s*$"));
static STARTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:starta(?:r|de|s|t)?|start|startdatum|inled(?:s|des|er)|påbörja(?:s|des)|drog igång|drar igång|drogs igång|kommer igång)(?: \p{L}+){0,4}?\s*(?:,|den|i|under|från|:)?\s*$",
    )
});
static ENDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:(?:pågå(?:r|tt)?|pågick|löper|löpa|löpte|håller på|drivs|fortsätter|förlängt|förlängs)(?: [\p{L}\d]+){0,4}? (?:till|till och med|t\.?o\.?m\.?|fram till|fram till och med|tills|till slutet av)|(?:avslutas|avslutades|slutar|slutade|upphör|slutredovisas|slutdatum)(?: \p{L}+){0,2}?|klart)\s*(?:den|i|år)?\s*$",
    )
});

static DECIDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bbeslut(?:et)?\b[^.]{0,40}\b(?:togs|fattades|kom)\s*(?:den)?\s*$|\bbeslut(?:ade|ades)\s*(?:den)?\s*$",
    )
});

/// The day of the decision, where a sentence says that it was taken then.
pub(in super::super) fn decided(sentences: &[Sentence]) -> Option<Edge> {
    sentences.iter().find_map(|sentence| {
        let text = &sentence.text;
        let found =
            period::find_all(text).into_iter().find(|found| DECIDED.is_match(last(&text[..found.from])))?;
        found.first.edge().filter(|day| day.precision() == Precision::Day && found.second.is_none())
    })
}

fn last(before: &str) -> &str {
    before.char_indices().rev().nth(80).map_or(before, |(at, _)| &before[at..])
}

/// The period that sentences state for the project.
pub(in super::super) fn find(sentences: &[Sentence]) -> Option<Period> {
    let (mut start, mut end) = (None, None);
    for sentence in sentences {
        let mut from = 0;
        for found in period::find_all(&sentence.text) {
            let before = sentence.text.get(from..found.from).unwrap_or_default();
            from = found.to;
            if let Some(whole) = whole(before, &found) {
                return Some(whole);
            }
            take_edges(before, &found, &mut start, &mut end);
        }
    }
    Period::new(start, end)
}

fn whole(before: &str, found: &Found) -> Option<Period> {
    let period = found.period()?;
    // Whole years may be those of a programme.
    let exact = period.start.is_some_and(|start| start.precision() > Precision::Year);
    let during = exact && DURING.is_match(before);
    (during || RUNS.is_match(before) || STARTS.is_match(before)).then_some(period)
}

fn take_edges(before: &str, found: &Found, start: &mut Option<Edge>, end: &mut Option<Edge>) {
    // `startar den 3 maj och …` has no year, and none is guessed.
    let Some(edge) = found.first.edge().filter(|_| found.second.is_none()) else {
        return;
    };
    if ENDS.is_match(before) {
        end.get_or_insert(edge);
    } else if STARTS.is_match(before) {
        start.get_or_insert(edge);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        find(&[Sentence { line: 1, text: text.to_owned() }]).map(|period| period.to_string())
    }

    #[test]
    fn periods_are_found_in_sentences() {
        for (text, expected) in [
            ("Allt startar den 4 april 2016 och pågår till 30 mars 2018.", Some("2016-04-04/2018-03-30")),
            ("Satsningen startar den 3 maj och pågår till den 31 oktober 2017.", Some("/2017-10-31")),
            ("Arbetet fortsätter till och med år 2011.", Some("/2011")),
            ("Insatsen pågår mellan juni 2014 och april 2016.", Some("2014-06/2016-04")),
            ("Etapp två startar den 2 oktober 2012 med bolaget i ledningen.", Some("2012-10-02/")),
            ("Projektet pågår 2019–2022.", Some("2019/2022")),
            ("Nystart kommer att pågå mellan februari 2020 och maj 2022.", Some("2020-02/2022-05")),
            (
                "Det ska bedrivas från den1 maj 2016 fram till och med 31 maj 2018.",
                Some("2016-05-01/2018-05-31"),
            ),
            ("Fakta om ESF-projektet 2011–2014", Some("2011/2014")),
            (
                "Nystart 2.0 ska nå 90 unga under perioden 2015-05-01-2017-12-31.",
                Some("2015-05-01/2017-12-31"),
            ),
            ("Fonden delar ut pengar under perioden 2014–2020.", None),
            ("Den 5 juni 2007 kom en ny lag.", None),
            ("Sedan 1998 har skolan vuxit.", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
