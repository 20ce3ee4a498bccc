//! Headquarters' console: a third port of the relay, for browsers, over TLS. Off unless it is asked for.
//!
//! Owns accounts and their roles, sign-in with a second factor, sessions, the audit log, and an API that tells how relay and sites stand, and
//! the pages that show it.
//! Never reads what sites write, holds no scope key, and adds no member: who takes over the relay with it gets no more than the relay has.

pub mod account;
mod api;
mod awaiting;
pub mod book;
pub mod certificate;
pub mod code;
mod device;
mod guard;
pub mod host;
pub mod openapi;
mod problem;
mod routes;
mod sessions;
mod streams;
pub mod totp;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_door::back_off::{BackOff, Guess};
use comptoir_door::fit;
use comptoir_door::listener::{self, OpenDoor, OpenError};
use comptoir_door::password::{Hashing, Kept};
use comptoir_door::screens::{Screens, ScreensError};
use tokio::sync::Semaphore;

use self::awaiting::Awaiting;
use self::book::Book;
use self::book::accounts::Credentials;
use self::certificate::{CertificateError, Given};
use self::host::ConsoleName;
use self::problem::{Code, Problem};
use self::sessions::Sessions;
use self::streams::Streams;
use self::totp::Shared;
use crate::clock::Clock;
use crate::front::Front;
use crate::limits::{
    CHALLENGE_LIFETIME, MAX_CHALLENGES, MAX_CONSOLE_REQUESTS, MAX_CONSOLE_STRANGERS, MAX_SETUPS, SETUP_LIFETIME,
};
use crate::store::OpenError as BookError;

/// How the console is to be opened.
#[derive(Clone, Debug)]
pub struct ConsoleConfig {
    /// Where it listens, over TCP; port 0 for any.
    pub listen: SocketAddr,
    /// The certificate that somebody issued; without one, it shows its own.
    pub certificate: Option<Given>,
    /// The folder of its built pages; without one, it has an API alone.
    pub ui: Option<PathBuf>,
    /// By which names it may be called, beside the address at which a request arrives.
    pub names: Vec<ConsoleName>,
    /// What time it is.
    pub clock: Clock,
}

/// Why the console does not open.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Its certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// Its book.
    #[error(transparent)]
    Book(#[from] BookError),
    /// Its pages.
    #[error("the console's pages cannot be served")]
    Pages(#[from] ScreensError),
    /// Its port.
    #[error("the console's port cannot be had: choose another --console, or stop what uses it")]
    Listen(#[from] OpenError),
}

/// A console whose port is taken, and that serves nobody yet.
pub(crate) struct Opened {
    door: OpenDoor,
    book: Book,
    config: ConsoleConfig,
    fingerprint: String,
    issued: bool,
    pages: Option<Screens>,
}

/// Takes the port, and reads what the console needs.
pub(crate) async fn open(dir: &Path, config: ConsoleConfig) -> Result<Opened, ConsoleError> {
    let shown = certificate::load(dir, config.certificate.as_ref())?;
    let book = Book::open(dir)?;
    let pages = config.ui.as_deref().map(Screens::read).transpose()?;
    let door = listener::open(config.listen, shown.tls).await?;
    Ok(Opened { door, book, config, fingerprint: shown.fingerprint, issued: shown.issued, pages })
}

impl Opened {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.door.address()
    }

    /// SHA-256 of its certificate.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Serves until the relay stops.
    pub(crate) async fn serve(self, front: Arc<Front>) {
        let stopping = front.stopping();
        let console = Console::new(self.book, self.config, (self.issued, self.pages), front);
        self.door.serve(routes::router(Arc::new(console)), stopping).await;
    }
}

/// A password that was right, and waits for the second factor.
#[derive(Clone)]
struct Challenge {
    credentials: Arc<Credentials>,
}

/// A password that was set, and an authenticator that is to confirm.
#[derive(Clone)]
struct SetupHalf {
    password: Kept,
    totp: Shared,
}

/// What all requests share.
struct Console {
    book: Arc<Book>,
    front: Arc<Front>,
    sessions: Sessions,
    challenges: Awaiting<Challenge>,
    setups: Awaiting<SetupHalf>,
    back_off: Mutex<BackOff>,
    hashing: Arc<Hashing>,
    clock: Clock,
    names: Vec<ConsoleName>,
    issued: bool,
    pages: Option<Screens>,
    started_ms: i64,
    places: Semaphore,
    strangers: Semaphore,
    streams: Arc<Streams>,
}

impl Console {
    fn new(book: Book, config: ConsoleConfig, (issued, pages): (bool, Option<Screens>), front: Arc<Front>) -> Self {
        Self {
            book: Arc::new(book.telling(front.changes().clone())),
            front,
            sessions: Sessions::default(),
            challenges: Awaiting::new(MAX_CHALLENGES, CHALLENGE_LIFETIME),
            setups: Awaiting::new(MAX_SETUPS, SETUP_LIFETIME),
            back_off: Mutex::default(),
            hashing: Arc::default(),
            started_ms: config.clock.now().ms,
            clock: config.clock,
            names: config.names,
            issued,
            pages,
            places: Semaphore::new(MAX_CONSOLE_REQUESTS),
            strangers: Semaphore::new(MAX_CONSOLE_STRANGERS),
            streams: Arc::default(),
        }
    }

    /// Work that blocks (SQLite, hashing), where blocking is no harm.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Book, &Hashing) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (book, hashing) = (Arc::clone(&self.book), Arc::clone(&self.hashing));
        let done = tokio::task::spawn_blocking(move || work(&book, &hashing)).await;
        done.unwrap_or_else(|error| Err(Problem::from_error(Code::Internal, &error)))
    }

    /// Whether a password may be chosen for the account of this name.
    fn check_password(&self, password: &str, name: &str) -> Result<(), Problem> {
        let organisation = self.front.core().map(|core| core.roster().name.clone()).unwrap_or_default();
        Ok(fit::check(password, &[name, &organisation])?)
    }

    fn back_off(&self) -> MutexGuard<'_, BackOff> {
        self.back_off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A guess is about to be looked at.
    fn guess(&self, guess: Guess) -> Result<(), Problem> {
        self.back_off().guess(guess, self.clock.now().instant).map_err(|wait| {
            // A wait that is all but over is told as one second.
            let seconds = wait.as_millis().div_ceil(1_000);
            Problem::new(Code::TooManyAttempts, format!("Too many wrong guesses: wait {seconds} s"))
                .with("seconds", seconds)
        })
    }
}
