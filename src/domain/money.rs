//! Amounts of money as Swedish documents write them: `38,6 miljoner kr`, `53 089 603`, `250 tkr`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use rust_decimal::Decimal;
use thiserror::Error;

use super::{number, pattern};

/// An amount, exact, with the unit that the source rounded to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// In whole units of the currency.
    pub value: Decimal,
    /// ISO 4217 code.
    pub currency: &'static str,
    /// The unit of the last digit stated: `100000` for `24,2 mkr`, `1` for whole kronor.
    pub precision: Decimal,
}

/// An amount that no labour-market project can have, such as `1 222 200 miljoner kr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the amount is too large for a project")]
pub struct Implausible;

/// An amount found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Where in the text it stands, in bytes.
    pub range: Range<usize>,
    /// The amount, or why it is none.
    pub amount: Result<Money, Implausible>,
}

/// Five thousand million: several times the largest project of the Social Fund in Sweden.
const LIMIT: Decimal = Decimal::from_parts(705_032_704, 1, 0, false, 0);

static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<front>\b(?:SEK|EUR)\b|€)?\s{0,2}(?P<number>\d{1,3}(?:[ .]\d{3})+(?:,\d{1,2}\b)?|\d{1,3}(?:,\d{3}){2,}|\d+, ?\d+|\d+\.\d+|\d+)(?:\s{0,3}(?P<unit>miljonerna|miljoner|miljon|millioner|millions|million|mio|thousand|milj\b\.?|mnkr|mkr|mn|msek|meur|m€|miljarder|miljard|mdkr|tkr|ksek|keur|tusen|t\.kr)(?:\W|$|(?P<glued>kr)))?\s{0,3}(?P<currency>kronor|kr\b|:-|,-|sek\b|euro\b|eur\b|€)?",
    )
});

/// `åtta`, `en halv`, `en och en halv` before `miljoner`.
static WORDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[^\p{L}\d])(?P<count>(?P<number>en|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton|nitton|tjugo) (?P<half>(?:och en )?halv )?)$",
    )
});
static MILLIONS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^miljon(?:erna|er)?(?: (?:kronor|kr\b|euro\b))?"));

/// How many characters before `miljoner` its number in words can take.
const LONGEST_COUNT: usize = 24;

static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[\s:–-]+|ca\b\.?|cirka|c:a|omkring|ungefär|drygt|knappt|närmare|nästan|totalt|sammanlagt|högst|max|maximalt|upp till|på|om|är)*",
    )
});

/// The first amount of a value that stands after a label of money, where the unit may be left out.
#[must_use]
pub fn read(value: &str) -> Option<Reading> {
    let lead = LEAD.find(value).map_or(0, |found| found.end());
    let at_start = AMOUNT
        .captures_at(value, lead)
        .filter(|found| found.get(0).is_some_and(|whole| value[lead..whole.start()].trim().is_empty()));
    if let Some(found) = at_start {
        let bare = !has_unit(&found);
        let number = &found["number"];
        if !bare || number == "0" || number.chars().filter(char::is_ascii_digit).count() >= 5 {
            return reading(value, &found);
        }
    }
    find_all(value).into_iter().next()
}

/// Every amount in running text: a number, in digits or as a word, with a unit of money.
#[must_use]
pub fn find_all(text: &str) -> Vec<Reading> {
    if !text.contains(|c: char| c.is_ascii_digit()) && !text.contains("miljon") {
        return Vec::new();
    }
    let mut all: Vec<Reading> = AMOUNT
        .captures_iter(text)
        .filter(has_unit)
        .filter(|found| stands_alone(text, found))
        .filter_map(|found| reading(text, &found))
        .collect();
    let digits = all.len();
    all.extend(text.match_indices("miljon").filter_map(|(at, _)| worded(text, at)));
    if all.len() > digits {
        all.sort_by_key(|reading| reading.range.start);
    }
    all
}

/// The value of `två miljoner`. With `halv` it is half a million, or that much more.
fn worded(text: &str, at: usize) -> Option<Reading> {
    let before = &text[..at];
    let from = before.char_indices().rev().nth(LONGEST_COUNT).map_or(0, |(from, _)| from);
    let found = WORDED.captures(&before[from..])?;
    let start = from + found.name("count")?.start();
    let end = at + MILLIONS.find(&text[at..])?.end();
    let count = Decimal::from(number::counted(&found["number"])?);
    let half = Decimal::new(5, 1);
    let millions = match found.name("half").map(|half| half.as_str().starts_with("och")) {
        None => count,
        Some(true) => count + half,
        Some(false) => half,
    };
    let precision = if found.name("half").is_some() { 100_000 } else { 1_000_000 };
    let money = Money {
        value: tidy(millions * Decimal::new(1_000_000, 0)),
        currency: currency(&text[at..end].to_lowercase()),
        precision: Decimal::new(precision, 0),
    };
    Some(Reading { range: start..end, amount: Ok(money) })
}

fn has_unit(found: &Captures<'_>) -> bool {
    ["front", "unit", "currency"].iter().any(|group| found.name(group).is_some())
}

/// A number inside a longer mark, such as `2020/00705` or `B2`, is no amount.
fn stands_alone(text: &str, found: &Captures<'_>) -> bool {
    found.name("number").is_some_and(|number| {
        text[..number.start()]
            .chars()
            .next_back()
            .is_none_or(|before| !(before.is_alphanumeric() || matches!(before, '/' | '-' | '–' | ',')))
    })
}

fn reading(text: &str, found: &Captures<'_>) -> Option<Reading> {
    let number = found.name("number")?;
    let start = found.name("front").map_or(number.start(), |front| front.start());
    let end = ["currency", "glued", "unit"]
        .iter()
        .find_map(|group| found.name(group))
        .map_or(number.end(), |last| last.end());
    let unit = found.name("unit").map_or(String::new(), |unit| unit.as_str().to_lowercase());
    let range = start..end.max(number.end());
    let currency = currency(&text[range.clone()].to_lowercase());
    let amount = exact(number.as_str(), factor(&unit), currency);
    Some(Reading { range, amount })
}

fn currency(words: &str) -> &'static str {
    if words.contains("eur") || words.contains('€') { "EUR" } else { "SEK" }
}

fn factor(unit: &str) -> Decimal {
    match unit.chars().next() {
        None => Decimal::ONE,
        Some('t' | 'k') => Decimal::ONE_THOUSAND,
        Some(_) if unit.starts_with("miljard") || unit == "mdkr" => Decimal::new(1_000_000_000, 0),
        Some(_) => Decimal::new(1_000_000, 0),
    }
}

fn exact(number: &str, factor: Decimal, currency: &'static str) -> Result<Money, Implausible> {
    let plain = plain(number, factor);
    let digits: Decimal = plain.parse().map_err(|_| Implausible)?;
    let value = digits.checked_mul(factor).ok_or(Implausible)?;
    if value >= LIMIT {
        return Err(Implausible);
    }
    let precision = factor.checked_div(power_of_ten(digits.scale())).ok_or(Implausible)?;
    Ok(Money { value: tidy(value), currency, precision: precision.normalize() })
}

/// The digits with a decimal point. A full stop before three digits parts thousands, unless millions follow.
fn plain(number: &str, factor: Decimal) -> String {
    let compact: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let commas = compact.matches(',').count();
    if commas > 1 {
        return compact.replace(',', "");
    }
    if commas == 1 {
        return compact.replace('.', "").replace(',', ".");
    }
    let thousands = compact.split('.').skip(1).all(|group| group.len() == 3);
    let several = compact.matches('.').count() > 1;
    if thousands && (several || factor < Decimal::new(1_000_000, 0)) {
        return compact.replace('.', "");
    }
    compact
}

fn power_of_ten(scale: u32) -> Decimal {
    (0..scale).fold(Decimal::ONE, |power, _| power * Decimal::TEN)
}

fn tidy(value: Decimal) -> Decimal {
    let short = value.normalize();
    if short.scale() == 1 { value.round_dp(2) } else { short }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sek(text: &str) -> (String, String) {
        let money = read(text).and_then(|reading| reading.amount.ok()).expect(text);
        (money.value.to_string(), money.precision.to_string())
    }

    #[test]
    fn every_spelling_is_read() {
        for (text, value, precision) in [
            ("38,6 miljoner kr", "38600000", "100000"),
            ("18, 1 miljoner kr", "18100000", "100000"),
            ("53 089 603", "53089603", "1"),
            ("10.000 kronor", "10000", "1"),
            ("68,9 mkr", "68900000", "100000"),
            ("68.9 Mkr", "68900000", "100000"),
            ("1,5 milj. kr", "1500000", "100000"),
            ("12 MSEK", "12000000", "1000000"),
            ("250 tkr", "250000", "1000"),
            ("1 618 426 kr", "1618426", "1"),
            ("SEK 4 500 000", "4500000", "1"),
            ("ca 45 miljoner kronor", "45000000", "1000000"),
            ("12,50 kr", "12.50", "0.01"),
            ("984 000:-", "984000", "1"),
            ("0", "0", "1"),
            ("7 miljoner", "7000000", "1000000"),
            ("SEK 4.5 million", "4500000", "100000"),
            ("de 23 miljonerna", "23000000", "1000000"),
            ("984 000,-", "984000", "1"),
            ("åtta miljoner kronor", "8000000", "1000000"),
            ("en och en halv miljon", "1500000", "100000"),
            ("en halv miljon kronor", "500000", "100000"),
        ] {
            assert_eq!(sek(text), (value.to_owned(), precision.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_currency_is_kept() {
        for text in ["38 750 EUR", "€38 750", "38 750 €", "38 750 euro"] {
            let money = read(text).and_then(|reading| reading.amount.ok()).expect(text);
            assert_eq!((money.value.to_string().as_str(), money.currency), ("38750", "EUR"), "{text}");
        }
    }

    #[test]
    fn an_impossible_amount_is_an_error() {
        let found = find_all("Budget 1 222 200 miljoner kr");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].amount, Err(Implausible));
    }

    #[test]
    fn years_numbers_and_telephones_are_no_amounts() {
        for text in ["2019 - 2022", "dnr 2020/00705", "tel 08-508 00 000", "500 deltagare", "2.1"] {
            assert!(find_all(text).is_empty(), "{text}");
            assert!(read(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn grouped_kronor_are_read_back(value in 10_000u64..4_000_000_000) {
            let digits = value.to_string();
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push(' ');
                }
                grouped.push(digit);
            }
            prop_assert_eq!(sek(&format!("{grouped} kr")).0, digits);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = read(&text);
            for found in find_all(&text) {
                prop_assert!(text.get(found.range).is_some());
            }
        }
    }
}
