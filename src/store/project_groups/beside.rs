//! Sums of amounts that stand beside the projects themselves, told by the statement that counts these.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, DbErr, QueryResult};

use crate::entities::award::AmountKind;
use crate::entities::project_amount;
use crate::store::project_filter::first_amount;
use crate::store::sums::Sum;

/// Kinds of amounts that stand beside projects. Where all amounts of a kind that there are have one currency, what
/// stands there is all of it.
pub(super) struct Beside(Vec<AmountKind>);

fn column(at: usize, of: &str) -> String {
    format!("beside_{at}_{of}")
}

impl Beside {
    /// Those among some kinds.
    pub fn of(kinds: &[AmountKind]) -> Self {
        Self(kinds.iter().copied().filter(|kind| first_amount(*kind).is_some()).collect())
    }

    /// What is needed of each project, in minor units.
    pub fn of_projects(&self) -> impl Iterator<Item = (String, Expr)> {
        let minor = |(at, kind): (usize, &AmountKind)| Some((column(at, "minor"), first_amount(*kind)?.1));
        self.0.iter().enumerate().filter_map(minor)
    }

    /// Selects the sums of that over each group of `keyed`, and the first and the last currency that there is.
    pub fn select(&self, query: &mut SelectStatement) {
        for (at, kind) in self.0.iter().enumerate() {
            Sum::figures(query, &column(at, ""), &Expr::col(("keyed", column(at, "minor"))));
            query
                .expr_as(currency(*kind, Expr::min), column(at, "first"))
                .expr_as(currency(*kind, Expr::max), column(at, "last"));
        }
    }

    /// The kinds of which there is no second currency, as any row says.
    pub fn whole(&self, row: &QueryResult) -> Result<Vec<AmountKind>, DbErr> {
        let mut kinds = Vec::with_capacity(self.0.len());
        for (at, kind) in self.0.iter().enumerate() {
            let currency = |which| row.try_get::<Option<String>>("", &column(at, which));
            if currency("first")? == currency("last")? {
                kinds.push(*kind);
            }
        }
        Ok(kinds)
    }

    /// The sums of a row, of kinds of which there is no second currency.
    pub fn read(&self, row: &QueryResult, whole: &[AmountKind]) -> Result<Vec<Sum>, DbErr> {
        let mut sums = Vec::with_capacity(whole.len());
        for (at, kind) in self.0.iter().enumerate().filter(|(_, kind)| whole.contains(kind)) {
            let projects: i64 = row.try_get("", &column(at, "projects"))?;
            if projects > 0 {
                sums.push(Sum {
                    kind: *kind,
                    currency: row.try_get("", &column(at, "first"))?,
                    sum: row.try_get("", &column(at, "sum"))?,
                    min: row.try_get("", &column(at, "min"))?,
                    max: row.try_get("", &column(at, "max"))?,
                    projects,
                });
            }
        }
        Ok(sums)
    }
}

/// A currency among those of all amounts of a kind.
pub(super) fn currency(kind: AmountKind, which: fn(Expr) -> Expr) -> Expr {
    use project_amount::Column::{Currency, Kind};
    let mut all = Query::select();
    all.expr(which(Expr::col(Currency)))
        .from(project_amount::Entity)
        .and_where(Expr::col(Kind).eq(kind.to_value()));
    Expr::SubQuery(None, Box::new(all.into()))
}
