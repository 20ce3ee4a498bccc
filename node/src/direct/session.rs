//! One session with another site. Owns its wiring and the words for its end; what is said in it is the protocol's.

use std::sync::Arc;

use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::{CloseReason, Config};
use comptoir_transport::{CloseCode, Closed, ConnectError, Connection, ReachError, SessionEnd, Wiring, drive};
use tokio::sync::mpsc;

use super::Place;
use crate::api::events::Event;
use crate::problem::{Code, Problem, plain, told};
use crate::sync::{NodeStore, Peer, SOFTWARE};

/// How a session ended, for whoever dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Both sides knew each other before, and neither is removed.
    pub lasted: bool,
    /// The other side does not know our key, or not any more.
    pub unknown: bool,
}

/// Runs a session to its end.
pub async fn run(place: Place, connection: Connection) -> Ended {
    let (node, site, place) = (Arc::clone(place.node()), place.site(), Arc::new(place));
    let (pin, address) = (connection.peer_pin(), connection.peer_address());
    let config = Config {
        local: Party::Site(node.keys().site),
        peer_pin: pin.0,
        dialled: place.is_dialled(),
        claim: None,
        software: SOFTWARE.to_owned(),
    };
    let store = Arc::new(NodeStore::new(Arc::clone(&node), Peer::Site(Arc::clone(&place))));
    // Nobody asks to join by way of another site.
    let (_, events) = mpsc::channel(1);
    let wiring = Wiring { store: store.clone(), commits: node.follow(), events, shutdown: place.stop() };
    let (sender, receiver) = connection.split();
    let end = drive(sender, receiver, config, wiring, None).await;
    match &end {
        SessionEnd::Shutdown => {}
        SessionEnd::Store(failure) => node.breaks(Problem::from_error(Code::StorageFailed, failure)),
        end => {
            if let (false, Some(code)) = (place.is_dialled(), turned_away(end)) {
                node.direct().turns_away(address, pin, code);
            }
            let trouble = trouble(end);
            if node.direct().peers.is_down(site, trouble.clone()) {
                tracing::info!(site = %node.code_of(site), reason = %plain(&trouble), "a session with another site ended");
                node.tell(Event::Status);
            }
        }
    }
    // Whoever is removed is told so at every attempt: it dials ever less often, until it is let back.
    let lasted = store.was_identified() && said(&end) != Some(CloseCode::Removed);
    Ended { lasted, unknown: said(&end) == Some(CloseCode::NotAdmitted) }
}

/// The code by which the other side ended it.
pub fn said(end: &SessionEnd) -> Option<CloseCode> {
    match end {
        SessionEnd::Connection(closed) => closed.by_peer().map(|close| close.code),
        _ => None,
    }
}

/// The code by which we ended a session of a peer that does not belong here.
fn turned_away(end: &SessionEnd) -> Option<CloseCode> {
    match end {
        SessionEnd::Here(CloseReason::NotAdmitted) => Some(CloseCode::NotAdmitted),
        SessionEnd::Here(CloseReason::Removed) => Some(CloseCode::Removed),
        SessionEnd::Here(CloseReason::WrongOrganisation) => Some(CloseCode::WrongOrganisation),
        SessionEnd::Here(CloseReason::VersionUnknown) => Some(CloseCode::VersionTooOld),
        SessionEnd::Here(CloseReason::Malformed) | SessionEnd::Receive(_) => Some(CloseCode::Malformed),
        SessionEnd::Here(CloseReason::TooSlow) => Some(CloseCode::TooSlow),
        _ => None,
    }
}

/// Why a session ended, to a person who can do something about it.
fn trouble(end: &SessionEnd) -> String {
    match (end, said(end)) {
        (SessionEnd::Here(CloseReason::WrongOrganisation), _) | (_, Some(CloseCode::WrongOrganisation)) => {
            "the node there belongs to another organisation".to_owned()
        }
        (SessionEnd::Here(CloseReason::VersionUnknown), _) | (_, Some(CloseCode::VersionTooOld)) => {
            "the two nodes know no version of the protocol in common: upgrade the older of the two".to_owned()
        }
        (SessionEnd::Here(CloseReason::Removed), _) => "that site is suspended or revoked".to_owned(),
        (_, Some(CloseCode::Removed)) => {
            "headquarters has suspended or revoked this site: nothing that was written here is lost; ask headquarters"
                .to_owned()
        }
        (SessionEnd::Here(CloseReason::NotAdmitted), _) => {
            "the roster does not name the key of that site any more".to_owned()
        }
        (_, Some(CloseCode::NotAdmitted)) => {
            "the roster of that site does not name this node's key: it has not heard of this site yet, or this site was removed"
                .to_owned()
        }
        (SessionEnd::Here(CloseReason::Reopened), _) => {
            "what the two sites hold in common has changed: they connect again".to_owned()
        }
        (SessionEnd::Here(CloseReason::TooSlow), _) => "that site did not answer in time".to_owned(),
        (end, _) => told(end),
    }
}

/// Why a site was not reached, likewise.
pub fn unreached(error: &ReachError) -> String {
    let ReachError::NoneAnswered { attempts, .. } = error else { return told(error) };
    let wrong = |attempt: &&ConnectError| matches!(attempt, ConnectError::WrongPin { .. });
    match attempts.iter().find(wrong).or(attempts.first()) {
        Some(ConnectError::WrongPin { address, .. }) => {
            format!("another node answers at {address}: its key is not the one that the roster names for this site")
        }
        Some(ConnectError::PurposeRefused { address, .. }) => format!("no site is met at {address}"),
        Some(ConnectError::Closed(Closed::Refused { address })) => {
            format!("the site at {address} takes no connection at the moment")
        }
        Some(attempt) => told(attempt),
        None => told(error),
    }
}

#[cfg(test)]
mod tests {
    use comptoir_transport::Close;

    use super::*;

    #[test]
    fn what_a_person_can_mend_is_told_in_words() {
        let closed = |code| {
            let close = Close { code, reason: String::new() };
            SessionEnd::Connection(Closed::ByPeer { address: ([127, 0, 0, 1], 1).into(), close })
        };
        assert!(trouble(&closed(CloseCode::NotAdmitted)).contains("does not name this node's key"));
        assert!(trouble(&closed(CloseCode::WrongOrganisation)).contains("another organisation"));
        assert!(trouble(&SessionEnd::Here(CloseReason::WrongOrganisation)).contains("another organisation"));
        assert!(trouble(&closed(CloseCode::Removed)).contains("ask headquarters"));
        assert!(trouble(&closed(CloseCode::Busy)).contains("busy"));
    }

    #[test]
    fn who_does_not_belong_here_is_counted_and_a_line_that_broke_is_not() {
        assert_eq!(turned_away(&SessionEnd::Here(CloseReason::WrongOrganisation)), Some(CloseCode::WrongOrganisation));
        assert_eq!(
            turned_away(&SessionEnd::Connection(Closed::TimedOut { address: ([127, 0, 0, 1], 1).into() })),
            None
        );
    }
}
