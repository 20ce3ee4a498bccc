//! The relay's face to the network: takes connections and gives each a task for its purpose, within bounds.
//!
//! Owns accepting, who is connected, and what a running relay shares. Judges no entry ([`crate::core`]) and admits no site:
//! the roster does.

mod asking;
mod claim;
mod enrolment;
mod registry;
mod sampling;
mod session;
mod standing;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use comptoir_transport::{CloseCode, Endpoint, Purpose, StoreFailure};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admin::meters::{Meters, Readings};
use crate::admin::{ScopeStatus, Status};
use crate::alarms::book::AlarmBook;
use crate::changes::Changes;
use crate::clock;
use crate::core::RelayCore;
use crate::data_dir::DataDir;
use crate::health::{Board, Counted};
use crate::identity::RelayIdentity;
use crate::limits::STOP_DEADLINE;
use crate::mailbox::Mailbox;
use crate::requests::RequestBook;
use registry::Registry;

pub use standing::Standing;

/// What a relay keeps beside its store, each in a file of its own.
#[derive(Debug)]
pub(crate) struct Beside {
    /// Join requests that wait.
    pub mailbox: Mailbox,
    /// How the sites stand.
    pub board: Board,
    /// What headquarters should know.
    pub alarms: AlarmBook,
    /// What people at the console ask of nodes.
    pub requests: RequestBook,
}

/// What all tasks of a running relay share.
#[derive(Debug)]
pub struct Front {
    dir: DataDir,
    identity: Mutex<RelayIdentity>,
    /// Empty while the relay belongs to nobody.
    core: OnceLock<Arc<RelayCore>>,
    beside: Beside,
    registry: Arc<Registry>,
    changes: Changes,
    meters: Meters,
    endpoint: Endpoint,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// The medium took no more at the last try.
    full: AtomicBool,
    failure: Mutex<Option<StoreFailure>>,
}

impl Front {
    pub(crate) fn new(
        dir: DataDir,
        identity: RelayIdentity,
        core: Option<RelayCore>,
        (beside, changes): (Beside, Changes),
        endpoint: Endpoint,
    ) -> Self {
        Self {
            dir,
            identity: Mutex::new(identity),
            core: core.map(|core| OnceLock::from(Arc::new(core))).unwrap_or_default(),
            beside,
            meters: Meters::new(clock::now_ms()),
            registry: Arc::new(Registry::new(changes.clone())),
            changes,
            endpoint,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            full: AtomicBool::new(false),
            failure: Mutex::default(),
        }
    }

    /// Takes connections until the relay stops.
    pub(crate) async fn accept(self: Arc<Self>) {
        loop {
            let connection = tokio::select! {
                () = self.stop.cancelled() => return,
                connection = self.endpoint.accept() => connection,
            };
            let Some(connection) = connection else { return };
            let front = Arc::clone(&self);
            self.tasks.spawn(async move {
                match (connection.purpose(), front.core()) {
                    (Purpose::Enrolment, _) => enrolment::serve(front, connection).await,
                    (Purpose::Sync, Some(core)) => session::serve(front, core, connection).await,
                    (Purpose::Sync, None) => claim::serve(front, connection).await,
                }
            });
        }
    }

    /// Keeps how busy it is until the relay stops.
    pub(crate) fn take_samples(self: Arc<Self>) {
        let tasks = self.tasks.clone();
        tasks.spawn(sampling::keep(self));
    }

    /// Ends every session in good order, within bounds.
    pub(crate) async fn shut_down(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_DEADLINE, self.tasks.wait()).await.is_err() {
            tracing::warn!("sessions did not end in time and are cut off");
        }
        self.endpoint.shut_down(CloseCode::ShuttingDown, "").await;
    }

    /// Cancelled once the relay is to stop, by whomever.
    pub(crate) fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// The store cannot be trusted any more: nothing further may be acknowledged, so the relay stops.
    fn fail(&self, failure: StoreFailure) {
        self.failure_slot().get_or_insert(failure);
        self.stop.cancel();
    }

    /// Why the relay stopped by itself.
    pub(crate) fn take_failure(&self) -> Option<StoreFailure> {
        self.failure_slot().take()
    }

    fn failure_slot(&self) -> MutexGuard<'_, Option<StoreFailure>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_full(&self, full: bool) {
        if self.full.swap(full, Ordering::Relaxed) != full {
            match full {
                true => tracing::error!("no room is left for the store: entries are not taken until there is"),
                false => tracing::info!("the store has room again"),
            }
        }
    }

    fn identity(&self) -> MutexGuard<'_, RelayIdentity> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_claimed_by(&self, secret: &[u8; 16]) -> bool {
        self.identity().is_claimed_by(secret)
    }

    /// The logs, once the relay belongs to somebody.
    pub fn core(&self) -> Option<Arc<RelayCore>> {
        self.core.get().cloned()
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.meters
    }

    /// How the sites stand.
    pub(crate) fn board(&self) -> &Board {
        &self.beside.board
    }

    /// What headquarters should know.
    pub(crate) fn alarms(&self) -> &AlarmBook {
        &self.beside.alarms
    }

    /// What people at the console ask of nodes.
    pub(crate) fn requests(&self) -> &RequestBook {
        &self.beside.requests
    }

    /// Where it is told that something changed.
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    fn mailbox(&self) -> &Mailbox {
        &self.beside.mailbox
    }

    /// `host:port`, as sites are told.
    pub(crate) fn address(&self) -> String {
        self.identity().address.clone()
    }

    pub(crate) fn dir(&self) -> &DataDir {
        &self.dir
    }

    /// Why the relay cannot serve at the moment.
    pub(crate) fn unready(&self) -> Option<&'static str> {
        if self.stop.is_cancelled() {
            return Some("stopping");
        }
        self.is_full().then_some("disk_full")
    }

    /// Whether the medium took no more at the last try.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// What a scrape shows beside the counts.
    pub(crate) fn readings(&self) -> Readings {
        let census = self.registry.census();
        let accepted = self.endpoint.accept_counts();
        let mut readings = Readings {
            ready: self.unready().is_none(),
            connections: self.endpoint.open_connections(),
            sessions: census.named,
            strangers: census.strangers,
            enrolments: census.enrolments,
            received_bytes: census.received_bytes,
            sent_bytes: census.sent_bytes,
            join_requests: self.mailbox().waiting_count().unwrap_or_default(),
            disk_free_bytes: self.dir.free_bytes(),
            handshakes_refused: accepted.refused,
            handshakes_failed: accepted.failed,
            ..Readings::default()
        };
        if let Some(core) = self.core.get() {
            let counts = core.counts();
            readings.scopes = counts.len();
            readings.entries = counts.iter().map(|count| count.entries).sum();
            readings.damaged_entries = core.damaged_entries();
            readings.store_bytes = core.store_bytes();
        }
        readings
    }

    /// What it has counted since it began, and holds now.
    pub(crate) fn counted(&self) -> Counted {
        let census = self.registry.census();
        Counted {
            received_bytes: census.received_bytes,
            sent_bytes: census.sent_bytes,
            receipts: self.meters.receipts(),
            sessions: census.named as u64,
            store_bytes: self.core.get().map_or(0, |core| core.store_bytes()),
        }
    }

    /// Connections that are open, those in their handshake among them.
    pub(crate) fn connections(&self) -> usize {
        self.endpoint.open_connections()
    }

    /// The hash of its TLS key.
    pub(crate) fn pin(&self) -> [u8; 32] {
        self.identity().tls.pin().0
    }

    /// The host of the address that sites are told.
    pub(crate) fn host(&self) -> String {
        let address = self.address();
        address.rsplit_once(':').map_or(address.clone(), |(host, _)| host.to_owned())
    }

    pub(crate) fn status(&self) -> Status {
        let status = status_of(&self.dir, &self.identity(), self.core.get().map(Arc::as_ref));
        let join_requests = self.mailbox().waiting_count().unwrap_or_default();
        Status { running: true, sessions: self.registry.census().named, join_requests, ..status }
    }
}

/// How a relay stands as far as its directory tells.
pub(crate) fn status_of(dir: &DataDir, identity: &RelayIdentity, core: Option<&RelayCore>) -> Status {
    let name = core.map(|core| core.roster().name.clone());
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        running: false,
        address: identity.address.clone(),
        pin: identity.tls.pin().to_string(),
        jurisdiction: identity.jurisdiction.clone(),
        organisation: identity.organisation.map(|organisation| organisation.to_string()),
        organisation_name: name.filter(|name| !name.is_empty()),
        sessions: 0,
        join_requests: 0,
        store_bytes: core.map_or(0, RelayCore::store_bytes),
        disk_free_bytes: dir.free_bytes(),
        damaged_entries: core.map_or(0, RelayCore::damaged_entries),
        scopes: core.map(|core| core.counts().into_iter().map(ScopeStatus::from).collect()).unwrap_or_default(),
    }
}
