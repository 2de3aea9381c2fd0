//! The financing of a project in parts: `ESF+ 6,1 mnkr, nämnden 9,2 mnkr`.

use std::sync::LazyLock;

use regex::Regex;

use super::prose::{Sentence, amounts};
use crate::domain::money::{self, Money};
use crate::domain::pattern;
use crate::domain::statement::AmountKind;

/// An amount with who pays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) who: String,
    pub(super) kind: AmountKind,
    pub(super) money: Money,
    /// The amount as written.
    pub(super) text: String,
}

static OF_EU: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\beu(?:-| )?(?:stöd|medel|bidrag|finansiering)|^eu$"));
static OF_FUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\besf\b|fonden\b|\beu\b|statsbidrag|statlig|\bstaten\b|länsstyrelse|erasmus|\bamif\b|interreg|vinnova|\p{L}verket\b|samordningsförbund|finsam|myndigheten|departement|externa? (?:medel|finansi)|horisont|nordplus",
    )
});
static TOTAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:totalt|total|totala|sammanlagt|budget|hela)\b"));
static JOINT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bvarav\b|\bav (?:det|dem|dessa|vilka)\b"));
static AFTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*\(?(?:kommer |är )?(?:från|av|i)\s+(?P<who>[^,;()]{2,60})"));

/// The parts that a value states. What is said by the words around is left to those.
pub(super) fn read(value: &str) -> Vec<Part> {
    let listed = listed(value);
    let named = listed.iter().all(|(who, _, _)| !who.is_empty());
    let funds = listed.iter().filter(|(who, _, _)| OF_FUND.is_match(who)).count();
    if !named || funds == 0 || JOINT.is_match(value) || listed.iter().any(|(who, _, _)| TOTAL.is_match(who)) {
        return by_words(value);
    }
    let others = listed.len() - funds;
    let kind = |who: &str| {
        if OF_EU.is_match(who) {
            Some(AmountKind::EuSupport)
        } else if OF_FUND.is_match(who) {
            Some(AmountKind::Granted)
        } else {
            // Of several who pay besides the fund, none alone is the co-financing.
            (others == 1).then_some(AmountKind::CoFinancing)
        }
    };
    let mut parts: Vec<Part> = Vec::new();
    for (who, money, text) in listed {
        let Some(kind) = kind(&who) else { continue };
        if !parts.iter().any(|part| part.kind == kind) {
            parts.push(Part { who, kind, money, text });
        }
    }
    parts
}

fn by_words(value: &str) -> Vec<Part> {
    let sentence = Sentence { line: 1, text: value.to_owned() };
    let stated = amounts::find(&[sentence]);
    let all = money::find_all(value);
    let money =
        |text: &str| all.iter().find(|found| &value[found.range.clone()] == text)?.amount.clone().ok();
    stated
        .into_iter()
        .filter_map(|amount| {
            let money = money(&amount.text)?;
            Some(Part { who: String::new(), kind: amount.kind, money, text: amount.text })
        })
        .collect()
}

/// Each amount with the words that say who pays it, before it or after.
fn listed(value: &str) -> Vec<(String, Money, String)> {
    let mut from = 0;
    let mut all = Vec::new();
    for found in money::find_all(value) {
        let before = value.get(from..found.range.start).unwrap_or_default();
        from = found.range.end;
        let Ok(money) = found.amount else { continue };
        let mut who = tidy(before);
        if who.is_empty()
            && let Some(after) = AFTER.captures(&value[from..])
        {
            who = tidy(&after["who"]);
            from += after.get(0).map_or(0, |whole| whole.end());
        }
        all.push((who, money, value[found.range].to_owned()));
    }
    all
}

fn tidy(words: &str) -> String {
    let marks = |c: char| c.is_whitespace() || ",;:.()–-•*".contains(c);
    let bare = words.trim_matches(marks);
    let bare = bare.strip_prefix("och ").or_else(|| bare.strip_prefix("samt ")).unwrap_or(bare);
    bare.trim_end_matches(" med").trim_end_matches(" ca").trim_matches(marks).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(value: &str) -> Vec<(AmountKind, String)> {
        read(value).into_iter().map(|part| (part.kind, part.money.value.to_string())).collect()
    }

    #[test]
    fn each_part_is_of_who_pays_it() {
        use AmountKind::{CoFinancing, Granted, TotalBudget};
        for (value, expected) in [
            ("ESF+ 6,1 mnkr, nämnden 9,2 mnkr", vec![(Granted, "6100000"), (CoFinancing, "9200000")]),
            ("statsbidrag 400 tkr; Flens kommun 150 tkr", vec![(Granted, "400000"), (CoFinancing, "150000")]),
            (
                "Europeiska socialfonden, 11 mkr; Flens kommun, 7 mkr; Arbetsförmedlingen, 5 mkr",
                vec![(Granted, "11000000")],
            ),
            (
                "12 mkr från ESF och 3 mkr från kommunen",
                vec![(Granted, "12000000"), (CoFinancing, "3000000")],
            ),
            (
                "Total budget 12 mkr, varav 8 mkr från ESF",
                vec![(TotalBudget, "12000000"), (Granted, "8000000")],
            ),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(kind, value)| (kind, value.to_owned())).collect();
            assert_eq!(parts(value), expected, "{value}");
        }
        assert!(parts("ESF").is_empty());
    }
}
