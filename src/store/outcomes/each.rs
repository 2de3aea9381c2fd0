//! The published numbers of projects by themselves.

use sea_orm::DbErr;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use uuid::Uuid;

use super::{Number, Tabulation};
use crate::entities::outcome_word::{Category, Sex};
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
    for Of { parent, row: Numbers(written) } in read_all::<Of<Numbers>>(found)? {
        let mut left = Some(written.as_str());
        while let Some(some) = left {
            let number;
            (number, left) = cut(some, b';').map_or((some, None), |(number, left)| (number, Some(left)));
            numbers.extend(wanted(number, asked, parent)?.map(|row| Of { parent, row }));
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

/// A number as it is written, if it is wanted. What is no multiple of five, or of no sex, is no number: no release writes
/// such, and tables refuse what a text cannot.
fn wanted(written: &str, asked: &Tabulation, project: Uuid) -> Result<Option<Number>, DbErr> {
    let wrong = || DbErr::Type(format!("{written} is no number of {project}"));
    let (period, rest) = cut(written, b' ').ok_or_else(wrong)?;
    let (sex, rest) = cut(rest, b' ').ok_or_else(wrong)?;
    let (category, rest) = cut(rest, b' ').ok_or_else(wrong)?;
    let (value, shown) = cut(rest, b' ').ok_or_else(wrong)?;
    let category = match Category::of(category) {
        Some(Category::Of(cell)) if !asked.categories.contains(&cell) => return Ok(None),
        None | Some(Category::Total) => return Ok(None),
        Some(wanted) => wanted,
    };
    if !(asked.sexes.is_empty() || asked.sexes.iter().any(|own| own == sex)) {
        return Ok(None);
    }
    let value = value.parse::<u32>().ok().filter(|value| value % STEP == 0).ok_or_else(wrong)?;
    let period = period.parse().map_err(|_| wrong())?;
    if !(asked.periods.is_empty() || asked.periods.contains(&period)) {
        return Ok(None);
    }
    let sex = Sex::of(sex).ok_or_else(wrong)?;
    Ok(Some(Number {
        project_id: if asked.by_project { project } else { Uuid::nil() },
        funder_id: Uuid::nil(),
        region_code: String::new(),
        period: if asked.by_period { period } else { 0 },
        sex: if asked.by_sex { sex } else { Sex::default() },
        category,
        value: value.into(),
        groups: (category == Category::All).into(),
        shown: (shown == "1").into(),
    }))
}

/// What stands before and after a separator, in what is short: looking byte by byte is faster than preparing to.
fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_asked_for() {
        let cell = |name| match Category::of(name) {
            Some(Category::Of(cell)) => cell,
            other => panic!("{name} is {other:?}"),
        };
        let asked = Tabulation {
            by_period: true,
            categories: vec![cell("EXIT_STATUS:WORK"), cell("EXIT_STATUS:STUDIES")],
            sexes: vec!["WOMEN".to_owned()],
            periods: vec![2024, 2025],
            ..Tabulation::default()
        };
        let read = |written: &str| {
            let number = wanted(written, &asked, Uuid::nil()).ok()?;
            Some(number.map(|own| (own.period, own.category, own.value, own.groups, own.shown)))
        };
        assert_eq!(read("2024 WOMEN  25 1"), Some(Some((2024, Category::All, 25, 1, 1))));
        assert_eq!(read("2025 WOMEN  10 0"), Some(Some((2025, Category::All, 10, 1, 0))));
        let work = Some(Some((2024, Category::Of(cell("EXIT_STATUS:WORK")), 15, 0, 0)));
        assert_eq!(read("2024 WOMEN EXIT_STATUS:WORK 15 0"), work);
        for other in [
            "2024 WOMEN EXIT_STATUS:OTHER 15 0",
            "2024 MEN  25 1",
            "2023 WOMEN  25 1",
            // Of which nobody can have asked.
            "2024 WOMEN EXIT_STATUS:GONE 15 0",
            "2024 WOMEN = 15 0",
            "2024 WHO  25 1",
        ] {
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
            "2024 WOMEN  24 1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let of_all = Tabulation { by_sex: true, ..Tabulation::default() };
        let sex = |written| wanted(written, &of_all, Uuid::nil()).ok()?.map(|number| number.sex);
        assert_eq!(sex("2024 MEN  25 1"), Some(Sex(Some(1))));
        assert!(wanted("2024 WHO  25 1", &of_all, Uuid::nil()).is_err(), "which is no sex");
        let cuts = ["2024 MEN  25 1;2025", "2024", ";"].map(|text| cut(text, b';'));
        assert_eq!(cuts, [Some(("2024 MEN  25 1", "2025")), None, Some(("", ""))]);
    }
}
