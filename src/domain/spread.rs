//! Spreading an amount over the calendar years of a period, by days.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

/// What of an amount falls on each year of a period, both its days included: as much on each day, rounded so that the
/// years make up the amount. Empty where the period ends before it starts.
#[must_use]
pub fn by_year(minor: i64, first: NaiveDate, last: NaiveDate) -> BTreeMap<i32, i64> {
    let days = (last - first).num_days() + 1;
    let mut years = BTreeMap::new();
    if days < 1 {
        return years;
    }
    let mut given = 0;
    for year in first.year()..=last.year() {
        let end = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(last).min(last);
        let passed = (end - first).num_days() + 1;
        // What falls on the days up to the end of the year, rounded to the nearest; less what the years before got.
        let due =
            (i128::from(minor) * i128::from(passed) * 2 + i128::from(days)).div_euclid(i128::from(days) * 2);
        let due = i64::try_from(due).unwrap_or(minor);
        years.insert(year, due - given);
        given = due;
    }
    years
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn each_day_gets_as_much() {
        let years = by_year(73_100, day(2023, 1, 1), day(2024, 12, 31));
        assert_eq!(years, BTreeMap::from([(2023, 36_500), (2024, 36_600)]));
        assert_eq!(by_year(100, day(2023, 5, 1), day(2023, 5, 1)), BTreeMap::from([(2023, 100)]));
        assert!(by_year(100, day(2023, 5, 2), day(2023, 5, 1)).is_empty());
    }

    proptest! {
        #[test]
        fn years_make_up_the_amount(minor in -1_000_000_000_000_i64..1_000_000_000_000, start in 700_000..740_000_i32, days in 0..4_000_i64) {
            let first = NaiveDate::from_num_days_from_ce_opt(start).unwrap();
            let years = by_year(minor, first, first + chrono::Duration::days(days));
            prop_assert_eq!(years.values().sum::<i64>(), minor);
            prop_assert!(years.values().all(|part| part.signum() * minor.signum() >= 0));
        }
    }
}
