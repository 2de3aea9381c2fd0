//! A record of the Social Fund's project bank, in the layouts of every programme period.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::Draft;
use super::labels::{self, Field, Form};
use super::layout::{self, Item, Labelled, Layout};
use super::prose::{Sentence, amounts, participants, partners, sentences};
use super::{Format, Reading, project_name, reading};
use crate::domain::statement::{AmountKind, Party, Statement, WarningCode};
use crate::domain::{number, pattern};
use crate::import::document::{Document, Line};

/// The format `project-bank`.
pub(super) struct ProjectBank;

/// Labels that only project banks use.
static OWN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:projektnummer|diarienummer|total projektbudget|beviljat esf-stöd|beviljat stöd|beviljat eu-stöd|total finansiering|planerat antal deltagare|specifikt mål|programområde|interventionstyp|interventionsområde|projektfas|unionens medfinansieringsgrad|program cci|nuts-2 kod|berörd fond|stödmottagare(?:ns)? (?:postnr|postnummer|address|adress|ort|land)|insats av strategisk betydelse|projektägare org.*|insatsområde|åtgärd|ärendenummer)\b",
    )
});

impl Format for ProjectBank {
    fn name(&self) -> &'static str {
        "project-bank"
    }

    fn detect(&self, _document: &Document, layout: &Layout) -> u8 {
        let mut own: Vec<String> = labelled(layout)
            .filter(|label| OWN.is_match(&label.label))
            .map(|label| label.label.to_lowercase())
            .collect();
        own.sort_unstable();
        let all = own.len();
        own.dedup();
        let headed = headings(layout).any(|line| numbered(&line.text));
        match own.len() + usize::from(headed) {
            0..=2 => 0,
            // A list of many records is another kind of document.
            count if all > own.len() * 3 => u8::try_from(count.min(3)).unwrap_or_default(),
            3 => 60,
            _ => 90,
        }
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
        let layout = layout::read(document);
        let statement = statement(&layout);
        // With its number one record is told from another of the same name.
        let heading = headings(&layout).find(|line| numbered(&line.text)).map(|line| line.text.clone());
        let title = heading.or_else(|| statement.as_ref().and_then(|statement| statement.name.clone()));
        let publisher = Some("Rådet för Europeiska socialfonden i Sverige".to_owned());
        Reading { publisher, ..reading(&layout, document, title, statement.into_iter().collect()) }
    }
}

fn labelled(layout: &Layout) -> impl Iterator<Item = &Labelled> {
    layout.items.iter().filter_map(|item| if let Item::Labelled(label) = item { Some(label) } else { None })
}

fn headings(layout: &Layout) -> impl Iterator<Item = &Line> {
    layout.items.iter().filter_map(|item| if let Item::Heading(line) = item { Some(line) } else { None })
}

/// `2018/00123 - Nystart`
fn numbered(heading: &str) -> bool {
    let start: String = heading.chars().take(14).collect();
    let named = heading.chars().skip(10).filter(|c| c.is_alphabetic()).count() > 2;
    number::normalise(&start).is_some() && named && project_name::clean(heading).is_some()
}

fn statement(layout: &Layout) -> Option<Statement> {
    let mut draft = Draft::default();
    let first = layout.items.iter().position(|item| matches!(item, Item::Labelled(_)))?;
    for label in labelled(layout) {
        if label.field == Field::Unknown && label.form == Form::Colon && label.value.len() < 60 {
            draft.warn(WarningCode::UnknownLabel, label.line, Some(label.label.clone()));
        }
        draft.apply(label);
    }
    let heading = heading(layout, first);
    if let Some(line) = &heading {
        draft.statement.line = line.number;
        let name = project_name::clean(&line.text);
        draft.statement.name = draft.statement.name.take().or(name);
        let found = number::normalise(&line.text).filter(|_| numbered(&line.text));
        draft.statement.project_number =
            draft.statement.project_number.take().or(found.map(|found| found.key));
    } else {
        draft.statement.line = labelled(layout).next().map_or(1, |label| label.line);
    }
    let plus = labelled(layout)
        .any(|label| matches!(label.field, Field::Funder | Field::Other) && label.value.contains("ESF+"));
    draft.statement.funders.clear();
    draft.add_funder(if plus { "Europeiska socialfonden+" } else { "Europeiska socialfonden" });
    let text = sentences::read(&layout.items[first..]);
    prose(&mut draft, &text);
    draft.finish()
}

/// The heading with the number, else the last one before the labels, else the first of all.
fn heading(layout: &Layout, first: usize) -> Option<Line> {
    let with_number = headings(layout).find(|line| numbered(&line.text)).cloned();
    let is_label = |at: usize| {
        at.checked_sub(1)
            .and_then(|above| layout.items.get(above))
            .is_some_and(|item| matches!(item, Item::Heading(line) if labels::field(&line.text).is_some()))
    };
    with_number.or_else(|| {
        layout.items[..first].iter().enumerate().rev().find_map(|(at, item)| match item {
            Item::Heading(line)
                if (!line.text.contains(" - ") || line.text.len() < 60)
                    && labels::field(&line.text).is_none()
                    && !is_label(at) =>
            {
                Some(line.clone())
            }
            _ => None,
        })
    })
}

fn prose(draft: &mut Draft, text: &[Sentence]) {
    let mut found = partners::find(text);
    if let Some(owner) = &draft.statement.owner {
        found.names.retain(|name| !owned(owner, name));
    }
    draft.prose_partners(&found);
    if draft.statement.planned_participants.is_none() {
        draft.statement.planned_participants = participants::find(text);
    }
    // The labels tell what was granted; only the text tells what was applied for.
    for amount in amounts::find(text).into_iter().filter(|amount| amount.kind == AmountKind::Applied) {
        draft.add_amount(amount);
    }
}

/// `studieförbundet Bilda Gotland` is the owner Bilda Gotland.
fn owned(owner: &Party, name: &str) -> bool {
    let (owner, name) = (crate::domain::names::fold(&owner.name), crate::domain::names::fold(name));
    name.split_once(' ').is_some_and(|(_, rest)| rest == owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Statement {
        let document = Document { name: "post.txt".to_owned(), text: text.to_owned(), ..Document::default() };
        assert!(super::super::score(&ProjectBank, &document) >= 60);
        crate::import::formats::statements(ProjectBank.read(&document)).remove(0)
    }

    #[test]
    fn a_record_with_labels_above_values_is_read() {
        let statement = read(
            "2018/00123 - Nystart\n\nStartdatum:\nSlutdatum:\nProjektnummer:\n2018/00123\nProjektägare:\nFlens kommun, Socialförvaltningen\nRegion:\nÖstra Mellansverige\nPlanerat antal deltagare:\n1 200\nProjektperiod:\n2018-02-01 - 2020-12-31\nTotal projektbudget:\n12 345 678\nBeviljat ESF-stöd:\n8 000 000\nKontaktperson:\nAnna Ek\nE-post:\nanna@exempel.se\nSpecifikt mål:\n2.1\n\nNystart är ett samverkansprojekt mellan Flens kommun, Trosa kommun och Arbetsförmedlingen.\n",
        );
        assert_eq!(statement.name.as_deref(), Some("Nystart"));
        assert_eq!(statement.project_number.as_deref(), Some("2018/00123"));
        assert_eq!(statement.period.as_deref(), Some("2018-02-01/2020-12-31"));
        assert_eq!((statement.planned_participants, statement.line), (Some(1200), 1));
        assert_eq!(statement.partners.len(), 2);
        assert_eq!(statement.amounts.len(), 2);
    }

    #[test]
    fn a_record_with_glued_labels_is_read() {
        let statement = read(
            "Nystart\n\nProgramområdeProgramområde 2 Ökat arbetskraftsutbud\nProjektfasGenomförande\nProjektägareVisby folkhögskola\nBeviljat ESF-stöd1 234 567 kr\nTotal projektbudget2 345 678 kr\nProjektperiod2011-07-01 till 2014-06-30\nRegionSmåland och Öarna\n",
        );
        assert_eq!(statement.name.as_deref(), Some("Nystart"));
        assert_eq!(statement.owner.map(|owner| owner.name).as_deref(), Some("Visby folkhögskola"));
        assert_eq!(statement.region.as_deref(), Some("Småland och Öarna"));
        assert_eq!(statement.period.as_deref(), Some("2011-07-01/2014-06-30"));
    }
}
