//! Contact details of persons: they are recognised in order to be left out.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[\p{L}0-9._%+-]+\s?(?:@|\(at\)|\[at\])\s?[\p{L}0-9.-]+\.\p{L}{2,}"));

static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:\+46|\b0)[ ()0-9]{0,6}(?:\d{1,3})\s?[-–/]\s?\d{2,4}(?: ?\d{2,4}){0,4}\b|\+46[ \d()-]{7,16}")
});

static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:kontakt(?:person(?:er)?|uppgifter)?|kontakta|presskontakt|projektledare|projektledning|projektchef|projektansvarig|handläggare|ansvarig (?:handläggare|tjänsteperson)|e-?post(?:adress)?|mejl|mail|e-?mail|telefon(?:nummer)?|tel|tfn|mobil(?:nummer)?)\b\.?(?:[\s(][^:]{0,40})?:",
    )
});

/// Whether a line is a contact detail by its label.
#[must_use]
pub fn is_labelled(line: &str) -> bool {
    LABELLED.is_match(line.trim_start())
}

/// How many e-mail addresses and telephone numbers a text holds.
#[must_use]
pub fn count(text: &str) -> u32 {
    // An address has one of these, and a telephone number enough digits; most texts have neither.
    let may_be_address = text.contains(['@', '(', '[']);
    let may_be_phone = text.contains("+46") || text.bytes().filter(u8::is_ascii_digit).count() >= 4;
    if !may_be_address && !may_be_phone {
        return 0;
    }
    let addresses = if may_be_address { EMAIL.find_iter(text).count() } else { 0 };
    // It begins with one of these.
    let phones = if text.contains(['0', '+']) {
        PHONE.find_iter(text).filter(|found| !within_number(text, found.start())).count()
    } else {
        0
    };
    u32::try_from(addresses + phones).unwrap_or(u32::MAX)
}

/// The month of `2019-08-01` is no area code.
fn within_number(text: &str, start: usize) -> bool {
    text[..start].ends_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | ','))
}

/// Whether a text holds an e-mail address or a telephone number.
#[must_use]
pub fn is_in(text: &str) -> bool {
    count(text) > 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_and_telephones_are_counted() {
        assert_eq!(count("Anna Ek, anna.ek@exempel.se, 070-123 45 67"), 2);
        assert_eq!(count("växel +46 8 508 00 000"), 1);
        assert_eq!(count("tel 08-508 000 00"), 1);
    }

    #[test]
    fn dates_and_amounts_are_no_telephones() {
        for text in ["2019-08-01 - 2022-06-30", "1 618 426 kr", "2017/00162", "0 kr", "22-044-S07"] {
            assert_eq!(count(text), 0, "{text}");
        }
    }

    #[test]
    fn labels_are_known_in_any_case() {
        assert!(is_labelled("KONTAKTPERSON: Anna Ek"));
        assert!(is_labelled("E-post: anna"));
        assert!(!is_labelled("Kontakten med arbetsgivare ska öka"));
    }

    proptest! {
        #[test]
        fn an_address_is_always_seen(user in "[a-z]{1,12}", host in "[a-z]{1,12}") {
            let text = format!("Skriv till {user}@{host}.se om du undrar");
            prop_assert!(is_in(&text));
        }
    }
}
