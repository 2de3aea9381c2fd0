//! Organisations and funders that nothing speaks of any more.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::entities::{
    funder, organisation, organisation_name, organisation_tree, partnership, project_funder,
};
use crate::error::Result;
use crate::store::write::delete;

/// Those around some projects, who may be left without any when the projects are derived again.
pub(super) struct Neighbours {
    organisations: Vec<Uuid>,
    funders: Vec<Uuid>,
}

/// Looks up who is around some projects.
pub(super) async fn neighbours(db: &impl ConnectionTrait, projects: &[Uuid]) -> Result<Neighbours> {
    let (mut organisations, mut funders) = (BTreeSet::new(), BTreeSet::new());
    for some in projects.chunks(10_000) {
        let parts = partnership::Entity::find()
            .filter(partnership::Column::ProjectId.is_in(some.iter().copied()))
            .all(db)
            .await?;
        // Units first, so that a legal entity is looked at when its units are gone.
        organisations.extend(parts.iter().map(|part| (part.unit_id.is_none(), part.member_id)));
        organisations.extend(parts.iter().map(|part| (true, part.organisation_id)));
        let paid = project_funder::Entity::find()
            .filter(project_funder::Column::ProjectId.is_in(some.iter().copied()))
            .all(db)
            .await?;
        funders.extend(paid.into_iter().map(|paid| paid.funder_id));
    }
    let organisations = organisations.into_iter().map(|(_, id)| id).collect();
    Ok(Neighbours { organisations, funders: funders.into_iter().collect() })
}

/// Every organisation and funder.
pub(super) async fn everyone(db: &impl ConnectionTrait) -> Result<Neighbours> {
    let mut organisations = organisation::Entity::find().all(db).await?;
    // Units first, so that a legal entity is looked at when its units are gone.
    organisations.sort_by_key(|organisation| organisation.legal_entity_id == organisation.id);
    let funders = funder::Entity::find().all(db).await?;
    Ok(Neighbours {
        organisations: organisations.into_iter().map(|organisation| organisation.id).collect(),
        funders: funders.into_iter().map(|funder| funder.id).collect(),
    })
}

impl Neighbours {
    /// Deletes those that nothing points at any more.
    pub async fn delete_orphans(&self, db: &impl ConnectionTrait) -> Result<()> {
        let funders = unused::<funder::Entity>(
            db,
            funder::Column::Id,
            &self.funders,
            &[
                "project_funder other WHERE other.funder_id = funder.id",
                "award other WHERE other.funder_id = funder.id",
                "funder other WHERE other.parent_id = funder.id",
            ],
        )
        .await?;
        delete::<funder::Entity>(db, funder::Column::Id, &funders).await?;
        for id in &self.organisations {
            let unused = unused::<organisation::Entity>(
                db,
                organisation::Column::Id,
                &[*id],
                &[
                    "partnership other WHERE organisation.id IN (other.member_id, other.organisation_id)",
                    "source other WHERE other.publisher_id = organisation.id",
                    "funder other WHERE other.administered_by_id = organisation.id",
                    "organisation other WHERE other.legal_entity_id = organisation.id AND other.id <> organisation.id",
                ],
            )
            .await?;
            delete::<organisation_name::Entity>(db, organisation_name::Column::OrganisationId, &unused)
                .await?;
            delete::<organisation_tree::Entity>(db, organisation_tree::Column::AncestorId, &unused).await?;
            delete::<organisation_tree::Entity>(db, organisation_tree::Column::DescendantId, &unused).await?;
            delete::<organisation::Entity>(db, organisation::Column::Id, &unused).await?;
        }
        Ok(())
    }
}

/// Which of some rows none of some others points at.
async fn unused<E: EntityTrait>(
    db: &impl ConnectionTrait,
    id: E::Column,
    ids: &[Uuid],
    others: &[&str],
) -> Result<Vec<Uuid>> {
    let mut unused = Vec::new();
    for some in ids.chunks(10_000) {
        let mut select = E::find().select_only().column(id).filter(id.is_in(some.iter().copied()));
        for other in others {
            select = select.filter(Expr::cust(format!("NOT EXISTS (SELECT 1 FROM {other})")));
        }
        unused.extend(select.into_tuple::<Uuid>().all(db).await?);
    }
    Ok(unused)
}
