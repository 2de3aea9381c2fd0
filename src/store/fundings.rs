//! Published outcomes by who pays: sums that are kept beside the rows, so that questions about funders read few.
//!
//! A funding is a set of funders that pay for the same projects. Who pays is of today and what came of it of the release,
//! so the sums are made anew when either changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, QuerySelect};
use uuid::Uuid;

use super::batch::{PARENT, Parents};
use super::outcomes::{Tabulation, key, sum};
use super::{database, project_filter, releases, transaction, write};
use crate::entities::funder::{self, FunderKind};
use crate::entities::outcome_word::{ALL, TOTAL};
use crate::entities::{
    funding_funder, outcome_cell, outcome_funding, outcome_group, project_funder, project_funding,
};
use crate::error::Result;

/// What ids of fundings are made of, with those of their funders.
const NAMESPACE: Uuid = Uuid::from_u128(0x8a4e_0d61_59c7_4d0b_9f3e_6b1d_c2a7_5e18);
/// How many projects are read at once.
const PROJECTS: u64 = 500;

/// The funding of each project of which something is published, with its funders.
struct Fundings {
    of_projects: BTreeMap<Uuid, Uuid>,
    funders: BTreeSet<(Uuid, Uuid)>,
}

impl Fundings {
    /// As those who pay are known today.
    async fn read(db: &impl ConnectionTrait) -> Result<Self> {
        #[derive(FromQueryResult)]
        struct Paid {
            project_id: Uuid,
            funder_id: Option<Uuid>,
        }
        use project_funder::Column::{FunderId, ProjectId};
        let mut published = Query::select();
        published.distinct().column(outcome_group::Column::ProjectId).from(outcome_group::Entity);
        let mut paid = Query::select();
        paid.column(("published", outcome_group::Column::ProjectId))
            .column(("paid", FunderId))
            .from_subquery(published, "published")
            .join_as(
                JoinType::LeftJoin,
                project_funder::Entity,
                "paid",
                Expr::col(("paid", ProjectId)).equals(("published", outcome_group::Column::ProjectId)),
            );
        let mut of_projects: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
        for row in db.query_all(&paid).await? {
            let row = Paid::from_query_result(&row, "")?;
            of_projects.entry(row.project_id).or_default().extend(row.funder_id);
        }
        let mut funders = BTreeSet::new();
        let of_projects = of_projects.into_iter().map(|(project, own)| {
            let funding = id(&own);
            funders.extend(own.into_iter().map(|funder| (funding, funder)));
            (project, funding)
        });
        Ok(Self { of_projects: of_projects.collect(), funders })
    }
}

/// The id of a set of funders; nil for none.
fn id(funders: &BTreeSet<Uuid>) -> Uuid {
    if funders.is_empty() {
        return Uuid::nil();
    }
    let bytes: Vec<u8> = funders.iter().flat_map(|funder| *funder.as_bytes()).collect();
    Uuid::new_v5(&NAMESPACE, &bytes)
}

/// Makes the sums for a database in which there are none yet, as one of before that was brought up to date. Of several
/// processes that come to it at once the others wait for the first.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails, or somebody else writes for too long.
pub(super) async fn complete(db: &DatabaseConnection) -> Result<()> {
    let is_complete = project_funding::Entity::find().one(db).await?.is_some();
    if is_complete || outcome_group::Entity::find().one(db).await?.is_none() {
        return Ok(());
    }
    let changed = database::version(db).await?.updated_at;
    let tx = transaction::begin_in_turn(db, "source").await?;
    let work = async {
        refresh(&tx).await?;
        // Answers change, data do not: nobody takes one from before for one of now.
        write::bump_version(&tx, changed.unwrap_or_default()).await
    };
    let done = work.await;
    transaction::end(tx, done).await
}

/// Makes the sums anew where who pays has changed.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn refresh(db: &impl ConnectionTrait) -> Result<()> {
    let fundings = Fundings::read(db).await?;
    let known: BTreeMap<Uuid, Uuid> = project_funding::Entity::find()
        .select_only()
        .columns([project_funding::Column::ProjectId, project_funding::Column::FundingId])
        .into_tuple::<(Uuid, Uuid)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    if fundings.of_projects == known {
        return Ok(());
    }
    let (mut sums, mut after) = (Sums::default(), Uuid::nil());
    loop {
        let rows = releases::some(db, after, PROJECTS).await?;
        let Some(last) = rows.groups.last() else { break };
        after = last.project_id;
        sums.add(&fundings, &rows.groups, &rows.cells);
    }
    write(db, fundings, sums).await
}

/// Makes the sums of a release.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub(super) async fn make(
    db: &impl ConnectionTrait,
    groups: &[outcome_group::Model],
    cells: &[outcome_cell::Model],
) -> Result<()> {
    let (fundings, mut sums) = (Fundings::read(db).await?, Sums::default());
    sums.add(&fundings, groups, cells);
    write(db, fundings, sums).await
}

/// How many in a year, a county and a sex, how many groups they are of, and how many of these are shown.
#[derive(Default)]
struct Sums(BTreeMap<Key, [i32; 3]>);

/// Category, funding, year, county and sex.
type Key = (String, Uuid, i32, String, String);

impl Sums {
    /// Adds what is published of some projects, all of each.
    fn add(&mut self, fundings: &Fundings, groups: &[outcome_group::Model], cells: &[outcome_cell::Model]) {
        let funding = |project| fundings.of_projects.get(&project).copied().unwrap_or_default();
        let mut sums: HashMap<(&str, Uuid, i32, &str, &str), [i32; 3]> = HashMap::new();
        let mut counties: HashMap<(Uuid, i32), (Uuid, &str)> = HashMap::new();
        let mut add = |category, (funding, county), period, sex, more: [i32; 3]| {
            let sum = sums.entry((category, funding, period, county, sex)).or_default();
            for (sum, more) in sum.iter_mut().zip(more) {
                *sum += more;
            }
        };
        for group in groups {
            let of = (funding(group.project_id), &*group.region_code);
            counties.insert((group.project_id, group.period), of);
            add("", of, group.period, &group.sex, [group.value, 1, i32::from(group.shown)]);
        }
        for cell in cells {
            let of = counties.get(&(cell.project_id, cell.period)).copied().unwrap_or_default();
            add(&cell.category, of, cell.period, &cell.sex, [cell.value, 0, 0]);
        }
        for ((category, funding, period, county, sex), more) in sums {
            let key = (category.to_owned(), funding, period, county.to_owned(), sex.to_owned());
            for (sum, more) in self.0.entry(key).or_default().iter_mut().zip(more) {
                *sum += more;
            }
        }
    }
}

async fn write(db: &impl ConnectionTrait, fundings: Fundings, sums: Sums) -> Result<()> {
    project_funding::Entity::delete_many().exec(db).await?;
    funding_funder::Entity::delete_many().exec(db).await?;
    outcome_funding::Entity::delete_many().exec(db).await?;
    let of_project = |(project_id, funding_id)| project_funding::Model { project_id, funding_id };
    let of_funding = |(funding_id, funder_id)| funding_funder::Model { funding_id, funder_id };
    let of_sum = |((category, funding_id, period, region_code, sex), sum): (Key, [i32; 3])| {
        let [value, groups, shown] = sum;
        outcome_funding::Model { category, funding_id, period, region_code, sex, value, groups, shown }
    };
    let projects = fundings.of_projects.into_iter().map(of_project).collect();
    write::insert::<project_funding::Entity>(db, projects).await?;
    let funders = fundings.funders.into_iter().map(of_funding).collect();
    write::insert::<funding_funder::Entity>(db, funders).await?;
    write::insert::<outcome_funding::Entity>(db, sums.0.into_iter().map(of_sum).collect()).await
}

/// Those who pay: for each that is given, one is of it. Anybody, and nobody, where nothing is given.
#[derive(Clone, Debug, Default)]
pub struct Payers {
    /// One of these.
    pub funders: Option<Vec<Uuid>>,
    /// One of these kinds.
    pub kinds: Option<Vec<FunderKind>>,
    /// One of these programme periods.
    pub programme_periods: Option<Vec<String>>,
}

impl Payers {
    /// What each has to be true of some funder.
    fn conditions(&self) -> impl Iterator<Item = Expr> {
        let funders = self.funders.clone();
        let any = funders.map(|ids| Expr::col((funder::Entity, funder::Column::Id)).is_in(ids));
        let of_kind = self.kinds.as_deref().map(project_filter::is_of_kind);
        let of_period = self.programme_periods.clone().map(project_filter::is_of_programme_period);
        [any, of_kind, of_period].into_iter().flatten()
    }
}

/// Whose projects a question is about.
pub(super) enum Whose<'a> {
    /// Those that such funders pay for, and that are of some counties where any are given.
    PaidBy(&'a Payers, &'a [String]),
    /// For each of some funders, those that it pays for.
    Each(Parents<'a>),
}

/// The numbers that answer a question that is not by project.
pub(super) fn numbers(asked: &Tabulation, whose: &Whose<'_>) -> SelectStatement {
    let mut query = part(asked, whose, Some(TOTAL), false);
    query.union(UnionType::All, part(asked, whose, Some(ALL), true));
    if !asked.categories.is_empty() {
        query.union(UnionType::All, part(asked, whose, None, true));
    }
    query
}

fn part(asked: &Tabulation, whose: &Whose<'_>, category: Option<&str>, keyed: bool) -> SelectStatement {
    use funding_funder::Column::{FunderId, FundingId};
    use outcome_funding::Column as Own;
    let own = |column| Expr::col((outcome_funding::Entity, column));
    let same = |alias: &'static str| Expr::col((alias, FundingId)).eq(own(Own::FundingId));
    let mut query = Query::select();
    query.from(outcome_funding::Entity);
    match whose {
        Whose::Each(funders) => {
            let funder = Expr::col(("whose", FunderId));
            query
                .join_as(JoinType::InnerJoin, funding_funder::Entity, "whose", same("whose"))
                .expr_as(funder.clone(), PARENT)
                .and_where(funders.hold(funder.clone()))
                .add_group_by([funder]);
        }
        Whose::PaidBy(payers, counties) => {
            query.expr_as(Expr::val(Uuid::nil()), PARENT);
            for condition in payers.conditions() {
                query.and_where(own(Own::FundingId).in_subquery(with_funder(condition)));
            }
            if !counties.is_empty() {
                query.and_where(own(Own::RegionCode).is_in(*counties));
            }
        }
    }
    query.expr_as(Expr::val(Uuid::nil()), "project_id");
    if keyed && asked.by_funder {
        let funder = Expr::col(("by", FunderId));
        query
            .join_as(JoinType::LeftJoin, funding_funder::Entity, "by", same("by"))
            .expr_as(Func::coalesce([funder.clone(), Expr::val(Uuid::nil())]), "funder_id")
            .add_group_by([funder]);
    } else {
        query.expr_as(Expr::val(Uuid::nil()), "funder_id");
    }
    key(&mut query, "region_code", keyed && asked.by_region, own(Own::RegionCode), Expr::val(""));
    key(&mut query, "period", keyed && asked.by_period, own(Own::Period), Expr::val(0));
    key(&mut query, "sex", keyed && asked.by_sex, own(Own::Sex), Expr::val(""));
    if let Some(category) = category {
        query.expr_as(Expr::val(category), "category").and_where(own(Own::Category).eq(ALL));
    } else {
        query
            .expr_as(own(Own::Category), "category")
            .add_group_by([own(Own::Category)])
            .and_where(own(Own::Category).is_in(asked.words()));
    }
    for (column, name) in [(Own::Value, "value"), (Own::Groups, "groups"), (Own::Shown, "shown")] {
        query.expr_as(sum((outcome_funding::Entity, column)), name);
    }
    if !asked.sexes.is_empty() {
        query.and_where(own(Own::Sex).is_in(&asked.sexes));
    }
    if !asked.periods.is_empty() {
        query.and_where(own(Own::Period).is_in(asked.periods.iter().copied()));
    }
    query
}

/// The fundings in which some funder is such.
fn with_funder(condition: Expr) -> SelectStatement {
    use funding_funder::Column::{FunderId, FundingId};
    let mut fundings = Query::select();
    fundings
        .column((funding_funder::Entity, FundingId))
        .from(funding_funder::Entity)
        .inner_join(
            funder::Entity,
            Expr::col((funder::Entity, funder::Column::Id)).equals((funding_funder::Entity, FunderId)),
        )
        .and_where(condition);
    fundings
}
