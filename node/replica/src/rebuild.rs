//! Rebuilding: records, conflicts and projections made again from the log.
//! Owns judging anew, in causal order. Never changes an entry's bytes.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Hash, ScopeId};
use comptoir_sync_protocol::roster;
use rusqlite::Connection;
use thiserror::Error;

use crate::application::{Application, RecordView};
use crate::deliver::{Case, Origin, Projecting, judge};
use crate::past::Past;
use crate::record::RecordId;
use crate::replica::Replica;
use crate::state::State;
use crate::storage::{self, StorageError};
use crate::table::{balances, entries, postings, records};
use crate::verdict::Verdict;
use crate::writer::OTHER;

/// What was made again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RebuildReport {
    /// Entries read.
    pub entries: u64,
    /// Records made.
    pub records: u64,
    /// Scopes whose state is another than before: what was lived and what the log says had come apart.
    pub changed: Vec<String>,
}

/// Why nothing was rebuilt.
#[derive(Debug, Error)]
pub enum RebuildError {
    /// Entries are damaged: what they did would be lost. They are wanted from peers; once repaired, rebuild.
    #[error("{} entries are damaged and wanted from peers", .0.len())]
    Damaged(Vec<Hash>),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<rusqlite::Error> for RebuildError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl<A: Application> Replica<A> {
    /// Makes records, conflicts and projections again from the log, in one transaction.
    ///
    /// # Errors
    /// [`RebuildError`]; everything is as it was then.
    pub fn rebuild(&self) -> Result<RebuildReport, RebuildError> {
        self.write(OTHER, |connection, state| {
            let wanted: Vec<Hash> = state.wanted.values().flatten().copied().collect();
            if !wanted.is_empty() {
                return Err(RebuildError::Damaged(wanted));
            }
            Ok(all(connection, state, self.application())?)
        })
    }

    /// Judges an entry again that was set aside, and with it all of its scope, in one transaction: what this version knows and
    /// what has arrived since may let it count now. Whether it is set aside no longer; `None`: nothing of this hash is.
    ///
    /// # Errors
    /// When the store fails; everything is as it was then.
    pub fn judge_again(&self, entry: &Hash) -> Result<Option<bool>, StorageError> {
        self.write(OTHER, |connection, state| {
            let set_aside = |connection: &Connection| -> rusqlite::Result<Option<ScopeId>> {
                let all = entries::quarantined(connection)?.into_iter().chain(entries::parked(connection)?);
                Ok(all.into_iter().find(|found| found.head.hash == *entry).map(|found| found.scope))
            };
            let Some(scope) = set_aside(connection)? else { return Ok(None) };
            judge_anew(connection, state, self.application(), &scope)?;
            project_anew(connection, self.application())?;
            Ok(Some(set_aside(connection)?.is_none()))
        })
    }
}

/// Makes everything again, within the caller's transaction.
pub(crate) fn all(
    connection: &Connection,
    state: &mut State,
    application: &dyn Application,
) -> rusqlite::Result<RebuildReport> {
    let before = crate::state_hash::states(connection, state, application)?;
    let mut report = RebuildReport { entries: entries::count_all(connection)?, ..RebuildReport::default() };
    let scopes: BTreeSet<ScopeId> = state.logs.keys().map(|(scope, _)| *scope).collect();
    for scope in scopes.iter().filter(|scope| **scope != roster::scope_id()) {
        judge_anew(connection, state, application, scope)?;
    }
    report.records = project_anew(connection, application)?;
    let after = crate::state_hash::states(connection, state, application)?;
    report.changed =
        after.into_iter().filter(|(name, hash)| before.get(name) != Some(hash)).map(|(name, _)| name).collect();
    Ok(report)
}

/// Judges every entry of a scope anew, in causal order. Returns the records and postings that were there before or are there
/// afterwards; projections are the caller's to make.
pub(crate) fn judge_anew(
    connection: &Connection,
    state: &mut State,
    application: &dyn Application,
    scope: &ScopeId,
) -> rusqlite::Result<BTreeSet<(&'static str, RecordId)>> {
    state.dirty = true;
    let mut written = names(connection, application, scope)?;
    records::forget_scope(connection, scope)?;
    postings::forget_scope(connection, scope)?;
    balances::forget_scope(connection, scope)?;
    state.parked.remove(scope);
    let logs: BTreeSet<i64> = state.logs_of(scope).map(|(_, log)| log.id).collect();
    let mut roster_heads: BTreeMap<i64, Vec<LogHead>> = BTreeMap::new();
    let mut position = 0;
    while let Some(row) = entries::after(connection, position)? {
        position = row.position;
        if !logs.contains(&row.log) {
            continue;
        }
        let entry = row.open().map_err(entries::as_sql_error)?;
        let header = entry.header();
        let before = roster_heads.remove(&row.log).unwrap_or_default();
        let past = past_before(&row)?;
        let roster = state.history.at(&header.roster_heads).ok_or_else(|| {
            storage::damaged(std::io::Error::other(format!("entry {} names a roster that is not here", row.hash)))
        })?;
        let case = Case { entry: &entry, roster: &roster, past: &past, roster_heads_before: &before };
        let judgement = judge(connection, application, state, case)?;
        entries::set_verdict(
            connection,
            row.position,
            &judgement.verdict,
            judgement.envelope.as_ref(),
            judgement.operations,
        )?;
        match judgement.verdict {
            Verdict::Delivered => {
                let Some(envelope) = &judgement.envelope else { continue };
                let origin = Origin::new(*scope, row.log, entry.head(), envelope);
                let changed = judgement.staged.write(connection, application, &origin, Projecting::Not);
                written.extend(changed.map_err(|failed| failed.source)?);
            }
            Verdict::Parked { code, .. } => {
                state.parked.entry(*scope).or_default().push((row.log, row.seq, Some(code)));
            }
            Verdict::Quarantined { .. } => {}
        }
        roster_heads.insert(row.log, header.roster_heads.clone());
    }
    Ok(written)
}

/// The records and postings of a scope.
fn names(
    connection: &Connection,
    application: &dyn Application,
    scope: &ScopeId,
) -> rusqlite::Result<BTreeSet<(&'static str, RecordId)>> {
    let mut found = records::names_of_scope(connection, scope)?;
    found.extend(postings::names_of_scope(connection, scope)?);
    let records = application.record_types().iter().map(|known| known.kind);
    let kinds: Vec<&'static str> = records.chain(application.posting_types().iter().map(|known| known.kind)).collect();
    let known = |(kind, id): (String, RecordId)| Some((*kinds.iter().find(|known| **known == kind)?, id));
    Ok(found.into_iter().filter_map(known).collect())
}

/// The stored past without the entry itself.
fn past_before(row: &entries::EntryRow) -> rusqlite::Result<Past> {
    let mut past = row.past()?;
    past.take_back(row.log, row.seq);
    Ok(past)
}

/// Judges anew the scopes that have something parked, which this version may understand, and those of which a removal that an
/// older version passed over takes something away.
pub(crate) fn judge_parked_anew(
    connection: &Connection,
    state: &mut State,
    application: &dyn Application,
) -> rusqlite::Result<()> {
    let mut scopes: BTreeSet<ScopeId> = state.parked.keys().copied().collect();
    scopes.extend(state.cuts.cutting(state));
    if state.history.has_voids() {
        scopes.extend(state.logs.keys().map(|(scope, _)| *scope).filter(|scope| *scope != roster::scope_id()));
    }
    for scope in &scopes {
        judge_anew(connection, state, application, scope)?;
    }
    if !scopes.is_empty() {
        project_anew(connection, application)?;
    }
    Ok(())
}

/// Makes the projection again from records and postings. Returns how many records there are.
pub(crate) fn project_anew(connection: &Connection, application: &dyn Application) -> rusqlite::Result<u64> {
    let projection = application.projection();
    // Cached statements on the old tables would keep them from being dropped.
    connection.flush_prepared_statement_cache();
    connection.execute_batch(projection.drop)?;
    connection.execute_batch(projection.create)?;
    let mut count = 0;
    records::for_each(connection, |row| {
        let record = row.record;
        let Some(kind) = application.record_types().iter().find(|kind| kind.kind == record.kind) else {
            return Ok(());
        };
        count += 1;
        let view = RecordView { scope: record.scope, id: record.id, kind: kind.kind, cells: &record.cells };
        crate::deliver::project(connection, application, &view, Projecting::Leniently)
    })?;
    postings::for_each(connection, |stored| {
        crate::deliver::project_posting(connection, application, &stored.view(), Projecting::Leniently)
    })?;
    Ok(count)
}
