//! The words of a text to search by, and what a mistyped one may mean.

use unicode_normalization::UnicodeNormalization;

use super::names::fold;

/// The words of a text: small letters and digits without accents, in their order.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    // As where names are indexed: letters and marks are taken apart, and the marks left out.
    let plain: String = text.nfd().filter(|c| !is_mark(*c)).collect();
    fold(&plain).split_whitespace().map(str::to_owned).collect()
}

/// Whether it is a combining diacritical mark.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36F}').contains(&c)
}

/// How many letters a word may differ in and still be meant: none of a short word or a number, one, and two of a long
/// one.
#[must_use]
pub fn slips(word: &str) -> usize {
    // Another number is another thing.
    if word.chars().any(char::is_numeric) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The known words that a word may mean, the nearest first: those with few letters mistyped, and those it is an
/// inflected form of.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let first = word.chars().next();
    let mut near: Vec<(usize, &str)> = known
        .filter(|other| other.chars().next() == first)
        .filter_map(|other| {
            let apart = strsim::osa_distance(word, other);
            (apart <= slips(word) || stem(word) == stem(other)).then_some((apart, other))
        })
        .collect();
    near.sort_unstable();
    let best = near.first().map_or(0, |(apart, _)| *apart);
    near.into_iter().filter(|(apart, _)| *apart <= best + 1).map(|(_, other)| other).collect()
}

/// A word without the endings that Swedish nouns take.
fn stem(word: &str) -> &str {
    const ENDINGS: [&str; 13] =
        ["arnas", "ernas", "ornas", "arna", "erna", "orna", "ens", "ets", "ar", "er", "or", "en", "et"];
    let ending = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
    ending.filter(|rest| rest.chars().count() >= 4).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_have_no_accents_case_or_punctuation() {
        assert_eq!(
            words("Hållbar ETABLERING, Malmö (2017/00162)"),
            ["hallbar", "etablering", "malmo", "2017", "00162"]
        );
        assert!(words(" %_*\"' ").is_empty());
    }

    #[test]
    fn a_slip_is_forgiven_in_a_long_word_only() {
        let known = ["etablering", "etableringen", "samverkan", "mia", "via"];
        assert_eq!(nearest("etabelring", known.into_iter()), ["etablering"]);
        assert_eq!(nearest("etableringar", known.into_iter()), ["etablering", "etableringen"]);
        assert!(nearest("mias", ["mina"].into_iter()).is_empty());
        assert!(nearest("xia", known.into_iter()).is_empty());
        assert!(nearest("2120000143", ["2120000142"].into_iter()).is_empty());
    }

    proptest! {
        #[test]
        fn words_of_words_are_the_same(text in "\\PC{0,40}") {
            let once = words(&text);
            prop_assert_eq!(words(&once.join(" ")), once);
        }
    }
}
