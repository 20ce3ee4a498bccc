//! A country as the organisation has it. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A country or territory (ISO 3166-1).
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "country", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct Country {
    /// Two capitals: `FR`. The same for ever.
    #[field(label = "country.code", required, listed, searchable, filterable, widget = "code", limit = 2)]
    pub code: String,
    /// Three capitals: `FRA`.
    #[field(label = "country.alpha3", listed, searchable, widget = "code", limit = 3)]
    pub alpha3: String,
    /// Three digits, which begin with zeros where need be: `250`.
    #[field(label = "country.numeric", widget = "code", limit = 3)]
    pub numeric: String,
    /// Its name in English.
    #[field(label = "country.name_en", required, listed, searchable)]
    pub name_en: String,
    /// Its name in French.
    #[field(label = "country.name_fr", listed, searchable)]
    pub name_fr: String,
    /// Telephone country code (ITU-T E.164), without plus sign.
    #[field(label = "country.calling_code", widget = "code", limit = 3)]
    pub calling_code: String,
    /// The currency in use (ISO 4217).
    #[field(label = "country.currency", filterable, widget = "currency")]
    pub currency: String,
    /// Out of use.
    #[field(label = "country.archived", filterable)]
    pub archived: bool,
}
