//! The relay: the real core over its real store, whose process can die, and whose disk can be taken away.
//! Owns the directory and the process; never decides when something happens to them.

use std::path::PathBuf;

use comptoir_relay::core::{CoreIdentity, RelayCore};
use comptoir_relay::store::Durability;
use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::{Commit, Event, LocalView};
use tokio::sync::broadcast;

use super::failure::Failure;
use super::host::{Call, Called};

/// The relay and its machine.
pub struct SimRelay {
    identity: CoreIdentity,
    dir: PathBuf,
    running: Option<(RelayCore, broadcast::Receiver<Commit>)>,
}

impl SimRelay {
    /// A relay whose machine is off, with nothing on its disk.
    pub fn new(identity: CoreIdentity, dir: PathBuf) -> Self {
        Self { identity, dir, running: None }
    }

    /// Starts the process over what the disk holds.
    pub fn start(&mut self) -> Result<(), Failure> {
        let opened = RelayCore::open(&self.dir, self.identity.clone(), Durability::Off);
        let core = opened.map_err(Failure::program("opening the relay"))?;
        let commits = core.subscribe();
        self.running = Some((core, commits));
        Ok(())
    }

    /// Ends the process.
    pub fn die(&mut self) {
        self.running = None;
    }

    /// Ends the process and takes its store away; its keys lie elsewhere.
    pub fn lose_store(&mut self) -> Result<(), Failure> {
        self.die();
        let listed = std::fs::read_dir(&self.dir).map_err(Failure::program("listing the relay's files"))?;
        for file in listed.flatten() {
            std::fs::remove_file(file.path()).map_err(Failure::program("deleting the relay's store"))?;
        }
        Ok(())
    }

    /// Whether its process runs.
    pub fn is_up(&self) -> bool {
        self.running.is_some()
    }

    /// What a session must know when it begins.
    pub fn view(&self) -> Option<LocalView> {
        self.running.as_ref().map(|(core, _)| core.view())
    }

    /// Carries out what a session asks of the store.
    pub fn call(&mut self, peer: Option<Party>, call: Call) -> Result<Called, Failure> {
        let Some((core, commits)) = &mut self.running else { return Ok(Called::default()) };
        let answer = match call {
            Call::Read { scope, have, most_bytes } => {
                let entries = core.read(scope, &have, most_bytes).map_err(Failure::program("the relay's reading"))?;
                Some(Event::Read { scope, entries })
            }
            Call::ReadWanted { scope, wanted } => {
                let entries = core.read_wanted(scope, &wanted).map_err(Failure::program("the relay's reading"))?;
                Some(Event::Read { scope, entries })
            }
            Call::Admit { scope, entries } => {
                let report = core.admit(peer, scope, entries).map_err(Failure::program("the relay's admission"))?;
                Some(Event::Admitted(report.admitted))
            }
            // Only relays sign receipts, and no relay speaks to this one.
            Call::Receipts(receipts) => {
                return Err(Failure::Receipt(format!("the relay was sent {} receipts", receipts.len())));
            }
        };
        Ok(Called { answer, commits: std::iter::from_fn(|| commits.try_recv().ok()).collect(), ..Called::default() })
    }
}
