//! Several questions sent as one statement: each that is sent by itself is waited for by itself, which takes a database
//! and the one who asks it longer than to find the few rows that most have.

use std::fmt::Write as _;

use sea_orm::sea_query::{Expr, PostgresQueryBuilder, SelectExpr, SelectStatement, SqlWriterValues};
use sea_orm::{DatabaseBackend, DbErr, QueryResult, Statement};

use crate::entities::positional::{Column, Found};

/// A question that can be asked together with others.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it selects.
    pub query: SelectStatement,
    /// What it may select, and of which types that is.
    pub columns: Vec<Column>,
}

/// The name under which each question stands in the statement.
const OWN: &str = "own";

/// Where the columns of each of several questions stand in the rows of one statement.
pub struct Places(Vec<Vec<(String, usize)>>);

impl Places {
    /// Puts questions together as one statement (PostgreSQL). Its rows say first whose they are, by the place among the
    /// questions, and have room for those of each question: columns of one type are shared, the others are null. Every
    /// column that a question selects must be among those that it names.
    ///
    /// # Errors
    /// [`DbErr::Custom`] for one that is not.
    pub fn together(mut parts: Vec<Part>) -> Result<(Statement, Self), DbErr> {
        // The types of all columns of the statement, and of each question which of its columns stands where.
        let mut kinds: Vec<&'static str> = Vec::new();
        let mut taken: Vec<Vec<Option<String>>> = Vec::with_capacity(parts.len());
        for Part { query, columns } in &mut parts {
            let mut own: Vec<Option<String>> = Vec::new();
            for name in selected(query) {
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
        }
        let statement = written(&parts, &taken, &kinds)
            .map_err(|_| DbErr::Custom("the questions could not be put together".to_owned()))?;
        let places = taken.into_iter().map(|own| {
            let named = own.into_iter().enumerate();
            named.filter_map(|(at, name)| Some((name?, at + 1))).collect()
        });
        Ok((statement, Self(places.collect())))
    }

    /// The rows of each question, in its order: within a part of such a statement rows keep it, for PostgreSQL neither
    /// takes a sorted subquery apart nor shares it among workers.
    ///
    /// # Errors
    /// [`DbErr`] for a row of no question.
    pub fn split(self, rows: Vec<QueryResult>) -> Result<Vec<Found>, DbErr> {
        // Most rows are of the first.
        let mut room = rows.len();
        let mut parts: Vec<Vec<QueryResult>> =
            self.0.iter().map(|_| Vec::with_capacity(std::mem::take(&mut room))).collect();
        for row in rows {
            let part: i32 = row.try_get_by_index(0)?;
            let part = usize::try_from(part).ok().and_then(|part| parts.get_mut(part));
            part.ok_or_else(|| DbErr::Custom("a row of no question".to_owned()))?.push(row);
        }
        Ok(parts.into_iter().zip(self.0).map(|(rows, places)| Found::at(rows, places)).collect())
    }
}

/// The statement, written down: put together as a query that is then written, it would take several times as long.
fn written(
    parts: &[Part],
    taken: &[Vec<Option<String>>],
    kinds: &[&str],
) -> Result<Statement, std::fmt::Error> {
    let mut sql = SqlWriterValues::new("$", true);
    for (part, (Part { query, .. }, own)) in parts.iter().zip(taken).enumerate() {
        let union = if part == 0 { "" } else { " UNION ALL " };
        write!(sql, "{union}SELECT {part}")?;
        for (at, kind) in kinds.iter().enumerate() {
            match own.get(at) {
                Some(Some(name)) => write!(sql, ", {OWN}.\"{name}\"")?,
                _ => write!(sql, ", CAST(NULL AS {kind})")?,
            }
        }
        write!(sql, " FROM (")?;
        query.build_collect_into(PostgresQueryBuilder, &mut sql);
        write!(sql, ") AS {OWN}")?;
    }
    let (sql, values) = sql.into_parts();
    Ok(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
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
