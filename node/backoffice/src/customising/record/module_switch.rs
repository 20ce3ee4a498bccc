//! Whether a module is in use, in the organisation or at one of its sites. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A module, on or off. What is off is not offered; its records stay, and go on to arrive.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "module-switch", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct ModuleSwitch {
    /// `MODULE`, or `MODULE/SITE`: made of the two.
    #[field(label = "module-switch.reference", listed, searchable, filterable, widget = "computed", limit = 120)]
    pub reference: String,
    /// The module.
    #[field(label = "module-switch.module", required, filterable, widget = "module")]
    pub module: String,
    /// The code of the site where this holds; empty for every site that has no switch of its own.
    #[field(label = "module-switch.site", filterable, widget = "site")]
    pub site: String,
    /// Whether it is in use.
    #[field(label = "module-switch.on", listed, filterable)]
    pub on: bool,
    /// This switch says nothing any more.
    #[field(label = "module-switch.archived", filterable)]
    pub archived: bool,
}
