//! How the sites stand, in the words of Prometheus: gauges by site, made anew at each scrape so that a site that is gone leaves none behind.
//! Owns names, labels and rendering.

use metrics::{Key, Label, Recorder};

use super::help;
use super::meters::METADATA;
use crate::alarms::AlarmKind;
use crate::alarms::book::Alarm;
use crate::front::Standing;

/// The text that Prometheus reads, of the sites that stand and of the alarms that hold.
pub fn render(standings: &[Standing], alarms: &[Alarm], now_ms: i64) -> String {
    let recorder = help::recorder();
    let set = |name: &'static str, label: (&'static str, String), value: f64| {
        let key = Key::from_parts(name, vec![Label::new(label.0, label.1)]);
        recorder.register_gauge(&key, &METADATA).set(value);
    };
    for standing in standings.iter().filter(|standing| standing.removed.is_none()) {
        let of_site = |name: &'static str, value: f64| set(name, ("site", standing.code().to_owned()), value);
        of_site("comptoir_relay_site_connected", f64::from(u8::from(standing.since_ms.is_some())));
        if let Some(seen_ms) = standing.seen_ms {
            of_site("comptoir_relay_site_unseen_seconds", now_ms.saturating_sub(seen_ms).max(0) as f64 / 1_000.0);
        }
        let Some(told) = &standing.told else { continue };
        let health = &told.health;
        let gauges: [(&'static str, f64); 9] = [
            ("comptoir_relay_site_report_age_seconds", now_ms.saturating_sub(told.at_ms).max(0) as f64 / 1_000.0),
            ("comptoir_relay_site_outbox_entries", health.outbox_entries as f64),
            ("comptoir_relay_site_lag_entries", standing.lag.unwrap_or_default() as f64),
            ("comptoir_relay_site_inbox_items", health.inbox_items as f64),
            ("comptoir_relay_site_conflicts", health.conflicts as f64),
            ("comptoir_relay_site_quarantined_entries", health.quarantined_entries as f64),
            ("comptoir_relay_site_parked_entries", health.parked_entries as f64),
            ("comptoir_relay_site_store_bytes", health.store_bytes as f64),
            ("comptoir_relay_site_clock_skew_seconds", told.clock_skew_ms() as f64 / 1_000.0),
        ];
        gauges.into_iter().for_each(|(name, value)| of_site(name, value));
        if let Some(free) = health.disk_free_bytes {
            of_site("comptoir_relay_site_disk_free_bytes", free as f64);
        }
        if let Some(backup_ms) = told.backup_ms() {
            of_site("comptoir_relay_site_backup_age_seconds", now_ms.saturating_sub(backup_ms).max(0) as f64 / 1_000.0);
        }
    }
    for kind in AlarmKind::ALL {
        let count = alarms.iter().filter(|alarm| alarm.kind == kind).count();
        set("comptoir_relay_alarms", ("kind", kind.name().to_owned()), count as f64);
    }
    recorder.handle().render()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use comptoir_sync_protocol::SiteId;
    use comptoir_sync_protocol::health::Health;
    use comptoir_sync_protocol::roster::{Site, SiteKeys, SiteProfile};

    use super::*;
    use crate::health::Told;

    fn standing(code: &str) -> Standing {
        let profile = SiteProfile {
            code: code.into(),
            name: code.into(),
            country: "SN".into(),
            jurisdiction: "SN".into(),
            time_zone: "Africa/Dakar".into(),
            currency: "XOF".into(),
            locale: "fr-SN".into(),
        };
        let keys = SiteKeys { tls_pin: [0; 32], signing: [0; 32], sealing: [0; 32] };
        let site = Site { id: SiteId([1; 16]), profile, keys, headquarters: false };
        Standing { site, removed: None, since_ms: None, seen_ms: Some(5_000), held: None, told: None, lag: None }
    }

    #[test]
    fn each_site_that_stands_has_its_gauges_and_no_other() {
        let health = Health {
            at_ms: 10_000,
            outbox_entries: 7,
            disk_free_bytes: Some(9),
            backup_at_ms: Some(6_000),
            ..Health::default()
        };
        let told = Arc::new(Told { at_ms: 8_000, health });
        let mut gone = standing("GONE");
        gone.removed = Some(true);
        let here = Standing { since_ms: Some(1), told: Some(told), lag: Some(3), ..standing("DKR") };
        let text = render(&[here, standing("NEW"), gone], &[], 10_000);
        for line in [
            "comptoir_relay_site_connected{site=\"DKR\"} 1",
            "comptoir_relay_site_connected{site=\"NEW\"} 0",
            "comptoir_relay_site_unseen_seconds{site=\"NEW\"} 5",
            "comptoir_relay_site_outbox_entries{site=\"DKR\"} 7",
            "comptoir_relay_site_lag_entries{site=\"DKR\"} 3",
            "comptoir_relay_site_clock_skew_seconds{site=\"DKR\"} 2",
            "comptoir_relay_site_disk_free_bytes{site=\"DKR\"} 9",
            "comptoir_relay_site_backup_age_seconds{site=\"DKR\"} 6",
            "comptoir_relay_alarms{kind=\"silent-site\"} 0",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
        }
        assert!(!text.contains("GONE") && !text.contains("outbox_entries{site=\"NEW\"}"), "{text}");
    }
}
