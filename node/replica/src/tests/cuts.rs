//! Removed sites: what they write past their cut, what others built on it, and the same conclusion everywhere.

use std::collections::BTreeSet;

use super::*;
use crate::{AppendError, Appended, RemovalError, Removing};
use comptoir_sync_protocol::ids::Epoch;
use comptoir_sync_protocol::roster::scope_id;
use rand_core::Rng;

pub(super) const ADMIN_EPOCH: Epoch = Epoch([3; 8]);

impl Sites {
    /// Headquarters' admin does it, and its own replica alone knows.
    pub fn remove(&mut self, subject: usize, how: Removing) -> Result<Appended, RemovalError> {
        let (admin, subject) = (self.organisation.admin.clone(), self.organisation.sites[subject].site);
        let by = (AUTHOR, "site.remove");
        self.replicas[0].remove((&admin, ADMIN_EPOCH), subject, how, by, NOW_MS, &mut self.rng)
    }

    pub fn tell(&self, from: usize, to: usize) {
        let report = self.send(from, to, scope_id());
        assert!(report.admitted.refused.is_empty(), "{report:?}");
    }

    pub fn tell_all(&self) {
        (1..self.replicas.len()).for_each(|to| self.tell(0, to));
    }

    /// What a replica set aside: place and code.
    pub fn set_aside(&self, site: usize) -> Vec<(comptoir_sync_protocol::LogHead, String)> {
        aside(&self.replicas[site])
    }

    pub fn codes(&self, site: usize) -> Vec<String> {
        self.set_aside(site).into_iter().map(|(_, code)| code).collect()
    }

    pub fn has(&self, site: usize, id: RecordId) -> bool {
        self.replicas[site].record(self.shared(), id).unwrap().is_some()
    }

    fn try_note(&mut self, site: usize, title: &str) -> Result<RecordId, AppendError> {
        let id = self.replicas[site].mint(self.shared()).create(NOW_MS, &mut self.rng);
        let request = Append::new(self.shared(), AUTHOR, "test");
        let edits = vec![Edit::create("note", id, note_puts(title, "body"))];
        self.replicas[site].append_edits(request, edits, NOW_MS, &mut self.rng).map(|_| id)
    }
}

fn aside(replica: &Replica<Notes>) -> Vec<(comptoir_sync_protocol::LogHead, String)> {
    replica.quarantined().unwrap().into_iter().map(|aside| (aside.head, aside.code)).collect()
}

#[test]
fn f12_what_a_suspended_site_writes_on_counts_nowhere_until_it_is_resumed() {
    let mut sites = Sites::new(3, 200);
    let before = sites.new_note(1, "before");
    sites.settle();
    assert_eq!(sites.remove(1, Removing::Suspend).unwrap().heads.len(), 1);
    assert!(sites.remove(1, Removing::Suspend).unwrap().heads.is_empty(), "it is so already");
    sites.tell(0, 2);
    // It has not heard, writes on, and begins anew under the heads that it knows.
    let late = sites.new_note(1, "late");
    sites.set(1, before, "title", "changed late");
    sites.replicas[1].begin_epoch(&mut sites.rng).unwrap();
    let anew = sites.new_note(1, "in a new epoch");
    for to in [2, 0] {
        let report = sites.send(1, to, sites.shared());
        assert!(report.admitted.refused.is_empty(), "it is carried: {report:?}");
        assert_eq!(report.quarantined.len(), 3);
        assert_eq!(sites.codes(to), ["past_cut"; 3]);
        assert!(!sites.has(to, late) && !sites.has(to, anew));
        assert_eq!(sites.winner(to, before, "title"), "before".into());
    }
    sites.assert_pair_alike(0, 2);
    // Both write on; what was set aside stands in their past and does no harm.
    sites.set(2, before, "body", "by S02");
    sites.send(2, 0, sites.shared());
    assert_eq!(sites.winner(0, before, "body"), "by S02".into());
    sites.assert_pair_alike(0, 2);
    assert!(sites.replicas[2].rebuild().unwrap().changed.is_empty());
    assert!(sites.replicas[2].verify().unwrap().is_sound());
    // The site hears of it: it concludes the same, and can read but not write.
    sites.tell(0, 1);
    assert_eq!(sites.set_aside(1), sites.set_aside(0));
    assert!(!sites.has(1, late) && sites.has(1, before));
    assert!(matches!(sites.try_note(1, "refused"), Err(AppendError::Removed { revoked: false })));
    // Resumed, nothing that it wrote is lost, and it reads and writes under the new key.
    sites.remove(1, Removing::Resume).unwrap();
    sites.tell_all();
    sites.settle();
    sites.assert_alike();
    for site in 0..3 {
        assert!(sites.set_aside(site).is_empty(), "site {site}");
        assert!(sites.has(site, late) && sites.has(site, anew));
        assert_eq!(sites.winner(site, before, "title"), "changed late".into());
        assert!(sites.replicas[site].rebuild().unwrap().changed.is_empty());
    }
    let again = sites.try_note(1, "again").unwrap();
    sites.settle();
    assert!(sites.has(0, again) && sites.has(2, again));
    sites.assert_alike();
}

#[test]
fn f12_what_an_unaware_site_built_on_counts_and_no_more() {
    for aware_first in [false, true] {
        let mut sites = Sites::new(4, 201);
        let first = sites.new_note(1, "first");
        sites.settle();
        sites.remove(1, Removing::Revoke).unwrap();
        sites.tell(0, 3);
        let late = sites.new_note(1, "late");
        sites.send(1, 2, sites.shared());
        sites.set(2, late, "body", "S02 built on it");
        let later = sites.new_note(1, "later");
        // In one order headquarters has it set aside before it hears that somebody built on it; in the other not.
        if aware_first {
            sites.send(1, 0, sites.shared());
            assert_eq!(sites.codes(0), ["past_cut"; 2]);
        }
        let report = sites.send(2, 0, sites.shared());
        let changed: Vec<RecordId> = report.delivered.iter().flat_map(|at| &at.records).map(|(_, id)| *id).collect();
        assert!(changed.contains(&late) && report.quarantined.is_empty(), "{report:?}");
        assert_eq!(sites.winner(0, late, "body"), "S02 built on it".into());
        // S02 hears of it, and sees what comes after as all others do.
        sites.tell_all();
        sites.send(1, 2, sites.shared());
        sites.set(2, first, "body", "aware");
        sites.settle();
        sites.assert_pair_alike(0, 2);
        sites.assert_pair_alike(0, 3);
        for site in [0, 2, 3] {
            assert_eq!(sites.codes(site), ["past_cut"]);
            assert!(sites.has(site, late) && !sites.has(site, later));
            assert_eq!(sites.winner(site, first, "body"), "aware".into());
            assert!(sites.replicas[site].rebuild().unwrap().changed.is_empty());
        }
        assert!(matches!(sites.remove(1, Removing::Resume), Err(RemovalError::Revoked(_))), "a revocation is for good");
        // Adopted, the rest counts as well, and nothing that comes after.
        sites.remove(1, Removing::Adopt).unwrap();
        assert!(sites.remove(1, Removing::Adopt).unwrap().heads.is_empty());
        sites.tell_all();
        for site in [0, 2, 3] {
            assert!(sites.has(site, later) && sites.set_aside(site).is_empty());
        }
        assert!(matches!(sites.try_note(1, "refused"), Err(AppendError::Removed { revoked: true })));
    }
}

#[test]
fn f12_removed_sites_do_not_lift_each_other_by_what_does_not_count() {
    let mut sites = Sites::new(4, 202);
    sites.new_note(1, "one");
    sites.new_note(2, "two");
    sites.settle();
    // Both removed, neither knows: they go on exchanging.
    sites.remove(1, Removing::Revoke).unwrap();
    sites.remove(2, Removing::Revoke).unwrap();
    let collude = |sites: &mut Sites| {
        let late = sites.new_note(1, "late");
        sites.send(1, 2, sites.shared());
        sites.set(2, late, "body", "for S01");
        sites.send(2, 1, sites.shared());
        sites.set(1, late, "title", "for S02");
        sites.send(1, 2, sites.shared());
        late
    };
    let late = collude(&mut sites);
    sites.send(2, 0, sites.shared());
    assert_eq!(sites.codes(0), ["past_cut"; 3]);
    assert!(!sites.has(0, late));
    // One who stands and has not heard either built on all of it.
    sites.send(2, 3, sites.shared());
    sites.set(3, late, "body", "S03");
    sites.send(3, 0, sites.shared());
    assert!(sites.set_aside(0).is_empty());
    assert_eq!(sites.winner(0, late, "body"), "S03".into());
    // What counts of a removed site lifts: S02's cut was listed by who had its entry that builds on S01's.
    let mut sites = Sites::new(4, 203);
    sites.new_note(1, "one");
    sites.settle();
    sites.remove(1, Removing::Revoke).unwrap();
    let late = sites.new_note(1, "late");
    sites.send(1, 2, sites.shared());
    sites.set(2, late, "body", "unaware");
    sites.send(2, 0, sites.shared());
    assert!(sites.set_aside(0).is_empty(), "S02 stands");
    sites.remove(2, Removing::Revoke).unwrap();
    assert!(sites.set_aside(0).is_empty() && sites.has(0, late));
}

#[test]
fn who_cannot_be_removed_is_refused_with_a_reason() {
    let mut sites = Sites::new(2, 204);
    assert!(matches!(sites.remove(0, Removing::Suspend), Err(RemovalError::Protected(_))));
    assert!(matches!(sites.remove(1, Removing::Resume), Err(RemovalError::NotRemoved(_))));
    assert!(matches!(sites.remove(1, Removing::Adopt), Err(RemovalError::NotRemoved(_))));
    let (admin, by) = (sites.organisation.admin.clone(), (AUTHOR, "site.remove"));
    let nobody = comptoir_sync_protocol::SiteId([9; 16]);
    let refused = sites.replicas[0].remove((&admin, ADMIN_EPOCH), nobody, Removing::Revoke, by, NOW_MS, &mut sites.rng);
    assert!(matches!(refused, Err(RemovalError::Unknown(_))));
}

/// Whatever happens in whatever order, headquarters ends where a replica ends that gets all of it in another order.
fn quarrel(seed: u64) -> BTreeSet<&'static str> {
    const N: usize = 4;
    let mut sites = Sites::new(N, seed);
    let mut notes = vec![sites.new_note(0, "root of all")];
    sites.settle();
    let mut seen = BTreeSet::new();
    for step in 0..50 {
        let draw = |sites: &mut Sites, n: usize| sites.rng.next_u64() as usize % n;
        let (from, to) = (draw(&mut sites, N), draw(&mut sites, N));
        match draw(&mut sites, 16) {
            0..5 => notes.extend(sites.try_note(from, &format!("note {step}"))),
            5..8 => {
                let id = notes[draw(&mut sites, notes.len())];
                let edits =
                    vec![Edit::change("note", id, vec![("title".into(), format!("edit {step}").as_str().into())])];
                let request = Append::new(sites.shared(), AUTHOR, "test");
                let _ = sites.replicas[from].append_edits(request, edits, NOW_MS, &mut sites.rng);
            }
            8..12 if from != to => drop(sites.send(from, to, sites.shared())),
            12 if from != to => drop(sites.send(from, to, scope_id())),
            13 => drop(sites.replicas[from].begin_epoch(&mut sites.rng).unwrap()),
            14 if to != 0 => {
                let how =
                    [Removing::Suspend, Removing::Resume, Removing::Resume, Removing::Revoke][draw(&mut sites, 4)];
                drop(sites.remove(to, how));
            }
            15 if to != 0 => drop(sites.remove(to, Removing::Adopt)),
            _ => {}
        }
    }
    (1..N).for_each(|from| drop(sites.send(from, 0, sites.shared())));
    let codes: BTreeSet<String> = sites.codes(0).into_iter().collect();
    assert!(
        codes.iter().all(|code| code == "past_cut" || code == "cites_quarantined" || code.starts_with("change_")),
        "{codes:?}"
    );
    seen.extend((!codes.is_empty()).then_some("set aside"));
    seen.extend(
        sites.replicas[0]
            .roster()
            .removed
            .values()
            .map(|removal| if removal.revoked { "revoked" } else { "suspended" }),
    );
    // Everything again, entry by entry, the roster among it, in an order of its own.
    let empty = comptoir_sync_protocol::Vector::default();
    let read = |scope| -> Vec<Entry> {
        let served = sites.replicas[0].read_missing(scope, &empty, usize::MAX).unwrap();
        served.into_iter().map(|(_, bytes)| Entry::decode(&bytes).unwrap()).collect()
    };
    let mut entries = [read(scope_id()), read(sites.shared())].concat();
    for order in 0..3 {
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ (order + 1));
        let path = sites.folder.path().join(format!("again-{order}.db"));
        let replica = sites.organisation.sites[0].open(&sites.organisation, &path, Notes, &mut rng);
        for at in (1..entries.len()).rev() {
            entries.swap(at, rng.next_u64() as usize % (at + 1));
        }
        for entry in &entries {
            let report = replica.admit(entry.header().scope, vec![entry.clone()], NOW_MS).unwrap();
            assert!(report.admitted.refused.is_empty(), "{report:?}");
        }
        assert_eq!(replica.digests()["organisation"], sites.replicas[0].digests()["organisation"]);
        assert_eq!(aside(&replica), sites.set_aside(0), "seed {seed}, order {order}");
        assert_eq!(replica.states().unwrap()["organisation"], sites.replicas[0].states().unwrap()["organisation"]);
        assert!(replica.rebuild().unwrap().changed.is_empty());
        // Opened again it reckons the same.
        drop(replica);
        let replica = sites.organisation.sites[0].open(&sites.organisation, &path, Notes, &mut rng);
        assert_eq!(aside(&replica), sites.set_aside(0));
        assert!(replica.rebuild().unwrap().changed.is_empty());
    }
    seen
}

#[test]
fn f12_verdicts_are_alike_whatever_order_roster_and_entries_arrive_in() {
    let seen: BTreeSet<&str> = (0..40).flat_map(|seed| quarrel(2_000 + seed)).collect();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["revoked", "set aside", "suspended"], "the quarrels are some");
}
