//! Legal entities and their units.

mod direct;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::connection::{Connection, Listed, PageArguments, PageInfo};
use super::context::Ask;
use super::directives::{Items, Lookup, PageSize};
use super::failure::Answer;
use super::label::label;
use super::money::{AmountAggregate, Language};
use super::network::{self, NetworkStep};
use super::node::Kind;
use super::order::ProjectOrder;
use super::outcome::{Arguments, OutcomeDimension, OutcomeGroupBy, OutcomeTable, Scope};
use super::partnership::Partnership;
use super::project_connection::{ProjectArguments, ProjectConnection};
use super::project_filter::ProjectFilter;
use super::region::{Municipality, Region};
use super::result::Sex;
use super::scalars::DateTime;
use super::source::Source;
use crate::domain::orgnr::OrganisationNumber;
use crate::entities::award::AmountKind;
use crate::entities::organisation::{self, OrganisationKind};
use crate::entities::organisation_name::{self, NameKind};
use crate::entities::partnership::PartnershipRole;
use crate::entities::source;
use crate::error::Error;
use crate::store::order::{Place, Position};
use crate::store::organisations::{Collaborators, Names, Units};
use crate::store::page::Counted;
use crate::store::sums::Sums;
use crate::store::{partnerships, projects};

/// Whether an organisation is a body of its own or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum OrganisationLevel {
    /// A body of its own (juridisk person), or a name that is taken to be one.
    LegalEntity,
    /// A part of a legal entity, without a number of its own.
    Unit,
}

/// A legal entity, or a unit of one (a förvaltning, nämnd, avdelning, stadsdelsförvaltning).
#[derive(Clone)]
pub struct Organisation(pub organisation::Model);

impl Listed for Organisation {
    type Table = organisation::Entity;

    fn of(row: organisation::Model) -> Self {
        Self(row)
    }
}

impl Organisation {
    fn name_in(&self, lang: Language) -> &str {
        match (&self.0.name_en, lang) {
            (Some(english), Language::En) => english,
            _ => &self.0.name,
        }
    }

    fn own_level(&self) -> OrganisationLevel {
        if self.0.legal_entity_id == self.0.id {
            OrganisationLevel::LegalEntity
        } else {
            OrganisationLevel::Unit
        }
    }

    async fn whole(&self, ctx: &Context<'_>) -> Answer<organisation::Model> {
        if self.0.legal_entity_id == self.0.id {
            return Ok(self.0.clone());
        }
        ctx.one::<organisation::Entity>(self.0.legal_entity_id).await
    }

    async fn digits(&self, ctx: &Context<'_>) -> Answer<Option<OrganisationNumber>> {
        let number = self.whole(ctx).await?.number;
        // A sole trader's number is a personal identity number and never parses as an organisation's.
        Ok(number.and_then(|number| OrganisationNumber::parse(&number).ok()))
    }
}

/// A legal entity, or a unit of one (a förvaltning, nämnd, avdelning, stadsdelsförvaltning).
#[Object]
impl Organisation {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Organisation.id(self.0.id)
    }

    /// Its name; in Swedish where there is none in the language asked for.
    async fn name(&self, #[graphql(desc = "The language of the name.", default)] lang: Language) -> &str {
        self.name_in(lang)
    }

    /// What kind of body it is.
    async fn kind(&self) -> OrganisationKind {
        self.0.kind
    }

    /// The same in words.
    async fn kind_label(
        &self,
        #[graphql(desc = "The language of the label.", default)] lang: Language,
    ) -> String {
        label(self.0.kind, lang)
    }

    /// Organisationsnummer `NNNNNN-NNNN`; a unit shows its legal entity's. Never a sole trader's. Null where not known.
    async fn number(&self, ctx: &Context<'_>) -> Option<Answer<String>> {
        Some(self.digits(ctx).await.transpose()?.map(|number| number.to_string()))
    }

    /// The identifier of org-id.guide, such as `SE-ON-2120000142`. Null where the number is not known.
    async fn org_id(&self, ctx: &Context<'_>) -> Option<Answer<String>> {
        Some(self.digits(ctx).await.transpose()?.map(|number| format!("SE-ON-{}", number.digits())))
    }

    /// Every name under which it is known, with the first source that used it.
    #[graphql(directive = Items::apply(5))]
    async fn names(&self, ctx: &Context<'_>) -> Answer<Vec<OrganisationName>> {
        let rows = ctx.load(Names, self.0.id).await?;
        Ok(rows.iter().cloned().map(OrganisationName).collect())
    }

    /// Whether it is a body of its own or a part of one.
    async fn level(&self) -> OrganisationLevel {
        self.own_level()
    }

    /// The legal entity it belongs to; itself where it is one.
    async fn legal_entity(&self, ctx: &Context<'_>) -> Answer<Organisation> {
        Ok(Organisation(self.whole(ctx).await?))
    }

    /// What a unit belongs to; null for a legal entity.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        Some(ctx.one::<organisation::Entity>(self.0.parent_id?).await.map(Organisation))
    }

    /// The units right below it that sources name, by name.
    #[graphql(directive = PageSize::apply())]
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Organisation>> {
        Box::pin(Connection::of_parent(ctx, Units, self.0.id, PageArguments { first, after, last, before }))
            .await
    }

    /// The municipality it is, or is seated in; null where not known.
    async fn municipality(&self) -> Option<Municipality> {
        Municipality::find(self.0.municipality_code.as_deref())
    }

    /// The county it lies in; null where not known.
    async fn region(&self) -> Option<Region> {
        Region::find(self.0.region_code.as_deref())
    }

    /// Its parts in projects and those of its units: by role, then unit, then project.
    #[graphql(directive = PageSize::apply())]
    async fn partnerships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these roles; all where none are given.", default)] roles: Vec<PartnershipRole>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Partnership>> {
        Box::pin(Connection::of_parent(
            ctx,
            partnerships::OfOrganisation { roles },
            self.0.id,
            PageArguments { first, after, last, before },
        ))
        .await
    }

    /// The projects it takes part in by any source, each once, by name where no order is given.
    #[graphql(directive = PageSize::apply())]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those in which it has one of these roles; all where none are given.",
            default
        )]
        roles: Vec<PartnershipRole>,
        #[graphql(desc = "Those of its units too.", default = true)] include_units: bool,
        #[graphql(desc = "Only these; all where nothing is given.", name = "where")] filter: Option<
            ProjectFilter,
        >,
        #[graphql(desc = "In this order; by name where nothing is given.")] order_by: Option<
            Vec<ProjectOrder>,
        >,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<ProjectConnection> {
        let relation = projects::OfOrganisation { roles, include_units };
        let page = PageArguments { first, after, last, before };
        let arguments = ProjectArguments { filter, order_by, page };
        Box::pin(ProjectConnection::of_parent(ctx, relation, self.0.id, arguments)).await
    }

    /// Sums of the chosen amounts of the projects that it or a unit of it owns, by `Project.owner`: each project counts
    /// for one owner, even where sources disagree on who that is.
    #[graphql(directive = Items::apply(5))]
    async fn funding_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds of amounts; what is granted where none are given.", default)]
        kinds: Vec<AmountKind>,
    ) -> Answer<Vec<AmountAggregate>> {
        let kinds = if kinds.is_empty() { vec![AmountKind::Granted] } else { kinds };
        let sums = ctx.load(Sums { projects: projects::OwnedBy, kinds }, self.0.id).await?;
        let all = ctx.load(Counted(projects::OwnedBy), self.0.id).await?.first().map_or(0, |row| row.count);
        Ok(sums.iter().map(|sum| AmountAggregate::new(sum, all)).collect())
    }

    /// Other legal entities that take part in its projects, those with most in common first.
    #[graphql(directive = PageSize::apply())]
    async fn collaborators(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with at least so many projects in common.", default = 1)]
        min_shared: i32,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<CollaboratorConnection> {
        let Ok(min_shared) = u32::try_from(min_shared) else {
            let reason = "cannot be negative".to_owned();
            return Err(Error::Argument { argument: "minShared".into(), reason }.into());
        };
        let relation = Collaborators { min_shared };
        let page = Box::pin(Connection::of_parent(
            ctx,
            relation,
            self.0.id,
            PageArguments { first, after, last, before },
        ))
        .await?;
        Ok(CollaboratorConnection(Arc::new(page)))
    }

    /// The shortest chain of shared projects to another organisation, from legal entity to legal entity; null where there
    /// is none, or no such organisation. It counts as a long list, for it is looked for step by step.
    #[graphql(directive = Items::apply(100))]
    async fn path_to(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the other.")] organisation: ID,
    ) -> Option<Answer<Vec<NetworkStep>>> {
        let other = ctx.find::<organisation::Entity>(Kind::Organisation.read(&organisation)?).await;
        match other.transpose()? {
            Ok(other) => network::path(ctx, self.0.legal_entity_id, other.legal_entity_id).await.transpose(),
            Err(failure) => Some(Err(failure)),
        }
    }

    /// What came of it for participants in the projects that it, or a unit of it, takes part in, protected so that no person can be found. Null where nothing is published.
    #[graphql(directive = Lookup::apply())]
    async fn participant_outcomes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to group by; one group of all where nothing is given.", default)] by: Vec<
            OutcomeGroupBy,
        >,
        #[graphql(desc = "What to count by within each group.")] dimension: Option<OutcomeDimension>,
        #[graphql(desc = "Only these sexes; all where none are given.", default)] sex: Vec<Sex>,
        #[graphql(desc = "Only these years of enrolment; all where none are given.", default)] periods: Vec<
            i32,
        >,
        #[graphql(desc = "A second dimension; only `EDUCATION` and `TARGET_GROUP` are counted together.")]
        crossed_with: Option<OutcomeDimension>,
        #[graphql(desc = "Whose numbers.", default)] scope: Scope,
    ) -> Option<Answer<OutcomeTable>> {
        let arguments = Arguments { by, dimension, crossed_with, scope, sex, periods };
        arguments
            .of_parent(ctx, projects::OfOrganisation { roles: Vec::new(), include_units: true }, self.0.id)
            .await
            .transpose()
    }

    /// When it first appeared here.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When what is known of it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// A name under which sources know an organisation.
#[derive(Clone)]
pub(super) struct OrganisationName(organisation_name::Model);

/// A name under which sources know an organisation.
#[Object]
impl OrganisationName {
    /// The name as written.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// What kind of name it is.
    async fn kind(&self) -> NameKind {
        self.0.kind
    }

    /// The first source that used it; null for the catalogue's own.
    async fn source(&self, ctx: &Context<'_>) -> Option<Answer<Source>> {
        Some(ctx.one::<source::Entity>(self.0.source_id?).await.map(Source))
    }
}

/// A page of those whom an organisation works with.
pub(super) struct CollaboratorConnection(Arc<Connection<Organisation>>);

/// How many projects are shared, by the rank of a place: it is that number with its sign turned.
fn shared(position: &Position) -> i32 {
    match position.values.first() {
        Some(Place::Number(rank)) => i32::try_from(-rank).unwrap_or(i32::MAX),
        _ => 0,
    }
}

/// A page of those whom an organisation works with.
#[Object]
impl CollaboratorConnection {
    /// The collaborators of the page with their cursors and what is shared.
    async fn edges(&self) -> Vec<CollaboratorEdge> {
        let edge =
            |(cursor, placed): (String, &crate::store::page::Placed<organisation::Model>)| CollaboratorEdge {
                cursor,
                node: Organisation(placed.row.clone()),
                shared_projects: shared(&placed.position),
            };
        self.0.rows().map(edge).collect()
    }

    /// The collaborators of the page.
    async fn nodes(&self) -> Vec<Organisation> {
        self.0.rows().map(|(_, placed)| Organisation(placed.row.clone())).collect()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        self.0.info()
    }

    /// How many collaborators there are; counted only if asked for.
    #[graphql(directive = Lookup::apply())]
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<i32> {
        self.0.total(ctx).await
    }
}

/// Somebody whom an organisation works with.
#[derive(SimpleObject)]
pub(super) struct CollaboratorEdge {
    /// Its place, for `after` and `before` of the same list.
    cursor: String,
    /// The collaborator, a legal entity.
    node: Organisation,
    /// How many projects both take part in.
    shared_projects: i32,
}
