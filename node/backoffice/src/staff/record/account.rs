//! An account: somebody who signs in to a site's node, and the roles that they have. Owns the type, its line and their fields. What
//! they sign in with is not here.

use comptoir_replica::record::{Line, Lines, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody who works at a site.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "account", class = "site-owned", scope = "staff")]
#[serde(default)]
pub struct Account {
    /// Who is named as the author of what they do: the site's code, a stroke, the name that they sign in with. Made of these.
    #[field(label = "account.reference", searchable, filterable, listed, widget = "computed", limit = 64)]
    pub reference: String,
    /// The name that they sign in with: `aminata`. The same for ever.
    #[field(label = "account.login", required, searchable, filterable, widget = "code", limit = 32)]
    pub login: String,
    /// Their name, as people write it.
    #[field(label = "account.name", required, searchable, filterable, listed, class = "personal")]
    pub name: String,
    /// The code of the site that they work at.
    #[field(label = "account.site", filterable, listed, widget = "computed")]
    pub site: String,
    /// They cannot sign in for now.
    #[field(label = "account.locked", filterable, listed)]
    pub locked: bool,
    /// The roles that they have: together what they may do and see. Without one they sign in, and see nothing.
    #[field(label = "account.roles")]
    pub roles: Lines<RoleOfAccount>,
    /// Out of use: they work here no longer.
    #[field(label = "account.archived", filterable)]
    pub archived: bool,
}

/// One role that somebody has.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "role-of-account")]
#[serde(default)]
pub struct RoleOfAccount {
    /// The role's key: that of a record, or of a role that needs none.
    #[field(label = "role-of-account.role", required, filterable, widget = "key")]
    pub role: String,
    /// Its place among the roles.
    #[field(label = "line.position")]
    pub position: i64,
    /// They do not have it any more.
    #[field(label = "line.archived")]
    pub archived: bool,
}
