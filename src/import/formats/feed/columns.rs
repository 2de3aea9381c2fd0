//! What the columns of feeds mean: `catalogue/headers.tsv` names them, in every language that feeds come in.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Meaning {
    /// The project's name.
    Name,
    /// The project's number with the fund.
    Number,
    /// Who owns it.
    Owner,
    /// The unit of the owner that is named besides.
    OwnerUnit,
    /// The owner's organisation number.
    OwnerNumber,
    /// An organisation that takes part.
    Partner,
    /// Who pays.
    Funder,
    /// When it starts.
    Start,
    /// When it ends.
    End,
    /// The whole budget.
    TotalBudget,
    /// What was applied for.
    Applied,
    /// What was granted.
    Granted,
    /// What the European Union pays.
    EuSupport,
    /// What was paid out.
    Paid,
    /// The currency of the amounts.
    Currency,
    /// Specific objective of the programme.
    SpecificObjective,
    /// Where.
    Region,
    /// The day of the decision.
    DecidedOn,
    /// Planned participants.
    PlannedParticipants,
    /// A person to turn to: counted, and left out.
    Contact,
    /// Known, and of no use here.
    Other,
}

#[derive(Deserialize)]
struct Row {
    format: String,
    meaning: Meaning,
    header: String,
    currency: String,
}

/// A column that a format knows.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// What it says.
    pub meaning: Meaning,
    /// The currency of its amounts, where its header or its language tells.
    pub currency: Option<String>,
}

/// The columns of a format, by their headers.
#[derive(Default)]
pub(super) struct Vocabulary {
    exact: HashMap<String, Column>,
    /// Beginnings, of headers with a counter or with parts that differ.
    beginnings: Vec<(String, Column)>,
}

static VOCABULARIES: LazyLock<HashMap<String, Vocabulary>> = LazyLock::new(|| {
    let mut all: HashMap<String, Vocabulary> = HashMap::new();
    let table = include_str!("../../../../catalogue/headers.tsv");
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(table.as_bytes());
    for row in reader.deserialize::<Row>().flatten() {
        let vocabulary = all.entry(row.format).or_default();
        let column = Column {
            meaning: row.meaning,
            currency: Some(row.currency).filter(|currency| !currency.is_empty()),
        };
        match row.header.strip_suffix('*') {
            Some(beginning) => vocabulary.beginnings.push((key(beginning), column)),
            None => drop(vocabulary.exact.insert(key(&row.header), column)),
        }
    }
    all
});

/// The columns that a format knows.
pub(super) fn of(format: &str) -> Option<&'static Vocabulary> {
    VOCABULARIES.get(format)
}

/// Currencies as headers end in them.
const CURRENCIES: [&str; 7] = ["ineuro", "eur", "euro", "isek", "sek", "kr", "gbp"];

impl Vocabulary {
    /// The column with a header.
    pub fn find(&'static self, header: &str) -> Option<&'static Column> {
        let key = key(header);
        // A currency at the end belongs to the amounts.
        let bare = || CURRENCIES.iter().find_map(|currency| self.exact.get(key.strip_suffix(currency)?));
        let begins = || self.beginnings.iter().find(|(beginning, _)| key.starts_with(beginning.as_str()));
        self.exact.get(&key).or_else(bare).or_else(|| begins().map(|(_, column)| column))
    }
}

/// A header without what differs between editions: case, blanks, line breaks with their hyphens, punctuation.
pub(super) fn key(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let table = include_str!("../../../../catalogue/headers.tsv");
        let mut reader =
            csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(table.as_bytes());
        let rows: Vec<Row> = reader.deserialize().map(Result::unwrap).collect();
        for row in &rows {
            assert!(of(&row.format).unwrap().find(&row.header.replace('*', "x")).is_some(), "{}", row.header);
        }
        let mut keys: Vec<_> = rows.iter().map(|row| (&row.format, key(&row.header))).collect();
        keys.sort();
        let twice = keys.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None);
    }

    #[test]
    fn headers_match_however_their_lines_are_broken() {
        let german = of("list-of-operations").unwrap();
        for header in ["Beginn des Vor-habens ", "BEGINN DES VORHABENS", "Beginn des\nVorhabens"] {
            assert_eq!(german.find(header).unwrap().meaning, Meaning::Start, "{header}");
        }
        assert!(german.find("Beginn").is_none());
    }
}
