//! A location: a place of one site where stock lies, or a part of such a place. Owns the type and its fields. Whose it is
//! follows from its id: the site that made it.

use comptoir_replica::record::{Record, RecordId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place where stock lies.
#[derive(Record, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "location", class = "site-owned", scope = "trade")]
#[serde(default)]
pub struct Location {
    /// What it is called everywhere: its site's code, a stroke, its own. Made of these; at its own site its code will do.
    #[field(label = "location.reference", searchable, filterable, listed, widget = "code", limit = 64)]
    pub reference: String,
    /// What it is called at its site: `MAIN`, `A-03`.
    #[field(label = "location.code", required, searchable, filterable, widget = "code", limit = 40)]
    pub code: String,
    /// Its name.
    #[field(label = "location.name", required, searchable, listed)]
    pub name: String,
    /// What it is. The same for ever.
    #[field(
        label = "location.kind",
        filterable,
        listed,
        choices("internal", "transit", "supplier", "customer", "loss", "quarantine")
    )]
    pub kind: String,
    /// The location that it is a part of.
    #[field(label = "location.parent", filterable, listed, of = "location")]
    pub parent: Option<RecordId>,
    /// The code of the site that it belongs to.
    #[field(label = "location.site", filterable, listed, widget = "code")]
    pub site: String,
    /// Out of use.
    #[field(label = "location.archived", filterable)]
    pub archived: bool,
}

impl Default for Location {
    fn default() -> Self {
        Self {
            reference: String::new(),
            code: String::new(),
            name: String::new(),
            kind: "internal".to_owned(),
            parent: None,
            site: String::new(),
            archived: false,
        }
    }
}
