//! The replica as a session sees it. Owns the mapping between the two, and what is told on when something arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::{self, Admitted, LocalView};
use comptoir_sync_protocol::{Entry, Hash, LogHead, ScopeId, Vector};
use comptoir_transport::{Notice, SessionStore, StoreFailure};
use tokio::sync::mpsc;

use crate::api::events::Event;
use crate::clock;
use crate::direct::Place;
use crate::enrolment::approve::Request;
use crate::enrolment::removal;
use crate::node::Node;
use crate::sync::line::LineState;

/// Where requests go, and where their answers come in.
pub type Asking = (mpsc::Sender<Request>, mpsc::Sender<session::Event>);

/// Who is at the other end.
pub enum Peer {
    /// A relay, which carries requests too.
    Relay(Option<Asking>),
    /// Another site.
    Site(Arc<Place>),
}

/// One session's view of the node.
pub struct NodeStore {
    node: Arc<Node>,
    with: Peer,
    identified: AtomicBool,
    current: AtomicBool,
}

type Read = Result<Vec<(LogHead, Vec<u8>)>, StoreFailure>;

impl NodeStore {
    /// For one session.
    pub fn new(node: Arc<Node>, with: Peer) -> Self {
        Self { node, with, identified: AtomicBool::new(false), current: AtomicBool::new(false) }
    }

    /// Whether the session came so far that both sides knew each other.
    pub fn was_identified(&self) -> bool {
        self.identified.load(Ordering::Relaxed)
    }

    fn keep(&self, receipts: &[Receipt]) -> Result<(), StoreFailure> {
        let kept = self.node.keep_receipts(receipts).map_err(failure)?;
        if kept < receipts.len() {
            tracing::warn!(
                receipts = receipts.len() - kept,
                "receipts that no relay of the roster signed, or of nothing here"
            );
        }
        self.node.tell(Event::Status);
        Ok(())
    }
}

impl NodeStore {
    /// Only a relay carries requests. It keeps them, and carries them again when there is no room now.
    fn asked(&self, request: impl FnOnce(mpsc::Sender<session::Event>) -> Request) {
        if let Peer::Relay(Some((requests, answers))) = &self.with
            && requests.try_send(request(answers.clone())).is_err()
        {
            tracing::warn!("too many requests at one time");
        }
    }
}

fn failure(error: impl std::error::Error + Send + Sync + 'static) -> StoreFailure {
    StoreFailure(Box::new(error))
}

impl SessionStore for NodeStore {
    fn view(&self) -> Result<LocalView, StoreFailure> {
        Ok(self.node.replica().view())
    }

    fn read(&self, scope: ScopeId, have: &Vector, most_bytes: usize) -> Read {
        self.node.replica().read_missing(scope, have, most_bytes).map_err(failure)
    }

    fn read_wanted(&self, scope: ScopeId, wanted: &[Hash]) -> Read {
        self.node.replica().read_wanted(scope, wanted).map_err(failure)
    }

    fn admit(&self, _peer: Option<Party>, scope: ScopeId, entries: Vec<Entry>) -> Result<Admitted, StoreFailure> {
        let report = self.node.replica().admit(scope, entries, clock::now_ms()).map_err(failure)?;
        for (head, code) in &report.admitted.refused {
            tracing::warn!(writer = %head.writer, seq = head.seq, ?code, "an entry was refused");
        }
        self.node.publish(&report.delivered);
        if report.delivered.iter().any(|committed| committed.commit.roster.is_some()) {
            removal::settle_keys(&self.node);
        }
        Ok(report.admitted)
    }

    fn notice(&self, _peer: Option<Party>, notice: Notice) -> Result<(), StoreFailure> {
        match notice {
            Notice::Receipts(receipts) => self.keep(&receipts)?,
            Notice::PeerRefused { scope, head, code } => {
                let scope = self.node.scope_name(&scope);
                tracing::error!(%scope, writer = %head.writer, seq = head.seq, ?code, "the peer refused an entry");
                let what = format!("entry {} of {} in {scope}: {code:?}", head.seq, head.writer);
                match &self.with {
                    Peer::Relay(_) => self.node.line().is_refused(what),
                    Peer::Site(place) => place.is_refused(what),
                }
            }
            Notice::Identified(_) => {
                self.identified.store(true, Ordering::Relaxed);
                match &self.with {
                    Peer::Site(place) => place.is_known(),
                    Peer::Relay(_) => {
                        if self.node.is_daemon() && self.node.line().becomes(LineState::Connected) {
                            tracing::info!("line connected");
                            self.node.tell(Event::Status);
                        }
                    }
                }
            }
            Notice::Current => match &self.with {
                Peer::Site(place) => place.is_current(),
                Peer::Relay(_) => {
                    if !self.current.swap(true, Ordering::Relaxed) {
                        tracing::info!("everything that the relay has is here");
                    }
                    self.node.line().is_current(clock::now_ms());
                    self.node.tell(Event::Status);
                }
            },
            Notice::PeerHolds(holds) => {
                if let Peer::Site(place) = &self.with {
                    place.holds(holds);
                }
            }
            Notice::JoinRequest(sealed) => self.asked(|answers| Request::Join { sealed, answers }),
            Notice::ConsoleRequest(request) => self.asked(|answers| Request::Console { request, answers }),
            // Sites tell relays; nobody tells a site.
            Notice::JoinAnswer(_) | Notice::ConsoleAnswer(_) | Notice::Health(_) => {}
        }
        Ok(())
    }
}
