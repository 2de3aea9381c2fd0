//! What organisations and funders are called.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::settle::{Entry, Ground, locked};
use crate::domain::funding::Funder;
use crate::domain::identity::{Identity, Organisation};
use crate::entities::{funder, organisation};
use crate::error::Result;
use crate::store::batch::KEYS_AT_ONCE;
use crate::store::packed::Named;

/// A name in Swedish, and one in English.
type Name = (String, Option<String>);
type Row = (Uuid, String, Option<String>);

/// What organisations and funders are called: as the database has it where their rows stay as they are, and else as they
/// are met first. Who writes one of them, or its name into the row of a project, asks here: so both say the same.
#[derive(Default)]
pub(super) struct Names {
    organisations: HashMap<Uuid, Name>,
    funders: HashMap<Uuid, Name>,
}

/// Which names of the database are at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtHand {
    /// None yet.
    None,
    /// Those of funders, who are few, and of the organisations that were asked for.
    Some,
    /// All.
    All,
}

/// Of so many statements at most it is found out beforehand whom they speak of.
const FEW: usize = 100;

impl AtHand {
    /// With those of whom some statements speak, as far as the database has them: of few these alone are read.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn with_those_in(
        self,
        entries: &[Entry],
        db: &impl ConnectionTrait,
        ground: &Ground,
    ) -> Result<Self> {
        if self == Self::All {
            return Ok(self);
        }
        let funders = if self == Self::None { Names::of_funders(db).await? } else { Vec::new() };
        let are_few = entries.len() <= FEW;
        let some = are_few.then(|| ground.spoken_of(entries));
        let organisations = Names::of_organisations(db, some).await?;
        locked(&ground.names).know(organisations, funders);
        Ok(if are_few { Self::Some } else { Self::All })
    }
}

impl Names {
    /// Takes the names of funders from the database.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    async fn of_funders(db: &impl ConnectionTrait) -> Result<Vec<(Uuid, Name)>> {
        use funder::Column::{Id, Name, NameEn};
        let rows: Vec<Row> =
            funder::Entity::find().select_only().columns([Id, Name, NameEn]).into_tuple().all(db).await?;
        Ok(rows.into_iter().map(by_id).collect())
    }

    /// Takes the names of organisations from the database: of some, or of all.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn of_organisations(
        db: &impl ConnectionTrait,
        some: Option<BTreeSet<Uuid>>,
    ) -> Result<Vec<(Uuid, Name)>> {
        use organisation::Column::{Id, Name, NameEn};
        let select = || organisation::Entity::find().select_only().columns([Id, Name, NameEn]);
        let mut rows: Vec<Row> = Vec::new();
        match some {
            Some(some) => {
                let some: Vec<Uuid> = some.into_iter().collect();
                for ids in some.chunks(KEYS_AT_ONCE) {
                    let these = select().filter(Id.is_in(ids.iter().copied()));
                    rows.extend(these.into_tuple::<Row>().all(db).await?);
                }
            }
            None => rows = select().into_tuple().all(db).await?,
        }
        Ok(rows.into_iter().map(by_id).collect())
    }

    /// Notes names that the database has.
    pub fn know(&mut self, organisations: Vec<(Uuid, Name)>, funders: Vec<(Uuid, Name)>) {
        self.organisations.extend(organisations);
        self.funders.extend(funders);
    }

    /// Notes those that a statement speaks of.
    pub fn meet(&mut self, identity: &Identity) {
        for met in identity.organisations() {
            self.organisation(met);
        }
    }

    /// What an organisation is called; one that was not met is met by this.
    pub fn organisation(&mut self, met: &Organisation) -> &Name {
        self.organisations.entry(met.id).or_insert_with(|| (met.name.clone(), met.name_en.clone()))
    }

    /// The same of a funder.
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

fn by_id((id, name, name_en): Row) -> (Uuid, Name) {
    (id, (name, name_en))
}

fn named(id: Uuid, name: Option<&Name>) -> Option<Named<'_>> {
    name.map(|(name, name_en)| Named { id, name, name_en: name_en.as_deref() })
}
