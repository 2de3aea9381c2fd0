//! The names of projects: in headings, and in sentences where nothing marks their end but the words.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::{names, number, pattern};

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
        r"(?i:\b(?:\p{L}[\p{L}-]*)?projekte?t?\b)(?:\s+(?i:som heter|kallat|kallas|med namnet|heter|vid namn|är|med titeln))?\s+(?P<name>(?:[”“„»«'’*]|\p{Lu}|\d\p{L}|\x22).*)$",
        r"(?i:\b(?:satsningen|insatsen|initiativet|förstudien|verksamheten))\s+(?P<name>[”“„»«*\x22].*|\p{Lu}.*)$",
        r"(?i:\b(?:medel|stöd|bidrag|pengar|kronor) (?:till|för))\s+(?P<name>[”“„»«\x22].+)$",
        r"^(?:Ett|En) av (?:dem|dessa|projekten|satsningarna) (?:är|heter)\s+(?P<name>\p{Lu}.+)$",
    ]
    .iter()
    .map(|form| pattern(form))
    .collect()
});
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s]+"));

/// The name that follows the word project, up to where the sentence goes on.
pub(super) fn introduced(sentence: &str) -> Option<String> {
    INTRODUCED.iter().find_map(|form| {
        let found = form.captures(sentence)?;
        up_to_its_end(&found["name"])
    })
}

/// The name that a text begins with: inside its quotation marks, else up to a mark or a verb.
pub(super) fn up_to_its_end(text: &str) -> Option<String> {
    const ENDS: [&str; 53] = [
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
    ];
    if let Some(quoted) = quoted(text) {
        return clean(quoted);
    }
    let mut end = 0;
    for word in WORD.find_iter(text) {
        let bare = word.as_str().trim_end_matches([',', '.', ';', ':', '!', '?', ')']);
        let joins = matches!(bare, "och" | "med") && names_on(&text[word.end()..]);
        if end > 0 && ENDS.contains(&bare) && !joins
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
        ] {
            assert_eq!(introduced(sentence).as_deref(), Some(name), "{sentence}");
        }
        assert_eq!(introduced("Projektet ska pröva metoder"), None);
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
