//! Whom a statement speaks of, and in which part.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use siphasher::sip128::{Hasher128, SipHasher13};
use uuid::Uuid;

use crate::domain::identity::{Identity, Organisation, identify, identify_all, is_told_alone};
use crate::domain::names::split_list;
use crate::domain::statement::{Party, Statement};
use crate::entities::partnership::PartnershipRole;

/// One organisation's part in the project of a statement, under the name the source used.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub role: PartnershipRole,
    pub identity: Arc<Identity>,
    /// Who is called what by the source: the legal entity, the unit, or both.
    pub names: Arc<Vec<(Uuid, String)>>,
}

/// Whom a party was found to be, and who is called what by the source.
type Found = (Arc<Identity>, Arc<Vec<(Uuid, String)>>);

/// How many are remembered that were named lately, and at most as many that were named before.
const KEPT: usize = 100_000;

/// Whom parties are, remembered: registers name the same few over and over.
#[derive(Default)]
pub(super) struct Identities {
    lately: HashMap<u128, Known>,
    before: HashMap<u128, Known>,
}

/// Whom a party is.
enum Known {
    /// Whatever the rest speaks of.
    Alone(Vec<Found>),
    /// By what the rest speaks of.
    Within(HashMap<Option<Uuid>, Vec<Found>>),
}

/// The owner first, then who carries it out, then the partners.
///
/// `publisher` is the municipality or region whose document it is, if any: what stands there without an owner is its own.
pub(super) fn parts(statement: &Statement, publisher: Option<&Organisation>) -> Vec<Part> {
    Identities::default().parts(statement, publisher)
}

impl Identities {
    /// As [`parts`].
    pub fn parts(&mut self, statement: &Statement, publisher: Option<&Organisation>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        if let Some(owner) = &statement.owner {
            parts.extend(self.of(PartnershipRole::Owner, owner, publisher));
        }
        let units: Vec<Party> =
            statement.responsible_unit.iter().flat_map(|u| split_list(u)).map(named).collect();
        // `Socialförvaltningen` is the department of whom the rest speaks of: the owner, or those who carry it out.
        let certain = |unit: &Party| identify(unit, None).filter(|identity| identity.legal.certain);
        let whole = parts
            .first()
            .map(|owner| owner.identity.legal.clone())
            .or_else(|| units.iter().find_map(certain).map(|identity| identity.legal))
            .or_else(|| publisher.cloned());
        // Who carries it out is of the publisher's house even where another owns the project.
        let house = publisher.or(whole.as_ref());
        for unit in &units {
            parts.extend(self.of(PartnershipRole::ResponsibleUnit, unit, house));
        }
        let owners: Vec<Uuid> = owner_ids(&parts).collect();
        for partner in &statement.partners {
            let partners = self.of(PartnershipRole::Partner, partner, whole.as_ref());
            parts.extend(partners.into_iter().filter(|part| !owners.contains(&part.identity.member().id)));
        }
        parts
    }

    fn of(&mut self, role: PartnershipRole, party: &Party, whole: Option<&Organisation>) -> Vec<Part> {
        if self.lately.len() >= KEPT {
            self.before = std::mem::take(&mut self.lately);
        }
        let key = key(party);
        let known = self.lately.entry(key).or_insert_with(|| {
            self.before.remove(&key).unwrap_or_else(|| {
                if is_told_alone(party) {
                    Known::Alone(of(party, None))
                } else {
                    Known::Within(HashMap::new())
                }
            })
        });
        let known = match known {
            Known::Alone(known) => known,
            Known::Within(known) => {
                known.entry(whole.map(|whole| whole.id)).or_insert_with(|| of(party, whole))
            }
        };
        let part = |(identity, names): &Found| Part {
            role,
            identity: Arc::clone(identity),
            names: Arc::clone(names),
        };
        known.iter().map(part).collect()
    }
}

/// What a party is remembered by: a digest takes a fraction of what its texts do.
fn key(party: &Party) -> u128 {
    let mut hasher = SipHasher13::new();
    party.hash(&mut hasher);
    hasher.finish128().as_u128()
}

fn owner_ids(parts: &[Part]) -> impl Iterator<Item = Uuid> {
    let owners = parts.iter().filter(|part| part.role == PartnershipRole::Owner);
    owners.map(|part| part.identity.member().id)
}

fn named(name: String) -> Party {
    Party { name, ..Party::default() }
}

/// Everyone whom a party is, with the names that it uses.
fn of(party: &Party, whole: Option<&Organisation>) -> Vec<Found> {
    let part = |identity: Identity| {
        let names = match (&party.unit, &identity.unit) {
            (Some(written), Some(unit)) => {
                // The name beside a unit can be that of a larger unit.
                let outer = identify(&named(party.name.clone()), whole);
                let outer = outer.map(|outer| (outer.member().id, party.name.clone()));
                // One that takes no part itself may be nobody that the graph knows.
                let outer = outer.filter(|(id, _)| [identity.legal.id, unit.id].contains(id));
                outer.into_iter().chain([(unit.id, written.clone())]).collect()
            }
            _ => vec![(identity.member().id, party.name.clone())],
        };
        (Arc::new(identity), Arc::new(names))
    };
    identify_all(party, whole).into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who is remembered whatever the rest speaks of is the same within anybody.
    #[test]
    fn who_is_told_alone_is_the_same_within_anybody() {
        let whole = |name: &str| identify(&named(name.to_owned()), None).map(|identity| identity.legal);
        let wholes = [None, whole("Stockholms stad"), whole("Region Gävleborg"), whole("Försäkringskassan")];
        let mut told = 0;
        for name in [
            "Stockholms stad",
            "Socialförvaltningen",
            "regionen",
            "kommunen",
            "Jobbtorg Stockholm",
            "Nynäshamn- och Järfälla kommun",
            "Arbetsförmedlingen och kommunen",
            "Fryshuset",
            "Arbetsmarknadsförvaltningen i Stockholms stad",
            "Verksamheten (socialförvaltningen)",
            "Någon AB, socialförvaltningen och Någon annan AB",
        ] {
            for unit in [None, Some("Socialförvaltningen".to_owned())] {
                let party = Party { unit, ..named(name.to_owned()) };
                let ids = |whole: &Option<Organisation>| -> Vec<(Uuid, Uuid)> {
                    let found = of(&party, whole.as_ref());
                    found.iter().map(|(who, _)| (who.legal.id, who.member().id)).collect()
                };
                if is_told_alone(&party) {
                    told += 1;
                    assert!(wholes.iter().all(|whole| ids(whole) == ids(&None)), "{party:?}");
                }
            }
        }
        assert!(told > 6, "{told}");
    }

    #[test]
    fn every_name_is_of_someone_who_takes_part() {
        let stockholm = named("Stockholms stad".to_owned());
        let partner = Party {
            name: "socialförvaltningen".to_owned(),
            unit: Some("Intro Stockholm".to_owned()),
            number: None,
        };
        let statement = Statement { owner: Some(stockholm), partners: vec![partner], ..Statement::default() };
        let parts = parts(&statement, None);
        assert_eq!(parts.len(), 2);
        for part in parts {
            let own = [part.identity.legal.id, part.identity.member().id];
            assert!(part.names.iter().all(|(id, _)| own.contains(id)), "{:?}", part.names);
        }
    }
}
