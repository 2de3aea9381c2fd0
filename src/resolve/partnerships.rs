//! Who takes part in a project, derived from the statements about it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::graph::Spoken;
use super::parties::Part;
use crate::domain::collation::sort_key;
use crate::domain::ids;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{partnership, partnership_statement};

/// How many legal entities take part as partners.
pub(super) fn partners(partnerships: &[partnership::Model]) -> i32 {
    let partners = partnerships.iter().filter(|part| part.role == PartnershipRole::Partner);
    let partners: BTreeSet<Uuid> = partners.map(|part| part.organisation_id).collect();
    i32::try_from(partners.len()).unwrap_or(i32::MAX)
}

type Partnerships = (Vec<partnership::Model>, Vec<partnership_statement::Model>);

/// Every part that the statements give somebody. Where one source names the legal entity and another
/// exactly one unit of it in the same part, it is one partnership, of the unit.
pub(super) fn partnerships(project: Uuid, project_sort_key: &[u8], spoken: &[&Spoken]) -> Partnerships {
    type Members<'a> = BTreeMap<Uuid, (&'a Part, BTreeSet<Uuid>)>;
    let mut by_legal: BTreeMap<(u8, Uuid), Members<'_>> = BTreeMap::new();
    for s in spoken {
        for part in &s.parts {
            let members = by_legal.entry((part.role as u8, part.identity.legal.id)).or_default();
            let member = part.identity.member().id;
            members.entry(member).or_insert_with(|| (part, BTreeSet::new())).1.insert(s.id);
        }
    }
    let mut rows = Vec::new();
    let mut links = Vec::new();
    for ((role, legal), mut members) in by_legal {
        let whole = if members.len() == 2 { members.remove(&legal) } else { None };
        for (_, own) in members.values_mut() {
            own.extend(whole.iter().flat_map(|(_, statements)| statements));
        }
        for (member, (part, statements)) in members {
            let id = ids::within(project, &["partnership", &format!("{:?}", part.role), &member.to_string()]);
            let mut key = vec![role];
            key.extend(sort_key(&part.identity.legal.name));
            key.push(0);
            key.extend(part.identity.unit.iter().flat_map(|unit| sort_key(&unit.name)));
            key.push(0);
            key.extend(project_sort_key);
            rows.push(partnership::Model {
                id,
                project_id: project,
                role: part.role,
                organisation_id: legal,
                unit_id: part.identity.unit.as_ref().map(|unit| unit.id),
                member_id: member,
                sort_key: key,
                project_sort_key: project_sort_key.to_vec(),
            });
            let link = |statement_id| partnership_statement::Model { partnership_id: id, statement_id };
            links.extend(statements.into_iter().map(link));
        }
    }
    (rows, links)
}
