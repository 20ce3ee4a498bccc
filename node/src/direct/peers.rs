//! Who is met without a relay, and how that stands. Owns the table of sessions, their bounds, and which of two sessions with one
//! site goes on; never opens a connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::{ScopeId, SiteId, Vector};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::api::events::Event;
use crate::limits::MAX_DIRECT_SESSIONS;
use crate::node::Node;
use crate::sync::line::LineState;

/// What a site holds, by its acknowledgements.
pub type Holds = BTreeMap<ScopeId, Arc<Vector>>;

/// Who dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// We did.
    Dialled,
    /// The other site did.
    Accepted,
}

/// How it stands with a site.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Whether a session is open.
    pub state: LineState,
    /// Where it is dialled, if it is.
    pub address: Option<String>,
    /// When it was last heard of, by our clock; Unix milliseconds.
    pub met_ms: Option<i64>,
    /// Why the last attempt failed, or the session ended.
    pub trouble: Option<String>,
    /// What it would not take of ours since the start, the last of it.
    pub refused: Option<String>,
    /// What it holds, as far as it was heard since the start.
    pub holds: Holds,
}

impl Default for Seen {
    fn default() -> Self {
        let holds = Holds::new();
        Self { state: LineState::Offline, address: None, met_ms: None, trouble: None, refused: None, holds }
    }
}

/// All of them.
pub struct Peers {
    own: SiteId,
    table: Mutex<Table>,
    /// Told when a session ended.
    ended: watch::Sender<()>,
}

#[derive(Default)]
struct Table {
    peers: BTreeMap<SiteId, Peer>,
    next: u64,
}

#[derive(Default)]
struct Peer {
    sessions: BTreeMap<u64, Running>,
    /// An attempt is under way, and none has failed before.
    connecting: bool,
    met_ms: Option<i64>,
    trouble: Option<String>,
    refused: Option<String>,
    holds: Holds,
}

struct Running {
    way: Way,
    /// Both sides know each other.
    known: bool,
    stop: CancellationToken,
}

impl Peer {
    fn state(&self) -> LineState {
        if self.sessions.values().any(|session| session.known) {
            LineState::Connected
        } else if self.connecting && self.trouble.is_none() {
            LineState::Connecting
        } else {
            LineState::Offline
        }
    }

    fn stops(&self, mut whose: impl FnMut(&Running) -> bool) {
        self.sessions.values().filter(|session| whose(session)).for_each(|session| session.stop.cancel());
    }
}

impl Peers {
    /// Nobody is met yet; some were before.
    pub fn new(own: SiteId, met: BTreeMap<SiteId, i64>) -> Self {
        let before = |(site, at_ms)| (site, Peer { met_ms: Some(at_ms), ..Peer::default() });
        let table = Table { peers: met.into_iter().map(before).collect(), next: 0 };
        Self { own, table: Mutex::new(table), ended: watch::Sender::new(()) }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a session; `None` when there is no room. A site that dials again while a session of its own dialling is here takes
    /// that one's place: the old one is dead, and nobody has noticed yet.
    fn enter(&self, site: SiteId, way: Way, stop: CancellationToken) -> Option<u64> {
        let mut table = self.table();
        let all: usize = table.peers.values().map(|peer| peer.sessions.len()).sum();
        if all >= MAX_DIRECT_SESSIONS {
            return None;
        }
        let number = table.next;
        table.next += 1;
        let peer = table.peers.entry(site).or_default();
        peer.stops(|session| session.way == way);
        peer.sessions.insert(number, Running { way, known: false, stop });
        Some(number)
    }

    fn leave(&self, site: SiteId, number: u64) {
        if let Some(peer) = self.table().peers.get_mut(&site) {
            peer.sessions.remove(&number);
        }
        self.ended.send_replace(());
    }

    /// A session came so far that both sides know each other. Two sites that dialled each other at one time go on with the session
    /// that the smaller id dialled; the other is ended by who dialled it, once this one is known to live.
    fn is_known(&self, site: SiteId, number: u64) {
        let mut table = self.table();
        let Some(peer) = table.peers.get_mut(&site) else { return };
        if let Some(session) = peer.sessions.get_mut(&number) {
            session.known = true;
        }
        (peer.connecting, peer.trouble) = (false, None);
        let has = |way| peer.sessions.values().any(|session| session.known && session.way == way);
        if self.own > site && has(Way::Dialled) && has(Way::Accepted) {
            peer.stops(|session| session.way == Way::Dialled);
        }
    }

    /// Waits until no session with a site is open.
    pub async fn free(&self, site: SiteId) {
        let is_free = || self.table().peers.get(&site).is_none_or(|peer| peer.sessions.is_empty());
        // It is never closed: this holds the sender.
        drop(self.ended.subscribe().wait_for(|()| is_free()).await);
    }

    /// An attempt begins. Whether that is news.
    pub fn is_dialled(&self, site: SiteId) -> bool {
        self.changes(site, |peer| peer.connecting = true)
    }

    /// Nobody dials it any more. What was dialled ends; what it dialled itself goes on.
    pub fn is_dialled_no_more(&self, site: SiteId) {
        self.changes(site, |peer| {
            (peer.connecting, peer.trouble) = (false, None);
            peer.stops(|session| session.way == Way::Dialled);
        });
    }

    /// An attempt failed, or a session ended, for this reason. Whether that is news.
    pub fn is_down(&self, site: SiteId, trouble: String) -> bool {
        self.changes(site, |peer| peer.trouble = Some(trouble))
    }

    /// It was heard of.
    pub fn is_met(&self, site: SiteId, now_ms: i64) {
        self.changes(site, |peer| peer.met_ms = Some(now_ms));
    }

    /// Whether state or trouble are others than before.
    fn changes(&self, site: SiteId, change: impl FnOnce(&mut Peer)) -> bool {
        let mut table = self.table();
        let peer = table.peers.entry(site).or_default();
        let before = (peer.state(), peer.trouble.clone());
        change(peer);
        before != (peer.state(), peer.trouble.clone())
    }

    /// When each was last heard of.
    pub fn met(&self) -> BTreeMap<SiteId, i64> {
        self.table().peers.iter().filter_map(|(site, peer)| Some((*site, peer.met_ms?))).collect()
    }

    /// How it stands with each that was dialled or met.
    pub fn seen(&self) -> BTreeMap<SiteId, Seen> {
        let seen = |peer: &Peer| Seen {
            state: peer.state(),
            address: None,
            met_ms: peer.met_ms,
            trouble: peer.trouble.clone().filter(|_| peer.state() == LineState::Offline),
            refused: peer.refused.clone(),
            holds: peer.holds.clone(),
        };
        self.table().peers.iter().map(|(site, peer)| (*site, seen(peer))).collect()
    }
}

/// One session's place in the table, free again when dropped.
pub struct Place {
    node: Arc<Node>,
    site: SiteId,
    way: Way,
    number: u64,
    stop: CancellationToken,
}

impl Place {
    /// A place for a session with a site; `None` when there is no room.
    pub fn enter(node: &Arc<Node>, site: SiteId, way: Way) -> Option<Self> {
        let stop = node.stopping().child_token();
        let number = node.direct().peers.enter(site, way, stop.clone())?;
        Some(Self { node: Arc::clone(node), site, way, number, stop })
    }

    /// Whose node it is.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// With which site.
    pub fn site(&self) -> SiteId {
        self.site
    }

    /// Whether we dialled.
    pub fn is_dialled(&self) -> bool {
        self.way == Way::Dialled
    }

    /// Cancelled when the session is to end.
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Both sides know each other.
    pub fn is_known(&self) {
        let direct = self.node.direct();
        direct.peers.is_known(self.site, self.number);
        direct.is_met(self.site);
        tracing::info!(site = %self.node.code_of(self.site), dialled = self.is_dialled(), "met without a relay");
        self.node.tell(Event::Status);
    }

    /// Everything that it has is here.
    pub fn is_current(&self) {
        self.node.direct().is_met(self.site);
        self.node.tell(Event::Status);
    }

    /// It holds this much.
    pub fn holds(&self, holds: Holds) {
        self.node.direct().peers.changes(self.site, |peer| peer.holds = holds);
        self.node.tell(Event::Status);
    }

    /// It will not take something of ours.
    pub fn is_refused(&self, what: String) {
        self.node.direct().peers.changes(self.site, |peer| peer.refused = Some(what));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.node.direct().peers.leave(self.site, self.number);
        self.node.tell(Event::Status);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SMALLER: SiteId = SiteId([1; 16]);
    const GREATER: SiteId = SiteId([2; 16]);

    /// A site and the other one have dialled each other; which of its sessions were asked to end: dialled, accepted.
    fn crossed(own: SiteId, site: SiteId) -> (bool, bool) {
        let peers = Peers::new(own, BTreeMap::new());
        let (dialled, accepted) = (CancellationToken::new(), CancellationToken::new());
        let first = peers.enter(site, Way::Dialled, dialled.clone()).unwrap();
        let second = peers.enter(site, Way::Accepted, accepted.clone()).unwrap();
        peers.is_known(site, second);
        assert!(!dialled.is_cancelled(), "not before both are known");
        peers.is_known(site, first);
        (dialled.is_cancelled(), accepted.is_cancelled())
    }

    #[test]
    fn of_two_sessions_that_crossed_one_goes_on_and_both_sites_mean_the_same() {
        assert_eq!(crossed(SMALLER, GREATER), (false, false), "what the smaller dialled goes on");
        assert_eq!(crossed(GREATER, SMALLER), (true, false), "who dialled the other ends it");
    }

    #[test]
    fn a_site_that_dials_again_takes_the_place_of_its_dead_session() {
        let peers = Peers::new(SMALLER, BTreeMap::new());
        let [old, new, own] = [(); 3].map(|()| CancellationToken::new());
        peers.enter(GREATER, Way::Accepted, old.clone()).unwrap();
        peers.enter(GREATER, Way::Dialled, own.clone()).unwrap();
        peers.enter(GREATER, Way::Accepted, new.clone()).unwrap();
        assert_eq!([old, new, own].map(|token| token.is_cancelled()), [true, false, false]);
    }

    #[test]
    fn sessions_are_bounded_and_places_come_back() {
        let peers = Peers::new(SMALLER, BTreeMap::new());
        let enter = || peers.enter(GREATER, Way::Accepted, CancellationToken::new());
        let numbers: Vec<u64> = (0..MAX_DIRECT_SESSIONS).map(|_| enter().unwrap()).collect();
        assert_eq!(enter(), None);
        peers.leave(GREATER, numbers[0]);
        assert!(enter().is_some());
    }

    #[tokio::test]
    async fn a_site_is_dialled_when_no_session_with_it_is_left() {
        let peers = Peers::new(SMALLER, BTreeMap::new());
        let number = peers.enter(GREATER, Way::Accepted, CancellationToken::new()).unwrap();
        peers.is_known(GREATER, number);
        assert_eq!(peers.seen()[&GREATER].state, LineState::Connected);
        tokio::join!(peers.free(GREATER), async { peers.leave(GREATER, number) });
        assert!(peers.is_down(GREATER, "gone".to_owned()) && !peers.is_down(GREATER, "gone".to_owned()));
        assert_eq!(peers.seen()[&GREATER].state, LineState::Offline);
    }
}
