//! What operators ruled of statements.

use std::collections::HashSet;

use super::matching::Cluster;

/// What operators ruled of some statements, by their places in the list.
#[derive(Clone, Debug, Default)]
pub struct Rulings {
    /// Pairs about one project.
    pub together: Vec<(usize, usize)>,
    /// Pairs about two, the lower place first.
    pub apart: HashSet<(usize, usize)>,
}

impl Rulings {
    /// Rules that two statements are about two projects.
    pub fn set_apart(&mut self, one: usize, other: usize) {
        self.apart.insert((one.min(other), one.max(other)));
    }

    fn forbid(&self, one: usize, other: usize) -> bool {
        !self.apart.is_empty() && self.apart.contains(&(one.min(other), one.max(other)))
    }

    /// Whether a statement was ruled to be of another project than some of a cluster.
    #[must_use]
    pub fn keep_out(&self, statement: usize, cluster: &Cluster) -> bool {
        !self.apart.is_empty() && cluster.iter().any(|(member, _)| self.forbid(statement, *member))
    }
}
