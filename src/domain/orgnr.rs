//! Swedish organisation numbers (organisationsnummer).

use std::fmt;

use thiserror::Error;

/// Ten digits that pass every check.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganisationNumber(String);

/// Why a text is no organisation number. The text itself is not repeated: it may be a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidNumber {
    /// Not ten digits, even without prefix and dash.
    #[error("an organisation number has ten digits")]
    Form,
    /// The third digit is 0 or 1, as in a personal identity number.
    #[error("the third digit of an organisation number is at least 2")]
    Personal,
    /// The check digit is wrong.
    #[error("the check digit of the organisation number is wrong")]
    CheckDigit,
}

impl OrganisationNumber {
    /// Reads `212000-0142`, `2120000142`, `16212000-0142`, `SE212000014201` or `SE-ON-2120000142`.
    ///
    /// # Errors
    /// When the text is not an organisation number, is a person's, or has a wrong check digit.
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let digits = ten_digits(text).ok_or(InvalidNumber::Form)?;
        if digits.as_bytes()[2] < b'2' {
            return Err(InvalidNumber::Personal);
        }
        if !luhn(&digits) {
            return Err(InvalidNumber::CheckDigit);
        }
        Ok(Self(digits))
    }

    /// The ten digits without a dash.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganisationNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", &self.0[..6], &self.0[6..])
    }
}

fn ten_digits(text: &str) -> Option<String> {
    let upper = text.trim().to_uppercase();
    let register = ["SE-ON-", "SE-KK-", "SE-BLV-"].iter().find_map(|prefix| upper.strip_prefix(prefix));
    let rest = register.unwrap_or(&upper);
    if rest.chars().any(|c| !(c.is_ascii_digit() || matches!(c, '-' | '–' | ' ' | 'S' | 'E'))) {
        return None;
    }
    let vat = rest.strip_prefix("SE");
    let digits: String = vat.unwrap_or(rest).chars().filter(char::is_ascii_digit).collect();
    let ten = match (digits.len(), vat.is_some()) {
        (10, _) => digits,
        (12, true) => digits.strip_suffix("01")?.to_owned(),
        (12, false) => digits.strip_prefix("16")?.to_owned(),
        _ => return None,
    };
    Some(ten)
}

/// Whether the last digit is the check digit of those before it (Luhn, modulus 10).
#[must_use]
pub fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit.wrapping_sub(b'0'));
            let doubled = if place % 2 == 1 { value * 2 } else { value };
            doubled / 10 + doubled % 10
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_gives_the_same_number() {
        for text in ["212000-0142", "2120000142", "16212000-0142", "SE212000014201", "SE-ON-2120000142"] {
            assert_eq!(
                OrganisationNumber::parse(text).map(|number| number.to_string()),
                Ok("212000-0142".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn wrong_numbers_are_refused() {
        for (text, reason) in [
            ("212000-0143", InvalidNumber::CheckDigit),
            ("811218-9876", InvalidNumber::Personal),
            ("12345", InvalidNumber::Form),
            ("organisation", InvalidNumber::Form),
            ("999999999901", InvalidNumber::Form),
        ] {
            assert_eq!(OrganisationNumber::parse(text), Err(reason), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_noticed(place in 0usize..10, add in 1u8..10) {
            let mut digits = *b"2021005521";
            digits[place] = b'0' + (digits[place] - b'0' + add) % 10;
            let text = String::from_utf8_lossy(&digits).into_owned();
            prop_assert!(OrganisationNumber::parse(&text).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = OrganisationNumber::parse(&text);
        }
    }
}
