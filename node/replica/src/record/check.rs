//! Checking a change against its own ancestors, never against the record as it happens to be now: so every replica
//! comes to the same verdict, whatever else has reached it.
//!
//! Owns the rules of actor, sequence, dependencies, first operation and predecessors. Never reads an operation's value,
//! never loads a document: the index alone is asked.

use super::{Actor, Cells, ChangeHash, ChangeRefused, OpId, ParsedChange};
use std::collections::{BTreeMap, BTreeSet};

/// What the index keeps of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedChange {
    /// Its hash.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Its place among the actor's changes of this record, from 1.
    pub seq: u64,
    /// Counter of its first operation.
    pub start_op: u64,
    /// The keys that it puts, one operation each, ascending.
    pub keys: Vec<String>,
    /// The changes that it builds on, ascending.
    pub deps: Vec<ChangeHash>,
}

impl IndexedChange {
    /// What to index of a change.
    #[must_use]
    pub fn of(change: &ParsedChange) -> Self {
        Self {
            hash: change.hash,
            actor: change.actor,
            seq: change.seq,
            start_op: change.start_op,
            keys: change.puts.iter().map(|put| put.key.clone()).collect(),
            deps: change.deps.clone(),
        }
    }

    /// Counter of its last operation.
    #[must_use]
    pub fn greatest_op(&self) -> u64 {
        self.start_op + self.keys.len() as u64 - 1
    }

    /// The operations with the keys that they put.
    pub fn ops(&self) -> impl Iterator<Item = (OpId, &str)> {
        let op = |counter| OpId { counter, actor: self.actor };
        (self.start_op..).map(op).zip(self.keys.iter().map(String::as_str))
    }

    /// The key that the operation with this counter puts, when the change holds it.
    #[must_use]
    pub fn key_of(&self, counter: u64) -> Option<&str> {
        let place = usize::try_from(counter.checked_sub(self.start_op)?).ok()?;
        self.keys.get(place).map(String::as_str)
    }
}

/// The accepted changes of one record **that stand in the past of the entry being judged**. An implementation that
/// answers from outside of that past makes verdicts depend on what else has arrived.
pub trait ChangeIndex {
    /// Why the index could not be read.
    type Error;

    /// The change of this hash.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn by_hash(&self, hash: &ChangeHash) -> Result<Option<IndexedChange>, Self::Error>;

    /// The change of `actor` with the greatest sequence number.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn latest_of(&self, actor: &Actor) -> Result<Option<IndexedChange>, Self::Error>;

    /// The change of `op.actor` with the greatest `start_op` that is not above `op.counter`.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn holding(&self, op: &OpId) -> Result<Option<IndexedChange>, Self::Error>;

    /// Whether any change of the record has no dependencies.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn has_creation(&self) -> Result<bool, Self::Error>;
}

/// Why a change was not found good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckFailed<E> {
    /// A verdict.
    #[error(transparent)]
    Refused(#[from] ChangeRefused),
    /// No verdict: the index could not be read.
    #[error("the index of changes cannot be read")]
    Index(#[source] E),
}

/// Checks `change`, brought by an entry whose writer's actor is `expected`, on the record with these `cells`.
///
/// Where the change builds on the record's present heads everything known is an ancestor, and the cells answer for most
/// predecessors; else its ancestors are walked, no further back than needed.
///
/// # Errors
/// [`CheckFailed::Refused`] with the rule that it breaks; [`CheckFailed::Index`] is no verdict.
pub fn check_change<I: ChangeIndex>(
    change: &ParsedChange,
    expected: &Actor,
    cells: &Cells,
    index: &I,
) -> Result<(), CheckFailed<I::Error>> {
    if change.actor != *expected {
        return Err(ChangeRefused::ForeignActor { expected: *expected, found: change.actor }.into());
    }
    check_start(change, index)?;
    let mut wanted = Wanted { on_heads: change.deps == cells.heads(), ..Wanted::default() };
    check_sequence(change, index, &mut wanted)?;
    check_predecessors(change, cells, index, &mut wanted)?;
    wanted.find_among_ancestors(change, index)
}

fn ask<T, E>(answer: Result<T, E>) -> Result<T, CheckFailed<E>> {
    answer.map_err(CheckFailed::Index)
}

fn check_start<I: ChangeIndex>(change: &ParsedChange, index: &I) -> Result<(), CheckFailed<I::Error>> {
    if change.deps.is_empty() && ask(index.has_creation())? {
        return Err(ChangeRefused::SecondCreation.into());
    }
    let mut greatest = 0;
    for hash in &change.deps {
        let dep = ask(index.by_hash(hash))?.ok_or(ChangeRefused::UnknownDependency { hash: *hash })?;
        // A change's operations start after all of its ancestors', so the dependencies' own are the greatest.
        greatest = greatest.max(dep.greatest_op());
    }
    let expected = greatest + 1;
    if change.start_op != expected {
        return Err(ChangeRefused::StartOp { expected, found: change.start_op }.into());
    }
    Ok(())
}

fn check_sequence<I: ChangeIndex>(
    change: &ParsedChange,
    index: &I,
    wanted: &mut Wanted,
) -> Result<(), CheckFailed<I::Error>> {
    let previous = ask(index.latest_of(&change.actor))?;
    let expected = previous.as_ref().map_or(1, |previous| previous.seq + 1);
    if change.seq != expected {
        return Err(ChangeRefused::SequenceGap { expected, found: change.seq }.into());
    }
    if let Some(previous) = previous {
        wanted.add(&previous, ChangeRefused::PreviousChangeNotAncestor { seq: previous.seq });
    }
    Ok(())
}

fn check_predecessors<I: ChangeIndex>(
    change: &ParsedChange,
    cells: &Cells,
    index: &I,
    wanted: &mut Wanted,
) -> Result<(), CheckFailed<I::Error>> {
    for put in &change.puts {
        for op in &put.pred {
            if wanted.on_heads && cells.visible(&put.key).iter().any(|visible| visible.op == *op) {
                continue;
            }
            let key = || put.key.clone();
            let holder = ask(index.holding(op))?;
            let found = holder.as_ref().and_then(|holder| Some((holder, holder.key_of(op.counter)?)));
            let Some((holder, held_key)) = found else {
                return Err(ChangeRefused::UnknownPredecessor { key: key(), op: *op }.into());
            };
            if held_key != put.key {
                return Err(ChangeRefused::PredecessorOfOtherKey { key: key(), op: *op }.into());
            }
            wanted.add(holder, ChangeRefused::PredecessorNotAncestor { key: key(), op: *op });
        }
    }
    Ok(())
}

/// Changes that must be ancestors, each with what is wrong when it is not.
#[derive(Default)]
struct Wanted {
    on_heads: bool,
    changes: BTreeMap<ChangeHash, (u64, ChangeRefused)>,
}

impl Wanted {
    fn add(&mut self, change: &IndexedChange, otherwise: ChangeRefused) {
        if !self.on_heads {
            self.changes.entry(change.hash).or_insert((change.start_op, otherwise));
        }
    }

    fn find_among_ancestors<I: ChangeIndex>(
        mut self,
        change: &ParsedChange,
        index: &I,
    ) -> Result<(), CheckFailed<I::Error>> {
        let floor = self.changes.values().map(|(start_op, _)| *start_op).min().unwrap_or(0);
        let mut ahead = change.deps.clone();
        let mut seen: BTreeSet<ChangeHash> = ahead.iter().copied().collect();
        while !self.changes.is_empty() {
            let Some(hash) = ahead.pop() else { break };
            self.changes.remove(&hash);
            // Ancestors start at lower operations: below the lowest wanted one there is nothing to find.
            let Some(ancestor) = ask(index.by_hash(&hash))?.filter(|found| found.start_op > floor) else { continue };
            ahead.extend(ancestor.deps.into_iter().filter(|dep| seen.insert(*dep)));
        }
        // The same verdict everywhere: of several missing ones the oldest is named, then the smallest hash.
        match self.changes.into_values().min_by_key(|(start_op, _)| *start_op) {
            Some((_, refused)) => Err(refused.into()),
            None => Ok(()),
        }
    }
}

/// An index in memory, of changes that all stand in the past: for tests, and for `verify`, which replays a record.
#[derive(Debug, Clone, Default)]
pub struct MemoryIndex {
    by_hash: BTreeMap<ChangeHash, IndexedChange>,
    by_op: BTreeMap<(Actor, u64), ChangeHash>,
    has_creation: bool,
}

impl MemoryIndex {
    /// Adds a checked change.
    pub fn insert(&mut self, change: IndexedChange) {
        self.by_op.insert((change.actor, change.start_op), change.hash);
        self.has_creation |= change.deps.is_empty();
        self.by_hash.insert(change.hash, change);
    }

    fn latest_up_to(&self, actor: Actor, counter: u64) -> Option<IndexedChange> {
        let (_, hash) = self.by_op.range((actor, 0)..=(actor, counter)).next_back()?;
        self.by_hash.get(hash).cloned()
    }
}

impl ChangeIndex for MemoryIndex {
    type Error = std::convert::Infallible;

    fn by_hash(&self, hash: &ChangeHash) -> Result<Option<IndexedChange>, Self::Error> {
        Ok(self.by_hash.get(hash).cloned())
    }

    fn latest_of(&self, actor: &Actor) -> Result<Option<IndexedChange>, Self::Error> {
        // An actor's changes each build on its previous one, so that its first operations ascend with its sequence.
        Ok(self.latest_up_to(*actor, u64::MAX))
    }

    fn holding(&self, op: &OpId) -> Result<Option<IndexedChange>, Self::Error> {
        Ok(self.latest_up_to(op.actor, op.counter))
    }

    fn has_creation(&self) -> Result<bool, Self::Error> {
        Ok(self.has_creation)
    }
}
