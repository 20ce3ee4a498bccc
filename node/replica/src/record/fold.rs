//! Folding: a checked change becomes part of the cells.
//!
//! Owns the merge rule. Never checks: [`super::check`] has, and changes come in causal order, so that every predecessor
//! that a put names was folded before it, and nothing folded before it names the put.

use super::{Cells, ChangeHash, OpId, ParsedChange, Put, Visible};

impl Cells {
    /// Folds `change`, which was checked and was not folded before. Concurrent changes may come in either order.
    pub fn fold(&mut self, change: &ParsedChange) {
        for (counter, put) in (change.start_op..).zip(&change.puts) {
            self.fold_put(OpId { counter, actor: change.actor }, put);
        }
        self.greatest_op = self.greatest_op.max(change.greatest_op());
        self.heads.retain(|head| change.deps.binary_search(head).is_err());
        self.add_head(change.hash);
    }

    fn fold_put(&mut self, op: OpId, put: &Put) {
        let visible = match self.cells.get_mut(&put.key) {
            Some(visible) => visible,
            None => self.cells.entry(put.key.clone()).or_default(),
        };
        visible.retain(|other| put.pred.binary_search(&other.op).is_err());
        let place = visible.partition_point(|other| other.op < op);
        visible.insert(place, Visible { op, value: put.value.clone() });
    }

    fn add_head(&mut self, hash: ChangeHash) {
        if let Err(place) = self.heads.binary_search(&hash) {
            self.heads.insert(place, hash);
        }
    }
}
