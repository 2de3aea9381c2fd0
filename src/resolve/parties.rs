//! Whom a statement speaks of, and in which part.

use crate::domain::identity::{Identity, Organisation, identify};
use crate::domain::names::split_list;
use crate::domain::statement::{Party, Statement};
use crate::entities::partnership::PartnershipRole;

/// One organisation's part in the project of a statement, under the name the source used.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub role: PartnershipRole,
    pub identity: Identity,
    /// The name as written, of the unit where one is named.
    pub name: String,
}

/// The owner first, then who carries it out, then the partners.
///
/// `publisher` is the municipality or region whose document it is, if any: what stands there without an owner is its own.
pub(super) fn parts(statement: &Statement, publisher: Option<&Organisation>) -> Vec<Part> {
    let mut parts = Vec::new();
    let owner = statement.owner.as_ref().and_then(|owner| part(PartnershipRole::Owner, owner, None));
    let units: Vec<Party> =
        statement.responsible_unit.iter().flat_map(|u| split_list(u)).map(named).collect();
    // `Socialförvaltningen` is the department of whom the rest speaks of: the owner, or those who carry it out.
    let mut whole = owner.as_ref().map(|owner| owner.identity.legal.clone());
    parts.extend(owner);
    let own = |unit: &Party| {
        part(PartnershipRole::ResponsibleUnit, unit, None).filter(|p| p.identity.legal.certain)
    };
    whole = whole
        .or_else(|| units.iter().find_map(own).map(|part| part.identity.legal))
        .or_else(|| publisher.cloned());
    for unit in &units {
        // Who carries it out is of the publisher's house even where another owns the project.
        let house = publisher.or(whole.as_ref());
        parts.extend(part(PartnershipRole::ResponsibleUnit, unit, house));
    }
    for partner in &statement.partners {
        let Some(part) = part(PartnershipRole::Partner, partner, whole.as_ref()) else { continue };
        let is_owner = |p: &Part| {
            p.role == PartnershipRole::Owner && p.identity.member().id == part.identity.member().id
        };
        if !parts.iter().any(is_owner) {
            parts.push(part);
        }
    }
    parts
}

fn named(name: String) -> Party {
    Party { name, ..Party::default() }
}

fn part(role: PartnershipRole, party: &Party, whole: Option<&Organisation>) -> Option<Part> {
    let identity = identify(party, whole)?;
    let name = match (&party.unit, &identity.unit) {
        (Some(unit), Some(_)) => unit.clone(),
        _ => party.name.clone(),
    };
    Some(Part { role, identity, name })
}
