//! Who works with whom: organisations joined by the projects they share.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::TryStreamExt;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ActiveEnum, ConnectionTrait, DatabaseConnection, FromQueryResult, StreamTrait};
use uuid::Uuid;

use super::filter::Filter;
use super::sums::Sum;
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::{project, project_amount};
use crate::error::Result;

/// A network of those who take part in some projects.
#[derive(Clone, Debug)]
pub struct Network {
    /// Which projects.
    pub filter: Filter,
    /// Whether units stand for themselves rather than their legal entities.
    pub by_unit: bool,
}

/// Two who share projects, the lower id first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// One of them.
    pub a: Uuid,
    /// The other.
    pub b: Uuid,
    /// How many projects they share.
    pub shared: i64,
}

/// A pair of roles that two have in projects they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// One of them.
    pub a: Uuid,
    /// The other.
    pub b: Uuid,
    /// What one is.
    pub role_a: PartnershipRole,
    /// What the other is.
    pub role_b: PartnershipRole,
    /// In how many projects.
    pub shared: i64,
}

impl Network {
    fn member(&self) -> partnership::Column {
        if self.by_unit { partnership::Column::MemberId } else { partnership::Column::OrganisationId }
    }

    /// Each pair once for each project it shares: `a`, `b` and `project`.
    fn pairs(&self) -> SelectStatement {
        let part = |alias: &'static str, column| Expr::col((Alias::new(alias), column));
        let mut query = Query::select();
        query
            .distinct()
            .expr_as(part("one", self.member()), "a")
            .expr_as(part("other", self.member()), "b")
            .expr_as(part("one", partnership::Column::ProjectId), "project")
            .from(project::Entity)
            .join_as(
                JoinType::InnerJoin,
                partnership::Entity,
                "one",
                part("one", partnership::Column::ProjectId).equals((project::Entity, project::Column::Id)),
            )
            .join_as(
                JoinType::InnerJoin,
                partnership::Entity,
                "other",
                Condition::all()
                    .add(
                        part("other", partnership::Column::ProjectId)
                            .equals((project::Entity, project::Column::Id)),
                    )
                    .add(part("one", self.member()).lt(part("other", self.member()))),
            )
            .cond_where(self.filter.condition());
        query
    }

    /// Who takes part in the projects, and as what; one more than so many at most.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn parts(&self, db: &DatabaseConnection, most: usize) -> Result<Vec<Part>> {
        let part = |column| Expr::col((partnership::Entity, column));
        let mut query = Query::select();
        query
            .exprs([partnership::Column::ProjectId, self.member(), partnership::Column::Role].map(part))
            .from(project::Entity)
            .inner_join(
                partnership::Entity,
                part(partnership::Column::ProjectId).equals((project::Entity, project::Column::Id)),
            )
            .cond_where(self.filter.condition())
            .limit(most as u64 + 1);
        // One after another: together rows take ten times as much as what is kept of them.
        let mut rows = db.stream(&query).await?;
        let mut parts = Vec::new();
        while let Some(row) = rows.try_next().await? {
            parts.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?));
        }
        Ok(parts)
    }

    /// The sums of the projects that those at some edges share.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn amounts(
        &self,
        db: &impl ConnectionTrait,
        edges: &[Edge],
    ) -> Result<Vec<((Uuid, Uuid), Sum)>> {
        let mut query = Query::select();
        query
            .columns([("pair", "a"), ("pair", "b")])
            .from_subquery(self.pairs(), "pair")
            .inner_join(
                project_amount::Entity,
                Expr::col((project_amount::Entity, project_amount::Column::ProjectId))
                    .equals(("pair", "project")),
            )
            .and_where(among(edges))
            .group_by_columns([("pair", "a"), ("pair", "b")]);
        Sum::select(&mut query);
        let mut sums = Vec::new();
        for row in db.query_all(&query).await? {
            sums.push(((row.try_get("", "a")?, row.try_get("", "b")?), Sum::from_query_result(&row, "")?));
        }
        Ok(sums)
    }
}

/// A part in a project: the project, the member and the role.
pub type Part = (Uuid, Uuid, PartnershipRole);

/// Who takes part in some projects, and as what.
#[derive(Debug)]
pub struct Parts {
    /// Each once, by project, member and role.
    rows: Vec<Part>,
    /// The members, in the order of their ids.
    members: Vec<Uuid>,
}

/// The places of two members, the lower in the upper half.
type Pair = u64;

impl Parts {
    /// Puts them in order.
    #[must_use]
    pub fn of(mut rows: Vec<Part>) -> Self {
        rows.sort_unstable_by_key(|(project, member, role)| (*project, *member, *role as u8));
        rows.dedup();
        let mut members: Vec<Uuid> = rows.iter().map(|(_, member, _)| *member).collect();
        members.sort_unstable();
        members.dedup();
        Self { rows, members }
    }

    fn projects(&self) -> impl Iterator<Item = &[Part]> {
        self.rows.chunk_by(|(one, ..), (other, ..)| one == other)
    }

    /// The members of one project, each once.
    fn members(project: &[Part]) -> impl Iterator<Item = Uuid> {
        let own = project.chunk_by(|(_, one, _), (_, other, _)| one == other);
        own.filter_map(|own| Some(own.first()?.1))
    }

    /// The place of a member among all.
    fn place(&self, member: Uuid) -> Option<u32> {
        u32::try_from(self.members.partition_point(|other| *other < member)).ok()
    }

    /// How many pairs there are, those counted in each project that they share.
    #[must_use]
    pub fn pairs_at_most(&self) -> usize {
        self.projects().map(|parts| parts.len() * (parts.len() - 1) / 2).sum()
    }

    /// The edges of at least so many shared projects, those with most first; where there are more than so many, one more
    /// than that.
    #[must_use]
    pub fn edges(&self, min_shared: i64, most: usize) -> Vec<Edge> {
        let mut pairs: Vec<Pair> = Vec::new();
        for project in self.projects() {
            let places: Vec<u32> = Self::members(project).filter_map(|member| self.place(member)).collect();
            for (at, one) in places.iter().enumerate() {
                pairs.extend(places[at + 1..].iter().map(|other| u64::from(*one) << 32 | u64::from(*other)));
            }
        }
        pairs.sort_unstable();
        let member = |place: u64| self.members[usize::try_from(place).unwrap_or_default()];
        let edge = |same: &[Pair]| {
            let shared = i64::try_from(same.len()).unwrap_or(i64::MAX);
            let pair = *same.first()?;
            let edge = Edge { a: member(pair >> 32), b: member(pair & u64::from(u32::MAX)), shared };
            (shared >= min_shared).then_some(edge)
        };
        let edges = pairs.chunk_by(|one, other| one == other).filter_map(edge);
        let mut edges: Vec<Edge> = edges.take(most.saturating_add(1)).collect();
        edges.sort_by_key(|edge| std::cmp::Reverse(edge.shared));
        edges
    }

    /// In how many of the projects each takes part.
    #[must_use]
    pub fn projects_of_each(&self) -> HashMap<Uuid, i64> {
        let mut counts = HashMap::with_capacity(self.members.len());
        for project in self.projects() {
            for member in Self::members(project) {
                *counts.entry(member).or_default() += 1;
            }
        }
        counts
    }

    /// What those at some edges are to each other, the most frequent first.
    #[must_use]
    pub fn roles(&self, edges: &[Edge]) -> Vec<Roles> {
        let wanted: HashSet<(Uuid, Uuid)> = edges.iter().map(|edge| (edge.a, edge.b)).collect();
        let mut shared: BTreeMap<(Uuid, Uuid, String, String), Roles> = BTreeMap::new();
        for project in self.projects() {
            for (at, (_, a, role_a)) in project.iter().enumerate() {
                for (_, b, role_b) in project[at + 1..].iter().filter(|(_, b, _)| wanted.contains(&(*a, *b)))
                {
                    let (a, b, role_a, role_b) = (*a, *b, *role_a, *role_b);
                    let roles = Roles { a, b, role_a, role_b, shared: 0 };
                    shared.entry((a, b, role_a.to_value(), role_b.to_value())).or_insert(roles).shared += 1;
                }
            }
        }
        let mut all: Vec<Roles> = shared.into_values().collect();
        all.sort_by_key(|roles| std::cmp::Reverse(roles.shared));
        all
    }
}

fn among(edges: &[Edge]) -> Expr {
    let pair = Expr::tuple([Expr::col(("pair", "a")), Expr::col(("pair", "b"))]);
    pair.is_in(edges.iter().map(|edge| Expr::tuple([Expr::val(edge.a), Expr::val(edge.b)])))
}

/// The legal entities that share projects with some, each pair once; so many pairs at most.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn neighbours(db: &impl ConnectionTrait, of: &[Uuid], most: u64) -> Result<Vec<(Uuid, Uuid)>> {
    let part = |alias: &'static str, column| Expr::col((Alias::new(alias), column));
    let mut query = Query::select();
    query
        .distinct()
        .expr_as(part("one", partnership::Column::OrganisationId), "a")
        .expr_as(part("other", partnership::Column::OrganisationId), "b")
        .from_as(partnership::Entity, "one")
        .join_as(
            JoinType::InnerJoin,
            partnership::Entity,
            "other",
            Condition::all()
                .add(
                    part("other", partnership::Column::ProjectId)
                        .equals(("one", partnership::Column::ProjectId)),
                )
                .add(
                    part("other", partnership::Column::OrganisationId)
                        .not_equals(("one", partnership::Column::OrganisationId)),
                ),
        )
        .and_where(part("one", partnership::Column::OrganisationId).is_in(of.iter().copied()))
        .limit(most);
    let mut pairs = Vec::new();
    for row in db.query_all(&query).await? {
        pairs.push((row.try_get("", "a")?, row.try_get("", "b")?));
    }
    Ok(pairs)
}

/// The first project by name that two legal entities share.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn shared_project(db: &impl ConnectionTrait, a: Uuid, b: Uuid) -> Result<Option<Uuid>> {
    let part = |alias: &'static str, column| Expr::col((Alias::new(alias), column));
    let mut query = Query::select();
    query
        .expr_as(part("one", partnership::Column::ProjectId), "id")
        .from_as(partnership::Entity, "one")
        .join_as(
            JoinType::InnerJoin,
            partnership::Entity,
            "other",
            part("other", partnership::Column::ProjectId).equals(("one", partnership::Column::ProjectId)),
        )
        .and_where(part("one", partnership::Column::OrganisationId).eq(a))
        .and_where(part("other", partnership::Column::OrganisationId).eq(b))
        .order_by(("one", partnership::Column::ProjectSortKey), sea_orm::sea_query::Order::Asc)
        .order_by(("one", partnership::Column::ProjectId), sea_orm::sea_query::Order::Asc)
        .limit(1);
    let row = db.query_one(&query).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const ROLES: [PartnershipRole; 3] =
        [PartnershipRole::Owner, PartnershipRole::Partner, PartnershipRole::CoFinancier];

    fn rows() -> impl Strategy<Value = Vec<Part>> {
        let row = (0..6_u128, 0..6_u128, 0..ROLES.len());
        let row = row.prop_map(|(project, member, role)| {
            (Uuid::from_u128(project), Uuid::from_u128(member), ROLES[role])
        });
        proptest::collection::vec(row, 0..40)
    }

    /// In how many projects one takes part as something and another as something else.
    fn shared(rows: &[Part], one: impl Fn(&Part) -> bool, other: impl Fn(&Part) -> bool) -> i64 {
        let of = |is: &dyn Fn(&Part) -> bool| -> BTreeSet<Uuid> {
            rows.iter().filter(|row| is(row)).map(|row| row.0).collect()
        };
        of(&one).intersection(&of(&other)).count().try_into().unwrap_or_default()
    }

    proptest! {
        #[test]
        fn edges_and_roles_are_what_looking_at_every_pair_gives(rows in rows(), least in 1..4_i64) {
            let parts = Parts::of(rows.clone());
            let members: BTreeSet<Uuid> = rows.iter().map(|row| row.1).collect();
            let mut expected = Vec::new();
            for a in &members {
                for b in members.range(*a..).skip(1) {
                    let shared = shared(&rows, |row| row.1 == *a, |row| row.1 == *b);
                    if shared >= least {
                        expected.push(Edge { a: *a, b: *b, shared });
                    }
                }
            }
            expected.sort_by_key(|edge| std::cmp::Reverse(edge.shared));
            let edges = parts.edges(least, 100);
            prop_assert_eq!(&edges, &expected);
            prop_assert!(edges.len() <= parts.pairs_at_most());
            prop_assert_eq!(parts.edges(least, 2).len(), edges.len().min(3));

            let own = |member: &Uuid| shared(&rows, |row| row.1 == *member, |row| row.1 == *member);
            let each: HashMap<Uuid, i64> = members.iter().map(|member| (*member, own(member))).collect();
            prop_assert_eq!(parts.projects_of_each(), each);

            let mut expected = Vec::new();
            let mut pairs: Vec<(Uuid, Uuid)> = edges.iter().map(|edge| (edge.a, edge.b)).collect();
            pairs.sort_unstable();
            // By the words of the roles.
            let by_word = [PartnershipRole::CoFinancier, PartnershipRole::Owner, PartnershipRole::Partner];
            for (a, b) in pairs {
                for (role_a, role_b) in by_word.iter().flat_map(|one| by_word.iter().map(move |two| (*one, *two))) {
                    let is = |member, role| move |row: &Part| (row.1, row.2) == (member, role);
                    let shared = shared(&rows, is(a, role_a), is(b, role_b));
                    if shared > 0 {
                        expected.push(Roles { a, b, role_a, role_b, shared });
                    }
                }
            }
            expected.sort_by_key(|roles| std::cmp::Reverse(roles.shared));
            prop_assert_eq!(parts.roles(&edges), expected);
        }
    }
}
