//! Sessions against a store of vectors and bytes, over an in-memory line whose channels overtake each other at random.

mod conversations;
mod direct;
mod removed;
mod retired;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::*;
use crate::entry::EntryBuilder;
use crate::ids::{Epoch, Incarnation, OrganisationId, SiteId, Writer};
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
    /// What the other end was last told to hold.
    holds: BTreeMap<ScopeId, Arc<Vector>>,
}

struct Line {
    ends: [End; 2],
    /// Scopes whose entries were sent towards each end.
    tapped: [BTreeSet<ScopeId>; 2],
    now_ms: u64,
    rng: ChaCha20Rng,
}

fn config(local: Party, peer_pin: [u8; 32], dialled: bool) -> Config {
    Config { local, peer_pin, dialled, claim: None, software: "test".into() }
}

impl Line {
    /// Site 0 dials the relay.
    fn new(organisation: &TestOrganisation, site: Store, relay: Store, seed: u64) -> Self {
        let relay = (Party::Relay(organisation.relay_pin), organisation.relay_pin, relay);
        Self::to(organisation, site, relay, seed)
    }

    /// Site 0 dials site 1.
    fn direct(organisation: &TestOrganisation, site: Store, other: Store, seed: u64) -> Self {
        let peer = &organisation.sites[1];
        Self::to(organisation, site, (Party::Site(peer.id), peer.tls_pin, other), seed)
    }

    fn to(
        organisation: &TestOrganisation,
        site: Store,
        (party, pin, other): (Party, [u8; 32], Store),
        seed: u64,
    ) -> Self {
        let parties = [Party::Site(organisation.sites[0].id), party];
        let pins = [pin, organisation.sites[0].tls_pin];
        let mut first = Vec::new();
        let mut stores = [site, other].into_iter();
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
                holds: BTreeMap::new(),
            }
        });
        let mut line = Self { ends, tapped: Default::default(), now_ms: 0, rng: ChaCha20Rng::seed_from_u64(seed) };
        first.into_iter().enumerate().for_each(|(i, effects)| line.carry_out(i, effects));
        line
    }

    fn carry_out(&mut self, i: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { channel, frame } => {
                    if let Frame::Entries(entries) = &frame {
                        self.tapped[1 - i].insert(entries.scope);
                    }
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
                        answers.push_back(Event::Committed(Commit { scope, heads: taken, vector, roster }));
                    }
                    let admitted = Admitted { scope, heads, held: false, receipts: vec![], refused: vec![] };
                    answers.push_back(Event::Admitted(admitted));
                }
                Effect::Current => self.ends[i].current += 1,
                Effect::PeerHolds(holds) => self.ends[i].holds = holds,
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
        let store = &self.ends[i].store;
        let (vector, heads) = (Arc::clone(&store.vectors[&scope]), vec![entry.head()]);
        let roster = (scope == roster::scope_id()).then(|| store.history.current());
        let event = Event::Committed(Commit { scope, heads, vector, roster });
        let effects = self.ends[i].session.handle(self.now_ms, event);
        self.carry_out(i, effects);
    }

    fn assert_equal(&self) {
        self.assert_equal_but(&[]);
    }

    fn assert_equal_but(&self, apart: &[ScopeId]) {
        let [one, two] = &self.ends;
        assert_eq!((one.closed, two.closed), (None, None));
        assert!(one.session.is_live() && two.session.is_live());
        let shared = |end: &End| {
            let mut vectors = end.store.vectors.clone();
            vectors.retain(|scope, _| !apart.contains(scope));
            vectors
        };
        assert_eq!(shared(one), shared(two));
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
                    batch: None,
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
