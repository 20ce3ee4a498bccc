//! Sessions against a store of vectors and bytes, over an in-memory line whose channels overtake each other at random.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::*;
use crate::entry::EntryBuilder;
use crate::ids::{Epoch, Incarnation, OrganisationId, Writer};
use crate::payload::Envelope;
use crate::roster::{self, Act, RosterHistory};
use crate::testing::TestOrganisation;

/// A store that knows chains and the roster, and nothing else.
struct Store {
    history: RosterHistory,
    logs: BTreeMap<ScopeId, Vec<(LogHead, Vec<u8>)>>,
    vectors: BTreeMap<ScopeId, Arc<Vector>>,
}

impl Store {
    fn empty(organisation: OrganisationId) -> Self {
        Self { history: RosterHistory::new(organisation), logs: BTreeMap::new(), vectors: BTreeMap::new() }
    }

    fn of(organisation: &TestOrganisation) -> Self {
        let mut store = Self::empty(organisation.id);
        organisation.roster.iter().for_each(|entry| assert!(store.take(entry)));
        store
    }

    fn take(&mut self, entry: &Entry) -> bool {
        let (head, scope) = (entry.head(), entry.header().scope);
        let vector = Arc::make_mut(self.vectors.entry(scope).or_default());
        if vector.seq(&head.writer) + 1 != head.seq {
            return false;
        }
        if scope == roster::scope_id() {
            let Ok(checked) = self.history.check(entry) else { return false };
            self.history.push(checked);
        }
        vector.advance(head);
        self.logs.entry(scope).or_default().push((head, entry.encode()));
        true
    }

    fn view(&self) -> LocalView {
        LocalView {
            roster: self.history.current(),
            vectors: self.vectors.clone(),
            wanted: BTreeMap::new(),
            unreceipted: BTreeMap::new(),
        }
    }

    fn missing(&self, scope: ScopeId, have: &Vector, most_bytes: usize) -> Vec<(LogHead, Vec<u8>)> {
        let mut left = most_bytes as isize;
        let log = self.logs.get(&scope).map_or(&[][..], Vec::as_slice);
        log.iter()
            .filter(|(head, _)| have.seq(&head.writer) < head.seq)
            .take_while(|(_, bytes)| {
                let fits = left > 0;
                left -= bytes.len() as isize;
                fits
            })
            .cloned()
            .collect()
    }
}

/// One end of the line.
struct End {
    store: Store,
    session: Session,
    /// Frames under way to this end, by channel.
    line: BTreeMap<u32, VecDeque<Vec<u8>>>,
    answers: VecDeque<Event>,
    sent_bytes: usize,
    current: usize,
    closed: Option<CloseReason>,
    receipts: usize,
}

struct Line {
    ends: [End; 2],
    now_ms: u64,
    rng: ChaCha20Rng,
}

fn config(local: Party, peer_pin: [u8; 32], dialled: bool) -> Config {
    Config { local, peer_pin, dialled, claim: None, software: "test".into() }
}

impl Line {
    /// Site 0 dials the relay.
    fn new(organisation: &TestOrganisation, site: Store, relay: Store, seed: u64) -> Self {
        let parties = [Party::Site(organisation.sites[0].id), Party::Relay(organisation.relay_pin)];
        let pins = [organisation.relay_pin, organisation.sites[0].tls_pin];
        let mut first = Vec::new();
        let mut stores = [site, relay].into_iter();
        let ends = [0, 1].map(|i| {
            let store = stores.next().expect("two stores");
            let (session, effects) = Session::new(0, config(parties[i], pins[i], i == 0), store.view());
            first.push(effects);
            End {
                store,
                session,
                line: BTreeMap::new(),
                answers: VecDeque::new(),
                sent_bytes: 0,
                current: 0,
                closed: None,
                receipts: 0,
            }
        });
        let mut line = Self { ends, now_ms: 0, rng: ChaCha20Rng::seed_from_u64(seed) };
        first.into_iter().enumerate().for_each(|(i, effects)| line.carry_out(i, effects));
        line
    }

    fn carry_out(&mut self, i: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { channel, frame } => {
                    let bytes = frame.encode();
                    self.ends[i].sent_bytes += bytes.len();
                    self.ends[1 - i].line.entry(channel).or_default().push_back(bytes);
                }
                Effect::Read { scope, have, most_bytes } => {
                    let entries = self.ends[i].store.missing(scope, &have, most_bytes);
                    self.ends[i].answers.push_back(Event::Read { scope, entries });
                }
                Effect::ReadWanted { scope, wanted } => {
                    let log = self.ends[i].store.logs.get(&scope).cloned().unwrap_or_default();
                    let entries = log.into_iter().filter(|(head, _)| wanted.contains(&head.hash)).collect();
                    self.ends[i].answers.push_back(Event::Read { scope, entries });
                }
                Effect::Admit { scope, entries } => {
                    let store = &mut self.ends[i].store;
                    let taken: Vec<LogHead> =
                        entries.iter().filter(|entry| store.take(entry)).map(Entry::head).collect();
                    let vector = store.vectors.get(&scope).cloned().unwrap_or_default();
                    let heads: Vec<LogHead> =
                        entries.iter().filter_map(|entry| vector.get(&entry.header().writer)).collect();
                    let roster = (scope == roster::scope_id()).then(|| store.history.current());
                    let answers = &mut self.ends[i].answers;
                    if !taken.is_empty() {
                        answers.push_back(Event::Committed { scope, heads: taken, roster });
                    }
                    let admitted = Admitted { scope, heads, held: false, receipts: vec![], refused: vec![] };
                    answers.push_back(Event::Admitted(admitted));
                }
                Effect::Current => self.ends[i].current += 1,
                Effect::Close(reason) => self.ends[i].closed = Some(reason),
                Effect::Receipts(receipts) => self.ends[i].receipts += receipts.len(),
                _ => {}
            }
        }
    }

    /// Delivers one thing to one end; false when nothing is under way.
    fn step(&mut self) -> bool {
        let mut choices = Vec::new();
        for (i, end) in self.ends.iter().enumerate().filter(|(_, end)| end.closed.is_none()) {
            choices.extend(end.line.iter().filter(|(_, frames)| !frames.is_empty()).map(|(c, _)| (i, Some(*c))));
            choices.extend((!end.answers.is_empty()).then_some((i, None)));
        }
        if choices.is_empty() {
            return false;
        }
        let (i, what) = choices[self.rng.next_u32() as usize % choices.len()];
        let end = &mut self.ends[i];
        let event = match what {
            None => end.answers.pop_front().expect("chosen because there is one"),
            Some(channel) => {
                let bytes =
                    end.line.get_mut(&channel).and_then(VecDeque::pop_front).expect("chosen because there is one");
                Event::Frame(Frame::decode(&bytes).expect("frames of our own making"))
            }
        };
        let effects = end.session.handle(self.now_ms, event);
        self.carry_out(i, effects);
        true
    }

    fn run(&mut self) {
        let mut steps = 0;
        while self.step() {
            steps += 1;
            assert!(steps < 100_000, "the session never comes to rest");
        }
    }

    fn tick(&mut self, milliseconds: u64) {
        self.now_ms += milliseconds;
        for i in 0..2 {
            let effects = self.ends[i].session.handle(self.now_ms, Event::Tick);
            self.carry_out(i, effects);
        }
        self.run();
    }

    fn commit(&mut self, i: usize, entry: &Entry) {
        assert!(self.ends[i].store.take(entry));
        let scope = entry.header().scope;
        let roster = (scope == roster::scope_id()).then(|| self.ends[i].store.history.current());
        let event = Event::Committed { scope, heads: vec![entry.head()], roster };
        let effects = self.ends[i].session.handle(self.now_ms, event);
        self.carry_out(i, effects);
    }

    fn assert_equal(&self) {
        let [one, two] = &self.ends;
        assert_eq!((one.closed, two.closed), (None, None));
        assert!(one.session.is_live() && two.session.is_live());
        assert_eq!(one.store.vectors, two.store.vectors);
        assert!(one.current > 0 && two.current > 0, "both know that they are current");
    }
}

/// `count` entries of one site in one scope.
fn entries(organisation: &mut TestOrganisation, site: usize, scope: &str, count: usize) -> Vec<Entry> {
    let scope = organisation.scope(scope);
    let (site, key) = (organisation.sites[site].clone(), organisation.keys[&scope].clone());
    let mut previous = None;
    (0..count)
        .map(|i| {
            let builder = EntryBuilder {
                organisation: organisation.id,
                scope,
                writer: Writer { site: site.id, epoch: Epoch([2; 8]) },
                previous,
                roster_heads: vec![],
                deps: vec![],
                envelope: Envelope {
                    author: "a".into(),
                    wall_clock_ms: i as i64,
                    command: "c".into(),
                    incarnation: Incarnation([1; 8]),
                },
                shared: vec![],
                persons: vec![],
            };
            let entry = builder.build(Some(&key), &site.signing, &mut organisation.rng).expect("builds");
            previous = Some((entry.header().seq, entry.hash()));
            entry
        })
        .collect()
}

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

#[test]
fn a_scope_that_the_roster_opens_during_the_session_flows() {
    use crate::roster::{Members, ScopeDefinition};
    for seed in 0..50 {
        let mut organisation = TestOrganisation::found(2, seed);
        let stores = (Store::of(&organisation), Store::of(&organisation));
        let mut line = Line::new(&organisation, stores.0, stores.1, seed);
        line.run();
        let name = "books:S00";
        let scope = organisation.scope(name);
        let site = organisation.sites[0].id;
        organisation.keys.insert(scope, crate::keys::ScopeKey::from_bytes([7; 32]));
        let act = organisation.act(vec![
            Act::DefineScope(ScopeDefinition { scope, name: name.into(), jurisdictions: vec![] }),
            Act::AddMembers(Members { scope, sites: vec![site] }),
        ]);
        line.commit(0, &act);
        for entry in entries(&mut organisation, 0, name, 5) {
            line.commit(0, &entry);
        }
        line.run();
        line.assert_equal();
        assert_eq!(line.ends[1].store.vectors[&scope].entries(), 5);
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
