//! The commands of `comptoir-relay`: their arguments, their output for people and for scripts, their exit codes.
//! Owns words and codes; what a command does is done elsewhere.

mod account;
mod config;
mod doctor;
mod failure;
mod init;
mod run;
mod status;
mod support_bundle;
mod told;
mod usage;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use serde::Serialize;

pub use failure::{Failure, exit};

/// Stores and forwards, between the sites of an organisation, what it cannot read.
#[derive(Debug, Parser)]
#[command(name = "comptoir-relay", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the keys of a new relay and print the code that an organisation claims it with.
    Init(init::InitArguments),
    /// Serve until stopped.
    Run(run::RunArguments),
    /// Say how the relay stands, whether it runs or not.
    Status(Common),
    /// Look for trouble, whether the relay runs or not, and say what to do. Give it the settings that the relay runs by.
    Doctor(doctor::DoctorArguments),
    /// Write what helps whoever helps into one file: settings, checks, figures; no keys, no names of people.
    SupportBundle(support_bundle::BundleArguments),
    /// Keep the accounts of headquarters' console, whether the relay runs or not.
    Account {
        /// What to do.
        #[command(subcommand)]
        command: account::AccountCommand,
    },
    /// Look at the settings.
    Config {
        /// What to do.
        #[command(subcommand)]
        command: config::ConfigCommand,
    },
    /// Print the description of the console's HTTP API (OpenAPI 3.1).
    Openapi,
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// What every command that works on a relay takes.
#[derive(Debug, Args)]
struct Common {
    /// The relay's directory.
    #[arg(long, value_name = "DIR", env = "COMPTOIR_RELAY_DATA")]
    data: PathBuf,
    /// Print JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::try_parse_from(&typed) {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(usage::told(&error, &typed)),
    };
    let (json, outcome) = match arguments.command {
        Command::Init(arguments) => (arguments.common.json, done(init::init(&arguments))),
        Command::Run(arguments) => (arguments.common.json, done(run::run(&arguments))),
        Command::Status(common) => (common.json, done(status::status(&common))),
        Command::Doctor(arguments) => (arguments.common.json, doctor::doctor(&arguments)),
        Command::SupportBundle(arguments) => {
            (arguments.asked.common.json, done(support_bundle::support_bundle(&arguments)))
        }
        Command::Account { command } => (command.json(), done(account::account(&command))),
        Command::Config { command } => (command.json(), done(config::config(&command))),
        Command::Openapi => (false, done(openapi())),
        Command::Completions { shell } => (false, done(completions(shell))),
        Command::Man => (false, done(man())),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            failure.print(json);
            ExitCode::from(failure.exit)
        }
    }
}

/// The exit code of a command that does what it was asked, or fails.
fn done(outcome: Result<(), Failure>) -> Result<u8, Failure> {
    outcome.map(|()| exit::DONE)
}

fn openapi() -> Result<(), Failure> {
    let mut text = crate::console::openapi::text();
    text.push('\n');
    write(text.as_bytes())
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "comptoir-relay", &mut script);
    write(&script)
}

fn man() -> Result<(), Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page).map_err(Failure::output)?;
    write(&page)
}

/// One line of JSON, or text.
fn print(json: bool, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
    let mut line =
        if json { serde_json::to_string(value).map_err(|error| Failure::output(error.into()))? } else { text() };
    line.push('\n');
    write(line.as_bytes())
}

/// Whoever reads may have gone: that is no failure of ours.
fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::output(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_contract_for_scripts_parses() {
        for line in [
            "comptoir-relay init --data D --address relay.example:4433",
            "comptoir-relay init --data D --address relay.example:4433 --jurisdiction FR --json",
            "comptoir-relay run --data D --listen 127.0.0.1:0 --admin 127.0.0.1:0 --json",
            "comptoir-relay run --data D --listen 0.0.0.0:0 --admin 127.0.0.1:0 --console 0.0.0.0:9443 --console-name relay.example --console-name b:1",
            "comptoir-relay run --data D --listen 0.0.0.0:0 --admin 127.0.0.1:0 --console 0.0.0.0:9443 --tls-cert C --tls-key K",
            "comptoir-relay status --data D --json",
            "comptoir-relay account add awa --role administrator --data D --json",
            "comptoir-relay account list --data D",
            "comptoir-relay account reset awa --data D",
            "comptoir-relay doctor --data D --config F --json",
            "comptoir-relay support-bundle B --data D --config F",
            "comptoir-relay openapi",
            "comptoir-relay completions bash",
            "comptoir-relay man",
        ] {
            assert!(Arguments::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            "comptoir-relay init --data D",
            "comptoir-relay init --data D --address relay.example",
            "comptoir-relay init --data D --address :4433",
            "comptoir-relay init --data D --address relay.example:0",
            "comptoir-relay init --data D --address ::1:4433",
            "comptoir-relay init --data D --address relay.example:4433 --jurisdiction fr\u{1b}[31m",
            "comptoir-relay run --data D --listen nowhere --admin 127.0.0.1:0",
            "comptoir-relay run --data D --listen 127.0.0.1:0 --admin 0.0.0.0:9000",
            "comptoir-relay run --data D --listen 127.0.0.1:0 --admin 127.0.0.1:0 --console 0.0.0.0:9443 --tls-cert C",
            "comptoir-relay run --data D --listen 127.0.0.1:0 --admin 127.0.0.1:0 --console 0.0.0.0:9443 --console-name https://a",
            "comptoir-relay account add awa --data D",
            "comptoir-relay account add awa --role root --data D",
        ] {
            assert!(Arguments::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
