//! Organisations and funders that statements speak of, as rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Scope;
use super::parties::Part;
use crate::domain::collation::sort_key;
use crate::domain::funding::Funder;
use crate::domain::identity::{Identity, Organisation, identify};
use crate::domain::ids;
use crate::domain::statement::Party;
use crate::entities::funder::{self, FunderKind};
use crate::entities::organisation::{self, OrganisationKind};
use crate::entities::organisation_name::{self, NameKind};
use crate::entities::organisation_tree;
use crate::error::Result;
use crate::store::write::save;

/// Everyone that some statements speak of, each once.
#[derive(Default)]
pub(super) struct Directory {
    organisations: BTreeMap<Uuid, (Organisation, Option<Uuid>)>,
    names: BTreeMap<(Uuid, String), Option<Uuid>>,
    funders: BTreeMap<Uuid, Funder>,
}

impl Directory {
    /// Notes a part, and the names that a source uses in it.
    pub fn add(&mut self, part: &Part, source: Uuid) {
        self.add_identity(&part.identity);
        for (id, name) in &part.names {
            self.names.entry((*id, name.clone())).or_insert(Some(source));
        }
    }

    /// Notes the publisher of a source.
    pub fn add_identity(&mut self, identity: &Identity) {
        let legal = identity.legal.id;
        self.organisations.entry(legal).or_insert_with(|| (identity.legal.clone(), None));
        if let Some(unit) = &identity.unit {
            self.organisations.entry(unit.id).or_insert_with(|| (unit.clone(), Some(legal)));
        }
    }

    /// Notes a funder, those it belongs to, and who administers it.
    pub fn add_funder(&mut self, funder: &Funder) {
        if let Some(administrator) = funder.administered_by.as_deref().and_then(administrator) {
            self.add_identity(&administrator);
        }
        if let Some(parent) = &funder.parent {
            self.add_funder(parent);
        }
        self.funders.entry(funder.id).or_insert_with(|| funder.clone());
    }

    /// Writes those that the database does not know yet.
    pub async fn write(&self, db: &impl ConnectionTrait, now: DateTime<Utc>, scope: Scope) -> Result<()> {
        self.write_organisations(db, now, scope).await?;
        self.write_names(db, now, scope).await?;
        self.write_funders(db, now, scope).await
    }

    async fn write_organisations(
        &self,
        db: &impl ConnectionTrait,
        now: DateTime<Utc>,
        scope: Scope,
    ) -> Result<()> {
        let known = scope
            .known::<organisation::Entity>(db, organisation::Column::Id, self.organisations.keys())
            .await?;
        let before: HashMap<Uuid, organisation::Model> = match scope {
            Scope::News => HashMap::new(),
            Scope::Everything => {
                organisation::Entity::find().all(db).await?.into_iter().map(|row| (row.id, row)).collect()
            }
        };
        let new = || self.organisations.values().filter(|(o, _)| !known.contains(&o.id));
        let derived = |(o, legal): &(Organisation, Option<Uuid>)| organisation::Model {
            id: o.id,
            sort_key: sort_key(&o.name),
            name: o.name.clone(),
            name_en: o.name_en.clone(),
            kind: OrganisationKind::try_from_value(&o.kind).unwrap_or(OrganisationKind::Unknown),
            number: o.number.clone(),
            parent_id: *legal,
            legal_entity_id: legal.unwrap_or(o.id),
            municipality_code: o.municipality_code.clone(),
            region_code: o.region_code.clone(),
            created_at: now,
            updated_at: now,
        };
        let row = |entry: &(Organisation, Option<Uuid>)| {
            let row = derived(entry);
            let Some(old) = before.get(&row.id) else { return row };
            let kept =
                organisation::Model { created_at: old.created_at, updated_at: old.updated_at, ..row.clone() };
            if kept == *old { kept } else { organisation::Model { updated_at: now, ..kept } }
        };
        // Legal entities before their units, which point at them.
        let (wholes, units): (Vec<_>, Vec<_>) = new().partition(|(_, legal)| legal.is_none());
        save::<organisation::Entity>(db, wholes.into_iter().map(row).collect()).await?;
        save::<organisation::Entity>(db, units.into_iter().map(row).collect()).await?;
        let tree = new().flat_map(|(o, legal)| {
            let own = organisation_tree::Model { ancestor_id: o.id, descendant_id: o.id };
            let below =
                legal.map(|legal| organisation_tree::Model { ancestor_id: legal, descendant_id: o.id });
            std::iter::once(own).chain(below)
        });
        save::<organisation_tree::Entity>(db, tree.collect()).await
    }

    async fn write_names(&self, db: &impl ConnectionTrait, now: DateTime<Utc>, scope: Scope) -> Result<()> {
        let mut names: BTreeMap<Uuid, organisation_name::Model> = BTreeMap::new();
        let mut add = |organisation_id: Uuid, value: &str, kind, source_id| {
            let id = ids::named(&["organisation name", &organisation_id.to_string(), value]);
            let value = value.to_owned();
            let row = organisation_name::Model { id, organisation_id, value, kind, source_id };
            names.entry(id).or_insert(row);
        };
        for (o, _) in self.organisations.values() {
            let used_by = self.names.get(&(o.id, o.name.clone())).copied().flatten();
            add(o.id, &o.name, NameKind::Primary, used_by);
            for former in &o.former_names {
                add(o.id, former, NameKind::Former, None);
            }
        }
        for ((id, value), source) in &self.names {
            add(*id, value, NameKind::Alias, *source);
        }
        // A name that only the catalogue knew has a first source when one uses it.
        let sourced =
            names.values().filter(|name| name.source_id.is_some()).map(|name| name.id).collect::<Vec<_>>();
        let known =
            scope.known::<organisation_name::Entity>(db, organisation_name::Column::Id, names.keys()).await?;
        let unsourced = unsourced(db, &sourced).await?;
        let is_news =
            |name: &organisation_name::Model| !known.contains(&name.id) || unsourced.contains(&name.id);
        let new: Vec<_> = names.into_values().filter(is_news).collect();
        let mut renamed: BTreeSet<Uuid> =
            new.iter().filter(|name| !known.contains(&name.id)).map(|name| name.organisation_id).collect();
        if scope == Scope::Everything {
            renamed.clear();
        }
        organisation::Entity::update_many()
            .col_expr(organisation::Column::UpdatedAt, Expr::value(now))
            .filter(organisation::Column::Id.is_in(renamed))
            .exec(db)
            .await?;
        save::<organisation_name::Entity>(db, new).await
    }

    async fn write_funders(&self, db: &impl ConnectionTrait, now: DateTime<Utc>, scope: Scope) -> Result<()> {
        let known = scope.known::<funder::Entity>(db, funder::Column::Id, self.funders.keys()).await?;
        let mut new: Vec<&Funder> = self.funders.values().filter(|f| !known.contains(&f.id)).collect();
        // Those that others point at first.
        new.sort_by_key(|f| std::iter::successors(Some(*f), |f| f.parent.as_deref()).count());
        for f in new {
            let administrator = f.administered_by.as_deref().and_then(administrator);
            let row = funder::Model {
                id: f.id,
                sort_key: sort_key(&f.name),
                name: f.name.clone(),
                name_en: f.name_en.clone(),
                kind: FunderKind::try_from_value(&f.kind).unwrap_or(FunderKind::Other),
                programme_period: f.programme_period.clone(),
                administered_by_id: administrator.map(|identity| identity.member().id),
                parent_id: f.parent.as_ref().map(|parent| parent.id),
                created_at: now,
                updated_at: now,
            };
            let row = match funder::Entity::find_by_id(f.id).one(db).await? {
                None => row,
                Some(old) => {
                    let kept =
                        funder::Model { created_at: old.created_at, updated_at: old.updated_at, ..row };
                    if kept == old { kept } else { funder::Model { updated_at: now, ..kept } }
                }
            };
            save::<funder::Entity>(db, vec![row]).await?;
        }
        Ok(())
    }
}

fn administrator(name: &str) -> Option<Identity> {
    identify(&Party { name: name.to_owned(), ..Party::default() }, None)
}

/// Which of some names have no source.
async fn unsourced(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut unsourced = HashSet::new();
    for some in ids.chunks(10_000) {
        let found: Vec<Uuid> = organisation_name::Entity::find()
            .select_only()
            .column(organisation_name::Column::Id)
            .filter(organisation_name::Column::Id.is_in(some.iter().copied()))
            .filter(organisation_name::Column::SourceId.is_null())
            .into_tuple()
            .all(db)
            .await?;
        unsourced.extend(found);
    }
    Ok(unsourced)
}

impl Scope {
    /// Which of some ids need not be written.
    async fn known<E: EntityTrait>(
        self,
        db: &impl ConnectionTrait,
        column: E::Column,
        ids: impl Iterator<Item = &Uuid>,
    ) -> Result<HashSet<Uuid>> {
        match self {
            Self::News => known::<E>(db, column, ids).await,
            Self::Everything => Ok(HashSet::new()),
        }
    }
}

/// Which of some ids a table has.
async fn known<E: EntityTrait>(
    db: &impl ConnectionTrait,
    column: E::Column,
    ids: impl Iterator<Item = &Uuid>,
) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = ids.copied().collect();
    let mut known = HashSet::new();
    for some in ids.chunks(10_000) {
        let found: Vec<Uuid> = E::find()
            .select_only()
            .column(column)
            .filter(column.is_in(some.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(found);
    }
    Ok(known)
}
