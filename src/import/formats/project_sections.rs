//! Projects told one below the other, each with its name as a heading and its facts in sentences.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::Draft;
use super::layout::{Item, Layout};
use super::prose::{Sentence, amounts, dates, owner, participants, partners, sentences};
use super::{labels, page, project_name};
use crate::domain::organisation_words::is_organisation_name;
use crate::domain::{names, pattern};
use crate::import::document::Line;

/// How the text below the name of a project begins.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:det här |detta )?(?:projektet|projektets|förstudien|förstudiens|insatsen|satsningen)\b")
});

/// More words than this name no project.
const MOST_WORDS: usize = 12;

/// How many projects are read in this way.
const MOST_SECTIONS: usize = 200;

/// The projects of a document that tells of at least two in this way.
pub(super) fn read(layout: &Layout) -> Vec<Draft> {
    let mut all = Vec::new();
    let mut parts = layout.items.chunk_by(|_, next| !matches!(next, Item::Heading(_)));
    let before = parts.next();
    for part in parts.take(MOST_SECTIONS) {
        all.extend(section(part));
    }
    if all.len() < 2 {
        return Vec::new();
    }
    let said = before.map(sentences::read).unwrap_or_default();
    let general = owner::find(&said, None).filter(|owner| is_organisation_name(&owner.name));
    for draft in &mut all {
        draft.statement.owner = draft.statement.owner.take().or_else(|| general.clone());
    }
    all
}

/// A heading with the text up to the next, where it tells of a project and its money.
fn section(part: &[Item]) -> Option<Draft> {
    let Some((Item::Heading(heading), rest)) = part.split_first() else { return None };
    let name = name(heading)?;
    let Some(Item::Text(first)) = rest.first() else { return None };
    if !BEGINS.is_match(&first.text) && !names::fold(&first.text).starts_with(&names::fold(&name)) {
        return None;
    }
    let text = sentences::read(rest);
    let amounts = amounts::find(&text);
    if amounts.is_empty() {
        return None;
    }
    let mut draft = Draft::default();
    draft.statement.line = heading.number;
    for amount in amounts {
        draft.add_amount(amount);
    }
    facts(&mut draft, &text, &name);
    draft.statement.name = Some(name);
    Some(draft)
}

fn name(heading: &Line) -> Option<String> {
    let short = heading.text.split(' ').count() <= MOST_WORDS;
    let other = page::is_part(&heading.text) || labels::field(&heading.text).is_some();
    (short && !other).then(|| project_name::clean(&heading.text)).flatten()
}

fn facts(draft: &mut Draft, text: &[Sentence], name: &str) {
    draft.statement.owner = owner::find(text, Some(name));
    draft.prose_partners(&partners::find(&sentences::of_project(text, Some(name))));
    draft.prose_period(dates::find(text));
    draft.statement.planned_participants = participants::find(text);
}

#[cfg(test)]
mod tests {
    use super::super::layout;
    use super::*;
    use crate::import::document::Document;

    fn drafts(text: &str) -> Vec<Draft> {
        read(&layout::read(&Document { name: String::new(), text: text.to_owned(), ..Document::default() }))
    }

    #[test]
    fn every_heading_with_a_projects_text_is_one() {
        let found = drafts(
            "Flens kommun får 9 mkr till två projekt\n\nBåda är viktiga.\n\nNystart\n\nProjektet beviljas 5 miljoner kronor. Det pågår mellan den 1 maj 2016 och 30 april 2018.\n\nVidare\n\nVidare kostar 4 miljoner kronor.\n\nSocialfonden\n\nFonden ger stöd.\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].statement.name.as_deref(), Some("Nystart"));
        assert_eq!(
            found[0].period.map(|period| period.to_string()).as_deref(),
            Some("2016-05-01/2018-04-30")
        );
        let owners: Vec<_> = found.iter().filter_map(|draft| draft.statement.owner.as_ref()).collect();
        assert!(owners.len() == 2 && owners.iter().all(|owner| owner.name == "Flens kommun"));
    }

    #[test]
    fn one_alone_is_no_list() {
        assert!(drafts("Nyheter\n\nNystart\n\nProjektet beviljas 5 miljoner kronor.\n").is_empty());
    }
}
