//! What the field knows beforehand: counties, municipalities, agencies, well-known units and funders.
//!
//! The tables stand in `catalogue/` and are built into the program.

pub mod labels;
mod tables;

use std::collections::HashMap;
use std::sync::LazyLock;

use uuid::Uuid;

pub use self::tables::{KnownFunder, KnownOrganisation, Municipality, Region};
use self::tables::{OrganisationRow, UnitRow, municipality, organisation, region};
pub(crate) use self::tables::{list, table};
use super::ids;
use super::names::fold;

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
    /// None for a name that several have.
    region_by_name: HashMap<String, Option<usize>>,
}

/// The catalogue built into the program.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);
    &CATALOGUE
}

impl Catalogue {
    fn read() -> Self {
        let mut catalogue = Self {
            regions: table(include_str!("../../../catalogue/regions.tsv")),
            municipalities: table(include_str!("../../../catalogue/municipalities.tsv")),
            organisations: Vec::new(),
            units: Vec::new(),
            funders: table(include_str!("../../../catalogue/funders.tsv")),
            organisation_by_name: HashMap::new(),
            organisation_by_number: HashMap::new(),
            unit_by_name: HashMap::new(),
            funder_by_name: HashMap::new(),
            region_by_name: HashMap::new(),
        };
        let municipalities: Vec<_> = catalogue.municipalities.iter().map(municipality).collect();
        let regions: Vec<_> = catalogue.regions.iter().map(region).collect();
        let others = table::<OrganisationRow>(include_str!("../../../catalogue/organisations.tsv"));
        let others = others.into_iter().map(organisation);
        for known in municipalities.into_iter().chain(regions).chain(others) {
            catalogue.add(known);
        }
        for row in table::<UnitRow>(include_str!("../../../catalogue/units.tsv")) {
            catalogue.add_unit(&row);
        }
        for (at, region) in catalogue.regions.iter().enumerate() {
            let Region { name_sv, name_en, government, esf_region, .. } = region;
            let (bare, genitive) = (name_sv.replace("s län", ""), name_sv.replace(" län", ""));
            for name in [name_sv, name_en, government, esf_region, &bare, &genitive] {
                let own = catalogue.region_by_name.entry(fold(name)).or_insert(Some(at));
                *own = own.filter(|own| *own == at);
            }
        }
        for (at, funder) in catalogue.funders.iter_mut().enumerate() {
            funder.id = ids::named(&["funder", &funder.key]);
            for name in std::iter::once(funder.name_sv.as_str()).chain(list(&funder.aliases)) {
                catalogue.funder_by_name.entry(fold(name)).or_insert(at);
            }
        }
        catalogue
    }

    fn add(&mut self, known: KnownOrganisation) {
        // A body that is municipality and region at once stands in both tables.
        if known.number.as_ref().is_some_and(|number| self.organisation_by_number.contains_key(number)) {
            return;
        }
        let at = self.organisations.len();
        let names = [&known.name].into_iter().chain(&known.former_names).chain(&known.aliases);
        for name in names.chain(&known.name_en) {
            self.organisation_by_name.entry(fold(name)).or_insert(at);
        }
        if let Some(number) = &known.number {
            self.organisation_by_number.entry(number.clone()).or_insert(at);
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
        self.organisation_by_number.get(digits).map(|&at| &self.organisations[at])
    }

    /// The legal entity with a name, in any spelling that folds alike.
    #[must_use]
    pub fn organisation_by_name(&self, name: &str) -> Option<&KnownOrganisation> {
        self.organisation_by_name.get(&fold(name)).map(|&at| &self.organisations[at])
    }

    /// The unit with a name: within a legal entity, or anywhere if the name alone tells it.
    #[must_use]
    pub fn unit(&self, name: &str, within: Option<Uuid>) -> Option<(&KnownUnit, &KnownOrganisation)> {
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

    /// Whether some unit has a name.
    #[must_use]
    pub fn has_unit(&self, name: &str) -> bool {
        self.unit_by_name.contains_key(&fold(name))
    }

    /// The funder with a name, in any spelling that folds alike.
    #[must_use]
    pub fn funder_by_name(&self, name: &str) -> Option<&KnownFunder> {
        self.funder_by_name.get(&fold(name)).map(|&at| &self.funders[at])
    }

    /// The funder with a key.
    #[must_use]
    pub fn funder(&self, key: &str) -> Option<&KnownFunder> {
        self.funders.iter().find(|funder| funder.key == key)
    }

    /// The programme periods of a fund.
    pub fn periods_of<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a KnownFunder> {
        self.funders.iter().filter(move |f| f.parent == key && !f.programme_period.is_empty())
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
        self.region_by_name.get(&fold(name)).copied().flatten().map(|at| &self.regions[at])
    }

    /// The municipality with SCB's four digits.
    #[must_use]
    pub fn municipality(&self, code: &str) -> Option<&Municipality> {
        self.municipalities.iter().find(|municipality| municipality.code == code)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::domain::orgnr::OrganisationNumber;

    #[test]
    fn the_tables_are_whole() {
        let catalogue = catalogue();
        assert_eq!((catalogue.regions.len(), catalogue.municipalities.len()), (21, 290));
        assert!(catalogue.municipalities.iter().all(|m| catalogue.region(&m.code[..2]).is_some()));
        // Gotland is one body: a municipality that is its own region.
        let twice = catalogue.organisations.iter().filter(|o| o.name == "Region Gotland").count();
        assert_eq!(twice, 1);
    }

    #[test]
    fn every_number_in_the_tables_passes_its_check() {
        let tables = [
            include_str!("../../../catalogue/organisations.tsv"),
            include_str!("../../../catalogue/regions.tsv"),
        ];
        for table in tables.iter().chain([&include_str!("../../../catalogue/municipalities.tsv")]) {
            for cell in table.lines().flat_map(|line| line.split('\t')) {
                let is_number =
                    cell.len() == 11 && cell.as_bytes()[6] == b'-' && cell.starts_with(char::is_numeric);
                assert!(!is_number || OrganisationNumber::parse(cell).is_ok(), "{cell}");
            }
        }
    }

    #[test]
    fn every_unit_and_every_part_of_a_fund_has_what_it_belongs_to() {
        let units: Vec<UnitRow> = table(include_str!("../../../catalogue/units.tsv"));
        assert_eq!(units.len(), catalogue().units.len());
        for funder in &catalogue().funders {
            let parent = funder.parent.is_empty() || catalogue().funder(&funder.parent).is_some();
            assert!(parent, "{}: {}", funder.key, funder.parent);
        }
    }

    #[test]
    fn names_that_must_never_match_are_different_organisations() {
        #[derive(Deserialize)]
        struct Pair {
            name_a: String,
            name_b: String,
        }
        for pair in table::<Pair>(include_str!("../../../catalogue/never_match.tsv")) {
            let id = |name: &str| catalogue().organisation_by_name(name).map(|known| known.id);
            let (a, b) = (id(&pair.name_a), id(&pair.name_b));
            assert!(a.is_none() || a != b, "{} = {}", pair.name_a, pair.name_b);
        }
    }

    #[test]
    fn a_county_is_meant_only_where_one_is() {
        let code = |name| catalogue().region_by_name(name).map(|region| region.code.as_str());
        assert_eq!(
            (code("Stockholm"), code("Stockholms län"), code("Region Skåne")),
            (Some("01"), Some("01"), Some("12"))
        );
        assert_eq!((code("Västsverige"), code("ESF Nationellt"), code("")), (None, None, None));
    }
}
