//! What every home of the logs must do, as one test that runs over any store. Owns the cases; opens no store itself.
#![allow(clippy::unwrap_used)]

use std::ops::RangeInclusive;
use std::sync::Arc;

use comptoir_sync_protocol::{Epoch, Hash, LogHead, ScopeId, SiteId, Vector, Writer};

use super::{Appended, LogStore, NewEntry, ReadBounds};

pub(crate) const SCOPE: ScopeId = ScopeId([1; 16]);
const OTHER: ScopeId = ScopeId([2; 16]);
const ALL: ReadBounds = ReadBounds { most_entries: usize::MAX, most_bytes: usize::MAX };

pub(crate) fn writer(site: u8) -> Writer {
    Writer { site: SiteId([site; 16]), epoch: Epoch([7; 8]) }
}

fn hash(site: u8, seq: u64) -> Hash {
    let mut hash = [site; 32];
    hash[..8].copy_from_slice(&seq.to_be_bytes());
    if seq == 0 { Hash::default() } else { Hash(hash) }
}

/// A piece of a site's log; entry `seq` has `10 × seq` bytes.
pub(crate) fn log(site: u8, seqs: RangeInclusive<u64>) -> Vec<NewEntry> {
    seqs.map(|seq| NewEntry {
        head: LogHead { writer: writer(site), seq, hash: hash(site, seq) },
        previous: hash(site, seq - 1),
        verified: seq % 2 == 0,
        bytes: vec![site; 10 * usize::try_from(seq).unwrap()],
    })
    .collect()
}

fn places(store: &impl LogStore, have: &Vector, bounds: ReadBounds) -> Vec<(u8, u64)> {
    let entries = store.read(SCOPE, have, bounds).unwrap();
    entries.iter().map(|entry| (entry.head.writer.site.0[0], entry.head.seq)).collect()
}

/// Runs every case, each over a store of its own. `open` also returns what must outlive the store.
pub(crate) fn holds<S: LogStore, K>(open: impl Fn() -> (S, K)) {
    appends_and_tells(&open().0);
    compares_before_it_appends(&open().0);
    all_or_nothing(&open().0);
    reads_in_order_of_arrival(&open().0);
    reads_within_bounds(&open().0);
    finds_and_mends(&open().0);
    scopes_are_apart(&open().0);
    racing_writers_leave_one_log(open().0);
}

fn appends_and_tells(store: &impl LogStore) {
    assert!(store.vectors().unwrap().is_empty());
    assert_eq!(store.append(SCOPE, &log(1, 1..=3)).unwrap(), Appended::Done);
    assert_eq!(store.append(SCOPE, &[]).unwrap(), Appended::Done);
    let vectors = store.vectors().unwrap();
    assert_eq!(vectors[&SCOPE].get(&writer(1)).unwrap().hash, hash(1, 3));
    let entry = store.at(SCOPE, writer(1), 2).unwrap().unwrap();
    assert_eq!((entry.head.hash, entry.verified, entry.bytes), (hash(1, 2), true, vec![1; 20]));
    assert!(!store.at(SCOPE, writer(1), 1).unwrap().unwrap().verified);
    assert_eq!(store.at(SCOPE, writer(1), 4).unwrap(), None);
    assert!(store.size_bytes() > 0);
}

fn compares_before_it_appends(store: &impl LogStore) {
    let elsewhere = |head| Appended::Elsewhere { writer: writer(1), head };
    assert_eq!(store.append(SCOPE, &log(1, 2..=2)).unwrap(), elsewhere(None), "a gap at the beginning");
    store.append(SCOPE, &log(1, 1..=2)).unwrap();
    let head = Some(LogHead { writer: writer(1), seq: 2, hash: hash(1, 2) });
    assert_eq!(store.append(SCOPE, &log(1, 2..=2)).unwrap(), elsewhere(head), "the same again");
    assert_eq!(store.append(SCOPE, &log(1, 4..=4)).unwrap(), elsewhere(head), "a gap");
    let mut fork = log(1, 3..=3);
    fork[0].previous = Hash([9; 32]);
    assert_eq!(store.append(SCOPE, &fork).unwrap(), elsewhere(head), "another past");
    assert_eq!(store.append(SCOPE, &log(1, 3..=3)).unwrap(), Appended::Done);
}

fn all_or_nothing(store: &impl LogStore) {
    let mut entries = [log(1, 1..=2), log(2, 1..=1)].concat();
    entries.extend(log(1, 4..=4));
    assert_eq!(store.append(SCOPE, &entries).unwrap(), Appended::Elsewhere { writer: writer(1), head: None });
    assert!(store.vectors().unwrap().is_empty());
    assert!(places(store, &Vector::default(), ALL).is_empty());
}

fn reads_in_order_of_arrival(store: &impl LogStore) {
    store.append(SCOPE, &log(2, 1..=1)).unwrap();
    store.append(SCOPE, &[log(1, 1..=2), log(2, 2..=2)].concat()).unwrap();
    store.append(SCOPE, &log(3, 1..=1)).unwrap();
    assert_eq!(places(store, &Vector::default(), ALL), [(2, 1), (1, 1), (1, 2), (2, 2), (3, 1)]);
    let have: Vector = [log(1, 1..=1), log(2, 2..=2)].concat().iter().map(|entry| entry.head).collect();
    assert_eq!(places(store, &have, ALL), [(1, 2), (3, 1)]);
    let beyond: Vector = [log(1, 9..=9), log(2, 9..=9), log(4, 9..=9)].concat().iter().map(|e| e.head).collect();
    assert_eq!(places(store, &beyond, ALL), [(3, 1)], "what is held further than here is passed over");
}

fn reads_within_bounds(store: &impl LogStore) {
    store.append(SCOPE, &[log(1, 1..=3), log(2, 1..=1)].concat()).unwrap();
    let bounds = |most_entries, most_bytes| ReadBounds { most_entries, most_bytes };
    assert_eq!(places(store, &Vector::default(), bounds(2, usize::MAX)), [(1, 1), (1, 2)]);
    assert_eq!(places(store, &Vector::default(), bounds(9, 59)), [(1, 1), (1, 2)]);
    assert_eq!(places(store, &Vector::default(), bounds(9, 60)), [(1, 1), (1, 2), (1, 3)]);
    assert_eq!(places(store, &Vector::default(), bounds(0, 0)), [(1, 1)], "one at least");
}

fn finds_and_mends(store: &impl LogStore) {
    store.append(SCOPE, &log(1, 1..=3)).unwrap();
    let found = store.find(SCOPE, &[hash(1, 3), hash(5, 5), hash(1, 1)], ALL).unwrap();
    assert_eq!(found.iter().map(|entry| entry.head.seq).collect::<Vec<_>>(), [3, 1]);
    assert!(store.find(OTHER, &[hash(1, 3)], ALL).unwrap().is_empty());
    let head = LogHead { writer: writer(1), seq: 2, hash: hash(1, 2) };
    assert!(store.mend(SCOPE, head, b"whole").unwrap());
    assert_eq!(store.at(SCOPE, writer(1), 2).unwrap().unwrap().bytes, b"whole");
    assert!(!store.mend(SCOPE, LogHead { hash: hash(1, 1), ..head }, b"foreign").unwrap());
    assert!(!store.mend(OTHER, head, b"foreign").unwrap());
}

fn scopes_are_apart(store: &impl LogStore) {
    store.append(SCOPE, &log(1, 1..=2)).unwrap();
    assert_eq!(store.append(OTHER, &log(1, 1..=1)).unwrap(), Appended::Done);
    assert_eq!(store.vectors().unwrap()[&OTHER].seq(&writer(1)), 1);
    assert_eq!(places(store, &Vector::default(), ALL), [(1, 1), (1, 2)]);
}

/// Of those who append at one place, one succeeds.
fn racing_writers_leave_one_log(store: impl LogStore) {
    const RACERS: usize = 4;
    let store = Arc::new(store);
    let racers: Vec<_> = (0..RACERS)
        .map(|_| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let won = |seq| store.append(SCOPE, &log(1, seq..=seq)).unwrap() == Appended::Done;
                (1..=20).filter(|seq| won(*seq)).count()
            })
        })
        .collect();
    let won: usize = racers.into_iter().map(|racer| racer.join().unwrap()).sum();
    let held = store.vectors().unwrap()[&SCOPE].seq(&writer(1));
    assert_eq!(won as u64, held, "each place was won once");
    assert_eq!(places(&*store, &Vector::default(), ALL).len() as u64, held);
}
