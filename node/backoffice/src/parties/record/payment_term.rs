//! A term of payment: when what is owed is due. Owns the type and its fields. A party names one by its code, or says days itself.

use comptoir_replica::record::Record;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A term of payment, for the whole organisation.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "payment-term", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct PaymentTerm {
    /// What parties name it by: `30EOM`. The same for ever.
    #[field(label = "payment_term.code", required, listed, searchable, filterable, widget = "code", limit = 20)]
    pub code: String,
    /// Its name in English.
    #[field(label = "payment_term.name_en", required, listed, searchable)]
    pub name_en: String,
    /// Its name in French.
    #[field(label = "payment_term.name_fr", listed, searchable)]
    pub name_fr: String,
    /// Days from the invoice until it is due.
    #[field(label = "payment_term.days", listed, unit = "day")]
    pub days: i64,
    /// Due at the end of the month in which the days end.
    #[field(label = "payment_term.end_of_month", listed)]
    pub end_of_month: bool,
    /// Discount for who pays early, per cent.
    #[field(label = "payment_term.discount_percent", unit = "percent")]
    pub discount_percent: Option<Decimal>,
    /// Days from the invoice within which the discount is given.
    #[field(label = "payment_term.discount_days", unit = "day")]
    pub discount_days: Option<i64>,
    /// Out of use.
    #[field(label = "payment_term.archived", filterable)]
    pub archived: bool,
}
