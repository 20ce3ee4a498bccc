//! Every bound of the relay, named with its unit. Owns numbers, never behaviour; those of the wire are the protocol's and the
//! transport's.

use std::time::Duration;

/// Epochs that one site may open in one scope: a site that invents them must not fill the vectors of others.
pub const MAX_EPOCHS_PER_SITE: usize = 512;
/// Commits that a session may be behind before it is started anew.
pub const COMMIT_QUEUE_COMMITS: usize = 4_096;
/// Reading connections to the store that are kept open.
pub const MAX_IDLE_READERS: usize = 8;
/// How long one connection to the store waits for another.
pub const STORE_BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The write-ahead log is cut back to this once it was copied into the store.
pub const STORE_WAL_KEPT_BYTES: i64 = 16 * 1024 * 1024;

/// Sessions of peers that the roster names.
pub const MAX_SESSIONS: usize = 4_096;
/// Sessions of one peer: a new one begins before the old one's loss is noticed.
pub const MAX_SESSIONS_PER_PEER: usize = 4;
/// Sessions of peers that nobody has named yet, and that may only bring the roster that does.
pub const MAX_STRANGERS: usize = 32;
/// The same from one address.
pub const MAX_STRANGERS_PER_ADDRESS: usize = 8;
/// How long a stranger may take to bring the roster that names it.
pub const STRANGER_DEADLINE: Duration = Duration::from_secs(120);
/// How long the first frame of a relay's claimant may take.
pub const CLAIM_DEADLINE: Duration = Duration::from_secs(30);
/// Connections that present a claim at one time.
pub const MAX_CLAIMS: usize = 8;
/// Events that wait for one session.
pub const EVENT_QUEUE_EVENTS: usize = 512;

/// Enrolment connections in all.
pub const MAX_ENROLMENTS: usize = 64;
/// The same from one address: a branch's people sit behind one.
pub const MAX_ENROLMENTS_PER_ADDRESS: usize = 8;
/// How long one enrolment connection may last; a joining site connects again.
pub const ENROLMENT_DEADLINE: Duration = Duration::from_secs(30 * 60);
/// How long an enrolment connection may be silent.
pub const ENROLMENT_SILENCE_DEADLINE: Duration = Duration::from_secs(60);
/// Frames that one enrolment connection may send.
pub const MAX_ENROLMENT_FRAMES: usize = 8_192;
/// Join requests that one enrolment connection may bring.
pub const MAX_REQUESTS_PER_ENROLMENT: usize = 4;
/// Join requests that wait for headquarters.
pub const MAX_JOIN_REQUESTS: usize = 256;
/// The same from one address.
pub const MAX_JOIN_REQUESTS_PER_ADDRESS: usize = 32;
/// Answers of headquarters that are kept for joining sites.
pub const MAX_JOIN_ANSWERS: usize = 1_024;
/// How long a join request waits for headquarters.
pub const JOIN_REQUEST_KEPT_MS: i64 = 14 * 24 * 3_600 * 1_000;

/// The shortest time between two reports of one site that are taken.
pub const HEALTH_GAP_MS: i64 = 1_000;
/// How often a sample of what a site reports is kept.
pub const HEALTH_SAMPLE_INTERVAL_MS: i64 = 5 * 60 * 1_000;
/// How long samples are kept.
pub const HEALTH_SAMPLE_KEPT_MS: i64 = 31 * 24 * 3_600 * 1_000;

/// How far back the console shows how a site stood, when nothing is said.
pub const HISTORY_SHOWN_MS: i64 = 24 * 3_600 * 1_000;
/// How long alarms are kept that are over.
pub const ALARM_KEPT_MS: i64 = 365 * 24 * 3_600 * 1_000;
/// How long a program may take to answer when it is told of an alarm.
pub const WEBHOOK_DEADLINE: Duration = Duration::from_secs(15);
/// How long a mail server may take at each step.
pub const MAIL_DEADLINE: Duration = Duration::from_secs(30);
/// After the first failure to tell of an alarm it is tried again so soon; then twice as late each time.
pub const NOTICE_PAUSE_MS: i64 = 30_000;
/// How often that pause is doubled.
pub const MOST_NOTICE_DOUBLINGS: u32 = 7;
/// What could not be told for this long is old news.
pub const NOTICE_KEPT_MS: i64 = 3 * 24 * 3_600 * 1_000;
/// Notices that are told in one go.
pub const MAX_NOTICES_AT_ONCE: i64 = 64;
/// How often it is looked whether an alarm holds.
pub const ALARM_INTERVAL: Duration = Duration::from_secs(5);
/// Alarms that are shown at one time.
pub const MAX_ALARMS_SHOWN: i64 = 1_000;

/// Requests of the console that wait for an answer.
pub const MAX_CONSOLE_REQUESTS_WAITING: usize = 128;
/// Why something is asked for, or a line held.
pub const MAX_REASON_BYTES: usize = 1_000;
/// The name of a site that is wished for; the roster's own bound is the same.
pub const MAX_WISH_BYTES: usize = 256;
/// Its code, or its country.
pub const MAX_WISHED_CODE_BYTES: usize = 12;
/// Requests that are remembered once they are answered.
pub const MAX_CONSOLE_REQUESTS_KEPT: i64 = 1_000;

/// How long sessions may take to end when the relay stops.
pub const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// How long the admin port waits for a request to arrive and be answered.
pub const ADMIN_REQUEST_DEADLINE: Duration = Duration::from_secs(10);
/// The largest of the small files beside the store.
pub const MAX_SMALL_FILE_BYTES: u64 = 64 * 1024;
/// The longest `HOST:PORT`.
pub const MAX_ADDRESS_BYTES: usize = 255;
/// The longest jurisdiction.
pub const MAX_JURISDICTION_BYTES: usize = 16;

/// The most accounts of the console.
pub const MAX_CONSOLE_ACCOUNTS: usize = 256;
/// The longest name of an account, in characters.
pub const MAX_ACCOUNT_NAME_CHARACTERS: usize = 64;
/// The longest name by which the console is called.
pub const MAX_CONSOLE_NAME_BYTES: usize = 253;
/// The largest body of a request to the console.
pub const MAX_CONSOLE_BODY_BYTES: usize = 16 * 1024;
/// How long the console takes over a request at most.
pub const CONSOLE_REQUEST_DEADLINE: Duration = Duration::from_secs(30);
/// Requests that the console serves at one time; who comes beyond waits.
pub const MAX_CONSOLE_REQUESTS: usize = 64;
/// Requests of people who are not signed in that it serves at one time; who comes beyond is told to come again.
pub const MAX_CONSOLE_STRANGERS: usize = 16;
/// How often an open page is told of one topic at most.
pub const CHANGE_GAP: Duration = Duration::from_secs(1);
/// The same where only numbers changed, as they do with each entry and each report.
pub const FIGURES_GAP: Duration = Duration::from_secs(5);
/// How often a quiet event stream shows that it is alive.
pub const EVENT_KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a quiet event stream may outlive its session.
pub const EVENT_LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Event streams of the console at one time: half of what its door takes.
pub const MAX_EVENT_STREAMS: usize = 128;
/// The same of one session. A browser has six connections to one place, and some are to be left for requests.
pub const MAX_EVENT_STREAMS_PER_SESSION: usize = 4;
/// How long a set-up code may be used.
pub const SETUP_CODE_LIFETIME_MS: i64 = 24 * 3_600 * 1_000;
/// How long a set-up that was begun in a browser may take.
pub const SETUP_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// Set-ups under way at one time; a further one voids the oldest.
pub const MAX_SETUPS: usize = 64;
/// Wrong codes before the password is to be chosen again.
pub const MAX_SETUP_TRIES: u32 = 10;
/// How long the second factor may take after the password.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Sign-ins that wait for their second factor at one time; a further one voids the oldest.
pub const MAX_CHALLENGES: usize = 256;
/// Wrong second factors before the password is asked for again.
pub const MAX_CHALLENGE_TRIES: u32 = 5;
/// A session in which nothing was asked for this long is over.
pub const SESSION_IDLE_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// A session is over after this long whatever is done in it.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 3_600);
/// Sessions of the console at one time; a further one ends the oldest.
pub const MAX_CONSOLE_SESSIONS: usize = 1_024;
/// The same of one account.
pub const MAX_SESSIONS_PER_ACCOUNT: usize = 16;
/// How long a device is known at which somebody signed in.
pub const DEVICE_LIFETIME: Duration = Duration::from_secs(90 * 24 * 3_600);
/// Devices that are known for one account; of a further one the oldest makes room.
pub const MAX_DEVICES_PER_ACCOUNT: i64 = 16;
/// The secret of a second factor: 160 bits, as RFC 4226 has it.
pub const TOTP_SECRET_BYTES: usize = 20;
/// How long one code of a second factor holds.
pub const TOTP_STEP_SECONDS: u64 = 30;
/// How many steps a clock may be off either way.
pub const TOTP_SKEW_STEPS: u16 = 1;
/// Digits of a code.
pub const TOTP_DIGITS: u8 = 6;
/// Recovery codes that somebody gets.
pub const RECOVERY_CODES: usize = 10;
/// Acts that the audit log remembers; the oldest go. Some 20 MB.
pub const MAX_AUDITED_ACTS: i64 = 100_000;
/// Refusals that it remembers, apart: whoever guesses without end displaces no act.
pub const MAX_AUDITED_REFUSALS: i64 = 50_000;
/// How many of either one answer tells when nothing is said.
pub const AUDIT_ENTRIES: u32 = 100;
/// The most of one answer.
pub const MAX_AUDIT_ENTRIES: u32 = 1_000;
/// The largest file of a certificate, or of its key.
pub const MAX_PEM_BYTES: u64 = 256 * 1024;
/// How long browsers remember that the console is called over TLS alone, where its certificate was given.
pub const STRICT_TRANSPORT_SECONDS: u64 = 365 * 24 * 3_600;
/// `doctor` has a look at a certificate that ends within this; milliseconds.
pub const CERTIFICATE_LOOK_MS: i64 = 21 * 24 * 3_600 * 1_000;
/// So many sites must have said something within the hour before their clocks count against the relay's.
pub const DOCTOR_MIN_REPORTS: usize = 3;
