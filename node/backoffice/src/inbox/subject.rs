//! What an item of the inbox is about, as one state of the database has it. Owns the finding of subjects and their ids;
//! words none and settles none.

use comptoir_replica::record::{RecordId, Visible};
use comptoir_replica::{Reading, SetAside};
use comptoir_sync_protocol::ids::ScopeId;

use super::item::{ItemId, ItemKind};
use crate::changes::ARCHIVED;
use crate::find;
use crate::findings;
use crate::limits::MAX_INBOX_ITEMS;
use crate::registry::{Kind, kind, kinds};

/// Something broken.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A field with several distinct values, the winner last.
    Conflict { of: &'static Kind, scope: ScopeId, record: RecordId, key: String, values: Vec<Visible> },
    /// A reference with several live bearers, ids ascending.
    Duplicate { of: &'static Kind, reference: String, bearers: Vec<(ScopeId, RecordId)> },
    /// A record, or a line of it, that was changed while it was archived. `path` is its `archived` cell.
    EditedArchived { of: &'static Kind, scope: ScopeId, record: RecordId, path: String, by: Visible },
    /// An entry without effect.
    Quarantined(SetAside),
    /// An entry that cannot be read yet.
    Parked(SetAside),
}

impl Subject {
    pub fn kind(&self) -> ItemKind {
        match self {
            Self::Conflict { .. } => ItemKind::Conflict,
            Self::Duplicate { .. } => ItemKind::DuplicateReference,
            Self::EditedArchived { .. } => ItemKind::EditedArchived,
            Self::Quarantined(_) => ItemKind::Quarantined,
            Self::Parked(_) => ItemKind::Parked,
        }
    }

    pub fn scope(&self) -> ScopeId {
        match self {
            Self::Conflict { scope, .. } | Self::EditedArchived { scope, .. } => *scope,
            Self::Duplicate { bearers, .. } => bearers.first().map(|(scope, _)| *scope).unwrap_or_default(),
            Self::Quarantined(entry) | Self::Parked(entry) => entry.scope,
        }
    }

    /// The same wherever the same is broken in the same way.
    pub fn id(&self) -> String {
        let id = ItemId::new(self.kind(), &self.scope());
        match self {
            Self::Conflict { record, key, values, .. } => {
                let id = id.record(record).part(key.as_bytes());
                values.iter().fold(id, op).finish()
            }
            Self::Duplicate { of, reference, bearers } => {
                let id = id.part(of.name().as_bytes()).part(reference.as_bytes());
                bearers.iter().fold(id, |id, (scope, record)| id.part(scope.as_bytes()).record(record)).finish()
            }
            Self::EditedArchived { record, path, by, .. } => op(id.record(record).part(path.as_bytes()), by).finish(),
            Self::Quarantined(entry) | Self::Parked(entry) => id.part(entry.head.hash.as_bytes()).finish(),
        }
    }
}

fn op(id: ItemId, visible: &Visible) -> ItemId {
    id.part(&visible.op.counter.to_be_bytes()).part(&visible.op.actor.0)
}

/// What is broken in records, bounded: conflicts, then duplicates, then what was changed under an archive.
pub(crate) fn in_records(reading: &Reading<'_>, only: Option<ItemKind>) -> rusqlite::Result<Vec<Subject>> {
    let wanted = |kind| only.is_none_or(|only| only == kind);
    let mut subjects = Vec::new();
    if wanted(ItemKind::Conflict) {
        for conflict in reading.conflicts()?.into_iter().take(MAX_INBOX_ITEMS) {
            // A record of a kind that no module has is parked; this only keeps the match whole.
            let Ok(of) = kind(&conflict.kind) else { continue };
            let (scope, record, key, values) = (conflict.scope, conflict.record, conflict.key, conflict.values);
            subjects.push(Subject::Conflict { of, scope, record, key, values });
        }
    }
    for of in kinds() {
        if wanted(ItemKind::DuplicateReference) {
            let found = find::duplicate_references(reading.connection(), of, MAX_INBOX_ITEMS)?;
            let duplicate = |(reference, bearers)| Subject::Duplicate { of, reference, bearers };
            subjects.extend(found.into_iter().map(duplicate));
        }
        if wanted(ItemKind::EditedArchived) {
            subjects.extend(edited_archived(reading, of)?);
        }
    }
    Ok(subjects)
}

fn edited_archived(reading: &Reading<'_>, of: &'static Kind) -> rusqlite::Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    for (scope, record) in find::edited_while_archived(reading.connection(), of, MAX_INBOX_ITEMS)? {
        let Some(stored) = reading.record(&scope, &record)? else { continue };
        for part in findings::edited_while_archived(&stored.cells) {
            let path = if part.is_empty() { ARCHIVED.to_owned() } else { format!("{part}/{ARCHIVED}") };
            let Some(by) = stored.cells.visible(&path).last().cloned() else { continue };
            subjects.push(Subject::EditedArchived { of, scope, record, path, by });
        }
    }
    Ok(subjects)
}
