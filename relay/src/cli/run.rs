//! `run`: serves until it is asked to stop. Owns the process's log, signals and the line that says where it listens.

use std::net::SocketAddr;

use clap::Args;
use comptoir_daemon::os;
use comptoir_daemon::service::{self, Life};
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use super::told::Told;
use super::{Common, Failure, print};
use crate::relay::Relay;

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    told: Told,
}

#[derive(Serialize)]
struct Listening {
    listening: SocketAddr,
    admin: SocketAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    console: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    console_fingerprint: Option<String>,
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
    let config = arguments.told.settings()?.table.config(arguments.common.data.clone())?;
    // Before anybody can learn that it runs: whoever does may ask it to stop at once.
    let stop_request = os::stop_request();
    let relay = Relay::start(config).await?;
    let listening = Listening {
        listening: relay.listen_addr(),
        admin: relay.admin_addr(),
        console: relay.console_addr(),
        console_fingerprint: relay.console_fingerprint().map(str::to_owned),
    };
    print(arguments.common.json, &listening, || words(&listening))?;
    service::tell(Life::Ready);
    tokio::select! {
        () = stop_request => tracing::info!("asked to stop"),
        () = relay.stopped() => {}
        () = service::live() => {}
    }
    service::tell(Life::Stopping);
    Ok(relay.shut_down().await?)
}

fn words(listening: &Listening) -> String {
    let Listening { listening, admin, console, console_fingerprint } = listening;
    let mut text = format!("Sites connect to {listening} (UDP); health and figures at http://{admin}/metrics");
    if let (Some(console), Some(fingerprint)) = (console, console_fingerprint) {
        text.push_str(&format!("\nThe console is at https://{console}/; its certificate (SHA-256): {fingerprint}"));
    }
    text
}

/// To standard error; `RUST_LOG` chooses more or less.
fn log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    // A log that is set up already, by a test, is left as it is.
    let _ = if json { log.json().try_init() } else { log.try_init() };
}
