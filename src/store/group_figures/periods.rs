//! Groups by whether projects run on a day. That depends on the day, but for most projects only on the months in which
//! they start and end: by these figures are kept, and only what starts or ends in the month of the day is counted.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult};

use super::{current, version};
use crate::entities::award::AmountKind;
use crate::error::Result;
use crate::store::dimension::{Dimension, Key, STATUSES};
use crate::store::filter::Filter;
use crate::store::project_filter::{Range, ending, starting};
use crate::store::project_groups::{By, Chosen, Group, Groups, Measure, Wanted};
use crate::store::sums::{Planned, Sum};

/// The text under which figures are kept of projects that start and end in some months, such as `2021-03/2022-11`.
pub(super) fn months(starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> String {
    let text = |day: Option<NaiveDate>| day.map_or_else(|| UNKNOWN.to_owned(), month);
    format!("{}/{}", text(starts_on), text(ends_on))
}

/// Stands for the month of a day that is not known.
const UNKNOWN: &str = "0000-00";

fn month(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// The projects that start or end in the month of a day, by their status on it.
fn turning(day: NaiveDate) -> Groups {
    let first = day.with_day(1);
    let last =
        first.and_then(|first| first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1)));
    let range = Range { from: first, to: last };
    let filter = Filter::new(Condition::any().add(starting(&range)).add(ending(&range)));
    Groups { filter, by: vec![Dimension::Status], day }
}

/// Selects from a table of figures what is kept of all other projects, grouped by their status on a day as `status`.
fn certain(table: &'static str, day: NaiveDate) -> SelectStatement {
    let day = month(day);
    let (start, end) =
        (format!("SUBSTR(\"{table}\".\"key\", 1, 7)"), format!("SUBSTR(\"{table}\".\"key\", 9, 7)"));
    let [planned, running, ended, unknown] = STATUSES;
    // As `Dimension::Status` has it of days.
    let status = Expr::cust(format!(
        "CASE WHEN {start} > '{day}' THEN '{planned}' \
              WHEN {start} <> '{UNKNOWN}' AND {end} > '{day}' THEN '{running}' \
              WHEN {end} <> '{UNKNOWN}' AND {end} < '{day}' THEN '{ended}' ELSE '{unknown}' END"
    ));
    let mut query = Query::select();
    query
        .expr_as(status.clone(), "status")
        .from(table)
        .and_where(Expr::col((table, "dimension")).eq(Dimension::Status.code()))
        .and_where(Expr::cust(format!("'{day}' NOT IN ({start}, {end})")))
        .add_group_by([status]);
    query
}

/// The sum of a column of whole numbers.
fn sum(column: (&'static str, &'static str)) -> Expr {
    Func::cast_as(Expr::col(column).sum(), "bigint").into()
}

/// The groups of all projects by their status on a day; none where they have to be counted.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub(in crate::store) async fn find(
    db: &impl ConnectionTrait,
    day: NaiveDate,
    wanted: &Wanted,
) -> Result<Option<Chosen>> {
    const TABLE: &str = "group_figure";
    let before = version(db).await?;
    let mut query = certain(TABLE, day);
    query
        .expr_as(sum((TABLE, "projects")), "count")
        .expr_as(sum((TABLE, "planned")), "sum")
        .expr_as(Expr::col((TABLE, "planned_min")).min(), "min")
        .expr_as(Expr::col((TABLE, "planned_max")).max(), "max")
        .expr_as(sum((TABLE, "planned_projects")), "projects");
    let rows = db.query_all(&current(query, &["status", "count", "sum", "min", "max", "projects"])).await?;
    let mut found: BTreeMap<String, (i64, Planned)> = BTreeMap::new();
    for row in rows {
        let Some(status) = row.try_get::<Option<String>>("", "status")? else { continue };
        found.insert(status, (row.try_get("", "count")?, Planned::from_query_result(&row, "")?));
    }
    let limit = STATUSES.len() as u64;
    let all = Wanted { count: None, sum: None, order: Vec::new(), limit, amounts: Vec::new() };
    for group in turning(day).count(db, &all).await?.groups {
        let Some(Key::Text(status)) = group.keys.into_iter().next() else { continue };
        let (count, planned) = found.entry(status).or_default();
        *count += group.count;
        planned.add(&group.planned);
    }
    let measures = wanted.measures();
    let kinds: Vec<AmountKind> = measures.iter().map(|(kind, _)| *kind).collect();
    let sums =
        if kinds.is_empty() { Vec::new() } else { amounts(db, day, None, &kinds).await?.unwrap_or_default() };
    // What was read one after another is of one graph, unless that changed meanwhile.
    if before.is_none() || version(db).await? != before {
        return Ok(None);
    }
    let groups = found.into_iter().map(|(status, (count, planned))| Group {
        keys: vec![Key::Text(status)],
        count,
        planned,
        sums: Vec::new(),
    });
    Ok(Some(choose(groups.collect(), wanted, &sums)))
}

/// The groups that are wanted, in their order.
fn choose(mut groups: Vec<Group>, wanted: &Wanted, sums: &[(Vec<Key>, Sum)]) -> Chosen {
    let sum = |group: &Group, (kind, currency): &Measure| {
        let same = |(keys, sum): &&(Vec<Key>, Sum)| {
            *keys == group.keys && sum.kind == *kind && sum.currency == *currency
        };
        sums.iter().find(same).map(|(_, sum)| sum.sum)
    };
    groups.retain(|group| {
        let has_count = wanted.count.as_ref().is_none_or(|range| range.holds(&group.count));
        let is_of_sum = |(measure, range): &(Measure, Range<i64>)| {
            sum(group, measure).is_some_and(|sum| range.holds(&sum))
        };
        has_count && wanted.sum.as_ref().is_none_or(is_of_sum)
    });
    let key = |group: &Group| group.keys.iter().map(Key::text).collect::<Vec<_>>();
    let turned = |order: Ordering, falls: bool| if falls { order.reverse() } else { order };
    groups.sort_by(|one, other| {
        let by = |(by, falls): &(By, bool)| match by {
            By::Count => turned(one.count.cmp(&other.count), *falls),
            By::Key => turned(key(one).cmp(&key(other)), *falls),
            By::Sum(measure) => match (sum(one, measure), sum(other, measure)) {
                (Some(one), Some(other)) => turned(one.cmp(&other), *falls),
                // What has none comes last either way.
                (one, other) => Reverse(one.is_some()).cmp(&Reverse(other.is_some())),
            },
        };
        let chosen = wanted.order.iter().map(by).find(|order| order.is_ne());
        chosen.unwrap_or_else(|| key(one).cmp(&key(other)))
    });
    Chosen::up_to(wanted.limit, groups)
}

/// The sums of the amounts of some groups, or of all, of some kinds, or of all where none is named; none where they have
/// to be counted.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub(in crate::store) async fn amounts(
    db: &impl ConnectionTrait,
    day: NaiveDate,
    groups: Option<&[Group]>,
    kinds: &[AmountKind],
) -> Result<Option<Vec<(Vec<Key>, Sum)>>> {
    const TABLE: &str = "group_amount";
    let before = version(db).await?;
    let own = |column| Expr::col((TABLE, column));
    let mut query = certain(TABLE, day);
    query
        .columns(["kind", "currency"].map(|column| (TABLE, column)))
        .expr_as(sum((TABLE, "sum")), "sum")
        .expr_as(own("min").min(), "min")
        .expr_as(own("max").max(), "max")
        .expr_as(sum((TABLE, "projects")), "projects")
        .add_group_by([own("kind"), own("currency")]);
    if !kinds.is_empty() {
        query.and_where(own("kind").is_in(kinds.iter().map(ActiveEnum::to_value)));
    }
    let columns = ["status", "kind", "currency", "sum", "min", "max", "projects"];
    let mut sums: BTreeMap<(String, String, String), Sum> = BTreeMap::new();
    let mut add = |status: String, sum: Sum| {
        let same = sums.entry((sum.kind.to_value(), sum.currency.clone(), status));
        same.and_modify(|known| known.add(&sum)).or_insert(sum);
    };
    for row in db.query_all(&current(query, &columns)).await? {
        let Some(status) = row.try_get::<Option<String>>("", "status")? else { continue };
        add(status, Sum::from_query_result(&row, "")?);
    }
    for (keys, sum) in turning(day).count_amounts(db, None, kinds).await? {
        if let Some(Key::Text(status)) = keys.into_iter().next() {
            add(status, sum);
        }
    }
    if before.is_none() || version(db).await? != before {
        return Ok(None);
    }
    let sums = sums.into_iter().map(|((.., status), sum)| (vec![Key::Text(status)], sum));
    let is_wanted =
        |keys: &Vec<Key>| groups.is_none_or(|groups| groups.iter().any(|group| group.keys == *keys));
    Ok(Some(sums.filter(|(keys, _)| is_wanted(keys)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_of_one_length_and_in_their_order() {
        let day = |text: &str| text.parse().ok();
        assert_eq!(months(day("2021-03-31"), day("2022-11-01")), "2021-03/2022-11");
        assert_eq!(months(None, day("0999-01-01")), "0000-00/0999-01");
        assert_eq!(months(day("2021-12-31"), None), "2021-12/0000-00");
    }
}
