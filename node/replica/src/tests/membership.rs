//! Sites that leave a scope and come back: what they get, what they read, and under which key the others go on.

use super::cuts::ADMIN_EPOCH;
use super::*;
use crate::{Membership, RemovalError, Removing};

const BY: (&str, &str) = (AUTHOR, "scope.member");

impl Sites {
    /// Headquarters, which every scope has as a member, lets a site in or go; all hear of it.
    fn member(&mut self, site: usize, membership: Membership) -> Result<usize, RemovalError> {
        let (scope, id) = (self.shared(), self.organisation.sites[site].site);
        let admin = self.organisation.admin.clone();
        let done = self.replicas[0].set_membership(
            (&admin, ADMIN_EPOCH),
            (scope, id),
            membership,
            BY,
            NOW_MS,
            &mut self.rng,
        )?;
        self.tell_all();
        Ok(done.heads.len())
    }
}

#[test]
fn who_leaves_a_scope_gets_nothing_more_and_who_comes_back_reads_all() {
    let mut sites = Sites::new(3, 401);
    let before = sites.new_note(0, "before");
    sites.settle();
    let key = |sites: &Sites| sites.replicas[0].roster().scopes[&sites.shared()].current_key.unwrap();
    let (old, gone) = (key(&sites), sites.organisation.sites[2].site);
    assert_eq!(sites.member(2, Membership::Leave).unwrap(), 1);
    assert_eq!(sites.member(2, Membership::Leave).unwrap(), 0, "it is so already");
    let new = key(&sites);
    assert_ne!(old, new);
    let keys = &sites.replicas[0].roster().scopes[&sites.shared()].keys;
    assert!(keys.contains_key(&(old, gone)) && !keys.contains_key(&(new, gone)));

    let meanwhile = sites.new_note(1, "meanwhile");
    sites.settle();
    assert!(sites.has(0, meanwhile) && sites.has(2, before) && !sites.has(2, meanwhile));
    let refused = sites.replicas[2].append_edits(
        Append::new(sites.shared(), AUTHOR, "test"),
        vec![Edit::change("note", before, vec![("title".into(), "mine".into())])],
        NOW_MS,
        &mut sites.rng,
    );
    assert!(refused.is_err(), "who is no member writes nothing there");

    assert!(sites.member(2, Membership::Join).unwrap() > 0);
    sites.settle();
    sites.assert_alike();
    assert!(sites.has(2, before) && sites.has(2, meanwhile));
    let after = sites.new_note(2, "after");
    sites.settle();
    sites.assert_alike();
    assert!(sites.has(0, after) && sites.has(1, after));
}

#[test]
fn who_is_removed_is_made_a_member_of_nothing() {
    let mut sites = Sites::new(3, 402);
    sites.member(2, Membership::Leave).unwrap();
    let (admin, id) = (sites.organisation.admin.clone(), sites.organisation.sites[2].site);
    sites.replicas[0].remove((&admin, ADMIN_EPOCH), id, Removing::Suspend, BY, NOW_MS, &mut sites.rng).unwrap();
    assert!(matches!(sites.member(2, Membership::Join), Err(RemovalError::Removed(of)) if of == id));
    let nobody = comptoir_sync_protocol::ids::SiteId([9; 16]);
    let unknown = sites.replicas[0].set_membership(
        (&admin, ADMIN_EPOCH),
        (sites.shared(), nobody),
        Membership::Join,
        BY,
        NOW_MS,
        &mut sites.rng,
    );
    assert!(matches!(unknown, Err(RemovalError::Unknown(of)) if of == nobody));
}
