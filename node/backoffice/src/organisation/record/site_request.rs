//! A request for a site: whom somebody wishes to be invited, and what became of it. Owns the type and its fields.

use comptoir_replica::record::Record;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A site that somebody wishes for.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "site-request", class = "shared", scope = "organisation")]
#[serde(default)]
pub struct SiteRequest {
    /// The code that the site is to have: `DKR`.
    #[field(label = "site-request.code", required, searchable, filterable, listed, widget = "code", limit = 12)]
    pub code: String,
    /// Its name, for people.
    #[field(label = "site-request.name", required, searchable, listed)]
    pub name: String,
    /// Where it is: ISO 3166-1 alpha-2.
    #[field(label = "site-request.country", required, filterable, listed, widget = "country")]
    pub country: String,
    /// Whose law its data is under: a country, a part of one, or EU.
    #[field(label = "site-request.jurisdiction", required)]
    pub jurisdiction: String,
    /// IANA name.
    #[field(label = "site-request.time_zone", required)]
    pub time_zone: String,
    /// ISO 4217.
    #[field(label = "site-request.currency", required, widget = "currency")]
    pub currency: String,
    /// BCP 47.
    #[field(label = "site-request.locale", required)]
    pub locale: String,
    /// Why it is wished for.
    #[field(label = "site-request.reason", searchable, widget = "multiline")]
    pub reason: String,
    /// The code of the site that asks.
    #[field(label = "site-request.asked_by", filterable, listed, widget = "computed")]
    pub asked_by: String,
    /// What headquarters has decided; empty: nothing yet.
    #[field(label = "site-request.decision", filterable, listed, choices("invited", "declined"))]
    pub decision: String,
    /// What headquarters has to say to it.
    #[field(label = "site-request.answer", listed, widget = "multiline")]
    pub answer: String,
    /// Out of use: nobody asks any more.
    #[field(label = "site-request.archived", filterable)]
    pub archived: bool,
}
