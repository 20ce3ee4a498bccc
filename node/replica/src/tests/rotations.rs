//! Scope keys that change, and acts of admins that turn out void: what was written in ignorance stays readable.

use super::cuts::ADMIN_EPOCH;
use super::hostile::Forger;
use super::*;
use crate::Removing;
use comptoir_sync_protocol::ids::{Epoch, SiteId};
use comptoir_sync_protocol::keys::generate_signing_key;
use comptoir_sync_protocol::roster::{Act, Delegate, Writers, WritersClass};
use ed25519_dalek::SigningKey;

const BY: (&str, &str) = (AUTHOR, "scope.rotate");

impl Sites {
    fn rotate(&mut self, at: usize, key: &SigningKey, epoch: Epoch) {
        let scope = self.shared();
        let appended = self.replicas[at].rotate((key, epoch), scope, BY, NOW_MS, &mut self.rng).unwrap();
        assert_eq!(appended.heads.len(), 1);
    }

    pub fn current_key(&self, at: usize) -> comptoir_sync_protocol::KeyId {
        self.replicas[at].roster().scopes[&self.shared()].current_key.unwrap()
    }

    /// A second admin, known everywhere.
    pub fn delegate(&mut self) -> SigningKey {
        let key = generate_signing_key(&mut self.rng);
        let (root, epoch) = (self.organisation.root.clone(), self.organisation.root_epoch);
        let act = Act::Delegate(Delegate { admin: key.verifying_key().to_bytes(), name: "another".into() });
        self.replicas[0].append_roster((&root, epoch), vec![act], BY, NOW_MS, &mut self.rng).unwrap();
        self.tell_all();
        key
    }
}

#[test]
fn f14_of_two_rotations_at_once_both_are_readable_and_one_is_chosen() {
    let mut sites = Sites::new(3, 210);
    let other = sites.delegate();
    let before = sites.current_key(0);
    let admin = sites.organisation.admin.clone();
    sites.rotate(0, &admin, ADMIN_EPOCH);
    sites.rotate(1, &other, Epoch([4; 8]));
    let keys = [sites.current_key(0), sites.current_key(1)];
    assert!(keys[0] != keys[1] && !keys.contains(&before));
    // Each writes under its own before it hears of the other.
    let notes = [sites.new_note(0, "under one"), sites.new_note(1, "under the other"), sites.new_note(2, "under none")];
    sites.tell(0, 1);
    sites.tell(1, 0);
    sites.tell(1, 2);
    sites.settle();
    sites.assert_alike();
    for site in 0..3 {
        assert!(notes.iter().all(|note| sites.has(site, *note)) && sites.set_aside(site).is_empty());
        assert!(sites.replicas[site].parked().unwrap().is_empty());
        assert_eq!(sites.current_key(site), sites.current_key(0));
    }
    assert!(keys.contains(&sites.current_key(0)));
    let after = sites.new_note(2, "after");
    sites.settle();
    assert!(sites.has(0, after) && sites.has(1, after));
}

#[test]
fn f15_an_entry_under_the_old_key_counts_only_where_its_roster_heads_lack_the_rotation() {
    let mut forger = Forger::new(211);
    let old = forger.sites.new_note(1, "before");
    forger.sites.settle();
    let admin = forger.sites.organisation.admin.clone();
    forger.sites.rotate(0, &admin, ADMIN_EPOCH);
    forger.sites.tell(0, 2);
    // S01 has not heard.
    let unaware = forger.sites.new_note(1, "under the old key");
    forger.sites.send(1, 0, forger.sites.shared());
    forger.sites.send(1, 2, forger.sites.shared());
    assert!(forger.sites.has(0, unaware) && forger.sites.has(2, unaware) && forger.sites.has(0, old));
    // The forger seals with the old key and names the rotation.
    let creation = {
        let id = forger.sites.replicas[1].mint(forger.sites.shared()).create(NOW_MS, &mut forger.sites.rng);
        forger.change("note", id, &crate::record::Cells::new(), 1)
    };
    let entry = forger.build(forger.builder(vec![creation]));
    forger.expect_quarantined(&entry, "key_not_current");
}

#[test]
fn a_removed_site_gets_no_key_that_comes_after() {
    let mut sites = Sites::new(3, 212);
    let subject = sites.organisation.sites[1].site;
    let before = sites.current_key(0);
    sites.remove(1, Removing::Revoke).unwrap();
    let roster = sites.replicas[0].roster();
    let of_subject = roster.scopes.values().filter(|scope| scope.members.contains(&subject));
    let mut changed = 0;
    for scope in of_subject {
        let key = scope.current_key.unwrap();
        let holders: Vec<SiteId> = scope.keys.keys().filter(|(of, _)| *of == key).map(|(_, site)| *site).collect();
        let standing: Vec<SiteId> = scope.members.iter().filter(|site| **site != subject).copied().collect();
        assert_eq!(holders, standing, "{}", scope.name);
        changed += 1;
    }
    assert_eq!(changed, 5, "the two common scopes and its own three");
    assert_ne!(sites.current_key(0), before);
    let secret = sites.new_note(0, "after");
    sites.tell_all();
    sites.send(0, 2, sites.shared());
    sites.send(0, 1, sites.shared());
    assert!(sites.has(2, secret) && !sites.has(1, secret));
    assert_eq!(sites.replicas[1].parked().unwrap().len(), 1, "it may be handed the bytes and reads nothing");
}

#[test]
fn f13_what_was_written_under_a_void_act_is_judged_alike_by_who_saw_it_count_and_who_did_not() {
    let mut sites = Sites::new(4, 213);
    let bad = sites.delegate();
    let (root, root_epoch) = (sites.organisation.root.clone(), sites.organisation.root_epoch);
    // The bad admin loosens a kind and gives the scope a key; S01 believes it, writes a rate and a note.
    let loosen = Act::Writers(Writers { kind: "rate".into(), class: WritersClass::Shared });
    sites.replicas[1].append_roster((&bad, Epoch([4; 8])), vec![loosen], BY, NOW_MS, &mut sites.rng).unwrap();
    sites.rotate(1, &bad, Epoch([4; 8]));
    let scope = sites.shared();
    let rate = sites.new_record(1, scope, "rate", "loosened");
    let note = sites.new_note(1, "under the bad key");
    sites.tell(1, 2);
    sites.send(1, 2, scope);
    assert!(sites.has(2, rate) && sites.has(2, note));
    // Root revokes him, at a cut before all of it.
    let subject = SiteId::of_roster_key(&bad.verifying_key().to_bytes());
    let by = (AUTHOR, "admin.revoke");
    sites.replicas[0].remove((&root, root_epoch), subject, Removing::Revoke, by, NOW_MS, &mut sites.rng).unwrap();
    sites.tell(1, 0);
    sites.tell_all();
    sites.tell(0, 3);
    for to in [0, 3] {
        assert!(sites.send(1, to, scope).admitted.refused.is_empty());
    }
    for site in 0..4 {
        assert_eq!(sites.codes(site), ["not_headquarters"], "site {site}");
        assert!(!sites.has(site, rate) && sites.has(site, note), "site {site}");
        assert!(sites.replicas[site].roster().loosened.is_empty());
        assert!(sites.replicas[site].rebuild().unwrap().changed.is_empty());
    }
    sites.assert_alike();
    // He cannot go on, and whoever stands goes on under the key that stands.
    let act = Act::Writers(Writers { kind: "rate".into(), class: WritersClass::Shared });
    let refused = sites.replicas[0].append_roster((&bad, Epoch([4; 8])), vec![act], BY, NOW_MS, &mut sites.rng);
    assert!(matches!(refused, Err(crate::AppendError::Removed { revoked: true })));
    let after = sites.new_note(2, "after");
    sites.settle();
    sites.assert_alike();
    assert!(sites.has(0, after) && sites.has(3, after));
}
