//! What operators decided, ready to be followed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::parties::Part;
use super::standing;
use crate::domain::field::Field;
use crate::domain::identity::{Identity, identify};
use crate::domain::rulings::Rulings;
use crate::domain::statement::Party;
use crate::entities::decision::{self, DecisionKind};
use crate::entities::{decision_member, source, statement};
use crate::error::Result;
use crate::store::write::save;

/// Lets decisions about a statement of a source that does not speak be about the same project's in the edition that
/// does, before or after it.
pub(super) async fn follow_editions(db: &impl ConnectionTrait) -> Result<()> {
    let members = decision_member::Entity::find()
        .filter(decision_member::Column::StatementId.is_not_null())
        .all(db)
        .await?;
    if members.is_empty() {
        return Ok(());
    }
    let sources: HashMap<Uuid, source::Model> =
        source::Entity::find().all(db).await?.into_iter().map(|row| (row.id, row)).collect();
    let speaking = standing::in_force(&sources);
    let mut moved = Vec::new();
    for member in members {
        let Some(id) = member.statement_id else { continue };
        let Some(said) = statement::Entity::find_by_id(id).one(db).await? else { continue };
        if speaking.contains(&said.source_id) {
            continue;
        }
        let last = |id: &Uuid| {
            let source = sources.get(id)?;
            Some(standing::editions(source, &sources).last().unwrap_or(source).id)
        };
        let editions = speaking.iter().filter(|id| last(id) == last(&said.source_id));
        for source in editions.filter_map(|id| sources.get(id)) {
            let same = match (&said.number_key, &said.name_key) {
                (Some(number), _) => statement::Column::NumberKey.eq(number.as_str()),
                (None, Some(name)) => statement::Column::NameKey.eq(name.as_str()),
                (None, None) => continue,
            };
            let of_source = statement::Entity::find().filter(statement::Column::SourceId.eq(source.id));
            let found = of_source.filter(same).order_by_asc(statement::Column::SortKey).one(db).await?;
            moved.extend(found.map(|found| decision_member::Model {
                statement_id: Some(found.id),
                document: Some(source.file_name.clone()),
                sha256: Some(source.sha256.clone()),
                line: Some(found.line),
                ..member.clone()
            }));
        }
    }
    save::<decision_member::Entity>(db, moved).await
}

/// The decisions in force.
#[derive(Default)]
pub(super) struct Decisions {
    /// Statements about one project.
    together: Vec<Vec<Uuid>>,
    /// Statements about two.
    apart: Vec<(Vec<Uuid>, Vec<Uuid>)>,
    /// By statement, its places in `together`.
    joined: HashMap<Uuid, Vec<usize>>,
    chosen: HashMap<Uuid, Vec<(Field, i64)>>,
    /// By the id of an organisation, whom it was found to be.
    same: HashMap<Uuid, Identity>,
}

impl Decisions {
    /// Reads the decisions that were not taken back.
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self> {
        let decisions = decision::Entity::find()
            .filter(decision::Column::UndoneAt.is_null())
            .order_by_asc(decision::Column::Sequence)
            .all(db)
            .await?;
        if decisions.is_empty() {
            return Ok(Self::default());
        }
        let mut members: BTreeMap<Uuid, Vec<decision_member::Model>> = BTreeMap::new();
        let rows =
            decision_member::Entity::find().order_by_asc(decision_member::Column::Ordinal).all(db).await?;
        for member in rows {
            members.entry(member.decision_id).or_default().push(member);
        }
        let mut all = Self::default();
        for decision in decisions {
            all.add(&decision, members.get(&decision.id).map_or(&[], Vec::as_slice));
        }
        Ok(all)
    }

    fn add(&mut self, decision: &decision::Model, members: &[decision_member::Model]) {
        let side = |side: i32| members.iter().filter(move |m| m.side == side).filter_map(|m| m.statement_id);
        let (first, second): (Vec<Uuid>, Vec<Uuid>) = (side(0).collect(), side(1).collect());
        match decision.kind {
            DecisionKind::Merge if members.iter().any(|member| member.organisation_id.is_some()) => {
                self.unify(members);
            }
            DecisionKind::Merge => self.join(first.into_iter().chain(second).collect()),
            DecisionKind::Split => {
                self.apart.push((first.clone(), second));
                self.join(first);
            }
            DecisionKind::Reject => self.apart.push((first, second)),
            DecisionKind::Choose => {
                let field = decision.field.as_deref().and_then(Field::by_name);
                for (statement, field) in first.into_iter().zip(field) {
                    self.chosen.entry(statement).or_default().push((field, decision.sequence));
                }
            }
        }
    }

    fn join(&mut self, statements: Vec<Uuid>) {
        for statement in &statements {
            self.joined.entry(*statement).or_default().push(self.together.len());
        }
        self.together.push(statements);
    }

    /// All members are the last one.
    fn unify(&mut self, members: &[decision_member::Model]) {
        let Some((last, others)) = members.split_last() else { return };
        let party =
            Party { name: last.name.clone().unwrap_or_default(), number: last.number.clone(), unit: None };
        let Some(identity) = identify(&party, None) else { return };
        // It may itself have been found to be another.
        let identity = self.same.get(&identity.member().id).cloned().unwrap_or(identity);
        let ids: Vec<Uuid> = others.iter().filter_map(|member| member.organisation_id).collect();
        for known in self.same.values_mut().filter(|known| ids.contains(&known.member().id)) {
            *known = identity.clone();
        }
        self.same.extend(ids.into_iter().map(|id| (id, identity.clone())));
    }

    /// The statements that a decision joins with one.
    pub fn joined_with(&self, statement: Uuid) -> impl Iterator<Item = Uuid> {
        let groups = self.joined.get(&statement).into_iter().flatten();
        groups.filter_map(|at| self.together.get(*at)).flatten().copied()
    }

    /// The fields of which what a statement says was chosen.
    pub fn chosen(&self, statement: Uuid) -> &[(Field, i64)] {
        self.chosen.get(&statement).map_or(&[], Vec::as_slice)
    }

    /// Puts whom an organisation was found to be in its place.
    pub fn unite(&self, parts: &mut [Part]) {
        if self.same.is_empty() {
            return;
        }
        for part in parts {
            let before = part.identity.member().id;
            if let Some(found) = self.same.get(&before) {
                part.identity = Arc::new(found.clone());
            } else if let Some(found) = self.same.get(&part.identity.legal.id) {
                Arc::make_mut(&mut part.identity).legal = found.legal.clone();
            }
            let after = part.identity.member().id;
            for (id, _) in Arc::make_mut(&mut part.names) {
                if *id == before {
                    *id = after;
                } else if let Some(found) = self.same.get(id) {
                    *id = found.member().id;
                }
            }
        }
    }

    /// The decisions about some statements, by their places in a list.
    pub fn among(&self, statements: &[Uuid]) -> Rulings {
        let mut rulings = Rulings::default();
        if self.together.is_empty() && self.apart.is_empty() {
            return rulings;
        }
        let places: HashMap<Uuid, usize> = statements.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let here = |ids: &[Uuid]| ids.iter().filter_map(|id| places.get(id).copied()).collect::<Vec<usize>>();
        for group in &self.together {
            let group = here(group);
            rulings.together.extend(group.windows(2).map(|pair| (pair[0], pair[1])));
        }
        for (these, those) in &self.apart {
            let those = here(those);
            for one in here(these) {
                for other in &those {
                    rulings.set_apart(one, *other);
                }
            }
        }
        rulings
    }
}
