//! Comptoir's synchronisation protocol, as pure code.
//!
//! Owns: identifiers, entries and their chains, sealing, the roster and its fold, vectors and digests, enrolment
//! messages, frames, and the session as a state machine. Never does: I/O, waiting, reading a clock, drawing randomness
//! of its own, SQL, or business. Time and randomness are arguments.

pub mod chunk;
pub mod codec;
pub mod console;
pub mod enrolment;
pub mod entry;
pub mod frame;
pub mod header;
pub mod health;
pub mod ids;
pub mod keys;
pub mod limits;
mod packing;
pub mod payload;
pub mod receipt;
pub mod roster;
pub mod session;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod vector;

pub use chunk::{Chunk, ChunkError};
pub use entry::{Entry, EntryBuilder, EntryError};
pub use header::{Header, LogHead, SignedHeader};
pub use ids::{Epoch, Hash, Incarnation, KeyId, OrganisationId, ScopeId, SiteId, Writer};
pub use vector::Vector;

#[cfg(test)]
fn tests_rng(seed: u64) -> impl rand_core::CryptoRng {
    use rand_core::SeedableRng;
    rand_chacha::ChaCha20Rng::seed_from_u64(seed)
}
