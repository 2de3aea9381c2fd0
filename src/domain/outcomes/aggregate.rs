//! Participations of which only counts are delivered: indicators by project, year and sex.

use std::collections::BTreeMap;

use super::design::{DESIGN, cell};
use crate::domain::disclosure::Counts;

/// Values of indicators by their codes, of one sex in one project and year.
pub type Values = BTreeMap<String, u32>;

/// Indicators that participations are counted by.
pub const COUNTED: [&str; 24] = [
    "EECO01", "EECO02", "EECO03", "EECO04", "EECO05", "EECO06", "EECO07", "EECO08", "EECO09", "EECO10",
    "EECO11", "EECR01", "EECR02", "EECR04", "EECR05", "CO01", "CO02", "CO03", "CO04", "CO05", "CO06", "CO07",
    "CO10", "CO11",
];

/// The counts that indicators stand for. What they leave open is not stated.
///
/// # Errors
/// The first rule of the regulations that they break, as a sentence.
pub fn counts(values: &Values) -> Result<Counts, String> {
    let value = |code: &str| values.get(code).copied().unwrap_or(0);
    let is_plus = values.keys().any(|code| code.starts_with("EE"));
    if is_plus && values.keys().any(|code| !code.starts_with("EE")) {
        return Err("indicators of two programme periods are mixed".to_owned());
    }
    // Of complete records, all are unemployed, inactive or employed.
    let [unemployed, long_term, inactive, idle, employed] = if is_plus {
        ["EECO02", "EECO03", "EECO04", "", "EECO05"]
    } else {
        ["CO01", "CO02", "CO03", "CO04", "CO05"]
    };
    let known = value(unemployed) + value(inactive) + value(employed);
    let all = if values.contains_key("EECO01") { value("EECO01") } else { known };
    let at_most = |part: &str, sum: u32, whole: &str, limit: u32| {
        if sum <= limit { Ok(()) } else { Err(format!("{part} is more than {whole}")) }
    };
    at_most(long_term, value(long_term), unemployed, value(unemployed))?;
    at_most(idle, value(idle), inactive, value(inactive))?;
    at_most(&format!("{unemployed} + {inactive} + {employed}"), known, "all participants", all)?;
    let mut counts = Counts::zero(DESIGN.width());
    counts.all = all;
    let mut put = |table: &str, parts: &[(&str, u32)], rest: &str| {
        let sum: u32 = parts.iter().map(|(_, count)| count).sum();
        at_most(&format!("the sum by {table}"), sum, "all participants", all)?;
        for (code, count) in parts.iter().chain([&(rest, all - sum)]) {
            if let Some(cell) = cell(table, code) {
                counts.cells[cell] += count;
            }
        }
        Ok::<(), String>(())
    };
    put("COVERAGE", &[], "REGISTERED")?;
    if is_plus {
        let ages = [("0_17", value("EECO06")), ("18_29", value("EECO07")), ("55_PLUS", value("EECO08"))];
        put("AGE", &ages, "UNKNOWN")?;
    } else {
        put("AGE", &[("0_24", value("CO06")), ("55_PLUS", value("CO07"))], "UNKNOWN")?;
    }
    let levels = if is_plus { ["EECO09", "EECO10", "EECO11"] } else { ["", "CO10", "CO11"] };
    let levels = [
        ("UNKNOWN/ISCED_0_2", value(levels[0])),
        ("UNKNOWN/ISCED_3_4", value(levels[1])),
        ("UNKNOWN/ISCED_5_8", value(levels[2])),
    ];
    put("SCHOOLING", &levels, "UNKNOWN/UNKNOWN")?;
    let statuses = [
        ("UNEMPLOYED", value(unemployed) - value(long_term)),
        ("LONG_TERM_UNEMPLOYED", value(long_term)),
        ("INACTIVE", value(idle)),
        ("INACTIVE_ANY", value(inactive) - value(idle)),
        ("EMPLOYED", value(employed)),
    ];
    put("ENTRY_STATUS", &statuses, "UNKNOWN")?;
    put("STEP_REACHED", &[], "UNKNOWN")?;
    // Who has not left is not told apart from who has left without a result.
    put("STAGE", &[], "LEFT")?;
    let exits = [("JOB_SEEKING", value("EECR01")), ("STUDIES", value("EECR02")), ("WORK", value("EECR04"))];
    put("EXIT_STATUS", &exits, "UNKNOWN")?;
    put("AFTER_SIX_MONTHS", &[("WORK", value("EECR05"))], "UNKNOWN")?;
    Ok(counts)
}

/// How many participations must have changed, at least, for some counts by sex to become others.
#[must_use]
pub fn changes(before: &[Counts], after: &[Counts]) -> u32 {
    let difference = |count: fn(&Counts, usize) -> u32, at: usize| -> u32 {
        before.iter().zip(after).map(|(one, other)| count(one, at).abs_diff(count(other, at))).sum()
    };
    let sum = |counts: &[Counts]| counts.iter().map(|sex| sex.all).sum::<u32>();
    let all = sum(before).abs_diff(sum(after)).max(difference(|counts, _| counts.all, 0).div_ceil(2));
    let of_table = |table: usize| -> u32 {
        let cells = DESIGN.cells(table);
        cells.map(|cell| difference(|counts, at| counts.cells[at], cell)).sum::<u32>().div_ceil(2)
    };
    (0..DESIGN.tables.len()).map(of_table).max().unwrap_or(0).max(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::disclosure::audit;

    fn values(given: &[(&str, u32)]) -> Values {
        given.iter().map(|(code, value)| ((*code).to_owned(), *value)).collect()
    }

    #[test]
    fn indicators_become_counts_and_what_they_leave_open_is_not_stated() {
        let given = values(&[
            ("EECO01", 30),
            ("EECO02", 20),
            ("EECO03", 12),
            ("EECO04", 6),
            ("EECO05", 3),
            ("EECO07", 9),
            ("EECR04", 11),
        ]);
        let counts = counts(&given).unwrap();
        let of = |table: &str, code: &str| counts.cells[cell(table, code).unwrap()];
        assert_eq!(
            (counts.all, of("ENTRY_STATUS", "UNEMPLOYED"), of("ENTRY_STATUS", "LONG_TERM_UNEMPLOYED")),
            (30, 8, 12)
        );
        assert_eq!((of("ENTRY_STATUS", "INACTIVE_ANY"), of("ENTRY_STATUS", "UNKNOWN")), (6, 1));
        assert_eq!(
            (
                of("AGE", "18_29"),
                of("AGE", "UNKNOWN"),
                of("EXIT_STATUS", "WORK"),
                of("EXIT_STATUS", "UNKNOWN")
            ),
            (9, 21, 11, 19)
        );
        assert!(audit::is_consistent(&DESIGN, &counts));
    }

    #[test]
    fn what_breaks_a_rule_of_the_regulations_is_refused() {
        for (given, part) in [
            (vec![("EECO02", 5), ("EECO03", 6)], "EECO03 is more than EECO02"),
            (vec![("EECO01", 5), ("EECO02", 3), ("EECO04", 3)], "EECO02 + EECO04 + EECO05 is more than all"),
            (vec![("EECO01", 5), ("EECO09", 3), ("EECO11", 3)], "the sum by SCHOOLING"),
            (vec![("EECO01", 5), ("EECR04", 6)], "the sum by EXIT_STATUS"),
            (vec![("CO03", 1), ("CO04", 2)], "CO04 is more than CO03"),
            (vec![("CO01", 1), ("EECO01", 2)], "indicators of two"),
        ] {
            let reason = counts(&values(&given)).unwrap_err();
            assert!(reason.starts_with(part), "{reason}");
        }
    }

    proptest! {
        #[test]
        fn values_make_consistent_counts_or_none(given in prop::collection::btree_map(prop::sample::select(&COUNTED), 0_u32..30, 0..12)) {
            let given: Values = given.into_iter().map(|(code, value)| (code.to_owned(), value)).collect();
            if let Ok(counts) = counts(&given) {
                prop_assert!(audit::is_consistent(&DESIGN, &counts));
                let (none, some) = (vec![Counts::zero(DESIGN.width())], vec![counts.clone()]);
                prop_assert_eq!(changes(&none, &some), counts.all);
                prop_assert_eq!(changes(&some, &some), 0);
            }
        }
    }
}
