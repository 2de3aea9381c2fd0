//! Groups too small to be shown by categories, put together by period and region.

use std::collections::BTreeMap;

use super::errors::{ALL_SEXES, Errors};
use super::split::Rule;
use super::units::{Published, Unit, divide};
use super::{Counts, Design, Parameters, Secret};

/// The region of a pool of several.
pub const ALL_REGIONS: &str = "*";

/// The small groups of a period and region: of one sex, or of those sexes that alone would be too few.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The year.
    pub period: i32,
    /// The region, by its code; empty where none is known, [`ALL_REGIONS`] where there are several.
    pub region: String,
    /// The sexes in it.
    pub sexes: Vec<usize>,
    /// Its groups: unit and sex.
    pub members: Vec<(usize, usize)>,
    /// What is published of its groups.
    pub total: u32,
}

impl Pool {
    /// The sex it is of, or that it is of several.
    #[must_use]
    pub fn label(&self, design: &Design) -> &'static str {
        match self.sexes[..] {
            [one] => design.sexes[one],
            _ => ALL_SEXES,
        }
    }

    /// True counts of all its groups.
    #[must_use]
    pub fn counts(&self, design: &Design, units: &[Unit]) -> Counts {
        let mut counts = Counts::zero(design.width());
        for (unit, sex) in &self.members {
            counts.add(&units[*unit].sexes[*sex]);
        }
        counts
    }

    /// Which errors are its own: those of its sex, or those after the last sex.
    fn errors(&self, design: &Design) -> usize {
        match self.sexes[..] {
            [one] => one,
            _ => design.sexes.len(),
        }
    }
}

/// The pools that can be shown, in order. Which groups are small, and which pools can be shown, follows from published
/// numbers alone. `order` is that in which the units were rounded.
#[must_use]
pub fn pools(
    design: &Design,
    parameters: &Parameters,
    units: &[Unit],
    order: &[usize],
    published: &[Published],
) -> Vec<Pool> {
    let mut small: BTreeMap<(i32, &str), Vec<(usize, usize)>> = BTreeMap::new();
    for at in order {
        for (sex, cells) in published[*at].cells.iter().enumerate() {
            if cells.is_none() {
                let unit = &units[*at];
                small.entry((unit.period, &unit.region)).or_default().push((*at, sex));
            }
        }
    }
    let (mut pools, mut left) = (Vec::new(), BTreeMap::<i32, Vec<(usize, usize)>>::new());
    for ((period, region), groups) in small {
        let (own, rest) = together(design, parameters, (period, region), &groups, published);
        pools.extend(own);
        left.entry(period).or_default().extend(rest);
    }
    if parameters.pools_across_regions {
        for (period, groups) in left {
            pools.extend(together(design, parameters, (period, ALL_REGIONS), &groups, published).0);
        }
    }
    pools
}

/// The pools that some groups make, and the groups that are left.
fn together(
    design: &Design,
    parameters: &Parameters,
    (period, region): (i32, &str),
    groups: &[(usize, usize)],
    published: &[Published],
) -> (Vec<Pool>, Vec<(usize, usize)>) {
    let of = |sexes: Vec<usize>| {
        let members: Vec<_> =
            sexes.iter().flat_map(|sex| groups.iter().filter(move |(_, own)| own == sex)).copied().collect();
        let total = members.iter().map(|(unit, sex)| published[*unit].sexes[*sex]).sum();
        Pool { period, region: region.to_owned(), sexes, members, total }
    };
    let shown = |pool: &Pool| pool.total >= parameters.guard;
    let (own, rest): (Vec<_>, Vec<_>) = (0..design.sexes.len()).partition(|sex| shown(&of(vec![*sex])));
    let mut pools: Vec<Pool> = own.into_iter().map(|sex| of(vec![sex])).collect();
    let rest = of(rest);
    if shown(&rest) {
        pools.push(rest);
        return (pools, Vec::new());
    }
    (pools, rest.members)
}

/// Divides a pool into categories.
#[must_use]
pub fn round(
    design: &Design,
    parameters: &Parameters,
    secret: &Secret,
    pool: &Pool,
    counts: &Counts,
    errors: &mut Errors,
) -> Vec<u32> {
    let (period, label) = (pool.period.to_string(), pool.label(design));
    let rule = if parameters.rule == Rule::Categories { Rule::Pools } else { parameters.rule };
    let word = |table: usize, code: usize| {
        let table = &design.tables[table];
        secret.fraction(&[table.name, "pool", &period, &pool.region, label, table.codes[code]])
    };
    divide(design, pool.total, counts, None, errors, (&pool.region, pool.errors(design)), rule, word).0
}

/// Takes into account what a pool that is rounded later will be off by.
pub fn expect(design: &Design, pool: &Pool, counts: &Counts, errors: &mut Errors) {
    errors.expect(design, &pool.region, pool.errors(design), pool.total, counts);
}

/// Takes into account a pool whose publication stays as it is.
pub fn keep(design: &Design, pool: &Pool, cells: &[u32], counts: &Counts, errors: &mut Errors) {
    errors.keep(design, &pool.region, pool.errors(design), cells, counts);
}
