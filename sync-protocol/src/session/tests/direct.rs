//! Two sites without a relay between them: the same session, what it never offers, and what each is told of the other. Owns the
//! cases, not the line.

use super::conversations::open_scope;
use super::*;

#[test]
fn two_sites_come_to_hold_the_same_and_each_knows_what_the_other_holds() {
    for seed in 0..100 {
        let mut organisation = TestOrganisation::found(3, seed);
        let (mut one, mut two) = (Store::of(&organisation), Store::of(&organisation));
        entries(&mut organisation, 0, "organisation", 40).iter().for_each(|entry| assert!(one.take(entry)));
        entries(&mut organisation, 1, "trade", 7).iter().for_each(|entry| assert!(two.take(entry)));
        // Of a third site, which neither is: it goes on from whoever has it.
        entries(&mut organisation, 2, "organisation", 9).iter().for_each(|entry| assert!(two.take(entry)));
        let mut line = Line::direct(&organisation, one, two, seed);
        line.run();
        line.assert_equal();
        for end in &line.ends {
            assert_eq!(end.holds, end.store.vectors, "seed {seed}");
        }
        let entry = entries(&mut organisation, 1, "organisation", 1).remove(0);
        line.commit(1, &entry);
        line.run();
        line.assert_equal();
        let held = line.ends[1].holds[&organisation.scope("organisation")].seq(&entry.header().writer);
        assert_eq!((held, line.ends[1].receipts), (1, 0), "held, and no relay's receipt");
    }
}

#[test]
fn nothing_is_said_to_be_held_while_it_is_under_way() {
    let mut organisation = TestOrganisation::found(2, 6);
    let stores = (Store::of(&organisation), Store::of(&organisation));
    let mut line = Line::direct(&organisation, stores.0, stores.1, 6);
    line.run();
    let entry = entries(&mut organisation, 0, "trade", 1).remove(0);
    let scope = organisation.scope("trade");
    line.commit(0, &entry);
    let held = |line: &Line| line.ends[0].holds.get(&scope).map_or(0, |vector| vector.seq(&entry.header().writer));
    let before = line.ends[1].store.vectors.get(&scope).map_or(0, |vector| vector.seq(&entry.header().writer));
    assert_eq!((held(&line), before), (0, 0));
    while line.step() {
        let there = line.ends[1].store.vectors.get(&scope).map_or(0, |vector| vector.seq(&entry.header().writer));
        assert!(held(&line) <= there, "said to be held before it was");
    }
    assert_eq!(held(&line), 1);
}

#[test]
fn f31_a_direct_session_offers_no_scope_that_the_peer_is_no_member_of_or_whose_bytes_may_not_go_there() {
    // Sites of the test organisation are under FR.
    let cases =
        [(&[0][..], &[][..], false), (&[0, 1], &["SN"], false), (&[0, 1], &["SN", "FR"], true), (&[0, 1], &[], true)];
    for (members, jurisdictions, goes) in cases {
        let mut organisation = TestOrganisation::found(2, 9);
        open_scope(&mut organisation, "staff:S00", members, jurisdictions);
        let (mut one, two) = (Store::of(&organisation), Store::of(&organisation));
        entries(&mut organisation, 0, "staff:S00", 5).iter().for_each(|entry| assert!(one.take(entry)));
        entries(&mut organisation, 0, "trade", 2).iter().for_each(|entry| assert!(one.take(entry)));
        let mut line = Line::direct(&organisation, one, two, 9);
        line.run();
        let (scope, common) = (organisation.scope("staff:S00"), organisation.scope("trade"));
        assert!(line.tapped[1].contains(&common), "the tap hears what is common");
        assert_eq!(line.tapped[1].contains(&scope), goes, "members {members:?}, a scope of {jurisdictions:?}");
        assert_eq!(line.ends[1].store.logs.contains_key(&scope), goes);
    }
}

#[test]
fn a_stranger_is_told_nothing_by_a_site_either() {
    let organisation = TestOrganisation::found(2, 3);
    let mut line = Line::direct(&organisation, Store::empty(organisation.id), Store::of(&organisation), 3);
    let stranger = config(Party::Site(organisation.sites[1].id), [9; 32], false);
    let (session, effects) = Session::new(0, stranger, line.ends[1].store.view());
    line.ends[1].session = session;
    line.ends[0].line.clear();
    line.carry_out(1, effects);
    line.run();
    assert_eq!(line.ends[1].closed, Some(CloseReason::NotAdmitted));
    assert!(line.ends[0].store.vectors.is_empty(), "no entry of the roster was sent");
}

#[test]
fn a_site_whose_tls_key_was_renewed_is_told_so_under_the_old_one_and_comes_in_by_the_new_one() {
    let mut organisation = TestOrganisation::found(2, 4);
    let stores = (Store::of(&organisation), Store::of(&organisation));
    let mut line = Line::direct(&organisation, stores.0, stores.1, 4);
    line.run();
    line.assert_equal();
    let (act, renewed) = organisation.renewed(1, true, false, false);
    let entry = organisation.act(vec![act]);
    line.commit(0, &entry);
    line.run();
    assert_eq!((line.ends[0].closed, line.ends[1].closed), (Some(CloseReason::NotAdmitted), None));
    let told = line.ends[1].store.history.current();
    assert_eq!(told.sites[&renewed.id].keys, renewed.keys(), "it was told why");
    organisation.sites[1] = renewed;
    let mut line = Line::direct(&organisation, Store::of(&organisation), Store::of(&organisation), 5);
    line.run();
    line.assert_equal();
}
