//! How the line to the relay stands, computed from what sessions report. Owns the state and the file that keeps up to when
//! everything was received; never connects.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::data_dir::DataDir;
use crate::durable;
use crate::limits::RECEIVED_WRITE_INTERVAL_MS;
use crate::problem::told;

/// The line to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// A session with the relay is open, and it knows us.
    Connected,
    /// The first attempt is under way.
    Connecting,
    /// The last attempt failed, or the line was lost; it is tried again.
    Offline,
    /// No daemon runs.
    Stopped,
    /// The organisation has no relay.
    None,
}

/// How the line stands now, and when everything that the relay had was here.
#[derive(Debug)]
pub struct Line {
    data: DataDir,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: LineState,
    received_up_to_ms: Option<i64>,
    /// What the file says.
    written_ms: Option<i64>,
    trouble: Option<String>,
    refused: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ReceivedFile {
    received_up_to_ms: i64,
}

impl Line {
    /// The line of a node that no daemon serves (yet).
    pub fn new(data: DataDir) -> Self {
        // A damaged file costs a date on a screen, no more.
        let file = durable::read::<ReceivedFile>(&data.received()).ok().flatten();
        let received_up_to_ms = file.map(|file| file.received_up_to_ms);
        let inner = Inner {
            state: LineState::Stopped,
            received_up_to_ms,
            written_ms: received_up_to_ms,
            trouble: None,
            refused: None,
        };
        Self { data, inner: Mutex::new(inner) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it stands.
    pub fn state(&self) -> LineState {
        self.inner().state
    }

    /// When everything that the relay had was committed here, by our clock; Unix milliseconds.
    pub fn received_up_to_ms(&self) -> Option<i64> {
        self.inner().received_up_to_ms
    }

    /// Why the last attempt failed, if it did.
    pub fn trouble(&self) -> Option<String> {
        self.inner().trouble.clone()
    }

    /// What the peer would not take of ours since the start, the last of it.
    pub fn refused(&self) -> Option<String> {
        self.inner().refused.clone()
    }

    /// The peer will not take something of ours.
    pub fn is_refused(&self, what: String) {
        self.inner().refused = Some(what);
    }

    /// It stands thus now. Whether that is news.
    pub fn becomes(&self, state: LineState) -> bool {
        let mut inner = self.inner();
        if state == LineState::Connected {
            inner.trouble = None;
        }
        std::mem::replace(&mut inner.state, state) != state
    }

    /// It is down, for this reason. Whether that is news.
    pub fn is_down(&self, trouble: String) -> bool {
        let mut inner = self.inner();
        let news = inner.state != LineState::Offline || inner.trouble.as_ref() != Some(&trouble);
        inner.state = LineState::Offline;
        inner.trouble = Some(trouble);
        news
    }

    /// Everything that the relay has is here. The file follows at intervals: after a kill it may be a little behind.
    pub fn is_current(&self, now_ms: i64) {
        let due = {
            let mut inner = self.inner();
            inner.received_up_to_ms = Some(now_ms);
            inner.written_ms.is_none_or(|written| now_ms.abs_diff(written) >= RECEIVED_WRITE_INTERVAL_MS)
        };
        if due {
            self.keep();
        }
    }

    /// Writes the file, if it is behind.
    pub fn keep(&self) {
        let Some(received_up_to_ms) = self.inner().received_up_to_ms else { return };
        if self.inner().written_ms == Some(received_up_to_ms) {
            return;
        }
        match durable::write(&self.data.received(), &ReceivedFile { received_up_to_ms }) {
            Ok(()) => self.inner().written_ms = Some(received_up_to_ms),
            Err(error) => tracing::warn!(error = %told(&error), "the time of receipt was not kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_time_of_receipt_outlives_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let line = Line::new(DataDir::new(dir.path()));
        assert_eq!((line.state(), line.received_up_to_ms()), (LineState::Stopped, None));
        assert!(line.becomes(LineState::Connecting) && line.becomes(LineState::Connected));
        assert!(!line.becomes(LineState::Connected));
        line.is_current(1_000);
        assert!(line.is_down("no answer".into()) && !line.is_down("no answer".into()));
        let kept = || Line::new(DataDir::new(dir.path())).received_up_to_ms();
        assert_eq!(kept(), Some(1_000));
        line.is_current(1_001);
        assert_eq!((line.received_up_to_ms(), kept()), (Some(1_001), Some(1_000)), "not every word is written at once");
        line.keep();
        assert_eq!(kept(), Some(1_001));
    }
}
