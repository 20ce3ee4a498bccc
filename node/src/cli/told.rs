//! The settings as the command line says them, and where else they stand. Owns the options and what each sets; what holds in the end is
//! [`crate::settings`]'.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use comptoir_daemon::settings::{self, Settings, Sources};

use crate::problem::{Code, Problem};
use crate::settings::{PREFIX, Table};

/// What the daemon is told.
#[derive(Debug, Args)]
pub struct Told {
    /// A file of settings (TOML). What is said here goes before it, and so do variables such as COMPTOIR_NODE__API.
    #[arg(long, value_name = "FILE", env = "COMPTOIR_NODE_CONFIG")]
    config: Option<PathBuf>,
    /// Where the HTTP API listens: a loopback address; port 0 takes any free one. Without it 127.0.0.1:0.
    #[arg(long, value_name = "ADDRESS:PORT")]
    api: Option<SocketAddr>,
    /// The folder of the built web interface. Without it that which lies beside the program, or where packages put it.
    #[arg(long, value_name = "DIR")]
    ui: Option<PathBuf>,
}

impl Told {
    /// The settings as they hold.
    pub fn settings(&self) -> Result<Settings<Table>, Problem> {
        let api = self.api.map(|api| ("api", api.to_string()));
        let ui = self.ui.as_ref().map(|ui| ("ui", ui.display().to_string()));
        let environment =
            std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()));
        let sources = Sources {
            file: self.config.clone(),
            prefix: PREFIX,
            environment: environment.collect(),
            flags: api.into_iter().chain(ui).collect(),
        };
        settings::read(&sources).map_err(|error| Problem::from_error(Code::SettingsUnfit, &error))
    }
}
