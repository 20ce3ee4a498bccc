//! `status`: how the relay stands. Asks the one that runs; when none does, looks into the directory itself.

use super::{Common, Failure, print};
use crate::admin::Status;
use crate::core::RelayCore;
use crate::data_dir::{DataDir, DirError, MAILBOX_FILE, announced};
use crate::doctor::ask;
use crate::front::status_of;
use crate::identity::RelayIdentity;
use crate::mailbox::Mailbox;
use crate::store::Durability;

pub(super) fn status(common: &Common) -> Result<(), Failure> {
    let status = match DataDir::open(&common.data) {
        Ok(dir) => look(&dir)?,
        Err(DirError::InUse { dir }) => match announced(&dir) {
            Some(run) => ask(run.admin).map_err(Failure::unreachable)?,
            None => return Err(DirError::InUse { dir }.into()),
        },
        Err(error) => return Err(error.into()),
    };
    print(common.json, &status, || words(&status))
}

fn look(dir: &DataDir) -> Result<Status, Failure> {
    let identity = RelayIdentity::load(dir)?;
    let core = match identity.organisation {
        Some(organisation) => Some(RelayCore::open(dir.path(), identity.core(organisation), Durability::Full)?),
        None => None,
    };
    let mailbox = Mailbox::open(&dir.file(MAILBOX_FILE))?;
    let join_requests = mailbox.waiting_count().unwrap_or_default();
    Ok(Status { join_requests, ..status_of(dir, &identity, core.as_ref()) })
}

fn words(status: &Status) -> String {
    let mut text = format!(
        "{} at {}, {}.\n",
        if status.running { "Running" } else { "Not running" },
        status.address,
        match (&status.organisation_name, &status.organisation) {
            (Some(name), _) => format!("for {name}"),
            (None, Some(organisation)) => format!("for organisation {organisation}, whose roster is not here yet"),
            (None, None) => "claimed by nobody yet".to_owned(),
        }
    );
    let free = status.disk_free_bytes.map(|free| format!(" with {free} free on the disk")).unwrap_or_default();
    text.push_str(&format!(
        "{} sessions, {} join requests waiting, {} bytes stored{free}, {} entries damaged.\n",
        status.sessions, status.join_requests, status.store_bytes, status.damaged_entries
    ));
    for scope in &status.scopes {
        text.push_str(&format!("  {}: {} entries in {} logs\n", scope.name, scope.entries, scope.logs));
    }
    text.trim_end().chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}
