//! What somebody can work out from what is published, who knows the method but not the secret.
//!
//! True counts are known to lie within four of published ones, to be parts of sums, and never below nothing. Since
//! categories make a tree, the least and the greatest value that a sum of categories can have follow exactly from
//! intervals that are passed up and down it; no solver is needed.

use super::units::{Published, Unit};
use super::{BASE, Counts, Design, Parameters};

/// What somebody knows besides what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// Nothing.
    Nothing,
    /// How many there are in each unit, exactly.
    Totals,
    /// How many there are of each sex in each unit, exactly.
    TotalsBySex,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Sums of categories that were looked at.
    pub sums: u64,
    /// Sums that can have one value only.
    pub pinned: u64,
    /// The fewest values that any sum can have; none if there was no sum to look at.
    pub fewest: Option<u32>,
}

impl Findings {
    fn add(&mut self, interval: Interval) {
        let candidates = u32::try_from(interval.high - interval.low + 1).unwrap_or(0);
        self.sums += 1;
        self.pinned += u64::from(candidates <= 1);
        self.fewest = Some(self.fewest.map_or(candidates, |fewest| fewest.min(candidates)));
    }

    /// Takes those of another part into account.
    pub fn merge(&mut self, other: Self) {
        self.sums += other.sums;
        self.pinned += other.pinned;
        self.fewest = [self.fewest, other.fewest].into_iter().flatten().min();
    }
}

/// The values that a count can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    /// The counts that can have become a published one.
    fn behind(published: u32) -> Self {
        let (published, reach) = (i64::from(published), i64::from(BASE) - 1);
        Self { low: (published - reach).max(0), high: published + reach }
    }

    fn exactly(count: u32) -> Self {
        Self { low: count.into(), high: count.into() }
    }

    fn and(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    fn sum(parts: impl IntoIterator<Item = Self>) -> Self {
        let add = |a: Self, b: Self| Self { low: a.low + b.low, high: a.high + b.high };
        parts.into_iter().fold(Self { low: 0, high: 0 }, add)
    }

    /// What is left of this for one part, once others took theirs.
    fn less(self, others: Self) -> Self {
        Self { low: self.low - others.high, high: self.high - others.low }
    }
}

/// The totals that can have become a published one: three less or more, and four more in the one case that sexes leave
/// no other way.
fn behind_total(published: &Published) -> Interval {
    let total = i64::from(published.total());
    Interval { low: (total - 3).max(0), high: total + if published.sexes.len() > 3 { 4 } else { 3 } }
}

/// The categories of one group.
struct Tree<'a> {
    design: &'a Design,
    /// What each category can be, by itself and what it is divided into.
    own: Vec<Interval>,
    /// What the whole can be, likewise.
    whole: Interval,
}

impl<'a> Tree<'a> {
    fn of(design: &'a Design, whole: Interval, cells: Option<&[u32]>) -> Self {
        let Some(cells) = cells else { return Self { design, own: Vec::new(), whole } };
        let mut own: Vec<Interval> = cells.iter().map(|cell| Interval::behind(*cell)).collect();
        let mut whole = whole;
        for table in (0..design.tables.len()).rev() {
            let sum = Interval::sum(own[design.cells(table)].iter().copied());
            match design.divided(table) {
                Some(above) => own[above] = own[above].and(sum),
                None => whole = whole.and(sum),
            }
        }
        Self { design, own, whole }
    }

    /// Looks at every category, and at some sums of categories of each table, the whole being within an interval.
    fn look(&self, whole: Interval, random: &mut fastrand::Rng, findings: &mut Findings) {
        if self.own.is_empty() {
            return;
        }
        let mut within = self.own.clone();
        for table in 0..self.design.tables.len() {
            let cells = self.design.cells(table);
            let above = self.design.divided(table).map_or(whole, |above| within[above]);
            let parts = &self.own[cells.clone()];
            let sum = |chosen: &dyn Fn(usize) -> bool| {
                let side = |wanted: bool| {
                    Interval::sum((0..parts.len()).filter(|at| chosen(*at) == wanted).map(|at| parts[at]))
                };
                side(true).and(above.less(side(false)))
            };
            for at in 0..parts.len() {
                within[cells.start + at] = sum(&|part| part == at);
                findings.add(within[cells.start + at]);
            }
            // Two or more, and not all: those are what they divide.
            let set = random.u64(..);
            let last = parts.len() - 1;
            findings.add(sum(&|part| part == 0 || (part < last && set >> (part % 64) & 1 == 1)));
        }
    }
}

/// What can be worked out of a unit.
#[must_use]
pub fn unit(design: &Design, unit: &Unit, published: &Published, knowledge: Knowledge) -> Findings {
    let mut findings = Findings::default();
    let mut random = fastrand::Rng::with_seed(u64::from(published.total()));
    let trees: Vec<Tree> = (0..published.sexes.len())
        .map(|sex| {
            let whole = match knowledge {
                Knowledge::TotalsBySex => Interval::exactly(unit.sexes[sex].all),
                _ => Interval::behind(published.sexes[sex]),
            };
            Tree::of(design, whole, published.cells[sex].as_deref())
        })
        .collect();
    let total = match knowledge {
        Knowledge::Nothing => behind_total(published),
        _ => Interval::exactly(unit.count()),
    };
    for (sex, tree) in trees.iter().enumerate() {
        let others = trees.iter().enumerate().filter(|(other, _)| *other != sex);
        let others = Interval::sum(others.map(|(_, tree)| tree.whole));
        tree.look(tree.whole.and(total.less(others)), &mut random, &mut findings);
    }
    findings
}

/// What can be worked out of a pool by somebody who knows nothing else: at least this, since parts of a pool may be
/// further from the truth than those of a unit.
#[must_use]
pub fn pool(design: &Design, groups: &[u32], cells: &[u32]) -> Findings {
    let mut findings = Findings::default();
    let whole = Interval::sum(groups.iter().map(|group| Interval::behind(*group)));
    let tree = Tree::of(design, whole, Some(cells));
    tree.look(tree.whole, &mut fastrand::Rng::with_seed(0), &mut findings);
    findings
}

/// What is wrong with what is to be published of a unit that was just rounded; nothing, if the method was followed.
#[must_use]
pub fn faults(
    design: &Design,
    parameters: &Parameters,
    unit: &Unit,
    published: &Published,
) -> Option<&'static str> {
    let beside =
        |published: u32, count: u32| published.is_multiple_of(BASE) && published.abs_diff(count) < BASE;
    // By four only where four sexes each have one more than a multiple of five.
    if published.total().abs_diff(unit.count()) > if unit.sexes.len() > 3 { 4 } else { 3 } {
        return Some("a total is more than three from the truth");
    }
    for (sex, counts) in unit.sexes.iter().enumerate() {
        if !beside(published.sexes[sex], counts.all) {
            return Some("a sex is not rounded to a neighbouring multiple of five");
        }
        match &published.cells[sex] {
            Some(_) if published.sexes[sex] < parameters.guard => {
                return Some("a group below the guard is shown by categories");
            }
            None if published.sexes[sex] >= parameters.guard => {
                return Some("a group that may be shown by categories is not");
            }
            Some(cells) => {
                if cells.iter().zip(&counts.cells).any(|(cell, count)| !beside(*cell, *count)) {
                    return Some("a category is not rounded to a neighbouring multiple of five");
                }
                if !adds_up(design, published.sexes[sex], cells) {
                    return Some("categories do not add up");
                }
            }
            None => {}
        }
    }
    None
}

/// Whether the categories of every table sum to what they divide, all in multiples of five.
#[must_use]
pub fn adds_up(design: &Design, whole: u32, cells: &[u32]) -> bool {
    let sums = |table: usize| {
        let above = design.divided(table).map_or(whole, |above| cells[above]);
        cells[design.cells(table)].iter().sum::<u32>() == above
    };
    cells.iter().all(|cell| cell.is_multiple_of(BASE)) && (0..design.tables.len()).all(sums)
}

/// Whether true counts are those of one group: what every table divides is what its categories sum to.
#[must_use]
pub fn is_consistent(design: &Design, counts: &Counts) -> bool {
    (0..design.tables.len()).all(|table| {
        let above = design.divided(table).map_or(counts.all, |above| counts.cells[above]);
        counts.cells[design.cells(table)].iter().sum::<u32>() == above
    })
}
