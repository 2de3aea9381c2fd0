//! Projects, answered directly.

use futures_util::future::join;
use uuid::Uuid;

use super::Project;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{award, funder, organisation, partnership};
use crate::graphql::direct::{
    Asked, Below, Connected, Direct, Pieces, Related, Selected, Texts, Written, connection, is_known, lists,
    object, once_each, pointed_at, to_connection,
};
use crate::graphql::funder::Funder;
use crate::graphql::label::label;
use crate::graphql::money::{Award, Financing};
use crate::graphql::node::Kind;
use crate::graphql::organisation::Organisation;
use crate::graphql::outcome::OutcomeTable;
use crate::graphql::partnership::Partnership;
use crate::graphql::period::Period;
use crate::graphql::region::Region;
use crate::graphql::scalars::DateTime;
use crate::store::batch::ByParent;
use crate::store::page::Everything;
use crate::store::projects::Amounts;
use crate::store::{ahead, awards, funders, outcomes, packed, partnerships};

impl Connected for Project {
    const CONNECTION: &'static str = "ProjectConnection";
    const EDGE: &'static str = "ProjectEdge";
}

impl Direct for Project {
    const NAME: &'static str = "Project";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("id", Below::Value),
        ("name", Below::Value),
        ("number", Below::Value),
        ("status", Below::Value),
        ("statusLabel", Below::Value),
        ("period", Below::Objects(is_known::<Period>)),
        ("region", Below::Objects(is_known::<Region>)),
        ("specificObjective", Below::Value),
        ("decidedOn", Below::Value),
        ("owner", Below::Pointed(is_known::<Organisation>)),
        ("partnerships", to_connection::<Partnership>()),
        ("funders", Below::Objects(is_known::<Funder>)),
        ("awards", Below::Objects(is_known::<Award>)),
        ("financing", Below::Objects(is_known::<Financing>)),
        ("plannedParticipants", Below::Value),
        ("participantOutcomes", Below::Objects(is_known::<OutcomeTable>)),
        ("createdAt", Below::Value),
        ("updatedAt", Below::Value),
    ];

    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[
        ("id", &[]),
        ("name", &["name"]),
        ("number", &["number"]),
        ("status", &["starts_on", "ends_on"]),
        ("statusLabel", &["starts_on", "ends_on"]),
        ("period", &["period"]),
        ("region", &["region_code"]),
        ("specificObjective", &["specific_objective"]),
        ("decidedOn", &["decided_on"]),
        ("owner", &["owner_id", "packed_partnerships"]),
        ("partnerships", &["sort_key", "packed_partnerships"]),
        ("funders", &[]),
        ("awards", &["packed_awards"]),
        ("financing", &[]),
        ("plannedParticipants", &["planned_participants"]),
        ("participantOutcomes", &[]),
        ("createdAt", &["created_at"]),
        ("updatedAt", &["updated_at"]),
    ];

    fn related<'a, 'd: 'a>(
        some: &'a [Self],
        field: &'a Selected<'d>,
        asked: &'a Asked<'d>,
    ) -> Option<Related<'a>> {
        let ids = || some.iter().map(|project| project.0.id).collect::<Vec<Uuid>>();
        Some(match field.name {
            "owner" => {
                let owners: Vec<Option<Uuid>> = some.iter().map(|project| project.0.owner_id).collect();
                if asked.asks_for_names::<Organisation, organisation::Entity>() {
                    let is_new = |owner: &Option<Uuid>| {
                        owner.is_some_and(|owner| !asked.is_noted::<organisation::Entity>(owner))
                    };
                    for (Self(project), _) in some.iter().zip(&owners).filter(|(_, owner)| is_new(owner)) {
                        let named = packed::partnerships_of(project).map(|(_, named)| named);
                        asked.note::<organisation::Entity>(&named.unwrap_or_default());
                    }
                }
                Box::pin(pointed_at::<organisation::Entity, _>(owners, Organisation, field, asked))
            }
            "partnerships" => Box::pin(async move {
                let roles: Vec<PartnershipRole> = field.argument_or_default("roles", asked)?;
                let wanted = |row: &partnership::Model| roles.is_empty() || roles.contains(&row.role);
                let are_named = asked.asks_for_names::<Organisation, organisation::Entity>();
                let known = some.iter().filter_map(|Self(project)| {
                    let (rows, named) = packed::partnerships_of(project)?;
                    if are_named {
                        asked.note::<organisation::Entity>(&named);
                    }
                    Some((project.id, rows.into_iter().filter(wanted).collect()))
                });
                let known: ByParent<partnership::Model> = known.collect();
                let relation = partnerships::OfProject { roles };
                connection::<Partnership, _>(relation, None, &ids(), known, field, asked).await
            }),
            "awards" => Box::pin(async move {
                let kinds: Vec<award::AmountKind> = field.argument_or_default("kinds", asked)?;
                let wanted = |row: &award::Model| kinds.is_empty() || kinds.contains(&row.kind);
                let make = |row| Some(row).filter(wanted).map(Award);
                let question = Everything::with(awards::OfProject, asked.columns::<Award, award::Entity>());
                let are_named = asked.asks_for_names::<Funder, funder::Entity>();
                let known = some.iter().filter_map(|Self(project)| {
                    let (rows, named) = packed::awards_of(project)?;
                    if are_named {
                        asked.note::<funder::Entity>(&named);
                    }
                    Some((project.id, rows))
                });
                let known = known.collect();
                lists(question, &ids(), known, make, field, asked).await
            }),
            _ => return Self::by_ids(ids(), field, asked),
        })
    }

    fn by_ids<'a, 'd: 'a>(
        ids: Vec<Uuid>,
        field: &'a Selected<'d>,
        asked: &'a Asked<'d>,
    ) -> Option<Related<'a>> {
        Some(match field.name {
            "funders" => Box::pin(async move {
                let question =
                    Everything::with(funders::OfProject, asked.columns::<Funder, funder::Entity>());
                lists(question, &ids, ByParent::default(), |row| Some(Funder(row)), field, asked).await
            }),
            "financing" => Box::pin(async move {
                let (ids, of) = once_each(&ids);
                let amounts = asked.load(Amounts, ids.iter().copied()).await?;
                let mut texts = Pieces::for_objects(ids.len(), 0);
                for id in &ids {
                    let amounts = amounts.get(id).map(Vec::as_slice).unwrap_or_default();
                    texts.add(|to| object(Some(&Financing::new(amounts, &[])), field, asked, to))?;
                }
                Some(Texts::new(texts, of))
            }),
            "participantOutcomes" => Box::pin(async move {
                let (ids, of) = once_each(&ids);
                let tables = OutcomeTable::of_parents(outcomes::Itself, &ids, field, asked).await?;
                let rows = tables.iter().flatten().map(OutcomeTable::length).sum::<usize>();
                let mut texts = Pieces::for_objects(tables.len() + rows, 0);
                for table in &tables {
                    texts.add(|to| object(table.as_ref(), field, asked, to))?;
                }
                Some(Texts::new(texts, of))
            }),
            _ => return None,
        })
    }

    async fn ahead<'d>(id: Uuid, fields: &[Selected<'d>], asked: &Asked<'d>) -> Option<()> {
        let is_asked = |names: &[&str]| fields.iter().any(|field| names.contains(&field.name));
        let organisations = async {
            if !is_asked(&["owner", "partnerships"]) {
                return Some(());
            }
            asked
                .ahead::<organisation::Entity, Organisation>(|columns| ahead::organisations(id, columns))
                .await
        };
        let funders = async {
            if !is_asked(&["awards"]) {
                return Some(());
            }
            asked.ahead::<funder::Entity, Funder>(|columns| ahead::funders(id, columns)).await
        };
        let (organisations, funders) = join(organisations, funders).await;
        organisations.and(funders)
    }

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "id" => to.id(&Kind::Project.id(self.0.id)),
            "name" => to.words(Some(&self.0.name)),
            "number" => to.words(self.0.number.as_deref()),
            "status" => to.word(Some(self.status_on(field.argument("asOf", asked)?))),
            "statusLabel" => {
                let status = self.status_on(field.argument("asOf", asked)?);
                to.value(&label(status, field.argument_or_default("lang", asked)?))
            }
            "period" => object(self.0.period.as_deref().and_then(Period::read).as_ref(), field, asked, to),
            "region" => object(Region::find(self.0.region_code.as_deref()).as_ref(), field, asked, to),
            "specificObjective" => to.words(self.0.specific_objective.as_deref()),
            "decidedOn" => to.plain(self.0.decided_on),
            "plannedParticipants" => to.number(self.0.planned_participants),
            "createdAt" => to.value(&DateTime(self.0.created_at)),
            "updatedAt" => to.value(&DateTime(self.0.updated_at)),
            _ => None,
        }
    }
}
