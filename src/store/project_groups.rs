//! Counts and sums of projects in groups. A project counts once in each group that it belongs to.

use chrono::NaiveDate;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, NullOrdering, Query, SelectStatement};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

use super::dimension::{Dimension, Key};
use super::filter::Filter;
use super::order::direction;
use super::project_filter::Range;
use super::sums::{Planned, Sum};
use crate::entities::award::AmountKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{funder, organisation, partnership, project, project_amount, project_funder};
use crate::error::Result;

/// A kind of amounts in one currency.
pub type Measure = (AmountKind, String);

/// What groups are put in order by.
#[derive(Clone, Debug)]
pub enum By {
    /// How many projects.
    Count,
    /// The sum of some amounts; groups without any come last.
    Sum(Measure),
    /// What they are known by, names in Swedish order; what has none comes last.
    Key,
}

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

/// Which groups are wanted, and in which order.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only those of so many projects.
    pub count: Option<Range<i32>>,
    /// Only those with such a sum, in minor units.
    pub sum: Option<(Measure, Range<i64>)>,
    /// The order; the largest first goes with `true`.
    pub order: Vec<(By, bool)>,
    /// So many at most.
    pub limit: u64,
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
}

fn place(at: usize) -> String {
    format!("key_{at}")
}

impl Groups {
    /// The projects with their keys: `project`, `planned`, `key_0` and so on, and what these are sorted by as `name_0`.
    fn keyed(&self, with_names: bool) -> SelectStatement {
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

    /// The groups, and whether there are more.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn find(&self, db: &impl ConnectionTrait, wanted: &Wanted) -> Result<(Vec<Group>, bool)> {
        let by_name = wanted.order.iter().any(|(by, _)| matches!(by, By::Key));
        let mut query = Query::select();
        query.from_subquery(self.keyed(by_name), "keyed");
        self.group_by(&mut query);
        Planned::select(&mut query, &Expr::col(("keyed", "planned")));
        query.expr_as(Expr::cust("COUNT(*)"), "count");
        let mut measures: Vec<&Measure> = Vec::new();
        let mut sum = |query: &mut SelectStatement, measure| {
            let at = measures.iter().position(|known| *known == measure).unwrap_or_else(|| {
                measures.push(measure);
                measure_of(query, measure, measures.len() - 1)
            });
            Expr::cust(format!("CAST(SUM(measure_{at}.amount_minor) AS bigint)"))
        };
        if let Some(range) = &wanted.count {
            query.cond_having(range.of(&Expr::cust("COUNT(*)")));
        }
        if let Some((measure, range)) = &wanted.sum {
            let sum = sum(&mut query, measure);
            query.cond_having(range.of(&sum));
        }
        for (by, falls) in &wanted.order {
            match by {
                By::Count => {
                    query.order_by_expr(Expr::cust("COUNT(*)"), direction(*falls));
                }
                By::Sum(measure) => {
                    let sum = sum(&mut query, measure);
                    query.order_by_expr_with_nulls(sum, direction(*falls), NullOrdering::Last);
                }
                By::Key => self.by_key(&mut query, *falls),
            }
        }
        for at in 0..self.by.len() {
            query.order_by(("keyed", Alias::new(place(at))), sea_orm::sea_query::Order::Asc);
        }
        query.limit(wanted.limit + 1);
        let mut groups = Vec::new();
        for row in db.query_all(&query).await? {
            let planned = Planned::from_query_result(&row, "")?;
            groups.push(Group { keys: self.keys(&row)?, count: row.try_get("", "count")?, planned });
        }
        let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
        let is_truncated = groups.len() > limit;
        groups.truncate(limit);
        Ok((groups, is_truncated))
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

    /// The sums of chosen amounts of some groups, or of all, by kind and currency; of some kinds, or of all where none
    /// is named.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn amounts(
        &self,
        db: &impl ConnectionTrait,
        groups: Option<&[Group]>,
        kinds: &[AmountKind],
    ) -> Result<Vec<(Vec<Key>, Sum)>> {
        let mut query = Query::select();
        query.from_subquery(self.keyed(false), "keyed").inner_join(
            project_amount::Entity,
            Expr::col((project_amount::Entity, project_amount::Column::ProjectId))
                .equals(("keyed", "project")),
        );
        self.group_by(&mut query);
        Sum::select(&mut query);
        if !kinds.is_empty() {
            let kinds = kinds.iter().map(ActiveEnum::to_value);
            query.and_where(Expr::col((project_amount::Entity, project_amount::Column::Kind)).is_in(kinds));
        }
        self.only(&mut query, groups);
        let rows = db.query_all(&query).await?;
        let read = |row: &QueryResult| Ok((self.keys(row)?, Sum::from_query_result(row, "")?));
        Ok(rows.iter().map(read).collect::<std::result::Result<_, sea_orm::DbErr>>()?)
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
        let mut query = Query::select();
        query.from_subquery(self.keyed(false), "keyed").inner_join(
            partnership::Entity,
            Expr::col((partnership::Entity, partnership::Column::ProjectId)).equals(("keyed", "project")),
        );
        self.group_by(&mut query);
        query.expr_as(Expr::cust("COUNT(DISTINCT \"partnership\".\"organisation_id\")"), "count");
        self.only(&mut query, groups);
        let rows = db.query_all(&query).await?;
        let read = |row: &QueryResult| Ok((self.keys(row)?, row.try_get("", "count")?));
        Ok(rows.iter().map(read).collect::<std::result::Result<_, sea_orm::DbErr>>()?)
    }
}

/// Joins the amounts of a measure, of which a project has one at most.
fn measure_of(query: &mut SelectStatement, measure: &Measure, at: usize) -> usize {
    let alias = format!("measure_{at}");
    let amount = |column| Expr::col((Alias::new(&alias), column));
    query.join_as(
        JoinType::LeftJoin,
        project_amount::Entity,
        Alias::new(&alias),
        Condition::all()
            .add(amount(project_amount::Column::ProjectId).equals(("keyed", "project")))
            .add(amount(project_amount::Column::Kind).eq(measure.0.to_value()))
            .add(amount(project_amount::Column::Currency).eq(measure.1.clone())),
    );
    at
}
