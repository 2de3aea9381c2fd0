//! Who works with whom.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::aggregates::small;
use super::context::Ask;
use super::directives::Items;
use super::failure::Answer;
use super::filter::Place;
use super::money::AmountAggregate;
use super::organisation::{Organisation, OrganisationLevel};
use super::project::Project;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{organisation, project};
use crate::error::Error;
use crate::store::filter::Filter;
use crate::store::network::{self as stored, Edge, Parts, Roles};
use crate::store::paths;
use crate::store::sums::Sum;

/// How much a network may be made of, and how many edges it may have.
const MOST_PARTS: usize = 400_000;
const MOST_PAIRS: usize = 3_000_000;
/// So many are counted in a millisecond.
const FEW: usize = 10_000;
const MOST_EDGES: usize = 100_000;
const LIMIT: i32 = 1_000;

/// What counting so much gives. Few are counted faster than they are handed to another thread.
async fn counted<T: Send + 'static>(many: usize, count: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    if many <= FEW {
        return Ok(count());
    }
    let failed = |_| Error::Refused("the network could not be counted".to_owned());
    Ok(spawn_blocking(count).await.map_err(failed)?)
}

/// Organisations joined by the projects they share.
pub(super) struct Network {
    nodes: Vec<NetworkNode>,
    edges: Vec<NetworkEdge>,
    is_truncated: bool,
}

/// What edges have in common.
struct Shared {
    question: stored::Network,
    parts: Arc<Parts>,
    edges: Arc<[Edge]>,
    organisations: HashMap<Uuid, organisation::Model>,
    roles: OnceCell<Vec<Roles>>,
    amounts: OnceCell<Vec<((Uuid, Uuid), Sum)>>,
}

impl Shared {
    fn organisation(&self, id: Uuid) -> Answer<Organisation> {
        let missing = crate::error::Error::Inconsistent { table: "organisation", id };
        Ok(Organisation(self.organisations.get(&id).cloned().ok_or(missing)?))
    }
}

impl Network {
    /// The network of those who take part in some projects.
    pub async fn find(
        ctx: &Context<'_>,
        filter: Filter,
        level: OrganisationLevel,
        min_shared: i32,
        limit: i32,
    ) -> Answer<Self> {
        if min_shared < 1 {
            return Err(Place::argument("minShared").refuse("must be at least 1").into());
        }
        let most = Place::argument("limit").up_to(limit, LIMIT)? as usize;
        let question = stored::Network { filter, by_unit: level == OrganisationLevel::Unit };
        let db = ctx.db()?;
        let parts = ctx.alone(question.parts(db, MOST_PARTS)).await?;
        if parts.len() > MOST_PARTS {
            let reason =
                format!("these projects have more than {MOST_PARTS} partnerships; ask about fewer projects");
            return Err(Place::argument("where").refuse(reason).into());
        }
        let counting = counted(parts.len(), move || {
            let parts = Parts::of(parts);
            let can_be = parts.pairs_at_most() <= MOST_PAIRS;
            can_be.then(|| (parts.edges(min_shared.into(), MOST_EDGES), parts.projects_of_each(), parts))
        });
        let Some((mut all, projects, parts)) = counting.await? else {
            let reason = "in these projects too many take part together; ask about fewer projects";
            return Err(Place::argument("where").refuse(reason).into());
        };
        if all.len() > MOST_EDGES {
            let reason = format!(
                "the network has more than {MOST_EDGES} edges; ask for more shared projects or about fewer"
            );
            return Err(Place::argument("minShared").refuse(reason).into());
        }
        let mut degrees: HashMap<Uuid, i32> = HashMap::new();
        for edge in &all {
            for end in [edge.a, edge.b] {
                *degrees.entry(end).or_default() += 1;
            }
        }
        let is_truncated = all.len() > most;
        all.truncate(most);
        let ids: BTreeSet<Uuid> = all.iter().flat_map(|edge| [edge.a, edge.b]).collect();
        let organisations = ctx.all::<organisation::Entity>(ids.into_iter()).await?;
        let mut nodes: Vec<NetworkNode> = organisations
            .iter()
            .map(|row| NetworkNode {
                organisation: Organisation(row.clone()),
                projects: small(projects.get(&row.id).copied().unwrap_or_default()),
                degree: degrees.get(&row.id).copied().unwrap_or_default(),
            })
            .collect();
        nodes.sort_by(|one, other| {
            let rank = |node: &NetworkNode| std::cmp::Reverse((node.degree, node.projects));
            rank(one).cmp(&rank(other)).then_with(|| {
                let key =
                    |node: &'_ NetworkNode| (node.organisation.0.sort_key.clone(), node.organisation.0.id);
                key(one).cmp(&key(other))
            })
        });
        let shared = Arc::new(Shared {
            question,
            parts: Arc::new(parts),
            edges: all.into(),
            organisations: organisations.into_iter().map(|row| (row.id, row)).collect(),
            roles: OnceCell::new(),
            amounts: OnceCell::new(),
        });
        let edges =
            shared.edges.iter().map(|edge| NetworkEdge { edge: *edge, of: Arc::clone(&shared) }).collect();
        Ok(Self { nodes, edges, is_truncated })
    }
}

/// Organisations joined by the projects they share.
#[Object]
impl Network {
    /// Those at the edges shown, those with most edges first.
    async fn nodes(&self) -> &[NetworkNode] {
        &self.nodes
    }

    /// Pairs that share projects, those that share most first.
    async fn edges(&self) -> &[NetworkEdge] {
        &self.edges
    }

    /// Whether there are more edges than the limit.
    async fn truncated(&self) -> bool {
        self.is_truncated
    }
}

/// Somebody in a network.
#[derive(SimpleObject)]
pub(super) struct NetworkNode {
    /// Who.
    organisation: Organisation,
    /// In how many of the projects it takes part.
    projects: i32,
    /// With how many others it shares at least so many projects as asked for, shown or not.
    degree: i32,
}

/// Two who share projects.
pub(super) struct NetworkEdge {
    edge: Edge,
    of: Arc<Shared>,
}

/// Two who share projects.
#[Object]
impl NetworkEdge {
    /// One of them.
    async fn a(&self) -> Answer<Organisation> {
        self.of.organisation(self.edge.a)
    }

    /// The other.
    async fn b(&self) -> Answer<Organisation> {
        self.of.organisation(self.edge.b)
    }

    /// How many projects they share.
    async fn shared_projects(&self) -> i32 {
        small(self.edge.shared)
    }

    /// What they are to each other, the most frequent first.
    #[graphql(directive = Items::apply(4))]
    async fn roles(&self) -> Answer<Vec<NetworkRoles>> {
        let look = || {
            let (parts, edges) = (Arc::clone(&self.of.parts), Arc::clone(&self.of.edges));
            counted(parts.pairs_at_most(), move || parts.roles(&edges))
        };
        let all = self.of.roles.get_or_try_init(look).await?;
        let own = all.iter().filter(|roles| (roles.a, roles.b) == (self.edge.a, self.edge.b));
        let roles =
            |roles: &Roles| NetworkRoles { a: roles.role_a, b: roles.role_b, projects: small(roles.shared) };
        Ok(own.map(roles).collect())
    }

    /// Sums of the chosen amounts of the projects they share. They are the projects' own, not what either of the two
    /// pays or gets.
    #[graphql(directive = Items::apply(8))]
    async fn amounts(&self, ctx: &Context<'_>) -> Answer<Vec<AmountAggregate>> {
        let look = || async { ctx.alone(self.of.question.amounts(ctx.db()?, &self.of.edges)).await };
        let all = self.of.amounts.get_or_try_init(look).await?;
        let own = all.iter().filter(|(pair, _)| *pair == (self.edge.a, self.edge.b));
        Ok(own.map(|(_, sum)| AmountAggregate::new(sum, self.edge.shared)).collect())
    }
}

/// What two are in projects that they share.
#[derive(SimpleObject)]
pub(super) struct NetworkRoles {
    /// The role of `a`.
    a: PartnershipRole,
    /// The role of `b`.
    b: PartnershipRole,
    /// In how many projects.
    projects: i32,
}

/// A step of a chain of shared projects.
#[derive(SimpleObject)]
pub(super) struct NetworkStep {
    /// Who stands here, a legal entity.
    organisation: Organisation,
    /// A project shared with the step before, the first by name; null on the first step.
    via: Option<Project>,
}

/// The shortest chain of shared projects between two legal entities.
pub(super) async fn path(ctx: &Context<'_>, from: Uuid, to: Uuid) -> Answer<Option<Vec<NetworkStep>>> {
    let Some(chain) = ctx.alone(paths::shortest(ctx.db()?, from, to)).await? else { return Ok(None) };
    let projects = ctx.all::<project::Entity>(chain.iter().filter_map(|(_, via)| *via)).await?;
    let organisations = ctx.all::<organisation::Entity>(chain.iter().map(|(id, _)| *id)).await?;
    let step = |(row, (_, via)): (organisation::Model, (_, Option<Uuid>))| NetworkStep {
        organisation: Organisation(row),
        via: projects.iter().find(|project| Some(project.id) == via).cloned().map(Project),
    };
    Ok(Some(organisations.into_iter().zip(chain).map(step).collect()))
}
