//! Backups: a copy of all that the node holds, and putting one back. Owns taking a copy while work goes on, what is remembered of the last
//! one that was kept, and how one replaces the database. Keys, passwords and the access log are in no backup; where backups are kept is
//! their owner's.

pub mod file;
pub mod restore;

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::data_dir::DataDir;
use crate::kept::Kept;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::spool::{self, Spool};

/// The last backup that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBackup {
    /// As of when: Unix milliseconds by this node's clock.
    pub at_ms: i64,
    /// Its size, before it was sealed.
    pub bytes: u64,
}

/// What is remembered of backups.
pub struct Backups {
    last: Kept<Option<LastBackup>>,
    /// The copy that was handed out last: it is a backup once somebody says that it was kept.
    taken: Mutex<Option<LastBackup>>,
}

impl Backups {
    /// As the directory's file says.
    pub fn read(data: &DataDir) -> Self {
        Self { last: Kept::read(data.backup()), taken: Mutex::default() }
    }

    /// The last one that was kept; none, as far as is known, where there was none.
    pub fn last(&self) -> Option<LastBackup> {
        *self.last.held()
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Option<LastBackup>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A copy of all that is held, as of now, in a file that passes through.
pub fn take(node: &Node) -> Result<Spool, Problem> {
    let at_ms = clock::now_ms();
    let (spool, _) = Spool::create(node.data()).map_err(|error| spool::problem(&error))?;
    node.replica().copy_to(spool.path()).map_err(|error| node.storage_problem(&error))?;
    let bytes = spool.open().and_then(|file| file.metadata()).map_err(|error| spool::problem(&error))?.len();
    *node.backups.taken() = Some(LastBackup { at_ms, bytes });
    Ok(spool)
}

/// The copy that was taken last lies where it is to be kept.
pub fn kept(node: &Node) -> Result<LastBackup, Problem> {
    let taken = node.backups.taken().take();
    let taken = taken.ok_or_else(|| Problem::new(Code::NoBackup, "No copy was taken that could have been kept"))?;
    node.backups.last.change(|last| {
        *last = Some(taken);
        Ok(())
    })?;
    node.tell(crate::api::events::Event::Status);
    Ok(taken)
}
