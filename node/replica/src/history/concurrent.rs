//! Concurrent changes: those of which neither had seen the other, and the puts of one field among them.
//! Owns the answers for one record; they depend on the changes alone, not on the order in which they arrived.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Actor, ChangeHash, IndexedChange, OpId};

/// What each change has seen. An actor's changes each build on its previous one, so that this is, for each actor, how
/// many of its changes.
#[derive(Default)]
struct Seen(BTreeMap<ChangeHash, BTreeMap<Actor, u64>>);

impl Seen {
    /// What this change has seen, itself included. Ancestors come first.
    fn by(&mut self, change: &IndexedChange) -> &BTreeMap<Actor, u64> {
        let mut saw = BTreeMap::from([(change.actor, change.seq)]);
        for (actor, seq) in change.deps.iter().filter_map(|dep| self.0.get(dep)).flatten() {
            let known = saw.entry(*actor).or_default();
            *known = (*known).max(*seq);
        }
        self.0.entry(change.hash).or_insert(saw)
    }
}

/// What each actor did, in the order of its changes, by the number of the change.
struct Done<T>(BTreeMap<Actor, Vec<(u64, T)>>);

impl<T> Default for Done<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Done<T> {
    /// What was done so far by changes that are not among these.
    fn unseen(&self, saw: &BTreeMap<Actor, u64>) -> impl Iterator<Item = &T> {
        self.0.iter().flat_map(|(actor, done)| {
            let known = saw.get(actor).copied().unwrap_or(0);
            done.iter().rev().take_while(move |(seq, _)| *seq > known).map(|(_, done)| done)
        })
    }

    fn add(&mut self, change: &IndexedChange, done: T) {
        self.0.entry(change.actor).or_default().push((change.seq, done));
    }
}

/// The operations that are concurrent with another of the same field. Ancestors come first.
pub(super) fn ops<'a>(changes: impl Iterator<Item = &'a IndexedChange>) -> BTreeSet<OpId> {
    let mut seen = Seen::default();
    let mut puts: BTreeMap<&str, Done<OpId>> = BTreeMap::new();
    let mut concurrent = BTreeSet::new();
    for change in changes {
        let saw = seen.by(change);
        for (op, key) in change.ops() {
            let of_key = puts.entry(key).or_default();
            let unseen: Vec<OpId> = of_key.unseen(saw).copied().collect();
            if !unseen.is_empty() {
                concurrent.insert(op);
                concurrent.extend(unseen);
            }
            of_key.add(change, op);
        }
    }
    concurrent
}

/// Groups changes that are concurrent, at one remove or at several, where `apart` lets two count at all: of each change
/// the first one of its group, by place. Ancestors come first.
pub(super) fn groups<'a>(
    changes: impl Iterator<Item = &'a IndexedChange>,
    apart: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut seen = Seen::default();
    let mut done: Done<usize> = Done::default();
    let mut groups = Vec::new();
    for (place, change) in changes.enumerate() {
        groups.push(place);
        for other in done.unseen(seen.by(change)).filter(|other| apart(**other, place)) {
            let (one, other) = (first_of(&groups, *other), first_of(&groups, place));
            groups[one.max(other)] = one.min(other);
        }
        done.add(change, place);
    }
    (0..groups.len()).map(|place| first_of(&groups, place)).collect()
}

fn first_of(groups: &[usize], mut place: usize) -> usize {
    while groups[place] != place {
        place = groups[place];
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(number: u8, actor: u8, seq: u64, start_op: u64, deps: &[u8], keys: &[&str]) -> IndexedChange {
        IndexedChange {
            hash: [number; 32],
            actor: Actor([actor; 16]),
            seq,
            start_op,
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            deps: deps.iter().map(|dep| [*dep; 32]).collect(),
        }
    }

    #[test]
    fn only_puts_of_one_field_that_did_not_see_each_other_are_concurrent_in_any_order() {
        let base = change(1, 1, 1, 1, &[], &["a", "b"]);
        let left = change(2, 1, 2, 3, &[1], &["a"]);
        let left_again = change(3, 1, 3, 4, &[2], &["a"]);
        let right = change(4, 2, 1, 3, &[1], &["a", "b"]);
        let joined = change(5, 3, 1, 5, &[3, 4], &["a"]);
        let op = |counter, actor| OpId { counter, actor: Actor([actor; 16]) };
        let expected = BTreeSet::from([op(3, 1), op(4, 1), op(3, 2)]);
        assert_eq!(ops([&base, &left, &left_again, &right, &joined].into_iter()), expected);
        assert_eq!(ops([&base, &right, &left, &left_again, &joined].into_iter()), expected);
        assert!(ops([&base, &left, &left_again].into_iter()).is_empty());
    }

    #[test]
    fn what_did_not_see_each_other_is_one_group_and_what_saw_all_of_it_begins_another() {
        let base = change(1, 1, 1, 1, &[], &["a", "b"]);
        let left = change(2, 1, 2, 3, &[1], &["a"]);
        let left_again = change(3, 1, 3, 4, &[2], &["a"]);
        let right = change(4, 2, 1, 3, &[1], &["b"]);
        let joined = change(5, 3, 1, 5, &[3, 4], &["c"]);
        let beside = change(6, 2, 2, 5, &[3, 4], &["d"]);
        let all = [&base, &left, &right, &left_again, &joined, &beside];
        assert_eq!(groups(all.into_iter(), |_, _| true), [0, 1, 1, 1, 4, 4]);
        let other_order = [&base, &right, &left, &left_again, &beside, &joined];
        assert_eq!(groups(other_order.into_iter(), |_, _| true), [0, 1, 1, 1, 4, 4]);
        assert_eq!(groups(all.into_iter(), |_, _| false), [0, 1, 2, 3, 4, 5]);
    }
}
