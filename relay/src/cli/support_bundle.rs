//! `support-bundle`: what helps whoever helps, in one file to read before it is sent. Owns what stands in it and what is withheld: the
//! relay cannot read what sites write, and names of people, of the organisation and of receivers are left out.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use comptoir_daemon::checks::Examined;
use comptoir_daemon::settings::Shown;
use comptoir_daemon::support::{self, Database, Kept, Machine};
use serde::Serialize;
use serde_json::Value;

use super::doctor::DoctorArguments;
use super::{Failure, print};
use crate::admin::Status;
use crate::clock;
use crate::data_dir::{announced, io_error};
use crate::doctor::{ask, figures};

const UNIT: &str = "comptoir-relay";
/// Whom the relay writes to, and where: people's addresses, and addresses that may bear a secret.
const WITHHELD: [&str; 5] =
    ["alarms.mail.from", "alarms.mail.host", "alarms.mail.to", "alarms.mail.user", "alarms.webhook.url"];

#[derive(Debug, Args)]
pub(super) struct BundleArguments {
    #[command(flatten)]
    pub asked: DoctorArguments,
    /// The file to write; there must be none of that name.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take along what the service last wrote into the system's journal: it names accounts, and addresses that people came from.
    #[arg(long)]
    journal: bool,
}

#[derive(Serialize)]
struct Bundle {
    program: &'static str,
    version: &'static str,
    made: String,
    machine: Machine,
    settings: Option<Shown>,
    doctor: Examined,
    /// None where it does not run.
    status: Option<Value>,
    /// As Prometheus gets them.
    figures: Option<String>,
    files: Vec<Kept>,
    databases: Vec<Database>,
    journal: Vec<String>,
}

#[derive(Serialize)]
struct Written {
    file: String,
}

pub(super) fn support_bundle(arguments: &BundleArguments) -> Result<(), Failure> {
    let dir = &arguments.asked.common.data;
    let failed = |source| io_error(dir, dir, source);
    let run = announced(dir);
    let status = run.as_ref().and_then(|run| ask(run.admin).ok());
    let bundle = Bundle {
        program: "comptoir-relay",
        version: env!("CARGO_PKG_VERSION"),
        made: clock::rfc3339(clock::now_ms()),
        machine: support::machine(),
        settings: arguments.asked.settings().ok().map(|settings| Shown::of(settings).withholding(&WITHHELD)),
        doctor: without_the_name(arguments.asked.examined(), status.as_ref()),
        figures: run.and_then(|run| figures(run.admin).ok()),
        status: status.map(nameless),
        files: support::files(dir).map_err(failed)?,
        databases: support::databases(dir).map_err(failed)?,
        journal: if arguments.journal { support::journal(UNIT) } else { Vec::new() },
    };
    let file = &arguments.file;
    support::write(file, &bundle).map_err(|error| unwritten(file, &error))?;
    let written = Written { file: file.display().to_string() };
    print(arguments.asked.common.json, &written, || {
        let held = match arguments.journal {
            true => {
                "It holds no keys and nothing that sites wrote, but its journal names people's accounts and addresses"
            }
            false => "It holds no keys, no names of people and nothing that sites wrote",
        };
        format!("{} is written. {held}; read it before you send it.", written.file)
    })
}

fn unwritten(file: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => "is there already: name another file".to_owned(),
        _ => error.to_string(),
    };
    Failure::output(io::Error::new(error.kind(), format!("{}: {why}", file.display())))
}

/// How it stands, but for the organisation's name.
fn nameless(status: Status) -> Value {
    serde_json::to_value(Status { organisation_name: None, ..status }).unwrap_or_default()
}

fn without_the_name(mut examined: Examined, status: Option<&Status>) -> Examined {
    let Some(name) = status.and_then(|status| status.organisation_name.as_deref()) else { return examined };
    for check in &mut examined.checks {
        if check.detail == name {
            check.detail = "its roster is here".into();
        }
    }
    examined
}
