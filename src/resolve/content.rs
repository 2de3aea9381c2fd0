//! What a project's content is, so that it can be told whether, and in which fields, it changed.

use std::fmt::Write;
use std::hash::{Hash, Hasher};

use chrono::DateTime;
use siphasher::sip::SipHasher13;
use uuid::Uuid;

use super::graph::Derived;
use crate::entities::project;

/// The fields that are made of rows beside the project's own, by their names in the API, in the order of their digests.
const DETAILS: [&str; 9] = [
    "aliases",
    "predecessors",
    "numbers",
    "funders",
    "financing",
    "awards",
    "partnerships",
    "reportedResults",
    "statements",
];
/// Hexadecimal digits of a digest.
const DIGITS: usize = 8;

/// A digest of all that was derived but the times: one of the project's own columns, and one of each detail.
pub(super) fn of(derived: &Derived, statements: impl Iterator<Item = Uuid>) -> String {
    let p = &derived.project;
    // Of the columns that sources tell, in an order that stays, so that databases of before keep their digests; what
    // follows from the details is told by those.
    let own = (
        (p.id, &p.sort_key, &p.name, &p.number, &p.period, p.starts_on, p.ends_on, &p.region_code),
        (&p.specific_objective, p.decided_on, p.owner_id, p.planned_participants, p.conflicts),
        (String::new(), DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH),
    );
    let statements: Vec<Uuid> = statements.collect();
    let digests = [
        digest(&own),
        digest(&derived.names),
        digest(&derived.series),
        digest(&derived.numbers),
        digest(&derived.paid_by),
        digest(&derived.amounts),
        digest(&derived.awards),
        digest(&(&derived.partnerships, &derived.partnership_statements)),
        digest(&derived.results),
        digest(&statements),
    ];
    let mut text = String::with_capacity(digests.len() * DIGITS);
    for digest in digests {
        let _infallible = write!(text, "{digest:08x}");
    }
    text
}

fn digest(content: &impl Hash) -> u32 {
    let mut hasher = SipHasher13::new();
    content.hash(&mut hasher);
    // Half of it is plenty for telling two states of one project apart.
    u32::try_from(hasher.finish() >> 32).unwrap_or_default()
}

/// In which fields two states of a project differ, by their names in the API.
pub(super) fn differing(old: &project::Model, new: &project::Model) -> Vec<&'static str> {
    let own = [
        ("name", old.name != new.name),
        ("number", old.number != new.number),
        ("period", old.period != new.period),
        ("region", old.region_code != new.region_code),
        ("specificObjective", old.specific_objective != new.specific_objective),
        ("decidedOn", old.decided_on != new.decided_on),
        ("owner", old.owner_id != new.owner_id),
        ("plannedParticipants", old.planned_participants != new.planned_participants),
        ("conflicts", old.conflicts != new.conflicts),
    ];
    let digest = |project: &project::Model, at: usize| {
        project.content.get((at + 1) * DIGITS..(at + 2) * DIGITS).map(str::to_owned)
    };
    let details = DETAILS.iter().enumerate().map(|(at, name)| (*name, digest(old, at) != digest(new, at)));
    own.into_iter().chain(details).filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_stay_from_version_to_version() {
        let own = (Uuid::nil(), &b"a".to_vec(), &"A".to_owned(), &None::<String>);
        assert_eq!(
            digest(&own),
            772_831_095,
            "a database that is there must not count as changed as a whole"
        );
    }
}
