//! Counts and sums of projects in groups. A project counts once in each group that it belongs to.

mod wanted;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, JoinType, NullOrdering, Query, SelectStatement, UnionType,
};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult, Iterable, QueryResult};
use uuid::Uuid;

pub use self::wanted::{By, Measure, Wanted};
use super::breadth::{in_order_of_ids, in_order_of_rows, unindexed};
use super::dimension::{Dimension, Key};
use super::filter::Filter;
use super::group_figures::{self, periods};
use super::order::direction;
use super::project_filter::first_amount;
use super::sums::{Planned, Sum};
use crate::entities::award::AmountKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{funder, organisation, partnership, project, project_amount, project_funder};
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

    /// The groups, and whether there are more.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn find(&self, db: &impl ConnectionTrait, wanted: &Wanted) -> Result<(Vec<Group>, bool)> {
        let kept = match self.of_all() {
            Some(Dimension::Status) => periods::find(db, self.day, wanted).await?,
            Some(by) => group_figures::find(db, by, wanted).await?,
            None => None,
        };
        if let Some(kept) = kept { Ok(kept) } else { self.count(db, wanted).await }
    }

    /// The same, counted.
    pub(super) async fn count(
        &self,
        db: &impl ConnectionTrait,
        wanted: &Wanted,
    ) -> Result<(Vec<Group>, bool)> {
        let by_name = wanted.order.iter().any(|(by, _)| matches!(by, By::Key));
        let measures = wanted.measures();
        let named = measures.iter().enumerate().map(|(at, own)| (format!("measure_{at}"), measured(own)));
        let mut query = Query::select();
        query.from_subquery(self.keyed(by_name, named), "keyed");
        self.group_by(&mut query);
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
        let kept = match self.of_all() {
            Some(Dimension::Status) => periods::amounts(db, self.day, groups, kinds).await?,
            Some(by) => group_figures::amounts(db, by, groups, kinds).await?,
            None => None,
        };
        if let Some(kept) = kept { Ok(kept) } else { self.count_amounts(db, groups, kinds).await }
    }

    /// The same, counted.
    pub(super) async fn count_amounts(
        &self,
        db: &impl ConnectionTrait,
        groups: Option<&[Group]>,
        kinds: &[AmountKind],
    ) -> Result<Vec<(Vec<Key>, Sum)>> {
        let all: Vec<AmountKind> = AmountKind::iter().collect();
        let kinds = if kinds.is_empty() { &all } else { kinds };
        let (beside, others): (Vec<AmountKind>, Vec<AmountKind>) =
            kinds.iter().partition(|kind| first_amount(**kind).is_some());
        let mut parts = Vec::new();
        for kind in beside {
            parts.extend(self.first_amounts(kind));
            parts.extend(self.further_amounts(kind));
        }
        if !others.is_empty() {
            parts.push(self.other_amounts(&others));
        }
        for part in &mut parts {
            self.group_by(part);
            self.only(part, groups);
        }
        let mut parts = parts.into_iter();
        let Some(mut query) = parts.next() else { return Ok(Vec::new()) };
        for part in parts {
            query.union(UnionType::All, part);
        }
        let mut sums: HashMap<(Vec<Key>, AmountKind, String), Sum> = HashMap::new();
        for row in db.query_all(&query).await? {
            let sum = Sum::from_query_result(&row, "")?;
            let same = sums.entry((self.keys(&row)?, sum.kind, sum.currency.clone()));
            same.and_modify(|known| known.add(&sum)).or_insert(sum);
        }
        let mut sums: Vec<(Vec<Key>, Sum)> = sums.into_iter().map(|((keys, ..), sum)| (keys, sum)).collect();
        sums.sort_by_cached_key(|(_, sum)| (sum.kind.to_value(), sum.currency.clone()));
        Ok(sums)
    }

    /// The sums of what stands beside the projects themselves: of a project in several currencies the first.
    fn first_amounts(&self, kind: AmountKind) -> Option<SelectStatement> {
        let (currency, minor) = first_amount(kind)?;
        let more = [("currency".to_owned(), unindexed(currency)), ("minor".to_owned(), minor)];
        let of = |column: &'static str| Expr::col(("keyed", column));
        let mut query = Query::select();
        query.from_subquery(self.keyed(false, more), "keyed").and_where(of("currency").is_not_null());
        query.add_group_by([of("currency")]);
        Sum::columns(&mut query, Expr::val(kind.to_value()), of("currency"), &of("minor"));
        Some(query)
    }

    /// The sums of these projects' amounts in further currencies. Only those are looked at whose first is not the last
    /// that there is: few, and none where all have the same.
    fn further_amounts(&self, kind: AmountKind) -> Option<SelectStatement> {
        use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
        let (first, _) = first_amount(kind)?;
        let currency = |which: Expr| {
            let mut all = Query::select();
            all.expr(which).from(project_amount::Entity).and_where(Expr::col(Kind).eq(kind.to_value()));
            Expr::SubQuery(None, Box::new(all.into()))
        };
        let last = || currency(Expr::col(Currency).max());
        let mut keyed = self.keyed(false, [("currency".to_owned(), first.clone())]);
        keyed.and_where(first.lt(last()));
        // Of one currency there is nothing to look for, which databases see before they begin.
        keyed.and_where(currency(Expr::col(Currency).min()).lt(last()));
        let of = |column| Expr::col((project_amount::Entity, column));
        let further = Condition::all()
            .add(of(ProjectId).eq(unindexed(Expr::col(("keyed", "project")))))
            .add(unindexed(of(Kind)).eq(kind.to_value()))
            .add(of(Currency).gt(Expr::col(("keyed", "currency"))));
        let mut query = Query::select();
        query.from_subquery(keyed, "keyed").inner_join(project_amount::Entity, further);
        query.add_group_by([of(Currency)]);
        Sum::columns(&mut query, Expr::val(kind.to_value()), of(Currency), &of(AmountMinor));
        Some(query)
    }

    /// The sums of kinds that do not stand beside the projects.
    fn other_amounts(&self, kinds: &[AmountKind]) -> SelectStatement {
        use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
        let of = |column| Expr::col((project_amount::Entity, column));
        let mut query = Query::select();
        query
            .from_subquery(self.keyed(false, []), "keyed")
            .inner_join(project_amount::Entity, of(ProjectId).equals(("keyed", "project")))
            .and_where(of(Kind).is_in(kinds.iter().map(ActiveEnum::to_value)))
            .add_group_by([of(Kind), of(Currency)]);
        Sum::columns(&mut query, of(Kind), of(Currency), &of(AmountMinor));
        query
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

/// A project's amount of a measure, of which it has one at most.
fn measured((kind, currency): &Measure) -> Expr {
    use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
    let of = |column| Expr::col((project_amount::Entity, column));
    let mut amount = Query::select();
    amount
        .expr(of(AmountMinor))
        .from(project_amount::Entity)
        .and_where(of(ProjectId).equals((project::Entity, project::Column::Id)))
        .and_where(unindexed(of(Kind)).eq(kind.to_value()))
        .and_where(of(Currency).eq(currency));
    let amount = Expr::SubQuery(None, Box::new(amount.into()));
    match first_amount(*kind) {
        None => amount,
        Some((first, minor)) => {
            Expr::case(first.clone().eq(currency), minor).case(first.lt(currency), amount).into()
        }
    }
}
