//! What a seed decides before anything happens: how many sites, at what pace, which faults, how often each.
//! Owns the derivation of options from a seed and their words; never strikes itself.

use std::collections::BTreeMap;
use std::fmt;

use super::chance::Chance;
use super::limits;

/// What can go wrong. Each seed has a random subset of these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fault {
    /// A connection is lost with all that was under way; its two ends notice at different times.
    ConnectionLost,
    /// A site and the relay cannot reach each other for a while.
    Partition,
    /// A site opens a second session beside the one that it has.
    SessionTwice,
    /// A site's process dies between two steps and starts again.
    SiteCrash,
    /// A site's process dies inside a commit, just before or just after it became durable.
    CrashInCommit,
    /// The relay's process dies and starts again.
    RelayCrash,
    /// The relay is down for a while.
    RelayDown,
    /// The relay loses its whole store.
    RelayStoreLost,
    /// A site's clock is wrong by up to ten years, and jumps.
    WrongClock,
    /// Store calls of some site take seconds.
    SlowDisk,
    /// A site is switched off for a large part of the run.
    LongSilence,
    /// A site is admitted only during the run, and starts from nothing.
    LateSite,
    /// Two sites reach each other without the relay: no fault, but what it brings arrives twice.
    DirectLine,
    /// A site runs a program without rules for a while, which writes what no honest one would. In seeds with stock alone.
    FaultyPeer,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::ConnectionLost,
        Self::Partition,
        Self::SessionTwice,
        Self::SiteCrash,
        Self::CrashInCommit,
        Self::RelayCrash,
        Self::RelayDown,
        Self::RelayStoreLost,
        Self::WrongClock,
        Self::SlowDisk,
        Self::LongSilence,
        Self::LateSite,
        Self::DirectLine,
        Self::FaultyPeer,
    ];

    /// Its name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConnectionLost => "connection-lost",
            Self::Partition => "partition",
            Self::SessionTwice => "session-twice",
            Self::SiteCrash => "site-crash",
            Self::CrashInCommit => "crash-in-commit",
            Self::RelayCrash => "relay-crash",
            Self::RelayDown => "relay-down",
            Self::RelayStoreLost => "relay-store-lost",
            Self::WrongClock => "wrong-clock",
            Self::SlowDisk => "slow-disk",
            Self::LongSilence => "long-silence",
            Self::LateSite => "late-site",
            Self::DirectLine => "direct-line",
            Self::FaultyPeer => "faulty-peer",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A mistake that is made on purpose, to see that it is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Planted {
    /// A site tells its user that an edit is kept before the transaction has committed.
    AcknowledgeBeforeCommit,
    /// The relay signs its receipt before its store has the entry.
    ReceiptBeforeCommit,
    /// A site acknowledges entries to its peer, and now and then forgets to admit them.
    AcknowledgeAndForget,
    /// A site tells its customer that a sale by rights is kept before the transaction has committed.
    SaleBeforeCommit,
    /// A site's program does not look whether a right still gives what is sold by it.
    RightsUnchecked,
    /// A site's program does not look whether what leaves lies there.
    StockUnchecked,
    /// A site's table of what lies where is one piece off.
    TableOneOff,
    /// The program gives effect to what removed sites write past their cuts.
    CutsIgnored,
}

impl Planted {
    /// Whether it is a mistake about stock: its seeds have stock, and a program that goes wrong.
    fn is_of_stock(self) -> bool {
        matches!(self, Self::SaleBeforeCommit | Self::RightsUnchecked | Self::StockUnchecked | Self::TableOneOff)
    }

    /// Whether it is a mistake about removals: its seeds have some.
    fn is_of_removals(self) -> bool {
        matches!(self, Self::CutsIgnored)
    }
}

/// All that follows from a seed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// The seed.
    pub seed: u64,
    /// Sites, headquarters among them.
    pub sites: usize,
    /// Commands of the safety phase.
    pub commands: u64,
    /// Mean time between two commands.
    pub pace_ms: u64,
    /// Mean one-way delay.
    pub delay_ms: u64,
    /// Which faults strike, and how often on the average.
    pub faults: BTreeMap<Fault, u64>,
    /// Whether sites keep stock and sell from a shared pool.
    pub stock: bool,
    /// Whether sites are removed, and let back. Never together with stock, whose model knows nothing of cuts.
    pub removals: bool,
    /// Whether sites get new keys. Never together with a late site, whose admission was made before any key was changed.
    pub rekeys: bool,
    /// Whether one site reaches headquarters alone, and no relay, until everything heals: a branch behind a branch.
    pub behind: bool,
    /// The mistake that is planted.
    pub planted: Option<Planted>,
}

impl Options {
    /// Derives everything from the seed. `sites` overrules what it would draw.
    pub fn derive(seed: u64, sites: Option<usize>, planted: Option<Planted>) -> Self {
        let mut chance = Chance::seeded(seed ^ 0x0073_7761_726d);
        let drawn = chance.between(limits::MIN_SITES, limits::MAX_SITES) as usize;
        let commands = chance.between(limits::MIN_COMMANDS, limits::MAX_COMMANDS);
        let pace_ms = limits::PACES_MS[chance.index(limits::PACES_MS.len())];
        let delay_ms = limits::DELAYS_MS[chance.index(limits::DELAYS_MS.len())];
        let mut faults = BTreeMap::new();
        for fault in Fault::ALL {
            let (on, strikes) = (chance.one_in(2), chance.between(limits::MIN_STRIKES, limits::MAX_STRIKES));
            if on {
                faults.insert(fault, strikes);
            }
        }
        let planted_in_stock = planted.is_some_and(Planted::is_of_stock);
        let planted_in_removals = planted.is_some_and(Planted::is_of_removals);
        let stock = (chance.one_in(limits::STOCK_ONE_IN) || planted_in_stock) && !planted_in_removals;
        if planted_in_stock {
            let strikes = limits::MAX_STRIKES;
            faults.extend([(Fault::FaultyPeer, strikes), (Fault::CrashInCommit, strikes)]);
        }
        let sites = sites.unwrap_or(drawn).max(1);
        let behind = chance.one_in(limits::BEHIND_ONE_IN) && sites >= 3;
        let removals = (chance.one_in(limits::REMOVALS_ONE_IN) || planted_in_removals) && !stock && sites >= 3;
        if removals {
            // It is admitted by an entry that was made before any key was changed.
            faults.remove(&Fault::LateSite);
        }
        let rekeys = chance.one_in(limits::REKEYS_ONE_IN) && !faults.contains_key(&Fault::LateSite);
        Self { seed, sites, commands, pace_ms, delay_ms, faults, stock, removals, rekeys, behind, planted }
    }

    /// Whether this fault is part of the run.
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains_key(&fault)
    }

    /// How long the safety phase lasts.
    pub fn safety_ms(&self) -> u64 {
        self.commands * self.pace_ms
    }

    /// The command that runs this seed again.
    pub fn replay(&self) -> String {
        let mut command =
            format!("cargo run -p comptoir-tests -- simulate --seed {} --sites {}", self.seed, self.sites);
        if let Some(planted) = self.planted.and_then(|planted| clap::ValueEnum::to_possible_value(&planted)) {
            command += &format!(" --planted {}", planted.get_name());
        }
        command
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.faults.iter().map(|(fault, strikes)| format!("{fault}×{strikes}")).collect();
        write!(
            f,
            "seed {}, {} sites{}{}{}{}, {} commands, one in {} ms, delay {} ms, faults: {}",
            self.seed,
            self.sites,
            if self.stock { " with stock" } else { "" },
            if self.removals { ", some removed" } else { "" },
            if self.rekeys { ", some with new keys" } else { "" },
            if self.behind { ", one behind another" } else { "" },
            self.commands,
            self.pace_ms,
            self.delay_ms,
            if faults.is_empty() { "none".to_owned() } else { faults.join(" ") }
        )?;
        self.planted.map_or(Ok(()), |planted| write!(f, ", planted: {planted:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_differ_repeat_and_reach_every_fault() {
        assert_eq!(Options::derive(5, None, None), Options::derive(5, None, None));
        let all: Vec<Options> = (0..200).map(|seed| Options::derive(seed, None, None)).collect();
        for fault in Fault::ALL {
            let with = all.iter().filter(|options| options.has(fault)).count();
            assert!((60..140).contains(&with), "{fault}: {with} of 200");
        }
        let stock = all.iter().filter(|options| options.stock).count();
        assert!((40..160).contains(&stock), "stock in {stock} of 200");
        let removals = all.iter().filter(|options| options.removals).count();
        assert!((25..80).contains(&removals), "removals in {removals} of 200");
        assert!(all.iter().all(|options| !options.removals || !options.stock && !options.has(Fault::LateSite)));
        let rekeys = all.iter().filter(|options| options.rekeys).count();
        assert!((40..100).contains(&rekeys), "new keys in {rekeys} of 200");
        assert!(all.iter().all(|options| !options.rekeys || !options.has(Fault::LateSite)));
        let behind = all.iter().filter(|options| options.behind).count();
        assert!((40..100).contains(&behind), "one behind another in {behind} of 200");
        assert!((3..=6).all(|sites| all.iter().any(|options| options.sites == sites)));
        assert!(Options::derive(5, Some(4), None).replay().ends_with("--seed 5 --sites 4"));
    }
}
