//! Receipts outside of the database: up to where relays have acknowledged each of this node's logs. Owns the file and the
//! comparison on start, by which a database that is older than the world is noticed. Never judges a receipt.

use std::sync::{Mutex, PoisonError};

use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::session::LocalView;
use comptoir_sync_protocol::{ScopeId, Writer};
use serde::{Deserialize, Serialize};

use crate::data_dir::DataDir;
use crate::durable::{self, ReadError};
use crate::limits::RECEIPTS_WRITE_INTERVAL_MS;
use crate::problem::told;

/// Up to where one log is acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Acknowledged {
    scope: String,
    site: String,
    epoch: String,
    seq: u64,
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    acknowledged: Vec<Acknowledged>,
}

impl Acknowledged {
    fn of(receipt: &Receipt) -> Self {
        let Writer { site, epoch } = receipt.head.writer;
        let (scope, site, epoch) = (receipt.scope.to_string(), site.to_string(), epoch.to_string());
        Self { scope, site, epoch, seq: receipt.head.seq }
    }

    fn place(&self) -> Option<(ScopeId, Writer)> {
        let writer = Writer { site: self.site.parse().ok()?, epoch: self.epoch.parse().ok()? };
        Some((self.scope.parse().ok()?, writer))
    }
}

/// Writes the file, at intervals.
#[derive(Debug)]
pub struct ReceiptsFile {
    data: DataDir,
    written_ms: Mutex<Option<i64>>,
}

impl ReceiptsFile {
    /// The file of a node.
    pub fn new(data: DataDir) -> Self {
        Self { data, written_ms: Mutex::new(None) }
    }

    /// Whether the file should be written again.
    pub fn is_due(&self, now_ms: i64) -> bool {
        let written = *self.written_ms.lock().unwrap_or_else(PoisonError::into_inner);
        written.is_none_or(|written| now_ms.abs_diff(written) >= RECEIPTS_WRITE_INTERVAL_MS)
    }

    /// Writes what was acknowledged. A failure costs the notice of a restored backup, no more.
    pub fn write(&self, receipts: &[Receipt], now_ms: i64) {
        let file = File { acknowledged: receipts.iter().map(Acknowledged::of).collect() };
        match durable::write(&self.data.receipts(), &file) {
            Ok(()) => *self.written_ms.lock().unwrap_or_else(PoisonError::into_inner) = Some(now_ms),
            Err(error) => tracing::warn!(error = %told(&error), "the receipts were not kept"),
        }
    }
}

/// Whether the database lacks entries of this very writer that a relay has acknowledged: it is an old backup, or was cut short.
pub fn is_older(data: &DataDir, own: Writer, view: &LocalView) -> Result<bool, ReadError> {
    let file: File = durable::read(&data.receipts())?.unwrap_or_default();
    let lacks = |acknowledged: &Acknowledged| {
        acknowledged.place().is_some_and(|(scope, writer)| {
            writer == own && view.vectors.get(&scope).map_or(0, |vector| vector.seq(&writer)) < acknowledged.seq
        })
    };
    Ok(file.acknowledged.iter().any(lacks))
}
