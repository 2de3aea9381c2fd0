//! Amounts of money in sentences, by what the words around them say they are.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Sentence;
use crate::domain::money::{self, Money, Reading};
use crate::domain::pattern;
use crate::domain::statement::{Amount, AmountKind};

static AFTER: LazyLock<Vec<(Regex, AmountKind)>> = LazyLock::new(|| {
    [
        (r"^\s*(?:är |kommer |i |av )?eu ?-? ?(?:stöd|medel|bidrag)|^\s*(?:kommer |är )?från eu\b", AmountKind::EuSupport),
        (r"^\s*(?:av (?:dessa|de) (?:medel|pengar) )?(?:är |kommer |kommer är )?(?:i |från |av |finansieras av )?(?:svenska )?(?:esf\b|(?:eu:s )?(?:europeiska )?socialfond)", AmountKind::Granted),
        (r"^\s*(?:är |kommer |i )?(?:från )?(?:egen |offentlig |offentligt |kommunal |regional )?(?:medfinansiering|stöd från kommun|egna medel|stöd, resten)|^\s*(?:kommer )?från (?:offentlig|kommun|region|egna)|^\s*(?:i )?egen finansiering", AmountKind::CoFinancing),
        (r"^\s*i (?:\p{L}+ )?(?:stöd|bidrag|projektmedel|projektstöd|anslag)\b", AmountKind::Granted),
    ]
    .into_iter()
    .map(|(cue, kind)| (pattern(&format!("(?i){cue}")), kind))
    .collect()
});

const FUND: &str = r"(?:\besf\+?(?:-rådet)?|socialfonden\+?|\besf\+?\))";
const GIVES: &str = r"(?:bidrar|bidrog|bidragit|finansierar|finansierade|medfinansierar|medfinansierade|går in|gick in|står för|stod för|svarar för|svarade för|ger|gav|satsar|skjuter till|sköt till|delar ut|delade ut)";

static BEFORE: LazyLock<Vec<(Regex, AmountKind)>> = LazyLock::new(|| {
    let of_fund = format!(
        r"bevilja|får\b|fått\b|fick\b|tilldela|delar ut|\bger\b|\bgett\b|stöd (?:på|om)|esf-stöd|esf-medel|{FUND}(?: \p{{L}}+){{0,2}} {GIVES}|(?:av|från) (?:esf|europeiska socialfonden\+?)(?: \(esf\+?\))?,? (?:är|var|med|uppgår till|uppgick till|ligger på)|(?:\besf\+?(?:-rådet)?|europeiska socialfonden\+?)(?: \(esf\+?\))?:?\s*$"
    );
    [
        (r"budget|omslut|omsätt|kostar|kostnad|omfattar|projekt på|satsning på|\bsatsas|projektet är på|totalt finansiera|\bfinansieras med (?:totalt )?$|totala? finansiering", AmountKind::TotalBudget),
        (r"medfinansiering|medfinansiera(?:r|s|de)\b|egeninsats|egen insats|egen finansiering|egenfinansiering|egna medel|kommun\p{L}* (?:bidrar|bidrog|skjuter till|går in|står för|stod för|satsar)|(?:parterna|medlemmarna|regionen|staden) (?:bidrar|bidrog|skjuter till|går in|står för)|\bbidrar [^.]{0,40}\b(?:parter\p{L}*|partners?|partnerna|kommunerna|medlemmarna) med", AmountKind::CoFinancing),
        (of_fund.as_str(), AmountKind::Granted),
        (r"eu-stöd|eu-medel|\beu (?:bidrar|finansierar|står för)", AmountKind::EuSupport),
        (r"\bsökt|ansök|\bbegär|\bförhoppning|\bhoppa(?:s|des) på", AmountKind::Applied),
        (r"(?:får|fick|fått|beviljas|beviljats)\b[^.]* de sökta\s*$", AmountKind::Granted),
    ]
    .into_iter()
    .map(|(cue, kind)| (pattern(&format!("(?i){cue}")), kind))
    .collect()
});

/// Money of calls, years and persons, and of several projects together.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)utlys|per år|per deltagare|vikarie|miljarder|samhällsekonomisk|sparar|besparing|\b(?:\d+|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv) (?:\p{L}+ )?(?:projekt|ansökningar)\b|\bprojekten\b|sammantaget|sammanlagt",
    )
});
static PART_OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?P<part>\d+(?:,\d+)?) av (?:de |projektets )?(?:totalt|totala|sammanlagt) (?:\p{L}+ )?$")
});
static OF_THE_FUND: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:esf|eu|socialfond\p{L}*)\b"));

/// How far into a text the money of one project is looked for.
const MOST_SENTENCES: usize = 1_000;

/// The amounts that sentences state for one project, the first of each kind.
pub(in super::super) fn find(sentences: &[Sentence]) -> Vec<Amount> {
    let mut all: Vec<(Amount, bool)> = Vec::new();
    for sentence in sentences.iter().take(MOST_SENTENCES) {
        for (kind, money, text, of_fund) in of_sentence(&sentence.text) {
            let known =
                all.iter().any(|(amount, _)| amount.kind == kind && amount.currency == money.currency);
            if !known {
                all.push((stated(kind, &money, &text, sentence.line), of_fund));
            }
        }
    }
    whole_of_parts(&mut all);
    all.into_iter().map(|(amount, _)| amount).collect()
}

/// The amount as a statement holds it.
pub(in super::super) fn stated(kind: AmountKind, money: &Money, text: &str, line: u32) -> Amount {
    Amount {
        kind,
        value: money.value.to_string(),
        currency: money.currency.to_owned(),
        precision: money.precision.to_string(),
        text: text.to_owned(),
        line,
    }
}

/// What an amount is, the amount, how it is written, and whether it is said of the fund.
type Stated = (AmountKind, Money, String, bool);

fn of_sentence(text: &str) -> Vec<Stated> {
    let found = money::find_all(text);
    let mut all = Vec::new();
    let mut from = 0;
    for (index, reading) in found.iter().enumerate() {
        let to = found.get(index + 1).map_or(text.len(), |next: &Reading| next.range.start);
        let (before, after) = (&text[from..reading.range.start], &text[reading.range.end..to]);
        from = reading.range.end;
        let Ok(money) = &reading.amount else { continue };
        if OTHER.is_match(before) || OTHER.is_match(first_words(after)) {
            continue;
        }
        if let Some(part) = PART_OF.captures(before) {
            let whole = text[reading.range.clone()].to_owned();
            all.extend(part_of(before, &part, &whole));
            all.push((AmountKind::TotalBudget, money.clone(), whole, false));
        } else if let Some(kind) = kind(before, after) {
            let of_fund = OF_THE_FUND.is_match(before) || OF_THE_FUND.is_match(first_words(after));
            all.push((kind, money.clone(), text[reading.range.clone()].to_owned(), of_fund));
        }
    }
    all
}

/// `13,5 av de totalt 27 miljonerna`: the whole is the budget, and the part has its unit.
fn part_of(before: &str, found: &Captures<'_>, whole: &str) -> Option<Stated> {
    let unit = whole.trim_start_matches(|c: char| !c.is_alphabetic());
    let text = format!("{} {unit}", &found["part"]);
    let cue = &before[..found.get(0)?.start()];
    let money = money::read(&text)?.amount.ok()?;
    Some((kind(cue, "")?, money, text, OF_THE_FUND.is_match(cue)))
}

fn first_words(text: &str) -> &str {
    text.char_indices().nth(30).map_or(text, |(end, _)| &text[..end])
}

/// What the words after an amount say it is, else the nearest words before it.
fn kind(before: &str, after: &str) -> Option<AmountKind> {
    let follows = AFTER.iter().find(|(cue, _)| cue.is_match(after)).map(|(_, kind)| *kind);
    let nearest = BEFORE
        .iter()
        .filter_map(|(cue, kind)| cue.find_iter(before).last().map(|found| (found.end(), *kind)))
        .max_by_key(|(end, _)| *end)
        .map(|(_, kind)| kind);
    match (follows, nearest) {
        (Some(AmountKind::Granted), Some(AmountKind::Applied)) => Some(AmountKind::Applied),
        (Some(follows), _) => Some(follows),
        (None, nearest) => nearest,
    }
}

/// `får 5 miljoner i stöd, 2 miljoner är EU-medel …`: what was called support is the whole of the parts.
fn whole_of_parts(all: &mut [(Amount, bool)]) {
    let value = |kind: AmountKind| {
        let found = all
            .iter()
            .find(|(amount, of_fund)| amount.kind == kind && (kind != AmountKind::Granted || !of_fund));
        found.and_then(|(amount, _)| amount.value.parse::<rust_decimal::Decimal>().ok())
    };
    let has_total = all.iter().any(|(amount, _)| amount.kind == AmountKind::TotalBudget);
    let (Some(whole), Some(part)) = (value(AmountKind::Granted), value(AmountKind::EuSupport)) else {
        return;
    };
    if has_total || part >= whole {
        return;
    }
    for (amount, _) in all.iter_mut().filter(|(amount, _)| amount.kind == AmountKind::Granted) {
        amount.kind = AmountKind::TotalBudget;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Vec<(AmountKind, String)> {
        let sentences: Vec<_> =
            texts.iter().map(|text| Sentence { line: 1, text: (*text).to_owned() }).collect();
        find(&sentences).into_iter().map(|amount| (amount.kind, amount.value)).collect()
    }

    #[test]
    fn the_words_around_an_amount_say_what_it_is() {
        use AmountKind::{Applied, CoFinancing, EuSupport, Granted, TotalBudget};
        for (text, expected) in [
            (
                "Satsningen har en budget på 31 miljoner kr, varav 14,5 miljoner kr är från ESF.",
                vec![(TotalBudget, "31000000"), (Granted, "14500000")],
            ),
            ("Socialfonden har beviljat Flens kommun 12 mkr.", vec![(Granted, "12000000")]),
            (
                "Projektet omsluter 10 mkr och kommunens medfinansiering är 4 mkr.",
                vec![(TotalBudget, "10000000"), (CoFinancing, "4000000")],
            ),
            ("Vi har ansökt om 3 miljoner kronor från ESF.", vec![(Applied, "3000000")]),
            ("Utlysningen omfattar 40 miljoner kronor.", vec![]),
            (
                "Budgeten var 33 mkr, varav ESF bidrog med 15 mkr.",
                vec![(TotalBudget, "33000000"), (Granted, "15000000")],
            ),
            (
                "Socialfonden bidrar med 13,5 av de totalt 27 miljoner kronor som projektet kostar.",
                vec![(Granted, "13500000"), (TotalBudget, "27000000")],
            ),
            ("Europeiska socialfonden stod för tio miljoner.", vec![(Granted, "10000000")]),
            ("Kommunerna och regionen medfinansierar tillsammans med 7 mkr.", vec![(CoFinancing, "7000000")]),
            ("I ansökan begärdes 33 mkr av socialfonden.", vec![(Applied, "33000000")]),
            (
                "Projektet, som är kostnadsberäknat till 6 mkr, får stöd med de sökta 2 miljonerna.",
                vec![(TotalBudget, "6000000"), (Granted, "2000000")],
            ),
            ("Drygt 22 miljoner av dessa medel kommer från ESF.", vec![(Granted, "22000000")]),
            ("Beloppet från Europeiska socialfonden uppgår till 3 400 000 kr.", vec![(Granted, "3400000")]),
            ("Tillsammans bidrar projektets partners med 8,1 mkr.", vec![(CoFinancing, "8100000")]),
            ("Förhoppningen var att 33 mkr skulle finansieras av Socialfonden.", vec![(Applied, "33000000")]),
            ("Fyra projekt får 52 miljoner kronor.", vec![]),
            ("Av detta är 2 miljoner kronor EU-medel.", vec![(EuSupport, "2000000")]),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(kind, value)| (kind, value.to_owned())).collect();
            assert_eq!(read(&[text]), expected, "{text}");
        }
    }

    #[test]
    fn support_in_parts_is_the_whole_budget() {
        let found = read(&[
            "Nystart får 5 miljoner kronor i stöd över två år.",
            "Av dem är knappt 2 miljoner EU-medel.",
        ]);
        assert_eq!(found[0], (AmountKind::TotalBudget, "5000000".to_owned()));
    }
}
