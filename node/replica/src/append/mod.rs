//! Appending: a command's edits become entries of the own log, in one transaction.
//!
//! Owns the way from edits to changes and from changes to entries. What is built here goes through the same checks as
//! what arrives: nothing leaves that others would quarantine. Never decides what a command does.

mod entry;
mod membership;
mod rekey;
mod removal;
mod roster;

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{BatchId, ScopeId};
use comptoir_sync_protocol::roster::scope_id as roster_scope;
use rand_core::CryptoRng;
use rusqlite::Connection;
use std::convert::Infallible;
use thiserror::Error;

use crate::admit::Committed;
use crate::application::Application;
use crate::identity::Identity;
use crate::posting::{NewPosting, Standpoint};
use crate::reading::Reading;
use crate::record::{ChangeHash, ChangeRefused, RecordId, Scalar};
use crate::replica::Replica;
use crate::state::State;
use crate::storage::StorageError;
use crate::verdict::Verdict;
use crate::writer::APPEND;
use entry::{Filling, cite};
pub use membership::Membership;
pub use removal::{CountedLog, RemovalError, Removing};
pub use roster::{genesis_entry, organisation_of};

/// Who appends where, by which command.
#[derive(Clone, Copy, Debug)]
pub struct Append<'a> {
    /// The scope.
    pub scope: ScopeId,
    /// The person, or `SITE/operator` until staff exist.
    pub author: &'a str,
    /// The command's name, such as `party.create`.
    pub command: &'a str,
    /// The act of which this is a part, when it needs several transactions and is undone as one.
    pub batch: Option<BatchId>,
}

impl<'a> Append<'a> {
    /// An append that is an act of its own.
    #[must_use]
    pub fn new(scope: ScopeId, author: &'a str, command: &'a str) -> Self {
        Self { scope, author, command, batch: None }
    }

    /// The same, as a part of a batch. Draw the id once, for all of its parts.
    #[must_use]
    pub fn in_batch(self, id: BatchId) -> Self {
        Self { batch: Some(id), ..self }
    }
}

/// What a command does to one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The record's kind.
    pub kind: &'static str,
    /// The record. To create one, take the id from [`Replica::mint`].
    pub record: RecordId,
    /// The record is made by this edit.
    pub create: bool,
    /// Fields and their new values. A value that already shows is not written again: that would settle a conflict in
    /// silence.
    pub puts: Vec<(String, Scalar)>,
    /// Fields of `puts` that are written even if the value shows already: to settle a conflict.
    pub resolve: Vec<String>,
}

impl Edit {
    /// Makes a record.
    #[must_use]
    pub fn create(kind: &'static str, record: RecordId, puts: Vec<(String, Scalar)>) -> Self {
        Self { kind, record, create: true, puts, resolve: Vec::new() }
    }

    /// Changes fields of a record.
    #[must_use]
    pub fn change(kind: &'static str, record: RecordId, puts: Vec<(String, Scalar)>) -> Self {
        Self { kind, record, create: false, puts, resolve: Vec::new() }
    }

    /// Settles conflicts: each of these fields has this value from now on.
    #[must_use]
    pub fn resolve(kind: &'static str, record: RecordId, puts: Vec<(String, Scalar)>) -> Self {
        let resolve = puts.iter().map(|(key, _)| key.clone()).collect();
        Self { kind, record, create: false, puts, resolve }
    }
}

/// One thing that a command writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A change of a record.
    Edit(Edit),
    /// A posting. One that is decided on together with others must be so that it stands behind them.
    Post(NewPosting),
}

impl From<Edit> for Write {
    fn from(edit: Edit) -> Self {
        Self::Edit(edit)
    }
}

impl From<NewPosting> for Write {
    fn from(posting: NewPosting) -> Self {
        Self::Post(posting)
    }
}

/// A change of a record that was written here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewChange {
    /// The record's kind.
    pub kind: &'static str,
    /// The record.
    pub record: RecordId,
    /// Names the change in the record's history.
    pub change: ChangeHash,
}

/// What was appended. Durable.
#[derive(Clone, Debug, Default)]
pub struct Appended {
    /// The entries; none when nothing differed from what is there.
    pub heads: Vec<LogHead>,
    /// The records that changed, and the postings.
    pub records: Vec<RecordId>,
    /// The changes of records that were written, in their order.
    pub changes: Vec<NewChange>,
    /// For sessions and screens.
    pub commits: Vec<Committed>,
}

/// Why nothing was appended.
#[derive(Debug, Error)]
pub enum AppendError<R = Infallible> {
    /// The command was refused by its own rules.
    #[error("refused")]
    Refused(R),
    /// The replica was opened for inspection.
    #[error("the replica is open for inspection only")]
    Inspecting,
    /// The roster does not let this site write there, or knows it under another key.
    #[error("this site may not write in scope {0}")]
    NotMember(ScopeId),
    /// This site, or the holder of the roster key, is suspended or revoked: everybody would quarantine it.
    #[error("headquarters has {} this site, or its admin key", if *.revoked { "revoked" } else { "suspended" })]
    Removed {
        /// For good; else until it is resumed.
        revoked: bool,
    },
    /// The roster names no key for the scope, or this site has not got it.
    #[error("there is no key to write in scope {0} with")]
    NoKey(ScopeId),
    /// The application has no such kind.
    #[error("no record kind {0:?}")]
    UnknownKind(&'static str),
    /// There is no such record of this kind in the scope.
    #[error("no {kind} {record} here")]
    NoSuchRecord {
        /// The kind.
        kind: &'static str,
        /// The record.
        record: RecordId,
    },
    /// A record of this id is there already.
    #[error("record {0} exists already")]
    RecordExists(RecordId),
    /// The change cannot be built: too much in it, or a field twice.
    #[error("record {record} cannot be changed so")]
    Change {
        /// The record.
        record: RecordId,
        /// Why.
        #[source]
        source: ChangeRefused,
    },
    /// There is no such kind of posting, or not in this version.
    #[error("no posting kind {0:?}")]
    UnknownPosting(&'static str),
    /// Every site would quarantine it: it writes what only another site may write, or breaks a rule.
    #[error("{}", reason(.0))]
    WouldBeQuarantined(Verdict),
    /// The author's or the command's name is too long.
    #[error("the author's or the command's name is too long")]
    NameTooLong,
    /// A change does not fit into an entry.
    #[error("the entry cannot be built")]
    Entry(#[source] comptoir_sync_protocol::EntryError),
    /// The application could not project the record.
    #[error("record {record} cannot be projected")]
    Projection {
        /// The record.
        record: RecordId,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// There is no such kind, or none that headquarters writes: who writes it is not the organisation's to decide.
    #[error("{kind:?} is no kind whose writers the organisation decides")]
    WritersFixed {
        /// The kind.
        kind: String,
    },
    /// Whoever signs holds no key of the roster, or the acts do not found what is not founded yet.
    #[error("the roster refuses the acts")]
    Roster(#[source] comptoir_sync_protocol::roster::RosterRefusal),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

fn reason(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Quarantined { reason, .. } | Verdict::Parked { reason, .. } => reason,
        Verdict::Delivered => "",
    }
}

impl<R> From<rusqlite::Error> for AppendError<R> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl<A: Application> Replica<A> {
    /// Appends what `decide` wants, seeing the present state; nothing else is written between its look and the commit.
    /// On return the edits are durable. `now_ms` (Unix milliseconds) is a hint for people.
    ///
    /// # Errors
    /// [`AppendError`]; nothing was written then.
    pub fn append<W: Into<Write>, R>(
        &self,
        request: Append<'_>,
        now_ms: i64,
        rng: &mut impl CryptoRng,
        decide: impl FnOnce(&Reading<'_>) -> Result<Vec<W>, R>,
    ) -> Result<Appended, AppendError<R>> {
        let identity = self.identity().ok_or(AppendError::Inspecting)?;
        self.write(APPEND, |connection, state| {
            let (keys, writer) = (state.keys.clone(), state.writer());
            let (past, _) = cite(state, &request.scope, &writer);
            let roster = state.history.current();
            let standpoint = Standpoint {
                connection,
                application: self.application(),
                organisation: state.organisation,
                scope: request.scope,
                writer,
                roster_heads: &roster.heads,
                past: &past,
                state,
            };
            let writes = decide(&Reading::deciding(standpoint, &keys)).map_err(AppendError::Refused)?;
            if writes.is_empty() {
                return Ok(Appended::default());
            }
            let writes: Vec<Write> = writes.into_iter().map(Into::into).collect();
            self.fill(connection, state, &identity, request, now_ms, rng, writes)
        })
    }

    /// Appends edits that are decided already.
    ///
    /// # Errors
    /// As [`Replica::append`].
    pub fn append_edits(
        &self,
        request: Append<'_>,
        edits: Vec<Edit>,
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, AppendError> {
        self.append(request, now_ms, rng, |_| Ok(edits))
    }

    #[expect(clippy::too_many_arguments, reason = "the transaction's own, and the request's")]
    fn fill<R>(
        &self,
        connection: &Connection,
        state: &mut State,
        identity: &Identity,
        request: Append<'_>,
        now_ms: i64,
        rng: &mut impl CryptoRng,
        writes: Vec<Write>,
    ) -> Result<Appended, AppendError<R>> {
        let (application, incarnation) = (self.application(), self.incarnation());
        let mut filling = Filling::begin(connection, state, application, identity, incarnation, request, now_ms)?;
        for write in writes {
            match write {
                Write::Edit(edit) => filling.add(&edit, rng)?,
                Write::Post(posting) => filling.post(posting, rng)?,
            }
        }
        filling.finish(rng)
    }
}

/// Whether a scope is one that records live in.
fn holds_records(scope: &ScopeId) -> bool {
    *scope != roster_scope()
}
