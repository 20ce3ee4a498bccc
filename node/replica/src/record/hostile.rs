//! Hostile changes: each is refused with the variant of the rule that it breaks, and none panics or swells.
#![allow(clippy::unwrap_used)]

use super::change::parse_change;
use super::{
    Actor, BuiltChange, Cells, ChangeRefused, CheckFailed, IndexedChange, MemoryIndex, OpId, ParseFailed, Scalar,
    build_change, check_change,
};
use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId as AutomergeOpId, OpType};
use automerge::{Change, ExpandedChange, ObjType, ScalarValue};
use proptest::prelude::*;
use std::num::NonZeroU64;

const CREATOR: Actor = Actor([1; 16]);
const OTHER: Actor = Actor([2; 16]);

fn puts(pairs: &[(&str, &str)]) -> Vec<(String, Scalar)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Scalar::from(*value))).collect()
}

/// A record: created by `CREATOR`, edited by both at once; `OTHER`'s next change is what the tests spoil.
struct Record {
    cells: Cells,
    index: MemoryIndex,
    created: BuiltChange,
    concurrent: BuiltChange,
}

impl Record {
    fn new() -> Self {
        let mut record = Self {
            cells: Cells::new(),
            index: MemoryIndex::default(),
            created: build_change(&Cells::new(), CREATOR, 1, 0, &puts(&[("name", "a"), ("phone", "1")])).unwrap(),
            concurrent: build_change(&Cells::new(), CREATOR, 1, 0, &puts(&[("x", "x")])).unwrap(),
        };
        let created = record.created.clone();
        record.admit(&created);
        let by_other = build_change(&record.cells, OTHER, 1, 0, &puts(&[("name", "b")])).unwrap();
        record.concurrent = build_change(&record.cells, CREATOR, 2, 0, &puts(&[("name", "c")])).unwrap();
        record.admit(&by_other);
        record
    }

    fn admit(&mut self, built: &BuiltChange) {
        self.cells.fold(&built.change);
        self.index.insert(IndexedChange::of(&built.change));
    }

    fn next(&self) -> BuiltChange {
        build_change(&self.cells, OTHER, 2, 0, &puts(&[("name", "d"), ("phone", "2")])).unwrap()
    }

    fn judge(&self, bytes: &[u8]) -> Result<(), ChangeRefused> {
        let change = match parse_change(bytes) {
            Err(ParseFailed::Panicked) => panic!("panicked"),
            Err(ParseFailed::Refused(refused)) => return Err(refused),
            Ok(change) => change,
        };
        match check_change(&change, &OTHER, &self.cells, &self.index) {
            Ok(()) => Ok(()),
            Err(CheckFailed::Refused(refused)) => Err(refused),
            Err(CheckFailed::Index(never)) => match never {},
        }
    }
}

fn expand(built: &BuiltChange) -> ExpandedChange {
    Change::try_from(&built.bytes[..]).unwrap().decode()
}

fn seal(expanded: ExpandedChange) -> Vec<u8> {
    Change::from(expanded).raw_bytes().to_vec()
}

fn spoiled(record: &Record, spoil: impl FnOnce(&mut ExpandedChange)) -> Result<(), ChangeRefused> {
    let mut expanded = expand(&record.next());
    spoil(&mut expanded);
    record.judge(&seal(expanded))
}

fn op_id(counter: u64, actor: Actor) -> AutomergeOpId {
    AutomergeOpId(counter, automerge::ActorId::from(actor.0))
}

#[test]
fn the_unspoiled_change_passes() {
    assert_eq!(spoiled(&Record::new(), |_| ()), Ok(()));
}

#[test]
fn what_does_not_follow_from_its_ancestors_is_refused() {
    let mut record = Record::new();
    let concurrent = record.concurrent.clone();
    type Spoil = fn(&mut ExpandedChange);
    let table: [(&str, Spoil); 7] = [
        ("change_sequence", |c| c.seq = 4),
        ("change_sequence", |c| c.seq = 1),
        ("change_foreign_actor", |c| c.actor_id = CREATOR.to_automerge()),
        ("change_start_op", |c| c.start_op = NonZeroU64::new(1_000_000).unwrap()),
        ("change_counter", |c| c.start_op = NonZeroU64::new(1 << 40).unwrap()),
        ("change_second_creation", |c| c.deps.clear()),
        ("change_unknown_dependency", |c| c.deps.push(automerge::ChangeHash([9; 32]))),
    ];
    for (code, spoil) in table {
        assert_eq!(spoiled(&record, spoil).unwrap_err().code(), code);
    }
    let pred = |counter, actor| move |c: &mut ExpandedChange| c.operations[0].pred = vec![op_id(counter, actor)].into();
    let op = |counter, actor| OpId { counter, actor };
    // Op 1 of the creator put the name, op 2 the phone, op 3 of each put the name again, the creator's unseen by us.
    let key = "name".to_owned();
    assert_eq!(spoiled(&record, pred(1, CREATOR)), Ok(()), "an overwritten ancestor may be named");
    let unknown = ChangeRefused::UnknownPredecessor { key: key.clone(), op: op(3, CREATOR) };
    assert_eq!(spoiled(&record, pred(3, CREATOR)), Err(unknown));
    let itself = ChangeRefused::UnknownPredecessor { key: key.clone(), op: op(4, OTHER) };
    assert_eq!(spoiled(&record, pred(4, OTHER)), Err(itself));
    let other_key = ChangeRefused::PredecessorOfOtherKey { key: key.clone(), op: op(2, CREATOR) };
    assert_eq!(spoiled(&record, pred(2, CREATOR)), Err(other_key));
    let next = record.next();
    record.admit(&concurrent);
    let mut expanded = expand(&next);
    pred(3, CREATOR)(&mut expanded);
    let concurrent = ChangeRefused::PredecessorNotAncestor { key, op: op(3, CREATOR) };
    assert_eq!(record.judge(&seal(expanded)), Err(concurrent), "known, but no ancestor");
    assert_eq!(record.judge(&next.bytes), Ok(()), "the same verdict with more of the record here");
}

#[test]
fn an_actor_builds_on_its_own_previous_change() {
    let record = Record::new();
    let mut before = Cells::new();
    before.fold(&record.created.change);
    let forgetful = build_change(&before, OTHER, 2, 0, &puts(&[("phone", "3")])).unwrap();
    assert_eq!(record.judge(&forgetful.bytes), Err(ChangeRefused::PreviousChangeNotAncestor { seq: 1 }));
}

#[test]
fn what_is_no_scalar_put_is_refused() {
    let record = Record::new();
    let list = ObjectId::Id(op_id(1, CREATOR));
    let table: Vec<(&str, Op)> = vec![
        ("change_nested_object", Op { action: OpType::Make(ObjType::Map), ..plain_put() }),
        ("change_nested_object", Op { action: OpType::Make(ObjType::List), ..plain_put() }),
        ("change_nested_object", Op { action: OpType::Make(ObjType::Text), ..plain_put() }),
        ("change_nested_object", Op { obj: list.clone(), ..plain_put() }),
        ("change_nested_object", Op { obj: list, key: Key::Seq(ElementId::Head), insert: true, ..plain_put() }),
        ("change_list_operation", Op { key: Key::Seq(ElementId::Head), ..plain_put() }),
        ("change_list_operation", Op { insert: true, ..plain_put() }),
        ("change_delete", Op { action: OpType::Delete, ..plain_put() }),
        ("change_increment", Op { action: OpType::Increment(1), ..plain_put() }),
        ("change_mark", Op { action: OpType::MarkEnd(true), ..plain_put() }),
        ("change_value_type", Op { action: OpType::Put(ScalarValue::counter(1)), ..plain_put() }),
        ("change_value_type", Op { action: OpType::Put(ScalarValue::F64(1.0)), ..plain_put() }),
        ("change_value_type", Op { action: OpType::Put(ScalarValue::Uint(1)), ..plain_put() }),
        ("change_key_length", Op { key: Key::from(""), ..plain_put() }),
        ("change_key_length", Op { key: Key::from("k".repeat(513)), ..plain_put() }),
        ("change_value_too_large", Op { action: OpType::Put("v".repeat(65_537).as_str().into()), ..plain_put() }),
    ];
    for (code, op) in table {
        let refused = spoiled(&record, |c| c.operations = vec![op.clone()]).unwrap_err();
        assert_eq!(refused.code(), code, "{op:?}");
    }
}

fn plain_put() -> Op {
    let action = OpType::Put(ScalarValue::Int(1));
    Op { action, obj: ObjectId::Root, key: Key::from("name"), pred: Vec::new().into(), insert: false }
}

#[test]
fn what_is_not_one_plain_change_is_refused() {
    let record = Record::new();
    let good = record.next().bytes;
    type Spoil = fn(&mut ExpandedChange);
    let table: [(&str, Spoil); 8] = [
        ("change_extra_bytes", |c| c.extra_bytes = vec![1, 2, 3]),
        ("change_message", |c| c.message = Some("hello".to_owned())),
        ("change_no_puts", |c| c.operations.clear()),
        ("change_time", |c| c.time = i64::MIN),
        ("change_out_of_order", |c| c.operations.reverse()),
        ("change_out_of_order", |c| c.operations[1] = c.operations[0].clone()),
        ("change_out_of_order", |c| c.deps.push(c.deps[0])),
        ("change_actor_length", |c| c.operations[0].pred = vec![AutomergeOpId(1, vec![1, 2].into())].into()),
    ];
    for (code, spoil) in table {
        assert_eq!(spoiled(&record, spoil).unwrap_err().code(), code);
    }
    let twice = [&good[..], &good[..]].concat();
    assert_eq!(record.judge(&twice), Err(ChangeRefused::TrailingBytes { bytes: good.len() }));
    assert_eq!(record.judge(&[&good[..], b"x"].concat()), Err(ChangeRefused::TrailingBytes { bytes: 1 }));
    assert_eq!(record.judge(&[]).unwrap_err().code(), "change_truncated");
    assert_eq!(record.judge(b"not a change at all"), Err(ChangeRefused::NotAChunk));
    let document = super::oracle::export_automerge(&[&record.created.bytes]).unwrap();
    assert_eq!(record.judge(&document), Err(ChangeRefused::NotAChange { chunk_type: 0 }));
    for end in 0..good.len() {
        assert_eq!(record.judge(&good[..end]).unwrap_err().code(), "change_truncated", "cut at {end}");
    }
    let mut wrong_checksum = good.clone();
    wrong_checksum[4] ^= 1;
    assert_eq!(record.judge(&wrong_checksum), Err(ChangeRefused::NotCanonical));
    let mut huge = good.clone();
    huge.splice(9..10, [0xff, 0xff, 0xff, 0xff, 0x7f]);
    assert_eq!(record.judge(&huge).unwrap_err().code(), "change_too_large", "declared length");
    let mut longer_length = good;
    let length = longer_length[9];
    longer_length.splice(9..=10, [length, longer_length[10] | 0x80, 0]);
    assert!(record.judge(&longer_length).is_err(), "the length in more bytes than needed");
}

#[test]
fn compression_is_refused_before_anything_is_inflated() {
    let record = Record::new();
    let zeros = "0".repeat(60_000);
    let large = build_change(&record.cells, OTHER, 2, 0, &puts(&[("name", &zeros)])).unwrap();
    let compressed = Change::try_from(&large.bytes[..]).unwrap().bytes().into_owned();
    assert!(compressed.len() < 1_000);
    assert_eq!(record.judge(&compressed), Err(ChangeRefused::CompressedChunk));
    // The same change with its key column marked as deflated (column 21 becomes 29).
    let mut column = record.next().bytes;
    let place = column.windows(5).position(|window| window[0] == 0x15 && window[2] == 0x34).unwrap();
    column[place] |= 0b1000;
    assert_eq!(record.judge(&column), Err(ChangeRefused::CompressedColumn { column: 29 }));
}

#[test]
fn refusals_have_distinct_codes_and_say_something() {
    let refused = ChangeRefused::StartOp { expected: 4, found: 1_000_000 };
    assert_eq!(refused.to_string(), "operations start at 1000000 instead of 4");
    let unknown = ChangeRefused::UnknownDependency { hash: [0xab; 32] };
    assert!(unknown.to_string().contains(&"ab".repeat(32)));
}

fn any_scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        Just(Scalar::Null),
        any::<bool>().prop_map(Scalar::Bool),
        any::<i64>().prop_map(Scalar::Int),
        (-70_i64..70).prop_map(Scalar::Int),
        ".{0,12}".prop_map(Scalar::Str),
        proptest::collection::vec(any::<u8>(), 0..12).prop_map(Scalar::Bytes),
        any::<i64>().prop_map(Scalar::Timestamp),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is put, our reader and Automerge's read the same from the bytes.
    #[test]
    fn both_readers_read_alike(pairs in proptest::collection::btree_map("[a-z/é]{1,9}", any_scalar(), 1..12)) {
        let pairs: Vec<_> = pairs.into_iter().collect();
        let built = build_change(&Cells::new(), CREATOR, 1, 5, &pairs).unwrap();
        prop_assert_eq!(parse_change(&built.bytes), Ok(built.change.clone()));
        let expanded = expand(&built);
        prop_assert_eq!(expanded.operations.len(), pairs.len());
        for (op, (key, value)) in expanded.operations.iter().zip(&pairs) {
            prop_assert_eq!(&op.key, &Key::from(key.as_str()));
            let OpType::Put(found) = &op.action else { panic!("not a put") };
            prop_assert_eq!(&Scalar::try_from(found).unwrap(), value);
        }
    }

    /// Bytes spoiled anywhere are refused, without a panic: the checksum alone would catch most, but comes last.
    #[test]
    fn spoiled_bytes_are_refused(place in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..4)) {
        let record = Record::new();
        let good = record.next().bytes;
        let start = place.index(good.len());
        let end = (start + bytes.len().max(1)).min(good.len());
        let mut spoiled = good.clone();
        spoiled.splice(start..end, bytes);
        prop_assume!(spoiled != good);
        prop_assert!(matches!(parse_change(&spoiled), Err(ParseFailed::Refused(_))));
    }
}
