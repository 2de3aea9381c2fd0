//! What a partner may see beyond what everybody may: who asks, and exact figures of what it was granted.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::context::Ask;
use super::failure::Answer;
use super::filter::today;
use super::request::{JsonValue, Prepared};
use crate::access::log::Shown;
use crate::access::{Access, Asker};
use crate::domain::scope::Scope;
use crate::entities::project;
use crate::error::Error;
use crate::outcomes::own::{self, Unit};
use crate::store::outcomes::{Number, Tabulation};
use crate::store::own::{OfParents, Own};
use crate::store::page::Relation;

/// Who asks a request, and what it was shown. Only requests that ask for what is not everybody's have one: all others
/// are answered the same with a key and without.
pub(super) struct Partner {
    pub asker: Asker,
    pub access: Access,
    /// The exact figures of each project, by its number: its id, and how many participations. None before any was
    /// asked for.
    shown: Mutex<Option<BTreeMap<String, (Uuid, u64)>>>,
    /// Whether the request has proposed a correction.
    pub has_proposed: AtomicBool,
}

impl Partner {
    /// Nothing has been shown yet.
    pub fn new(asker: Asker, access: Access) -> Self {
        Self { asker, access, shown: Mutex::default(), has_proposed: AtomicBool::new(false) }
    }

    /// Refuses what the key does not allow.
    pub fn needs(&self, scope: Scope) -> Result<(), Error> {
        if self.asker.viewer.may(scope) {
            return Ok(());
        }
        Err(Error::Forbidden(format!("your key does not allow {}", scope.word())))
    }

    /// The exact numbers that answer a question about the projects of a parent; none where nothing was granted, or
    /// there are no participations.
    pub async fn numbers<R: Relation<Child = project::Entity>>(
        &self,
        ctx: &Context<'_>,
        asked: &Tabulation,
        projects: R,
        parent: Uuid,
    ) -> Answer<Vec<Number>> {
        self.needs(Scope::ReadExact)?;
        let granted = self.asker.viewer.granted.clone();
        let question = OfParents { projects, granted, by_funder: asked.by_funder };
        let rows = ctx.load(question, parent).await?;
        let units = try_join_all(rows.iter().map(|row| ctx.exact(row.number_key.clone()))).await?;
        self.note(&rows, &units);
        let own: Vec<(Own, &[Unit])> =
            rows.iter().zip(&units).map(|(row, units)| (row.clone(), &***units)).collect();
        Ok(own::numbers(asked, &own))
    }

    fn note(&self, rows: &[Own], units: &[Arc<Vec<Unit>>]) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = shown.get_or_insert_default();
        for (row, units) in rows.iter().zip(units).filter(|(_, units)| !units.is_empty()) {
            let participations = units.iter().map(|unit| u64::from(unit.counts.all)).sum();
            shown.insert(row.number_key.clone(), (row.project_id, participations));
        }
    }

    /// What has been shown of exact figures; none where none was asked for.
    pub fn shown(&self, prepared: &Prepared, request_id: &str) -> Option<Shown> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let mut projects: Vec<Uuid> = shown.values().map(|(project, _)| *project).collect();
        projects.sort_unstable();
        projects.dedup();
        Some(Shown {
            asker: self.asker.clone(),
            at: chrono::Utc::now(),
            request: request_id.to_owned(),
            operation: prepared.operation.name.as_ref().map(ToString::to_string),
            document: hex::encode(prepared.document.hash),
            variables: JsonValue::Object((*prepared.variables).clone()).to_string(),
            participations: shown.values().map(|(_, participations)| participations).sum(),
            projects,
        })
    }
}

/// Counts the participations of some projects, by their numbers.
pub(super) async fn count(
    access: &Access,
    numbers: &[String],
) -> crate::error::Result<std::collections::HashMap<String, Vec<Unit>>> {
    own::count(access.exact().await?, numbers, today()).await
}
