//! `doctor`: looks for trouble and says what to do. Owns how that is told; exits with 4 when something is wrong.

use std::fmt::Write as _;

use clap::Args;
use comptoir_daemon::checks::{Examined, Outcome};
use comptoir_daemon::settings::Settings;

use super::told::Told;
use super::{Common, Failure, exit, print};
use crate::doctor;
use crate::relay::Config;
use crate::settings::Table;

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    told: Told,
}

impl DoctorArguments {
    /// What the relay is told.
    pub(super) fn settings(&self) -> Result<Settings<Table>, Failure> {
        self.told.settings()
    }

    fn config(&self) -> Result<Config, Failure> {
        Ok(self.settings()?.table.config(self.common.data.clone())?)
    }

    /// What is found.
    pub(super) fn examined(&self) -> Examined {
        doctor::examine(&self.common.data, self.config().map_err(|failure| failure.message()))
    }
}

pub(super) fn doctor(arguments: &DoctorArguments) -> Result<u8, Failure> {
    let examined = arguments.examined();
    print(arguments.common.json, &examined, || words(&examined))?;
    Ok(if examined.is_bad() { exit::DAMAGED } else { exit::DONE })
}

fn words(examined: &Examined) -> String {
    let mut text = String::new();
    for check in &examined.checks {
        let state = match check.state {
            Outcome::Good => "good",
            Outcome::Look => "look",
            Outcome::Bad => "bad",
        };
        let _ = writeln!(text, "{:<13} {state:<5} {}", check.check, check.detail);
        if !check.advice.is_empty() {
            let _ = writeln!(text, "{:<19} {}", "", check.advice);
        }
    }
    text.trim_end().chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}
