//! A document of several projects, taken apart: each project's heading, labels and text.

use std::sync::LazyLock;

use regex::Regex;

use super::labels::{Field, Form};
use super::layout::{Item, Labelled};
use crate::domain::{number, pattern};
use crate::import::document::Line;

/// What a document says of one project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// The heading that names it.
    pub(super) heading: Option<Line>,
    /// The heading of the part of the document that it stands in.
    pub(super) section: Option<usize>,
    /// Labels and text in order.
    pub(super) items: Vec<Item>,
}

/// A document's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Blocks {
    /// Headings that say something of every project below them, such as the funder or the day of decision.
    pub(super) sections: Vec<Section>,
    /// The projects.
    pub(super) projects: Vec<Block>,
    /// What stands before the first project, and after the rows of a table.
    pub(super) before: Vec<Item>,
}

/// A heading with the text right below it, up to the first project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) text: Vec<Item>,
}

/// `3. Nystart`, `A2 Nystart`, `Projekt 4 – Nystart`
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\d{1,3}|\p{Lu}\d{1,2}|\d{1,2}\.\d{1,2}|(?i:projekt|insats) (?:nr )?\d{1,2})(?:[.):]\s*|\s+(?:[–-]\s+)?)[\p{Lu}”“\x22]",
    )
});

/// Headings inside the description of a project.
static INNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:bakgrund|syfte|mål|målgrupp|resultat|sammanfattning|aktiviteter|implementering|effekter|kontakt|budget|finansiering|projektfakta|fakta|länkar|om projektet|projektet|information|tidplan|organisation|samverkan|läs mer|beviljade projekt|avslagna projekt|projekt|ekonomi|inledning|bilaga|sida \d+.*)(?: och (?:mål|syfte|målgrupp|metod|resultat))?$",
    )
});

impl Block {
    /// Its labels with their values.
    pub(super) fn labels(&self) -> impl Iterator<Item = &Labelled> {
        self.items.iter().filter_map(|item| if let Item::Labelled(label) = item { Some(label) } else { None })
    }

    /// Whether it has a label of one of these fields.
    pub(super) fn has(&self, fields: &[Field]) -> bool {
        self.labels().any(|label| fields.contains(&label.field))
    }

    /// Whether it is a row of a table, so that the text below is not of it.
    fn is_row(&self) -> bool {
        matches!(self.items.last(), Some(Item::Labelled(label)) if label.form == Form::Cell)
    }

    /// The line where the project is first named.
    pub(super) fn line(&self) -> u32 {
        let label = self.labels().find(|label| label.field == Field::Name).or_else(|| self.labels().next());
        let first = self.heading.as_ref().map(|line| line.number);
        first.or_else(|| label.map(|label| label.line)).unwrap_or(1)
    }
}

/// `Nystart (dnr 2019/00163)`
pub(super) fn has_case_number(heading: &str) -> bool {
    number::normalise(heading).is_some() && heading.chars().filter(|c| c.is_alphabetic()).count() > 5
}

fn in_capitals(heading: &str) -> bool {
    heading.chars().filter(|c| c.is_alphabetic()).count() > 3 && !heading.contains(char::is_lowercase)
}

struct Splitter<'a> {
    is_section: &'a dyn Fn(&str) -> bool,
    blocks: Blocks,
    /// Items since the last label, which may belong to the next project.
    pending: Vec<Item>,
    /// Whether the current project still takes labels.
    open: bool,
}

/// Takes a document apart. `is_section` knows the headings that are no project's.
pub(super) fn split(items: &[Item], is_section: &dyn Fn(&str) -> bool) -> Blocks {
    let mut splitter = Splitter { is_section, blocks: Blocks::default(), pending: Vec::new(), open: false };
    for item in items {
        splitter.take(item);
    }
    splitter.settle();
    splitter.blocks
}

impl Splitter<'_> {
    fn take(&mut self, item: &Item) {
        match item {
            Item::Labelled(label) if label.field == Field::Unknown && (self.is_section)(&label.label) => {
                self.section(&format!("{}: {}", label.label, label.value));
            }
            // `De beviljade projekten är:` begins no project.
            Item::Labelled(label)
                if label.field == Field::Unknown
                    && (label.value.is_empty() || !self.open || self.in_table()) => {}
            Item::Labelled(label) => self.label(label),
            Item::Heading(line) | Item::Text(line) if (self.is_section)(&line.text) => {
                self.section(&line.text);
            }
            Item::Heading(line) if NUMBERED.is_match(&line.text) || has_case_number(&line.text) => {
                self.settle();
                self.start(Some(line.clone()));
            }
            other => self.pending.push(other.clone()),
        }
    }

    fn in_table(&self) -> bool {
        self.blocks.projects.last().is_some_and(Block::is_row)
    }

    fn section(&mut self, heading: &str) {
        self.settle();
        self.open = false;
        self.blocks.sections.push(Section { heading: heading.to_owned(), text: Vec::new() });
    }

    fn label(&mut self, label: &Labelled) {
        let last = self.blocks.projects.last();
        let free = matches!(label.field, Field::Unknown | Field::Other);
        let same_label = |block: &Block| block.labels().any(|known| known.label == label.label);
        let repeated = if free {
            self.heading().is_some() && last.is_some_and(same_label)
        } else {
            last.is_some_and(|block| block.has(&[label.field]))
        };
        let named = label.field == Field::Name && !label.value.is_empty();
        let current_named = || {
            let last = self.blocks.projects.last();
            last.is_some_and(|block| block.heading.is_some() || block.has(&[Field::Name]))
        };
        let heading = self.heading();
        if named
            && (!self.open
                || repeated
                || current_named() && heading.is_some()
                || current_named() && self.last_has_facts())
        {
            self.settle();
            self.start(None);
        } else if !self.open || repeated || self.next_in_capitals() {
            let at = heading.unwrap_or(self.pending.len());
            self.settle_before(at);
            let line = heading.and_then(|_| match self.pending.first() {
                Some(Item::Heading(line)) => Some(line.clone()),
                _ => None,
            });
            if heading.is_some() {
                self.pending.remove(0);
            }
            if line.is_some() || !self.open {
                self.start(line);
            }
        }
        let pending = std::mem::take(&mut self.pending);
        if let Some(block) = self.blocks.projects.last_mut() {
            block.items.extend(pending);
            block.items.push(Item::Labelled(label.clone()));
        }
    }

    /// Whether the project and the heading that waits are both written in capitals.
    fn next_in_capitals(&self) -> bool {
        let next = self.heading().and_then(|at| match self.pending.get(at) {
            Some(Item::Heading(line)) => Some(line),
            _ => None,
        });
        let last = self.blocks.projects.last().and_then(|block| block.heading.as_ref());
        self.last_has_facts()
            && [last, next].into_iter().all(|line| line.is_some_and(|line| in_capitals(&line.text)))
    }

    fn last_has_facts(&self) -> bool {
        self.blocks.projects.last().is_some_and(|block| {
            block.labels().any(|label| !matches!(label.field, Field::Other | Field::Unknown))
        })
    }

    /// The place of the last pending heading that can name a project.
    fn heading(&self) -> Option<usize> {
        self.pending.iter().rposition(|item| matches!(item, Item::Heading(line) if !INNER.is_match(&line.text) && line.text.chars().count() < 110))
    }

    fn start(&mut self, heading: Option<Line>) {
        let section = self.blocks.sections.len().checked_sub(1);
        self.blocks.projects.push(Block { heading, section, items: Vec::new() });
        self.open = true;
    }

    /// What is pending belongs to the project before, unless that is a row of a table.
    fn settle(&mut self) {
        self.settle_before(self.pending.len());
    }

    fn settle_before(&mut self, at: usize) {
        let rest = self.pending.split_off(at);
        let settled = std::mem::replace(&mut self.pending, rest);
        match (self.blocks.projects.last_mut(), self.blocks.sections.last_mut()) {
            (Some(block), _) if self.open && !block.is_row() => block.items.extend(settled),
            (Some(block), _) if block.is_row() => self.blocks.before.extend(settled),
            (_, Some(section)) => section.text.extend(settled),
            _ => self.blocks.before.extend(settled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout;
    use super::*;
    use crate::import::document::Document;

    fn blocks(text: &str) -> Vec<(String, usize)> {
        let layout =
            layout::read(&Document { name: String::new(), text: text.to_owned(), ..Document::default() });
        let blocks = split(&layout.items, &|heading| heading.starts_with("Projekt med"));
        let name = |block: &Block| block.heading.as_ref().map(|line| line.text.clone()).unwrap_or_default();
        blocks.projects.iter().map(|block| (name(block), block.labels().count())).collect()
    }

    #[test]
    fn a_repeated_label_begins_a_project() {
        let text = "Lista\n\nNystart\n\nSökande: Flen\nSökt belopp: 5 000 000 kr\n\nOm projektet i en mening.\n\nVidare\n\nSökande: Trosa\n";
        assert_eq!(blocks(text), [("Nystart".to_owned(), 2), ("Vidare".to_owned(), 1)]);
    }

    #[test]
    fn a_heading_in_capitals_begins_a_project_as_the_one_before_did() {
        let text = "Lista\n\nNYSTART\n\nSökande: Flen\n\nVIDARE\n\nBelopp: 5 mkr\n";
        assert_eq!(blocks(text), [("NYSTART".to_owned(), 1), ("VIDARE".to_owned(), 1)]);
    }

    #[test]
    fn text_below_a_table_is_not_of_its_last_row() {
        let text =
            "Namn\tSökande\tBelopp\nNystart\tFlen\t5 mkr\nVidare\tTrosa\t6 mkr\n\nI länet bor många unga.\n";
        let layout =
            layout::read(&Document { name: String::new(), text: text.to_owned(), ..Document::default() });
        let blocks = split(&layout.items, &|_| false);
        assert_eq!((blocks.projects.len(), blocks.before.len()), (2, 1));
    }

    #[test]
    fn numbered_headings_begin_projects() {
        let text = "Projekt med stöd\n\n1. Nystart\n\nText om det.\n\nBudget: 5 mkr\n\nProjekt med annat stöd\n\n1. Vidare\n\nBudget: 6 mkr\n";
        assert_eq!(blocks(text), [("1. Nystart".to_owned(), 1), ("1. Vidare".to_owned(), 1)]);
    }
}
