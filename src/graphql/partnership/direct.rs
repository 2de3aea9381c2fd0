//! Parts in projects, answered directly.

use super::Partnership;
use crate::entities::{organisation, project};
use crate::graphql::direct::{
    Asked, Below, Connected, Direct, Related, Selected, Written, is_known, pointed_at,
};
use crate::graphql::label::label;
use crate::graphql::node::Kind;
use crate::graphql::organisation::Organisation;
use crate::graphql::project::Project;

impl Connected for Partnership {
    const CONNECTION: &'static str = "PartnershipConnection";
    const EDGE: &'static str = "PartnershipEdge";
}

impl Direct for Partnership {
    const NAME: &'static str = "Partnership";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("id", Below::Value),
        ("role", Below::Value),
        ("roleLabel", Below::Value),
        ("organisation", Below::Pointed(is_known::<Organisation>)),
        ("unit", Below::Pointed(is_known::<Organisation>)),
        ("project", Below::Pointed(is_known::<Project>)),
    ];

    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[
        ("id", &[]),
        ("role", &["role"]),
        ("roleLabel", &["role"]),
        ("organisation", &["organisation_id"]),
        ("unit", &["unit_id"]),
        ("project", &["project_id"]),
    ];

    fn related<'a, 'd: 'a>(
        some: &'a [Self],
        field: &'a Selected<'d>,
        asked: &'a Asked<'d>,
    ) -> Option<Related<'a>> {
        Some(match field.name {
            "organisation" => {
                let ids = some.iter().map(|own| Some(own.0.organisation_id)).collect();
                Box::pin(pointed_at::<organisation::Entity, _>(ids, Organisation, field, asked))
            }
            "unit" => {
                let ids = some.iter().map(|own| own.0.unit_id).collect();
                Box::pin(pointed_at::<organisation::Entity, _>(ids, Organisation, field, asked))
            }
            "project" => {
                let ids = some.iter().map(|own| Some(own.0.project_id)).collect();
                Box::pin(pointed_at::<project::Entity, _>(ids, Project, field, asked))
            }
            _ => return None,
        })
    }

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "id" => to.id(&Kind::Partnership.id(self.0.id)),
            "role" => to.word(Some(self.0.role)),
            "roleLabel" => to.value(&label(self.0.role, field.argument_or_default("lang", asked)?)),
            _ => None,
        }
    }
}
