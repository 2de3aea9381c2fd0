//! Which projects are wanted.

use async_graphql::{ID, InputObject};
use sea_orm::{EntityTrait, Select};

use super::failure::Answer;
use super::node::Kind;
use super::region::Region;
use crate::entities::funder::FunderKind;
use crate::entities::project;
use crate::error::Error;
use crate::store::outcomes::Projects;
use crate::store::projects;

/// Which projects are wanted; all conditions must hold. An empty list is no condition.
#[derive(Default, InputObject)]
pub(super) struct ProjectFilter {
    /// Whether sources disagree on it.
    has_conflicts: Option<bool>,
    /// Paid for by one of these funders, by global id.
    funder: Option<Vec<ID>>,
    /// Paid for by a funder of one of these kinds.
    funder_kind: Option<Vec<FunderKind>>,
    /// In one of these counties, by SCB's two digits.
    region: Option<Vec<String>>,
}

impl ProjectFilter {
    /// What is published of the outcomes of these projects. Where only counties are asked for, small projects that are
    /// published together are in them.
    pub fn published(self) -> Answer<Projects> {
        let narrower = self.has_conflicts.is_some()
            || self.funder.as_ref().is_some_and(|ids| !ids.is_empty())
            || self.funder_kind.as_ref().is_some_and(|kinds| !kinds.is_empty());
        let regions = self.region.clone().unwrap_or_default();
        let select = self.select()?;
        Ok(match (narrower, regions.is_empty()) {
            (true, _) => Projects::Selected(Box::new(projects::ids_of(select))),
            (false, true) => Projects::All,
            (false, false) => Projects::OfRegions(regions),
        })
    }

    /// The projects that it lets through.
    pub fn select(self) -> Answer<Select<project::Entity>> {
        let mut select = project::Entity::find();
        if let Some(yes) = self.has_conflicts {
            select = projects::in_conflict(select, yes);
        }
        if let Some(codes) = self.region.filter(|codes| !codes.is_empty()) {
            if let Some(odd) = codes.iter().find(|code| Region::find(Some(code)).is_none()) {
                let reason = format!("{odd:?} is no county; they are two digits such as \"01\"");
                return Err(Error::Argument { argument: "where.region", reason }.into());
            }
            select = projects::in_regions(select, codes);
        }
        if let Some(kinds) = self.funder_kind.filter(|kinds| !kinds.is_empty()) {
            select = projects::paid_by_kind(select, &kinds);
        }
        if let Some(ids) = self.funder.filter(|ids| !ids.is_empty()) {
            let read = |id: &ID| {
                let reason = format!("{} is no id of a funder", id.as_str());
                Kind::Funder.read(id).ok_or(Error::Argument { argument: "where.funder", reason })
            };
            select = projects::paid_by(select, ids.iter().map(read).collect::<Result<_, _>>()?);
        }
        Ok(select)
    }
}
