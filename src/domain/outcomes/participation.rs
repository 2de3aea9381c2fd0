//! One person's participation in one project, as agencies record it.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::codes::{Field, UNKNOWN};

/// Days after leaving within which a position counts as that upon leaving (Regulation (EU) 2021/1057, Annex I: four
/// weeks).
const IMMEDIATE: u64 = 28;
/// Months after leaving at which the longer-term result is looked at.
const LONGER_TERM: u32 = 6;
/// The oldest that a participant is believed to be.
const OLDEST: i32 = 110;

/// A person's participation in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participation {
    /// Sex.
    pub sex: &'static str,
    /// Year of enrolment: the period that it counts in.
    pub start_year: i32,
    /// What else is known; nothing of those who have not consented, or whose identity is protected.
    pub record: Option<Record>,
}

impl Participation {
    /// Takes in what a later delivery says of the same person and project. Who has withdrawn consent, or never gave it,
    /// keeps sex and the first year.
    #[must_use]
    pub fn revised(self, newer: Self) -> Self {
        let Some(record) = newer.record else {
            return Self { start_year: self.start_year.min(newer.start_year), ..newer };
        };
        let record = match self.record {
            Some(before) => before.revised(record),
            None => record,
        };
        Self { sex: newer.sex, start_year: record.enrolled_on.year(), record: Some(record) }
    }
}

/// What is known of a participant who has consented. A missing value is none, never a guess.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// Age at enrolment, where no year of birth is known.
    pub age_band: Option<&'static str>,
    /// SCB's four digits of the municipality.
    pub municipality_code: Option<String>,
    /// Highest completed education.
    pub education: Option<&'static str>,
    /// Position on the labour market at entry.
    pub entry_status: Option<&'static str>,
    /// Who referred.
    pub referred_by: Option<String>,
    /// First day.
    pub enrolled_on: NaiveDate,
    /// First day of the last of several stays; the same where there was one.
    pub last_enrolled_on: NaiveDate,
    /// Day of consent.
    pub consent_on: NaiveDate,
    /// Category of the target group.
    pub target_group: Option<&'static str>,
    /// Days on which the six steps of the pathway began.
    pub steps: [Option<NaiveDate>; 6],
    /// Day of leaving.
    pub exit_on: Option<NaiveDate>,
    /// Position upon leaving.
    pub exit_status: Option<&'static str>,
    /// Day that this position is for.
    pub exit_status_on: Option<NaiveDate>,
    /// Position six months after leaving.
    pub after_six_months: Option<&'static str>,
}

impl Record {
    /// What it says that cannot be, as a sentence that names columns and no values.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, today: NaiveDate) -> Result<(), String> {
        let refuse = |reason: &str| Err(reason.to_owned());
        if self.enrolled_on > today {
            return refuse("enrolled_on is in the future");
        }
        if self.exit_on.is_some_and(|exit| exit > today) {
            return refuse("exit_on is in the future");
        }
        if let Some(birth) = self.birth_year {
            let age = self.enrolled_on.year() - birth;
            if !(0..=OLDEST).contains(&age) {
                return refuse("birth_year does not go with enrolled_on");
            }
        }
        if self.exit_on.is_some_and(|exit| exit < self.enrolled_on) {
            return refuse("exit_on is before enrolled_on");
        }
        for (at, step) in self.steps.iter().enumerate() {
            if step
                .is_some_and(|step| step < self.enrolled_on || self.exit_on.is_some_and(|exit| step > exit))
            {
                return Err(format!("step_{}_on is not between enrolled_on and exit_on", at + 1));
            }
        }
        let Some(exit) = self.exit_on else {
            return match (self.exit_status, self.after_six_months) {
                (Some(_), _) => refuse("exit_status is given without exit_on"),
                (_, Some(_)) => refuse("status_after_six_months is given without exit_on"),
                _ => Ok(()),
            };
        };
        if self.exit_status_on.is_some_and(|on| on < exit || on > exit + Days::new(IMMEDIATE)) {
            return Err(format!("exit_status_on is not within {IMMEDIATE} days of exit_on"));
        }
        if self.after_six_months.is_some_and(|status| status != UNKNOWN) && today < six_months_after(exit) {
            return refuse("status_after_six_months is given before six months have passed");
        }
        Ok(())
    }

    /// What it is counted by.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            age: age(self.birth_year, self.enrolled_on.year()).or(self.age_band),
            education: self.education,
            entry_status: self.entry_status,
            target_group: self.target_group,
            step: step(self.steps.iter().rposition(Option::is_some).map_or(0, |at| at + 1)),
            exit_on: self.exit_on,
            exit_status: self.exit_status,
            after_six_months: self.after_six_months,
        }
    }

    /// Takes in what a later delivery says of the same person and project.
    ///
    /// With the same day of enrolment it takes the place of what was said. With another it is a stay before or after:
    /// the first entry and the final exit count, and results are revised, never added.
    #[must_use]
    pub fn revised(self, newer: Self) -> Self {
        if newer.enrolled_on == self.enrolled_on && self.enrolled_on == self.last_enrolled_on {
            return newer;
        }
        // A file that is delivered again may tell of a stay between the first and the last once more.
        let (first, last) =
            match (newer.enrolled_on <= self.enrolled_on, newer.enrolled_on >= self.last_enrolled_on) {
                (true, _) => (newer, self),
                (false, true) => (self, newer),
                (false, false) => return self,
            };
        let steps = std::array::from_fn(|at| match (first.steps[at], last.steps[at]) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        });
        Self {
            enrolled_on: first.enrolled_on.min(last.enrolled_on),
            last_enrolled_on: last.last_enrolled_on,
            steps,
            exit_on: last.exit_on,
            exit_status: last.exit_status,
            exit_status_on: last.exit_status_on,
            after_six_months: last.after_six_months,
            ..first
        }
    }
}

/// What a participation is counted by. What is none is not stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Age at enrolment.
    pub age: Option<&'static str>,
    /// Highest completed education.
    pub education: Option<&'static str>,
    /// Position on the labour market at entry.
    pub entry_status: Option<&'static str>,
    /// Category of the target group.
    pub target_group: Option<&'static str>,
    /// The furthest step that began.
    pub step: Option<&'static str>,
    /// Day of leaving.
    pub exit_on: Option<NaiveDate>,
    /// Position upon leaving.
    pub exit_status: Option<&'static str>,
    /// Position six months after leaving.
    pub after_six_months: Option<&'static str>,
}

impl Facts {
    /// Whether six months have passed since leaving.
    #[must_use]
    pub fn is_due(&self, day: NaiveDate) -> bool {
        self.exit_on.is_some_and(|exit| six_months_after(exit) <= day)
    }
}

/// Age at enrolment, by the years of birth and of enrolment.
#[must_use]
pub fn age(birth_year: Option<i32>, year: i32) -> Option<&'static str> {
    Some(match year - birth_year? {
        ..18 => "0_17",
        18..25 => "18_24",
        25..30 => "25_29",
        30..55 => "30_54",
        _ => "55_PLUS",
    })
}

/// The code of the furthest step, from 1; of none with 0.
#[must_use]
pub fn step(furthest: usize) -> Option<&'static str> {
    Field::Step.codes().get(furthest).copied()
}

fn six_months_after(day: NaiveDate) -> NaiveDate {
    day + Months::new(LONGER_TERM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn record() -> Record {
        Record {
            birth_year: Some(1990),
            enrolled_on: day("2024-03-01"),
            last_enrolled_on: day("2024-03-01"),
            consent_on: day("2024-03-01"),
            exit_on: Some(day("2024-09-30")),
            exit_status: Some("WORK"),
            ..Record::default()
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_the_name_of_its_column() {
        let today = day("2025-01-15");
        assert_eq!(record().check(today), Ok(()));
        let cases: [(Record, &str); 9] = [
            (Record { enrolled_on: day("2025-02-01"), ..record() }, "enrolled_on"),
            (Record { exit_on: Some(day("2024-02-28")), ..record() }, "exit_on"),
            (Record { exit_on: Some(day("2025-02-28")), ..record() }, "exit_on"),
            (Record { birth_year: Some(2030), ..record() }, "birth_year"),
            (
                Record { steps: [None, Some(day("2024-10-01")), None, None, None, None], ..record() },
                "step_2_on",
            ),
            (Record { exit_on: None, ..record() }, "exit_status"),
            (Record { exit_status_on: Some(day("2024-10-29")), ..record() }, "exit_status_on"),
            (Record { after_six_months: Some("WORK"), ..record() }, "status_after_six_months"),
            (
                Record { exit_on: None, exit_status: None, after_six_months: Some("WORK"), ..record() },
                "status_after",
            ),
        ];
        for (record, column) in cases {
            let reason = record.check(today).unwrap_err();
            assert!(reason.starts_with(column), "{reason}");
        }
        assert_eq!(Record { exit_status_on: Some(day("2024-10-28")), ..record() }.check(today), Ok(()));
        assert_eq!(Record { after_six_months: Some("WORK"), ..record() }.check(day("2025-03-30")), Ok(()));
    }

    #[test]
    fn who_comes_back_counts_once_with_first_entry_and_final_exit() {
        let back = Record {
            enrolled_on: day("2025-01-10"),
            last_enrolled_on: day("2025-01-10"),
            education: Some("ISCED_5_8"),
            exit_on: None,
            exit_status: None,
            ..record()
        };
        let both = record().revised(back.clone());
        assert_eq!((both.enrolled_on, both.exit_on, both.education), (day("2024-03-01"), None, None));
        // In the other order the same.
        assert_eq!(back.clone().revised(record()), both);
        // The second stay ends.
        let ended = Record { exit_on: Some(day("2025-05-01")), exit_status: Some("STUDIES"), ..back };
        let all = both.revised(ended);
        assert_eq!((all.enrolled_on, all.exit_status), (day("2024-03-01"), Some("STUDIES")));
        // What is told again of a stay between changes nothing.
        let third = Record {
            enrolled_on: day("2025-06-01"),
            last_enrolled_on: day("2025-06-01"),
            exit_on: None,
            exit_status: None,
            ..record()
        };
        let three = all.clone().revised(third);
        let between = Record {
            enrolled_on: day("2025-01-10"),
            last_enrolled_on: day("2025-01-10"),
            education: Some("ISCED_5_8"),
            exit_on: None,
            exit_status: None,
            ..record()
        };
        assert_eq!(three.clone().revised(between), three);
        assert_eq!((three.enrolled_on, three.education, three.exit_on), (day("2024-03-01"), None, None));
        // A correction of the only stay takes its place.
        let corrected = Record { exit_status: Some("OTHER"), ..record() };
        assert_eq!(record().revised(corrected.clone()), corrected);
    }

    #[test]
    fn ages_and_steps_are_those_at_the_time() {
        for (birth, age) in [
            (2007, "0_17"),
            (2006, "18_24"),
            (2000, "18_24"),
            (1999, "25_29"),
            (1994, "30_54"),
            (1969, "55_PLUS"),
        ] {
            assert_eq!(Record { birth_year: Some(birth), ..record() }.facts().age, Some(age));
        }
        let banded = Record { birth_year: None, age_band: Some("30_54"), ..record() };
        assert_eq!(banded.facts().age, Some("30_54"));
        let facts = record().facts();
        assert_eq!(facts.step, Some("NONE"));
        let steps = [Some(day("2024-03-01")), None, None, Some(day("2024-05-01")), None, None];
        assert_eq!(Record { steps, ..record() }.facts().step, Some("STEP_4"));
        assert!(!facts.is_due(day("2025-03-29")) && facts.is_due(day("2025-03-30")));
    }
}
