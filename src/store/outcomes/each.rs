//! The published numbers of projects by themselves.

use sea_orm::DbErr;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use uuid::Uuid;

use super::{ALL, Number, Tabulation};
use crate::entities::positional::{Cells, Column, Found, Positional, read_all};
use crate::entities::project_outcome;
use crate::store::batch::{Of, PARENT, Parents};

/// What all numbers in the tables are multiples of.
const STEP: u32 = 5;

/// What has all numbers of a project.
pub(super) const NUMBERS: &str = "numbers";

/// Makes that of the rows of a release, one statement for both databases.
pub(in crate::store) const MAKE: &str = "INSERT INTO project_outcome (project_id, numbers) \
    SELECT project_id, string_agg(number, ';' ORDER BY number) FROM (\
    SELECT project_id, period || ' ' || sex || '  ' || value || ' ' || CASE WHEN shown THEN '1' ELSE '0' END AS number \
    FROM outcome_group UNION ALL \
    SELECT project_id, period || ' ' || sex || ' ' || category || ' ' || value || ' 0' AS number FROM outcome_cell\
    ) AS published GROUP BY project_id";

/// All numbers of projects by themselves: a project has few, and what is asked for is picked where they are read.
pub(super) fn of_each(projects: Parents<'_>) -> SelectStatement {
    let mut query = Query::select();
    query
        .expr_as(Expr::col(project_outcome::Column::ProjectId), PARENT)
        .column(project_outcome::Column::Numbers)
        .from(project_outcome::Entity)
        .and_where(projects.hold(Expr::col(project_outcome::Column::ProjectId)));
    query
}

/// The numbers that are asked for, as they are: they are summed up where they are looked at. There is none of the total,
/// for it is the sum of the groups.
///
/// # Errors
/// [`DbErr`] for what is no such row.
pub(super) fn read(asked: &Tabulation, found: &Found) -> Result<Vec<Of<Number>>, DbErr> {
    let mut numbers = Vec::new();
    let wanted = Wanted { asked, beginning: beginning(&asked.categories) };
    for Of { parent, row: Numbers(written) } in read_all::<Of<Numbers>>(found)? {
        for number in written.split(';') {
            numbers.extend(wanted.read(number, parent)?.map(|row| Of { parent, row }));
        }
    }
    Ok(numbers)
}

/// All numbers of a project.
struct Numbers(String);

impl Positional for Numbers {
    fn columns(columns: &mut Vec<Column>) {
        columns.push(Column::of::<String>(NUMBERS));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        cells.take().map(Self)
    }
}

/// Which numbers are wanted.
struct Wanted<'a> {
    asked: &'a Tabulation,
    /// What all categories begin with: most others do not, and need not be compared with each.
    beginning: &'a str,
}

impl Wanted<'_> {
    /// A number as it is written, if it is wanted. What is no multiple of five is no number: tables refuse it, and a text
    /// cannot.
    fn read(&self, written: &str, project: Uuid) -> Result<Option<Number>, DbErr> {
        let wrong = || DbErr::Type(format!("{written} is no number of {project}"));
        let asked = self.asked;
        let mut parts = written.splitn(5, ' ');
        let mut next = || parts.next().ok_or_else(wrong);
        let [period, sex, category, value, shown] = [next()?, next()?, next()?, next()?, next()?];
        let is_group = category == ALL;
        if !(is_group || self.has(category))
            || !(asked.sexes.is_empty() || asked.sexes.iter().any(|own| own == sex))
        {
            return Ok(None);
        }
        let value = value.parse::<u32>().ok().filter(|value| value % STEP == 0).ok_or_else(wrong)?;
        let period = period.parse().map_err(|_| wrong())?;
        if !(asked.periods.is_empty() || asked.periods.contains(&period)) {
            return Ok(None);
        }
        Ok(Some(Number {
            project_id: if asked.by_project { project } else { Uuid::nil() },
            funder_id: Uuid::nil(),
            region_code: String::new(),
            period: if asked.by_period { period } else { 0 },
            sex: if asked.by_sex { sex.to_owned() } else { String::new() },
            category: category.to_owned(),
            value: value.into(),
            groups: is_group.into(),
            shown: (shown == "1").into(),
        }))
    }

    fn has(&self, category: &str) -> bool {
        category.starts_with(self.beginning) && self.asked.categories.iter().any(|own| own == category)
    }
}

/// What some texts all begin with.
fn beginning(texts: &[String]) -> &str {
    let Some((first, others)) = texts.split_first() else { return "" };
    let alike = |other: &String| first.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let length = others.iter().map(alike).min().unwrap_or(first.len());
    first.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_asked_for() {
        let asked = Tabulation {
            by_period: true,
            categories: vec!["EXIT_STATUS:WORK".to_owned(), "EXIT_STATUS:STUDIES".to_owned()],
            sexes: vec!["WOMEN".to_owned()],
            periods: vec![2024, 2025],
            ..Tabulation::default()
        };
        let wanted = Wanted { asked: &asked, beginning: beginning(&asked.categories) };
        assert_eq!(wanted.beginning, "EXIT_STATUS:");
        let read = |written: &str| {
            let number = wanted.read(written, Uuid::nil()).ok()?;
            Some(number.map(|own| (own.period, own.category, own.value, own.groups, own.shown)))
        };
        assert_eq!(read("2024 WOMEN  25 1"), Some(Some((2024, String::new(), 25, 1, 1))));
        assert_eq!(read("2025 WOMEN  10 0"), Some(Some((2025, String::new(), 10, 1, 0))));
        let work = Some(Some((2024, "EXIT_STATUS:WORK".to_owned(), 15, 0, 0)));
        assert_eq!(read("2024 WOMEN EXIT_STATUS:WORK 15 0"), work);
        for other in ["2024 WOMEN EXIT_STATUS:OTHER 15 0", "2024 MEN  25 1", "2023 WOMEN  25 1"] {
            assert_eq!(read(other), Some(None), "{other}");
        }
        for wrong in [
            "",
            "2024",
            "2024 WOMEN ",
            "x WOMEN  25 1",
            "2024 WOMEN  x 1",
            "2024 WOMEN  25",
            "2024 WOMEN  -5 1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(read("2024 WOMEN  24 1"), None);
        assert_eq!(beginning(&["ä".to_owned(), "å".to_owned()]), "");
    }
}
