//! Filling entries: edits become changes until an entry is full, then it is sealed, signed and written.
//! Owns the bounds of an entry and its header.

use std::collections::BTreeMap;
use std::sync::Arc;

use comptoir_sync_protocol::entry::EntryBuilder;
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Incarnation, ScopeId, Writer};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::limits::{MAX_CITED_LOGS, TARGET_ENTRY_PLAIN_BYTES};
use comptoir_sync_protocol::payload::{Envelope, Operation, Posting, RecordChange};
use comptoir_sync_protocol::roster::Roster;
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use rusqlite::Connection;

use super::{Append, AppendError, Appended, Edit, NewChange, holds_records};
use crate::admit::Committed;
use crate::application::{Application, RecordType};
use crate::deliver::{self, Delivering, Origin, Projecting, Staged, Stop};
use crate::identity::Identity;
use crate::limits;
use crate::past::Past;
use crate::posting::NewPosting;
use crate::record::{Actor, Cells, ChangeHash, RecordId, Scalar, build_change, edit_puts};
use crate::state::State;
use crate::storage::is_storage_failure;
use crate::table::entries::{self, NewEntry};
use crate::table::{logs, records};
use crate::verdict::Verdict;

/// A command on its way into the log.
pub(super) struct Filling<'a> {
    connection: &'a Connection,
    state: &'a mut State,
    application: &'a dyn Application,
    /// The one of its keys that the roster names.
    signing: &'a SigningKey,
    request: Append<'a>,
    envelope: Envelope,
    key: ScopeKey,
    actor: Actor,
    roster: Arc<Roster>,
    now_ms: i64,
    /// What stands behind the entry that is being filled.
    past: Past,
    deps: Vec<LogHead>,
    staged: Staged,
    shared: Vec<Operation>,
    persons: BTreeMap<RecordId, Vec<Operation>>,
    operations: usize,
    plain_bytes: usize,
    appended: Appended,
    written: Vec<(&'static str, RecordId)>,
}

impl<'a> Filling<'a> {
    pub fn begin<R>(
        connection: &'a Connection,
        state: &'a mut State,
        application: &'a dyn Application,
        identity: &'a Identity,
        incarnation: Incarnation,
        request: Append<'a>,
        now_ms: i64,
    ) -> Result<Self, AppendError<R>> {
        let (scope, writer) = (request.scope, state.writer());
        if request.author.len() > limits::MAX_AUTHOR_BYTES || request.command.len() > limits::MAX_COMMAND_BYTES {
            return Err(AppendError::NameTooLong);
        }
        let roster = state.history.current();
        let signing = roster.signing_key(&scope, &writer).and_then(|public| identity.signing(&public));
        if let Some(removal) = roster.removal(&writer.site) {
            return Err(AppendError::Removed { revoked: removal.revoked });
        }
        let may = roster.may_write(&scope, &writer.site) && holds_records(&scope);
        let signing = signing.filter(|_| may).ok_or(AppendError::NotMember(scope))?;
        let current = roster.scopes.get(&scope).and_then(|scope| scope.current_key);
        let key = current.and_then(|id| state.keys.get(&(scope, id))).cloned().ok_or(AppendError::NoKey(scope))?;
        let (past, deps) = cite(state, &scope, &writer);
        Ok(Self {
            connection,
            application,
            signing,
            request,
            envelope: Envelope {
                author: request.author.to_owned(),
                wall_clock_ms: now_ms,
                command: request.command.to_owned(),
                incarnation,
                batch: request.batch,
            },
            key,
            actor: deliver::actor(&scope, &writer, &incarnation),
            roster,
            now_ms,
            past,
            deps,
            staged: Staged::default(),
            shared: Vec::new(),
            persons: BTreeMap::new(),
            operations: 0,
            plain_bytes: 0,
            appended: Appended::default(),
            written: Vec::new(),
            state,
        })
    }

    /// Adds one edit, after it has closed an entry that is full.
    pub fn add<R>(&mut self, edit: &Edit, rng: &mut impl CryptoRng) -> Result<(), AppendError<R>> {
        let kinds = self.application.record_types();
        let kind = kinds.iter().find(|kind| kind.kind == edit.kind).ok_or(AppendError::UnknownKind(edit.kind))?;
        if self.operations > 0 && self.is_full_with(about_bytes(edit)) {
            self.close(rng)?;
        }
        let mut staged = std::mem::take(&mut self.staged);
        let made = make_change(&self.delivering(), &mut staged, kind, edit, self.now_ms);
        self.staged = staged;
        let Some(made) = made? else { return Ok(()) };
        let operation =
            Operation::Change(RecordChange { kind: edit.kind.to_owned(), record: edit.record.0, change: made.bytes });
        self.appended.changes.push(NewChange { kind: edit.kind, record: edit.record, change: made.hash });
        self.operations += 1;
        self.plain_bytes += made.size_bytes;
        match made.concerns_person {
            true => self.persons.entry(edit.record).or_default().push(operation),
            false => self.shared.push(operation),
        }
        Ok(())
    }

    /// Adds one posting, after it has closed an entry that is full.
    pub fn post<R>(&mut self, new: NewPosting, rng: &mut impl CryptoRng) -> Result<(), AppendError<R>> {
        let size_bytes = new.body.len() + new.cites.len() * CITE_BYTES + OPERATION_OVERHEAD_BYTES;
        if self.operations > 0 && self.is_full_with(size_bytes) {
            self.close(rng)?;
        }
        let NewPosting { kind, version, id, cites, body } = new;
        let posting = Posting { kind: kind.to_owned(), version, id: id.0, cites, body };
        let mut staged = std::mem::take(&mut self.staged);
        let delivering = self.delivering();
        let known = delivering.check_known(&posting).map_err(|_| AppendError::UnknownPosting(kind));
        let outcome = known.and_then(|()| {
            delivering.stage_posting(&mut staged, posting.clone()).map_err(|stop| match stop {
                Stop::Verdict(verdict) => AppendError::WouldBeQuarantined(verdict),
                Stop::Storage(error) => AppendError::Storage(error.into()),
            })
        });
        self.staged = staged;
        outcome?;
        self.operations += 1;
        self.plain_bytes += size_bytes;
        self.shared.push(Operation::Posting(posting));
        Ok(())
    }

    fn delivering(&self) -> Delivering<'_> {
        Delivering {
            connection: self.connection,
            application: self.application,
            organisation: self.state.organisation,
            scope: self.request.scope,
            writer: self.state.writer(),
            actor: self.actor,
            author: self.request.author,
            at_ms: self.now_ms,
            state: self.state,
            roster: &self.roster,
            past: &self.past,
            behind_parked: false,
        }
    }

    fn is_full_with(&self, more_bytes: usize) -> bool {
        self.operations >= limits::TARGET_ENTRY_OPERATIONS
            || self.persons.len() >= limits::TARGET_ENTRY_PERSONS
            || self.plain_bytes + more_bytes > TARGET_ENTRY_PLAIN_BYTES
    }

    /// Seals, signs and writes the entry that is being filled, and begins the next.
    fn close<R>(&mut self, rng: &mut impl CryptoRng) -> Result<(), AppendError<R>> {
        let (scope, writer) = (self.request.scope, self.state.writer());
        let roster_heads = self.state.history.current().heads.clone();
        let log = self.state.log_or_new(self.connection, &scope, &writer)?;
        let id = log.id;
        if !std::mem::replace(&mut log.local, true) {
            logs::set_local(self.connection, id)?;
        }
        let builder = EntryBuilder {
            previous: (log.seq > 0).then_some((log.seq, log.hash)),
            organisation: self.state.organisation,
            scope,
            writer,
            roster_heads: roster_heads.clone(),
            deps: std::mem::take(&mut self.deps),
            envelope: self.envelope.clone(),
            shared: std::mem::take(&mut self.shared),
            persons: std::mem::take(&mut self.persons).into_values().collect(),
        };
        let entry = builder.build(Some(&self.key), self.signing, rng).map_err(AppendError::Entry)?;
        let head = entry.head();
        self.past.add(id, head.seq);
        let new = NewEntry {
            log: id,
            past: &self.past,
            verified: true,
            verdict: &Verdict::Delivered,
            envelope: Some(&self.envelope),
            operations: self.operations,
            received_ms: self.now_ms,
        };
        entries::insert(self.connection, &entry, &new)?;
        let staged = std::mem::take(&mut self.staged);
        let origin = Origin::new(scope, id, head, &self.envelope);
        let written = staged.write(self.connection, self.application, &origin, Projecting::Strictly);
        self.written.extend(written.map_err(|failed| match is_storage_failure(&failed.source) {
            true => AppendError::Storage(failed.source.into()),
            false => AppendError::Projection { record: failed.id, source: failed.source },
        })?);
        self.state.advance(self.connection, &scope, head, self.past.clone(), roster_heads)?;
        self.appended.heads.push(head);
        (self.operations, self.plain_bytes) = (0, 0);
        Ok(())
    }

    /// Closes the last entry.
    pub fn finish<R>(mut self, rng: &mut impl CryptoRng) -> Result<Appended, AppendError<R>> {
        if self.operations > 0 {
            self.close(rng)?;
        }
        let Some(head) = self.appended.heads.last().copied() else { return Ok(self.appended) };
        self.written.sort_unstable();
        self.written.dedup();
        self.appended.records = self.written.iter().map(|(_, id)| *id).collect();
        let commit = self.state.commit(self.request.scope, vec![head]);
        self.appended.commits = vec![Committed { commit, records: self.written }];
        Ok(self.appended)
    }
}

/// What stands behind the next own entry of a scope, and the heads that it has to cite.
pub(super) fn cite(state: &State, scope: &ScopeId, writer: &Writer) -> (Past, Vec<LogHead>) {
    let mut past = state.log(scope, writer).map(|log| log.past.clone()).unwrap_or_default();
    let advanced: Vec<_> = state
        .logs_of(scope)
        .filter(|(of, log)| *of != writer && log.seq > past.seq(log.id))
        // More than a header may cite: the rest is cited by the entry after, and not built on before.
        .take(MAX_CITED_LOGS)
        .collect();
    let deps = advanced.iter().map(|(of, log)| LogHead { writer: **of, seq: log.seq, hash: log.hash }).collect();
    advanced.iter().for_each(|(_, log)| past.merge(&log.past));
    (past, deps)
}

/// A change that was made and staged.
struct Made {
    bytes: Vec<u8>,
    hash: ChangeHash,
    size_bytes: usize,
    concerns_person: bool,
}

/// Makes the change that an edit asks for and stages it; `None` when everything shows already.
fn make_change<R>(
    delivering: &Delivering<'_>,
    staged: &mut Staged,
    kind: &'static RecordType,
    edit: &Edit,
    now_ms: i64,
) -> Result<Option<Made>, AppendError<R>> {
    let (connection, scope, id) = (delivering.connection, &delivering.scope, edit.record);
    let record = staged.load(delivering, edit.kind, id)?;
    if edit.create {
        if !record.cells.is_empty() || records::of_any_kind(connection, scope, &id)?.is_some() {
            return Err(AppendError::RecordExists(id));
        }
    } else if record.cells.is_empty() {
        return Err(AppendError::NoSuchRecord { kind: edit.kind, record: id });
    }
    let puts = wanted_puts(&record.cells, edit);
    if puts.is_empty() {
        return Ok(None);
    }
    let concerns_person = delivering.application.concerns_person(edit.kind, &record.cells, &puts);
    let seq = record.next_seq(connection, &delivering.actor)?;
    let built = build_change(&record.cells, delivering.actor, seq, now_ms.div_euclid(1_000), &puts)
        .map_err(|source| AppendError::Change { record: id, source })?;
    delivering.stage(staged, kind, id, &built.change).map_err(|stop| match stop {
        Stop::Verdict(verdict) => AppendError::WouldBeQuarantined(verdict),
        Stop::Storage(error) => AppendError::Storage(error.into()),
    })?;
    let size_bytes = built.bytes.len() + OPERATION_OVERHEAD_BYTES;
    Ok(Some(Made { bytes: built.bytes, hash: built.change.hash, size_bytes, concerns_person }))
}

/// A citation, about.
const CITE_BYTES: usize = 70;
/// Kind, id and framing of an operation, about.
const OPERATION_OVERHEAD_BYTES: usize = 48;
/// Type, length and predecessor of a put, about.
const PUT_OVERHEAD_BYTES: usize = 24;

/// How much an edit will add to its entry, about.
fn about_bytes(edit: &Edit) -> usize {
    let put = |(key, value): &(String, Scalar)| key.len() + value.size_bytes() + PUT_OVERHEAD_BYTES;
    OPERATION_OVERHEAD_BYTES + edit.puts.iter().map(put).sum::<usize>()
}

/// What of an edit is written: on creation everything; else what differs from what shows, and what settles a conflict.
fn wanted_puts(cells: &Cells, edit: &Edit) -> Vec<(String, Scalar)> {
    if edit.create {
        return edit.puts.clone();
    }
    let mut puts = edit_puts(cells, &edit.puts);
    for (key, value) in edit.puts.iter().filter(|(key, _)| edit.resolve.contains(key)) {
        let settles = cells.visible(key).len() > 1 && puts.iter().all(|(put, _)| put != key);
        if settles {
            puts.push((key.clone(), value.clone()));
        }
    }
    puts
}
