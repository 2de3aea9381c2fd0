//! A press release or news item about one project. What it does not say stays unsaid.

use std::collections::BTreeSet;

use super::draft::{Draft, social_fund};
use super::layout::{self, Item, Layout};
use super::prose::{Sentence, amounts, dates, owner, participants, partners, sentences};
use super::{Format, Reading, project_name, reading};
use crate::domain::statement::Statement;
use crate::domain::{names, period};
use crate::import::document::Document;

/// The format `press-release`.
pub(super) struct PressRelease;

impl Format for PressRelease {
    fn name(&self) -> &'static str {
        "press-release"
    }

    fn detect(&self, document: &Document, layout: &Layout) -> u8 {
        let text = text(layout);
        let Some((name, _)) = name(&text, document) else {
            return if is_news(document) { 12 } else { 0 };
        };
        let says = !amounts::find(&text).is_empty()
            || owner::find(&text, Some(&name)).is_some()
            || dates::find(&text).is_some()
            || !partners::find(&text).names.is_empty();
        if says { 40 } else { 10 }
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
        let layout = layout::read(document);
        let title = layout.items.iter().find_map(|item| match item {
            Item::Heading(line) if line.text.split(' ').count() > 2 && !is_dateline(&line.text) => {
                Some(line.text.clone())
            }
            _ => None,
        });
        let statement = statement(&text(&layout), document);
        reading(&layout, document, title, statement.into_iter().collect())
    }
}

/// `Pressmeddelande • 4 mars 2011` stands above or below the title.
fn is_dateline(heading: &str) -> bool {
    let words = heading.trim_start_matches(|c: char| !c.is_alphanumeric());
    period::find_all(words).first().is_some_and(|found| found.from < 30 && words.len() < found.to + 12)
}

/// News of funded projects that names none of them: it is read, and says nothing of a single project.
fn is_news(document: &Document) -> bool {
    let text = document.text.to_lowercase();
    let funded =
        ["socialfond", "esf", "eu-medel", "eu-stöd", "eu-projekt", "samordningsförbund", "strukturfond"];
    text.contains("projekt") && funded.iter().any(|word| text.contains(word))
}

fn text(layout: &Layout) -> Vec<Sentence> {
    sentences::read(&layout.items)
}

fn statement(text: &[Sentence], document: &Document) -> Option<Statement> {
    let (name, line) = name(text, document)?;
    let mut draft = Draft::default();
    draft.statement.line = line;
    draft.statement.owner = owner::find(text, Some(&name));
    draft.prose_partners(&partners::find(&sentences::of_project(text, Some(&name))));
    draft.statement.name = Some(name);
    draft.decided(dates::decided(text));
    draft.prose_period(dates::find(text));
    for amount in amounts::find(text) {
        draft.add_amount(amount);
    }
    draft.statement.planned_participants = participants::find(text);
    draft.only_number(&document.text);
    if let Some(fund) = social_fund(&document.text) {
        draft.add_funder(fund);
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
    fn news_of_unnamed_projects_are_read_without_statements() {
        let text = "Nya pengar\n\nTre ESF-projekt startar i höst. De delar på 30 miljoner kronor.\n";
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        assert!(super::super::score(&PressRelease, &document) > 0);
        assert!(crate::import::formats::statements(PressRelease.read(&document)).is_empty());
    }

    #[test]
    fn only_what_is_said_is_read() {
        let text = "Stöd till Flen\n\nSocialfonden ger Flens kommun 7 miljoner kronor till projektet Nystart. I kommunen bor 9 000 personer i arbetsför ålder. Arbetet tar tre år.\n";
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        let statement = crate::import::formats::statements(PressRelease.read(&document)).remove(0);
        assert_eq!((statement.name.as_deref(), statement.line), (Some("Nystart"), 3));
        assert_eq!(statement.owner.map(|owner| owner.name).as_deref(), Some("Flens kommun"));
        assert_eq!((statement.period, statement.planned_participants), (None, None));
        assert_eq!(statement.amounts.len(), 1);
    }
}
