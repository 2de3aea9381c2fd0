//! Statements as partners deliver them: the exchange format itself, one JSON object a line.

use std::io::{BufRead, BufReader};

use crate::domain::orgnr::{InvalidNumber, OrganisationNumber};
use crate::domain::period::Period;
use crate::domain::statement::{Party, Statement};
use crate::import::document::Document;
use crate::import::formats::layout::Layout;
use crate::import::formats::{Format, Item, Reading, Refused};

/// The format `statements`.
pub(super) struct Statements;

/// Keys that every statement has.
const ALL: [&str; 2] = ["\"document\"", "\"line\""];
/// Keys that tell a statement from other JSON.
const OWN: [&str; 4] =
    ["\"project_number\"", "\"amounts\"", "\"planned_participants\"", "\"responsible_unit\""];

impl Format for Statements {
    fn name(&self) -> &'static str {
        "statements"
    }

    fn detect(&self, document: &Document, _layout: &Layout) -> u8 {
        let first = document.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let has = |keys: &[&str]| keys.iter().filter(|key| first.contains(**key)).count();
        let is_statement = has(&OWN) >= 2 || (has(&OWN) == 1 && has(&ALL) == ALL.len());
        if first.trim_start().starts_with('{') && is_statement { 100 } else { 0 }
    }

    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a> {
        let reader = match document.reader() {
            Ok(reader) => BufReader::new(reader),
            Err(cause) => {
                let reason = format!("cannot be read: {cause}");
                let refused = Item::from(Err(Refused { line: None, reason }));
                return Reading { items: Box::new(std::iter::once(refused)), ..Reading::default() };
            }
        };
        let lines = reader.lines().zip(1_u32..).map_while(|(line, number)| Some((line.ok()?, number)));
        let items = lines.filter(|(line, _)| !line.trim().is_empty()).map(|(line, number)| {
            let said = read(&line).map(|mut statement| {
                // Where it stands in what was delivered; its own document is what the partner read.
                statement.line = number;
                statement.leave_out_contacts();
                statement
            });
            Item::from(said.map_err(|reason| Refused { line: Some(number), reason }))
        });
        Reading { items: Box::new(items), ..Reading::default() }
    }
}

/// Reads a line and checks what its types do not.
fn read(line: &str) -> Result<Statement, String> {
    let mut statement: Statement = serde_json::from_str(line).map_err(|cause| {
        // The place in the file is the line; the message's own place is within it.
        let cause = cause.to_string();
        let cause = cause.split(" at line ").next().unwrap_or_default();
        format!("is no statement: {cause}")
    })?;
    if let Some(period) = &statement.period {
        period.parse::<Period>().map_err(|cause| format!("period: {cause}"))?;
    }
    if let Some(day) = &statement.decided_on {
        day.parse::<chrono::NaiveDate>()
            .map_err(|_| "decided_on: is no day such as 2023-06-01".to_owned())?;
    }
    for amount in &statement.amounts {
        for (key, value) in [("value", &amount.value), ("precision", &amount.precision)] {
            value
                .parse::<rust_decimal::Decimal>()
                .map_err(|_| format!("amounts.{key}: is no decimal number"))?;
        }
        if amount.currency.len() != 3 || !amount.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err("amounts.currency: is no ISO 4217 code".to_owned());
        }
    }
    let parties = statement.owner.iter_mut().chain(&mut statement.partners);
    for Party { number, .. } in parties {
        let Some(given) = number.take() else { continue };
        match OrganisationNumber::parse(&given) {
            Ok(valid) => *number = Some(valid.digits().to_owned()),
            Err(InvalidNumber::Personal) => return Err("number: is no organisation's".to_owned()),
            Err(cause) => return Err(format!("number: {cause}")),
        }
    }
    Ok(statement)
}
