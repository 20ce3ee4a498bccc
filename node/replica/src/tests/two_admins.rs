//! Two admins who do not hear of each other in time: no member is left without a key, and nobody who is removed has the present
//! one.

use super::cuts::ADMIN_EPOCH;
use super::*;
use crate::{AppendError, Appended, Removing};
use comptoir_sync_protocol::ids::Epoch;
use ed25519_dalek::SigningKey;

const BY: (&str, &str) = (AUTHOR, "test");
/// Where the second admin is.
const DEPUTY: usize = 2;
const DEPUTY_EPOCH: Epoch = Epoch([4; 8]);

impl Sites {
    fn settle_keys(&mut self) -> Appended {
        let admin = self.organisation.admin.clone();
        self.replicas[0].settle_keys((&admin, ADMIN_EPOCH), BY, NOW_MS, &mut self.rng).unwrap()
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
