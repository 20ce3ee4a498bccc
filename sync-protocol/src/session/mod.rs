//! One session between two parties, as a state machine: `handle(now, event) → effects`.
//!
//! Owns the order of the conversation: hello, rosters, one digest, digests per scope, vectors, ranges, acknowledgements,
//! then live push. Never owns a socket, a store or a clock; the driver feeds events and carries out effects in order.
//!
//! A session begins with [`Session::new`], whose effects come first. Then each event is given to [`Session::handle`]:
//! frames as they arrive, [`Event::Committed`] for *every* commit to the local store (own edits and whatever any session
//! brought), the answers to [`Effect::Read`] and [`Effect::Admit`], and [`Event::Tick`] about once a second.

mod awaiting_digest;
mod awaiting_hello;
mod awaiting_roster;
mod awaiting_scope_digests;
mod core;
mod digests;
mod live;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::awaiting_digest::AwaitingDigest;
use self::awaiting_hello::AwaitingHello;
use self::awaiting_roster::AwaitingRoster;
use self::awaiting_scope_digests::AwaitingScopeDigests;
use self::core::Core;
use self::live::Live;
use crate::Entry;
use crate::console::{ConsoleAnswer, ConsoleRequest};
use crate::frame::{Frame, JoinAnswer, RefusalCode, SealedJoinRequest};
use crate::header::LogHead;
use crate::health::HealthReport;
use crate::ids::{Hash, ScopeId};
use crate::receipt::Receipt;
use crate::roster::{Party, Roster};
use crate::vector::Vector;

/// The channel that control frames travel on; each scope's entries travel on a channel of their own.
pub const CONTROL_CHANNEL: u32 = 0;

/// What a session must know of its own side.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who we are.
    pub local: Party,
    /// The TLS key that the peer presented.
    pub peer_pin: [u8; 32],
    /// We dialled this very key: it is trusted with our roster although our roster may not name it yet.
    pub dialled: bool,
    /// The right to claim the relay that we dialled.
    pub claim: Option<[u8; 16]>,
    /// Program and version, for people.
    pub software: String,
}

/// The local store as a session sees it when it begins.
#[derive(Clone, Debug)]
pub struct LocalView {
    /// The roster, as it is now.
    pub roster: Arc<Roster>,
    /// Every scope's vector, the roster's among them.
    pub vectors: BTreeMap<ScopeId, Arc<Vector>>,
    /// Entries that are wanted again, by scope.
    pub wanted: BTreeMap<ScopeId, Vec<Hash>>,
    /// Heads of logs of our own for which no relay's receipt is here: the acknowledgement that bore it may have been lost.
    pub unreceipted: BTreeMap<ScopeId, Vec<LogHead>>,
}

/// What happens to a session.
#[derive(Clone, Debug)]
pub enum Event {
    /// A frame arrived.
    Frame(Frame),
    /// Something was committed to the local store, from wherever it came.
    Committed(Commit),
    /// The answer to [`Effect::Read`] or [`Effect::ReadWanted`]: entries in causal order. Empty: nothing that could be read.
    Read {
        /// The scope.
        scope: ScopeId,
        /// Each entry's place and bytes.
        entries: Vec<(LogHead, Vec<u8>)>,
    },
    /// The answer to [`Effect::Admit`], after the transaction has committed.
    Admitted(Admitted),
    /// Carry a join request to the peer, who is headquarters.
    JoinRequest(SealedJoinRequest),
    /// Carry headquarters' answer to the relay.
    JoinAnswer(JoinAnswer),
    /// Tell the peer how this site stands, if it is a relay.
    Health(HealthReport),
    /// Carry what the console asks to the peer, whom it is for.
    ConsoleRequest(ConsoleRequest),
    /// Tell the relay what became of what its console asked.
    ConsoleAnswer(ConsoleAnswer),
    /// Time passes.
    Tick,
}

/// What one commit to the local store changed in one scope.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The scope.
    pub scope: ScopeId,
    /// Where the logs that advanced stand now.
    pub heads: Vec<LogHead>,
    /// The scope's vector after it. Sessions keep it, and share it.
    pub vector: Arc<Vector>,
    /// The roster after it, if the scope is the roster's.
    pub roster: Option<Arc<Roster>>,
}

/// What became of the entries of one [`Effect::Admit`].
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The scope.
    pub scope: ScopeId,
    /// Where the logs of those entries stand now.
    pub heads: Vec<LogHead>,
    /// Entries that wait for others are kept here.
    pub held: bool,
    /// From a relay: receipts for the peer's own logs.
    pub receipts: Vec<Receipt>,
    /// What was not taken, and will not be.
    pub refused: Vec<(LogHead, RefusalCode)>,
}

/// What the driver must do, in order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send a frame on a channel.
    Send {
        /// Which; 0 is control.
        channel: u32,
        /// What.
        frame: Frame,
    },
    /// Read what `have` lacks, in causal order, up to `most_bytes` (one entry at least), and answer with [`Event::Read`].
    Read {
        /// The scope.
        scope: ScopeId,
        /// What the peer has, or is being sent.
        have: Arc<Vector>,
        /// About how much.
        most_bytes: usize,
    },
    /// Read these entries whole, and answer with [`Event::Read`].
    ReadWanted {
        /// The scope.
        scope: ScopeId,
        /// Which.
        wanted: Vec<Hash>,
    },
    /// Admit these entries to the store, and answer with [`Event::Admitted`], one for each, in order.
    Admit {
        /// The scope.
        scope: ScopeId,
        /// In the order in which they came.
        entries: Vec<Entry>,
    },
    /// A relay's signed word arrived. Check that the roster names the relay, then store it.
    Receipts(Vec<Receipt>),
    /// The peer will not take these entries.
    PeerRefused {
        /// The scope.
        scope: ScopeId,
        /// The first entry.
        head: LogHead,
        /// Why.
        code: RefusalCode,
    },
    /// The peer is this party of the roster; common scopes are being compared.
    Identified(Party),
    /// Everything that the peer has is committed here.
    Current,
    /// A site has acknowledged or shown that it holds this much: no relay's receipt, but a second copy. Told when nothing is under
    /// way to it.
    PeerHolds(BTreeMap<ScopeId, Arc<Vector>>),
    /// A join request for headquarters.
    JoinRequest(SealedJoinRequest),
    /// Headquarters' answer.
    JoinAnswer(JoinAnswer),
    /// The peer's word on how some site stands. Check that it is its own, then keep it.
    Health(HealthReport),
    /// The peer's console asks something. Check that the peer is a relay.
    ConsoleRequest(ConsoleRequest),
    /// What became of what was asked. Check that it was the peer who was asked.
    ConsoleAnswer(ConsoleAnswer),
    /// End the session: no further event will be handled.
    Close(CloseReason),
}

/// Why a session ends from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The peer is not in the roster.
    NotAdmitted,
    /// The peer belongs to another organisation.
    WrongOrganisation,
    /// No protocol version in common.
    VersionUnknown,
    /// A frame that has no place here, or an entry that is none.
    Malformed,
    /// The peer did not answer in time.
    TooSlow,
    /// The roster has suspended or revoked the peer, and the peer holds the entry that says so.
    Removed,
    /// A scope that the roster had ended is common again: another session begins it.
    Reopened,
}

/// A session. See the module's words for the order of calls.
#[derive(Debug)]
pub struct Session {
    core: Core,
    state: State,
}

/// What the session waits for next. Each state consumes itself and returns its successor.
#[derive(Debug)]
enum State {
    Hello(AwaitingHello),
    Roster(AwaitingRoster),
    Digest(AwaitingDigest),
    ScopeDigests(AwaitingScopeDigests),
    Live(Live),
    Closed,
}

/// Ends a step: the session is over.
#[derive(Debug)]
struct Over(CloseReason);

type Next = Result<State, Over>;

impl Session {
    /// Begins a session; the effects come before all others.
    pub fn new(now_ms: u64, config: Config, view: LocalView) -> (Self, Vec<Effect>) {
        let mut core = Core::new(now_ms, config, view);
        let state = State::Hello(AwaitingHello::begin(&mut core));
        let effects = core.take_effects();
        (Self { core, state }, effects)
    }

    /// Who the peer is, once the roster has told.
    pub fn peer(&self) -> Option<Party> {
        self.core.peer
    }

    /// Whether the peer reads packed entries: then its frames may be encoded by [`Frame::encode_packed`].
    pub fn peer_unpacks(&self) -> bool {
        self.core.peer_unpacks
    }

    /// Whether the opening is over and changes are pushed as they happen.
    pub fn is_live(&self) -> bool {
        matches!(self.state, State::Live(_))
    }

    /// Takes one event. `now_ms` counts from any fixed moment and never runs back.
    pub fn handle(&mut self, now_ms: u64, event: Event) -> Vec<Effect> {
        self.core.now_ms = self.core.now_ms.max(now_ms);
        let state = std::mem::replace(&mut self.state, State::Closed);
        match self.step(state, event).and_then(|state| self.core.dismiss().map(|()| state)) {
            Ok(state) => self.state = state,
            Err(Over(reason)) => self.core.effects.push(Effect::Close(reason)),
        }
        self.core.take_effects()
    }

    fn step(&mut self, state: State, event: Event) -> Next {
        let core = &mut self.core;
        if let Event::Frame(_) = &event {
            core.heard_ms = core.now_ms;
        }
        match state {
            State::Hello(state) => state.handle(core, event),
            State::Roster(state) => state.handle(core, event),
            State::Digest(state) => state.handle(core, event),
            State::ScopeDigests(state) => state.handle(core, event),
            State::Live(state) => state.handle(core, event),
            State::Closed => Ok(State::Closed),
        }
    }
}
