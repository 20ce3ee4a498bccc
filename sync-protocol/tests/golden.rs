//! The bytes of every message of version 1, as they were first written. A line that changes breaks every node in the
//! field: add a version instead. A new message adds a line: run with `GOLDEN=write`, look at the difference, commit it.

#[path = "golden/console.rs"]
mod console;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use comptoir_sync_protocol::enrolment::{AdminCode, JoinCode, JoinState, RekeyCode, RelayCode, Secret};
use comptoir_sync_protocol::frame::{
    Ack, Current, Entries, Frame, Hello, JoinAnswer, RefusalCode, Refused, ScopeVector, SealedJoinRequest,
};
use comptoir_sync_protocol::header::{Extension, HEADER_VERSION, Header, SignedHeader, Suites};
use comptoir_sync_protocol::health::{Health, HealthReport, ScopeHealth};
use comptoir_sync_protocol::ids::{BatchId, InvitationId};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::payload::{AdoptBranch, ChunkBody, Envelope, Operation, Posting, RecordChange};
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::roster::{
    Act, Admission, Confinement, Cut, CutHead, Delegate, Genesis, Members, Rekey, RelayAdmission, RelayRetirement,
    Rename, Resumption, Rotation, ScopeDefinition, SiteKeys, SiteProfile, WrappedKey, Writers, WritersClass,
};
use comptoir_sync_protocol::{
    Chunk, Entry, EntryBuilder, Epoch, Hash, Incarnation, KeyId, LogHead, OrganisationId, ScopeId, SiteId, Vector,
    Writer, codec,
};
use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteArray;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn writer() -> Writer {
    Writer { site: SiteId([0x11; 16]), epoch: Epoch([0x22; 8]) }
}

fn head(seq: u64) -> LogHead {
    LogHead { writer: writer(), seq, hash: Hash([0x33; 32]) }
}

fn signing() -> SigningKey {
    SigningKey::from_bytes(&[0x44; 32])
}

fn envelope() -> Envelope {
    Envelope {
        author: "PAR/operator".into(),
        wall_clock_ms: 1_750_000_000_000,
        command: "party.create".into(),
        incarnation: Incarnation([0x55; 8]),
        batch: None,
    }
}

fn operations() -> Vec<(&'static str, Operation)> {
    vec![
        (
            "operation.change",
            Operation::Change(RecordChange { kind: "party".into(), record: [0x66; 16], change: vec![1, 2, 3] }),
        ),
        (
            "operation.posting",
            Operation::Posting(Posting {
                kind: "move".into(),
                version: 1,
                id: [0x67; 16],
                cites: vec![head(4)],
                body: vec![4, 5],
            }),
        ),
        (
            "operation.adopt-branch",
            Operation::AdoptBranch(AdoptBranch {
                epoch: Epoch([0x22; 8]),
                incarnation: Incarnation([0x55; 8]),
                first: Hash([0x33; 32]),
            }),
        ),
        ("operation.newer", Operation::Unknown(99, vec![0x82, 1, 2])),
    ]
}

fn health() -> Health {
    Health {
        at_ms: 1_780_000_000_000,
        software: "comptoir-node/0.1.0".into(),
        outbox_entries: 3,
        inbox_items: 5,
        conflicts: 2,
        quarantined_entries: 1,
        parked_entries: 0,
        waiting_entries: 4,
        store_bytes: 1 << 20,
        disk_free_bytes: Some(1 << 33),
        restored: true,
        forks: 0,
        scopes: vec![ScopeHealth { scope: ScopeId([0x77; 16]), entries: 900 }],
        // As versions tell it that name no entries, and know of no backups and no journal.
        set_aside: None,
        backup_at_ms: None,
        journal: None,
    }
}

fn rekey() -> Rekey {
    let keys = SiteKeys { tls_pin: [1; 32], signing: signing().verifying_key().to_bytes(), sealing: [3; 32] };
    Rekey::new(&OrganisationId([0x99; 32]), SiteId([0x11; 16]), keys, &signing())
}

fn acts() -> Vec<(&'static str, Act)> {
    let scope = ScopeId([0x77; 16]);
    let site = SiteId([0x11; 16]);
    let key_id = KeyId([0x88; 16]);
    let profile = SiteProfile {
        code: "DKR".into(),
        name: "Dakar".into(),
        country: "SN".into(),
        jurisdiction: "SN".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        locale: "fr-SN".into(),
    };
    let keys = SiteKeys { tls_pin: [1; 32], signing: [2; 32], sealing: [3; 32] };
    let invitation = Some(InvitationId([4; 16]));
    let cut = || Cut { subject: site, heads: vec![CutHead { scope, head: head(6) }] };
    vec![
        (
            "act.genesis",
            Act::Genesis(Genesis { name: "Maison".into(), root: [1; 32], recovery: vec![ByteArray::from([2; 32])] }),
        ),
        ("act.delegate", Act::Delegate(Delegate { admin: [3; 32], name: "PAR/operator".into() })),
        ("act.admit", Act::Admit(Admission { site, profile, keys, headquarters: false, invitation })),
        ("act.suspend", Act::Suspend(cut())),
        ("act.resume", Act::Resume(Resumption { subject: site })),
        ("act.revoke", Act::Revoke(Cut { heads: vec![], ..cut() })),
        ("act.adopt", Act::Adopt(cut())),
        (
            "act.define-scope",
            Act::DefineScope(ScopeDefinition { scope, name: "trade".into(), jurisdictions: vec!["FR".into()] }),
        ),
        ("act.add-members", Act::AddMembers(Members { scope, sites: vec![site] })),
        ("act.writers.shared", Act::Writers(Writers { kind: "tax".into(), class: WritersClass::Shared })),
        ("act.writers.reference", Act::Writers(Writers { kind: "tax".into(), class: WritersClass::Reference })),
        ("act.writers.newer", Act::Writers(Writers { kind: "tax".into(), class: WritersClass::Newer(9) })),
        ("act.wrap-key", Act::WrapKey(WrappedKey { scope, key_id, site, envelope: vec![9, 9] })),
        ("act.rekey", Act::Rekey(rekey())),
        ("act.rename", Act::Rename(Rename { site, name: "Dakar-Plateau".into() })),
        ("act.rotate", Act::Rotate(Rotation { scope, key_id })),
        (
            "act.admit-relay",
            Act::AdmitRelay(RelayAdmission {
                tls_pin: [5; 32],
                signing: [6; 32],
                address: "relay.example:4433".into(),
                jurisdiction: "FR".into(),
            }),
        ),
        ("act.retire-relay", Act::RetireRelay(RelayRetirement { tls_pin: [5; 32] })),
        ("act.drop-members", Act::DropMembers(Members { scope, sites: vec![site] })),
        ("act.confine", Act::Confine(Confinement { scope, jurisdictions: vec!["SN".into()] })),
        ("act.newer", Act::Unknown(14, vec![0x41, 7])),
    ]
}

fn frames() -> Vec<(&'static str, Frame)> {
    let scope = ScopeId([0x77; 16]);
    let vector: Vector = [head(7)].into_iter().collect();
    let receipt = Receipt::sign(OrganisationId([0x99; 32]), scope, head(7), &signing());
    vec![
        (
            "frame.hello",
            Frame::Hello(Hello {
                versions: vec![1],
                organisation: OrganisationId([0x99; 32]),
                roster: vector.clone(),
                claim: Some(ByteArray::from([0xaa; 16])),
                software: "comptoir-node 0.1.0".into(),
            }),
        ),
        ("frame.digest", Frame::Digest(Hash([0xbb; 32]))),
        ("frame.scope-digests", Frame::ScopeDigests(vec![(scope, Hash([0xcc; 32]))])),
        (
            "frame.vector",
            Frame::Vector(ScopeVector { scope, vector: vector.clone(), wanted: vec![Hash([0xdd; 32])], answer: false }),
        ),
        ("frame.vector.answer", Frame::Vector(ScopeVector { scope, vector, wanted: vec![], answer: true })),
        ("frame.entries", Frame::Entries(Entries { scope, entries: vec![vec![1, 2, 3].into()] })),
        ("frame.ack", Frame::Ack(Ack { scope, heads: vec![head(7)], held: true, receipts: vec![receipt] })),
        (
            "frame.current",
            Frame::Current(Current { digest: Hash([0xee; 32]), states: vec![(scope, Hash([0xff; 32]))] }),
        ),
        ("frame.refused", Frame::Refused(Refused { scope, head: head(7), code: RefusalCode::Forked })),
        (
            "frame.join-request",
            Frame::JoinRequest(SealedJoinRequest { invitation: InvitationId([4; 16]), sealed: vec![1, 2] }),
        ),
        (
            "frame.join-answer",
            Frame::JoinAnswer(JoinAnswer { invitation: InvitationId([4; 16]), state: JoinState::Admitted }),
        ),
        ("frame.join-poll", Frame::JoinPoll(InvitationId([4; 16]))),
        (
            "frame.health",
            Frame::Health(HealthReport::sign(&OrganisationId([0x99; 32]), SiteId([0x11; 16]), &health(), &signing())),
        ),
    ]
    .into_iter()
    .chain(console::frames())
    .collect()
}

fn header() -> Header {
    Header {
        version: HEADER_VERSION,
        suites: Suites::SEALED,
        organisation: OrganisationId([0x99; 32]),
        scope: ScopeId([0x77; 16]),
        writer: writer(),
        seq: 8,
        previous: Hash([0x33; 32]),
        roster_heads: vec![head(2)],
        deps: vec![head(5)],
        key_id: KeyId([0x88; 16]),
        chunk_root: Hash([0x12; 32]),
        extensions: vec![Extension { number: 7, critical: false, bytes: vec![1] }],
    }
}

fn entry(key: Option<&ScopeKey>) -> Entry {
    let builder = EntryBuilder {
        organisation: OrganisationId([0x99; 32]),
        scope: ScopeId([0x77; 16]),
        writer: writer(),
        previous: Some((7, Hash([0x33; 32]))),
        roster_heads: vec![head(2)],
        deps: vec![],
        envelope: envelope(),
        shared: operations().into_iter().map(|(_, operation)| operation).collect(),
        persons: vec![vec![]],
    };
    builder.build(key, &signing(), &mut ChaCha20Rng::seed_from_u64(1)).expect("a small entry")
}

/// Every message by name, with its bytes; those that can be read back are.
fn samples() -> BTreeMap<String, Vec<u8>> {
    let mut samples = BTreeMap::new();
    for (name, operation) in operations() {
        let body = ChunkBody { envelope: Some(envelope()), operations: vec![operation] };
        let bytes = codec::to_bytes(&body);
        assert_eq!(ChunkBody::decode(&bytes).expect(name), body);
        samples.insert(name.to_owned(), bytes);
    }
    let in_batch = Envelope { batch: Some(BatchId([0x56; 16])), ..envelope() };
    let body = ChunkBody { envelope: Some(in_batch), operations: Vec::new() };
    samples.insert("envelope.batch".into(), codec::to_bytes(&body));
    assert_eq!(ChunkBody::decode(&samples["envelope.batch"]).expect("a batch"), body);
    for (name, act) in acts() {
        let bytes = codec::to_bytes(&act);
        assert_eq!(codec::from_bytes::<Act>("act", &bytes).expect(name), act);
        samples.insert(name.to_owned(), bytes);
    }
    for (name, frame) in frames() {
        let bytes = frame.encode();
        assert_eq!(Frame::decode(&bytes).expect(name), frame);
        samples.insert(name.to_owned(), bytes);
    }
    let signed = SignedHeader::sign(header(), &signing());
    samples.insert("header".into(), signed.bytes().to_vec());
    samples.insert("header.hash".into(), signed.hash().0.to_vec());
    samples.insert("header.signature".into(), signed.signature().to_vec());
    let key = ScopeKey::from_bytes([0x13; 32]);
    let mut sealed = entry(Some(&key));
    assert_eq!(Entry::decode(&sealed.encode()).expect("entry"), sealed);
    samples.insert("entry.sealed".into(), sealed.encode());
    samples.insert("entry.clear".into(), entry(None).encode());
    sealed.chunks[1] = Chunk::Detached(sealed.chunks[1].hash());
    samples.insert("entry.detached".into(), sealed.encode());
    let relay = RelayCode {
        address: "relay.example:4433".into(),
        tls_pin: [5; 32],
        signing: [6; 32],
        jurisdiction: "FR".into(),
        claim: Secret([7; 16]),
    };
    samples.insert("code.relay".into(), relay.to_text().into_bytes());
    let join = JoinCode {
        invitation: InvitationId([4; 16]),
        organisation: OrganisationId([0x99; 32]),
        relay_address: "relay.example:4433".into(),
        relay_pin: [5; 32],
        sealing: [6; 32],
        secret: Secret([7; 16]),
        site_code: "DKR".into(),
    };
    samples.insert("code.join".into(), join.to_text().into_bytes());
    let admin = AdminCode { organisation: OrganisationId([0x99; 32]), admin: [8; 32] };
    samples.insert("code.admin".into(), admin.to_text().into_bytes());
    let rekey = RekeyCode { organisation: OrganisationId([0x99; 32]), rekey: rekey() };
    assert_eq!(RekeyCode::from_text(&rekey.to_text()).expect("a code"), rekey);
    samples.insert("code.rekey".into(), rekey.to_text().into_bytes());
    samples.insert("scope.organisation".into(), ScopeId::of(&OrganisationId([0x99; 32]), "organisation").0.to_vec());
    samples.insert("vector.digest".into(), {
        let vector: Vector = [head(7)].into_iter().collect();
        vector.digest(&ScopeId([0x77; 16]), &[]).0.to_vec()
    });
    samples
}

#[test]
fn every_message_has_the_bytes_that_it_always_had() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1.txt");
    let mut text = String::new();
    for (name, bytes) in samples() {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(text, "{name} {hex}").expect("writing to a String cannot fail");
    }
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
        std::fs::create_dir_all(path.parent().expect("a file in a folder")).expect("the folder");
        std::fs::write(&path, &text).expect("the golden file");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is committed");
    let golden: BTreeMap<&str, &str> = golden.lines().filter_map(|line| line.split_once(' ')).collect();
    let now: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(golden.keys().collect::<Vec<_>>(), now.keys().collect::<Vec<_>>(), "messages came or went");
    for (name, hex) in now {
        assert_eq!(golden[name], hex, "the bytes of {name} changed");
    }
}

/// The envelope as it was before entries could be parts of a batch.
#[derive(Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct EnvelopeBeforeBatches {
    #[n(0)]
    author: String,
    #[n(1)]
    wall_clock_ms: i64,
    #[n(2)]
    command: String,
    #[n(3)]
    incarnation: Incarnation,
}

#[test]
fn an_envelope_without_a_batch_is_what_it_was_and_one_with_a_batch_is_read_by_older_versions() {
    let Envelope { author, wall_clock_ms, command, incarnation, batch: _ } = envelope();
    let before = EnvelopeBeforeBatches { author, wall_clock_ms, command, incarnation };
    assert_eq!(codec::to_bytes(&envelope()), codec::to_bytes(&before));
    let in_batch = codec::to_bytes(&Envelope { batch: Some(BatchId([0x56; 16])), ..envelope() });
    assert_ne!(in_batch, codec::to_bytes(&before));
    let read: EnvelopeBeforeBatches =
        codec::from_bytes("envelope", &in_batch).expect("what is not known is passed over");
    assert_eq!(read, before);
}

#[test]
fn the_sealed_golden_entry_still_opens() {
    let key = ScopeKey::from_bytes([0x13; 32]);
    let golden = include_str!("golden/v1.txt");
    let hex = golden.lines().find_map(|line| line.strip_prefix("entry.sealed ")).expect("a golden entry");
    let bytes: Vec<u8> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ascii"), 16).expect("hex"))
        .collect();
    let entry = Entry::decode(&bytes).expect("an entry of version 1");
    entry.signed.verify(&signing().verifying_key().to_bytes()).expect("its signature");
    let opened = entry.open(Some(&key)).expect("opens");
    assert_eq!(opened.envelope, envelope());
    assert_eq!(opened.operations.len(), operations().len());
}
