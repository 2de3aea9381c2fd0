//! The common indicators of the Social Fund, and the variables of SUS.

use std::sync::LazyLock;

use serde::Deserialize;

use super::design::Dimension;
use crate::domain::catalogue::{list, table};

/// A set of indicators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Framework {
    /// The European Social Fund, 2014–2020.
    #[serde(rename = "ESF_2014_2020")]
    Esf,
    /// The European Social Fund Plus, 2021–2027.
    #[serde(rename = "ESF_PLUS_2021_2027")]
    EsfPlus,
    /// SUS, until 2023.
    #[serde(rename = "SUS")]
    Sus,
}

/// What an indicator measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Who took part.
    Output,
    /// What came of it within four weeks of leaving.
    ImmediateResult,
    /// What came of it six months after leaving.
    LongerTermResult,
}

/// An indicator.
#[derive(Debug, Deserialize)]
pub struct Indicator {
    /// Whose it is.
    pub framework: Framework,
    /// Its code, such as `EECO02`.
    pub code: String,
    /// What it measures.
    pub kind: Kind,
    /// Label in Swedish.
    pub label_sv: String,
    /// Label in English.
    pub label_en: String,
    /// Definition in Swedish.
    pub definition_sv: String,
    /// Definition in English.
    pub definition_en: String,
    /// Where it is laid down.
    pub source: String,
    counts: String,
}

/// What an indicator is counted as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Everybody.
    Everybody,
    /// Those with some codes of a dimension; with any where none are said.
    By(Dimension, Vec<&'static str>),
}

impl Indicator {
    /// All indicators, in the order of the frameworks.
    #[must_use]
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Indicator>> =
            LazyLock::new(|| table(include_str!("../../../catalogue/indicators.tsv")));
        &ALL
    }

    /// Which participations it counts; none where participations do not hold what it needs.
    #[must_use]
    pub fn counted(&'static self) -> Option<Counted> {
        let (dimension, codes) = self.counts.split_once(':')?;
        let dimension = match dimension {
            "ALL" => return Some(Counted::Everybody),
            "AGE" => Dimension::Age,
            "EDUCATION" => Dimension::Education,
            "ENTRY_STATUS" => Dimension::EntryStatus,
            "EXIT_STATUS" => Dimension::ExitStatus,
            "STATUS_AFTER_SIX_MONTHS" => Dimension::StatusAfterSixMonths,
            _ => return None,
        };
        Some(Counted::By(dimension, list(codes).collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn by(code: &str) -> HashSet<&'static str> {
        let indicator = Indicator::all().iter().find(|own| own.code == code).unwrap();
        match indicator.counted() {
            Some(Counted::By(_, codes)) => codes.into_iter().collect(),
            _ => HashSet::new(),
        }
    }

    #[test]
    fn all_common_indicators_are_there_once() {
        let codes: Vec<&str> = Indicator::all().iter().map(|own| own.code.as_str()).collect();
        let numbered =
            |word: &str, last: usize| (1..=last).map(|n| format!("{word}{n:02}")).collect::<Vec<_>>();
        for code in
            [numbered("CO", 23), numbered("CR", 9), numbered("EECO", 19), numbered("EECR", 6)].concat()
        {
            assert_eq!(codes.iter().filter(|own| **own == code).count(), 1, "{code}");
        }
    }

    #[test]
    fn what_they_count_are_codes_and_follows_the_rules_of_the_regulations() {
        for indicator in Indicator::all() {
            if let Some(Counted::By(dimension, codes)) = indicator.counted() {
                let known: Vec<_> = dimension.codes().iter().map(|(code, _)| *code).collect();
                assert!(codes.iter().all(|code| known.contains(code)), "{}", indicator.code);
            } else {
                assert!(indicator.counts.is_empty() || indicator.counts == "ALL:", "{}", indicator.code);
            }
        }
        // EECO02 + EECO04 + EECO05 = EECO01 of complete records.
        let parts = [by("EECO02"), by("EECO04"), by("EECO05")];
        let known: HashSet<_> = Dimension::EntryStatus.field().codes().iter().copied().collect();
        let sum: usize = parts.iter().map(HashSet::len).sum();
        let all: HashSet<_> = parts.into_iter().flatten().collect();
        assert_eq!((sum, all.len()), (known.len() - 1, known.len() - 1));
        // EECO03 is part of EECO02, CO02 of CO01, CO04 of CO03.
        for (part, whole) in [("EECO03", "EECO02"), ("CO02", "CO01"), ("CO04", "CO03")] {
            assert!(by(part).is_subset(&by(whole)) && !by(part).is_empty());
        }
        // Ages and levels of education do not overlap.
        for own in [["EECO06", "EECO07", "EECO08"], ["EECO09", "EECO10", "EECO11"]] {
            let parts = own.map(by);
            let sum: usize = parts.iter().map(HashSet::len).sum();
            assert_eq!(parts.into_iter().flatten().collect::<HashSet<_>>().len(), sum);
        }
    }
}
