//! Tables of outcomes, answered directly. Exact ones are not: those are the executor's.

use uuid::Uuid;

use super::key::{OutcomeKey, label};
use super::{Arguments, OutcomeRow, OutcomeTable, ProtectedCount, Scope, basis, int, percent_missing};
use crate::entities::project;
use crate::graphql::direct::{Asked, Below, Direct, Selected, Written, is_known, object};
use crate::graphql::outcome_table::{Of, Row};
use crate::graphql::project_filter::ProjectFilter;
use crate::graphql::region::Region;
use crate::graphql::result::Sex;
use crate::store::outcomes::{self, OfParents};
use crate::store::page::Relation;
use crate::store::releases;

impl Arguments {
    /// What is asked of published numbers; none where exact ones are, or an argument is wrong.
    fn selected(field: &Selected<'_>, asked: &Asked<'_>) -> Option<Self> {
        let arguments = Self {
            by: field.argument_or_default("by", asked)?,
            dimension: field.argument("dimension", asked)?,
            crossed_with: field.argument("crossedWith", asked)?,
            scope: field.argument_or_default("scope", asked)?,
            sex: field.argument_or_default("sex", asked)?,
            periods: field.argument_or_default("periods", asked)?,
        };
        (arguments.scope == Scope::Public).then_some(arguments)
    }
}

impl OutcomeTable {
    /// How many rows it has.
    pub(in crate::graphql) fn length(&self) -> usize {
        self.table.rows.len()
    }

    /// The table of all projects that a filter lets through; null before the first release.
    pub(in crate::graphql) async fn of_all<'d>(field: &Selected<'d>, asked: &Asked<'d>) -> Option<Vec<u8>> {
        let arguments = Arguments::selected(field, asked)?;
        let (tabulation, codes) = arguments.tabulation().ok()?;
        let (filter, db) = (field.argument("where", asked)?, asked.db().await?);
        let projects = asked.found(ProjectFilter::published(filter, db, &asked.memo).await)?;
        let table = match asked.found(releases::active(db).await)? {
            Some(_) => {
                let numbers = asked.found(outcomes::numbers(db, &tabulation, projects).await)?;
                Some(arguments.table(&numbers, &tabulation, codes.as_deref(), Of::Several).ok()?)
            }
            None => None,
        };
        let mut to = Written::default();
        object(table.as_ref(), field, asked, &mut to)?;
        Some(to.into_bytes())
    }

    /// The tables of each of some parents; none of those of which nothing is published.
    pub(in crate::graphql) async fn of_parents<'d, R: Relation<Child = project::Entity>>(
        projects: R,
        parents: &[Uuid],
        field: &Selected<'d>,
        asked: &Asked<'d>,
    ) -> Option<Vec<Option<Self>>> {
        let arguments = Arguments::selected(field, asked)?;
        let (tabulation, codes) = arguments.tabulation().ok()?;
        let of = Arguments::of_what(&projects);
        let question = OfParents { projects, asked: tabulation.clone() };
        let mut rows = asked.load(question, parents.iter().copied()).await?;
        let table = |parent: &Uuid| {
            let Some(numbers) = rows.remove(parent).filter(|numbers| !numbers.is_empty()) else {
                return Some(None);
            };
            arguments.table(&numbers, &tabulation, codes.as_deref(), of).ok().map(Some)
        };
        parents.iter().map(table).collect()
    }
}

impl Direct for OutcomeTable {
    const NAME: &'static str = "OutcomeTable";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("basis", Below::Value),
        ("total", Below::Objects(is_known::<ProtectedCount>)),
        ("rows", Below::Objects(is_known::<OutcomeRow>)),
        ("notShown", Below::Objects(is_known::<ProtectedCount>)),
        ("overlap", Below::Objects(is_known::<ProtectedCount>)),
    ];

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        let count = |value| ProtectedCount(self.table.count(value));
        match field.name {
            "basis" => to.word(Some(basis(self.table.is_exact))),
            "total" => object(Some(&ProtectedCount(self.table.total)), field, asked, to),
            "rows" => {
                let row = |row: &Row| OutcomeRow { row: row.clone(), dimensions: self.dimensions };
                to.each(&self.table.rows, |own, to| object(Some(&row(own)), field, asked, to))
            }
            "notShown" => object(Some(&count(self.table.not_shown)), field, asked, to),
            "overlap" => object(Some(&count(self.table.overlap)), field, asked, to),
            _ => None,
        }
    }
}

impl Direct for ProtectedCount {
    const NAME: &'static str = "ProtectedCount";
    const FIELDS: &'static [(&'static str, Below)] =
        &[("value", Below::Value), ("lower", Below::Value), ("upper", Below::Value), ("basis", Below::Value)];

    fn write<'d>(&self, field: &Selected<'d>, _: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "value" => to.number(Some(int(self.0.value))),
            "lower" => to.number(self.0.bounds().map(|(lower, _)| int(lower))),
            "upper" => to.number(self.0.bounds().map(|(_, upper)| int(upper))),
            "basis" => to.word(Some(basis(self.0.is_exact))),
            _ => None,
        }
    }
}

impl Direct for OutcomeRow {
    const NAME: &'static str = "OutcomeRow";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("key", Below::Objects(is_known::<OutcomeKey>)),
        ("participants", Below::Objects(is_known::<ProtectedCount>)),
        ("percent", Below::Value),
        ("percentMissing", Below::Value),
    ];

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "key" => {
                let key = OutcomeKey { key: self.row.key.clone(), dimensions: self.dimensions };
                object(Some(&key), field, asked, to)
            }
            "participants" => object(Some(&ProtectedCount(self.row.count)), field, asked, to),
            "percent" => to.number(self.row.percent().map(int)),
            "percentMissing" => to.word(percent_missing(&self.row)),
            _ => None,
        }
    }
}

impl Direct for OutcomeKey {
    const NAME: &'static str = "OutcomeKey";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("region", Below::Objects(is_known::<Region>)),
        ("period", Below::Value),
        ("sex", Below::Value),
        ("code", Below::Value),
        ("label", Below::Value),
        ("crossedCode", Below::Value),
        ("crossedLabel", Below::Value),
    ];

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "region" => object(Region::find(self.key.region.as_deref()).as_ref(), field, asked, to),
            "period" => to.number(self.key.period),
            "sex" => to.word(self.key.sex.and_then(Sex::of)),
            "code" => to.words(self.key.code),
            "label" => {
                to.words(label(self.dimensions[0], self.key.code, field.argument_or_default("lang", asked)?))
            }
            "crossedCode" => to.words(self.key.crossed_code),
            "crossedLabel" => {
                let lang = field.argument_or_default("lang", asked)?;
                to.words(label(self.dimensions[1], self.key.crossed_code, lang))
            }
            _ => None,
        }
    }
}
