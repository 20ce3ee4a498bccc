//! `config`: the settings looked at, before or while a relay runs by them. Owns how they are shown; starts nothing.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use comptoir_daemon::settings::Shown;
use serde::Serialize;

use super::told::Told;
use super::{Failure, print};

/// What is looked at.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether a relay would start by these settings: keys, values, and the files that they name.
    Check(Looked),
    /// Print the settings as they hold.
    Show {
        #[command(flatten)]
        looked: Looked,
        /// Say of each where it came from.
        #[arg(long)]
        origin: bool,
    },
}

/// The settings that are looked at.
#[derive(Debug, Args)]
pub(super) struct Looked {
    #[command(flatten)]
    told: Told,
    /// Print JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Checked {
    checked: usize,
}

impl ConfigCommand {
    pub(super) fn json(&self) -> bool {
        match self {
            Self::Check(looked) | Self::Show { looked, .. } => looked.json,
        }
    }
}

pub(super) fn config(command: &ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check(looked) => {
            let settings = looked.told.settings()?;
            // The directory is not looked at: a relay may run in it.
            settings.table.config(PathBuf::new())?;
            let checked = settings.lines.len();
            print(looked.json, &Checked { checked }, || format!("{checked} settings, and all are as they should be."))
        }
        ConfigCommand::Show { looked, origin } => {
            let shown = Shown::of(looked.told.settings()?);
            print(looked.json, &shown, || shown.toml(*origin))
        }
    }
}
