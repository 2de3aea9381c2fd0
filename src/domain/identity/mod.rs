//! Which organisation a source means: a legal entity, or a unit of one.
//!
//! A number decides; next the catalogue; a name that nobody knows becomes an organisation of that name.

mod words;

use uuid::Uuid;

use self::words::{definite, indefinite, is_description, is_indefinite, is_unit_name, kind_by_name};
use super::catalogue::{KnownOrganisation, catalogue};
use super::ids;
use super::names::{fold, split_list};
use super::orgnr::OrganisationNumber;
use super::statement::Party;

/// An organisation as it will stand in the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// Its kind, as in the API.
    pub kind: String,
    /// Organisationsnummer, ten digits.
    pub number: Option<String>,
    /// SCB's four digits.
    pub municipality_code: Option<String>,
    /// SCB's two digits.
    pub region_code: Option<String>,
    /// Names it had before.
    pub former_names: Vec<String>,
    /// Whether more than a name tells which it is.
    pub certain: bool,
}

/// Whom a source means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The legal entity.
    pub legal: Organisation,
    /// The unit of it that is meant.
    pub unit: Option<Box<Organisation>>,
}

impl Identity {
    /// The legal entity, and the unit if one is meant.
    pub fn organisations(&self) -> impl Iterator<Item = &Organisation> {
        std::iter::once(&self.legal).chain(self.unit.as_deref())
    }

    /// The unit, or the legal entity where no unit is meant.
    #[must_use]
    pub fn member(&self) -> &Organisation {
        self.unit.as_deref().unwrap_or(&self.legal)
    }

    fn whole(legal: Organisation) -> Self {
        Self { legal, unit: None }
    }

    fn part(legal: Organisation, unit: &str) -> Self {
        let unit = unit_of(&legal, unit);
        Self { legal, unit: Some(Box::new(unit)) }
    }
}

/// Finds whom a party is. `within` is the legal entity that the rest of the statement speaks of:
/// `Socialförvaltningen` alone is its department. None for what is no organisation, such as `arbetsgivare`.
#[must_use]
pub fn identify(party: &Party, within: Option<&Organisation>) -> Option<Identity> {
    let name = without_parenthesis(&party.name);
    let unit = party.unit.as_deref().map(without_parenthesis).filter(|unit| fold(unit) != fold(name));
    if let Some(number) = party.number.as_deref().and_then(|n| OrganisationNumber::parse(n).ok()) {
        let legal = numbered(&number, name);
        return Some(
            unit.map_or_else(|| Identity::whole(legal.clone()), |unit| Identity::part(legal.clone(), unit)),
        );
    }
    if let Some(unit) = unit {
        if is_indefinite(unit) {
            return None;
        }
        let whole = identify(&Party { name: name.to_owned(), ..Party::default() }, within)?;
        return Some(Identity::part(whole.legal, unit));
    }
    if let Some(which) = general(name) {
        return which.near(within?).map(Identity::whole);
    }
    if let Some(known) = catalogue().organisation_by_name(name) {
        return Some(Identity::whole(known_organisation(known)));
    }
    if let Some((unit, parent)) =
        catalogue().unit(name, within.map(|legal| legal.id)).or_else(|| catalogue().unit(name, None))
    {
        return Some(Identity::part(known_organisation(parent), &unit.name));
    }
    if let Some((known, rest)) = possessive(name) {
        return (!is_indefinite(&rest)).then(|| Identity::part(known_organisation(known), &rest));
    }
    if let Some((unit, place)) = name.rsplit_once(" i ") {
        // `Arbetsmarknadsförvaltningen i Stockholms stad`.
        if let Some(known) = catalogue().organisation_by_name(place).filter(|_| is_unit_name(unit)) {
            return Some(Identity::part(known_organisation(known), unit));
        }
    }
    if is_indefinite(name) {
        return None;
    }
    if is_unit_name(name)
        && let Some(within) = within.filter(|legal| has_departments(legal))
    {
        return Some(Identity::part(within.clone(), name));
    }
    (!is_description(name)).then(|| Identity::whole(by_name(name)))
}

/// Whether it is told by a party alone whom it is, whatever the rest of the statement speaks of.
#[must_use]
pub fn is_told_alone(party: &Party) -> bool {
    if party.number.as_deref().is_some_and(|number| OrganisationNumber::parse(number).is_ok()) {
        return true;
    }
    let name = without_parenthesis(&party.name);
    if general(name).is_some() {
        return false;
    }
    let is_part = |name: &str| general(name).is_some() || catalogue().has_unit(name) || is_unit_name(name);
    let mut halves = halves(&party.name).into_iter();
    catalogue().organisation_by_name(name).is_some()
        || !(is_part(name) || halves.any(|half| is_part(without_parenthesis(&half))))
}

/// Finds everyone whom a party is: two where two known bodies are named as one, `Nynäshamn- och Järfälla kommun`.
#[must_use]
pub fn identify_all(party: &Party, within: Option<&Organisation>) -> Vec<Identity> {
    let Some(one) = identify(party, within) else { return Vec::new() };
    if one.legal.certain || party.unit.is_some() {
        return vec![one];
    }
    let halves = halves(&party.name);
    let each: Vec<Identity> = halves
        .iter()
        .filter_map(|name| identify(&Party { name: name.clone(), ..Party::default() }, within))
        .filter(|identity| identity.legal.certain)
        .collect();
    if each.len() > 1 && each.len() == halves.len() { each } else { vec![one] }
}

/// The names that one stands for, if it stands for several.
fn halves(name: &str) -> Vec<String> {
    match name.split_once("- och ") {
        // They share their last word.
        Some((first, second)) => {
            let shared = second.split(' ').next_back().unwrap_or_default();
            vec![format!("{first} {shared}"), second.to_owned()]
        }
        None => split_list(name),
    }
}

/// A body that there is one of in each county or place, named without saying which.
#[derive(Clone, Copy)]
enum General {
    Region,
    CountyBoard,
    Municipality,
    CoordinationAssociation,
}

fn general(name: &str) -> Option<General> {
    match fold(name).as_str() {
        "regionen" | "landstinget" => Some(General::Region),
        "länsstyrelsen" => Some(General::CountyBoard),
        "kommunen" | "staden" => Some(General::Municipality),
        "samordningsförbundet" => Some(General::CoordinationAssociation),
        _ => None,
    }
}

impl General {
    /// The one that lies where another organisation does, if that tells.
    fn near(self, within: &Organisation) -> Option<Organisation> {
        let county = within.region_code.as_deref().and_then(|code| catalogue().region(code));
        let name = match self {
            Self::Municipality => return (within.kind == "MUNICIPALITY").then(|| within.clone()),
            Self::Region => county?.government(),
            Self::CountyBoard => &format!("Länsstyrelsen i {}", county?.name_sv),
            // Several lie in a county, and some span several municipalities.
            Self::CoordinationAssociation => return None,
        };
        catalogue().organisation_by_name(name).map(known_organisation)
    }
}

fn known_organisation(known: &KnownOrganisation) -> Organisation {
    Organisation {
        id: known.id,
        name: known.name.clone(),
        name_en: known.name_en.clone(),
        kind: known.kind.clone(),
        number: known.number.clone(),
        municipality_code: known.municipality_code.clone(),
        region_code: known.region_code.clone(),
        former_names: known.former_names.clone(),
        certain: true,
    }
}

fn numbered(number: &OrganisationNumber, name: &str) -> Organisation {
    let known = catalogue()
        .organisation_by_number(number.digits())
        // The catalogue may know the name but not the number.
        .or_else(|| catalogue().organisation_by_name(name).filter(|known| known.number.is_none()));
    match known {
        Some(known) => Organisation { number: Some(number.digits().to_owned()), ..known_organisation(known) },
        None => Organisation {
            id: ids::named(&["number", number.digits()]),
            number: Some(number.digits().to_owned()),
            certain: true,
            ..by_name(name)
        },
    }
}

fn by_name(name: &str) -> Organisation {
    Organisation {
        id: ids::named(&["name", &fold(name)]),
        name: name.to_owned(),
        name_en: None,
        kind: kind_by_name(name).to_owned(),
        number: None,
        municipality_code: None,
        region_code: None,
        former_names: Vec::new(),
        certain: false,
    }
}

fn unit_of(legal: &Organisation, unit: &str) -> Organisation {
    let name = match catalogue().unit(unit, Some(legal.id)) {
        Some((known, _)) => known.name.clone(),
        None => definite(&capitalised(unit)),
    };
    Organisation {
        id: ids::named(&["unit", &legal.id.to_string(), &indefinite(&fold(&name))]),
        name,
        name_en: None,
        kind: "UNIT".to_owned(),
        number: None,
        municipality_code: legal.municipality_code.clone(),
        region_code: legal.region_code.clone(),
        former_names: Vec::new(),
        certain: legal.certain,
    }
}

fn has_departments(legal: &Organisation) -> bool {
    matches!(legal.kind.as_str(), "MUNICIPALITY" | "REGION" | "MUNICIPAL_ASSOCIATION")
}

/// `Stockholms stads Utbildningsförvaltning`, `Botkyrka kommuns Jobbcenter`: owner and unit in one name.
fn possessive(name: &str) -> Option<(&'static KnownOrganisation, String)> {
    const WHOLES: [&str; 4] = ["kommuns", "stads", "regions", "läns"];
    let words: Vec<&str> = name.split_whitespace().collect();
    (1..words.len()).find_map(|at| {
        let last = words[at - 1];
        let is_whole = WHOLES.contains(&last.to_lowercase().as_str())
            || (at == 2 && words[0].eq_ignore_ascii_case("region") && last.ends_with('s'));
        let whole = is_whole.then(|| words[..at].join(" "))?;
        let known = catalogue().organisation_by_name(whole.strip_suffix('s')?)?;
        Some((known, words[at..].join(" ")))
    })
}

fn without_parenthesis(name: &str) -> &str {
    name.split(" (").next().unwrap_or(name).trim()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str, unit: Option<&str>, number: Option<&str>) -> Party {
        Party { name: name.to_owned(), unit: unit.map(str::to_owned), number: number.map(str::to_owned) }
    }

    fn who(name: &str) -> Option<Identity> {
        identify(&party(name, None, None), None)
    }

    fn names(identity: Option<Identity>) -> Option<(String, Option<String>)> {
        identity.map(|i| (i.legal.name, i.unit.map(|unit| unit.name)))
    }

    #[test]
    fn spellings_of_a_municipality_are_one() {
        let all = ["Stockholms stad", "Stockholm Stad", "STOCKHOLMS KOMMUN", "Stockholm"].map(who);
        for identity in &all {
            assert_eq!(identity, &all[0]);
        }
        assert_eq!(names(all[0].clone()), Some(("Stockholms stad".to_owned(), None)));
        assert_ne!(who("Stockholms universitet"), all[0]);
        assert_ne!(who("Region Stockholm"), all[0]);
    }

    #[test]
    fn a_number_decides_against_the_name() {
        let by_number = identify(&party("Arbetsmarknad Sthlm", None, Some("2120000142")), None);
        assert_eq!(names(by_number), Some(("Stockholms stad".to_owned(), None)));
    }

    #[test]
    fn a_unit_is_found_in_every_way_it_is_written() {
        let expected = who("Stockholms stads arbetsmarknadsförvaltning").unwrap();
        for (name, unit) in [
            ("Stockholm Stad", Some("Arbetsmarknadsförvaltningen")),
            ("Stockholms stad", Some("arbetsmarknadsförvaltning")),
            ("Arbetsmarknadsförvaltningen i Stockholms stad", None),
        ] {
            assert_eq!(identify(&party(name, unit, None), None).as_ref(), Some(&expected));
        }
        let city = who("Stockholms stad").unwrap().legal;
        let alone = identify(&party("Arbetsmarknadsförvaltningen", None, None), Some(&city));
        assert_eq!(alone, Some(expected));
    }

    #[test]
    fn a_department_alone_belongs_to_whom_the_rest_speaks_of() {
        let haninge = who("Haninge kommun").unwrap().legal;
        let department = identify(&party("Socialförvaltningen (genom Intro)", None, None), Some(&haninge));
        assert_eq!(
            names(department),
            Some(("Haninge kommun".to_owned(), Some("Socialförvaltningen".to_owned())))
        );
    }

    #[test]
    fn a_body_named_without_saying_which_is_the_one_nearby() {
        let city = who("Stockholms stad").unwrap().legal;
        let near =
            |name: &str| names(identify(&party(name, None, None), Some(&city))).map(|(legal, _)| legal);
        assert_eq!(near("Regionen").as_deref(), Some("Region Stockholm"));
        assert_eq!(near("länsstyrelsen").as_deref(), Some("Länsstyrelsen i Stockholms län"));
        assert_eq!(near("Staden").as_deref(), Some("Stockholms stad"));
        assert_eq!(near("Samordningsförbundet"), None);
    }

    #[test]
    fn a_former_name_is_the_same_body() {
        assert_eq!(who("Stockholms läns landsting"), who("Region Stockholm"));
    }

    #[test]
    fn two_bodies_named_as_one_are_two() {
        let all = |name: &str| {
            let found = identify_all(&party(name, None, None), None);
            found.into_iter().map(|identity| identity.legal.name).collect::<Vec<_>>()
        };
        assert_eq!(all("Nynäshamn- och Järfälla kommun"), ["Nynäshamns kommun", "Järfälla kommun"]);
        assert_eq!(all("Arbetsförmedlingen och Haninge kommun"), ["Arbetsförmedlingen", "Haninge kommun"]);
        assert_eq!(all("Hjärta och Själ"), ["Hjärta och Själ"]);
    }

    #[test]
    fn what_describes_names_nobody() {
        for words in [
            "arbetsgivare",
            "Lokala, privata företag",
            "8 Samordningsförbund i länet",
            "Yrkesgymnasier",
            "berörda stadsdelsförvaltningar",
            "Förvaltningar inom Stockholms stad",
            "Länsstyrelsen",
            "",
        ] {
            assert_eq!(who(words), None, "{words}");
        }
        assert!(who("Samordningsförbundet Östra Södertörn").is_some());
    }
}
