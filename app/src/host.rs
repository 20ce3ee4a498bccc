//! The node behind the window: hosted in this process, by the same entry as `comptoir-node run`, the daemon that holds the directory
//! already, or a branch's node on the local network. Owns which of them it is, and when one of its own is started, started again and
//! stopped; what it serves, a node or the set-up of one, is its own affair.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Instant;

use comptoir_node::api::screens;
use comptoir_node::daemon::{self, ApiFile, Config, Running};
use comptoir_node::data_dir::DataDir;
use comptoir_node::durable;
use comptoir_node::identity::write_problem;
use comptoir_node::lan::Pin;
use comptoir_node::problem::{Code, Problem};
use futures_util::FutureExt;
use tokio::sync::{Mutex, watch};

use crate::branch::Branch;
use crate::limits::START_AGAIN;

/// Where a node answers. It stays on this side: the page never sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// On the loopback, or on the local network.
    pub address: SocketAddr,
    /// What every request bears; nothing before this window was let in.
    pub token: Option<String>,
    /// What a node on the local network must prove, over TLS; nothing on the loopback.
    pub pin: Option<Pin>,
}

/// The node of one directory.
pub struct Host {
    data: DataDir,
    /// Where it is remembered which branch's node is used instead.
    remembered: PathBuf,
    state: Mutex<State>,
    /// Told when another node stands behind the window.
    moved: watch::Sender<()>,
}

enum State {
    /// Nobody asked for it yet.
    Idle,
    /// It runs in this process.
    Hosted(Box<Running>),
    /// Another process of this machine runs it.
    Elsewhere(Door),
    /// It is a branch's.
    Branch(Door),
    /// It could not be started, or could not go on.
    Failed(Instant, Problem),
    /// The program ends.
    Over,
}

impl Host {
    /// The node of this directory, or the branch's that is remembered in a file; nothing is started yet.
    pub fn new(data: DataDir, remembered: PathBuf) -> Self {
        Self { data, remembered, state: Mutex::new(State::Idle), moved: watch::Sender::new(()) }
    }

    /// Whether the directory holds a node of its own.
    pub fn is_own_node(&self) -> bool {
        self.data.is_a_node()
    }

    /// The branch's node that is used.
    pub fn branch(&self) -> Option<Branch> {
        durable::read(&self.remembered).unwrap_or_else(|error| {
            tracing::error!(error = %comptoir_node::problem::told(&error), "the branch's node is forgotten");
            None
        })
    }

    /// Follows when another node stands behind the window.
    pub fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Uses a branch's node from now on.
    pub async fn enters(&self, branch: &Branch) -> Result<(), Problem> {
        self.is_now(|| durable::write(&self.remembered, branch).map_err(|error| write_problem(&error))).await
    }

    /// Uses a branch's node no more.
    pub async fn leaves(&self) -> Result<(), Problem> {
        self.is_now(|| durable::remove(&self.remembered).map_err(|error| write_problem(&error))).await
    }

    /// Changes what is remembered, and begins anew with it.
    async fn is_now(&self, change: impl FnOnce() -> Result<(), Problem>) -> Result<(), Problem> {
        let mut state = self.state.lock().await;
        if matches!(*state, State::Over) {
            return Err(stopped());
        }
        change()?;
        let before = std::mem::replace(&mut *state, State::Idle);
        if let State::Hosted(running) = before {
            // It was about to be set up, and holds nothing.
            running.stop().await?;
        }
        self.moved.send_replace(());
        Ok(())
    }

    /// Where the node answers. Starts it if it does not run; one that failed is started again, at most every [`START_AGAIN`].
    pub async fn door(&self, now: Instant) -> Result<Door, Problem> {
        let mut state = self.state.lock().await;
        let next = match std::mem::replace(&mut *state, State::Idle) {
            State::Hosted(running) if running.failed().now_or_never().is_some() => {
                State::Failed(now, running.stop().await.err().unwrap_or_else(stopped))
            }
            State::Failed(at, problem) if now.saturating_duration_since(at) < START_AGAIN => State::Failed(at, problem),
            State::Idle | State::Failed(..) => self.start(now).await,
            same => same,
        };
        let found = match &next {
            State::Hosted(running) => {
                Ok(Door { address: running.address(), token: Some(running.token().to_owned()), pin: None })
            }
            State::Elsewhere(door) | State::Branch(door) => Ok(door.clone()),
            State::Failed(_, problem) => Err(problem.clone()),
            State::Idle | State::Over => Err(stopped()),
        };
        *state = next;
        found
    }

    async fn start(&self, now: Instant) -> State {
        if let Some(door) = self.branch().and_then(|branch| branch.door()) {
            return State::Branch(door);
        }
        let api = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        // For browsers on the local network, if the node is opened to it: the window has the screens in itself.
        let config = Config { data: self.data.clone(), api, ui: screens::beside_the_program() };
        match daemon::start(config).await {
            Ok(running) => State::Hosted(Box::new(running)),
            Err(problem) if problem.is(Code::DirectoryInUse) => {
                self.elsewhere().map_or(State::Failed(now, problem), State::Elsewhere)
            }
            Err(problem) => {
                tracing::error!(code = %problem.code, problem = %problem.message, "the node cannot be started");
                State::Failed(now, problem)
            }
        }
    }

    /// The daemon that holds the directory, if it says where it is.
    fn elsewhere(&self) -> Option<Door> {
        let file = durable::read::<ApiFile>(&self.data.api()).ok().flatten()?;
        let address: SocketAddr = file.address.parse().ok()?;
        tracing::info!(%address, pid = file.pid, "the node of this directory runs already");
        // Its token is sent nowhere else than to this machine.
        address.ip().is_loopback().then_some(Door { address, token: Some(file.token), pin: None })
    }

    /// Nobody answers at this door: the daemon that another process ran has ended, and the next request starts the node here.
    pub async fn lost(&self, door: &Door) {
        let mut state = self.state.lock().await;
        if matches!(&*state, State::Elsewhere(known) if known == door) {
            *state = State::Idle;
        }
    }

    /// Whether the node ends with this program.
    pub async fn is_hosted(&self) -> bool {
        matches!(&*self.state.lock().await, State::Hosted(_))
    }

    /// Stops the node in good order, for good.
    pub async fn stop(&self) {
        let state = std::mem::replace(&mut *self.state.lock().await, State::Over);
        if let State::Hosted(running) = state
            && let Err(problem) = running.stop().await
        {
            tracing::error!(code = %problem.code, problem = %problem.message, "the node had failed");
        }
    }
}

fn stopped() -> Problem {
    Problem::new(Code::Stopping, "The node is stopping")
}
