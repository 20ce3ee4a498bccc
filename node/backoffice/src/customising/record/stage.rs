//! A step that records of a kind go through, such as a prospect's. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A step. A record says which it is at in its field `stage`.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "stage", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct Stage {
    /// `KIND.KEY`, made of the two.
    #[field(label = "stage.reference", listed, searchable, filterable, widget = "computed", limit = 120)]
    pub reference: String,
    /// The kind of record that goes through it; it has a field `stage`.
    #[field(label = "stage.kind", required, filterable, widget = "record-kind")]
    pub kind: String,
    /// The step as records hold it: the same for ever.
    #[field(label = "stage.key", required, filterable, widget = "key")]
    pub key: String,
    /// Its name in English.
    #[field(label = "stage.label_en", listed, searchable)]
    pub label_en: String,
    /// Its name in French.
    #[field(label = "stage.label_fr", listed, searchable)]
    pub label_fr: String,
    /// Its place among the steps, ascending; equal ones by key.
    #[field(label = "stage.order", listed)]
    pub order: i64,
    /// Its colour on screens: `#2b8a3e`.
    #[field(label = "stage.colour", widget = "colour")]
    pub colour: String,
    /// Nothing is left to do with a record that is here.
    #[field(label = "stage.closed", listed)]
    pub closed: bool,
    /// Out of use: records that are at it stay, none comes to it.
    #[field(label = "stage.archived", filterable)]
    pub archived: bool,
}
