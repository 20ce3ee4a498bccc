//! A role: what those who have it may do in which module, and which classes of field they see there. Owns the type and its fields.

use comptoir_replica::record::{Line, Lines, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody may do and see; accounts name the roles that they have. What no role grants is not done and not shown.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "role", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct Role {
    /// What accounts and commands call it: the same for ever.
    #[field(label = "role.key", required, searchable, filterable, listed, widget = "key")]
    pub key: String,
    /// Its name, as people write it.
    #[field(label = "role.name", required, searchable, listed)]
    pub name: String,
    /// What it grants in which module.
    #[field(label = "role.grants", group = "grants")]
    pub grants: Lines<Granted>,
    /// There, it shows what is of natural persons.
    #[field(label = "role.personal", group = "classes", listed)]
    pub personal: bool,
    /// There, it shows what somebody earns.
    #[field(label = "role.pay", group = "classes", listed)]
    pub pay: bool,
    /// There, it shows what is of somebody's health.
    #[field(label = "role.medical", group = "classes", listed)]
    pub medical: bool,
    /// There, it shows what is of courts and proceedings.
    #[field(label = "role.legal", group = "classes", listed)]
    pub legal: bool,
    /// Out of use: it grants nothing any more.
    #[field(label = "role.archived", filterable)]
    pub archived: bool,
}

/// What a role grants in one module. Whatever it is, its records are seen; whoever imports edits too.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "grant")]
#[serde(default)]
pub struct Granted {
    /// The module.
    #[field(label = "grant.module", required, widget = "module")]
    pub module: String,
    /// Its records are looked at.
    #[field(label = "grant.see")]
    pub see: bool,
    /// They are made and changed.
    #[field(label = "grant.edit")]
    pub edit: bool,
    /// Facts are posted.
    #[field(label = "grant.post")]
    pub post: bool,
    /// Files are imported.
    #[field(label = "grant.import")]
    pub import: bool,
    /// Files are exported.
    #[field(label = "grant.export")]
    pub export: bool,
    /// Its place among the grants.
    #[field(label = "line.position")]
    pub position: i64,
    /// Not granted any more.
    #[field(label = "line.archived")]
    pub archived: bool,
}
