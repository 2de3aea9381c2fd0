//! Organisations that sentences name as taking part.

use std::sync::LazyLock;

use regex::Regex;

use super::Sentence;
use crate::domain::organisations::{Taken, take_list};
use crate::domain::pattern;

/// How far into a text an organisation named in passing still is the project's partner.
const INTRODUCTION: usize = 12;

/// What a text says of partners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Partners {
    /// As written, each once.
    pub(in super::super) names: Vec<String>,
    /// Where partners are counted and not named.
    pub(in super::super) unnamed: Option<u32>,
}

/// Said of the project as a whole; a list follows.
static OF_THE_PROJECT: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\b(?:samverkansprojekt|samarbetsprojekt|partnerskapsprojekt|projekt|satsning)\s+(?:i samverkan\s+)?mellan\s+",
        r"(?i)\bprojekt(?:et)?\b[^;:]{0,140}?\b(?:drivs|ägs|genomförs|bedrivs|sker|görs|leds|utvecklas|riktar sig)\b[^;:]{0,160}?\b(?:samverkan|samarbete|partnerskap|tillsammans)\s+med\s*:?\s*",
        r"(?i)\b(?:samverkanspart\p{L}*|samarbetspart\p{L}*|projektpart\p{L}*|partners?|medverkande(?: \p{L}+)?|deltagande (?:aktörer|organisationer|kommuner|parter|partners))\b(?: (?:i|inom|till|för) [^.:]{1,50}?| och \p{L}+(?: inom [^.:]{1,40}?)?)?\s*(?:\bär\b|:)\s*:?\s*",
        r"(?i)\bi projektet\b[^.;]{0,80}?\b(?:deltar|medverkar|ingår|samverkar|samarbetar)(?: även| också| dessutom| förutom)?\s+",
        r"(?i)\bbakom (?:projektet|ansökan) står\s+",
        r"(?i)\bprojekt(?:et)? (?:är ett samarbete|är en samverkan|består av)\s+(?:mellan|med)\s+",
        r"(?i)\b(?:partners?|parter|samverkanspart\p{L}*|samarbetspart\p{L}*|medverkande) (?:i projektet )?är (?:även |också )?",
        r"(?i)\b(?:ska|kommer att) (?:driva|genomföra) (?:projektet )?(?:tillsammans|i samverkan|i samarbete) med\s+",
    ]
    .iter()
    .map(|cue| pattern(cue))
    .collect()
});

/// Said of some work together; a list follows.
static IN_PASSING: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\b(?:samverkan|samarbete|partnerskap)(?:\s+\p{L}+){0,2}?\s+mellan\s+",
        r"(?i)\bsamverka(?:r|t|de)?\b(?:\s+\p{L}+){0,4}?\s+med\s+",
        r"(?i)\bsamarbeta(?:r|t|de)?\b(?:\s+\p{L}+){0,4}?\s+med\s+",
        r"(?i)\b(?:samverkan|samarbete|partnerskap|tillsammans)\s+med\s*:?\s+",
    ]
    .iter()
    .map(|cue| pattern(cue))
    .collect()
});

/// A list that begins the sentence, and what makes it a list of partners.
static TAKES_PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s)]*(?:är|blir|är även) (?:en |också |även )?(?:samverkanspart|samarbetspart|projektpart|partner|parter\b|medsökande|medaktör)|^[\s)]*(?:deltar|medverkar|ingår) (?:som (?:medlem|part|samverkanspart|samarbetspart)|i projektet\b)",
    )
});
static TOGETHER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[^.]{0,120}\btillsammans\b(?:[^m]|m[^e]|$)"));
static WHERE_THEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bsamverkansprojekt där\s+"));
static WITH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^.,]{1,60}? med\s+"));
static RESPONSIBLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bsom (?:föreningen|stiftelsen|organisationen|studieförbundet|företaget) (?P<name>\p{Lu}[^,.;]{1,50}?) (?:ansvarar för|driver|genomför|håller i)\b",
    )
});
static OFFERED_AT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:insatsen|projektet|verksamheten) (?:erbjuds|bedrivs|genomförs|finns|drivs)\b[^.]{0,80}?\b(?:i|på|inom|vid)\s+(?P<list>(?:stadsdelsförvaltningarna|samordningsförbunden)\s)",
    )
});
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv)\s+(?:(?:av|andra|olika)\s+)?(?:\p{L}+\s+)?(?:samverkanspart\p{L}*|samarbetspart\p{L}*|partners?\b|medlemskommuner|samordningsförbund\b|organisationer\b|aktörer\b)",
    )
});

/// The partners that a text names: those of the project as a whole, else those of its introduction.
pub(in super::super) fn find(sentences: &[Sentence]) -> Partners {
    let mut partners = Partners::default();
    for sentence in sentences {
        stated(sentence, &mut partners);
    }
    if partners.names.is_empty() {
        for sentence in sentences.iter().take(INTRODUCTION) {
            in_passing(sentence, &mut partners);
        }
    }
    partners
}

fn stated(sentence: &Sentence, partners: &mut Partners) {
    let text = &sentence.text;
    for cue in OF_THE_PROJECT.iter() {
        if let Some(found) = cue.find(text) {
            partners.add(&take_list(&text[found.end()..]), sentence.line);
        }
    }
    let subject = take_list(text);
    if !subject.names.is_empty() && TAKES_PART.is_match(&text[subject.used..]) {
        partners.add(&subject, sentence.line);
    }
    if let Some(found) = WHERE_THEY.find(text) {
        let list = take_list(&text[found.end()..]);
        let after = found.end() + list.used;
        partners.add(&list, sentence.line);
        if let Some(with) = WITH.find(&text[after..]) {
            partners.add(&take_list(&text[after + with.end()..]), sentence.line);
        }
    }
    if let Some(found) = RESPONSIBLE.captures(text) {
        partners.push(&found["name"]);
    }
    if let Some(list) = OFFERED_AT.captures(text).and_then(|found| found.name("list")) {
        partners.add(&take_list(&text[list.start()..]), sentence.line);
    }
    if COUNTED.is_match(text) {
        partners.unnamed.get_or_insert(sentence.line);
    }
}

fn in_passing(sentence: &Sentence, partners: &mut Partners) {
    let text = &sentence.text;
    let subject = take_list(text);
    if subject.names.len() > 1 && TOGETHER.is_match(&text[subject.used..]) {
        partners.add(&subject, sentence.line);
    }
    for cue in IN_PASSING.iter() {
        for found in cue.find_iter(text) {
            partners.add(&take_list(&text[found.end()..]), sentence.line);
        }
    }
}

impl Partners {
    fn add(&mut self, taken: &Taken, line: u32) {
        for name in &taken.names {
            self.push(name);
        }
        if taken.unnamed {
            self.unnamed.get_or_insert(line);
        }
    }

    fn push(&mut self, name: &str) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<String> {
        let sentences: Vec<_> =
            texts.iter().map(|text| Sentence { line: 1, text: (*text).to_owned() }).collect();
        find(&sentences).names
    }

    #[test]
    fn partners_are_found_in_sentences() {
        for (text, expected) in [
            (
                "Nästa steg är ett samverkansprojekt mellan Region Gotland och Coompanion.",
                vec!["Region Gotland", "Coompanion"],
            ),
            (
                "Projektet drivs av Flens kommun i samarbete med Arbetsförmedlingen.",
                vec!["Arbetsförmedlingen"],
            ),
            (
                "Samverkanspartners i projektet är: Röda Korset, LO och Företagarna.",
                vec!["Röda Korset", "LO", "Företagarna"],
            ),
            ("Visby stift och Region Gotland är samverkansparter.", vec!["Visby stift", "Region Gotland"]),
            (
                "Vi ska samverka på nya sätt med Arbetsförmedlingen, näringslivet och vården.",
                vec!["Arbetsförmedlingen"],
            ),
            (
                "Flens kommun, Arbetsförmedlingen och Region Gotland prövar metoder tillsammans.",
                vec!["Flens kommun", "Arbetsförmedlingen", "Region Gotland"],
            ),
            ("Deltagarna kommer från Arbetsförmedlingen och Försäkringskassan.", vec![]),
            ("Samverkan med näringslivet och civilsamhället ska stärkas.", vec![]),
        ] {
            assert_eq!(names(&[text]), expected, "{text}");
        }
    }

    #[test]
    fn the_whole_project_goes_before_its_parts() {
        let found = names(&[
            "Projektet drivs i samverkan med Flens kommun.",
            "Kursen ges i samarbete med ABF i Flen.",
        ]);
        assert_eq!(found, ["Flens kommun"]);
    }
}
