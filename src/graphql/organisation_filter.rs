//! Which organisations are wanted.

use async_graphql::InputObject;
use sea_orm::sea_query::Condition;

use super::filter::{Condensing, Memo, Others, Place, Reading};
use super::organisation::OrganisationLevel;
use crate::entities::organisation::OrganisationKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::search_entry::SearchKind;
use crate::error::Result;
use crate::store::filter::Filter;
use crate::store::organisation_filter as conditions;
use crate::store::reads::Reads;

/// Which organisations are wanted; all that is given must hold. At most 50 conditions, three levels deep.
#[derive(Default, InputObject)]
pub(super) struct OrganisationFilter {
    /// All of these hold.
    and: Option<Vec<OrganisationFilter>>,
    /// At least one of these holds.
    or: Option<Vec<OrganisationFilter>>,
    /// This does not hold, or it is not known whether it does.
    not: Option<Box<OrganisationFilter>>,
    /// Each word of it begins a word of a name or the number.
    text: Option<String>,
    /// With one of these organisationsnummer; units have none of their own.
    number: Option<Vec<String>>,
    /// Of one of these kinds.
    kind: Option<Vec<OrganisationKind>>,
    /// Bodies of their own, or units.
    level: Option<OrganisationLevel>,
    /// In one of these counties or areas: SCB's two digits such as `01`, or NUTS codes such as `SE11`.
    region: Option<Vec<String>>,
    /// In one of these municipalities, by SCB's four digits such as `0180`.
    municipality: Option<Vec<String>>,
    /// It or a unit of it has one of these roles in some project.
    roles: Option<Vec<PartnershipRole>>,
}

impl OrganisationFilter {
    /// The condition on organisations.
    pub async fn read<'a>(filter: Option<Self>, db: impl Into<Reads<'a>>, memo: &'a Memo) -> Result<Filter> {
        let Some(filter) = filter else { return Ok(Filter::none()) };
        let mut reading = Reading::new(db, memo);
        let filter = Filter::new(filter.condition(&mut reading, Place::argument("where"), 0).await?);
        Ok(filter.of_words(SearchKind::Organisation, reading.only_words))
    }

    fn condition<'a>(self, reading: &'a mut Reading<'_>, place: Place, depth: usize) -> Condensing<'a> {
        Box::pin(async move {
            let others = Others { and: self.and, or: self.or, not: self.not };
            let others = others.read(reading, &place, depth, Self::condition).await?;
            let mut own: Vec<Condition> = Vec::new();
            let mut asked_words = None;
            if let Some(text) = self.text {
                let words = reading.words(&text, &place.at("text")).await?;
                own.push(conditions::with_words(&words));
                asked_words = Some(words);
            }
            if let Some(numbers) = self.number {
                own.push(conditions::numbered(place.at("number").numbers(numbers)?));
            }
            if let Some(kinds) = self.kind {
                own.push(conditions::of_kinds(&place.at("kind").list(kinds)?));
            }
            if let Some(level) = self.level {
                own.push(conditions::of_level(level == OrganisationLevel::LegalEntity));
            }
            if let Some(codes) = self.region {
                own.push(conditions::in_regions(place.at("region").regions(codes)?));
            }
            if let Some(codes) = self.municipality {
                own.push(conditions::in_municipalities(place.at("municipality").municipalities(codes)?));
            }
            if let Some(roles) = self.roles {
                own.push(conditions::in_roles(&place.at("roles").list(roles)?));
            }
            reading.count(own.len(), &place)?;
            if depth == 0 && own.len() == 1 && others.is_empty() {
                reading.only_words = asked_words;
            }
            Ok(own.into_iter().fold(others, Condition::add))
        })
    }
}
