//! The labels that documents put before values, and the forms a labelled line can have.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::fields::GROUPS;
pub(super) use super::fields::{Field, Form, Label};
use crate::domain::{money, number, organisation_words, pattern, written_date};

const VOCABULARY: &str = include_str!("../../../catalogue/phrases/labels.txt");

struct Vocabulary {
    exact: BTreeMap<&'static str, Field>,
    endings: Vec<(&'static str, Field)>,
    beginnings: Vec<(&'static str, Field)>,
    /// By first letter, the longest first.
    by_letter: BTreeMap<char, Vec<(&'static str, Field)>>,
}

static LABELS: LazyLock<Vocabulary> = LazyLock::new(|| {
    let groups = organisation_words::groups(VOCABULARY);
    let all = || {
        GROUPS
            .iter()
            .flat_map(|(group, field)| groups.get(group).into_iter().flatten().map(|label| (*label, *field)))
    };
    let exact: BTreeMap<_, _> = all().filter(|(label, _)| !label.contains('*')).collect();
    let endings = all().filter_map(|(label, field)| Some((label.strip_prefix('*')?, field))).collect();
    let beginnings = all().filter_map(|(label, field)| Some((label.strip_suffix('*')?, field))).collect();
    let mut by_letter: BTreeMap<char, Vec<(&str, Field)>> = BTreeMap::new();
    for (label, field) in &exact {
        by_letter.entry(label.chars().next().unwrap_or_default()).or_default().push((label, *field));
    }
    for labels in by_letter.values_mut() {
        labels.sort_by_key(|(label, _)| std::cmp::Reverse(label.len()));
    }
    Vocabulary { exact, endings, beginnings, by_letter }
});

static MARKS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[•*·▪►●○|#>\s]|[-–—]\s)+"));
/// Case numbers of other series: `2009-3050042`, `KS 2019/123`.
static OTHER_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:\p{Lu}{1,5}[ -])?(?:19|20)\d{2}[-/:.]\d{3,8}$"));
static AMOUNT_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:ca\b\.?|cirka|c:a|drygt|knappt|totalt|på|om|SEK|EUR|€|\s)*\d[^.]*(?:kr\.)?$")
});
/// `Budget (inklusive medfinansiering)`, `Budget, tkr`, `Projekt 2`
static REMARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*\([^)]*\)\s*$|,?\s+(?:i\s+)?(?:tkr|mkr|mnkr|ksek|msek|sek|kr|kronor|tusen(?:tals)? kronor|miljoner kronor|eur|euro|keur|meur)$|\s+\d{1,2}$",
    )
});
/// `Parter i Drivkraft`: a list of the project that the label names.
static OF_PROJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<label>\p{Lu}[\p{L} ]{3,40}?) (?:i|inom|till|för|på) (?:(?:esf-|eu-)?projektet\b.{0,40}|\p{Lu}.{1,50})$",
    )
});
static COLON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<label>\p{Lu}[^:|\t]{1,90}?)\s*(?:\*\*)?\s*[:|\t](?:\*\*)?(?P<value>(?:[^/].*)?)$")
});

/// The label that a line begins with, if it does.
pub(super) fn read(line: &str) -> Option<Label> {
    let line = MARKS.replace(line, "").replace("**", "");
    let line = line.trim_end_matches(['|', ' ', '\t']);
    colon(line).or_else(|| apart(line)).or_else(|| plain(line))
}

/// `Medverkande      Flens kommun`: a label and its value in columns.
fn apart(line: &str) -> Option<Label> {
    let (label, value) = line.split_once("  ")?;
    let value = value.trim();
    let field = field(label).filter(|_| label.starts_with(char::is_uppercase) && !value.contains("  "))?;
    (!value.is_empty()).then(|| Label {
        field,
        form: Form::Colon,
        text: label.to_owned(),
        value: value.to_owned(),
    })
}

/// What a label means, whatever its case and with a remark in parentheses.
pub(super) fn field(label: &str) -> Option<Field> {
    let folded = folded(label);
    let known = |text: &str| {
        let exact = LABELS.exact.get(text).copied();
        // `Sökt belopp från Socialfonden` ends as a grant does.
        let applied = || {
            let starts =
                |(start, field): &&(&str, Field)| *field == Field::Applied && text.starts_with(start);
            LABELS.beginnings.iter().find(starts).map(|(_, field)| *field)
        };
        exact
            .or_else(applied)
            .or_else(|| LABELS.endings.iter().find(|(end, _)| text.ends_with(end)).map(|(_, field)| *field))
    };
    known(&folded)
        .or_else(|| {
            let without = REMARK.replace(&folded, "");
            (without != folded).then(|| known(&without)).flatten()
        })
        .or_else(|| {
            let short = Some(label.trim()).filter(|label| label.len() < 120);
            let found = OF_PROJECT.captures(short?)?;
            known(&self::folded(&found["label"])).filter(|field| *field == Field::Partners)
        })
}

/// What the first words of a longer label mean, where the value is of that kind.
fn beginning(label: &str, value: &str) -> Option<Field> {
    let folded = folded(label);
    let known = LABELS.beginnings.iter().find(|(start, _)| folded.starts_with(start));
    known.map(|(_, field)| *field).filter(|field| fits(*field, value))
}

fn folded(label: &str) -> String {
    let small = label.trim().to_lowercase().replace(['–', '‑'], "-");
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn colon(line: &str) -> Option<Label> {
    let found = COLON.captures(line)?;
    let (label, value) = (found["label"].trim(), found["value"].trim().trim_start_matches('|').trim());
    let words = label.split(' ').count();
    let field = match field(label).or_else(|| beginning(label, value)) {
        Some(field) => field,
        None if words <= 6 && !label.contains(". ") => Field::Unknown,
        None => return None,
    };
    Some(Label { field, form: Form::Colon, text: label.to_owned(), value: value.to_owned() })
}

fn plain(line: &str) -> Option<Label> {
    if !line.starts_with(char::is_uppercase) || line.contains('\t') {
        return None;
    }
    if let Some(known) = field(line).filter(|_| line.len() < 90) {
        return Some(Label { field: known, form: Form::Alone, text: line.to_owned(), value: String::new() });
    }
    let small = line.to_lowercase();
    if small.len() != line.len() {
        return None;
    }
    let labels = LABELS.by_letter.get(&small.chars().next()?)?;
    labels.iter().filter(|(label, _)| small.starts_with(label)).find_map(|(label, field)| {
        let rest = line.get(label.len()..)?;
        let capitals = label.len() > 5 && !line[..label.len()].contains(char::is_lowercase);
        let form = if capitals { after_capitals(rest) } else { after(*field, rest) }?;
        Some(Label {
            field: *field,
            form,
            text: line[..label.len()].to_owned(),
            value: rest.trim().to_owned(),
        })
    })
}

/// `EU-STÖD 372 226 EUR`: a label in capitals is told from its value by them.
fn after_capitals(rest: &str) -> Option<Form> {
    let value = rest.trim_start();
    let first = value.split(' ').next().unwrap_or_default();
    let begins = first.contains(|c: char| c.is_lowercase() || c.is_ascii_digit());
    (value.len() < rest.len() && begins && rest.len() < 160).then_some(Form::Spaced)
}

/// Whether what follows the label without a colon can be its value.
fn after(field: Field, rest: &str) -> Option<Form> {
    let value = rest.trim_start();
    if value.len() < rest.len() {
        return (fits(field, value) && rest.len() < 160).then_some(Form::Spaced);
    }
    let glued = rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        || field == Field::Contact && rest.contains('@');
    (glued && rest.len() < 400).then_some(Form::Glued)
}

/// Whether a value is of the kind that the label asks for.
pub(super) fn fits(field: Field, value: &str) -> bool {
    let date = || written_date::read(value.trim_start_matches("den ")).is_some();
    let name = || value.starts_with(char::is_uppercase) && !value.ends_with('.') && value.len() < 100;
    match field {
        amount if amount.is_amount() => {
            AMOUNT_FIRST.is_match(value)
                && money::read(value).is_some_and(|reading| value[..reading.range.start].trim().len() < 12)
        }
        Field::Period | Field::Start | Field::End | Field::Decided => date(),
        Field::Number => {
            number::normalise(value).is_some() && value.len() < 30 || OTHER_NUMBER.is_match(value)
        }
        Field::Participants => value.starts_with(|c: char| c.is_ascii_digit()) && value.len() < 40,
        Field::OwnerNumber => value.starts_with(|c: char| c.is_ascii_digit()),
        Field::Objective => value.len() < 12 && value.contains(|c: char| c.is_ascii_digit()),
        Field::Owner | Field::Contact => name(),
        Field::Financing => value.len() < 80 && !value.ends_with('.') && !money::find_all(value).is_empty(),
        _ => false,
    }
}

/// The label that a text begins with, run together with its value, and its length.
pub(super) fn run_together(text: &str) -> Option<(usize, Field)> {
    let window = text.char_indices().nth(60).map_or(text, |(end, _)| &text[..end]);
    let small = window.to_lowercase();
    let labels = LABELS.by_letter.get(&small.chars().next()?)?;
    labels.iter().filter(|(label, _)| small.starts_with(label)).find_map(|(label, field)| {
        let rest = window.get(label.len()..)?;
        let value = rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        value.then_some((label.len(), *field))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(line: &str) -> Option<(Field, Form, String)> {
        read(line).map(|label| (label.field, label.form, label.value))
    }

    #[test]
    fn every_form_of_a_label_is_read() {
        for (line, field, form, value) in [
            ("Projektägare: Flens kommun", Field::Owner, Form::Colon, "Flens kommun"),
            ("• Budget: 12 000 000 kr", Field::Total, Form::Colon, "12 000 000 kr"),
            ("**Projekttid:** 2019 - 2020", Field::Period, Form::Colon, "2019 - 2020"),
            ("PROJEKTETS TOTALA BUDGET (inklusive allt): 5 mkr", Field::Total, Form::Colon, "5 mkr"),
            ("Kommunens medfinansiering: 0", Field::CoFinancing, Form::Colon, "0"),
            ("Region:", Field::Region, Form::Colon, ""),
            ("Startdatum", Field::Start, Form::Alone, ""),
            ("Projektperiod maj 2019 – juni 2022", Field::Period, Form::Spaced, "maj 2019 – juni 2022"),
            ("Total projektbudget7 030 969 kr", Field::Total, Form::Glued, "7 030 969 kr"),
            ("Medverkande     Flens kommun, LO", Field::Partners, Form::Colon, "Flens kommun, LO"),
            ("Projektägare | Flens kommun", Field::Owner, Form::Colon, "Flens kommun"),
            ("PROJEKTÄGARE Flens kommun", Field::Owner, Form::Spaced, "Flens kommun"),
            ("INSATSOMRÅDE Sysselsättning", Field::Other, Form::Spaced, "Sysselsättning"),
        ] {
            assert_eq!(label(line), Some((field, form, value.to_owned())), "{line}");
        }
    }

    #[test]
    fn running_text_has_no_label() {
        for line in [
            "Region Gotland och Flens kommun driver projektet.",
            "Budgeten är större än förra året",
            "Projektet pågår till 2022.",
            "Start sker i höst",
        ] {
            assert_eq!(label(line), None, "{line}");
        }
    }
}
