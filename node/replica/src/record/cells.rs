//! Cells: all that a replica keeps of a record's document between changes.
//!
//! Owns the visible values of each key, the heads and the greatest operation, and their bytes at rest. Never reads or
//! writes a change: [`super::change`] and [`super::fold`] do.

use super::{Actor, ChangeHash, OpId, Scalar};
use minicbor::{Decoder, Encoder};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Bound;

/// Version of the bytes that [`Cells::encode`] writes.
const ENCODING_VERSION: u64 = 1;

/// One visible value: a put that no other put names as predecessor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visible {
    /// The put.
    pub op: OpId,
    /// What it put.
    pub value: Scalar,
}

/// The present state of one record. Equal sets of changes give equal cells, in whatever causal order they were folded.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cells {
    pub(super) heads: Vec<ChangeHash>,
    pub(super) greatest_op: u64,
    pub(super) cells: BTreeMap<String, Vec<Visible>>,
}

/// Stored cells that cannot be read: the caller rebuilds them from the log.
#[derive(Debug, thiserror::Error)]
#[error("stored cells are damaged")]
pub struct CellsDamaged(#[source] minicbor::decode::Error);

impl Cells {
    /// The cells of a record that has no change yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hashes of the changes that no other change depends on, ascending.
    #[must_use]
    pub fn heads(&self) -> &[ChangeHash] {
        &self.heads
    }

    /// The greatest operation counter in the record, 0 when it has none.
    #[must_use]
    pub fn greatest_op(&self) -> u64 {
        self.greatest_op
    }

    /// Whether the record has no change yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Keys with their visible values, keys ascending; of each key the winner comes last.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Visible])> {
        self.cells.iter().map(|(key, visible)| (key.as_str(), visible.as_slice()))
    }

    /// Keys that start with `prefix`, with their visible values.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a [Visible])> {
        self.cells
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(key, visible)| (key.as_str(), visible.as_slice()))
    }

    /// Keys with the value that won each.
    pub fn winners(&self) -> impl Iterator<Item = (&str, &Scalar)> {
        self.iter().filter_map(|(key, visible)| Some((key, &visible.last()?.value)))
    }

    /// The visible values of `key`, operation ids ascending: the winner is the last. Empty when nothing was ever put.
    #[must_use]
    pub fn visible(&self, key: &str) -> &[Visible] {
        self.cells.get(key).map_or(&[], Vec::as_slice)
    }

    /// The value of `key` with the greatest operation id.
    #[must_use]
    pub fn winner(&self, key: &str) -> Option<&Scalar> {
        self.visible(key).last().map(|visible| &visible.value)
    }

    /// The cells as they would read after these puts: to check a record before it is written. Never to be stored, for the
    /// puts have no operation.
    #[must_use]
    pub fn overlaid(&self, puts: &[(String, Scalar)]) -> Self {
        let mut overlaid = self.clone();
        let op = OpId { counter: u64::MAX, actor: Actor([0xff; 16]) };
        for (key, value) in puts {
            overlaid.cells.insert(key.clone(), vec![Visible { op, value: value.clone() }]);
        }
        overlaid
    }

    /// The cells without those keys that are not to be seen: to show a record. Never to be stored or built on.
    #[must_use]
    pub fn only(&self, seen: impl Fn(&str) -> bool) -> Self {
        let kept = self.cells.iter().filter(|(key, _)| seen(key));
        let cells = kept.map(|(key, visible)| (key.clone(), visible.clone())).collect();
        Self { heads: self.heads.clone(), greatest_op: self.greatest_op, cells }
    }

    /// Keys with several visible values, whether these differ or not: a conflict in Automerge's sense.
    pub fn conflicts(&self) -> impl Iterator<Item = (&str, &[Visible])> {
        self.iter().filter(|(_, visible)| visible.len() > 1)
    }

    /// Whether the visible values of `key` differ, so that a person has something to decide.
    #[must_use]
    pub fn has_distinct_values(&self, key: &str) -> bool {
        self.visible(key).windows(2).any(|pair| pair[0].value != pair[1].value)
    }

    /// The bytes at rest: a table of actors, then every key with its visible values. Equal cells give equal bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::with_capacity(64 + 40 * self.cells.len()));
        self.write(&mut e).expect("invariant: writing to a vector does not fail");
        e.into_writer()
    }

    fn write(&self, e: &mut Encoder<Vec<u8>>) -> Result<(), minicbor::encode::Error<Infallible>> {
        let actors = self.actors();
        e.array(5)?.u64(ENCODING_VERSION)?;
        e.bytes(self.heads.as_flattened())?.u64(self.greatest_op)?;
        e.bytes(&actors.iter().flat_map(|actor| actor.0).collect::<Vec<u8>>())?;
        e.map(self.cells.len() as u64)?;
        for (key, visible) in &self.cells {
            e.str(key)?.array(3 * visible.len() as u64)?;
            for Visible { op, value } in visible {
                let index = actors.partition_point(|actor| *actor < op.actor);
                e.u64(op.counter)?.u64(index as u64)?.encode(value)?;
            }
        }
        Ok(())
    }

    fn actors(&self) -> Vec<Actor> {
        let mut actors: Vec<Actor> = Vec::new();
        for visible in self.cells.values().flatten() {
            // Nearly every record has a handful: no set is worth its price.
            if let Err(place) = actors.binary_search(&visible.op.actor) {
                actors.insert(place, visible.op.actor);
            }
        }
        actors
    }

    /// Reads what [`Cells::encode`] wrote.
    ///
    /// # Errors
    /// [`CellsDamaged`] for any other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, CellsDamaged> {
        let mut d = Decoder::new(bytes);
        let cells = read(&mut d).map_err(CellsDamaged)?;
        if d.position() != bytes.len() {
            return Err(CellsDamaged(damaged("bytes after the end")));
        }
        Ok(cells)
    }
}

fn damaged(what: &'static str) -> minicbor::decode::Error {
    minicbor::decode::Error::message(what)
}

fn read(d: &mut Decoder<'_>) -> Result<Cells, minicbor::decode::Error> {
    if d.array()? != Some(5) || d.u64()? != ENCODING_VERSION {
        return Err(damaged("unknown version"));
    }
    let heads = chunks::<32>(d.bytes()?)?;
    let greatest_op = d.u64()?;
    let actors = chunks::<16>(d.bytes()?)?;
    let keys = d.map()?.ok_or_else(|| damaged("map of unknown length"))?;
    let mut cells = BTreeMap::new();
    for _ in 0..keys {
        let key = d.str()?.to_owned();
        let items = d.array()?.ok_or_else(|| damaged("array of unknown length"))?;
        let mut visible = Vec::with_capacity((items / 3).min(16) as usize);
        for _ in 0..items / 3 {
            let counter = d.u64()?;
            let index = usize::try_from(d.u64()?).unwrap_or(usize::MAX);
            let actor = Actor(*actors.get(index).ok_or_else(|| damaged("unknown actor"))?);
            visible.push(Visible { op: OpId { counter, actor }, value: d.decode()? });
        }
        cells.insert(key, visible);
    }
    Ok(Cells { heads, greatest_op, cells })
}

fn chunks<const N: usize>(bytes: &[u8]) -> Result<Vec<[u8; N]>, minicbor::decode::Error> {
    let (chunks, rest) = bytes.as_chunks::<N>();
    if rest.is_empty() { Ok(chunks.to_vec()) } else { Err(damaged("a list cut short")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sample() -> Cells {
        let op = |counter, actor| OpId { counter, actor: Actor([actor; 16]) };
        let mut cells = Cells { heads: vec![[1; 32], [2; 32]], greatest_op: 7, ..Cells::default() };
        cells.cells.insert("archived".into(), vec![Visible { op: op(2, 9), value: false.into() }]);
        let one = Visible { op: op(3, 1), value: "Dupont".into() };
        let other = Visible { op: op(3, 9), value: "Durand".into() };
        cells.cells.insert("name".into(), vec![one.clone(), other]);
        cells.cells.insert("phone".into(), vec![one.clone(), Visible { op: op(7, 9), value: one.value.clone() }]);
        cells
    }

    #[test]
    fn winner_is_the_greatest_op() {
        let cells = sample();
        assert_eq!(cells.winner("name").unwrap().as_str(), Some("Durand"));
        assert_eq!(cells.winner("nothing"), None);
        assert_eq!(cells.conflicts().map(|(key, _)| key).collect::<Vec<_>>(), ["name", "phone"]);
        assert!(cells.has_distinct_values("name") && !cells.has_distinct_values("phone"));
        assert_eq!(cells.under("na").count(), 1);
    }

    #[test]
    fn bytes_round_trip_and_damage_is_noticed() {
        let bytes = sample().encode();
        assert_eq!(Cells::decode(&bytes).unwrap(), sample());
        assert_eq!(Cells::decode(&Cells::new().encode()).unwrap(), Cells::new());
        for end in 0..bytes.len() {
            assert!(Cells::decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        assert!(Cells::decode(&[&bytes[..], &[0]].concat()).is_err());
    }
}
