//! The replica: one writer, many readers, and what everyone may see of the log without asking the database.
//! Owns the locks. Each verb on it stands in a file of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use comptoir_sync_protocol::ids::{Epoch, Hash, Incarnation, OrganisationId, ScopeId, SiteId, Writer};
use comptoir_sync_protocol::roster::{self, Party, Roster};
use comptoir_sync_protocol::session::LocalView;
use comptoir_sync_protocol::vector::Vector;
use rand_core::CryptoRng;

use crate::application::Application;
use crate::connections::Readers;
use crate::history::Keys;
use crate::identity::Identity;
use crate::open::Options;
use crate::reading::Reading;
use crate::record::RecordIdMint;
use crate::state::State;
use crate::storage::StorageError;
use crate::table::meta;
use crate::writer::{OTHER, Points, WriterSide};

/// All that one site holds: logs, records, projections. `Send` and `Sync`; calls block on the disk.
pub struct Replica<A> {
    application: A,
    identity: RwLock<Option<Arc<Identity>>>,
    incarnation: Incarnation,
    organisation: OrganisationId,
    site: SiteId,
    writer: Mutex<WriterSide>,
    readers: Readers,
    published: RwLock<Published>,
}

/// What the last commit left.
#[derive(Clone, Debug)]
struct Published {
    writer: Writer,
    roster: Arc<Roster>,
    vectors: BTreeMap<ScopeId, Arc<Vector>>,
    wanted: BTreeMap<ScopeId, Vec<Hash>>,
    keys: Arc<Keys>,
}

impl Published {
    fn of(state: &State) -> Self {
        Self {
            writer: state.writer(),
            roster: state.history.current(),
            vectors: state.vectors.clone(),
            wanted: state.wanted.clone(),
            keys: state.keys.clone(),
        }
    }
}

impl<A> std::fmt::Debug for Replica<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Replica({})", self.site)
    }
}

impl<A: Application> Replica<A> {
    pub(crate) fn assemble(
        application: A,
        options: Options,
        site: SiteId,
        writer: WriterSide,
        readers: Readers,
    ) -> Self {
        let published = RwLock::new(Published::of(&writer.state));
        Self {
            application,
            identity: RwLock::new(options.identity.map(Arc::new)),
            incarnation: options.incarnation,
            organisation: options.organisation,
            site,
            writer: Mutex::new(writer),
            readers,
            published,
        }
    }

    /// The organisation.
    pub fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// The site.
    pub fn site(&self) -> SiteId {
        self.site
    }

    /// Under which writer it appends.
    pub fn writer(&self) -> Writer {
        self.published().writer
    }

    /// The program built on it.
    pub fn application(&self) -> &A {
        &self.application
    }

    pub(crate) fn identity(&self) -> Option<Arc<Identity>> {
        self.identity.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same site has further keys, made a moment ago: nothing is sealed to them yet, and they sign from when the roster
    /// names them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn set_identity(&self, identity: Identity) -> Result<(), StorageError> {
        let identity = Arc::new(identity);
        self.lock()?.is_now(Arc::clone(&identity));
        *self.identity.write().unwrap_or_else(PoisonError::into_inner) = Some(identity);
        Ok(())
    }

    pub(crate) fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// The roster as it is now.
    pub fn roster(&self) -> Arc<Roster> {
        self.published().roster
    }

    /// The vectors of the scopes that this site holds, the roster's among them.
    pub fn vectors(&self) -> BTreeMap<ScopeId, Arc<Vector>> {
        self.view().vectors
    }

    /// What a session must know of this side when it begins.
    pub fn view(&self) -> LocalView {
        let Published { roster, mut vectors, wanted, .. } = self.published();
        let us = Party::Site(self.site);
        vectors.retain(|scope, _| roster.may_hold(&us, scope));
        vectors.entry(roster::scope_id()).or_default();
        for scope in roster.scopes.keys().filter(|scope| roster.may_hold(&us, scope)) {
            vectors.entry(*scope).or_default();
        }
        LocalView { roster, vectors, wanted, unreceipted: self.unreceipted() }
    }

    /// The name of a scope; its id in hex when the roster does not know it.
    pub fn scope_name(&self, scope: &ScopeId) -> String {
        name_of(&self.roster(), scope)
    }

    /// Makes ids for records that this site creates in a scope. A new mint's ids do not repeat those of another.
    pub fn mint(&self, scope: ScopeId) -> RecordIdMint {
        RecordIdMint::new(self.organisation.0, scope.0, self.site.0)
    }

    /// Runs a query on one consistent state of the database: the program's projections, records, conflicts.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read<T>(&self, query: impl FnOnce(&Reading<'_>) -> rusqlite::Result<T>) -> Result<T, StorageError> {
        let keys = self.keys();
        Ok(self.readers.read(|connection| query(&Reading::new(connection, &keys)))?)
    }

    /// Begins a new epoch: after a restore, or when another copy of this site was found. What was written before stays.
    ///
    /// # Errors
    /// When the store fails.
    pub fn begin_epoch(&self, rng: &mut impl CryptoRng) -> Result<Writer, StorageError> {
        let epoch = Epoch::random(rng);
        self.write(OTHER, |connection, state| {
            meta::set(connection, meta::EPOCH, &epoch.0)?;
            state.dirty = true;
            state.epoch = epoch;
            Ok(state.writer())
        })
    }

    /// What the program above noted under this name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let key = format!("{}{name}", meta::NOTE_PREFIX);
        Ok(self.readers.read(|connection| meta::get(connection, &key))?)
    }

    /// Notes something for the program above; it is no part of the log.
    ///
    /// # Errors
    /// When the store fails.
    pub fn set_note(&self, name: &str, value: &[u8]) -> Result<(), StorageError> {
        let key = format!("{}{name}", meta::NOTE_PREFIX);
        self.write(OTHER, |connection, _| Ok(meta::set(connection, &key, value)?))
    }

    fn published(&self) -> Published {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keys(&self) -> Arc<Keys> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    fn lock(&self) -> Result<MutexGuard<'_, WriterSide>, StorageError> {
        match self.writer.lock() {
            Ok(writer) => Ok(writer),
            Err(poisoned) => {
                // A transaction panicked and was rolled back; memory may be ahead of the database.
                self.writer.clear_poison();
                let mut writer = poisoned.into_inner();
                writer.reload()?;
                Ok(writer)
            }
        }
    }

    /// Looks at what the writer has in memory, between transactions.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, StorageError> {
        let mut writer = self.lock()?;
        writer.refresh()?;
        Ok(look(&writer.state))
    }

    /// Runs a transaction of which nothing stays.
    pub(crate) fn rehearse<T, E: From<StorageError>>(
        &self,
        work: impl FnOnce(&rusqlite::Connection, &mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        self.lock()?.rehearse(work)
    }

    /// Runs one transaction of the writer, then shows what it left.
    pub(crate) fn write<T, E: From<StorageError>>(
        &self,
        points: Points,
        work: impl FnOnce(&rusqlite::Connection, &mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.lock()?;
        let outcome = writer.transact(points, work);
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = Published::of(&writer.state);
        outcome
    }
}

pub(crate) fn name_of(roster: &Roster, scope: &ScopeId) -> String {
    if *scope == roster::scope_id() {
        return "roster".to_owned();
    }
    roster.scopes.get(scope).map_or_else(|| scope.to_string(), |scope| scope.name.clone())
}
