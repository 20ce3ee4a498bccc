//! A site: a real replica with the real back office, whose process can die and start again.
//!
//! Owns the directory, the clock's error, and dying: between two steps the process is dropped, inside a commit it is ended
//! by the replica's own failpoints. Never decides when.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_backoffice::BackOffice;
use comptoir_replica::{Durability, Options as ReplicaOptions, Replica};
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::{Event, LocalView};
use comptoir_sync_protocol::testing::TestSite;
use comptoir_sync_protocol::{Incarnation, OrganisationId};
use rand_chacha::ChaCha20Rng;
use rusqlite::Connection;

use super::check::Shown;
use super::failure::Failure;
use super::host::{Call, Called};
use super::keyring::Keyring;
use super::stock::faulty::Lenient;

/// What ends a process inside a commit. Its panic carries this and nothing is printed.
struct Died;

type ArmedAt = Arc<Mutex<Option<&'static str>>>;

/// A site and its machine.
pub struct SimSite {
    /// Its id and code, and the keys that it was founded with.
    pub secrets: TestSite,
    /// All keys that it ever had.
    pub keys: Keyring,
    /// How wrong its clock is.
    pub clock_error_ms: i64,
    /// Receipts that its store took since they were last asked for.
    pub stored_receipts: Vec<Receipt>,
    organisation: OrganisationId,
    path: PathBuf,
    replica: Option<Replica<BackOffice>>,
    armed_at: ArmedAt,
    rng: ChaCha20Rng,
}

/// What became of something that a process did.
pub enum Outcome<T> {
    /// It was done.
    Done(T),
    /// The process died in the middle.
    Died,
}

impl SimSite {
    /// A site whose machine is off, with nothing on its disk.
    pub fn new(secrets: TestSite, organisation: OrganisationId, path: PathBuf, rng: ChaCha20Rng) -> Self {
        Self {
            keys: Keyring::new(secrets.clone()),
            secrets,
            clock_error_ms: 0,
            stored_receipts: Vec::new(),
            organisation,
            path,
            replica: None,
            armed_at: ArmedAt::default(),
            rng,
        }
    }

    /// Starts the process: a new incarnation over what the disk holds.
    pub fn start(&mut self) -> Result<(), Failure> {
        let options = self.options();
        let opened = Replica::open(&self.path, BackOffice, options, &mut self.rng);
        self.replica = Some(opened.map_err(Failure::program("opening a replica"))?);
        Ok(())
    }

    fn options(&mut self) -> ReplicaOptions {
        let armed_at = Arc::clone(&self.armed_at);
        ReplicaOptions {
            organisation: self.organisation,
            identity: Some(self.keys.identity()),
            incarnation: Incarnation::random(&mut self.rng),
            durability: Durability::Off,
            failpoint: Some(Arc::new(move |point| {
                let mut armed = armed_at.lock().unwrap_or_else(PoisonError::into_inner);
                if *armed == Some(point) {
                    *armed = None;
                    drop(armed);
                    resume_unwind(Box::new(Died));
                }
            })),
        }
    }

    /// Ends the process, and lets a program without rules work on the same store.
    pub fn lawlessly<T>(
        &mut self,
        work: impl FnOnce(&Replica<Lenient>, &mut ChaCha20Rng) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.die();
        let options = self.options();
        let opened = Replica::open(&self.path, Lenient, options, &mut self.rng);
        work(&opened.map_err(Failure::program("opening a replica"))?, &mut self.rng)
    }

    /// Ends the process, and changes its tables behind its back. How many rows.
    pub fn spoil(&mut self, sql: &str) -> Result<usize, Failure> {
        self.die();
        let connection = Connection::open(&self.path).map_err(Failure::program("opening the file"))?;
        connection.execute(sql, []).map_err(Failure::program("spoiling a table"))
    }

    /// Ends the process: what was not committed is gone.
    pub fn die(&mut self) {
        self.replica = None;
        self.keys.forget_turns();
        self.disarm();
    }

    /// The process takes up the keys that were made since it started.
    pub fn use_keys(&self) -> Result<(), Failure> {
        let Some(replica) = &self.replica else { return Ok(()) };
        replica.set_identity(self.keys.identity()).map_err(Failure::program("taking up new keys"))
    }

    /// Whether its process runs.
    pub fn is_up(&self) -> bool {
        self.replica.is_some()
    }

    /// The replica, while the process runs.
    pub fn replica(&self) -> Option<&Replica<BackOffice>> {
        self.replica.as_ref()
    }

    /// The next commit that reaches this point ends the process there.
    pub fn arm(&self, point: &'static str) {
        *self.armed_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(point);
    }

    /// No commit ends the process any more.
    pub fn disarm(&self) {
        *self.armed_at.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Does something in the process, which may die of it.
    pub fn run<T>(
        &mut self,
        work: impl FnOnce(&Replica<BackOffice>, &mut ChaCha20Rng) -> Result<T, Failure>,
    ) -> Result<Outcome<T>, Failure> {
        let Some(replica) = &self.replica else { return Ok(Outcome::Died) };
        let rng = &mut self.rng;
        let done = match catch_unwind(AssertUnwindSafe(|| work(replica, rng))) {
            Ok(done) => Outcome::Done(done?),
            Err(panic) if panic.is::<Died>() => Outcome::Died,
            Err(panic) => resume_unwind(panic),
        };
        if matches!(done, Outcome::Died) {
            self.die();
        }
        Ok(done)
    }

    /// What a session must know when it begins.
    pub fn view(&self) -> Option<LocalView> {
        self.replica.as_ref().map(Replica::view)
    }

    /// Carries out what a session asks of the store.
    pub fn call(&mut self, _peer: Option<Party>, call: Call, wall_ms: i64) -> Result<Called, Failure> {
        let mut stored = Vec::new();
        let called = self.run(|replica, _| match call {
            Call::Read { scope, have, most_bytes } => {
                let entries = replica.read_missing(scope, &have, most_bytes).map_err(Failure::program("reading"))?;
                Ok(Called::answer(Event::Read { scope, entries }))
            }
            Call::ReadWanted { scope, wanted } => {
                let entries = replica.read_wanted(scope, &wanted).map_err(Failure::program("reading wanted"))?;
                Ok(Called::answer(Event::Read { scope, entries }))
            }
            Call::Admit { scope, entries } => {
                let report = replica.admit(scope, entries, wall_ms).map_err(Failure::program("admitting"))?;
                let commits = report.delivered.into_iter().map(|committed| committed.commit).collect();
                let aside = [report.quarantined, report.parked].concat();
                Ok(Called { answer: Some(Event::Admitted(report.admitted)), commits, aside, died: false })
            }
            Call::Receipts(receipts) => {
                let roster = replica.roster();
                let signs = |key| roster.relays.values().any(|relay| relay.signing == key);
                if let Some(receipt) = receipts.iter().find(|receipt| !receipt.is_signed() || !signs(receipt.relay)) {
                    return Err(Failure::Receipt(format!("nobody of the roster signed {receipt:?}")));
                }
                replica.store_receipts(&receipts, wall_ms).map_err(Failure::program("storing receipts"))?;
                stored = receipts;
                Ok(Called::default())
            }
        })?;
        self.stored_receipts.append(&mut stored);
        Ok(match called {
            Outcome::Done(called) => called,
            Outcome::Died => Called { died: true, ..Called::default() },
        })
    }

    /// All that it shows to its clients.
    pub fn shown(&self) -> Result<Shown, Failure> {
        let Some(replica) = &self.replica else { return Ok(Shown::new()) };
        let mut shown = Shown::new();
        let read = replica.read(|reading| {
            reading.for_each_record(|record| {
                shown.insert(record.id, record.cells);
                Ok(())
            })
        });
        read.map_err(Failure::program("reading records"))?;
        Ok(shown)
    }
}
