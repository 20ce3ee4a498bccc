//! An item of the inbox: its shape and its id. Owns no reading and no settling.

use comptoir_replica::record::{RecordId, Scalar};
use comptoir_sync_protocol::ids::ScopeId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Context of the hash that names an item.
const ITEM_ID_CONTEXT: &str = "Comptoir 2026-01 inbox item id v1";

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Two sites gave one field different values at once.
    Conflict,
    /// Several live records bear one reference.
    DuplicateReference,
    /// One site changed what another archived at the same time.
    EditedArchived,
    /// Two sites merged records both ways at once: each is an alias of the other.
    MergedBothWays,
    /// A record was merged into one that another site archived at the same time.
    MergedIntoArchived,
    /// Two records that are probably one.
    PossibleDuplicate,
    /// Goods of a transfer did not arrive whole.
    Discrepancy,
    /// More is promised from a pool than lies there.
    Deficit,
    /// A revoked site turned out to have sold of rights that its keeper had taken back.
    SoldAfterAll,
    /// Two epochs of a site took the same stock.
    StockBelowZero,
    /// A lot is near its date, or over it.
    ExpiringLot,
    /// Stock came in for which no cost is known.
    Uncosted,
    /// An entry of another site breaks a rule and has no effect, here and everywhere.
    Quarantined,
    /// An entry that this version or site cannot read yet.
    Parked,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: &[ItemKind] = &[
        Self::Conflict,
        Self::DuplicateReference,
        Self::EditedArchived,
        Self::MergedBothWays,
        Self::MergedIntoArchived,
        Self::PossibleDuplicate,
        Self::Discrepancy,
        Self::Deficit,
        Self::SoldAfterAll,
        Self::StockBelowZero,
        Self::ExpiringLot,
        Self::Uncosted,
        Self::Quarantined,
        Self::Parked,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::DuplicateReference => "duplicate-reference",
            Self::EditedArchived => "edited-archived",
            Self::MergedBothWays => "merged-both-ways",
            Self::MergedIntoArchived => "merged-into-archived",
            Self::PossibleDuplicate => "possible-duplicate",
            Self::Discrepancy => "discrepancy",
            Self::Deficit => "deficit",
            Self::SoldAfterAll => "sold-after-all",
            Self::StockBelowZero => "stock-below-zero",
            Self::ExpiringLot => "expiring-lot",
            Self::Uncosted => "uncosted",
            Self::Quarantined => "quarantined",
            Self::Parked => "parked",
        }
    }

    /// Whether modules find what is of this kind.
    #[must_use]
    pub fn is_a_modules(self) -> bool {
        matches!(
            self,
            Self::Discrepancy
                | Self::Deficit
                | Self::SoldAfterAll
                | Self::StockBelowZero
                | Self::ExpiringLot
                | Self::Uncosted
        )
    }

    /// The kind of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

/// Something that a person should look at.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct InboxItem {
    /// Its id: the same at every site and at every reading, until what it is about changes.
    pub id: String,
    /// What is broken.
    pub kind: ItemKind,
    /// The scope's name.
    pub scope: String,
    /// The kind of record, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record_kind: Option<String>,
    /// The record's id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record: Option<String>,
    /// The record's name; for duplicates their reference.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The field, as `set` takes it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What to choose among, by place: values, the one that shows now last; for duplicate references the records, of which the
    /// chosen one stays in use; for records merged both ways the one that stands for all; for possible duplicates the record
    /// into which the other is merged, or `distinct` when they are two; for what was changed under an archive, or merged into
    /// what is archived, whether it stays so. Empty when there is no choice.
    pub values: Vec<ItemValue>,
    /// For possible duplicates: how probable it is that they are one, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub score: Option<u8>,
    /// For possible duplicates: what they have in common, the strongest reason first: the scheme of an identifier, `email`,
    /// `phone`, `name`, `address`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reasons: Vec<String>,
    /// The code of the site whose work it is, where it is one site's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site: Option<String>,
    /// The entry, for what is set aside: `SITE.EPOCH/seq`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entry: Option<String>,
    /// Why an entry is set aside.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// Why an entry is set aside, or what is wrong and what to do, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// One of an item's values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ItemValue {
    /// The value; of a record its name.
    #[schema(value_type = Object)]
    pub value: Value,
    /// The record, where records are chosen among.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record: Option<String>,
    /// Its reference: two records may have one name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<String>,
    /// The code of the site that wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub author: Option<String>,
    /// When, by that site's clock, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_ms: Option<i64>,
}

impl InboxItem {
    pub(super) fn new(id: String, kind: ItemKind, scope: String) -> Self {
        Self {
            id,
            kind,
            scope,
            record_kind: None,
            record: None,
            name: None,
            field: None,
            values: Vec::new(),
            score: None,
            reasons: Vec::new(),
            site: None,
            entry: None,
            code: None,
            reason: None,
        }
    }
}

impl ItemValue {
    pub(super) fn of_record(record: RecordId, title: String, reference: Option<String>) -> Self {
        Self { record: Some(record.to_string()), reference, ..Self::of(&title.into()) }
    }

    pub(super) fn of(value: &Scalar) -> Self {
        Self { value: value.to_json(), record: None, reference: None, site: None, author: None, at_ms: None }
    }
}

/// Makes an item's id from what the item is about. When that changes (a third value, another bearer), so does the id: a
/// decision taken on an older view is refused instead of settling what nobody saw.
pub(super) struct ItemId(blake3::Hasher);

impl ItemId {
    pub fn new(kind: ItemKind, scope: &ScopeId) -> Self {
        Self(blake3::Hasher::new_derive_key(ITEM_ID_CONTEXT)).part(kind.as_str().as_bytes()).part(scope.as_bytes())
    }

    pub fn record(self, record: &RecordId) -> Self {
        self.part(record.as_bytes())
    }

    pub fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_be_bytes()).update(bytes);
        self
    }

    pub fn finish(self) -> String {
        self.0.finalize().to_hex()[..24].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_items_apart_and_kinds_have_names() {
        let scope = ScopeId([1; 16]);
        let id = |kind, parts: &[&str]| {
            parts.iter().fold(ItemId::new(kind, &scope), |id, part| id.part(part.as_bytes())).finish()
        };
        assert_eq!(id(ItemKind::Conflict, &["a"]), id(ItemKind::Conflict, &["a"]));
        assert_ne!(id(ItemKind::Conflict, &["ab", "c"]), id(ItemKind::Conflict, &["a", "bc"]));
        assert_ne!(id(ItemKind::Conflict, &["a"]), id(ItemKind::Parked, &["a"]));
        assert!(ItemKind::ALL.iter().all(|kind| ItemKind::of_name(kind.as_str()) == Some(*kind)));
        assert_eq!(ItemKind::of_name("robot"), None);
    }
}
