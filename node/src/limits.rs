//! Every bound of the node, named with its unit. Owns numbers, never behaviour.

use std::time::Duration;

/// The largest file that one import takes.
pub use comptoir_backoffice::limits::MAX_IMPORT_BYTES;

/// The largest body of a request, except for imports.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// The most that a command holds of an answer.
pub const MAX_ANSWER_BYTES: u64 = 1024 * 1024 * 1024;
/// A request must be answered within this time, unless it is a long one.
pub const REQUEST_DEADLINE: Duration = Duration::from_secs(30);
/// Imports, exports, verification and rebuilding must be answered within this time.
pub const LONG_REQUEST_DEADLINE: Duration = Duration::from_secs(3_600);
/// How often a relay is told how the site stands, while nothing changes.
pub const HEALTH_INTERVAL: Duration = Duration::from_secs(60);
/// The shortest pause between two such words.
pub const HEALTH_PAUSE: Duration = Duration::from_secs(3);
/// How long a command waits for another one to leave the directory, or for a daemon that starts to say where it is.
pub const COMMAND_ENTER_DEADLINE: Duration = Duration::from_secs(5);
/// How long a daemon that starts waits for a command to leave the directory.
pub const DAEMON_ENTER_DEADLINE: Duration = Duration::from_secs(2);
/// How often both look.
pub const ENTER_INTERVAL: Duration = Duration::from_millis(50);
/// How long a command waits for the daemon to take its connection.
pub const DAEMON_CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// The most requests that are served at one time.
pub const MAX_CONCURRENT_REQUESTS: usize = 64;
/// What is read at a time of a file on its way in or out.
pub const TRANSFER_BUFFER_BYTES: usize = 64 * 1024;
/// A backup that is older than this is worth a look.
pub const BACKUP_LOOK_MS: i64 = 7 * 24 * 3_600_000;
/// Batches that are listed when nothing is said.
pub const BATCHES: usize = 50;
/// The most batches that one answer lists.
pub const MAX_BATCHES: usize = 1_000;
/// How long the link that signs a browser in may be used.
pub const SIGN_IN_CODE_LIFETIME: Duration = Duration::from_secs(600);
/// The most such links that are valid at one time; a further one voids the oldest.
pub const MAX_SIGN_IN_CODES: usize = 16;
/// A browser that asked for nothing for this long is signed out.
pub const SESSION_IDLE_LIFETIME: Duration = Duration::from_secs(12 * 3_600);
/// The most browsers that are signed in at one time; a further one signs out the oldest.
pub const MAX_SESSIONS: usize = 64;
/// How often a door that cannot be opened is tried again.
pub const DOOR_OPEN_AGAIN: Duration = Duration::from_secs(5);
/// How long whoever opens or shuts a door waits for it.
pub const DOOR_OPEN_DEADLINE: Duration = Duration::from_secs(5);
/// The most sites that are dialled without a relay.
pub const MAX_DIRECT_ADDRESSES: usize = 64;
/// The longest address of a site: a name of 253 bytes, a colon, a port.
pub const MAX_DIRECT_ADDRESS_BYTES: usize = 259;
/// How often the port of the door for other sites is asked for before it is said to be taken.
pub const DIRECT_BIND_TRIES: usize = 10;
/// How long between two such attempts.
pub const DIRECT_BIND_AGAIN: Duration = Duration::from_millis(200);
/// The most sessions with other sites that are open at one time.
pub const MAX_DIRECT_SESSIONS: usize = 256;
/// The most devices that are let in.
pub const MAX_DEVICES: usize = 256;
/// The longest name of a device, in characters.
pub const MAX_DEVICE_NAME_CHARACTERS: usize = 100;
/// How far the time when a device was last seen may be behind.
pub const DEVICE_SEEN_INTERVAL_MS: i64 = 3_600_000;
/// Entries of the log that are listed when nothing is said.
pub const LOG_ENTRIES: usize = 100;
/// The most entries of the log that one answer lists.
pub const MAX_LOG_ENTRIES: usize = 1_000;
/// Records that were merged without asking, as many as are listed when nothing is said.
pub const MERGES: usize = 50;
/// The most of them that one answer lists.
pub const MAX_MERGES: usize = 1_000;
/// The most event streams that are open at one time.
pub const MAX_EVENT_STREAMS: usize = 32;
/// Events that a slow listener may be behind; beyond, it is told to read everything anew.
pub const EVENT_QUEUE_EVENTS: usize = 256;
/// The most record ids that one event names; beyond, the listener is told that the kind changed as a whole.
pub const MAX_RECORDS_PER_EVENT: usize = 200;
/// How often a quiet event stream shows that it is alive.
pub const EVENT_KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Commits that a session may be behind before it is started anew.
pub const COMMIT_QUEUE_COMMITS: usize = 4_096;
/// Requests of relays that wait for this node's attention: to join, and of headquarters' console.
pub const REQUEST_QUEUE_REQUESTS: usize = 64;
/// Requests of headquarters' console that are kept here: what waits, and the latest of what is decided.
pub const MAX_CONSOLE_REQUESTS: usize = 128;
/// After an entry was judged again because a relay asked, nothing is for so many times as long as that took: whoever has the relay takes a
/// tenth of a site's time at most.
pub const JUDGED_AGAIN_REST: u32 = 9;
/// The largest of the small files beside the database.
pub const MAX_SMALL_FILE_BYTES: u64 = 1024 * 1024;
/// The most open invitations.
pub const MAX_INVITATIONS: usize = 1_024;
/// Requests for sites that are shown.
pub const MAX_SITE_REQUESTS_SHOWN: u32 = 1_000;
/// The longest validity of an invitation.
pub const MAX_INVITATION_DAYS: u32 = 366;
/// For how long an invitation is valid that the console asked for, when nothing is said.
pub const INVITATION_VALIDITY: Duration = Duration::from_secs(7 * 86_400);
/// How often a joining site asks the relay how its invitation stands.
pub const JOIN_POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How far the file that keeps the time of receipt may be behind.
pub const RECEIVED_WRITE_INTERVAL_MS: u64 = 5_000;
/// How far the file of receipts may be behind while they come.
pub const RECEIPTS_WRITE_INTERVAL_MS: u64 = 1_000;
/// How long the daemon lets sessions and requests end in good order when it is asked to stop.
pub const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// How long work in the background may go on after that.
pub const BACKGROUND_STOP_DEADLINE: Duration = Duration::from_secs(2);
/// Code of a site, in characters.
pub const MAX_SITE_CODE_CHARACTERS: usize = 12;
/// Name of a site or an organisation, in bytes; the roster's own bound is the same.
pub const MAX_NAME_BYTES: usize = 256;
/// Postings, or transfers, of one answer when nothing is said.
pub const POSTINGS: u32 = 50;
/// The most of one answer.
pub const MAX_POSTINGS: u32 = 1_000;
/// The shortest passphrase of keys, in characters: whoever has the file guesses without anybody's seeing it.
pub const MIN_PASSPHRASE_CHARACTERS: usize = 12;
/// The longest passphrase of keys.
pub const MAX_PASSPHRASE_BYTES: usize = 1_024;
/// Work that a guess at the passphrase of sealed key files costs, as the logarithm of scrypt's N: done at each start, with 128 MiB.
pub const SEAL_SCRYPT_LOG2: u8 = 17;
/// Work that a guess at the passphrase of an exported key costs: 256 MiB and about a second, as the `age` tool has it.
pub const EXPORT_SCRYPT_LOG2: u8 = 18;
/// The most work that a file from elsewhere may ask for: 1 GiB.
pub const MAX_SCRYPT_LOG2: u8 = 20;
/// How often a site may make new keys: what it made is kept, for what was sealed to it stays readable.
pub const MAX_RENEWALS: usize = 128;
/// Longer than any key file: one with as many renewals as there may be has 70 KB.
pub const MAX_KEY_FILE_BYTES: usize = 128 * 1024;
/// The largest file that is taken for a copy of a key; one that is made here has less than 1 KiB.
pub const MAX_KEY_COPY_BYTES: usize = 8 * 1024;
/// The most accounts that a site has a password for: their file stays a small one.
pub const MAX_ACCOUNTS: usize = 2_000;
/// The most tokens for scripts that a site has.
pub const MAX_TOKENS: usize = 256;
/// The longest label of a token, in characters.
pub const MAX_TOKEN_LABEL_CHARACTERS: usize = 100;
/// How far the time when a token was last used may be behind.
pub const TOKEN_SEEN_INTERVAL_MS: i64 = 3_600_000;
/// How often it is looked whether the day of a token is over that somebody follows events with.
pub const TOKEN_LOOK_INTERVAL: Duration = Duration::from_secs(60);
/// Answers that the access log remembers; the oldest go. Some 20 MB.
pub const MAX_ACCESSES: i64 = 100_000;
/// How many of them one answer tells when nothing is said.
pub const ACCESSES: u32 = 100;
/// The most of one answer.
pub const MAX_ACCESSES_SHOWN: u32 = 1_000;
