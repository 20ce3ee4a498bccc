//! `support-bundle`: what helps whoever helps, in one file to read before it is sent. Owns what stands in it: how the node stands, in counts;
//! no record, no name of the organisation, no key.

use std::path::PathBuf;

use clap::Args;
use comptoir_daemon::settings::Shown;
use comptoir_daemon::support;
use serde_json::json;

use super::door::{Ask, Door};
use super::new_file::unwritten;
use super::told::Told;
use super::{Context, Done, show};
use crate::clock;
use crate::problem::{Code, Problem};

const UNIT: &str = "comptoir-node";

/// Options of `support-bundle`.
#[derive(Debug, Args)]
pub struct SupportBundle {
    /// The file to write; there must be none of that name.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take along what the service last wrote into the system's journal: it names accounts, and addresses of machines.
    #[arg(long)]
    journal: bool,
    #[command(flatten)]
    told: Told,
}

pub fn run(context: &Context, arguments: &SupportBundle) -> Result<Done, Problem> {
    let dir = context.data()?.path();
    let unread = |error| Problem::from_error(Code::FileUnreadable, &error).with("path", dir.display());
    let door = Door::open(context.data()?)?;
    let doctor = door.json(Ask::get("/api/v1/doctor"))?;
    let mut status = door.json(Ask::get("/api/v1/status"))?;
    status["organisation"]["name"] = json!(null);
    // Where this process holds the directory, it lets go of it before the databases are read as another would read them.
    drop(door);
    let bundle = json!({
        "program": "comptoir-node",
        "version": env!("CARGO_PKG_VERSION"),
        "made": clock::rfc3339(clock::now_ms()),
        "machine": support::machine(),
        "settings": arguments.told.settings().ok().map(Shown::of),
        "doctor": doctor["checks"],
        "status": status,
        "files": support::files(dir).map_err(unread)?,
        "databases": support::databases(dir).map_err(unread)?,
        "journal": if arguments.journal { support::journal(UNIT) } else { Vec::new() },
    });
    let file = &arguments.file;
    support::write(file, &bundle).map_err(|source| unwritten(file, source))?;
    if context.json {
        show::json(&json!({ "file": file.display().to_string() }));
    } else {
        let held = "It holds no keys and nothing of any record; read it before you send it.";
        show::line(&format!("{} is written. {held}", file.display()));
    }
    Ok(Done::Well)
}
