//! What a replica says before anything is read or written.

use super::*;
use crate::{AppendError, OpenError, Options};
use comptoir_sync_protocol::ids::{Incarnation, OrganisationId, SiteId};

fn options(sites: &Sites, site: usize) -> Options {
    sites.organisation.sites[site].options(&sites.organisation, Incarnation([9; 8]))
}

#[test]
fn it_remembers_whose_it_is_and_where_it_stood() {
    let mut sites = Sites::new(2, 20);
    let id = sites.new_note(0, "kept");
    let (writer, digests, states) =
        (sites.replicas[0].writer(), sites.replicas[0].digests(), sites.replicas[0].states().unwrap());
    sites.replicas.clear();
    let again = Replica::open(&sites.path(0), Notes, options(&sites, 0), &mut sites.rng).unwrap();
    assert_eq!((again.writer(), again.digests(), again.states().unwrap()), (writer, digests, states));
    assert_eq!(again.history(id).unwrap().len(), 1);
    drop(again);
    let mut other = options(&sites, 0);
    other.organisation = OrganisationId([1; 32]);
    let refused = Replica::open(&sites.path(0), Notes, other, &mut sites.rng).unwrap_err();
    assert!(matches!(refused, OpenError::OtherOrganisation { .. }));
    let refused = Replica::open(&sites.path(0), Notes, options(&sites, 1), &mut sites.rng).unwrap_err();
    assert!(matches!(refused, OpenError::OtherSite { .. }));
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let mut sites = Sites::new(1, 21);
    sites.replicas.clear();
    let raw = rusqlite::Connection::open(sites.path(0)).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let refused = Replica::open(&sites.path(0), Notes, options(&sites, 0), &mut sites.rng).unwrap_err();
    assert!(matches!(refused, OpenError::NewerVersion { found: 99, .. }), "{refused}");
    let raw = rusqlite::Connection::open(sites.path(0)).unwrap();
    let version: i64 = raw.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

#[test]
fn a_file_that_is_no_database_is_called_damaged() {
    let mut sites = Sites::new(1, 22);
    sites.replicas.clear();
    std::fs::write(sites.path(0), vec![7; 8_192]).unwrap();
    let refused = Replica::open(&sites.path(0), Notes, options(&sites, 0), &mut sites.rng).unwrap_err();
    assert!(matches!(refused, OpenError::Storage(crate::StorageError::Damaged(_))), "{refused:?}");
}

#[test]
fn without_an_identity_nothing_is_written() {
    let mut sites = Sites::new(1, 23);
    let id = sites.new_note(0, "seen");
    sites.replicas.clear();
    let mut inspecting = options(&sites, 0);
    inspecting.identity = None;
    let absent = sites.path(7);
    let refused = Replica::open(&absent, Notes, inspecting.clone(), &mut sites.rng).unwrap_err();
    assert!(matches!(refused, OpenError::Absent) && !absent.exists());
    let replica = Replica::open(&sites.path(0), Notes, inspecting, &mut sites.rng).unwrap();
    assert_eq!(replica.site(), sites.organisation.sites[0].site);
    assert!(replica.find_record(id).unwrap().is_some());
    let request = Append::new(sites.shared(), AUTHOR, "test");
    let refused = replica.append_edits(request, vec![], NOW_MS, &mut sites.rng).unwrap_err();
    assert!(matches!(refused, AppendError::Inspecting));
    assert!(replica.admit(sites.shared(), vec![], NOW_MS).is_err());
}

#[test]
fn what_others_would_quarantine_is_not_written() {
    let mut sites = Sites::new(2, 24);
    let scope = sites.shared();
    let request = Append::new(scope, AUTHOR, "test");
    let mut mint = sites.replicas[1].mint(scope);
    let (one, other) = (mint.create(NOW_MS, &mut sites.rng), mint.create(NOW_MS, &mut sites.rng));
    let rate = vec![Edit::create("note", one, note_puts("a", "b")), Edit::create("rate", other, note_puts("a", "b"))];
    let refused = sites.replicas[1].append_edits(request, rate, NOW_MS, &mut sites.rng).unwrap_err();
    assert!(matches!(refused, AppendError::WouldBeQuarantined(_)), "{refused}");
    // Nothing of the command is there, and the next one finds everything as it was.
    assert!(sites.replicas[1].record(scope, one).unwrap().is_none());
    let unknown = vec![Edit::change("note", one, note_puts("a", "b"))];
    let refused = sites.replicas[1].append_edits(request, unknown, NOW_MS, &mut sites.rng).unwrap_err();
    assert!(matches!(refused, AppendError::NoSuchRecord { .. }));
    let foreign = Append { scope: ScopeId([1; 16]), ..request };
    let refused = sites.replicas[1].append_edits(foreign, vec![], NOW_MS, &mut sites.rng);
    assert!(refused.is_ok(), "no edits, no entry");
    let edits = vec![Edit::create("note", one, note_puts("a", "b"))];
    let refused = sites.replicas[1].append_edits(foreign, edits, NOW_MS, &mut sites.rng).unwrap_err();
    assert!(matches!(refused, AppendError::NotMember(_)));
    let refused = sites.replicas[1].append(request, NOW_MS, &mut sites.rng, |_| Err::<Vec<Edit>, _>("no"));
    assert!(matches!(refused.unwrap_err(), AppendError::Refused("no")));
    assert!(sites.replicas[1].site() != SiteId::default());
    sites.new_note(1, "works");
    assert_eq!(sites.replicas[1].outbox_len().unwrap(), 1);
}
