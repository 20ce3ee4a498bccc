//! Looking for trouble. Owns which checks there are and what each advises; mends nothing.

use axum::Json;
use axum::extract::State;
use comptoir_daemon::checks::{Check, Examined};

use crate::api::answer::Answer;
use crate::api::{Api, direct, inbox};
use crate::clock;
use crate::custody::acts;
use crate::doorway::Standing;
use crate::limits::BACKUP_LOOK_MS;
use crate::node::Node;
use crate::problem::{Problem, ProblemBody};
use crate::sync::line::LineState;

/// An outbox that holds more than this while the line is up is worth a look.
const OUTBOX_LOOK_ENTRIES: u64 = 1_000;
/// A clock before this moment is wrong: this program did not exist.
const PROGRAM_BORN_MS: i64 = 1_767_225_600_000;
/// A clock that is behind what others wrote by more than this is worth a look.
const CLOCK_LOOK_MS: i64 = 24 * 3_600_000;

/// Look for trouble.
#[utoipa::path(get, path = "/api/v1/doctor", tag = "node",
    responses((status = 200, body = Examined), (status = "default", body = ProblemBody)))]
pub async fn examine(State(api): State<Api>) -> Answer<Examined> {
    api.run(|node| {
        let mut checks = vec![disk(node), clock_check(node), keys(node), line(node)];
        checks.extend(sites(node)?);
        checks.extend([log(node)?, work(node)?, backup(node)]);
        Ok(Examined { checks })
    })
    .await
    .map(Json)
}

fn disk(node: &Node) -> Check {
    let probe = node.data().path().join("doctor.probe");
    let written = std::fs::write(&probe, [0; 4096]).and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Check::good("disk", "the directory can be written"),
        Err(error) => {
            let advice = "Free some space, or give this user the right to write there. Reading goes on.";
            Check::bad("disk", error.to_string(), advice)
        }
    }
}

fn clock_check(node: &Node) -> Check {
    let now = clock::now_ms();
    let newest = node.line().received_up_to_ms().unwrap_or(0);
    if now < PROGRAM_BORN_MS || now.saturating_add(CLOCK_LOOK_MS) < newest {
        let advice = "Set the clock. Nothing was harmed: time orders nothing, but dates are shown wrong.";
        return Check::look("clock", format!("it says {}", clock::rfc3339(now)), advice);
    }
    Check::good("clock", clock::rfc3339(now))
}

fn keys(node: &Node) -> Check {
    if node.is_restored() {
        let advice = "It goes on in a new epoch, and what it lacks comes back from the relay. If another machine still runs \
                      with these keys, stop one of the two.";
        return Check::look("keys", "the database was older than what a relay has acknowledged", advice);
    }
    let named = node.own_site().is_some_and(|site| node.keyring().holds(&site.keys));
    if named {
        half_sealed(node).unwrap_or_else(|| Check::good("keys", "the roster names the keys that are here"))
    } else {
        let advice = "The directory may be a copy or an old backup. Ask headquarters before writing here.";
        Check::bad("keys", "the roster names other keys than those that are here", advice)
    }
}

/// An act on the seal was interrupted.
fn half_sealed(node: &Node) -> Option<Check> {
    let standing = acts::standing(node.data()).ok()?;
    let advice = "Stop the daemon and run comptoir-node keys seal again with the same passphrase, or keys unseal.";
    standing.is_half_done().then(|| Check::look("keys", "some key files are sealed and some are not", advice))
}

fn line(node: &Node) -> Check {
    if let Some(refused) = node.line().refused() {
        let advice = "What was written stays here and does not reach others. The directory may be a copy or an old backup: \
                      ask headquarters.";
        return Check::bad("line", format!("the relay refused {refused}"), advice);
    }
    let roster = node.roster();
    if roster.removal(&node.keys().site).is_some() {
        let advice = "Nothing that was written here is lost, and what is here can be read. Ask headquarters.";
        return Check::look("line", "headquarters has suspended or revoked this site", advice);
    }
    match (roster.relays.len(), node.is_daemon(), node.line().state()) {
        (0, ..) => Check::look("line", "no relay", "At headquarters: comptoir-node relay add CODE"),
        (_, false, _) => Check::look("line", "the daemon does not run", "Start it: comptoir-node run"),
        (_, true, LineState::Connected) => Check::good("line", "connected"),
        (_, true, _) => {
            let detail = node.line().trouble().unwrap_or_else(|| "not connected yet".into());
            Check::look("line", detail, "Work goes on; what is written waits in the outbox.")
        }
    }
}

/// Sites that are met without a relay; nothing where none is.
fn sites(node: &Node) -> Result<Option<Check>, Problem> {
    let (direct, peers) = (node.direct(), direct::peers(node)?);
    if direct.wished().is_none() && peers.is_empty() {
        return Ok(None);
    }
    if let Some((site, refused)) = direct.seen().into_iter().find_map(|(site, seen)| Some((site, seen.refused?))) {
        let detail = format!("{} refused {refused}", node.code_of(site));
        let advice = "What was written stays here. The directory may be a copy or an old backup: ask headquarters.";
        return Ok(Some(Check::bad("direct", detail, advice)));
    }
    if !node.is_daemon() {
        return Ok(Some(Check::look("direct", "the daemon does not run", "Start it: comptoir-node run")));
    }
    let door = match direct.standing() {
        Standing::Shut => "no other site comes in here".to_owned(),
        Standing::Open(at) => format!("other sites come in at {at}"),
        Standing::Failed(problem) => problem.message,
    };
    let lines = peers.iter().map(|peer| match (&peer.state, &peer.trouble) {
        (LineState::Connected, _) => format!("{} connected", peer.site),
        (_, Some(trouble)) => format!("{} away ({trouble})", peer.site),
        _ => format!("{} away", peer.site),
    });
    let away = match direct.turned_away() {
        (count, Some(last)) => vec![format!("{count} turned away, the last from {}: {}", last.address, last.code)],
        _ => Vec::new(),
    };
    let detail = std::iter::once(door).chain(lines).chain(away).collect::<Vec<_>>().join("; ");
    let failed = matches!(direct.standing(), Standing::Failed(_));
    let dialled_in_vain = peers.iter().any(|peer| peer.address.is_some() && peer.state != LineState::Connected);
    Ok(Some(if failed || dialled_in_vain {
        Check::look("direct", detail, "Work goes on; both are tried again. See comptoir-node direct list.")
    } else {
        Check::good("direct", detail)
    }))
}

fn log(node: &Node) -> Result<Check, Problem> {
    let storage = |error| node.storage_problem(&error);
    let quarantined = node.replica().quarantined().map_err(storage)?.len();
    let parked = node.replica().parked().map_err(storage)?.len();
    let waiting = node.replica().waiting().map_err(storage)?.len();
    let wanted: usize = node.replica().wanted().values().map(Vec::len).sum();
    let detail = format!("{quarantined} quarantined, {parked} parked, {waiting} waiting, {wanted} damaged");
    Ok(if wanted > 0 {
        Check::bad("log", detail, "Stored entries were damaged; they are fetched again while the daemon runs.")
    } else if quarantined > 0 {
        Check::look("log", detail, "Entries that broke a rule were set aside, alike everywhere: see the inbox.")
    } else if parked > 0 {
        Check::look("log", detail, "A newer version wrote them: upgrade this node.")
    } else {
        Check::good("log", detail)
    })
}

fn backup(node: &Node) -> Check {
    let advice = "comptoir-node backup create FILE, and keep the file on another machine.";
    match node.backups.last() {
        None => Check::look("backup", "none was kept yet, as far as is known here", advice),
        Some(last) => {
            let detail = format!("the last one is of {}", clock::rfc3339(last.at_ms));
            let is_old = clock::now_ms().saturating_sub(last.at_ms) > BACKUP_LOOK_MS;
            if is_old { Check::look("backup", detail, advice) } else { Check::good("backup", detail) }
        }
    }
}

fn work(node: &Node) -> Result<Check, Problem> {
    let outbox = node.replica().outbox_len().map_err(|error| node.storage_problem(&error))?;
    let open = inbox::count(node)?;
    let detail = format!("{open} in the inbox, {outbox} in the outbox");
    Ok(if outbox > OUTBOX_LOOK_ENTRIES && node.line().state() == LineState::Connected {
        Check::look("work", detail, "The relay does not acknowledge: look at its log.")
    } else if open > 0 {
        Check::look("work", detail, "comptoir-node inbox list")
    } else {
        Check::good("work", detail)
    })
}
