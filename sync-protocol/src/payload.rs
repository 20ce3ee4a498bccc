//! What stands inside an entry's chunks: who did what, as operations.
//! Owns the plaintext shape. Operations of newer versions are carried as they came; never interprets a record or posting.

use minicbor::{Decode, Encode};

use crate::codec::{self, CodecError};
use crate::header::LogHead;
use crate::ids::{BatchId, Epoch, Hash, Incarnation};
use crate::limits;
use crate::roster::Act;

/// Who wrote an entry, when by his clock, and by which command. Stands in the first chunk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Envelope {
    /// The person, or `SITE/operator` until staff exist.
    #[n(0)]
    pub author: String,
    /// Unix milliseconds by the writer's clock: a hint for people, it orders nothing.
    #[n(1)]
    pub wall_clock_ms: i64,
    /// The command's name.
    #[n(2)]
    pub command: String,
    /// The writer's process start.
    #[n(3)]
    pub incarnation: Incarnation,
    /// The act of which this entry is a part, when it was written over several. Not encoded when there is none.
    #[n(4)]
    pub batch: Option<BatchId>,
}

/// The plaintext of one chunk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ChunkBody {
    /// In the first chunk only.
    #[n(0)]
    pub envelope: Option<Envelope>,
    /// In the order in which they apply.
    #[n(1)]
    pub operations: Vec<Operation>,
}

impl ChunkBody {
    /// Reads a chunk's plaintext.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let body: Self = codec::from_bytes("chunk", bytes)?;
        codec::bounded("operations", body.operations.len(), limits::MAX_OPERATIONS_PER_ENTRY)?;
        Ok(body)
    }
}

/// One operation. Encoded as `[number, body]`; a number that is not known is carried as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// 1: a change of a record.
    Change(RecordChange),
    /// 2: an immutable fact. ◇ Judged and projected from the stock module on.
    Posting(Posting),
    /// 3: the writer takes over a branch of its own that lost a fork. ◇
    AdoptBranch(AdoptBranch),
    /// 16: an act of the roster; only in the roster scope.
    Act(Box<Act>),
    /// Of a newer version: its number and body. The entry is parked.
    Unknown(u16, Vec<u8>),
}

/// A change of one record: an Automerge change, verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RecordChange {
    /// The record type's name, such as `party`.
    #[n(0)]
    pub kind: String,
    /// The record's UUID.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub record: [u8; 16],
    /// An uncompressed Automerge change chunk.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub change: Vec<u8>,
}

/// An immutable fact.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Posting {
    /// The kind's name.
    #[n(0)]
    pub kind: String,
    /// The version of the kind, whose rules judge it.
    #[n(1)]
    pub version: u16,
    /// The posting's UUID.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// Entries that it cites.
    #[n(3)]
    pub cites: Vec<LogHead>,
    /// Its content.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// Names the lost branch: what follows in the entry came from it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AdoptBranch {
    /// The epoch that forked.
    #[n(0)]
    pub epoch: Epoch,
    /// The incarnation that wrote the lost branch.
    #[n(1)]
    pub incarnation: Incarnation,
    /// The lost branch's first entry.
    #[n(2)]
    pub first: Hash,
}

codec::numbered!(Operation { 1 => Change, 2 => Posting, 3 => AdoptBranch, 16 => Act, } unknown: _);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_of_a_newer_version_are_carried_as_they_came() {
        let known = Operation::Change(RecordChange { kind: "party".into(), record: [1; 16], change: vec![2, 3] });
        let newer = Operation::Unknown(77, codec::to_bytes(&vec!["anything", "at all"]));
        let body = ChunkBody { envelope: None, operations: vec![known, newer] };
        let bytes = codec::to_bytes(&body);
        assert_eq!(ChunkBody::decode(&bytes).expect("reads"), body);
        assert_eq!(codec::to_bytes(&ChunkBody::decode(&bytes).expect("reads")), bytes);
    }

    #[test]
    fn a_cut_body_is_malformed_at_every_length() {
        let operation = Operation::Change(RecordChange { kind: "party".into(), record: [1; 16], change: vec![2, 3] });
        let bytes = codec::to_bytes(&ChunkBody { envelope: None, operations: vec![operation] });
        for cut in 0..bytes.len() {
            assert!(ChunkBody::decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}
