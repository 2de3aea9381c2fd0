//! Structured feeds: a row or an object for each project. What a column means stands in `catalogue/headers.tsv`, so a new
//! country or edition is a row there and no code.

mod columns;
mod esf_export;
mod kohesio;
mod list_of_operations;
mod statements;
mod threesixtygiving;
mod tillvaxtverket;
mod values;

use rust_decimal::Decimal;

use self::columns::{Column, Meaning};
use self::values::{Order, Orders, Style, Styles};
use super::layout::Layout;
use super::{Format, Item, Reading, Refused};
use crate::domain::orgnr::{InvalidNumber, OrganisationNumber};
use crate::domain::period::Period;
use crate::domain::statement::{Amount, AmountKind, Party, Statement, Warning, WarningCode};
use crate::domain::written_date::Edge;
use crate::import::document::Document;
use crate::import::records::{self, Records, Row};

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
    let records = Records::of(document)?;
    let mut best: Option<(&'static Feed, usize)> = None;
    for feed in FEEDS {
        if let Some(table) = feed.table(&records, document)
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
struct Table {
    columns: Vec<Option<&'static Column>>,
    header: Vec<String>,
    line: u32,
    /// Rows down to the header, itself included.
    above: usize,
}

impl Feed {
    fn table(&self, records: &Records, document: &Document) -> Option<Table> {
        let vocabulary = columns::of(self.name)?;
        let tables = records.rows(document).take(TITLES).enumerate().filter_map(|(at, row)| {
            let (line, header) = row.ok()?;
            let columns = header.iter().map(|text| vocabulary.find(text)).collect();
            Some(Table { columns, header, line, above: at + 1 })
        });
        let has =
            |table: &Table, meaning| table.columns.iter().flatten().any(|column| column.meaning == meaning);
        // Of equals the first: a row of data can repeat words of its header.
        let needed = |table: &Table| self.needs.iter().all(|meaning| has(table, *meaning));
        tables.filter(needed).fold(None, |best: Option<Table>, table| match best {
            Some(best) if best.known() >= table.known() => Some(best),
            _ => Some(table),
        })
    }
}

impl Table {
    fn known(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// The columns with a meaning.
    fn all(&self, meaning: Meaning) -> impl Iterator<Item = (usize, &'static Column)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(move |(at, column)| {
            column.filter(|column| column.meaning == meaning).map(|c| (at, c))
        })
    }
}

impl Format for Feed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn detect(&self, document: &Document, _layout: &Layout) -> u8 {
        let known = Records::of(document).and_then(|records| Some(self.table(&records, document)?.known()));
        known.map_or(0, |known| u8::try_from(50 + known).unwrap_or(u8::MAX).min(100))
    }

    fn has_numbers_of_its_own(&self) -> bool {
        true
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
        let mut reading = Reading { publisher: self.publisher.map(str::to_owned), ..Reading::default() };
        let Some(records) = Records::of(document) else { return reading };
        let Some(table) = self.table(&records, document) else { return reading };
        for (text, column) in table.header.iter().zip(&table.columns) {
            if column.is_none() && !text.is_empty() {
                let (code, text) = (WarningCode::UnknownLabel, Some(text.clone()));
                reading.warnings.push(Warning { code, line: Some(table.line), text });
            }
        }
        let above = table.above;
        let reader = Reader::new(self, table, &records, document);
        let rows: Box<dyn Iterator<Item = Row> + Send + 'a> = match records {
            Records::Objects(rows) => Box::new(rows.into_iter()),
            Records::Table(delimiter) => records::table(document, delimiter),
        };
        reading.items = Box::new(rows.skip(above).map(move |row| reader.item(row, document)));
        reading
    }
}

/// What makes statements of rows: how each column is written has been found out.
struct Reader<'a> {
    feed: &'a Feed,
    table: Table,
    amounts: Vec<AmountColumn>,
    dates: Vec<(usize, Meaning, Order)>,
}

struct AmountColumn {
    at: usize,
    kind: AmountKind,
    style: Style,
    /// The currency that its header names, or else the usual one where such headers are used.
    currency: Option<&'static str>,
}

impl<'a> Reader<'a> {
    fn new(feed: &'a Feed, table: Table, records: &Records, document: &Document) -> Self {
        let kinds = [
            (Meaning::TotalBudget, AmountKind::TotalBudget),
            (Meaning::Applied, AmountKind::Applied),
            (Meaning::Granted, AmountKind::Granted),
            (Meaning::EuSupport, AmountKind::EuSupport),
            (Meaning::Paid, AmountKind::Paid),
        ];
        let mut amounts: Vec<(usize, AmountKind, &Column, Styles)> = Vec::new();
        for (meaning, kind) in kinds {
            amounts.extend(table.all(meaning).map(|(at, column)| (at, kind, column, Styles::default())));
        }
        let mut dates: Vec<(usize, Meaning, Orders)> = Vec::new();
        for meaning in [Meaning::Start, Meaning::End, Meaning::DecidedOn] {
            dates.extend(table.all(meaning).map(|(at, _)| (at, meaning, Orders::default())));
        }
        for (_, row) in records.rows(document).skip(table.above).flatten() {
            for (at, _, _, styles) in &mut amounts {
                row.get(*at).into_iter().for_each(|cell| styles.add(cell));
            }
            for (at, _, orders) in &mut dates {
                row.get(*at).into_iter().for_each(|cell| orders.add(cell));
            }
        }
        let amounts = amounts
            .into_iter()
            .filter(|(_, _, _, styles)| styles.says_something)
            .map(|(at, kind, column, styles)| {
                let currency = values::currency(&table.header[at]).or(column.currency.as_deref());
                AmountColumn { at, kind, style: styles.style(), currency }
            })
            .collect();
        let dates = dates.into_iter().map(|(at, meaning, orders)| (at, meaning, orders.order())).collect();
        Self { feed, table, amounts, dates }
    }

    fn item(&self, row: Row, document: &Document) -> Item {
        let (line, row) = match row {
            Ok(row) => row,
            Err(refused) => return Item::from(Err(refused)),
        };
        let width = self.table.header.len();
        if row.len() > width && row[width..].iter().any(|cell| !cell.is_empty()) {
            let reason = format!("has {} cells where the header has {width}", row.len());
            return Item::from(Err(Refused { line: Some(line), reason }));
        }
        let mut statement = self.statement(line, &row);
        statement.document.clone_from(&document.name);
        statement.leave_out_contacts();
        Item { said: Ok(statement), personal_details_left_out: self.contacts(&row) }
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
            .filter_map(|(at, _)| row.get(at))
            .flat_map(|cell| cell.split([';', '\n']).map(str::trim).filter(|name| !name.is_empty()))
            .map(|name| Party { name: name.to_owned(), ..Party::default() })
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
