//! Kinds that headquarters writes, loosened by the organisation: every replica judges by what the writer knew.

use super::hostile::Forger;
use super::*;
use crate::record::Cells;
use crate::{AppendError, Verdict, VerdictCode};
use comptoir_sync_protocol::entry::EntryBuilder;
use comptoir_sync_protocol::ids::Epoch;
use comptoir_sync_protocol::payload::Operation;
use comptoir_sync_protocol::roster::{WritersClass, scope_id};

impl Sites {
    fn set_writers(&mut self, kind: &str, class: WritersClass) -> Result<crate::Appended, AppendError> {
        let admin = self.organisation.admin.clone();
        let by = (AUTHOR, "organisation.writers");
        let appended = self.replicas[0].set_writers((&admin, Epoch([3; 8])), kind, class, by, NOW_MS, &mut self.rng)?;
        (1..self.replicas.len()).for_each(|to| drop(self.send(0, to, scope_id())));
        Ok(appended)
    }

    fn create_rate(&mut self, site: usize) -> Result<RecordId, AppendError> {
        let id = self.replicas[site].mint(self.shared()).create(NOW_MS, &mut self.rng);
        let request = Append::new(self.shared(), AUTHOR, "test");
        let edits = vec![Edit::create("rate", id, note_puts("rate", "body"))];
        self.replicas[site].append_edits(request, edits, NOW_MS, &mut self.rng).map(|_| id)
    }
}

fn is_not_headquarters<T>(outcome: &Result<T, AppendError>) -> bool {
    let Err(AppendError::WouldBeQuarantined(Verdict::Quarantined { code, .. })) = outcome else { return false };
    *code == VerdictCode::NOT_HEADQUARTERS
}

#[test]
fn a_loosened_kind_is_written_by_every_member_until_it_is_taken_back() {
    let mut sites = Sites::new(3, 120);
    assert!(is_not_headquarters(&sites.create_rate(1)));
    assert_eq!(sites.set_writers("rate", WritersClass::Shared).unwrap().heads.len(), 1);
    assert!(sites.set_writers("rate", WritersClass::Shared).unwrap().heads.is_empty(), "it is so already");
    let scope = sites.shared();
    let of_site = sites.create_rate(1).unwrap();
    let of_headquarters = sites.create_rate(0).unwrap();
    sites.settle();
    let set = |id, value: &str| vec![Edit::change("rate", id, vec![("title".into(), value.into())])];
    sites.edit(2, scope, set(of_site, "by S02"));
    sites.edit(1, scope, set(of_headquarters, "by S01"));
    sites.settle();
    sites.assert_alike();
    for site in 0..3 {
        assert_eq!(sites.winner(site, of_site, "title"), "by S02".into());
        assert_eq!(sites.winner(site, of_headquarters, "title"), "by S01".into());
        assert!(sites.replicas[site].quarantined().unwrap().is_empty());
    }
    sites.set_writers("rate", WritersClass::Reference).unwrap();
    assert!(is_not_headquarters(&sites.create_rate(1)));
    // Headquarters takes over what others made meanwhile; and rebuilt, all stands as it was judged.
    sites.edit(0, scope, set(of_site, "by S00"));
    sites.settle();
    sites.assert_alike();
    assert_eq!(sites.winner(2, of_site, "title"), "by S00".into());
    assert!(sites.replicas[2].rebuild().unwrap().changed.is_empty());
}

#[test]
fn only_a_kind_that_headquarters_writes_can_be_loosened() {
    let mut sites = Sites::new(1, 121);
    for kind in ["journal", "note", "unheard-of"] {
        let refused = sites.set_writers(kind, WritersClass::Shared);
        assert!(matches!(refused, Err(AppendError::WritersFixed { kind: found }) if found == kind));
    }
    assert!(sites.set_writers("rate", WritersClass::Shared).is_ok());
}

/// An entry of S01 that creates a rate, by the roster as headquarters knows it now.
fn rate(forger: &mut Forger) -> EntryBuilder {
    let id = forger.sites.replicas[1].mint(forger.sites.shared()).create(NOW_MS, &mut forger.sites.rng);
    let creation: Operation = forger.change("rate", id, &Cells::new(), 1);
    forger.builder(vec![creation])
}

#[test]
fn an_entry_is_judged_by_the_roster_that_its_writer_knew() {
    let mut forger = Forger::new(122);
    let mut previous = None;
    let mut next = |forger: &mut Forger, builder: EntryBuilder| {
        let entry = forger.build(EntryBuilder { previous, ..builder });
        previous = Some((entry.header().seq, entry.hash()));
        entry
    };
    let scope = forger.sites.shared();
    let expect_delivered = |forger: &Forger, entry: &Entry| {
        for site in [0, 2] {
            let report = forger.sites.replicas[site].admit(scope, vec![entry.clone()], NOW_MS).unwrap();
            assert_eq!(report.delivered[0].records.len(), 1, "site {site}: {report:?}");
        }
        forger.sites.assert_pair_alike(0, 2);
    };
    // Written before it knew of the loosening, though it arrives after.
    let before = rate(&mut forger);
    forger.sites.set_writers("rate", WritersClass::Shared).unwrap();
    let entry = next(&mut forger, before);
    forger.expect_quarantined(&entry, "not_headquarters");
    let now = rate(&mut forger);
    let entry = next(&mut forger, now);
    expect_delivered(&forger, &entry);
    // Written before it knew that it was taken back.
    let unaware = rate(&mut forger);
    forger.sites.set_writers("rate", WritersClass::Reference).unwrap();
    let entry = next(&mut forger, unaware);
    expect_delivered(&forger, &entry);
    let aware = rate(&mut forger);
    let entry = next(&mut forger, aware);
    forger.expect_quarantined(&entry, "not_headquarters");
    // A replica that rebuilds concludes the same.
    for site in [0, 2] {
        assert!(forger.sites.replicas[site].rebuild().unwrap().changed.is_empty());
        assert_eq!(forger.sites.replicas[site].quarantined().unwrap().len(), 2);
    }
}
