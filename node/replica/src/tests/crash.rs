//! F1: killed at any point of a commit, every acknowledged entry is there, others whole or absent.

use super::*;
use crate::{Durability, Options};
use comptoir_sync_protocol::ids::Incarnation;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const BEFORE: [&str; 2] = ["append.before-commit", "admit.before-commit"];

fn options(sites: &Sites, site: usize, point: &'static str, armed: &Arc<AtomicBool>) -> Options {
    let armed = armed.clone();
    let failpoint = move |reached: &'static str| {
        // Stands for a crash: the transaction is dropped where it was.
        assert!(reached != point || !armed.load(Ordering::SeqCst), "crash at {point}");
    };
    let options = sites.organisation.sites[site].options(&sites.organisation, Incarnation([site as u8 + 1; 8]));
    Options { failpoint: Some(Arc::new(failpoint)), durability: Durability::Full, ..options }
}

#[test]
fn f01_a_crash_at_any_point_loses_nothing_that_was_acknowledged() {
    for point in ["append.before-commit", "append.after-commit", "admit.before-commit", "admit.after-commit"] {
        let mut sites = Sites::new(2, 30);
        let acknowledged = sites.new_note(0, "acknowledged");
        sites.send(0, 1, sites.shared());
        let from_other = sites.new_note(0, "arriving");
        let arriving = sites.missing(0, 1, sites.shared());
        let (path, scope) = (sites.path(1), sites.shared());
        drop(sites.replicas.pop());
        let armed = Arc::new(AtomicBool::new(false));
        let options = options(&sites, 1, point, &armed);
        let replica = Replica::open(&path, Notes, options.clone(), &mut sites.rng).unwrap();
        armed.store(true, Ordering::SeqCst);
        let own = replica.mint(scope).create(NOW_MS, &mut sites.rng);
        let crashed = catch_unwind(AssertUnwindSafe(|| {
            let request = Append::new(scope, AUTHOR, "test");
            let edits = vec![Edit::create("note", own, note_puts("own", "body"))];
            replica.append_edits(request, edits, NOW_MS, &mut sites.rng).unwrap();
            replica.admit(scope, arriving.clone(), NOW_MS).unwrap();
        }));
        assert!(crashed.is_err(), "{point} was reached");
        armed.store(false, Ordering::SeqCst);
        let expect = |replica: &Replica<Notes>| {
            let has = |id| replica.record(scope, id).unwrap().is_some();
            assert!(has(acknowledged), "{point}");
            assert_eq!(has(own), point != "append.before-commit", "{point}");
            assert_eq!(has(from_other), point == "admit.after-commit", "{point}");
            assert!(replica.rebuild().unwrap().changed.is_empty(), "{point}");
        };
        // The same process, had only the thread died; then a new one.
        expect(&replica);
        drop(replica);
        let replica = Replica::open(&path, Notes, options, &mut sites.rng).unwrap();
        expect(&replica);
        assert!(BEFORE.contains(&point) || replica.outbox_len().unwrap() == 1);
        // And on it goes: the chain is whole.
        sites.replicas.push(replica);
        sites.new_note(1, "after");
        sites.settle();
        sites.assert_alike();
    }
}
