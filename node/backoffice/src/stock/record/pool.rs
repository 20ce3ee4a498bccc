//! A pool: stock of one item at a location of one site, of which other sites may sell by rights that they were given. Owns the
//! type and its fields. The site that made it keeps it; rights are given and spent by postings.

use comptoir_replica::record::{Record, RecordId};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A pool of stock that several sites sell from.
#[derive(Record, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "pool", class = "escrow", scope = "trade")]
#[serde(default)]
pub struct Pool {
    /// The code that people know it by.
    #[field(label = "pool.code", required, searchable, filterable, listed, widget = "code")]
    pub code: String,
    /// Its name.
    #[field(label = "pool.name", required, searchable, listed)]
    pub name: String,
    /// What is sold from it. The same for ever.
    #[field(label = "pool.item", required, filterable, listed, of = "item")]
    pub item: Option<RecordId>,
    /// Where its stock lies, at the site that keeps it. The same for ever.
    #[field(label = "pool.location", required, filterable, listed, of = "location")]
    pub location: Option<RecordId>,
    /// How rights are shared out again: by what each site sold, or equally.
    #[field(label = "pool.policy", filterable, choices("demand", "equal"))]
    pub policy: String,
    /// What the keeping site keeps back for itself when rights are shared out.
    #[field(label = "pool.keep")]
    pub keep: Option<Decimal>,
    /// Out of use.
    #[field(label = "pool.archived", filterable)]
    pub archived: bool,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            code: String::new(),
            name: String::new(),
            item: None,
            location: None,
            policy: "demand".to_owned(),
            keep: None,
            archived: false,
        }
    }
}
