//! New keys for a site: what they change from their heads on and never before, who may bind them, and the same roster whatever
//! arrives first.

use comptoir_sync_protocol::roster::{Act, Cut, CutHead, Party, Rekey, Roster, RosterHistory, RosterRefusal, scope_id};
use comptoir_sync_protocol::testing::{TestOrganisation, TestSite};
use comptoir_sync_protocol::{Entry, Epoch, LogHead, OrganisationId, SiteId, Writer};

fn with(organisation: &TestOrganisation, entries: &[&Entry]) -> RosterHistory {
    let mut history = organisation.history();
    for entry in entries {
        let checked = history.check(entry).expect("a good entry");
        history.push(checked);
    }
    history
}

/// Whether entries of a site are carried under this key, and count.
fn signs(organisation: &TestOrganisation, roster: &Roster, site: &TestSite) -> (bool, bool) {
    let scope = organisation.scope("trade");
    let key = roster.signing_key(&scope, &Writer { site: site.id, epoch: Epoch([7; 8]) });
    (key == Some(site.signing.verifying_key().to_bytes()), roster.may_write(&scope, &site.id))
}

#[test]
fn new_keys_hold_from_their_heads_on_and_the_old_ones_before() {
    let mut organisation = TestOrganisation::found(2, 1);
    let before = organisation.history().current();
    let old = organisation.sites[1].clone();
    let (act, new) = organisation.renewed(1, true, true, true);
    organisation.act(vec![act]);
    let history = organisation.history();
    let after = history.current();
    assert_eq!(after.sites[&old.id].keys, new.keys());
    assert_eq!((after.party(&new.tls_pin), after.party(&old.tls_pin)), (Some(Party::Site(old.id)), None));
    assert!(
        after.is_pinned(&Party::Site(old.id), &new.tls_pin) && !after.is_pinned(&Party::Site(old.id), &old.tls_pin)
    );
    assert_eq!((signs(&organisation, &after, &new), signs(&organisation, &after, &old)), ((true, true), (false, true)));
    let then = history.at(&before.heads).expect("held");
    assert_eq!(
        (signs(&organisation, &then, &old), then.party(&old.tls_pin)),
        ((true, true), Some(Party::Site(old.id)))
    );
}

#[test]
fn each_key_is_renewed_apart() {
    for (tls, signing, sealing) in [(true, false, false), (false, true, false), (false, false, true)] {
        let mut organisation = TestOrganisation::found(2, 2);
        let old = organisation.sites[1].keys();
        let (act, new) = organisation.renewed(1, tls, signing, sealing);
        organisation.act(vec![act]);
        let keys = organisation.history().current().sites[&new.id].keys.clone();
        assert_eq!(
            (keys.tls_pin != old.tls_pin, keys.signing != old.signing, keys.sealing != old.sealing),
            (tls, signing, sealing)
        );
    }
}

#[test]
fn keys_without_proof_of_nobody_or_of_somebody_else_are_not_bound() {
    let mut organisation = TestOrganisation::found(3, 3);
    let before = organisation.history().current();
    let (_, new) = organisation.renewed(1, true, true, true);
    let thief = organisation.sites[2].clone();
    let bind = |organisation: OrganisationId, site, keys, by: &TestSite| {
        Act::Rekey(Rekey::new(&organisation, site, keys, &by.signing))
    };
    let mut of_another = new.keys();
    of_another.tls_pin = thief.tls_pin;
    let mut of_the_relay = new.keys();
    of_the_relay.tls_pin = organisation.relay_pin;
    let acts = vec![
        bind(organisation.id, new.id, new.keys(), &thief),
        bind(OrganisationId([9; 32]), new.id, new.keys(), &new),
        bind(organisation.id, SiteId([9; 16]), new.keys(), &new),
    ];
    organisation.act(acts);
    let roster = organisation.history().current();
    assert_eq!((&roster.sites, &roster.named, roster.ignored), (&before.sites, &before.named, before.ignored + 3));
    organisation
        .act(vec![bind(organisation.id, new.id, of_another, &new), bind(organisation.id, new.id, of_the_relay, &new)]);
    let roster = organisation.history().current();
    assert_eq!((&roster.sites, roster.ignored), (&before.sites, before.ignored + 5));
    assert_eq!(roster.party(&thief.tls_pin), Some(Party::Site(thief.id)));
    // Only who holds a key of the roster binds anything.
    let (act, _) = organisation.renewed(1, true, true, true);
    let entry = organisation.entry_by(&thief.signing, vec![act]);
    assert!(matches!(organisation.history().check(&entry), Err(RosterRefusal::NoAuthority(_))));
}

#[test]
fn of_two_at_once_the_same_one_wins_everywhere() {
    let mut organisation = TestOrganisation::found(2, 4);
    let (root, admin) = (organisation.root.clone(), organisation.admin.clone());
    let (one, _) = organisation.renewed(1, true, true, true);
    let (other, last) = organisation.renewed(1, true, true, true);
    let (by_root, by_admin) = (organisation.entry_by(&root, vec![one]), organisation.entry_by(&admin, vec![other]));
    let roster = with(&organisation, &[&by_root, &by_admin]).current();
    assert_eq!(roster, with(&organisation, &[&by_admin, &by_root]).current());
    assert_eq!(roster.sites[&last.id].keys, last.keys(), "root's come first, so that the admin's stands last");
    assert_eq!(signs(&organisation, &roster, &last), (true, true));
}

#[test]
fn keys_that_a_removed_admin_bound_past_his_cut_are_carried_and_do_not_count_until_they_are_bound_again() {
    let mut organisation = TestOrganisation::found(2, 5);
    let (root, admin) = (organisation.root.clone(), organisation.admin.clone());
    let old = organisation.sites[1].clone();
    let subject = SiteId::of_roster_key(&admin.verifying_key().to_bytes());
    let known = organisation.history().current();
    let listed: Vec<LogHead> = known.heads.iter().filter(|head| head.writer.site == subject).copied().collect();
    let (act, new) = organisation.renewed(1, true, true, true);
    let bound = organisation.act(vec![act.clone()]);
    let bound_at = organisation.history().current();
    let heads = listed.into_iter().map(|head| CutHead { scope: scope_id(), head }).collect();
    let revoked = organisation.entry_by(&root, vec![Act::Revoke(Cut { subject, heads })]);
    organisation.roster.push(revoked);
    let history = organisation.history();
    let roster = history.current();
    assert_eq!(roster.sites[&old.id].keys, old.keys(), "void with {}", bound.hash());
    assert_eq!(roster.party(&old.tls_pin), Some(Party::Site(old.id)));
    // What travels is the same for who knows of the revocation and who does not.
    let then = history.at(&bound_at.heads).expect("held");
    assert_eq!(signs(&organisation, &then, &new), (true, false));
    assert_eq!(signs(&organisation, &roster, &new), (true, false));
    let again = organisation.entry_by(&root, vec![act]);
    organisation.roster.push(again);
    assert_eq!(signs(&organisation, &organisation.history().current(), &new), (true, true));
}
