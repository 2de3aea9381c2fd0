//! The names by which a project and those before it can be known.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::domain::names::fold;
use crate::domain::{ids, series};
use crate::entities::project_series;

/// The rows of a project with these names.
pub(super) fn rows<'a>(project: Uuid, names: impl Iterator<Item = &'a str>) -> Vec<project_series::Model> {
    let mut keys = BTreeSet::new();
    for name in names {
        // As its statements write it, it is found by them.
        let written = fold(name);
        keys.extend(series::own(name).into_iter().filter(|key| *key != written).map(|key| (key, false)));
        keys.extend(series::before(name).into_iter().map(|key| (key, true)));
    }
    let row = |(name_key, is_before): (String, bool)| project_series::Model {
        id: ids::within(project, &["series", &name_key, if is_before { "before" } else { "own" }]),
        project_id: project,
        name_key,
        is_before,
    };
    keys.into_iter().filter(|(key, _)| !key.is_empty()).map(row).collect()
}
