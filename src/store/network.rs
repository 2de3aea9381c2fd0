//! Who works with whom: organisations joined by the projects they share.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::breadth::unindexed;
use super::filter::Filter;
use super::page;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, FromQueryResult)]
pub struct Edge {
    /// One of them.
    pub a: Uuid,
    /// The other.
    pub b: Uuid,
    /// How many projects they share.
    pub shared: i64,
}

/// A pair of roles that two have in projects they share.
#[derive(Clone, Copy, Debug, FromQueryResult)]
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

    /// Each pair once for each project it shares: `a`, `b` and `project`, or with their roles.
    fn pairs(&self, with_roles: bool) -> SelectStatement {
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
        if with_roles {
            query
                .expr_as(part("one", partnership::Column::Role), "role_a")
                .expr_as(part("other", partnership::Column::Role), "role_b");
        }
        query
    }

    /// The projects, a row for each part in them.
    fn projects_with_parts(&self) -> SelectStatement {
        let mut query = Query::select();
        query
            .from(project::Entity)
            .inner_join(
                partnership::Entity,
                Expr::col((partnership::Entity, partnership::Column::ProjectId))
                    .equals((project::Entity, project::Column::Id)),
            )
            .cond_where(self.filter.condition());
        query
    }

    /// How many parts the projects have, for a look at how much there is to do.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn parts(&self, db: &impl ConnectionTrait, most: u64) -> Result<u64> {
        let mut some = self.projects_with_parts();
        some.expr_as(Expr::cust("1"), "one").limit(most + 1);
        let mut query = Query::select();
        query.expr_as(Expr::cust("COUNT(*)"), "count").from_subquery(some, "some");
        Ok(u64::try_from(page::count(db, &query).await?).unwrap_or_default())
    }

    /// How many pairs there are, those counted in each project that they share.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn pairs_at_most(&self, db: &impl ConnectionTrait) -> Result<i64> {
        let mut parts = self.projects_with_parts();
        parts.expr_as(Expr::cust("COUNT(*)"), "parts").group_by_col((project::Entity, project::Column::Id));
        let mut query = Query::select();
        let pairs = Expr::cust("CAST(COALESCE(SUM(parts * (parts - 1) / 2), 0) AS bigint)");
        query.expr_as(pairs, "count").from_subquery(parts, "parts");
        page::count(db, &query).await
    }

    /// The edges of at least so many shared projects, those with most first.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn edges(&self, db: &impl ConnectionTrait, min_shared: i32, most: u64) -> Result<Vec<Edge>> {
        let mut query = Query::select();
        query
            .columns(["a", "b"])
            .expr_as(Expr::cust("COUNT(*)"), "shared")
            .from_subquery(self.pairs(false), "pair")
            .group_by_columns(["a", "b"])
            .and_having(Expr::cust("COUNT(*)").gte(min_shared))
            .order_by_expr(Expr::cust("COUNT(*)"), sea_orm::sea_query::Order::Desc)
            .order_by("a", sea_orm::sea_query::Order::Asc)
            .order_by("b", sea_orm::sea_query::Order::Asc)
            .limit(most);
        let rows = db.query_all(&query).await?;
        Ok(rows.iter().map(|row| Edge::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
    }

    /// In how many of the projects some take part.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn projects(&self, db: &impl ConnectionTrait, of: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
        let member = Expr::col((partnership::Entity, self.member()));
        let mut query = self.projects_with_parts();
        query
            .expr_as(member.clone(), "id")
            .expr_as(Expr::cust("COUNT(DISTINCT \"project\".\"id\")"), "count")
            // Of the projects there are only so many; some may take part in many others.
            .and_where(unindexed(member.clone()).is_in(of.iter().copied()))
            .add_group_by([member]);
        let mut counts = HashMap::new();
        for row in db.query_all(&query).await? {
            counts.insert(row.try_get("", "id")?, row.try_get("", "count")?);
        }
        Ok(counts)
    }

    /// What those at some edges are to each other.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn roles(&self, db: &impl ConnectionTrait, edges: &[Edge]) -> Result<Vec<Roles>> {
        let mut query = Query::select();
        query
            .columns(["a", "b", "role_a", "role_b"])
            .expr_as(Expr::cust("COUNT(*)"), "shared")
            .from_subquery(self.pairs(true), "pair")
            .and_where(among(edges))
            .group_by_columns(["a", "b", "role_a", "role_b"])
            .order_by_expr(Expr::cust("COUNT(*)"), sea_orm::sea_query::Order::Desc)
            .order_by("role_a", sea_orm::sea_query::Order::Asc)
            .order_by("role_b", sea_orm::sea_query::Order::Asc);
        let rows = db.query_all(&query).await?;
        Ok(rows.iter().map(|row| Roles::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
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
            .from_subquery(self.pairs(false), "pair")
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
