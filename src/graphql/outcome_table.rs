//! A table of published outcomes, put together of the numbers that the store sums up.

use std::borrow::Cow;
use std::collections::BTreeMap;

use uuid::Uuid;

use crate::domain::disclosure::BASE;
use crate::domain::outcomes::codes::SEXES;
use crate::entities::outcome_word::Category;
use crate::store::outcomes::{Number, Tabulation};

/// Shares are given of so many participations or more: of fewer they would be off by several per cent.
pub(super) const SMALLEST_DENOMINATOR: i64 = 50;
/// Rows that an answer may have.
pub(super) const MOST_ROWS: usize = 2_000;

/// A number: exact, or published, with the bounds of what is true where it is rounded once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub value: i64,
    pub is_single: bool,
    pub is_exact: bool,
}

impl Count {
    fn of(value: i64, groups: i64, of: Of) -> Self {
        Self { value, is_single: groups == 1, is_exact: of == Of::Exact }
    }

    /// The least and the most that it can be.
    pub fn bounds(self) -> Option<(i64, i64)> {
        if self.is_exact {
            return Some((self.value, self.value));
        }
        let reach = i64::from(BASE) - 1;
        self.is_single.then(|| ((self.value - reach).max(0), self.value + reach))
    }
}

/// What a row is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    pub project: Option<Uuid>,
    pub funder: Option<Uuid>,
    pub region: Option<String>,
    pub period: Option<i32>,
    pub sex: Option<&'static str>,
    pub code: Option<&'static str>,
    pub crossed_code: Option<&'static str>,
}

/// A code of a dimension, or a pair of two dimensions that are counted together, with the categories it is the sum of.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub own: &'static str,
    pub crossed: Option<&'static str>,
    pub categories: Cow<'static, [usize]>,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub key: Key,
    pub count: Count,
    /// What its share is taken of.
    pub whole: i64,
}

impl Row {
    /// Its share in whole per cent; none where the whole is small and rounded.
    pub fn percent(&self) -> Option<i64> {
        let smallest = if self.count.is_exact { 1 } else { SMALLEST_DENOMINATOR };
        (self.whole >= smallest).then(|| (100 * self.count.value + self.whole / 2) / self.whole)
    }
}

/// The table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub total: Count,
    pub rows: Vec<Row>,
    pub not_shown: i64,
    pub overlap: i64,
    pub is_exact: bool,
}

impl Table {
    /// A number of the table that is a sum.
    pub fn count(&self, value: i64) -> Count {
        Count { value, is_single: false, is_exact: self.is_exact }
    }
}

/// What numbers are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Published ones of one project.
    OneProject,
    /// Published ones of several, as far as can be told.
    Several,
    /// Exact ones.
    Exact,
}

/// A group of the answer.
#[derive(Default)]
struct Group {
    key: Key,
    value: i64,
    groups: i64,
    shown: i64,
    /// How many of it are in which categories, which are few.
    by_category: Vec<(usize, i64)>,
}

impl Group {
    /// How many of it are in some categories.
    fn of(&self, categories: &[usize]) -> i64 {
        self.by_category.iter().filter(|(own, _)| categories.contains(own)).map(|(_, value)| value).sum()
    }
}

/// Puts a table together. `codes` are those of the dimension; none where no dimension was asked for.
pub(super) fn table(numbers: &[Number], asked: &Tabulation, codes: Option<&[Code]>, of: Of) -> Table {
    let of_one_project = of == Of::OneProject;
    // Only what is of one project, year and sex was rounded once; groups that were rounded to nothing have no rows.
    let of_one_year = asked.by_period || asked.periods.len() == 1;
    let of_one_sex = asked.by_sex || asked.sexes.len() == 1;
    let is_single = (of_one_project || asked.by_project) && of_one_year && of_one_sex;
    let total = |number: &&Number| number.category == Category::Total;
    let of_all = || numbers.iter().filter(|number| number.category == Category::All);
    let (total, groups) = numbers.iter().find(total).map_or_else(
        || (of_all().map(|number| number.value).sum(), of_all().map(|number| number.groups).sum()),
        |total| (total.value, total.groups),
    );
    let single = of_one_project && asked.periods.len() == 1 && asked.sexes.len() == 1;
    let mut table = Table {
        is_exact: of == Of::Exact,
        total: Count::of(total, if single { groups } else { 0 }, of),
        ..Table::default()
    };
    let mut groups: BTreeMap<(Option<&str>, i32, usize, Uuid, Uuid), Group> = BTreeMap::new();
    for number in numbers.iter().filter(|number| number.category != Category::Total) {
        let order = number.sex.0.unwrap_or(SEXES.len());
        let place = (region(number), number.period, order, number.funder_id, number.project_id);
        let group =
            groups.entry(place).or_insert_with(|| Group { key: key(number, asked), ..Group::default() });
        if let Category::Of(category) = number.category {
            group.by_category.push((category, number.value));
        } else {
            group.value += number.value;
            group.groups += number.groups;
            group.shown += number.shown;
        }
    }
    let groups: Vec<Group> = groups.into_values().filter(|group| group.value > 0).collect();
    let counted: i64 = groups.iter().map(|group| group.value).sum();
    table.overlap = counted - table.total.value;
    for group in groups {
        match codes {
            None => table.rows.push(Row {
                count: Count::of(group.value, if is_single { group.groups } else { 0 }, of),
                whole: table.total.value,
                key: group.key,
            }),
            Some(codes) => table.rows.extend(by_code(&group, codes, is_single, of)),
        }
    }
    let in_rows: i64 = table.rows.iter().map(|row| row.count.value).sum();
    table.not_shown = counted - in_rows;
    table
}

/// The rows of a group, one for every code; none where nothing of it is shown by categories.
fn by_code(group: &Group, codes: &[Code], is_single: bool, of: Of) -> Vec<Row> {
    let values: Vec<i64> = codes.iter().map(|code| group.of(&code.categories)).collect();
    let whole: i64 = values.iter().sum();
    if group.shown == 0 || whole == 0 {
        return Vec::new();
    }
    let row = |(Code { own, crossed, categories }, value): (&Code, i64)| Row {
        key: Key { code: Some(own), crossed_code: *crossed, ..group.key.clone() },
        count: Count {
            value,
            is_single: is_single && group.shown == 1 && categories.len() == 1,
            is_exact: of == Of::Exact,
        },
        whole,
    };
    codes.iter().zip(values).map(row).collect()
}

fn key(number: &Number, asked: &Tabulation) -> Key {
    Key {
        project: asked.by_project.then_some(number.project_id),
        funder: Some(number.funder_id).filter(|id| asked.by_funder && !id.is_nil()),
        region: region(number).filter(|_| asked.by_region).map(ToOwned::to_owned),
        period: asked.by_period.then_some(number.period),
        sex: number.sex.0.filter(|_| asked.by_sex).and_then(|sex| SEXES.get(sex).copied()),
        code: None,
        crossed_code: None,
    }
}

/// The county of a number. (Empty texts are not compared: that takes longer than to compare others.)
fn region(number: &Number) -> Option<&str> {
    Some(&*number.region_code).filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outcomes::design;
    use crate::entities::outcome_word::Sex;

    fn category(name: &str) -> usize {
        design::stored_as(name).unwrap()
    }

    fn number(region: &str, category: Category, value: i64, groups: i64) -> Number {
        Number {
            project_id: Uuid::nil(),
            funder_id: Uuid::nil(),
            region_code: region.to_owned(),
            period: 0,
            sex: Sex(None),
            category,
            value,
            groups,
            shown: groups,
        }
    }

    #[test]
    fn rows_and_what_is_not_shown_are_the_total_and_what_counts_twice() {
        let asked = Tabulation {
            by_region: true,
            periods: vec![2024],
            sexes: vec!["MEN".to_owned()],
            ..Tabulation::default()
        };
        let code = |own: &'static str, categories: &[&str]| Code {
            own,
            crossed: None,
            categories: categories.iter().map(|own| category(own)).collect(),
        };
        let (work, inactive) = ("EXIT_STATUS:WORK", "EXIT_STATUS:OTHER");
        let codes = [code("WORK", &[work]), code("OTHER", &["EXIT_STATUS:STUDIES", inactive])];
        let of = |name| Category::Of(category(name));
        let numbers = [
            number("", Category::Total, 100, 3),
            number("01", Category::All, 60, 1),
            number("01", of(work), 25, 0),
            number("01", of(inactive), 15, 0),
            number("", Category::All, 50, 2),
            number("", of(work), 50, 0),
        ];
        let table = table(&numbers, &asked, Some(&codes), Of::OneProject);
        assert_eq!((table.total.value, table.overlap, table.not_shown), (100, 10, 20));
        let rows: Vec<_> =
            table.rows.iter().map(|row| (row.key.region.as_deref(), row.key.code, row.count.value)).collect();
        let expected = [
            (None, Some("WORK"), 50),
            (None, Some("OTHER"), 0),
            (Some("01"), Some("WORK"), 25),
            (Some("01"), Some("OTHER"), 15),
        ];
        assert_eq!(rows, expected);
        // Only what was rounded once has bounds.
        let bounds: Vec<_> = table.rows.iter().map(|row| row.count.bounds()).collect();
        assert_eq!(bounds, [None, None, Some((21, 29)), None]);
        let share = |is_exact, whole| {
            let count = Count { value: 25, is_exact, is_single: false };
            Row { key: Key::default(), count, whole }.percent()
        };
        assert_eq!([share(false, 40), share(false, 50), share(true, 40)], [None, Some(50), Some(63)]);
    }
}
