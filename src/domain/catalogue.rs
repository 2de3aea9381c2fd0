//! What the field knows beforehand: counties, municipalities, agencies, well-known units and funders.
//!
//! The tables stand in `catalogue/` and are built into the program.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::ids;
use super::names::fold;
use super::orgnr::OrganisationNumber;

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
    region_name: String,
    region_number: String,
    former_names: String,
    other_names: String,
}

/// A municipality.
#[derive(Debug, Deserialize)]
pub struct Municipality {
    /// SCB's four digits; the first two are the county's.
    pub code: String,
    /// Short name, such as `Haninge`.
    pub name: String,
    formal_name: String,
    number: String,
    other_names: String,
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
    aliases: Vec<String>,
}

/// A unit of a legal entity that the catalogue knows.
#[derive(Debug)]
pub struct KnownUnit {
    /// Its name.
    pub name: String,
    /// The legal entity it belongs to.
    pub parent: usize,
    /// Whether the name means this unit only where the legal entity is named too.
    pub only_with_parent: bool,
}

/// A funder that the catalogue knows.
#[derive(Debug, Deserialize)]
pub struct KnownFunder {
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
    aliases: String,
}

/// The catalogue, with its indexes.
pub struct Catalogue {
    /// The 21 counties.
    pub regions: Vec<Region>,
    /// The 290 municipalities.
    pub municipalities: Vec<Municipality>,
    organisations: Vec<KnownOrganisation>,
    units: Vec<KnownUnit>,
    funders: Vec<KnownFunder>,
    organisation_by_name: HashMap<String, usize>,
    organisation_by_number: HashMap<String, usize>,
    unit_by_name: HashMap<String, Vec<usize>>,
    funder_by_name: HashMap<String, usize>,
}

/// The catalogue built into the program.
#[must_use] 
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);
    &CATALOGUE
}

#[derive(Deserialize)]
struct OrganisationRow {
    key: String,
    name_sv: String,
    name_en: String,
    kind: String,
    number: String,
    municipality_code: String,
    region_code: String,
    former_names: String,
    aliases: String,
}

#[derive(Deserialize)]
struct UnitRow {
    name: String,
    parent: String,
    context: String,
    aliases: String,
}

impl Catalogue {
    fn read() -> Self {
        let mut catalogue = Self {
            regions: table(include_str!("../../catalogue/regions.tsv")),
            municipalities: table(include_str!("../../catalogue/municipalities.tsv")),
            organisations: Vec::new(),
            units: Vec::new(),
            funders: table(include_str!("../../catalogue/funders.tsv")),
            organisation_by_name: HashMap::new(),
            organisation_by_number: HashMap::new(),
            unit_by_name: HashMap::new(),
            funder_by_name: HashMap::new(),
        };
        let municipalities: Vec<_> = catalogue.municipalities.iter().map(municipality).collect();
        let regions: Vec<_> = catalogue.regions.iter().map(region).collect();
        let others = table::<OrganisationRow>(include_str!("../../catalogue/organisations.tsv"));
        let others = others.into_iter().map(organisation);
        for known in municipalities.into_iter().chain(regions).chain(others) {
            catalogue.add(known);
        }
        for row in table::<UnitRow>(include_str!("../../catalogue/units.tsv")) {
            catalogue.add_unit(&row);
        }
        for (at, funder) in catalogue.funders.iter().enumerate() {
            for name in std::iter::once(funder.name_sv.as_str()).chain(list(&funder.aliases)) {
                catalogue.funder_by_name.entry(fold(name)).or_insert(at);
            }
        }
        catalogue
    }

    fn add(&mut self, known: KnownOrganisation) {
        let at = self.organisations.len();
        let names = [&known.name]
            .into_iter()
            .chain(&known.former_names)
            .chain(&known.aliases);
        for name in names.chain(&known.name_en) {
            self.organisation_by_name.entry(fold(name)).or_insert(at);
        }
        if let Some(number) = &known.number {
            self.organisation_by_number
                .entry(number.clone())
                .or_insert(at);
        }
        self.organisations.push(known);
    }

    fn add_unit(&mut self, row: &UnitRow) {
        let Some(&parent) = self.organisation_by_name.get(&fold(&row.parent)) else {
            return;
        };
        let at = self.units.len();
        for name in std::iter::once(row.name.as_str()).chain(list(&row.aliases)) {
            self.unit_by_name.entry(fold(name)).or_default().push(at);
        }
        self.units.push(KnownUnit {
            name: row.name.clone(),
            parent,
            only_with_parent: !row.context.is_empty(),
        });
    }

    /// The legal entity with a number of ten digits.
    #[must_use]
    pub fn organisation_by_number(&self, digits: &str) -> Option<&KnownOrganisation> {
        self.organisation_by_number
            .get(digits)
            .map(|&at| &self.organisations[at])
    }

    /// The legal entity with a name, in any spelling that folds alike.
    #[must_use]
    pub fn organisation_by_name(&self, name: &str) -> Option<&KnownOrganisation> {
        self.organisation_by_name
            .get(&fold(name))
            .map(|&at| &self.organisations[at])
    }

    /// The unit with a name: within a legal entity, or anywhere if the name alone tells it.
    #[must_use]
    pub fn unit(
        &self,
        name: &str,
        within: Option<Uuid>,
    ) -> Option<(&KnownUnit, &KnownOrganisation)> {
        self.unit_by_name.get(&fold(name))?.iter().find_map(|&at| {
            let unit = &self.units[at];
            let parent = &self.organisations[unit.parent];
            let fits = match within {
                Some(within) => within == parent.id,
                None => !unit.only_with_parent,
            };
            fits.then_some((unit, parent))
        })
    }

    /// The funder with a name, in any spelling that folds alike.
    #[must_use]
    pub fn funder_by_name(&self, name: &str) -> Option<&KnownFunder> {
        self.funder_by_name
            .get(&fold(name))
            .map(|&at| &self.funders[at])
    }

    /// The funder with a key.
    #[must_use]
    pub fn funder(&self, key: &str) -> Option<&KnownFunder> {
        self.funders.iter().find(|funder| funder.key == key)
    }

    /// The programme periods of a fund.
    pub fn periods_of<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a KnownFunder> {
        self.funders
            .iter()
            .filter(move |f| f.parent == key && !f.programme_period.is_empty())
    }

    /// The county with SCB's two digits.
    #[must_use]
    pub fn region(&self, code: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.code == code)
    }

    /// The county that a source means, where it means exactly one.
    ///
    /// `Stockholm` is one; `Västsverige` and `ESF Nationellt` are not.
    #[must_use]
    pub fn region_by_name(&self, name: &str) -> Option<&Region> {
        let name = fold(name);
        let mut found = self.regions.iter().filter(|region| {
            [
                &region.name_sv,
                &region.name_en,
                &region.region_name,
                &region.esf_region,
            ]
            .iter()
            .any(|known| fold(known) == name)
                || fold(&region.name_sv.replace("s län", "")) == name
                || fold(&region.name_sv.replace(" län", "")) == name
        });
        found.next().filter(|_| found.next().is_none())
    }

    /// The municipality with SCB's four digits.
    #[must_use]
    pub fn municipality(&self, code: &str) -> Option<&Municipality> {
        self.municipalities
            .iter()
            .find(|municipality| municipality.code == code)
    }
}

#[expect(
    clippy::expect_used,
    reason = "the tables are built in, and a test reads them"
)]
fn table<Row: DeserializeOwned>(text: &str) -> Vec<Row> {
    csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .expect("a table of the catalogue has the columns of its type")
}

fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(" | ")
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

fn some(cell: &str) -> Option<String> {
    (!cell.is_empty()).then(|| cell.to_owned())
}

fn owned(cell: &str) -> Vec<String> {
    list(cell).map(str::to_owned).collect()
}

fn number(cell: &str) -> Option<String> {
    OrganisationNumber::parse(cell)
        .ok()
        .map(|number| number.digits().to_owned())
}

fn municipality(row: &Municipality) -> KnownOrganisation {
    let genitive = if row.name.ends_with(['s', 'x', 'z']) {
        ""
    } else {
        "s"
    };
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

fn region(row: &Region) -> KnownOrganisation {
    KnownOrganisation {
        id: ids::named(&["region", &row.code]),
        name: row.region_name.clone(),
        name_en: None,
        kind: "REGION".to_owned(),
        number: number(&row.region_number),
        municipality_code: None,
        region_code: Some(row.code.clone()),
        former_names: owned(&row.former_names),
        aliases: owned(&row.other_names),
    }
}

fn organisation(row: OrganisationRow) -> KnownOrganisation {
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
