//! Finds Swedish personal identity numbers, so that a file with one can be refused.
//!
//! Only the line is told, never the number.

use chrono::NaiveDate;

use super::orgnr::luhn;

/// The first line, from 1, that holds a personal identity number or a coordination number.
#[must_use]
pub fn first_line(text: &str) -> Option<u32> {
    let found = text.split('\n').position(line_has_number)?;
    u32::try_from(found + 1).ok()
}

/// Why a file is refused that holds one in some place.
#[must_use]
pub fn refusal(place: &str) -> String {
    format!(
        "{place} holds a personal identity number; the whole file is refused, and the number is not repeated here"
    )
}

/// Whether a line holds one.
#[must_use]
pub fn line_has_number(line: &str) -> bool {
    // Most lines have too few digits; looking for those is quick.
    if line.bytes().filter(u8::is_ascii_digit).count() < 10 {
        return false;
    }
    let characters: Vec<char> = line.chars().collect();
    let mut start = 0;
    while start < characters.len() {
        if !is_digit(characters[start]) {
            start += 1;
            continue;
        }
        let end = end_of_digits(&characters, start);
        if stands_alone_before(&characters, start) && candidate(&characters, start, end) {
            return true;
        }
        start = end;
    }
    false
}

/// Ten or twelve digits in one run, or six or eight and, after a dash, a plus or a space, four more.
fn candidate(characters: &[char], start: usize, end: usize) -> bool {
    let head = &characters[start..end];
    match head.len() {
        10 | 12 => ends_alone(characters, end) && is_personal(head),
        // What statistics use in place of the number of a protected identity: a day of birth, `Tf` and two digits.
        8 if is_placeholder(characters, end) => {
            let digits: String = head.iter().collect();
            dated(&digits)
        }
        6 | 8 => {
            let Some(last) = tail(characters, end) else {
                return false;
            };
            let all: Vec<char> = head.iter().chain(last).copied().collect();
            is_personal(&all)
        }
        _ => false,
    }
}

fn is_placeholder(characters: &[char], end: usize) -> bool {
    let at = |ahead: usize| characters.get(end + ahead);
    let letters =
        at(0).is_some_and(|c| matches!(c, 'T' | 't')) && at(1).is_some_and(|c| matches!(c, 'F' | 'f'));
    let stop = end_of_digits(characters, end + 2);
    letters && stop == end + 4 && ends_alone(characters, stop)
}

fn tail(characters: &[char], end: usize) -> Option<&[char]> {
    let mut from = end;
    while characters.get(from).is_some_and(|c| *c == ' ') && from < end + 1 {
        from += 1;
    }
    if !characters.get(from).is_some_and(|c| matches!(c, '-' | '+' | '–' | '−' | '‑')) {
        return spaced_tail(characters, end);
    }
    from += 1;
    if characters.get(from).is_some_and(|c| *c == ' ') {
        from += 1;
    }
    let stop = end_of_digits(characters, from);
    let long_enough = stop - from == 4 && ends_alone(characters, stop);
    long_enough.then(|| &characters[from..stop])
}

/// Four digits after one space, unless more digits follow as in a grouped amount.
fn spaced_tail(characters: &[char], end: usize) -> Option<&[char]> {
    let space = |at: usize| characters.get(at).is_some_and(|c| is_space(*c));
    let from = end + 1;
    let stop = end_of_digits(characters, from);
    let goes_on = space(stop) && characters.get(stop + 1).is_some_and(|c| is_digit(*c));
    let fits = space(end) && stop.checked_sub(from) == Some(4) && ends_alone(characters, stop) && !goes_on;
    fits.then(|| characters.get(from..stop)).flatten()
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

fn is_personal(digits: &[char]) -> bool {
    let text: String = digits.iter().collect();
    let short = if text.len() == 12 { &text[2..] } else { text.as_str() };
    luhn(short) && (if text.len() == 12 { dated(&text[..8]) } else { dated_short(&text[..6]) })
}

fn dated_short(digits: &str) -> bool {
    ["19", "20"].iter().any(|century| dated(&format!("{century}{digits}")))
}

/// A coordination number has 60 added to the day.
fn dated(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (part(0, 4), part(4, 6), part(6, 8)) else {
        return false;
    };
    let day = if day > 60 { day - 60 } else { day };
    let year = i32::try_from(year).unwrap_or_default();
    (1880..2100).contains(&year) && NaiveDate::from_ymd_opt(year, month, day).is_some()
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn end_of_digits(characters: &[char], start: usize) -> usize {
    let rest = characters.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|c| is_digit(**c)).count()
}

/// The run is not the end of a longer number such as an amount, a date or a telephone number.
fn stands_alone_before(characters: &[char], start: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).and_then(|at| characters.get(at)).copied();
    match before(1) {
        Some('-' | '+' | '–' | '.' | ',' | '/' | '_' | ' ' | '\u{a0}') => !before(2).is_some_and(is_digit),
        Some(other) => !other.is_alphabetic(),
        None => true,
    }
}

fn ends_alone(characters: &[char], end: usize) -> bool {
    let after = |ahead: usize| characters.get(end + ahead).copied();
    match after(0) {
        Some('-' | '+' | '–' | '/' | '_') => !after(1).is_some_and(is_digit),
        Some(other) => !other.is_alphabetic(),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Numbers that the tax agency has set aside for tests, and a coordination number of the same kind.
    const PERSONAL: [&str; 13] = [
        "19121212Tf29",
        "20010101TF01",
        "19121212-1212",
        "121212-1212",
        "121212+1212",
        "191212121212",
        "1212121212",
        "701063-2391",
        "19121212 1212",
        "121212 1212",
        "121212\u{a0}1212",
        "pnr_1212121212",
        "pnr_121212-1212_rapport.pdf",
    ];

    #[test]
    fn every_form_is_found_with_its_line() {
        for number in PERSONAL {
            let text = format!("Namn\n\nDeltagare {number}, inskriven\n");
            assert_eq!(first_line(&text), Some(3), "{number}");
        }
    }

    #[test]
    fn other_numbers_are_not_taken_for_persons() {
        for text in [
            "212000-0142",
            "2120000142",
            "1 618 426 kr",
            "2019-12-01 - 2021-06-30",
            "076-12 29 222",
            "2021SE05SFPR001_23-017-S01",
            "121212-1213",
            "991332-1212",
            "00191212121212000",
            "20170901-20210630",
            "5 121212 1212",
            "121212 1212 12",
            "19121212Tf2",
            "19121312Tf29",
            "19121212Tfa9",
            "121212  1212",
            "1_1212121212",
            "121212 12123",
            "991332 1212",
        ] {
            assert_eq!(first_line(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9+\\- \\n–a-zåÅ]{0,80}") {
            let _ = first_line(&text);
        }

        #[test]
        fn a_number_is_found_wherever_it_stands(before in "[a-zåäö ,.]{0,20}", after in "[ ,.;)]{1}[a-zåäö ]{0,20}") {
            prop_assert_eq!(first_line(&format!("{before} 121212-1212{after}")), Some(1));
        }
    }
}
