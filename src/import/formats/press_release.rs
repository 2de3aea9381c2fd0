//! A press release or news item about one project. What it does not say stays unsaid.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::layout::{self, Item, Layout};
use super::prose::{Sentence, amounts, dates, owner, participants, partners, sentences};
use super::{Format, Reading, project_name, reading};
use crate::domain::names;
use crate::domain::statement::Statement;
use crate::import::document::Document;

/// The format `press-release`.
pub(super) struct PressRelease;

impl Format for PressRelease {
    fn name(&self) -> &'static str {
        "press-release"
    }

    fn detect(&self, document: &Document) -> u8 {
        let layout = layout::read(document);
        let text = text(&layout);
        let Some((name, _)) = name(&text, document) else {
            return 0;
        };
        let says = !amounts::find(&text).is_empty()
            || owner::find(&text, Some(&name)).is_some()
            || dates::find(&text).is_some()
            || !partners::find(&text).names.is_empty();
        if says { 40 } else { 10 }
    }

    fn read(&self, document: &Document) -> Reading {
        let layout = layout::read(document);
        let title = layout.items.iter().find_map(|item| match item {
            Item::Heading(line) if line.text.split(' ').count() > 2 => Some(line.text.clone()),
            _ => None,
        });
        let statement = statement(&text(&layout), document);
        reading(&layout, document, title, statement.into_iter().collect())
    }
}

fn text(layout: &Layout) -> Vec<Sentence> {
    sentences::read(&layout.items)
}

fn statement(text: &[Sentence], document: &Document) -> Option<Statement> {
    let (name, line) = name(text, document)?;
    let mut draft = Draft::default();
    draft.statement.line = line;
    draft.statement.owner = owner::find(text, Some(&name));
    draft.statement.name = Some(name);
    draft.prose_partners(&partners::find(text));
    draft.decided(dates::decided(text));
    draft.prose_period(dates::find(text));
    for amount in amounts::find(text) {
        draft.add_amount(amount);
    }
    draft.statement.planned_participants = participants::find(text);
    let all = document.text.to_lowercase();
    if all.contains("socialfond") || document.text.contains("ESF") {
        draft.add_funder("Europeiska socialfonden");
    }
    draft.finish()
}

/// The project that the text introduces, with the first line that names it. Of several, the one most often named.
fn name(text: &[Sentence], document: &Document) -> Option<(String, u32)> {
    let all = names::fold(&document.text);
    let introduced = text.iter().take(200).filter_map(|sentence| project_name::introduced(&sentence.text));
    let mut seen = BTreeSet::new();
    let mut candidates: Vec<(String, usize)> = Vec::new();
    for name in introduced {
        let raw = names::fold(&name);
        if candidates.len() >= 20 || !seen.insert(raw) {
            continue;
        }
        let name = project_name::settled(name, &document.text);
        let count = all.matches(&names::fold(&name)).count();
        candidates.push((name, count));
    }
    let (name, _) = candidates.into_iter().rev().max_by_key(|(_, count)| *count)?;
    let folded = names::fold(&name);
    let line = text
        .iter()
        .find(|sentence| names::fold(&sentence.text).contains(&folded))
        .map_or(1, |sentence| sentence.line);
    Some((name, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_is_read() {
        let text = "Stöd till Flen\n\nSocialfonden ger Flens kommun 7 miljoner kronor till projektet Nystart. I kommunen bor 9 000 personer i arbetsför ålder. Arbetet tar tre år.\n";
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned() };
        let statement = PressRelease.read(&document).statements.remove(0);
        assert_eq!((statement.name.as_deref(), statement.line), (Some("Nystart"), 3));
        assert_eq!(statement.owner.map(|owner| owner.name).as_deref(), Some("Flens kommun"));
        assert_eq!((statement.period, statement.planned_participants), (None, None));
        assert_eq!(statement.amounts.len(), 1);
    }
}
