//! The signed header of an entry: what a relay may see and check.
//!
//! Owns the header's shape, its hash and its signature. A header is kept and passed on as the bytes that were received, so
//! that fields of a newer version survive an older node. Never looks into chunks.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::codec::{self, CodecError};
use crate::ids::{Hash, KeyId, OrganisationId, ScopeId, Writer, hash};
use crate::limits;

/// The version that this code writes.
pub const HEADER_VERSION: u16 = 1;

/// One place in one log: `seq` counts from 1, `hash` is that entry's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct LogHead {
    /// Whose log.
    #[n(0)]
    pub writer: Writer,
    /// Which entry, from 1.
    #[n(1)]
    pub seq: u64,
    /// Its hash.
    #[n(2)]
    pub hash: Hash,
}

/// Which algorithms an entry uses. One set exists; the numbers leave room for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Suites {
    /// 1: Ed25519 (RFC 8032).
    #[n(0)]
    pub signature: u8,
    /// 0: none (the roster); 1: XChaCha20-Poly1305.
    #[n(1)]
    pub aead: u8,
    /// 1: BLAKE3.
    #[n(2)]
    pub hash: u8,
    /// 0: zstd without dictionary; others are shipped with the program.
    #[n(3)]
    pub dictionary: u16,
}

impl Suites {
    /// Sealed payloads.
    pub const SEALED: Self = Self { signature: 1, aead: 1, hash: 1, dictionary: 0 };
    /// Payloads in clear.
    pub const CLEAR: Self = Self { signature: 1, aead: 0, hash: 1, dictionary: 0 };

    /// Whether this version can check and open such an entry.
    pub fn are_known(&self) -> bool {
        self.signature == 1 && self.aead <= 1 && self.hash == 1 && self.dictionary == 0
    }
}

/// Something a later version adds. A reader that does not know a critical one parks the entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Extension {
    /// Registered number.
    #[n(0)]
    pub number: u16,
    /// Whether an entry may be applied without understanding this.
    #[n(1)]
    pub critical: bool,
    /// Its content.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// The header of an entry (DESIGN: *Header*). Fields that this version does not know stay in the signed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Header {
    /// [`HEADER_VERSION`].
    #[n(0)]
    pub version: u16,
    /// Algorithms.
    #[n(1)]
    pub suites: Suites,
    /// The organisation; zero in its genesis entry.
    #[n(2)]
    pub organisation: OrganisationId,
    /// The scope.
    #[n(3)]
    pub scope: ScopeId,
    /// Whose log.
    #[n(4)]
    pub writer: Writer,
    /// Place in the log, from 1.
    #[n(5)]
    pub seq: u64,
    /// Hash of the entry before; zero for the first.
    #[n(6)]
    pub previous: Hash,
    /// The roster as the writer knew it; never goes back.
    #[n(7)]
    pub roster_heads: Vec<LogHead>,
    /// Heads of other logs of this scope that advanced since the writer's last entry.
    #[n(8)]
    pub deps: Vec<LogHead>,
    /// Which scope key the chunks are sealed with.
    #[n(9)]
    pub key_id: KeyId,
    /// Commits to each chunk's hash, in order.
    #[n(10)]
    pub chunk_root: Hash,
    /// Of later versions.
    #[n(11)]
    pub extensions: Vec<Extension>,
}

impl Header {
    /// This header's place.
    pub fn head(&self, hash: Hash) -> LogHead {
        LogHead { writer: self.writer, seq: self.seq, hash }
    }

    /// Whether this version understands all that it must to apply the entry.
    pub fn is_understood(&self) -> bool {
        self.version == HEADER_VERSION && self.suites.are_known() && !self.extensions.iter().any(|e| e.critical)
    }

    fn check_bounds(&self) -> Result<(), CodecError> {
        codec::bounded("roster heads", self.roster_heads.len(), limits::MAX_CITED_LOGS)?;
        codec::bounded("deps", self.deps.len(), limits::MAX_CITED_LOGS)?;
        codec::bounded("extensions", self.extensions.len(), limits::MAX_EXTENSIONS)
    }
}

/// A header as it was signed: the bytes, what they say, their hash, the signature (not yet verified).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeader {
    bytes: Vec<u8>,
    header: Header,
    hash: Hash,
    signature: [u8; 64],
}

/// The signature is not the writer's.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("the signature of entry {hash} does not belong to its writer's key")]
pub struct BadSignature {
    /// Which entry.
    pub hash: Hash,
}

impl SignedHeader {
    /// Signs a header.
    pub fn sign(header: Header, key: &SigningKey) -> Self {
        let bytes = codec::to_bytes(&header);
        let hash = entry_hash(&bytes);
        let signature = key.sign(&signed_message(&hash)).to_bytes();
        Self { bytes, header, hash, signature }
    }

    /// Reads a header from outside. The signature is not verified here.
    pub fn decode(bytes: Vec<u8>, signature: [u8; 64]) -> Result<Self, CodecError> {
        codec::bounded("header bytes", bytes.len(), limits::MAX_HEADER_BYTES)?;
        let header: Header = codec::from_bytes("header", &bytes)?;
        header.check_bounds()?;
        let hash = entry_hash(&bytes);
        Ok(Self { bytes, header, hash, signature })
    }

    /// Verifies the signature over the received bytes.
    pub fn verify(&self, key: &[u8; 32]) -> Result<(), BadSignature> {
        let bad = BadSignature { hash: self.hash };
        let key = VerifyingKey::from_bytes(key).map_err(|_| bad)?;
        key.verify_strict(&signed_message(&self.hash), &Signature::from_bytes(&self.signature)).map_err(|_| bad)
    }

    /// What it says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The entry's hash.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The entry's place.
    pub fn head(&self) -> LogHead {
        self.header.head(self.hash)
    }

    /// The bytes that were signed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The signature.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }
}

fn entry_hash(header: &[u8]) -> Hash {
    hash("comptoir 2026 entry header", &[header])
}

fn signed_message(hash: &Hash) -> [u8; 50] {
    let mut message = *b"comptoir entry v1\0................................";
    message[18..].copy_from_slice(&hash.0);
    message
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ids::{Epoch, SiteId};

    pub(crate) fn sample() -> Header {
        let writer = Writer { site: SiteId([7; 16]), epoch: Epoch([9; 8]) };
        Header {
            version: HEADER_VERSION,
            suites: Suites::SEALED,
            organisation: OrganisationId([1; 32]),
            scope: ScopeId([2; 16]),
            writer,
            seq: 3,
            previous: Hash([4; 32]),
            roster_heads: vec![LogHead { writer, seq: 1, hash: Hash([5; 32]) }],
            deps: vec![],
            key_id: KeyId([6; 16]),
            chunk_root: Hash([8; 32]),
            extensions: vec![],
        }
    }

    #[test]
    fn signature_covers_every_byte() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let signed = SignedHeader::sign(sample(), &key);
        let public = key.verifying_key().to_bytes();
        assert_eq!(signed.verify(&public), Ok(()));
        for i in 0..signed.bytes.len() {
            let mut bytes = signed.bytes.clone();
            bytes[i] ^= 1;
            if let Ok(other) = SignedHeader::decode(bytes, signed.signature) {
                assert!(other.verify(&public).is_err(), "byte {i} is not covered");
            }
        }
    }

    #[test]
    fn fields_of_a_newer_version_survive() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let mut bytes = codec::to_bytes(&sample());
        assert_eq!(bytes[0], 0xac, "a map of twelve fields");
        bytes[0] = 0xad;
        bytes.extend_from_slice(&[0x18, 99, 0x61, b'x']);
        let hash = entry_hash(&bytes);
        let signature = key.sign(&signed_message(&hash)).to_bytes();
        let read = SignedHeader::decode(bytes.clone(), signature).expect("an unknown field is no error");
        assert_eq!(read.header, sample());
        assert_eq!(read.bytes(), &bytes[..]);
        assert_eq!(read.verify(&key.verifying_key().to_bytes()), Ok(()));
    }

    #[test]
    fn unknown_critical_extension_is_not_understood() {
        let mut header = sample();
        assert!(header.is_understood());
        header.extensions.push(Extension { number: 4, critical: false, bytes: vec![] });
        assert!(header.is_understood());
        header.extensions.push(Extension { number: 5, critical: true, bytes: vec![1] });
        assert!(!header.is_understood());
    }
}
