//! Sessions of sites that are removed: what they are told, how the session ends, and how they come back. Owns the cases, not the
//! line.

use super::*;

/// Suspends site 0, as the admin.
fn suspend(organisation: &mut TestOrganisation) -> Entry {
    let subject = organisation.sites[0].id;
    organisation.act(vec![Act::Suspend(roster::Cut { subject, heads: vec![] })])
}

#[test]
fn f12_a_suspended_site_is_told_by_the_roster_and_sent_away() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let mut site = Store::of(&organisation);
        entries(&mut organisation, 0, "organisation", 9).iter().for_each(|entry| assert!(site.take(entry)));
        let removal = suspend(&mut organisation);
        let mut relay = Store::of(&organisation);
        entries(&mut organisation, 1, "organisation", 7).iter().for_each(|entry| assert!(relay.take(entry)));
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        assert_eq!(line.ends[1].closed, Some(CloseReason::Removed), "seed {seed}");
        let roster = line.ends[0].store.history.current();
        assert_eq!(roster.removal(&organisation.sites[0].id).map(|removal| removal.by), Some(removal.head()));
        assert_eq!(line.tapped[0], [roster::scope_id()].into(), "it is given the roster and nothing else");
        assert!(!line.ends[1].store.vectors.contains_key(&organisation.scope("trade")));
        assert_eq!(line.ends[1].store.vectors[&organisation.scope("organisation")].entries(), 7);
        // It comes again, and is told nothing that happened since.
        let [site, relay] = line.ends.map(|end| end.store);
        let mut relay = relay;
        let later = organisation.admit_site();
        assert!(relay.take(&later));
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        assert_eq!(line.ends[1].closed, Some(CloseReason::Removed));
        assert!(line.tapped.iter().all(BTreeSet::is_empty));
        // Resumed, it is let in, and all flows.
        let [site, mut relay] = line.ends.map(|end| end.store);
        let subject = organisation.sites[0].id;
        assert!(relay.take(&organisation.act(vec![Act::Resume(roster::Resumption { subject })])));
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        line.assert_equal();
    }
}

#[test]
fn a_session_of_a_site_that_is_suspended_meanwhile_ends_and_nobody_else_is_blamed() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let (site, relay) = (Store::of(&organisation), Store::of(&organisation));
        let of_site = entries(&mut organisation, 0, "organisation", 30);
        let of_other = entries(&mut organisation, 1, "organisation", 30);
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        let removal = suspend(&mut organisation);
        // All at once: entries are under way in both directions while the roster ends their scope.
        of_site.iter().for_each(|entry| line.commit(0, entry));
        of_other[..15].iter().for_each(|entry| line.commit(1, entry));
        line.commit(1, &removal);
        of_other[15..].iter().for_each(|entry| line.commit(1, entry));
        line.run();
        assert_eq!((line.ends[0].closed, line.ends[1].closed), (None, Some(CloseReason::Removed)), "seed {seed}");
        assert!(line.ends[0].store.history.current().removal(&organisation.sites[0].id).is_some());
    }
}

#[test]
fn a_site_that_is_suspended_and_let_back_within_one_session_begins_another() {
    let mut reopened = 0;
    for seed in 0..100 {
        let mut organisation = TestOrganisation::found(2, seed);
        let (site, relay) = (Store::of(&organisation), Store::of(&organisation));
        let of_site = entries(&mut organisation, 0, "organisation", 30);
        let of_other = entries(&mut organisation, 1, "organisation", 30);
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        let removal = suspend(&mut organisation);
        let subject = organisation.sites[0].id;
        let resumption = organisation.act(vec![Act::Resume(roster::Resumption { subject })]);
        // All at once: what was sent before the removal is acknowledged after the resumption, or let go.
        of_site[..15].iter().for_each(|entry| line.commit(0, entry));
        of_other[..15].iter().for_each(|entry| line.commit(1, entry));
        line.commit(1, &removal);
        (0..seed % 7).for_each(|_| {
            line.step();
        });
        line.commit(1, &resumption);
        of_site[15..].iter().for_each(|entry| line.commit(0, entry));
        of_other[15..].iter().for_each(|entry| line.commit(1, entry));
        line.run();
        let closed = [&line.ends[0], &line.ends[1]].map(|end| end.closed);
        assert!(
            closed.iter().all(|closed| matches!(closed, None | Some(CloseReason::Removed | CloseReason::Reopened))),
            "seed {seed}: {closed:?}"
        );
        reopened += closed.iter().filter(|closed| **closed == Some(CloseReason::Reopened)).count();
        // Another session brings all that is missing.
        let [site, relay] = line.ends.map(|end| end.store);
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        line.assert_equal();
    }
    assert!(reopened > 0, "the scopes ended and were common again within a session");
}

#[test]
fn f12_a_site_that_a_removed_admin_let_back_is_told_so() {
    for seed in 0..20 {
        let mut organisation = TestOrganisation::found(2, seed);
        let (root, bad) = (organisation.root.clone(), organisation.second_admin.clone());
        let admin = bad.verifying_key().to_bytes();
        organisation.act_as(&root, vec![Act::Delegate(roster::Delegate { admin, name: "another".into() })]);
        let removal = suspend(&mut organisation);
        let subject = organisation.sites[0].id;
        organisation.act_as(&bad, vec![Act::Resume(roster::Resumption { subject })]);
        let site = Store::of(&organisation);
        assert!(site.history.current().removal(&subject).is_none(), "it thinks that it was let back");
        let of_admin = SiteId::of_roster_key(&admin);
        organisation.act(vec![Act::Revoke(roster::Cut { subject: of_admin, heads: vec![] })]);
        let relay = Store::of(&organisation);
        assert_eq!(relay.history.current().removal(&subject).map(|removal| removal.by), Some(removal.head()));
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        assert_eq!(line.ends[1].closed, Some(CloseReason::Removed), "seed {seed}");
        let known = line.ends[0].store.history.current();
        assert!(known.removal(&of_admin).is_some() && known.removal(&subject).is_some());
    }
}

/// What a store tells in its order may lag behind what the session began with.
#[test]
fn a_roster_that_is_told_late_ends_no_scope() {
    let mut organisation = TestOrganisation::found(2, 3);
    let mut before = Store::empty(organisation.id);
    organisation.roster[..3].iter().for_each(|entry| assert!(before.take(entry)));
    let before = before.history.current();
    assert!(before.sites.is_empty());
    let mut line = Line::new(&organisation, Store::of(&organisation), Store::of(&organisation), 3);
    line.run();
    let now = line.ends[1].store.history.current();
    for roster in [before, now] {
        let (scope, vector) = (roster::scope_id(), Arc::default());
        let event = Event::Committed(Commit { scope, heads: vec![], vector, roster: Some(roster) });
        let effects = line.ends[1].session.handle(line.now_ms, event);
        line.carry_out(1, effects);
    }
    entries(&mut organisation, 0, "organisation", 5).iter().for_each(|entry| line.commit(0, entry));
    line.run();
    line.assert_equal();
}
