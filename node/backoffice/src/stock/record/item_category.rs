//! A category of items, in a tree. Owns the type and its fields.

use comptoir_replica::record::{Record, RecordId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A category of items, for the whole organisation.
#[derive(Record, Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[record(kind = "item-category", class = "reference", scope = "organisation")]
#[serde(default)]
pub struct ItemCategory {
    /// The code that people know it by.
    #[field(label = "item_category.code", required, searchable, filterable, listed, widget = "code")]
    pub code: String,
    /// Its name in English.
    #[field(label = "item_category.name_en", required, searchable, listed)]
    pub name_en: String,
    /// Its name in French.
    #[field(label = "item_category.name_fr", searchable, listed)]
    pub name_fr: String,
    /// The category that it is a part of.
    #[field(label = "item_category.parent", filterable, of = "item-category")]
    pub parent: Option<RecordId>,
    /// Out of use.
    #[field(label = "item_category.archived", filterable)]
    pub archived: bool,
}
