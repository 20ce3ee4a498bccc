//! Copies: one state of the database, whole, and nothing taken for one that is none.

use super::*;
use crate::{CopyOf, OpenError, StorageError};
use comptoir_sync_protocol::ids::Incarnation;

#[test]
fn a_copy_is_one_state_of_it_and_opens_as_it_would() {
    let mut sites = Sites::new(1, 30);
    let id = sites.new_note(0, "kept");
    let path = sites.path(7);
    sites.replicas[0].copy_to(&path).unwrap();
    let (writer, states) = (sites.replicas[0].writer(), sites.replicas[0].states().unwrap());
    sites.new_note(0, "later");
    let whose = CopyOf { organisation: sites.replicas[0].organisation(), site: sites.replicas[0].site() };
    assert_eq!(CopyOf::examine(&path).unwrap(), whose);
    let options = sites.organisation.sites[0].options(&sites.organisation, Incarnation([9; 8]));
    let copy = Replica::open(&path, Notes, options, &mut sites.rng).unwrap();
    assert_eq!((copy.writer(), copy.states().unwrap()), (writer, states));
    assert!(copy.find_record(id).unwrap().is_some() && copy.verify().unwrap().is_sound());
    // It replaces none.
    assert!(sites.replicas[0].copy_to(&path).is_err());
}

#[test]
fn what_is_no_copy_is_told() {
    let sites = Sites::new(1, 31);
    let (copy, broken) = (sites.path(7), sites.path(8));
    sites.replicas[0].copy_to(&copy).unwrap();
    let mut bytes = std::fs::read(&copy).unwrap();
    let place = bytes.len() / 2 / 4096 * 4096;
    bytes[place..place + 4096].fill(0x5a);
    std::fs::write(&broken, &bytes).unwrap();
    let told = CopyOf::examine(&broken).unwrap_err();
    let damaged = matches!(told, OpenError::CopyDamaged { .. } | OpenError::Storage(StorageError::Damaged(_)));
    assert!(damaged, "{told:?}");
    std::fs::write(&broken, b"").unwrap();
    assert!(CopyOf::examine(&broken).is_err());
    let raw = rusqlite::Connection::open(&copy).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    assert!(matches!(CopyOf::examine(&copy), Err(OpenError::NewerVersion { found: 99, .. })));
}
