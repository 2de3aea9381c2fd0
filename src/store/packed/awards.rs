//! The awards of a project, in its row.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::named::Named;
use super::{in_order, is_short, pack, unpack};
use crate::entities::award::{self, AmountKind};
use crate::entities::project;

/// Awards; the project is known.
#[derive(Serialize, Deserialize)]
struct Awards<'a> {
    /// Whose they are, each once: most projects have one.
    #[serde(borrow)]
    funders: Vec<Named<'a>>,
    #[serde(borrow)]
    awards: Vec<Stated<'a>>,
}

/// An award; the project is known.
#[derive(Serialize, Deserialize)]
struct Stated<'a> {
    id: Uuid,
    statement_id: Uuid,
    /// Which of the funders.
    funder: Option<u8>,
    kind: AmountKind,
    amount_minor: i64,
    currency: &'a str,
    uncertainty_minor: i64,
    decided_on: Option<NaiveDate>,
    line: i32,
}

/// Packs the awards of a project with the funders that they are of; nothing where there are too many.
#[must_use]
pub fn awards<'n>(rows: &[award::Model], funder: impl Fn(Uuid) -> Option<Named<'n>>) -> Option<Vec<u8>> {
    if !is_short(rows) {
        return None;
    }
    let mut funders: Vec<Named<'n>> = Vec::new();
    let mut awards = Vec::with_capacity(rows.len());
    for row in in_order(rows, |row| &row.sort_key) {
        let mut place = |id: Uuid| {
            let known = funders.iter().position(|funder| funder.id == id);
            if known.is_none() {
                funders.push(funder(id)?);
            }
            let place = known.unwrap_or(funders.len() - 1);
            u8::try_from(place).ok()
        };
        awards.push(Stated {
            id: row.id,
            statement_id: row.statement_id,
            funder: match row.funder_id {
                Some(id) => Some(place(id)?),
                None => None,
            },
            kind: row.kind,
            amount_minor: row.amount_minor,
            currency: &row.currency,
            uncertainty_minor: row.uncertainty_minor,
            decided_on: row.decided_on,
            line: row.line,
        });
    }
    pack(&Awards { funders, awards })
}

/// The awards of a project in the order of their list, and the funders that they are of, if they are in its row; without
/// their sort keys, for they are not paged.
#[must_use]
pub fn awards_of(project: &project::Model) -> Option<(Vec<award::Model>, Vec<Named<'_>>)> {
    let Awards { funders, awards } = unpack(project.packed_awards.as_deref()?)?;
    let row = |own: Stated<'_>| {
        let funder_id = match own.funder {
            Some(place) => Some(funders.get(usize::from(place))?.id),
            None => None,
        };
        Some(award::Model {
            id: own.id,
            project_id: project.id,
            statement_id: own.statement_id,
            funder_id,
            sort_key: Vec::new(),
            kind: own.kind,
            amount_minor: own.amount_minor,
            currency: own.currency.to_owned(),
            uncertainty_minor: own.uncertainty_minor,
            decided_on: own.decided_on,
            line: own.line,
        })
    };
    Some((awards.into_iter().map(row).collect::<Option<Vec<_>>>()?, funders))
}
