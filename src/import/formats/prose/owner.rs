//! Who owns a project, as sentences say it.

use std::sync::LazyLock;

use regex::Regex;

use super::Sentence;
use crate::domain::organisation_words::is_organisation_name;
use crate::domain::organisations::{take_list, take_name};
use crate::domain::statement::Party;
use crate::domain::{money, names, party, pattern};

static BEFORE_OWNER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\bprojektägare(?:n)?(?: för projektet| i projektet)?(?: är| var| blir|:)\s+",
        r"(?i)\b(?:projekt(?:et)?|förstudien|satsningen|insatsen)\b[^.;:,]{0,50}?\b(?:drivs|ägs|leds|samordnas|koordineras|genomförs)(?: och (?:drivs|leds|samordnas))? av\s+",
        r"(?i)\bprojektägaren\s+",
        r"(?i)\b(?:huvudman|ägare|huvudsökande|sökande|samordnare|koordinator)(?: för projektet)? (?:är|var)\s+",
        r"(?i)\bprojektet, som (?:drivs|ägs|leds) av\s+",
    ]
    .iter()
    .map(|cue| pattern(cue))
    .collect()
});
static RUN_BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^,? (?:är ett [^.,]{0,40}projekt som )?(?:drivs|ägs|leds|samordnas|koordineras)(?: och (?:drivs|leds))? av ",
    )
});
static AFTER_OWNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s+(?:(?:är|var|blir|står|stod) (?:som )?(?:projektägare|huvudman|ägare av projektet)|som (?:är )?(?:projektägare|huvudman)|(?:äger|driver|leder|samordnar) projektet)\b",
    )
});
static WILL_RUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bsom (?P<rest>\p{Lu}.{2,80}?) (?:ska|kommer att) (?:driva|leda|äga)\b|\b(?:driver|leder|äger) (?P<runs>\p{Lu}.{2,80}?) (?:ett |det |det nya |ett nytt )?projekt(?:et)?\b",
    )
});
static GIVES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:beviljat|beviljar|bevilja|ger|gett|tilldelat|tilldelar)\s+(?:nu\s+)?")
});
static RECEIVES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s+(?:har\b[^.]{0,120}?\s)?(?:får|fått|beviljas|beviljats|tilldelas|tilldelats|tar emot)\b",
    )
});

static GENITIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<owner>\p{Lu}[^,.]{2,60}?s) (?:\p{Ll}+ )?(?:\p{L}+-)?projekt [\p{Lu}\d”“\x22]")
});
static RECEIVES_SUPPORT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s+(?:fick|har fått|får)\b[^.]{0,40}?\b(?:besked|klartecken)\b|^\s+(?:har\b[^.]{0,80}?\b)?(?:får|fått|beviljas|beviljats|tilldelas|tilldelats)\b[^.]{0,60}?\b(?:esf-medel|esf-stöd|eu-stöd|eu-medel|medel från|stöd från|bidrag från|pengar från)",
    )
});

/// `Flens kommun har genom Socialnämnden sökt medel till …`
static APPLIED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<owner>\p{Lu}[^,.;]{2,60}?) (?:har|hade) (?:nu )?(?:genom (?P<unit>[\p{L} -]{4,50}?) )?(?:an)?sökt (?:om )?[^.]{0,60}?\btill\b",
    )
});

/// The owner that a text states; else the one that the money is said to go to.
pub(in super::super) fn find(sentences: &[Sentence], project: Option<&str>) -> Option<Party> {
    let stated = sentences
        .iter()
        .find_map(|sentence| stated(&sentence.text).or_else(|| run_by(&sentence.text, project?)));
    if stated.is_none()
        && let Some(applicant) = sentences.iter().find_map(|sentence| applicant(&sentence.text))
    {
        return Some(applicant);
    }
    let owner = stated.or_else(|| sentences.iter().find_map(|sentence| grantee(&sentence.text, project)))?;
    let is_project = project.is_some_and(|project| names::fold(&owner).starts_with(&names::fold(project)));
    (!is_project).then(|| party::single(&owner))
}

/// Who has applied for money to the project.
fn applicant(text: &str) -> Option<Party> {
    let found = APPLIED.captures(text)?;
    let name = found["owner"].to_owned();
    let unit = found.name("unit").map(|unit| unit.as_str().to_owned());
    is_organisation_name(&name).then_some(Party { name, unit, number: None })
}

/// `Nystart drivs av Flens kommun`
fn run_by(text: &str, project: &str) -> Option<String> {
    // `Nya steg (NyS)` is called `Nya steg` too.
    let short = project.split(" (").next().filter(|short| short.chars().count() > 3);
    let same = |name: &str| {
        let start = text.get(..name.len())?;
        (start.to_lowercase() == name.to_lowercase()).then_some(name.len())
    };
    let after = text.find(project).map(|at| at + project.len()).or_else(|| same(short?))?;
    let cue = RUN_BY.find(&text[after..])?;
    take_name(&text[after + cue.end()..]).map(|(name, _)| name)
}

fn stated(text: &str) -> Option<String> {
    let before = BEFORE_OWNER.iter().find_map(|cue| {
        let found = cue.find(text)?;
        take_name(&text[found.end()..]).map(|(name, _)| name)
    });
    before
        .or_else(|| {
            let cue = AFTER_OWNER.find(text)?;
            ending_name(&text[..cue.start()])
        })
        .or_else(|| {
            let found = WILL_RUN.captures(text)?;
            let rest = found.name("rest").or_else(|| found.name("runs"))?;
            take_name(rest.as_str()).map(|(name, _)| name)
        })
        .or_else(|| {
            let found = GENITIVE.captures(text)?;
            let owner = names::without_genitive(&found["owner"]);
            is_organisation_name(owner).then(|| owner.to_owned())
        })
}

/// The name that a text ends with, after the start of the sentence or of its last clause.
pub(in super::super) fn ending_name(text: &str) -> Option<String> {
    const CLAUSES: [&str; 7] = [" med ", ", ", " där ", " och ", "; ", " är ", " av "];
    let mut starts: Vec<usize> = CLAUSES
        .iter()
        .filter_map(|clause| text.rfind(clause).map(|at| at + clause.len()))
        .chain([0])
        .collect();
    starts.sort_unstable_by(|a, b| b.cmp(a));
    starts.iter().find_map(|start| {
        let part = text[*start..].trim();
        take_name(part).filter(|(_, length)| *length == part.len()).map(|(name, _)| name)
    })
}

/// `… har beviljat X 12 miljoner kronor`, `X får 12 miljoner kronor`.
fn grantee(text: &str, project: Option<&str>) -> Option<String> {
    let supported = || {
        let (name, length) = take_name(text)?;
        (is_organisation_name(&name) && RECEIVES_SUPPORT.is_match(&text[length..])).then_some(name)
    };
    let Some(first_amount) = money::find_all(text).first().map(|reading| reading.range.start) else {
        return supported();
    };
    let given = GIVES.find(text).and_then(|found| {
        let list = take_list(text.get(found.end()..first_amount)?);
        list.names.into_iter().next()
    });
    given.or_else(|| {
        let (name, length) = take_name(text)?;
        let is_project = project.is_some_and(|project| names::fold(&name).contains(&names::fold(project)));
        let receives = length < first_amount && RECEIVES.is_match(&text[length..]);
        (receives && !is_project).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_found_in_sentences() {
        for (text, name, unit) in [
            (
                "Projektet drivs av socialförvaltningen i Flens kommun i samarbete med LO.",
                "Flens kommun",
                Some("socialförvaltningen"),
            ),
            ("Projektet startar med Flens kommun som projektägare.", "Flens kommun", None),
            ("Länsstyrelsen är projektägare och två kommuner deltar.", "Länsstyrelsen", None),
            ("Projektägare är Region Gotland.", "Region Gotland", None),
            ("Socialfonden har beviljat Flens kommun 12 miljoner kronor.", "Flens kommun", None),
            ("Region Gotland får 3 miljoner kronor till projektet Nystart.", "Region Gotland", None),
            ("Projektägare var Region Gotland.", "Region Gotland", None),
            ("Styrgruppen består av Region Gotland som projektägare, LO och ABF.", "Region Gotland", None),
            ("Flens kommun fick i går besked om att ansökan är beviljad.", "Flens kommun", None),
            (
                "Flens kommun har genom Socialnämnden sökt EU-medel till ett projekt.",
                "Flens kommun",
                Some("Socialnämnden"),
            ),
        ] {
            let found = find(&[Sentence { line: 1, text: text.to_owned() }], Some("Nystart"));
            let expected = Party { name: name.to_owned(), unit: unit.map(str::to_owned), number: None };
            assert_eq!(found, Some(expected), "{text}");
        }
    }

    #[test]
    fn a_short_name_is_the_projects_too() {
        let sentence = Sentence { line: 1, text: "Nya steg leds av Flens kommun.".to_owned() };
        let owner = find(&[sentence], Some("Nya Steg (NyS)")).map(|owner| owner.name);
        assert_eq!(owner.as_deref(), Some("Flens kommun"));
    }

    #[test]
    fn a_project_is_not_its_own_owner() {
        let sentence = Sentence { line: 1, text: "Nystart får 3 miljoner kronor.".to_owned() };
        assert_eq!(find(&[sentence], Some("Nystart")), None);
    }
}
