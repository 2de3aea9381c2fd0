//! The words that the names of organisations are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const VOCABULARY: &str = include_str!("../../catalogue/phrases/organisations.txt");
const FIRST_NAMES: &str = include_str!("../../catalogue/phrases/first-names.txt");

static WORDS: LazyLock<BTreeMap<&str, BTreeSet<&str>>> = LazyLock::new(|| groups(VOCABULARY));
static PERSONS: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| FIRST_NAMES.lines().filter(|line| !line.starts_with('#')).collect());

/// The lines of a vocabulary by the group that a line in brackets opens.
#[must_use]
pub fn groups(vocabulary: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut group = "";
    for line in vocabulary.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => group = name,
            None => {
                all.entry(group).or_default().insert(line);
            }
        }
    }
    all
}

/// Whether a word, in lower case, stands in a group of the vocabulary: `agency`, `descriptor` or `noun`.
pub(super) fn in_group(group: &str, word: &str) -> bool {
    WORDS.get(group).is_some_and(|words| words.contains(word))
}

/// Whether a word, in lower case, is a compound that ends as names of organisations do: `företagarförening`.
pub(super) fn ends_name(word: &str) -> bool {
    WORDS.get("noun-ending").is_some_and(|ends| ends.iter().any(|end| word.ends_with(end)))
}

/// Whether a word names a part of an organisation, such as `socialförvaltningen`.
#[must_use]
pub fn is_unit(word: &str) -> bool {
    let small = word.to_lowercase();
    WORDS.get("unit").is_some_and(|ends| ends.iter().any(|end| small.ends_with(end)))
}

/// Whether a text reads as an organisation's name: one of its words says what it is.
#[must_use]
pub fn is_organisation_name(text: &str) -> bool {
    const ENDINGS: [&str; 20] = [
        "kommun",
        "stad",
        "region",
        "regionen",
        "förbund",
        "förbundet",
        "stiftelsen",
        "länsstyrelsen",
        "universitet",
        "landsting",
        "landstinget",
        "högskola",
        "kassan",
        "stift",
        "förening",
        "föreningen",
        "förmedlingen",
        "ab",
        "jobbtorg",
        "coompanion",
    ];
    let folded = super::names::fold(text);
    folded.split(' ').any(|word| {
        is_unit(word)
            || in_group("agency", word)
            || ENDINGS.iter().any(|end| if end.len() < 3 { word == *end } else { word.ends_with(end) })
    })
}

/// Capitalised words that begin sentences and headings and are no names.
pub(super) fn generic(word: &str) -> bool {
    const GENERIC: [&str; 42] = [
        "projektet",
        "projekt",
        "projektägaren",
        "projektägare",
        "det",
        "den",
        "de",
        "detta",
        "dessa",
        "här",
        "i",
        "inom",
        "vi",
        "som",
        "för",
        "målet",
        "syftet",
        "syfte",
        "mål",
        "en",
        "ett",
        "genom",
        "under",
        "deltagare",
        "deltagarna",
        "bakom",
        "samverkan",
        "samarbete",
        "budget",
        "esf",
        "eu",
        "europeiska",
        "sverige",
        "år",
        "tanken",
        "insatsen",
        "insatserna",
        "med",
        "till",
        "sedan",
        "kvinnor",
        "unga",
    ];
    GENERIC.contains(&word)
}

/// Whether a word, in lower case, is a first name.
pub(crate) fn is_first_name(word: &str) -> bool {
    PERSONS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_organisations_are_told_by_their_words() {
        for name in ["Flens kommun", "Region Gotland", "Bygg AB", "Vuxenutbildningen", "Mälardalens högskola"]
        {
            assert!(is_organisation_name(name), "{name}");
        }
        for name in ["Nystart", "Vägen in", "Unga kvinnor framåt"] {
            assert!(!is_organisation_name(name), "{name}");
        }
    }

    #[test]
    fn groups_hold_the_lines_below_their_bracket() {
        let groups = groups("# note\n[one]\na\nb\n\n[two]\nc\n");
        assert_eq!((groups["one"].len(), groups["two"].len()), (2, 1));
    }
}
