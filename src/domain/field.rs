//! The facts of a project that sources state.

use super::statement::{AmountKind, Statement};

/// A fact of a project that sources may state differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The name.
    Name,
    /// The funder's case number.
    Number,
    /// When it starts.
    PeriodStart,
    /// When it ends.
    PeriodEnd,
    /// The owner's legal entity.
    Owner,
    /// An amount of one kind in one currency.
    Amount(AmountKind),
    /// Participants it planned for.
    PlannedParticipants,
    /// Specific objective.
    SpecificObjective,
    /// Region as written.
    Region,
    /// Day of the decision.
    DecidedOn,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 17] = [
        Self::Name,
        Self::Number,
        Self::PeriodStart,
        Self::PeriodEnd,
        Self::Owner,
        Self::Amount(AmountKind::TotalBudget),
        Self::Amount(AmountKind::Applied),
        Self::Amount(AmountKind::Granted),
        Self::Amount(AmountKind::EuSupport),
        Self::Amount(AmountKind::CoFinancing),
        Self::Amount(AmountKind::InKind),
        Self::Amount(AmountKind::ParticipantCompensation),
        Self::Amount(AmountKind::Paid),
        Self::PlannedParticipants,
        Self::SpecificObjective,
        Self::Region,
        Self::DecidedOn,
    ];

    /// Its name, as in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Number => "NUMBER",
            Self::PeriodStart => "PERIOD_START",
            Self::PeriodEnd => "PERIOD_END",
            Self::Owner => "OWNER",
            Self::Amount(AmountKind::TotalBudget) => "TOTAL_BUDGET",
            Self::Amount(AmountKind::Applied) => "APPLIED",
            Self::Amount(AmountKind::Granted) => "GRANTED",
            Self::Amount(AmountKind::EuSupport) => "EU_SUPPORT",
            Self::Amount(AmountKind::CoFinancing) => "CO_FINANCING",
            Self::Amount(AmountKind::InKind) => "IN_KIND",
            Self::Amount(AmountKind::ParticipantCompensation) => "PARTICIPANT_COMPENSATION",
            Self::Amount(AmountKind::Paid) => "PAID",
            Self::PlannedParticipants => "PLANNED_PARTICIPANTS",
            Self::SpecificObjective => "SPECIFIC_OBJECTIVE",
            Self::Region => "REGION",
            Self::DecidedOn => "DECIDED_ON",
        }
    }

    /// The field of a name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name().eq_ignore_ascii_case(name))
    }
}

/// The fields that a statement says something of, each once.
pub fn filled(statement: &Statement) -> impl Iterator<Item = Field> {
    let period = statement.period.as_deref().and_then(|period| period.split_once('/'));
    let is_said = |edge: &str| !edge.is_empty() && edge != "..";
    let own = [
        (Field::Name, statement.name.is_some()),
        (Field::Number, statement.project_number.is_some()),
        (Field::PeriodStart, period.is_some_and(|(start, _)| is_said(start))),
        (Field::PeriodEnd, period.is_some_and(|(_, end)| is_said(end))),
        (Field::Owner, statement.owner.is_some()),
        (Field::PlannedParticipants, statement.planned_participants.is_some()),
        (Field::SpecificObjective, statement.specific_objective.is_some()),
        (Field::Region, statement.region.is_some()),
        (Field::DecidedOn, statement.decided_on.is_some()),
    ];
    let mut amounts: Vec<Field> = statement.amounts.iter().map(|amount| Field::Amount(amount.kind)).collect();
    amounts.sort_unstable();
    amounts.dedup();
    own.into_iter().filter(|(_, said)| *said).map(|(field, _)| field).chain(amounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name() {
        for field in Field::ALL {
            assert_eq!(Field::by_name(field.name()), Some(field));
        }
    }
}
