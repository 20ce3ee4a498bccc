//! Reading the columns of a change's operations, within bounds and without trust.
//!
//! Owns the subset of Automerge's column format that scalar puts into the root map use, and the refusal of the rest.
//! Never inflates anything, and never takes a count from the bytes without a bound: a run of 2^60 equal values costs its
//! sender ten bytes. Whether the bytes are written in the one canonical way is not asked here; the caller compares.

use super::limits::{MAX_CHANGE_COLUMNS, MAX_CHANGE_OPS, MAX_CHANGE_PREDECESSORS, MAX_KEY_BYTES, MAX_VALUE_BYTES};
use super::{Actor, ChangeRefused, OpId, Put, Scalar};

const DEFLATED: u32 = 0b1000;
const OBJECT_ACTOR: u32 = 1;
const OBJECT_COUNTER: u32 = 2;
const KEY_ACTOR: u32 = 17;
const KEY_COUNTER: u32 = 19;
const KEY_STRING: u32 = 21;
const INSERT: u32 = 52;
const ACTION: u32 = 66;
const VALUE_META: u32 = 86;
const VALUE: u32 = 87;
const PRED_GROUP: u32 = 112;
const PRED_ACTOR: u32 = 113;
const PRED_COUNTER: u32 = 115;
const EXPAND: u32 = 148;
const MARK_NAME: u32 = 165;

/// A cursor that knows what it reads, so that a refusal can say so.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    part: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], part: &'static str) -> Self {
        Self { rest: bytes, part }
    }

    pub(super) fn part(&mut self, part: &'static str) -> &mut Self {
        self.part = part;
        self
    }

    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    fn truncated(&self) -> ChangeRefused {
        ChangeRefused::Truncated { part: self.part }
    }

    fn malformed(&self) -> ChangeRefused {
        ChangeRefused::Malformed { part: self.part }
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<&'a [u8], ChangeRefused> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or_else(|| self.truncated())?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ChangeRefused> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.truncated())?;
        self.rest = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, ChangeRefused> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// An unsigned LEB128 number.
    pub(super) fn unsigned(&mut self) -> Result<u64, ChangeRefused> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(self.malformed());
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.malformed())
    }

    /// A signed LEB128 number.
    pub(super) fn signed(&mut self) -> Result<i64, ChangeRefused> {
        let mut value: i64 = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                return Err(self.malformed());
            }
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0 && shift < 57;
                return Ok(if negative { value | (-1 << (shift + 7)) } else { value });
            }
        }
        Err(self.malformed())
    }

    /// An unsigned number that counts bytes or items, at most `limit` of them.
    pub(super) fn count(&mut self, of: &'static str, limit: usize) -> Result<usize, ChangeRefused> {
        let count = self.unsigned()?;
        usize::try_from(count).ok().filter(|count| *count <= limit).ok_or(ChangeRefused::TooMany { of, limit })
    }
}

#[derive(Default)]
struct Columns<'a> {
    key: &'a [u8],
    insert: &'a [u8],
    action: &'a [u8],
    value_meta: &'a [u8],
    value: &'a [u8],
    pred_group: &'a [u8],
    pred_actor: &'a [u8],
    pred_counter: &'a [u8],
}

impl<'a> Columns<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ChangeRefused> {
        let count = reader.part("column list").count("columns", MAX_CHANGE_COLUMNS)?;
        let mut specs = [(0_u32, 0_usize); MAX_CHANGE_COLUMNS];
        for (column, length) in &mut specs[..count] {
            *column = u32::try_from(reader.unsigned()?).map_err(|_| reader.malformed())?;
            *length = reader.count("column bytes", super::limits::MAX_CHANGE_BYTES)?;
            refuse_column(*column)?;
        }
        let mut columns = Self::default();
        reader.part("columns");
        for (column, length) in &specs[..count] {
            let place = match *column {
                KEY_STRING => &mut columns.key,
                INSERT => &mut columns.insert,
                ACTION => &mut columns.action,
                VALUE_META => &mut columns.value_meta,
                VALUE => &mut columns.value,
                PRED_GROUP => &mut columns.pred_group,
                PRED_ACTOR => &mut columns.pred_actor,
                PRED_COUNTER => &mut columns.pred_counter,
                column => return Err(ChangeRefused::UnknownColumn { column }),
            };
            *place = reader.take(*length)?;
        }
        Ok(columns)
    }
}

fn refuse_column(column: u32) -> Result<(), ChangeRefused> {
    if column & DEFLATED != 0 {
        return Err(ChangeRefused::CompressedColumn { column });
    }
    match column {
        OBJECT_ACTOR | OBJECT_COUNTER => Err(ChangeRefused::NestedObject),
        KEY_ACTOR | KEY_COUNTER => Err(ChangeRefused::ListOperation),
        EXPAND | MARK_NAME => Err(ChangeRefused::Mark),
        _ => Ok(()),
    }
}

/// Run-length encoded items, at most `limit`: positive counts repeat one item, negative ones list several, 0 is nulls.
fn runs<'a, T: Copy>(
    bytes: &'a [u8],
    part: &'static str,
    limit: usize,
    mut item: impl FnMut(&mut Reader<'a>) -> Result<T, ChangeRefused>,
) -> Result<Vec<T>, ChangeRefused> {
    let mut reader = Reader::new(bytes, part);
    let mut items = Vec::new();
    while reader.remaining() > 0 {
        let count = reader.signed()?;
        let length = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        if length > limit - items.len() {
            return Err(ChangeRefused::TooMany { of: part, limit });
        }
        match count {
            0 => return Err(if part == "keys" { ChangeRefused::ListOperation } else { reader.malformed() }),
            1.. => items.resize(items.len() + length, item(&mut reader)?),
            _ => {
                for _ in 0..length {
                    items.push(item(&mut reader)?);
                }
            }
        }
    }
    Ok(items)
}

/// Reads the operations of a change: scalar puts into the root map, or a refusal.
///
/// `actors` are the change's own actor and then the others that it names.
pub(super) fn read_puts(reader: &mut Reader<'_>, actors: &[Actor]) -> Result<Vec<Put>, ChangeRefused> {
    let columns = Columns::read(reader)?;
    let actions = runs(columns.action, "actions", MAX_CHANGE_OPS, Reader::unsigned)?;
    actions.iter().try_for_each(|action| refuse_action(*action))?;
    check_inserts(columns.insert, actions.len())?;
    let keys = runs(columns.key, "keys", MAX_CHANGE_OPS, read_key)?;
    let metas = runs(columns.value_meta, "value types", MAX_CHANGE_OPS, Reader::unsigned)?;
    let groups = runs(columns.pred_group, "predecessor counts", MAX_CHANGE_OPS, Reader::unsigned)?;
    for (part, length) in [("keys", keys.len()), ("value types", metas.len()), ("predecessor counts", groups.len())] {
        if length != actions.len() {
            return Err(ChangeRefused::Malformed { part });
        }
    }
    let mut preds = read_predecessors(&columns, actors)?.into_iter();
    let mut values = Reader::new(columns.value, "values");
    let mut puts = Vec::with_capacity(keys.len());
    for ((key, meta), group) in keys.into_iter().zip(metas).zip(groups) {
        let value = read_value(&mut values, meta, key)?;
        let group = usize::try_from(group).unwrap_or(usize::MAX);
        if group > preds.len() {
            return Err(ChangeRefused::Malformed { part: "predecessor counts" });
        }
        puts.push(Put { key: key.to_owned(), value, pred: preds.by_ref().take(group).collect() });
    }
    if values.remaining() > 0 || preds.len() > 0 {
        return Err(ChangeRefused::Malformed { part: "values" });
    }
    Ok(puts)
}

fn refuse_action(action: u64) -> Result<(), ChangeRefused> {
    match action {
        1 => Ok(()),
        0 | 2 | 4 | 6 => Err(ChangeRefused::NestedObject),
        3 => Err(ChangeRefused::Delete),
        5 => Err(ChangeRefused::Increment),
        7 => Err(ChangeRefused::Mark),
        action => Err(ChangeRefused::UnknownAction { action }),
    }
}

/// The insert column counts runs of false and true in turn; in a map nothing is inserted.
fn check_inserts(column: &[u8], ops: usize) -> Result<(), ChangeRefused> {
    if ops == 0 && column.is_empty() {
        return Ok(());
    }
    let mut reader = Reader::new(column, "insert flags");
    let not_inserted = reader.unsigned()?;
    if reader.remaining() > 0 {
        return Err(ChangeRefused::ListOperation);
    }
    if not_inserted != ops as u64 {
        return Err(ChangeRefused::Malformed { part: "insert flags" });
    }
    Ok(())
}

fn read_key<'a>(reader: &mut Reader<'a>) -> Result<&'a str, ChangeRefused> {
    let bytes = reader.unsigned()?;
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    if bytes > MAX_KEY_BYTES {
        return Err(ChangeRefused::KeyLength { bytes });
    }
    std::str::from_utf8(reader.take(bytes)?).map_err(|_| reader.malformed())
}

fn read_value(reader: &mut Reader<'_>, meta: u64, key: &str) -> Result<Scalar, ChangeRefused> {
    let type_code = (meta & 0b1111) as u8;
    let bytes = usize::try_from(meta >> 4).unwrap_or(usize::MAX);
    if bytes > MAX_VALUE_BYTES {
        return Err(ChangeRefused::ValueTooLarge { key: key.to_owned(), bytes });
    }
    let raw = reader.take(bytes)?;
    let number = || {
        let mut number = Reader::new(raw, "values");
        let value = number.signed()?;
        if number.remaining() > 0 { Err(number.malformed()) } else { Ok(value) }
    };
    match type_code {
        0 => Ok(Scalar::Null),
        1 => Ok(Scalar::Bool(false)),
        2 => Ok(Scalar::Bool(true)),
        4 => number().map(Scalar::Int),
        6 => std::str::from_utf8(raw).map(Scalar::from).map_err(|_| reader.malformed()),
        7 => Ok(Scalar::Bytes(raw.to_vec())),
        9 => number().map(Scalar::Timestamp),
        type_code => Err(ChangeRefused::UnsupportedValue { type_code }),
    }
}

fn read_predecessors(columns: &Columns<'_>, actors: &[Actor]) -> Result<Vec<OpId>, ChangeRefused> {
    let limit = MAX_CHANGE_PREDECESSORS;
    let indexes = runs(columns.pred_actor, "predecessor actors", limit, Reader::unsigned)?;
    let deltas = runs(columns.pred_counter, "predecessor counters", limit, Reader::signed)?;
    let malformed = ChangeRefused::Malformed { part: "predecessors" };
    if indexes.len() != deltas.len() {
        return Err(malformed);
    }
    let mut counter: i64 = 0;
    let mut preds = Vec::with_capacity(indexes.len());
    for (index, delta) in indexes.into_iter().zip(deltas) {
        counter = counter.checked_add(delta).filter(|sum| *sum > 0).ok_or_else(|| malformed.clone())?;
        let actor = usize::try_from(index).ok().and_then(|index| actors.get(index)).ok_or_else(|| malformed.clone())?;
        preds.push(OpId { counter: counter.unsigned_abs(), actor: *actor });
    }
    Ok(preds)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn signed_numbers() {
        let cases: [(&[u8], i64); 8] = [
            (&[0], 0),
            (&[0x7f], -1),
            (&[0x3f], 63),
            (&[0x40], -64),
            (&[0xc0, 0x00], 64),
            (&[0xbf, 0x7f], -65),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f], i64::MIN),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00], i64::MAX),
        ];
        for (bytes, value) in cases {
            assert_eq!(Reader::new(bytes, "test").signed().unwrap(), value, "{bytes:x?}");
        }
        assert!(Reader::new(&[0x80; 11], "test").signed().is_err());
        assert!(Reader::new(&[0xff; 10], "test").unsigned().is_err());
        assert!(Reader::new(&[0x80], "test").unsigned().is_err());
    }

    #[test]
    fn a_run_of_billions_is_refused_before_it_is_unrolled() {
        // 2^62 times the action 1, in eleven bytes.
        let bomb = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xc0, 0x00, 1];
        let refused = runs(&bomb, "actions", MAX_CHANGE_OPS, Reader::unsigned).unwrap_err();
        assert_eq!(refused, ChangeRefused::TooMany { of: "actions", limit: MAX_CHANGE_OPS });
    }
}
