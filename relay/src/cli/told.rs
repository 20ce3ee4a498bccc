//! The settings as the command line says them, and where else they stand. Owns the options and what each sets; what holds in the end is
//! [`crate::settings`]'.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use comptoir_daemon::settings::{Settings, Sources};

use super::Failure;
use crate::console::host::ConsoleName;
use crate::settings::{PREFIX, Table};

/// What the relay is told.
#[derive(Debug, Args)]
pub(super) struct Told {
    /// A file of settings (TOML). What is said here goes before it, and so do variables such as COMPTOIR_RELAY__ALARMS__SILENT_AFTER.
    #[arg(long, value_name = "FILE", env = "COMPTOIR_RELAY_CONFIG")]
    config: Option<PathBuf>,
    /// Where sites connect, over UDP; port 0 for any. Without it 0.0.0.0:4433.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where health and figures can be asked for, over HTTP, on this machine only; port 0 for any. Without it 127.0.0.1:9464.
    #[arg(long, value_name = "127.0.0.1:PORT", value_parser = loopback)]
    admin: Option<SocketAddr>,
    /// Where browsers find headquarters' console, over HTTPS; port 0 for any. Without it there is none.
    #[arg(long, value_name = "ADDRESS:PORT")]
    console: Option<SocketAddr>,
    /// The folder of the console's built pages. Without it that which lies beside the program, or where packages put it.
    #[arg(long, value_name = "DIR")]
    console_ui: Option<PathBuf>,
    /// A name by which the console may be called, beside the address at which a request arrives; with a port where browsers come to
    /// another than the console's. As often as there are names.
    #[arg(long = "console-name", value_name = "NAME")]
    console_names: Vec<ConsoleName>,
    /// The console's certificate, those between it and its issuer after it, in PEM. Without one, it shows one of its own.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of that certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Told {
    /// The settings as they hold.
    pub(super) fn settings(&self) -> Result<Settings<Table>, Failure> {
        let one = |key: &'static str, value: Option<String>| value.map(|value| (key, value));
        let address = |address: &Option<SocketAddr>| address.map(|address| address.to_string());
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let mut flags: Vec<(&'static str, String)> = [
            one("listen", address(&self.listen)),
            one("admin", address(&self.admin)),
            one("console.listen", address(&self.console)),
            one("console.ui", path(&self.console_ui)),
            one("console.tls_cert", path(&self.tls_cert)),
            one("console.tls_key", path(&self.tls_key)),
        ]
        .into_iter()
        .flatten()
        .collect();
        flags.extend(self.console_names.iter().map(|name| ("console.names", name.to_string())));
        let environment =
            std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()));
        let sources = Sources { file: self.config.clone(), prefix: PREFIX, environment: environment.collect(), flags };
        Ok(comptoir_daemon::settings::read(&sources)?)
    }
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "expected 127.0.0.1:PORT".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("the admin port asks for no password, so it listens on this machine only: 127.0.0.1:PORT".into())
    }
}
