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
}
