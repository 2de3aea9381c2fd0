//! The board, and the municipality, that a document of projects is of.

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{Block, Blocks};
use super::labels::Field;
use super::layout::Item;
use crate::domain::statement::Party;
use crate::domain::{names, pattern};

/// The board that a document is of, as far as the document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct House {
    pub(super) board: Option<String>,
    pub(super) municipality: Option<String>,
}

static BOARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?P<board>(?:\p{L}+-(?:,| och) ){0,2}\p{L}{3,}nämnden|kommunstyrelsen)s?\b")
});
static ADMINISTRATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<stem>arbetsmarknads|social|utbildnings|omsorgs|vuxenutbildnings|kultur|äldre|stadsdels|barn- och utbildnings)(?:- och \p{L}+)?förvaltningen\b",
    )
});
static MUNICIPALITY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?P<name>\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)?) (?P<kind>stad|kommun)s?\b"));

impl House {
    /// What the introduction says of it, else what the texts do; labels name other organisations too.
    pub(super) fn of(items: &[Item], blocks: &Blocks) -> Self {
        let first = blocks.projects.first().map_or(u32::MAX, Block::line);
        let introduction: String = items.iter().filter_map(|item| introduction(item, first)).collect();
        let mut sections = String::new();
        for section in &blocks.sections {
            sections.push_str(&section.heading);
            sections.push('\n');
            sections.push_str(&text(&section.text));
        }
        let projects: String = blocks.projects.iter().map(|block| text(&block.items)).collect();
        let parts = [introduction, sections, projects];
        Self {
            board: parts
                .iter()
                .find_map(|part| board(part))
                .or_else(|| board_of_administration(&parts.concat())),
            municipality: parts.iter().find_map(|part| municipality(part)),
        }
    }

    /// The board as a unit of its municipality, or the board alone.
    pub(super) fn party(&self) -> Option<Party> {
        let name = self.municipality.clone().or_else(|| self.board.clone())?;
        let unit = self.board.clone().filter(|board| *board != name);
        Some(Party { name, unit, number: None })
    }

    /// Whether a name is the board, its administration or its municipality.
    pub(super) fn is_own(&self, name: &str) -> bool {
        let folded = names::fold(name);
        let board = self.board.as_deref().and_then(|board| board.strip_suffix("nämnden"));
        is_general(&folded)
            || board.is_some_and(|stem| {
                folded.starts_with(stem) && (folded.ends_with("förvaltningen") || folded.ends_with("nämnden"))
            })
            || self.municipality.as_deref().is_some_and(|own| names::same(own, name))
    }

    /// The whole name behind `nämnden` and `kommunen`.
    pub(super) fn named(&self, party: Party) -> Party {
        if is_general(&names::fold(&party.name)) { self.party().unwrap_or(party) } else { party }
    }
}

/// Words that a board uses of itself.
fn is_general(folded: &str) -> bool {
    matches!(folded, "nämnden" | "kommunen" | "staden" | "förvaltningen")
}

/// Headings and running text; what stands after labels is left out.
fn text(items: &[Item]) -> String {
    let line = |item: &Item| match item {
        Item::Heading(line) | Item::Text(line) | Item::Bullet(line) => Some(format!("{}\n", line.text)),
        Item::Labelled(_) => None,
    };
    items.iter().filter_map(line).collect()
}

/// A line before the first project; what stands after an unknown label is a part of a page's head.
fn introduction(item: &Item, first: u32) -> Option<String> {
    match item {
        Item::Labelled(label) if label.line < first && label.field == Field::Unknown => {
            Some(format!("{}\n{}\n", label.label, label.value))
        }
        Item::Heading(line) | Item::Text(line) | Item::Bullet(line) if line.number < first => {
            Some(format!("{}\n", line.text))
        }
        _ => None,
    }
}

fn board(text: &str) -> Option<String> {
    most(BOARD.captures_iter(text).map(|found| found["board"].to_lowercase()))
}

/// The board of the administration that is said most often.
fn board_of_administration(text: &str) -> Option<String> {
    let stems = ADMINISTRATION.captures_iter(text).map(|found| found["stem"].to_lowercase());
    most(stems.map(|stem| format!("{stem}nämnden")))
}

fn municipality(text: &str) -> Option<String> {
    most(MUNICIPALITY.captures_iter(text).map(|found| format!("{} {}", &found["name"], &found["kind"])))
}

/// The one said most often, the first of several.
fn most(all: impl Iterator<Item = String>) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for one in all.take(2000) {
        match counts.iter_mut().find(|(known, _)| *known == one) {
            Some((_, count)) => *count += 1,
            None => counts.push((one, 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(one, _)| one)
}

#[cfg(test)]
mod tests {
    use super::super::{blocks, layout};
    use super::*;
    use crate::import::document::Document;

    fn house(text: &str) -> House {
        let layout =
            layout::read(&Document { name: String::new(), text: text.to_owned(), ..Document::default() });
        House::of(&layout.items, &blocks::split(&layout.items, &|_| false))
    }

    #[test]
    fn the_introduction_says_whose_projects_they_are() {
        let own = house(
            "Bilaga för barn- och ungdomsnämnden, Flens kommun\n\n1. Nystart\n\nSocialnämnden i Trosa kommun hjälper till.\n\nBudget: 5 mkr\n",
        );
        assert_eq!(own.board.as_deref(), Some("barn- och ungdomsnämnden"));
        assert_eq!(own.municipality.as_deref(), Some("Flens kommun"));
        let general = Party { name: "Nämnden".to_owned(), ..Party::default() };
        assert_eq!(own.named(general).name, "Flens kommun");
        assert!(own.is_own("Flens kommun") && !own.is_own("Trosa kommun"));
    }

    #[test]
    fn partners_after_labels_are_no_house() {
        let own = house("Socialnämndens projekt\n\n1. Nystart\n\nBudget: 5 mkr\nMedverkande: Trosa kommun\n");
        assert_eq!((own.board.as_deref(), own.municipality), (Some("socialnämnden"), None));
    }
}
