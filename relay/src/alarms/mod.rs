//! Alarms: what headquarters should know before a branch calls. Owns which there are and when each holds; told and kept they are
//! elsewhere ([`tell`], [`book`]). Judges what the board and the store say, at a moment that is given; reads no clock.

pub mod book;
pub mod tell;
pub mod watch;

use std::sync::Arc;

use comptoir_sync_protocol::SiteId;
use serde::{Deserialize, Serialize};

use crate::health::{Sample, Told};

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmKind {
    /// No session of a site for longer than it may be silent. Measured in minutes.
    SilentSite,
    /// A site that is connected has much to send, and no less than a while ago. Measured in entries.
    GrowingOutbox,
    /// A site holds entries that every replica judges invalid. Measured in entries.
    Quarantine,
    /// A site holds proofs that somebody wrote two histories. Measured in proofs.
    Fork,
    /// A site's database was older than what relays had acknowledged: it was restored, or its machine was set back.
    Rollback,
    /// A site's clock is wrong. Measured in seconds.
    ClockSkew,
    /// Little room is left on the disk of a site, or of the relay. Measured in megabytes that are left.
    LowDisk,
    /// The relay's own medium takes no more.
    RelayFull,
    /// Entries of the relay's store suffered, and are wanted again. Measured in entries.
    RelayDamaged,
}

impl AlarmKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::SilentSite,
        Self::GrowingOutbox,
        Self::Quarantine,
        Self::Fork,
        Self::Rollback,
        Self::ClockSkew,
        Self::LowDisk,
        Self::RelayFull,
        Self::RelayDamaged,
    ];

    /// Its name, in files and to scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::SilentSite => "silent-site",
            Self::GrowingOutbox => "growing-outbox",
            Self::Quarantine => "quarantine",
            Self::Fork => "fork",
            Self::Rollback => "rollback",
            Self::ClockSkew => "clock-skew",
            Self::LowDisk => "low-disk",
            Self::RelayFull => "relay-full",
            Self::RelayDamaged => "relay-damaged",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether more of it is news to who acknowledged it: what counts entries or proofs grows by something new; a silence only
    /// lasts.
    fn grows_anew(self) -> bool {
        matches!(self, Self::Quarantine | Self::Fork | Self::RelayDamaged)
    }
}

/// From where on something is worth an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A site may be silent this long.
    pub silent_ms: i64,
    /// An outbox of this many entries is large.
    pub outbox_entries: u64,
    /// It is growing when it was no larger this long ago.
    pub outbox_ms: i64,
    /// A clock may be wrong by this much.
    pub clock_skew_ms: i64,
    /// A disk with less room than this is nearly full.
    pub disk_free_bytes: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            silent_ms: 15 * 60_000,
            outbox_entries: 500,
            outbox_ms: 10 * 60_000,
            clock_skew_ms: 5 * 60_000,
            disk_free_bytes: 1 << 30,
        }
    }
}

impl Thresholds {
    /// Megabytes that are left on a disk, where they are too few.
    fn left_on(&self, disk_free_bytes: Option<u64>) -> Option<u64> {
        disk_free_bytes.filter(|free| *free < self.disk_free_bytes).map(|free| free / 1_000_000)
    }
}

/// What is known of a site that stands.
#[derive(Clone, Debug)]
pub struct SiteFacts {
    /// Which.
    pub site: SiteId,
    /// Whether a session is open.
    pub connected: bool,
    /// Since when it could have been here and was not, while no session is open; Unix milliseconds.
    pub silent_since_ms: i64,
    /// What it last said.
    pub told: Option<Arc<Told>>,
    /// How it stood in the time of [`Thresholds::outbox_ms`], oldest first.
    pub samples: Vec<Sample>,
}

/// What is known of the relay itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayFacts {
    /// Its medium takes no more.
    pub is_full: bool,
    /// Entries that suffered.
    pub damaged_entries: u64,
    /// Room on its disk, where that can be told.
    pub disk_free_bytes: Option<u64>,
}

/// Something that holds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What.
    pub kind: AlarmKind,
    /// Of which site; none: of the relay.
    pub site: Option<SiteId>,
    /// How much, as its kind measures it.
    pub measure: u64,
}

/// Everything that holds at a moment.
pub fn find(sites: &[SiteFacts], relay: RelayFacts, thresholds: &Thresholds, now_ms: i64) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sites.iter().flat_map(|facts| of_site(facts, thresholds, now_ms)).collect();
    let of_relay = |kind, measure| Finding { kind, site: None, measure };
    if relay.is_full {
        findings.push(of_relay(AlarmKind::RelayFull, 1));
    }
    if let Some(left) = thresholds.left_on(relay.disk_free_bytes) {
        findings.push(of_relay(AlarmKind::LowDisk, left));
    }
    if relay.damaged_entries > 0 {
        findings.push(of_relay(AlarmKind::RelayDamaged, relay.damaged_entries));
    }
    findings
}

fn of_site(facts: &SiteFacts, thresholds: &Thresholds, now_ms: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut finds = |kind, measure| findings.push(Finding { kind, site: Some(facts.site), measure });
    let silent_ms = now_ms.saturating_sub(facts.silent_since_ms);
    if !facts.connected && silent_ms > thresholds.silent_ms {
        finds(AlarmKind::SilentSite, silent_ms.unsigned_abs() / 60_000);
    }
    let Some(told) = &facts.told else { return findings };
    let health = &told.health;
    // With the line down nothing can be sent: that is silence, and no fault of the outbox.
    let before = facts.samples.first().filter(|sample| now_ms.saturating_sub(sample.at_ms) >= thresholds.outbox_ms / 2);
    let grew = before.is_some_and(|before| {
        before.outbox_entries >= thresholds.outbox_entries && before.outbox_entries <= health.outbox_entries
    });
    if facts.connected && grew {
        finds(AlarmKind::GrowingOutbox, health.outbox_entries);
    }
    if health.quarantined_entries > 0 {
        finds(AlarmKind::Quarantine, health.quarantined_entries);
    }
    if health.forks > 0 {
        finds(AlarmKind::Fork, health.forks);
    }
    if health.restored {
        finds(AlarmKind::Rollback, 1);
    }
    let skew_ms = told.clock_skew_ms().unsigned_abs();
    if skew_ms > thresholds.clock_skew_ms.unsigned_abs() {
        finds(AlarmKind::ClockSkew, skew_ms / 1_000);
    }
    if let Some(left) = thresholds.left_on(health.disk_free_bytes) {
        finds(AlarmKind::LowDisk, left);
    }
    findings
}

#[cfg(test)]
mod tests {
    use comptoir_sync_protocol::health::Health;

    use super::*;

    const NOW_MS: i64 = 1_780_000_000_000;

    fn facts(health: Health) -> SiteFacts {
        let told = Told { at_ms: NOW_MS, health: Health { at_ms: NOW_MS + health.at_ms, ..health } };
        SiteFacts {
            site: SiteId([1; 16]),
            connected: true,
            silent_since_ms: NOW_MS,
            told: Some(Arc::new(told)),
            samples: Vec::new(),
        }
    }

    fn found(facts: &SiteFacts) -> Vec<(AlarmKind, u64)> {
        let found = find(std::slice::from_ref(facts), RelayFacts::default(), &Thresholds::default(), NOW_MS);
        found.into_iter().map(|finding| (finding.kind, finding.measure)).collect()
    }

    fn sample(minutes_ago: i64, outbox_entries: u64) -> Sample {
        Sample {
            at_ms: NOW_MS - minutes_ago * 60_000,
            outbox_entries,
            lag_entries: 0,
            inbox_items: 0,
            quarantined_entries: 0,
            clock_skew_ms: 0,
            disk_free_bytes: None,
        }
    }

    #[test]
    fn a_site_in_good_order_raises_none() {
        let good = Health { disk_free_bytes: Some(1 << 40), outbox_entries: 3, inbox_items: 40, ..Health::default() };
        assert_eq!(found(&facts(good)), []);
        assert_eq!(found(&SiteFacts { told: None, ..facts(Health::default()) }), []);
    }

    #[test]
    fn each_trouble_is_its_own_alarm() {
        let bad = Health {
            at_ms: -600_000,
            quarantined_entries: 2,
            forks: 1,
            restored: true,
            disk_free_bytes: Some(5_000_000),
            ..Health::default()
        };
        let expected = [
            (AlarmKind::Quarantine, 2),
            (AlarmKind::Fork, 1),
            (AlarmKind::Rollback, 1),
            (AlarmKind::ClockSkew, 600),
            (AlarmKind::LowDisk, 5),
        ];
        assert_eq!(found(&facts(bad)), expected);
        let relay = RelayFacts { is_full: true, damaged_entries: 4, disk_free_bytes: Some(7_000_000) };
        let of_relay = find(&[], relay, &Thresholds::default(), NOW_MS);
        let of_relay: Vec<_> = of_relay.iter().map(|finding| (finding.kind, finding.site, finding.measure)).collect();
        let expected =
            [(AlarmKind::RelayFull, None, 1), (AlarmKind::LowDisk, None, 7), (AlarmKind::RelayDamaged, None, 4)];
        assert_eq!(of_relay, expected);
    }

    #[test]
    fn f18_a_site_that_is_not_heard_is_silent_whoever_withholds_it() {
        let mut facts = facts(Health::default());
        facts.silent_since_ms = NOW_MS - 16 * 60_000;
        assert_eq!(found(&facts), [], "it is connected");
        facts.connected = false;
        assert_eq!(found(&facts), [(AlarmKind::SilentSite, 16)]);
        facts.told = None;
        assert_eq!(found(&facts), [(AlarmKind::SilentSite, 16)]);
        facts.silent_since_ms = NOW_MS - 15 * 60_000;
        assert_eq!(found(&facts), []);
    }

    #[test]
    fn an_outbox_is_growing_when_it_is_large_and_was_no_larger() {
        let mut facts = facts(Health { outbox_entries: 700, ..Health::default() });
        assert_eq!(found(&facts), [], "nothing is known of before");
        facts.samples = vec![sample(9, 700), sample(1, 900)];
        assert_eq!(found(&facts), [(AlarmKind::GrowingOutbox, 700)]);
        facts.samples = vec![sample(9, 701)];
        assert_eq!(found(&facts), [], "it is being sent");
        facts.samples = vec![sample(9, 499)];
        assert_eq!(found(&facts), [], "it was small");
        facts.samples = vec![sample(1, 700)];
        assert_eq!(found(&facts), [], "that was just now");
        facts.samples = vec![sample(9, 700)];
        facts.connected = false;
        assert_eq!(found(&facts), [], "its line is down");
    }

    #[test]
    fn names_are_what_is_written_in_json() {
        for kind in AlarmKind::ALL {
            assert_eq!(AlarmKind::named(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).ok(), Some(kind.name().into()));
        }
    }
}
