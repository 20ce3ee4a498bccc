//! `run`: serves until it is asked to stop. Owns the process's log, signals and the line that says where it listens.

use std::net::SocketAddr;

use clap::Args;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use super::{Common, Failure, print};
use crate::os;
use crate::relay::{Config, Relay};

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub common: Common,
    /// Where sites connect, over UDP; port 0 for any.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Where health and figures can be asked for, over HTTP, on this machine only; port 0 for any.
    #[arg(long, value_name = "127.0.0.1:PORT", value_parser = loopback)]
    admin: SocketAddr,
}

#[derive(Serialize)]
struct Listening {
    listening: SocketAddr,
    admin: SocketAddr,
}

pub(super) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    log(arguments.common.json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::output)?;
    let outcome = runtime.block_on(serve(arguments));
    // A store call that hangs must not keep the process.
    runtime.shutdown_timeout(crate::limits::STOP_DEADLINE);
    outcome
}

async fn serve(arguments: &RunArguments) -> Result<(), Failure> {
    let config = Config { dir: arguments.common.data.clone(), listen: arguments.listen, admin: arguments.admin };
    // Before anybody can learn that it runs: whoever does may ask it to stop at once.
    let stop_request = os::stop_request();
    let relay = Relay::start(config).await?;
    let listening = Listening { listening: relay.listen_addr(), admin: relay.admin_addr() };
    print(arguments.common.json, &listening, || {
        format!(
            "Sites connect to {} (UDP); health and figures at http://{}/metrics",
            listening.listening, listening.admin
        )
    })?;
    tokio::select! {
        () = stop_request => tracing::info!("asked to stop"),
        () = relay.stopped() => {}
    }
    Ok(relay.shut_down().await?)
}

/// To standard error; `RUST_LOG` chooses more or less.
fn log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    // A log that is set up already, by a test, is left as it is.
    let _ = if json { log.json().try_init() } else { log.try_init() };
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "expected 127.0.0.1:PORT".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("the admin port asks for no password, so it listens on this machine only: 127.0.0.1:PORT".into())
    }
}
