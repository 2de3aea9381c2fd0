//! The rows of the catalogue's tables, read from their text.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::domain::ids;
use crate::domain::orgnr::OrganisationNumber;

/// A county (län), and the self-governing region in it.
#[derive(Debug, Deserialize)]
pub struct Region {
    /// SCB's two digits.
    pub code: String,
    /// NUTS 3 code, version 2021.
    pub nuts3: String,
    /// Name of the county in Swedish.
    pub name_sv: String,
    /// Name of the county in English.
    pub name_en: String,
    /// The region of the structural funds it lies in.
    pub esf_region: String,
    #[serde(rename = "region_name")]
    pub(super) government: String,
    #[serde(rename = "region_number")]
    pub(super) government_number: String,
    pub(super) former_names: String,
    pub(super) other_names: String,
}

impl Region {
    /// Name of the self-governing region.
    #[must_use]
    pub fn government(&self) -> &str {
        &self.government
    }
}

/// A municipality.
#[derive(Debug, Deserialize)]
pub struct Municipality {
    /// SCB's four digits; the first two are the county's.
    pub code: String,
    /// Short name, such as `Haninge`.
    pub name: String,
    pub(super) formal_name: String,
    pub(super) number: String,
    pub(super) other_names: String,
}

/// A legal entity that the catalogue knows.
#[derive(Debug)]
pub struct KnownOrganisation {
    /// Its id.
    pub id: Uuid,
    /// Name in Swedish.
    pub name: String,
    /// Name in English.
    pub name_en: Option<String>,
    /// Kind, as in the API.
    pub kind: String,
    /// Organisationsnummer, ten digits.
    pub number: Option<String>,
    /// SCB's four digits.
    pub municipality_code: Option<String>,
    /// SCB's two digits.
    pub region_code: Option<String>,
    /// Names it had before.
    pub former_names: Vec<String>,
    pub(super) aliases: Vec<String>,
}

/// A funder that the catalogue knows.
#[derive(Debug, Deserialize)]
pub struct KnownFunder {
    /// Its id; follows from its key.
    #[serde(skip)]
    pub id: Uuid,
    /// Its key in the catalogue.
    pub key: String,
    /// Name in Swedish.
    pub name_sv: String,
    /// Name in English.
    pub name_en: String,
    /// Kind, as in the API.
    pub kind: String,
    /// Programme period, or empty.
    pub programme_period: String,
    /// First year of the period.
    pub first_year: Option<i32>,
    /// Last year of the period.
    pub last_year: Option<i32>,
    /// Who administers it, by name, or empty.
    pub administered_by: String,
    /// Key of the fund it belongs to, or empty.
    pub parent: String,
    pub(super) aliases: String,
}

#[derive(Deserialize)]
pub(super) struct OrganisationRow {
    pub(super) key: String,
    pub(super) name_sv: String,
    pub(super) name_en: String,
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) municipality_code: String,
    pub(super) region_code: String,
    pub(super) former_names: String,
    pub(super) aliases: String,
}

#[derive(Deserialize)]
pub(super) struct UnitRow {
    pub(super) name: String,
    pub(super) parent: String,
    pub(super) context: String,
    pub(super) aliases: String,
}

#[expect(clippy::expect_used, reason = "the tables are built in, and a test reads them")]
pub(crate) fn table<Row: DeserializeOwned>(text: &str) -> Vec<Row> {
    csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .expect("a table of the catalogue has the columns of its type")
}

pub(crate) fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(" | ").map(str::trim).filter(|name| !name.is_empty())
}

fn some(cell: &str) -> Option<String> {
    (!cell.is_empty()).then(|| cell.to_owned())
}

fn owned(cell: &str) -> Vec<String> {
    list(cell).map(str::to_owned).collect()
}

fn number(cell: &str) -> Option<String> {
    OrganisationNumber::parse(cell).ok().map(|number| number.digits().to_owned())
}

pub(super) fn municipality(row: &Municipality) -> KnownOrganisation {
    let genitive = if row.name.ends_with(['s', 'x', 'z']) { "" } else { "s" };
    let mut aliases = vec![row.name.clone()];
    for word in ["kommun", "stad"] {
        aliases.push(format!("{} {word}", row.name));
        aliases.push(format!("{}{genitive} {word}", row.name));
    }
    aliases.extend(owned(&row.other_names));
    KnownOrganisation {
        id: ids::named(&["municipality", &row.code]),
        name: row.formal_name.clone(),
        name_en: None,
        kind: "MUNICIPALITY".to_owned(),
        number: number(&row.number),
        municipality_code: Some(row.code.clone()),
        region_code: row.code.get(..2).map(str::to_owned),
        former_names: Vec::new(),
        aliases,
    }
}

pub(super) fn region(row: &Region) -> KnownOrganisation {
    KnownOrganisation {
        id: ids::named(&["region", &row.code]),
        name: row.government.clone(),
        name_en: None,
        kind: "REGION".to_owned(),
        number: number(&row.government_number),
        municipality_code: None,
        region_code: Some(row.code.clone()),
        former_names: owned(&row.former_names),
        aliases: owned(&row.other_names),
    }
}

pub(super) fn organisation(row: OrganisationRow) -> KnownOrganisation {
    KnownOrganisation {
        id: ids::named(&["organisation", &row.key]),
        number: number(&row.number),
        name: row.name_sv,
        name_en: some(&row.name_en),
        kind: row.kind,
        municipality_code: some(&row.municipality_code),
        region_code: some(&row.region_code),
        former_names: owned(&row.former_names),
        aliases: owned(&row.aliases),
    }
}
