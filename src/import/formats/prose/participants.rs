//! How many participants a project plans for, as sentences say it.

use std::sync::LazyLock;

use regex::Regex;

use super::Sentence;
use crate::domain::{number, pattern};

static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<count>\d{1,3}(?:[ .]\d{3})+|\d+)\s+(?P<between>(?:\p{L}[\p{L}-]*\s+){0,4}?)(?P<noun>deltagare|projektdeltagare|personer|ungdomar|individer|kvinnor|män|anställda|medarbetare|unga|elever|studerande|arbetslösa|långtidsarbetslösa|nyanlända|arbetssökande|människor|flyktingar|chefer|vårdbiträden|undersköterskor|lärare|företagare|medlemmar|seniorer|studenter|praktikanter|föräldrar|klienter|yrkesverksamma|sjukskrivna|långtidssjukskrivna)\b",
    )
});
static PLAN_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bi projektet\b.*\bdeltar\b|\b(?:ska|skall|kommer|beräknas|tänkt|väntas|räknar med|räknar projektet med|placera|rekrytera|planer\p{L}*|mål\p{L}*|omfattar|omfatta|erbjud\p{L}*|vill|projekt med|projektet riktar sig till|vänder sig till|plats för|hjälpa|nå)\b",
    )
});
static PLAN_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:\p{L}+\s+){0,3}?(?:ska|skall|kommer att|beräknas|tar del|ska få|omfattas|väntas|erbjuds|utbildas|får utbildning|får stöd)\b",
    )
});
static NOT_PLANNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)upp till\s*$|högst\s*$|\bper\s|\bvarje\b|\bvar(?:je)? grupp|\bbor\b|\bfinns\b|\bvarav\b|\bav dessa\b|\bav dem\b|\bhar (?:nu |hittills )?(?:över |cirka |ca |totalt |sammanlagt )?\s*$|\bsedan\b",
    )
});
static DONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^.]{0,40}\b(?:har deltagit|deltagit|deltog|inskrivna|har fått|fick|avslutade|började|gick vidare|saknar|förtidspension\p{L}*|är arbetslösa|är öppet)\b",
    )
});
static OTHER_UNIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:år|års|procent|veckor|månader|timmar|dagar|miljoner|kronor|kr|tkr|mkr|kommuner\p{L}*|projekt|platser|företag|och projekt\p{L}*|mellan|i åldern|till)\b",
    )
});

/// `312 deltagare mot planerade 400`
static PLANNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:deltagare|personer|inskrivna)\b[^.]{0,40}\b(?:planerade|planerat|målet|beräknade)\s+(?P<count>\d{1,3}(?: \d{3})+|\d+)\s*(?:$|[.,;)]|st\b|deltagare|personer)",
    )
});
/// `150 av dem ska delta i projektet`
static OF_THEM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[\s;,])(?P<count>\d{1,3}(?: \d{3})+|\d+) av (?:dem|dessa) (?:ska|väntas|beräknas|kommer att) (?:kunna |få )?(?:delta|ingå|omfattas|vara med)",
    )
});
/// `Totalt 900 kvinnor och män … får ett samordnat stöd`
static IN_ALL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:totalt|sammanlagt)(?: cirka| ca| omkring)?\s*$"));
static GETS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^[^.]{0,100}\b(?:får|erbjuds|ges)\b"));
static WORKS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[^.]{0,20}\b(?:arbeta|anställas|jobba|tjänstgöra)\b"));

/// The planned number of participants, where sentences leave no doubt that it is a plan for the whole project.
pub(in super::super) fn find(sentences: &[Sentence]) -> Option<u32> {
    sentences.iter().find_map(|sentence| of_sentence(&sentence.text))
}

fn of_sentence(text: &str) -> Option<u32> {
    if let Some(found) = PLANNED.captures(text).or_else(|| OF_THEM.captures(text)) {
        return plausible(&found["count"]);
    }
    COUNT.captures_iter(text).find_map(|found| {
        let (count, whole) = (found.name("count")?, found.get(0)?);
        let (before, after) = (last(&text[..count.start()]), &text[whole.end()..]);
        let alone = !before.ends_with(|c: char| c.is_alphanumeric() || "-–/.,".contains(c))
            && !before.ends_with("- ")
            && !before.ends_with("– ");
        let all = IN_ALL.is_match(before) && GETS.is_match(after);
        let planned = all || PLAN_BEFORE.is_match(before) || PLAN_AFTER.is_match(after);
        let other = NOT_PLANNED.is_match(before)
            || DONE.is_match(after)
            || WORKS.is_match(after)
            || OTHER_UNIT.is_match(&found["between"]);
        (alone && planned && !other).then(|| plausible(count.as_str())).flatten()
    })
}

/// The last words of what stands before a count: what is further away does not speak of it.
fn last(before: &str) -> &str {
    before.char_indices().rev().nth(200).map_or(before, |(at, _)| &before[at..])
}

/// A year is no number of participants, and neither is a handful.
fn plausible(count: &str) -> Option<u32> {
    let value = number::digits(count)?;
    let year = count.len() == 4 && (2000..2040).contains(&value);
    ((5..500_000).contains(&value) && !year).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plans_for_the_whole_project_count() {
        for (text, expected) in [
            ("Vi räknar med ca 340 deltagare under tiden.", Some(340)),
            ("Satsningen är ett projekt med cirka 90 ungdomar, 16-20 år.", Some(90)),
            ("Företaget ska vidareutbilda 1 240 anställda.", Some(1240)),
            ("Tanken är att minst 75 ungdomar ska få praktik.", Some(75)),
            ("Under tre år kommer 1800 kvinnor och män möta teamen.", Some(1800)),
            ("Vid årsskiftet fanns 312 deltagare mot planerade 400.", Some(400)),
            ("1 650 anställda utbildas i nya system.", Some(1650)),
            ("Totalt 900 kvinnor och män som länge varit sjuka får ett samlat stöd.", Some(900)),
            ("I länet finns 300 elever; 150 av dem ska delta i projektet.", Some(150)),
            ("Totalt räknar projektet med 240 deltagare.", Some(240)),
            ("Placera 900 projektdeltagare inom handeln.", Some(900)),
            ("Totalt kommer 19 personer att arbeta i projektet.", None),
            ("I projektet Nystart deltar 58 företag och 4 649 anställda.", Some(4649)),
            ("En coach träffar upp till 12 deltagare.", None),
            ("I länet bor 9.500 arbetslösa.", None),
            ("Förra året har drygt 4 000 unga lämnat skolan.", None),
            ("Hittills har 57 kvinnor deltagit.", None),
            ("Projektet ska nå unga 16-19 år.", None),
        ] {
            let found = find(&[Sentence { line: 1, text: text.to_owned() }]);
            assert_eq!(found, expected, "{text}");
        }
    }
}
