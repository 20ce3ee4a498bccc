//! The ends of lines: real sessions, fed with frames that were really encoded, and their store calls one at a time.
//!
//! Does what the transport's driver does, in virtual time: effects in order, calls answered later, commits told to every
//! session of a host. Never judges what is said; it writes promises into the ledger as they leave.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use comptoir_replica::Verdict;
use comptoir_sync_protocol::frame::Frame;
use comptoir_sync_protocol::roster::{self, Party};
use comptoir_sync_protocol::session::{CloseReason, Commit, Config, Effect, Event, Session};
use comptoir_sync_protocol::{Entry, ScopeId, Vector};

use super::failure::Failure;
use super::faults::Fault;
use super::host::Call;
use super::ledger::Host;
use super::limits;
use super::lines::{End, Place};
use super::network::Side;
use super::world::{Happening, LineId, RELAY, World};

/// Store calls that may wait before an end stops reading.
const MAX_WAITING_CALLS: usize = 8;

impl World {
    /// A side of a line begins its session.
    pub(super) fn open(&mut self, id: LineId, side: Side) -> Result<(), Failure> {
        let Some(line) = self.lines.get(&id) else { return Ok(()) };
        let (host, peer_pin) = (line.hosts[side], line.pins[1 - side]);
        if line.is_gone(side) {
            return Ok(());
        }
        let view = if host == RELAY { self.relay.view() } else { self.sites[host - 1].view() };
        let Some(view) = view.filter(|_| !line.wire.is_cut()) else {
            // Nobody listens.
            self.leave(id, side);
            return Ok(());
        };
        // A site lets in whom its roster names; a relay lets strangers say who they are.
        if side == 1 && host != RELAY && view.roster.party(&peer_pin).is_none() {
            self.is_unknown(id);
            self.leave(id, side);
            return Ok(());
        }
        let config =
            Config { local: self.party(host), peer_pin, dialled: side == 0, claim: None, software: "simulator".into() };
        let (session, effects) = Session::new(0, config, view);
        let end = End {
            session,
            began_ms: self.now_ms,
            calls: VecDeque::new(),
            unread: VecDeque::new(),
            working: false,
            last_told_ms: self.now_ms,
            tick_ms: limits::TICK_MS,
            tick_due_ms: self.now_ms + limits::TICK_MS,
        };
        if let Some(line) = self.lines.get_mut(&id) {
            line.ends[side] = Place::Open(Box::new(end));
        }
        self.report.sessions += side as u64;
        self.later(limits::TICK_MS, Happening::Tick(id, side, self.now_ms + limits::TICK_MS));
        // It listened before it looked: what was committed in between is in its view and told as well.
        let recent: Vec<Commit> = self.around[host].recent.iter().cloned().collect();
        let repeated = self.chance.index(recent.len() + 1);
        for commit in recent.into_iter().skip(repeated) {
            self.tell_one(id, side, commit);
        }
        self.carry_out(id, side, effects)
    }

    fn party(&self, host: Host) -> Party {
        match host {
            RELAY => Party::Relay(self.organisation.relay_pin),
            site => Party::Site(self.sites[site - 1].secrets.id),
        }
    }

    /// A frame arrives.
    pub(super) fn arrive(&mut self, id: LineId, side: Side, channel: u32) -> Result<(), Failure> {
        let Some(line) = self.lines.get_mut(&id) else { return Ok(()) };
        match &mut line.ends[side] {
            Place::Gone => return Ok(()),
            Place::Opening => {
                let wait_ms = 1 + self.options.delay_ms;
                self.later(wait_ms, Happening::Arrive(id, side, channel));
                return Ok(());
            }
            Place::Open(end) if end.calls.len() >= MAX_WAITING_CALLS => {
                end.unread.push_back(channel);
                return Ok(());
            }
            Place::Open(_) => {}
        }
        let Some(bytes) = line.wire.arrive(side, channel) else { return Ok(()) };
        let frame = Frame::decode(&bytes).map_err(Failure::program("decoding a frame of our own"))?;
        if let Frame::Entries(entries) = &frame {
            for bytes in &entries.entries {
                let entry = Entry::decode(bytes).map_err(Failure::program("decoding an entry of our own"))?;
                self.ledger.see(entries.scope, &entry.head())?;
            }
        }
        if !matches!(frame, Frame::Current(_)) {
            self.wake(id, side);
        }
        self.handle(id, side, Event::Frame(frame))
    }

    /// An end that was quiet is ticked every second again.
    fn wake(&mut self, id: LineId, side: Side) {
        let due_ms = self.now_ms + limits::TICK_MS;
        let Some(end) = self.lines.get_mut(&id).and_then(|line| line.end(side)) else { return };
        end.tick_ms = limits::TICK_MS;
        if end.tick_due_ms > due_ms {
            end.tick_due_ms = due_ms;
            self.at(due_ms, Happening::Tick(id, side, due_ms));
        }
    }

    pub(super) fn tick(&mut self, id: LineId, side: Side, due_ms: u64) -> Result<(), Failure> {
        let slow = self.options.pace_ms > limits::MAX_TICK_MS && !self.healing;
        let most_ms = if slow { limits::MAX_SLOW_TICK_MS } else { limits::MAX_TICK_MS };
        let Some(end) = self.lines.get_mut(&id).and_then(|line| line.end(side)) else { return Ok(()) };
        if end.tick_due_ms != due_ms {
            return Ok(());
        }
        end.tick_ms = (end.tick_ms * 3 / 2).min(most_ms);
        end.tick_due_ms = due_ms + end.tick_ms;
        let next_ms = end.tick_due_ms;
        self.at(next_ms, Happening::Tick(id, side, next_ms));
        self.handle(id, side, Event::Tick)
    }

    fn handle(&mut self, id: LineId, side: Side, event: Event) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        let Some(end) = self.lines.get_mut(&id).and_then(|line| line.end(side)) else { return Ok(()) };
        let effects = end.session.handle(now_ms - end.began_ms, event);
        self.carry_out(id, side, effects)
    }

    fn carry_out(&mut self, id: LineId, side: Side, effects: Vec<Effect>) -> Result<(), Failure> {
        let Some([host, peer]) = self.lines.get(&id).map(|line| [line.hosts[side], line.hosts[1 - side]]) else {
            return Ok(());
        };
        for effect in effects {
            match effect {
                Effect::Send { channel, frame } => self.send(id, side, channel, &frame)?,
                Effect::Read { scope, have, most_bytes } => self.ask(id, side, Call::Read { scope, have, most_bytes }),
                Effect::ReadWanted { scope, wanted } => self.ask(id, side, Call::ReadWanted { scope, wanted }),
                Effect::Admit { scope, .. } if scope == roster::scope_id() && self.removals.is_deaf(host) => {
                    // It will not hear, and hangs up.
                    self.leave(id, side);
                    return Ok(());
                }
                Effect::Admit { scope, entries } => match self.planted_answer(host, scope, &entries) {
                    None => self.ask(id, side, Call::Admit { scope, entries }),
                    Some((admitted, forgets)) => {
                        if !forgets {
                            self.ask_silently(id, side, Call::Admit { scope, entries });
                        }
                        self.handle(id, side, Event::Admitted(admitted))?;
                    }
                },
                Effect::Receipts(receipts) => self.ask(id, side, Call::Receipts(receipts)),
                // What was under way when it was removed.
                Effect::PeerRefused { .. } if self.removals.were_of(host) => {}
                Effect::PeerRefused { scope, head, code } => {
                    return Err(Failure::Judged(format!("host {host} hears {code:?} of {head:?} in {scope}")));
                }
                Effect::Identified(_) => self.around[host].failures = 0,
                Effect::PeerHolds(holds) => self.check_holds(id, side, &holds)?,
                Effect::Current
                | Effect::JoinRequest(_)
                | Effect::JoinAnswer(_)
                | Effect::Health(_)
                | Effect::ConsoleRequest(_)
                | Effect::ConsoleAnswer(_) => {}
                Effect::Close(reason) => {
                    self.note(|| format!("host {host} closes line {id}: {reason:?}"));
                    let removed = matches!(reason, CloseReason::Removed | CloseReason::Reopened)
                        && [host, peer].iter().any(|of| self.removals.were_of(*of));
                    if !removed && !matches!(reason, CloseReason::NotAdmitted | CloseReason::TooSlow) {
                        return Err(Failure::Judged(format!(
                            "host {host} ends a session with an honest peer: {reason:?}"
                        )));
                    }
                    if (side, reason) == (1, CloseReason::NotAdmitted) {
                        self.is_unknown(id);
                    }
                    self.leave(id, side);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// What a site believes that another one holds is as good as that one's own promise.
    fn check_holds(&mut self, id: LineId, side: Side, holds: &BTreeMap<ScopeId, Arc<Vector>>) -> Result<(), Failure> {
        let Some(peer) = self.lines.get(&id).map(|line| line.hosts[1 - side]) else { return Ok(()) };
        for (scope, vector) in holds {
            for head in vector.heads() {
                self.ledger.promise(peer, *scope, &head)?;
            }
        }
        self.vectors(peer).map_or(Ok(()), |vectors| self.ledger.check_held(peer, &vectors))
    }

    fn send(&mut self, id: LineId, side: Side, channel: u32, frame: &Frame) -> Result<(), Failure> {
        let Some([host, peer]) = self.lines.get(&id).map(|line| [line.hosts[side], line.hosts[1 - side]]) else {
            return Ok(());
        };
        match frame {
            Frame::Ack(ack) => {
                for head in &ack.heads {
                    self.ledger.promise(host, ack.scope, head)?;
                }
                for receipt in &ack.receipts {
                    self.ledger.promise(RELAY, receipt.scope, &receipt.head)?;
                }
                if let (false, Some(vectors)) = (ack.receipts.is_empty(), self.vectors(RELAY)) {
                    self.ledger.check_held(RELAY, &vectors)?;
                }
            }
            Frame::Refused(refused) if !self.removals.were_of(peer) => {
                return Err(Failure::Judged(format!("host {host} refuses {refused:?} of an honest peer")));
            }
            _ => {}
        }
        let timing = (self.now_ms, self.options.delay_ms);
        let Some(line) = self.lines.get_mut(&id) else { return Ok(()) };
        if let Some(at_ms) = line.wire.send((1 - side, channel), frame.encode(), timing, &mut self.chance) {
            if line.wire.sent().1 > limits::MAX_LINE_FRAMES {
                return Err(Failure::Restless(format!("line {id}, hosts {:?}, last {frame:?}", line.hosts)));
            }
            self.at(at_ms, Happening::Arrive(id, 1 - side, channel));
        }
        Ok(())
    }

    fn ask(&mut self, id: LineId, side: Side, call: Call) {
        let Some(end) = self.lines.get_mut(&id).and_then(|line| line.end(side)) else { return };
        end.calls.push_back((call, true));
        self.start_next_call(id, side);
    }

    fn ask_silently(&mut self, id: LineId, side: Side, call: Call) {
        let Some(end) = self.lines.get_mut(&id).and_then(|line| line.end(side)) else { return };
        end.calls.push_back((call, false));
        self.start_next_call(id, side);
    }

    fn start_next_call(&mut self, id: LineId, side: Side) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let host = line.hosts[side];
        let Some(end) = line.end(side) else { return };
        if end.working || end.calls.is_empty() {
            return;
        }
        end.working = true;
        let slow = self.around[host].slow;
        let wait_ms = self.chance.below(if slow { limits::SLOW_STORE_CALL_MS } else { limits::STORE_CALL_MS });
        self.later(wait_ms, Happening::Work(id, side));
    }

    /// A store call is carried out; its answer comes a moment later, and a crash may come between.
    pub(super) fn work(&mut self, id: LineId, side: Side) -> Result<(), Failure> {
        let Some(line) = self.lines.get_mut(&id) else { return Ok(()) };
        let host = line.hosts[side];
        let Some(end) = line.end(side) else { return Ok(()) };
        let (peer, Some((call, wanted))) = (end.session.peer(), end.calls.pop_front()) else { return Ok(()) };
        let answer = self.call(host, peer, call)?;
        match answer.filter(|_| wanted) {
            Some(event) => {
                let wait_ms = self.chance.below(3);
                self.later(wait_ms, Happening::Answer(id, side, Box::new(event)));
            }
            None => self.done(id, side),
        }
        Ok(())
    }

    /// Carries out a call of a host's store, and tells all its sessions what was committed.
    pub(super) fn call(&mut self, host: Host, peer: Option<Party>, call: Call) -> Result<Option<Event>, Failure> {
        let wall_ms = self.wall_ms(host);
        let called = match host {
            RELAY => self.relay.call(peer, call)?,
            site => self.sites[site - 1].call(peer, call, wall_ms)?,
        };
        if called.died {
            self.report.struck(Fault::CrashInCommit);
            self.has_died(host);
            return Ok(None);
        }
        for judged in &called.aside {
            let (code, reason) = match &judged.verdict {
                Verdict::Quarantined { code, reason } => (code.0, reason.as_str()),
                Verdict::Parked { code, .. } if self.is_cut_off(host, &judged.head, code.0) => continue,
                other => return Err(Failure::Judged(format!("site {host}: {:?} is {other:?}", judged.head))),
            };
            self.check_aside(host, &judged.head, code, reason)?;
        }
        let committed = !called.commits.is_empty();
        called.commits.into_iter().for_each(|commit| self.publish(host, &commit));
        if let (true, Some(vectors)) = (committed, self.vectors(host)) {
            self.ledger.check_held(host, &vectors)?;
        }
        if host != RELAY {
            let stored = std::mem::take(&mut self.sites[host - 1].stored_receipts);
            for receipt in &stored {
                self.ledger.receipted(host, receipt.scope, &receipt.head);
            }
            if !stored.is_empty() {
                self.check_outbox(host)?;
            }
        }
        Ok(called.answer)
    }

    pub(super) fn answer(&mut self, id: LineId, side: Side, event: Event) -> Result<(), Failure> {
        self.handle(id, side, event)?;
        self.done(id, side);
        Ok(())
    }

    fn done(&mut self, id: LineId, side: Side) {
        let Some(end) = self.lines.get_mut(&id).and_then(|line| line.end(side)) else { return };
        end.working = false;
        if end.calls.len() < MAX_WAITING_CALLS {
            let unread = std::mem::take(&mut end.unread);
            unread.into_iter().for_each(|channel| self.later(0, Happening::Arrive(id, side, channel)));
        }
        self.start_next_call(id, side);
    }

    /// Tells every session of a host of a commit.
    pub(super) fn publish(&mut self, host: Host, commit: &Commit) {
        let recent = &mut self.around[host].recent;
        recent.push_back(commit.clone());
        while recent.len() > limits::REPEATED_COMMITS {
            recent.pop_front();
        }
        let ends: Vec<(LineId, Side)> = self
            .lines
            .iter()
            .flat_map(|(id, line)| [0, 1].map(|side| (*id, side, line.hosts[side])))
            .filter(|(.., at)| *at == host)
            .map(|(id, side, _)| (id, side))
            .collect();
        ends.into_iter().for_each(|(id, side)| self.tell_one(id, side, commit.clone()));
    }

    fn tell_one(&mut self, id: LineId, side: Side, commit: Commit) {
        let wait_ms = self.chance.below(limits::COMMIT_NOTICE_MS);
        let now_ms = self.now_ms;
        let Some(end) = self.lines.get_mut(&id).and_then(|line| line.end(side)) else { return };
        // Commits are told in their order.
        end.last_told_ms = end.last_told_ms.max(now_ms + wait_ms);
        let at_ms = end.last_told_ms;
        self.at(at_ms, Happening::Tell(id, side, Box::new(commit)));
    }

    pub(super) fn tell(&mut self, id: LineId, side: Side, commit: Commit) -> Result<(), Failure> {
        self.wake(id, side);
        self.handle(id, side, Event::Committed(commit))
    }
}
