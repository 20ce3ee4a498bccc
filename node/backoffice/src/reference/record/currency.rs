//! A currency as the organisation has it. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A currency (ISO 4217).
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "currency", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct Currency {
    /// Three capitals: `XOF`. The same for ever.
    #[field(label = "currency.code", required, listed, searchable, filterable, widget = "code", limit = 3)]
    pub code: String,
    /// Three digits, which begin with zeros where need be.
    #[field(label = "currency.numeric", widget = "code", limit = 3)]
    pub numeric: String,
    /// Digits after the decimal point. The same for ever.
    #[field(label = "currency.digits", listed)]
    pub digits: Option<i64>,
    /// Its name in English.
    #[field(label = "currency.name_en", required, listed, searchable)]
    pub name_en: String,
    /// Its name in French.
    #[field(label = "currency.name_fr", listed, searchable)]
    pub name_fr: String,
    /// No longer to be chosen; known for the sake of old papers.
    #[field(label = "currency.withdrawn", listed, filterable)]
    pub withdrawn: bool,
    /// Out of use.
    #[field(label = "currency.archived", filterable)]
    pub archived: bool,
}
