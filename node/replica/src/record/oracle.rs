//! Automerge as judge: what a record's changes give when Automerge itself loads them.
//!
//! Owns the only place where an Automerge document is loaded: property tests, `verify` and the export of a record read
//! through it. Never on the way of an edit.

use super::{Actor, Cells, ChangeHash, OpId, Scalar, Visible};
use automerge::{Automerge, ObjId, ROOT, ReadDoc, Value};
use std::collections::BTreeMap;

/// A record's state as Automerge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OracleState {
    /// The document's heads, ascending.
    pub heads: Vec<ChangeHash>,
    /// Each key's values (`get_all`), operation ids ascending.
    pub cells: BTreeMap<String, Vec<Visible>>,
    /// Each key's winner (`get`).
    pub winners: BTreeMap<String, Scalar>,
}

/// Why Automerge's state could not be had.
#[derive(Debug, thiserror::Error)]
pub enum OracleFailed {
    /// Automerge refuses the changes.
    #[error("Automerge does not load the record's changes")]
    Load(#[source] automerge::AutomergeError),
    /// Some change's ancestors are not among the changes.
    #[error("{missing} changes that others build on are missing")]
    Missing {
        /// How many.
        missing: usize,
    },
    /// The document holds something that no record holds.
    #[error("the document holds something at {key} that is no scalar of ours")]
    NotARecord {
        /// The cell.
        key: String,
    },
}

/// Loads `changes` (uncompressed chunks, in any order) into an Automerge document and reads it.
///
/// # Errors
/// [`OracleFailed`], which for changes that were checked means a fault in this crate or in Automerge.
pub fn automerge_state<B: AsRef<[u8]>>(changes: &[B]) -> Result<OracleState, OracleFailed> {
    let document = load(changes)?;
    let mut state = OracleState { heads: Vec::new(), cells: BTreeMap::new(), winners: BTreeMap::new() };
    state.heads = document.get_heads().into_iter().map(|hash| hash.0).collect();
    for key in document.keys(ROOT) {
        let not_a_record = || OracleFailed::NotARecord { key: key.clone() };
        let values = document.get_all(ROOT, key.as_str()).map_err(OracleFailed::Load)?;
        let mut visible = values.into_iter().map(read_visible).collect::<Option<Vec<_>>>().ok_or_else(not_a_record)?;
        visible.sort_by_key(|visible| visible.op);
        let winner = document.get(ROOT, key.as_str()).map_err(OracleFailed::Load)?;
        let winner = winner.and_then(read_visible).ok_or_else(not_a_record)?;
        state.cells.insert(key.clone(), visible);
        state.winners.insert(key, winner.value);
    }
    Ok(state)
}

/// The record as one Automerge document, which any Automerge program opens.
///
/// # Errors
/// As [`automerge_state`].
pub fn export_automerge<B: AsRef<[u8]>>(changes: &[B]) -> Result<Vec<u8>, OracleFailed> {
    Ok(load(changes)?.save())
}

fn load<B: AsRef<[u8]>>(changes: &[B]) -> Result<Automerge, OracleFailed> {
    let bytes: Vec<u8> = changes.iter().flat_map(|change| change.as_ref().iter().copied()).collect();
    let document = Automerge::load(&bytes).map_err(OracleFailed::Load)?;
    match document.get_missing_deps(&[]).len() {
        0 => Ok(document),
        missing => Err(OracleFailed::Missing { missing }),
    }
}

fn read_visible((value, id): (Value<'_>, ObjId)) -> Option<Visible> {
    let ObjId::Id(counter, actor, _) = id else { return None };
    let Value::Scalar(value) = value else { return None };
    let op = OpId { counter, actor: Actor::from_automerge(&actor)? };
    Some(Visible { op, value: Scalar::try_from(value.as_ref()).ok()? })
}

impl OracleState {
    /// What differs between folded cells and Automerge's state: `heads`, or a key. `None` when all is equal.
    #[must_use]
    pub fn difference(&self, cells: &Cells) -> Option<String> {
        if self.heads != cells.heads() {
            return Some("heads".to_owned());
        }
        let folded: BTreeMap<&str, &[Visible]> = cells.iter().collect();
        let keys = self.cells.keys().map(String::as_str).chain(folded.keys().copied());
        keys.into_iter()
            .find(|key| {
                self.cells.get(*key).map(Vec::as_slice) != folded.get(key).copied()
                    || self.winners.get(*key) != cells.winner(key)
            })
            .map(str::to_owned)
    }
}
