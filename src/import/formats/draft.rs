//! A statement while its document is being read.

use super::prose::partners::Partners;
use crate::domain::period::Period;
use crate::domain::statement::{Amount, Party, Statement, Warning, WarningCode};
use crate::domain::written_date::Edge;
use crate::domain::{names, number, party};

/// More partners than any project has: every municipality and then some.
const MOST_PARTNERS: usize = 400;

/// What has been read of one project so far. The first value of a field stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) statement: Statement,
    pub(super) period: Option<Period>,
    pub(super) start: Option<Edge>,
    pub(super) end: Option<Edge>,
    pub(super) owner_number: Option<String>,
    /// Whom the document means by `kommunen` and `nämnden`.
    pub(super) own: Option<Party>,
    /// Participants that labels count for women and men apart.
    pub(super) by_sex: Option<u32>,
    /// Whether a label, and not only a sentence, names partners.
    pub(super) partners_labelled: bool,
}

impl Draft {
    /// Adds each partner of a list once.
    pub(super) fn add_partners(&mut self, names: &[String]) {
        for name in names.iter().filter(|name| name.len() < 160) {
            self.add_partner(party::single(name));
        }
    }

    /// Adds a partner once.
    pub(super) fn add_partner(&mut self, partner: Party) {
        let known =
            |other: &Party| party::same(other, &partner) && other.unit.is_some() == partner.unit.is_some();
        let full = self.statement.partners.len() >= MOST_PARTNERS;
        if !full && !self.statement.partners.iter().any(known) {
            self.statement.partners.push(partner);
        }
    }

    /// Adds the partners of running text, unless a label names them.
    pub(super) fn prose_partners(&mut self, found: &Partners) {
        if self.partners_labelled {
            return;
        }
        for name in &found.names {
            self.add_partner(party::single(name));
        }
        if let Some(line) = found.unnamed {
            self.warn(WarningCode::UnnamedPartners, line, None);
        }
    }

    /// Adds a funder once.
    pub(super) fn add_funder(&mut self, funder: &str) {
        let known = self.statement.funders.iter().any(|known| names::fold(known) == names::fold(funder));
        if !known && !funder.is_empty() {
            self.statement.funders.push(funder.to_owned());
        }
    }

    /// Adds an amount, unless one of its kind and currency is known.
    pub(super) fn add_amount(&mut self, amount: Amount) {
        let known = |other: &Amount| other.kind == amount.kind && other.currency == amount.currency;
        if !self.statement.amounts.iter().any(known) {
            self.statement.amounts.push(amount);
        }
    }

    /// Takes the number that a text gives, where it gives one and no other.
    pub(super) fn only_number(&mut self, text: &str) {
        let mut numbers: Vec<String> =
            text.lines().filter_map(|line| Some(number::normalise(line)?.key)).take(50).collect();
        numbers.dedup();
        if let ([only], None) = (numbers.as_slice(), &self.statement.project_number) {
            self.statement.project_number = Some(only.clone());
        }
    }

    /// Takes a period of running text where no label has one, or where it is more exact and agrees.
    pub(super) fn prose_period(&mut self, found: Option<Period>) {
        let labelled = self.whole_period();
        self.period = match (labelled, found) {
            (Some(labelled), Some(found)) if refines(found, labelled) => Some(found),
            (None, found) => found,
            (labelled, _) => labelled,
        };
        if self.period.is_some() {
            (self.start, self.end) = (None, None);
        }
    }

    /// Takes the day of decision of running text where no label has one.
    pub(super) fn decided(&mut self, day: Option<Edge>) {
        self.statement.decided_on = self.statement.decided_on.take().or(day.map(|day| day.to_string()));
    }

    fn whole_period(&self) -> Option<Period> {
        let edges = || Period::new(self.start, self.end).or_else(|| Period::new(self.start, None));
        self.period.or_else(edges)
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, code: WarningCode, line: u32, text: Option<String>) {
        self.statement.warnings.push(Warning { code, line: Some(line), text });
    }

    /// The statement, the owner taken from among the partners.
    pub(super) fn finish(mut self) -> Option<Statement> {
        let planned = self.statement.planned_participants;
        self.statement.planned_participants = planned.or(self.by_sex);
        self.statement.period = self.whole_period().map(|period| period.to_string());
        if let (Some(owner), Some(number)) = (&mut self.statement.owner, self.owner_number.take()) {
            owner.number = Some(number);
        }
        if let Some(owner) = self.statement.owner.clone() {
            self.statement.partners.retain(|partner| !party::same(partner, &owner));
        }
        self.statement.warn_of_parts();
        let named = self.statement.name.is_some() || self.statement.project_number.is_some();
        named.then_some(self.statement)
    }
}

fn refines(found: Period, labelled: Period) -> bool {
    let (Some(start), Some(end)) = (labelled.start, labelled.end) else {
        return false;
    };
    let (Some(first), Some(last)) = (found.start, found.end) else {
        return false;
    };
    first.precision() > start.precision()
        && (start.first_day()..=start.last_day()).contains(&first.first_day())
        && (end.first_day()..=end.last_day()).contains(&last.last_day())
}

/// The Social Fund of the programme that a text speaks of, where it does.
pub(super) fn social_fund(text: &str) -> Option<&'static str> {
    let small = text.to_lowercase();
    let plus = ["esf+", "socialfonden+", "socialfonden plus", "esf plus"];
    if plus.iter().any(|name| small.contains(name)) {
        Some("Europeiska socialfonden+")
    } else {
        (small.contains("socialfond") || text.contains("ESF")).then_some("Europeiska socialfonden")
    }
}

/// The name that a fund is known by.
pub(super) fn canonical_funder(text: &str) -> String {
    let name = text.trim().trim_matches(|c: char| ".:*".contains(c) || c.is_whitespace());
    let folded = name.to_lowercase();
    if folded.contains("esf+") || folded.contains("socialfonden+") || folded.contains("socialfonden plus") {
        "Europeiska socialfonden+".to_owned()
    } else if folded.contains("socialfond") || folded == "esf" || folded.contains("esf-rådet") {
        "Europeiska socialfonden".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(owner: &str, partners: &[&str]) -> Draft {
        let mut draft = Draft::default();
        draft.statement.name = Some("Nystart".to_owned());
        draft.statement.owner = party::read(owner);
        let partners: Vec<String> = partners.iter().map(|name| (*name).to_owned()).collect();
        draft.add_partners(&partners);
        draft
    }

    #[test]
    fn the_owner_is_not_its_own_partner() {
        let statement = draft("Malmö stad, Socialförvaltningen", &["Malmö", "Region Skåne", "Region Skåne"]);
        let partners = statement.finish().map(|statement| statement.partners).unwrap_or_default();
        assert_eq!(partners.len(), 1);
    }

    #[test]
    fn a_more_exact_period_is_taken_where_it_agrees() {
        for (found, expected) in
            [("2019-09-01/2022-06-30", "2019-09-01/2022-06-30"), ("2015-01-01/2016-01-01", "2019/2022")]
        {
            let mut draft = draft("Flen", &[]);
            draft.period = "2019/2022".parse().ok();
            draft.prose_period(found.parse().ok());
            assert_eq!(draft.finish().and_then(|statement| statement.period).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_number_that_stands_alone_is_the_projects() {
        for (text, expected) in [
            ("Nystart (2019/00163)\nDnr 2019/00163", Some("2019/00163")),
            ("Nystart (2019/00163)\nfortsätter 2015/00100", None),
        ] {
            let mut draft = Draft::default();
            draft.only_number(text);
            assert_eq!(draft.statement.project_number.as_deref(), expected, "{text}");
        }
        assert_eq!(social_fund("Stöd från ESF+"), Some("Europeiska socialfonden+"));
        assert_eq!(social_fund("Stöd från staten"), None);
    }

    #[test]
    fn without_name_and_number_there_is_no_statement() {
        assert_eq!(Draft::default().finish(), None);
    }
}
