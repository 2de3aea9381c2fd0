//! A project and everything around it, derived from the statements about it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::names::Names;
use super::parties::Part;
use super::partnerships::{partners, partnerships};
use super::{content, search, series};
use crate::domain::claims::{self, Claim, FieldClaims, Said, Value};
use crate::domain::collation::sort_key;
use crate::domain::field::Field;
use crate::domain::funding::{self, Funder, Timing};
use crate::domain::ids;
use crate::domain::matching::number_key;
use crate::domain::number;
use crate::domain::period::Period;
use crate::domain::statement::{AmountKind, Statement};
use crate::domain::written_date::Edge;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{
    award, partnership, partnership_statement, project, project_amount, project_funder, project_name,
    project_number, project_series, reported_result, search_entry,
};
use crate::store::group_figures::Told;
use crate::store::packed;

/// A statement with its source, ready to derive from.
pub(super) struct Spoken {
    pub id: Uuid,
    pub sort_key: Vec<u8>,
    pub source: Uuid,
    pub rank: u8,
    pub dated: NaiveDate,
    pub statement: Statement,
    pub parts: Vec<Part>,
    /// The fields of which an operator chose what it says.
    pub decided: Vec<(Field, i64)>,
}

impl Spoken {
    /// The owner's legal entity and its name.
    fn owner(&self) -> Option<(Uuid, &str)> {
        let owner = self.parts.iter().find(|part| part.role == PartnershipRole::Owner)?;
        Some((owner.identity.legal.id, &owner.identity.legal.name))
    }
}

/// The rows of one project.
#[derive(Debug)]
pub(super) struct Derived {
    pub project: project::Model,
    pub funders: Vec<Funder>,
    pub search: Vec<search_entry::Model>,
    pub names: Vec<project_name::Model>,
    pub series: Vec<project_series::Model>,
    pub numbers: Vec<project_number::Model>,
    pub paid_by: Vec<project_funder::Model>,
    pub amounts: Vec<project_amount::Model>,
    pub awards: Vec<award::Model>,
    pub partnerships: Vec<partnership::Model>,
    pub partnership_statements: Vec<partnership_statement::Model>,
    pub results: Vec<reported_result::Model>,
}

impl Derived {
    /// What figures of groups are made of.
    pub fn told(&self) -> Told<'_> {
        Told {
            region: self.project.region_code.as_deref(),
            starts_on: self.project.starts_on,
            ends_on: self.project.ends_on,
            objective: self.project.specific_objective.as_deref(),
            owner: self.project.owner_id,
            planned: self.project.planned_participants,
            funders: self.paid_by.iter().map(|row| row.funder_id).collect(),
            amounts: self.amounts.iter().map(|row| (row.kind, &*row.currency, row.amount_minor)).collect(),
            partners: self
                .partnerships
                .iter()
                .map(|row| (row.organisation_id, row.member_id, row.role))
                .collect(),
        }
    }
}

/// Derives a project from the statements about it, first recorded first. `now` becomes both its times.
///
/// The organisations that it speaks of must have been met.
pub(super) fn derive(id: Uuid, spoken: &[&Spoken], now: DateTime<Utc>, names: &mut Names) -> Derived {
    let said: Vec<Said<'_>> = spoken
        .iter()
        .map(|s| Said {
            id: s.id,
            rank: s.rank,
            dated: s.dated,
            recorded: &s.sort_key,
            statement: &s.statement,
            owner: s.owner(),
            decided: &s.decided,
        })
        .collect();
    let fields = claims::claims(&said);
    let number = text(&fields, Field::Number);
    let name = text(&fields, Field::Name).or_else(|| number.clone()).unwrap_or_default();
    let key = sort_key(&name);
    let period = period(&fields);
    let decided_on = date(&fields, Field::DecidedOn).map(|edge| edge.first_day());
    let timing = Timing {
        scheme: number.as_deref().and_then(number::normalise).map(|n| n.scheme),
        starts_on: period.and_then(|p| p.start).map(|edge| edge.first_day()),
        ends_on: period.and_then(|p| p.end).map(|edge| edge.last_day()),
        decided_on,
    };
    let (partnerships, partnership_statements) = partnerships(id, &key, spoken);
    let owner = chosen(&fields, Field::Owner).and_then(|claim| match &claim.value {
        Value::Organisation(legal, _) => partnerships
            .iter()
            .find(|p| p.role == PartnershipRole::Owner && p.organisation_id == *legal)
            .map(|p| p.member_id),
        _ => None,
    });
    let paying: Vec<Vec<Funder>> = spoken.iter().map(|s| paying(s, timing)).collect();
    for funder in paying.iter().flatten() {
        names.funder(funder);
    }
    let awards: Vec<award::Model> =
        spoken.iter().zip(&paying).flat_map(|(s, paying)| awards(id, s, paying)).collect();
    let funders = funders(paying);
    let amounts = amounts(id, &fields);
    let first = |kind: AmountKind| {
        amounts.iter().filter(|a| a.kind == kind.into()).min_by(|a, b| a.currency.cmp(&b.currency))
    };
    let (total_budget, granted) = (first(AmountKind::TotalBudget), first(AmountKind::Granted));
    let mut derived = Derived {
        project: project::Model {
            id,
            sort_key: key.clone(),
            period: period.map(|p| p.to_string()),
            starts_on: timing.starts_on,
            ends_on: timing.ends_on,
            region_code: chosen(&fields, Field::Region).and_then(|claim| match &claim.value {
                Value::Place(code, _) => code.clone(),
                _ => None,
            }),
            specific_objective: text(&fields, Field::SpecificObjective),
            decided_on,
            owner_id: owner,
            planned_participants: chosen(&fields, Field::PlannedParticipants).and_then(|claim| {
                if let Value::Count(n) = claim.value { i32::try_from(n).ok() } else { None }
            }),
            partners: partners(&partnerships),
            total_budget_currency: total_budget.map(|a| a.currency.clone()),
            total_budget_minor: total_budget.map(|a| a.amount_minor),
            granted_currency: granted.map(|a| a.currency.clone()),
            granted_minor: granted.map(|a| a.amount_minor),
            conflicts: fields.iter().filter(|f| f.conflict).count().try_into().unwrap_or(i32::MAX),
            content: String::new(),
            packed_partnerships: packed::partnerships(&partnerships, |id| names.of_organisation(id)),
            packed_awards: packed::awards(&awards, |id| names.of_funder(id)),
            created_at: now,
            updated_at: now,
            name: name.clone(),
            number,
        },
        search: Vec::new(),
        names: aliases(id, &name, spoken),
        series: series::rows(id, spoken.iter().filter_map(|s| s.statement.name.as_deref())),
        numbers: numbers(id, spoken),
        paid_by: funders
            .iter()
            .map(|f| project_funder::Model { project_id: id, funder_id: f.id, project_sort_key: key.clone() })
            .collect(),
        amounts,
        awards,
        partnerships,
        partnership_statements,
        results: spoken.iter().flat_map(|s| results(id, s)).collect(),
        funders,
    };
    derived.search = vec![search::project(&derived.project, &derived.names, &derived.numbers)];
    derived.project.content = content::of(&derived, spoken.iter().map(|s| s.id));
    derived
}

fn chosen(fields: &[FieldClaims], field: Field) -> Option<&Claim> {
    fields.iter().find(|f| f.field == field).and_then(FieldClaims::chosen)
}

fn text(fields: &[FieldClaims], field: Field) -> Option<String> {
    match &chosen(fields, field)?.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn date(fields: &[FieldClaims], field: Field) -> Option<Edge> {
    match &chosen(fields, field)?.value {
        Value::Date(edge) => Some(*edge),
        _ => None,
    }
}

/// The chosen start and end; where they exclude each other, the start alone.
fn period(fields: &[FieldClaims]) -> Option<Period> {
    let (start, end) = (date(fields, Field::PeriodStart), date(fields, Field::PeriodEnd));
    Period::new(start, end).or_else(|| Period::new(start, None))
}

fn aliases(project: Uuid, name: &str, spoken: &[&Spoken]) -> Vec<project_name::Model> {
    let names: BTreeSet<&str> = spoken.iter().filter_map(|s| s.statement.name.as_deref()).collect();
    let row = |value: &str| project_name::Model {
        id: ids::within(project, &["name", value]),
        project_id: project,
        value: value.to_owned(),
    };
    names.into_iter().filter(|other| *other != name).map(row).collect()
}

fn numbers(project: Uuid, spoken: &[&Spoken]) -> Vec<project_number::Model> {
    let mut numbers = BTreeMap::new();
    for s in spoken {
        let Some(value) = &s.statement.project_number else { continue };
        let (number_key, scheme) = number_key(value);
        numbers.entry(value.clone()).or_insert_with(|| project_number::Model {
            id: ids::within(project, &["number", value]),
            project_id: project,
            value: value.clone(),
            scheme: scheme.to_owned(),
            number_key,
            source_id: s.source,
        });
    }
    numbers.into_values().collect()
}

/// Who pays by one statement.
fn paying(spoken: &Spoken, timing: Timing) -> Vec<Funder> {
    spoken.statement.funders.iter().map(|name| funding::funder(name, timing)).collect()
}

fn funders(paying: Vec<Vec<Funder>>) -> Vec<Funder> {
    let mut funders: BTreeMap<Uuid, Funder> = BTreeMap::new();
    for funder in paying.into_iter().flatten() {
        funders.entry(funder.id).or_insert(funder);
    }
    // A fund whose programme period is known stands for itself.
    let parents: Vec<Uuid> = funders.values().filter_map(|f| Some(f.parent.as_ref()?.id)).collect();
    funders.into_values().filter(|f| !parents.contains(&f.id)).collect()
}

fn amounts(project: Uuid, fields: &[FieldClaims]) -> Vec<project_amount::Model> {
    let row = |field: &FieldClaims| {
        let (Field::Amount(kind), Some(claim)) = (field.field, field.chosen()) else { return None };
        let Value::Money { currency, minor, uncertainty } = &claim.value else { return None };
        Some(project_amount::Model {
            id: ids::within(project, &["amount", &format!("{kind:?}"), currency]),
            project_id: project,
            kind: kind.into(),
            currency: currency.clone(),
            amount_minor: *minor,
            uncertainty_minor: *uncertainty,
            statement_id: claim.statement,
        })
    };
    fields.iter().filter_map(row).collect()
}

fn awards(project: Uuid, spoken: &Spoken, paying: &[Funder]) -> Vec<award::Model> {
    // Whose grant it is can be told only where one funder is named.
    let payer = match paying {
        [one] => Some(one.id),
        _ => None,
    };
    let row = |(at, amount): (usize, &crate::domain::statement::Amount)| {
        let Some(Value::Money { currency, minor, uncertainty }) = claims::money(amount) else { return None };
        let pays = matches!(
            amount.kind,
            AmountKind::Granted | AmountKind::Applied | AmountKind::EuSupport | AmountKind::Paid
        );
        let mut key = vec![amount.kind as u8];
        key.extend(&spoken.sort_key);
        Some(award::Model {
            id: ids::within(spoken.id, &["award", &at.to_string()]),
            project_id: project,
            statement_id: spoken.id,
            funder_id: payer.filter(|_| pays),
            sort_key: key,
            kind: amount.kind.into(),
            amount_minor: minor,
            currency,
            uncertainty_minor: uncertainty,
            decided_on: spoken.statement.decided_on.as_deref().and_then(|d| d.parse().ok()),
            line: line(amount.line),
        })
    };
    spoken.statement.amounts.iter().enumerate().filter_map(row).collect()
}

fn results(project: Uuid, spoken: &Spoken) -> Vec<reported_result::Model> {
    let row = |(at, figure): (usize, &crate::domain::statement::ReportedFigure)| reported_result::Model {
        id: ids::within(spoken.id, &["result", &at.to_string()]),
        project_id: project,
        statement_id: spoken.id,
        sort_key: {
            let mut key = sort_key(&figure.measure);
            key.push(0);
            key.extend(&spoken.sort_key);
            key.extend(u32::try_from(at).unwrap_or(u32::MAX).to_be_bytes());
            key
        },
        measure: figure.measure.clone(),
        sex: figure.sex.clone(),
        value: i32::try_from(figure.value).unwrap_or(i32::MAX),
    };
    spoken.statement.results.iter().enumerate().map(row).collect()
}

/// A line number as stored.
pub(crate) fn line(line: u32) -> i32 {
    i32::try_from(line).unwrap_or(i32::MAX)
}
