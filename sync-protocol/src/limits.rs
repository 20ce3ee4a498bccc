//! Every bound of the protocol, named with its unit. Owns numbers, never behaviour.

/// The largest sealed entry, header and chunks together.
pub const MAX_ENTRY_BYTES: usize = 512 * 1024;
/// The largest header, whatever it cites.
pub const MAX_HEADER_BYTES: usize = 128 * 1024;
/// The most chunks in one entry.
pub const MAX_CHUNKS_PER_ENTRY: usize = 4_096;
/// The most a single chunk may hold once inflated: a bomb stops here.
pub const MAX_INFLATED_CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// The most that all chunks of one entry may hold once inflated.
pub const MAX_INFLATED_ENTRY_BYTES: usize = 8 * 1024 * 1024;
/// The most operations in one entry.
pub const MAX_OPERATIONS_PER_ENTRY: usize = 20_000;
/// The most logs that one header may cite.
pub const MAX_CITED_LOGS: usize = 1_024;
/// The most extensions of a header.
pub const MAX_EXTENSIONS: usize = 16;
/// What an author aims for when it fills an entry, before compression, so that `MAX_ENTRY_BYTES` is never met.
pub const TARGET_ENTRY_PLAIN_BYTES: usize = 256 * 1024;

/// The largest frame of a session.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;
/// The most bytes of entries put into one frame.
pub const MAX_ENTRIES_FRAME_BYTES: usize = 512 * 1024;
/// The most entries put into one frame.
pub const MAX_ENTRIES_PER_FRAME: usize = 1_024;
/// Entry bytes of one scope that may be under way to a peer without its acknowledgement.
pub const SCOPE_WINDOW_BYTES: usize = 2 * 1024 * 1024;
/// Channels that the scopes of one session share, control aside; the transport opens no more.
pub const MAX_SCOPE_CHANNELS: u32 = 64;
/// The most scopes that one session speaks of.
pub const MAX_SCOPES_PER_SESSION: usize = 16_384;
/// The most logs in one vector.
pub const MAX_LOGS_PER_VECTOR: usize = 8_192;
/// Wanted entries listed beside a vector.
pub const MAX_WANTED_ENTRIES: usize = 4_096;
/// Vectors for scopes that the own roster does not show yet, held until it does.
pub const MAX_EARLY_VECTORS: usize = 256;
/// How often a scope is compared anew in one session because what was acknowledged was not what was sent.
pub const MAX_SCOPE_RESTARTS: u32 = 16;

/// A peer must answer each step of the opening within this time.
pub const OPENING_DEADLINE_MS: u64 = 30_000;
/// How often a quiet session tells its peer where it stands.
pub const CURRENT_INTERVAL_MS: u64 = 15_000;
/// A scope whose sent entries stay unacknowledged for this long ends the session.
pub const ACKNOWLEDGE_DEADLINE_MS: u64 = 120_000;

/// Text fields of the roster: names, codes, addresses.
pub const MAX_ROSTER_TEXT_BYTES: usize = 256;
/// The name of a scope that an organisation defines for itself.
pub const MAX_SCOPE_NAME_BYTES: usize = 32;
/// The most jurisdictions that one scope names: more than there are countries.
pub const MAX_JURISDICTIONS: usize = 512;
/// The most acts in one roster entry.
pub const MAX_ACTS_PER_ENTRY: usize = 4_096;
/// The most logs that one cut lists: they fit into an entry.
pub const MAX_CUT_HEADS: usize = 4_096;

/// The largest body of a health report: a few bytes for each scope.
pub const MAX_HEALTH_BYTES: usize = 512 * 1024;
/// Entries set aside that one report names; what is beyond is counted alone.
pub const MAX_SET_ASIDE_TOLD: usize = 64;
/// Warnings and errors of its program that one report tells.
pub const MAX_JOURNAL_LINES_TOLD: usize = 32;
/// The longest text of one of them.
pub const MAX_JOURNAL_TEXT_BYTES: usize = 200;
/// Why somebody at the console asks for something, or what is said to it.
pub const MAX_CONSOLE_TEXT_BYTES: usize = 2 * 1024;

/// The largest sealed join request or answer.
pub const MAX_ENROLMENT_BYTES: usize = 8 * 1024;
/// The longest join code.
pub const MAX_CODE_CHARACTERS: usize = 1_024;
