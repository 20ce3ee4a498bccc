//! The independent model of removal: what the roster says and how far logs count, reckoned from entries alone by the words of
//! the protocol, slowly and plainly. Shares no code with the roster's fold or the replica's cuts.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use comptoir_sync_protocol::payload::Operation;
use comptoir_sync_protocol::roster::{Act, Cut, scope_id};
use comptoir_sync_protocol::{Entry, Hash, LogHead, ScopeId, SiteId, Writer};

use crate::simulator::failure::Failure;

/// Entries of the roster that somebody knows, by hash.
pub type Known = BTreeSet<Hash>;
/// Sites and admins that are removed.
pub type Removals = BTreeMap<SiteId, Removed>;

/// Signing keys by roster heads, so that they are read once.
pub type SigningKeys = BTreeMap<Vec<Hash>, BTreeMap<SiteId, [[u8; 32]; 2]>>;

/// How somebody is removed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Removed {
    /// For good; else until he is resumed.
    pub for_good: bool,
    /// The last entry of each log that removals and adoptions list.
    listed: BTreeMap<(ScopeId, Writer), u64>,
}

impl Removed {
    fn extend(&mut self, cut: &Cut) {
        for listed in cut.heads.iter().filter(|listed| listed.head.writer.site == cut.subject) {
            let last = self.listed.entry((listed.scope, listed.head.writer)).or_default();
            *last = listed.head.seq.max(*last);
        }
    }

    fn last(&self, scope: ScopeId, writer: Writer) -> u64 {
        self.listed.get(&(scope, writer)).copied().unwrap_or(0)
    }
}

/// Whom an act removes, lets back, or whose cut it moves.
fn subject(act: &Act) -> Option<SiteId> {
    match act {
        Act::Suspend(cut) | Act::Revoke(cut) | Act::Adopt(cut) => Some(cut.subject),
        Act::Resume(resumption) => Some(resumption.subject),
        _ => None,
    }
}

/// False when there is nothing that it could change.
fn apply(removals: &mut Removals, act: &Act) -> bool {
    match act {
        Act::Suspend(cut) | Act::Revoke(cut) => {
            let removed = removals.entry(cut.subject).or_default();
            removed.for_good |= matches!(act, Act::Revoke(_));
            removed.extend(cut);
            true
        }
        Act::Adopt(cut) => removals.get_mut(&cut.subject).map(|removed| removed.extend(cut)).is_some(),
        Act::Resume(resumption) => {
            let suspended = removals.get(&resumption.subject).is_some_and(|removed| !removed.for_good);
            suspended && removals.remove(&resumption.subject).is_some()
        }
        _ => false,
    }
}

/// One entry of the roster.
struct Link {
    head: LogHead,
    parents: Vec<Hash>,
    acts: Vec<Act>,
}

/// The whole roster.
pub struct Model {
    links: BTreeMap<Hash, Link>,
    /// Root is 0, admins follow in the order in which root delegated them.
    ranks: BTreeMap<SiteId, usize>,
    all: Known,
    void: Known,
}

impl Model {
    /// Reads entries that stand in causal order.
    pub fn of(roster: &[Entry]) -> Result<Self, Failure> {
        let (mut links, mut ranks) = (BTreeMap::new(), BTreeMap::new());
        for entry in roster {
            let header = entry.header();
            let opened = entry.open(None).map_err(Failure::program("opening an entry of the roster"))?;
            let act = |operation| if let Operation::Act(act) = operation { Some(*act) } else { None };
            let acts: Vec<Act> = opened.operations.into_iter().filter_map(|(_, operation)| act(operation)).collect();
            for act in &acts {
                let key = match act {
                    Act::Genesis(genesis) => &genesis.root,
                    Act::Delegate(delegate) => &delegate.admin,
                    _ => continue,
                };
                let next = ranks.len();
                ranks.entry(SiteId::of_roster_key(key)).or_insert(next);
            }
            let previous = (header.seq > 1).then_some(header.previous);
            let parents = header.deps.iter().map(|dep| dep.hash).chain(previous).collect();
            links.insert(entry.hash(), Link { head: entry.head(), parents, acts });
        }
        let all: Known = links.keys().copied().collect();
        let mut model = Self { links, ranks, all, void: Known::new() };
        model.void = model.void_by(&model.all);
        Ok(model)
    }

    /// These entries and all that they build on.
    pub fn past(&self, heads: impl IntoIterator<Item = Hash>) -> Known {
        let mut past = Known::new();
        let mut open: Vec<Hash> = heads.into_iter().collect();
        while let Some(hash) = open.pop() {
            if past.insert(hash) {
                open.extend(self.links.get(&hash).into_iter().flat_map(|link| &link.parents));
            }
        }
        past
    }

    /// The key that signs a site's entries by the roster at these heads, by acts that are void too; before it, the one that it was
    /// admitted with.
    pub fn signing_keys(&self, site: SiteId, heads: Vec<Hash>, known: &mut SigningKeys) -> [[u8; 32]; 2] {
        let read = || {
            let mut keys: BTreeMap<SiteId, [[u8; 32]; 2]> = BTreeMap::new();
            for act in self.in_order(&self.past(heads.iter().copied())).into_iter().flat_map(|link| &link.acts) {
                match act {
                    Act::Admit(admission) => drop(keys.insert(admission.site, [admission.keys.signing; 2])),
                    Act::Rekey(rekey) => keys.entry(rekey.site).or_default()[1] = rekey.keys.signing,
                    _ => {}
                }
            }
            keys
        };
        known.entry(heads.clone()).or_insert_with(read).get(&site).copied().unwrap_or_default()
    }

    /// Who is removed in the end.
    pub fn removed(&self) -> Removals {
        self.removed_by(&self.all, &self.void)
    }

    /// Who is removed by what is known, less what is void.
    fn removed_by(&self, known: &Known, void: &Known) -> Removals {
        let mut removals = Removals::new();
        for link in self.in_order(known).into_iter().filter(|link| !void.contains(&link.head.hash)) {
            for act in &link.acts {
                if subject(act).is_some_and(|subject| !self.ranks.contains_key(&subject)) {
                    apply(&mut removals, act);
                }
            }
        }
        removals
    }

    /// The order of effect: what builds on nothing that is left; of that root's, then admins' by rank, then by hash.
    fn in_order(&self, known: &Known) -> Vec<&Link> {
        let mut left: BTreeMap<(usize, Hash), &Link> = BTreeMap::new();
        for hash in known {
            let Some(link) = self.links.get(hash) else { continue };
            let rank = self.ranks.get(&link.head.writer.site).copied().unwrap_or(usize::MAX);
            left.insert((rank, *hash), link);
        }
        let mut missing = known.clone();
        let mut order = Vec::new();
        loop {
            let is_next = |link: &Link| link.parents.iter().all(|parent| !missing.contains(parent));
            let next = left.iter().find(|(_, link)| is_next(link)).map(|(key, _)| *key);
            let Some(link) = next.and_then(|key| left.remove(&key)) else { return order };
            missing.remove(&link.head.hash);
            order.push(link);
        }
    }

    /// What is void by all that is known: acts of admins past their cuts, and removals of admins that were struck out.
    fn void_by(&self, known: &Known) -> Known {
        let order = self.in_order(known);
        let mut struck = Known::new();
        'again: loop {
            let (mut removals, mut counted) = (Removals::new(), Vec::new());
            for link in order.iter().filter(|link| !struck.contains(&link.head.hash)) {
                let author = link.head.writer.site;
                if is_past(&removals, link) {
                    continue;
                }
                let mut counts = false;
                for act in &link.acts {
                    let of_admin =
                        subject(act).filter(|of| *of != author && self.ranks.get(of).is_some_and(|of| *of > 0));
                    counts |= of_admin.is_some() && apply(&mut removals, act);
                }
                if !counts {
                    continue;
                }
                let reached = |link: &&&Link| is_past(&removals, link);
                let more: Vec<Hash> = counted.iter().filter(reached).map(|link: &&Link| link.head.hash).collect();
                if !more.is_empty() {
                    struck.extend(more);
                    continue 'again;
                }
                counted.push(*link);
            }
            let past = order.iter().filter(|link| is_past(&removals, link)).map(|link| link.head.hash);
            return past.chain(struck).collect();
        }
    }

    /// Keys that were sealed to a site by somebody who knew that it is removed.
    pub fn keys_given_to_removed(&self) -> Vec<String> {
        let mut found = Vec::new();
        for link in self.links.values() {
            let past = self.past(link.parents.iter().copied());
            let mut removals = self.removed_by(&past, &self.void_by(&past));
            for act in &link.acts {
                match act {
                    Act::WrapKey(wrapped) if removals.contains_key(&wrapped.site) => {
                        found.push(format!("{:?} gives {} the key {}", link.head, wrapped.site, wrapped.key_id));
                    }
                    act => {
                        apply(&mut removals, act);
                    }
                }
            }
        }
        found
    }

    /// How far the logs of a scope count. The entries stand in causal order.
    pub fn cuts(&self, scope: ScopeId, entries: &[Entry]) -> Cuts {
        let removed = self.removed();
        let seen = self.look(entries);
        let mut cuts = BTreeMap::new();
        for writer in entries.iter().map(|entry| entry.header().writer) {
            if let Some(removed) = removed.get(&writer.site) {
                cuts.insert(writer, removed.last(scope, writer));
            }
        }
        let listed = cuts.clone();
        let mut cuts = Cuts { removed, cuts, listed };
        loop {
            let before = cuts.cuts.clone();
            for seen in &seen {
                if cuts.counts(&seen.head) {
                    seen.lift(scope, &mut cuts);
                }
            }
            if cuts.cuts == before {
                return cuts;
            }
        }
    }

    /// What each entry builds on, and of whose removal its writer had heard.
    fn look(&self, entries: &[Entry]) -> Vec<Seen> {
        let mut pasts: BTreeMap<(Writer, u64), BTreeMap<Writer, u64>> = BTreeMap::new();
        let mut known: BTreeMap<Writer, Known> = BTreeMap::new();
        let mut heard: BTreeMap<Known, Rc<Removals>> = BTreeMap::new();
        let mut all = Vec::new();
        for entry in entries {
            let (head, header) = (entry.head(), entry.header());
            let own = pasts.get(&(head.writer, head.seq - 1)).cloned().unwrap_or_default();
            let mut past = own;
            for dep in &header.deps {
                let of_dep = pasts.get(&(dep.writer, dep.seq)).cloned().unwrap_or_default();
                for (writer, seq) in of_dep.into_iter().chain([(dep.writer, dep.seq)]) {
                    let last = past.entry(writer).or_default();
                    *last = seq.max(*last);
                }
            }
            past.insert(head.writer, head.seq);
            pasts.insert((head.writer, head.seq), past.clone());
            let known = known.entry(head.writer).or_default();
            known.extend(self.past(header.roster_heads.iter().map(|head| head.hash)));
            // What turned out void since was no less seen.
            let seen = || Rc::new(self.removed_by(known, &self.void_by(known)));
            let heard = heard.entry(known.clone()).or_insert_with(seen);
            all.push(Seen { head, past, heard: heard.clone() });
        }
        all
    }
}

fn is_past(removals: &Removals, link: &Link) -> bool {
    let writer = link.head.writer;
    removals.get(&writer.site).is_some_and(|removed| link.head.seq > removed.last(scope_id(), writer))
}

/// One entry as a scope shows it.
struct Seen {
    head: LogHead,
    past: BTreeMap<Writer, u64>,
    heard: Rc<Removals>,
}

impl Seen {
    /// What a site that had not heard of a removal built on counts; of one that had, what the removal that it knew lists.
    fn lift(&self, scope: ScopeId, cuts: &mut Cuts) {
        for (writer, seq) in &self.past {
            let other = writer.site != self.head.writer.site;
            if other && cuts.removed.contains_key(&writer.site) {
                let heard = self.heard.get(&writer.site);
                let seen = heard.map_or(*seq, |removed| removed.last(scope, *writer).min(*seq));
                let cut = cuts.cuts.entry(*writer).or_default();
                *cut = seen.max(*cut);
            }
        }
    }
}

/// How far the logs of one scope count.
pub struct Cuts {
    removed: Removals,
    cuts: BTreeMap<Writer, u64>,
    listed: BTreeMap<Writer, u64>,
}

impl Cuts {
    /// Whether an entry has effect.
    pub fn counts(&self, head: &LogHead) -> bool {
        !self.removed.contains_key(&head.writer.site) || head.seq <= self.cuts.get(&head.writer).copied().unwrap_or(0)
    }

    /// How many entries count beyond those that are listed.
    pub fn lifted(&self) -> u64 {
        self.cuts.iter().map(|(writer, cut)| cut - self.listed.get(writer).copied().unwrap_or(0)).sum()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_sync_protocol::payload::Envelope;
    use comptoir_sync_protocol::roster::{CutHead, Resumption, scopes};
    use comptoir_sync_protocol::testing::TestOrganisation;
    use comptoir_sync_protocol::{EntryBuilder, Incarnation};

    use super::*;

    /// An entry in clear of a site, under these roster heads.
    fn entry(of: &mut TestOrganisation, site: usize, after: Option<&Entry>, deps: &[&Entry], knows: &Entry) -> Entry {
        let secrets = of.sites[site].clone();
        let envelope = Envelope {
            author: String::new(),
            wall_clock_ms: 0,
            command: String::new(),
            incarnation: Incarnation([1; 8]),
            batch: None,
        };
        let builder = EntryBuilder {
            organisation: of.id,
            scope: of.scope(scopes::TRADE),
            writer: Writer { site: secrets.id, epoch: Default::default() },
            previous: after.map(|before| (before.header().seq, before.hash())),
            roster_heads: vec![knows.head()],
            deps: deps.iter().map(|dep| dep.head()).collect(),
            envelope,
            shared: Vec::new(),
            persons: Vec::new(),
        };
        builder.build(None, &secrets.signing, &mut of.rng).unwrap()
    }

    #[test]
    fn what_was_built_on_in_ignorance_counts_and_a_resumption_lifts_the_cut() {
        let mut of = TestOrganisation::found(3, 7);
        let scope = of.scope(scopes::TRADE);
        let before = of.roster.last().unwrap().clone();
        let first = entry(&mut of, 1, None, &[], &before);
        let second = entry(&mut of, 1, Some(&first), &[], &before);
        let third = entry(&mut of, 1, Some(&second), &[], &before);
        let subject = of.sites[1].id;
        let heads = vec![CutHead { scope, head: first.head() }];
        let removal = of.act(vec![Act::Suspend(Cut { subject, heads })]);
        let ignorant = entry(&mut of, 2, None, &[&second], &before);
        let aware = entry(&mut of, 2, Some(&ignorant), &[&third], &removal);
        let counted = |of: &TestOrganisation, entries: &[&Entry]| {
            let entries: Vec<Entry> = entries.iter().copied().cloned().collect();
            let cuts = Model::of(&of.roster).unwrap().cuts(scope, &entries);
            let counts: Vec<bool> = entries.iter().map(|entry| cuts.counts(&entry.head())).collect();
            (counts, cuts.lifted())
        };
        assert_eq!(counted(&of, &[&first, &second, &third]), (vec![true, false, false], 0));
        let all = [&first, &second, &third, &ignorant, &aware];
        assert_eq!(counted(&of, &all), (vec![true, true, false, true, true], 1));
        assert!(Model::of(&of.roster).unwrap().removed().contains_key(&subject));
        of.act(vec![Act::Resume(Resumption { subject })]);
        assert_eq!(counted(&of, &all), (vec![true; 5], 0));
    }
}
