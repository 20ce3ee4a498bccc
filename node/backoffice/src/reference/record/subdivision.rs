//! A part of a country as the organisation has it. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A region, department, province or other part of a country (ISO 3166-2).
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "subdivision", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct Subdivision {
    /// The country's code, a hyphen, one to three capitals or digits: `FR-75C`. The same for ever.
    #[field(label = "subdivision.code", required, listed, searchable, filterable, widget = "code", limit = 6)]
    pub code: String,
    /// Its country (ISO 3166-1 alpha-2).
    #[field(label = "subdivision.country", required, listed, filterable, widget = "country")]
    pub country: String,
    /// Its name in English.
    #[field(label = "subdivision.name_en", required, listed, searchable)]
    pub name_en: String,
    /// Its name in French.
    #[field(label = "subdivision.name_fr", listed, searchable)]
    pub name_fr: String,
    /// The code of the subdivision that it is a part of; empty where it is a part of the country at once.
    #[field(label = "subdivision.parent", filterable, widget = "code", limit = 6)]
    pub parent: String,
    /// Out of use.
    #[field(label = "subdivision.archived", filterable)]
    pub archived: bool,
}
