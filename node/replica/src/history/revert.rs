//! Taking back: which puts make a record what it would be without some of its changes.
//! Owns that answer, a pure function of cells and history. Never touches what somebody else put since.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync_protocol::ids::{BatchId, SiteId};

use super::{HistoryItem, HistoryPut};
use crate::record::{Cells, ChangeHash, OpId, Scalar, Visible};

/// What takes changes of one record back. Nothing is written until the puts are appended, as a change like any other:
/// which can be taken back in turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revert {
    /// Among the changes is the one that made the record: a record is never unmade, so that there are no puts. Whoever
    /// asks archives it.
    pub created: bool,
    /// What to put: fields and the values that stood before; null where none did. Keys ascending.
    pub puts: Vec<(String, Scalar)>,
    /// Fields that show what somebody else put since: they stay. Of a record that the changes created, every field
    /// that shows what somebody else put.
    pub superseded: Vec<String>,
    /// Fields where several other values stand beside the one to take back: a person has to settle that conflict.
    pub contested: Vec<String>,
    /// Fields that show already what stood before.
    pub already: Vec<String>,
}

impl Revert {
    /// What takes one change back. Empty when the history does not know it.
    #[must_use]
    pub fn of_change(cells: &Cells, history: &[HistoryItem], change: &ChangeHash) -> Self {
        Self::of(cells, history, |item| item.change == *change)
    }

    /// What takes back all that one batch of a site did to the record, as one.
    #[must_use]
    pub fn of_batch(cells: &Cells, history: &[HistoryItem], site: &SiteId, batch: &BatchId) -> Self {
        Self::of(cells, history, |item| item.batch == Some(*batch) && item.site == *site)
    }

    fn of(cells: &Cells, history: &[HistoryItem], is_undone: impl Fn(&HistoryItem) -> bool) -> Self {
        let undone: Vec<&HistoryItem> = history.iter().filter(|item| is_undone(item)).collect();
        let undone_puts = Undone(undone.iter().flat_map(|item| &item.puts).map(|put| (put.op, put)).collect());
        if undone.iter().any(|item| item.created) {
            let by_others = |(key, visible): (&str, &[Visible])| {
                let shows = visible.last().is_some_and(|shown| !undone_puts.holds(shown));
                shows.then(|| key.to_owned())
            };
            return Self { created: true, superseded: cells.iter().filter_map(by_others).collect(), ..Self::default() };
        }
        let mut revert = Self::default();
        let keys: BTreeSet<&str> = undone_puts.0.values().map(|put| put.key.as_str()).collect();
        for key in keys {
            match undone_puts.outcome(key, cells.visible(key)) {
                Outcome::Put(value) => revert.puts.push((key.to_owned(), value)),
                Outcome::Superseded => revert.superseded.push(key.to_owned()),
                Outcome::Contested => revert.contested.push(key.to_owned()),
                Outcome::Already => revert.already.push(key.to_owned()),
            }
        }
        revert
    }
}

enum Outcome {
    Put(Scalar),
    Superseded,
    Contested,
    Already,
}

/// The puts that are taken back, by operation.
struct Undone<'a>(BTreeMap<OpId, &'a HistoryPut>);

impl Undone<'_> {
    fn holds(&self, visible: &Visible) -> bool {
        self.0.contains_key(&visible.op)
    }

    fn outcome(&self, key: &str, visible: &[Visible]) -> Outcome {
        let Some(shown) = visible.last() else { return Outcome::Superseded };
        if !self.holds(shown) {
            let last = self.0.values().rev().find(|put| put.key == key);
            let before = last.map_or(Scalar::Null, |put| self.stood_before(put));
            return if shown.value == before { Outcome::Already } else { Outcome::Superseded };
        }
        // Without the undone puts the others' would show. A put overwrites all that it sees, so that of several
        // distinct ones all but one would be lost.
        let mut others = visible.iter().filter(|visible| !self.holds(visible)).map(|visible| &visible.value);
        match others.next() {
            Some(other) if others.any(|another| another != other) => Outcome::Contested,
            Some(other) if *other == shown.value => Outcome::Superseded,
            Some(other) => Outcome::Put(other.clone()),
            None => match self.0.get(&shown.op).map_or(Scalar::Null, |put| self.stood_before(put)) {
                before if before == shown.value => Outcome::Already,
                before => Outcome::Put(before),
            },
        }
    }

    /// What stood before a put that is taken back: the value that it overwrote, or if that is taken back too, what
    /// stood before that.
    fn stood_before(&self, put: &HistoryPut) -> Scalar {
        let mut put = put;
        loop {
            if let Some(kept) = put.overwrote.iter().rev().find(|seen| !self.holds(seen)) {
                return kept.value.clone();
            }
            match put.overwrote.last().and_then(|seen| self.0.get(&seen.op)) {
                // Predecessors have lower operations: this ends.
                Some(earlier) => put = earlier,
                None => return Scalar::Null,
            }
        }
    }
}

/// What makes a record show again what it showed at an earlier state (see [`crate::Reading::record_at`]): fields that
/// had no value then become null. A conflict of now whose value that shows is the one of then is left as it is.
#[must_use]
pub fn puts_back_to(now: &Cells, then: &Cells) -> Vec<(String, Scalar)> {
    now.winners()
        .filter_map(|(key, shown)| {
            let then = then.winner(key).cloned().unwrap_or_default();
            (then != *shown).then(|| (key.to_owned(), then))
        })
        .collect()
}
