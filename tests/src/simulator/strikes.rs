//! What goes wrong, and when it is over. Owns each fault's deed on the world; how often it comes was decided by the seed.

use comptoir_sync_protocol::{Entry, roster};

use super::failure::Failure;
use super::faults::{Fault, Planted};
use super::host::Call;
use super::ledger::Host;
use super::limits;
use super::stock::HEADQUARTERS;
use super::world::{Happening, LineId, RELAY, World};
use comptoir_sync_protocol::ScopeId;
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::session::Admitted;

/// Points of a commit at which a process can die.
const POINTS: [&str; 4] = ["append.before-commit", "append.after-commit", "admit.before-commit", "admit.after-commit"];
/// One in so many admissions is forgotten, when that is planted.
const FORGET_ONE_IN: u64 = 12;

/// The end of a fault.
#[derive(Clone, Copy, Debug)]
pub enum Mend {
    /// A host is reached again.
    Join(Host),
    /// A process starts.
    Start(Host),
    /// A disk is quick again.
    Hurry(Host),
    /// A line between two sites ends.
    Cut(LineId),
}

impl World {
    /// Puts a fault's next strike on the agenda.
    pub(super) fn strike_later(&mut self, fault: Fault) {
        let strikes = self.options.faults.get(&fault).copied().unwrap_or(1).max(1);
        let wait_ms = self.chance.wait(self.options.safety_ms() / strikes);
        self.later(wait_ms, Happening::Strike(fault));
    }

    /// A fault strikes.
    pub(super) fn strike(&mut self, fault: Fault) -> Result<(), Failure> {
        if self.healing {
            return Ok(());
        }
        self.strike_later(fault);
        let site = 1 + self.chance.index(self.sites.len());
        let while_ms = 2_000 + self.chance.wait(self.options.safety_ms() / 12);
        let struck = match fault {
            Fault::ConnectionLost => {
                let lines = self.live_lines();
                let line = self.chance.pick(&lines).copied();
                line.into_iter().for_each(|line| self.cut(line));
                line.is_some()
            }
            Fault::Partition => {
                self.around[site].parted = true;
                self.lines_of(site).into_iter().for_each(|line| self.cut(line));
                self.later(while_ms, Happening::Mend(Mend::Join(site)));
                true
            }
            Fault::SessionTwice => {
                let to = self.reached_by(site);
                let up = self.is_up(site) && self.is_up(to);
                if up {
                    self.connect(site, to)?;
                }
                up
            }
            Fault::DirectLine => self.connect_directly(site, while_ms)?,
            Fault::SiteCrash => self.kill(site, None),
            Fault::LongSilence => self.kill(site, Some(self.options.safety_ms() / 3)),
            Fault::RelayCrash => self.kill(RELAY, None),
            Fault::RelayDown => self.kill(RELAY, Some(while_ms)),
            Fault::RelayStoreLost => {
                self.relay.lose_store()?;
                self.ledger.forgive(RELAY);
                self.has_died(RELAY);
                true
            }
            Fault::CrashInCommit => {
                // Counted when somebody dies of it.
                let point = POINTS[self.chance.index(POINTS.len())];
                self.sites[site - 1].arm(point);
                false
            }
            Fault::WrongClock => {
                let error_ms = self.chance.below(2 * limits::CLOCK_ERROR_MS) as i64 - limits::CLOCK_ERROR_MS as i64;
                self.sites[site - 1].clock_error_ms = error_ms;
                true
            }
            Fault::SlowDisk => {
                let host = self.chance.index(self.sites.len() + 1);
                self.around[host].slow = true;
                self.later(while_ms, Happening::Mend(Mend::Hurry(host)));
                true
            }
            Fault::LateSite => self.admit_late()?,
            Fault::FaultyPeer => self.misuse(site)?,
        };
        if struck {
            self.report.struck(fault);
        }
        Ok(())
    }

    fn connect_directly(&mut self, site: Host, while_ms: u64) -> Result<bool, Failure> {
        let other = 1 + self.chance.index(self.sites.len());
        let free = other != site && !self.around[site].parted && !self.around[other].parted;
        if !free || !self.is_up(site) || !self.is_up(other) {
            return Ok(false);
        }
        self.connect(site, other)?;
        let line = self.last_line;
        self.later(while_ms, Happening::Mend(Mend::Cut(line)));
        Ok(true)
    }

    /// Ends a process; it starts again soon, or after a while.
    fn kill(&mut self, host: Host, while_ms: Option<u64>) -> bool {
        let up = self.is_up(host);
        if let Some(while_ms) = while_ms {
            self.around[host].off_until_ms = self.now_ms + while_ms;
            self.later(while_ms, Happening::Mend(Mend::Start(host)));
        }
        match host {
            RELAY => self.relay.die(),
            site => self.sites[site - 1].die(),
        }
        self.has_died(host);
        up
    }

    /// A process is gone: so are its sessions, and it starts again.
    pub(super) fn has_died(&mut self, host: Host) {
        self.note(|| format!("host {host} died"));
        self.ends_die(host);
        let wait_ms = 200 + self.chance.below(limits::RESTART_MS);
        self.later(wait_ms, Happening::Mend(Mend::Start(host)));
    }

    /// Headquarters admits the next site that waits for it.
    fn admit_late(&mut self) -> Result<bool, Failure> {
        if !self.is_up(HEADQUARTERS) {
            return Ok(false);
        }
        let Some(entry) = self.admissions.pop_front() else { return Ok(false) };
        let call = Call::Admit { scope: roster::scope_id(), entries: vec![entry.clone()] };
        if self.call(HEADQUARTERS, None, call)?.is_none() {
            // Headquarters died over it, before or after it was kept: it says it again.
            self.admissions.push_front(entry);
            return Ok(false);
        }
        Ok(true)
    }

    /// A fault is over.
    pub(super) fn mend(&mut self, mend: Mend) -> Result<(), Failure> {
        match mend {
            Mend::Join(host) => {
                self.around[host].parted = false;
                self.dial(host)
            }
            Mend::Hurry(host) => {
                self.around[host].slow = false;
                Ok(())
            }
            Mend::Cut(line) => {
                self.cut(line);
                Ok(())
            }
            Mend::Start(host) if self.is_up(host) || self.now_ms < self.around[host].off_until_ms => Ok(()),
            Mend::Start(RELAY) => {
                self.relay.start()?;
                let vectors = self.vectors(RELAY).unwrap_or_default();
                self.ledger.check_held(RELAY, &vectors)
            }
            Mend::Start(host) => self.start_site(host),
        }
    }

    /// A site's process starts over what its disk kept, and everything that was promised must be there.
    fn start_site(&mut self, host: Host) -> Result<(), Failure> {
        self.sites[host - 1].start()?;
        let vectors = self.vectors(host).unwrap_or_default();
        self.ledger.check_held(host, &vectors)?;
        self.settle_doubt(host)?;
        self.settle_acts(host)?;
        let shown = self.sites[host - 1].shown()?;
        self.checker.read(host, &shown)?;
        self.check_stock(host)?;
        self.check_outbox(host)?;
        self.around[host].failures = 0;
        self.later(10, Happening::Dial(host));
        Ok(())
    }

    /// Everything that is broken is whole again; clocks stay as wrong as they are.
    pub(super) fn end_all_faults(&mut self) -> Result<(), Failure> {
        self.healing = true;
        for around in &mut self.around {
            (around.parted, around.slow, around.off_until_ms, around.failures) = (false, false, 0, 0);
        }
        for host in 0..=self.sites.len() {
            if host != RELAY {
                self.sites[host - 1].disarm();
            }
            self.mend(Mend::Start(host))?;
        }
        while !self.admissions.is_empty() {
            self.admit_late()?;
        }
        for host in 1..=self.sites.len() {
            self.dial(host)?;
        }
        self.end_removals()
    }

    /// What a planted mistake answers in the place of the store, and whether the store is never asked at all.
    pub(super) fn planted_answer(&mut self, host: Host, scope: ScopeId, entries: &[Entry]) -> Option<(Admitted, bool)> {
        let forgets = match self.options.planted? {
            Planted::ReceiptBeforeCommit if host == RELAY && scope != roster::scope_id() => false,
            Planted::AcknowledgeAndForget if host != RELAY && self.chance.one_in(FORGET_ONE_IN) => true,
            _ => return None,
        };
        let heads: comptoir_sync_protocol::Vector = entries.iter().map(Entry::head).collect();
        let heads: Vec<_> = heads.heads().collect();
        let (organisation, key) = (self.organisation.id, &self.organisation.relay_signing);
        let sign = |head| Receipt::sign(organisation, scope, head, key);
        let receipts = if host == RELAY { heads.iter().copied().map(sign).collect() } else { Vec::new() };
        Some((Admitted { scope, heads, held: false, receipts, refused: Vec::new() }, forgets))
    }
}
