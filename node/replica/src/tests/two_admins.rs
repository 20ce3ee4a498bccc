//! Two admins who do not hear of each other in time: no member is left without a key, nobody who is removed has the present one,
//! and nobody who stands loses what he wrote.

use super::cuts::ADMIN_EPOCH;
use super::*;
use crate::{AppendError, Appended, Removing};
use comptoir_sync_protocol::ids::{Epoch, SiteId};
use ed25519_dalek::SigningKey;

const BY: (&str, &str) = (AUTHOR, "test");
/// Where the second admin is.
const DEPUTY: usize = 2;
const DEPUTY_EPOCH: Epoch = Epoch([4; 8]);

impl Sites {
    fn remove_as_deputy(&mut self, key: &SigningKey, subject: usize, how: Removing) {
        let subject = self.organisation.sites[subject].site;
        let signing = (key, DEPUTY_EPOCH);
        self.replicas[DEPUTY].remove(signing, subject, how, BY, NOW_MS, &mut self.rng).unwrap();
    }

    fn settle_keys(&mut self) -> Appended {
        let admin = self.organisation.admin.clone();
        self.replicas[0].settle_keys((&admin, ADMIN_EPOCH), BY, NOW_MS, &mut self.rng).unwrap()
    }

    /// All sites, but for those named, have set nothing aside and show this.
    fn assert_shows(&self, but_for: usize, note: RecordId, key: &str, value: &str) {
        for site in (0..self.replicas.len()).filter(|site| *site != but_for) {
            assert!(self.set_aside(site).is_empty(), "site {site}: {:?}", self.set_aside(site));
            assert_eq!(self.winner(site, note, key), value.into(), "site {site}");
            assert!(self.replicas[site].rebuild().unwrap().changed.is_empty());
        }
    }
}

#[test]
fn a_member_that_one_admin_lets_back_gets_the_key_that_another_made_without_it() {
    let mut sites = Sites::new(3, 220);
    let (deputy, scope) = (sites.delegate(), sites.shared());
    sites.remove(1, Removing::Suspend).unwrap();
    sites.tell_all();
    assert!(sites.settle_keys().heads.is_empty(), "nobody lacks a key");
    sites.remove(1, Removing::Resume).unwrap();
    sites.replicas[DEPUTY].rotate((&deputy, DEPUTY_EPOCH), scope, BY, NOW_MS, &mut sites.rng).unwrap();
    sites.tell(DEPUTY, 0);
    sites.tell_all();
    let note = sites.new_note(DEPUTY, "under the deputy's key");
    sites.settle();
    assert_eq!(sites.replicas[1].parked().unwrap().len(), 1);
    let request = Append::new(scope, AUTHOR, "test");
    let edit = Edit::change("note", note, vec![("body".into(), "by S01".into())]);
    let refused = sites.replicas[1].append_edits(request, vec![edit], NOW_MS, &mut sites.rng);
    assert!(matches!(refused, Err(AppendError::NoKey(_) | AppendError::NoSuchRecord { .. })), "{refused:?}");
    // Whoever sees it gives it the key.
    assert_eq!(sites.settle_keys().heads.len(), 1);
    assert!(sites.settle_keys().heads.is_empty(), "once");
    sites.tell_all();
    assert!(sites.has(1, note) && sites.replicas[1].parked().unwrap().is_empty());
    sites.set(1, note, "body", "by S01");
    sites.settle();
    sites.assert_alike();
    assert!((0..3).all(|site| sites.winner(site, note, "body") == "by S01".into()));
}

#[test]
fn f12_a_key_that_was_made_by_who_had_not_heard_of_a_removal_does_not_stay() {
    let mut sites = Sites::new(3, 221);
    let (deputy, scope) = (sites.delegate(), sites.shared());
    let subject = sites.organisation.sites[1].site;
    let has_present_key = |sites: &Sites| {
        let roster = sites.replicas[0].roster();
        roster.scopes[&scope].keys.contains_key(&(sites.current_key(0), subject))
    };
    sites.remove(1, Removing::Revoke).unwrap();
    assert!(!has_present_key(&sites));
    sites.replicas[DEPUTY].rotate((&deputy, DEPUTY_EPOCH), scope, BY, NOW_MS, &mut sites.rng).unwrap();
    sites.tell(DEPUTY, 0);
    assert!(has_present_key(&sites), "the later admin's key is chosen, and was sealed to whom he had not heard of");
    assert_eq!(sites.settle_keys().heads.len(), 1);
    assert!(!has_present_key(&sites));
    assert!(sites.settle_keys().heads.is_empty());
    sites.tell_all();
    let note = sites.new_note(DEPUTY, "not for S01");
    sites.send(DEPUTY, 0, scope);
    sites.send(DEPUTY, 1, scope);
    assert!(sites.has(0, note) && !sites.has(1, note));
}

#[test]
fn f12_what_was_built_on_by_who_saw_it_adopted_counts_whatever_a_later_cut_lists() {
    let mut sites = Sites::new(4, 222);
    let deputy = sites.delegate();
    sites.new_note(1, "before");
    sites.settle();
    sites.remove(1, Removing::Suspend).unwrap();
    // S01 has not heard; the deputy is away.
    let late = sites.new_note(1, "late");
    sites.send(1, 0, sites.shared());
    sites.remove(1, Removing::Adopt).unwrap();
    sites.tell(0, 3);
    sites.send(1, 3, sites.shared());
    sites.set(3, late, "body", "by S03");
    sites.remove(1, Removing::Resume).unwrap();
    // The deputy hears the roster first, and suspends S01 at what little is there.
    sites.tell(0, DEPUTY);
    sites.remove_as_deputy(&deputy, 1, Removing::Suspend);
    sites.tell(DEPUTY, 0);
    sites.tell_all();
    let later = sites.new_note(3, "later");
    sites.settle();
    sites.assert_shows(1, late, "body", "by S03");
    sites.assert_shows(1, later, "title", "later");
    sites.assert_pair_alike(0, DEPUTY);
    sites.assert_pair_alike(0, 3);
}

#[test]
fn f12_what_was_built_on_by_who_saw_a_void_act_let_a_site_back_counts() {
    let mut sites = Sites::new(4, 224);
    let bad = sites.delegate();
    sites.new_note(1, "before");
    sites.settle();
    sites.remove(1, Removing::Suspend).unwrap();
    sites.tell(0, DEPUTY);
    let late = sites.new_note(1, "late");
    sites.settle();
    // Admins fall out: S03 has seen that S01 was let back, and builds on what it wrote.
    sites.remove_as_deputy(&bad, 1, Removing::Resume);
    sites.tell(DEPUTY, 3);
    sites.set(3, late, "body", "by S03");
    let later = sites.new_note(1, "later");
    let (admin, subject) = (sites.organisation.admin.clone(), SiteId::of_roster_key(&bad.verifying_key().to_bytes()));
    let signing = (&admin, ADMIN_EPOCH);
    sites.replicas[0].remove(signing, subject, Removing::Revoke, BY, NOW_MS, &mut sites.rng).unwrap();
    sites.tell(DEPUTY, 0);
    sites.tell_all();
    let roster = sites.replicas[0].roster();
    assert!(roster.removal(&sites.organisation.sites[1].site).is_some(), "the act that let it back is void");
    sites.settle();
    for site in [0, DEPUTY, 3] {
        assert_eq!(sites.codes(site), ["past_cut"], "site {site}");
        assert!(!sites.has(site, later));
        assert_eq!(sites.winner(site, late, "body"), "by S03".into());
        assert!(sites.replicas[site].rebuild().unwrap().changed.is_empty());
    }
}
