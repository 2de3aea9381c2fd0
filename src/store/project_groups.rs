//! Counts and sums of projects in groups. A project counts once in each group that it belongs to.

mod amounts;
mod beside;
mod wanted;

use chrono::NaiveDate;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, NullOrdering, Query, SelectStatement};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

use self::amounts::measured;
use self::beside::Beside;
pub use self::wanted::{By, Measure, Wanted};
use super::breadth::{in_order_of_ids, in_order_of_rows, unindexed};
use super::dimension::{Dimension, Key};
use super::filter::Filter;
use super::group_figures::{self, periods};
use super::order::direction;
use super::sums::{Planned, Sum};
use crate::entities::award::AmountKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{funder, organisation, partnership, project, project_funder};
use crate::error::Result;

/// A question about groups.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Of which projects.
    pub filter: Filter,
    /// Grouped by what; one group of all where nothing is said.
    pub by: Vec<Dimension>,
    /// The day on which it is told whether projects run.
    pub day: NaiveDate,
}

/// A group, and how many projects it has.
#[derive(Clone, Debug)]
pub struct Group {
    /// What it is known by, in the order of the dimensions.
    pub keys: Vec<Key>,
    /// How many projects.
    pub count: i64,
    /// What they plan for.
    pub planned: Planned,
    /// The sums of their amounts of the kinds that are told with them.
    pub sums: Vec<Sum>,
}

/// Groups that are as wanted.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// The groups, in order.
    pub groups: Vec<Group>,
    /// Whether there are more.
    pub is_truncated: bool,
    /// The kinds of amounts whose sums are told with them.
    pub told: Vec<AmountKind>,
}

impl Chosen {
    /// As many of some groups as may be.
    pub(super) fn up_to(limit: u64, mut groups: Vec<Group>) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_truncated = groups.len() > limit;
        groups.truncate(limit);
        Self { groups, is_truncated, told: Vec::new() }
    }
}

fn place(at: usize) -> String {
    format!("key_{at}")
}

impl Groups {
    /// The projects with their keys: `project`, `planned`, `key_0` and so on, what these are sorted by as `name_0`, and
    /// more of each project.
    fn keyed(&self, with_names: bool, more: impl IntoIterator<Item = (String, Expr)>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col((project::Entity, project::Column::Id)), "project")
            .expr_as(Expr::col((project::Entity, project::Column::PlannedParticipants)), "planned")
            .from(project::Entity)
            .cond_where(self.filter.condition());
        for (at, dimension) in self.by.iter().enumerate() {
            query.expr_as(dimension.key(self.day), place(at));
            if let Some(name) = dimension.name().filter(|_| with_names) {
                query.expr_as(name, format!("name_{at}"));
            }
        }
        let mut more = more.into_iter().peekable();
        let is_own = more.peek().is_none() && self.by.iter().all(|dimension| dimension.is_own());
        for (name, value) in more {
            query.expr_as(value, name);
        }
        let mut join = |entity: sea_orm::sea_query::TableRef, alias: &'static str, on: Condition| {
            query.join(JoinType::LeftJoin, entity.alias(alias), on);
        };
        let organisation = || -> sea_orm::sea_query::TableRef { organisation::Entity.into() };
        let own = (project::Entity, project::Column::Id);
        if self.by.iter().any(|dimension| dimension.is_of_funders()) {
            let paid = Expr::col(("paid", project_funder::Column::ProjectId)).equals(own);
            join(project_funder::Entity.into(), "paid", Condition::all().add(paid));
            let payer =
                Expr::col(("payer", funder::Column::Id)).equals(("paid", project_funder::Column::FunderId));
            join(funder::Entity.into(), "payer", Condition::all().add(payer));
        }
        if self.by.iter().any(|dimension| dimension.is_of_owner()) {
            let named = Expr::col(("named", organisation::Column::Id))
                .equals((project::Entity, project::Column::OwnerId));
            join(organisation(), "named", Condition::all().add(named));
            let owner = Expr::col(("owner", organisation::Column::Id))
                .equals(("named", organisation::Column::LegalEntityId));
            join(organisation(), "owner", Condition::all().add(owner));
        }
        if self.by.contains(&Dimension::ResponsibleUnit) {
            let part = |column| Expr::col(("responsible", column));
            let responsible = Condition::all()
                .add(part(partnership::Column::ProjectId).equals(own))
                .add(part(partnership::Column::Role).eq(PartnershipRole::ResponsibleUnit.to_value()));
            join(partnership::Entity.into(), "responsible", responsible);
            let unit = Expr::col(("unit", organisation::Column::Id))
                .equals(("responsible", partnership::Column::MemberId));
            join(organisation(), "unit", Condition::all().add(unit));
        }
        if self.by.contains(&Dimension::ResponsibleUnit) {
            in_order_of_rows(&mut query);
        } else if !is_own {
            in_order_of_ids(&mut query);
        }
        if self.by.iter().any(|dimension| dimension.is_of_funders()) && !self.by.contains(&Dimension::Funder)
        {
            query.distinct();
        }
        query
    }

    fn group_by(&self, query: &mut SelectStatement) {
        for at in 0..self.by.len() {
            query.column(("keyed", Alias::new(place(at))));
            query.group_by_col(("keyed", Alias::new(place(at))));
        }
    }

    fn keys(&self, row: &QueryResult) -> std::result::Result<Vec<Key>, sea_orm::DbErr> {
        self.by.iter().enumerate().map(|(at, dimension)| dimension.read(row, &place(at))).collect()
    }

    /// The one dimension by which all projects are grouped.
    fn of_all(&self) -> Option<Dimension> {
        match self.by[..] {
            [by] if self.filter == Filter::none() => Some(by),
            _ => None,
        }
    }

    /// The groups.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn find(&self, db: &impl ConnectionTrait, wanted: &Wanted) -> Result<Chosen> {
        let kept = match self.of_all() {
            Some(Dimension::Status) => periods::find(db, self.day, wanted).await?,
            Some(by) => group_figures::find(db, by, wanted).await?,
            None => None,
        };
        if let Some(kept) = kept { Ok(kept) } else { self.count(db, wanted).await }
    }

    /// The same, counted.
    pub(super) async fn count(&self, db: &impl ConnectionTrait, wanted: &Wanted) -> Result<Chosen> {
        let beside = Beside::of(&wanted.amounts);
        let by_name = wanted.order.iter().any(|(by, _)| matches!(by, By::Key));
        let measures = wanted.measures();
        let named = measures.iter().enumerate().map(|(at, own)| (format!("measure_{at}"), measured(own)));
        let mut query = Query::select();
        query.from_subquery(self.keyed(by_name, named.chain(beside.of_projects())), "keyed");
        self.group_by(&mut query);
        beside.select(&mut query);
        Planned::select(&mut query, &Expr::col(("keyed", "planned")));
        query.expr_as(Expr::cust("COUNT(*)"), "count");
        let sum = |measure: &Measure| {
            let at = measures.iter().position(|known| *known == measure).unwrap_or_default();
            Expr::cust(format!("CAST(SUM(keyed.measure_{at}) AS bigint)"))
        };
        if let Some(range) = &wanted.count {
            query.cond_having(range.of(&Expr::cust("COUNT(*)")));
        }
        if let Some((measure, range)) = &wanted.sum {
            query.cond_having(range.of(&sum(measure)));
        }
        for (by, falls) in &wanted.order {
            match by {
                By::Count => {
                    query.order_by_expr(Expr::cust("COUNT(*)"), direction(*falls));
                }
                By::Sum(measure) => {
                    query.order_by_expr_with_nulls(sum(measure), direction(*falls), NullOrdering::Last);
                }
                By::Key => self.by_key(&mut query, *falls),
            }
        }
        for at in 0..self.by.len() {
            query.order_by(("keyed", Alias::new(place(at))), sea_orm::sea_query::Order::Asc);
        }
        query.limit(wanted.limit + 1);
        let rows = db.query_all(&query).await?;
        let told = rows.first().map(|row| beside.whole(row)).transpose()?.unwrap_or_default();
        let read = |row: &QueryResult| {
            let (planned, sums) = (Planned::from_query_result(row, "")?, beside.read(row, &told)?);
            Ok(Group { keys: self.keys(row)?, count: row.try_get("", "count")?, planned, sums })
        };
        let groups = rows.iter().map(read).collect::<std::result::Result<_, sea_orm::DbErr>>()?;
        Ok(Chosen { told, ..Chosen::up_to(wanted.limit, groups) })
    }

    /// Sorts by what groups are known by.
    fn by_key(&self, query: &mut SelectStatement, falls: bool) {
        for (at, dimension) in self.by.iter().enumerate() {
            let key = Expr::col(("keyed", Alias::new(place(at))));
            if dimension.name().is_some() {
                let name = Expr::col(("keyed", Alias::new(format!("name_{at}"))));
                query.add_group_by([name.clone()]);
                query.order_by_expr_with_nulls(name, direction(falls), NullOrdering::Last);
            } else {
                let none = if dimension.is_number() { Expr::cust("0") } else { Expr::cust("''") };
                query.order_by_expr(key.clone().eq(none), direction(false));
                query.order_by_expr(key, direction(falls));
            }
        }
    }

    /// Narrows a query to some groups.
    fn only(&self, query: &mut SelectStatement, groups: Option<&[Group]>) {
        let Some(groups) = groups.filter(|_| !self.by.is_empty()) else { return };
        let value = |(dimension, key): (&Dimension, &Key)| match key {
            Key::Id(id) => Expr::val(*id),
            Key::Text(text) => Expr::val(text.clone()),
            Key::Number(number) => Expr::val(*number),
            Key::None if dimension.is_id() => Expr::val(Uuid::nil()),
            Key::None if dimension.is_number() => Expr::val(0),
            Key::None => Expr::val(""),
        };
        let own = Expr::tuple((0..self.by.len()).map(|at| Expr::col(("keyed", Alias::new(place(at))))));
        let keys = groups.iter().map(|group| Expr::tuple(self.by.iter().zip(&group.keys).map(value)));
        query.and_where(own.is_in(keys));
    }

    /// How many legal entities take part in the projects of some groups, or of all.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn organisations(
        &self,
        db: &impl ConnectionTrait,
        groups: Option<&[Group]>,
    ) -> Result<Vec<(Vec<Key>, i64)>> {
        if let Some(by) = self.of_all().filter(|by| *by != Dimension::Status)
            && let Some(found) = group_figures::organisations(db, by, groups).await?
        {
            return Ok(found);
        }
        let mut keyed = self.keyed(false, []);
        in_order_of_rows(&mut keyed);
        let own = unindexed(Expr::col(("keyed", "project")));
        let mut query = Query::select();
        query.from_subquery(keyed, "keyed").inner_join(
            partnership::Entity,
            Expr::col((partnership::Entity, partnership::Column::ProjectId)).eq(own),
        );
        self.group_by(&mut query);
        query.expr_as(Expr::cust("COUNT(DISTINCT \"partnership\".\"organisation_id\")"), "count");
        self.only(&mut query, groups);
        let rows = db.query_all(&query).await?;
        let read = |row: &QueryResult| Ok((self.keys(row)?, row.try_get("", "count")?));
        Ok(rows.iter().map(read).collect::<std::result::Result<_, sea_orm::DbErr>>()?)
    }
}
