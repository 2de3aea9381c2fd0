//! Numbers and dates as programs and offices of many countries write them, told by the whole column.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::domain::written_date::Edge;

/// What stands between whole and parts of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `7.500,00`
    Comma,
    /// `7,500.00`
    Point,
}

/// How the numbers of a column are written, by those that can be read in one way only; a comma alone means thousands
/// less often than it means decimals.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Styles {
    comma: u32,
    point: u32,
    /// Whether any cell is more than zeroes: a column of nothing else was never filled in.
    pub says_something: bool,
}

impl Styles {
    /// Looks at a cell.
    pub fn add(&mut self, cell: &str) {
        self.says_something |= cell.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        let last = cell.rfind(|c: char| !c.is_ascii_digit() && !c.is_whitespace());
        let marks = cell.matches([',', '.']).count();
        let Some((at, mark)) = cell.char_indices().rfind(|(_, c)| matches!(c, ',' | '.')) else { return };
        let after = cell[at + 1..].chars().take_while(char::is_ascii_digit).count();
        let repeated = marks > 1 && cell.matches(mark).count() == marks;
        let decimal = (after != 3 || (marks > 1 && !repeated)) && last.is_some();
        match (mark, decimal) {
            (',', true) | ('.', false) => self.comma += 1,
            _ => self.point += 1,
        }
    }

    /// How its cells are written.
    pub fn style(self) -> Style {
        if self.point > self.comma { Style::Point } else { Style::Comma }
    }
}

/// An amount: its value, and the currency that stands beside it.
pub(super) fn amount(cell: &str, style: Style) -> Option<(Decimal, Option<&'static str>)> {
    let currency = currency(cell);
    let negative = cell.trim_start().starts_with(['-', '−', '(']);
    let decimal = if style == Style::Comma { ',' } else { '.' };
    let mut digits = String::with_capacity(cell.len());
    let mut parts = 0;
    for c in cell.chars() {
        match c {
            '0'..='9' => digits.push(c),
            _ if c == decimal => {
                parts += 1;
                digits.push('.');
            }
            '.' | ',' | '\'' | '’' | '-' | '−' | '(' | ')' => {}
            _ if c.is_whitespace() || c.is_alphabetic() || "€£$:".contains(c) => {}
            _ => return None,
        }
    }
    // A mark that stands more than once cannot be the decimal one.
    if parts > 1 {
        digits.retain(|c| c != '.');
    }
    let value = Decimal::from_str(digits.trim_end_matches('.')).ok()?;
    (!negative).then_some((value, currency))
}

/// The currency that a text names.
pub(super) fn currency(text: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 12] = [
        ("EUR", "EUR"),
        ("€", "EUR"),
        ("SEK", "SEK"),
        ("GBP", "GBP"),
        ("£", "GBP"),
        ("DKK", "DKK"),
        ("NOK", "NOK"),
        ("USD", "USD"),
        ("PLN", "PLN"),
        ("CZK", "CZK"),
        ("HUF", "HUF"),
        ("RON", "RON"),
    ];
    let upper = text.to_uppercase();
    if upper.split(|c: char| !c.is_alphabetic()).any(|word| word == "KR" || word == "KRONOR") {
        return Some("SEK");
    }
    let named = |(name, _): &&(&str, &str)| match name.len() {
        3 if name.is_ascii() => upper.split(|c: char| !c.is_alphabetic()).any(|word| word == *name),
        _ => upper.contains(name),
    };
    NAMES.iter().find(named).map(|(_, code)| *code)
}

/// In which order days and months stand in a column of dates such as `03/04/2019`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// The order of a column: days first, unless a date makes sense only the other way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Orders {
    day_first: bool,
    month_first: bool,
}

impl Orders {
    /// Looks at a cell.
    pub fn add(&mut self, cell: &str) {
        if let [first, second, year] = numbers(cell)[..]
            && year >= 1000
        {
            self.day_first |= first > 12;
            self.month_first |= second > 12;
        }
    }

    /// The order of its cells.
    pub fn order(self) -> Order {
        if self.month_first && !self.day_first { Order::MonthFirst } else { Order::DayFirst }
    }
}

/// A date: ISO with or without a time, `yyyymmdd`, `dd.mm.yyyy`, `dd/mm/yyyy`, a month or a year.
pub(super) fn date(cell: &str, order: Order) -> Option<Edge> {
    let cell = cell.trim();
    let day = cell.split(['T', ' ']).next().unwrap_or(cell);
    if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) {
        let part = |range: std::ops::Range<usize>| day[range].parse::<u32>().ok();
        return Edge::new(day[..4].parse().ok()?, part(4..6), part(6..8));
    }
    if day.contains(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.' | '/' | '–'))) {
        return None;
    }
    let year = |n: u32| i32::try_from(n).ok();
    match (numbers(day)[..].to_vec().as_slice(), order) {
        ([y], _) if *y >= 1000 => Edge::new(year(*y)?, None, None),
        ([y, m], _) if *y >= 1000 => Edge::new(year(*y)?, Some(*m), None),
        ([m, y], _) if *y >= 1000 => Edge::new(year(*y)?, Some(*m), None),
        ([y, m, d], _) if *y >= 1000 => Edge::new(year(*y)?, Some(*m), Some(*d)),
        ([d, m, y], Order::DayFirst) | ([m, d, y], Order::MonthFirst) if *y >= 1000 => {
            Edge::new(year(*y)?, Some(*m), Some(*d))
        }
        _ => None,
    }
}

fn numbers(text: &str) -> Vec<u32> {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    day.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn style<'a>(cells: impl Iterator<Item = &'a str>) -> Style {
        let mut styles = Styles::default();
        cells.for_each(|cell| styles.add(cell));
        styles.style()
    }

    fn order<'a>(cells: impl Iterator<Item = &'a str>) -> Order {
        let mut orders = Orders::default();
        cells.for_each(|cell| orders.add(cell));
        orders.order()
    }

    fn read(cells: &[&str]) -> Vec<String> {
        let style = style(cells.iter().copied());
        cells
            .iter()
            .map(|cell| amount(cell, style).map_or("-".to_owned(), |(value, _)| value.to_string()))
            .collect()
    }

    #[test]
    fn numbers_are_read_as_their_column_is_written() {
        assert_eq!(read(&["7.500,00", "80.000"]), ["7500.00", "80000"]);
        assert_eq!(read(&["7,500.00", "80,000"]), ["7500.00", "80000"]);
        assert_eq!(read(&["1 234 567", "12"]), ["1234567", "12"]);
        assert_eq!(read(&["1\u{a0}234,5 €", "kr 12,50"]), ["1234.5", "12.50"]);
        assert_eq!(read(&["1.234.567", "2.000"]), ["1234567", "2000"]);
        assert_eq!(read(&["100000.0", "12.5"]), ["100000.0", "12.5"]);
        assert_eq!(read(&["£1,200", "£15"]), ["1200", "15"]);
        assert_eq!(read(&["-5", "n/a", ""]), ["-", "-", "-"]);
    }

    #[test]
    fn dates_are_read_as_their_column_is_written() {
        let dates = |cells: &[&str]| -> Vec<String> {
            let order = order(cells.iter().copied());
            cells
                .iter()
                .map(|cell| date(cell, order).map_or("-".to_owned(), |edge| edge.to_string()))
                .collect()
        };
        assert_eq!(dates(&["01.09.2015", "2015-09-01", "20150901"]), ["2015-09-01"; 3]);
        assert_eq!(
            dates(&["2020-04-28T00:00:00+00:00", "2020-04", "2020"]),
            ["2020-04-28", "2020-04", "2020"]
        );
        assert_eq!(dates(&["03/04/2019", "31/12/2019"]), ["2019-04-03", "2019-12-31"]);
        assert_eq!(dates(&["03/04/2019", "12/31/2019"]), ["2019-03-04", "2019-12-31"]);
        assert_eq!(dates(&["31.02.2019", "soon", "2019-13-01"]), ["-"; 3]);
    }

    #[test]
    fn currencies_are_told_by_word_or_sign() {
        assert_eq!(currency("Total budget SEK"), Some("SEK"));
        assert_eq!(currency("1 200 kr"), Some("SEK"));
        assert_eq!(currency("€ 5"), Some("EUR"));
        assert_eq!(currency("Europe"), None);
    }

    proptest! {
        #[test]
        fn no_cell_makes_a_value_panic(cell in "\\PC{0,30}|[0-9.,/ -]{0,20}") {
            let _ = (amount(&cell, style([&*cell].into_iter())), date(&cell, order([&*cell].into_iter())));
        }

        #[test]
        fn whole_numbers_survive_their_separators(value in 0_u64..10_000_000_000, separator in "[ .]") {
            let digits = value.to_string();
            let grouped: Vec<String> =
                digits.as_bytes().rchunks(3).rev().map(|part| String::from_utf8_lossy(part).into_owned()).collect();
            let cell = grouped.join(&separator);
            prop_assert_eq!(amount(&cell, Style::Comma).map(|(read, _)| read), Some(Decimal::from(value)));
        }
    }
}
