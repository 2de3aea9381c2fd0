//! Funders, answered directly.

use super::Funder;
use crate::entities::{funder, organisation};
use crate::graphql::direct::{
    Asked, Below, Connected, Direct, Related, Selected, Written, is_known, pointed_at,
};
use crate::graphql::label::label;
use crate::graphql::node::Kind;
use crate::graphql::organisation::Organisation;
use crate::graphql::scalars::DateTime;

impl Connected for Funder {
    const CONNECTION: &'static str = "FunderConnection";
    const EDGE: &'static str = "FunderEdge";
}

impl Direct for Funder {
    const NAME: &'static str = "Funder";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("id", Below::Value),
        ("name", Below::Value),
        ("kind", Below::Value),
        ("kindLabel", Below::Value),
        ("programmePeriod", Below::Value),
        ("administeredBy", Below::Pointed(is_known::<Organisation>)),
        ("parent", Below::Pointed(is_known::<Funder>)),
        ("createdAt", Below::Value),
        ("updatedAt", Below::Value),
    ];

    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[
        ("id", &[]),
        ("name", &["name", "name_en"]),
        ("kind", &["kind"]),
        ("kindLabel", &["kind"]),
        ("programmePeriod", &["programme_period"]),
        ("administeredBy", &["administered_by_id"]),
        ("parent", &["parent_id"]),
        ("createdAt", &["created_at"]),
        ("updatedAt", &["updated_at"]),
    ];

    fn related<'a, 'd: 'a>(
        some: &'a [Self],
        field: &'a Selected<'d>,
        asked: &'a Asked<'d>,
    ) -> Option<Related<'a>> {
        Some(match field.name {
            "administeredBy" => {
                let ids = some.iter().map(|own| own.0.administered_by_id).collect();
                Box::pin(pointed_at::<organisation::Entity, _>(ids, Organisation, field, asked))
            }
            "parent" => {
                let ids = some.iter().map(|own| own.0.parent_id).collect();
                Box::pin(pointed_at::<funder::Entity, _>(ids, Funder, field, asked))
            }
            _ => return None,
        })
    }

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "id" => to.id(&Kind::Funder.id(self.0.id)),
            "name" => to.words(Some(self.name_in(field.argument_or_default("lang", asked)?))),
            "kind" => to.word(Some(self.0.kind)),
            "kindLabel" => to.value(&label(self.0.kind, field.argument_or_default("lang", asked)?)),
            "programmePeriod" => to.words(self.0.programme_period.as_deref()),
            "createdAt" => to.value(&DateTime(self.0.created_at)),
            "updatedAt" => to.value(&DateTime(self.0.updated_at)),
            _ => None,
        }
    }
}
