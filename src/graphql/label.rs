//! What the values of enumerations are called, for people.

use async_graphql::resolver_utils::EnumType;
use async_graphql::{InputType, Object};

use super::money::Language;
use crate::domain::catalogue::labels::{self, labels};

/// What a value of an enumeration is called.
pub(super) struct EnumLabel(&'static labels::Label);

impl EnumLabel {
    /// Those of an enumeration; all where none is named.
    pub fn of(name: Option<&str>) -> Vec<Self> {
        labels().iter().filter(|label| name.is_none_or(|name| label.of == name)).map(Self).collect()
    }
}

/// What a value of an enumeration is called.
#[Object]
impl EnumLabel {
    /// The enumeration, such as `PartnershipRole`.
    #[graphql(name = "enum")]
    async fn of_enum(&self) -> &str {
        &self.0.of
    }

    /// The value, such as `OWNER`.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// What it is called.
    async fn label(&self, #[graphql(desc = "The language of the label.", default)] lang: Language) -> &str {
        if lang == Language::Sv { &self.0.label_sv } else { &self.0.label_en }
    }
}

/// What a value is called; the value itself where the catalogue has no word for it.
pub(super) fn label<E: EnumType + InputType>(value: E, lang: Language) -> String {
    let name = value.to_value().to_string();
    let label = labels().iter().find(|label| label.of == E::type_name() && label.value == name);
    label.map_or(
        name,
        |label| if lang == Language::Sv { label.label_sv.clone() } else { label.label_en.clone() },
    )
}
