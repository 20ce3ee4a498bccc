//! What all states of a session share: both sides' knowledge, the transfers, and the effects that pile up in a step.
//! Owns the handling of entries, acknowledgements, reads and commits, which is the same in every state after the hello.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::digests::Digests;
use super::transfer::Transfer;
use super::{Admitted, CONTROL_CHANNEL, CloseReason, Commit, Config, Effect, Event, LocalView, Over};
use crate::Entry;
use crate::frame::{Ack, Entries, Frame, Refused, ScopeVector};
use crate::header::LogHead;
use crate::ids::{Hash, ScopeId, Writer};
use crate::limits;
use crate::roster::{self, Party, Roster};
use crate::vector::Vector;

#[derive(Debug)]
pub(super) struct Core {
    pub config: Config,
    pub now_ms: u64,
    /// When the peer was last heard.
    pub heard_ms: u64,
    pub roster: Arc<Roster>,
    pub peer: Option<Party>,
    /// It reads packed entries.
    pub peer_unpacks: bool,
    /// Scopes that both may hold; only the roster until the peer is identified.
    pub transfers: BTreeMap<ScopeId, Transfer>,
    /// Scopes that were common and are no longer.
    ended: BTreeSet<ScopeId>,
    pub effects: Vec<Effect>,
    vectors: BTreeMap<ScopeId, Arc<Vector>>,
    wanted: BTreeMap<ScopeId, Vec<Hash>>,
    digests: Digests,
    next_channel: u32,
    /// Vectors for scopes that our roster does not show yet.
    early: BTreeMap<ScopeId, ScopeVector>,
    /// Scopes of the admissions that the store has not answered yet.
    admitting: VecDeque<ScopeId>,
    /// Own logs that a relay may hold without our having its word.
    unreceipted: BTreeMap<(ScopeId, Writer), LogHead>,
}

impl Core {
    pub fn new(now_ms: u64, config: Config, view: LocalView) -> Self {
        let mut core = Self {
            config,
            now_ms,
            heard_ms: now_ms,
            roster: view.roster,
            peer: None,
            peer_unpacks: false,
            transfers: BTreeMap::new(),
            ended: BTreeSet::new(),
            effects: Vec::new(),
            vectors: view.vectors,
            wanted: view.wanted,
            digests: Digests::default(),
            next_channel: CONTROL_CHANNEL,
            early: BTreeMap::new(),
            admitting: VecDeque::new(),
            unreceipted: BTreeMap::new(),
        };
        for (scope, heads) in view.unreceipted {
            core.unreceipted.extend(heads.into_iter().map(|head| ((scope, head.writer), head)));
        }
        core.open_transfer(roster::scope_id());
        core
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub fn send(&mut self, frame: Frame) {
        self.effects.push(Effect::Send { channel: CONTROL_CHANNEL, frame });
    }

    /// Our vector of a scope.
    pub fn vector(&self, scope: &ScopeId) -> Arc<Vector> {
        self.vectors.get(scope).cloned().unwrap_or_default()
    }

    /// Our digest of a scope.
    pub fn digest(&mut self, scope: &ScopeId) -> Hash {
        let (vectors, wanted) = (&self.vectors, &self.wanted);
        self.digests.of(scope, || (vectors.get(scope), wanted.get(scope)))
    }

    /// Our digests of all common scopes, in order.
    pub fn digests(&mut self) -> Vec<(ScopeId, Hash)> {
        let scopes: Vec<ScopeId> = self.transfers.keys().copied().collect();
        scopes.into_iter().map(|scope| (scope, self.digest(&scope))).collect()
    }

    /// One digest over all common scopes.
    pub fn digest_of_all(&mut self) -> Hash {
        if let Some(digest) = self.digests.of_all() {
            return digest;
        }
        let common = self.digests();
        self.digests.keep_of_all(&common)
    }

    /// Whether the peer may be shown our roster: it is in it, or it is the very key that we dialled.
    pub fn may_show_roster(&self) -> bool {
        self.config.dialled || self.peer.is_some()
    }

    /// Looks the peer up in the roster.
    pub fn identify(&mut self) {
        if self.peer.is_none() {
            self.peer = self.roster.party(&self.config.peer_pin);
            if let Some(peer) = self.peer {
                self.effects.push(Effect::Identified(peer));
            }
        }
    }

    /// Ends the session with a peer that is removed or retired, or whose TLS key was renewed since, once it holds the roster that says
    /// so: it must be told why, and is told no more.
    pub fn dismiss(&self) -> Result<(), Over> {
        let scope = roster::scope_id();
        let Some(peer) = self.peer else { return Ok(()) };
        let reason = match self.roster.is_out(&peer) {
            true => CloseReason::Removed,
            false if self.roster.is_pinned(&peer, &self.config.peer_pin) => return Ok(()),
            false => CloseReason::NotAdmitted,
        };
        let Some(roster) = self.transfers.get(&scope).filter(|roster| roster.peer.is_some()) else { return Ok(()) };
        // Who knows of the removal may think that it was lifted, by an admin whose word counts no more. Whoever takes no roster
        // cannot be told.
        let holds = |removal| self.roster.removals_of_admins().chain([removal]).all(|known| roster.holds(&known.by));
        let told = self.roster.removal_of(&peer).is_some_and(holds) || !roster.lacks(&self.vector(&scope));
        if told && roster.is_quiet() { Err(Over(reason)) } else { Ok(()) }
    }

    /// Whether one of the two sides is removed or retired: scopes that were common are no longer.
    fn is_ending(&self) -> bool {
        let parties = [Some(self.config.local), self.peer];
        parties.into_iter().flatten().any(|party| self.roster.is_out(&party))
    }

    /// Brings the transfers in line with the roster. Returns the scopes that are new.
    pub fn open_common_scopes(&mut self) -> Result<Vec<ScopeId>, Over> {
        let Some(peer) = self.peer else { return Ok(Vec::new()) };
        let common: BTreeSet<ScopeId> = self.roster.common_scopes(&self.config.local, &peer);
        self.ended.extend(self.transfers.keys().filter(|scope| !common.contains(scope)));
        self.transfers.retain(|scope, _| common.contains(scope));
        self.digests.forget_all();
        // What is still under way of it would be taken for what begins anew.
        if !self.ended.is_disjoint(&common) {
            return Err(Over(CloseReason::Reopened));
        }
        let new: Vec<ScopeId> = common.into_iter().filter(|scope| !self.transfers.contains_key(scope)).collect();
        new.iter().for_each(|scope| self.open_transfer(*scope));
        Ok(new)
    }

    fn open_transfer(&mut self, scope: ScopeId) {
        self.next_channel = self.next_channel % limits::MAX_SCOPE_CHANNELS + 1;
        self.transfers.insert(scope, Transfer::new(self.next_channel));
    }

    /// Sends our vector of a scope; the peer answers with its own unless it asked too.
    pub fn ask(&mut self, scope: ScopeId) {
        if let Some(transfer) = self.transfers.get_mut(&scope) {
            transfer.asked = true;
            self.send_vector(scope, false);
        }
    }

    /// Sends our vector of a scope, as an answer or as a question.
    pub fn send_vector(&mut self, scope: ScopeId, answer: bool) {
        let wanted = self.wanted.get(&scope).cloned().unwrap_or_default();
        self.send(Frame::Vector(ScopeVector { scope, vector: (*self.vector(&scope)).clone(), wanted, answer }));
    }

    /// The peer's vector arrived.
    pub fn on_vector(&mut self, theirs: ScopeVector) {
        let scope = theirs.scope;
        let Some(transfer) = self.transfers.get_mut(&scope) else {
            if self.early.len() < limits::MAX_EARLY_VECTORS {
                self.early.insert(scope, theirs);
            }
            return;
        };
        // Questions that crossed answer each other.
        let answered = std::mem::replace(&mut transfer.asked, false) || theirs.answer;
        transfer.compared(theirs.vector);
        if !theirs.wanted.is_empty() {
            transfer.read_wanted();
            self.effects.push(Effect::ReadWanted { scope, wanted: theirs.wanted });
        }
        if !answered {
            self.send_vector(scope, true);
        }
        self.pump(scope);
    }

    /// A scope that became common: compare it, or answer the peer who was earlier.
    pub fn compare_new_scope(&mut self, scope: ScopeId) {
        match self.early.remove(&scope) {
            Some(theirs) => self.on_vector(theirs),
            None => self.ask(scope),
        }
    }

    /// Lets a scope flow, as far as its window is open. Nothing overtakes the roster.
    pub fn pump(&mut self, scope: ScopeId) {
        let roster = roster::scope_id();
        if scope == roster && !self.may_show_roster() {
            return;
        }
        if scope != roster && !self.roster_is_settled() {
            return;
        }
        let ours = self.vector(&scope);
        let Some(transfer) = self.transfers.get_mut(&scope) else { return };
        if let Some((have, most_bytes)) = transfer.next_read(self.now_ms, &ours) {
            self.effects.push(Effect::Read { scope, have, most_bytes });
        }
    }

    pub fn pump_all(&mut self) {
        let scopes: Vec<ScopeId> = self.transfers.keys().copied().collect();
        scopes.into_iter().for_each(|scope| self.pump(scope));
    }

    /// The peer has acknowledged all of our roster.
    pub fn roster_is_settled(&self) -> bool {
        let scope = roster::scope_id();
        let ours = self.vector(&scope);
        self.transfers.get(&scope).is_some_and(|transfer| transfer.is_quiet() && !transfer.lacks(&ours))
    }

    /// Nothing is under way in either direction, and the peer has all that it would take.
    pub fn is_idle(&self) -> bool {
        self.admitting.is_empty() && self.transfers.iter().all(|(scope, other)| other.is_idle(&self.vector(scope)))
    }

    /// What is the same in every state after the hello. Other events come back.
    pub fn handle_flow(&mut self, event: Event) -> Result<Option<Event>, Over> {
        if let Event::Committed(commit) = &event {
            self.on_committed(commit);
        }
        match event {
            Event::Frame(Frame::Entries(entries)) => self.on_entries(entries)?,
            Event::Frame(Frame::Ack(ack)) => self.on_ack(ack)?,
            Event::Frame(Frame::Refused(refused)) => self.on_refused(refused),
            Event::Frame(Frame::JoinRequest(request)) => self.effects.push(Effect::JoinRequest(request)),
            Event::Frame(Frame::JoinAnswer(answer)) => self.effects.push(Effect::JoinAnswer(answer)),
            Event::Frame(Frame::Health(report)) => self.effects.push(Effect::Health(report)),
            Event::Frame(Frame::ConsoleRequest(request)) => self.effects.push(Effect::ConsoleRequest(request)),
            Event::Frame(Frame::ConsoleAnswer(answer)) => self.effects.push(Effect::ConsoleAnswer(answer)),
            Event::JoinRequest(request) => self.send(Frame::JoinRequest(request)),
            Event::JoinAnswer(answer) => self.send(Frame::JoinAnswer(answer)),
            Event::ConsoleRequest(request) => self.send(Frame::ConsoleRequest(request)),
            Event::ConsoleAnswer(answer) => self.send(Frame::ConsoleAnswer(answer)),
            Event::Health(report) if matches!(self.peer, Some(Party::Relay(_))) => self.send(Frame::Health(report)),
            Event::Health(_) | Event::Frame(Frame::Unknown(..)) => {}
            Event::Read { scope, entries } => self.on_read(scope, entries),
            Event::Admitted(admitted) => self.on_admitted(admitted),
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    fn on_entries(&mut self, frame: Entries) -> Result<(), Over> {
        // What was under way when the roster ended the scope is let go.
        let ending = self.is_ending();
        let Some(transfer) = self.transfers.get_mut(&frame.scope) else {
            return if ending { Ok(()) } else { Err(Over(CloseReason::Malformed)) };
        };
        let mut entries = Vec::with_capacity(frame.entries.len());
        for bytes in &frame.entries {
            let entry = Entry::decode(bytes).map_err(|_| Over(CloseReason::Malformed))?;
            if entry.header().scope != frame.scope {
                return Err(Over(CloseReason::Malformed));
            }
            transfer.peer_has(entry.head());
            if self.config.local == Party::Site(entry.header().writer.site) {
                // The peer has it from somebody else, and acknowledged it to them.
                self.unreceipted.insert((frame.scope, entry.header().writer), entry.head());
            }
            if let Some(wanted) = self.wanted.get_mut(&frame.scope) {
                // It is here again. Should it be damaged once more, the next session asks for it.
                wanted.retain(|wanted| *wanted != entry.hash());
                self.digests.forget(&frame.scope);
            }
            entries.push(entry);
        }
        self.admitting.push_back(frame.scope);
        self.effects.push(Effect::Admit { scope: frame.scope, entries });
        Ok(())
    }

    fn on_admitted(&mut self, admitted: Admitted) {
        let Admitted { scope, heads, held, receipts, refused } = admitted;
        self.admitting.pop_front();
        // Before the acknowledgement, so that the peer does not take what we refuse for something lost.
        for (head, code) in refused {
            self.send(Frame::Refused(Refused { scope, head, code }));
        }
        self.send(Frame::Ack(Ack { scope, heads, held, receipts }));
    }

    fn on_ack(&mut self, ack: Ack) -> Result<(), Over> {
        let scope = ack.scope;
        // A scope that is common no longer may still be acknowledged.
        if let Some(transfer) = self.transfers.get_mut(&scope)
            && !transfer.acknowledged(self.now_ms, &ack)
        {
            return Err(Over(CloseReason::Malformed));
        }
        for receipt in &ack.receipts {
            let log = (receipt.scope, receipt.head.writer);
            if self.unreceipted.get(&log).is_some_and(|head| head.seq <= receipt.head.seq) {
                self.unreceipted.remove(&log);
            }
        }
        if !ack.receipts.is_empty() {
            self.effects.push(Effect::Receipts(ack.receipts));
        }
        match scope == roster::scope_id() {
            true => self.pump_all(),
            false => self.pump(scope),
        }
        Ok(())
    }

    fn on_refused(&mut self, refused: Refused) {
        let Refused { scope, head, code } = refused;
        if let Some(transfer) = self.transfers.get_mut(&scope) {
            transfer.block(head.writer);
        }
        self.effects.push(Effect::PeerRefused { scope, head, code });
    }

    fn on_read(&mut self, scope: ScopeId, entries: Vec<(LogHead, Vec<u8>)>) {
        let Some(transfer) = self.transfers.get_mut(&scope) else { return };
        transfer.sending(self.now_ms, &entries);
        let channel = transfer.channel;
        if !entries.is_empty() {
            let entries = entries.into_iter().map(|(_, bytes)| bytes.into()).collect();
            self.effects.push(Effect::Send { channel, frame: Frame::Entries(Entries { scope, entries }) });
        }
        self.pump(scope);
    }

    fn on_committed(&mut self, Commit { scope, heads, vector, roster }: &Commit) {
        // What the session began with may be later than what it is told first.
        let known = self.vectors.get(scope);
        if heads.iter().any(|head| known.is_none_or(|known| known.seq(&head.writer) < head.seq)) {
            self.vectors.insert(*scope, Arc::clone(vector));
        }
        // Whoever carries it to the relay first is acknowledged: that need not be us.
        let own = heads.iter().filter(|head| self.config.local == Party::Site(head.writer.site));
        self.unreceipted.extend(own.map(|head| ((*scope, head.writer), *head)));
        self.digests.forget(scope);
        if let Some(roster) = roster.as_ref().filter(|roster| roster.covers(&self.roster)) {
            self.roster = Arc::clone(roster);
        }
        self.pump(*scope);
    }

    /// Shows a relay again what it holds without our having its word for it: the acknowledgement was lost, or went to
    /// whoever brought the entry. Once for each log in a session.
    pub fn seek_receipts(&mut self) {
        if !matches!(self.peer, Some(Party::Relay(_))) || !self.is_idle() {
            return;
        }
        for ((scope, _), head) in std::mem::take(&mut self.unreceipted) {
            let Some(transfer) = self.transfers.get_mut(&scope) else { continue };
            if transfer.holds(&head) {
                transfer.read_wanted();
                self.effects.push(Effect::ReadWanted { scope, wanted: vec![head.hash] });
            }
        }
    }

    /// Ends a session whose peer stopped acknowledging; lets what rested flow again.
    pub fn tick(&mut self) -> Result<(), Over> {
        let oldest = self.transfers.values().filter_map(Transfer::oldest_ms).min();
        if oldest.is_some_and(|at| self.now_ms.saturating_sub(at) > limits::ACKNOWLEDGE_DEADLINE_MS) {
            return Err(Over(CloseReason::TooSlow));
        }
        self.pump_all();
        Ok(())
    }

    /// A step of the opening must not take for ever.
    pub fn opening_deadline(&self) -> Result<(), Over> {
        if self.now_ms.saturating_sub(self.heard_ms) > limits::OPENING_DEADLINE_MS {
            return Err(Over(CloseReason::TooSlow));
        }
        Ok(())
    }
}
