//! Sentences that say who gets how much for which project.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::project_name;
use crate::domain::money::{self, Money};
use crate::domain::organisation_words::is_organisation_name;
use crate::domain::organisations::{take_list, take_name};
use crate::domain::{names, pattern};

/// What one such sentence says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) name: String,
    pub(super) owner: Option<String>,
    pub(super) partners: Vec<String>,
    pub(super) money: Money,
    /// The amount as written.
    pub(super) text: String,
}

static GETS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:,?\s*(?:som|och))?\s+(?:har )?(?:får|fått|fick|beviljas|beviljats|beviljades|tilldelas|tilldelats|tilldelades)\s+(?:drygt |knappt |cirka |ca |c:a |totalt |närmare |nästan |upp till |omkring |nära )*$",
    )
});
static FOR_PROJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:kronor\s+)?(?:i (?:esf-|eu-)?(?:stöd|bidrag|medel|projektmedel)\s+)?(?:(?:från|av) [^,.]{3,60}? )?(?:till|för)\s+(?:att (?:driva|genomföra|starta)\s+)?(?:sitt\s+|ett\s+|det\s+)?(?:\p{L}+-?)?projekt(?:et)?,?\s+(?P<name>.+)$",
    )
});
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:kronor\s+)?(?:till|för)\s+(?P<name>[”“„»\x22].+)$"));
static TO_OWNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:kronor\s+)?(?:till|åt)\s+(?P<owner>.+?)\s+(?:för|till|och)\s+(?:sitt\s+)?projekt(?:et)?\s+(?P<name>.+)$",
    )
});
static NAME_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[.;,]|\s[–—-]\s|\s\(|\s(?:som|där|vilket|tillsammans med|i samverkan med|i samarbete med|under|för att)\s|\s(?:ska|får|är)\s",
    )
});

/// Who stands before the verb: patterns with the groups `name`, `owner` and `rest`.
static SUBJECTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"^(?P<name>.+?) är ett (?:\p{L}+ )?\p{L}*projekt som (?P<owner>.+?) (?:ska driva|driver|kommer att driva|leder|äger)\b(?P<rest>.*)$",
        r"^(?P<name>.+?) är ett (?:\p{L}+ )?\p{L}*projekt (?P<rest>mellan .+)$",
        r"^(?P<name>.+?) är (?P<owner>\p{Lu}.*?s) (?:\p{Ll}+ )?projekt\b(?P<rest>.*)$",
        r"^(?P<name>.+?),? med (?P<owner>.+?) som (?:projektägare|huvudman|ägare|sökande)\b(?P<rest>.*)$",
        r"^(?P<name>.+?),? ett (?:\p{L}+ )?\p{L}*projekt (?P<rest>mellan .+)$",
        r"^(?P<name>.+?),? (?:(?:som|vilket) )?(?:drivs|ägs|leds) av (?P<owner>.+?)(?P<rest>(?: (?:tillsammans|i samverkan|i samarbete) .*)?)$",
        r"^(?P<owner>\p{Lu}.*?s) (?:\p{Ll}+ )?(?:\p{L}+-)?projekt (?P<name>.+)$",
        r"^(?:(?i:projekt(?:et)?) )(?P<name>.+?) \((?P<owner>.+?)\)$",
        r"^(?:(?i:(?:esf-)?projekt(?:et)?) )(?P<name>[^,]+?)(?P<rest>,.*)?$",
    ]
    .iter()
    .map(|form| pattern(form))
    .collect()
});
static SEVERAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|flera|samtliga|dessa)\b.*\b(?:projekt|ansökningar|projekten)\b",
    )
});
static PARTNERS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:mellan|tillsammans med|i samverkan med|i samarbete med)\s+"));

/// Reads a sentence of a decision. An entry of a list without a verb is read where `entry` says that it is one.
pub(super) fn read(sentence: &str, entry: bool) -> Option<Decision> {
    let first = money::find_all(sentence).into_iter().next()?;
    let money = first.amount.ok()?;
    let (before, after) = (&sentence[..first.range.start], &sentence[first.range.end..]);
    let found = match GETS.find(before) {
        Some(verb) => by_verb(before[..verb.start()].trim(), after),
        None => TO_OWNER
            .captures(after)
            .filter(|_| before.trim().is_empty() || entry)
            .and_then(|found| Some((name(&found["name"])?, Some(found["owner"].to_owned()), Vec::new())))
            .or_else(|| entry.then(|| listed(before, after)).flatten()),
    };
    let (name, owner, partners) = found?;
    let text = sentence[first.range].to_owned();
    Some(Decision { name, owner, partners, money, text })
}

type Said = (String, Option<String>, Vec<String>);

fn by_verb(subject: &str, after: &str) -> Option<Said> {
    if SEVERAL.is_match(subject) || subject.len() > 300 {
        return None;
    }
    let object = FOR_PROJECT.captures(after).or_else(|| QUOTED.captures(after));
    if let Some(found) = object {
        let owner = receiver(subject)?;
        return Some((name(&found["name"])?, Some(owner), partners(&found["name"])));
    }
    SUBJECTS.iter().find_map(|form| form.captures(subject)).and_then(|found| from_subject(&found))
}

fn from_subject(found: &Captures<'_>) -> Option<Said> {
    let rest = found.name("rest").map_or("", |rest| rest.as_str());
    let owner = found.name("owner").map(|owner| {
        let text = owner.as_str();
        // `X är Ys projekt` has its owner in the genitive.
        let genitive = found.get(0).is_some_and(|whole| whole.as_str()[owner.end()..].contains("projekt"))
            && text.ends_with('s');
        if genitive { names::without_genitive(text).to_owned() } else { text.to_owned() }
    });
    let name = project_name::clean(&found["name"])?;
    let words = name.split(' ').count();
    (words <= 14).then(|| (name, owner, partners(rest)))
}

fn partners(text: &str) -> Vec<String> {
    PARTNERS.find(text).map(|cue| take_list(&text[cue.end()..]).names).unwrap_or_default()
}

/// Who gets the money: a name, or the words before the verb where they are few.
fn receiver(subject: &str) -> Option<String> {
    let bare = subject.trim_start_matches("Även ").trim_end_matches(',');
    let (name, length) = take_name(bare)?;
    let whole = length >= bare.len()
        || bare[length..].trim_start().starts_with(['(', ','])
        || bare[length..].starts_with(" och ");
    Some(if whole || bare.split(' ').count() > 8 { name } else { bare.to_owned() })
}

fn name(text: &str) -> Option<String> {
    if text.starts_with(['”', '“', '„', '»', '"', '*', '’', '\'']) {
        return project_name::up_to_its_end(text);
    }
    let end = NAME_END
        .find_iter(text)
        .find(|found| !is_inner(text, found.start()))
        .map_or(text.len(), |found| found.start());
    project_name::clean(&text[..end])
}

/// A full stop inside `2.0` ends nothing.
fn is_inner(text: &str, at: usize) -> bool {
    text[at..].starts_with('.') && text[at + 1..].starts_with(|c: char| c.is_alphanumeric())
}

/// `Nystart, Flens kommun, 6,5 miljoner kronor`, in either order.
fn listed(before: &str, after: &str) -> Option<Said> {
    if after.trim().len() > 40 || before.len() > 200 {
        return None;
    }
    let parts: Vec<&str> = before
        .split([',', ':', ';', '(', ')', '\t', '|'])
        .flat_map(|part| part.split(" – "))
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
        .filter(|part| part.chars().filter(|c| c.is_alphabetic()).count() > 2)
        .collect();
    let [one, other] = parts.as_slice() else {
        return None;
    };
    let (name, owner) = match (is_organisation_name(one), is_organisation_name(other)) {
        (false, true) => (one, other),
        (true, false) => (other, one),
        _ => return None,
    };
    Some((project_name::clean(name)?, Some((*owner).to_owned()), Vec::new()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decisions_are_read_from_sentences() {
        for (sentence, name, owner) in [
            (
                "Flens kommun får 4,6 miljoner kronor till projektet Starkare lag med lärandet i centrum.",
                "Starkare lag med lärandet i centrum",
                Some("Flens kommun"),
            ),
            (
                "Cement Gotlands projekt Ny omställning får 16,3 miljoner kronor.",
                "Ny omställning",
                Some("Cement Gotland"),
            ),
            (
                "Friskt liv 2.0 är ett projekt som Flens kommun ska driva och som får 7,3 miljoner kronor.",
                "Friskt liv 2.0",
                Some("Flens kommun"),
            ),
            (
                "Växa är Stiftelsen Torgets gemensamma projekt tillsammans med Forena, som får 12 miljoner kronor.",
                "Växa",
                Some("Stiftelsen Torget"),
            ),
            ("Nystart med Malmö stad som projektägare får 13,5 miljoner kr.", "Nystart", Some("Malmö stad")),
            (
                "Nyvägen, ett samverkansprojekt mellan LO, TCO och Flens kommun, får 8,8 miljoner kr.",
                "Nyvägen",
                None,
            ),
            (
                "Region Gotland beviljas 3 mkr för projektet ”Vi kan mer”.",
                "Vi kan mer",
                Some("Region Gotland"),
            ),
        ] {
            let decision = read(sentence, false).expect(sentence);
            assert_eq!((decision.name.as_str(), decision.owner.as_deref()), (name, owner), "{sentence}");
        }
    }

    #[test]
    fn entries_without_a_verb_are_read_in_lists_only() {
        let entry = "Nystart, Flens kommun, 6,5 miljoner kronor";
        assert_eq!(read(entry, false), None);
        assert_eq!(read(entry, true).and_then(|decision| decision.owner).as_deref(), Some("Flens kommun"));
    }

    #[test]
    fn sums_of_several_projects_are_left_out() {
        assert_eq!(read("Fyra projekt får drygt 52 miljoner kronor i stöd.", false), None);
        assert_eq!(read("Utlyst belopp: 40 miljoner kronor", true), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60} får 3 mkr \\PC{0,40}") {
            let _ = read(&text, true);
        }
    }
}
