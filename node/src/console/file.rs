//! `console.json`: what headquarters' console has asked, and what was decided. Owns the shape and how much of it is kept.

use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::console::{ConsoleOutcome, ConsoleRequest};
use serde::{Deserialize, Serialize};

use crate::data_dir::DataDir;
use crate::durable::{self, ReadError, WriteError};
use crate::entropy::{hex, unhex};
use crate::limits::MAX_CONSOLE_REQUESTS;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// As it came.
    pub request: ConsoleRequest,
    /// What was decided; none: it waits.
    pub decision: Option<Decision>,
}

/// What somebody decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether it was done; else it was declined.
    pub done: bool,
    /// Who decided.
    pub by: String,
    /// What they said to it.
    pub said: String,
    /// When; Unix milliseconds.
    pub at_ms: i64,
}

impl Decision {
    /// As the relay is told.
    pub fn outcome(&self) -> ConsoleOutcome {
        if self.done { ConsoleOutcome::Done } else { ConsoleOutcome::Declined }
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// CBOR in hex, as the frame had it.
    request: String,
    decision: Option<Decision>,
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    requests: Vec<Stored>,
}

/// Reads them all, in the order in which they came.
pub fn read(data: &DataDir) -> Result<Vec<Kept>, ReadError> {
    let path = data.console();
    let file: File = durable::read(&path)?.unwrap_or_default();
    let damaged =
        || ReadError::Damaged { path: path.clone(), source: serde::de::Error::custom("a request in it is none") };
    let kept = |stored: Stored| {
        let request = unhex(&stored.request).and_then(|bytes| codec::from_bytes("console request", &bytes).ok());
        Ok(Kept { request: request.ok_or_else(damaged)?, decision: stored.decision })
    };
    file.requests.into_iter().map(kept).collect()
}

/// Writes them all; of what is decided only as much as there is room for, the latest.
pub fn write(data: &DataDir, mut requests: Vec<Kept>) -> Result<(), WriteError> {
    let mut over = requests.len().saturating_sub(MAX_CONSOLE_REQUESTS);
    requests.retain(|kept| {
        let goes = over > 0 && kept.decision.is_some();
        over -= usize::from(goes);
        !goes
    });
    let stored = |kept: Kept| Stored { request: hex(&codec::to_bytes(&kept.request)), decision: kept.decision };
    durable::write(&data.console(), &File { requests: requests.into_iter().map(stored).collect() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_sync_protocol::console::{ConsoleAct, Subject};
    use comptoir_sync_protocol::ids::{RequestId, SiteId};

    use super::*;

    fn kept(number: u8, done: Option<bool>) -> Kept {
        let act = ConsoleAct::Suspend(Subject { site: SiteId([7; 16]) });
        let request =
            ConsoleRequest { id: RequestId([number; 16]), at_ms: 5, by: "paul".into(), reason: "lost".into(), act };
        let decision = done.map(|done| Decision { done, by: "PAR/awa".into(), said: String::new(), at_ms: 6 });
        Kept { request, decision }
    }

    #[test]
    fn they_come_back_as_they_were() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        assert!(read(&data).unwrap().is_empty());
        let all = vec![kept(1, None), kept(2, Some(true)), kept(3, Some(false))];
        write(&data, all.clone()).unwrap();
        assert_eq!(read(&data).unwrap(), all);
    }

    #[test]
    fn what_is_decided_makes_room_the_oldest_first() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        let mut all = vec![kept(1, None), kept(2, Some(true)), kept(3, Some(true))];
        all.extend((0..MAX_CONSOLE_REQUESTS - 2).map(|_| kept(4, None)));
        write(&data, all.clone()).unwrap();
        all.remove(1);
        assert_eq!(read(&data).unwrap(), all);
    }
}
