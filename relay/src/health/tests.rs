//! The board: whose word is taken, and what is kept of it.
#![allow(clippy::unwrap_used)]
use std::time::Duration;

use comptoir_sync_protocol::health::{JournalLine, ScopeHealth};
use comptoir_sync_protocol::testing::TestOrganisation;

use super::*;
use crate::limits::{HEALTH_SAMPLE_INTERVAL_MS, HEALTH_SAMPLE_KEPT_MS};

const NOW_MS: i64 = 1_780_000_000_000;

struct World {
    organisation: TestOrganisation,
    roster: std::sync::Arc<Roster>,
    directory: tempfile::TempDir,
    board: Board,
}

fn world() -> World {
    let organisation = TestOrganisation::found(2, 5);
    let directory = tempfile::tempdir().unwrap();
    let board = Board::open(&directory.path().join("health.sqlite"), Changes::default()).unwrap();
    World { roster: organisation.history().current(), organisation, directory, board }
}

impl World {
    fn report(&self, site: usize, health: &Health) -> HealthReport {
        let site = &self.organisation.sites[site];
        HealthReport::sign(&self.organisation.id, site.id, health, &site.signing)
    }

    fn hear(&self, peer: usize, report: &HealthReport, now_ms: i64) -> Result<Arc<Told>, NotTaken> {
        let peer = Party::Site(self.organisation.sites[peer].id);
        let trade = self.organisation.scope("trade");
        self.board.hear((&self.roster, &[(trade, 10)]), Some(peer), report, now_ms)
    }
}

#[test]
fn what_a_site_tells_moments_of_is_told_by_the_relays_clock() {
    let world = world();
    let (ahead, line) = (3 * 86_400_000, |at_ms| JournalLine {
        at_ms,
        error: true,
        part: "comptoir_node::node".into(),
        text: "the node cannot go on".into(),
        code: Some("disk-full".into()),
        times: 2,
    });
    let now_there = NOW_MS + ahead;
    let journal = Some(vec![line(now_there - 60_000)]);
    let health = Health { at_ms: now_there, backup_at_ms: Some(now_there - 3_600_000), journal, ..Health::default() };
    let told = world.hear(0, &world.report(0, &health), NOW_MS).unwrap();
    assert_eq!((told.backup_ms(), told.journal()), (Some(NOW_MS - 3_600_000), vec![line(NOW_MS - 60_000)]));
    let never = Told { at_ms: NOW_MS, health: Health::default() };
    assert_eq!((never.backup_ms(), never.journal()), (None, vec![]));
}

#[test]
fn a_site_speaks_for_itself_alone_and_not_too_fast() {
    let world = world();
    let health = Health { at_ms: NOW_MS + 90_000, outbox_entries: 3, ..Health::default() };
    let (own, other) = (world.report(0, &health), world.report(1, &health));
    assert!(matches!(world.hear(0, &other, NOW_MS), Err(NotTaken::NotItsOwn)));
    assert!(matches!(world.board.hear((&world.roster, &[]), None, &own, NOW_MS), Err(NotTaken::NotItsOwn)));
    let forged = HealthReport { body: other.body, signature: [1; 64], ..own.clone() };
    assert!(matches!(world.hear(0, &forged, NOW_MS), Err(NotTaken::Report(HealthError::NotSigned))));
    assert_eq!(world.board.last(&own.site), None);
    let told = world.hear(0, &own, NOW_MS).unwrap();
    assert_eq!((told.clock_skew_ms(), world.board.last(&own.site)), (90_000, Some(told)));
    assert!(matches!(world.hear(0, &own, NOW_MS + HEALTH_GAP_MS - 1), Err(NotTaken::TooFast)));
    world.hear(0, &own, NOW_MS + HEALTH_GAP_MS).unwrap();
    // A relay whose clock was set back hears on.
    world.hear(0, &own, NOW_MS - 1).unwrap();
}

#[test]
fn what_was_told_outlives_the_process() {
    let world = world();
    let site = world.organisation.sites[0].id;
    let told = world.hear(0, &world.report(0, &Health { inbox_items: 7, ..Health::default() }), NOW_MS).unwrap();
    world.board.seen(&site, NOW_MS + 5).unwrap();
    let again = Board::open(&world.directory.path().join("health.sqlite"), Changes::default()).unwrap();
    assert_eq!(again.last(&site), Some(told));
    assert_eq!(again.last_seen().unwrap()[&site], NOW_MS + 5);
}

#[test]
fn samples_are_taken_at_intervals_and_kept_for_weeks() {
    let world = world();
    let trade = world.organisation.scope("trade");
    let site = world.organisation.sites[0].id;
    let tell = |entries: u64, outbox_entries: u64, at_ms: i64| {
        let scopes = vec![ScopeHealth { scope: trade, entries }];
        let report = world.report(0, &Health { at_ms, outbox_entries, scopes, ..Health::default() });
        world.hear(0, &report, at_ms).unwrap();
    };
    tell(4, 1, NOW_MS);
    tell(9, u64::MAX, NOW_MS + HEALTH_GAP_MS);
    tell(9, u64::MAX, NOW_MS + HEALTH_SAMPLE_INTERVAL_MS);
    let samples = world.board.samples(&site, 0).unwrap();
    let seen: Vec<(u64, u64)> = samples.iter().map(|sample| (sample.lag_entries, sample.outbox_entries)).collect();
    assert_eq!(seen, [(6, 1), (1, i64::MAX.unsigned_abs())]);
    assert_eq!(world.board.samples(&site, NOW_MS + 1).unwrap().len(), 1);
    tell(10, 0, NOW_MS + HEALTH_SAMPLE_INTERVAL_MS + HEALTH_SAMPLE_KEPT_MS + 1);
    let samples = world.board.samples(&site, 0).unwrap();
    assert_eq!(samples.len(), 1, "what is old goes");
    assert_eq!((samples[0].lag_entries, samples[0].clock_skew_ms), (0, 0));
}

#[test]
fn what_passes_is_kept_from_one_sample_to_the_next() {
    let world = world();
    let counted = |received_bytes, sessions| Counted { received_bytes, sessions, ..Counted::default() };
    let (first, second) = (counted(50, 4), counted(80, 3));
    // What passed is what was counted since; how many are here is how many are here.
    assert_eq!((second.after(&first), first.after(&second)), (counted(30, 3), counted(0, 4)));
    let busy = |at_ms, counted| Busy { at_ms, span: Duration::from_millis(HEALTH_SAMPLE_INTERVAL_MS as u64), counted };
    let (one, two) = (busy(NOW_MS, first), busy(NOW_MS + HEALTH_SAMPLE_INTERVAL_MS, second.after(&first)));
    world.board.busy(&one).unwrap();
    world.board.busy(&two).unwrap();
    assert_eq!(world.board.busy_since(0).unwrap(), [one, two]);
    assert_eq!(world.board.busy_since(NOW_MS + 1).unwrap(), [two]);
    // What is old goes, and a relay that was started anew finds the rest.
    let later = busy(two.at_ms + HEALTH_SAMPLE_KEPT_MS, counted(7, 0));
    let again = Board::open(&world.directory.path().join("health.sqlite"), Changes::default()).unwrap();
    again.busy(&later).unwrap();
    assert_eq!(world.board.busy_since(0).unwrap(), [two, later]);
}
