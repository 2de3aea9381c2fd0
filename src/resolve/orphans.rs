//! What nothing speaks of any more.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select};
use uuid::Uuid;

use crate::entities::{funder, organisation, organisation_name, organisation_tree, project, search_entry};
use crate::error::Result;
use crate::store::write::delete;

/// How many ids one statement looks up.
const IDS: usize = 10_000;

/// Organisations and funders that may be left without any project.
#[derive(Default)]
pub(super) struct Neighbours {
    /// None where every one may be.
    some: Option<(Vec<Uuid>, Vec<Uuid>)>,
}

/// Some organisations and funders that may be left without any, and who may be left without them.
pub(super) async fn neighbours(
    db: &impl ConnectionTrait,
    organisations: &BTreeSet<Uuid>,
    funders: &BTreeSet<Uuid>,
) -> Result<Neighbours> {
    let mut organisations: Vec<Uuid> = organisations.iter().copied().collect();
    let mut all: Vec<Uuid> = funders.iter().copied().collect();
    if !all.is_empty() {
        let rows =
            funder::Entity::find().filter(funder::Column::Id.is_in(all.iter().copied())).all(db).await?;
        all.extend(rows.iter().filter_map(|row| row.parent_id));
        organisations.extend(rows.iter().filter_map(|row| row.administered_by_id));
    }
    Ok(Neighbours { some: Some((organisations, all)) })
}

/// Every organisation and funder.
pub(super) fn everyone() -> Neighbours {
    Neighbours::default()
}

/// The projects that no statement speaks of.
pub(super) async fn projects(db: &impl ConnectionTrait) -> Result<Vec<Uuid>> {
    unused::<project::Entity>(
        db,
        project::Column::Id,
        None,
        &["statement other WHERE other.project_id = project.id"],
    )
    .await
}

impl Neighbours {
    /// Deletes those that nothing points at any more, and says whether there were any.
    pub async fn delete(self, db: &impl ConnectionTrait) -> Result<bool> {
        let (organisations, funders) = match &self.some {
            Some((organisations, funders)) => (Some(&organisations[..]), Some(&funders[..])),
            None => (None, None),
        };
        let mut any = false;
        // A funder can be all that another has below it, and a unit all that a legal entity has.
        loop {
            let gone = unused::<funder::Entity>(
                db,
                funder::Column::Id,
                funders,
                &[
                    "project_funder other WHERE other.funder_id = funder.id",
                    "award other WHERE other.funder_id = funder.id",
                    "funder other WHERE other.parent_id = funder.id",
                ],
            )
            .await?;
            delete::<search_entry::Entity>(db, search_entry::Column::Id, &gone).await?;
            delete::<funder::Entity>(db, funder::Column::Id, &gone).await?;
            if gone.is_empty() {
                break;
            }
            any = true;
        }
        loop {
            let gone = unused::<organisation::Entity>(
                db,
                organisation::Column::Id,
                organisations,
                &[
                    "partnership other WHERE other.member_id = organisation.id",
                    "partnership other WHERE other.organisation_id = organisation.id",
                    "source other WHERE other.publisher_id = organisation.id",
                    "funder other WHERE other.administered_by_id = organisation.id",
                    "organisation other WHERE other.legal_entity_id = organisation.id AND other.id <> organisation.id",
                ],
            )
            .await?;
            if gone.is_empty() {
                return Ok(any);
            }
            any = true;
            delete::<search_entry::Entity>(db, search_entry::Column::Id, &gone).await?;
            delete::<organisation_name::Entity>(db, organisation_name::Column::OrganisationId, &gone).await?;
            delete::<organisation_tree::Entity>(db, organisation_tree::Column::AncestorId, &gone).await?;
            delete::<organisation_tree::Entity>(db, organisation_tree::Column::DescendantId, &gone).await?;
            delete::<organisation::Entity>(db, organisation::Column::Id, &gone).await?;
        }
    }
}

/// Which of some rows, or of all, none of some others points at.
async fn unused<E: EntityTrait>(
    db: &impl ConnectionTrait,
    id: E::Column,
    ids: Option<&[Uuid]>,
    others: &[&str],
) -> Result<Vec<Uuid>> {
    let select = || {
        let select = E::find().select_only().column(id);
        others.iter().fold(select, |select: Select<E>, other| {
            select.filter(Expr::cust(format!("NOT EXISTS (SELECT 1 FROM {other})")))
        })
    };
    let Some(ids) = ids else { return Ok(select().into_tuple().all(db).await?) };
    let mut unused = Vec::new();
    for some in ids.chunks(IDS) {
        unused.extend(select().filter(id.is_in(some.iter().copied())).into_tuple::<Uuid>().all(db).await?);
    }
    Ok(unused)
}
