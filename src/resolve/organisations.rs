//! Organisations and funders that statements speak of, as rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::names::Names;
use super::parties::Part;
use super::{Scope, by_name, search};
use crate::domain::collation::sort_key;
use crate::domain::funding::Funder;
use crate::domain::identity::{Identity, Organisation};
use crate::domain::ids;
use crate::entities::funder::{self, FunderKind};
use crate::entities::organisation::{self, OrganisationKind};
use crate::entities::organisation_name::{self, NameKind};
use crate::entities::{Row, organisation_tree, search_entry};
use crate::error::Result;
use crate::store::transaction::WriteTransaction;
use crate::store::write::{insert_many, save};

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
        for (id, name) in part.names.iter() {
            self.names.entry((*id, name.clone())).or_insert(Some(source));
        }
    }

    /// Notes the publisher of a source.
    pub fn add_identity(&mut self, identity: &Identity) {
        let legal = identity.legal.id;
        self.organisations.entry(legal).or_insert_with(|| (identity.legal.clone(), None));
        if let Some(unit) = &identity.unit {
            self.organisations.entry(unit.id).or_insert_with(|| (Organisation::clone(unit), Some(legal)));
        }
    }

    /// Notes a funder, those it belongs to, and who administers it.
    pub fn add_funder(&mut self, funder: &Funder) {
        if self.funders.contains_key(&funder.id) {
            return;
        }
        if let Some(administrator) = funder.administered_by.as_deref().and_then(by_name) {
            self.add_identity(&administrator);
        }
        if let Some(parent) = &funder.parent {
            self.add_funder(parent);
        }
        self.funders.entry(funder.id).or_insert_with(|| funder.clone());
    }

    /// Has everyone called as they are called elsewhere.
    pub fn call_by(&mut self, names: &mut Names) {
        for (organisation, _) in self.organisations.values_mut() {
            (organisation.name, organisation.name_en) = names.organisation(organisation).clone();
        }
        for funder in self.funders.values_mut() {
            (funder.name, funder.name_en) = names.funder(funder).clone();
        }
    }

    /// Writes those that the database does not know yet.
    pub async fn write(
        &self,
        db: &WriteTransaction,
        now: DateTime<Utc>,
        scope: Scope,
        known: &mut Known,
    ) -> Result<()> {
        let new = self.write_organisations(db, now, scope, known).await?;
        self.write_names(db, now, scope, known, &new).await?;
        self.write_funders(db, now, scope, known).await
    }

    /// Writes organisations, and returns those that are new.
    async fn write_organisations(
        &self,
        db: &WriteTransaction,
        now: DateTime<Utc>,
        scope: Scope,
        known: &mut Known,
    ) -> Result<HashMap<Uuid, organisation::Model>> {
        let ids: Vec<Uuid> =
            self.organisations.keys().filter(|id| !known.organisations.contains(*id)).copied().collect();
        let before = rows::<organisation::Entity>(db, organisation::Column::Id, known.doubtful(&ids)).await?;
        let before = by_id(before);
        let wanted: Vec<&(Organisation, Option<Uuid>)> = ids
            .iter()
            .filter(|id| scope != Scope::News || !before.contains_key(*id))
            .filter_map(|id| self.organisations.get(id))
            .collect();
        let row = |(o, legal): &(Organisation, Option<Uuid>)| {
            let old = before.get(&o.id);
            let row = organisation::Model {
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
                projects: old.map_or(0, |old| old.projects),
                created_at: old.map_or(now, |old| old.created_at),
                updated_at: old.map_or(now, |old| old.updated_at),
            };
            let is_changed = old.is_some_and(|old| *old != row);
            organisation::Model { updated_at: if is_changed { now } else { row.updated_at }, ..row }
        };
        // Legal entities before their units, which point at them.
        let (wholes, units): (Vec<_>, Vec<_>) = wanted.iter().partition(|(_, legal)| legal.is_none());
        let wholes: Vec<organisation::Model> = wholes.into_iter().map(row).collect();
        let units: Vec<organisation::Model> = units.into_iter().map(row).collect();
        let tree = wanted.iter().flat_map(|(o, legal)| {
            let own = organisation_tree::Model { ancestor_id: o.id, descendant_id: o.id };
            let below =
                legal.map(|legal| organisation_tree::Model { ancestor_id: legal, descendant_id: o.id });
            std::iter::once(own).chain(below)
        });
        let tree: Vec<organisation_tree::Model> = tree.collect();
        let new = wholes.iter().chain(&units).filter(|row| !before.contains_key(&row.id));
        let new = by_id(new.cloned().collect());
        put::<organisation::Entity>(db, scope, wholes).await?;
        put::<organisation::Entity>(db, scope, units).await?;
        put::<organisation_tree::Entity>(db, scope, tree).await?;
        known.organisations.extend(ids);
        Ok(new)
    }

    async fn write_names(
        &self,
        db: &WriteTransaction,
        now: DateTime<Utc>,
        scope: Scope,
        known: &mut Known,
        new_organisations: &HashMap<Uuid, organisation::Model>,
    ) -> Result<()> {
        let mut names: BTreeMap<Uuid, organisation_name::Model> = BTreeMap::new();
        let mut add = |organisation_id: Uuid, value: &str, kind, source_id: Option<Uuid>| {
            let id = ids::named(&["organisation name", &organisation_id.to_string(), value]);
            // A name that only the catalogue knew has a first source when one uses it.
            if known.names.get(&id).is_none_or(|sourced| !sourced && source_id.is_some()) {
                let value = value.to_owned();
                let row = organisation_name::Model { id, organisation_id, value, kind, source_id };
                names.entry(id).or_insert(row);
            }
        };
        for (o, _) in self.organisations.values() {
            let used_by = self.names.get(&(o.id, o.name.clone())).copied().flatten();
            add(o.id, &o.name, NameKind::Primary, used_by);
            for former in &o.former_names {
                add(o.id, former, NameKind::Former, None);
            }
        }
        for ((id, value), source) in &self.names {
            // What an organisation that went into another was called first is a name among others now.
            add(*id, value, NameKind::Alias, *source);
        }
        let ids: Vec<Uuid> = names.keys().copied().collect();
        let before: HashMap<Uuid, bool> = if known.are_all {
            ids.iter().filter_map(|id| Some((*id, *known.names.get(id)?))).collect()
        } else if scope == Scope::News {
            let rows = rows::<organisation_name::Entity>(db, organisation_name::Column::Id, &ids).await?;
            rows.into_iter().map(|row| (row.id, row.source_id.is_some())).collect()
        } else {
            // What a rebuild finds is written over.
            HashMap::new()
        };
        let is_news = |name: &organisation_name::Model| {
            before.get(&name.id).is_none_or(|sourced| !sourced && name.source_id.is_some())
        };
        for name in names.values() {
            let sourced = name.source_id.is_some() || before.get(&name.id).is_some_and(|sourced| *sourced);
            known.names.insert(name.id, sourced);
        }
        let new: Vec<_> = names.into_values().filter(is_news).collect();
        if scope == Scope::News {
            let renamed: BTreeSet<Uuid> = new
                .iter()
                .filter(|name| !before.contains_key(&name.id))
                .map(|name| name.organisation_id)
                .filter(|organisation| !new_organisations.contains_key(organisation))
                .collect();
            if !renamed.is_empty() {
                organisation::Entity::update_many()
                    .col_expr(organisation::Column::UpdatedAt, Expr::value(now))
                    .filter(organisation::Column::Id.is_in(renamed))
                    .exec(db)
                    .await?;
            }
        }
        // Of a new organisation all names are new.
        let is_of_new =
            |name: &organisation_name::Model| new_organisations.contains_key(&name.organisation_id);
        let (of_new, others): (Vec<_>, Vec<_>) = new.into_iter().partition(is_of_new);
        let found_by = others.iter().map(|name| name.organisation_id).collect();
        save::<organisation_name::Entity>(db, others).await?;
        search::save_organisations(db, &found_by).await?;
        let mut own: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
        for name in &of_new {
            own.entry(name.organisation_id).or_default().insert(name.value.clone());
        }
        let entry = |row: &organisation::Model| search::organisation(row, own.get(&row.id));
        let entries = new_organisations.values().map(entry).collect();
        put::<organisation_name::Entity>(db, scope, of_new).await?;
        put::<search_entry::Entity>(db, scope, entries).await
    }

    async fn write_funders(
        &self,
        db: &WriteTransaction,
        now: DateTime<Utc>,
        scope: Scope,
        known: &mut Known,
    ) -> Result<()> {
        let ids: Vec<Uuid> = self.funders.keys().filter(|id| !known.funders.contains(*id)).copied().collect();
        let before = by_id(rows::<funder::Entity>(db, funder::Column::Id, known.doubtful(&ids)).await?);
        let mut wanted: Vec<&Funder> = ids
            .iter()
            .filter(|id| scope != Scope::News || !before.contains_key(*id))
            .filter_map(|id| self.funders.get(id))
            .collect();
        // Those that others point at first.
        wanted.sort_by_key(|f| std::iter::successors(Some(*f), |f| f.parent.as_deref()).count());
        let row = |f: &&Funder| {
            let old = before.get(&f.id);
            let administrator = f.administered_by.as_deref().and_then(by_name);
            let row = funder::Model {
                id: f.id,
                sort_key: sort_key(&f.name),
                name: f.name.clone(),
                name_en: f.name_en.clone(),
                kind: FunderKind::try_from_value(&f.kind).unwrap_or(FunderKind::Other),
                programme_period: f.programme_period.clone(),
                administered_by_id: administrator.map(|identity| identity.member().id),
                parent_id: f.parent.as_ref().map(|parent| parent.id),
                projects: old.map_or(0, |old| old.projects),
                created_at: old.map_or(now, |old| old.created_at),
                updated_at: old.map_or(now, |old| old.updated_at),
            };
            let is_changed = old.is_some_and(|old| *old != row);
            funder::Model { updated_at: if is_changed { now } else { row.updated_at }, ..row }
        };
        let rows: Vec<funder::Model> = wanted.iter().map(row).collect();
        search::save_funders(db, &rows).await?;
        save::<funder::Entity>(db, rows).await?;
        known.funders.extend(ids);
        Ok(())
    }
}

/// Those of whom it is known that the database has them, and need not be asked again.
#[derive(Default)]
pub(super) struct Known {
    /// Whether the database has no others.
    are_all: bool,
    organisations: HashSet<Uuid>,
    /// Names, and whether each has a source.
    names: HashMap<Uuid, bool>,
    funders: HashSet<Uuid>,
}

impl Known {
    /// Those of some that are not known which the database may have.
    fn doubtful<'a>(&self, ids: &'a [Uuid]) -> &'a [Uuid] {
        if self.are_all { &[] } else { ids }
    }

    /// All that the database has, which are few where there are no projects yet.
    pub async fn all(db: &impl ConnectionTrait) -> Result<Self> {
        let organisations = organisation::Entity::find().all(db).await?;
        let names = organisation_name::Entity::find().all(db).await?;
        let funders = funder::Entity::find().all(db).await?;
        Ok(Self {
            are_all: true,
            organisations: organisations.into_iter().map(|row| row.id).collect(),
            names: names.into_iter().map(|row| (row.id, row.source_id.is_some())).collect(),
            funders: funders.into_iter().map(|row| row.id).collect(),
        })
    }
}

/// Writes rows: of news it is known that they are not there; other rows may have to be written over.
async fn put<E>(db: &WriteTransaction, scope: Scope, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    if scope == Scope::News { insert_many::<E>(db, rows).await } else { save::<E>(db, rows).await }
}

/// Rows by their ids.
fn by_id<R: Row>(rows: Vec<R>) -> HashMap<Uuid, R> {
    rows.into_iter().map(|row| (row.id(), row)).collect()
}

/// The rows with some ids.
async fn rows<E: EntityTrait>(
    db: &impl ConnectionTrait,
    column: E::Column,
    ids: &[Uuid],
) -> Result<Vec<E::Model>> {
    let mut rows = Vec::new();
    for some in ids.chunks(10_000) {
        rows.extend(E::find().filter(column.is_in(some.iter().copied())).all(db).await?);
    }
    Ok(rows)
}
