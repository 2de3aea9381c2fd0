//! Organisations, answered directly.

use uuid::Uuid;

use super::Organisation;
use crate::entities::organisation;
use crate::graphql::direct::{
    Asked, Below, Connected, Direct, Related, Selected, Written, connection, is_known, object, pointed_at,
    to_connection,
};
use crate::graphql::label::label;
use crate::graphql::node::Kind;
use crate::graphql::order::ProjectOrder;
use crate::graphql::project::Project;
use crate::graphql::project_filter::ProjectFilter;
use crate::graphql::region::Region;
use crate::graphql::scalars::DateTime;
use crate::store::batch::ByParent;
use crate::store::filter::Narrowed;
use crate::store::projects;

impl Connected for Organisation {
    const CONNECTION: &'static str = "OrganisationConnection";
    const EDGE: &'static str = "OrganisationEdge";
}

impl Direct for Organisation {
    const NAME: &'static str = "Organisation";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("id", Below::Value),
        ("name", Below::Value),
        ("kind", Below::Value),
        ("kindLabel", Below::Value),
        ("level", Below::Value),
        ("legalEntity", Below::Pointed(is_known::<Organisation>)),
        ("parent", Below::Pointed(is_known::<Organisation>)),
        ("region", Below::Objects(is_known::<Region>)),
        ("projects", to_connection::<Project>()),
        ("createdAt", Below::Value),
        ("updatedAt", Below::Value),
    ];

    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[
        ("id", &[]),
        ("name", &["name", "name_en"]),
        ("kind", &["kind"]),
        ("kindLabel", &["kind"]),
        ("level", &["legal_entity_id"]),
        ("legalEntity", &["legal_entity_id"]),
        ("parent", &["parent_id"]),
        ("region", &["region_code"]),
        ("projects", &[]),
        ("createdAt", &["created_at"]),
        ("updatedAt", &["updated_at"]),
    ];

    fn related<'a, 'd: 'a>(
        some: &'a [Self],
        field: &'a Selected<'d>,
        asked: &'a Asked<'d>,
    ) -> Option<Related<'a>> {
        let others = |id: fn(&organisation::Model) -> Option<Uuid>| -> Related<'a> {
            let ids = some.iter().map(|own| id(&own.0)).collect();
            Box::pin(pointed_at::<organisation::Entity, _>(ids, Organisation, field, asked))
        };
        Some(match field.name {
            "legalEntity" => others(|own| Some(own.legal_entity_id)),
            "parent" => others(|own| own.parent_id),
            _ => return Self::by_ids(some.iter().map(|own| own.0.id).collect(), field, asked),
        })
    }

    fn by_ids<'a, 'd: 'a>(
        ids: Vec<Uuid>,
        field: &'a Selected<'d>,
        asked: &'a Asked<'d>,
    ) -> Option<Related<'a>> {
        Some(match field.name {
            "projects" => Box::pin(async move {
                let include_units: Option<bool> = field.argument("includeUnits", asked)?;
                let relation = projects::OfOrganisation {
                    roles: field.argument_or_default("roles", asked)?,
                    include_units: include_units.unwrap_or(true),
                };
                let filter: Option<ProjectFilter> = field.argument("where", asked)?;
                let filter = match filter {
                    Some(filter) => {
                        let read = ProjectFilter::read(Some(filter), asked.db().await?, &asked.memo).await;
                        Some(asked.found(read)?)
                    }
                    None => None,
                };
                let order: Option<Vec<ProjectOrder>> = field.argument("orderBy", asked)?;
                let order = order.map(|fields| ProjectOrder::read(Some(fields))).transpose().ok()?;
                connection::<Project, _>(
                    Narrowed { relation, filter },
                    order,
                    &ids,
                    ByParent::default(),
                    field,
                    asked,
                )
                .await
            }),
            _ => return None,
        })
    }

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "id" => to.id(&Kind::Organisation.id(self.0.id)),
            "name" => to.words(Some(self.name_in(field.argument_or_default("lang", asked)?))),
            "kind" => to.word(Some(self.0.kind)),
            "kindLabel" => to.value(&label(self.0.kind, field.argument_or_default("lang", asked)?)),
            "level" => to.word(Some(self.own_level())),
            "region" => object(Region::find(self.0.region_code.as_deref()).as_ref(), field, asked, to),
            "createdAt" => to.value(&DateTime(self.0.created_at)),
            "updatedAt" => to.value(&DateTime(self.0.updated_at)),
            _ => None,
        }
    }
}
