//! What an item of the inbox is about, as one state of the database has it. Owns the finding of subjects and their ids;
//! words none and settles none.

use comptoir_replica::record::{RecordId, Visible};
use comptoir_replica::{Reading, SetAside};
use comptoir_sync_protocol::ids::ScopeId;

use super::item::{ItemId, ItemKind};
use crate::alias::findings::{Circle, LikelyDuplicate};
use crate::alias::{self, Place};
use crate::changes::ARCHIVED;
use crate::find;
use crate::findings::{self, Looking, ModuleFinding};
use crate::limits::MAX_INBOX_ITEMS;
use crate::registry::{Context, Kind, Module, kind, kinds};
use crate::staff::May;

/// Something broken.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A field with several distinct values, the winner last.
    Conflict { of: &'static Kind, scope: ScopeId, record: RecordId, key: String, values: Vec<Visible> },
    /// A reference with several live bearers, ids ascending.
    Duplicate { of: &'static Kind, reference: String, bearers: Vec<(ScopeId, RecordId)> },
    /// A record, or a line of it, that was changed while it was archived. `path` is its `archived` cell.
    EditedArchived { of: &'static Kind, scope: ScopeId, record: RecordId, path: String, by: Visible },
    /// Records that are aliases of each other, ids ascending.
    BothWays { of: &'static Kind, circle: Circle },
    /// A record in use, and the archived one that stands for it, in one scope.
    IntoArchived { of: &'static Kind, alias: Place, canonical: Place },
    /// Two records that are probably one.
    Likely(LikelyDuplicate),
    /// What a module found.
    Finding(Module, ModuleFinding),
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
            Self::BothWays { .. } => ItemKind::MergedBothWays,
            Self::IntoArchived { .. } => ItemKind::MergedIntoArchived,
            Self::Likely(_) => ItemKind::PossibleDuplicate,
            Self::Finding(_, finding) => finding.kind,
            Self::Quarantined(_) => ItemKind::Quarantined,
            Self::Parked(_) => ItemKind::Parked,
        }
    }

    pub fn scope(&self) -> ScopeId {
        match self {
            Self::Conflict { scope, .. } | Self::EditedArchived { scope, .. } => *scope,
            Self::Duplicate { bearers, .. } => bearers.first().map(|(scope, _)| *scope).unwrap_or_default(),
            Self::BothWays { circle, .. } => circle.first().map(|(scope, _)| *scope).unwrap_or_default(),
            Self::IntoArchived { alias, .. } => alias.0,
            Self::Likely(pair) => pair.one.0,
            Self::Finding(_, finding) => finding.scope,
            Self::Quarantined(entry) | Self::Parked(entry) => entry.scope,
        }
    }

    /// Whether whoever works sees what it is about. An entry that is set aside may be about anything: who sees all sees it.
    pub fn is_seen(&self, context: &Context<'_>) -> rusqlite::Result<bool> {
        Ok(match self {
            Self::Conflict { of, key, .. } => context.mask(of)?.sees(key),
            Self::Duplicate { of, .. }
            | Self::EditedArchived { of, .. }
            | Self::BothWays { of, .. }
            | Self::IntoArchived { of, .. } => context.standing.sees(of),
            Self::Likely(pair) => {
                let mask = context.mask(pair.of)?;
                mask.sees_records()
                    && (pair.reasons.is_empty() || pair.reasons.iter().any(|reason| mask.sees_reason(reason)))
            }
            Self::Finding(module, _) => context.standing.may(*module, May::See),
            Self::Quarantined(_) | Self::Parked(_) => context.standing.may_everything(),
        })
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
                bearers.iter().fold(id, place).finish()
            }
            Self::BothWays { of, circle } => circle.iter().fold(id.part(of.name().as_bytes()), place).finish(),
            Self::IntoArchived { of, alias, canonical } => {
                place(place(id.part(of.name().as_bytes()), alias), canonical).finish()
            }
            Self::Likely(pair) => place(place(id.part(pair.of.name().as_bytes()), &pair.one), &pair.other).finish(),
            Self::Finding(_, finding) => id.record(&finding.subject).part(finding.part.as_bytes()).finish(),
            Self::EditedArchived { record, path, by, .. } => op(id.record(record).part(path.as_bytes()), by).finish(),
            Self::Quarantined(entry) | Self::Parked(entry) => id.part(entry.head.hash.as_bytes()).finish(),
        }
    }
}

fn place(id: ItemId, (scope, record): &Place) -> ItemId {
    id.part(scope.as_bytes()).record(record)
}

fn op(id: ItemId, visible: &Visible) -> ItemId {
    id.part(&visible.op.counter.to_be_bytes()).part(&visible.op.actor.0)
}

/// What is broken in records, bounded: conflicts, duplicate references, what was changed under an archive, what aliases make
/// together, likely duplicates.
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
        if wanted(ItemKind::MergedBothWays) {
            let circles = alias::findings::circles(reading.connection(), of, MAX_INBOX_ITEMS)?;
            subjects.extend(circles.into_iter().map(|circle| Subject::BothWays { of, circle }));
        }
        if wanted(ItemKind::MergedIntoArchived) {
            let found = alias::findings::into_archived(reading.connection(), of, MAX_INBOX_ITEMS)?;
            let subject = |(alias, canonical)| Subject::IntoArchived { of, alias, canonical };
            subjects.extend(found.into_iter().map(subject));
        }
    }
    for module in Module::ALL.iter().filter(|_| wanted(ItemKind::PossibleDuplicate)) {
        let found = module.likely_duplicates(reading.connection(), MAX_INBOX_ITEMS)?;
        subjects.extend(found.into_iter().map(Subject::Likely));
    }
    Ok(subjects)
}

/// What modules found broken, bounded.
pub(crate) fn in_modules(looking: &Looking<'_>, only: Option<ItemKind>) -> rusqlite::Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    for module in Module::ALL.iter().filter(|_| only.is_none_or(ItemKind::is_a_modules)) {
        let found = module.findings(looking, MAX_INBOX_ITEMS)?;
        let wanted = found.into_iter().filter(|finding| only.is_none_or(|only| only == finding.kind));
        subjects.extend(wanted.map(|finding| Subject::Finding(*module, finding)));
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
