//! `config`: the daemon's settings looked at, before or while it runs by them. Owns what `check` looks at; starts nothing.

use std::path::PathBuf;

use clap::Subcommand;
use comptoir_daemon::settings::Shown;
use serde_json::json;

use super::told::Told;
use super::{Context, Done, show};
use crate::api::screens;
use crate::data_dir::DataDir;
use crate::problem::Problem;

/// Commands on settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Say whether a daemon would start by these settings: keys, values, and what they name.
    Check(Told),
    /// Print the settings as they hold.
    Show {
        #[command(flatten)]
        told: Told,
        /// Say of each where it came from.
        #[arg(long)]
        origin: bool,
    },
}

pub fn run(context: &Context, command: &ConfigCommand) -> Result<Done, Problem> {
    match command {
        ConfigCommand::Check(told) => {
            let settings = told.settings()?;
            let checked = settings.lines.len();
            // The directory is not looked at: a daemon may run in it.
            let config = settings.table.config(DataDir::new(PathBuf::new()))?;
            config.ui.as_deref().map(screens::read).transpose()?;
            if context.json {
                show::json(&json!({ "checked": checked }));
            } else {
                show::line(&format!("{checked} settings, and all are as they should be."));
            }
        }
        ConfigCommand::Show { told, origin } => {
            let shown = Shown::of(told.settings()?);
            if context.json {
                show::json(&json!(shown));
            } else {
                show::line(&shown.toml(*origin));
            }
        }
    }
    Ok(Done::Well)
}
