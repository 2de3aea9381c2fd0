//! Whole numbers with separators, and the case numbers of projects.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

/// A project's number in the form that the same project has everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectNumber {
    /// The number alone, such as `2017/00162` or `22-044-S07`.
    pub key: String,
    /// Which series it belongs to.
    pub scheme: Scheme,
}

/// The series that funds number their projects in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `YYYY/NNNNN`, the Social Fund to 2023.
    YearSerial,
    /// `NN-NNN-SNN`, the Social Fund Plus.
    CallSerial,
}

static YEAR_SERIAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^0-9/])((?:19|20)\d{2})\s?/\s?(\d{5})(?:$|[^0-9/])"));
static CALL_SERIAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:^|[^0-9a-z])(\d{2}-\d{3}-[a-z]\d{2})(?:$|[^0-9a-z])"));
static INTEGER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d{1,3}(?:[ .]\d{3})+\b|\d+"));

/// The project number inside a text, whatever stands around it.
#[must_use]
pub fn normalise(text: &str) -> Option<ProjectNumber> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // Most texts have no number by their marks, and most that have one are nothing else.
    if text.contains('-')
        && let Some(found) = CALL_SERIAL.captures(text)
    {
        return Some(ProjectNumber { key: found[1].to_uppercase(), scheme: Scheme::CallSerial });
    }
    if !text.contains('/') {
        return None;
    }
    let key = if is_year_and_serial(text.as_bytes()) {
        text.to_owned()
    } else {
        let found = YEAR_SERIAL.captures(text)?;
        format!("{}/{}", &found[1], &found[2])
    };
    Some(ProjectNumber { key, scheme: Scheme::YearSerial })
}

/// Whether a text is `YYYY/NNNNN` and nothing else.
fn is_year_and_serial(text: &[u8]) -> bool {
    text.len() == 10
        && (text.starts_with(b"19") || text.starts_with(b"20"))
        && text
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 { *byte == b'/' } else { byte.is_ascii_digit() })
}

/// The first whole number in a text, with spaces or full stops between thousands.
#[must_use]
pub fn integer(text: &str) -> Option<u32> {
    INTEGER.find(text).and_then(|found| digits(found.as_str()))
}

/// The value of digits with separators between them.
#[must_use]
pub fn digits(text: &str) -> Option<u32> {
    text.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// The value of a number in digits or as a Swedish word up to twenty; `ingen` is 0.
#[must_use]
pub fn counted(word: &str) -> Option<u32> {
    const WORDS: [&str; 21] = [
        "ingen", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv",
        "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton", "tjugo",
    ];
    let small = word.trim().to_lowercase();
    if small.starts_with(|c: char| c.is_ascii_digit()) {
        return digits(&small);
    }
    let small = match small.as_str() {
        "inga" | "inget" => "ingen",
        "ett" => "en",
        other => other,
    };
    WORDS.iter().position(|known| *known == small).and_then(|value| u32::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_found_in_their_surroundings() {
        for (text, key) in [
            ("2017/00162", "2017/00162"),
            ("Dnr 2019/00163.", "2019/00163"),
            ("Hållbar framtid (2019/00163)", "2019/00163"),
            ("22-044-s07", "22-044-S07"),
            ("2021SE05SFPR001_23-017-S01", "23-017-S01"),
        ] {
            assert_eq!(normalise(text).map(|number| number.key).as_deref(), Some(key), "{text}");
        }
    }

    #[test]
    fn other_marks_are_no_project_numbers() {
        for text in ["2019-2022", "2.1", "2120000142", "1/2 2019", "2019/2020", "0-6 års"] {
            assert_eq!(normalise(text), None, "{text}");
        }
    }

    #[test]
    fn counts_are_read_in_digits_and_words() {
        assert_eq!(integer("ca 2 500 deltagare"), Some(2500));
        assert_eq!(counted("sju"), Some(7));
        assert_eq!(counted("Ingen"), Some(0));
        assert_eq!(counted("38"), Some(38));
        assert_eq!(counted("många"), None);
    }

    proptest! {
        #[test]
        fn a_number_is_its_own_normal_form(year in 2000u32..2030, serial in 0u32..99_999) {
            let key = format!("{year}/{serial:05}");
            prop_assert_eq!(normalise(&key).map(|number| number.key), Some(key));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = (normalise(&text), integer(&text), counted(&text));
        }
    }
}
