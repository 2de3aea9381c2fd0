//! What the values after labels are, and the forms that label and value can have.

/// What the value after a label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Field {
    Name,
    Number,
    Owner,
    OwnerNumber,
    Role,
    Unit,
    Partners,
    ParticipantsOrPartners,
    Funder,
    Financing,
    Total,
    Granted,
    Eu,
    Applied,
    CoFinancing,
    InKind,
    Compensation,
    Paid,
    Period,
    Start,
    End,
    Participants,
    Objective,
    Region,
    Decided,
    Contact,
    Results,
    Other,
    /// A label in a labelled part that no vocabulary knows.
    Unknown,
}

/// How label and value stand on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `Label: value`, or parted by a tab or a bar.
    Colon,
    /// The label alone; its value may follow on the next line.
    Alone,
    /// `Label value`, where the value is of the label's kind.
    Spaced,
    /// `Labelvalue`
    Glued,
    /// The value stands in the column of the label.
    Cell,
}

/// A label found at the start of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) field: Field,
    pub(super) form: Form,
    /// As written.
    pub(super) text: String,
    /// What stands after it on the line.
    pub(super) value: String,
}

/// The groups of the vocabulary, each with its field.
pub(super) const GROUPS: [(&str, Field); 28] = [
    ("name", Field::Name),
    ("number", Field::Number),
    ("owner", Field::Owner),
    ("owner-number", Field::OwnerNumber),
    ("role", Field::Role),
    ("unit", Field::Unit),
    ("partners", Field::Partners),
    ("participants-or-partners", Field::ParticipantsOrPartners),
    ("funder", Field::Funder),
    ("financing", Field::Financing),
    ("total", Field::Total),
    ("granted", Field::Granted),
    ("eu", Field::Eu),
    ("applied", Field::Applied),
    ("cofinancing", Field::CoFinancing),
    ("in-kind", Field::InKind),
    ("compensation", Field::Compensation),
    ("paid", Field::Paid),
    ("period", Field::Period),
    ("start", Field::Start),
    ("end", Field::End),
    ("participants", Field::Participants),
    ("objective", Field::Objective),
    ("region", Field::Region),
    ("decided", Field::Decided),
    ("contact", Field::Contact),
    ("results", Field::Results),
    ("other", Field::Other),
];

impl Field {
    /// Whether its value is one amount of money.
    pub(super) fn is_amount(self) -> bool {
        matches!(
            self,
            Self::Total
                | Self::Granted
                | Self::Eu
                | Self::Applied
                | Self::CoFinancing
                | Self::InKind
                | Self::Compensation
                | Self::Paid
        )
    }
}
