//! A condition that can be compared and looked up by, as questions for many parents have to be.

use std::fmt;
use std::hash::{Hash, Hasher};

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{EntityName, EntityTrait, IdenStatic};

use super::batch::{PARENT, Parents};
use super::bounds::Bound;
use super::breadth::unseen;
use super::order::Order;
use super::page::{Branch, CHILD, KEY, PageRequest, RANK, Relation};
use super::search::Words;
use crate::entities::Table;
use crate::entities::search_entry::SearchKind;

/// A condition on the rows of a table. Two are equal if they say the same in the same way.
#[derive(Clone)]
pub struct Filter {
    condition: Condition,
    text: String,
    /// What bounds all of it, where it has many.
    many: Vec<Bound>,
    /// The words that are all of it.
    words: Option<(SearchKind, Words)>,
}

impl Filter {
    /// A condition.
    #[must_use]
    pub fn new(condition: Condition) -> Self {
        Self { text: format!("{condition:?}"), condition, many: Vec::new(), words: None }
    }

    /// The same, and what bounds all of it, where that has many rows.
    #[must_use]
    pub fn with_many(self, many: Vec<Bound>) -> Self {
        Self { many, ..self }
    }

    /// The same, and the words that are all it says, where it is no more than words of names or numbers.
    #[must_use]
    pub fn of_words(self, kind: SearchKind, words: Option<Words>) -> Self {
        Self { words: words.map(|words| (kind, words)), ..self }
    }

    /// The condition for a page of a list: what many fulfil, all over the list, is looked at with each row as it comes;
    /// and what has some words is put in order where they are found, so that only the page's rows are looked up.
    #[must_use]
    pub fn on_page<E: Table>(&self, order: &Order, request: &PageRequest) -> Condition {
        if let (Some((kind, words)), [key]) = (&self.words, &*order.keys)
            && key.column == E::SORT_KEY.as_str()
        {
            return words.among_page(*kind, Expr::col((E::default(), E::ID)), *key, request);
        }
        let first = order.keys.first().map(|key| key.column);
        let is_spread =
            first.is_some_and(|column| self.many.iter().all(|bound| bound.is_spread_over(column)));
        if is_spread && !self.many.is_empty() { unseen(self.condition()) } else { self.condition() }
    }

    /// No condition.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Condition::all())
    }

    /// The condition.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// This condition and another.
    #[must_use]
    pub fn and(&self, other: Condition) -> Self {
        Self::new(Condition::all().add(self.condition()).add(other))
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for Filter {}
impl Hash for Filter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// What of a relation a condition on the children lets through.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Narrowed<R> {
    /// The relation.
    pub relation: R,
    /// The condition; none where nothing is said.
    pub filter: Option<Filter>,
}

impl<R: Relation> Relation for Narrowed<R> {
    type Child = R::Child;

    fn links(&self, parents: Parents<'_>) -> SelectStatement {
        let links = self.relation.links(parents);
        let Some(filter) = &self.filter else { return links };
        let child = R::Child::default();
        let mut query = Query::select();
        query
            .columns([PARENT, CHILD, RANK, KEY].map(|column| ("whole", column)))
            .from_subquery(links, "whole")
            .inner_join(child.table_ref(), Expr::col(("whole", CHILD)).equals((child, R::Child::ID)))
            .cond_where(filter.condition());
        query
    }

    fn parent(&self) -> Option<<R::Child as EntityTrait>::Column> {
        self.relation.parent().filter(|_| self.filter.is_none())
    }

    fn branch(&self) -> Option<Branch> {
        self.relation.branch().filter(|_| self.filter.is_none())
    }

    fn is_itself(&self) -> bool {
        self.relation.is_itself() && self.filter.is_none()
    }

    fn is_of_funders(&self) -> bool {
        self.relation.is_of_funders() && self.filter.is_none()
    }

    fn list(&self) -> String {
        self.relation.list()
    }
}
