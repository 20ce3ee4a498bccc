//! Lists: what a screen or script asks of a kind of record, and the page that it gets. Owns the shapes, the paging key and
//! the full-text expression; the SQL is each module's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::limits::{LIST_PAGE_ROWS, MAX_LIST_PAGE_ROWS, MAX_SEARCH_CHARS, MAX_SEARCH_WORDS};
use crate::text::fold;

/// Which records, and which page of them. Records are sorted by name, then by id.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Words to search for, each as the beginning of a word; case and accents do not matter. All must occur.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Only this kind: `organisation` or `person`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only those with this role: `customer` or `supplier`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Only those whose main address is in this country (ISO 3166-1 alpha-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Only those with this reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Only archived ones, or only live ones (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Only those with conflicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts: Option<bool>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Records a page; at most 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl ListQuery {
    /// Rows of a page, within bounds.
    #[must_use]
    pub fn page_rows(&self) -> u32 {
        self.limit.unwrap_or(LIST_PAGE_ROWS).clamp(1, MAX_LIST_PAGE_ROWS)
    }
}

/// One page of a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListPage {
    /// Records that match, on all pages.
    pub total: u32,
    /// The records of this page.
    pub records: Vec<ListedRecord>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}

/// A record as lists show it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListedRecord {
    /// Its id.
    pub id: String,
    /// Its scope's id.
    pub scope: String,
    /// Its name.
    pub title: String,
    /// Whether it is out of use.
    pub archived: bool,
    /// Fields with values that contradict each other.
    pub conflicts: u32,
    /// Its columns.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub fields: BTreeMap<String, Value>,
}

/// The place after one record in a list that is sorted by folded name and id. Opaque outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageKey {
    /// The record's folded name.
    pub name_folded: String,
    /// Its id.
    pub id: [u8; 16],
}

impl PageKey {
    /// Its text: the id, then the name.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{}{}", uuid::Uuid::from_bytes(self.id).simple(), self.name_folded)
    }

    /// Reads [`PageKey::encode`]; `None` when it is no such text.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let (id, name) = text.split_at_checked(32)?;
        let id = uuid::Uuid::try_parse(id).ok()?.into_bytes();
        Some(Self { name_folded: name.to_owned(), id })
    }
}

/// An FTS5 expression that finds texts with all of these words or beginnings of words; `None` when there is no word.
/// Everything but letters and digits separates words, so no operator of FTS5 gets through.
#[must_use]
pub fn search_expression(text: &str) -> Option<String> {
    let text: String = text.chars().take(MAX_SEARCH_CHARS).collect();
    let folded = fold(&text);
    let words = folded.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(MAX_SEARCH_WORDS).map(|word| format!("\"{word}\"*")).collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_operators_are_not() {
        assert_eq!(search_expression("Évreux OR \"x\" AND(").as_deref(), Some("\"evreux\"* \"or\"* \"x\"* \"and\"*"));
        assert_eq!(search_expression(" *-\" "), None);
        assert_eq!(search_expression("+33 1").as_deref(), Some("\"33\"* \"1\"*"));
    }

    #[test]
    fn page_keys_round_trip() {
        let key = PageKey { name_folded: "dupont é~".into(), id: [7; 16] };
        assert_eq!(PageKey::decode(&key.encode()), Some(key));
        assert_eq!(PageKey::decode("é".repeat(20).as_str()), None);
        assert_eq!(PageKey::decode("short"), None);
    }
}
