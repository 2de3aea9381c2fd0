//! Scalars: days, instants, exact decimals, currencies and EDTF.

use apollo_compiler::response::JsonValue;
use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime as Instant, NaiveDate, SecondsFormat, Utc};
use serde::Deserialize;

/// Why a scalar of ours does not take a value; none where it does, or is not one of ours.
pub(super) fn refusal(scalar: &str, value: &JsonValue) -> Option<&'static str> {
    fn refuses<S: ScalarType>(value: &JsonValue) -> bool {
        Value::deserialize(value.clone()).map_or(true, |value| S::parse(value).is_err())
    }
    let (refused, reason) = match scalar {
        "Date" => (refuses::<Date>(value), "is no day such as \"2022-06-01\""),
        "DateTime" => (refuses::<DateTime>(value), "is no instant such as \"2022-06-01T12:00:00Z\""),
        "Decimal" => (refuses::<Decimal>(value), "is no number such as \"68900000.00\""),
        "Currency" => (refuses::<Currency>(value), "is no currency such as \"SEK\""),
        "EDTF" => (refuses::<Edtf>(value), "is no text such as \"2023-09/2026-08\""),
        _ => return None,
    };
    refused.then_some(reason)
}

/// A calendar day, ISO 8601 `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug)]
pub struct Date(pub NaiveDate);

/// A calendar day, ISO 8601 `YYYY-MM-DD`.
#[Scalar(name = "Date", specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            // chrono would also take fewer digits, blanks and signs.
            Value::String(text) if text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit()) => {
                Ok(Self(text.parse().map_err(InputValueError::custom)?))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An instant, RFC 3339 in UTC.
#[derive(Clone, Copy, Debug)]
pub struct DateTime(pub Instant<Utc>);

/// An instant, RFC 3339 in UTC.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse().map_err(InputValueError::custom)?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// An exact decimal number as a string, such as `"68900000.00"`; two decimals for money.
#[derive(Clone, Copy, Debug)]
pub struct Decimal(pub rust_decimal::Decimal);

impl Decimal {
    /// An amount of money from its minor units (öre, cents).
    #[must_use]
    pub fn from_minor(minor: i64) -> Self {
        Self(rust_decimal::Decimal::new(minor, 2))
    }

    /// An amount of money in minor units; none where it has smaller parts, or is larger than any amount.
    #[must_use]
    pub fn minor(&self) -> Option<i64> {
        let minor = self.0.checked_mul(rust_decimal::Decimal::ONE_HUNDRED)?;
        minor.is_integer().then(|| i64::try_from(minor).ok()).flatten()
    }
}

/// An exact decimal number as a string, such as `"68900000.00"`; two decimals for money.
#[Scalar(name = "Decimal", specified_by_url = "https://scalars.graphql.org/chillicream/decimal.html")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        Ok(Self(text.parse().map_err(InputValueError::custom)?))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A currency, ISO 4217, such as `SEK`.
#[derive(Clone, Debug)]
pub struct Currency(pub String);

/// A currency, ISO 4217, such as `SEK`.
#[Scalar(name = "Currency", specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for Currency {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(code) if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => {
                Ok(Self(code))
            }
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A date or interval with its precision, EDTF (ISO 8601-2), such as `2023-09/2026-08`; an empty side is not known.
#[derive(Clone, Debug)]
pub struct Edtf(pub String);

/// A date or interval with its precision, EDTF (ISO 8601-2), such as `2023-09/2026-08`; an empty side is not known.
#[Scalar(name = "EDTF", specified_by_url = "https://www.loc.gov/standards/datetime/")]
impl ScalarType for Edtf {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
