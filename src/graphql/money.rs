//! Money, stated amounts, sums, and whether a budget adds up.

mod direct;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::connection::Listed;
use super::context::Ask;
use super::directives::Items;
use super::failure::Answer;
use super::funder::Funder;
use super::label::label;
use super::node::Kind;
use super::scalars::{Currency, Date, Decimal};
use super::statement::Statement;
use crate::domain::financing::{Balance, Parts, Stated, balance};
use crate::entities::award::{self, AmountKind};
use crate::entities::{funder, project_amount, statement};
use crate::store::awards;
use crate::store::page::Everything;
use crate::store::sums::Sum;

/// A language of labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub(super) enum Language {
    /// Swedish.
    #[default]
    Sv,
    /// English.
    En,
}

/// An exact amount of money. Amounts of different currencies are never added.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct Money {
    /// The amount in whole units of the currency, with two decimals.
    amount: Decimal,
    /// The currency.
    currency: Currency,
}

impl Money {
    /// An amount from its minor units.
    pub fn new(minor: i64, currency: &str) -> Self {
        Self { amount: Decimal::from_minor(minor), currency: Currency(currency.to_owned()) }
    }
}

/// One amount that a source states for a project.
#[derive(Clone)]
pub struct Award(pub award::Model);

impl Listed for Award {
    type Table = award::Entity;

    fn of(row: award::Model) -> Self {
        Self(row)
    }
}

/// One amount that a source states for a project.
#[Object]
impl Award {
    /// A global id, the same as long as its statement stands.
    pub async fn id(&self) -> ID {
        Kind::Award.id(self.0.id)
    }

    /// What the amount is; amounts of different kinds are never added or compared.
    async fn kind(&self) -> AmountKind {
        self.0.kind
    }

    /// The same in words.
    async fn kind_label(
        &self,
        #[graphql(desc = "The language of the label.", default)] lang: Language,
    ) -> String {
        label(self.0.kind, lang)
    }

    /// The amount as stated.
    async fn amount(&self) -> Money {
        Money::new(self.0.amount_minor, &self.0.currency)
    }

    /// Half the unit that the source rounded to, in the currency of the amount: `24,2 mkr` is ± 50 000. 0 if stated exactly.
    async fn uncertainty(&self) -> Decimal {
        Decimal::from_minor(self.0.uncertainty_minor)
    }

    /// Who grants it or was asked for it; null where the source names none or several.
    async fn funder(&self, ctx: &Context<'_>) -> Option<Answer<Funder>> {
        Some(ctx.one::<funder::Entity>(self.0.funder_id?).await.map(Funder))
    }

    /// Day of the decision, where the source states it.
    async fn decided_on(&self) -> Option<Date> {
        self.0.decided_on.map(Date)
    }

    /// The project that it is stated for.
    async fn project(&self, ctx: &Context<'_>) -> Answer<super::project::Project> {
        let row = ctx.one::<crate::entities::project::Entity>(self.0.project_id).await?;
        Ok(super::project::Project(row))
    }

    /// The statement it stands in.
    async fn statement(&self, ctx: &Context<'_>) -> Answer<Statement> {
        Ok(Statement(ctx.one::<statement::Entity>(self.0.statement_id).await?))
    }

    /// Statements of other sources with an amount of the same kind that agrees within their precision.
    #[graphql(directive = Items::apply(5))]
    async fn agrees_with(&self, ctx: &Context<'_>) -> Answer<Vec<Statement>> {
        let own = &self.0;
        let agrees = |other: &&award::Model| {
            let same = other.kind == own.kind && other.currency == own.currency;
            let apart = other.amount_minor.abs_diff(own.amount_minor);
            let within = (other.uncertainty_minor + own.uncertainty_minor).unsigned_abs();
            same && other.statement_id != own.statement_id && apart <= within
        };
        let all = ctx.load(Everything::of(awards::OfProject), own.project_id).await?;
        let ids: Vec<_> = all.iter().filter(agrees).map(|other| other.statement_id).collect();
        let statements = ctx.all::<statement::Entity>(ids.into_iter()).await?;
        Ok(statements.into_iter().map(Statement).collect())
    }
}

/// Sums over one kind and one currency, with how many projects state such an amount. A project counts once.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct AmountAggregate {
    /// What the amounts are.
    kind: AmountKind,
    /// Their currency.
    currency: Currency,
    /// The sum of each project's chosen amount.
    sum: Decimal,
    /// The mean of those that state one, rounded to two decimals.
    average: Decimal,
    /// The smallest.
    min: Decimal,
    /// The largest.
    max: Decimal,
    /// How many projects state such an amount.
    projects: i32,
    /// How many of the projects state none.
    without: i32,
}

impl AmountAggregate {
    /// A sum as published; `all` is the number of projects summed over.
    pub fn new(sum: &Sum, all: i64) -> Self {
        let average =
            rust_decimal::Decimal::new(sum.sum, 2) / rust_decimal::Decimal::from(sum.projects.max(1));
        let count = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
        let mut average = average.round_dp(2);
        average.rescale(2);
        Self {
            kind: sum.kind,
            currency: Currency(sum.currency.clone()),
            sum: Decimal::from_minor(sum.sum),
            average: Decimal(average),
            min: Decimal::from_minor(sum.min),
            max: Decimal::from_minor(sum.max),
            projects: count(sum.projects),
            without: count(all - sum.projects),
        }
    }
}

/// An amount without its sign in whole units, rounded, with a no-break space between thousands: `345 983`.
fn grouped(minor: i64) -> String {
    let digits = (minor.unsigned_abs().saturating_add(50) / 100).to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// How a project's budget is made up, from the chosen amounts in the currency of the total.
pub(super) struct Financing {
    currency: String,
    total: Option<i64>,
    granted: Option<i64>,
    eu_support: Option<i64>,
    own: Option<i64>,
    other: Vec<Award>,
    balance: Balance,
}

impl Financing {
    /// The make-up told by chosen amounts; `awards` are all that sources state.
    pub fn new(amounts: &[project_amount::Model], awards: &[award::Model]) -> Self {
        let main = [AmountKind::TotalBudget, AmountKind::Granted];
        let currency = main.iter().find_map(|kind| amounts.iter().find(|a| a.kind == *kind));
        let currency = currency.or(amounts.first()).map_or("SEK", |a| &a.currency).to_owned();
        let of = |kind| amounts.iter().find(|a| a.kind == kind && a.currency == currency);
        let stated =
            |a: &project_amount::Model| Stated { minor: a.amount_minor, uncertainty: a.uncertainty_minor };
        let minor = |kind| of(kind).map(|a| a.amount_minor);
        let others = [AmountKind::InKind, AmountKind::ParticipantCompensation];
        let together = |a: Stated, b: Stated| Stated {
            minor: a.minor.saturating_add(b.minor),
            uncertainty: a.uncertainty.saturating_add(b.uncertainty),
        };
        let parts = Parts {
            total: of(AmountKind::TotalBudget).map(stated),
            granted: of(AmountKind::Granted).or(of(AmountKind::EuSupport)).map(stated),
            own: of(AmountKind::CoFinancing).map(stated),
            other: others.iter().filter_map(|kind| of(*kind)).map(stated).reduce(together),
        };
        let other = awards.iter().filter(|a| others.contains(&a.kind)).cloned().map(Award).collect();
        Self {
            total: minor(AmountKind::TotalBudget),
            granted: minor(AmountKind::Granted),
            eu_support: minor(AmountKind::EuSupport),
            own: minor(AmountKind::CoFinancing),
            other,
            balance: balance(parts),
            currency,
        }
    }

    fn money(&self, minor: Option<i64>) -> Option<Money> {
        minor.map(|minor| Money::new(minor, &self.currency))
    }

    /// Whether it adds up, in words.
    fn says(&self, lang: Language) -> Option<String> {
        let unexplained = self.balance.unexplained?;
        let rest = format!("{} {}", grouped(unexplained), self.currency);
        let (swedish, english) = match self.balance.adds_up {
            Some(true) => (
                "De angivna delarna utgör hela budgeten.".to_owned(),
                "The stated parts make up the whole budget.".to_owned(),
            ),
            Some(false) if unexplained < 0 => (
                format!("De angivna delarna överstiger budgeten med {rest}."),
                format!("The stated parts exceed the budget by {rest}."),
            ),
            Some(false) => (
                format!("{rest} av budgeten har ingen angiven finansiär."),
                format!("{rest} of the budget has no stated financier."),
            ),
            None => (
                format!("{rest} återstår; alla delar är inte angivna."),
                format!("{rest} remains; not all parts are stated."),
            ),
        };
        Some(if lang == Language::Sv { swedish } else { english })
    }
}

/// How a project's budget is made up, from the chosen amounts in the currency of the total.
#[Object]
impl Financing {
    /// The whole budget.
    async fn total(&self) -> Option<Money> {
        self.money(self.total)
    }

    /// What the fund granted, national co-financing included.
    async fn granted(&self) -> Option<Money> {
        self.money(self.granted)
    }

    /// What the European Union pays of it.
    async fn eu_support(&self) -> Option<Money> {
        self.money(self.eu_support)
    }

    /// What the owner and its partners pay themselves, in money.
    async fn own_co_financing(&self) -> Option<Money> {
        self.money(self.own)
    }

    /// Contributions in kind and compensation to participants: every such amount that a source states.
    async fn other(&self) -> &[Award] {
        &self.other
    }

    /// What the stated parts leave of the total; negative where they exceed it. Null without a total or any part.
    async fn unexplained(&self) -> Option<Money> {
        self.money(self.balance.unexplained)
    }

    /// Whether the parts make up the total within their precision. Null where too little is stated to tell.
    async fn adds_up(&self) -> Option<bool> {
        self.balance.adds_up
    }

    /// The same in words. Null where there is nothing to say.
    async fn note(
        &self,
        #[graphql(desc = "The language of the note.", default)] lang: Language,
    ) -> Option<String> {
        self.says(lang)
    }
}
