//! One link of a log: a signed header and its chunks.
//! Owns building, the wire form, the check of chunks against the header, and opening. Never judges what an entry does.

use ed25519_dalek::SigningKey;
use minicbor::{Decode, Decoder, Encode, Encoder};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::chunk::{self, Chunk, ChunkError, Position, chunk_root};
use crate::codec::{self, CodecError};
use crate::header::{HEADER_VERSION, Header, LogHead, SignedHeader, Suites};
use crate::ids::{Hash, KeyId, OrganisationId, ScopeId, Writer};
use crate::keys::ScopeKey;
use crate::limits;
use crate::payload::{ChunkBody, Envelope, Operation};

/// An entry as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The header, with hash and signature.
    pub signed: SignedHeader,
    /// Its chunks, in order.
    pub chunks: Vec<Chunk>,
}

/// Why bytes are no entry, or an entry cannot be opened.
#[derive(Debug, Error)]
pub enum EntryError {
    /// Not of an entry's shape, or over a bound.
    #[error("malformed entry")]
    Malformed(#[from] CodecError),
    /// Its chunks are not those that the header names.
    #[error("entry {hash}: the chunks are not those that its header commits to")]
    WrongChunks {
        /// Which entry.
        hash: Hash,
    },
    /// A chunk does not open or inflate.
    #[error("entry {hash}: a chunk cannot be read")]
    Chunk {
        /// Which entry.
        hash: Hash,
        /// Why.
        #[source]
        source: ChunkError,
    },
    /// A chunk opened, but what stands in it is not of a payload's shape.
    #[error("entry {hash}: chunk {index} holds no payload")]
    Payload {
        /// Which entry.
        hash: Hash,
        /// Which chunk.
        index: u32,
        /// Why.
        #[source]
        source: CodecError,
    },
    /// The first chunk does not say who wrote it.
    #[error("entry {hash} does not say who wrote it")]
    NoEnvelope {
        /// Which entry.
        hash: Hash,
    },
    /// Larger than an entry may be: the author must split it.
    #[error("an entry of {bytes} bytes is over the bound of {most}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        most: usize,
    },
}

/// An opened entry. Operations keep the number of the chunk that they came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Who, when, how.
    pub envelope: Envelope,
    /// (chunk, operation) in order. Those of detached chunks are missing.
    pub operations: Vec<(u32, Operation)>,
}

/// All that a writer puts into an entry.
#[derive(Clone, Debug)]
pub struct EntryBuilder {
    /// The organisation; zero for the genesis entry.
    pub organisation: OrganisationId,
    /// The scope.
    pub scope: ScopeId,
    /// The log.
    pub writer: Writer,
    /// The entry before this one.
    pub previous: Option<(u64, Hash)>,
    /// The roster as the writer knows it.
    pub roster_heads: Vec<LogHead>,
    /// Other logs of the scope that advanced.
    pub deps: Vec<LogHead>,
    /// Who, when, how.
    pub envelope: Envelope,
    /// What everything shares.
    pub shared: Vec<Operation>,
    /// What concerns one natural person each, a chunk for each.
    pub persons: Vec<Vec<Operation>>,
}

impl EntryBuilder {
    /// Seals the chunks (in clear without a key) and signs the header.
    pub fn build(
        self,
        key: Option<&ScopeKey>,
        signing: &SigningKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Entry, EntryError> {
        let seq = self.previous.map_or(1, |(seq, _)| seq + 1);
        let mut bodies = vec![ChunkBody { envelope: Some(self.envelope), operations: self.shared }];
        bodies.extend(self.persons.into_iter().map(|operations| ChunkBody { envelope: None, operations }));
        let mut chunks = Vec::with_capacity(bodies.len());
        for (index, body) in (0u32..).zip(&bodies) {
            let position =
                Position { organisation: self.organisation, scope: self.scope, writer: self.writer, seq, index };
            chunks.push(chunk::seal(key, &position, &codec::to_bytes(body), rng));
        }
        let header = Header {
            version: HEADER_VERSION,
            suites: if key.is_some() { Suites::SEALED } else { Suites::CLEAR },
            organisation: self.organisation,
            scope: self.scope,
            writer: self.writer,
            seq,
            previous: self.previous.map_or(Hash::default(), |(_, hash)| hash),
            roster_heads: self.roster_heads,
            deps: self.deps,
            key_id: key.map_or(KeyId::CLEAR, ScopeKey::id),
            chunk_root: chunk_root(&chunks),
            extensions: Vec::new(),
        };
        let entry = Entry { signed: SignedHeader::sign(header, signing), chunks };
        match entry.encoded_len() {
            bytes if bytes > limits::MAX_ENTRY_BYTES => {
                Err(EntryError::TooLarge { bytes, most: limits::MAX_ENTRY_BYTES })
            }
            _ => Ok(entry),
        }
    }
}

impl Entry {
    /// Reads an entry from outside and checks its chunks against its header. The signature is not verified here.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        codec::bounded("entry bytes", bytes.len(), limits::MAX_ENTRY_BYTES)?;
        let entry: Self = codec::from_bytes("entry", bytes)?;
        if chunk_root(&entry.chunks) != entry.header().chunk_root {
            return Err(EntryError::WrongChunks { hash: entry.hash() });
        }
        Ok(entry)
    }

    /// The wire form.
    pub fn encode(&self) -> Vec<u8> {
        codec::to_bytes(self)
    }

    /// What its header says.
    pub fn header(&self) -> &Header {
        self.signed.header()
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        self.signed.hash()
    }

    /// Its place.
    pub fn head(&self) -> LogHead {
        self.signed.head()
    }

    fn encoded_len(&self) -> usize {
        minicbor::len(self)
    }

    /// Opens every chunk that is present. `key` is the one that the header's key id names; none in the roster.
    pub fn open(&self, key: Option<&ScopeKey>) -> Result<Opened, EntryError> {
        let (hash, header) = (self.hash(), self.header());
        let mut left = limits::MAX_INFLATED_ENTRY_BYTES;
        let mut envelope = None;
        let mut operations = Vec::new();
        for (index, chunk) in (0u32..).zip(&self.chunks) {
            let Chunk::Present(bytes) = chunk else { continue };
            let position = Position {
                organisation: header.organisation,
                scope: header.scope,
                writer: header.writer,
                seq: header.seq,
                index,
            };
            let plaintext =
                chunk::open(key, &position, bytes, left).map_err(|source| EntryError::Chunk { hash, source })?;
            left -= plaintext.len();
            let body = ChunkBody::decode(&plaintext).map_err(|source| EntryError::Payload { hash, index, source })?;
            envelope = envelope.or(body.envelope);
            operations.extend(body.operations.into_iter().map(|operation| (index, operation)));
        }
        let envelope = envelope.ok_or(EntryError::NoEnvelope { hash })?;
        codec::bounded("operations", operations.len(), limits::MAX_OPERATIONS_PER_ENTRY)?;
        Ok(Opened { envelope, operations })
    }
}

// `[header bytes, signature, [chunk, …]]`; a chunk is a byte string, or `[hash]` when it is detached.
impl<C> Encode<C> for Entry {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(3)?.bytes(self.signed.bytes())?.bytes(self.signed.signature())?.array(self.chunks.len() as u64)?;
        for chunk in &self.chunks {
            match chunk {
                Chunk::Present(bytes) => e.bytes(bytes)?,
                Chunk::Detached(hash) => e.array(1)?.encode_with(hash, ctx)?,
            };
        }
        Ok(())
    }
}

impl<C> minicbor::CborLen<C> for Entry {
    fn cbor_len(&self, ctx: &mut C) -> usize {
        let bytes = |len: usize, ctx: &mut C| len + (len as u64).cbor_len(ctx);
        let chunks: usize = self
            .chunks
            .iter()
            .map(|chunk| match chunk {
                Chunk::Present(present) => bytes(present.len(), ctx),
                Chunk::Detached(_) => 1 + bytes(Hash::LEN, ctx),
            })
            .sum();
        1 + bytes(self.signed.bytes().len(), ctx) + bytes(64, ctx) + (self.chunks.len() as u64).cbor_len(ctx) + chunks
    }
}

impl<'b, C> Decode<'b, C> for Entry {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        use minicbor::data::Type;
        use minicbor::decode::Error;
        if d.array()? != Some(3) {
            return Err(Error::message("an entry has three parts"));
        }
        let header = d.bytes()?.to_vec();
        let signature = d.bytes()?.try_into().map_err(|_| Error::message("a signature has 64 bytes"))?;
        let count = d.array()?.ok_or_else(|| Error::message("chunks of unknown number"))?;
        if count == 0 || count > limits::MAX_CHUNKS_PER_ENTRY as u64 {
            return Err(Error::message("no chunks, or too many"));
        }
        let mut chunks = Vec::new();
        for _ in 0..count {
            chunks.push(match d.datatype()? {
                Type::Bytes => Chunk::Present(d.bytes()?.to_vec()),
                _ if d.array()? == Some(1) => Chunk::Detached(d.decode_with(ctx)?),
                _ => return Err(Error::message("a detached chunk is its hash alone")),
            });
        }
        let signed = SignedHeader::decode(header, signature).map_err(Error::custom)?;
        Ok(Self { signed, chunks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Epoch, Incarnation, SiteId};
    use crate::payload::RecordChange;
    use crate::tests_rng;

    fn builder() -> EntryBuilder {
        let change = |n| Operation::Change(RecordChange { kind: "party".into(), record: [n; 16], change: vec![n; 40] });
        EntryBuilder {
            organisation: OrganisationId([1; 32]),
            scope: ScopeId([2; 16]),
            writer: Writer { site: SiteId([3; 16]), epoch: Epoch([4; 8]) },
            previous: Some((6, Hash([5; 32]))),
            roster_heads: vec![],
            deps: vec![],
            envelope: Envelope {
                author: "PAR/operator".into(),
                wall_clock_ms: 1,
                command: "party.create".into(),
                incarnation: Incarnation([6; 8]),
                batch: None,
            },
            shared: vec![change(1)],
            persons: vec![vec![change(2)], vec![change(3)]],
        }
    }

    #[test]
    fn travels_and_opens() {
        let mut rng = tests_rng(4);
        let key = ScopeKey::generate(&mut rng);
        let entry = builder().build(Some(&key), &SigningKey::from_bytes(&[1; 32]), &mut rng).expect("builds");
        let bytes = entry.encode();
        assert_eq!(bytes.len(), entry.encoded_len());
        let read = Entry::decode(&bytes).expect("reads");
        assert_eq!(read, entry);
        assert_eq!(read.header().seq, 7);
        let opened = read.open(Some(&key)).expect("opens");
        assert_eq!(opened.operations.iter().map(|(chunk, _)| *chunk).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn a_person_can_be_detached_without_breaking_the_chain() {
        let mut rng = tests_rng(5);
        let key = ScopeKey::generate(&mut rng);
        let mut entry = builder().build(Some(&key), &SigningKey::from_bytes(&[1; 32]), &mut rng).expect("builds");
        let hash = entry.hash();
        entry.chunks[1] = Chunk::Detached(entry.chunks[1].hash());
        let bytes = entry.encode();
        assert_eq!(bytes.len(), entry.encoded_len());
        let read = Entry::decode(&bytes).expect("reads");
        assert_eq!(read.hash(), hash);
        let opened = read.open(Some(&key)).expect("opens");
        assert_eq!(opened.operations.iter().map(|(chunk, _)| *chunk).collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn swapped_chunks_and_cut_bytes_are_refused() {
        let mut rng = tests_rng(6);
        let mut entry = builder().build(None, &SigningKey::from_bytes(&[1; 32]), &mut rng).expect("builds");
        let bytes = entry.encode();
        for cut in 0..bytes.len() {
            assert!(Entry::decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        entry.chunks.swap(1, 2);
        assert!(matches!(Entry::decode(&entry.encode()), Err(EntryError::WrongChunks { .. })));
    }

    #[test]
    fn an_author_that_fills_too_much_is_told() {
        let mut rng = tests_rng(7);
        let mut builder = builder();
        let mut noise = vec![0; limits::MAX_ENTRY_BYTES];
        rand_core::Rng::fill_bytes(&mut rng, &mut noise);
        builder.shared = vec![Operation::Change(RecordChange { kind: "party".into(), record: [1; 16], change: noise })];
        let refused = builder.build(None, &SigningKey::from_bytes(&[1; 32]), &mut rng);
        assert!(matches!(refused, Err(EntryError::TooLarge { .. })));
    }
}
