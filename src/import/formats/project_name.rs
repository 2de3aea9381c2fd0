//! The names of projects: in headings, and in sentences where nothing marks their end but the words.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::organisation_words::is_organisation_name;
use crate::domain::{money, names, number, pattern};

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:\p{Lu}|\d\.)?\d{1,2}[.)]\s*|(?:\p{Lu}|\d\.)?\d{1,2}\s+(?-u:\b)|[\s*•–-]+|(?i:(?:esf-?|eu-?)?projekt(?:et)?|projektnamn|insats)(?:\s+\d{1,2}\s*[.:–-]|[:\s]+))*",
    )
});
static NUMBER_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*(?:\d{4}/\d{5}|\d{2}-\d{3}-\p{L}\d{2})(?:\s*[-–:,]\s*|\s+)"));
static NUMBER_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\s*[(,–-]?\s*(?:dnr|diarienummer)?\.?:?\s*(?:\d{4}/\d{5}|\d{2}-\d{3}-\p{L}\d{2})\s*\)?\s*$")
});

/// What a heading adds on how far the project has come: `(ansökan inlämnad)`.
static STATUS_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\s*\((?:ansök|sökt|pågå|avslut|bevilja|ny\b|nytt\b|start|förläng|planera|projektet|slutrapport|fortsätt|prelim|avsl|i samverkan)[^()]*\)$",
    )
});

/// Quotation marks of every kind.
const QUOTES: &str = "\"”“„»«*'’‘";

/// A name from a heading or after a label: without number, marks and the word project.
pub(super) fn clean(heading: &str) -> Option<String> {
    let text = NUMBER_BEFORE.replace(heading, "");
    let text = NUMBER_AFTER.replace(&text, "");
    let text = STATUS_AFTER.replace(&text, "");
    let mut text = text.trim();
    if let Some(found) = BEFORE.find(text) {
        let rest = &text[found.end()..];
        if rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || QUOTES.contains(c)) {
            text = rest;
        }
    }
    text = quoted(text).filter(|inner| inner.len() > 3).unwrap_or(text);
    let name = text.trim_matches(|c: char| c.is_whitespace() || QUOTES.contains(c) || ":,;.".contains(c));
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 2 && name.len() <= 200 && number::normalise(name).is_none_or(|number| number.key != name))
        .then(|| name.to_owned())
}

static INTRODUCED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i:\b(?:\p{L}[\p{L}-]*)?projekte?t?\b)(?:,?\s+(?i:som (?:heter|kallas|har fått namnet|fått namnet|har namnet|går under namnet)|kallat|kallas|kallar vi|med namnet|har fått namnet|får namnet|går under namnet|heter|vid namn|är|med titeln))?\s+(?P<name>(?:[”“„»«'’*]|\p{Lu}|\d\p{L}|\x22).*)$",
        r"(?i:\b(?:satsningen|insatsen|initiativet|förstudien|verksamheten))\s+(?P<name>[”“„»«*\x22].*|\p{Lu}.*)$",
        r"(?i:\b(?:medel|stöd|bidrag|pengar|kronor) (?:till|för))\s+(?P<name>[”“„»«\x22].+)$",
        r"(?i:\b(?:projekt)?ansökan,) (?P<name>[”“„»«\x22].*|\p{Lu}.*)$",
        r"(?i:\bnamnet(?: på (?:projektet|satsningen|insatsen))? (?:är|blir|blev)) (?P<name>[”“„»«\x22].*|\p{Lu}.*)$",
        r"^(?:Ett|En) av (?:dem|dessa|projekten|satsningarna) (?:är|heter)\s+(?P<name>\p{Lu}.+)$",
    ]
    .iter()
    .map(|form| pattern(form))
    .collect()
});
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s]+"));

/// `Nystart är ett samverkansprojekt`, `Nystart, Nya steg i Flen, blir namnet på insatsen`
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<name>[”“„»«\x22]?\p{Lu}[^,.;:]{1,60}?)(?:, \p{Lu}[^,.;:]{2,60},)? (?:(?:är|var) (?:ett|en) (?:[\p{L}\d-]+ ){0,3}?(?:\p{L}|-)*(?:projekt|förstudie)\b|(?:blir|blev|är) namnet på )",
    )
});

/// The name that follows the word project, up to where the sentence goes on; else the one that is said to be a project.
pub(super) fn introduced(sentence: &str) -> Option<String> {
    let follows = INTRODUCED.iter().find_map(|form| {
        let found = form.captures(sentence)?;
        up_to_its_end(&found["name"])
    });
    follows.or_else(|| {
        let found = SUBJECT.captures(sentence)?;
        let first = found["name"].split(' ').next().unwrap_or_default().to_lowercase();
        let known = NO_NAMES.contains(&first.as_str()) || is_organisation_name(&found["name"]);
        (!known).then(|| clean(&found["name"])).flatten()
    })
}

/// Words that begin a sentence and no name.
const NO_NAMES: [&str; 18] = [
    "det",
    "detta",
    "den",
    "denna",
    "projektet",
    "projekt",
    "satsningen",
    "insatsen",
    "syftet",
    "målet",
    "här",
    "vi",
    "ett",
    "en",
    "idag",
    "arbetet",
    "verksamheten",
    "resultatet",
];

/// Words that end a name that stands without quotation marks.
const ENDS: [&str; 74] = [
    "ska",
    "skall",
    "får",
    "är",
    "har",
    "kommer",
    "vill",
    "riktar",
    "startar",
    "startade",
    "pågår",
    "pågick",
    "drivs",
    "syftar",
    "som",
    "där",
    "så",
    "och",
    "vänder",
    "arbetar",
    "erbjuder",
    "bygger",
    "handlar",
    "ger",
    "består",
    "genomförs",
    "beviljas",
    "beviljades",
    "tilldelas",
    "fick",
    "löper",
    "finansieras",
    "medfinansieras",
    "ägs",
    "utvecklar",
    "hjälper",
    "stöttar",
    "omfattar",
    "håller",
    "nu",
    "samt",
    "avslutas",
    "avslutades",
    "innebär",
    "blir",
    "kan",
    "mellan",
    "med",
    "under",
    "vilket",
    "nominerades",
    "bidrar",
    "tillsammans",
    "samordnas",
    "leds",
    "koordineras",
    "bedrivs",
    "kostar",
    "startades",
    "inleds",
    "inleddes",
    "påbörjas",
    "påbörjades",
    "fokuserar",
    "syftade",
    "söker",
    "sökte",
    "beviljats",
    "prioriteras",
    "prioriterades",
    "satsar",
    "hade",
    "var",
    "blev",
];

/// The name that a text begins with: inside its quotation marks, else up to a mark or a verb.
pub(super) fn up_to_its_end(text: &str) -> Option<String> {
    if let Some(quoted) = quoted(text) {
        return clean(quoted);
    }
    let mut end = 0;
    let mut acronym = None;
    for word in WORD.find_iter(text) {
        let bare = word.as_str().trim_end_matches([',', '.', ';', ':', '!', '?', ')']);
        let joins = matches!(bare, "och" | "med") && names_on(&text[word.end()..]);
        if end > 0 && is_acronym(word.as_str()) {
            acronym = Some(word.end());
            end = word.start() + word.as_str().trim_end_matches([',', '.', ';', ':', '!', '?']).len();
            continue;
        }
        // After the acronym only the number of the project belongs to its name.
        let goes_on = acronym.is_none() || bare.starts_with(|c: char| c.is_ascii_digit());
        if end > 0 && (ENDS.contains(&bare) && !joins || is_money(&text[word.start()..]) || !goes_on)
            || matches!(bare, "–" | "-" | "—")
            || bare.starts_with('(')
        {
            break;
        }
        end = word.start() + bare.len();
        if bare.len() < word.as_str().len() {
            break;
        }
    }
    clean(text.get(..end)?)
}

/// `(SpiK)`: short, in parentheses and with capitals; a fund's is not of the name.
fn is_acronym(word: &str) -> bool {
    let inner = word.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    inner.is_some_and(|(inner, after)| {
        let capitals = inner.chars().filter(|c| c.is_uppercase()).count();
        let short = (2..=10).contains(&inner.chars().count()) && inner.chars().all(char::is_alphanumeric);
        let ended = after.chars().all(|c| ",.;:!?".contains(c));
        capitals > 1 && short && ended && !matches!(inner, "ESF" | "EU" | "ERUF" | "FINSAM")
    })
}

/// Whether an amount of money begins here.
fn is_money(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && money::read(text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end]))
            .is_some_and(|reading| reading.range.start == 0 && reading.range.end > 4)
}

/// Whether what follows `och` or `med` reads as more of a name.
fn names_on(rest: &str) -> bool {
    let mut words = rest.split_whitespace();
    let next = words.next().unwrap_or_default();
    let lower = next.starts_with(char::is_lowercase);
    lower && (next.ends_with(['.', ',']) || rest.split_whitespace().count() == 1)
}

fn quoted(text: &str) -> Option<&str> {
    let mut characters = text.char_indices();
    let (_, open) = characters.next().filter(|(_, c)| QUOTES.contains(*c))?;
    let close = characters.take(160).find(|(_, c)| QUOTES.contains(*c)).map(|(at, _)| at)?;
    text.get(open.len_utf8()..close)
}

/// Of names that differ by a place at the end, the one that the rest of the document also uses.
pub(super) fn settled(name: String, document: &str) -> String {
    let Some((short, _)) = name.split_once(" i ").filter(|(_, place)| place.starts_with(char::is_uppercase))
    else {
        return name;
    };
    let folded = format!(" {} ", names::fold(document).replace(' ', "  "));
    let (whole, part) = (names::fold(&name), names::fold(short));
    let count = |needle: &str| folded.matches(&format!(" {} ", needle.replace(' ', "  "))).count();
    if count(&part) > count(&whole) { short.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headings_give_clean_names() {
        for (heading, name) in [
            ("22-044-S07 - Nystart", "Nystart"),
            ("22-044-S07 Nystart", "Nystart"),
            ("Nystart (2019/00163)", "Nystart"),
            ("24 Medlem i nätet", "Medlem i nätet"),
            ("1. Kvinnor på väg", "Kvinnor på väg"),
            ("”Unga framåt”", "Unga framåt"),
            ("Projekt Nystart 2.0", "Nystart 2.0"),
            ("A1. Nystart", "Nystart"),
            ("2.3 Vidare", "Vidare"),
            ("Projekt 4 – Nystart", "Nystart"),
            ("Nystart (avslutat i maj)", "Nystart"),
            ("24 timmar", "24 timmar"),
            ("Nystart (LYFT)", "Nystart (LYFT)"),
        ] {
            assert_eq!(clean(heading).as_deref(), Some(name), "{heading}");
        }
        assert_eq!(clean("2017/00162"), None);
    }

    #[test]
    fn names_end_where_the_sentence_goes_on() {
        for (sentence, name) in [
            ("Fonden ger pengar till projektet Ungdom framåt i Flen.", "Ungdom framåt i Flen"),
            ("Stöd för projektet Nystart Gotland, ett projekt som", "Nystart Gotland"),
            ("Projektet Nystart får 3 miljoner", "Nystart"),
            ("ESF-projektet ”Vi kan mer” startar nu", "Vi kan mer"),
            ("Projekt Nordan riktar sig till", "Nordan"),
            ("Fonden ger pengar till ungdomsprojektet Ny start.", "Ny start"),
            ("Vi har sökt EU-medel till ”Arbete för unga” i år", "Arbete för unga"),
            ("Ett av dem är Samling för Flen som beviljas stöd", "Samling för Flen"),
            ("Rådet beviljar projektet Nystart 55 miljoner kronor", "Nystart"),
            ("Projektet, som kallas Flens unga (FUL) 2.0, ska nå", "Flens unga (FUL) 2.0"),
            ("Projektet Nya steg (NyS) har fått stöd", "Nya steg (NyS)"),
            ("Vår projektansökan, Nya steg i Flen+, har prioriterats", "Nya steg i Flen+"),
            ("Nystart 2 är ett samverkansprojekt som drivs av", "Nystart 2"),
            ("Projektet Nystart samordnas av Flens kommun", "Nystart"),
            ("NysTA, Nya tag, blir namnet på den nya insatsen", "NysTA"),
        ] {
            assert_eq!(introduced(sentence).as_deref(), Some(name), "{sentence}");
        }
        assert_eq!(introduced("Projektet ska pröva metoder"), None);
        assert_eq!(introduced("Det är ett projekt för unga"), None);
    }

    #[test]
    fn a_place_at_the_end_is_left_out_when_others_leave_it_out() {
        assert_eq!(settled("Nystart i Flen".to_owned(), "Nystart får stöd\nNystart i Flen växer"), "Nystart");
        assert_eq!(settled("Nystart i Flen".to_owned(), "Nystart i Flen växer"), "Nystart i Flen");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = (clean(&text), introduced(&text), up_to_its_end(&text), settled(text.clone(), &text));
        }
    }
}
