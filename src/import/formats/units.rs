//! Units of money that stand once for many amounts: in a caption, `belopp i tkr`, or in a label, `Budget (mkr)`.

use std::sync::LazyLock;

use regex::Regex;

use super::fields::{Field, Label};
use crate::domain::pattern;

static CAPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:belopp(?:en)?|summor(?:na)?|siffror(?:na)?|kronor|kostnader(?:na)?|alla tal)\b[^.:\n]{0,40}?\b(?:i|anges i|är i)\s+(?P<unit>tkr|ksek|tusen(?:tals)? kronor|mkr|mnkr|msek|miljoner kronor)\b|^\s*\(?(?P<alone>tkr|mnkr|mkr)\)?\s*$",
    )
});
static IN_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<unit>tkr|ksek|tusen(?:tals)? kronor|mkr|mnkr|msek|miljoner kronor|meur|keur|eur|euro)\b",
    )
});
static BARE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:ca\.? |cirka )?(?P<number>\d{1,3}(?:[ .]\d{3})+|\d+(?:[.,]\d+)?)\s*$"));

/// The unit that a document states for all its amounts.
pub(super) fn of_document(text: &str) -> Option<&'static str> {
    let found = CAPTION.captures(text)?;
    unit(found.name("unit").or_else(|| found.name("alone"))?.as_str())
}

/// A label of money whose bare number has got the unit of the label, else that of the document.
pub(super) fn with_unit(mut label: Label, of_document: Option<&'static str>) -> Label {
    let own = IN_LABEL.captures(&label.text).and_then(|found| unit(&found["unit"]));
    let Some(unit) = own.or(of_document).filter(|_| is_money(label.field)) else {
        return label;
    };
    if let Some(found) = BARE.captures(&label.value) {
        label.value = format!("{} {unit}", &found["number"]);
    }
    label
}

fn unit(written: &str) -> Option<&'static str> {
    let small = written.to_lowercase();
    Some(match small.as_str() {
        "eur" | "euro" => "EUR",
        "meur" => "MEUR",
        "keur" => "KEUR",
        other if other.starts_with(['t', 'k']) => "tkr",
        other if other.starts_with('m') => "mkr",
        _ => return None,
    })
}

fn is_money(field: Field) -> bool {
    field.is_amount() || field == Field::Financing
}

#[cfg(test)]
mod tests {
    use super::super::fields::Form;
    use super::*;

    fn value(text: &str, value: &str, document: &str) -> String {
        let label =
            Label { field: Field::Total, form: Form::Colon, text: text.to_owned(), value: value.to_owned() };
        with_unit(label, of_document(document)).value
    }

    #[test]
    fn a_unit_that_stands_once_goes_to_every_bare_number() {
        for (label, written, document, expected) in [
            ("Budget", "24 300", "Tabell 2. Projekt, belopp i tkr.", "24 300 tkr"),
            ("Budget", "12,5", "Alla belopp anges i miljoner kronor.", "12,5 mkr"),
            ("Budget (tkr)", "950", "", "950 tkr"),
            ("Budget, EUR", "38 750", "", "38 750 EUR"),
            ("Budget", "5 mkr", "Belopp i tkr", "5 mkr"),
            ("Budget", "5 000 000", "Texten nämner mkr.", "5 000 000"),
            ("Budget", "–", "Belopp i tkr", "–"),
        ] {
            assert_eq!(value(label, written, document), expected, "{label} {written}");
        }
    }
}
