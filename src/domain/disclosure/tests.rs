//! The method as a whole, on small made-up worlds.

use std::collections::HashSet;

use proptest::prelude::*;

use super::audit::{self, Knowledge};
use super::errors::Errors;
use super::split::Rule;
use super::units::{self, Earlier, Published, Unit};
use super::{Counts, Design, Parameters, Secret, Table, pools};

const DESIGN: Design = Design {
    sexes: &["F", "M", "X"],
    tables: &[
        Table { name: "known", codes: &["no", "yes"], divides: None },
        Table { name: "age", codes: &["young", "old", "unknown"], divides: Some((0, 1)) },
        Table { name: "stage", codes: &["in", "out"], divides: Some((0, 1)) },
        Table { name: "exit", codes: &["work", "studies", "other"], divides: Some((2, 1)) },
    ],
};

fn counts(persons: &[[u8; 4]]) -> Counts {
    let mut counts = Counts::zero(DESIGN.width());
    for [known, age, stage, exit] in persons {
        counts.all += 1;
        let known = usize::from(*known > 0);
        counts.cells[known] += 1;
        if known == 1 {
            counts.cells[DESIGN.start(1) + usize::from(age % 3)] += 1;
            let out = usize::from(*stage > 0);
            counts.cells[DESIGN.start(2) + out] += 1;
            if out == 1 {
                counts.cells[DESIGN.start(3) + usize::from(exit % 3)] += 1;
            }
        }
    }
    counts
}

fn world() -> impl Strategy<Value = Vec<Unit>> {
    let person = [0_u8..6, 0_u8..3, 0_u8..4, 0_u8..3];
    let sex = |most| prop::collection::vec(person.clone(), 0..most).prop_map(|persons| counts(&persons));
    let unit = (sex(40), sex(25), sex(4), 2020..2022, 0..3);
    prop::collection::vec(unit, 1..30).prop_map(|units| {
        let unit = |(at, (f, m, x, period, region)): (usize, (Counts, Counts, Counts, i32, i32))| Unit {
            project: at.to_string(),
            period,
            region: region.to_string(),
            sexes: vec![f, m, x],
        };
        units.into_iter().enumerate().map(unit).collect()
    })
}

fn rounded(units: &[Unit], secret: &Secret) -> (Vec<Published>, Errors, Vec<usize>) {
    let parameters = Parameters { min_projects_for_steering: 5, ..Parameters::default() };
    let mut errors = Errors::none(&DESIGN, units::steering(units, &parameters));
    let order = units::order(units, secret);
    let mut published = vec![Published::default(); units.len()];
    for at in &order {
        published[*at] = units::round(&DESIGN, &parameters, secret, &units[*at], None, &mut errors).0;
    }
    (published, errors, order)
}

proptest! {
    #[test]
    fn every_unit_follows_the_method_and_hides_small_counts(units in world(), word in "[a-z]{4}") {
        let secret = Secret::new(word.as_bytes()).unwrap();
        let (published, ..) = rounded(&units, &secret);
        for (unit, published) in units.iter().zip(&published) {
            prop_assert!(unit.sexes.iter().all(|counts| audit::is_consistent(&DESIGN, counts)));
            prop_assert_eq!(audit::faults(&DESIGN, &Parameters::default(), unit, published), None);
            for (knowledge, least) in
                [(Knowledge::Nothing, 5), (Knowledge::Totals, 2), (Knowledge::TotalsBySex, 2)]
            {
                let found = audit::unit(&DESIGN, unit, published, knowledge);
                prop_assert_eq!(found.pinned, 0);
                prop_assert!(found.fewest.is_none_or(|fewest| fewest >= least), "{:?} {:?}", knowledge, found);
            }
        }
        prop_assert_eq!(rounded(&units, &secret).0, published);
    }

    /// What did not change in a unit that is rounded anew is published as it was, and all of it still adds up.
    #[test]
    fn what_fewer_than_five_changed_stays_as_it_was(units in world(), others in world(), few in 0_usize..5) {
        let (secret, parameters) = (Secret::new(b"secret").unwrap(), Parameters::default());
        let (published, mut errors, _) = rounded(&units, &secret);
        for ((unit, published), other) in units.iter().zip(&published).zip(&others) {
            // Others left in another way; ages and all else are the same but for a few.
            let mut now = unit.clone();
            for (sex, other) in now.sexes.iter_mut().zip(&other.sexes) {
                let out = sex.cells[DESIGN.start(2) + 1];
                let range = DESIGN.cells(3);
                let work = other.cells[range.start].min(out);
                sex.cells[range].copy_from_slice(&[work, out - work, 0]);
            }
            let women = &mut now.sexes[0];
            let young = DESIGN.start(1);
            let moved = women.cells[young].min(u32::try_from(few).unwrap());
            women.cells[young] -= moved;
            women.cells[young + 1] += moved;
            let earlier = Earlier { published, made_of: &unit.sexes };
            let (after, made_of) = units::round(&DESIGN, &parameters, &secret, &now, Some(earlier), &mut errors);
            prop_assert_eq!(&after.sexes, &published.sexes);
            for (after, before) in after.cells.iter().zip(&published.cells) {
                prop_assert_eq!(after.is_some(), before.is_some());
                if let (Some(after), Some(before)) = (after, before) {
                    prop_assert_eq!(&after[..DESIGN.start(3)], &before[..DESIGN.start(3)]);
                }
            }
            let made = Unit { sexes: made_of, ..now.clone() };
            prop_assert_eq!(audit::faults(&DESIGN, &parameters, &made, &after), None);
        }
    }

    #[test]
    fn pools_add_up_to_what_is_published_of_their_groups(units in world()) {
        let secret = Secret::new(b"secret").unwrap();
        let (published, mut errors, order) = rounded(&units, &secret);
        for pool in pools::pools(&DESIGN, &Parameters::default(), &units, &order, &published) {
            let counts = pool.counts(&DESIGN, &units);
            let cells = pools::round(&DESIGN, &Parameters::default(), &secret, &pool, &counts, &mut errors);
            prop_assert!(pool.total >= 10);
            prop_assert!(audit::adds_up(&DESIGN, pool.total, &cells));
            let groups: Vec<u32> = pool.members.iter().map(|(unit, sex)| published[*unit].sexes[*sex]).collect();
            let found = audit::pool(&DESIGN, &groups, &cells);
            prop_assert!(found.pinned == 0 && found.fewest >= Some(5), "{:?}", found);
        }
    }

    /// The intervals of the audit are those that going through everything finds.
    #[test]
    fn the_audit_finds_what_trying_everything_finds(units in world(), which in 0_usize..2) {
        const SMALL: Design = Design {
            sexes: &["F"],
            tables: &[
                Table { name: "a", codes: &["x", "y"], divides: None },
                Table { name: "b", codes: &["v", "w"], divides: Some((0, 1)) },
                Table { name: "c", codes: &["t", "u"], divides: Some((0, 1)) },
            ],
        };
        let unit = &units[0];
        let all = unit.sexes[0].all;
        prop_assume!(all >= 6);
        let (y, v, t) = (all * 2 / 3, all / 3, all / 2);
        let (v, t) = (v.min(y), t.min(y));
        let counts = Counts { all, cells: vec![all - y, y, v, y - v, t, y - t] };
        let unit = Unit { sexes: vec![counts], ..unit.clone() };
        let mut errors = Errors::none(&SMALL, HashSet::new());
        let secret = Secret::new(b"secret").unwrap();
        let published = units::round(&SMALL, &Parameters::default(), &secret, &unit, None, &mut errors).0;
        prop_assume!(published.cells[0].is_some());
        let cells = published.cells[0].clone().unwrap();
        let knowledge = [Knowledge::Nothing, Knowledge::Totals][which];
        let near = |published: u32| published.saturating_sub(4)..=published + 4;
        let mut found = vec![HashSet::new(); 6];
        for x in near(cells[0]) {
            for v in near(cells[2]) {
                for w in near(cells[3]) {
                    let y = v + w;
                    let total = x + y;
                    let fits = match knowledge {
                        Knowledge::Nothing => total.abs_diff(published.total()) <= 3,
                        _ => total == all,
                    };
                    if !fits || !near(cells[1]).contains(&y) {
                        continue;
                    }
                    for t in near(cells[4]).filter(|t| *t <= y && near(cells[5]).contains(&(y - *t))) {
                        for (at, value) in [x, y, v, w, t, y - t].into_iter().enumerate() {
                            found[at].insert(value);
                        }
                    }
                }
            }
        }
        let fewest = found.iter().map(HashSet::len).min().unwrap();
        let audited = audit::unit(&SMALL, &unit, &published, knowledge).fewest.unwrap();
        prop_assert!(audited as usize <= fewest);
        // Sums of two categories can have fewer values than any one of them.
        let sums_aside = fewest.min(audited as usize + 4);
        prop_assert!(sums_aside >= fewest || audited < 9, "{} {}", audited, fewest);
    }
}

#[test]
fn a_unit_that_stays_counts_for_the_errors_of_others() {
    let secret = Secret::new(b"secret").unwrap();
    let unit = Unit {
        project: "a".to_owned(),
        period: 2020,
        region: "01".to_owned(),
        sexes: vec![counts(&[[1, 0, 1, 0]; 13]), counts(&[[1, 1, 0, 0]; 7]), counts(&[])],
    };
    let mut fresh = Errors::none(&DESIGN, HashSet::new());
    let published = units::round(&DESIGN, &Parameters::default(), &secret, &unit, None, &mut fresh).0;
    let mut kept = Errors::none(&DESIGN, HashSet::new());
    units::keep(&DESIGN, &unit, &published, &mut kept);
    assert_eq!(format!("{fresh:?}"), format!("{kept:?}"));
}

/// The same input through another program, written by others in another language, gives the same table.
#[test]
fn the_method_is_that_of_the_reference() {
    type Group = (u32, Vec<u32>);
    type Row = (u32, u32, Vec<Group>, Vec<(u32, Option<Vec<u32>>)>);
    #[derive(serde::Deserialize)]
    struct Reference {
        units: Vec<Row>,
        pools: Vec<(u32, String, Vec<u32>)>,
    }
    const FLAT: Design = Design {
        sexes: &["F", "M", "X"],
        tables: &[
            Table { name: "age", codes: &["-24", "25-54", "55+"], divides: None },
            Table { name: "edu", codes: &["ISCED0-2", "ISCED3-4", "ISCED5-8", "unk"], divides: None },
            Table {
                name: "entry",
                codes: &["unemployed", "longterm_unemp", "inactive", "employed"],
                divides: None,
            },
            Table {
                name: "exit",
                codes: &["work", "study", "jobseeking", "inactive", "other/unknown"],
                divides: None,
            },
            Table {
                name: "after6",
                codes: &["work", "study", "jobseeking", "inactive", "other/unknown"],
                divides: None,
            },
        ],
    };
    let text = include_str!("../../../tests/fixtures/disclosure/reference.json");
    let reference: Reference = serde_json::from_str(text).unwrap();
    let units: Vec<Unit> = reference
        .units
        .iter()
        .map(|(project, region, sexes, _)| Unit {
            project: project.to_string(),
            period: 0,
            region: region.to_string(),
            sexes: sexes.iter().map(|(all, cells)| Counts { all: *all, cells: cells.clone() }).collect(),
        })
        .collect();
    let secret = Secret::new(b"parity").unwrap();
    let parameters =
        Parameters { pools_across_regions: false, rule: Rule::EqualCategories, ..Parameters::default() };
    let mut errors = Errors::none(&FLAT, units::steering(&units, &parameters));
    let order = units::order(&units, &secret);
    let mut published = vec![Published::default(); units.len()];
    for at in &order {
        published[*at] = units::round(&FLAT, &parameters, &secret, &units[*at], None, &mut errors).0;
    }
    for ((_, _, _, expected), found) in reference.units.iter().zip(&published) {
        let found: Vec<_> = found.sexes.iter().copied().zip(found.cells.iter().cloned()).collect();
        assert_eq!(&found, expected);
    }
    let mut found = Vec::new();
    for pool in pools::pools(&FLAT, &parameters, &units, &order, &published) {
        let cells =
            pools::round(&FLAT, &parameters, &secret, &pool, &pool.counts(&FLAT, &units), &mut errors);
        found.push((pool.region.parse().unwrap(), pool.label(&FLAT).to_owned(), cells));
    }
    found.sort();
    assert_eq!(found, reference.pools);
}
