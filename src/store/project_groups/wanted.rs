//! Which groups are wanted, and in which order.

use crate::entities::award::AmountKind;
use crate::store::project_filter::Range;

/// A kind of amounts in one currency.
pub type Measure = (AmountKind, String);

/// What groups are put in order by.
#[derive(Clone, Debug)]
pub enum By {
    /// How many projects.
    Count,
    /// The sum of some amounts; groups without any come last.
    Sum(Measure),
    /// What they are known by, names in Swedish order; what has none comes last.
    Key,
}

/// Which groups are wanted, and in which order.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only those of so many projects.
    pub count: Option<Range<i32>>,
    /// Only those with such a sum, in minor units.
    pub sum: Option<(Measure, Range<i64>)>,
    /// The order; the largest first goes with `true`.
    pub order: Vec<(By, bool)>,
    /// So many at most.
    pub limit: u64,
    /// Kinds of amounts whose sums are wanted as well, where they cost no look of their own.
    pub amounts: Vec<AmountKind>,
}

impl Wanted {
    /// The measures that groups are chosen or put in order by, each once.
    pub(in crate::store) fn measures(&self) -> Vec<&Measure> {
        let mut measures: Vec<&Measure> = self.sum.iter().map(|(measure, _)| measure).collect();
        for (by, _) in &self.order {
            if let By::Sum(measure) = by
                && !measures.contains(&measure)
            {
                measures.push(measure);
            }
        }
        measures
    }
}
