//! A relay in this process: started from its directory, stopped in good order. Owns the order of both.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use comptoir_transport::{BindError, Endpoint, Purpose, StoreFailure};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::admin;
use crate::alarms::book::AlarmBook;
use crate::alarms::watch::Watch;
use crate::changes::Changes;
use crate::console::{self, ConsoleConfig, ConsoleError};
use crate::core::RelayCore;
use crate::data_dir::{
    ALARMS_FILE, Announcement, DataDir, DirError, HEALTH_FILE, MAILBOX_FILE, REQUESTS_FILE, RunFile,
};
use crate::front::{Beside, Front};
use crate::health::Board;
use crate::identity::{KeyFileError, RelayIdentity};
use crate::limits::ADMIN_REQUEST_DEADLINE;
use crate::mailbox::Mailbox;
use crate::requests::RequestBook;
use crate::store::{Durability, OpenError};

/// What a relay is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The directory that `init` made.
    pub dir: PathBuf,
    /// Where sites connect, over UDP; port 0 for any.
    pub listen: SocketAddr,
    /// Where the admin port listens, over TCP, on the loopback interface; port 0 for any.
    pub admin: SocketAddr,
    /// The console; none where it is to stay shut.
    pub console: Option<ConsoleConfig>,
    /// What it watches for, and how it tells.
    pub watch: Watch,
}

/// Why a relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its directory cannot be used.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// Its keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// Its store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The port for sites cannot be had.
    #[error("sites cannot be listened for: choose another --listen, or stop what uses it")]
    Listen(#[from] BindError),
    /// The admin port would be reachable from other machines.
    #[error(
        "the admin port asks for no password and listens on this machine only: --admin 127.0.0.1:PORT, not {address}"
    )]
    AdminNotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The admin port cannot be had.
    #[error("the admin port {address} cannot be listened on: choose another --admin, or stop what uses it")]
    Admin {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The console cannot be opened.
    #[error(transparent)]
    Console(#[from] ConsoleError),
}

/// Why a relay stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its store failed, so that nothing more could be acknowledged. What was acknowledged is on disk.
    #[error("the relay stopped because its store failed; nothing was acknowledged that is not stored")]
    Store(#[from] StoreFailure),
}

/// Starts relays.
#[derive(Debug)]
pub struct Relay;

/// A relay that runs. Dropping it cuts it off; [`RunningRelay::shut_down`] ends it in good order.
#[derive(Debug)]
pub struct RunningRelay {
    front: Arc<Front>,
    run: RunFile,
    accepting: JoinHandle<()>,
    admin: JoinHandle<io::Result<()>>,
    watching: JoinHandle<()>,
    console: Option<JoinHandle<()>>,
    console_fingerprint: Option<String>,
    _announcement: Announcement,
}

impl Relay {
    /// Starts a relay. Returns once both ports listen and `run.json` says where.
    pub async fn start(config: Config) -> Result<RunningRelay, StartError> {
        if !config.admin.ip().is_loopback() {
            return Err(StartError::AdminNotLoopback { address: config.admin });
        }
        let dir = DataDir::open(&config.dir)?;
        let identity = RelayIdentity::load(&dir)?;
        let core = match identity.organisation {
            Some(organisation) => Some(RelayCore::open(dir.path(), identity.core(organisation), Durability::Full)?),
            None => None,
        };
        let changes = Changes::default();
        let beside = Beside {
            mailbox: Mailbox::open(&dir.file(MAILBOX_FILE))?,
            board: Board::open(&dir.file(HEALTH_FILE), changes.clone())?,
            alarms: AlarmBook::open(&dir.file(ALARMS_FILE), changes.clone())?,
            requests: RequestBook::open(&dir.file(REQUESTS_FILE), changes.clone())?,
        };
        let endpoint = Endpoint::server(config.listen, &identity.tls, &[Purpose::Sync, Purpose::Enrolment])?;
        let admin_failed = |source| StartError::Admin { address: config.admin, source };
        let listener = TcpListener::bind(config.admin).await.map_err(admin_failed)?;
        let console = match config.console {
            Some(console) => Some(console::open(dir.path(), console).await?),
            None => None,
        };
        let run = RunFile {
            listening: endpoint
                .local_address()
                .map_err(|source| BindError::Socket { address: config.listen, source })?,
            admin: listener.local_addr().map_err(admin_failed)?,
            console: console.as_ref().map(console::Opened::address),
            pid: std::process::id(),
        };
        let front = Arc::new(Front::new(dir, identity, core, (beside, changes), endpoint));
        let announcement = front.dir().announce(&run)?;
        let accepting = tokio::spawn(Arc::clone(&front).accept());
        Arc::clone(&front).take_samples();
        let stopped = front.stopping();
        let serving =
            axum::serve(listener, admin::router(Arc::clone(&front))).with_graceful_shutdown(stopped.cancelled_owned());
        let admin = tokio::spawn(serving.into_future());
        let watching = tokio::spawn(config.watch.keep(Arc::clone(&front)));
        let console_fingerprint = console.as_ref().map(|console| console.fingerprint().to_owned());
        let console = console.map(|console| tokio::spawn(console.serve(Arc::clone(&front))));
        tracing::info!(listening = %run.listening, admin = %run.admin, claimed = front.core().is_some(), "relay started");
        Ok(RunningRelay {
            front,
            run,
            accepting,
            admin,
            watching,
            console,
            console_fingerprint,
            _announcement: announcement,
        })
    }
}

impl RunningRelay {
    /// Where sites connect.
    pub fn listen_addr(&self) -> SocketAddr {
        self.run.listening
    }

    /// Where the admin port listens.
    pub fn admin_addr(&self) -> SocketAddr {
        self.run.admin
    }

    /// Where the console listens, if it is open.
    pub fn console_addr(&self) -> Option<SocketAddr> {
        self.run.console
    }

    /// SHA-256 of the certificate that the console shows, as browsers tell it.
    pub fn console_fingerprint(&self) -> Option<&str> {
        self.console_fingerprint.as_deref()
    }

    /// The logs, once the relay belongs to somebody.
    pub fn core(&self) -> Option<Arc<RelayCore>> {
        self.front.core()
    }

    /// Waits until the relay stops by itself.
    pub async fn stopped(&self) {
        self.front.stopping().cancelled().await;
    }

    /// Ends every session in good order and frees directory and ports.
    pub async fn shut_down(mut self) -> Result<(), RunError> {
        self.front.shut_down().await;
        let _ = (&mut self.accepting).await;
        if tokio::time::timeout(ADMIN_REQUEST_DEADLINE, &mut self.admin).await.is_err() {
            self.admin.abort();
        }
        self.watching.abort();
        if let Some(console) = &mut self.console {
            // It bounds the time in which its connections end by itself.
            let _ = console.await;
        }
        match self.front.take_failure() {
            None => Ok(()),
            Some(failure) => Err(failure.into()),
        }
    }
}

impl Drop for RunningRelay {
    fn drop(&mut self) {
        self.front.stopping().cancel();
        self.accepting.abort();
        self.admin.abort();
        self.watching.abort();
        self.console.iter().for_each(JoinHandle::abort);
    }
}
