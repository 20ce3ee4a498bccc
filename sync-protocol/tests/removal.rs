//! Removal of sites and admins: who may remove whom, what is void thereby, and the same outcome whatever arrives first.

use std::collections::BTreeMap;

use comptoir_sync_protocol::payload::{Envelope, Operation};
use comptoir_sync_protocol::roster::{
    self, Act, Cut, CutHead, Delegate, Party, Resumption, RosterHistory, Writers, WritersClass,
};
use comptoir_sync_protocol::testing::TestOrganisation;
use comptoir_sync_protocol::{Entry, EntryBuilder, Epoch, Hash, Incarnation, LogHead, ScopeId, SiteId, Vector, Writer};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use rand_core::Rng;

/// Root is the first; admins follow in the order of their delegation.
const ADMINS: usize = 3;

/// Somebody who writes the roster, with what he knows of it.
struct Holder {
    key: SigningKey,
    known: RosterHistory,
}

impl Holder {
    fn id(&self) -> SiteId {
        SiteId::of_roster_key(&self.key.verifying_key().to_bytes())
    }

    fn head(&self, of: &SiteId) -> Option<LogHead> {
        self.known.current().heads.iter().find(|head| head.writer.site == *of).copied()
    }
}

struct World {
    organisation: TestOrganisation,
    holders: Vec<Holder>,
    entries: Vec<Entry>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut organisation = TestOrganisation::found(2, seed);
        let mut keys = vec![organisation.root.clone(), organisation.admin.clone()];
        let more: Vec<SigningKey> = (1..ADMINS).map(|n| SigningKey::from_bytes(&[n as u8; 32])).collect();
        keys.extend(more.iter().cloned());
        let known = |organisation: &TestOrganisation| keys.iter().map(|_| organisation.history()).collect::<Vec<_>>();
        let holders = known(&organisation).into_iter().zip(&keys);
        let holders = holders.map(|(known, key)| Holder { key: key.clone(), known }).collect();
        let entries = std::mem::take(&mut organisation.roster);
        let mut world = Self { organisation, holders, entries };
        let delegate = |key: &SigningKey| {
            Act::Delegate(Delegate { admin: key.verifying_key().to_bytes(), name: "another admin".into() })
        };
        let entry = world.write(0, more.iter().map(delegate).collect());
        (1..world.holders.len()).for_each(|to| world.tell(&entry, to));
        world
    }

    /// An entry behind all that the holder knows. The others are not told.
    fn write(&mut self, by: usize, acts: Vec<Act>) -> Entry {
        let holder = &mut self.holders[by];
        let writer = Writer { site: holder.id(), epoch: Epoch([1; 8]) };
        let heads = holder.known.current().heads.clone();
        let builder = EntryBuilder {
            organisation: self.organisation.id,
            scope: roster::scope_id(),
            writer,
            previous: heads.iter().find(|head| head.writer == writer).map(|head| (head.seq, head.hash)),
            roster_heads: vec![],
            deps: heads.iter().filter(|head| head.writer != writer).copied().collect(),
            envelope: Envelope {
                author: "S00/operator".into(),
                wall_clock_ms: 0,
                command: "roster.act".into(),
                incarnation: Incarnation([1; 8]),
                batch: None,
            },
            shared: acts.into_iter().map(Box::new).map(Operation::Act).collect(),
            persons: vec![],
        };
        let entry = builder.build(None, &holder.key, &mut self.organisation.rng).expect("a small entry");
        let checked = holder.known.check(&entry).expect("its own entry");
        holder.known.push(checked);
        self.entries.push(entry.clone());
        entry
    }

    fn tell(&mut self, entry: &Entry, to: usize) {
        if let Ok(checked) = self.holders[to].known.check(entry) {
            self.holders[to].known.push(checked);
        }
    }

    fn tell_all(&mut self) {
        for entry in self.entries.clone() {
            (0..self.holders.len()).for_each(|to| self.tell(&entry, to));
        }
    }

    fn site(&self) -> SiteId {
        self.organisation.sites[1].id
    }

    /// The cut that a holder would make of an admin: all that he knows of him.
    fn cut_of(&self, by: usize, of: usize) -> Cut {
        let subject = self.holders[of].id();
        let head = self.holders[by].head(&subject);
        let heads = head.into_iter().map(|head| CutHead { scope: roster::scope_id(), head }).collect();
        Cut { subject, heads }
    }

    fn all(&self) -> RosterHistory {
        history(self.organisation.id, &self.entries)
    }
}

/// All entries, each as soon as what it builds on is there, beginning with the first of the slice.
fn history(organisation: comptoir_sync_protocol::OrganisationId, entries: &[Entry]) -> RosterHistory {
    let mut history = RosterHistory::new(organisation);
    let mut left: Vec<&Entry> = entries.iter().collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|entry| match history.check(entry) {
            Ok(checked) => {
                history.push(checked);
                false
            }
            Err(_) => true,
        });
        assert!(left.len() < before, "what is left builds on nothing");
    }
    history
}

fn loosen(kind: &str) -> Vec<Act> {
    vec![Act::Writers(Writers { kind: kind.into(), class: WritersClass::Shared })]
}

fn site_cut(scope: ScopeId, site: SiteId, seq: u64) -> Cut {
    let head = LogHead { writer: Writer { site, epoch: Epoch([1; 8]) }, seq, hash: Hash([seq as u8; 32]) };
    Cut { subject: site, heads: vec![CutHead { scope, head }] }
}

#[test]
fn a_site_is_suspended_resumed_and_revoked_for_good_and_each_head_keeps_its_answer() {
    let mut world = World::new(1);
    let (site, scope) = (world.site(), world.organisation.scope("trade"));
    let before = world.all().current();
    world.write(1, vec![Act::Suspend(site_cut(scope, site, 5))]);
    let suspended = world.all().current();
    world.write(1, vec![Act::Adopt(site_cut(scope, site, 7))]);
    let adopted = world.all().current();
    world.write(1, vec![Act::Resume(Resumption { subject: site })]);
    let resumed = world.all().current();
    world.write(1, vec![Act::Revoke(site_cut(scope, site, 8)), Act::Resume(Resumption { subject: site })]);
    let history = world.all();
    let revoked = history.current();
    let listed = |roster: &roster::Roster| {
        roster
            .removal(&site)
            .map(|removal| (removal.revoked, removal.listed[&(scope, Writer { site, epoch: Epoch([1; 8]) })].0))
    };
    let answers = [&before, &suspended, &adopted, &resumed, &revoked].map(|roster| listed(roster));
    assert_eq!(answers, [None, Some((false, 5)), Some((false, 7)), None, Some((true, 8))]);
    for roster in [&before, &suspended, &adopted, &resumed, &revoked] {
        assert_eq!(history.at(&roster.heads).as_deref(), Some(&**roster), "nothing is void");
    }
    // What it signed is carried all the same, but nobody gives it more.
    let writer = Writer { site, epoch: Epoch([9; 8]) };
    assert_eq!(revoked.signing_key(&scope, &writer), before.signing_key(&scope, &writer));
    assert!(revoked.may_write(&scope, &site));
    let (party, relay) = (Party::Site(site), Party::Relay(world.organisation.relay_pin));
    assert!(before.common_scopes(&party, &relay).len() > 1);
    assert_eq!(revoked.common_scopes(&party, &relay), [roster::scope_id()].into());
    assert_eq!(revoked.party(&world.organisation.sites[1].tls_pin), Some(party));
}

#[test]
fn who_may_not_remove_changes_nothing() {
    let mut world = World::new(2);
    let ignored = world.all().current().ignored;
    let root = world.cut_of(1, 0);
    let own = world.cut_of(1, 1);
    let stranger = Cut { subject: SiteId([9; 16]), heads: vec![] };
    world.write(1, vec![Act::Revoke(root), Act::Revoke(own), Act::Suspend(stranger)]);
    let site = world.site();
    world.write(1, vec![Act::Resume(Resumption { subject: site })]);
    let roster = world.all().current();
    assert!(roster.removed.is_empty());
    assert_eq!(roster.ignored, ignored + 4);
}

#[test]
fn two_removals_of_one_site_at_once_take_nothing_from_each_other() {
    let mut world = World::new(3);
    let (site, scope) = (world.site(), world.organisation.scope("trade"));
    world.write(1, vec![Act::Suspend(site_cut(scope, site, 5))]);
    world.write(2, vec![Act::Revoke(site_cut(scope, site, 3))]);
    let roster = world.all().current();
    let removal = roster.removal(&site).expect("it is removed");
    assert!(removal.revoked);
    assert_eq!(removal.listed.values().map(|(seq, _)| *seq).collect::<Vec<_>>(), [5]);
}

#[test]
fn f13_of_two_admins_who_revoke_each_other_the_first_delegated_prevails_everywhere() {
    let mut world = World::new(4);
    let (by_first, by_second) = (world.cut_of(1, 2), world.cut_of(2, 1));
    let first = world.write(1, vec![Act::Revoke(by_first)]);
    world.write(1, loosen("of-first"));
    let second = world.write(2, vec![Act::Revoke(by_second)]);
    world.write(2, loosen("of-second"));
    let one = world.all().current();
    world.entries.reverse();
    let other = world.all().current();
    assert_eq!(one, other);
    assert!(one.removal(&world.holders[2].id()).is_some_and(|removal| removal.by == first.head()));
    assert!(one.removal(&world.holders[1].id()).is_none());
    assert!(one.loosened.contains("of-first") && !one.loosened.contains("of-second"));
    // The entries of both are carried: whoever has not heard of the one yet must be able to hear of the other.
    assert!(one.heads.iter().any(|head| head.writer == second.header().writer && head.seq == 2));
}

#[test]
fn what_an_admin_did_past_his_cut_is_void_whatever_was_built_on_it() {
    let mut world = World::new(5);
    let (site, scope) = (world.site(), world.organisation.scope("trade"));
    // Admin 1 goes bad: root cuts him before it, later.
    let before = world.cut_of(0, 1);
    world.write(1, vec![Act::Suspend(site_cut(scope, site, 0)), loosen("tax").remove(0)]);
    let by_bad = world.cut_of(1, 2);
    world.write(1, vec![Act::Revoke(by_bad)]);
    world.tell_all();
    world.write(2, loosen("of-the-victim"));
    assert!(!world.all().current().loosened.contains("of-the-victim"), "he is revoked");
    let heads_of_bad = world.holders[1].known.current().heads.clone();
    let seen = world.holders[1].known.current();
    world.write(3, loosen("built-on-it"));
    world.tell_all();
    world.write(0, vec![Act::Revoke(before)]);
    let history = world.all();
    let roster = history.current();
    assert!(roster.removal(&site).is_none() && !roster.loosened.contains("tax"));
    assert!(roster.loosened.contains("of-the-victim") && roster.loosened.contains("built-on-it"));
    assert_eq!(roster.removed.keys().collect::<Vec<_>>(), [&world.holders[1].id()]);
    // At the heads at which it seemed to count, too; but it is known what was seen there.
    let then = history.at(&heads_of_bad).expect("held");
    assert!(!then.loosened.contains("tax") && then.removal(&site).is_none());
    let seen_again = history.seen_at(&heads_of_bad).expect("held");
    assert_eq!(seen_again, seen);
    assert!(seen_again.loosened.contains("tax"));
    // Root takes it back: a suspension would have, a revocation does not.
    let bad = world.holders[1].id();
    world.write(0, vec![Act::Resume(Resumption { subject: bad })]);
    assert!(!world.all().current().loosened.contains("tax"));
}

#[test]
fn a_suspended_admins_acts_count_again_once_he_is_resumed() {
    let mut world = World::new(6);
    let cut = world.cut_of(0, 1);
    world.write(0, vec![Act::Suspend(cut)]);
    world.write(1, loosen("meanwhile"));
    assert!(!world.all().current().loosened.contains("meanwhile"));
    let subject = world.holders[1].id();
    world.write(0, vec![Act::Resume(Resumption { subject })]);
    let roster = world.all().current();
    assert!(roster.loosened.contains("meanwhile") && roster.removed.is_empty());
}

#[test]
fn keys_that_a_void_act_wrapped_stay_and_displace_none() {
    let mut world = World::new(7);
    let (site, scope) = (world.site(), world.organisation.scope("trade"));
    let cut = world.cut_of(0, 1);
    let wrapped = |key: u8, envelope: u8| {
        let key_id = comptoir_sync_protocol::KeyId([key; 16]);
        Act::WrapKey(roster::WrappedKey { scope, key_id, site, envelope: vec![envelope] })
    };
    world.write(2, vec![wrapped(1, 1)]);
    world.tell_all();
    world.write(1, vec![wrapped(1, 9), wrapped(2, 9)]);
    world.write(0, vec![Act::Revoke(cut)]);
    let roster = world.all().current();
    let envelope = |key: u8| roster.scopes[&scope].keys[&(comptoir_sync_protocol::KeyId([key; 16]), site)].envelope[0];
    assert_eq!((envelope(1), envelope(2)), (1, 9));
}

/// Holders do things at random, knowing what they happen to know.
fn quarrel(seed: u64, steps: usize) -> World {
    let mut world = World::new(seed);
    for step in 0..steps {
        let draw = |world: &mut World, n: usize| world.organisation.rng.next_u64() as usize % n;
        let by = draw(&mut world, ADMINS + 1);
        let of = draw(&mut world, ADMINS + 1);
        let (site, scope) = (world.site(), world.organisation.scope("trade"));
        let mut cut = world.cut_of(by, of);
        // Somebody may reach back, and list less than he knows.
        if draw(&mut world, 3) == 0 {
            let back = draw(&mut world, 4) as u64;
            let subject = cut.subject;
            let of_subject = |entry: &&Entry| entry.header().writer.site == subject;
            let earlier = world.entries.iter().rev().filter(of_subject).nth(back as usize);
            cut.heads =
                earlier.map(|entry| CutHead { scope: roster::scope_id(), head: entry.head() }).into_iter().collect();
        }
        let seq = draw(&mut world, 9) as u64;
        let act = match draw(&mut world, 8) {
            0 => Act::Suspend(cut),
            1 => Act::Revoke(cut),
            2 => Act::Resume(Resumption { subject: cut.subject }),
            3 => Act::Adopt(cut),
            4 => Act::Suspend(site_cut(scope, site, seq)),
            5 => Act::Resume(Resumption { subject: site }),
            6 => Act::Adopt(site_cut(scope, site, seq)),
            _ => loosen(&format!("kind-{step}")).remove(0),
        };
        let entry = world.write(by, vec![act]);
        for to in 0..=ADMINS {
            if draw(&mut world, 3) == 0 {
                world.tell(&entry, to);
            }
        }
        if draw(&mut world, 6) == 0 {
            world.tell_all();
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f13_whatever_order_the_roster_arrives_in_it_is_the_same(seed in any::<u64>(), orders in prop::collection::vec(any::<u64>(), 3)) {
        let world = quarrel(seed, 24);
        let (id, history_of_all) = (world.organisation.id, world.all());
        let roster = history_of_all.current();
        prop_assert!(roster.removal(&world.holders[0].id()).is_none(), "root stands");
        for order in orders {
            let mut entries = world.entries.clone();
            entries.sort_by_key(|entry| blake3_of(order, entry));
            let other = history(id, &entries);
            prop_assert_eq!(&other.current(), &roster);
            for entry in &world.entries {
                let heads = [entry.head()];
                prop_assert_eq!(other.at(&heads), history_of_all.at(&heads));
                prop_assert_eq!(other.seen_at(&heads), history_of_all.seen_at(&heads));
            }
        }
        // Nothing that was carried once is refused later.
        let vector: Vector = world.entries.iter().map(Entry::head).collect();
        let held: Vector = roster.heads.iter().copied().collect();
        prop_assert_eq!(held, vector);
        // What each saw is what those heads show.
        for holder in &world.holders {
            let own = holder.known.current();
            prop_assert_eq!(history_of_all.seen_at(&own.heads), Some(own));
        }
    }
}

fn blake3_of(order: u64, entry: &Entry) -> [u8; 32] {
    *blake3::hash(&[&order.to_be_bytes()[..], &entry.hash().0].concat()).as_bytes()
}

#[test]
fn the_quarrels_are_some() {
    let mut outcomes = BTreeMap::new();
    for seed in 0..20 {
        let world = quarrel(seed, 24);
        let roster = world.all().current();
        *outcomes.entry((roster.removed.len(), roster.ignored.min(3))).or_insert(0) += 1;
    }
    assert!(outcomes.len() > 3, "{outcomes:?}");
}
