//! Bounds on changes and cells. A change beyond one of them is refused, alike at every site and for ever: raising a
//! bound is a new version of the format, because a replica of the old version would judge otherwise.

/// A change, header included. Leaves room for other operations within a sealed entry of 512 KiB.
pub const MAX_CHANGE_BYTES: usize = 256 * 1024;
/// Puts in one change. Below the 10,000 from which Automerge encodes by another path.
pub const MAX_CHANGE_OPS: usize = 8_192;
/// A cell's key, UTF-8.
pub const MAX_KEY_BYTES: usize = 512;
/// A string or byte value.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;
/// Changes that one change names as its dependencies.
pub const MAX_CHANGE_DEPS: usize = 512;
/// Actors beside its own that a change names in predecessors.
pub const MAX_OTHER_ACTORS: usize = 512;
/// Predecessors of one put. A builder that sees more visible values names the greatest ones; the rest stay losers.
pub const MAX_PUT_PREDECESSORS: usize = 256;
/// Predecessors in one change.
pub const MAX_CHANGE_PREDECESSORS: usize = 16_384;
/// Greatest op counter: Automerge keeps counters in 32 bits.
pub const MAX_OP_COUNTER: u64 = u32::MAX as u64;
/// Greatest sequence number of an actor within one record: Automerge keeps these in 32 bits too.
pub const MAX_ACTOR_SEQ: u64 = u32::MAX as u64;
/// Wall-clock hint of a change, Unix seconds: the years 1970 to 9999. A clock beyond is clamped when writing.
pub const MAX_CHANGE_TIME_S: i64 = 253_402_300_799;
/// Columns of a change. One of scalar puts into the root map has 8; the rest is read far enough to say what is wrong.
pub const MAX_CHANGE_COLUMNS: usize = 16;
