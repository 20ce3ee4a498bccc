//! `run`: serves until it is asked to stop. Owns the process's log, signals and the line that says where it listens.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use super::{Common, Failure, print};
use crate::clock::Clock;
use crate::console::ConsoleConfig;
use crate::console::certificate::Given;
use crate::console::host::ConsoleName;
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
    /// Where browsers find headquarters' console, over HTTPS; port 0 for any. Without it there is none.
    #[arg(long, value_name = "ADDRESS:PORT")]
    console: Option<SocketAddr>,
    /// A name by which the console may be called, beside the address at which a request arrives; with a port where browsers come to
    /// another than the console's. As often as there are names.
    #[arg(long = "console-name", value_name = "NAME", requires = "console")]
    console_names: Vec<ConsoleName>,
    /// The console's certificate, those between it and its issuer after it, in PEM. Without one, it shows one of its own.
    #[arg(long, value_name = "FILE", requires = "console", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of that certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
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
    let config = Config {
        dir: arguments.common.data.clone(),
        listen: arguments.listen,
        admin: arguments.admin,
        console: console(arguments),
    };
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
    tokio::select! {
        () = stop_request => tracing::info!("asked to stop"),
        () = relay.stopped() => {}
    }
    Ok(relay.shut_down().await?)
}

fn console(arguments: &RunArguments) -> Option<ConsoleConfig> {
    let certificate = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => Some(Given { certificate: certificate.clone(), key: key.clone() }),
        _ => None,
    };
    let names = arguments.console_names.clone();
    arguments.console.map(|listen| ConsoleConfig { listen, certificate, names, clock: Clock::system() })
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

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "expected 127.0.0.1:PORT".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("the admin port asks for no password, so it listens on this machine only: 127.0.0.1:PORT".into())
    }
}
