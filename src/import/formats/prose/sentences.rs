//! Running text as sentences, each with the line that it stands on.

use std::sync::LazyLock;

use regex::Regex;

use super::super::labels::Field;
use super::super::layout::{Item, Labelled};
use crate::domain::pattern;

/// A sentence of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Sentence {
    pub(in super::super) line: u32,
    pub(in super::super) text: String,
}

/// The longest sentence that is read, in bytes: what is longer is no running text.
const LONGEST: usize = 20_000;

static OPEN_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?::|\b(?:med|mellan|av|är|kommuner|kommunerna|parter|partners|aktörer|organisationer))\s*$",
    )
});

/// The sentences of headings, text and lists, in order. A list joins the words that introduce it.
pub(in super::super) fn read<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<Sentence> {
    let mut paragraphs: Vec<Sentence> = Vec::new();
    let mut list_open = false;
    let mut last_line = 0;
    for item in items {
        let (line, is_bullet) = match item {
            Item::Labelled(label) => {
                paragraphs.extend(described(label));
                list_open = false;
                continue;
            }
            Item::Bullet(line) => (line, true),
            Item::Heading(line) | Item::Text(line) => (line, false),
        };
        let last = paragraphs.last_mut();
        let wrapped = !is_bullet && line.number == last_line + 1 && line.text.starts_with(char::is_lowercase);
        match last {
            Some(last) if is_bullet && (list_open || OPEN_END.is_match(&last.text)) => {
                last.text.push_str(if list_open { ", " } else { " " });
                last.text.push_str(line.text.trim_end_matches(['.', ',', ';']));
                list_open = true;
            }
            Some(last) if wrapped && !last.text.ends_with(['.', '!', '?', ':']) => {
                last.text.push(' ');
                last.text.push_str(&line.text);
            }
            _ => {
                list_open = false;
                paragraphs.push(Sentence { line: line.number, text: line.text.clone() });
            }
        }
        last_line = line.number;
    }
    paragraphs.iter().flat_map(split).collect()
}

/// Sentences with the project's name said as `projektet`, so that what is said of either is found.
pub(in super::super) fn of_project(text: &[Sentence], name: Option<&str>) -> Vec<Sentence> {
    let Some(name) = name.filter(|name| name.chars().count() > 3) else {
        return text.to_vec();
    };
    let short = name.split(" (").next().filter(|short| short.chars().count() > 3).unwrap_or(name);
    let said = |sentence: &Sentence| {
        let text = sentence
            .text
            .replace(name, "projektet")
            .replace(short, "projektet")
            .replace("projektet projektet", "projektet");
        Sentence { line: sentence.line, text }
    };
    text.iter().map(said).collect()
}

/// The text after a label such as `Syfte` or `Kort beskrivning`.
fn described(label: &Labelled) -> Option<Sentence> {
    let text =
        matches!(label.field, Field::Other | Field::Unknown | Field::Results) && label.value.len() > 40;
    text.then(|| Sentence { line: label.line, text: label.value.clone() })
}

/// The sentences of a paragraph.
fn split(paragraph: &Sentence) -> Vec<Sentence> {
    let text = &paragraph.text;
    let mut all = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?')) {
        let end = at + mark.len_utf8();
        if at >= start && ends_sentence(&text[start..at], &text[end..]) {
            all.push(&text[start..end]);
            start = end;
        }
    }
    all.push(&text[start..]);
    all.into_iter()
        .map(str::trim)
        .filter(|text| !text.is_empty() && text.len() <= LONGEST)
        .map(|text| Sentence { line: paragraph.line, text: text.to_owned() })
        .collect()
}

fn ends_sentence(before: &str, after: &str) -> bool {
    const ABBREVIATIONS: [&str; 29] = [
        "bl.a", "bl", "a", "t.ex", "t", "ex", "s.k", "s", "k", "ca", "milj", "nr", "kl", "st", "dr", "dvs",
        "tel", "inkl", "exkl", "c:a", "t.o.m", "fr.o.m", "f.d", "f.n", "p.g.a", "resp", "jfr", "ung", "dnr",
    ];
    // These may end a sentence too; the capital letter of the next tells.
    const LAST: [&str; 7] = ["m.fl", "fl", "m.m", "o.s.v", "osv", "etc", "o.d"];
    let word =
        before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_lowercase();
    if ABBREVIATIONS.contains(&word.as_str()) {
        return false;
    }
    let rest = after.trim_start();
    if LAST.contains(&word.as_str()) && !rest.starts_with(char::is_uppercase) && !rest.is_empty() {
        return false;
    }
    let starts =
        rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || "\"”“'–-•(*".contains(c));
    if rest.len() < after.len() || after.is_empty() {
        return starts || rest.is_empty();
    }
    // Two sentences without a space between them.
    let mut next = after.chars();
    before.ends_with(char::is_lowercase)
        && next.next().is_some_and(char::is_uppercase)
        && next.next().is_some_and(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::document::Line;

    fn line(number: u32, text: &str) -> Line {
        Line { number, text: text.to_owned() }
    }

    #[test]
    fn sentences_end_where_the_next_begins() {
        let items = [Item::Text(line(3, "Klart i maj.Sedan ca. 20 till, bl.a. här. Slut"))];
        let texts: Vec<_> = read(&items).into_iter().map(|sentence| sentence.text).collect();
        assert_eq!(texts, ["Klart i maj.", "Sedan ca. 20 till, bl.a. här.", "Slut"]);
    }

    #[test]
    fn abbreviations_end_no_sentence() {
        let items = [Item::Text(line(
            1,
            "Det s.k. Nya spåret, t. ex. Flen, ABF m.fl. (kl. 9) och LO m.fl. Sedan slut.",
        ))];
        assert_eq!(read(&items).len(), 2);
    }

    #[test]
    fn the_name_is_said_as_the_project() {
        let text = [Sentence { line: 1, text: "I Nystart deltar LO.".to_owned() }];
        assert_eq!(of_project(&text, Some("Nystart"))[0].text, "I projektet deltar LO.");
    }

    #[test]
    fn a_list_joins_its_introduction() {
        let items = [
            Item::Heading(line(1, "Drivs i samarbete med")),
            Item::Bullet(line(2, "Flen")),
            Item::Bullet(line(3, "Trosa.")),
        ];
        assert_eq!(read(&items)[0].text, "Drivs i samarbete med Flen, Trosa");
    }
}
