//! Entries of lists of decisions without a verb: `Nystart (Flens kommun), 7 889 632 kr`.

use std::sync::LazyLock;

use regex::Regex;

use super::project_name;
use crate::domain::organisation_words::is_organisation_name;
use crate::domain::{number, pattern};

/// Which of the two comes first in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    NameFirst,
    OwnerFirst,
}

/// The project and the owner of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) order: Order,
}

const WHO: &str = r"(?:projektägare|ägare|sökande|stödmottagare|huvudman|mottagare)";

static OWNER_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^[\s,;–-]*(?:\(\s*(?:{WHO}(?:\s*:|\s+är)?\s+)?(?P<inside>[^()]+)\)|(?:till\s+)?{WHO}(?:\s*:|\s+är)?\s+(?P<after>[^,;.()]+))[\s.,;]*$"
    ))
});
static OWNER_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?P<name>.+?)\s*(?:\(\s*(?P<who>{WHO}(?:\s*:|\s+är)?\s+)?(?P<inside>[^()]+(?:\([^()]*\)[^()]*)?)\)|[,;–-]\s*{WHO}(?:\s*:|\s+är)?\s+(?P<after>[^()]+))$"
    ))
});
static WHO_FIRST: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)^{WHO}(?:\s*:|\s+är)?\s+")));
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+[–—-]\s+|[,;:]\s+|\s*[\t|]\s*|\s{2,}"));
/// What stands between the owner and the amount: marks, a period, a case number.
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:[\s,;:–—-]+|\b(?:ca|cirka|totalt|beviljat|belopp|stöd|summa|dnr)\b\.?:?|\(?\b(?:(?:19|20)\d{2}[-–/]\d{2,5}|(?:19|20)\d{2}|\d{2}-\d{3}-\p{L}\d{2})\)?)+$",
    )
});

/// Reads an entry from what stands before and after its amount. Where neither part says what it is, `known` does.
pub(super) fn read(before: &str, after: &str, known: Option<Order>) -> Option<Entry> {
    let before = TAIL.replace(before, "");
    let before = before.trim();
    if before.is_empty() || before.len() > 300 {
        return None;
    }
    if let Some(found) = OWNER_AFTER.captures(after) {
        let said = found.name("after").is_some() || WHO_FIRST.is_match(after.trim_start_matches([' ', '(']));
        let owner = found.name("inside").or_else(|| found.name("after"))?.as_str();
        if said || is_organisation_name(owner) {
            return entry(before, owner, Order::NameFirst);
        }
    }
    if after.trim().len() > 40 {
        return None;
    }
    in_parentheses(before).or_else(|| parted(before, known))
}

fn entry(name: &str, owner: &str, order: Order) -> Option<Entry> {
    let owner = WHO_FIRST.replace(owner.trim(), "").into_owned();
    Some(Entry { name: project_name::clean(name)?, owner, order })
}

/// `Nystart (Flens kommun)`; an acronym or a number in parentheses is part of the name.
fn in_parentheses(before: &str) -> Option<Entry> {
    let found = OWNER_BEFORE.captures(before)?;
    if let Some(after) = found.name("after") {
        return entry(&found["name"], after.as_str(), Order::NameFirst);
    }
    let inside = found.name("inside")?.as_str().trim();
    let name_like = inside.starts_with(char::is_uppercase)
        && inside.contains(char::is_lowercase)
        && number::normalise(inside).is_none();
    let owner = found.name("who").is_some() || is_organisation_name(inside) || name_like;
    owner.then(|| entry(&found["name"], inside, Order::NameFirst)).flatten()
}

/// `Nystart, Flens kommun`, or the other way round. The name may hold separators too.
fn parted(before: &str, known: Option<Order>) -> Option<Entry> {
    let splits: Vec<(&str, &str)> = SEPARATOR
        .find_iter(before)
        .map(|found| (&before[..found.start()], &before[found.end()..]))
        .filter(|(left, right)| [left, right].iter().all(|side| letters(side) > 2))
        .collect();
    let owner_last =
        splits.iter().rev().find(|(left, right)| is_organisation_name(right) && !is_organisation_name(left));
    let owner_first =
        splits.iter().find(|(left, right)| is_organisation_name(left) && !is_organisation_name(right));
    match (owner_last, owner_first, known) {
        (Some((left, right)), None, _) | (Some((left, right)), Some(_), Some(Order::NameFirst)) => {
            entry(left, right, Order::NameFirst)
        }
        (None, Some((left, right)), _) | (Some(_), Some((left, right)), Some(Order::OwnerFirst)) => {
            entry(right, left, Order::OwnerFirst)
        }
        (None, None, Some(Order::NameFirst)) => {
            splits.last().and_then(|(left, right)| entry(left, right, Order::NameFirst))
        }
        (None, None, Some(Order::OwnerFirst)) => {
            splits.first().and_then(|(left, right)| entry(right, left, Order::OwnerFirst))
        }
        _ => None,
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn owners_are_found_before_and_after_the_amount() {
        for (before, after, name, owner) in [
            ("Nystart (Flens kommun), ", "", "Nystart", "Flens kommun"),
            (
                "Gröna, blå och röda vägar (Bygg & Bo ek. för.), ",
                "",
                "Gröna, blå och röda vägar",
                "Bygg & Bo ek. för.",
            ),
            ("Nystart, ", " (projektägare Energibyrån Öst)", "Nystart", "Energibyrån Öst"),
            ("Nystart – sökande: Alfa Omsorg, ", "", "Nystart", "Alfa Omsorg"),
            ("Kunskap, kraft och mod, Region Gotland – ", "", "Kunskap, kraft och mod", "Region Gotland"),
            ("Flens kommun: Nystart, ", ".", "Nystart", "Flens kommun"),
            ("Nystart (Flens kommun), 2019–2021, ", "", "Nystart", "Flens kommun"),
        ] {
            let found = read(before, after, None).expect(before);
            assert_eq!((found.name.as_str(), found.owner.as_str()), (name, owner), "{before}");
        }
    }

    #[test]
    fn the_other_entries_tell_which_part_is_the_owner() {
        assert_eq!(read("Framtidens väg, Alfa Omsorg – ", "", None), None);
        let found = read("Framtidens väg, Alfa Omsorg – ", "", Some(Order::NameFirst));
        assert_eq!(found.map(|entry| entry.owner).as_deref(), Some("Alfa Omsorg"));
        let found = read("Alfa Omsorg – Framtidens väg, ", "", Some(Order::OwnerFirst));
        assert_eq!(found.map(|entry| entry.name).as_deref(), Some("Framtidens väg"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(before in "\\PC{0,60}", after in "\\PC{0,40}") {
            let _ = read(&before, &after, Some(Order::NameFirst));
        }
    }
}
