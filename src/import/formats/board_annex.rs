//! A board's list of its projects, each with a heading, a description and labels.

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{self, Block, Blocks};
use super::draft::{Draft, canonical_funder};
use super::labels::{Field, Form};
use super::layout::{self, Item};
use super::prose::{participants, partners, sentences};
use super::{Format, Reading, project_name, reading};
use crate::domain::organisations::take_list;
use crate::domain::statement::{Party, Statement, WarningCode};
use crate::domain::{names, party, pattern};
use crate::import::document::Document;

/// How many sentences before the first project are read for what they say of projects.
const INTRODUCTION: usize = 200;

/// The format `board-annex`.
pub(super) struct BoardAnnex;

static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\d[.\d]*\s+)?(?:(?:pågående |beviljade |avslutade |nya |kommande |planerade )?(?:eu-|esf-)?(?:projekt|insatser)\b[^.]{0,30}?(?:finansier|medel från|stöd (?:från|av)|med bidrag)[^.]*|erasmus\s?(?:plus|\+).{0,20}|(?:pågående|avslutade|beviljade|nya) (?:esf-|eu-)?projekt.{0,30}|(?:europeiska )?socialfonden(?:\+| plus)?(?: \(esf\+?\))?|esf\+?(?:-projekt)?|vinnova|interreg.{0,30}|amif.{0,30}|§ ?37.{0,40})$",
    )
});
static FUNDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:finansiering (?:från|av|genom)|finansierade? (?:av|från|genom|via)|medel från|stöd (?:från|av)|bidrag från)\s+(?P<funder>.+?)(?:\s+där\b.*|,?\s+s\.?\s?k\.?\s+(?P<short>§\s?\d+).*|\s+[-–]\s.*|:)?$",
    )
});
static THROUGH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<name>.+?)\s*[-–,(]\s*(?P<funder>[\p{L}\d+ ]{2,40}?)\s+(?:genom|via)\s+(?P<owner>.+?)\)?$",
    )
});
static FUNDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?P<name>.+?)\s*\((?P<funder>esf\+?|(?:[^()]* )?(?:socialfonden|samordningsförbundet|vinnova|erasmus|amif|interreg|tillväxtverket|länsstyrelsen)[^()]*)\)$",
    )
});
static OWNED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?P<body>\p{L}+) (?:är|står som) (?:projektägare|ägare|huvudman)"));
static PARTNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<body>\p{L}+) (?:är|deltar som) (?:samarbetspart|samverkanspart|partner|medverkande|medsökande)",
    )
});
static BOARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<stem>arbetsmarknads|social|utbildnings|omsorgs|vuxenutbildnings|kommunstyrelse|kultur|äldre|stadsdels|barn- och utbildnings)(?:- och \p{L}+)?(?:nämnden|nämndens|förvaltningen)\b",
    )
});
static MUNICIPALITY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?P<name>\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)?) (?P<kind>stad|kommun)s?\b"));
static RUNS_WITH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bprojektet (?:drivs|genomförs|bedrivs|sker)\b[^.]{0,60}?\b(?:samarbete|samverkan|tillsammans) med\s+",
    )
});

impl Format for BoardAnnex {
    fn name(&self) -> &'static str {
        "board-annex"
    }

    fn detect(&self, document: &Document) -> u8 {
        let layout = layout::read(document);
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

    fn read(&self, document: &Document) -> Reading {
        let layout = layout::read(document);
        let blocks = split(&layout.items);
        let house = House::of(document);
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
        reading(&layout, document, title, statements)
    }
}

/// The board that the document is of, as far as the document says.
struct House {
    board: Option<String>,
    municipality: Option<String>,
}

impl House {
    fn of(document: &Document) -> Self {
        let text = &document.text;
        let board =
            most(BOARD.captures_iter(text).map(|found| format!("{}nämnden", found["stem"].to_lowercase())));
        let municipality = most(
            MUNICIPALITY.captures_iter(text).map(|found| format!("{} {}", &found["name"], &found["kind"])),
        );
        Self { board, municipality }
    }

    fn party(&self) -> Option<Party> {
        let name = self.municipality.clone().or_else(|| self.board.clone())?;
        let unit = self.board.clone().filter(|board| *board != name);
        Some(Party { name, unit, number: None })
    }

    /// Whether a name is the board, its administration or its municipality.
    fn is_own(&self, name: &str) -> bool {
        let folded = names::fold(name);
        let board = self.board.as_deref().and_then(|board| board.strip_suffix("nämnden"));
        board.is_some_and(|stem| {
            folded.starts_with(stem) && (folded.ends_with("förvaltningen") || folded.ends_with("nämnden"))
        }) || self.municipality.as_deref().is_some_and(|own| names::same(own, name))
    }
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

fn split(items: &[Item]) -> Blocks {
    blocks::split(items, &|heading| SECTION.is_match(heading) && heading.chars().count() < 130)
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
    count >= 2 && (block.heading.is_some() || block.has(&[Field::Name]))
}

fn statement(block: &Block, section: &str, house: &House) -> Option<Statement> {
    let mut draft = Draft::default();
    draft.statement.line = block.line();
    heading(&mut draft, block);
    for label in block.labels() {
        let unknown = label.field == Field::Unknown && label.form == Form::Colon && label.value.len() < 60;
        if unknown && !label.value.is_empty() {
            draft.warn(WarningCode::UnknownLabel, label.line, Some(label.label.clone()));
        }
        draft.apply(label);
    }
    // In such lists the owner of a project is often the unit that carries it out.
    let owner_is_unit = draft
        .statement
        .owner
        .as_ref()
        .is_some_and(|owner| owner.unit.is_none() && !party::legal(&owner.name));
    if draft.statement.responsible_unit.is_none() && owner_is_unit && house.board.is_some() {
        draft.statement.responsible_unit = draft.statement.owner.as_ref().map(|owner| owner.name.clone());
    }
    of_section(&mut draft, section, house);
    let text = sentences::read(&block.items);
    let mut found = partners::find(&text);
    found.names.retain(|name| !house.is_own(name));
    draft.prose_partners(&found);
    if draft.statement.planned_participants.is_none() {
        draft.statement.planned_participants = participants::find(&text);
    }
    draft.finish()
}

/// The name, and the owner where the heading ends in `– ESF genom Region Gotland`.
fn heading(draft: &mut Draft, block: &Block) {
    let Some(line) = &block.heading else { return };
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
    if draft.statement.funders.is_empty() && !section.is_empty() {
        let funder = FUNDER.captures(section).map(|found| {
            let short = found.name("short").map(|short| format!(" ({})", short.as_str())).unwrap_or_default();
            format!("{}{short}", canonical_funder(&found["funder"]))
        });
        let plain = !section.to_lowercase().contains("projekt");
        draft.add_funder(&funder.or_else(|| plain.then(|| canonical_funder(section))).unwrap_or_default());
    }
    if OWNED.is_match(section) && draft.statement.owner.is_none() {
        draft.statement.owner = house.party();
    }
    if PARTNER.is_match(section)
        && let Some(own) = house.party()
    {
        draft.add_partner(own);
    }
}

/// Partners that the introduction names for a project it has just named.
fn introduce(blocks: &Blocks, statements: &mut [Statement], house: &House) {
    let mut last: Option<usize> = None;
    for sentence in sentences::read(&blocks.before).into_iter().take(INTRODUCTION) {
        let folded = loose(&sentence.text);
        let named = statements.iter().enumerate().filter_map(|(at, statement)| {
            let name = loose(statement.name.as_deref()?);
            folded.rfind(&name).map(|place| (place + name.len(), at))
        });
        last = named.max().map(|(_, at)| at).or(last);
        let Some(cue) = RUNS_WITH.find(&sentence.text) else {
            continue;
        };
        let Some(statement) =
            last.and_then(|at| statements.get_mut(at)).filter(|statement| statement.partners.is_empty())
        else {
            continue;
        };
        let named = take_list(&sentence.text[cue.end()..]);
        let partners = named.names.iter().filter(|name| !house.is_own(name)).map(|name| party::single(name));
        statement.partners.extend(partners);
    }
}

/// A name without its small words: `i` and `inom` are often exchanged.
fn loose(text: &str) -> String {
    let folded = names::fold(text);
    let words = folded.split(' ').filter(|word| !matches!(*word, "i" | "inom" | "för" | "på" | "av"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_have_the_funder_and_the_owner_of_their_part() {
        let text = "Bilaga\n\nSocialnämndens projekt i Flens kommun.\n\nProjekt finansierade av Vinnova där nämnden är projektägare\n\n1. Nystart\n\nKort text.\n\nNämndens medfinansiering: 250 tkr\n\nStart- och avslutsdatum: maj 2021 – april 2023\n\nProjekt med stöd från ESF där nämnden är samarbetspart\n\n1. Vidare – ESF genom Region Gotland\n\nProjektbudget: 2,5 mkr\n\nAnsvarig avdelning: Vuxenenheten.\n";
        let document = Document { name: "a.txt".to_owned(), text: text.to_owned() };
        assert_eq!(BoardAnnex.detect(&document), 80);
        let statements = BoardAnnex.read(&document).statements;
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
