//! `config`: the settings looked at, before or while a relay runs by them. Owns how they are shown; starts nothing.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

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
struct Line {
    key: String,
    value: Value,
    origin: String,
}

#[derive(Serialize)]
struct Shown {
    settings: Vec<Line>,
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
            let lines = looked.told.settings()?.lines.into_iter();
            let lines = lines.map(|(key, (value, origin))| Line { key, value, origin: origin.to_string() });
            let shown = Shown { settings: lines.collect() };
            print(looked.json, &shown, || words(&shown.settings, *origin))
        }
    }
}

/// TOML, in which what nobody said and what is nothing stands behind a `#`.
fn words(lines: &[Line], with_origin: bool) -> String {
    let mut text = String::new();
    for Line { key, value, origin } in lines {
        // Strings and lists of strings are written alike in both.
        let line = match value {
            Value::Null => format!("# {key} ="),
            value => format!("{key} = {value}"),
        };
        let origin = if with_origin { format!("  # {origin}") } else { String::new() };
        let _ = writeln!(text, "{line}{origin}");
    }
    text.trim_end().to_owned()
}
