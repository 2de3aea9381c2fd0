//! Questions, answered directly.

use futures_util::FutureExt;
use futures_util::future::try_join_all;
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};

use super::{OrganisationBy, Query};
use crate::domain::matching::number_key;
use crate::domain::orgnr::OrganisationNumber;
use crate::graphql::direct::{
    Asked, Connected, Selected, Written, are_once, by_id, connection_is_known, is_counted, is_known, objects,
    page_request, pages_of,
};
use crate::graphql::funder::Funder;
use crate::graphql::node::Kind;
use crate::graphql::order::{OrganisationOrder, ProjectOrder};
use crate::graphql::organisation::Organisation;
use crate::graphql::organisation_filter::OrganisationFilter;
use crate::graphql::outcome::OutcomeTable;
use crate::graphql::project::{Project, ProjectBy};
use crate::graphql::project_filter::ProjectFilter;
use crate::store::filter::Filter;
use crate::store::order::Order;
use crate::store::{organisations, page, projects};

impl Query {
    /// The whole answer to a question; none where the executor must answer.
    pub(in crate::graphql) async fn directly<'d>(
        fields: &[Selected<'d>],
        asked: &Asked<'d>,
    ) -> Option<Vec<u8>> {
        if !are_once(fields) || !fields.iter().all(|field| is_known_at_root(field, asked)) {
            return None;
        }
        // Boxed, as all that is joined here: it would be moved about as often as it is joined.
        let answers = fields.iter().map(|field| async move { answer(field, asked).await.ok_or(()) }.boxed());
        let answers = try_join_all(answers).await.ok()?;
        let room =
            fields.iter().zip(&answers).map(|(field, answer)| field.key.len() + answer.len() + 5).sum();
        let mut to = Written::with_room(room);
        to.begin();
        for (field, answer) in fields.iter().zip(answers) {
            to.key(field.key);
            to.text(&answer);
        }
        to.end();
        Some(to.into_bytes())
    }
}

fn is_known_at_root<'d>(field: &Selected<'d>, asked: &Asked<'d>) -> bool {
    match field.name {
        "project" => is_known::<Project>(field, asked),
        "projects" => connection_is_known::<Project>(field, asked),
        "organisation" => is_known::<Organisation>(field, asked),
        "organisations" => connection_is_known::<Organisation>(field, asked),
        "funder" => is_known::<Funder>(field, asked),
        "participantOutcomes" => is_known::<OutcomeTable>(field, asked),
        _ => false,
    }
}

async fn answer<'d>(field: &Selected<'d>, asked: &Asked<'d>) -> Option<Vec<u8>> {
    match field.name {
        "project" => match field.argument("by", asked)? {
            ProjectBy::Id(id) => by_id::<Project>(Kind::Project.read(&id), field, asked).await,
            ProjectBy::Number(number) => {
                let row =
                    asked.found(projects::by_number(asked.db().await?, &number_key(&number).0).await)?;
                one_of(row.map(Project), field, asked).await
            }
        },
        "organisation" => {
            let row = match field.argument("by", asked)? {
                OrganisationBy::Id(id) => {
                    return by_id::<Organisation>(Kind::Organisation.read(&id), field, asked).await;
                }
                OrganisationBy::Number(number) => match OrganisationNumber::parse(&number) {
                    Ok(number) => {
                        asked.found(organisations::by_number(asked.db().await?, number.digits()).await)?
                    }
                    Err(_) => None,
                },
            };
            one_of(row.map(Organisation), field, asked).await
        }
        "funder" => {
            let id: async_graphql::ID = field.argument("id", asked)?;
            by_id::<Funder>(Kind::Funder.read(&id), field, asked).await
        }
        "participantOutcomes" => OutcomeTable::of_all(field, asked).await,
        "projects" => {
            let order = ProjectOrder::read(field.argument("orderBy", asked)?).ok()?;
            let filter = field.argument("where", asked)?;
            let filter = asked.found(ProjectFilter::read(filter, asked.db().await?, &asked.memo).await)?;
            page_of::<Project>("projects", &filter, &order, field, asked).await
        }
        "organisations" => {
            let order = OrganisationOrder::read(field.argument("orderBy", asked)?).ok()?;
            let filter = field.argument("where", asked)?;
            let filter =
                asked.found(OrganisationFilter::read(filter, asked.db().await?, &asked.memo).await)?;
            page_of::<Organisation>("organisations", &filter, &order, field, asked).await
        }
        _ => None,
    }
}

/// One object, or null.
async fn one_of<'d, T: Connected>(
    found: Option<T>,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Vec<u8>> {
    match found {
        Some(found) => Some(objects(&[found], field, asked).await?.into_bytes()),
        None => Some(b"null".to_vec()),
    }
}

/// A page of all that a filter lets through.
async fn page_of<'d, T: Connected>(
    list: &str,
    filter: &Filter,
    order: &Order,
    field: &Selected<'d>,
    asked: &Asked<'d>,
) -> Option<Vec<u8>> {
    let list = format!("{list} {order:?}");
    let request = page_request::<T>(&list, order, field, asked)?;
    let db = asked.db().await?;
    let paged = T::Table::find().filter(filter.on_page::<T::Table>(order, &request));
    let page = asked.found(page::page(db, paged, asked.columns::<T, T::Table>(), order, &request).await)?;
    let mut counts = Vec::new();
    if is_counted::<T>(field, asked) {
        let count = asked.found(T::Table::find().filter(filter.condition()).count(db).await)?;
        counts.push(i64::try_from(count).unwrap_or(i64::MAX));
    }
    Some(pages_of::<T>(&list, vec![page], &counts, field, asked).await?.into_bytes())
}
