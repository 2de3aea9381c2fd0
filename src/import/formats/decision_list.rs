//! The decisions of a fund or a partnership: who applied for or was granted how much, for which projects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::annex_section;
use super::blocks::{self, Block, Blocks};
use super::decision_dates::Dates;
use super::decision_entry::Order;
use super::decision_sentence::{self, Decision, Place};
use super::draft::{Draft, social_fund};
use super::labels::Field;
use super::layout::{self, Item, Layout};
use super::prose::{Sentence, amounts, owner, participants, partners, sentences};
use super::{Format, Reading, mentions, project_name, project_sections, published, reading};
use crate::domain::statement::{AmountKind, Statement};
use crate::domain::{names, party, pattern};
use crate::import::document::Document;

/// How many names the text after a decision is searched for.
const MOST_NAMES: usize = 100;

/// The format `decision-list`.
pub(super) struct DecisionList;

static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:.*\bbeslut(?:ade|sdatum|at|smöte)?\b.*\d{4}.*|(?:prioriterade|beviljade|godkända|avslagna|beslutade|bifallna)\b.{0,60}\b(?:projekt|ansökningar)\b.{0,80}|projekt(?:en)? som (?:har )?(?:beviljats|prioriterats|fått).{0,60}|utlysning(?:en)?\b.{5,250}|programområde \d.{0,80})$",
    )
});
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

    fn detect(&self, document: &Document, layout: &Layout) -> u8 {
        let blocks = split(&layout.items);
        let applied = blocks.projects.iter().filter(|block| is_project(block)).count();
        let decided: BTreeSet<String> =
            decisions(&layout.items).iter().map(|(_, decision, _)| names::fold(&decision.name)).collect();
        let decisions = decided.len().max(project_sections::read(layout).len());
        let about = OF_DECISIONS.is_match(&document.text);
        match (applied + decisions, about) {
            (0, _) => 0,
            (1, true) => 45,
            (1, false) => 20,
            (_, true) => 85,
            (_, false) => 70,
        }
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
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
    let text = sentences::read(&layout.items);
    let of_all = Dates::of_items(&blocks.before).or_today(&text, published::day(document));
    let of_sections = Dates::of_sections(&blocks.sections, &of_all);
    let mut drafts: Vec<Draft> = Vec::new();
    for block in blocks.projects.iter().filter(|block| is_project(block)) {
        let dates = block.section.and_then(|at| of_sections.get(at));
        let mut draft = from_block(block);
        dates.unwrap_or(&of_all).set(&mut draft, block.line());
        drafts.push(draft);
    }
    let mut known: BTreeSet<String> =
        drafts.iter().filter_map(|draft| draft.statement.name.as_deref().map(names::fold)).collect();
    drafts.extend(
        from_sentences(layout, &of_all).into_iter().filter(|draft| {
            draft.statement.name.as_deref().is_some_and(|name| known.insert(names::fold(name)))
        }),
    );
    for mut draft in project_sections::read(layout) {
        if draft.statement.name.as_deref().is_some_and(|name| known.insert(names::fold(name))) {
            let line = draft.statement.line;
            of_all.set(&mut draft, line);
            drafts.push(draft);
        }
    }
    drafts.sort_by_key(|draft| draft.statement.line);
    from_text(&mut drafts, &text);
    set_funds(&mut drafts, layout, document);
    let region = region(document);
    let complete = drafts.into_iter().filter_map(|mut draft| {
        draft.statement.region = draft.statement.region.take().or_else(|| region.clone());
        draft.finish()
    });
    complete.collect()
}

/// Adds what the running text says of the projects that it names.
fn from_text(drafts: &mut [Draft], text: &[Sentence]) {
    let names: Vec<Vec<String>> =
        drafts.iter().map(|draft| draft.statement.name.iter().cloned().collect()).collect();
    let only = drafts.len() == 1;
    for (draft, own) in drafts.iter_mut().zip(mentions::of_projects(&names, text)) {
        // The sentence of the decision itself has been read.
        let own: Vec<Sentence> =
            own.into_iter().filter(|sentence| sentence.line != draft.statement.line).collect();
        let own = sentences::of_project(&own, draft.statement.name.as_deref());
        if draft.statement.partners.is_empty() {
            draft.prose_partners(&partners::find(if only { text } else { &own }));
        }
        draft.statement.planned_participants =
            draft.statement.planned_participants.or_else(|| participants::find(&own));
    }
}

/// The fund of each project: its own, that of the heading above, else the only one that the document names.
fn set_funds(drafts: &mut [Draft], layout: &Layout, document: &Document) {
    let headings = layout.items.iter().filter_map(|item| match item {
        Item::Heading(line) | Item::Text(line) if annex_section::is_section(&line.text) => {
            Some((line.number, annex_section::funder(&line.text)?))
        }
        // `Prioriterade ESF-projekt, beslut 3 december` is the fund's, whatever the page says besides.
        Item::Heading(line) | Item::Text(line) if line.text.chars().count() <= LONGEST_HEADING => {
            Some((line.number, only_fund(&line.text)?.to_owned()))
        }
        _ => None,
    });
    let headings: Vec<(u32, String)> = headings.collect();
    let fund = only_fund(&document.text);
    for draft in drafts.iter_mut().filter(|draft| draft.statement.funders.is_empty()) {
        let above = headings.iter().rev().find(|(line, _)| *line < draft.statement.line);
        if let Some((_, funder)) = above {
            draft.add_funder(funder);
        } else if let Some(fund) = fund {
            draft.add_funder(fund);
        }
    }
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
    let order = order(items);
    for part in items.chunk_by(|_, next| matches!(next, Item::Text(_))) {
        let entry = matches!(part.first(), Some(Item::Bullet(_) | Item::Heading(_)));
        // A heading or a label ends what is said of the decision before.
        goes_on &= !matches!(part.first(), Some(Item::Heading(_) | Item::Labelled(_)));
        let mut previous: Option<String> = None;
        for (at, sentence) in sentences::read(part).into_iter().enumerate() {
            let place = Place { entry: entry && at == 0, order, previous: previous.as_deref() };
            let decisions = decision_sentence::read_all(&sentence.text, place);
            previous = Some(sentence.text.clone());
            if decisions.is_empty() {
                if let Some((_, _, rest)) = all.last_mut().filter(|_| goes_on) {
                    rest.push(sentence);
                }
                continue;
            }
            goes_on = true;
            all.extend(decisions.into_iter().map(|decision| (sentence.clone(), decision, Vec::new())));
        }
    }
    all
}

/// Which part comes first in the entries that tell it themselves.
fn order(items: &[Item]) -> Option<Order> {
    let mut counts: BTreeMap<Order, usize> = BTreeMap::new();
    for item in items {
        if let Item::Bullet(line) | Item::Heading(line) = item
            && let Some(order) = decision_sentence::order(&line.text)
        {
            *counts.entry(order).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(order, _)| order)
}

fn from_sentences(layout: &Layout, of_all: &Dates) -> Vec<Draft> {
    let mut dates = of_all.clone();
    let mut sections = layout.items.iter().filter_map(|item| match item {
        Item::Heading(line) | Item::Text(line) if SECTION.is_match(&line.text) => {
            Some((line.number, Dates::of_heading(&line.text)?))
        }
        _ => None,
    });
    let mut next = sections.next();
    let mut drafts = Vec::new();
    let decisions = decisions(&layout.items);
    let names: Vec<String> =
        decisions.iter().take(MOST_NAMES).map(|(_, decision, _)| decision.name.clone()).collect();
    for (sentence, decision, mut rest) in decisions {
        // Where another project is named, the text goes on about that.
        let others = || names.iter().filter(|name| **name != decision.name);
        let end = rest.iter().position(|sentence| others().any(|name| sentence.text.contains(name.as_str())));
        rest.truncate(end.unwrap_or(rest.len()));
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
    let paragraph: Vec<Sentence> = own.iter().filter(|other| other.line == sentence.line).cloned().collect();
    let mut found = partners::find(&paragraph);
    if !decision.partners.is_empty() {
        found.names.clear();
    }
    draft.prose_partners(&found);
    dates.set(&mut draft, sentence.line);
    draft
}

/// The programme's region, where the document names one and no other.
fn region(document: &Document) -> Option<String> {
    let all: BTreeSet<String> =
        PROGRAMME_REGION.captures_iter(&document.text).map(|found| found["region"].to_owned()).collect();
    all.first().filter(|_| all.len() == 1).cloned()
}

/// A line that is longer than this heads nothing.
const LONGEST_HEADING: usize = 120;

/// The Social Fund, where a text names it and no other.
fn only_fund(text: &str) -> Option<&'static str> {
    let small = text.to_lowercase();
    let regional = ["regionalfond", "regionala utvecklingsfond", "eruf"];
    let other = regional.iter().any(|fund| small.contains(fund));
    social_fund(text).filter(|_| !other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Statement> {
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        assert!(super::super::score(&DecisionList, &document) >= 70);
        crate::import::formats::statements(DecisionList.read(&document))
    }

    #[test]
    fn a_heading_names_the_fund_of_the_decisions_below_it() {
        let list = "Projekt med stöd från ERUF och ESF under perioden.\n\nPrioriterade ESF projekt, beslut 2 maj 2021\n\n\
            Verkstan\n\nSökande: Haninge kommun\nSökt belopp: 1 000 000 kronor\n\n\
            Hyttan\n\nSökande: Tyresö kommun\nSökt belopp: 2 000 000 kronor\n";
        assert!(read(list).iter().all(|said| said.funders == ["Europeiska socialfonden"]));
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
        assert!(!found[0].warnings.is_empty());
    }
}
