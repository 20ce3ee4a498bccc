//! Chunks: the parts of an entry that only members can open.
//!
//! Owns compression, sealing, opening and the root that commits to them. Each chunk is compressed and sealed alone, so
//! that one can be detached without breaking the chain. Never decides what stands in which chunk.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::ids::{Hash, OrganisationId, ScopeId, Writer, hash};
use crate::keys::ScopeKey;
use crate::limits;

const NONCE_BYTES: usize = 24;
const COMPRESSION_LEVEL: i32 = 3;

/// One chunk as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Its bytes: nonce and ciphertext, or compressed clear text in the roster.
    Present(Vec<u8>),
    /// Its bytes are gone; the chain still knows their hash.
    Detached(Hash),
}

impl Chunk {
    /// What the chunk root commits to.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Present(bytes) => hash("comptoir 2026 chunk", &[bytes]),
            Self::Detached(hash) => *hash,
        }
    }
}

/// The root over the chunks of one entry.
pub fn chunk_root(chunks: &[Chunk]) -> Hash {
    let hashes: Vec<u8> = chunks.iter().flat_map(|chunk| chunk.hash().0).collect();
    hash("comptoir 2026 chunk root", &[&hashes])
}

/// Where a chunk stands: authenticated with it, so that it opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The scope.
    pub scope: ScopeId,
    /// The log.
    pub writer: Writer,
    /// The entry.
    pub seq: u64,
    /// The chunk in the entry.
    pub index: u32,
}

impl Position {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(100);
        bytes.extend_from_slice(&self.organisation.0);
        bytes.extend_from_slice(&self.scope.0);
        bytes.extend_from_slice(&self.writer.site.0);
        bytes.extend_from_slice(&self.writer.epoch.0);
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(&self.index.to_be_bytes());
        bytes
    }
}

/// Why a chunk cannot be made or opened.
#[derive(Debug, Error)]
pub enum ChunkError {
    /// The key is another, or the bytes are damaged or stand in the wrong place.
    #[error("chunk {index} does not open with key {key}")]
    DoesNotOpen {
        /// Which chunk.
        index: u32,
        /// The key's name.
        key: crate::ids::KeyId,
    },
    /// Compression that cannot be undone, or does not say how much it holds.
    #[error("chunk {index} does not inflate")]
    DoesNotInflate {
        /// Which chunk.
        index: u32,
    },
    /// Inflates to more than the bound: stopped before anything was allocated.
    #[error("chunk {index} would inflate to {bytes} bytes, over the bound of {most}")]
    TooLarge {
        /// Which chunk.
        index: u32,
        /// How much it claims to hold.
        bytes: u64,
        /// The bound.
        most: usize,
    },
}

/// Compresses and seals one chunk. Without a key it stays in clear.
pub fn seal(key: Option<&ScopeKey>, position: &Position, plaintext: &[u8], rng: &mut impl CryptoRng) -> Chunk {
    let compressed = zstd::bulk::compress(plaintext, COMPRESSION_LEVEL)
        .expect("invariant: zstd compresses any bytes into a buffer of its own bound");
    let Some(key) = key else { return Chunk::Present(compressed) };
    let nonce = nonce(key, position, plaintext, rng);
    let aad = aad(key, position);
    let sealed = XChaCha20Poly1305::new(&(*key.as_bytes()).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: &compressed, aad: &aad })
        .expect("invariant: a chunk is far below the cipher's length limit");
    let mut bytes = nonce.to_vec();
    bytes.extend_from_slice(&sealed);
    Chunk::Present(bytes)
}

/// Opens and inflates one chunk to at most `most` bytes.
pub fn open(key: Option<&ScopeKey>, position: &Position, bytes: &[u8], most: usize) -> Result<Vec<u8>, ChunkError> {
    let index = position.index;
    let Some(key) = key else { return inflate(bytes, index, most) };
    let error = || ChunkError::DoesNotOpen { index, key: key.id() };
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(error)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| error())?;
    let aad = aad(key, position);
    let compressed = XChaCha20Poly1305::new(&(*key.as_bytes()).into())
        .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad })
        .map_err(|_| error())?;
    inflate(&compressed, index, most)
}

/// Inflates what declares its size, after that size was checked: a bomb is refused before it is lit.
fn inflate(compressed: &[u8], index: u32, most: usize) -> Result<Vec<u8>, ChunkError> {
    let most = most.min(limits::MAX_INFLATED_CHUNK_BYTES);
    let declared = zstd::zstd_safe::get_frame_content_size(compressed)
        .ok()
        .flatten()
        .ok_or(ChunkError::DoesNotInflate { index })?;
    if declared > most as u64 {
        return Err(ChunkError::TooLarge { index, bytes: declared, most });
    }
    let size = usize::try_from(declared).map_err(|_| ChunkError::DoesNotInflate { index })?;
    let plaintext = zstd::bulk::decompress(compressed, size).map_err(|_| ChunkError::DoesNotInflate { index })?;
    if plaintext.len() == size { Ok(plaintext) } else { Err(ChunkError::DoesNotInflate { index }) }
}

/// Randomness keeps nonces apart; position and plaintext do so too when the randomness repeats (a resumed memory image).
fn nonce(key: &ScopeKey, position: &Position, plaintext: &[u8], rng: &mut impl CryptoRng) -> [u8; NONCE_BYTES] {
    let mut entropy = [0; 32];
    rng.fill_bytes(&mut entropy);
    let mut hasher = blake3::Hasher::new_keyed(&key.nonce_key());
    hasher.update(&entropy);
    hasher.update(&position.bytes());
    hasher.update(plaintext);
    let mut nonce = [0; NONCE_BYTES];
    nonce.copy_from_slice(&hasher.finalize().as_bytes()[..NONCE_BYTES]);
    nonce
}

fn aad(key: &ScopeKey, position: &Position) -> Vec<u8> {
    let mut aad = position.bytes();
    aad.extend_from_slice(&key.id().0);
    aad
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Epoch, SiteId};
    use crate::tests_rng;

    fn position(index: u32) -> Position {
        Position {
            organisation: OrganisationId([1; 32]),
            scope: ScopeId([2; 16]),
            writer: Writer { site: SiteId([3; 16]), epoch: Epoch([4; 8]) },
            seq: 5,
            index,
        }
    }

    fn bytes(chunk: Chunk) -> Vec<u8> {
        match chunk {
            Chunk::Present(bytes) => bytes,
            Chunk::Detached(_) => panic!("just sealed"),
        }
    }

    #[test]
    fn opens_only_with_its_key_in_its_place() {
        let mut rng = tests_rng(2);
        let key = ScopeKey::generate(&mut rng);
        let sealed = bytes(seal(Some(&key), &position(0), b"bonjour", &mut rng));
        assert_eq!(open(Some(&key), &position(0), &sealed, 100).expect("opens"), b"bonjour");
        assert!(open(Some(&key), &position(1), &sealed, 100).is_err());
        assert!(open(Some(&ScopeKey::generate(&mut rng)), &position(0), &sealed, 100).is_err());
        let mut torn = sealed.clone();
        *torn.last_mut().expect("not empty") ^= 1;
        assert!(open(Some(&key), &position(0), &torn, 100).is_err());
    }

    #[test]
    fn equal_randomness_still_gives_other_nonces_for_other_text() {
        let key = ScopeKey::from_bytes([9; 32]);
        let one = bytes(seal(Some(&key), &position(0), b"one", &mut tests_rng(3)));
        let two = bytes(seal(Some(&key), &position(0), b"two", &mut tests_rng(3)));
        assert_ne!(one[..NONCE_BYTES], two[..NONCE_BYTES]);
    }

    #[test]
    fn f22_a_bomb_is_refused_by_its_declared_size() {
        let bomb = zstd::bulk::compress(&vec![0; 16 * 1024 * 1024], 3).expect("compresses");
        assert!(bomb.len() < 4096, "small outside");
        assert!(matches!(open(None, &position(0), &bomb, usize::MAX), Err(ChunkError::TooLarge { .. })));
        let honest = zstd::bulk::compress(&[0; 100], 3).expect("compresses");
        assert_eq!(open(None, &position(0), &honest, 100).expect("inflates").len(), 100);
        assert!(open(None, &position(0), &honest, 99).is_err());
    }

    #[test]
    fn f22_a_stream_that_hides_its_size_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("an encoder");
        std::io::Write::write_all(&mut encoder, &[0; 4096]).expect("writes");
        let stream = encoder.finish().expect("finishes");
        assert!(matches!(open(None, &position(0), &stream, 10_000), Err(ChunkError::DoesNotInflate { .. })));
    }
}
