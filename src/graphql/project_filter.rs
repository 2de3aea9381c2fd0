//! Which projects are wanted.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use sea_orm::sea_query::Condition;
use sea_orm::{EntityTrait, QueryFilter};

use super::filter::{Bounded, Condensing, Memo, Others, Place, Reading};
use super::node::Kind;
use super::project::ProjectStatus;
use super::ranges::{AmountRange, DateRange, IntRange};
use super::scalars::Date;
use crate::domain::matching::number_key;
use crate::entities::funder::FunderKind;
use crate::entities::organisation::OrganisationKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::project;
use crate::entities::search_entry::SearchKind;
use crate::error::Result;
use crate::store::bounds::Bound;
use crate::store::breadth::Breadth;
use crate::store::filter::Filter;
use crate::store::fundings::Payers;
use crate::store::organisation_match::Organisations;
use crate::store::outcomes::Projects;
use crate::store::project_filter::{self as conditions, Range};
use crate::store::projects;
use crate::store::reads::Reads;

/// Which projects are wanted; all that is given must hold. At most 50 conditions, three levels deep.
#[derive(Default, InputObject)]
pub(super) struct ProjectFilter {
    /// All of these hold.
    and: Option<Vec<ProjectFilter>>,
    /// At least one of these holds.
    or: Option<Vec<ProjectFilter>>,
    /// This does not hold, or it is not known whether it does.
    not: Option<Box<ProjectFilter>>,
    /// Each word of it begins a word of its name, of another name or of a number; accents do not matter, and a slip in
    /// a word that nobody uses is forgiven.
    text: Option<String>,
    /// Known by one of these numbers, as any source writes them.
    number: Option<Vec<String>>,
    /// In one of these states on the day of `asOf`.
    status: Option<Vec<ProjectStatus>>,
    /// The day for `status`; today where none is given.
    as_of: Option<Date>,
    /// Runs on some day of the range; both its first and its last day must be known.
    running_during: Option<DateRange>,
    /// Starts within the range.
    start: Option<DateRange>,
    /// Ends within the range.
    end: Option<DateRange>,
    /// In one of these counties or areas: SCB's two digits such as `01`, or NUTS codes such as `SE11`.
    region: Option<Vec<String>>,
    /// Owned by who is seated in one of these municipalities, by SCB's four digits such as `0180`.
    municipality: Option<Vec<String>>,
    /// Of one of these specific objectives.
    specific_objective: Option<Vec<String>>,
    /// The owner is such an organisation.
    owner: Option<OrganisationMatch>,
    /// Who takes part.
    partners: Option<PartnerMatch>,
    /// Paid for by one of these funders, by global id.
    funder: Option<Vec<ID>>,
    /// Paid for by a funder of one of these kinds.
    funder_kind: Option<Vec<FunderKind>>,
    /// Paid for in one of these programme periods, such as `2014-2020`.
    programme_period: Option<Vec<String>>,
    /// Its chosen amount of the kind lies within the range.
    amount: Option<AmountRange>,
    /// It plans for so many participants.
    planned_participants: Option<IntRange>,
    /// Whether sources disagree on it.
    has_conflicts: Option<bool>,
    /// Whether outcomes of it are published.
    has_outcomes: Option<bool>,
    /// One of these sources speaks of it, by global id.
    source: Option<Vec<ID>>,
}

/// Who takes part in a project: some, every or none of those in these roles are such an organisation.
#[derive(Default, InputObject)]
pub(super) struct PartnerMatch {
    /// In one of these roles; in any, the owner's included, where nothing is said.
    roles: Option<Vec<PartnershipRole>>,
    /// At least one is.
    some: Option<OrganisationMatch>,
    /// Each is; also where there is nobody.
    every: Option<OrganisationMatch>,
    /// None is.
    none: Option<OrganisationMatch>,
}

/// Which organisation is meant; all that is given must hold.
#[derive(InputObject)]
pub(super) struct OrganisationMatch {
    /// One of these, by global id.
    id: Option<Vec<ID>>,
    /// One with one of these organisationsnummer.
    number: Option<Vec<String>>,
    /// Of one of these kinds.
    kind: Option<Vec<OrganisationKind>>,
    /// Units of it too.
    #[graphql(default = true)]
    include_units: bool,
}

impl OrganisationMatch {
    async fn read(self, reading: &mut Reading<'_>, place: &Place) -> Result<Organisations> {
        let given = [self.id.is_some(), self.number.is_some(), self.kind.is_some()];
        reading.count(given.iter().filter(|given| **given).count(), place)?;
        if !given.contains(&true) {
            return Err(place.refuse("needs id, number or kind"));
        }
        let organisations = Organisations {
            ids: self.id.map(|ids| place.at("id").ids(Kind::Organisation, ids)).transpose()?,
            numbers: self.number.map(|numbers| place.at("number").numbers(numbers)).transpose()?,
            kinds: self.kind.map(|kinds| place.at("kind").list(kinds)).transpose()?,
            include_units: self.include_units,
            ..Organisations::default()
        };
        let name = format!("{organisations:?}");
        let breadth = reading.breadth(name, organisations.weigh(&reading.db)).await?;
        Ok(Organisations { breadth, ..organisations })
    }
}

impl PartnerMatch {
    async fn read(self, reading: &mut Reading<'_>, place: &Place) -> Result<Condition> {
        let roles = self.roles.map(|roles| place.at("roles").list(roles)).transpose()?.unwrap_or_default();
        if self.some.is_none() && self.every.is_none() && self.none.is_none() {
            return Err(place.refuse("needs some, every or none"));
        }
        let mut all = Condition::all();
        if let Some(some) = self.some {
            all = all.add(conditions::with_part(&roles, &some.read(reading, &place.at("some")).await?));
        }
        if let Some(every) = self.every {
            all = all.add(conditions::with_only(&roles, &every.read(reading, &place.at("every")).await?));
        }
        if let Some(none) = self.none {
            let some = conditions::with_part(&roles, &none.read(reading, &place.at("none")).await?);
            all = all.add(conditions::not(some));
        }
        Ok(all)
    }
}

/// What bounds projects that run on some day of a range.
pub(super) fn running_during(range: &Range<NaiveDate>) -> Vec<Bound> {
    let start = range.to.map(|to| Bound::start(&Range { from: None, to: Some(to) }));
    let end = range.from.map(|from| Bound::end(&Range { from: Some(from), to: None }));
    start.into_iter().chain(end).collect()
}

impl ProjectFilter {
    /// The condition on projects.
    pub async fn read<'a>(filter: Option<Self>, db: impl Into<Reads<'a>>, memo: &'a Memo) -> Result<Filter> {
        let Some(filter) = filter else { return Ok(Filter::none()) };
        let mut reading = Reading::new(db, memo);
        let condition = filter.condition(&mut reading, Place::argument("where"), 0).await?;
        let filter = Filter::new(condition).with_many(reading.many);
        Ok(filter.of_words(SearchKind::Project, reading.only_words))
    }

    /// What is published of the outcomes of these projects. Where only counties are asked for, small projects that are
    /// published together are in them.
    pub async fn published<'a>(
        filter: Option<Self>,
        db: impl Into<Reads<'a>>,
        memo: &'a Memo,
    ) -> Result<Projects> {
        let Some(mut filter) = filter else { return Ok(Projects::All) };
        let (place, regions) = (Place::argument("where"), filter.region.take());
        let of_regions = regions.clone().map(|codes| place.at("region").regions(codes)).transpose()?;
        if filter.is_empty() {
            return Ok(of_regions.map_or(Projects::All, Projects::OfRegions));
        }
        let payers = filter.payers(&place)?;
        if payers.is_none() {
            filter.region = regions;
        }
        let filter = Self::read(Some(filter), db, memo).await?;
        let ids = Box::new(projects::ids_of(project::Entity::find().filter(filter.condition())));
        Ok(match payers {
            Some(payers) => Projects::PaidBy(payers, of_regions.unwrap_or_default(), ids),
            None => Projects::Selected(ids),
        })
    }

    /// Who has to pay; none where more is asked.
    fn payers(&mut self, place: &Place) -> Result<Option<Payers>> {
        let (funder, kinds) = (self.funder.take(), self.funder_kind.take());
        let programme_periods = self.programme_period.take();
        let is_all = self.is_empty();
        let payers = Payers {
            funders: funder.clone().map(|ids| place.at("funder").ids(Kind::Funder, ids)).transpose()?,
            kinds: kinds.clone(),
            programme_periods: programme_periods.clone(),
        };
        (self.funder, self.funder_kind, self.programme_period) = (funder, kinds, programme_periods);
        Ok(is_all.then_some(payers))
    }

    fn is_empty(&self) -> bool {
        let Self { and, or, not, text, number, status, as_of: _, running_during, start, end, .. } = self;
        let Self { region, municipality, specific_objective, owner, partners, funder, .. } = self;
        let Self { funder_kind, programme_period, amount, planned_participants, .. } = self;
        let Self { has_conflicts, has_outcomes, source, .. } = self;
        let given = [
            and.is_some(),
            or.is_some(),
            not.is_some(),
            text.is_some(),
            number.is_some(),
            status.is_some(),
            running_during.is_some(),
            start.is_some(),
            end.is_some(),
            region.is_some(),
            municipality.is_some(),
            specific_objective.is_some(),
            owner.is_some(),
            partners.is_some(),
            funder.is_some(),
            funder_kind.is_some(),
            programme_period.is_some(),
            amount.is_some(),
            planned_participants.is_some(),
            has_conflicts.is_some(),
            has_outcomes.is_some(),
            source.is_some(),
        ];
        !given.contains(&true)
    }

    fn condition<'a>(self, reading: &'a mut Reading<'_>, place: Place, depth: usize) -> Condensing<'a> {
        Box::pin(async move {
            let others = Others { and: self.and, or: self.or, not: self.not };
            let others = others.read(reading, &place, depth, Self::condition).await?;
            let (mut own, mut bounded): (Vec<Condition>, Vec<Bounded>) = (Vec::new(), Vec::new());
            let mut asked_words = None;
            let mut bound = |bounds, condition| bounded.push(Bounded { condition, bounds });
            if let Some(text) = self.text {
                let words = reading.words(&text, &place.at("text")).await?;
                own.push(conditions::with_words(&words));
                asked_words = Some(words);
            }
            if let Some(numbers) = self.number {
                let keys = place.at("number").list(numbers)?;
                own.push(conditions::numbered(keys.iter().map(|number| number_key(number).0).collect()));
            }
            let day = self.as_of.map_or(reading.today, |date| date.0);
            if let Some(states) = self.status {
                let states = place.at("status").list(states)?;
                let bounds = if let [state] = states[..] { state.bounds(day) } else { Vec::new() };
                let any = states.into_iter().map(|status| status.on(day));
                bound(bounds, any.fold(Condition::any(), Condition::add));
            } else if self.as_of.is_some() {
                return Err(place.at("asOf").refuse("says nothing without status"));
            }
            if let Some(range) = self.running_during {
                let range = range.read(&place.at("runningDuring"))?;
                bound(running_during(&range), conditions::running_during(&range));
            }
            if let Some(range) = self.start {
                let range = range.read(&place.at("start"))?;
                bound(vec![Bound::start(&range)], conditions::starting(&range));
            }
            if let Some(range) = self.end {
                let range = range.read(&place.at("end"))?;
                bound(vec![Bound::end(&range)], conditions::ending(&range));
            }
            if let Some(codes) = self.region {
                let codes = place.at("region").regions(codes)?;
                bound(vec![Bound::regions(&codes)], conditions::in_regions(codes));
            }
            if let Some(codes) = self.municipality {
                own.push(conditions::in_municipalities(place.at("municipality").municipalities(codes)?));
            }
            if let Some(objectives) = self.specific_objective {
                let objectives = place.at("specificObjective").list(objectives)?;
                bound(vec![Bound::objectives(&objectives)], conditions::of_objectives(objectives));
            }
            if let Some(owner) = self.owner {
                own.push(conditions::owned_by(&owner.read(reading, &place.at("owner")).await?));
            }
            if let Some(partners) = self.partners {
                own.push(partners.read(reading, &place.at("partners")).await?);
            }
            if let Some(ids) = self.funder {
                let ids = place.at("funder").ids(Kind::Funder, ids)?;
                let breadth = reading
                    .breadth(format!("funders {ids:?}"), Breadth::of_funders(&reading.db, &ids))
                    .await?;
                own.push(conditions::paid_by(ids, breadth));
            }
            if let Some(kinds) = self.funder_kind {
                own.push(conditions::paid_by_kind(&place.at("funderKind").list(kinds)?));
            }
            if let Some(periods) = self.programme_period {
                own.push(conditions::of_programme_periods(place.at("programmePeriod").list(periods)?));
            }
            if let Some(amount) = self.amount {
                let range = amount.read(&place.at("amount"))?;
                let of_kind = Bound::amount(amount.kind, &amount.currency.0, &range);
                bound(vec![of_kind], conditions::with_amount(amount.kind, amount.currency.0, &range));
            }
            if let Some(range) = self.planned_participants {
                let range = range.read(&place.at("plannedParticipants"))?;
                bound(vec![Bound::planned_participants(&range)], conditions::planning_for(&range));
            }
            if let Some(yes) = self.has_conflicts {
                own.push(conditions::in_conflict(yes));
            }
            if let Some(yes) = self.has_outcomes {
                own.push(conditions::with_outcomes(yes));
            }
            if let Some(ids) = self.source {
                let ids = place.at("source").ids(Kind::Source, ids)?;
                let breadth = reading
                    .breadth(format!("sources {ids:?}"), Breadth::of_sources(&reading.db, &ids))
                    .await?;
                own.push(conditions::told_by(ids, breadth));
            }
            reading.count(own.len() + bounded.len(), &place)?;
            let is_all = depth == 0 && own.is_empty() && others.is_empty();
            if depth == 0 && own.len() == 1 && bounded.is_empty() && others.is_empty() {
                reading.only_words = asked_words;
            }
            own.extend(reading.narrow(bounded, is_all).await?);
            Ok(own.into_iter().fold(others, Condition::add))
        })
    }
}
