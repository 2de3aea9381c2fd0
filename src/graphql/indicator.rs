//! The common indicators of the Social Fund, and the variables of SUS.

use async_graphql::{Enum, Object, SimpleObject};

use super::directives::Items;
use super::money::Language;
use super::outcome::OutcomeDimension;
use super::result::Sex;
use crate::domain::outcomes::indicators::{self, Counted, Framework, Kind};
use crate::entities::indicator_target;

/// A set of indicators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Framework")]
pub(super) enum IndicatorFramework {
    /// The common indicators of the European Social Fund, 2014–2020.
    #[graphql(name = "ESF_2014_2020")]
    Esf,
    /// The common indicators of the European Social Fund Plus, 2021–2027.
    #[graphql(name = "ESF_PLUS_2021_2027")]
    EsfPlus,
    /// The variables of SUS, in which Swedish agencies followed up their collaboration until 2023.
    Sus,
}

/// What an indicator measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub(super) enum IndicatorKind {
    /// Who took part.
    Output,
    /// What came of it within four weeks of leaving.
    ImmediateResult,
    /// What came of it six months after leaving.
    LongerTermResult,
}

/// An indicator, as a regulation or a follow-up system defines it.
pub(super) struct Indicator(&'static indicators::Indicator);

impl Indicator {
    /// That with a code.
    pub fn find(code: &str) -> Option<Self> {
        indicators::Indicator::all().iter().find(|own| own.code == code).map(Self)
    }

    /// Those of one framework, or all.
    pub fn of(framework: Option<IndicatorFramework>) -> Vec<Self> {
        let framework: Option<Framework> = framework.map(Into::into);
        let wanted =
            |own: &&indicators::Indicator| framework.is_none_or(|framework| own.framework == framework);
        indicators::Indicator::all().iter().filter(wanted).map(Self).collect()
    }
}

/// An indicator, as a regulation or a follow-up system defines it.
#[Object]
impl Indicator {
    /// Its code, such as `EECO02`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Whose it is.
    async fn framework(&self) -> IndicatorFramework {
        self.0.framework.into()
    }

    /// What it measures.
    async fn kind(&self) -> IndicatorKind {
        self.0.kind.into()
    }

    /// Its label.
    async fn label(&self, #[graphql(desc = "The language of the label.", default)] lang: Language) -> &str {
        if lang == Language::Sv { &self.0.label_sv } else { &self.0.label_en }
    }

    /// Its definition, in short.
    async fn definition(
        &self,
        #[graphql(desc = "The language of the definition.", default)] lang: Language,
    ) -> &str {
        if lang == Language::Sv { &self.0.definition_sv } else { &self.0.definition_en }
    }

    /// Where it is laid down.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Which rows of `participantOutcomes` it is the sum of; null where participations do not hold what it needs.
    async fn counted_as(&self) -> Option<IndicatorCount> {
        Some(match self.0.counted()? {
            Counted::Everybody => IndicatorCount { dimension: None, codes: Vec::new() },
            Counted::By(dimension, codes) => IndicatorCount {
                dimension: Some(dimension.into()),
                codes: codes.into_iter().map(str::to_owned).collect(),
            },
        })
    }
}

/// Which rows of `participantOutcomes` an indicator is the sum of.
#[derive(SimpleObject)]
pub(super) struct IndicatorCount {
    /// The dimension; null where the indicator is the total.
    dimension: Option<OutcomeDimension>,
    /// The codes; every one where the list is empty.
    #[graphql(directive = Items::apply(3))]
    codes: Vec<String>,
}

/// What a project plans for, by indicator.
pub(super) struct IndicatorTarget(pub indicator_target::Model);

/// What a project plans for, by indicator.
#[Object]
impl IndicatorTarget {
    /// The indicator; null where its code is not known any more.
    async fn indicator(&self) -> Option<Indicator> {
        Indicator::find(&self.0.indicator)
    }

    /// The year; null for the whole of the project.
    async fn period(&self) -> Option<i32> {
        Some(self.0.period).filter(|period| *period != 0)
    }

    /// The sex; null where none is said.
    async fn sex(&self) -> Option<Sex> {
        Sex::of(&self.0.sex)
    }

    /// How many.
    async fn value(&self) -> i32 {
        self.0.value
    }
}
