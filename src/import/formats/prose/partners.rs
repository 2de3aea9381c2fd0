//! Organisations that sentences name as taking part.

use std::sync::LazyLock;

use regex::Regex;

use super::Sentence;
use crate::domain::organisation_words::is_organisation_name;
use crate::domain::organisations::{Taken, take_list};
use crate::domain::{names, pattern};

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
        r"(?i)\b(?:styr|stry|projekt|arbets|samverkans|parts)gruppen (?:består|bestod|utgörs) av\s+(?:representanter (?:från|för)\s+)?",
        r"(?i)\bpartnerskap\p{L}* (?:som består|bestående|består) av\s+",
        r"(?i)\bprojekt(?:et)? (?:är ett samarbete|är en samverkan|består av)\s+(?:mellan|med)\s+",
        r"(?i)\b(?:partners?|parter|samverkanspart\p{L}*|samarbetspart\p{L}*|medverkande|medsökande|medaktörer) (?:i projektet )?(?:är|var|blir) (?:även |också )?",
        r"(?i)\bmed i (?:projektet|satsningen|samarbetet)\b (?:är|finns|var)(?: även| också)?\s+",
        r"(?i)\bi (?:partnerskapet|satsningen|samarbetet|projektgruppen|konsortiet) (?:finns|ingår|deltar|medverkar)(?: även| också| bland annat)?\s+",
        r"(?i)\b(?:övriga )?(?:kommuner|parter|aktörer|organisationer)(?:na)? som (?:ingår|deltar|medverkar|är med)(?: i projektet)?(?: är|:)\s*",
        r"(?i)\bbland (?:\p{L}+ )?(?:\p{L}+)?part(?:er|ner)?na? (?:finns|märks|ingår)\s+",
        r"(?i)\b(?:ska|kommer att) (?:driva|genomföra) (?:projektet )?(?:tillsammans|i samverkan|i samarbete) med\s+",
    ]
    .iter()
    .map(|cue| pattern(cue))
    .collect()
});

/// What a list says of one in it: `Flen (projektledare), Trosa`, `LO som projektägare, ABF`.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s+\((?:projekt\p{L}{4,12}|huvudman|samordnare|ägare|sökande|koordinator)\)|(?-i:\b) som (?:projektägare|huvudman|samordnare|koordinator)\b",
    )
});
/// `Rådet har beviljat Flens kommun och Trosa kommun medel`: several who get it together.
static GRANTED_TO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:har|hade)\b[^.]{0,80}\b(?:beviljat|tilldelat)\s+"));

/// Said of some work together; a list follows.
static IN_PASSING: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\b(?:samverkan|samarbete|partnerskap)(?:\s+\p{L}+){0,2}?\s+mellan\s+",
        r"(?i)\bsamverka(?:r|t|de)?\b(?:\s+\p{L}+){0,4}?\s+med\s+",
        r"(?i)\bsamarbeta(?:r|t|de)?\b(?:\s+\p{L}+){0,4}?\s+med\s+",
        r"(?i)\b(?:samverkan|samarbete|samverkan sker|samarbetet sker|partnerskap|tillsammans)\s+(?:sker\s+)?(?:även\s+)?med\s*:?\s+",
        r"\bvill (?:tillsammans )?med\s+",
        r"(?i)\bkommuner\b[^.;]{0,40}?,? (?:däribland|bland dem|nämligen)\s+",
    ]
    .iter()
    .map(|cue| pattern(cue))
    .collect()
});

/// A list that begins the sentence, and what makes it a list of partners.
static TAKES_PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s)]*(?:är|blir|är även) (?:en |också |även )?(?:medlemmar\b|medlem\b|samverkanspart|samarbetspart|projektpart|partner|parter\b|medsökande|medaktör)|^[\s)]*(?:deltar|deltog|medverkar|medverkade|ingår|ingick) (?:som (?:medlem|part|samverkanspart|samarbetspart)|i projektet\b)|^[\s)]*(?:kom|är|går in|gick in|var|finns) (?:också |även )?(?:med (?:som (?:samverkanspart|samarbetspart|part)|i projektet)|som (?:samverkanspart|samarbetspart))",
    )
});
/// What several do at the start of a text is what the project does.
static THEY_DO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s),]*(?:ska|vill|går (?:ihop|samman)|har gått (?:ihop|samman)|samverkar|samarbetar|deltar|deltog|driver|genomför|står bakom|ingår|medverkar|bildar|utvecklar)\b",
    )
});
/// `…, liksom Arbetsförmedlingen`
static AS_WELL_AS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[^.]{0,60}?,? (?:liksom|tillsammans med|likaså)\s+"));
static TOGETHER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[^.]{0,120}\btillsammans\b(?:[^m]|m[^e]|$)"));
static WHERE_THEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)projekt där\s+(?:bland annat\s+)?"));
static WITH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^.,]{1,60}? med\s+"));
static RESPONSIBLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bsom (?:föreningen|stiftelsen|organisationen|studieförbundet|företaget) (?P<name>\p{Lu}[^,.;]{1,50}?) (?:ansvarar för|driver|genomför|håller i)\b",
    )
});
static OFFERED_AT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:insatsen|projektet|verksamheten|stödet|metoden) (?:erbjuds|ges|bedrivs|genomförs|finns|drivs)\b[^.]{0,80}?\b(?:i|på|inom|vid)\s+(?P<list>(?:stadsdelsförvaltningarna|samordningsförbunden)\s)",
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
    let mut of_the_project = false;
    for sentence in sentences {
        of_the_project |= stated(sentence, &mut partners);
    }
    if !of_the_project {
        for sentence in sentences.iter().take(INTRODUCTION) {
            in_passing(sentence, &mut partners);
        }
    }
    partners
}

/// Takes the partners that a sentence states, and says whether it names those of the whole project.
fn stated(sentence: &Sentence, partners: &mut Partners) -> bool {
    let text = ROLE.replace_all(&sentence.text, "");
    let text = text.as_ref();
    let known = partners.names.len();
    if let Some(found) = GRANTED_TO.find(text) {
        let list = take_list(&text[found.end()..]);
        let money = text[found.end() + list.used..].trim_start().starts_with(['m', 's', 'p']);
        if list.names.len() > 1 && money {
            partners.add(&list, sentence.line);
        }
    }
    for cue in OF_THE_PROJECT.iter() {
        if let Some(found) = cue.find(text) {
            partners.add(&listed(found.as_str(), &text[found.end()..]), sentence.line);
        }
    }
    let mut of_the_project = partners.names.len() > known;
    let subject = take_list(text);
    let rest = &text[subject.used..];
    if !subject.names.is_empty() && TAKES_PART.is_match(rest) {
        partners.add(&subject, sentence.line);
        if let Some(more) = AS_WELL_AS.find(rest) {
            partners.add(&take_list(&rest[more.end()..]), sentence.line);
        }
        // One that joins in is not all there are.
        of_the_project |= subject.names.len() > 1;
    }
    let known = partners.names.len();
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
    of_the_project || partners.names.len() > known
}

fn in_passing(sentence: &Sentence, partners: &mut Partners) {
    let text = &sentence.text;
    let subject = take_list(text);
    let rest = &text[subject.used..];
    if subject.names.len() > 1 && (TOGETHER.is_match(rest) || THEY_DO.is_match(rest)) {
        partners.add(&subject, sentence.line);
        if let Some(more) = AS_WELL_AS.find(rest) {
            partners.add(&take_list(&rest[more.end()..]), sentence.line);
        }
    }
    for cue in IN_PASSING.iter() {
        for found in cue.find_iter(text) {
            let taken = listed(found.as_str(), &text[found.end()..]);
            // `tillsammans med Flen högst i länet`: a place alone is no partner.
            let place = taken.names.len() == 1 && taken.names.iter().all(|name| is_bare(name));
            partners.add(&if place { Taken::default() } else { taken }, sentence.line);
        }
    }
}

/// One word that says of itself no organisation.
fn is_bare(name: &str) -> bool {
    let small = name.to_lowercase();
    let acronym = name.chars().filter(|c| c.is_uppercase()).count() > 1;
    let definite = small.ends_with("en") || small.ends_with("et") || small.ends_with("an");
    !name.contains(' ') && !acronym && !definite && !is_organisation_name(name)
}

/// The list after a cue; one that speaks of municipalities says what the names are.
fn listed(cue: &str, text: &str) -> Taken {
    let mut taken = take_list(text);
    let municipalities =
        cue.to_lowercase().starts_with("kommuner") || cue.to_lowercase().contains(" kommuner som ");
    if municipalities && taken.names.iter().all(|name| !name.contains(' ')) {
        for name in &mut taken.names {
            *name = names::municipality(name);
        }
    }
    taken
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

    fn found(texts: &[&str]) -> Vec<String> {
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
            (
                "De tre kommunerna Flen, Trosa och Gnesta ska ge unga snabbare stöd.",
                vec!["Flens kommun", "Trosa kommun", "Gnesta kommun"],
            ),
            ("Flens kommun och Trosa kommun går ihop om ett stöd.", vec!["Flens kommun", "Trosa kommun"]),
            (
                "Flens och Trosa kommuner deltog, liksom Arbetsförmedlingen.",
                vec!["Flens kommun", "Trosa kommun", "Arbetsförmedlingen"],
            ),
            ("Samverkan sker med Arbetsförmedlingen.", vec!["Arbetsförmedlingen"]),
            ("Projektgruppen består av LO, Flens kommun och ABF.", vec!["LO", "Flens kommun", "ABF"]),
            (
                "Styrgruppen består av Flens kommun som projektägare, LO och ABF.",
                vec!["Flens kommun", "LO", "ABF"],
            ),
            (
                "De kommuner som ingår är Flen (projektledare) och Trosa.",
                vec!["Flens kommun", "Trosa kommun"],
            ),
            (
                "Rådet har nu beviljat Region Gotland och Flens kommun medel för projektet Nystart.",
                vec!["Region Gotland", "Flens kommun"],
            ),
            (
                "I partnerskapet finns LO från alla tre län, ABF och Flens kommun.",
                vec!["LO", "ABF", "Flens kommun"],
            ),
            ("Samverkanspartners blir Röda Korset och LO.", vec!["Röda Korset", "LO"]),
            ("Det är ett projekt där LO, ABF och vården ska ha en samsyn.", vec!["LO", "ABF"]),
            ("Här ligger Flen tillsammans med Trosa högst i länet.", vec![]),
            ("Försäkringskassan kom med som samverkanspart efter ett år.", vec!["Försäkringskassan"]),
            ("Med i projektet är också Arbetsförmedlingen och ABF.", vec!["Arbetsförmedlingen", "ABF"]),
            ("I partnerskapet ingår arbetsförmedlingar och LO, samt ABF.", vec!["LO", "ABF"]),
            ("I partnerskapet finns Flens kommun och LO.", vec!["Flens kommun", "LO"]),
            ("Bland samarbetsparterna finns Flens kommun och LO.", vec!["Flens kommun", "LO"]),
            ("Kommuner som ingår: Flen och Trosa.", vec!["Flens kommun", "Trosa kommun"]),
            ("Sex kommuner, däribland Flen och Trosa, ska pröva det.", vec!["Flens kommun", "Trosa kommun"]),
            ("Deltagarna kommer från Arbetsförmedlingen och Försäkringskassan.", vec![]),
            ("Samverkan med näringslivet och civilsamhället ska stärkas.", vec![]),
        ] {
            assert_eq!(found(&[text]), expected, "{text}");
        }
    }

    #[test]
    fn one_that_joins_in_is_not_all() {
        let found = found(&[
            "Bolaget vill tillsammans med Region Gotland bygga nytt.",
            "LO kom med som samverkanspart.",
        ]);
        assert_eq!(found, ["LO", "Region Gotland"]);
    }

    #[test]
    fn the_whole_project_goes_before_its_parts() {
        let found = found(&[
            "Projektet drivs i samverkan med Flens kommun.",
            "Kursen ges i samarbete med ABF i Flen.",
        ]);
        assert_eq!(found, ["Flens kommun"]);
    }
}
