//! Several questions sent as one statement: each that is sent by itself is waited for by itself, which takes a database
//! and the one who asks it longer than to find the few rows that most have.

use sea_orm::sea_query::{Expr, Query, SelectExpr, SelectStatement, UnionType};
use sea_orm::{DbErr, QueryResult};

use crate::entities::positional::{Column, Found};

/// A question that can be asked together with others.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it selects.
    pub query: SelectStatement,
    /// What it may select, and of which types that is.
    pub columns: Vec<Column>,
}

/// The column that says whose row it is, by the place among the questions.
const PART: &str = "part";
/// The name under which each question stands in the statement.
const OWN: &str = "own";

/// Several questions as one statement (PostgreSQL). Its rows have room for those of each question: columns of one type
/// are shared, the others are null.
pub struct Together {
    /// The statement.
    pub query: SelectStatement,
    /// Where the columns of each question stand.
    places: Vec<Vec<(String, usize)>>,
}

impl Together {
    /// Puts questions together. Every column that they select must be among those that they name.
    ///
    /// # Errors
    /// [`DbErr::Custom`] for one that is not.
    pub fn of(parts: Vec<Part>) -> Result<Self, DbErr> {
        // The types of all columns of the statement, and of each question which of its columns stands where.
        let mut kinds: Vec<&'static str> = Vec::new();
        let mut taken: Vec<Vec<Option<String>>> = Vec::with_capacity(parts.len());
        let mut queries = Vec::with_capacity(parts.len());
        for Part { mut query, columns } in parts {
            let mut own: Vec<Option<String>> = Vec::new();
            for name in selected(&mut query) {
                let kind = columns.iter().find(|column| column.name == name).map(|column| column.kind);
                let kind = kind.ok_or_else(|| DbErr::Custom(format!("column {name} has no type")))?;
                let is_free = |at: &usize| kinds[*at] == kind && own.get(*at).is_none_or(Option::is_none);
                let at = (0..kinds.len()).find(is_free).unwrap_or(kinds.len());
                if at == kinds.len() {
                    kinds.push(kind);
                }
                own.resize(own.len().max(at + 1), None);
                own[at] = Some(name);
            }
            taken.push(own);
            queries.push(query);
        }
        let mut all: Option<SelectStatement> = None;
        for (part, (query, own)) in queries.into_iter().zip(&taken).enumerate() {
            let mut select = Query::select();
            select.expr_as(Expr::cust(part.to_string()), PART);
            for (at, kind) in kinds.iter().enumerate() {
                let expr = match own.get(at) {
                    Some(Some(name)) => Expr::col((OWN, name.clone())),
                    _ => Expr::cust(format!("CAST(NULL AS {kind})")),
                };
                select.expr_as(expr, format!("c{at}"));
            }
            select.from_subquery(query, OWN);
            match &mut all {
                Some(all) => all.union(UnionType::All, select),
                None => all.insert(select),
            };
        }
        let query = all.ok_or_else(|| DbErr::Custom("nothing is asked".to_owned()))?;
        let places = taken.into_iter().map(|own| {
            let named = own.into_iter().enumerate();
            named.filter_map(|(at, name)| Some((name?, at + 1))).collect()
        });
        Ok(Self { query, places: places.collect() })
    }

    /// The rows of each question, in its order: within a part of such a statement rows keep it, for PostgreSQL neither
    /// takes a sorted subquery apart nor shares it among workers.
    ///
    /// # Errors
    /// [`DbErr`] for a row of no question.
    pub fn split(self, rows: Vec<QueryResult>) -> Result<Vec<Found>, DbErr> {
        let mut parts: Vec<Vec<QueryResult>> = self.places.iter().map(|_| Vec::new()).collect();
        for row in rows {
            let part: i32 = row.try_get_by_index(0)?;
            let part = usize::try_from(part).ok().and_then(|part| parts.get_mut(part));
            part.ok_or_else(|| DbErr::Custom("a row of no question".to_owned()))?.push(row);
        }
        Ok(parts.into_iter().zip(self.places).map(|(rows, places)| Found::at(rows, places)).collect())
    }
}

/// The names of what a query selects.
fn selected(query: &mut SelectStatement) -> Vec<String> {
    let mut names = Vec::new();
    query.exprs_mut_for_each(|SelectExpr { expr, alias, .. }| {
        let column = match (alias, expr) {
            (Some(alias), _) => Some(&*alias),
            (None, Expr::Column(column)) => column.column(),
            _ => None,
        };
        names.extend(column.map(ToString::to_string));
    });
    names
}
