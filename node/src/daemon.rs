//! The daemon: one process that holds a directory, serves its API and keeps the line to the relay. Owns starting and stopping
//! in good order; decides nothing of what is served or sent.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::api::guard::Door;
use crate::api::screens::Screens;
use crate::api::session::Sessions;
use crate::data_dir::DataDir;
use crate::identity::write_problem;
use crate::limits::{DAEMON_ENTER_DEADLINE, JOIN_REQUEST_QUEUE_REQUESTS, STOP_DEADLINE};
use crate::node::Node;
use crate::problem::{Code, Problem, told};
use crate::{api, durable, enrolment, entropy, sync};

/// What a daemon is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The directory of a node that was founded or has joined.
    pub data: DataDir,
    /// Where its API listens.
    pub api: SocketAddr,
    /// The folder of the built interface, if it is to be served.
    pub ui: Option<PathBuf>,
}

/// `api.json`: where a running daemon is reached, and with which token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ApiFile {
    /// `address:port`.
    pub address: String,
    /// Every request bears it.
    pub token: String,
    /// The daemon's process id, for people.
    pub pid: u32,
}

/// A daemon that runs.
pub struct Running {
    node: Arc<Node>,
    address: SocketAddr,
    token: String,
    screens: Option<Sessions>,
    tasks: JoinSet<()>,
}

/// Starts a daemon. Once this returns, its API answers.
pub async fn start(config: Config) -> Result<Running, Problem> {
    let screens = config.ui.as_deref().map(Screens::read).transpose()?;
    let listener = bind(config.api).await?;
    let address = listener.local_addr().map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let data = config.data.clone();
    let open = move || {
        let lock = data.enter_patiently(DAEMON_ENTER_DEADLINE)?;
        // What a daemon that was killed left behind leads nowhere.
        durable::remove(&data.api()).map_err(|error| write_problem(&error))?;
        Node::open(data, lock)
    };
    let opened = tokio::task::spawn_blocking(open).await;
    let node = Arc::new(opened.map_err(|error| Problem::from_error(Code::Internal, &error))??);
    node.is_daemon_now();
    let token = entropy::token();
    let door = Door::new(&token, Door::loopback_hosts(address.port()));
    let sessions = door.sessions().clone();
    let has_screens = screens.is_some();
    let router = match screens {
        Some(screens) => api::router_with_screens(Arc::clone(&node), door, screens, &format!("http://{address}/")),
        None => api::router(Arc::clone(&node), door),
    };
    let mut tasks = JoinSet::new();
    let stopping = node.stopping().clone();
    tasks.spawn(async move {
        let stop = async move { stopping.cancelled().await };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
            tracing::error!(error = %told(&error), "the API ended");
        }
    });
    let (requests, arriving) = tokio::sync::mpsc::channel(JOIN_REQUEST_QUEUE_REQUESTS);
    tasks.spawn(enrolment::approve::answer_requests(Arc::clone(&node), arriving));
    tasks.spawn(sync::run(Arc::clone(&node), requests));
    let file = ApiFile { address: address.to_string(), token: token.clone(), pid: std::process::id() };
    durable::write(&config.data.api(), &file).map_err(|error| write_problem(&error))?;
    tracing::info!(%address, site = %node.site_code(), version = env!("CARGO_PKG_VERSION"), "node runs");
    Ok(Running { node, address, token, screens: has_screens.then_some(sessions), tasks })
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Problem> {
    if !address.ip().is_loopback() {
        let message = format!("{address} is no address of this machine alone: the API is served on loopback only");
        return Err(Problem::new(Code::BadRequest, message).with("address", address));
    }
    TcpListener::bind(address).await.map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::AddrInUse | std::io::ErrorKind::PermissionDenied => Code::PortInUse,
            _ => Code::BadRequest,
        };
        let message = format!("{address} cannot be listened on: {}", told(&error));
        Problem::new(code, message).with("address", address)
    })
}

impl Running {
    /// Where the API listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What every request must bear.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What to open in a browser to be signed in, once; nothing where no screens are served.
    pub fn sign_in_link(&self) -> Option<String> {
        let code = self.screens.as_ref()?.offer(Instant::now());
        Some(format!("http://{}/#sign-in={code}", self.address))
    }

    /// The file that says both.
    pub fn api_file(&self) -> PathBuf {
        self.node.data().api()
    }

    /// The node itself, for tests.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// Waits until the node can no longer go on.
    pub async fn failed(&self) {
        self.node.failed().await;
    }

    /// Stops in good order: no new requests, sessions closed, the file removed. Tells why the node failed, if it did.
    pub async fn stop(mut self) -> Result<(), Problem> {
        self.node.stopping().cancel();
        if let Err(error) = durable::remove(&self.node.data().api()) {
            tracing::warn!(error = %told(&error), "api.json stays behind");
        }
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_DEADLINE, ended).await.is_err() {
            tracing::warn!("not everything ended in time");
        }
        self.node.settle_files();
        tracing::info!("node stopped");
        self.node.failure().map_or(Ok(()), Err)
    }
}
