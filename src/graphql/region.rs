//! Counties and municipalities, from the catalogue.

mod direct;

use async_graphql::{Object, SimpleObject};

use super::directives::Items;
use super::money::Language;
use crate::domain::catalogue::{self, catalogue};

/// A county (län), SCB and NUTS 2021.
#[derive(Clone, Copy)]
pub(super) struct Region(&'static catalogue::Region);

impl Region {
    /// The county with SCB's two digits.
    pub fn find(code: Option<&str>) -> Option<Self> {
        catalogue().region(code?).map(Self)
    }

    fn name_in(&self, lang: Language) -> &str {
        if lang == Language::Sv { &self.0.name_sv } else { &self.0.name_en }
    }

    /// All counties, by code.
    pub fn all() -> Vec<Self> {
        catalogue().regions.iter().map(Self).collect()
    }
}

/// A county (län), SCB and NUTS 2021.
#[Object]
impl Region {
    /// SCB's two digits, such as `01`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// NUTS 3 code, version 2021, such as `SE110`.
    async fn nuts(&self) -> &str {
        &self.0.nuts3
    }

    /// Name of the county.
    async fn name(&self, #[graphql(desc = "The language of the name.", default)] lang: Language) -> &str {
        self.name_in(lang)
    }

    /// Its municipalities, by code.
    #[graphql(directive = Items::apply(50))]
    async fn municipalities(&self) -> Vec<Municipality> {
        let own = |m: &&catalogue::Municipality| m.code.starts_with(&self.0.code);
        catalogue()
            .municipalities
            .iter()
            .filter(own)
            .filter_map(|m| Municipality::find(Some(&m.code)))
            .collect()
    }
}

/// A municipality (kommun), SCB.
#[derive(Clone, SimpleObject)]
pub(super) struct Municipality {
    /// SCB's four digits, such as `0180`.
    code: String,
    /// Short name, such as `Stockholm`.
    name: String,
    /// The county it lies in.
    region: Region,
}

impl Municipality {
    /// The municipality with SCB's four digits.
    pub fn find(code: Option<&str>) -> Option<Self> {
        let municipality = catalogue().municipality(code?)?;
        Some(Self {
            code: municipality.code.clone(),
            name: municipality.name.clone(),
            region: Region::find(municipality.code.get(..2))?,
        })
    }
}
