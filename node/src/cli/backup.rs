//! `backup`: copies of all that the node holds, and putting one back. Owns its wording, and that a copy is on the disk, whole, before the node
//! hears that it was kept.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use comptoir_daemon::os;
use serde_json::json;

use super::door::{Ask, Door};
use super::new_file::unwritten;
use super::{Context, Done, confirm, show};
use crate::backup::file::Writing;
use crate::backup::restore;
use crate::custody::passphrase::Passphrase;
use crate::problem::{Code, Problem};

/// Commands on backups.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Copy all that this node holds, while it works, into a new file: records, postings and their whole history; no keys, no passwords.
    Create(BackupFile),
    /// See that a backup opens, is whole, and is of this site. Changes nothing.
    Check(BackupFile),
    /// Put a backup in the place of the database. The daemon must not run; the database that is there is kept beside.
    Restore {
        /// The backup.
        #[command(flatten)]
        backup: BackupFile,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// A backup, and its passphrase.
#[derive(Debug, Args)]
pub struct BackupFile {
    /// The file.
    file: PathBuf,
    /// Seal it under the passphrase in this file, or open it with that; the `age` tool opens it too.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

pub fn run(context: &Context, command: BackupCommand) -> Result<Done, Problem> {
    match command {
        BackupCommand::Create(backup) => create(context, &backup)?,
        BackupCommand::Check(backup) => check(context, &backup)?,
        BackupCommand::Restore { backup, yes } => put_back(context, &backup, yes)?,
    }
    Ok(Done::Well)
}

fn create(context: &Context, BackupFile { file, passphrase_file }: &BackupFile) -> Result<(), Problem> {
    let passphrase = passphrase_file.as_deref().map(Passphrase::of_file).transpose()?;
    let door = Door::open(context.data()?)?;
    let failed = |source| unwritten(file, source);
    let made = os::create_new_private(file).map_err(failed)?;
    let written = Writing::into(made, passphrase.as_ref()).map_err(failed).and_then(|mut out| {
        door.write(Ask::post("/api/v1/backups"), &mut out)?;
        out.finish().map_err(failed)?;
        os::sync_name(file).map_err(failed)
    });
    if let Err(problem) = written {
        // Half a backup looks like one.
        let _ = std::fs::remove_file(file);
        return Err(problem);
    }
    let kept = door.json(Ask::post("/api/v1/backups/kept"))?;
    let bytes = std::fs::metadata(file).map_err(failed)?.len();
    if context.json {
        show::json(&json!({ "file": file.display().to_string(), "at": kept["at"], "bytes": bytes }));
        return Ok(());
    }
    show::line(&format!("{} holds all that was here at {}: {bytes} bytes.", file.display(), show::member(&kept, "at")));
    show::line(match passphrase {
        Some(_) => "It opens with its passphrase alone. Keep both, apart from each other and from this machine.",
        None => "It is not sealed: whoever has the file reads all of it. Keep it on another machine.",
    });
    Ok(())
}

fn check(context: &Context, backup: &BackupFile) -> Result<(), Problem> {
    let bytes = restore::check(context.data()?, &backup.file, || passphrase(backup))?;
    if context.json {
        show::json(&json!({ "bytes": bytes }));
    } else {
        show::line(&format!("{} is whole, and is of this site: {bytes} bytes.", backup.file.display()));
    }
    Ok(())
}

fn put_back(context: &Context, backup: &BackupFile, yes: bool) -> Result<(), Problem> {
    let data = context.data()?;
    if !yes {
        confirm::asks()?;
        let after = "What was written here after the backup comes back from the relay, or from other sites, as far as they have it.";
        show::line(&format!("The database in {} is replaced. {after}", data.path().display()));
        confirm::typed("restore")?;
    }
    let restored = restore::restore(data, &backup.file, || passphrase(backup))?;
    let before = restored.before.map(|path| path.display().to_string());
    if context.json {
        show::json(&json!({ "before": before, "notices": restored.notices }));
        return Ok(());
    }
    show::line(&format!("{} is in place.", backup.file.display()));
    if let Some(before) = before {
        show::line(&format!("The database that was there is {before}: delete it once all is well."));
    }
    show::line(if restored.notices {
        "Start the daemon: it goes on in a new epoch where the world has more than the backup, and fetches what it lacks."
    } else {
        "receipts.json is not here, so that the node cannot notice what it lacks: let it reach the relay before anything is written."
    });
    Ok(())
}

/// The passphrase that a sealed backup needs.
fn passphrase(backup: &BackupFile) -> Result<Passphrase, Problem> {
    let message = "The backup is sealed: say --passphrase-file FILE";
    let file = backup.passphrase_file.as_deref().ok_or_else(|| Problem::new(Code::PassphraseWrong, message))?;
    Ok(Passphrase::of_file(file)?)
}
