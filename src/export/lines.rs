//! What is written of each row.

use std::sync::Arc;

use sea_orm::ActiveEnum;
use serde::Serialize;
use uuid::Uuid;

use super::Rows;
use super::cells::{Amount, Id, Text, number};
use crate::store::listing::{Award, Funder, Named, Organisation, Partnership, Project};

/// A row to be written, with all that it tells of others.
pub(super) trait Line: Send + 'static {
    /// The id by which it is in order.
    fn id(&self) -> Uuid;

    /// Writes it.
    fn put(&self, rows: &mut Rows);
}

#[derive(Serialize)]
struct ProjectRow<'a> {
    id: Id,
    number: Option<Text<'a>>,
    name: Text<'a>,
    starts_on: Option<chrono::NaiveDate>,
    ends_on: Option<chrono::NaiveDate>,
    period: Option<&'a str>,
    region_code: Option<&'a str>,
    specific_objective: Option<Text<'a>>,
    decided_on: Option<chrono::NaiveDate>,
    owner_id: Option<Id>,
    owner_name: Option<Text<'a>>,
    owner_number: Option<String>,
    /// The funders' names, with `; ` between them.
    funders: Text<'a>,
    total_budget: Option<Amount>,
    total_budget_currency: Option<&'a str>,
    granted: Option<Amount>,
    granted_currency: Option<&'a str>,
    planned_participants: Option<i32>,
    partners: i32,
    conflicts: i32,
    updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
struct OrganisationRow<'a> {
    id: Id,
    name: Text<'a>,
    name_en: Option<Text<'a>>,
    kind: String,
    level: &'static str,
    number: Option<String>,
    legal_entity_id: Id,
    municipality_code: Option<&'a str>,
    region_code: Option<&'a str>,
    projects: i32,
    updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
struct FunderRow<'a> {
    id: Id,
    name: Text<'a>,
    name_en: Option<Text<'a>>,
    kind: String,
    programme_period: Option<&'a str>,
    parent_id: Option<Id>,
    projects: i32,
    updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
struct AwardRow<'a> {
    id: Id,
    project_id: Id,
    project_number: Option<Text<'a>>,
    project_name: Text<'a>,
    kind: String,
    amount: Amount,
    currency: &'a str,
    uncertainty: Amount,
    funder_id: Option<Id>,
    funder_name: Option<Text<'a>>,
    decided_on: Option<chrono::NaiveDate>,
    source_id: Id,
    source_title: Text<'a>,
    line: i32,
}

#[derive(Serialize)]
struct PartnershipRow<'a> {
    id: Id,
    project_id: Id,
    project_number: Option<Text<'a>>,
    project_name: Text<'a>,
    role: String,
    organisation_id: Id,
    organisation_name: Text<'a>,
    organisation_number: Option<String>,
    organisation_kind: String,
    unit_id: Option<Id>,
    unit_name: Option<Text<'a>>,
}

/// A project, the names of who pays for it, and its owner.
pub(super) struct Funded {
    pub project: Project,
    pub funders: String,
    pub owner: Option<Arc<Named>>,
}

impl Line for Funded {
    fn id(&self) -> Uuid {
        self.project.id
    }

    fn put(&self, rows: &mut Rows) {
        let (form, row) = (rows.form, &self.project);
        rows.put(&ProjectRow {
            id: Id(b'P', row.id),
            number: row.number.as_deref().map(|number| Text(form, number)),
            name: Text(form, &row.name),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            period: row.period.as_deref(),
            region_code: row.region_code.as_deref(),
            specific_objective: row.specific_objective.as_deref().map(|text| Text(form, text)),
            decided_on: row.decided_on,
            owner_id: row.owner_id.map(|id| Id(b'O', id)),
            owner_name: self.owner.as_ref().map(|owner| Text(form, &owner.name)),
            owner_number: self.owner.as_ref().and_then(|owner| number(owner.number.as_ref())),
            funders: Text(form, &self.funders),
            total_budget: row.total_budget_minor.map(Amount),
            total_budget_currency: row.total_budget_currency.as_deref(),
            granted: row.granted_minor.map(Amount),
            granted_currency: row.granted_currency.as_deref(),
            planned_participants: row.planned_participants,
            partners: row.partners,
            conflicts: row.conflicts,
            updated_at: row.updated_at,
        });
    }
}

impl Line for Organisation {
    fn id(&self) -> Uuid {
        self.id
    }

    fn put(&self, rows: &mut Rows) {
        let (form, row) = (rows.form, self);
        rows.put(&OrganisationRow {
            id: Id(b'O', row.id),
            name: Text(form, &row.name),
            name_en: row.name_en.as_deref().map(|name| Text(form, name)),
            kind: row.kind.to_value(),
            level: if row.legal_entity_id == row.id { "LEGAL_ENTITY" } else { "UNIT" },
            number: number(row.number.as_ref()),
            legal_entity_id: Id(b'O', row.legal_entity_id),
            municipality_code: row.municipality_code.as_deref(),
            region_code: row.region_code.as_deref(),
            projects: row.projects,
            updated_at: row.updated_at,
        });
    }
}

impl Line for Funder {
    fn id(&self) -> Uuid {
        self.id
    }

    fn put(&self, rows: &mut Rows) {
        let (form, row) = (rows.form, self);
        rows.put(&FunderRow {
            id: Id(b'F', row.id),
            name: Text(form, &row.name),
            name_en: row.name_en.as_deref().map(|name| Text(form, name)),
            kind: row.kind.to_value(),
            programme_period: row.programme_period.as_deref(),
            parent_id: row.parent_id.map(|id| Id(b'F', id)),
            projects: row.projects,
            updated_at: row.updated_at,
        });
    }
}

/// An amount, which source states it, and the name of who pays.
pub(super) struct Stated {
    pub award: Award,
    pub source: Arc<(Uuid, String)>,
    pub funder: Option<Arc<str>>,
}

impl Line for Stated {
    fn id(&self) -> Uuid {
        self.award.id
    }

    fn put(&self, rows: &mut Rows) {
        let (form, row, (source_id, source_title)) = (rows.form, &self.award, &*self.source);
        rows.put(&AwardRow {
            id: Id(b'A', row.id),
            project_id: Id(b'P', row.project_id),
            project_number: row.project_number.as_deref().map(|number| Text(form, number)),
            project_name: Text(form, &row.project_name),
            kind: row.kind.to_value(),
            amount: Amount(row.amount_minor),
            currency: &row.currency,
            uncertainty: Amount(row.uncertainty_minor),
            funder_id: row.funder_id.map(|id| Id(b'F', id)),
            funder_name: self.funder.as_deref().map(|name| Text(form, name)),
            decided_on: row.decided_on,
            source_id: Id(b'S', *source_id),
            source_title: Text(form, source_title),
            line: row.line,
        });
    }
}

/// A part in a project, and whose it is.
pub(super) struct TakingPart {
    pub part: Partnership,
    pub whole: Arc<Named>,
    pub unit: Option<Arc<Named>>,
}

impl Line for TakingPart {
    fn id(&self) -> Uuid {
        self.part.id
    }

    fn put(&self, rows: &mut Rows) {
        let (form, row) = (rows.form, &self.part);
        rows.put(&PartnershipRow {
            id: Id(b'R', row.id),
            project_id: Id(b'P', row.project_id),
            project_number: row.project_number.as_deref().map(|number| Text(form, number)),
            project_name: Text(form, &row.project_name),
            role: row.role.to_value(),
            organisation_id: Id(b'O', row.organisation_id),
            organisation_name: Text(form, &self.whole.name),
            organisation_number: number(self.whole.number.as_ref()),
            organisation_kind: self.whole.kind.to_value(),
            unit_id: row.unit_id.map(|id| Id(b'O', id)),
            unit_name: self.unit.as_ref().map(|unit| Text(form, &unit.name)),
        });
    }
}
