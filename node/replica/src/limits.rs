//! Bounds of the store. Owns numbers, never behaviour. Those of records are in [`crate::record::limits`], those of the
//! wire in the protocol's own.

/// How long one connection waits for another's lock.
pub const BUSY_TIMEOUT_MS: u64 = 5_000;
/// Idle readers that are kept open; more are opened at need and closed after use.
pub const MAX_IDLE_READERS: usize = 8;
/// Prepared statements kept by each connection.
pub const MAX_CACHED_STATEMENTS: usize = 128;
/// What the connection that writes keeps of the database in memory. SQLite's own 2 MB made a large site read its indexes
/// from the file again and again while it imports. Readers keep SQLite's own: what they hold is void after each commit.
pub const WRITER_CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// The write-ahead log is brought over into the database once it has this many pages: pages that change again and again
/// are then written there once.
pub const CHECKPOINT_PAGES: u32 = 4_096;
/// The write-ahead log is brought back to this size after a checkpoint.
pub const WAL_SIZE_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// Operations that a local command puts into one entry before it begins another.
pub const TARGET_ENTRY_OPERATIONS: usize = 2_000;
/// Acts that one entry of the roster is filled with: keys sealed to many sites fit.
pub const TARGET_ENTRY_ACTS: usize = 1_000;
/// Chunks of natural persons that a local command puts into one entry before it begins another.
pub const TARGET_ENTRY_PERSONS: usize = 2_000;
/// An author's name, as an entry carries it.
pub const MAX_AUTHOR_BYTES: usize = 256;
/// A command's name, as an entry carries it.
pub const MAX_COMMAND_BYTES: usize = 128;

/// The body of one posting.
pub const MAX_POSTING_BODY_BYTES: usize = 64 * 1024;
/// Entries that one posting cites.
pub const MAX_POSTING_CITES: usize = 256;

/// Entries that are kept open while histories of many records are read.
pub const MAX_OPENED_ENTRIES: usize = 256;
/// Their changes, in all; one entry is kept however large it is.
pub const MAX_OPENED_BYTES: usize = 32 * 1024 * 1024;

/// Entries that one look for what was merged goes back.
pub const MAX_MERGE_LOOK_ENTRIES: usize = 4_096;
/// Operations of the entries that it opens on the way; the first entry is opened however large it is.
pub const MAX_MERGE_LOOK_OPERATIONS: u64 = 200_000;
/// Changes that it holds against each other, in all; those of one record are however many they are.
pub const MAX_MERGE_LOOK_CHANGES: usize = 20_000;

/// Entries of one scope that are held while they wait for others.
pub const MAX_WAITING_ENTRIES_PER_SCOPE: usize = 4_096;
/// Bytes of one scope that are held while they wait for others.
pub const MAX_WAITING_BYTES_PER_SCOPE: usize = 64 * 1024 * 1024;
/// Entries of one log that are held while they wait for others: no writer fills a scope's room alone.
pub const MAX_WAITING_ENTRIES_PER_LOG: usize = 1_024;
/// Proofs of forks that are kept for one log: the first ones say all.
pub const MAX_FORK_PROOFS_PER_LOG: usize = 16;
/// A verdict's reason, as it is stored.
pub const MAX_REASON_BYTES: usize = 512;
