//! A board's list of its projects, each with a heading, a description and labels.

use std::sync::LazyLock;

use regex::Regex;

use super::annex_section::{self, Role};
use super::blocks::{self, Block, Blocks};
use super::draft::{Draft, canonical_funder};
use super::house::House;
use super::labels::{Field, Form};
use super::layout::{self, Item, Layout};
use super::prose::{Sentence, amounts, dates, owner, participants, partners, sentences};
use super::{Format, Reading, mentions, project_name, reading};
use crate::domain::organisations::take_list;
use crate::domain::statement::{Party, Statement, WarningCode};
use crate::domain::{number, party, pattern};
use crate::import::document::Document;

/// How many sentences before the first project are read for what they say of projects.
const INTRODUCTION: usize = 200;

/// The format `board-annex`.
pub(super) struct BoardAnnex;

static THROUGH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<name>.+?)\s*[-–,(]\s*(?P<funder>[\p{L}\d+ ]{2,40}?)\s+(?:genom|via)\s+(?P<owner>.+?)\)?$",
    )
});
/// `Nystart (ägare: Region Gotland)`
static OWNED_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<name>.+?)\s*[(,–-]\s*(?:projektägare|ägare|huvudman|sökande|ägs av|drivs av)(?:\s*:|\s+är)?\s+(?P<owner>[^()]+?)\)?$",
    )
});
static FUNDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<name>.+?)\s*\((?P<funder>esf\+?|(?:[^()]* )?(?:socialfonden|samordningsförbundet|vinnova|erasmus|amif|interreg|tillväxtverket|länsstyrelsen)[^()]*)\)$",
    )
});
static STATES_OWNER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bprojektägare\b|\b(?:drivs|ägs|leds|samordnas) av\b"));
static TAKES_PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<own>nämnden|kommunen|förvaltningen|staden|\p{L}+nämnden|\p{L}+förvaltningen) (?:bidrar|deltar|medverkar|medfinansierar|är (?:samverkanspart|samarbetspart|partner|part)\b)",
    )
});
static RUNS_WITH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:projektet|det|detta|det senare|det förra|arbetet|insatsen) (?:drivs|genomförs|bedrivs|sker|görs)\b[^.]{0,60}?\b(?:samarbete|samverkan|tillsammans) med\s+",
    )
});

impl Format for BoardAnnex {
    fn name(&self) -> &'static str {
        "board-annex"
    }

    fn detect(&self, document: &Document, layout: &Layout) -> u8 {
        let blocks = split(&layout.items);
        let full = blocks.projects.iter().filter(|block| is_project(block)).count();
        let decided = blocks.projects.iter().filter(|block| block.has(&[Field::Applied])).count();
        let board = document.text.to_lowercase().matches("nämndens").count() > 1;
        match full {
            1 if board => 40,
            0 | 1 => 0,
            _ if decided * 2 >= full => 20,
            _ => 80,
        }
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
        let layout = layout::read(document);
        let blocks = split(&layout.items);
        let house = House::of(&layout.items, &blocks);
        let mut statements: Vec<Statement> = Vec::new();
        for block in blocks.projects.iter().filter(|block| is_project(block)) {
            let section =
                block.section.and_then(|at| blocks.sections.get(at)).map(|section| section.heading.as_str());
            statements.extend(statement(block, section.unwrap_or_default(), &house));
        }
        introduce(&blocks, &mut statements, &house);
        let title = blocks
            .before
            .iter()
            .find_map(|item| if let Item::Heading(line) = item { Some(line.text.clone()) } else { None });
        let owners = statements.iter().filter_map(|statement| statement.owner.as_ref());
        let of_board = |owner: &&Party| owner.unit.as_deref().is_some_and(|unit| unit.ends_with("nämnden"));
        let publisher = owners.filter(of_board).map(|owner| owner.name.clone()).next();
        Reading { publisher, ..reading(&layout, document, title, statements) }
    }
}

fn split(items: &[Item]) -> Blocks {
    blocks::split(items, &annex_section::is_section)
}

/// A block with a name and at least two facts.
fn is_project(block: &Block) -> bool {
    let facts = [
        Field::Total,
        Field::CoFinancing,
        Field::Period,
        Field::Start,
        Field::Unit,
        Field::Owner,
        Field::Partners,
        Field::Granted,
        Field::Funder,
        Field::Financing,
        Field::Eu,
        Field::Applied,
        Field::Number,
        Field::End,
    ];
    let count = facts.iter().filter(|field| block.has(&[**field])).count();
    let numbered = block.heading.as_ref().is_some_and(|line| blocks::has_case_number(&line.text));
    numbered || count >= 2 && (block.heading.is_some() || block.has(&[Field::Name]))
}

fn statement(block: &Block, section: &str, house: &House) -> Option<Statement> {
    let mut draft = Draft { own: house.party(), ..Draft::default() };
    draft.statement.line = block.line();
    heading(&mut draft, block);
    for label in block.labels() {
        let unknown = label.field == Field::Unknown && label.form == Form::Colon && label.value.len() < 60;
        if unknown && !label.value.is_empty() {
            draft.warn(WarningCode::UnknownLabel, label.line, Some(label.label.clone()));
        }
        draft.apply(label);
    }
    // In such lists what is labelled the owner is often the unit that carries the project out.
    let owner_is_unit = draft
        .statement
        .owner
        .as_ref()
        .is_some_and(|owner| owner.unit.is_none() && !party::legal(&owner.name))
        && block.has(&[Field::Owner]);
    if draft.statement.responsible_unit.is_none() && owner_is_unit && house.board.is_some() {
        draft.statement.responsible_unit = draft.statement.owner.as_ref().map(|owner| owner.name.clone());
    }
    of_section(&mut draft, section, house);
    let text = sentences::read(&block.items);
    if draft.statement.owner.is_none() && text.iter().any(|sentence| STATES_OWNER.is_match(&sentence.text)) {
        draft.statement.owner = owner::find(&text, draft.statement.name.as_deref());
    }
    own_part(&mut draft, &text, house);
    if block.labels().next().is_none() {
        draft.prose_period(dates::find(&text));
        for amount in amounts::find(&text) {
            draft.add_amount(amount);
        }
    }
    let mut found = partners::find(&text);
    found.names.retain(|name| !house.is_own(name));
    draft.prose_partners(&found);
    if draft.statement.planned_participants.is_none() {
        draft.statement.planned_participants = participants::find(&text);
    }
    draft.finish()
}

/// The name, and the owner or funder that the heading names besides.
fn heading(draft: &mut Draft, block: &Block) {
    let Some(line) = &block.heading else { return };
    draft.statement.project_number = number::normalise(&line.text).map(|number| number.key);
    if let Some(found) = OWNED_BY.captures(&line.text) {
        draft.statement.name = project_name::clean(&found["name"]);
        draft.statement.owner = party::read(&found["owner"]);
        return;
    }
    if let Some(found) = FUNDED.captures(&line.text) {
        draft.statement.name = project_name::clean(&found["name"]);
        draft.add_funder(&canonical_funder(&found["funder"]));
        return;
    }
    let Some(found) = THROUGH.captures(&line.text) else {
        draft.statement.name = project_name::clean(&line.text);
        return;
    };
    draft.statement.name = project_name::clean(&found["name"]);
    draft.statement.owner = party::read(&found["owner"]);
    draft.add_funder(&canonical_funder(&found["funder"]));
}

/// What the heading above several projects says of each: who pays, and what the board is in it.
fn of_section(draft: &mut Draft, section: &str, house: &House) {
    if draft.statement.funders.is_empty() {
        draft.add_funder(&annex_section::funder(section).unwrap_or_default());
    }
    draft.statement.owner = draft.statement.owner.take().map(|owner| house.named(owner));
    match annex_section::role(section) {
        Some(Role::Owner) if draft.statement.owner.is_none() => {
            draft.statement.owner = house.party();
        }
        Some(Role::Partner) => {
            if let Some(own) = house.party() {
                draft.add_partner(own);
            }
        }
        _ => {}
    }
}

/// What the introduction, or a comment on a table, says of the projects that it names: partners and participants.
fn introduce(blocks: &Blocks, statements: &mut [Statement], house: &House) {
    let text: Vec<Sentence> = sentences::read(&blocks.before).into_iter().take(INTRODUCTION).collect();
    let names: Vec<Vec<String>> = statements
        .iter()
        .enumerate()
        .map(|(at, statement)| {
            statement.name.iter().cloned().chain([format!("Projekt {}", at + 1)]).collect()
        })
        .collect();
    for (statement, own) in statements.iter_mut().zip(mentions::of_projects(&names, &text)) {
        let planned = statement.planned_participants;
        statement.planned_participants = planned.or_else(|| participants::find(&own));
        let cue = own.iter().find_map(|sentence| Some((sentence, RUNS_WITH.find(&sentence.text)?.end())));
        let Some((sentence, at)) = cue.filter(|_| statement.partners.is_empty()) else {
            continue;
        };
        let list = take_list(&sentence.text[at..]);
        let partners = list.names.iter().filter(|name| !house.is_own(name)).map(|name| party::single(name));
        statement.partners.extend(partners);
    }
}

/// `Nämnden bidrar med två coacher`: what makes the board a partner in the project of another.
fn own_part(draft: &mut Draft, text: &[Sentence], house: &House) {
    let owner = draft.statement.owner.as_ref().map(|owner| owner.name.clone());
    if owner.is_none_or(|owner| house.is_own(&owner)) {
        return;
    }
    let Some(found) = text.iter().find_map(|sentence| TAKES_PART.captures(&sentence.text)) else {
        return;
    };
    let (first, rest) = found["own"].split_at(found["own"].chars().next().map_or(0, char::len_utf8));
    let named = Party { name: format!("{}{rest}", first.to_uppercase()), unit: None, number: None };
    if house.is_own(&named.name) {
        draft.add_partner(house.named(named));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_have_the_funder_and_the_owner_of_their_part() {
        let text = "Bilaga\n\nSocialnämndens projekt i Flens kommun.\n\nProjekt finansierade av Vinnova där nämnden är projektägare\n\n1. Nystart\n\nKort text.\n\nNämndens medfinansiering: 250 tkr\n\nStart- och avslutsdatum: maj 2021 – april 2023\n\nProjekt med stöd från ESF där nämnden är samarbetspart\n\n1. Vidare – ESF genom Region Gotland\n\nProjektbudget: 2,5 mkr\n\nAnsvarig avdelning: Vuxenenheten.\n";
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        assert_eq!(super::super::score(&BoardAnnex, &document), 80);
        let statements = crate::import::formats::statements(BoardAnnex.read(&document));
        let [first, second] = statements.as_slice() else { panic!("two projects") };
        let owner = first.owner.clone().map(|owner| (owner.name, owner.unit));
        assert_eq!(owner, Some(("Flens kommun".to_owned(), Some("socialnämnden".to_owned()))));
        assert_eq!((first.funders.as_slice(), first.line), (["Vinnova".to_owned()].as_slice(), 7));
        assert_eq!(second.name.as_deref(), Some("Vidare"));
        assert_eq!(second.owner.as_ref().map(|owner| owner.name.as_str()), Some("Region Gotland"));
        assert_eq!(second.partners[0].name, "Flens kommun");
        assert_eq!(second.responsible_unit.as_deref(), Some("Vuxenenheten"));
    }
}
