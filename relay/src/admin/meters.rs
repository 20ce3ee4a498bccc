//! What the relay counts, in the words of Prometheus. Owns names, labels and rendering; each relay of a process has its own.

use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::session::CloseReason;
use comptoir_transport::SessionEnd;
use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::core::AdmitReport;

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

/// Every count of one relay.
pub struct Meters {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    stored_entries: Counter,
    stored_bytes: Counter,
    receipts: Counter,
}

/// What is asked of the relay when it is scraped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
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
    /// Handshakes refused for want of room.
    pub handshakes_refused: u64,
    /// Handshakes that failed.
    pub handshakes_failed: u64,
}

impl Meters {
    /// All at zero.
    pub fn new() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let counter = |name| recorder.register_counter(&Key::from_static_name(name), &METADATA);
        let meters = Self {
            stored_entries: counter("comptoir_relay_stored_entries_total"),
            stored_bytes: counter("comptoir_relay_stored_bytes_total"),
            receipts: counter("comptoir_relay_receipts_total"),
            handle,
            recorder,
        };
        // A count that nobody has seen at zero cannot be seen to rise.
        for code in ALL_REFUSALS {
            meters.refused(code).increment(0);
        }
        for counter in [&meters.stored_entries, &meters.stored_bytes, &meters.receipts] {
            counter.increment(0);
        }
        meters
    }

    /// A frame of entries was admitted.
    pub fn admitted(&self, report: &AdmitReport) {
        self.stored_entries.increment(report.stored_entries as u64);
        self.stored_bytes.increment(report.stored_bytes as u64);
        self.receipts.increment(report.admitted.receipts.len() as u64);
        report.admitted.refused.iter().for_each(|(_, code)| self.refused(*code).increment(1));
    }

    /// A session ended.
    pub fn session_ended(&self, end: &SessionEnd) {
        self.labelled("comptoir_relay_sessions_ended_total", "reason", end_reason(end)).increment(1);
    }

    /// A connection was turned away.
    pub fn turned_away(&self, reason: &'static str) {
        self.labelled("comptoir_relay_turned_away_total", "reason", reason).increment(1);
    }

    /// A claim was tried.
    pub fn claim(&self, outcome: &'static str) {
        self.labelled("comptoir_relay_claims_total", "outcome", outcome).increment(1);
    }

    /// A site said how it stands.
    pub fn health(&self, outcome: &'static str) {
        self.labelled("comptoir_relay_health_reports_total", "outcome", outcome).increment(1);
    }

    /// A health report of so many bytes came, taken or not.
    pub fn health_bytes(&self, bytes: usize) {
        let key = Key::from_static_name("comptoir_relay_health_bytes_total");
        self.recorder.register_counter(&key, &METADATA).increment(bytes as u64);
    }

    /// A join request came, or was answered.
    pub fn enrolment(&self, event: &'static str) {
        self.labelled("comptoir_relay_enrolment_total", "event", event).increment(1);
    }

    /// The text that Prometheus reads.
    pub fn render(&self, now: &Readings) -> String {
        let gauges: [(&'static str, f64); 9] = [
            ("comptoir_relay_connections", now.connections as f64),
            ("comptoir_relay_enrolments", now.enrolments as f64),
            ("comptoir_relay_join_requests_waiting", f64::from(now.join_requests)),
            ("comptoir_relay_scopes", now.scopes as f64),
            ("comptoir_relay_entries", now.entries as f64),
            ("comptoir_relay_damaged_entries", now.damaged_entries as f64),
            ("comptoir_relay_store_bytes", now.store_bytes as f64),
            ("comptoir_relay_sessions{state=\"named\"}", now.sessions as f64),
            ("comptoir_relay_sessions{state=\"stranger\"}", now.strangers as f64),
        ];
        for (name, value) in gauges {
            self.gauge(name).set(value);
        }
        let counters = [
            ("comptoir_relay_received_bytes_total", now.received_bytes),
            ("comptoir_relay_sent_bytes_total", now.sent_bytes),
            ("comptoir_relay_handshakes_refused_total", now.handshakes_refused),
            ("comptoir_relay_handshakes_failed_total", now.handshakes_failed),
        ];
        for (name, value) in counters {
            self.recorder.register_counter(&Key::from_static_name(name), &METADATA).absolute(value);
        }
        self.handle.render()
    }

    fn refused(&self, code: RefusalCode) -> Counter {
        self.labelled("comptoir_relay_refused_entries_total", "code", refusal_name(code))
    }

    fn labelled(&self, name: &'static str, label: &'static str, value: &'static str) -> Counter {
        let key = Key::from_parts(name, vec![Label::from_static_parts(label, value)]);
        self.recorder.register_counter(&key, &METADATA)
    }

    /// A name may carry one label, as it is written in the output.
    fn gauge(&self, name: &'static str) -> Gauge {
        let key = match name.split_once("{state=\"") {
            None => Key::from_static_name(name),
            Some((name, state)) => Key::from_parts(name, vec![Label::new("state", state.trim_end_matches("\"}"))]),
        };
        self.recorder.register_gauge(&key, &METADATA)
    }
}

impl Default for Meters {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}

const ALL_REFUSALS: [RefusalCode; 5] = [
    RefusalCode::Forked,
    RefusalCode::BadSignature,
    RefusalCode::NoAuthority,
    RefusalCode::Malformed,
    RefusalCode::WrongPlace,
];

fn refusal_name(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::Forked => "forked",
        RefusalCode::BadSignature => "bad_signature",
        RefusalCode::NoAuthority => "no_authority",
        RefusalCode::Malformed => "malformed",
        RefusalCode::WrongPlace => "wrong_place",
    }
}

/// A session's end, in one word.
pub fn end_reason(end: &SessionEnd) -> &'static str {
    match end {
        SessionEnd::Connection(closed) if closed.is_done() => "done",
        SessionEnd::Connection(_) => "connection",
        SessionEnd::Here(CloseReason::NotAdmitted) => "not_admitted",
        SessionEnd::Here(CloseReason::WrongOrganisation) => "wrong_organisation",
        SessionEnd::Here(CloseReason::VersionUnknown) => "version_unknown",
        SessionEnd::Here(CloseReason::Malformed) | SessionEnd::Receive(_) => "malformed",
        SessionEnd::Here(CloseReason::TooSlow) => "too_slow",
        SessionEnd::Here(CloseReason::Removed) => "removed",
        SessionEnd::Here(CloseReason::Reopened) => "reopened",
        SessionEnd::Send(_) => "send",
        SessionEnd::FellBehind => "fell_behind",
        SessionEnd::Store(_) => "store",
        SessionEnd::Shutdown => "shutdown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_rendered() {
        let meters = Meters::new();
        meters.claim("accepted");
        let readings = Readings { sessions: 3, strangers: 1, store_bytes: 4096, sent_bytes: 77, ..Readings::default() };
        let text = meters.render(&readings);
        for line in [
            "comptoir_relay_claims_total{outcome=\"accepted\"} 1",
            "comptoir_relay_refused_entries_total{code=\"forked\"} 0",
            "comptoir_relay_sessions{state=\"named\"} 3",
            "comptoir_relay_sessions{state=\"stranger\"} 1",
            "comptoir_relay_store_bytes 4096",
            "comptoir_relay_sent_bytes_total 77",
            "comptoir_relay_stored_entries_total 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn relays_of_one_process_count_apart() {
        let (one, other) = (Meters::new(), Meters::new());
        one.claim("accepted");
        assert!(!other.render(&Readings::default()).contains("accepted"));
    }
}
