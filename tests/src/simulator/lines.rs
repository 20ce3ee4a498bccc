//! Lines: connections between two hosts, from dialling to the moment at which both ends know that they are gone.
//! Owns who is connected with whom, pauses before dialling again, and the different moments at which two ends notice a loss.

use std::collections::VecDeque;

use comptoir_sync_protocol::session::Session;

use super::failure::Failure;
use super::host::Call;
use super::ledger::Host;
use super::limits;
use super::network::{Side, Wire};
use super::report::Report;
use super::stock::HEADQUARTERS;
use super::world::{Happening, LineId, RELAY, World};

/// A connection between two hosts. Side 0 dialled.
pub struct Line {
    /// Who is at which side.
    pub hosts: [Host; 2],
    /// What is under way.
    pub wire: Wire,
    pub(super) ends: [Place; 2],
    /// The TLS keys by which they know each other: what who dialled shows, and what he asks for.
    pub(super) pins: [[u8; 32]; 2],
    /// Who was dialled does not know that key.
    pub(super) unknown: bool,
}

/// One side of a line.
pub(super) enum Place {
    /// It has not accepted yet.
    Opening,
    /// A session runs.
    Open(Box<End>),
    /// It is over.
    Gone,
}

/// One end: a session and the calls that it waits for.
pub(super) struct End {
    pub session: Session,
    pub began_ms: u64,
    /// Calls that wait, and whether the session wants their answers.
    pub calls: VecDeque<(Call, bool)>,
    /// Channels on which a frame has arrived that is not read yet: too many calls wait.
    pub unread: VecDeque<u32>,
    /// A call is under way, or its answer is.
    pub working: bool,
    pub last_told_ms: u64,
    pub tick_ms: u64,
    pub tick_due_ms: u64,
}

impl Line {
    /// Adds what it carried to a report.
    pub fn count(&self, report: &mut Report) {
        let (bytes, frames) = self.wire.sent();
        report.bytes += bytes;
        report.frames += frames;
    }

    pub(super) fn end(&mut self, side: Side) -> Option<&mut End> {
        match &mut self.ends[side] {
            Place::Open(end) => Some(end),
            _ => None,
        }
    }

    pub(super) fn is_gone(&self, side: Side) -> bool {
        matches!(self.ends[side], Place::Gone)
    }
}

impl World {
    /// A site dials, if it has no session with whom it reaches.
    pub(super) fn dial(&mut self, host: Host) -> Result<(), Failure> {
        let to = self.reached_by(host);
        let has_line = |line: &Line| line.hosts == [host, to] && !line.is_gone(0);
        if !self.is_up(host) || self.removals.is_deaf(host) || self.lines.values().any(has_line) {
            return Ok(());
        }
        self.connect(host, to)
    }

    /// Whom a site dials: the relay, unless it is behind another site.
    pub(super) fn reached_by(&self, host: Host) -> Host {
        /// One that is admitted from the start.
        const BEHIND: Host = 2;
        if host == BEHIND && self.options.behind && !self.healing { HEADQUARTERS } else { RELAY }
    }

    /// Opens a line; the other side accepts it later.
    pub(super) fn connect(&mut self, from: Host, to: Host) -> Result<(), Failure> {
        if !self.is_up(from) || self.around[from].parted || self.around[to].parted {
            self.redial(from);
            return Ok(());
        }
        self.last_line += 1;
        let id = self.last_line;
        let line = Line {
            hosts: [from, to],
            wire: Wire::default(),
            ends: [Place::Opening, Place::Opening],
            pins: self.pins(from, to),
            unknown: false,
        };
        self.lines.insert(id, line);
        let wait_ms = 1 + self.options.delay_ms + self.chance.below(self.options.delay_ms + 5);
        self.later(wait_ms, Happening::Open(id, 1));
        self.open(id, 0)
    }

    fn pins(&mut self, from: Host, to: Host) -> [[u8; 32]; 2] {
        let own = self.own_keys(from);
        let asked_for = match to {
            RELAY => self.organisation.relay_pin,
            site => self.named_keys(from, site).map_or(self.sites[site - 1].secrets.tls_pin, |keys| keys.tls_pin),
        };
        [self.sites[from - 1].keys.shown_to(to, own), asked_for]
    }

    /// Who was dialled says that he does not know the key that he was shown.
    pub(super) fn is_unknown(&mut self, id: LineId) {
        self.lines.get_mut(&id).into_iter().for_each(|line| line.unknown = true);
    }

    /// Dials again after a pause that grows.
    pub(super) fn redial(&mut self, host: Host) {
        if host == RELAY || self.removals.is_deaf(host) {
            return;
        }
        let failures = self.around[host].failures;
        self.around[host].failures = failures.saturating_add(1);
        // Where commands are hours apart, a minute is no pause worth simulating.
        let patient_ms = if self.healing { 0 } else { self.options.pace_ms / limits::REDIALS_PER_COMMAND };
        let most_ms = limits::MAX_REDIAL_MS.max(patient_ms);
        let pause_ms = match self.knows_that_it_is_removed(host) {
            true => limits::REMOVED_REDIAL_MS.max(patient_ms),
            false => (limits::MIN_REDIAL_MS << failures.min(20)).min(most_ms),
        };
        let wait_ms = pause_ms / 2 + self.chance.below(pause_ms);
        self.later(wait_ms, Happening::Dial(host));
    }

    /// An end leaves: the line is gone, and the other side notices later.
    pub(super) fn leave(&mut self, id: LineId, side: Side) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let host = line.hosts[side];
        line.wire.cut();
        line.ends[side] = Place::Gone;
        if line.is_gone(1 - side) {
            let line = self.lines.remove(&id);
            line.into_iter().for_each(|line| line.count(&mut self.report));
        } else {
            let wait_ms = 1 + self.options.delay_ms + self.chance.below(limits::IDLE_TIMEOUT_MS);
            self.later(wait_ms, Happening::Notice(id, 1 - side));
        }
        self.redial(host);
    }

    pub(super) fn notice(&mut self, id: LineId, side: Side) -> Result<(), Failure> {
        let Some(line) = self.lines.get(&id).filter(|line| !line.is_gone(side)) else { return Ok(()) };
        let ([from, to], unknown) = (line.hosts, line.unknown && side == 0);
        if unknown {
            self.sites[from - 1].keys.is_unknown_to(to);
        }
        self.leave(id, side);
        Ok(())
    }

    /// The peer hears nothing of a line any more; each side notices at a time of its own.
    pub(super) fn cut(&mut self, id: LineId) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        line.wire.cut();
        for side in [0, 1] {
            let wait_ms = 1 + self.chance.below(limits::IDLE_TIMEOUT_MS);
            self.later(wait_ms, Happening::Notice(id, side));
        }
    }

    /// A process is gone, and its ends with it.
    pub(super) fn ends_die(&mut self, host: Host) {
        self.around[host].recent.clear();
        let ids: Vec<LineId> = self.lines.keys().copied().collect();
        for id in ids {
            for side in [0, 1] {
                let here = self.lines.get(&id).is_some_and(|line| line.hosts[side] == host && !line.is_gone(side));
                if here {
                    self.leave(id, side);
                }
            }
        }
    }

    /// The lines of hosts that are not cut yet.
    pub(super) fn live_lines(&self) -> Vec<LineId> {
        self.lines.iter().filter(|(_, line)| !line.wire.is_cut()).map(|(id, _)| *id).collect()
    }

    /// Whether a host has a line to another one that it does not know to be gone.
    pub(super) fn lines_of(&self, host: Host) -> Vec<LineId> {
        self.lines.iter().filter(|(_, line)| line.hosts.contains(&host)).map(|(id, _)| *id).collect()
    }
}
