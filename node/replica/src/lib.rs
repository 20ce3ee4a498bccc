//! Comptoir's replica: logs, records and projections of one site, in one SQLite file.
//!
//! Owns the truth of a site (its log), everything that is derived from it, and the transactions that keep both alike:
//! [`Replica::append`] for what is written here, [`Replica::admit`] for what arrives. Usable without the rest of
//! Comptoir: give it an [`Application`] and carry entries between replicas, by the protocol's sessions or by hand.
//! Never does: business rules, network, threads, reading a clock, drawing randomness of its own.

extern crate self as comptoir_replica;

mod admit;
mod append;
mod application;
mod connections;
mod copy;
mod cuts;
mod deliver;
mod history;
mod identity;
mod inspect;
pub mod limits;
mod open;
mod past;
pub mod posting;
mod reading;
mod rebuild;
pub mod record;
mod replica;
mod serve;
mod state;
mod state_hash;
mod storage;
mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod verdict;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use admit::{AdmitError, AdmitReport, Committed};
pub use append::{
    Append, AppendError, Appended, CountedLog, Edit, Membership, NewChange, RemovalError, Removing, Write,
    genesis_entry, organisation_of,
};
pub use application::{Application, Projection, RecordType, RecordView};
pub use copy::CopyOf;
pub use history::{
    BatchChange, BatchPage, BatchPlace, BatchSummary, Histories, HistoryItem, HistoryPut, Merge, MergeSide, Merges,
    Revert, puts_back_to,
};
pub use inspect::{OutboxItem, UnsentLog};

pub use identity::Identity;
pub use open::{Durability, Failpoint, OpenError, Options};
pub use posting::NewPosting;
pub use reading::Reading;
pub use rebuild::{RebuildError, RebuildReport};
pub use replica::Replica;
pub use serve::Served;
pub use storage::StorageError;
pub use table::conflicts::Conflict;
pub use table::entries::SetAside;
pub use table::forks::ForkProof;
pub use table::latest::LogItem;
pub use table::postings::StoredPosting;
pub use table::records::StoredRecord;
pub use table::waiting::WaitingEntry;
pub use verdict::{Judged, Verdict, VerdictCode};
pub use verify::{Finding, RecordDiffers, VerifyReport};
