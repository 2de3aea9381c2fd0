//! A document as labels with values, headings and text, in the order they stand.

use std::sync::LazyLock;

use regex::Regex;

use super::labels::{self, Field, Form, Label};
use super::{glued, page, table, units};
use crate::domain::{contact, pattern};
use crate::import::document::{Document, Line};

/// A label with its whole value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) field: Field,
    pub(super) form: Form,
    /// The label as written.
    pub(super) label: String,
    pub(super) value: String,
    /// The line that the value stands on, or the label's own where it is empty.
    pub(super) line: u32,
}

/// One part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Labelled(Labelled),
    /// A short line that ends no sentence.
    Heading(Line),
    /// Running text.
    Text(Line),
    /// An item of a list, without its mark.
    Bullet(Line),
}

/// All parts of a document, blank lines and contact details left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub(super) items: Vec<Item>,
    /// How many names, e-mail addresses and telephone numbers were left out.
    pub(super) personal: u32,
    /// The first line with such details.
    pub(super) personal_line: Option<u32>,
    /// The unit of money that the document states once for all amounts.
    unit: Option<&'static str>,
}

static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[•·▪►●○*]\s*|[-–]\s+)(?P<text>\S.*)$"));

/// `# Heading`
static HEADING_MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^#{1,6}\s+"));

/// `Nystart leds av Flens kommun i samverkan med …`, `Projektet bedrivs i samverkan med …`
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:projektet|satsningen|insatsen|samverkan|arbetet|i projektet)\b[^.]* \p{Ll}|^[^,.]{2,60} (?:leds|drivs|ägs|samordnas|koordineras) av ",
    )
});

/// Whether the value after a label of organisations is a sentence about them.
fn is_said(field: Field, value: &str) -> bool {
    matches!(field, Field::Owner | Field::Partners) && value.trim_end().ends_with('.') && SAID.is_match(value)
}

/// Reads the layout of a document.
pub(super) fn read(document: &Document) -> Layout {
    let lines: Vec<Line> = document
        .lines()
        .into_iter()
        .filter(|line| !page::is_furniture(&line.text, line.number))
        .map(|line| Line { text: HEADING_MARK.replace(&line.text, "").into_owned(), ..line })
        .collect();
    let found: Vec<Option<Label>> = lines.iter().map(|line| labels::read(&line.text)).collect();
    let mut layout = Layout { unit: units::of_document(&document.text), ..Layout::default() };
    let mut at = 0;
    while at < lines.len() {
        at += layout.take(&lines[at..], &found[at..]);
    }
    layout
}

impl Layout {
    /// Takes the first of the lines, with those that belong to it, and says how many.
    fn take(&mut self, lines: &[Line], found: &[Option<Label>]) -> usize {
        let Some(line) = lines.first() else { return 1 };
        if line.is_blank() {
            return 1;
        }
        let table = table::read(lines);
        if !table.is_empty() {
            let used = table.iter().map(|row| row.place).max().map_or(1, |place| place + 1);
            for row in table {
                for label in row.labels {
                    self.label(label, row.line);
                }
            }
            return used;
        }
        let row = glued::read(&line.text);
        if !row.is_empty() {
            for label in row {
                self.label(label, line.number);
            }
            return 1;
        }
        if let Some(label) = &found[0] {
            self.labelled(label, lines, found)
        } else {
            self.text(line);
            1
        }
    }

    fn labelled(&mut self, label: &Label, lines: &[Line], found: &[Option<Label>]) -> usize {
        let mut label = label.clone();
        let mut line = lines[0].number;
        let mut used = 1;
        if label.value.is_empty() && label.field == Field::Unknown {
            // `Projekt som har fått stöd i år:` introduces what follows.
            if label.text.split(' ').count() > 4 {
                self.text(&lines[0]);
                return 1;
            }
        } else if label.value.is_empty() {
            let (value, length) = value_below(&label, lines, found);
            if value.is_empty() && label.form == Form::Alone && label.field != Field::Contact {
                self.text(&lines[0]);
                return 1;
            }
            if length > 1 {
                line = lines
                    .iter()
                    .take(length)
                    .skip(1)
                    .find(|line| !line.is_blank())
                    .map_or(line, |line| line.number);
            }
            label.value = value;
            used = length;
        } else if label.field == Field::Unknown
            && (label.value.len() > 120 || BULLET.is_match(&lines[0].text))
        {
            self.text(&lines[0]);
            return 1;
        }
        self.label(label, line);
        used
    }

    fn label(&mut self, label: Label, line: u32) {
        if label.field == Field::Contact || contact::is_labelled(&format!("{}:", label.text)) {
            let details = contact::count(&label.value).max(u32::from(!label.value.is_empty()));
            self.count(details, line);
            return;
        }
        self.count(contact::count(&label.value), line);
        if contact::is_in(&label.value) {
            return;
        }
        if is_said(label.field, &label.value) {
            self.items.push(Item::Text(Line { number: line, text: label.value }));
            return;
        }
        let Label { field, form, text, value } = units::with_unit(label, self.unit);
        self.items.push(Item::Labelled(Labelled { field, form, label: text, value, line }));
    }

    fn text(&mut self, line: &Line) {
        let details = contact::count(&line.text);
        self.count(details, line.number);
        if details > 0 {
            return;
        }
        let bullet = BULLET.captures(&line.text).map(|found| found["text"].to_owned());
        let is_heading = is_heading(&line.text);
        self.items.push(match bullet {
            Some(text) => Item::Bullet(Line { number: line.number, text }),
            None if is_heading => Item::Heading(line.clone()),
            None => Item::Text(line.clone()),
        });
    }

    fn count(&mut self, details: u32, line: u32) {
        self.personal = self.personal.saturating_add(details);
        if details > 0 {
            self.personal_line.get_or_insert(line);
        }
    }
}

/// The value on the lines below a label that stands alone, and how many lines both take.
fn value_below(label: &Label, lines: &[Line], found: &[Option<Label>]) -> (String, usize) {
    let below = lines.iter().enumerate().skip(1).find(|(_, line)| !line.is_blank());
    let Some((first, line)) = below.filter(|(at, _)| *at <= 3) else {
        return (String::new(), 1);
    };
    if found[first].as_ref().is_some_and(|next| is_label(next, label)) {
        return (String::new(), 1);
    }
    if matches!(label.field, Field::Partners | Field::ParticipantsOrPartners | Field::Funder) {
        let listed = listed(&lines[first..], &found[first..]);
        if listed.len() > 1 || BULLET.is_match(&line.text) {
            return (listed.join("; "), first + listed.len());
        }
    }
    let blank_between = first > 1;
    if label.field == Field::Contact && blank_between && begins_project(&lines[first..], &found[first..]) {
        return (String::new(), 1);
    }
    let sentence = line.text.ends_with('.') && line.text.len() > 60;
    let kind = labels::fits(label.field, &line.text);
    let acceptable = kind
        || match label.form {
            Form::Colon => !blank_between || !sentence && line.text.len() < 120,
            _ => !free_text(label.field) && !typed(label.field) && !sentence && line.text.len() < 120,
        };
    if acceptable { (line.text.clone(), first + 1) } else { (String::new(), 1) }
}

/// Whether a line below a contact's label is no name of a person but the heading of the facts that follow it.
fn begins_project(lines: &[Line], found: &[Option<Label>]) -> bool {
    let Some(heading) = lines.first() else { return false };
    let words: Vec<&str> = heading.text.split(' ').collect();
    let person = (2..=3).contains(&words.len())
        && words.iter().all(|word| {
            word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || c == '-')
        });
    let next = lines.iter().zip(found).skip(1).find(|(line, _)| !line.is_blank());
    let facts = next.and_then(|(_, label)| label.as_ref()).is_some_and(|label| {
        matches!(label.field, Field::Owner | Field::Period | Field::Total | Field::Funder | Field::Partners)
    });
    !person && facts && !contact::is_in(&heading.text)
}

/// Lines of a list under a label: marked ones, or short ones up to the next blank line or label.
fn listed(lines: &[Line], found: &[Option<Label>]) -> Vec<String> {
    let marked = lines.first().is_some_and(|line| BULLET.is_match(&line.text));
    lines
        .iter()
        .zip(found)
        .take_while(|(line, label)| {
            let fits = if marked {
                BULLET.is_match(&line.text)
            } else {
                !line.is_blank() && line.text.len() < 80 && !line.text.ends_with('.')
            };
            fits && label.is_none()
        })
        .map(|(line, _)| {
            BULLET.captures(&line.text).map_or_else(|| line.text.clone(), |found| found["text"].to_owned())
        })
        .collect()
}

/// Whether the line below a label is the next label and not its value.
fn is_label(next: &Label, label: &Label) -> bool {
    next.field != Field::Unknown
        && next.text != label.text
        && (next.form != Form::Spaced || next.field != label.field)
}

fn free_text(field: Field) -> bool {
    matches!(
        field,
        Field::Other | Field::Unknown | Field::Financing | Field::Results | Field::Unit | Field::Role
    )
}

fn typed(field: Field) -> bool {
    !matches!(
        field,
        Field::Name
            | Field::Owner
            | Field::Partners
            | Field::Funder
            | Field::Region
            | Field::Contact
            | Field::ParticipantsOrPartners
            | Field::Objective
    )
}

fn is_heading(text: &str) -> bool {
    let short = text.chars().count() <= 120;
    short
        && text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || "\"”“'*".contains(c))
        && !text.ends_with(['.', ',', ';', '!', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> Layout {
        read(&Document { name: "a.txt".to_owned(), text: text.to_owned(), ..Document::default() })
    }

    fn values(text: &str) -> Vec<(Field, String)> {
        let labelled = |item| {
            if let Item::Labelled(label) = item { Some((label.field, label.value)) } else { None }
        };
        layout(text).items.into_iter().filter_map(labelled).collect()
    }

    #[test]
    fn an_empty_label_does_not_take_the_next() {
        let read = values("Startdatum:\nSlutdatum:\nRegion:\nGotland\n");
        assert_eq!(read[0], (Field::Start, String::new()));
        assert_eq!(read[2], (Field::Region, "Gotland".to_owned()));
    }

    #[test]
    fn a_list_below_a_label_is_its_value() {
        let read = values("Samverkansparter:\n• Flens kommun\n• Region Gotland\n\nText.");
        assert_eq!(read, vec![(Field::Partners, "Flens kommun; Region Gotland".to_owned())]);
    }

    #[test]
    fn persons_are_counted_and_left_out() {
        let layout = layout("Kontaktperson:\nAnna Ek\nE-post:\nanna@exempel.se\nRing 070-123 45 67 nu.\n");
        assert_eq!((layout.personal, layout.personal_line), (3, Some(2)));
        assert!(layout.items.is_empty());
    }
}
