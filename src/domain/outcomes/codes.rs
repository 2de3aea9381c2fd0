//! The codes of participations, with labels, and the words that files use for them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::catalogue::{list, table};
use crate::domain::names::fold;

/// What is not stated.
pub const UNKNOWN: &str = "UNKNOWN";
/// Of whom only sex and year are known.
pub const ANONYMOUS: &str = "ANONYMOUS";
/// Who has not left.
pub const STILL_PARTICIPATING: &str = "STILL_PARTICIPATING";
/// Whose six months have not passed.
pub const NOT_DUE: &str = "NOT_DUE";

/// The sexes.
pub const SEXES: [&str; 4] = ["WOMEN", "MEN", "OTHER", UNKNOWN];

/// A field of a participation that has codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Sex.
    Sex,
    /// Age at enrolment.
    Age,
    /// Highest completed education.
    Education,
    /// Position on the labour market at entry.
    EntryStatus,
    /// Position upon leaving.
    ExitStatus,
    /// Position six months after leaving.
    AfterSixMonths,
    /// Category of the target group.
    TargetGroup,
    /// The furthest step of the pathway.
    Step,
}

impl Field {
    /// Its codes, in order.
    #[must_use]
    pub const fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Sex => &SEXES,
            Self::Age => &["0_17", "18_24", "25_29", "30_54", "55_PLUS", "0_24", "18_29", UNKNOWN],
            Self::Education => &["ISCED_0_2", "ISCED_3_4", "ISCED_5_8", UNKNOWN],
            Self::EntryStatus => &[
                "UNEMPLOYED",
                "LONG_TERM_UNEMPLOYED",
                "EMPLOYED",
                "IN_EDUCATION",
                "INACTIVE",
                "INACTIVE_ANY",
                UNKNOWN,
            ],
            Self::ExitStatus => &["WORK", "STUDIES", "JOB_SEEKING", "OTHER", UNKNOWN],
            Self::AfterSixMonths => &["WORK", "STUDIES", "JOB_SEEKING", "OTHER", UNKNOWN, NOT_DUE],
            Self::TargetGroup => &["STAY_12_MONTHS", "STAY_6_MONTHS", UNKNOWN],
            Self::Step => &["NONE", "STEP_1", "STEP_2", "STEP_3", "STEP_4", "STEP_5", "STEP_6", UNKNOWN],
        }
    }

    /// Where its words stand in the catalogue.
    fn words(self) -> &'static str {
        match self {
            Self::Sex => "SEX",
            Self::Age => "AGE",
            Self::Education => "EDUCATION",
            Self::EntryStatus => "ENTRY_STATUS",
            Self::ExitStatus | Self::AfterSixMonths => "EXIT_STATUS",
            Self::TargetGroup => "TARGET_GROUP",
            Self::Step => "STEP_REACHED",
        }
    }

    /// The code as it stands in the list of codes.
    #[must_use]
    pub fn code(self, text: &str) -> Option<&'static str> {
        self.codes().iter().copied().find(|code| *code == text)
    }

    /// The code that a cell of a file names: by itself, a label or another word for it, in Swedish or English.
    #[must_use]
    pub fn read(self, cell: &str) -> Option<&'static str> {
        let word = fold(cell);
        let of = |field: &'static str| catalogue().by_word.get(&(field, word.clone())).copied();
        self.code(of(self.words()).or_else(|| of(ANY))?).filter(|code| *code != NOT_DUE)
    }

    /// The labels of a code, in Swedish and English.
    #[must_use]
    pub fn label(self, code: &str) -> Option<(&'static str, &'static str)> {
        let labels = &catalogue().labels;
        let field = if code == NOT_DUE { "STATUS_AFTER_SIX_MONTHS" } else { self.words() };
        labels.get(&(field, code)).or_else(|| labels.get(&(ANY, code))).copied()
    }
}

/// Codes of every field.
const ANY: &str = "ANY";

#[derive(Deserialize)]
struct Row {
    dimension: String,
    code: String,
    label_sv: String,
    label_en: String,
    synonyms: String,
}

struct Words {
    by_word: HashMap<(&'static str, String), &'static str>,
    labels: HashMap<(&'static str, &'static str), (&'static str, &'static str)>,
}

fn catalogue() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        let rows: Vec<Row> = table(include_str!("../../../catalogue/outcome_codes.tsv"));
        let (mut by_word, mut labels) = (HashMap::new(), HashMap::new());
        for row in Vec::leak(rows) {
            let (field, code): (&'static str, &'static str) = (&row.dimension, &row.code);
            for word in [code, &row.label_sv, &row.label_en].into_iter().chain(list(&row.synonyms)) {
                by_word.entry((field, fold(word))).or_insert(code);
            }
            labels.insert((field, code), (row.label_sv.as_str(), row.label_en.as_str()));
        }
        Words { by_word, labels }
    });
    &WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [Field; 8] = [
        Field::Sex,
        Field::Age,
        Field::Education,
        Field::EntryStatus,
        Field::ExitStatus,
        Field::AfterSixMonths,
        Field::TargetGroup,
        Field::Step,
    ];

    #[test]
    fn every_code_has_labels_and_is_read_by_them() {
        for field in FIELDS {
            for code in field.codes() {
                let (sv, en) = field.label(code).unwrap_or_else(|| panic!("{field:?} {code}"));
                for word in [code, sv, en] {
                    let expected = (*code != NOT_DUE).then_some(*code);
                    assert_eq!(field.read(word), expected, "{field:?} {word}");
                }
            }
        }
        assert!(Field::Age.label(ANONYMOUS).is_some() && Field::Age.label(STILL_PARTICIPATING).is_some());
    }

    #[test]
    fn words_of_files_are_read() {
        for (field, word, code) in [
            (Field::Sex, "Kvinna", "WOMEN"),
            (Field::Sex, "M", "MEN"),
            (Field::Age, "18–24", "18_24"),
            (Field::Age, "55+", "55_PLUS"),
            (Field::Education, "Grundskola", "ISCED_0_2"),
            (Field::ExitStatus, "I arbete", "WORK"),
            (Field::EntryStatus, "Vet ej", UNKNOWN),
        ] {
            assert_eq!(field.read(word), Some(code), "{word}");
        }
        assert_eq!(Field::Sex.read("kvinna 2"), None);
        assert_eq!(Field::ExitStatus.read(ANONYMOUS), None);
    }
}
