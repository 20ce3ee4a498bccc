//! What a node's daemon is told: its table of settings, with what holds where nobody says otherwise. Owns names, defaults, and what is
//! refused before anything is started; how the sources go together is [`comptoir_daemon::settings`]'.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::api::screens;
use crate::daemon::{Config, check_api};
use crate::data_dir::DataDir;
use crate::problem::Problem;

/// Variables of the environment that begin so are settings.
pub const PREFIX: &str = "COMPTOIR_NODE__";

/// The table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Where the HTTP API and the screens listen: an address of this machine alone; port 0 takes any free one.
    pub api: SocketAddr,
    /// The folder of the built screens; none: that which lies beside the program, or where packages put it.
    pub ui: Option<PathBuf>,
}

impl Default for Table {
    fn default() -> Self {
        Self { api: SocketAddr::from(([127, 0, 0, 1], 0)), ui: None }
    }
}

impl Table {
    /// What the daemon of this directory is started with.
    ///
    /// # Errors
    /// `settings-unfit`, which names the setting.
    pub fn config(self, data: DataDir) -> Result<Config, Problem> {
        check_api(self.api)?;
        Ok(Config { data, api: self.api, ui: self.ui.or_else(screens::beside_the_program) })
    }
}
