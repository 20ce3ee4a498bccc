//! Lines: the parts of a record that there can be several of, each under a random key.
//!
//! Owns line keys, their order and their mapping to `LIST/KEY/FIELD`. Two sites that each add a line never meet in one
//! cell, because keys are random; a line is archived, never deleted.

use super::schema::{Field, FieldType};
use super::{Cells, Scalar};
use rand_core::CryptoRng;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

pub use comptoir_replica_derive::Line;

/// Greatest length of a line's key, bytes.
pub const MAX_LINE_KEY_BYTES: usize = 64;
/// Distance between the positions of lines added one after the other, so that some fit between.
pub const POSITION_STEP: i64 = 1_000;

/// Name of a line within its record: 16 random hexadecimal digits when made here. ASCII letters, digits, `-` and `_`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LineKey(String);

/// A text that cannot name a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a line key: expected 1 to 64 letters, digits, - or _")]
pub struct NotALineKey;

impl LineKey {
    /// A new random key: 64 bits.
    pub fn create(rng: &mut impl CryptoRng) -> Self {
        Self(format!("{:016x}", rng.next_u64()))
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LineKey {
    type Err = NotALineKey;

    fn from_str(text: &str) -> Result<Self, NotALineKey> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for LineKey {
    type Error = NotALineKey;

    fn try_from(text: String) -> Result<Self, NotALineKey> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=MAX_LINE_KEY_BYTES).contains(&text.len()) && text.bytes().all(allowed);
        if fits { Ok(Self(text)) } else { Err(NotALineKey) }
    }
}

impl From<LineKey> for String {
    fn from(key: LineKey) -> Self {
        key.0
    }
}

impl fmt::Display for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A line type. Derive it: `#[derive(Line)] #[line(kind = "address")]`. The struct needs `position: i64` and
/// `archived: bool`.
pub trait Line: Default + Clone + Serialize + DeserializeOwned + JsonSchema {
    /// The line's name in labels.
    const KIND: &'static str;

    /// Its fields, their paths being their names.
    fn schema() -> &'static [Field];

    /// Its place among the lines; equal ones are ordered by key.
    fn position(&self) -> i64;

    /// Moves it.
    fn set_position(&mut self, position: i64);

    /// Whether it is out of use.
    fn archived(&self) -> bool;

    /// Appends puts that set every field to this, `prefix` being `LIST/KEY/`.
    fn write_fields(&self, prefix: &str, puts: &mut Vec<(String, Scalar)>);

    /// Reads the winners under `prefix`.
    fn read_fields(cells: &Cells, prefix: &str) -> Self;
}

/// The lines of one list of a record, by key. In JSON an object from key to line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent, bound(deserialize = "L: DeserializeOwned"))]
pub struct Lines<L>(BTreeMap<LineKey, L>);

impl<L> Default for Lines<L> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<L: Line> Lines<L> {
    /// No lines.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The line of this key, archived or not.
    #[must_use]
    pub fn get(&self, key: &LineKey) -> Option<&L> {
        self.0.get(key)
    }

    /// The line of this key, to change it.
    pub fn get_mut(&mut self, key: &LineKey) -> Option<&mut L> {
        self.0.get_mut(key)
    }

    /// Puts a line under a key of the caller's, and returns the one that it replaces.
    pub fn insert(&mut self, key: LineKey, line: L) -> Option<L> {
        self.0.insert(key, line)
    }

    /// Adds a line after all others, under a new random key.
    pub fn add(&mut self, mut line: L, rng: &mut impl CryptoRng) -> LineKey {
        let last = self.0.values().map(Line::position).max().unwrap_or(0);
        line.set_position(last.saturating_add(POSITION_STEP));
        let key = LineKey::create(rng);
        self.0.insert(key.clone(), line);
        key
    }

    /// All lines in order: by position, then by key.
    #[must_use]
    pub fn ordered(&self) -> Vec<(&LineKey, &L)> {
        let mut lines: Vec<_> = self.0.iter().collect();
        lines.sort_by_key(|(_, line)| line.position());
        lines
    }

    /// The lines in use, in order.
    pub fn in_use(&self) -> impl Iterator<Item = (&LineKey, &L)> {
        self.ordered().into_iter().filter(|(_, line)| !line.archived())
    }

    /// How many lines there are, archived ones too.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no line at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<L> FromIterator<(LineKey, L)> for Lines<L> {
    fn from_iter<I: IntoIterator<Item = (LineKey, L)>>(lines: I) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl<L: Line> FieldType for Lines<L> {
    fn describe(list: Field, fields: &mut Vec<Field>) {
        fields.extend(L::schema().iter().map(|field| Field {
            path: Cow::Owned(format!("{}/*/{}", list.path, field.path)),
            group: if field.group.is_empty() { list.group } else { field.group },
            order: list.order,
            line: true,
            ..field.clone()
        }));
    }

    fn write(&self, path: &str, puts: &mut Vec<(String, Scalar)>) {
        for (key, line) in &self.0 {
            line.write_fields(&format!("{path}/{key}/"), puts);
        }
    }

    fn read(cells: &Cells, path: &str) -> Option<Self> {
        let list = format!("{path}/");
        let key_of = |cell: &str| cell.strip_prefix(&list)?.split_once('/').map(|(key, _)| key.to_owned());
        let keys: BTreeSet<String> = cells.under(&list).filter_map(|(cell, _)| key_of(cell)).collect();
        // A key that is none of ours stays in the cells, where a newer version may make sense of it.
        let keys = keys.into_iter().filter_map(|key| LineKey::try_from(key).ok());
        Some(keys.map(|key| (key.clone(), L::read_fields(cells, &format!("{list}{key}/")))).collect())
    }
}

impl<L: JsonSchema> JsonSchema for Lines<L> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Lines", L::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]{1,64}$" },
            "additionalProperties": generator.subschema_for::<L>(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_are_checked() {
        assert!("4f2a-B_9".parse::<LineKey>().is_ok());
        for wrong in ["", "a/b", "é", " ", &"x".repeat(65)] {
            assert_eq!(wrong.parse::<LineKey>(), Err(NotALineKey), "{wrong:?}");
            assert!(serde_json::from_value::<LineKey>(wrong.into()).is_err());
        }
    }
}
