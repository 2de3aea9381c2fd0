//! What organisations and funders are called.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::Scope;
use crate::domain::funding::Funder;
use crate::domain::identity::{Identity, Organisation};
use crate::entities::{funder, organisation};
use crate::error::Result;
use crate::store::packed::Named;

/// A name in Swedish, and one in English.
type Name = (String, Option<String>);

/// What organisations and funders are called: as the database has it where their rows stay as they are, and else as they
/// are met first. Who writes one of them, or its name into the row of a project, asks here: so both say the same.
#[derive(Default)]
pub(super) struct Names {
    organisations: HashMap<Uuid, Name>,
    funders: HashMap<Uuid, Name>,
}

impl Names {
    /// Those that the database has, if what is written now leaves them as they are.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn before(db: &impl ConnectionTrait, scope: Scope) -> Result<Self> {
        if scope != Scope::News {
            return Ok(Self::default());
        }
        let organisations: Vec<(Uuid, String, Option<String>)> = {
            use organisation::Column::{Id, Name, NameEn};
            let select = organisation::Entity::find().select_only().columns([Id, Name, NameEn]);
            select.into_tuple().all(db).await?
        };
        let funders: Vec<(Uuid, String, Option<String>)> = {
            use funder::Column::{Id, Name, NameEn};
            funder::Entity::find().select_only().columns([Id, Name, NameEn]).into_tuple().all(db).await?
        };
        let named = |(id, name, name_en)| (id, (name, name_en));
        Ok(Self {
            organisations: organisations.into_iter().map(named).collect(),
            funders: funders.into_iter().map(named).collect(),
        })
    }

    /// Notes those that a statement speaks of.
    pub fn meet(&mut self, Identity { legal, unit }: &Identity) {
        for met in std::iter::once(legal).chain(unit.as_deref()) {
            self.organisation(met);
        }
    }

    /// Notes one who pays.
    pub fn meet_funder(&mut self, funder: &Funder) {
        self.funder(funder);
    }

    /// What an organisation is called.
    pub fn organisation(&mut self, met: &Organisation) -> &Name {
        self.organisations.entry(met.id).or_insert_with(|| (met.name.clone(), met.name_en.clone()))
    }

    /// What a funder is called.
    pub fn funder(&mut self, met: &Funder) -> &Name {
        self.funders.entry(met.id).or_insert_with(|| (met.name.clone(), met.name_en.clone()))
    }

    /// An organisation that was met.
    pub fn of_organisation(&self, id: Uuid) -> Option<Named<'_>> {
        named(id, self.organisations.get(&id))
    }

    /// A funder that was met.
    pub fn of_funder(&self, id: Uuid) -> Option<Named<'_>> {
        named(id, self.funders.get(&id))
    }
}

fn named(id: Uuid, name: Option<&Name>) -> Option<Named<'_>> {
    name.map(|(name, name_en)| Named { id, name, name_en: name_en.as_deref() })
}
