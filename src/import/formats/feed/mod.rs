//! Structured feeds: a row or an object for each project. What a column means stands in `catalogue/headers.tsv`, so a new
//! country or edition is a row there and no code.

mod columns;
mod esf_export;
mod kohesio;
mod list_of_operations;
mod records;
mod statements;
mod threesixtygiving;
mod tillvaxtverket;
mod values;

use rust_decimal::Decimal;

use self::columns::{Column, Meaning};
use self::records::Records;
use self::values::{Order, Style};
use super::layout::Layout;
use super::{Format, Reading, Refused};
use crate::domain::orgnr::{InvalidNumber, OrganisationNumber};
use crate::domain::period::Period;
use crate::domain::statement::{Amount, AmountKind, Party, Statement, Warning, WarningCode};
use crate::domain::written_date::Edge;
use crate::import::document::Document;

use self::esf_export::ESF_EXPORT;
use self::kohesio::KOHESIO;
use self::list_of_operations::LIST_OF_OPERATIONS;
use self::statements::Statements;
use self::threesixtygiving::THREE_SIXTY_GIVING;
use self::tillvaxtverket::TILLVAXTVERKET;

/// The kinds of feeds that are told by their columns, the most particular first.
static FEEDS: [&Feed; 5] = [&ESF_EXPORT, &KOHESIO, &TILLVAXTVERKET, &THREE_SIXTY_GIVING, &LIST_OF_OPERATIONS];

/// Every kind of feed.
pub(super) fn all() -> impl Iterator<Item = &'static dyn Format> {
    let statements: &'static dyn Format = &Statements;
    std::iter::once(statements).chain(FEEDS.iter().map(|feed| *feed as &dyn Format))
}

/// The kind of feed that a document is, read once for all of them.
pub(super) fn detect(document: &Document) -> Option<&'static dyn Format> {
    if Statements.detect(document, &Layout::default()) > 0 {
        return Some(&Statements);
    }
    let records = records::read(&document.text)?;
    let mut best: Option<(&'static Feed, usize)> = None;
    for feed in FEEDS {
        if let Some(table) = feed.table(&records)
            && best.is_none_or(|(_, known)| table.known() > known)
        {
            best = Some((feed, table.known()));
        }
    }
    best.map(|(feed, _)| feed as &dyn Format)
}

/// How many rows may stand above the header.
const TITLES: usize = 20;
/// More than any fund has given to one project, in any currency.
const IMPLAUSIBLE: Decimal = Decimal::from_parts(0x4876_E800, 0x17, 0, false, 0);

/// A kind of table, told by its columns.
pub(super) struct Feed {
    /// Its name.
    name: &'static str,
    /// Who publishes it.
    publisher: Option<&'static str>,
    /// Who pays, where no column says.
    funder: Option<&'static str>,
    /// What its columns must say for it to be this kind.
    needs: &'static [Meaning],
}

/// A table with its header found.
struct Table<'a> {
    columns: Vec<Option<&'a Column>>,
    header: &'a [String],
    line: u32,
    rows: &'a [(u32, Vec<String>)],
}

impl Feed {
    fn table<'a>(&self, records: &'a Records) -> Option<Table<'a>> {
        let vocabulary = columns::of(self.name)?;
        let rows = records.rows.iter().take(TITLES).enumerate();
        let known = rows.map(|(at, (line, header))| {
            let columns: Vec<Option<&Column>> = header.iter().map(|text| vocabulary.find(text)).collect();
            Table { columns, header, line: *line, rows: &records.rows[at + 1..] }
        });
        let has = |table: &Table<'_>, meaning| {
            table.columns.iter().flatten().any(|column| column.meaning == meaning)
        };
        known.filter(|table| self.needs.iter().all(|meaning| has(table, *meaning))).max_by_key(Table::known)
    }
}

impl Table<'_> {
    fn known(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// The columns with a meaning.
    fn all(&self, meaning: Meaning) -> impl Iterator<Item = (usize, &Column)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(move |(at, column)| {
            column.filter(|column| column.meaning == meaning).map(|c| (at, c))
        })
    }

    fn cells(&self, at: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |(_, row)| row.get(at)).map(String::as_str)
    }
}

impl Format for Feed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn detect(&self, document: &Document, _layout: &Layout) -> u8 {
        let known =
            records::read(&document.text).and_then(|records| self.table(&records).map(|table| table.known()));
        known.map_or(0, |known| u8::try_from(50 + known).unwrap_or(u8::MAX).min(100))
    }

    fn publisher(&self, _reading: &Reading) -> Option<String> {
        self.publisher.map(str::to_owned)
    }

    fn has_numbers_of_its_own(&self) -> bool {
        true
    }

    fn read(&self, document: &Document) -> Reading {
        let mut reading = Reading::default();
        let Some(records) = records::read(&document.text) else { return reading };
        let Some(table) = self.table(&records) else { return reading };
        for (text, column) in table.header.iter().zip(&table.columns) {
            if column.is_none() && !text.is_empty() {
                let (code, text) = (WarningCode::UnknownLabel, Some(text.clone()));
                reading.warnings.push(Warning { code, line: Some(table.line), text });
            }
        }
        reading.refused.clone_from(&records.refused);
        let reader = Reader::new(self, &table);
        for (line, row) in table.rows {
            if row.len() > table.header.len() && row[table.header.len()..].iter().any(|cell| !cell.is_empty())
            {
                let reason = format!("has {} cells where the header has {}", row.len(), table.header.len());
                reading.refused.push(Refused { line: Some(*line), reason });
                continue;
            }
            reading.personal_details_left_out += reader.contacts(row);
            let mut statement = reader.statement(*line, row);
            statement.document.clone_from(&document.name);
            statement.leave_out_contacts();
            reading.statements.push(statement);
        }
        reading
    }
}

/// What makes statements of rows: how each column is written has been found out.
struct Reader<'a> {
    feed: &'a Feed,
    table: &'a Table<'a>,
    amounts: Vec<AmountColumn<'a>>,
    dates: Vec<(usize, Meaning, Order)>,
}

struct AmountColumn<'a> {
    at: usize,
    kind: AmountKind,
    style: Style,
    /// The currency that its header names, or else the usual one where such headers are used.
    currency: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn new(feed: &'a Feed, table: &'a Table<'a>) -> Self {
        let kinds = [
            (Meaning::TotalBudget, AmountKind::TotalBudget),
            (Meaning::Applied, AmountKind::Applied),
            (Meaning::Granted, AmountKind::Granted),
            (Meaning::EuSupport, AmountKind::EuSupport),
            (Meaning::Paid, AmountKind::Paid),
        ];
        let mut amounts = Vec::new();
        for (meaning, kind) in kinds {
            for (at, column) in table.all(meaning) {
                let style = values::style(table.cells(at));
                // A column of nothing but zeroes is one that was never filled in.
                let says_something =
                    |cell| values::amount(cell, style).is_some_and(|(value, _)| !value.is_zero());
                if table.cells(at).any(says_something) {
                    let currency = values::currency(&table.header[at]).or(column.currency.as_deref());
                    amounts.push(AmountColumn { at, kind, style, currency });
                }
            }
        }
        let mut dates = Vec::new();
        for meaning in [Meaning::Start, Meaning::End, Meaning::DecidedOn] {
            dates.extend(table.all(meaning).map(|(at, _)| (at, meaning, values::order(table.cells(at)))));
        }
        Self { feed, table, amounts, dates }
    }

    /// The first cell with a meaning that says something.
    fn text<'r>(&self, row: &'r [String], meaning: Meaning) -> Option<&'r str> {
        let cells = self.table.all(meaning).filter_map(|(at, _)| row.get(at));
        cells.map(String::as_str).find(|cell| !cell.is_empty() && *cell != "N.a.")
    }

    fn contacts(&self, row: &[String]) -> u32 {
        let cells = self
            .table
            .all(Meaning::Contact)
            .filter(|(at, _)| row.get(*at).is_some_and(|cell| !cell.is_empty()));
        u32::try_from(cells.count()).unwrap_or(u32::MAX)
    }

    fn statement(&self, line: u32, row: &[String]) -> Statement {
        let own = |meaning| self.text(row, meaning).map(str::to_owned);
        let mut statement = Statement {
            line,
            name: own(Meaning::Name),
            project_number: own(Meaning::Number),
            specific_objective: own(Meaning::SpecificObjective),
            region: own(Meaning::Region),
            funders: own(Meaning::Funder)
                .or_else(|| self.feed.funder.map(str::to_owned))
                .into_iter()
                .collect(),
            ..Statement::default()
        };
        let mut warn = |code, text: &str| {
            let text = (!text.is_empty()).then(|| text.to_owned());
            statement.warnings.push(Warning { code, line: Some(line), text });
        };
        let number =
            self.text(row, Meaning::OwnerNumber).and_then(|text| match OrganisationNumber::parse(text) {
                Ok(number) => Some(number.digits().to_owned()),
                // Another country's, or another register's.
                Err(InvalidNumber::Form) => None,
                // It may be a person's, so it is not repeated.
                Err(InvalidNumber::Personal | InvalidNumber::CheckDigit) => {
                    warn(WarningCode::InvalidOrganisationNumber, "");
                    None
                }
            });
        statement.planned_participants =
            self.text(row, Meaning::PlannedParticipants).and_then(crate::domain::number::integer);
        let mut edges: [Option<Edge>; 3] = [None; 3];
        for (at, meaning, order) in &self.dates {
            let Some(cell) = row.get(*at).filter(|cell| !cell.is_empty()) else { continue };
            let slot = match meaning {
                Meaning::Start => 0,
                Meaning::End => 1,
                _ => 2,
            };
            match values::date(cell, *order) {
                Some(edge) => edges[slot] = edges[slot].or(Some(edge)),
                None => warn(WarningCode::UnreadableDate, cell),
            }
        }
        let [start, end, decided] = edges;
        match Period::new(start, end) {
            Some(period) => statement.period = Some(period.to_string()),
            None if start.is_some() && end.is_some() => {
                let stated =
                    [start, end].into_iter().flatten().map(|e| e.to_string()).collect::<Vec<_>>().join(" – ");
                statement.warnings.push(Warning {
                    code: WarningCode::ContradictingDates,
                    line: Some(line),
                    text: Some(stated),
                });
            }
            None => {}
        }
        statement.decided_on = decided.map(|edge| edge.to_string()).filter(|day| day.len() == 10);
        statement.owner =
            own(Meaning::Owner).map(|name| Party { name, unit: own(Meaning::OwnerUnit), number });
        statement.partners = self
            .table
            .all(Meaning::Partner)
            .filter_map(|(at, _)| row.get(at).filter(|cell| !cell.is_empty()))
            .map(|name| Party { name: name.clone(), ..Party::default() })
            .collect();
        self.amounts(line, row, &mut statement);
        statement
    }

    fn amounts(&self, line: u32, row: &[String], statement: &mut Statement) {
        let of_row = self.text(row, Meaning::Currency).map(str::to_uppercase).filter(|code| code.len() == 3);
        for AmountColumn { at, kind, style, currency } in &self.amounts {
            let Some(cell) = row.get(*at).filter(|cell| !cell.is_empty()) else { continue };
            let mut warn = |code| {
                let text = Some(cell.clone());
                statement.warnings.push(Warning { code, line: Some(line), text });
            };
            let Some((value, beside)) = values::amount(cell, *style) else {
                warn(WarningCode::UnreadableAmount);
                continue;
            };
            if value >= IMPLAUSIBLE {
                warn(WarningCode::ImplausibleAmount);
                continue;
            }
            // What nobody says is not guessed.
            let said = beside.map(str::to_owned).or_else(|| of_row.clone());
            let Some(currency) = said.or_else(|| currency.map(str::to_owned)) else {
                warn(WarningCode::UnreadableAmount);
                continue;
            };
            let precision = Decimal::new(1, value.normalize().scale()).to_string();
            let value = value.normalize().to_string();
            statement.amounts.push(Amount {
                kind: *kind,
                value,
                currency,
                precision,
                text: cell.clone(),
                line,
            });
        }
        statement.warn_of_support(line);
    }
}

#[cfg(test)]
mod tests;
