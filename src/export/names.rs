//! Whom rows speak of, by name: looked up once for many rows.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::error::Result;
use crate::store::listing::{self, Named};

/// How many are remembered.
const KEPT: usize = 100_000;

/// Organisations and units that rows spoke of.
#[derive(Default)]
pub(super) struct Names(HashMap<Uuid, Arc<Named>>);

impl Names {
    /// Looks up those that are not known yet.
    pub async fn learn(&mut self, db: &impl ConnectionTrait, ids: impl Iterator<Item = Uuid>) -> Result<()> {
        let ids: BTreeSet<Uuid> = ids.collect();
        if self.0.len() + ids.len() > KEPT {
            self.0.clear();
        }
        let new: Vec<Uuid> = ids.into_iter().filter(|id| !self.0.contains_key(id)).collect();
        if !new.is_empty() {
            self.0.extend(listing::named(db, &new).await?.into_iter().map(|own| (own.id, Arc::new(own))));
        }
        Ok(())
    }

    /// What one is called that was looked up.
    pub fn of(&self, id: Option<Uuid>) -> Option<Arc<Named>> {
        self.0.get(&id?).map(Arc::clone)
    }
}
