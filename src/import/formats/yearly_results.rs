//! Yearly results of an association or the nation, and evaluations. They are of no single project, unless the title names one.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::Draft;
use super::layout::{self, Item, Layout};
use super::prose::results;
use super::{Format, Reading, project_name, reading};
use crate::domain::pattern;
use crate::domain::statement::Statement;
use crate::import::document::{Document, Line};

/// The format `yearly-results`.
pub(super) struct YearlyResults;

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:årsredovisning\p{L}*|verksamhetsberättelse\p{L}*|årsrapport\p{L}*|årsbokslut\p{L}*|delårs\p{L}*|utvärdering\p{L}*|slutrapport\p{L}*|utvärderingsrapport|deltagarrapport|resultatrapport|verksamhetsåret|statistik|återrapportering|uppföljning av|resultat \d{4}|året som gått)\b",
    )
});
static EVALUATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\d+\s+)?(?:slut|extern\s|lärande\s)?(?:utvärdering(?:en)?|utvärderingsrapport|slutrapport)(?:srapport)?\s*(?:[:–-]\s*)?(?:(?:av|för|från)\s+)?(?:(?:esf-)?projekt(?:et)?\s+)?(?P<name>\p{Lu}.{2,100})$",
    )
});
static FIGURES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\d+ (?:procent|%) (?:av|gick|arbetade|fick|började)|\b(?:deltog|deltagit|inskrivna|avslutade[s]?|insatser finansierades|finansierade \d+ insatser|individinriktade|registrera\p{L}* i sus|registrerats i sus|uppföljningssystemet sus)\b",
    )
});

impl Format for YearlyResults {
    fn name(&self) -> &'static str {
        "yearly-results"
    }

    fn detect(&self, document: &Document, _layout: &Layout) -> u8 {
        let lines = document.lines();
        let titled = lines
            .iter()
            .filter(|line| !line.is_blank())
            .take(4)
            .any(|line| TITLE.is_match(&line.text) && line.text.len() < 140);
        let figures = FIGURES.find_iter(&document.text).take(3).count();
        match (titled, figures) {
            (true, 1..) => 55,
            (true, 0) => 15,
            (false, 2..) => 35,
            _ => 0,
        }
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
        let layout = layout::read(document);
        let lines = document.lines();
        let title = lines.iter().find(|line| !line.is_blank());
        let evaluated = title.and_then(|line| evaluated(line, &layout.items));
        let title = title.map(|line| line.text.clone());
        reading(&layout, document, title, evaluated.into_iter().collect())
    }
}

/// The project that a title says is evaluated, with the results that the text gives.
fn evaluated(title: &Line, items: &[Item]) -> Option<Statement> {
    let found = EVALUATED.captures(&title.text)?;
    let mut draft = Draft::default();
    draft.statement.name = project_name::clean(&found["name"]);
    draft.statement.line = title.number;
    for item in items {
        if let Item::Text(line) | Item::Bullet(line) | Item::Heading(line) = item {
            let known = &mut draft.statement.results;
            for figure in results::find(&line.text, line.number) {
                if !known.iter().any(|other| other.measure == figure.measure && other.sex == figure.sex) {
                    known.push(figure);
                }
            }
        }
    }
    draft.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Statement> {
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        assert!(super::super::score(&YearlyResults, &document) > 0);
        crate::import::formats::statements(YearlyResults.read(&document))
    }

    #[test]
    fn a_year_of_an_association_is_no_project() {
        let text = "Årsredovisningen är klar\n\nUnder året deltog 183 personer, och 40 procent av dem gick till arbete.\n";
        assert!(read(text).is_empty());
    }

    #[test]
    fn an_evaluated_project_has_its_results() {
        let text =
            "UTVÄRDERING NYA VÄGAR\n\nUnder två år deltog 64 personer. Efter det fick 21 personer arbete.\n";
        let statement = read(text).remove(0);
        assert_eq!(statement.name.as_deref(), Some("NYA VÄGAR"));
        assert_eq!(statement.results.len(), 2);
    }
}
