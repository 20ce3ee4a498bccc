//! Concurrent puts: those of one field of which neither had seen the other.
//! Owns the answer for one record; it depends on the changes alone, not on the order in which they arrived.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Actor, ChangeHash, OpId, ParsedChange};

/// The puts of one field by each actor, in the order of its changes: number of the change, operation.
type PutsByActor = BTreeMap<Actor, Vec<(u64, OpId)>>;

/// The operations that are concurrent with another of the same field. Ancestors come first.
///
/// An actor's changes each build on its previous one, so that what a change has seen is, for each actor, how many
/// of its changes.
pub(super) fn ops<'a>(changes: impl Iterator<Item = &'a ParsedChange>) -> BTreeSet<OpId> {
    let mut seen: BTreeMap<ChangeHash, BTreeMap<Actor, u64>> = BTreeMap::new();
    let mut puts: BTreeMap<&str, PutsByActor> = BTreeMap::new();
    let mut concurrent = BTreeSet::new();
    for change in changes {
        let mut saw: BTreeMap<Actor, u64> = BTreeMap::new();
        for (actor, seq) in change.deps.iter().filter_map(|dep| seen.get(dep)).flatten() {
            let known = saw.entry(*actor).or_default();
            *known = (*known).max(*seq);
        }
        for (op, put) in change.ops() {
            let of_key = puts.entry(&put.key).or_default();
            for (actor, theirs) in of_key.iter() {
                let known = saw.get(actor).copied().unwrap_or(0);
                let unseen: Vec<OpId> =
                    theirs.iter().rev().take_while(|(seq, _)| *seq > known).map(|(_, op)| *op).collect();
                if !unseen.is_empty() {
                    concurrent.insert(op);
                    concurrent.extend(unseen);
                }
            }
            of_key.entry(change.actor).or_default().push((change.seq, op));
        }
        saw.insert(change.actor, change.seq);
        seen.insert(change.hash, saw);
    }
    concurrent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Put, Scalar};

    fn change(number: u8, actor: u8, seq: u64, start_op: u64, deps: &[u8], keys: &[&str]) -> ParsedChange {
        let put = |key: &&str| Put { key: (*key).to_owned(), value: Scalar::Null, pred: Vec::new() };
        ParsedChange {
            hash: [number; 32],
            actor: Actor([actor; 16]),
            seq,
            start_op,
            deps: deps.iter().map(|dep| [*dep; 32]).collect(),
            time_s: 0,
            puts: keys.iter().map(put).collect(),
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
}
