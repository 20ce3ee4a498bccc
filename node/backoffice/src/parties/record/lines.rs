//! The lines of a party: addresses, contacts, registrations, relations, consents, tags. Owns the types and their fields.

use comptoir_replica::record::{Date, Line, RecordId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One address of a party.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "address")]
#[serde(default)]
pub struct Address {
    /// House and street, of several lines if need be.
    #[field(label = "address.street", searchable, widget = "multiline", limit = 500)]
    pub street: String,
    /// Postal code.
    #[field(label = "address.postcode", searchable, widget = "code")]
    pub postcode: String,
    /// Town.
    #[field(label = "address.city", searchable, filterable, listed)]
    pub city: String,
    /// ISO 3166-1 alpha-2.
    #[field(label = "address.country", filterable, listed, widget = "country")]
    pub country: String,
    /// ISO 3166-2.
    #[field(label = "address.subdivision", filterable, widget = "subdivision")]
    pub subdivision: String,
    /// Who or which department receives there.
    #[field(label = "address.recipient", searchable)]
    pub recipient: String,
    /// What it is used for; empty for everything.
    #[field(label = "address.use", choices("billing", "delivery", "registered", "home", "other"))]
    pub r#use: String,
    /// Its place among the addresses.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

/// One way to reach a party.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "contact")]
#[serde(default)]
pub struct Contact {
    /// What the value is.
    #[field(label = "contact.kind", required, choices("phone", "mobile", "fax", "email", "web", "other"))]
    pub kind: String,
    /// Number or address.
    #[field(label = "contact.value", searchable, required)]
    pub value: String,
    /// What it is for: switchboard, accounts, emergencies.
    #[field(label = "contact.label", searchable)]
    pub label: String,
    /// Its place among the contacts.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

/// One registration of a party.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "identifier")]
#[serde(default)]
pub struct Identifier {
    /// The code of its scheme: `vat`, `siret`, `lei`; `other` for one that is not known here.
    #[field(label = "identifier.scheme", required, widget = "scheme")]
    pub scheme: String,
    /// The number.
    #[field(label = "identifier.value", searchable, required, widget = "code")]
    pub value: String,
    /// The country whose scheme it is, where the scheme is one of several countries.
    #[field(label = "identifier.country", widget = "country")]
    pub country: String,
    /// What it is called, where the scheme is another: `RCCM`, `RCS Paris`.
    #[field(label = "identifier.label", searchable, limit = 64)]
    pub label: String,
    /// Its place among the registrations.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

/// What a party is to another, and when.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "relation")]
#[serde(default)]
pub struct Relation {
    /// The other party.
    #[field(label = "relation.to", of = "party")]
    pub to: Option<RecordId>,
    /// What the other party is to this one.
    #[field(
        label = "relation.kind",
        required,
        choices(
            "parent",
            "subsidiary",
            "branch",
            "contact-person",
            "employee",
            "employer",
            "household",
            "partner",
            "other"
        )
    )]
    pub kind: String,
    /// Since when.
    #[field(label = "relation.from")]
    pub from: Option<Date>,
    /// The last day.
    #[field(label = "relation.until")]
    pub until: Option<Date>,
    /// Anything else: the function, the share.
    #[field(label = "relation.note")]
    pub note: String,
    /// Its place among the relations.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

/// What a party agreed to or refused, for one purpose.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "consent")]
#[serde(default)]
pub struct Consent {
    /// For what.
    #[field(
        label = "consent.purpose",
        required,
        choices("marketing-email", "marketing-phone", "marketing-post", "profiling", "sharing", "photos", "other")
    )]
    pub purpose: String,
    /// The purpose in words, where `other` says too little.
    #[field(label = "consent.detail")]
    pub detail: String,
    /// What was said.
    #[field(label = "consent.status", required, choices("granted", "refused", "withdrawn"))]
    pub status: String,
    /// When it was said.
    #[field(label = "consent.on")]
    pub on: Option<Date>,
    /// How: form, call, letter.
    #[field(label = "consent.source")]
    pub source: String,
    /// Its place among the consents.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}

/// One word that a party is filed under. Its key is made from the word, so that two sites that add one word meet in one line;
/// its position stays 0, or they would contradict each other about that.
#[derive(Line, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[line(kind = "tag")]
#[serde(default)]
pub struct Tag {
    /// The word.
    #[field(label = "tag.word", searchable, filterable, required, limit = 64)]
    pub word: String,
    /// Its place among the tags.
    #[field(label = "line.position")]
    pub position: i64,
    /// Out of use.
    #[field(label = "line.archived")]
    pub archived: bool,
}
