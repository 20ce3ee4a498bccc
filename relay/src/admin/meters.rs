//! What the relay counts, in the words of Prometheus. Owns names, labels and rendering; each relay of a process has its own.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};

use super::events::{Claim, Enrolment, Event, HealthReport, Refused, SessionEnded, TurnedAway};
use super::help;
use crate::core::AdmitReport;

pub(super) const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

/// Every count of one relay.
pub struct Meters {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    stored_entries: Counter,
    stored_bytes: Counter,
    health_bytes: Counter,
    /// Not a counter of Prometheus, which is not read back.
    receipts: AtomicU64,
}

/// What is asked of the relay when it is scraped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Whether it takes connections and can store what they bring.
    pub ready: bool,
    /// Connections open, those in their handshake among them.
    pub connections: usize,
    /// Sessions of parties that the roster names.
    pub sessions: usize,
    /// Sessions of peers that it does not name yet.
    pub strangers: usize,
    /// Enrolments in progress.
    pub enrolments: usize,
    /// Frame bytes received from peers.
    pub received_bytes: u64,
    /// Frame bytes sent to peers.
    pub sent_bytes: u64,
    /// Join requests that wait for headquarters.
    pub join_requests: u32,
    /// Scopes held.
    pub scopes: usize,
    /// Entries held.
    pub entries: u64,
    /// Stored entries that suffered and are wanted again.
    pub damaged_entries: usize,
    /// Bytes that the store takes.
    pub store_bytes: u64,
    /// Bytes free on its disk, where the system tells.
    pub disk_free_bytes: Option<u64>,
    /// Handshakes refused for want of room.
    pub handshakes_refused: u64,
    /// Handshakes that failed.
    pub handshakes_failed: u64,
}

impl Meters {
    /// All at zero, of a relay that was started at this moment.
    pub fn new(started_ms: i64) -> Self {
        let recorder = help::recorder();
        let handle = recorder.handle();
        let counter = |name| {
            let counter = recorder.register_counter(&Key::from_static_name(name), &METADATA);
            counter.increment(0);
            counter
        };
        let meters = Self {
            stored_entries: counter("comptoir_relay_stored_entries_total"),
            stored_bytes: counter("comptoir_relay_stored_bytes_total"),
            health_bytes: counter("comptoir_relay_health_bytes_total"),
            receipts: AtomicU64::new(0),
            handle,
            recorder,
        };
        meters.at_zero::<TurnedAway>();
        meters.at_zero::<Claim>();
        meters.at_zero::<Enrolment>();
        meters.at_zero::<Refused>();
        meters.at_zero::<HealthReport>();
        meters.at_zero::<SessionEnded>();
        meters.set("comptoir_relay_start_time_seconds", None, started_ms as f64 / 1_000.0);
        meters.set("comptoir_relay_build_info", Some(("version", env!("CARGO_PKG_VERSION"))), 1.0);
        meters
    }

    /// Something happened.
    pub fn count<E: Event>(&self, event: E) {
        self.counter(event).increment(1);
    }

    /// A frame of entries was admitted.
    pub fn admitted(&self, report: &AdmitReport) {
        self.stored_entries.increment(report.stored_entries as u64);
        self.stored_bytes.increment(report.stored_bytes as u64);
        self.receipts.fetch_add(report.admitted.receipts.len() as u64, Ordering::Relaxed);
        report.admitted.refused.iter().for_each(|(_, code)| self.count(Refused::from(*code)));
    }

    /// Receipts that were given since it began.
    pub fn receipts(&self) -> u64 {
        self.receipts.load(Ordering::Relaxed)
    }

    /// A health report of so many bytes came, taken or not.
    pub fn health_bytes(&self, bytes: usize) {
        self.health_bytes.increment(bytes as u64);
    }

    /// The text that Prometheus reads.
    pub fn render(&self, now: &Readings) -> String {
        let gauges = [
            ("comptoir_relay_ready", f64::from(u8::from(now.ready))),
            ("comptoir_relay_connections", now.connections as f64),
            ("comptoir_relay_enrolments", now.enrolments as f64),
            ("comptoir_relay_join_requests_waiting", f64::from(now.join_requests)),
            ("comptoir_relay_scopes", now.scopes as f64),
            ("comptoir_relay_entries", now.entries as f64),
            ("comptoir_relay_damaged_entries", now.damaged_entries as f64),
            ("comptoir_relay_store_bytes", now.store_bytes as f64),
        ];
        gauges.into_iter().for_each(|(name, value)| self.set(name, None, value));
        if let Some(free) = now.disk_free_bytes {
            self.set("comptoir_relay_disk_free_bytes", None, free as f64);
        }
        for (state, sessions) in [("named", now.sessions), ("stranger", now.strangers)] {
            self.set("comptoir_relay_sessions", Some(("state", state)), sessions as f64);
        }
        let counters = [
            ("comptoir_relay_received_bytes_total", now.received_bytes),
            ("comptoir_relay_sent_bytes_total", now.sent_bytes),
            ("comptoir_relay_receipts_total", self.receipts()),
            ("comptoir_relay_handshakes_refused_total", now.handshakes_refused),
            ("comptoir_relay_handshakes_failed_total", now.handshakes_failed),
        ];
        for (name, value) in counters {
            self.recorder.register_counter(&Key::from_static_name(name), &METADATA).absolute(value);
        }
        self.handle.render()
    }

    /// A count that nobody has seen at zero cannot be seen to rise.
    fn at_zero<E: Event>(&self) {
        E::ALL.iter().for_each(|event| self.counter(*event).increment(0));
    }

    fn counter<E: Event>(&self, event: E) -> Counter {
        let key = Key::from_parts(E::COUNTER, vec![Label::from_static_parts(E::LABEL, event.word())]);
        self.recorder.register_counter(&key, &METADATA)
    }

    fn set(&self, name: &'static str, label: Option<(&'static str, &'static str)>, value: f64) {
        let labels = label.map(|(name, value)| Label::from_static_parts(name, value));
        let key = Key::from_parts(name, labels.into_iter().collect::<Vec<_>>());
        self.recorder.register_gauge(&key, &METADATA).set(value);
    }
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_rendered() {
        let meters = Meters::new(1_500);
        meters.count(Claim::Accepted);
        let readings = Readings {
            sessions: 3,
            strangers: 1,
            store_bytes: 4096,
            sent_bytes: 77,
            disk_free_bytes: Some(8192),
            ..Readings::default()
        };
        let text = meters.render(&readings);
        for line in [
            "comptoir_relay_claims_total{outcome=\"accepted\"} 1",
            "comptoir_relay_sessions{state=\"named\"} 3",
            "comptoir_relay_sessions{state=\"stranger\"} 1",
            "comptoir_relay_store_bytes 4096",
            "comptoir_relay_disk_free_bytes 8192",
            "comptoir_relay_sent_bytes_total 77",
            "comptoir_relay_start_time_seconds 1.5",
            "comptoir_relay_ready 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn what_has_not_happened_yet_stands_at_zero() {
        let meters = Meters::new(0);
        let text = meters.render(&Readings::default());
        for line in [
            "comptoir_relay_stored_entries_total 0",
            "comptoir_relay_health_bytes_total 0",
            "comptoir_relay_refused_entries_total{code=\"forked\"} 0",
            "comptoir_relay_turned_away_total{reason=\"held\"} 0",
            "comptoir_relay_claims_total{outcome=\"failed\"} 0",
            "comptoir_relay_enrolment_total{event=\"answered\"} 0",
            "comptoir_relay_health_reports_total{outcome=\"too_fast\"} 0",
            "comptoir_relay_sessions_ended_total{reason=\"fell_behind\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn relays_of_one_process_count_apart() {
        let (one, other) = (Meters::new(0), Meters::new(0));
        one.count(Claim::Accepted);
        assert!(other.render(&Readings::default()).contains("claims_total{outcome=\"accepted\"} 0\n"));
    }
}
