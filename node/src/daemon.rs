//! The daemon: one process that holds a directory, serves its API and keeps the line to the relay. Where there is no node yet it
//! serves a set-up, and becomes the node's daemon without a restart. Owns starting and stopping in good order; decides nothing of
//! what is served or sent.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::api::guard::Door;
use crate::api::screens::{self, Screens};
use crate::api::session::Sessions;
use crate::api::stage::Stage;
use crate::data_dir::{DataDir, Lock};
use crate::doorway::listen_problem;
use crate::enrolment::setup::Setup;
use crate::identity::write_problem;
use crate::limits::{DAEMON_ENTER_DEADLINE, REQUEST_QUEUE_REQUESTS, STOP_DEADLINE};
use crate::node::Node;
use crate::problem::{Code, Problem, told};
use crate::{api, direct, durable, enrolment, entropy, sync};

/// What a daemon is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The directory of a node; or an empty one, or one in which a join is under way: the daemon sets the node up then.
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
    data: DataDir,
    node: watch::Receiver<Option<Arc<Node>>>,
    stopping: CancellationToken,
    address: SocketAddr,
    token: String,
    screens: Option<Sessions>,
    tasks: JoinSet<()>,
}

/// What a directory holds.
enum Held {
    Node(Box<Node>),
    /// Nothing yet, or a join that is under way.
    NoNode(Lock),
}

/// Starts a daemon. Once this returns, its API answers; in a directory that holds no node, that of a set-up, which becomes the
/// node's own.
pub async fn start(config: Config) -> Result<Running, Problem> {
    let screens = config.ui.as_deref().map(screens::read).transpose()?.map(Arc::new);
    let listener = bind(config.api).await?;
    let address = listener.local_addr().map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let data = config.data.clone();
    let held = tokio::task::spawn_blocking(move || enter(data)).await;
    let held = held.map_err(|error| Problem::from_error(Code::Internal, &error))??;
    let token = entropy::token();
    let door = Door::new(&token, Door::loopback_hosts(address.port()));
    let sessions = door.sessions().clone();
    let place: Option<Arc<str>> = screens.is_some().then(|| format!("http://{address}/").into());
    let (stopping, mut tasks) = (CancellationToken::new(), JoinSet::new());
    let (found, node) = watch::channel(None);
    let api = match held {
        Held::Node(opened) => {
            let opened = Arc::new(*opened);
            found.send_replace(Some(Arc::clone(&opened)));
            opened.is_daemon_now();
            tasks.spawn(keep(Arc::clone(&opened), screens.clone(), stopping.clone()));
            api::router(opened, door.clone(), place)
        }
        Held::NoNode(lock) => {
            let (setup, attempts) = Setup::new(config.data.clone(), lock, stopping.clone());
            let resumed = Arc::clone(&setup);
            let resumed = tokio::task::spawn_blocking(move || resumed.resume()).await;
            resumed.map_err(|error| Problem::from_error(Code::Internal, &error))??;
            let stage = Stage::new(api::setup::router(Arc::clone(&setup), door.clone(), place.clone()));
            let api = stage.router();
            let (door, screens, stopping) = (door.clone(), screens.clone(), stopping.clone());
            tasks.spawn(async move {
                let Some(node) = setup.run(attempts).await else { return };
                node.is_daemon_now();
                found.send_replace(Some(Arc::clone(&node)));
                stage.becomes(api::router(Arc::clone(&node), door, place));
                tracing::info!(site = %node.site_code(), "node is set up");
                keep(node, screens, stopping).await;
            });
            api
        }
    };
    let api = api::with_screens(api, door, screens);
    let asked_to_stop = stopping.clone();
    tasks.spawn(async move {
        let stop = async move { asked_to_stop.cancelled().await };
        if let Err(error) = axum::serve(listener, api).with_graceful_shutdown(stop).await {
            tracing::error!(error = %told(&error), "the API ended");
        }
    });
    let file = ApiFile { address: address.to_string(), token: token.clone(), pid: std::process::id() };
    durable::write(&config.data.api(), &file).map_err(|error| write_problem(&error))?;
    let screens = config.ui.is_some().then_some(sessions);
    let running = Running { data: config.data, node, stopping, address, token, screens, tasks };
    let site = running.node().map(|node| node.site_code()).unwrap_or_default();
    tracing::info!(%address, %site, version = env!("CARGO_PKG_VERSION"), "daemon runs");
    Ok(running)
}

/// Enters the directory and opens the node that is there.
fn enter(data: DataDir) -> Result<Held, Problem> {
    let lock = data.enter_to_run(DAEMON_ENTER_DEADLINE)?;
    // What a daemon that was killed left behind leads nowhere.
    durable::remove(&data.api()).map_err(|error| write_problem(&error))?;
    if !data.is_a_node() {
        return Ok(Held::NoNode(lock));
    }
    match Node::open(data, lock.clone()) {
        Ok(node) => Ok(Held::Node(Box::new(node))),
        Err(problem) if problem.is(Code::NotJoined) => Ok(Held::NoNode(lock)),
        Err(problem) => Err(problem),
    }
}

/// Keeps a node's lines to the relay and to other sites and its door on the local network, and answers who asks to join, until the
/// daemon is asked to stop.
async fn keep(node: Arc<Node>, screens: Option<Arc<Screens>>, stopping: CancellationToken) {
    let (requests, arriving) = tokio::sync::mpsc::channel(REQUEST_QUEUE_REQUESTS);
    let stop = async {
        stopping.cancelled().await;
        node.stopping().cancel();
    };
    let door = Door::lan(Arc::clone(&node));
    // Sign-in links are not made there: it need not know where its screens are.
    let lan = api::with_screens(api::router(Arc::clone(&node), door.clone(), None), door, screens);
    tokio::join!(
        stop,
        node.lan().run(lan, stopping.clone()),
        enrolment::approve::answer_requests(Arc::clone(&node), arriving),
        sync::run(Arc::clone(&node), requests),
        direct::run(Arc::clone(&node))
    );
}

/// Refuses an address of the API that is not this machine's alone.
pub fn check_api(address: SocketAddr) -> Result<(), Problem> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    let message = format!("api: {address} is no address of this machine alone, such as 127.0.0.1:8737");
    Err(Problem::new(Code::SettingsUnfit, message).with("key", "api").with("value", address))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Problem> {
    check_api(address)?;
    TcpListener::bind(address).await.map_err(|error| listen_problem(address, &error))
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
        self.data.api()
    }

    /// The node itself; none while it is being set up.
    pub fn node(&self) -> Option<Arc<Node>> {
        self.node.borrow().clone()
    }

    /// Waits until the node can no longer go on.
    pub async fn failed(&self) {
        let node = self.node.clone().wait_for(Option::is_some).await.ok().and_then(|node| node.clone());
        match node {
            Some(node) => node.failed().await,
            // The set-up has ended without one: the daemon is stopping.
            None => std::future::pending().await,
        }
    }

    /// Stops in good order: no new requests, sessions closed, the file removed. Tells why the node failed, if it did.
    pub async fn stop(mut self) -> Result<(), Problem> {
        self.stopping.cancel();
        if let Err(error) = durable::remove(&self.data.api()) {
            tracing::warn!(error = %told(&error), "api.json stays behind");
        }
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_DEADLINE, ended).await.is_err() {
            tracing::warn!("not everything ended in time");
        }
        tracing::info!("daemon stopped");
        let Some(node) = self.node() else { return Ok(()) };
        node.settle_files();
        node.failure().map_or(Ok(()), Err)
    }
}
