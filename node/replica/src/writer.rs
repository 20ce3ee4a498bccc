//! The one writer: a connection, the log in memory, and the transaction that keeps both alike.
//! Owns beginning, committing and rolling back; never decides what is written.

use std::sync::Arc;

use comptoir_sync_protocol::ids::OrganisationId;
use rusqlite::{Connection, TransactionBehavior};

use crate::application::Application;
use crate::identity::Identity;
use crate::open::{Failpoint, OpenError, Options};
use crate::rebuild;
use crate::state::State;
use crate::state_hash;
use crate::storage::StorageError;
use crate::table::{damaged, meta};

/// Raised when the rules of judging change: what was set aside is judged anew on opening.
const JUDGING_VERSION: u32 = 3;

pub(crate) struct WriterSide {
    pub connection: Connection,
    pub state: State,
    organisation: OrganisationId,
    identity: Option<Arc<Identity>>,
    failpoint: Option<Failpoint>,
}

/// Where a transaction's failpoints are.
#[derive(Clone, Copy)]
pub(crate) struct Points {
    before_commit: &'static str,
    after_commit: &'static str,
}

pub(crate) const APPEND: Points = Points { before_commit: "append.before-commit", after_commit: "append.after-commit" };
pub(crate) const ADMIT: Points = Points { before_commit: "admit.before-commit", after_commit: "admit.after-commit" };
pub(crate) const OTHER: Points = Points { before_commit: "other.before-commit", after_commit: "other.after-commit" };

impl WriterSide {
    pub fn new(connection: Connection, options: &Options) -> rusqlite::Result<Self> {
        let state = State::load(&connection, options.organisation, options.identity.as_ref())?;
        Ok(Self {
            connection,
            state,
            organisation: options.organisation,
            identity: options.identity.clone().map(Arc::new),
            failpoint: options.failpoint.clone(),
        })
    }

    /// Whose keys are tried when the log is loaded anew.
    pub fn is_now(&mut self, identity: Arc<Identity>) {
        self.identity = Some(identity);
    }

    /// Runs `work` in one transaction. On any error nothing of it stays, neither in the database nor in memory.
    pub fn transact<T, E: From<StorageError>>(
        &mut self,
        points: Points,
        work: impl FnOnce(&Connection, &mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        self.refresh()?;
        let outcome = self.attempt(points, work);
        if outcome.is_ok() {
            self.state.dirty = false;
        } else if self.state.dirty {
            self.reload()?;
        }
        outcome
    }

    /// Loads the log in memory again where that was not possible after the transaction before had failed.
    pub fn refresh(&mut self) -> Result<(), StorageError> {
        if self.state.dirty { self.reload() } else { Ok(()) }
    }

    fn attempt<T, E: From<StorageError>>(
        &mut self,
        points: Points,
        work: impl FnOnce(&Connection, &mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        let done = work(&transaction, &mut self.state)?;
        if let Some(failpoint) = &self.failpoint {
            failpoint(points.before_commit);
        }
        // From here on the outcome is the disk's: on an error memory is loaded from what it kept.
        self.state.dirty = true;
        transaction.commit().map_err(StorageError::from)?;
        if let Some(failpoint) = &self.failpoint {
            failpoint(points.after_commit);
        }
        Ok(done)
    }

    /// Runs `work` in a transaction of which nothing stays.
    pub fn rehearse<T, E: From<StorageError>>(
        &mut self,
        work: impl FnOnce(&Connection, &mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StorageError::from)?;
        self.state.dirty = true;
        let outcome = work(&transaction, &mut self.state);
        // Cached statements on tables that were made meanwhile would fail after the rollback.
        transaction.flush_prepared_statement_cache();
        transaction.rollback().map_err(StorageError::from)?;
        self.reload()?;
        outcome
    }

    /// Loads the log in memory from the database again.
    pub fn reload(&mut self) -> Result<(), StorageError> {
        self.state = State::load(&self.connection, self.organisation, self.identity.as_deref())?;
        Ok(())
    }

    /// Entries that loading found damaged are wanted from peers.
    fn want_what_is_damaged(&mut self) -> Result<(), StorageError> {
        let found = std::mem::take(&mut self.state.found_damaged);
        if found.is_empty() {
            return Ok(());
        }
        self.transact(OTHER, |connection, _| {
            found.iter().try_for_each(|(scope, hash, position)| damaged::insert(connection, scope, hash, *position))?;
            Ok::<_, StorageError>(())
        })?;
        self.reload()
    }

    /// Makes the projection, makes it anew when it is of another version, and judges anew what an older version could
    /// not read.
    pub fn bring_up_to_date(&mut self, application: &dyn Application) -> Result<(), OpenError> {
        self.want_what_is_damaged()?;
        let projection = application.projection();
        let mut kinds: Vec<String> = application.record_types().iter().map(|kind| kind.kind.to_owned()).collect();
        // The first version of a kind is no news: it came with the kind.
        let newer = application.posting_types().iter().filter(|known| *known.versions.end() > 1);
        kinds.extend(newer.map(|known| format!("{}/{}", known.kind, known.versions.end())));
        kinds.sort_unstable();
        let known = format!("{JUDGING_VERSION} {}", kinds.join(" "));
        let tables = format!("{} {}", projection.version, blake3::hash(projection.create.as_bytes()).to_hex());
        let had_known = meta::get(&self.connection, meta::KNOWN)?;
        let had_tables = meta::get(&self.connection, meta::PROJECTION)?;
        let learned = had_known.as_deref() != Some(known.as_bytes());
        if learned || had_tables.as_deref() != Some(tables.as_bytes()) {
            self.transact(OTHER, |connection, state| {
                if had_tables.as_deref() != Some(tables.as_bytes()) {
                    rebuild::project_anew(connection, application)?;
                }
                if learned && had_known.is_some() {
                    rebuild::judge_parked_anew(connection, state, application)?;
                }
                meta::set(connection, meta::KNOWN, known.as_bytes())?;
                meta::set(connection, meta::PROJECTION, tables.as_bytes())?;
                Ok::<_, StorageError>(())
            })
            .map_err(OpenError::from)?;
        }
        for &table in projection.tables {
            if !state_hash::has_scope(&self.connection, table)? {
                return Err(OpenError::ProjectionTable { table });
            }
        }
        Ok(())
    }
}
