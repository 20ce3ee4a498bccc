//! Looking at a replica: records, outbox, receipts, and what was set aside.
//! Owns reads only, but for the keeping of receipts.

use std::collections::BTreeMap;

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Hash, ScopeId, Writer};
use comptoir_sync_protocol::receipt::Receipt;

use crate::application::Application;
use crate::record::RecordId;
use crate::replica::Replica;
use crate::storage::StorageError;
use crate::table::conflicts::Conflict;
use crate::table::entries::{self, SetAside};
use crate::table::forks::{self, ForkProof};
use crate::table::logs;
use crate::table::receipts;
use crate::table::records::StoredRecord;
use crate::table::waiting::{self, WaitingEntry};
use crate::writer::OTHER;

/// An entry written here that no relay has acknowledged as durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its scope.
    pub scope: ScopeId,
    /// Its place.
    pub head: LogHead,
    /// By which command.
    pub command: String,
    /// Unix milliseconds by this node's clock.
    pub wall_clock_ms: i64,
    /// Its size.
    pub bytes: u64,
    /// How many operations it holds: changes of records, or acts of the roster.
    pub operations: u64,
}

/// A log written here of which a relay has not acknowledged all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsentLog {
    /// Its scope.
    pub scope: ScopeId,
    /// Its writer.
    pub writer: Writer,
    /// Up to where relays have acknowledged it.
    pub acknowledged: u64,
    /// Up to where it was written.
    pub written: u64,
}

impl<A: Application> Replica<A> {
    /// A record of a scope.
    ///
    /// # Errors
    /// When the store fails.
    pub fn record(&self, scope: ScopeId, id: RecordId) -> Result<Option<StoredRecord>, StorageError> {
        self.read(|reading| reading.record(&scope, &id))
    }

    /// Each site's writer of which something was heard, in its present epoch as far as it is known here.
    ///
    /// # Errors
    /// When the store fails.
    pub fn latest_writers(&self) -> Result<Vec<Writer>, StorageError> {
        let mut writers = self.read(|reading| logs::latest_writers(reading.connection()))?;
        let own = self.writer();
        writers.retain(|writer| writer.site != own.site);
        writers.push(own);
        Ok(writers)
    }

    /// A record by its id alone.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find_record(&self, id: RecordId) -> Result<Option<StoredRecord>, StorageError> {
        self.read(|reading| reading.find_record(&id))
    }

    /// The fields that hold several distinct values, by scope, record and field.
    ///
    /// # Errors
    /// When the store fails.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, StorageError> {
        self.read(|reading| reading.conflicts())
    }

    /// Entries that break a rule: without effect, here and everywhere.
    ///
    /// # Errors
    /// When the store fails.
    pub fn quarantined(&self) -> Result<Vec<SetAside>, StorageError> {
        Ok(self.readers().read(entries::quarantined)?)
    }

    /// Entries that this version, or this site, cannot read yet.
    ///
    /// # Errors
    /// When the store fails.
    pub fn parked(&self) -> Result<Vec<SetAside>, StorageError> {
        Ok(self.readers().read(entries::parked)?)
    }

    /// Entries that wait for others.
    ///
    /// # Errors
    /// When the store fails.
    pub fn waiting(&self) -> Result<Vec<WaitingEntry>, StorageError> {
        Ok(self.readers().read(waiting::all)?)
    }

    /// Entries that their writers signed at places which other entries hold: proofs that a site was cloned or restored.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forks(&self) -> Result<Vec<ForkProof>, StorageError> {
        Ok(self.readers().read(forks::all)?)
    }

    /// Entries written here that no relay has acknowledged as durable, by log and place.
    ///
    /// # Errors
    /// When the store fails.
    pub fn outbox(&self) -> Result<Vec<OutboxItem>, StorageError> {
        let summaries = self.readers().read(|connection| {
            let mut all = Vec::new();
            for log in logs::all(connection)?.into_iter().filter(|log| log.local) {
                let acknowledged = receipts::acknowledged(connection, log.id)?;
                all.extend(entries::summaries_after(connection, log.id, acknowledged)?);
            }
            Ok(all)
        })?;
        let item = |entry: entries::EntrySummary| OutboxItem {
            scope: entry.scope,
            head: entry.head,
            command: entry.command,
            wall_clock_ms: entry.wall_clock_ms,
            bytes: entry.size,
            operations: entry.operations,
        };
        Ok(summaries.into_iter().map(item).collect())
    }

    /// How many entries the outbox holds.
    ///
    /// # Errors
    /// When the store fails.
    pub fn outbox_len(&self) -> Result<u64, StorageError> {
        Ok(self.unsent()?.iter().map(|log| log.written - log.acknowledged).sum())
    }

    /// The logs written here of which no relay has acknowledged all.
    ///
    /// # Errors
    /// When the store fails.
    pub fn unsent(&self) -> Result<Vec<UnsentLog>, StorageError> {
        Ok(self.readers().read(|connection| {
            let mut unsent = Vec::new();
            for log in logs::all(connection)?.into_iter().filter(|log| log.local) {
                let written = entries::greatest_seq(connection, log.id)?;
                let acknowledged = receipts::acknowledged(connection, log.id)?;
                if acknowledged < written {
                    unsent.push(UnsentLog { scope: log.scope, writer: log.writer, acknowledged, written });
                }
            }
            Ok(unsent)
        })?)
    }

    /// The heads of own logs that no relay has acknowledged as durable.
    pub(crate) fn unreceipted(&self) -> BTreeMap<ScopeId, Vec<LogHead>> {
        let heads = self.readers().read(|connection| {
            let mut heads: BTreeMap<ScopeId, Vec<LogHead>> = BTreeMap::new();
            for log in logs::all(connection)?.into_iter().filter(|log| log.local) {
                let seq = entries::greatest_seq(connection, log.id)?;
                if seq > receipts::acknowledged(connection, log.id)?
                    && let Some(hash) = entries::hash_at(connection, log.id, seq)?
                {
                    heads.entry(log.scope).or_default().push(LogHead { writer: log.writer, seq, hash });
                }
            }
            Ok(heads)
        });
        heads.unwrap_or_else(|error| {
            // Receipts come a session later then; whoever reads next meets the disk's failure.
            tracing::warn!(%error, "the outbox cannot be read");
            BTreeMap::new()
        })
    }

    /// Keeps receipts of relays that the roster names, for entries that are here. Others say nothing and are dropped.
    /// Returns how many were kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn store_receipts(&self, received: &[Receipt], now_ms: i64) -> Result<usize, StorageError> {
        let roster = self.roster();
        let named = |receipt: &&Receipt| {
            receipt.organisation == self.organisation()
                && roster.relays.values().any(|relay| relay.signing == receipt.relay)
                && receipt.is_signed()
        };
        let trusted: Vec<&Receipt> = received.iter().filter(named).collect();
        if trusted.is_empty() {
            return Ok(0);
        }
        self.write(OTHER, |connection, state| {
            let mut kept = 0;
            for receipt in trusted {
                let Some(log) = state.log(&receipt.scope, &receipt.head.writer) else { continue };
                if entries::hash_at(connection, log.id, receipt.head.seq)? == Some(receipt.head.hash) {
                    receipts::keep(connection, log.id, receipt, now_ms)?;
                    kept += 1;
                }
            }
            Ok(kept)
        })
    }

    /// The greatest receipt of each relay for each log: to be kept outside of the database too, so that a database that
    /// is older than the world can be noticed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn receipts(&self) -> Result<Vec<Receipt>, StorageError> {
        Ok(self.readers().read(receipts::all)?)
    }

    /// How many entries each scope has, by the scope's name.
    pub fn entry_counts(&self) -> BTreeMap<String, u64> {
        let view = self.view();
        let name = |scope: &ScopeId| crate::replica::name_of(&view.roster, scope);
        view.vectors.iter().map(|(scope, vector)| (name(scope), vector.entries())).collect()
    }

    /// Stored entries that turned out damaged and are wanted from peers.
    pub fn wanted(&self) -> BTreeMap<ScopeId, Vec<Hash>> {
        self.view().wanted.into_iter().filter(|(_, wanted)| !wanted.is_empty()).collect()
    }
}
