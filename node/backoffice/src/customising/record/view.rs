//! A list under a name: which records, in which columns and order. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A saved list. One made private is its site's own; the others are everyone's.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "view", class = "shared", scope = "organisation")]
#[serde(default)]
pub struct View {
    /// What people call it.
    #[field(label = "view.name", required, listed, searchable, filterable)]
    pub name: String,
    /// The kind of record that it lists: the same for ever.
    #[field(label = "view.kind", required, listed, filterable, widget = "record-kind")]
    pub kind: String,
    /// Filters, sort and columns, as a list's address has them: `customer=true&sort=-name&columns=name,custom.size`.
    #[field(label = "view.query", widget = "query", limit = 4000)]
    pub query: String,
    /// Out of use.
    #[field(label = "view.archived", filterable)]
    pub archived: bool,
}
