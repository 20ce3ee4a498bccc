//! Why a change is refused: one variant for each rule, and for each a code that stays the same for ever.
//!
//! A refusal is a verdict on bytes that were all here, alike at every site; the entry that brought them is quarantined.
//! What is no verdict (a panic, an index that cannot be read) has errors of its own beside the functions.

use super::{Actor, OpId, actor};
use std::fmt;

/// A rule that an arriving change breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRefused {
    /// Larger than [`super::limits::MAX_CHANGE_BYTES`].
    #[error("a change of {bytes} bytes is larger than allowed")]
    TooLarge {
        /// Its size, or the size that its header declares.
        bytes: u64,
    },
    /// The bytes end before what they declare.
    #[error("the change ends too early, in its {part}")]
    Truncated {
        /// What was being read.
        part: &'static str,
    },
    /// The bytes do not start as an Automerge chunk does.
    #[error("not an Automerge chunk")]
    NotAChunk,
    /// A chunk, but of a whole document, a bundle or of an unknown type.
    #[error("an Automerge chunk of type {chunk_type}, not a change")]
    NotAChange {
        /// The type byte.
        chunk_type: u8,
    },
    /// A compressed change chunk: its size is unknown before it is inflated.
    #[error("a compressed change chunk")]
    CompressedChunk,
    /// A deflated column within the change.
    #[error("column {column} is compressed")]
    CompressedColumn {
        /// The column's specification number.
        column: u32,
    },
    /// Bytes after the chunk, a second change for example.
    #[error("{bytes} bytes follow the change")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
    /// Bytes within the chunk after its columns.
    #[error("{bytes} extra bytes within the change")]
    ExtraBytes {
        /// How many.
        bytes: usize,
    },
    /// A number, a length or a text that cannot be read.
    #[error("the change's {part} cannot be read")]
    Malformed {
        /// What was being read.
        part: &'static str,
    },
    /// The bytes say something allowed, but not in the one way in which Automerge writes it.
    #[error("the change is not written as Automerge writes it")]
    NotCanonical,
    /// More of something than a bound of [`super::limits`] allows.
    #[error("more {of} than the {limit} allowed")]
    TooMany {
        /// What there is too much of.
        of: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// An actor that is not 16 bytes long.
    #[error("an actor of {bytes} bytes instead of 16")]
    ActorLength {
        /// Its length.
        bytes: usize,
    },
    /// Dependencies, actors, keys or predecessors that do not strictly ascend, so also any that is there twice.
    #[error("{of} that do not strictly ascend")]
    OutOfOrder {
        /// What is out of order.
        of: &'static str,
    },
    /// A commit message: the log carries the command's name instead.
    #[error("the change carries a message")]
    Message,
    /// A time before 1970 or after 9999.
    #[error("the change's time {time_s} is out of range")]
    TimeOutOfRange {
        /// Unix seconds.
        time_s: i64,
    },
    /// A column that no change of scalar puts has.
    #[error("unknown column {column}")]
    UnknownColumn {
        /// The column's specification number.
        column: u32,
    },
    /// An object made in the document, or an operation on one.
    #[error("a nested object")]
    NestedObject,
    /// An operation on a list or a text.
    #[error("a list operation")]
    ListOperation,
    /// A delete.
    #[error("a delete")]
    Delete,
    /// An increment of a counter.
    #[error("an increment")]
    Increment,
    /// A mark on a text.
    #[error("a mark")]
    Mark,
    /// An action of a later Automerge.
    #[error("unknown action {action}")]
    UnknownAction {
        /// Its number.
        action: u64,
    },
    /// A float, a counter, an unsigned integer or a value of a later Automerge.
    #[error("a value of type {type_code}, which no record holds")]
    UnsupportedValue {
        /// Automerge's number of the type.
        type_code: u8,
    },
    /// An empty key, or one longer than [`super::limits::MAX_KEY_BYTES`].
    #[error("a key of {bytes} bytes")]
    KeyLength {
        /// Its length.
        bytes: usize,
    },
    /// A value longer than [`super::limits::MAX_VALUE_BYTES`].
    #[error("a value of {bytes} bytes at {key} is larger than allowed")]
    ValueTooLarge {
        /// The cell.
        key: String,
        /// The value's length.
        bytes: usize,
    },
    /// A change that puts nothing.
    #[error("the change puts nothing")]
    NoPuts,
    /// Counters that Automerge cannot hold.
    #[error("{of} beyond 32 bits")]
    CounterTooLarge {
        /// Which counter.
        of: &'static str,
    },
    /// Not the actor of the writer whose entry brought the change.
    #[error("{found:?} wrote the change, where {expected:?} may")]
    ForeignActor {
        /// Who may.
        expected: Actor,
        /// Who did.
        found: Actor,
    },
    /// The actor's sequence number in this record leaves a gap or is used twice.
    #[error("sequence number {found} where {expected} follows")]
    SequenceGap {
        /// One more than the actor's greatest so far.
        expected: u64,
        /// What the change says.
        found: u64,
    },
    /// The actor's own previous change is no ancestor.
    #[error("the actor's previous change, {seq}, is no ancestor")]
    PreviousChangeNotAncestor {
        /// Its sequence number.
        seq: u64,
    },
    /// A dependency that does not stand in the entry's past.
    #[error("depends on {}, which is not in its past", Hex(.hash))]
    UnknownDependency {
        /// The change that it names.
        hash: [u8; 32],
    },
    /// No dependencies, although the record was created before.
    #[error("creates a record that exists")]
    SecondCreation,
    /// Operations do not start right after the greatest one of the dependencies.
    #[error("operations start at {found} instead of {expected}")]
    StartOp {
        /// 1 + the greatest operation of the dependencies.
        expected: u64,
        /// What the change says.
        found: u64,
    },
    /// A predecessor that is no operation in the entry's past.
    #[error("{key}: predecessor {op} is not in its past")]
    UnknownPredecessor {
        /// The cell.
        key: String,
        /// The predecessor that it names.
        op: OpId,
    },
    /// A predecessor that put another key.
    #[error("{key}: predecessor {op} is of another key")]
    PredecessorOfOtherKey {
        /// The cell.
        key: String,
        /// The predecessor that it names.
        op: OpId,
    },
    /// A predecessor that is known, but concurrent to the change.
    #[error("{key}: predecessor {op} is no ancestor")]
    PredecessorNotAncestor {
        /// The cell.
        key: String,
        /// The predecessor that it names.
        op: OpId,
    },
}

impl ChangeRefused {
    /// The rule's code, as verdicts store it. Never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "change_too_large",
            Self::Truncated { .. } => "change_truncated",
            Self::NotAChunk => "change_not_a_chunk",
            Self::NotAChange { .. } => "change_chunk_type",
            Self::CompressedChunk => "change_compressed",
            Self::CompressedColumn { .. } => "change_compressed_column",
            Self::TrailingBytes { .. } => "change_trailing_bytes",
            Self::ExtraBytes { .. } => "change_extra_bytes",
            Self::Malformed { .. } => "change_malformed",
            Self::NotCanonical => "change_not_canonical",
            Self::TooMany { .. } => "change_too_many",
            Self::ActorLength { .. } => "change_actor_length",
            Self::OutOfOrder { .. } => "change_out_of_order",
            Self::Message => "change_message",
            Self::TimeOutOfRange { .. } => "change_time",
            Self::UnknownColumn { .. } => "change_unknown_column",
            Self::NestedObject => "change_nested_object",
            Self::ListOperation => "change_list_operation",
            Self::Delete => "change_delete",
            Self::Increment => "change_increment",
            Self::Mark => "change_mark",
            Self::UnknownAction { .. } => "change_unknown_action",
            Self::UnsupportedValue { .. } => "change_value_type",
            Self::KeyLength { .. } => "change_key_length",
            Self::ValueTooLarge { .. } => "change_value_too_large",
            Self::NoPuts => "change_no_puts",
            Self::CounterTooLarge { .. } => "change_counter",
            Self::ForeignActor { .. } => "change_foreign_actor",
            Self::SequenceGap { .. } => "change_sequence",
            Self::PreviousChangeNotAncestor { .. } => "change_previous_not_ancestor",
            Self::UnknownDependency { .. } => "change_unknown_dependency",
            Self::SecondCreation => "change_second_creation",
            Self::StartOp { .. } => "change_start_op",
            Self::UnknownPredecessor { .. } => "change_unknown_predecessor",
            Self::PredecessorOfOtherKey { .. } => "change_predecessor_key",
            Self::PredecessorNotAncestor { .. } => "change_predecessor_not_ancestor",
        }
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        actor::write_hex(f, self.0)
    }
}
