//! The frames of a session, and their bytes.
//! Owns every message's shape and number; frames of unknown numbers from 128 on are carried over, others are malformed.

use minicbor::{Decode, Encode};

use crate::codec::{self, CodecError};
use crate::console::{ConsoleAnswer, ConsoleRequest};
use crate::enrolment::JoinState;
use crate::header::LogHead;
use crate::health::HealthReport;
use crate::ids::{Hash, InvitationId, OrganisationId, ScopeId};
use crate::limits;
use crate::packing;
use crate::receipt::Receipt;
use crate::vector::Vector;

/// The version of the protocol that this code speaks.
pub const PROTOCOL_VERSION: u16 = 1;
/// The version from which on a frame of several entries may come packed, as `[9, bytes]`: zstd (RFC 8878) of the frame that it
/// stands for. Who names it in the hello reads both forms.
pub const PACKING_VERSION: u16 = 2;

/// One message. Encoded as `[number, body]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// 1: first in each direction.
    Hello(Hello),
    /// 2: one digest over the vectors of all common scopes.
    Digest(Hash),
    /// 3: a digest for each, since the one was unequal.
    ScopeDigests(Vec<(ScopeId, Hash)>),
    /// 4: how far a scope is held.
    Vector(ScopeVector),
    /// 5: entries, in causal order.
    Entries(Entries),
    /// 6: one frame of entries was committed.
    Ack(Ack),
    /// 7: everything was sent; where the sender stands.
    Current(Current),
    /// 8: entries of a log were not taken, and will not be.
    Refused(Refused),
    /// 16: a joining site's request, from the relay to headquarters or from the site to the relay.
    JoinRequest(SealedJoinRequest),
    /// 17: how an invitation stands, from headquarters to the relay or from the relay to the joining site.
    JoinAnswer(JoinAnswer),
    /// 18: a joining site asks how its invitation stands.
    JoinPoll(InvitationId),
    /// 128: how a site stands, from the site to a relay. One that does not know it passes it over.
    Health(HealthReport),
    /// 129: what somebody at the console asks, from a relay to the node that it is for.
    ConsoleRequest(ConsoleRequest),
    /// 130: what became of it, from that node to the relay.
    ConsoleAnswer(ConsoleAnswer),
    /// 131 and above: of a newer version, to be passed over; its number and body.
    Unknown(u16, Vec<u8>),
}

/// Opens a session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Protocol versions that the sender speaks.
    #[n(0)]
    pub versions: Vec<u16>,
    /// The organisation.
    #[n(1)]
    pub organisation: OrganisationId,
    /// How far the sender holds the roster.
    #[n(2)]
    pub roster: Vector,
    /// The right to claim a relay that belongs to nobody yet.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub claim: Option<minicbor::bytes::ByteArray<16>>,
    /// The sender's program and version, for people.
    #[n(4)]
    pub software: String,
}

/// How far a scope is held.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScopeVector {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Its logs' heads; what waits for missing entries is excluded.
    #[n(1)]
    pub vector: Vector,
    /// Held without payload, or lost, and wanted again; normally empty.
    #[n(2)]
    pub wanted: Vec<Hash>,
    /// The sender was asked, or wants no vector back. Never answered, so that two ends come to rest whatever crossed.
    #[cbor(n(3), with = "crate::codec::flag", has_nil)]
    pub answer: bool,
}

/// Entries of one scope, in causal order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entries {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Each an [`crate::Entry`]'s bytes.
    #[n(1)]
    pub entries: Vec<minicbor::bytes::ByteVec>,
}

/// The receiver's transaction for one frame of entries has committed. One for each, in order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ack {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Where the logs of that frame stand at the receiver now.
    #[n(1)]
    pub heads: Vec<LogHead>,
    /// The receiver keeps those entries that are not delivered yet (they wait for others): not to be sent again.
    #[n(2)]
    pub held: bool,
    /// From a relay: its signed word, for the sender's own logs.
    #[n(3)]
    pub receipts: Vec<Receipt>,
}

/// All that the sender had was sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Current {
    /// The sender's digest over all common scopes.
    #[n(0)]
    pub digest: Hash,
    /// State hashes by scope, between sites: equal histories must mean equal state.
    #[n(1)]
    pub states: Vec<(ScopeId, Hash)>,
}

/// Why entries of a log were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum RefusalCode {
    /// Another entry stands at this place already: a fork.
    #[n(0)]
    Forked,
    /// The signature is not its writer's.
    #[n(1)]
    BadSignature,
    /// Its writer may not write there.
    #[n(2)]
    NoAuthority,
    /// It is not of the shape that it must have.
    #[n(3)]
    Malformed,
    /// It is of another organisation or scope.
    #[n(4)]
    WrongPlace,
}

/// Entries of a log were not taken.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// The first entry that was refused.
    #[n(1)]
    pub head: LogHead,
    /// Why.
    #[n(2)]
    pub code: RefusalCode,
}

/// A join request that only headquarters can open.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealedJoinRequest {
    /// Which invitation.
    #[n(0)]
    pub invitation: InvitationId,
    /// HPKE envelope.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct JoinAnswer {
    /// Which invitation.
    #[n(0)]
    pub invitation: InvitationId,
    /// How it stands.
    #[n(1)]
    pub state: JoinState,
}

impl Frame {
    /// The bytes, without the length that the transport puts before them.
    pub fn encode(&self) -> Vec<u8> {
        codec::to_bytes(self)
    }

    /// The bytes for a peer that named [`PACKING_VERSION`]: several entries are packed where that makes them fewer.
    pub fn encode_packed(&self) -> Vec<u8> {
        let bytes = self.encode();
        match self {
            Self::Entries(entries) if entries.entries.len() > 1 => packing::pack(&bytes).unwrap_or(bytes),
            _ => bytes,
        }
    }

    /// Reads a frame from outside. One that was packed is what it stands for.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        codec::bounded("frame bytes", bytes.len(), limits::MAX_FRAME_BYTES)?;
        let unpacked = packing::unpack(bytes)?;
        let frame: Self = codec::from_bytes("frame", unpacked.as_deref().unwrap_or(bytes))?;
        match &frame {
            // The rest is small, and has no business in there.
            frame if unpacked.is_some() && !matches!(frame, Self::Entries(_)) => {
                let source = minicbor::decode::Error::message("only entries travel packed");
                return Err(CodecError::Malformed { what: "packed frame", source });
            }
            Self::ScopeDigests(scopes) => codec::bounded("scopes", scopes.len(), limits::MAX_SCOPES_PER_SESSION)?,
            Self::Vector(vector) => codec::bounded("wanted", vector.wanted.len(), limits::MAX_WANTED_ENTRIES)?,
            Self::Entries(entries) => codec::bounded("entries", entries.entries.len(), limits::MAX_ENTRIES_PER_FRAME)?,
            Self::Health(report) => codec::bounded("health report", report.body.len(), limits::MAX_HEALTH_BYTES)?,
            Self::ConsoleRequest(request) => request.bounded()?,
            Self::ConsoleAnswer(answer) => answer.bounded()?,
            Self::JoinRequest(join) => codec::bounded("join request", join.sealed.len(), limits::MAX_ENROLMENT_BYTES)?,
            _ => {}
        }
        Ok(frame)
    }
}

codec::numbered!(Frame {
    1 => Hello,
    2 => Digest,
    3 => ScopeDigests,
    4 => Vector,
    5 => Entries,
    6 => Ack,
    7 => Current,
    8 => Refused,
    16 => JoinRequest,
    17 => JoinAnswer,
    18 => JoinPoll,
    128 => Health,
    129 => ConsoleRequest,
    130 => ConsoleAnswer,
} unknown: 128..);
