//! What each figure is, in the words that Prometheus keeps beside its name. Owns these words; a figure without any is a failed test.

use metrics::{KeyName, Recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

/// Each figure, without [`PREFIX`], and what it is.
const HELP: &[(&str, &str)] = &[
    ("build_info", "Always 1; its label says which version runs."),
    ("start_time_seconds", "When the relay was started, in Unix time."),
    ("ready", "1 while the relay takes connections and can store what they bring, else 0."),
    ("connections", "Connections open, those in their handshake among them."),
    ("sessions", "Sessions open, of peers that the roster names and of strangers."),
    ("enrolments", "Enrolment connections open."),
    ("join_requests_waiting", "Join requests that headquarters has not answered."),
    ("scopes", "Scopes of which something is held."),
    ("entries", "Entries held."),
    ("damaged_entries", "Stored entries that suffered and are wanted again."),
    ("store_bytes", "Bytes that the store takes on disk."),
    ("disk_free_bytes", "Bytes free on the disk where the store lies."),
    ("received_bytes_total", "Frame bytes received from peers."),
    ("sent_bytes_total", "Frame bytes sent to peers."),
    ("stored_entries_total", "Entries taken in."),
    ("stored_bytes_total", "Bytes of entries taken in."),
    ("receipts_total", "Receipts signed for what was stored."),
    ("refused_entries_total", "Times that entries of a peer were refused, by why."),
    ("handshakes_refused_total", "Handshakes refused for want of room."),
    ("handshakes_failed_total", "Handshakes that failed."),
    ("turned_away_total", "Connections that were not served, by why."),
    ("sessions_ended_total", "Sessions that ended, by why."),
    ("health_reports_total", "Reports of sites on how they stand, by what became of them."),
    ("health_bytes_total", "Frame bytes of these reports."),
    ("claims_total", "Tries to take the relay into service, by how they ended."),
    ("enrolment_total", "Join requests, by what happened to them."),
    ("site_connected", "1 while a session of the site is open, else 0."),
    ("site_unseen_seconds", "For how long no session of the site was open."),
    ("site_report_age_seconds", "How old the site's last report on how it stands is."),
    ("site_outbox_entries", "Entries written at the site that no relay had acknowledged, by its last report."),
    ("site_lag_entries", "Entries that are here and were not at the site, by its last report."),
    ("site_inbox_items", "Items in the site's inbox, by its last report."),
    ("site_conflicts", "Items in the site's inbox that are conflicts, by its last report."),
    ("site_quarantined_entries", "Entries that the site has set aside because they break a rule, by its last report."),
    ("site_parked_entries", "Entries that the site's version cannot read yet, by its last report."),
    ("site_store_bytes", "Bytes that the site's database takes, by its last report."),
    ("site_backup_age_seconds", "Age of the site's last backup, as far as it knows of one."),
    ("site_disk_free_bytes", "Bytes free on the site's disk, by its last report."),
    ("site_clock_skew_seconds", "How far the site's clock is ahead of the relay's, by its last report."),
    ("alarms", "Alarms that hold, by kind."),
];

/// What every name begins with.
pub(super) const PREFIX: &str = "comptoir_relay_";

/// A recorder without figures, which knows what each would be.
pub(super) fn recorder() -> PrometheusRecorder {
    let recorder = PrometheusBuilder::new().build_recorder();
    for (name, help) in HELP {
        // The words are kept by name, whatever the kind.
        recorder.describe_gauge(KeyName::from(format!("{PREFIX}{name}")), None, (*help).into());
    }
    recorder
}
