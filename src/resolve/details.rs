//! Rows of projects and of the tables around them: what was derived takes the place of what stood there.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::graph::Derived;
use crate::entities::{
    award, partnership, partnership_statement, project, project_amount, project_funder, project_name,
    project_number, project_series, reported_result, search_entry,
};
use crate::error::Result;
use crate::store::difference::Difference;
use crate::store::transaction::WriteTransaction;
use crate::store::write::{Prepared, delete};

/// How many projects' rows one statement looks up.
const PROJECTS: usize = 10_000;

/// Rows of some projects.
#[derive(Default)]
pub(super) struct Rows {
    projects: Vec<project::Model>,
    search: Vec<search_entry::Model>,
    names: Vec<project_name::Model>,
    series: Vec<project_series::Model>,
    numbers: Vec<project_number::Model>,
    paid_by: Vec<project_funder::Model>,
    amounts: Vec<project_amount::Model>,
    awards: Vec<award::Model>,
    partnerships: Vec<partnership::Model>,
    partnership_statements: Vec<partnership_statement::Model>,
    results: Vec<reported_result::Model>,
}

impl Rows {
    /// What was derived.
    pub fn derived(derived: Vec<Derived>) -> Self {
        let many = derived.len();
        let mut rows = Self {
            projects: Vec::with_capacity(many),
            search: Vec::with_capacity(many),
            numbers: Vec::with_capacity(many),
            paid_by: Vec::with_capacity(many),
            amounts: Vec::with_capacity(many),
            awards: Vec::with_capacity(many),
            partnerships: Vec::with_capacity(many * 2),
            partnership_statements: Vec::with_capacity(many * 2),
            ..Self::default()
        };
        for own in derived {
            rows.projects.push(own.project);
            rows.search.extend(own.search);
            rows.names.extend(own.names);
            rows.series.extend(own.series);
            rows.numbers.extend(own.numbers);
            rows.paid_by.extend(own.paid_by);
            rows.amounts.extend(own.amounts);
            rows.awards.extend(own.awards);
            rows.partnerships.extend(own.partnerships);
            rows.partnership_statements.extend(own.partnership_statements);
            rows.results.extend(own.results);
        }
        rows
    }

    /// What stands there around some projects. The rows of the projects themselves are not looked up.
    pub async fn around(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Self> {
        let mut rows = Self::default();
        for some in ids.chunks(PROJECTS) {
            rows.search.extend(of::<search_entry::Entity>(db, search_entry::Column::Id, some).await?);
            rows.names.extend(of::<project_name::Entity>(db, project_name::Column::ProjectId, some).await?);
            rows.series
                .extend(of::<project_series::Entity>(db, project_series::Column::ProjectId, some).await?);
            rows.numbers
                .extend(of::<project_number::Entity>(db, project_number::Column::ProjectId, some).await?);
            rows.paid_by
                .extend(of::<project_funder::Entity>(db, project_funder::Column::ProjectId, some).await?);
            rows.amounts
                .extend(of::<project_amount::Entity>(db, project_amount::Column::ProjectId, some).await?);
            rows.awards.extend(of::<award::Entity>(db, award::Column::ProjectId, some).await?);
            rows.partnerships
                .extend(of::<partnership::Entity>(db, partnership::Column::ProjectId, some).await?);
            rows.results
                .extend(of::<reported_result::Entity>(db, reported_result::Column::ProjectId, some).await?);
        }
        let partnerships: Vec<Uuid> = rows.partnerships.iter().map(|row| row.id).collect();
        for some in partnerships.chunks(PROJECTS) {
            let partnership = partnership_statement::Column::PartnershipId;
            rows.partnership_statements
                .extend(of::<partnership_statement::Entity>(db, partnership, some).await?);
        }
        Ok(rows)
    }

    /// With the rows of projects themselves.
    pub fn with(self, projects: Vec<project::Model>) -> Self {
        Self { projects, ..self }
    }

    /// Adds what writes them, none of which is there yet.
    pub fn insert(self, prepared: &mut Prepared) {
        prepared.insert::<project::Entity>(self.projects);
        prepared.insert::<search_entry::Entity>(self.search);
        prepared.insert::<project_name::Entity>(self.names);
        prepared.insert::<project_series::Entity>(self.series);
        prepared.insert::<project_number::Entity>(self.numbers);
        prepared.insert::<project_funder::Entity>(self.paid_by);
        prepared.insert::<project_amount::Entity>(self.amounts);
        prepared.insert::<award::Entity>(self.awards);
        prepared.insert::<partnership::Entity>(self.partnerships);
        prepared.insert::<partnership_statement::Entity>(self.partnership_statements);
        prepared.insert::<reported_result::Entity>(self.results);
    }
}

async fn of<E: EntityTrait>(
    db: &impl ConnectionTrait,
    column: E::Column,
    ids: &[Uuid],
) -> Result<Vec<E::Model>> {
    Ok(E::find().filter(column.is_in(ids.iter().copied())).all(db).await?)
}

/// What turns the rows that stand there into those that were derived.
pub(super) struct Renewal {
    deleting: Prepared,
    writing: Prepared,
    /// Organisations that had a part in a project and may have lost it.
    pub organisations: BTreeSet<Uuid>,
    /// Funders that paid for a project and may not any more.
    pub funders: BTreeSet<Uuid>,
    /// Projects in which somebody had a part that may be lost.
    pub left: BTreeSet<Uuid>,
}

impl Renewal {
    /// What differs.
    pub fn between(old: Rows, new: Rows, backend: DatabaseBackend) -> Self {
        let parts = Difference::<partnership::Entity>::between(old.partnerships, new.partnerships);
        let paid = Difference::<project_funder::Entity>::between(old.paid_by, new.paid_by);
        let awards = Difference::<award::Entity>::between(old.awards, new.awards);
        let links = Difference::<partnership_statement::Entity>::between(
            old.partnership_statements,
            new.partnership_statements,
        );
        let funders = paid.before().map(|row| row.funder_id);
        let mut renewal = Self {
            deleting: Prepared::new(backend),
            writing: Prepared::new(backend),
            organisations: parts.before().flat_map(|row| [row.member_id, row.organisation_id]).collect(),
            funders: funders.chain(awards.before().filter_map(|row| row.funder_id)).collect(),
            left: parts.before().map(|row| row.project_id).collect(),
        };
        // What tells of partnerships goes before them, and comes after them.
        links.delete(&mut renewal.deleting);
        renewal.exchange::<project::Entity>(old.projects, new.projects);
        renewal.exchange::<search_entry::Entity>(old.search, new.search);
        renewal.exchange::<project_name::Entity>(old.names, new.names);
        renewal.exchange::<project_series::Entity>(old.series, new.series);
        renewal.exchange::<project_number::Entity>(old.numbers, new.numbers);
        renewal.exchange::<project_amount::Entity>(old.amounts, new.amounts);
        renewal.exchange::<reported_result::Entity>(old.results, new.results);
        renewal.add(paid);
        renewal.add(awards);
        renewal.add(parts);
        links.write(&mut renewal.writing);
        renewal
    }

    fn exchange<E>(&mut self, old: Vec<E::Model>, new: Vec<E::Model>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + PartialEq,
    {
        self.add(Difference::<E>::between(old, new));
    }

    fn add<E>(&mut self, difference: Difference<E>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + PartialEq,
    {
        difference.delete(&mut self.deleting);
        difference.write(&mut self.writing);
    }

    /// Writes it.
    pub async fn execute(self, db: &WriteTransaction) -> Result<()> {
        self.deleting.execute(db).await?;
        self.writing.execute(db).await
    }
}

/// Deletes projects that no statement speaks of any more, with all around them.
pub(super) async fn forget(db: &WriteTransaction, projects: &[Uuid]) -> Result<()> {
    for some in projects.chunks(PROJECTS) {
        let around = Rows::around(db, some).await?;
        Renewal::between(around, Rows::default(), db.get_database_backend()).execute(db).await?;
    }
    delete::<project::Entity>(db, project::Column::Id, projects).await
}
