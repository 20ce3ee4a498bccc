//! `root` and `admin`: keys of the roster, their copies in files, and who may write it. Owns their wording, and that a copy is read back from
//! where it was written before it counts.

use std::io::{Read, Write};
use std::path::Path;

use comptoir_daemon::os;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::door::{Ask, Door, percent_encoded};
use super::keys_args::{AdminCommand, AdminNamed, KeyCopy, RootCommand};
use super::new_file::unwritten;
use super::{Context, Done, confirm, show};
use crate::api::keys::KEYS_PATH;
use crate::custody::passphrase::Passphrase;
use crate::limits::MAX_KEY_COPY_BYTES;
use crate::problem::{Code, Problem};

pub fn run(context: &Context, command: RootCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    let keys = match command {
        RootCommand::Status => door.json(Ask::get(KEYS_PATH))?,
        RootCommand::Export(copy) => export(&door, "root", &copy, &passphrase(&copy)?)?,
        RootCommand::Remove { copy, export: first } => {
            let passphrase = passphrase(&copy)?;
            if first {
                export(&door, "root", &copy, &passphrase)?;
            }
            with_copy(&door, "root/remove", &copy.file, &passphrase)?
        }
        RootCommand::Import(copy) => with_copy(&door, "root/import", &copy.file, &passphrase(&copy)?)?,
    };
    let root = &keys["root"];
    if context.json {
        show::json(root);
        return Ok(Done::Well);
    }
    show::line(match (root["here"] == true, root["removed"].is_null()) {
        (true, _) => "The root key is on this machine.",
        (false, true) => "The root key is not on this machine.",
        (false, false) => "The root key was taken off this machine.",
    });
    match root["copy_seen"].as_str() {
        Some(seen) => show::line(&format!("A copy of it was opened here last at {seen}.")),
        None => show::line("No copy of it was ever opened here: `root export FILE` makes one."),
    }
    Ok(Done::Well)
}

pub fn admin(context: &Context, command: AdminCommand) -> Result<Done, Problem> {
    let door = Door::open(context.data()?)?;
    match command {
        AdminCommand::List => told(context, &door.json(Ask::get(KEYS_PATH))?),
        AdminCommand::Request => {
            let answer = door.json(Ask::post(&path("admin/request")))?;
            if context.json {
                show::json(&answer);
            } else {
                show::line(&show::member(&answer, "code"));
                show::line("Where the root key is: comptoir-node admin delegate NAME CODE");
            }
        }
        AdminCommand::Delegate { name, code } => {
            let body = json!({ "name": name, "code": code });
            let answer = door.json(Ask::post(&path("admins")).json(&body))?;
            if context.json {
                show::json(&answer);
            } else {
                let name = crate::problem::plain(&show::member(&answer, "name"));
                show::line(&format!("{name} may write the roster as soon as it has arrived there."));
            }
        }
        AdminCommand::Suspend(admin) => {
            remove(context, &door, &admin, ("suspend", "nothing that the key writes has effect until it is resumed"))?;
        }
        AdminCommand::Resume(admin) => remove(context, &door, &admin, ("resume", "all that the key wrote counts"))?,
        AdminCommand::Revoke(admin) => {
            remove(context, &door, &admin, ("revoke", "nothing that the key writes has effect, for good"))?;
        }
        AdminCommand::Adopt(admin) => {
            remove(context, &door, &admin, ("adopt", "what is held past the cut takes effect"))?;
        }
        AdminCommand::Export(copy) => told(context, &export(&door, "admin", &copy, &passphrase(&copy)?)?),
        AdminCommand::Import(copy) => {
            told(context, &with_copy(&door, "admin/import", &copy.file, &passphrase(&copy)?)?);
        }
    }
    Ok(Done::Well)
}

/// Asks, and removes an admin or lets one back.
fn remove(
    context: &Context,
    door: &Door,
    AdminNamed { admin, yes }: &AdminNamed,
    (how, means): (&str, &str),
) -> Result<(), Problem> {
    if !yes {
        confirm::asks()?;
        show::line(&format!("{how} {}: {means}.", crate::problem::plain(admin)));
        confirm::typed(admin)?;
    }
    let answer = door
        .json(Ask::post(&path(&format!("admins/{}/removal", percent_encoded(admin)))).json(&json!({ "how": how })))?;
    if context.json {
        show::json(&answer);
    } else {
        let (name, standing) = (show::member(&answer, "name"), show::member(&answer, "standing"));
        show::line(&format!("{}: {standing}.", crate::problem::plain(&name)));
    }
    Ok(())
}

fn told(context: &Context, keys: &Value) {
    if context.json {
        return show::json(&json!({ "admin": keys["admin"], "admins": keys["admins"] }));
    }
    show::line(match keys["admin"]["state"].as_str() {
        Some("named") => "The admin key of this node works.",
        Some("unknown") => "The roster does not name the admin key of this node, or not yet.",
        _ => "This node has no admin key.",
    });
    let names = ["id", "name", "standing", "here"];
    let row = |admin: &Value| names.iter().map(|name| show::member(admin, name)).collect();
    let admins = keys["admins"].as_array().map(Vec::as_slice).unwrap_or_default();
    show::table(&names, &admins.iter().map(row).collect::<Vec<_>>());
}

/// The passphrase as it was given. The node checks it.
fn passphrase(copy: &KeyCopy) -> Result<Zeroizing<String>, Problem> {
    if let Some(path) = &copy.passphrase_file {
        return Ok(Passphrase::of_file(path)?.text());
    }
    let read = Passphrase::read(std::io::stdin().lock()).map_err(|error| unreadable(Path::new("-"), &error))?;
    Ok(read?.text())
}

/// Writes a copy, reads it back, and lets the node open it. A file that is there is not replaced.
fn export(door: &Door, which: &str, copy: &KeyCopy, passphrase: &Zeroizing<String>) -> Result<Value, Problem> {
    let file = &copy.file;
    let failed = |source| unwritten(file, source);
    let body = json!({ "passphrase": passphrase.as_str() });
    let answer = door.json(Ask::post(&path(&format!("{which}/export"))).json(&body))?;
    let mut made = os::create_new_private(file).map_err(failed)?;
    let content = answer["file"].as_str().unwrap_or_default();
    made.write_all(content.as_bytes()).and_then(|()| made.sync_all()).map_err(failed)?;
    os::sync_name(file).map_err(failed)?;
    with_copy(door, &format!("{which}/check"), file, passphrase)
}

/// Sends a copy to the node, which does something with it.
fn with_copy(door: &Door, what: &str, file: &Path, passphrase: &Zeroizing<String>) -> Result<Value, Problem> {
    let mut content = String::new();
    let opened = std::fs::File::open(file).map_err(|error| unreadable(file, &error))?;
    // One byte more than may be: the node says that it is too much.
    let read = opened.take(MAX_KEY_COPY_BYTES as u64 + 1).read_to_string(&mut content);
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Err(Problem::new(Code::KeyFileUnfit, format!("{} is no text", file.display())));
        }
        read => read.map_err(|error| unreadable(file, &error))?,
    };
    let body = json!({ "file": content, "passphrase": passphrase.as_str() });
    door.json(Ask::post(&path(what)).json(&body))
}

fn path(what: &str) -> String {
    format!("{KEYS_PATH}/{what}")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let message = format!("{} cannot be read: {error}", path.display());
    Problem::new(Code::FileUnreadable, message).with("path", path.display())
}
