//! The kinds of documents that statements are read from, told apart by their content.
//!
//! A format is a pure function of a document: no database, network or clock.

mod annex_section;
mod blocks;
mod board_annex;
mod decision_dates;
mod decision_entry;
mod decision_list;
mod decision_name;
mod decision_sentence;
mod draft;
mod fact_page;
mod feed;
mod fields;
mod financing_parts;
mod glued;
mod house;
mod label_parties;
mod label_values;
mod labels;
mod layout;
mod mentions;
mod page;
mod press_release;
mod project_bank;
mod project_name;
mod project_sections;
mod prose;
mod published;
mod table;
mod units;
mod yearly_results;

use chrono::NaiveDate;

use super::document::Document;
use crate::domain::contact;
use crate::domain::statement::{Statement, Warning, WarningCode};

/// A kind of document.
pub trait Format: Sync {
    /// Its name, such as `project-bank`.
    fn name(&self) -> &'static str;

    /// How surely the document is of this kind: 0 not at all, 100 certainly.
    fn detect(&self, document: &Document, layout: &layout::Layout) -> u8;

    /// Whether its project numbers are its publisher's own, so that the same number elsewhere means nothing, unless it
    /// is of a series that everyone knows.
    fn has_numbers_of_its_own(&self) -> bool {
        false
    }

    /// What the document says. Its rows are read as they are asked for.
    fn read<'a>(&'a self, document: &'a Document) -> Reading<'a>;
}

/// How sure a format is of a document, for its tests.
#[cfg(test)]
fn score(format: &dyn Format, document: &Document) -> u8 {
    format.detect(document, &layout::read(document))
}

/// What is read from one document.
pub struct Reading<'a> {
    /// The document's own title.
    pub title: Option<String>,
    /// The day it was published, where it says so.
    pub published_on: Option<NaiveDate>,
    /// Who published it, where its kind or its content tells.
    pub publisher: Option<String>,
    /// How many names, e-mail addresses and telephone numbers of persons were left out, those in its items not counted.
    pub personal_details_left_out: u32,
    /// What concerns the document and not one project.
    pub warnings: Vec<Warning>,
    /// What it says of each project, and rows that could not be read.
    pub items: Box<dyn Iterator<Item = Item> + Send + 'a>,
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self {
            title: None,
            published_on: None,
            publisher: None,
            personal_details_left_out: 0,
            warnings: Vec::new(),
            items: Box::new(std::iter::empty()),
        }
    }
}

/// A row, or a part about one project.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it says, or why it could not be read.
    pub said: Result<Statement, Refused>,
    /// How many details of persons were left out of it.
    pub personal_details_left_out: u32,
}

impl From<Result<Statement, Refused>> for Item {
    fn from(said: Result<Statement, Refused>) -> Self {
        Self { said, personal_details_left_out: 0 }
    }
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Refused {
    /// Its line, from 1.
    pub line: Option<u32>,
    /// Why.
    pub reason: String,
}

/// The kinds of documents for people, the most particular first: of two equally sure ones the first is taken.
static DOCUMENTS: &[&dyn Format] = &[
    &project_bank::ProjectBank,
    &board_annex::BoardAnnex,
    &decision_list::DecisionList,
    &fact_page::FactPage,
    &yearly_results::YearlyResults,
    &press_release::PressRelease,
];

/// Every format.
pub fn all() -> impl Iterator<Item = &'static dyn Format> {
    feed::all().chain(DOCUMENTS.iter().copied())
}

/// The format that the document's content is surest of.
#[must_use]
pub fn detect(document: &Document) -> Option<&'static dyn Format> {
    // Feeds can be large, and have no layout for people.
    let feed = feed::detect(document);
    if feed.is_some() || document.large.is_some() || is_data(&document.text) {
        return feed;
    }
    let layout = layout::read(document);
    let mut best: Option<(&'static dyn Format, u8)> = None;
    for format in DOCUMENTS {
        let score = format.detect(document, &layout);
        if score > best.map_or(0, |(_, known)| known) {
            best = Some((*format, score));
        }
    }
    best.map(|(format, _)| format)
}

/// JSON is data of a program, whatever words it holds.
fn is_data(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with(['{', '['])
}

/// The format of a name, such as `board-annex`.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    all().find(|format| format.name() == name)
}

/// A reading with what every format tells of its document. Contact details go no further than this.
fn reading(
    layout: &layout::Layout,
    document: &Document,
    title: Option<String>,
    statements: Vec<Statement>,
) -> Reading<'static> {
    let mut warnings = Vec::new();
    if layout.personal > 0 {
        warnings.push(Warning {
            code: WarningCode::PersonalDetailsLeftOut,
            line: layout.personal_line,
            text: None,
        });
    }
    let statements = statements.into_iter().map(|mut statement| {
        statement.document.clone_from(&document.name);
        statement.leave_out_contacts();
        statement
    });
    Reading {
        title: title.filter(|title| !contact::is_in(title)),
        published_on: published::day(document),
        publisher: None,
        personal_details_left_out: layout.personal,
        warnings,
        items: Box::new(
            statements.collect::<Vec<_>>().into_iter().map(|statement| Item::from(Ok(statement))),
        ),
    }
}

/// What a document says, for tests.
#[cfg(test)]
fn statements(reading: Reading<'_>) -> Vec<Statement> {
    reading.items.filter_map(|item| item.said.ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(text: &str) -> Document {
        Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() }
    }

    #[test]
    fn formats_are_found_by_name() {
        for format in all() {
            assert_eq!(by_name(format.name()).map(Format::name), Some(format.name()));
        }
        assert!(by_name("spreadsheet").is_none());
    }

    #[test]
    fn other_documents_are_not_recognised() {
        for text in
            ["", "Köp mjölk, ägg och bröd.", "a;b;c\n1;2;3\n", "\n [{\"Projektägare\": \"Flens kommun\"}]"]
        {
            assert!(detect(&document(text)).is_none(), "{text}");
        }
    }

    fn label_line() -> impl Strategy<Value = String> {
        let label = prop::sample::select(vec![
            "Namn",
            "Projektägare",
            "Budget",
            "Total projektbudget",
            "Projektperiod",
            "Start- och avslutsdatum",
            "Sökande",
            "Sökt belopp",
            "Belopp",
            "Samverkansparter",
            "Antal deltagare",
            "E-post",
            "Kontaktperson",
            "Resultat",
            "2. Nystart",
        ]);
        let joint = prop::sample::select(vec![":", ": ", ":\n", "", " ", "\n", "\t", " | ", ":\n\n"]);
        let value = prop_oneof![
            Just("Flens kommun, Socialförvaltningen".to_owned()),
            Just("1 618 426 kr".to_owned()),
            Just("maj 2019 – juni 2022".to_owned()),
            Just("Region Gotland får 3 miljoner kronor till projektet Nystart.".to_owned()),
            "\\PC{0,20}",
        ];
        (label, joint, value).prop_map(|(label, joint, value)| format!("{label}{joint}{value}\n"))
    }

    proptest! {
        #[test]
        fn no_text_makes_a_format_panic(text in "(\\PC|\n){0,200}") {
            for format in all() {
                let document = document(&text);
                let _ = (score(format, &document), format.read(&document).items.count());
            }
        }

        #[test]
        fn no_labels_make_a_format_panic(lines in proptest::collection::vec(label_line(), 0..20)) {
            let text = lines.concat();
            for format in all() {
                for statement in statements(format.read(&document(&text))) {
                    prop_assert!(statement.line >= 1);
                    prop_assert!(statement.name.is_some() || statement.project_number.is_some());
                }
            }
        }

        #[test]
        fn contact_details_go_nowhere(lines in proptest::collection::vec(label_line(), 0..12), user in "[a-z]{2,8}") {
            let text = format!("{}Projektägare: {user}@exempel.se\nKontakt: {user}@exempel.se\n", lines.concat());
            for format in all() {
                let json = serde_json::to_string(&statements(format.read(&document(&text)))).unwrap_or_default();
                prop_assert!(!json.contains("@exempel"));
            }
        }
    }
}
