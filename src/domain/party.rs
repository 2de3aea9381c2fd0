//! An organisation with the unit of it that a source names besides.

use std::sync::LazyLock;

use regex::Regex;

use super::statement::Party;
use super::{contact, names, organisation_words, pattern};

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[\s,]*(?:\b[\p{L}-]+(?: [\p{L}-]+)?(?:gatan|vägen|gränd|torg|torget|plan|allén|leden|stigen|backen|gata|väg|kajen)\s+\d+\s?\p{L}?\b|\bbox\s+\d+|\b\d{3} ?\d{2}\s+\p{Lu}).*$",
    )
});
static UNIT_IN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<unit>.*?(?i:förvaltningen|nämnden|avdelningen|kontoret|enheten|verksamheten|jobbtorg|center|centrum|styrelsen)) (?:i|inom|på|vid|hos) (?P<name>\p{Lu}.*)$",
    )
});
static GENITIVE_UNIT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<name>\p{Lu}.*? (?i:kommun|stad|landsting))s (?P<unit>[\p{L}-]+.*)$"));
static THROUGH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<name>[^(]+?),? \(?genom (?P<unit>[^)]+?)\)?$"));
static DASHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<name>\p{Lu}.*?(?i:kommun|stad|region \p{L}+)) ?[-–/] ?(?P<unit>\p{L}.*)$")
});

/// Reads the value of an owner's label: `Flens kommun, Socialförvaltningen`, in either order, once or doubled.
#[must_use]
pub fn read(value: &str) -> Option<Party> {
    let value = ADDRESS.replace(value.trim(), "");
    let value = value.trim_matches(|c: char| c.is_whitespace() || ".,;:*–-".contains(c));
    if value.chars().filter(|c| c.is_alphabetic()).count() < 2 || contact::is_in(value) || value.len() > 300 {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in value.split(',').map(|part| part.trim().trim_end_matches('.')).filter(|part| !part.is_empty())
    {
        let known = parts.iter().any(|other| names::same(other, part) || starts_with(part, other));
        if !known {
            parts.push(part);
        }
    }
    match parts.as_slice() {
        [] => None,
        [only] => Some(single(only)),
        [first, rest @ ..] if legal(first) || !rest.iter().any(|part| legal(part)) => {
            Some(Party { name: (*first).to_owned(), unit: Some(rest.join(", ")), number: None })
        }
        all => {
            let name = all.iter().copied().find(|part| legal(part))?;
            let units: Vec<&str> = all.iter().copied().filter(|part| *part != name).collect();
            Some(Party { name: name.to_owned(), unit: Some(units.join(", ")), number: None })
        }
    }
}

/// One name, taken apart where it says both: `arbetsmarknadsförvaltningen i Flens kommun`, `Flens kommuns vuxenutbildning`.
#[must_use]
pub fn single(name: &str) -> Party {
    let name = name.trim();
    let found = [&*THROUGH, &*UNIT_IN, &*GENITIVE_UNIT, &*DASHED].iter().find_map(|form| form.captures(name));
    match found {
        Some(found) => Party {
            name: found["name"].trim().to_owned(),
            unit: Some(found["unit"].trim().to_owned()),
            number: None,
        },
        None => Party { name: name.to_owned(), unit: None, number: None },
    }
}

/// Whether two parties are one organisation: the same unit, or one of them the other's whole.
#[must_use]
pub fn same(one: &Party, other: &Party) -> bool {
    if names::same(&one.name, &other.name) {
        return match (&one.unit, &other.unit) {
            (Some(a), Some(b)) => names::same(a, b),
            _ => true,
        };
    }
    let is_unit_of = |small: &Party, whole: &Party| {
        small.unit.is_none() && whole.unit.as_deref().is_some_and(|unit| names::same(&small.name, unit))
    };
    is_unit_of(one, other) || is_unit_of(other, one)
}

/// Whether a name is that of a legal entity and not of a part of one, as far as its words tell.
#[must_use]
pub fn legal(name: &str) -> bool {
    let folded = names::fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let known = [
        "kommun",
        "stad",
        "region",
        "landsting",
        "ab",
        "stiftelsen",
        "universitet",
        "stift",
        "länsstyrelsen",
        "samordningsförbundet",
    ];
    let unit = words.iter().any(|word| organisation_words::is_unit(word) && !known.contains(word));
    !unit && words.iter().any(|word| known.contains(word))
}

/// `Rädda Barnens Riksförbund` says `Rädda Barnen` once more.
fn starts_with(long: &str, short: &str) -> bool {
    let (long, short) = (names::fold(long), names::fold(short));
    long.starts_with(&short) && short.contains(' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn both(value: &str) -> (String, Option<String>) {
        let party = read(value).expect(value);
        (party.name, party.unit)
    }

    #[test]
    fn owner_and_unit_are_told_apart() {
        for (value, name, unit) in [
            ("Flens kommun, Socialförvaltningen", "Flens kommun", Some("Socialförvaltningen")),
            (
                "Arbetsmarknadsförvaltningen, Malmö stad, Arbetsmarknadsförvaltningen, Malmö stad",
                "Malmö stad",
                Some("Arbetsmarknadsförvaltningen"),
            ),
            ("Coompanion Gotland, Coompanion Gotland", "Coompanion Gotland", None),
            ("Hela Människan, Hela Människans Riksförbund AB Storgatan 14 Visby", "Hela Människan", None),
            ("arbetsmarknadsförvaltningen i Malmö stad", "Malmö stad", Some("arbetsmarknadsförvaltningen")),
            ("Flens kommuns vuxenutbildning", "Flens kommun", Some("vuxenutbildning")),
            (
                "Malmö stad genom arbetsmarknadsförvaltningen",
                "Malmö stad",
                Some("arbetsmarknadsförvaltningen"),
            ),
            ("Försäkringskassan, Enheten för EU-frågor", "Försäkringskassan", Some("Enheten för EU-frågor")),
            ("Region Gotland", "Region Gotland", None),
        ] {
            assert_eq!(both(value), (name.to_owned(), unit.map(str::to_owned)), "{value}");
        }
    }

    #[test]
    fn contact_details_are_no_owner() {
        assert_eq!(read("anna@exempel.se"), None);
        assert_eq!(read(" , "), None);
    }

    #[test]
    fn a_unit_and_its_whole_are_one() {
        let whole = read("Malmö stad, Socialförvaltningen").expect("a party");
        assert!(same(&whole, &single("Malmö stad")));
        assert!(same(&whole, &single("socialförvaltning")));
        assert!(!same(&whole, &single("Malmö stads utbildningsförvaltning")));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            let _ = read(&text);
        }
    }
}
