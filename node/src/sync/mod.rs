//! The way to the relay: connects, runs a session, waits, connects again. Owns the loop and its back-off; what is said in a
//! session is the protocol's, what is stored the replica's.

pub mod claims;
pub mod line;
mod store;

use std::sync::Arc;

use comptoir_sync_protocol::roster::{Party, Relay};
use comptoir_sync_protocol::session::{self, CloseReason};
use comptoir_transport::{Backoff, CloseCode, Endpoint, Pin, Purpose, SessionEnd, TlsIdentity, Wiring, drive};
use tokio::sync::mpsc;

use crate::api::events::Event;
use crate::custody::keyring::KeyTurn;
use crate::direct::{Ended, said};
use crate::enrolment::approve;
use crate::entropy;
use crate::health;
use crate::node::Node;
use crate::problem::{Problem, told};
use crate::sync::line::LineState;
pub use store::{NodeStore, Peer};

/// What the program calls itself to a peer.
pub const SOFTWARE: &str = concat!("comptoir-node/", env!("CARGO_PKG_VERSION"));

/// Keeps a session with a relay of the roster until the node stops. What relays ask goes to `requests`.
pub async fn run(node: Arc<Node>, requests: mpsc::Sender<approve::Request>) {
    // Each attempt says by which key it is made.
    let endpoint = match Endpoint::client(&node.keys().tls) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            tracing::error!(error = %told(&error), "no socket for the relay");
            node.line().is_down(told(&error));
            return;
        }
    };
    let (mut backoff, mut key) = (Backoff::new(), KeyTurn::new(&node));
    let mut turn = 0;
    let mut commits = node.follow();
    while !node.stopping().is_cancelled() {
        let roster = node.roster();
        // With several relays, a failed attempt goes to the next.
        let Some(relay) = roster.relays.values().nth(turn % roster.relays.len().max(1)).cloned() else {
            becomes(&node, LineState::None);
            tokio::select! {
                () = node.stopping().cancelled() => return,
                // Any commit may be the one that names a relay; one that was missed counts too.
                _ = commits.recv() => {}
            }
            continue;
        };
        let ended = one_session(&node, &endpoint, (&relay, &key.identity()), &requests).await;
        if node.stopping().is_cancelled() {
            break;
        }
        if ended.lasted {
            backoff.reset();
        }
        // Whoever does not know one key of ours may know another.
        if !(ended.unknown && key.is_unknown()) {
            turn += 1;
        }
        tokio::select! {
            () = node.stopping().cancelled() => {}
            () = tokio::time::sleep(backoff.next_delay(&mut entropy::os())) => {}
        }
        commits = commits.resubscribe();
    }
    becomes(&node, LineState::Stopped);
    endpoint.shut_down(CloseCode::Done, "").await;
}

/// One attempt, by one of our keys.
async fn one_session(
    node: &Arc<Node>,
    endpoint: &Endpoint,
    (relay, identity): (&Relay, &TlsIdentity),
    requests: &mpsc::Sender<approve::Request>,
) -> Ended {
    const UNREACHED: Ended = Ended { lasted: false, unknown: false };
    if node.line().state() != LineState::Offline {
        becomes(node, LineState::Connecting);
    }
    let pin = Pin(relay.tls_pin);
    let stopping = node.stopping();
    let connection = tokio::select! {
        () = stopping.cancelled() => return UNREACHED,
        connection = endpoint.connect_host_as(identity, &relay.address, pin, Purpose::Sync) => connection,
    };
    let connection = match connection {
        Ok(connection) => connection,
        Err(error) => {
            is_down(node, &relay.address, told(&error));
            return UNREACHED;
        }
    };
    let config = match config_for(node, pin) {
        Ok(config) => config,
        Err(problem) => {
            is_down(node, &relay.address, problem.to_string());
            return UNREACHED;
        }
    };
    let (answers, events) = mpsc::channel(crate::limits::REQUEST_QUEUE_REQUESTS);
    let healths = answers.clone();
    let store = Arc::new(NodeStore::new(Arc::clone(node), Peer::Relay(Some((requests.clone(), answers)))));
    let wiring = Wiring { store: store.clone(), commits: node.follow(), events, shutdown: stopping.child_token() };
    let (sender, receiver) = connection.split();
    let end = tokio::select! {
        end = drive(sender, receiver, config, wiring, None) => end,
        never = health::tell(node, &store, healths) => match never {},
    };
    session_ended(node, &relay.address, &end);
    // A relay that lets us in no more says so at every attempt: it is asked ever less often, until we are let back.
    let lasted = store.was_identified() && !matches!(said(&end), Some(CloseCode::Removed | CloseCode::Held));
    Ended { lasted, unknown: said(&end) == Some(CloseCode::NotAdmitted) }
}

/// What a session with this relay must know of us.
pub(crate) fn config_for(node: &Node, relay: Pin) -> Result<session::Config, Problem> {
    let claim = claims::read(node.data(), &relay)
        .map_err(|error| Problem::from_error(crate::problem::Code::Damaged, &error))?;
    Ok(session::Config {
        local: Party::Site(node.keys().site),
        peer_pin: relay.0,
        dialled: true,
        claim,
        software: SOFTWARE.to_owned(),
    })
}

fn session_ended(node: &Node, address: &str, end: &SessionEnd) {
    match end {
        SessionEnd::Shutdown => {}
        SessionEnd::Store(failure) => {
            node.breaks(Problem::from_error(crate::problem::Code::StorageFailed, failure));
            is_down(node, address, told(failure));
        }
        end => is_down(node, address, trouble(end)),
    }
}

/// Why a session ended, to a person who can do something about it.
fn trouble(end: &SessionEnd) -> String {
    match end {
        SessionEnd::Here(CloseReason::WrongOrganisation) => {
            "the relay serves another organisation: take another one into service".to_owned()
        }
        SessionEnd::Here(CloseReason::VersionUnknown) => {
            "the relay speaks no version of the protocol that this node knows: upgrade the older of the two".to_owned()
        }
        SessionEnd::Here(CloseReason::Removed) => {
            "headquarters has retired this relay: nothing that was written here is lost".to_owned()
        }
        SessionEnd::Here(CloseReason::TooSlow) => "the relay did not answer in time".to_owned(),
        SessionEnd::Here(CloseReason::Reopened) => "what this site may hold has changed: it connects again".to_owned(),
        end if said(end) == Some(CloseCode::Removed) => {
            "headquarters has suspended or revoked this site: nothing that was written here is lost; ask headquarters"
                .to_owned()
        }
        end if said(end) == Some(CloseCode::Held) => {
            "the line of this site is held at the relay: nothing that was written here is lost; ask headquarters"
                .to_owned()
        }
        end => told(end),
    }
}

fn becomes(node: &Node, state: LineState) {
    if node.line().becomes(state) {
        tracing::info!(?state, "line");
        node.tell(Event::Status);
    }
}

fn is_down(node: &Node, address: &str, trouble: String) {
    if node.line().is_down(trouble.clone()) {
        tracing::info!(address = %crate::problem::plain(address), reason = %trouble, "the relay is not reached");
        node.tell(Event::Status);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_can_mend_is_told_in_words() {
        let other = trouble(&SessionEnd::Here(CloseReason::WrongOrganisation));
        assert!(other.contains("another organisation") && !other.contains("WrongOrganisation"), "{other}");
        let closed = |code| {
            let close = comptoir_transport::Close { code, reason: String::new() };
            let address = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
            trouble(&SessionEnd::Connection(comptoir_transport::Closed::ByPeer { address, close }))
        };
        let (removed, held) = (closed(CloseCode::Removed), closed(CloseCode::Held));
        assert!(removed.contains("suspended") && removed.contains("ask headquarters"), "{removed}");
        assert!(held.contains("held at the relay") && held.contains("ask headquarters"), "{held}");
    }
}
