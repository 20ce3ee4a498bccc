//! F6: a flipped bit is noticed, never applied or served on, and repaired by the same entry from a peer.

use super::*;
use comptoir_sync_protocol::vector::Vector;

fn flip(sites: &Sites, site: usize, hash: [u8; 32], byte: usize) {
    let raw = rusqlite::Connection::open(sites.path(site)).unwrap();
    let mut bytes: Vec<u8> =
        raw.query_row("SELECT bytes FROM entries WHERE hash = ?1", [hash], |row| row.get(0)).unwrap();
    let place = byte % bytes.len();
    bytes[place] ^= 0x40;
    assert_eq!(raw.execute("UPDATE entries SET bytes = ?1 WHERE hash = ?2", (bytes, hash)).unwrap(), 1);
}

#[test]
fn f06_a_flipped_bit_is_never_served_and_the_entry_is_fetched_again() {
    let mut sites = Sites::new(2, 40);
    let id = sites.new_note(0, "whole");
    sites.set(0, id, "title", "second");
    sites.settle();
    let scope = sites.shared();
    let all = sites.replicas[0].read_missing(scope, &Vector::default(), usize::MAX).unwrap();
    let len = all[0].1.len();
    for byte in [0, 5, len / 3, len / 2, len - 1] {
        let head = all[0].0;
        flip(&sites, 1, head.hash.0, byte);
        let served = sites.replicas[1].read_missing(scope, &Vector::default(), usize::MAX).unwrap();
        if byte == len / 2 {
            // `verify` finds it too, and names it.
            let report = sites.replicas[1].verify().unwrap();
            assert_eq!(report.damaged.iter().map(|finding| finding.head).collect::<Vec<_>>(), [head]);
            assert!(!report.is_sound());
        }
        assert!(served.is_empty(), "byte {byte}: neither it nor what attaches to it");
        assert!(sites.replicas[1].read_wanted(scope, &[head.hash]).unwrap().is_empty());
        assert_eq!(sites.replicas[1].view().wanted[&scope], [head.hash]);
        assert!(sites.replicas[1].rebuild().is_err(), "what it did would be lost");
        let healthy = sites.replicas[0].read_wanted(scope, &sites.replicas[1].view().wanted[&scope]).unwrap();
        let entries = healthy.iter().map(|(_, bytes)| Entry::decode(bytes).unwrap()).collect();
        let report = sites.replicas[1].admit(scope, entries, NOW_MS).unwrap();
        assert!(report.admitted.refused.is_empty());
        assert!(sites.replicas[1].wanted().is_empty());
        let again = sites.replicas[1].read_missing(scope, &Vector::default(), usize::MAX).unwrap();
        assert_eq!(again, all, "byte {byte}");
        assert!(sites.replicas[1].rebuild().unwrap().changed.is_empty());
    }
    sites.assert_alike();
    assert!(sites.replicas[1].verify().unwrap().is_sound());
}

#[test]
fn f06_the_roster_is_repaired_too() {
    let mut sites = Sites::new(2, 41);
    let scope = comptoir_sync_protocol::roster::scope_id();
    let digests = sites.replicas[1].digests();
    let heads: Vec<_> = sites.organisation.roster.iter().map(Entry::head).collect();
    for head in &heads {
        flip(&sites, 1, head.hash.0, 200);
    }
    drop(sites.replicas.pop());
    let options = sites.organisation.sites[1].options(&sites.organisation, Default::default());
    let replica = Replica::open(&sites.path(1), Notes, options, &mut sites.rng).unwrap();
    assert_eq!(replica.wanted()[&scope].len(), heads.len(), "noticed on opening");
    assert_eq!(replica.verify().unwrap().damaged.len(), heads.len());
    let wanted = replica.view().wanted[&scope].clone();
    let served = sites.replicas[0].read_wanted(scope, &wanted).unwrap();
    for (_, bytes) in served {
        replica.admit(scope, vec![Entry::decode(&bytes).unwrap()], NOW_MS).unwrap();
    }
    assert!(replica.wanted().is_empty());
    assert_eq!((replica.roster(), replica.digests()), (sites.replicas[0].roster(), digests));
    assert!(replica.verify().unwrap().is_sound());
    sites.replicas.push(replica);
    sites.new_note(1, "goes on");
    sites.settle();
    sites.assert_alike();
}

#[test]
fn an_entry_that_was_set_aside_wrongly_counts_once_it_is_judged_again() {
    let mut sites = Sites::new(2, 43);
    let id = sites.new_note(0, "counts");
    sites.settle();
    let scope = sites.shared();
    let head = sites.replicas[0].read_missing(scope, &Vector::default(), usize::MAX).unwrap()[0].0;
    assert_eq!(sites.replicas[1].judge_again(&head.hash).unwrap(), None, "it is not set aside");
    // As an older version, or a fault of the program, may have left it.
    let raw = rusqlite::Connection::open(sites.path(1)).unwrap();
    assert_eq!(raw.execute("UPDATE entries SET standing = 1 WHERE hash = ?1", [head.hash.0]).unwrap(), 1);
    let all = [sites.replicas[1].quarantined().unwrap(), sites.replicas[1].parked().unwrap()].concat();
    assert_eq!(all.iter().map(|entry| entry.head).collect::<Vec<_>>(), [head]);
    assert_eq!(sites.replicas[1].judge_again(&head.hash).unwrap(), Some(true));
    assert_eq!(sites.winner(1, id, "title"), "counts".into());
    sites.assert_alike();
    assert!(sites.replicas[1].verify().unwrap().is_sound());
}

#[test]
fn verify_finds_what_was_planted_and_leaves_everything_as_it_was() {
    let mut sites = Sites::new(2, 42);
    let id = sites.new_note(0, "one");
    sites.new_note(0, "two");
    sites.settle();
    let report = sites.replicas[1].verify().unwrap();
    assert!(report.is_sound() && report.records == 2 && report.entries > 2, "{report:?}");
    let plant = |sql: &str| {
        let raw = rusqlite::Connection::open(sites.path(1)).unwrap();
        assert!(raw.execute(sql, []).unwrap() > 0, "{sql}");
        let report = sites.replicas[1].verify().unwrap();
        assert!(!report.is_sound(), "{sql}");
        assert_eq!(sites.replicas[1].verify().unwrap(), report, "a look changes nothing");
        report
    };
    let report = plant("UPDATE notes SET title = 'three' WHERE title = 'two'");
    assert_eq!((report.states_differ, report.records_differ.len()), (vec!["organisation".to_owned()], 0));
    sites.replicas[1].rebuild().unwrap();
    let report = plant("UPDATE records SET cells = (SELECT max(cells) FROM records)");
    assert_eq!(report.records_differ.len(), 1);
    sites.replicas[1].rebuild().unwrap();
    assert!(sites.replicas[1].verify().unwrap().is_sound());
    let report = plant("UPDATE entries SET bytes = zeroblob(64) WHERE position = (SELECT max(position) FROM entries)");
    assert_eq!(report.damaged.len(), 1);
    assert_eq!(sites.winner(1, id, "title"), "one".into());
}
