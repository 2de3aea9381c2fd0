//! Where the names of projects end in the sentences of decisions.

use std::sync::LazyLock;

use regex::Regex;

use super::project_name;
use crate::domain::organisation_words::is_organisation_name;
use crate::domain::{names, pattern};

/// What stands between the word project and the name.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:som (?:heter|kallas|fått namnet)|kallat|kallas|heter|med namnet|vid namn|med titeln)\s+",
    )
});

static NAME_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[.;,]|\s[–—-]\s|\s\(|\s(?:som|där|vilket|tillsammans med|i samverkan med|i samarbete med|under|för att)\s|\s(?:ska|får|är)\s",
    )
});
static ENTRY_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[.;,]|\s[–—-]\s(?:ett (?:\p{L}+ )?projekt|projekt|för att|en satsning)|\s\((?:projektägare|sökande|dnr|esf)|\s(?:som|där|vilket|tillsammans med|i samverkan med|i samarbete med|under|för att)\s|\s(?:ska|får|är)\s",
    )
});

/// `Flens kommuns projekt Nystart`
pub(super) fn owner_before(sentence: &str, name: &str) -> Option<String> {
    let before = sentence[..sentence.find(name)?].trim_end_matches([' ', '”', '“', '"']);
    let owner = before.trim_end_matches(char::is_alphabetic).trim();
    (owner.ends_with('s') && is_organisation_name(names::without_genitive(owner)))
        .then(|| names::without_genitive(owner).to_owned())
}

/// The name that a text begins with. In a list it goes on to the end of the entry.
pub(super) fn read(text: &str, entry: bool) -> Option<String> {
    let text = SAID.replace(text, "");
    let text = text.as_ref();
    if text.starts_with(['”', '“', '„', '»', '"', '*', '’', '\'']) {
        return project_name::up_to_its_end(text);
    }
    let ends = if entry { &*ENTRY_END } else { &*NAME_END };
    let end = ends
        .find_iter(text)
        .find(|found| !is_inner(text, found.start()))
        .map_or(text.len(), |found| found.start());
    // `ett projekt där unga får stöd` names none.
    let named = text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    named.then(|| project_name::clean(&text[..end])).flatten()
}

/// A full stop inside `2.0` ends nothing.
fn is_inner(text: &str, at: usize) -> bool {
    text[at..].starts_with('.') && text[at + 1..].starts_with(|c: char| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_entries_go_further_than_those_of_sentences() {
        for (text, entry, name) in [
            ("Nystart – en väg vidare", true, "Nystart – en väg vidare"),
            ("Nystart – en väg vidare", false, "Nystart"),
            ("LYFT (Lära för yrket)", true, "LYFT (Lära för yrket)"),
            ("Nystart 2.0 som ska hjälpa unga", false, "Nystart 2.0"),
            ("Nystart – ett projekt för unga", true, "Nystart"),
            ("kallat Nystart där unga får stöd", true, "Nystart"),
        ] {
            assert_eq!(read(text, entry).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn the_owner_stands_before_the_name() {
        let owner = owner_before("Flens kommuns projekt ”Nystart” får stöd", "Nystart");
        assert_eq!(owner.as_deref(), Some("Flens kommun"));
    }
}
