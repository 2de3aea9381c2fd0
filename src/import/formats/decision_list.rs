//! The decisions of a fund or a partnership: who applied for or was granted how much, for which projects.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{self, Block, Blocks, Section};
use super::decision_sentence::{self, Decision};
use super::draft::Draft;
use super::labels::Field;
use super::layout::{self, Item, Layout};
use super::prose::{Sentence, amounts, owner, participants, partners, sentences};
use super::{Format, Reading, project_name, reading};
use crate::domain::statement::{AmountKind, Statement, WarningCode};
use crate::domain::written_date::Precision;
use crate::domain::{names, party, pattern, period};
use crate::import::document::Document;

/// The format `decision-list`.
pub(super) struct DecisionList;

static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:.*\bbeslut(?:ade|sdatum|at|smöte)?\b.*\d{4}.*|(?:prioriterade|beviljade|godkända|avslagna|beslutade|bifallna)\b.{0,60}\b(?:projekt|ansökningar)\b.{0,80}|projekt(?:en)? som (?:har )?(?:beviljats|prioriterats|fått).{0,60}|utlysning(?:en)?\b.{5,250}|programområde \d.{0,80})$",
    )
});
static ABOUT_DECISION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)beslut|bevilja|prioriter"));
static OF_DECISIONS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)strukturfondspartnerskap|prioriterade (?:esf|eu|projekt|ansökningar)|beviljade (?:projekt|ansökningar)|projekten? som (?:har )?beviljats|sökt (?:eu-)?belopp|beslutade? (?:projekt|strukturfond)",
    )
});
static PROGRAMME_REGION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i:\bregion(?:en)?) (?P<region>Norra Mellansverige|Mellersta Norrland|Övre Norrland|Östra Mellansverige|Småland och [Öö]arna|Sydsverige|Västsverige)\b",
    )
});

impl Format for DecisionList {
    fn name(&self) -> &'static str {
        "decision-list"
    }

    fn detect(&self, document: &Document) -> u8 {
        let layout = layout::read(document);
        let blocks = split(&layout.items);
        let applied = blocks.projects.iter().filter(|block| is_project(block)).count();
        let decisions = decisions(&layout.items).len();
        let about = OF_DECISIONS.is_match(&document.text);
        match (applied + decisions, about) {
            (0, _) => 0,
            (1, true) => 45,
            (1, false) => 20,
            (_, true) => 85,
            (_, false) => 70,
        }
    }

    fn read(&self, document: &Document) -> Reading {
        let layout = layout::read(document);
        let statements = statements(&layout, document);
        let title = layout
            .items
            .iter()
            .find_map(|item| if let Item::Heading(line) = item { Some(line.text.clone()) } else { None });
        reading(&layout, document, title, statements)
    }
}

fn split(items: &[Item]) -> Blocks {
    blocks::split(items, &|heading| SECTION.is_match(heading) && heading.chars().count() < 300)
}

fn is_project(block: &Block) -> bool {
    let money = block.has(&[Field::Applied, Field::Granted, Field::Eu, Field::Total]);
    let owner = block.has(&[Field::Owner]);
    let named = block.heading.is_some() || block.has(&[Field::Name]);
    named && (block.has(&[Field::Applied]) || money && owner)
}

fn statements(layout: &Layout, document: &Document) -> Vec<Statement> {
    let blocks = split(&layout.items);
    let region = region(document);
    let fund = fund(document);
    let of_all = Dates::of_items(&blocks.before);
    let mut drafts: Vec<Draft> = Vec::new();
    for block in blocks.projects.iter().filter(|block| is_project(block)) {
        let dates = block.section.and_then(|at| blocks.sections.get(at)).map(Dates::of_section);
        let mut draft = from_block(block);
        dates.as_ref().unwrap_or(&of_all).set(&mut draft, block.line());
        drafts.push(draft);
    }
    let of_sentences = from_sentences(layout, &of_all);
    let known: BTreeSet<String> =
        drafts.iter().filter_map(|draft| draft.statement.name.as_deref().map(names::fold)).collect();
    drafts.extend(of_sentences.into_iter().filter(|draft| {
        draft.statement.name.as_deref().is_some_and(|name| !known.contains(&names::fold(name)))
    }));
    drafts.sort_by_key(|draft| draft.statement.line);
    let complete = drafts.into_iter().filter_map(|mut draft| {
        if let Some(fund) = fund.filter(|_| draft.statement.funders.is_empty()) {
            draft.add_funder(fund);
        }
        draft.statement.region = draft.statement.region.take().or_else(|| region.clone());
        draft.finish()
    });
    complete.collect()
}

fn from_block(block: &Block) -> Draft {
    let mut draft = Draft::default();
    draft.statement.line = block.line();
    draft.statement.name = block.heading.as_ref().and_then(|line| project_name::clean(&line.text));
    for label in block.labels() {
        draft.apply(label);
    }
    let text = sentences::read(&block.items);
    draft.prose_partners(&partners::find(&text));
    draft.statement.planned_participants =
        draft.statement.planned_participants.or_else(|| participants::find(&text));
    draft
}

/// The decisions that sentences state, each with the text that follows up to the next.
fn decisions(items: &[Item]) -> Vec<(Sentence, Decision, Vec<Sentence>)> {
    let mut all: Vec<(Sentence, Decision, Vec<Sentence>)> = Vec::new();
    let mut goes_on = false;
    for part in items.chunk_by(|_, next| matches!(next, Item::Text(_))) {
        let entry = matches!(part.first(), Some(Item::Bullet(_) | Item::Heading(_)));
        // A heading or a label ends what is said of the decision before.
        goes_on &= !matches!(part.first(), Some(Item::Heading(_) | Item::Labelled(_)));
        for (at, sentence) in sentences::read(part).into_iter().enumerate() {
            match decision_sentence::read(&sentence.text, entry && at == 0) {
                Some(decision) => {
                    goes_on = true;
                    all.push((sentence, decision, Vec::new()));
                }
                None => {
                    if let Some((_, _, rest)) = all.last_mut().filter(|_| goes_on) {
                        rest.push(sentence);
                    }
                }
            }
        }
    }
    all
}

fn from_sentences(layout: &Layout, of_all: &Dates) -> Vec<Draft> {
    let mut dates = of_all.clone();
    let mut sections = layout.items.iter().filter_map(|item| match item {
        Item::Heading(line) | Item::Text(line) if SECTION.is_match(&line.text) => {
            Some((line.number, Dates::of_heading(&line.text)))
        }
        _ => None,
    });
    let mut next = sections.next();
    let mut drafts = Vec::new();
    for (sentence, decision, rest) in decisions(&layout.items) {
        while let Some((_, found)) = next.take_if(|(line, _)| *line < sentence.line) {
            dates = found;
            next = sections.next();
        }
        drafts.push(from_decision(&sentence, decision, &rest, &dates));
    }
    drafts
}

fn from_decision(sentence: &Sentence, decision: Decision, rest: &[Sentence], dates: &Dates) -> Draft {
    let mut draft = Draft::default();
    draft.statement.line = sentence.line;
    draft.statement.name = Some(decision.name);
    draft.statement.owner = decision.owner.as_deref().and_then(party::read);
    for name in &decision.partners {
        draft.add_partner(party::single(name));
    }
    draft.add_amount(amounts::stated(AmountKind::Granted, &decision.money, &decision.text, sentence.line));
    let own: Vec<Sentence> = std::iter::once(sentence).chain(rest).cloned().collect();
    if draft.statement.owner.is_none() && decision.partners.is_empty() {
        draft.statement.owner = owner::find(rest, draft.statement.name.as_deref());
    }
    draft.statement.planned_participants = participants::find(&own);
    let mut found = partners::find(&own[..1]);
    if !decision.partners.is_empty() {
        found.names.clear();
    }
    draft.prose_partners(&found);
    dates.set(&mut draft, sentence.line);
    draft
}

/// The days that a heading and the text below it give for the decision.
#[derive(Clone, Debug, Default)]
struct Dates {
    days: BTreeSet<String>,
}

impl Dates {
    fn of_section(section: &Section) -> Self {
        let mut dates = Self::of_heading(&section.heading);
        dates.days.extend(Self::of_items(&section.text).days);
        dates
    }

    fn of_heading(heading: &str) -> Self {
        Self::of_sentence(heading)
    }

    fn of_items(items: &[Item]) -> Self {
        let days = sentences::read(items)
            .iter()
            .flat_map(|sentence| Self::of_sentence(&sentence.text).days)
            .collect();
        Self { days }
    }

    fn of_sentence(text: &str) -> Self {
        if !ABOUT_DECISION.is_match(text) {
            return Self::default();
        }
        let days = period::find_all(text)
            .into_iter()
            .filter(|found| found.second.is_none())
            .filter_map(|found| found.first.edge());
        Self {
            days: days.filter(|day| day.precision() == Precision::Day).map(|day| day.to_string()).collect(),
        }
    }

    /// The day where there is one; where there are several, none of them is certain.
    fn set(&self, draft: &mut Draft, line: u32) {
        if self.days.len() == 1 {
            draft.statement.decided_on =
                draft.statement.decided_on.take().or_else(|| self.days.first().cloned());
        } else if self.days.len() > 1 {
            let days: Vec<_> = self.days.iter().cloned().collect();
            draft.warn(WarningCode::ContradictingDates, line, Some(days.join(", ")));
        }
    }
}

/// The programme's region, where the document names one and no other.
fn region(document: &Document) -> Option<String> {
    let all: BTreeSet<String> =
        PROGRAMME_REGION.captures_iter(&document.text).map(|found| found["region"].to_owned()).collect();
    all.first().filter(|_| all.len() == 1).cloned()
}

fn fund(document: &Document) -> Option<&'static str> {
    let text = document.text.to_lowercase();
    if text.contains("esf+") || text.contains("socialfonden+") {
        Some("Europeiska socialfonden+")
    } else if text.contains("socialfond") || text.contains("esf") {
        Some("Europeiska socialfonden")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Statement> {
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned() };
        assert!(DecisionList.detect(&document) >= 70);
        DecisionList.read(&document).statements
    }

    #[test]
    fn what_was_applied_for_is_not_granted() {
        let found = read(
            "Prioriterade ESF-projekt, beslut 4 maj 2017\n\nNystart\n\nSökande: Flens kommun\nSökt belopp: 5 000 000 kronor\n\nVidare\n\nSökande: Region Gotland\nBelopp: 6 000 000 kronor\n",
        );
        let kinds: Vec<_> = found.iter().map(|statement| statement.amounts[0].kind).collect();
        assert_eq!(kinds, [AmountKind::Applied, AmountKind::Granted]);
        assert!(found.iter().all(|statement| statement.decided_on.as_deref() == Some("2017-05-04")));
    }

    #[test]
    fn contradicting_days_leave_the_day_open() {
        let found = read(
            "Prioriterade projekt, beslut 4 maj 2017\n\nDen 7 juni 2016 beviljades detta:\n\nNystart\n\nSökande: Flen\nBelopp: 5 000 000 kr\n\nVidare\n\nSökande: Trosa\nBelopp: 6 000 000 kr\n",
        );
        assert_eq!(found[0].decided_on, None);
        assert_eq!(found[0].warnings[0].code, WarningCode::ContradictingDates);
    }
}
