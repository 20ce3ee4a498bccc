//! The node itself: a replica with its keys, and what is told to whom when something was committed. Owns the one way from a
//! commit to sessions and screens, and the decision that a broken disk ends the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use comptoir_backoffice::BackOffice;
use comptoir_backoffice::day::day_of;
use comptoir_backoffice::inbox;
use comptoir_backoffice::staff::is_the_operators;
use comptoir_backoffice::staff::query::accounts_of;
use comptoir_replica::record::Date;
use comptoir_replica::{Committed, Replica, StorageError};
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::roster::{self, Roster, Site};
use comptoir_sync_protocol::session::Commit;
use comptoir_sync_protocol::{Hash, ScopeId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio_util::sync::CancellationToken;

use crate::access::AccessLog;
use crate::api::events::Event;
use crate::backup::Backups;
use crate::console::Console;
use crate::custody::keyring::Keyring;
use crate::custody::{KeyFiles, RosterKeys};
use crate::data_dir::{DataDir, EnterError, Lock};
use crate::identity::{NodeKeys, RosterKey};
use crate::lan::Lan;
use crate::limits::{COMMIT_QUEUE_COMMITS, EVENT_QUEUE_EVENTS};
use crate::opening::{emptied, not_joined, open_replica};
use crate::problem::{Code, Problem, told};
use crate::receipts::{self, ReceiptsFile};
use crate::spool::Spool;
use crate::staff::Staff;
use crate::sync::line::Line;
use crate::{clock, entropy};

/// What a count of the inbox depends on: the logs, and the day.
type InboxState = (BTreeMap<String, Hash>, Date);

/// One site's node, open.
pub struct Node {
    data: DataDir,
    _lock: Lock,
    keys: NodeKeys,
    keyring: Keyring,
    roster_keys: RosterKeys,
    replica: Replica<BackOffice>,
    line: Line,
    lan: Lan,
    pub(crate) direct: crate::direct::Direct,
    staff: Staff,
    accesses: Arc<AccessLog>,
    receipts: ReceiptsFile,
    pub(crate) backups: Backups,
    restored: AtomicBool,
    commits: broadcast::Sender<Commit>,
    events: broadcast::Sender<Event>,
    stopping: CancellationToken,
    failure: OnceLock<Problem>,
    broken: CancellationToken,
    daemon: AtomicBool,
    /// How many items the inbox had, and of which state: proposals of duplicates cost a look at all parties.
    inbox: Mutex<Option<(InboxState, u64)>>,
    /// Invitations are read, changed and written by one at a time.
    invitations: Mutex<()>,
    /// By which headquarters' console asks.
    console: Console,
    /// One import is written at a time.
    imports: Arc<Semaphore>,
}

impl Node {
    /// Opens the node of a directory whose lock is held.
    pub fn open(data: DataDir, lock: Lock) -> Result<Self, Problem> {
        Spool::clear(&data);
        let files = KeyFiles::open(&data)?;
        let keys = files.node()?.ok_or_else(|| EnterError::NotANode { path: data.path().to_owned() })?;
        let keyring = Keyring::new(&keys, files.renewed()?)?;
        let replica = open_replica(&data, keys.organisation, &keyring)?;
        let node = Self::assemble(data, lock, keys, keyring, RosterKeys::read(files)?, replica);
        if node.own_site().is_none() {
            // A join keeps its file until the database holds all of it.
            return Err(if node.data.join().exists() { not_joined() } else { emptied(&node.data) });
        }
        node.follow_keys();
        node.notice_restore()?;
        node.tell_staff();
        Ok(node)
    }

    /// A database that lacks what a relay has acknowledged is older than the world. Writing on under the same epoch would
    /// make a second entry at a place that is taken: a new epoch begins, and the lost tail comes back from the relay.
    fn notice_restore(&self) -> Result<(), Problem> {
        let own = self.replica.writer();
        let view = self.replica.view();
        let older = |writer| {
            receipts::is_older(&self.data, writer, &view).map_err(|error| Problem::from_error(Code::Damaged, &error))
        };
        let own_is_older = older(own)?;
        if self.roster_keys.renew(older)? {
            self.restored.store(true, Ordering::Relaxed);
        }
        if own_is_older {
            let new = self.replica.begin_epoch(&mut entropy::os()).map_err(|error| storage_problem(&error))?;
            tracing::warn!(old = %own, %new, "the database is older than what was acknowledged: a new epoch begins");
            self.restored.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether the database turned out older than the world when it was opened.
    pub fn is_restored(&self) -> bool {
        self.restored.load(Ordering::Relaxed)
    }

    /// Keeps receipts, in the database and, at intervals, outside of it. How many were kept.
    pub fn keep_receipts(&self, received: &[Receipt]) -> Result<usize, StorageError> {
        let now_ms = clock::now_ms();
        let kept = self.replica.store_receipts(received, now_ms)?;
        if kept > 0 && self.receipts.is_due(now_ms) {
            self.receipts.write(&self.replica.receipts()?, now_ms);
        }
        Ok(kept)
    }

    /// Writes the small files that follow at intervals.
    pub fn settle_files(&self) {
        self.line.keep();
        match self.replica.receipts() {
            Ok(receipts) if receipts.is_empty() => {}
            Ok(receipts) => self.receipts.write(&receipts, clock::now_ms()),
            Err(error) => tracing::warn!(error = %told(&error), "the receipts were not kept"),
        }
    }

    /// Puts a node together, also one that no roster names yet.
    pub(crate) fn assemble(
        data: DataDir,
        lock: Lock,
        keys: NodeKeys,
        keyring: Keyring,
        roster_keys: RosterKeys,
        replica: Replica<BackOffice>,
    ) -> Self {
        let (line, receipts) = (Line::new(data.clone()), ReceiptsFile::new(data.clone()));
        let (lan, staff) = (Lan::read(&data, keys.tls.clone()), Staff::read(data.clone()));
        let (accesses, backups) = (Arc::new(AccessLog::of(&data)), Backups::read(&data));
        Self {
            direct: crate::direct::Direct::read(&data, keys.site),
            data,
            _lock: lock,
            keys,
            keyring,
            roster_keys,
            replica,
            line,
            lan,
            staff,
            accesses,
            receipts,
            backups,
            restored: AtomicBool::new(false),
            commits: broadcast::channel(COMMIT_QUEUE_COMMITS).0,
            events: broadcast::channel(EVENT_QUEUE_EVENTS).0,
            stopping: CancellationToken::new(),
            inbox: Mutex::new(None),
            failure: OnceLock::new(),
            broken: CancellationToken::new(),
            daemon: AtomicBool::new(false),
            invitations: Mutex::new(()),
            console: Console::default(),
            imports: Arc::new(Semaphore::new(1)),
        }
    }

    /// Its directory.
    pub fn data(&self) -> &DataDir {
        &self.data
    }

    /// The keys that it began with.
    pub fn keys(&self) -> &NodeKeys {
        &self.keys
    }

    /// All keys of its site.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The keys of the roster that are here.
    pub fn roster_keys(&self) -> &RosterKeys {
        &self.roster_keys
    }

    /// The key that signs daily acts of the roster, or why there is none.
    pub fn signer(&self) -> Result<Arc<RosterKey>, Problem> {
        self.roster_keys.signer(&self.roster())
    }

    /// What it holds.
    pub fn replica(&self) -> &Replica<BackOffice> {
        &self.replica
    }

    /// How the line to the relay stands.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// Its door on the local network.
    pub fn lan(&self) -> &Lan {
        &self.lan
    }

    /// Its staff.
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// Its access log.
    pub fn accesses(&self) -> &Arc<AccessLog> {
        &self.accesses
    }

    /// Tells who signs in here, as the records have it now. If they cannot be read, nobody does.
    fn tell_staff(&self) {
        let site = self.site_code();
        let read = || self.replica.read(|reading| accounts_of(reading.connection(), &site));
        self.staff.are(|| {
            read().unwrap_or_else(|error| {
                tracing::error!(error = %told(&error), "the accounts cannot be read: everybody is signed out");
                Vec::new()
            })
        });
    }

    /// The roster as it is now.
    pub fn roster(&self) -> Arc<Roster> {
        self.replica.roster()
    }

    /// This site as the roster knows it.
    pub fn own_site(&self) -> Option<Site> {
        self.roster().sites.get(&self.keys.site).cloned()
    }

    /// This site's code; empty while the roster does not name it.
    pub fn site_code(&self) -> String {
        self.own_site().map(|site| site.profile.code).unwrap_or_default()
    }

    /// A scope's name; its id when the roster does not know it.
    pub fn scope_name(&self, scope: &ScopeId) -> String {
        self.replica.scope_name(scope)
    }

    /// Whether a daemon serves it.
    pub fn is_daemon(&self) -> bool {
        self.daemon.load(Ordering::Relaxed)
    }

    /// A daemon serves it from now on.
    pub fn is_daemon_now(&self) {
        self.daemon.store(true, Ordering::Relaxed);
    }

    /// Alone with the invitations, until what is returned is dropped.
    pub fn invitations(&self) -> std::sync::MutexGuard<'_, ()> {
        self.invitations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line by which headquarters' console asks.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// The turn of an import that is written, to be held until it is done; `None` while another one has it.
    pub fn import_turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.imports).try_acquire_owned().ok()
    }

    /// Cancelled when the node is asked to stop.
    pub fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Follows all commits, for one session.
    pub fn follow(&self) -> broadcast::Receiver<Commit> {
        self.commits.subscribe()
    }

    /// Follows what changed, for one screen.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells sessions and screens what was committed, wherever it came from.
    pub fn publish(&self, committed: &[Committed]) {
        for Committed { commit, records } in committed {
            let is_roster = commit.scope == roster::scope_id();
            if is_roster {
                self.follow_keys();
            }
            // Nobody listening is no error.
            let _ = self.commits.send(commit.clone());
            if records.iter().any(|(kind, _)| is_the_operators(kind)) {
                self.tell_staff();
            }
            let records = records.iter().map(|(kind, id)| ((*kind).to_string(), id.to_string()));
            let events = if is_roster {
                vec![Event::Organisation]
            } else {
                Event::of_records(&self.scope_name(&commit.scope), records)
            };
            events.into_iter().for_each(|event| self.tell(event));
        }
    }

    /// Tells screens.
    pub fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Refuses writing once the disk has failed: nothing may be acknowledged any more.
    pub fn check_whole(&self) -> Result<(), Problem> {
        self.failure.get().map_or(Ok(()), |problem| Err(problem.clone()))
    }

    /// The disk failed in a way that must end the process (an fsync that failed is never tried again).
    pub fn breaks(&self, problem: Problem) {
        tracing::error!(problem = %problem.message, code = %problem.code, "the node cannot go on");
        let _ = self.failure.set(problem);
        self.broken.cancel();
    }

    /// Why it cannot go on, if it cannot.
    pub fn failure(&self) -> Option<Problem> {
        self.failure.get().cloned()
    }

    /// Waits until it cannot go on.
    pub async fn failed(&self) {
        self.broken.cancelled().await;
    }

    /// The day at this site.
    pub fn today(&self) -> Date {
        day_of(clock::now_ms(), &self.home().time_zone)
    }

    /// How many items of the inbox are open. Counted anew when something arrived or was written since.
    pub fn open_items(&self) -> Result<u64, StorageError> {
        let today = self.today();
        let state = (self.replica.digests(), today);
        let mut counted = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = counted.as_ref().filter(|(of, _)| *of == state) {
            return Ok(*count);
        }
        let count = u64::from(inbox::counts(&self.replica, today)?.total());
        *counted = Some((state, count));
        Ok(count)
    }

    /// This site's time zone, an IANA name.
    pub fn time_zone(&self) -> String {
        self.own_site().map(|site| site.profile.time_zone).unwrap_or_default()
    }

    /// This site's locale (BCP 47).
    pub fn locale(&self) -> String {
        self.own_site().map(|site| site.profile.locale).unwrap_or_default()
    }

    /// A failure of the store as a problem; one that is fatal ends the node.
    pub fn storage_problem(&self, error: &StorageError) -> Problem {
        let problem = storage_problem(error);
        if error.is_fatal() {
            self.breaks(problem.clone());
        }
        problem
    }
}

/// A failure of the store as a problem.
pub fn storage_problem(error: &StorageError) -> Problem {
    let code = match error {
        StorageError::Full(_) => Code::DiskFull,
        StorageError::Io(_) => Code::StorageFailed,
        StorageError::ReadOnly(_) => Code::DirectoryReadOnly,
        StorageError::Damaged(_) => Code::Damaged,
        StorageError::Busy(_) => Code::DirectoryInUse,
        StorageError::Sql(_) => Code::Internal,
    };
    Problem::from_error(code, error)
}
