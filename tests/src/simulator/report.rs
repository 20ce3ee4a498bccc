//! What simulations reached: counted, added up, told. Owns numbers and their words.

use std::collections::BTreeMap;
use std::fmt;

use super::faults::Fault;

/// What one simulation, or many, reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Seeds that ran to their end.
    pub seeds: u64,
    /// Happenings.
    pub steps: u64,
    /// Commands that clients gave.
    pub commands: u64,
    /// Commands that were refused by a rule.
    pub refused: u64,
    /// Entries that were written.
    pub entries: u64,
    /// Edits of one field each that were kept.
    pub edits: u64,
    /// Fields that ended in conflict.
    pub conflicts: u64,
    /// Moves of stock within a site, into it or out of it.
    pub moves: u64,
    /// Transfers that were sent to another site.
    pub transfers: u64,
    /// Receipts and settlements of those.
    pub receipts: u64,
    /// Postings of rights to sell from the pool.
    pub rights: u64,
    /// Requests to sell from the pool.
    pub asked: u64,
    /// Of those, served from the site's own rights; by a central counter as far as it was reached; had it always been reached.
    /// See [`super::stock::market`].
    pub served: [u64; 3],
    /// Requests while that counter was not reached, and those that local rights served.
    pub away: [u64; 2],
    /// Acts of the roster: sites and admins suspended, revoked, resumed, adopted from; keys of scopes changed, new keys of sites
    /// bound, admins delegated.
    pub roster_acts: [u64; 7],
    /// Entries that a site signed with another key than it was admitted with.
    pub under_new_keys: u64,
    /// Entries that lie past a cut in the end.
    pub past_cuts: u64,
    /// Entries of removed sites that count because somebody built on them who had not heard.
    pub built_on: u64,
    /// Entries that removed sites handed on past the roster.
    pub smuggled: u64,
    /// Sessions that were opened.
    pub sessions: u64,
    /// Frames sent.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Fields that the independent checker read.
    pub reads: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// Virtual time.
    pub virtual_ms: u64,
    /// Of that, the longest that a healing took.
    pub longest_healing_ms: u64,
    /// How often each fault struck.
    pub faults: BTreeMap<Fault, u64>,
    /// A hash over the last states of each seed, for telling whether two runs were the same.
    pub fingerprint: u64,
}

impl Report {
    /// A fault struck.
    pub fn struck(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }

    /// Faults in all.
    pub fn all_faults(&self) -> u64 {
        self.faults.values().sum()
    }

    /// Adds what another simulation reached. The order of adding changes nothing.
    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.commands += other.commands;
        self.refused += other.refused;
        self.entries += other.entries;
        self.edits += other.edits;
        self.conflicts += other.conflicts;
        self.moves += other.moves;
        self.transfers += other.transfers;
        self.receipts += other.receipts;
        self.rights += other.rights;
        self.asked += other.asked;
        self.away = std::array::from_fn(|index| self.away[index] + other.away[index]);
        self.served = std::array::from_fn(|index| self.served[index] + other.served[index]);
        self.roster_acts = std::array::from_fn(|index| self.roster_acts[index] + other.roster_acts[index]);
        self.under_new_keys += other.under_new_keys;
        self.past_cuts += other.past_cuts;
        self.built_on += other.built_on;
        self.smuggled += other.smuggled;
        self.sessions += other.sessions;
        self.frames += other.frames;
        self.bytes += other.bytes;
        self.reads += other.reads;
        self.checkpoints += other.checkpoints;
        self.virtual_ms += other.virtual_ms;
        self.longest_healing_ms = self.longest_healing_ms.max(other.longest_healing_ms);
        for (fault, times) in &other.faults {
            *self.faults.entry(*fault).or_default() += times;
        }
        self.fingerprint ^= other.fingerprint;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.virtual_ms / 86_400_000;
        writeln!(f, "{} seeds, {} steps, {days} virtual days", self.seeds, self.steps)?;
        writeln!(
            f,
            "{} commands ({} refused), {} entries, {} edits, {} fields in conflict",
            self.commands, self.refused, self.entries, self.edits, self.conflicts
        )?;
        writeln!(
            f,
            "stock: {} moves, {} transfers, {} receipts and settlements, {} postings of rights",
            self.moves, self.transfers, self.receipts, self.rights
        )?;
        let share = |served: u64, of: u64| 100.0 * served as f64 / of.max(1) as f64;
        let [locally, online, ideally] = self.served.map(|served| share(served, self.asked));
        write!(f, "sales: {} asked for, {locally:.1} % served from local rights; ", self.asked)?;
        write!(f, "by a counter that must be reached {online:.1} %, by one that always is {ideally:.1} %; ")?;
        let [away, served] = self.away;
        writeln!(f, "while it was not reached {away} asked for, {:.1} % served", share(served, away))?;
        let [suspended, revoked, resumed, adopted, rotated, rekeyed, delegated] = self.roster_acts;
        writeln!(
            f,
            "removals: {suspended} suspended, {revoked} revoked, {resumed} resumed, {adopted} adopted, {rotated} keys changed, \
             {delegated} admins delegated; \
             {} entries past cuts, {} built on in ignorance, {} handed on",
            self.past_cuts, self.built_on, self.smuggled
        )?;
        writeln!(f, "new keys of sites: bound {rekeyed} times, {} entries under them", self.under_new_keys)?;
        writeln!(f, "{} sessions, {} frames, {} bytes", self.sessions, self.frames, self.bytes)?;
        writeln!(
            f,
            "{} checkpoints, {} fields read by the checker, longest healing {} s",
            self.checkpoints,
            self.reads,
            self.longest_healing_ms / 1_000
        )?;
        let faults: Vec<String> = self.faults.iter().map(|(fault, times)| format!("{fault} {times}")).collect();
        write!(f, "faults: {}", if faults.is_empty() { "none".to_owned() } else { faults.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_sums() {
        let mut one = Report { seeds: 1, steps: 5, longest_healing_ms: 7_000, ..Report::default() };
        one.struck(Fault::Partition);
        let mut both = one.clone();
        both.add(&one);
        assert_eq!((both.seeds, both.steps, both.all_faults(), both.longest_healing_ms), (2, 10, 2, 7_000));
        assert!(both.to_string().ends_with("faults: partition 2"));
    }
}
