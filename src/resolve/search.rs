//! What can be searched: projects, organisations and funders by all their names and numbers.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::domain::orgnr::OrganisationNumber;
use crate::entities::search_entry::{Model as Entry, SearchKind};
use crate::entities::{
    funder, organisation, organisation_name, project, project_name, project_number, search_entry,
};
use crate::error::Result;
use crate::store::write::save;

/// What a project is found by.
pub(super) fn project(
    project: &project::Model,
    names: &[project_name::Model],
    numbers: &[project_number::Model],
) -> Entry {
    let names = names.iter().map(|name| name.value.as_str());
    Entry {
        id: project.id,
        kind: SearchKind::Project,
        sort_key: project.sort_key.clone(),
        title: project.name.clone(),
        others: lines(names.chain(numbers.iter().map(|number| number.value.as_str()))),
    }
}

/// What an organisation is found by, which has some names.
pub(super) fn organisation(row: &organisation::Model, names: Option<&BTreeSet<String>>) -> Entry {
    let number = row.number.as_deref().and_then(|number| OrganisationNumber::parse(number).ok());
    let numbers = number.map(|n| [n.to_string(), n.digits().to_owned()]);
    let others = names.into_iter().flatten().filter(|name| **name != row.name);
    let others = others.chain(row.name_en.iter()).chain(numbers.iter().flatten()).map(String::as_str);
    Entry {
        id: row.id,
        kind: SearchKind::Organisation,
        sort_key: row.sort_key.clone(),
        title: row.name.clone(),
        others: lines(others),
    }
}

/// Each once, a line each.
fn lines<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(*name)).collect::<Vec<_>>().join("\n")
}

/// Writes what some organisations are found by.
pub(super) async fn save_organisations(db: &impl ConnectionTrait, ids: &BTreeSet<Uuid>) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    for some in ids.chunks(10_000) {
        let some = || some.iter().copied();
        let rows =
            organisation::Entity::find().filter(organisation::Column::Id.is_in(some())).all(db).await?;
        let of = organisation_name::Column::OrganisationId;
        let mut names: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
        for name in organisation_name::Entity::find().filter(of.is_in(some())).all(db).await? {
            names.entry(name.organisation_id).or_default().insert(name.value);
        }
        let entry = |row: &organisation::Model| organisation(row, names.get(&row.id));
        save::<search_entry::Entity>(db, rows.iter().map(entry).collect()).await?;
    }
    Ok(())
}

/// Writes what some funders are found by.
pub(super) async fn save_funders(db: &impl ConnectionTrait, funders: &[funder::Model]) -> Result<()> {
    let entry = |row: &funder::Model| Entry {
        id: row.id,
        kind: SearchKind::Funder,
        sort_key: row.sort_key.clone(),
        title: row.name.clone(),
        others: lines(row.name_en.iter().chain(&row.programme_period).map(String::as_str)),
    };
    save::<search_entry::Entity>(db, funders.iter().map(entry).collect()).await
}
