//! What the organisation calls a kind of record or one of its fields. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A name of the organisation's own, in one language.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "label", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct Label {
    /// `KIND.PATH/LANGUAGE`, or `KIND/LANGUAGE` for the kind itself: made of the three.
    #[field(label = "label.reference", listed, searchable, filterable, widget = "computed", limit = 300)]
    pub reference: String,
    /// The kind of record.
    #[field(label = "label.kind", required, filterable, widget = "record-kind")]
    pub kind: String,
    /// The field, as `name`, `addresses` or `addresses.city`; empty for the kind itself.
    #[field(label = "label.path", limit = 200)]
    pub path: String,
    /// The language of the name.
    #[field(label = "label.language", required, filterable, choices("en", "fr"))]
    pub language: String,
    /// The name.
    #[field(label = "label.text", required, listed, searchable)]
    pub text: String,
    /// What a person should know who fills the field in.
    #[field(label = "label.help", widget = "multiline", limit = 2000)]
    pub help: String,
    /// Out of use: the program's own name shows again.
    #[field(label = "label.archived", filterable)]
    pub archived: bool,
}
