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
    let own = project::Model {
        content: String::new(),
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        // What follows from the details below.
        partners: 0,
        total_budget_currency: None,
        total_budget_minor: None,
        granted_currency: None,
        granted_minor: None,
        ..derived.project.clone()
    };
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
