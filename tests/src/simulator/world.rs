//! The world of one seed: hosts, lines between them, an agenda in virtual time, and the two books of what was promised.
//!
//! Owns time, the order of happenings, and the two phases: safety with faults, then healing without, which must converge
//! within a bound. What happens at a session's end stands in `ends`, what goes wrong in `strikes`, what people do in
//! `workload`.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use comptoir_relay::core::CoreIdentity;
use comptoir_sync_protocol::session::{Commit, Event};
use comptoir_sync_protocol::testing::TestOrganisation;
use comptoir_sync_protocol::{Entry, Hash, roster};

use super::chance::Chance;
use super::check::Checker;
use super::failure::Failure;
use super::faults::{Fault, Options};
use super::ledger::{Host, Ledger, Vectors};
use super::limits;
use super::lines::Line;
use super::network::Side;
use super::relay::SimRelay;
use super::removals::Removals;
use super::report::Report;
use super::site::SimSite;
use super::stock::Stock;
use super::strikes::Mend;
use super::workload::Doubt;

/// The relay among the hosts.
pub const RELAY: Host = 0;
/// A line between two hosts.
pub type LineId = u64;

/// Something that happens at a moment.
#[derive(Debug)]
pub enum Happening {
    /// The next frame of a channel arrives.
    Arrive(LineId, Side, u32),
    /// An end accepts the connection.
    Open(LineId, Side),
    /// A store call that waits is carried out.
    Work(LineId, Side),
    /// A store call is answered.
    Answer(LineId, Side, Box<Event>),
    /// An end is told of a commit.
    Tell(LineId, Side, Box<Commit>),
    /// Time passes for a session.
    Tick(LineId, Side, u64),
    /// An end notices that its connection is gone.
    Notice(LineId, Side),
    /// A site dials the relay unless it has a session.
    Dial(Host),
    /// Somebody gives a command.
    Command,
    /// A fault strikes.
    Strike(Fault),
    /// A fault is over.
    Mend(Mend),
}

/// What a host is besides its store.
#[derive(Default)]
pub struct Surroundings {
    /// Nothing reaches it.
    pub parted: bool,
    /// Its disk takes seconds.
    pub slow: bool,
    /// It is switched off until then.
    pub off_until_ms: u64,
    /// How often it failed to reach the relay in a row.
    pub failures: u32,
    /// Its last commits.
    pub recent: VecDeque<Commit>,
}

/// One simulation.
pub struct World {
    pub(super) options: Options,
    pub(super) chance: Chance,
    pub(super) now_ms: u64,
    pub(super) organisation: TestOrganisation,
    pub(super) admissions: VecDeque<Entry>,
    pub(super) relay: SimRelay,
    pub(super) sites: Vec<SimSite>,
    pub(super) around: Vec<Surroundings>,
    pub(super) lines: BTreeMap<LineId, Line>,
    pub(super) last_line: LineId,
    pub(super) ledger: Ledger,
    pub(super) checker: Checker,
    pub(super) doubts: BTreeMap<Host, Doubt>,
    pub(super) stock: Stock,
    pub(super) removals: Removals,
    pub(super) report: Report,
    pub(super) healing: bool,
    pub(super) commands_left: u64,
    /// By the digest of all vectors: the states that they made, anywhere and at any time.
    pub(super) states: BTreeMap<Hash, (Host, BTreeMap<String, Hash>)>,
    agenda: BTreeMap<(u64, u64), Happening>,
    next: u64,
    trace: VecDeque<String>,
}

impl World {
    /// Founds the organisation and starts every machine. Sites that are admitted later start with nothing.
    pub fn new(options: Options, dir: &Path) -> Result<Self, Failure> {
        let mut chance = Chance::seeded(options.seed);
        let late = usize::from(options.has(Fault::LateSite)).min(options.sites - 1);
        let mut organisation = TestOrganisation::found(options.sites - late, options.seed);
        let founding = organisation.roster.clone();
        let admissions = (0..late).map(|_| organisation.admit_site()).collect();
        let identity = CoreIdentity {
            organisation: organisation.id,
            tls_pin: organisation.relay_pin,
            signing: organisation.relay_signing.clone(),
        };
        let relay_dir = dir.join("relay");
        std::fs::create_dir_all(&relay_dir).map_err(Failure::program("making the relay's folder"))?;
        let site = |(number, secrets): (usize, &comptoir_sync_protocol::testing::TestSite)| {
            let path = dir.join(format!("site-{}.sqlite", number + 1));
            SimSite::new(secrets.clone(), organisation.id, path, chance.fork())
        };
        let sites: Vec<SimSite> = organisation.sites.iter().enumerate().map(site).collect();
        let mut world = Self {
            commands_left: options.commands,
            around: (0..=sites.len()).map(|_| Surroundings::default()).collect(),
            relay: SimRelay::new(identity, relay_dir),
            chance,
            now_ms: 0,
            organisation,
            admissions,
            sites,
            lines: BTreeMap::new(),
            last_line: 0,
            ledger: Ledger::default(),
            checker: Checker::default(),
            doubts: BTreeMap::new(),
            stock: Stock::default(),
            removals: Removals::default(),
            report: Report::default(),
            healing: false,
            states: BTreeMap::new(),
            agenda: BTreeMap::new(),
            next: 0,
            trace: VecDeque::new(),
            options,
        };
        world.begin(&founding)?;
        Ok(world)
    }

    fn begin(&mut self, founding: &[Entry]) -> Result<(), Failure> {
        self.relay.start()?;
        let known = self.sites.len() - self.admissions.len();
        for (number, site) in self.sites.iter_mut().enumerate() {
            site.start()?;
            if let (true, Some(replica)) = (number < known, site.replica()) {
                let admitted = replica.admit(roster::scope_id(), founding.to_vec(), limits::WALL_CLOCK_START_MS);
                admitted.map_err(Failure::program("admitting the founding"))?;
            }
        }
        self.begin_stock()?;
        self.begin_removals()?;
        for host in 1..=self.sites.len() {
            let wait_ms = self.chance.below(500);
            self.later(wait_ms, Happening::Dial(host));
        }
        let wait_ms = self.chance.wait(self.options.pace_ms);
        self.later(wait_ms, Happening::Command);
        for fault in self.options.faults.keys().copied().collect::<Vec<_>>() {
            self.strike_later(fault);
        }
        Ok(())
    }

    /// Runs both phases, and gives what was reached.
    pub fn run(&mut self) -> Result<Report, Failure> {
        while self.commands_left > 0 {
            self.step()?;
        }
        let began_ms = self.now_ms;
        self.heal()?;
        self.report.longest_healing_ms = self.now_ms - began_ms;
        self.check_end()?;
        self.report.seeds = 1;
        self.report.virtual_ms = self.now_ms;
        self.report.entries = self.ledger.entries();
        (self.report.reads, self.report.edits, self.report.conflicts) = self.checker.counts();
        self.report_stock();
        self.report_removals();
        self.lines.values().for_each(|line| line.count(&mut self.report));
        Ok(self.report.clone())
    }

    /// Ends all faults, and waits until all hosts hold the same.
    fn heal(&mut self) -> Result<(), Failure> {
        self.note(|| "healing begins".to_owned());
        self.end_all_faults()?;
        let (bound_ms, bound_steps) =
            (self.now_ms + limits::HEALING_BOUND_MS, self.report.steps + limits::HEALING_BOUND_HAPPENINGS);
        let mut look_ms = self.now_ms;
        loop {
            if self.now_ms >= look_ms {
                look_ms = self.now_ms + limits::HEALING_LOOK_MS;
                let apart = match self.apart_from_removed()? {
                    None => self.apart()?,
                    apart => apart,
                };
                match apart {
                    None if !self.settle_keys()? => return Ok(()),
                    None => {}
                    Some(apart) if self.now_ms > bound_ms || self.report.steps > bound_steps => {
                        return Err(Failure::NotConverged(apart));
                    }
                    Some(_) => {}
                }
            }
            self.step()?;
        }
    }

    /// What does not agree yet.
    fn apart(&self) -> Result<Option<String>, Failure> {
        let Some(relay) = self.vectors(RELAY) else { return Ok(Some("the relay is down".into())) };
        for host in (1..=self.sites.len()).filter(|host| self.stands(*host)) {
            let Some(vectors) = self.vectors(host) else { return Ok(Some(format!("site {host} is down"))) };
            if vectors != relay {
                return Ok(Some(format!("site {host} holds {vectors:?}, the relay {relay:?}")));
            }
            let unsent = self.outbox_len(host)?;
            if unsent > 0 {
                return Ok(Some(format!("{unsent} entries of site {host} have no receipt")));
            }
        }
        Ok(None)
    }

    /// What a host holds; logs that are empty are left out.
    pub(super) fn vectors(&self, host: Host) -> Option<Vectors> {
        let view = if host == RELAY { self.relay.view()? } else { self.sites[host - 1].view()? };
        let mut vectors = view.vectors;
        vectors.retain(|_, vector| !vector.is_empty());
        Some(vectors)
    }

    /// Whether a host's process runs.
    pub(super) fn is_up(&self, host: Host) -> bool {
        if host == RELAY { self.relay.is_up() } else { self.sites[host - 1].is_up() }
    }

    /// What a site's clock shows.
    pub(super) fn wall_ms(&self, host: Host) -> i64 {
        let error_ms = if host == RELAY { 0 } else { self.sites[host - 1].clock_error_ms };
        limits::WALL_CLOCK_START_MS + self.now_ms as i64 + error_ms
    }

    /// Puts something on the agenda.
    pub(super) fn later(&mut self, wait_ms: u64, happening: Happening) {
        self.at(self.now_ms + wait_ms, happening);
    }

    pub(super) fn at(&mut self, at_ms: u64, happening: Happening) {
        self.next += 1;
        self.agenda.insert((at_ms, self.next), happening);
    }

    fn step(&mut self) -> Result<(), Failure> {
        let Some(((at_ms, _), happening)) = self.agenda.pop_first() else {
            return Err(Failure::NotConverged("nothing will happen any more".into()));
        };
        self.now_ms = at_ms;
        self.report.steps += 1;
        if !matches!(happening, Happening::Tick(..) | Happening::Arrive(..)) {
            self.note(|| brief(&happening));
        }
        match happening {
            Happening::Arrive(line, side, channel) => self.arrive(line, side, channel),
            Happening::Open(line, side) => self.open(line, side),
            Happening::Work(line, side) => self.work(line, side),
            Happening::Answer(line, side, event) => self.answer(line, side, *event),
            Happening::Tell(line, side, commit) => self.tell(line, side, *commit),
            Happening::Tick(line, side, due_ms) => self.tick(line, side, due_ms),
            Happening::Notice(line, side) => self.notice(line, side),
            Happening::Dial(host) => self.dial(host),
            Happening::Command => self.next_command(),
            Happening::Strike(fault) => self.strike(fault),
            Happening::Mend(mend) => self.mend(mend),
        }
    }

    /// Remembers what happened, for whoever must understand a failure.
    pub(super) fn note(&mut self, said: impl FnOnce() -> String) {
        if self.trace.len() >= limits::TRACE_LINES {
            self.trace.pop_front();
        }
        self.trace.push_back(format!("{:>12} ms  {}", self.now_ms, said()));
    }

    /// What happened last.
    pub fn trace(&self) -> Vec<String> {
        self.trace.iter().cloned().collect()
    }
}

fn brief(happening: &Happening) -> String {
    let mut text = format!("{happening:?}");
    if let Some((end, _)) = text.char_indices().nth(150) {
        text.truncate(end);
    }
    text
}
