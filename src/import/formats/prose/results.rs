//! Figures of results that a document publishes.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::statement::ReportedFigure;
use crate::domain::{number, pattern};

const COUNT: &str =
    r"(?P<count>\d{1,3}(?:[ .]\d{3})+|\d+|ingen|en|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv)";

/// A measure with the words that state it.
static MEASURES: LazyLock<Vec<(&'static str, Option<&'static str>, Regex)>> = LazyLock::new(|| {
    [
        ("participants", Some("women"), r"(?:deltog|har) {n} (?:\p{L}+ )?kvinnor(?: deltagit)?\b"),
        ("participants", Some("men"), r"(?:deltog|har) {n} (?:\p{L}+ )?män(?: deltagit)?\b"),
        ("participants", None, r"deltog (?:totalt |cirka |ca )?{n} (?:personer|deltagare|individer|ungdomar)"),
        ("participants", None, r"{n} (?:personer|deltagare|individer|ungdomar)(?: \p{L}+){0,3} (?:har deltagit|deltog|deltagit|inskrivna)"),
        ("participants", None, r"har (?:totalt |sammanlagt )?{n} (?:personer|deltagare|individer|ungdomar)(?: \p{L}+)? deltagit"),
        ("mentors", None, r"{n} (?:\p{L}+ )?mentorer"),
        ("completed", None, r"{n} (?:deltagare|personer) (?:avslutades|avslutade|har avslutat)"),
        ("employment_or_studies", None, r"{n} (?:personer|deltagare) (?:började arbeta eller studera|till arbete eller studier)"),
        ("employment_or_studies", None, r"började {n} (?:personer|deltagare) arbeta eller studera"),
        ("employment", None, r"för {n} personer blev det (?:en )?anställning"),
        ("employment", None, r"{n} (?:personer |deltagare )?(?:har )?(?:fick|fått|gick (?:vidare )?till) (?:ett |en )?(?:arbete|jobb|anställning)\b"),
        (
            "employment",
            None,
            r"(?:fick|gick) {n} (?:personer|deltagare) (?:vidare )?(?:till )?(?:ett |en )?(?:arbete|jobb|anställning)\b",
        ),
        ("studies", None, r"{n} (?:personer |deltagare )?(?:har )?(?:påbörjade|påbörjat|började|gick (?:vidare )?till) (?:en )?(?:utbildning|studier)"),
    ]
    .into_iter()
    .map(|(measure, sex, cue)| {
        (measure, sex, pattern(&format!(r"(?i)\b{}", cue.replace("{n}", COUNT))))
    })
    .collect()
});

/// The figures of a text, the first of each measure and sex.
pub(in super::super) fn find(text: &str, line: u32) -> Vec<ReportedFigure> {
    let mut all: Vec<ReportedFigure> = Vec::new();
    for (measure, sex, cue) in MEASURES.iter() {
        let value = cue.captures(text).and_then(|found| number::counted(&found["count"]));
        let known = all.iter().any(|figure| figure.measure == *measure && figure.sex.as_deref() == *sex);
        if let Some(value) = value.filter(|_| !known) {
            all.push(ReportedFigure {
                measure: (*measure).to_owned(),
                sex: sex.map(str::to_owned),
                value,
                line,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_with_their_measure() {
        let text = "Hittills har 41 unga kvinnor deltagit med stöd av 44 ideella mentorer. Av dem gick 12 personer till arbete och nio personer påbörjade studier.";
        let found: Vec<_> =
            find(text, 7).into_iter().map(|figure| (figure.measure, figure.sex, figure.value)).collect();
        assert_eq!(
            found,
            [
                ("participants".to_owned(), Some("women".to_owned()), 41),
                ("mentors".to_owned(), None, 44),
                ("employment".to_owned(), None, 12),
                ("studies".to_owned(), None, 9),
            ]
        );
    }
}
