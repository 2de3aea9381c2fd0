//! Amounts, answered directly.

use super::{Award, Financing, Money};
use crate::entities::{funder, project};
use crate::graphql::direct::{
    Asked, Below, Direct, Related, Selected, Written, is_known, object, pointed_at,
};
use crate::graphql::funder::Funder;
use crate::graphql::label::label;
use crate::graphql::node::Kind;
use crate::graphql::project::Project;
use crate::graphql::scalars::Decimal;

impl Direct for Award {
    const NAME: &'static str = "Award";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("id", Below::Value),
        ("kind", Below::Value),
        ("kindLabel", Below::Value),
        ("amount", Below::Objects(is_known::<Money>)),
        ("uncertainty", Below::Value),
        ("funder", Below::Pointed(is_known::<Funder>)),
        ("decidedOn", Below::Value),
        ("project", Below::Pointed(is_known::<Project>)),
    ];

    // Amounts are chosen by their kind wherever they are asked for.
    const COLUMNS: &'static [(&'static str, &'static [&'static str])] = &[
        ("id", &["kind"]),
        ("kind", &["kind"]),
        ("kindLabel", &["kind"]),
        ("amount", &["kind", "amount_minor", "currency"]),
        ("uncertainty", &["kind", "uncertainty_minor"]),
        ("funder", &["kind", "funder_id"]),
        ("decidedOn", &["kind", "decided_on"]),
        ("project", &["kind", "project_id"]),
    ];

    fn related<'a, 'd: 'a>(
        some: &'a [Self],
        field: &'a Selected<'d>,
        asked: &'a Asked<'d>,
    ) -> Option<Related<'a>> {
        Some(match field.name {
            "funder" => {
                let ids = some.iter().map(|own| own.0.funder_id).collect();
                Box::pin(pointed_at::<funder::Entity, _>(ids, Funder, field, asked))
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
            "id" => to.id(&Kind::Award.id(self.0.id)),
            "kind" => to.word(Some(self.0.kind)),
            "kindLabel" => to.value(&label(self.0.kind, field.argument_or_default("lang", asked)?)),
            "amount" => object(Some(&Money::new(self.0.amount_minor, &self.0.currency)), field, asked, to),
            "uncertainty" => to.plain(Some(Decimal::from_minor(self.0.uncertainty_minor).0)),
            "decidedOn" => to.plain(self.0.decided_on),
            _ => None,
        }
    }
}

/// All but the other contributions, which are looked up with what belongs to them.
impl Direct for Financing {
    const NAME: &'static str = "Financing";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("total", Below::Objects(is_known::<Money>)),
        ("granted", Below::Objects(is_known::<Money>)),
        ("euSupport", Below::Objects(is_known::<Money>)),
        ("ownCoFinancing", Below::Objects(is_known::<Money>)),
        ("unexplained", Below::Objects(is_known::<Money>)),
        ("addsUp", Below::Value),
        ("note", Below::Value),
    ];

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        let minor = match field.name {
            "total" => self.total,
            "granted" => self.granted,
            "euSupport" => self.eu_support,
            "ownCoFinancing" => self.own,
            "unexplained" => self.balance.unexplained,
            "addsUp" => return to.value(&self.balance.adds_up),
            "note" => return to.words(self.says(field.argument_or_default("lang", asked)?).as_deref()),
            _ => return None,
        };
        object(self.money(minor).as_ref(), field, asked, to)
    }
}

impl Direct for Money {
    const NAME: &'static str = "Money";
    const FIELDS: &'static [(&'static str, Below)] = &[("amount", Below::Value), ("currency", Below::Value)];

    fn write<'d>(&self, field: &Selected<'d>, _: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "amount" => to.plain(Some(self.amount.0)),
            "currency" => to.words(Some(&self.currency.0)),
            _ => None,
        }
    }
}
