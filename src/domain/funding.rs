//! Which funder a source means.

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::catalogue::{KnownFunder, catalogue};
use super::identity::identify;
use super::ids;
use super::names::fold;
use super::number::Scheme;
use super::statement::Party;

/// A funder as it will stand in the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funder {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// Its kind, as in the API.
    pub kind: String,
    /// Programme period, such as `2014-2020`.
    pub programme_period: Option<String>,
    /// Name of the organisation that administers it.
    pub administered_by: Option<String>,
    /// The fund it is a period or a part of.
    pub parent: Option<Box<Funder>>,
}

/// What is known of a project that tells which programme period pays for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// The series of its number.
    pub scheme: Option<Scheme>,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// Day of the decision.
    pub decided_on: Option<NaiveDate>,
}

/// How many years after a programme period money may still be spent (the n + 3 rule).
const LAG: i32 = 3;

/// The funder with a name. Of a fund with programme periods it is the period, where only one can be meant.
#[must_use]
pub fn funder(name: &str, timing: Timing) -> Funder {
    match catalogue().funder_by_name(name) {
        Some(known) => of_catalogue(period(known, timing).unwrap_or(known)),
        None => by_name(name),
    }
}

fn period(fund: &'static KnownFunder, timing: Timing) -> Option<&'static KnownFunder> {
    let all = || catalogue().periods_of(&fund.key);
    // The Social Fund's case numbers changed their form with the programme of 2021.
    if timing.scheme == Some(Scheme::CallSerial) {
        return all().find(|p| p.first_year == Some(2021));
    }
    let years = [timing.starts_on, timing.decided_on, timing.ends_on];
    let years: Vec<i32> = years.iter().flatten().map(Datelike::year).collect();
    let fitting = all().filter(|p| match (p.first_year, p.last_year) {
        (Some(first), Some(last)) => years.iter().all(|year| (first..=last + LAG).contains(year)),
        _ => false,
    });
    let numbered_so =
        |p: &&KnownFunder| timing.scheme != Some(Scheme::YearSerial) || p.first_year < Some(2021);
    let candidates: Vec<_> = fitting.filter(numbered_so).collect();
    match candidates.as_slice() {
        [one] if !years.is_empty() => Some(one),
        _ => None,
    }
}

fn of_catalogue(known: &KnownFunder) -> Funder {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Funder {
        id: known.id,
        name: known.name_sv.clone(),
        name_en: some(&known.name_en),
        kind: known.kind.clone(),
        programme_period: some(&known.programme_period),
        administered_by: some(&known.administered_by),
        parent: catalogue().funder(&known.parent).map(|parent| Box::new(of_catalogue(parent))),
    }
}

fn by_name(name: &str) -> Funder {
    let party = Party { name: name.to_owned(), ..Party::default() };
    let organisation = identify(&party, None).filter(|identity| identity.unit.is_none());
    let kind = match organisation.as_ref().map(|identity| identity.legal.kind.as_str()) {
        Some("STATE_AGENCY") => "STATE",
        Some("REGION") => "REGIONAL",
        Some("MUNICIPALITY") => "MUNICIPAL",
        Some("COORDINATION_ASSOCIATION") => "COORDINATION_ASSOCIATION",
        Some("COMPANY" | "FOUNDATION") => "PRIVATE",
        _ => "OTHER",
    };
    Funder {
        id: ids::named(&["funder name", &fold(name)]),
        name: name.to_owned(),
        name_en: None,
        kind: kind.to_owned(),
        programme_period: None,
        administered_by: organisation.map(|identity| identity.legal.name),
        parent: None,
    }
}
