//! Granting exact figures and taking that back: verbs of the operator.

use chrono::{DateTime, Utc};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use crate::domain::ids;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{access_grant, organisation};
use crate::error::{Error, Result};
use crate::store::access::{self, Access};

/// What is granted.
#[derive(Clone, Debug)]
pub enum What {
    /// The project with a number, as it is compared.
    Project(String),
    /// Every project in which the organisation, or a unit of it, has a role, now or later.
    Role(PartnershipRole),
}

/// Grants exact figures to an organisation. Granting the same twice changes nothing.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn create(
    access: &Access,
    holder: &organisation::Model,
    what: What,
    now: DateTime<Utc>,
) -> Result<access_grant::Model> {
    let (project_key, role) = match what {
        What::Project(number) => (Some(number), None),
        What::Role(role) => (None, Some(role)),
    };
    let of_role = role.map(|role| role.to_value());
    let words =
        ["grant", &holder.id.to_string(), project_key.as_deref().or(of_role.as_deref()).unwrap_or("")];
    let grant = access_grant::Model {
        id: ids::named(&words),
        organisation_id: holder.id,
        organisation_name: holder.name.clone(),
        project_key,
        role,
        created_at: now,
    };
    access::grants::add(access, grant.clone()).await?;
    Ok(grant)
}

/// Takes a grant back.
///
/// # Errors
/// [`Error::Refused`] where there is no such grant.
pub async fn revoke(access: &Access, id: Uuid) -> Result<()> {
    if access::grants::revoke(access, id).await? {
        return Ok(());
    }
    Err(Error::Refused(format!("there is no grant {id}")))
}
