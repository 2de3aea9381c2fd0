//! What is listed of a project, in the project's own row: its partnerships and its awards. They are rows of their own
//! too, which everything else asks; but a page of projects with what is listed of each has them by this without looking
//! at hundreds of places in other tables.
//!
//! Who derives a project writes both ([`partnerships`], [`awards`]); who answers reads a list where it is there
//! ([`partnerships_of`], [`awards_of`]) and else asks the tables.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entities::Row;
use crate::entities::award::{self, AmountKind};
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::project;

/// How many are packed at most: more would make the rows of projects long for all who do not ask for them.
const MOST: usize = 64;

/// The form in which they are packed. Another must be given with every change of what is packed, or of the order of what
/// roles and kinds there are: what has another form is not read.
const FORM: u8 = 1;

/// A partnership; the project is known.
#[derive(Serialize, Deserialize)]
struct Part {
    id: Uuid,
    role: PartnershipRole,
    organisation_id: Uuid,
    unit_id: Option<Uuid>,
    /// Its sort key, up to where that of the project begins.
    key: Vec<u8>,
}

/// An award; the project is known.
#[derive(Serialize, Deserialize)]
struct Stated {
    id: Uuid,
    statement_id: Uuid,
    funder_id: Option<Uuid>,
    kind: AmountKind,
    amount_minor: i64,
    currency: String,
    uncertainty_minor: i64,
    decided_on: Option<NaiveDate>,
    line: i32,
}

/// Packs the partnerships of a project; nothing where there are too many.
#[must_use]
pub fn partnerships(rows: &[partnership::Model]) -> Option<Vec<u8>> {
    let part = |row: &partnership::Model| {
        Some(Part {
            id: row.id,
            role: row.role,
            organisation_id: row.organisation_id,
            unit_id: row.unit_id,
            key: row.sort_key.strip_suffix(&*row.project_sort_key)?.to_vec(),
        })
    };
    pack(&in_order(rows, |row| &row.sort_key).map(part).collect::<Option<Vec<_>>>()?)
}

/// Packs the awards of a project; nothing where there are too many.
#[must_use]
pub fn awards(rows: &[award::Model]) -> Option<Vec<u8>> {
    let stated = |row: &award::Model| Stated {
        id: row.id,
        statement_id: row.statement_id,
        funder_id: row.funder_id,
        kind: row.kind,
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
        uncertainty_minor: row.uncertainty_minor,
        decided_on: row.decided_on,
        line: row.line,
    };
    pack(&in_order(rows, |row| &row.sort_key).map(stated).collect::<Vec<_>>())
}

/// The partnerships of a project in the order of their list, if they are in its row. What the project says itself, its
/// sort key, is not repeated.
#[must_use]
pub fn partnerships_of(project: &project::Model) -> Option<Vec<partnership::Model>> {
    let row = |part: Part| {
        let mut sort_key = part.key;
        sort_key.extend(&project.sort_key);
        partnership::Model {
            id: part.id,
            project_id: project.id,
            role: part.role,
            organisation_id: part.organisation_id,
            unit_id: part.unit_id,
            member_id: part.unit_id.unwrap_or(part.organisation_id),
            sort_key,
            project_sort_key: Vec::new(),
        }
    };
    Some(unpack(project.packed_partnerships.as_deref()?)?.into_iter().map(row).collect())
}

/// The awards of a project in the order of their list, if they are in its row; without their sort keys, for they are not
/// paged.
#[must_use]
pub fn awards_of(project: &project::Model) -> Option<Vec<award::Model>> {
    let row = |own: Stated| award::Model {
        id: own.id,
        project_id: project.id,
        statement_id: own.statement_id,
        funder_id: own.funder_id,
        sort_key: Vec::new(),
        kind: own.kind,
        amount_minor: own.amount_minor,
        currency: own.currency,
        uncertainty_minor: own.uncertainty_minor,
        decided_on: own.decided_on,
        line: own.line,
    };
    Some(unpack(project.packed_awards.as_deref()?)?.into_iter().map(row).collect())
}

/// Rows in the order of their list.
fn in_order<M: Row>(rows: &[M], key: impl Fn(&M) -> &[u8]) -> impl Iterator<Item = &M> {
    let mut rows: Vec<&M> = rows.iter().collect();
    rows.sort_unstable_by(|a, b| (key(a), a.id()).cmp(&(key(b), b.id())));
    rows.into_iter()
}

fn pack<T: Serialize>(items: &[T]) -> Option<Vec<u8>> {
    if items.len() > MOST {
        return None;
    }
    postcard::to_extend(items, vec![FORM]).ok()
}

fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Option<Vec<T>> {
    let (form, items) = packed.split_first()?;
    if *form != FORM {
        return None;
    }
    postcard::from_bytes(items).ok()
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    fn project() -> project::Model {
        let day = chrono::DateTime::UNIX_EPOCH;
        project::Model {
            id: id(1),
            sort_key: b"jobb".to_vec(),
            name: "Jobb".to_owned(),
            number: None,
            period: None,
            starts_on: None,
            ends_on: None,
            region_code: None,
            specific_objective: None,
            decided_on: None,
            owner_id: None,
            planned_participants: None,
            conflicts: 0,
            partners: 0,
            total_budget_currency: None,
            total_budget_minor: None,
            granted_currency: None,
            granted_minor: None,
            content: String::new(),
            packed_partnerships: None,
            packed_awards: None,
            created_at: day,
            updated_at: day,
        }
    }

    fn partnership(place: usize, role: PartnershipRole) -> partnership::Model {
        let unit_id = (place % 2 == 1).then(|| id(place + 200));
        partnership::Model {
            id: id(place + 10),
            project_id: id(1),
            role,
            organisation_id: id(place + 100),
            unit_id,
            member_id: unit_id.unwrap_or(id(place + 100)),
            sort_key: [&[u8::try_from(place).unwrap(), 0], &b"jobb"[..]].concat(),
            project_sort_key: b"jobb".to_vec(),
        }
    }

    fn award(place: usize, kind: AmountKind) -> award::Model {
        award::Model {
            id: id(place + 10),
            project_id: id(1),
            statement_id: id(place + 300),
            funder_id: (place % 2 == 1).then(|| id(place + 400)),
            sort_key: vec![u8::try_from(place).unwrap()],
            kind,
            amount_minor: i64::MIN + i64::try_from(place).unwrap(),
            currency: "SEK".to_owned(),
            uncertainty_minor: i64::MAX,
            decided_on: NaiveDate::from_ymd_opt(2024, 2, 29).filter(|_| place % 2 == 1),
            line: -1,
        }
    }

    #[test]
    fn what_was_packed_is_read_as_it_was() {
        let parts: Vec<_> =
            PartnershipRole::iter().enumerate().map(|(at, role)| partnership(at, role)).collect();
        let stated: Vec<_> = AmountKind::iter().enumerate().map(|(at, kind)| award(at, kind)).collect();
        let reversed = |rows: &[partnership::Model]| rows.iter().rev().cloned().collect::<Vec<_>>();
        let project = project::Model {
            packed_partnerships: partnerships(&reversed(&parts)),
            packed_awards: awards(&stated),
            ..project()
        };
        let found: Vec<_> = partnerships_of(&project)
            .unwrap()
            .into_iter()
            .map(|row| partnership::Model { project_sort_key: b"jobb".to_vec(), ..row })
            .collect();
        assert_eq!(found, parts, "in the order of their list");
        let without_keys: Vec<_> =
            stated.into_iter().map(|row| award::Model { sort_key: Vec::new(), ..row }).collect();
        assert_eq!(awards_of(&project).unwrap(), without_keys);
        let nothing = project::Model {
            packed_partnerships: partnerships(&[]),
            packed_awards: awards(&[]),
            ..project.clone()
        };
        assert_eq!((partnerships_of(&nothing), awards_of(&nothing)), (Some(vec![]), Some(vec![])));
    }

    #[test]
    fn too_many_are_not_packed_and_what_is_of_another_form_is_not_read() {
        let many: Vec<_> = (0..=MOST).map(|at| partnership(at, PartnershipRole::Partner)).collect();
        assert_eq!(partnerships(&many), None);
        assert!(partnerships(&many[1..]).is_some());
        let foreign = partnership::Model { project_sort_key: b"annat".to_vec(), ..many[0].clone() };
        assert_eq!(partnerships(&[foreign]), None, "whose key does not end with the project's");
        let of = |packed: Vec<u8>| {
            let project = project::Model { packed_partnerships: Some(packed), ..project() };
            partnerships_of(&project).map(|rows| rows.len())
        };
        let packed = partnerships(&many[1..]).unwrap();
        assert_eq!(of(packed.clone()), Some(MOST));
        assert_eq!(of([&[FORM + 1], &packed[1..]].concat()), None);
        assert_eq!(of(packed[..packed.len() / 2].to_vec()), None);
        assert_eq!(of(Vec::new()), None);
    }

    #[test]
    fn the_form_stays() {
        let packed = partnerships(&[partnership(1, PartnershipRole::Contractor)]).unwrap();
        let other = awards(&[award(2, AmountKind::Paid)]).unwrap();
        let expected = concat!(
            "0101100000000000000000000000000000000b05100000000000000000000000000000006501",
            "10000000000000000000000000000000c9020100"
        );
        assert_eq!(hex(&packed), expected, "another form needs another number");
        let expected = concat!(
            "0101100000000000000000000000000000000c100000000000000000000000000000012e0007",
            "fbffffffffffffffff010353454bfeffffffffffffffff010001"
        );
        assert_eq!(hex(&other), expected, "another form needs another number");
        let day = award::Model { amount_minor: 1, uncertainty_minor: 0, ..award(1, AmountKind::Granted) };
        let expected = concat!(
            "0101100000000000000000000000000000000b100000000000000000000000000000012d0110",
            "0000000000000000000000000000019102020353454b00010a323032342d30322d323901",
        );
        assert_eq!(hex(&awards(&[day]).unwrap()), expected, "another form needs another number");
    }

    #[test]
    fn roles_and_kinds_stay_in_their_order() {
        let roles = PartnershipRole::iter().map(|role| postcard::to_extend(&role, Vec::new()).unwrap());
        assert_eq!(
            roles.collect::<Vec<_>>().concat(),
            [0, 1, 2, 3, 4, 5],
            "another order needs another form"
        );
        let roles = [PartnershipRole::Owner, PartnershipRole::Partner, PartnershipRole::ResponsibleUnit];
        assert_eq!(PartnershipRole::iter().take(3).collect::<Vec<_>>(), roles);
        let roles = [PartnershipRole::Referrer, PartnershipRole::CoFinancier, PartnershipRole::Contractor];
        assert_eq!(PartnershipRole::iter().skip(3).collect::<Vec<_>>(), roles);
        let kinds = AmountKind::iter().map(|kind| postcard::to_extend(&kind, Vec::new()).unwrap());
        assert_eq!(
            kinds.collect::<Vec<_>>().concat(),
            [0, 1, 2, 3, 4, 5, 6, 7],
            "another order needs another form"
        );
        let kinds =
            [AmountKind::TotalBudget, AmountKind::Applied, AmountKind::Granted, AmountKind::EuSupport];
        assert_eq!(AmountKind::iter().take(4).collect::<Vec<_>>(), kinds);
        let kinds = [
            AmountKind::CoFinancing,
            AmountKind::InKind,
            AmountKind::ParticipantCompensation,
            AmountKind::Paid,
        ];
        assert_eq!(AmountKind::iter().skip(4).collect::<Vec<_>>(), kinds);
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }
}
