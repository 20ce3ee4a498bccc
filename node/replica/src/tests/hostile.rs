//! Entries that a faulty or hostile peer sends: each is refused, or quarantined alone and everywhere alike.

use super::*;
use crate::record::{Actor, Cells, build_change};
use crate::{StorageError, VerdictCode};
use comptoir_sync_protocol::chunk::Chunk;
use comptoir_sync_protocol::entry::EntryBuilder;
use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::header::{LogHead, SignedHeader};
use comptoir_sync_protocol::ids::{Epoch, Hash, Incarnation, OrganisationId, Writer};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::payload::{Envelope, Operation, Posting, RecordChange};
use comptoir_sync_protocol::roster::{Act, RelayRetirement, scope_id, unwrap_key};
use ed25519_dalek::SigningKey;

const EPOCH: Epoch = Epoch([7; 8]);
const INCARNATION: Incarnation = Incarnation([8; 8]);

/// Makes entries of S01 by hand, as a faulty program there might.
pub(super) struct Forger {
    pub sites: Sites,
    key: ScopeKey,
}

impl Forger {
    pub fn new(seed: u64) -> Self {
        let sites = Sites::new(3, seed);
        let (scope, s01) = (sites.shared(), &sites.organisation.sites[1]);
        let roster = sites.replicas[0].roster();
        let wrapped = roster.scopes[&scope].keys.values().find(|wrapped| wrapped.site == s01.site).unwrap();
        let key = unwrap_key(wrapped, &s01.sealing).unwrap();
        Self { sites, key }
    }

    fn writer(&self) -> Writer {
        Writer { site: self.sites.organisation.sites[1].site, epoch: EPOCH }
    }

    fn signing(&self) -> SigningKey {
        self.sites.organisation.sites[1].signing.clone()
    }

    fn actor(&self) -> Actor {
        let (site, scope) = (self.writer().site, self.sites.shared());
        Actor::of(&site.0, &scope.0, u64::from_be_bytes(EPOCH.0), u64::from_be_bytes(INCARNATION.0))
    }

    pub fn builder(&self, operations: Vec<Operation>) -> EntryBuilder {
        EntryBuilder {
            organisation: self.sites.organisation.id,
            scope: self.sites.shared(),
            writer: self.writer(),
            previous: None,
            roster_heads: self.sites.replicas[0].roster().heads.clone(),
            deps: vec![],
            envelope: Envelope {
                author: "S01/operator".into(),
                wall_clock_ms: NOW_MS,
                command: "test".into(),
                incarnation: INCARNATION,
                batch: None,
            },
            shared: operations,
            persons: vec![],
        }
    }

    pub fn build(&mut self, builder: EntryBuilder) -> Entry {
        let signing = self.signing();
        self.build_with(builder, &signing)
    }

    pub fn build_with(&mut self, builder: EntryBuilder, signing: &SigningKey) -> Entry {
        let key = self.key.clone();
        builder.build(Some(&key), signing, &mut self.sites.rng).unwrap()
    }

    /// A creation of a note, good in itself.
    pub fn creation(&mut self, by: usize) -> Operation {
        let id = self.sites.replicas[by].mint(self.sites.shared()).create(NOW_MS, &mut self.sites.rng);
        self.change("note", id, &Cells::new(), 1)
    }

    pub fn change(&self, kind: &str, id: RecordId, cells: &Cells, seq: u64) -> Operation {
        let built = build_change(cells, self.actor(), seq, 0, &note_puts("forged", "body")).unwrap();
        Operation::Change(RecordChange { kind: kind.into(), record: id.0, change: built.bytes })
    }

    fn admit(&self, entries: Vec<Entry>) -> AdmitReport {
        self.sites.replicas[0].admit(self.sites.shared(), entries, NOW_MS).unwrap()
    }

    /// Admits an entry at two sites: both quarantine it with this code, it counts, and nothing came of it.
    pub fn expect_quarantined(&mut self, entry: &Entry, code: &str) {
        let scope = self.sites.shared();
        for site in [0, 2] {
            let report = self.sites.replicas[site].admit(scope, vec![entry.clone()], NOW_MS).unwrap();
            assert!(report.admitted.refused.is_empty(), "{code}: {report:?}");
            let set_aside = self.sites.replicas[site].quarantined().unwrap();
            assert_eq!(set_aside.last().map(|aside| aside.code.as_str()), Some(code), "{report:?}");
            assert_eq!(report.admitted.heads, [entry.head()], "{code} counts as delivered");
            assert!(report.delivered.iter().all(|committed| committed.records.is_empty()));
        }
        self.sites.assert_pair_alike(0, 2);
    }

    pub fn expect_refused(&self, entry: &Entry, code: RefusalCode) {
        let before = self.sites.replicas[0].digests();
        let report = self.admit(vec![entry.clone()]);
        assert_eq!(report.admitted.refused, [(entry.head(), code)]);
        assert!(report.delivered.is_empty());
        assert_eq!(self.sites.replicas[0].digests(), before);
    }
}

#[test]
fn a_good_entry_made_by_the_forger_is_delivered() {
    let mut forger = Forger::new(50);
    let creation = forger.creation(1);
    let entry = forger.build(forger.builder(vec![creation]));
    let report = forger.admit(vec![entry]);
    assert_eq!(report.delivered[0].records.len(), 1, "the control of all others here: {report:?}");
}

#[test]
fn what_is_out_of_place_or_not_signed_is_refused() {
    let mut forger = Forger::new(51);
    let creation = forger.creation(1);
    let good = forger.builder(vec![creation]);
    let other = |change: fn(&mut EntryBuilder), forger: &mut Forger| {
        let mut builder = good.clone();
        change(&mut builder);
        forger.build(builder)
    };
    let entry = other(|builder| builder.organisation = OrganisationId([1; 32]), &mut forger);
    forger.expect_refused(&entry, RefusalCode::WrongPlace);
    let entry = other(|builder| builder.scope = ScopeId([1; 16]), &mut forger);
    forger.expect_refused(&entry, RefusalCode::WrongPlace);
    let entry = other(|builder| builder.writer.site.0[0] ^= 1, &mut forger);
    forger.expect_refused(&entry, RefusalCode::NoAuthority);
    let entry = other(|builder| builder.roster_heads.clear(), &mut forger);
    forger.expect_refused(&entry, RefusalCode::NoAuthority);
    let entry = other(|builder| builder.previous = Some((0, Hash([1; 32]))), &mut forger);
    forger.expect_refused(&entry, RefusalCode::Malformed);
    let own = LogHead { writer: forger.writer(), seq: 1, hash: Hash([1; 32]) };
    let mut builder = good.clone();
    builder.deps = vec![own];
    let entry = forger.build(builder);
    forger.expect_refused(&entry, RefusalCode::Malformed);
    // The relay's own invention: everything right but the key.
    let relay = SigningKey::from_bytes(&[9; 32]);
    let key = forger.key.clone();
    let entry = good.clone().build(Some(&key), &relay, &mut forger.sites.rng).unwrap();
    forger.expect_refused(&entry, RefusalCode::BadSignature);
    // A byte of the signature flipped on the way.
    let entry = forger.build(good.clone());
    let mut signature = *entry.signed.signature();
    signature[3] ^= 1;
    let signed = SignedHeader::decode(entry.signed.bytes().to_vec(), signature).unwrap();
    forger.expect_refused(&Entry { signed, ..entry.clone() }, RefusalCode::BadSignature);
    // Chunks stripped by whoever passed it on.
    let mut stripped = entry.clone();
    stripped.chunks = vec![Chunk::Detached(stripped.chunks[0].hash())];
    forger.expect_refused(&stripped, RefusalCode::Malformed);
    // After all that, the good one goes in.
    assert!(forger.admit(vec![entry]).admitted.refused.is_empty());
}

#[test]
fn one_signature_vouches_for_a_chain_but_for_no_more() {
    let mut forger = Forger::new(52);
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..4 {
        let creation = forger.creation(1);
        let mut builder = forger.builder(vec![creation]);
        builder.previous = entries.last().map(|entry| (entry.header().seq, entry.hash()));
        entries.push(forger.build(builder));
    }
    let spoil = |entry: &Entry| {
        let signed = SignedHeader::decode(entry.signed.bytes().to_vec(), [0; 64]).unwrap();
        Entry { signed, ..entry.clone() }
    };
    // The end's signature is bad: what comes before stands on its own, the end and no more is refused.
    let mut bad_end = entries.clone();
    bad_end[3] = spoil(&bad_end[3]);
    let report = forger.admit(bad_end);
    assert_eq!(report.admitted.refused, [(entries[3].head(), RefusalCode::BadSignature)]);
    assert_eq!(report.admitted.heads, [entries[2].head()]);
    // In the middle it is vouched for by the end, and is never the end of a range that is served.
    let mut bad_middle = entries.clone();
    bad_middle[1] = spoil(&bad_middle[1]);
    let s02 = &forger.sites.replicas[2];
    assert!(s02.admit(forger.sites.shared(), bad_middle, NOW_MS).unwrap().admitted.refused.is_empty());
    let first_two = (entries[0].encode().len() + entries[1].encode().len()) + 10;
    let served = s02.read_missing(forger.sites.shared(), &Default::default(), first_two).unwrap();
    assert_eq!(served.last().map(|(head, _)| *head), Some(entries[0].head()));
}

#[test]
fn f09_another_entry_at_a_place_that_is_taken_is_a_fork() {
    let mut forger = Forger::new(53);
    let (one, two) = (forger.creation(1), forger.creation(1));
    let first = forger.build(forger.builder(vec![one]));
    let second = forger.build(forger.builder(vec![two.clone()]));
    forger.admit(vec![first.clone()]);
    forger.expect_refused(&second, RefusalCode::Forked);
    // What attaches to the other branch says the same.
    let mut after = forger.builder(vec![two]);
    after.previous = Some((1, second.hash()));
    let after = forger.build(after);
    forger.expect_refused(&after, RefusalCode::Forked);
    let proofs = forger.sites.replicas[0].forks().unwrap();
    assert_eq!(proofs.iter().map(|proof| proof.head.hash).collect::<Vec<_>>(), {
        let mut hashes = vec![second.hash(), after.hash()];
        hashes.sort_by_key(|hash| if *hash == second.hash() { 1 } else { 2 });
        hashes
    });
    // An invented one proves nothing.
    let key = forger.key.clone();
    let invented = forger.builder(vec![]).build(Some(&key), &SigningKey::from_bytes(&[9; 32]), &mut forger.sites.rng);
    forger.expect_refused(&invented.unwrap(), RefusalCode::BadSignature);
    assert_eq!(forger.sites.replicas[0].forks().unwrap().len(), 2);
}

#[test]
fn a_broken_rule_quarantines_its_entry_alone_and_everywhere() {
    let mut forger = Forger::new(54);
    let known = forger.sites.new_note(0, "known");
    forger.sites.settle();
    let shared = forger.sites.shared();
    let s00_head = forger.sites.replicas[0].view().vectors[&shared].heads().next().unwrap();
    let good = forger.creation(1);
    let foreign = forger.creation(2);
    let mint =
        |forger: &mut Forger, by: usize| forger.sites.replicas[by].mint(shared).create(NOW_MS, &mut forger.sites.rng);
    let own = mint(&mut forger, 1);
    let rate = forger.change("rate", own, &Cells::new(), 1);
    let gap = forger.change("note", own, &Cells::new(), 2);
    // An edit of a record that the entry does not cite: its change stands outside of the entry's past.
    let cells = forger.sites.replicas[0].record(shared, known).unwrap().unwrap().cells;
    let uncited = forger.change("note", known, &cells, 1);
    let garbage = Operation::Change(RecordChange { kind: "note".into(), record: own.0, change: vec![1, 2, 3] });
    let act = Operation::Act(Act::RetireRelay(RelayRetirement { tls_pin: [1; 32] }).into());
    let cases = [
        (vec![good.clone(), foreign], "foreign_creation"),
        (vec![rate], "not_headquarters"),
        (vec![good.clone(), gap], "change_sequence"),
        (vec![uncited.clone()], "change_unknown_dependency"),
        (vec![good.clone(), garbage], "change_truncated"),
        (vec![act], VerdictCode::ACT_OUTSIDE_ROSTER.0),
    ];
    let mut previous = None;
    let mut next = |forger: &mut Forger, operations, deps: Vec<LogHead>| {
        let mut builder = forger.builder(operations);
        (builder.previous, builder.deps) = (previous, deps);
        let entry = forger.build(builder);
        previous = Some((entry.header().seq, entry.hash()));
        entry
    };
    for (operations, code) in cases {
        let entry = next(&mut forger, operations, vec![]);
        forger.expect_quarantined(&entry, code);
    }
    // The log goes on behind them, and what was used in a quarantined entry is free.
    let entry = next(&mut forger, vec![good, uncited], vec![s00_head]);
    let report = forger.admit(vec![entry.clone()]);
    assert_eq!(report.delivered[0].records.len(), 2, "{report:?}");
    forger.sites.replicas[2].admit(shared, vec![entry], NOW_MS).unwrap();
    forger.sites.assert_pair_alike(0, 2);
    assert!(forger.sites.replicas[0].rebuild().unwrap().changed.is_empty());
    let quarantined = forger.sites.replicas[0].quarantined().unwrap();
    assert_eq!(quarantined.len(), 6);
    assert_eq!(forger.sites.replicas[0].judge_again(&quarantined[0].head.hash).unwrap(), Some(false));
    assert_eq!(
        forger.sites.replicas[0].quarantined().unwrap(),
        quarantined,
        "judged again, it breaks the rule as before"
    );
}

#[test]
fn a_site_owned_record_is_written_by_its_site_alone() {
    let mut forger = Forger::new(55);
    let shared = forger.sites.shared();
    let journal = forger.sites.new_record(0, shared, "journal", "of S00");
    forger.sites.settle();
    let cells = forger.sites.replicas[0].record(shared, journal).unwrap().unwrap().cells;
    let mut builder = forger.builder(vec![forger.change("journal", journal, &cells, 1)]);
    builder.deps = forger.sites.replicas[0].view().vectors[&shared].heads().collect();
    let entry = forger.build(builder);
    forger.expect_quarantined(&entry, "not_owner");
}

#[test]
fn a_payload_that_does_not_open_and_heads_that_go_back_are_quarantined() {
    let mut forger = Forger::new(56);
    // Sealed with another key than the header names.
    let creation = forger.creation(1);
    let good = forger.build(forger.builder(vec![creation.clone()]));
    let wrong_key = ScopeKey::from_bytes([3; 32]);
    let signing = forger.signing();
    let foreign = forger.builder(vec![creation.clone()]).build(Some(&wrong_key), &signing, &mut forger.sites.rng);
    let foreign = foreign.unwrap();
    let mut header = good.header().clone();
    header.chunk_root = foreign.header().chunk_root;
    let unreadable = Entry { signed: SignedHeader::sign(header, &signing), chunks: foreign.chunks.clone() };
    forger.expect_quarantined(&unreadable, "payload");
    // Named right, but not the key of the scope; and in clear.
    let mut builder = forger.builder(vec![creation.clone()]);
    builder.previous = Some((1, unreadable.hash()));
    let other_key = builder.build(Some(&wrong_key), &signing, &mut forger.sites.rng).unwrap();
    forger.expect_quarantined(&other_key, "key_not_current");
    let mut builder = forger.builder(vec![creation.clone()]);
    builder.previous = Some((2, other_key.hash()));
    let clear = builder.build(None, &signing, &mut forger.sites.rng).unwrap();
    forger.expect_quarantined(&clear, "key_not_current");
    // The roster moves on, the log follows it, then names the roster of before.
    let old_heads = forger.sites.replicas[0].roster().heads.clone();
    let admin = forger.sites.organisation.admin.clone();
    let act = vec![Act::Unknown(99, vec![0xf6])];
    forger.sites.replicas[0]
        .append_roster((&admin, EPOCH), act, (AUTHOR, "test"), NOW_MS, &mut forger.sites.rng)
        .unwrap();
    forger.sites.send(0, 2, scope_id());
    let mut builder = forger.builder(vec![]);
    builder.previous = Some((3, clear.hash()));
    let newer = forger.build(builder);
    forger.admit(vec![newer.clone()]);
    forger.sites.replicas[2].admit(forger.sites.shared(), vec![newer.clone()], NOW_MS).unwrap();
    let mut builder = forger.builder(vec![creation]);
    (builder.previous, builder.roster_heads) = (Some((4, newer.hash())), old_heads);
    let back = forger.build(builder);
    forger.expect_quarantined(&back, "roster_heads_back");
}

#[test]
fn f22_a_bomb_stops_at_its_cap_and_is_quarantined() {
    let mut forger = Forger::new(59);
    let Operation::Change(mut change) = forger.creation(1) else { unreachable!() };
    change.change = vec![0; 5 * 1024 * 1024];
    let entry = forger.build(forger.builder(vec![Operation::Change(change)]));
    assert!(entry.encode().len() < 8 * 1024, "small outside");
    forger.expect_quarantined(&entry, "payload");
}

#[test]
fn f28_what_a_newer_version_wrote_is_parked_and_passed_on() {
    let mut forger = Forger::new(57);
    let creation = forger.creation(1);
    let posting =
        Operation::Posting(Posting { kind: "move".into(), version: 1, id: [1; 16], cites: vec![], body: vec![] });
    let entry = forger.build(forger.builder(vec![creation, posting]));
    let report = forger.admit(vec![entry.clone()]);
    assert_eq!(report.parked.len(), 1, "{report:?}");
    assert_eq!(forger.sites.replicas[0].parked().unwrap()[0].code, "posting_kind");
    // What builds on it waits behind it; what does not goes on.
    let Operation::Change(change) = forger.creation(1) else { unreachable!() };
    let id = RecordId(change.record);
    let mut cells = Cells::new();
    cells.fold(&crate::record::parse_change(&change.change).unwrap());
    let mut builder = forger.builder(vec![forger.change("note", id, &cells, 2)]);
    builder.previous = Some((1, entry.hash()));
    let behind = forger.build(builder);
    let report = forger.admit(vec![behind.clone()]);
    assert_eq!(report.parked.len(), 1, "{report:?}");
    assert_eq!(forger.sites.replicas[0].parked().unwrap()[1].code, "behind_parked");
    let free = forger.creation(1);
    let mut builder = forger.builder(vec![free]);
    builder.previous = Some((2, behind.hash()));
    let free = forger.build(builder);
    assert_eq!(forger.admit(vec![free]).delivered[0].records.len(), 1);
    let served = forger.sites.replicas[0].read_missing(forger.sites.shared(), &Default::default(), usize::MAX);
    assert_eq!(served.unwrap().len(), 3, "parked entries are passed on");
    assert!(forger.sites.replicas[0].rebuild().unwrap().changed.is_empty());
}

#[test]
fn waiting_is_bounded_and_says_so() -> Result<(), StorageError> {
    let mut forger = Forger::new(58);
    let mut entries = Vec::new();
    let mut previous = (1, Hash([1; 32]));
    for _ in 0..=crate::limits::MAX_WAITING_ENTRIES_PER_LOG {
        let mut builder = forger.builder(vec![]);
        builder.previous = Some(previous);
        let entry = forger.build(builder);
        previous = (entry.header().seq, entry.hash());
        entries.push(entry);
    }
    let last = entries.pop().unwrap();
    assert!(forger.admit(entries).admitted.held);
    let report = forger.admit(vec![last]);
    assert!(!report.admitted.held, "there was no room: it has to be sent again");
    assert_eq!(forger.sites.replicas[0].waiting()?.len(), crate::limits::MAX_WAITING_ENTRIES_PER_LOG);
    Ok(())
}
