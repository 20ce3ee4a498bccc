//! Every bound of the doors, named with its unit. Owns numbers, never behaviour.

use std::time::Duration;

/// The most connections of one door at one time; who comes beyond waits.
pub const MAX_CONNECTIONS: usize = 256;
/// How long a connection may take to shake hands.
pub const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);
/// How long a connection may wait before its next request is there, head and all.
pub const IDLE_LIMIT: Duration = Duration::from_secs(60);
/// How long a door waits after a connection that could not be accepted.
pub const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// How long a door that stops lets what is under way end.
pub const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// What argon2id fills for one password, in KiB. With the passes below it is what OWASP asks for at least; a small branch computer
/// takes about 30 ms.
pub const PASSWORD_MEMORY_KIB: u32 = 19 * 1024;
/// How often argon2id goes over it.
pub const PASSWORD_PASSES: u32 = 2;
/// In how many lanes.
pub const PASSWORD_LANES: u32 = 1;
/// The salt of a password.
pub const PASSWORD_SALT_BYTES: usize = 16;
/// What is kept of a password.
pub const PASSWORD_HASH_BYTES: usize = 32;
/// The most memory that a kept password may ask for: what another version wrote is obeyed up to here.
pub const MAX_PASSWORD_MEMORY_KIB: u32 = 256 * 1024;
/// The most passes that a kept password may ask for.
pub const MAX_PASSWORD_PASSES: u32 = 16;
/// The most lanes that a kept password may ask for.
pub const MAX_PASSWORD_LANES: u32 = 8;
/// The shortest password, in characters.
pub const MIN_PASSWORD_CHARACTERS: usize = 10;
/// The longest password.
pub const MAX_PASSWORD_BYTES: usize = 1_024;
/// Letters and digits that a password has at least besides words of its context, where it holds such.
pub const LEAST_BESIDE_WORDS: usize = 8;
/// The shortest word of the context that is looked for, in letters and digits.
pub const LEAST_WORD_CHARACTERS: usize = 3;
/// Wrong guesses at one account before there is a wait.
pub const ACCOUNT_FREE_GUESSES: u32 = 5;
/// The longest wait of an account: somebody else's guesses keep its owner out for no longer.
pub const MAX_ACCOUNT_WAIT: Duration = Duration::from_secs(60);
/// The longest wait of a second factor: who guesses at it knows the password.
pub const MAX_FACTOR_WAIT: Duration = Duration::from_secs(900);
/// Wrong guesses from one address before there is a wait: a whole branch may come from one.
pub const ADDRESS_FREE_GUESSES: u32 = 20;
/// The longest wait of an address.
pub const MAX_ADDRESS_WAIT: Duration = Duration::from_secs(900);
/// After how long without another one wrong guesses are forgotten.
pub const GUESSES_FORGOTTEN_AFTER: Duration = Duration::from_secs(3_600);
/// The most accounts, and the most addresses, of which wrong guesses are remembered.
pub const MAX_REMEMBERED_GUESSERS: usize = 4_096;
/// The most that the files of the interface may hold together.
pub const MAX_SCREENS_BYTES: usize = 32 * 1024 * 1024;
/// The most files that the interface may have.
pub const MAX_SCREENS_FILES: usize = 1_000;
