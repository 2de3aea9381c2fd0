//! Projects that continue others, told by their names: `MIA Vidare` continues `MIA`, `Etableringslyftet 2.0`
//! continues `Etableringslyftet`.

use super::names::fold;

/// Words that say that a project goes on.
const GOES_ON: [&str; 3] = ["vidare", "fortsättning", "fortsättningen"];
const ROMAN: [(&str, u32); 4] = [("i", 1), ("ii", 2), ("iii", 3), ("iv", 4)];

/// The folded names that a project with this name goes by: its own and, where it begins with its initials, those:
/// `MIA Mobilisering inför Arbete` is `MIA`.
#[must_use]
pub fn own(name: &str) -> Vec<String> {
    let folded = fold(name);
    let initials = folded.split_once(' ').and_then(|(first, rest)| {
        let initials: String = rest.split(' ').filter_map(|word| word.chars().next()).collect();
        (first.chars().count() > 1 && initials == first).then(|| first.to_owned())
    });
    std::iter::once(folded.clone()).chain(initials).collect()
}

/// The folded names that the project before one with this name can have; none where the name continues nothing.
#[must_use]
pub fn before(name: &str) -> Vec<String> {
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let (base, number) = match words.as_slice() {
        [base @ .., last] if !base.is_empty() && GOES_ON.contains(last) => (base, 2),
        [base @ .., last, "0"] if !base.is_empty() && digit(last).is_some() => {
            (base, digit(last).unwrap_or(0))
        }
        [base @ .., last] if !base.is_empty() => {
            let roman = ROMAN.iter().find(|(numeral, n)| numeral == last && *n > 1).map(|(_, n)| *n);
            match digit(last).or(roman) {
                Some(number) => (base, number),
                None => return Vec::new(),
            }
        }
        _ => return Vec::new(),
    };
    if number < 2 {
        return Vec::new();
    }
    let (base, earlier) = (base.join(" "), number - 1);
    let mut names = vec![format!("{base} {earlier}"), format!("{base} {earlier} 0")];
    names.extend(ROMAN.iter().filter(|(_, n)| *n == earlier).map(|(numeral, _)| format!("{base} {numeral}")));
    if earlier == 1 {
        names.push(base);
    }
    names
}

/// The number of a series; a year is none.
fn digit(word: &str) -> Option<u32> {
    match word.as_bytes() {
        [b'1'..=b'9'] => word.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_continue_others_are_told() {
        for (name, first) in [
            ("MIA Vidare", "mia"),
            ("Etableringslyftet 2.0", "etableringslyftet"),
            ("Care for Ukrainian Refugees 2", "care for ukrainian refugees"),
            ("Vägar III", "vägar ii"),
            ("Vägar 3", "vägar 2"),
        ] {
            assert!(before(name).contains(&first.to_owned()), "{name}: {:?}", before(name));
        }
        for name in ["MIA", "Vidare", "2", "Min framtid 2018", "Steg 1", "Projekt i", "", "Kraft 12"] {
            assert_eq!(before(name), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn initials_in_front_are_a_name_too() {
        assert_eq!(own("MIA Mobilisering inför Arbete"), ["mia mobilisering inför arbete", "mia"]);
        for name in ["MIA Vidare", "Min framtid", "A Arbete", "MIA", ""] {
            assert_eq!(own(name), [fold(name)], "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_never_continues_itself(name in "[A-Za-zåäö ]{1,12}( [0-9.]{1,3}| Vidare| II)?") {
            prop_assert!(!before(&name).contains(&fold(&name)));
        }
    }
}
