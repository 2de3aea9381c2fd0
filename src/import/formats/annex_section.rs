//! The headings that stand above several projects of a board: who pays, and what the board is in them.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::canonical_funder;
use crate::domain::{organisation_words, pattern};

const FUNDERS: &str = include_str!("../../../catalogue/phrases/funders.txt");

/// The longest heading of a section, in characters.
const LONGEST: usize = 150;

/// A text without full stops but those of abbreviations.
const NO_STOP: &str = r"(?:[^.]|\b(?:s\.? ?k|t\.? ?ex|bl\.? ?a|m\.? ?fl|inkl|exkl|ca|kl|dnr|nr)\.)*";

/// Numbering and words before the name of a funder.
const LEAD: &str = r"^(?:(?:\p{Lu}|\d+(?:\.\d+)*)[.)]?\s+)?";

/// The longest first: of two that begin alike, the whole one is meant.
static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let groups = organisation_words::groups(FUNDERS);
    let mut names: Vec<&str> = groups.get("funder").into_iter().flatten().copied().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
});
/// `Länsstyrelsen Gotland, § 37-medel`
static OF_FUNDER: LazyLock<Regex> = LazyLock::new(|| {
    let names: Vec<String> = NAMES.iter().map(|name| regex::escape(name)).collect();
    let names = names.join("|");
    pattern(&format!(
        r"{LEAD}(?P<funder>(?i:{names})(?i:fonden|\s?plus|\+|-medel|-projekt)*(?: i)?(?: \p{{Lu}}[\p{{L}}-]+){{0,3}}(?: \([^()]{{1,30}}\))?)(?P<rest>(?:\s*[,–/:-]|\s+(?:och|samt|där|med)\b){NO_STOP})?$"
    ))
});
static OF_PROJECTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:(?:\p{{L}}|\d+(?:\.\d+)*)[.)]?\s+)?(?:(?:\p{{L}}+ ){{0,2}}(?:eu-|esf-)?(?:projekt|insatser)\b[^.]{{0,30}}?(?:finansier|medel från|stöd (?:från|av)|med bidrag){NO_STOP}|(?:pågående|avslutade|beviljade|nya) (?:esf-|eu-)?projekt.{{0,30}}|§ ?37.{{0,40}}|(?:egna|kommunens egna|nämndens egna|andras|externa) (?:esf-|eu-)?projekt.{{0,60}}|(?:eu-|esf-)?projekt (?:där|som|i vilka) (?:nämnden|kommunen|förvaltningen|staden|vi) {NO_STOP})$"
    ))
});
static FUNDED_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:finansiering (?:från|av|genom)|finansierade? (?:av|från|genom|via)|medel från|stöd (?:från|av)|bidrag från)\s+(?P<funder>.+?)(?:\s+där\b.*|,?\s+s\.?\s?k\.?\s+(?P<short>§\s?\d+).*|\s+[-–]\s.*|:)?$",
    )
});
static PARAGRAPH: LazyLock<Regex> = LazyLock::new(|| pattern(r"§\s?\d+"));
static OWNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b\p{L}+ (?:är|står som) (?:projektägare|ägare|huvudman)|\b(?:nämnden|kommunen|förvaltningen|staden) (?:äger|driver|leder)\b|\b(?:egna|nämndens|kommunens) (?:esf-|eu-)?projekt\b|(?:drivs|ägs) av (?:nämnden|kommunen|förvaltningen|staden)",
    )
});
static PARTNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b\p{L}+ (?:(?:är|deltar som) (?:en )?(?:samarbetspart|samverkanspart|part\b|partner|medverkande|medsökande|medfinansiär)|(?:medverkar|deltar|samverkar)\b|är med\b)|\bandras projekt|(?:annan|extern) projektägare",
    )
});

/// What the board is in the projects of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Owner,
    Partner,
}

/// Whether a heading stands above several projects.
pub(super) fn is_section(heading: &str) -> bool {
    if heading.len() > 2 * LONGEST || heading.chars().count() >= LONGEST {
        return false;
    }
    // The expressions are many and most lines are no headings.
    let small = heading.to_lowercase();
    let of_projects = ["projekt", "insatser", "§"].iter().any(|word| small.contains(word));
    of_projects && OF_PROJECTS.is_match(heading)
        || NAMES.iter().any(|name| small.contains(name)) && OF_FUNDER.is_match(heading)
}

/// Who pays for the projects of a section.
pub(super) fn funder(section: &str) -> Option<String> {
    if let Some(found) = FUNDED_BY.captures(section) {
        let funder = canonical_funder(&found["funder"]);
        let short = found.name("short").map(|short| short.as_str());
        return Some(with_paragraph(funder, short));
    }
    let found = OF_FUNDER.captures(section)?;
    let rest = found.name("rest").map_or("", |rest| rest.as_str());
    let funder = canonical_funder(&found["funder"]);
    Some(with_paragraph(funder, PARAGRAPH.find(rest).map(|found| found.as_str())))
}

fn with_paragraph(funder: String, paragraph: Option<&str>) -> String {
    match paragraph {
        Some(paragraph) => format!("{funder} ({paragraph})"),
        None => funder,
    }
}

/// What the board is in the projects of a section, where the heading says it.
pub(super) fn role(section: &str) -> Option<Role> {
    if PARTNER.is_match(section) {
        Some(Role::Partner)
    } else {
        OWNED.is_match(section).then_some(Role::Owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_say_who_pays_and_what_the_board_is() {
        for (heading, payer, own) in [
            (
                "Europeiska socialfonden – nämnden är projektägare",
                "Europeiska socialfonden",
                Some(Role::Owner),
            ),
            (
                "B. ESF+ – förvaltningen medverkar i andras projekt",
                "Europeiska socialfonden+",
                Some(Role::Partner),
            ),
            ("C. Länsstyrelsen Gotland, § 37-medel", "Länsstyrelsen Gotland (§ 37)", None),
            ("3.2 Samordningsförbundet Visby", "Samordningsförbundet Visby", None),
            ("Erasmus+", "Erasmus+", None),
            (
                "Projekt finansierade av Länsstyrelsen, s.k. §37-projekt – målgrupp unga",
                "Länsstyrelsen (§37)",
                None,
            ),
            ("Projekt med stöd från Vinnova där nämnden är samarbetspart", "Vinnova", Some(Role::Partner)),
        ] {
            assert!(is_section(heading), "{heading}");
            assert_eq!(funder(heading).as_deref(), Some(payer), "{heading}");
            assert_eq!(role(heading), own, "{heading}");
        }
        assert_eq!(role("Projekt där kommunen är part"), Some(Role::Partner));
        assert!(is_section("Egna projekt"));
    }

    #[test]
    fn projects_are_no_sections() {
        for heading in [
            "Vidare – ESF genom Region Gotland",
            "Arbetsförmedlingens väg in",
            "Nystart 2.0",
            "Projekt Nystart",
            "Socialfonden har gett stöd. Det räcker",
        ] {
            assert!(!is_section(heading), "{heading}");
        }
    }
}
