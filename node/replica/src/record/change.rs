//! Changes: built from cells, read from bytes.
//!
//! Owns the one form of Automerge change that records know: scalar puts into the root map, keys ascending, uncompressed.
//! Reading is strict: our own bounded reader takes the bytes apart, Automerge's encoder puts what was read together
//! again, and any difference is a refusal. So Automerge's decoders never meet bytes that its own encoder did not make.
//! Never judges a change against others; [`super::check`] does.

use super::column::{Reader, read_puts};
use super::limits::{
    MAX_ACTOR_SEQ, MAX_CHANGE_BYTES, MAX_CHANGE_DEPS, MAX_CHANGE_OPS, MAX_CHANGE_PREDECESSORS, MAX_CHANGE_TIME_S,
    MAX_KEY_BYTES, MAX_OP_COUNTER, MAX_OTHER_ACTORS, MAX_PUT_PREDECESSORS, MAX_VALUE_BYTES,
};
use super::{Actor, Cells, ChangeHash, ChangeRefused, OpId, Scalar};
use automerge::legacy::{Key, ObjectId, Op, OpId as AutomergeOpId, OpType};
use automerge::{Change, ExpandedChange};
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_CHUNK: u8 = 1;
const COMPRESSED_CHUNK: u8 = 2;

/// One operation: a scalar put into a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The cell.
    pub key: String,
    /// The value.
    pub value: Scalar,
    /// The puts of this cell that this one overwrites, ascending.
    pub pred: Vec<OpId>,
}

/// A change taken apart. Its puts have the counters `start_op`, `start_op` + 1 and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedChange {
    /// SHA-256 of the chunk, as Automerge computes it.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Its place among the actor's changes of this record, from 1.
    pub seq: u64,
    /// Counter of its first put.
    pub start_op: u64,
    /// The changes that it builds on, ascending.
    pub deps: Vec<ChangeHash>,
    /// Wall-clock hint, Unix seconds. Orders nothing.
    pub time_s: i64,
    /// What it puts, keys strictly ascending.
    pub puts: Vec<Put>,
}

/// A change made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltChange {
    /// The uncompressed change chunk, as it goes into the log.
    pub bytes: Vec<u8>,
    /// The same, taken apart: what [`parse_change`] makes of `bytes`.
    pub change: ParsedChange,
}

/// Why bytes gave no change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseFailed {
    /// A verdict: the entry is quarantined.
    #[error(transparent)]
    Refused(#[from] ChangeRefused),
    /// No verdict: decoding panicked. The record is parked with an alarm.
    #[error("reading the change panicked")]
    Panicked,
}

impl ParsedChange {
    /// Counter of the last put.
    #[must_use]
    pub fn greatest_op(&self) -> u64 {
        self.start_op + self.puts.len() as u64 - 1
    }

    /// The puts with their operation ids.
    pub fn ops(&self) -> impl Iterator<Item = (OpId, &Put)> {
        (self.start_op..).zip(&self.puts).map(|(counter, put)| (OpId { counter, actor: self.actor }, put))
    }

    /// The rules that concern the change alone, whoever made it.
    fn check_bounds(&self) -> Result<(), ChangeRefused> {
        at_most(self.deps.len(), "dependencies", MAX_CHANGE_DEPS)?;
        at_most(self.puts.len(), "puts", MAX_CHANGE_OPS)?;
        ascending(&self.deps, "dependencies")?;
        if self.puts.is_empty() {
            return Err(ChangeRefused::NoPuts);
        }
        if self.seq == 0 || self.seq > MAX_ACTOR_SEQ {
            return Err(ChangeRefused::CounterTooLarge { of: "sequence number" });
        }
        let last = self.start_op.checked_add(self.puts.len() as u64 - 1);
        if self.start_op == 0 || last.is_none_or(|last| last > MAX_OP_COUNTER) {
            return Err(ChangeRefused::CounterTooLarge { of: "operations" });
        }
        if !(0..=MAX_CHANGE_TIME_S).contains(&self.time_s) {
            return Err(ChangeRefused::TimeOutOfRange { time_s: self.time_s });
        }
        if self.puts.windows(2).any(|pair| pair[0].key >= pair[1].key) {
            return Err(ChangeRefused::OutOfOrder { of: "keys" });
        }
        self.puts.iter().try_for_each(Put::check_bounds)?;
        at_most(self.puts.iter().map(|put| put.pred.len()).sum(), "predecessors", MAX_CHANGE_PREDECESSORS)
    }

    /// Automerge's own encoding.
    pub(super) fn encode(&self) -> Change {
        let operations = self.puts.iter().map(Put::to_automerge).collect();
        Change::from(ExpandedChange {
            operations,
            actor_id: self.actor.to_automerge(),
            hash: None,
            seq: self.seq,
            start_op: NonZeroU64::new(self.start_op).unwrap_or(NonZeroU64::MIN),
            time: self.time_s,
            message: None,
            deps: self.deps.iter().map(|hash| automerge::ChangeHash(*hash)).collect(),
            extra_bytes: Vec::new(),
            author: None,
        })
    }
}

impl Put {
    fn check_bounds(&self) -> Result<(), ChangeRefused> {
        if self.key.is_empty() || self.key.len() > MAX_KEY_BYTES {
            return Err(ChangeRefused::KeyLength { bytes: self.key.len() });
        }
        let bytes = self.value.size_bytes();
        if bytes > MAX_VALUE_BYTES {
            return Err(ChangeRefused::ValueTooLarge { key: self.key.clone(), bytes });
        }
        if self.pred.iter().any(|op| op.counter > MAX_OP_COUNTER) {
            return Err(ChangeRefused::CounterTooLarge { of: "predecessors" });
        }
        at_most(self.pred.len(), "predecessors of one put", MAX_PUT_PREDECESSORS)?;
        ascending(&self.pred, "predecessors")
    }

    fn to_automerge(&self) -> Op {
        let pred: Vec<_> = self.pred.iter().map(|op| AutomergeOpId(op.counter, op.actor.to_automerge())).collect();
        Op {
            action: OpType::Put(self.value.to_automerge()),
            obj: ObjectId::Root,
            key: Key::from(self.key.as_str()),
            pred: pred.into(),
            insert: false,
        }
    }
}

fn at_most(count: usize, of: &'static str, limit: usize) -> Result<(), ChangeRefused> {
    if count > limit { Err(ChangeRefused::TooMany { of, limit }) } else { Ok(()) }
}

fn ascending<T: Ord>(items: &[T], of: &'static str) -> Result<(), ChangeRefused> {
    if items.is_sorted_by(|left, right| left < right) { Ok(()) } else { Err(ChangeRefused::OutOfOrder { of }) }
}

/// Builds a change that puts `puts` on top of `cells`: it depends on the heads, and each put overwrites what is visible
/// in its cell. `actor_seq` is 1 + the number of changes that `actor` has made to this record. A `time_s` (Unix seconds)
/// out of range is clamped. The caller folds `change` and logs `bytes`.
///
/// Of a cell with more visible values than [`MAX_PUT_PREDECESSORS`] the greatest are overwritten; the rest stay losers.
///
/// # Errors
/// [`ChangeRefused`] when every replica, this one too, would refuse the change: nothing put, a key put twice, too large.
pub fn build_change(
    cells: &Cells,
    actor: Actor,
    actor_seq: u64,
    time_s: i64,
    puts: &[(String, Scalar)],
) -> Result<BuiltChange, ChangeRefused> {
    let mut puts: Vec<Put> = puts
        .iter()
        .map(|(key, value)| {
            let visible = cells.visible(key);
            let overwritten = &visible[visible.len().saturating_sub(MAX_PUT_PREDECESSORS)..];
            let pred = overwritten.iter().map(|visible| visible.op).collect();
            Put { key: key.clone(), value: value.clone(), pred }
        })
        .collect();
    puts.sort_unstable_by(|left, right| left.key.cmp(&right.key));
    let mut change = ParsedChange {
        hash: [0; 32],
        actor,
        seq: actor_seq,
        start_op: cells.greatest_op() + 1,
        deps: cells.heads().to_vec(),
        time_s: time_s.clamp(0, MAX_CHANGE_TIME_S),
        puts,
    };
    change.check_bounds()?;
    let encoded = change.encode();
    at_most(encoded.other_actor_ids().len(), "other actors", MAX_OTHER_ACTORS)?;
    let bytes = encoded.raw_bytes().to_vec();
    if bytes.len() > MAX_CHANGE_BYTES {
        return Err(ChangeRefused::TooLarge { bytes: bytes.len() as u64 });
    }
    change.hash = encoded.hash().0;
    Ok(BuiltChange { bytes, change })
}

/// Takes a change apart, whoever sent it.
///
/// # Errors
/// [`ParseFailed::Refused`] with the rule that the bytes break; [`ParseFailed::Panicked`] is no verdict.
pub fn parse_change(bytes: &[u8]) -> Result<ParsedChange, ParseFailed> {
    // Nothing outlives a panic: all that is touched within was made within.
    let parsed = catch_unwind(AssertUnwindSafe(|| parse(bytes)));
    parsed.map_err(|_| ParseFailed::Panicked)?.map_err(ParseFailed::Refused)
}

/// Whether a change that was accepted makes its record: it builds on no other. Reads just that.
pub(crate) fn makes_its_record(bytes: &[u8]) -> bool {
    let deps = read_header(bytes).and_then(|body| Reader::new(body, "dependencies").unsigned());
    deps.is_ok_and(|deps| deps == 0)
}

fn parse(bytes: &[u8]) -> Result<ParsedChange, ChangeRefused> {
    let mut change = read_body(read_header(bytes)?)?;
    change.check_bounds()?;
    let canonical = change.encode();
    // This holds the checksum too, and that every number and run is written in the one shortest way.
    if canonical.raw_bytes() != bytes {
        return Err(ChangeRefused::NotCanonical);
    }
    change.hash = canonical.hash().0;
    Ok(change)
}

/// Checks the chunk's header and returns its contents.
fn read_header(bytes: &[u8]) -> Result<&[u8], ChangeRefused> {
    if bytes.len() > MAX_CHANGE_BYTES {
        return Err(ChangeRefused::TooLarge { bytes: bytes.len() as u64 });
    }
    let mut reader = Reader::new(bytes, "header");
    if reader.array()? != MAGIC {
        return Err(ChangeRefused::NotAChunk);
    }
    let _checksum: [u8; 4] = reader.array()?;
    match reader.array()? {
        [CHANGE_CHUNK] => {}
        [COMPRESSED_CHUNK] => return Err(ChangeRefused::CompressedChunk),
        [chunk_type] => return Err(ChangeRefused::NotAChange { chunk_type }),
    }
    let declared = reader.unsigned()?;
    if declared > MAX_CHANGE_BYTES as u64 {
        return Err(ChangeRefused::TooLarge { bytes: declared });
    }
    let body = reader.part("contents").take(declared as usize)?;
    match reader.remaining() {
        0 => Ok(body),
        bytes => Err(ChangeRefused::TrailingBytes { bytes }),
    }
}

fn read_body(body: &[u8]) -> Result<ParsedChange, ChangeRefused> {
    let mut reader = Reader::new(body, "dependencies");
    let deps = reader.count("dependencies", MAX_CHANGE_DEPS)?;
    let deps = (0..deps).map(|_| reader.array()).collect::<Result<Vec<ChangeHash>, _>>()?;
    let actor = read_actor(reader.part("actor"))?;
    let seq = reader.part("sequence number").unsigned()?;
    let start_op = reader.part("first operation").unsigned()?;
    let time_s = reader.part("time").signed()?;
    if reader.part("message").unsigned()? != 0 {
        return Err(ChangeRefused::Message);
    }
    let others = reader.part("other actors").count("other actors", MAX_OTHER_ACTORS)?;
    let mut actors = Vec::with_capacity(1 + others);
    actors.push(actor);
    for _ in 0..others {
        actors.push(read_actor(&mut reader)?);
    }
    let puts = read_puts(&mut reader, &actors)?;
    match reader.remaining() {
        0 => Ok(ParsedChange { hash: [0; 32], actor, seq, start_op, deps, time_s, puts }),
        bytes => Err(ChangeRefused::ExtraBytes { bytes }),
    }
}

fn read_actor(reader: &mut Reader<'_>) -> Result<Actor, ChangeRefused> {
    let bytes = reader.unsigned()?;
    if bytes != 16 {
        return Err(ChangeRefused::ActorLength { bytes: usize::try_from(bytes).unwrap_or(usize::MAX) });
    }
    reader.array().map(Actor)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn puts(pairs: &[(&str, Scalar)]) -> Vec<(String, Scalar)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
    }

    #[test]
    fn what_is_built_is_what_is_parsed() {
        let actor = Actor([3; 16]);
        let all = puts(&[
            ("name", "Dupont".into()),
            ("archived", false.into()),
            ("limit", Scalar::Int(-12_345)),
            ("logo", Scalar::Bytes(vec![1, 2, 3])),
            ("seen", Scalar::Timestamp(1_700_000_000_000)),
            ("vat", Scalar::Null),
        ]);
        let built = build_change(&Cells::new(), actor, 1, 1_700_000_000, &all).unwrap();
        assert_eq!(parse_change(&built.bytes).unwrap(), built.change);
        let mut cells = Cells::new();
        cells.fold(&built.change);
        let edit = build_change(&cells, actor, 2, 0, &puts(&[("name", "Durand".into())])).unwrap();
        assert_eq!(parse_change(&edit.bytes).unwrap(), edit.change);
        assert_eq!(edit.change.deps, [built.change.hash]);
        assert!(makes_its_record(&built.bytes) && !makes_its_record(&edit.bytes));
        assert_eq!((edit.change.start_op, edit.change.puts[0].pred.len()), (7, 1));
        // Automerge reads its own: the judge of the bytes.
        assert_eq!(Change::try_from(&edit.bytes[..]).unwrap().hash().0, edit.change.hash);
    }

    #[test]
    fn bytes_are_golden() {
        let built = build_change(
            &Cells::new(),
            Actor([7; 16]),
            1,
            1_700_000_000,
            &puts(&[("archived", false.into()), ("name", "Dupont".into()), ("position", Scalar::Int(1_000))]),
        );
        let text: String = built.unwrap().bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            text,
            "856f4a8363aa5cf20151001007070707070707070707070707070707010180e2cfaa060000061518340142025604570870027d086172636869766564046e616d6508706f736974696f6e0303017d0166244475706f6e74e8070300"
        );
    }

    #[test]
    fn what_everybody_would_refuse_is_not_built() {
        let build = |puts: &[(String, Scalar)]| build_change(&Cells::new(), Actor([1; 16]), 1, 0, puts).unwrap_err();
        assert_eq!(build(&[]), ChangeRefused::NoPuts);
        let twice = puts(&[("a", 1.into()), ("a", 2.into())]);
        assert_eq!(build(&twice), ChangeRefused::OutOfOrder { of: "keys" });
        assert_eq!(build(&puts(&[("", 1.into())])), ChangeRefused::KeyLength { bytes: 0 });
        let long = "x".repeat(MAX_VALUE_BYTES + 1);
        assert!(matches!(build(&puts(&[("a", long.into())])), ChangeRefused::ValueTooLarge { .. }));
        let full = "x".repeat(MAX_VALUE_BYTES);
        let five: Vec<_> = (0..5).map(|n| (format!("key{n}"), Scalar::from(full.as_str()))).collect();
        assert!(matches!(build(&five), ChangeRefused::TooLarge { .. }));
        let many: Vec<_> = (0..=MAX_CHANGE_OPS).map(|n| (format!("{n}"), Scalar::Null)).collect();
        assert!(matches!(build(&many), ChangeRefused::TooMany { of: "puts", .. }));
    }

    #[test]
    fn a_clock_out_of_range_is_clamped() {
        for (time_s, written) in [(-5, 0), (i64::MAX, MAX_CHANGE_TIME_S)] {
            let built = build_change(&Cells::new(), Actor([1; 16]), 1, time_s, &puts(&[("a", 1.into())])).unwrap();
            assert_eq!(parse_change(&built.bytes).unwrap().time_s, written);
        }
    }
}
