//! A page about one project with a table or list of facts, and text about it.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::{Draft, social_fund};
use super::labels::{self, Field, Form};
use super::layout::{self, Item, Labelled, Layout};
use super::prose::{Sentence, amounts, dates, owner, participants, partners, sentences};
use super::{Format, Reading, page, project_name, reading};
use crate::domain::period::{self, Period};
use crate::domain::statement::{Statement, WarningCode};
use crate::domain::{names, pattern};
use crate::import::document::{Document, Line};

/// The format `fact-page`.
pub(super) struct FactPage;

const FACTS: [Field; 17] = [
    Field::Name,
    Field::Number,
    Field::Owner,
    Field::Role,
    Field::Partners,
    Field::ParticipantsOrPartners,
    Field::Funder,
    Field::Financing,
    Field::Total,
    Field::Granted,
    Field::Eu,
    Field::CoFinancing,
    Field::Period,
    Field::Start,
    Field::End,
    Field::Participants,
    Field::Unit,
];

/// `Snabbfakta om ESF-projektet 2011–2014`
static ABOUT_FACTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:snabb|projekt)?fakta\b.{0,60}$|^(?:kort )?om projektet\b.{0,30}$|^projektinformation$")
});

impl Format for FactPage {
    fn name(&self) -> &'static str {
        "fact-page"
    }

    fn detect(&self, document: &Document, layout: &Layout) -> u8 {
        let facts = FACTS.iter().filter(|field| labels(layout).any(|label| label.field == **field)).count();
        let named = document.text.to_lowercase().contains("proje");
        let row = labels(layout).filter(|label| label.form == Form::Glued).count() > 2;
        match (facts, named) {
            (_, false) => 0,
            (0, true) => in_sentences(layout),
            (1, true) if !row => 35,
            (1 | 2, true) => 50,
            _ => 60,
        }
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
        let layout = layout::read(document);
        let own = |line: &&Line| !page::is_part(&line.text) && project_name::clean(&line.text).is_some();
        let title = headings(&layout).find(own).map(|line| line.text.clone());
        let statement = statement(&layout, document);
        reading(&layout, document, title, statement.into_iter().collect())
    }
}

/// How sure it is where the facts are sentences below a heading that says so.
fn in_sentences(layout: &Layout) -> u8 {
    let parts = headings(layout)
        .filter(|line| matches!(labels::field(&line.text), Some(Field::Other | Field::Results)));
    let in_parts = title(layout).is_some() && parts.count() > 1;
    if !in_parts && !headings(layout).any(|line| ABOUT_FACTS.is_match(&line.text)) {
        return 0;
    }
    let text = sentences::read(&layout.items);
    let facts = amounts::find(&text).len()
        + usize::from(owner::find(&text, None).is_some())
        + usize::from(dates::find(&text).is_some());
    if facts > 1 || in_parts && facts > 0 { 45 } else { 0 }
}

fn labels(layout: &Layout) -> impl Iterator<Item = &Labelled> {
    layout.items.iter().filter_map(|item| if let Item::Labelled(label) = item { Some(label) } else { None })
}

fn headings(layout: &Layout) -> impl Iterator<Item = &Line> {
    layout.items.iter().filter_map(|item| if let Item::Heading(line) = item { Some(line) } else { None })
}

fn statement(layout: &Layout, document: &Document) -> Option<Statement> {
    let mut draft = Draft::default();
    let text = sentences::read(&layout.items);
    let (known, role): (Vec<_>, Vec<_>) = labels(layout).partition(|label| label.field != Field::Role);
    for label in known {
        draft.apply(label);
        if label.field == Field::Unknown
            && label.form == Form::Colon
            && label.value.len() < 60
            && !label.value.is_empty()
        {
            draft.warn(WarningCode::UnknownLabel, label.line, Some(label.label.clone()));
        }
    }
    if draft.period.is_none() && draft.start.is_none() {
        draft.period = phases(layout);
    }
    let (name, line) = name(layout, &text, document);
    draft.statement.name = draft.statement.name.take().or(name);
    draft.statement.line = line;
    prose(&mut draft, &text);
    for label in role {
        draft.apply(label);
    }
    draft.only_number(&document.text);
    if let Some(fund) = social_fund(&document.text).filter(|_| draft.statement.funders.is_empty()) {
        draft.add_funder(fund);
    }
    draft.finish()
}

/// `Analysfas: …`, `Genomförandefas: …`: the period from the first of several phases to the last.
fn phases(layout: &Layout) -> Option<Period> {
    let all = labels(layout)
        .filter(|label| label.field == Field::Unknown && label.label.to_lowercase().contains("fas"))
        .filter_map(|label| period::read(&label.value));
    let all: Vec<Period> = all.collect();
    Period::new(all.first()?.start, all.last()?.end).filter(|_| all.len() > 1)
}

fn prose(draft: &mut Draft, text: &[Sentence]) {
    if draft.statement.owner.is_none() {
        draft.statement.owner = owner::find(text, draft.statement.name.as_deref());
    }
    draft.prose_partners(&partners::find(&sentences::of_project(text, draft.statement.name.as_deref())));
    draft.decided(dates::decided(text));
    draft.prose_period(dates::find(text));
    for amount in amounts::find(text) {
        draft.add_amount(amount);
    }
    draft.statement.planned_participants =
        draft.statement.planned_participants.or_else(|| participants::find(text));
}

/// The name and its first line: a label's, the heading that the text also uses, what the text introduces, the first heading.
fn name(layout: &Layout, text: &[Sentence], document: &Document) -> (Option<String>, u32) {
    let labelled = labels(layout).find(|label| label.field == Field::Name && !label.value.is_empty());
    if let Some(label) = labelled {
        return (project_name::clean(&label.value), label.line);
    }
    let introduced = text.iter().find_map(|sentence| {
        let name = project_name::introduced(&sentence.text)?;
        Some((project_name::settled(name, &document.text), sentence.line))
    });
    let same = |line: &&Line| {
        introduced.as_ref().is_some_and(|(name, _)| {
            project_name::clean(&line.text).is_some_and(|heading| names::fold(&heading) == names::fold(name))
        })
    };
    if let Some(line) = headings(layout).find(same) {
        return (project_name::clean(&line.text), line.number);
    }
    let heading = headings(layout).find(|line| {
        let short = line.text.chars().count() < 90;
        short && !is_site(&line.text) && project_name::clean(&line.text).is_some()
    });
    let all = names::fold(&document.text);
    let repeated = heading.and_then(|line| {
        let name = project_name::clean(&line.text)?;
        (all.matches(&names::fold(&name)).count() > 1).then_some((name, line.number))
    });
    if let Some(line) = title(layout).filter(|line| heading.is_some_and(|heading| heading == *line)) {
        return (project_name::clean(&line.text), line.number);
    }
    match (repeated, introduced, heading) {
        (Some((name, line)), _, _) | (None, Some((name, line)), _) => (Some(name), line),
        (None, None, Some(line)) => (project_name::clean(&line.text), line.number),
        (None, None, None) => (None, labels(layout).next().map_or(1, |label| label.line)),
    }
}

/// The heading that the page begins with, where it is short enough to be the name of the project.
fn title(layout: &Layout) -> Option<&Line> {
    let Some(Item::Heading(line)) = layout.items.first() else { return None };
    let short = line.text.split(' ').count() <= 8 && !line.text.contains([':', '?']);
    let news = [" får ", " ska ", " startar ", " ger ", " söker ", " i nytt ", " till "];
    let sentence = news.iter().any(|word| line.text.contains(word));
    (short && !sentence).then_some(line)
}

/// The names of organisations and of parts of a site that stand above the title of a page.
fn is_site(heading: &str) -> bool {
    let folded = names::fold(heading);
    let organisation = ["kommun", "stad", "region", "länsstyrelsen", "samordningsförbundet"]
        .iter()
        .any(|noun| folded.split(' ').any(|word| word == *noun));
    let trail = heading.contains(['/', '>', '|', '»']);
    trail
        || page::is_part(heading)
        || ABOUT_FACTS.is_match(heading)
        || organisation && folded.split(' ').count() <= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_may_be_sentences() {
        let text = "Om projektet\n\nUnga i Flen\n\nArbetet vände sig till unga.\n\nSnabbfakta om ESF-projektet 2011–2014\n\n• Projektägare var Flens kommun.\n• Total projektbudget var 26 miljoner kronor.\n• Socialfonden stod för 10 miljoner.\n";
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        assert_eq!(super::super::score(&FactPage, &document), 45);
        let statement = crate::import::formats::statements(FactPage.read(&document)).remove(0);
        assert_eq!(statement.name.as_deref(), Some("Unga i Flen"));
        assert_eq!(statement.period.as_deref(), Some("2011/2014"));
        assert_eq!((statement.amounts.len(), statement.owner.is_some()), (2, true));
    }

    #[test]
    fn facts_of_the_list_and_of_the_text_are_joined() {
        let text = "Start / Projekt\n\nNystart\n\nProjektet drivs av socialförvaltningen i Flens kommun i samarbete med\n\n• Region Gotland\n• Röda Korset.\n\nFakta\n\nPeriod: 2019 - 2021\nBudget: 12 mkr varav 5 mkr från ESF\nDeltagare: cirka 150\n\nProjektet startade den 1 mars 2019 och pågår till 30 april 2021.\n";
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        let statement = crate::import::formats::statements(FactPage.read(&document)).remove(0);
        assert_eq!((statement.name.as_deref(), statement.line), (Some("Nystart"), 3));
        assert_eq!(statement.period.as_deref(), Some("2019-03-01/2021-04-30"));
        assert_eq!(statement.partners.len(), 2);
        assert_eq!((statement.amounts.len(), statement.planned_participants), (2, Some(150)));
    }
}
