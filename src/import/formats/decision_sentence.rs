//! Sentences that say who gets how much for which project.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::decision_entry::{self, Order};
use super::decision_name;
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
        r"(?i)(?:,?\s*(?:som|och))?\s+(?:har )?(?:får|fått|fick|beviljas|beviljats|beviljades|tilldelas|tilldelats|tilldelades|prioriteras med|prioriterades med|prioriterats med)\s+(?:mest(?: stöd| pengar)?,? |det största stödet,? |störst stöd,? )?(?:drygt |knappt |cirka |ca |c:a |totalt |närmare |nästan |upp till |omkring |nära )*$",
    )
});
static FOR_PROJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:kron\p{L}+\s+)?(?:i (?:esf-|eu-)?(?:stöd|bidrag|medel|projektmedel)\s+)?(?:(?:från|av) [^,.]{3,60}? )?(?:till|för)\s+(?:att (?:driva|genomföra|starta|göra)\s+)?(?:sitt\s+|ett\s+|det\s+)?(?:(?:\p{L}+-?)?projekt(?:et)?|förstudien|insatsen|satsningen),?\s+(?P<name>.+)$",
    )
});
/// `för Projekt arbetsliv`: the word is of the name where only it has a capital.
static PROPER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^ ?(?:kronor )?(?:till|för) (?P<name>Projekt \p{Ll}[\p{L}-]{2,30}(?: \p{L}+)?)[.,]?$")
});
/// `Dessutom prioriteras Flens kommuns projekt "Nystart" med drygt`
static INVERTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?i:prioriteras|prioriterades|beviljas|beviljades|bifalls|godkänns|tilldelas|tilldelades|får|fick)\b[^.]{0,80}?(?:(?P<owner>\p{Lu}[^,.”“\x22]{2,60}s) )?(?i:\p{L}*-?projekt(?:et)?) (?P<name>[”“„»\x22][^”“«\x22]{2,120}[”“«\x22]|\p{Lu}[^,.”“\x22]{1,80}?),?(?: från (?P<from>\p{Lu}[^,.”“\x22]{2,60}?))? (?:med |ett stöd på |stöd med )?(?:drygt |knappt |cirka |ca |nästan |närmare |totalt |upp till )*$",
    )
});
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:kronor\s+)?(?:till|för)\s+(?P<name>[”“„»\x22].+)$"));
static TO_OWNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:kronor\s+)?(?:till|åt)\s+(?P<owner>.+?)\s+(?:för|till|och)\s+(?:sitt\s+)?projekt(?:et)?\s+(?P<name>.+)$",
    )
});
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^[^,;]{0,60}?(?:,\s+(?:och |medan |samt )?|;\s*|\s+(?:och|medan|samt)\s+)")
});
/// `Ett projekt som får 5 miljoner kronor är Flens kommuns ”Nystart”`
static ONE_THAT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:ett|det|ett annat|ytterligare ett) (?:\p{L}+ )?(?:projekt|projektet)(?: som)?$")
});
static WHICH_IS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:är|heter|kallas) (?:(?P<owner>\p{Lu}[^,.”“\x22]{2,60}s) (?:(?:\p{L}+ )?projekt )?)?(?P<name>[”“„»\x22].+|\p{Lu}.+)$",
    )
});
static PRONOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:det|detta|projektet|det projektet|satsningen|insatsen|förstudien)(?: har| nu)?$")
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
        r"^(?:Ett|En) av (?:dem|dessa|de|projekten|satsningarna) (?:är|heter) (?P<name>.+?)$",
        r"^(?:.*\b)?(?i:(?:esf-)?projekt(?:et)?) (?P<name>[\p{Lu}\d”“„»\x22][^,]*?)(?P<rest>,.*)?$",
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

/// Where a sentence stands, and what is known of those beside it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place<'a> {
    /// It is an entry of a list, which needs no verb.
    pub(super) entry: bool,
    /// Which part comes first in the other entries.
    pub(super) order: Option<Order>,
    /// The sentence before, where `det` and `projektet` mean what it names.
    pub(super) previous: Option<&'a str>,
}

/// Reads a sentence of a decision.
pub(super) fn read(sentence: &str, place: Place<'_>) -> Option<Decision> {
    let first = money::find_all(sentence).into_iter().next()?;
    let money = first.amount.ok()?;
    let (before, after) = (&sentence[..first.range.start], &sentence[first.range.end..]);
    let found = match GETS.find(before) {
        Some(verb) => by_verb(before[..verb.start()].trim(), after, place),
        None => inverted(before).or_else(|| {
            TO_OWNER
                .captures(after)
                .filter(|_| before.trim().is_empty() || place.entry)
                .and_then(|found| {
                    Some((
                        decision_name::read(&found["name"], place.entry)?,
                        Some(found["owner"].to_owned()),
                        Vec::new(),
                    ))
                })
                .or_else(|| place.entry.then(|| listed(before, after, place.order)).flatten())
        }),
    };
    let (name, owner, partners) = found?;
    let text = sentence[first.range].to_owned();
    Some(Decision { name, owner, partners, money, text })
}

/// The verb stands before the project.
fn inverted(before: &str) -> Option<Said> {
    // What is further away is of another clause.
    let near = before.char_indices().rev().nth(300).map_or(before, |(at, _)| &before[at..]);
    let found = INVERTED.captures(near)?;
    let owner = found.name("owner").map(|owner| names::without_genitive(owner.as_str()).to_owned());
    let owner = owner.or_else(|| found.name("from").map(|from| from.as_str().to_owned()));
    Some((
        project_name::clean(&found["name"])?,
        owner.filter(|owner| is_organisation_name(owner)),
        Vec::new(),
    ))
}

/// An entry of a list without a verb; its owner may name partners.
fn listed(before: &str, after: &str, order: Option<Order>) -> Option<Said> {
    let entry = decision_entry::read(before, after, order)?;
    let owner = PARTNERS.find(&entry.owner).map_or(entry.owner.as_str(), |cue| &entry.owner[..cue.start()]);
    let owner = owner.trim_end_matches([',', ' ']).to_owned();
    Some((entry.name, Some(owner), partners(&entry.owner)))
}

/// Which part comes first in an entry that tells it itself.
pub(super) fn order(sentence: &str) -> Option<Order> {
    let first = money::find_all(sentence).into_iter().next()?;
    let (before, after) = (&sentence[..first.range.start], &sentence[first.range.end..]);
    decision_entry::read(before, after, None).map(|entry| entry.order)
}

type Said = (String, Option<String>, Vec<String>);

fn by_verb(subject: &str, after: &str, place: Place<'_>) -> Option<Said> {
    if subject.len() > 300 {
        return None;
    }
    if ONE_THAT.is_match(subject) {
        let found = WHICH_IS.captures(after)?;
        let owner = found.name("owner").map(|owner| names::without_genitive(owner.as_str()).to_owned());
        return Some((decision_name::read(&found["name"], false)?, owner, Vec::new()));
    }
    if SEVERAL.is_match(subject) {
        return None;
    }
    if PRONOUN.is_match(subject) {
        let previous = place.previous?;
        let name = project_name::introduced(previous)?;
        let owner = decision_name::owner_before(previous, &name);
        return Some((name, owner, Vec::new()));
    }
    if let Some(found) = PROPER.captures(after) {
        return Some((project_name::up_to_its_end(&found["name"])?, Some(receiver(subject)?), Vec::new()));
    }
    let object = FOR_PROJECT.captures(after).or_else(|| QUOTED.captures(after));
    if let Some(found) = object {
        let owner = receiver(subject)?;
        return Some((
            decision_name::read(&found["name"], place.entry)?,
            Some(owner),
            partners(&found["name"]),
        ));
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
    (words <= 14 && !PRONOUN.is_match(&name)).then(|| (name, owner, partners(rest)))
}

fn partners(text: &str) -> Vec<String> {
    PARTNERS.find(text).map(|cue| take_list(&text[cue.end()..]).names).unwrap_or_default()
}

/// The decisions of a sentence; a clause after the first has its own verb: `… och projektet Vidare får 2 mkr`.
pub(super) fn read_all(sentence: &str, place: Place<'_>) -> Vec<Decision> {
    let first = read(sentence, place);
    if place.entry || first.is_none() {
        return first.into_iter().collect();
    }
    let amounts = money::find_all(sentence);
    let ends = amounts.iter().map(|found| found.range.end);
    let clauses = ends.clone().zip(ends.skip(1)).filter_map(|(from, _)| {
        let clause = sentence.get(from..)?;
        let start = CLAUSE.find(clause)?.end();
        read(&clause[start..], Place::default())
    });
    first.into_iter().chain(clauses.take(20)).collect()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LISTED: Place<'_> = Place { entry: true, order: None, previous: None };

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
            (
                "Ett projekt som får 8 miljoner kronor är Flens kommuns ”Nystart”, som vänder sig till unga.",
                "Nystart",
                Some("Flens kommun"),
            ),
            (
                "Dessutom prioriteras Flens kommuns projekt \"Unga vidare\" med drygt 14 miljoner kronor.",
                "Unga vidare",
                Some("Flens kommun"),
            ),
            (
                "Bland annat prioriteras projektet ”Ny väg” från Flens kommun med 4,2 miljoner kronor.",
                "Ny väg",
                Some("Flens kommun"),
            ),
            ("I år beviljas projektet Nystart ca 3 miljoner kronor.", "Nystart", None),
            ("Ett av dem är Samling för Flen som beviljas 9 miljoner kronor.", "Samling för Flen", None),
        ] {
            let decision = read(sentence, Place::default()).expect(sentence);
            assert_eq!((decision.name.as_str(), decision.owner.as_deref()), (name, owner), "{sentence}");
        }
    }

    #[test]
    fn every_clause_with_a_verb_is_a_decision() {
        let text =
            "Flens kommuns projekt ”Nystart” får 34 mkr och projektet Vidare får åtta miljoner kronor.";
        let names: Vec<_> = read_all(text, Place::default()).into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["Nystart", "Vidare"]);
    }

    #[test]
    fn a_pronoun_means_the_project_of_the_sentence_before() {
        let place =
            Place { previous: Some("Flens kommuns projekt Nystart ska pröva nytt."), ..Place::default() };
        let decision = read("Det får 3 miljoner kronor.", place).expect("a decision");
        assert_eq!((decision.name.as_str(), decision.owner.as_deref()), ("Nystart", Some("Flens kommun")));
    }

    #[test]
    fn names_of_entries_go_on_to_their_end() {
        for (sentence, name) in [
            ("Flens kommun får 2 mkr till projektet LYFT (Lära för yrket)", "LYFT (Lära för yrket)"),
            ("Flens kommun får 2 mkr till projektet Nystart – en väg vidare", "Nystart – en väg vidare"),
        ] {
            assert_eq!(read(sentence, LISTED).map(|decision| decision.name).as_deref(), Some(name));
        }
    }

    #[test]
    fn entries_without_a_verb_are_read_in_lists_only() {
        let entry = "Nystart, Flens kommun, 6,5 miljoner kronor";
        assert_eq!(read(entry, Place::default()), None);
        assert_eq!(read(entry, LISTED).and_then(|decision| decision.owner).as_deref(), Some("Flens kommun"));
    }

    #[test]
    fn sums_of_several_projects_are_left_out() {
        assert_eq!(read("Fyra projekt får drygt 52 miljoner kronor i stöd.", Place::default()), None);
        assert_eq!(read("Utlyst belopp: 40 miljoner kronor", LISTED), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60} får 3 mkr \\PC{0,40}") {
            let _ = read(&text, LISTED);
        }
    }
}
