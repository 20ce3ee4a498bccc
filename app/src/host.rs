//! The node behind the window: hosted in this process, by the same entry as `comptoir-node run`, or the daemon that holds the
//! directory already. Owns when it is started, started again and stopped; what it serves, a node or the set-up of one, is its own affair.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use comptoir_node::daemon::{self, ApiFile, Config, Running};
use comptoir_node::data_dir::DataDir;
use comptoir_node::durable;
use comptoir_node::problem::{Code, Problem};
use futures_util::FutureExt;
use tokio::sync::Mutex;

use crate::limits::START_AGAIN;

/// Where a node answers. It stays on this side: the page never sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// On the loopback.
    pub address: SocketAddr,
    /// What every request must bear.
    pub token: String,
}

/// The node of one directory.
pub struct Host {
    data: DataDir,
    state: Mutex<State>,
}

enum State {
    /// Nobody asked for it yet.
    Idle,
    /// It runs in this process.
    Hosted(Box<Running>),
    /// Another process of this machine runs it.
    Elsewhere(Door),
    /// It could not be started, or could not go on.
    Failed(Instant, Problem),
    /// The program ends.
    Over,
}

impl Host {
    /// The node of this directory; nothing is started yet.
    pub fn new(data: DataDir) -> Self {
        Self { data, state: Mutex::new(State::Idle) }
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
            State::Hosted(running) => Ok(Door { address: running.address(), token: running.token().to_owned() }),
            State::Elsewhere(door) => Ok(door.clone()),
            State::Failed(_, problem) => Err(problem.clone()),
            State::Idle | State::Over => Err(stopped()),
        };
        *state = next;
        found
    }

    async fn start(&self, now: Instant) -> State {
        let api = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = Config { data: self.data.clone(), api, ui: None };
        match daemon::start(config).await {
            Ok(running) => State::Hosted(Box::new(running)),
            Err(problem) if problem.is(Code::DirectoryInUse) => {
                self.elsewhere().map_or(State::Failed(now, problem), State::Elsewhere)
            }
            Err(problem) => {
                tracing::error!(code = %problem.code, message = %problem.message, "the node cannot be started");
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
        address.ip().is_loopback().then_some(Door { address, token: file.token })
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
            tracing::error!(code = %problem.code, message = %problem.message, "the node had failed");
        }
    }
}

fn stopped() -> Problem {
    Problem::new(Code::Stopping, "The node is stopping")
}
