//! What is listed of a project, in the project's own row: its partnerships and its awards, with the names of who takes part
//! and who pays. They are rows of their own too, which everything else asks; but a page of projects with what is listed of
//! each has them by this without looking at hundreds of places in other tables.
//!
//! Who derives a project writes both ([`partnerships`], [`awards`]); who answers reads a list where it is there
//! ([`partnerships_of`], [`awards_of`]) and else asks the tables. What an organisation or a funder is called changes only
//! where all projects are gone through.

mod awards;
mod named;

pub use self::awards::{awards, awards_of};
pub use self::named::{NAMES, Named};

use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entities::Row;
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::project;
use crate::error::Result;

/// How many are packed at most: more would make the rows of projects long for all who do not ask for them.
const MOST: usize = 64;

/// How many projects are looked at to know how those of a database are packed: not all have lists that are packed.
const SAMPLE: u64 = 10;

/// The form in which they are packed. Another must be given with every change of what is packed, or of the order of what
/// roles and kinds there are: what has another form is not read.
const FORM: u8 = 2;

/// A partnership; the project is known.
#[derive(Serialize, Deserialize)]
struct Part<'a> {
    id: Uuid,
    role: PartnershipRole,
    #[serde(borrow)]
    organisation: Named<'a>,
    #[serde(borrow)]
    unit: Option<Named<'a>>,
    /// Its sort key, up to where that of the project begins.
    key: &'a [u8],
}

/// Packs the partnerships of a project with the organisations that they are of; nothing where there are too many.
#[must_use]
pub fn partnerships<'n>(
    rows: &[partnership::Model],
    organisation: impl Fn(Uuid) -> Option<Named<'n>>,
) -> Option<Vec<u8>> {
    if !is_short(rows) {
        return None;
    }
    let mut parts = Vec::with_capacity(rows.len());
    for row in in_order(rows, |row| &row.sort_key) {
        parts.push(Part {
            id: row.id,
            role: row.role,
            organisation: organisation(row.organisation_id)?,
            unit: match row.unit_id {
                Some(unit) => Some(organisation(unit)?),
                None => None,
            },
            key: row.sort_key.strip_suffix(&*row.project_sort_key)?,
        });
    }
    pack(&parts)
}

/// The partnerships of a project in the order of their list, and the organisations that they are of, if they are in its
/// row. What the project says itself, its sort key, is not repeated.
#[must_use]
pub fn partnerships_of(project: &project::Model) -> Option<(Vec<partnership::Model>, Vec<Named<'_>>)> {
    let parts: Vec<Part<'_>> = unpack(project.packed_partnerships.as_deref()?)?;
    let named = parts.iter().flat_map(|part| std::iter::once(part.organisation).chain(part.unit)).collect();
    let row = |part: &Part<'_>| {
        let (organisation_id, unit_id) = (part.organisation.id, part.unit.map(|unit| unit.id));
        partnership::Model {
            id: part.id,
            project_id: project.id,
            role: part.role,
            organisation_id,
            unit_id,
            member_id: unit_id.unwrap_or(organisation_id),
            sort_key: [part.key, &project.sort_key].concat(),
            project_sort_key: Vec::new(),
        }
    };
    Some((parts.iter().map(row).collect(), named))
}

/// Whether the projects of a database were derived by a program that packed them as this one does: some of the first are
/// looked at.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn are_current(db: &impl ConnectionTrait) -> Result<bool> {
    let select = project::Entity::find().order_by_asc(project::Column::Id).limit(SAMPLE);
    let some = select.all(db).await?;
    let lists: Vec<&[u8]> = some
        .iter()
        .flat_map(|project| [&project.packed_partnerships, &project.packed_awards])
        .filter_map(|list| list.as_deref())
        .collect();
    Ok(some.is_empty() || !lists.is_empty() && lists.iter().all(|list| list.first() == Some(&FORM)))
}

/// Whether there are not too many rows.
fn is_short<M>(rows: &[M]) -> bool {
    rows.len() <= MOST
}

/// Rows in the order of their list.
fn in_order<M: Row>(rows: &[M], key: impl Fn(&M) -> &[u8]) -> impl Iterator<Item = &M> {
    let mut rows: Vec<&M> = rows.iter().collect();
    rows.sort_unstable_by(|a, b| (key(a), a.id()).cmp(&(key(b), b.id())));
    rows.into_iter()
}

fn pack(list: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_extend(list, vec![FORM]).ok()
}

fn unpack<'a, T: Deserialize<'a>>(packed: &'a [u8]) -> Option<T> {
    let (form, list) = packed.split_first()?;
    if *form != FORM {
        return None;
    }
    postcard::from_bytes(list).ok()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use sea_orm::Iterable;

    use super::*;
    use crate::entities::award::{self, AmountKind};

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    /// Everybody whose id is even is called something in English too.
    fn called(id: Uuid) -> Option<Named<'static>> {
        let name_en = id.as_u128().is_multiple_of(2).then_some("Them");
        (!id.is_nil()).then_some(Named { id, name: "De där", name_en })
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
            packed_partnerships: partnerships(&reversed(&parts), called),
            packed_awards: awards(&stated, called),
            ..project()
        };
        let (found, organisations) = partnerships_of(&project).unwrap();
        let found: Vec<_> = found
            .into_iter()
            .map(|row| partnership::Model { project_sort_key: b"jobb".to_vec(), ..row })
            .collect();
        assert_eq!(found, parts, "in the order of their list");
        let members = parts.iter().flat_map(|part| std::iter::once(part.organisation_id).chain(part.unit_id));
        assert_eq!(organisations, members.filter_map(called).collect::<Vec<_>>());
        let without_keys: Vec<_> =
            stated.into_iter().map(|row| award::Model { sort_key: Vec::new(), ..row }).collect();
        let (found, funders) = awards_of(&project).unwrap();
        assert_eq!(found, without_keys);
        assert_eq!(funders, found.iter().filter_map(|award| called(award.funder_id?)).collect::<Vec<_>>());
        let nothing = project::Model {
            packed_partnerships: partnerships(&[], called),
            packed_awards: awards(&[], called),
            ..project.clone()
        };
        assert_eq!(partnerships_of(&nothing), Some((vec![], vec![])));
        assert_eq!(awards_of(&nothing), Some((vec![], vec![])));
    }

    #[test]
    fn of_several_awards_of_one_funder_it_is_packed_once() {
        let [first, last] =
            [1, 2].map(|place| award::Model { funder_id: Some(id(7)), ..award(place, AmountKind::Paid) });
        let packed = awards(&[first, last], called);
        let project = project::Model { packed_awards: packed, ..project() };
        let (found, funders) = awards_of(&project).unwrap();
        assert_eq!(funders, [called(id(7)).unwrap()]);
        assert!(found.iter().all(|award| award.funder_id == Some(id(7))));
    }

    #[test]
    fn whose_name_is_not_known_is_not_packed() {
        let part = partnership(1, PartnershipRole::Owner);
        assert_eq!(
            partnerships(std::slice::from_ref(&part), |id| called(id).filter(|_| id != part.organisation_id)),
            None
        );
        assert_eq!(
            partnerships(std::slice::from_ref(&part), |id| called(id).filter(|_| Some(id) != part.unit_id)),
            None
        );
        assert_eq!(awards(&[award(1, AmountKind::Paid)], |_| None), None);
        assert!(awards(&[award(2, AmountKind::Paid)], |_| None).is_some(), "without a funder");
    }

    #[test]
    fn too_many_are_not_packed_and_what_is_of_another_form_is_not_read() {
        let many: Vec<_> = (0..=MOST).map(|at| partnership(at, PartnershipRole::Partner)).collect();
        assert_eq!(partnerships(&many, called), None);
        assert!(partnerships(&many[1..], called).is_some());
        let foreign = partnership::Model { project_sort_key: b"annat".to_vec(), ..many[0].clone() };
        assert_eq!(partnerships(&[foreign], called), None, "whose key does not end with the project's");
        let of = |packed: Vec<u8>| {
            let project = project::Model { packed_partnerships: Some(packed), ..project() };
            partnerships_of(&project).map(|(rows, _)| rows.len())
        };
        let packed = partnerships(&many[1..], called).unwrap();
        assert_eq!(of(packed.clone()), Some(MOST));
        assert_eq!(of([&[FORM + 1], &packed[1..]].concat()), None);
        assert_eq!(of(packed[..packed.len() / 2].to_vec()), None);
        assert_eq!(of(Vec::new()), None);
    }

    #[test]
    fn the_form_stays() {
        let packed = partnerships(&[partnership(1, PartnershipRole::Contractor)], called).unwrap();
        let other = awards(&[award(2, AmountKind::Paid)], called).unwrap();
        let expected = concat!(
            "0201100000000000000000000000000000000b05",
            "10000000000000000000000000000000650744652064c3a47200",
            "0110000000000000000000000000000000c90744652064c3a47200020100"
        );
        assert_eq!(hex(&packed), expected, "another form needs another number");
        let expected = concat!(
            "020001100000000000000000000000000000000c100000000000000000000000000000012e0007",
            "fbffffffffffffffff010353454bfeffffffffffffffff010001"
        );
        assert_eq!(hex(&other), expected, "another form needs another number");
        let day = award::Model { amount_minor: 1, uncertainty_minor: 0, ..award(1, AmountKind::Granted) };
        let expected = concat!(
            "02011000000000000000000000000000000191",
            "0744652064c3a47200",
            "01100000000000000000000000000000000b100000000000000000000000000000012d0100",
            "02020353454b00010a323032342d30322d323901",
        );
        assert_eq!(hex(&awards(&[day], called).unwrap()), expected, "another form needs another number");
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
