//! Conversations from hello to live push: what flows, what it costs, and how a session ends. Owns the cases, not the line.

use super::*;

#[test]
fn both_directions_stream_until_equal_whatever_overtakes_what() {
    for seed in 0..200 {
        let mut organisation = TestOrganisation::found(3, seed);
        let (mut site, mut relay) = (Store::of(&organisation), Store::of(&organisation));
        entries(&mut organisation, 0, "organisation", 40).iter().for_each(|entry| assert!(site.take(entry)));
        entries(&mut organisation, 0, "trade", 3).iter().for_each(|entry| assert!(site.take(entry)));
        entries(&mut organisation, 1, "organisation", 70).iter().for_each(|entry| assert!(relay.take(entry)));
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        line.assert_equal();
        assert_eq!(line.ends[0].store.vectors[&organisation.scope("organisation")].entries(), 110, "seed {seed}");
    }
}

#[test]
fn a_reconnect_with_nothing_new_costs_the_same_at_one_entry_and_at_a_thousand() {
    let costs = [(1, 2), (1_000, 2), (1_000, 50)].map(|(count, sites)| {
        let mut organisation = TestOrganisation::found(sites, 1);
        let (mut site, mut relay) = (Store::of(&organisation), Store::of(&organisation));
        for entry in entries(&mut organisation, 0, "organisation", count) {
            assert!(site.take(&entry) && relay.take(&entry));
        }
        let mut line = Line::new(&organisation, site, relay, 1);
        line.run();
        line.assert_equal();
        (line.ends[0].sent_bytes, line.ends[1].sent_bytes)
    });
    println!("bytes of a reconnect with nothing new: {costs:?}");
    assert!(costs.iter().all(|cost| cost.0.abs_diff(costs[0].0) < 32 && cost.1.abs_diff(costs[0].1) < 32));
    assert!(costs.iter().all(|cost| cost.0 + cost.1 < 2048));
}

#[test]
fn a_relay_that_lost_everything_gets_it_again_from_a_site_that_it_does_not_know() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let mut site = Store::of(&organisation);
        entries(&mut organisation, 0, "organisation", 9).iter().for_each(|entry| assert!(site.take(entry)));
        let relay = Store::empty(organisation.id);
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        line.assert_equal();
    }
}

#[test]
fn a_stranger_is_turned_away_and_learns_nothing() {
    let organisation = TestOrganisation::found(2, 3);
    let relay = Store::of(&organisation);
    let mut line = Line::new(&organisation, Store::empty(organisation.id), relay, 3);
    let stranger = config(Party::Site(organisation.sites[0].id), [9; 32], false);
    let (session, effects) = Session::new(0, stranger, line.ends[1].store.view());
    line.ends[1].session = session;
    line.ends[0].line.clear();
    line.carry_out(1, effects);
    line.run();
    assert_eq!(line.ends[1].closed, Some(CloseReason::NotAdmitted));
    assert!(line.ends[0].store.vectors.is_empty(), "no entry of the roster was sent");
}

#[test]
fn commits_are_pushed_as_they_happen_in_both_directions() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let stores = (Store::of(&organisation), Store::of(&organisation));
        let mut line = Line::new(&organisation, stores.0, stores.1, seed);
        let (ours, theirs) =
            (entries(&mut organisation, 0, "trade", 20), entries(&mut organisation, 1, "organisation", 20));
        for (one, two) in ours.iter().zip(&theirs) {
            line.commit(0, one);
            line.commit(1, two);
            for _ in 0..3 {
                line.step();
            }
        }
        line.run();
        line.assert_equal();
        assert_eq!(line.ends[1].store.vectors[&organisation.scope("trade")].entries(), 20);
        assert_eq!(line.ends[0].store.vectors[&organisation.scope("organisation")].entries(), 20);
    }
}

/// Defines a scope with these members, whose bytes may enter these jurisdictions.
pub(super) fn open_scope(
    organisation: &mut TestOrganisation,
    name: &str,
    members: &[usize],
    jurisdictions: &[&str],
) -> Entry {
    use crate::roster::{Members, ScopeDefinition};
    let scope = organisation.scope(name);
    let sites = members.iter().map(|&site| organisation.sites[site].id).collect();
    let jurisdictions = jurisdictions.iter().map(|&code| code.to_owned()).collect();
    organisation.keys.insert(scope, crate::keys::ScopeKey::from_bytes([7; 32]));
    organisation.act(vec![
        Act::DefineScope(ScopeDefinition { scope, name: name.into(), jurisdictions }),
        Act::AddMembers(Members { scope, sites }),
    ])
}

/// An organisation of many sites has many scopes, and a relay a session for each site.
#[test]
fn what_a_store_holds_of_a_scope_is_shared_by_its_sessions() {
    let organisation = TestOrganisation::found(2, 3);
    let mut line = Line::new(&organisation, Store::of(&organisation), Store::of(&organisation), 3);
    line.run();
    let head = organisation.roster[0].head();
    for scope in ["organisation", "books of somebody else"].map(|name| organisation.scope(name)) {
        let vector: Arc<Vector> = Arc::new([head].into_iter().collect());
        let commit = Commit { scope, heads: vec![head], vector: Arc::clone(&vector), roster: None };
        line.ends[1].session.handle(line.now_ms, Event::Committed(commit));
        assert!(Arc::ptr_eq(&line.ends[1].session.core.vector(&scope), &vector), "{scope}");
    }
}

#[test]
fn a_commit_that_is_told_late_takes_nothing_back() {
    let mut organisation = TestOrganisation::found(2, 3);
    let (mut site, relay) = (Store::of(&organisation), Store::of(&organisation));
    let (written, scope) = (entries(&mut organisation, 0, "organisation", 2), organisation.scope("organisation"));
    assert!(site.take(&written[0]));
    let earlier = Arc::clone(&site.vectors[&scope]);
    assert!(site.take(&written[1]));
    let mut line = Line::new(&organisation, site, relay, 3);
    let commit = Commit { scope, heads: vec![written[0].head()], vector: earlier, roster: None };
    let effects = line.ends[0].session.handle(line.now_ms, Event::Committed(commit));
    line.carry_out(0, effects);
    line.run();
    line.assert_equal();
    assert_eq!(line.ends[1].store.vectors[&scope].entries(), 2);
}

#[test]
fn a_scope_that_the_roster_opens_during_the_session_flows() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let stores = (Store::of(&organisation), Store::of(&organisation));
        let mut line = Line::new(&organisation, stores.0, stores.1, seed);
        line.run();
        let act = open_scope(&mut organisation, "books:S00", &[0], &[]);
        line.commit(0, &act);
        for entry in entries(&mut organisation, 0, "books:S00", 5) {
            line.commit(0, &entry);
        }
        line.run();
        line.assert_equal();
        assert_eq!(line.ends[1].store.vectors[&organisation.scope("books:S00")].entries(), 5);
    }
}

#[test]
fn a_site_outside_a_scope_never_gets_its_bytes_even_when_it_asks() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        open_scope(&mut organisation, "books:S01", &[1], &[]);
        let (site, mut relay) = (Store::of(&organisation), Store::of(&organisation));
        for name in ["books:S01", "trade"] {
            entries(&mut organisation, 1, name, 5).iter().for_each(|entry| assert!(relay.take(entry)));
        }
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        let scope = organisation.scope("books:S01");
        let asking =
            crate::frame::ScopeVector { scope, vector: Vector::default(), wanted: vec![Hash([1; 32])], answer: false };
        for frame in [Frame::Vector(asking), Frame::ScopeDigests(vec![(scope, Hash([1; 32]))])] {
            let effects = line.ends[1].session.handle(line.now_ms, Event::Frame(frame));
            line.carry_out(1, effects);
        }
        line.run();
        line.assert_equal_but(&[scope]);
        assert_eq!(line.ends[0].store.vectors[&organisation.scope("trade")].entries(), 5, "what is shared arrives");
        assert!(!line.ends[0].store.logs.contains_key(&scope));
        assert!(!line.tapped[0].contains(&scope), "no frame towards it named the scope's entries");
    }
}

#[test]
fn a_vector_that_nobody_waits_for_is_answered_once_at_most() {
    for (seed, answer) in (0..20).flat_map(|seed| [(seed, false), (seed, true)]) {
        let mut organisation = TestOrganisation::found(2, seed);
        let (mut site, relay) = (Store::of(&organisation), Store::of(&organisation));
        entries(&mut organisation, 0, "trade", 3).iter().for_each(|entry| assert!(site.take(entry)));
        let mut line = Line::new(&organisation, site, relay, seed);
        line.run();
        // As from a peer whose scope was closed and opened again while its first question was under way.
        let scope = organisation.scope("trade");
        let surplus = crate::frame::ScopeVector { scope, vector: Vector::default(), wanted: Vec::new(), answer };
        let before = line.ends[1].sent_bytes;
        let effects = line.ends[1].session.handle(line.now_ms, Event::Frame(Frame::Vector(surplus)));
        line.carry_out(1, effects);
        line.run();
        line.assert_equal();
        assert!(line.ends[1].sent_bytes > before, "what it seems to lack is offered");
    }
}

#[test]
fn f31_nothing_of_a_scope_goes_to_a_relay_where_its_bytes_may_not_go() {
    for (jurisdictions, goes) in [(&["SN"][..], false), (&["SN", "FR"][..], true), (&[][..], true)] {
        let mut organisation = TestOrganisation::found(2, 9);
        open_scope(&mut organisation, "staff:S00", &[0], jurisdictions);
        let (mut site, relay) = (Store::of(&organisation), Store::of(&organisation));
        entries(&mut organisation, 0, "staff:S00", 5).iter().for_each(|entry| assert!(site.take(entry)));
        let mut line = Line::new(&organisation, site, relay, 9);
        line.run();
        let scope = organisation.scope("staff:S00");
        assert_eq!(line.tapped[1].contains(&scope), goes, "a relay in FR, a scope of {jurisdictions:?}");
        assert_eq!(line.ends[1].store.logs.contains_key(&scope), goes);
    }
}

#[test]
fn what_was_not_taken_is_sent_again_after_a_pause_and_not_for_ever() {
    let mut organisation = TestOrganisation::found(2, 4);
    let stores = (Store::of(&organisation), Store::of(&organisation));
    let mut line = Line::new(&organisation, stores.0, stores.1, 4);
    line.run();
    let entry = entries(&mut organisation, 0, "trade", 1).remove(0);
    // The relay's store has no place for it for a while: its vector pretends a gap.
    let scope = organisation.scope("trade");
    line.commit(0, &entry);
    let frame = line.ends[1].line.values_mut().find_map(VecDeque::pop_front);
    assert!(frame.is_none(), "a read is answered first");
    assert!(line.step());
    let lost: Vec<Vec<u8>> = line.ends[1].line.values_mut().filter_map(VecDeque::pop_front).collect();
    assert_eq!(lost.len(), 1);
    let Ok(Frame::Entries(_)) = Frame::decode(&lost[0]) else { panic!("entries were under way") };
    let ack = Frame::Ack(crate::frame::Ack { scope, heads: vec![], held: false, receipts: vec![] });
    let effects = line.ends[0].session.handle(line.now_ms, Event::Frame(ack));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Read { .. })), "not at once");
    line.tick(1_500);
    line.assert_equal();
}

#[test]
fn wanted_entries_are_sent_whole_and_make_the_digest_differ() {
    let mut organisation = TestOrganisation::found(2, 5);
    let (mut site, mut relay) = (Store::of(&organisation), Store::of(&organisation));
    let all = entries(&mut organisation, 0, "trade", 5);
    all.iter().for_each(|entry| assert!(site.take(entry) && relay.take(entry)));
    let scope = organisation.scope("trade");
    let mut line = Line::new(&organisation, site, relay, 5);
    let mut view = line.ends[0].store.view();
    view.wanted.insert(scope, vec![all[2].hash()]);
    let config = config(Party::Site(organisation.sites[0].id), organisation.relay_pin, true);
    let (session, effects) = Session::new(0, config, view);
    line.ends[0].session = session;
    line.ends[1].line.clear();
    line.carry_out(0, effects);
    let before = line.ends[1].sent_bytes;
    line.run();
    line.assert_equal();
    assert!(line.ends[1].sent_bytes - before > all[2].encode().len());
}

#[test]
fn a_receipt_whose_acknowledgement_was_lost_is_sought_once() {
    let mut organisation = TestOrganisation::found(2, 8);
    let (mut site, mut relay) = (Store::of(&organisation), Store::of(&organisation));
    let all = entries(&mut organisation, 0, "trade", 5);
    all.iter().for_each(|entry| assert!(site.take(entry) && relay.take(entry)));
    let mut line = Line::new(&organisation, site, relay, 8);
    let mut view = line.ends[0].store.view();
    view.unreceipted.insert(organisation.scope("trade"), vec![all[4].head()]);
    let config = config(Party::Site(organisation.sites[0].id), organisation.relay_pin, true);
    let (session, effects) = Session::new(0, config, view);
    line.ends[0].session = session;
    line.ends[1].line.clear();
    line.carry_out(0, effects);
    let before = line.ends[0].sent_bytes;
    line.run();
    line.assert_equal();
    let sent = line.ends[0].sent_bytes - before;
    assert!(sent > all[4].encode().len() && sent < 2 * all[4].encode().len() + 300, "one entry: {sent} bytes");
}

#[test]
fn a_receipt_is_sought_for_what_another_site_carried_to_the_relay_meanwhile() {
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let store = || Store::of(&organisation);
        let (mut line, mut quiet) =
            (Line::new(&organisation, store(), store(), seed), Line::new(&organisation, store(), store(), seed));
        quiet.run();
        let entry = entries(&mut organisation, 0, "trade", 1).remove(0);
        // After both sides looked at their stores, before they compare.
        line.commit(0, &entry);
        line.commit(1, &entry);
        line.run();
        line.assert_equal();
        let more = line.ends[0].sent_bytes - quiet.ends[0].sent_bytes;
        assert!(more > entry.encode().len(), "seed {seed}: the relay was not shown the entry, {more} bytes more");
    }
}

#[test]
fn wrong_organisation_version_and_order_end_the_session_with_a_reason() {
    let organisation = TestOrganisation::found(2, 6);
    let hello = |versions: Vec<u16>, organisation| {
        Frame::Hello(crate::frame::Hello {
            versions,
            organisation,
            roster: Vector::default(),
            claim: None,
            software: String::new(),
        })
    };
    let cases = [
        (hello(vec![1], OrganisationId([9; 32])), CloseReason::WrongOrganisation),
        (hello(vec![2, 3], organisation.id), CloseReason::VersionUnknown),
        (Frame::Digest(Hash::default()), CloseReason::Malformed),
    ];
    for (frame, reason) in cases {
        let config = config(Party::Site(organisation.sites[0].id), organisation.relay_pin, true);
        let (mut session, _) = Session::new(0, config, Store::of(&organisation).view());
        let effects = session.handle(1, Event::Frame(frame));
        assert!(matches!(effects.last(), Some(Effect::Close(found)) if *found == reason));
        assert!(session.handle(2, Event::Tick).is_empty(), "closed for good");
    }
}

#[test]
fn a_silent_peer_is_left_at_its_deadline() {
    let organisation = TestOrganisation::found(2, 7);
    let config = config(Party::Site(organisation.sites[0].id), organisation.relay_pin, true);
    let (mut session, _) = Session::new(0, config, Store::of(&organisation).view());
    assert!(session.handle(29_000, Event::Tick).is_empty());
    let effects = session.handle(31_000, Event::Tick);
    assert!(matches!(effects[..], [Effect::Close(CloseReason::TooSlow)]));
}
