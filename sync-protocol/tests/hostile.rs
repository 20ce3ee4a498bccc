//! What a hostile peer may send: bytes cut, changed and made up. Nothing panics, nothing is allocated beyond its bound,
//! and a session that is fed any order of frames either goes on or ends with a reason.

use std::collections::BTreeMap;

use comptoir_sync_protocol::enrolment::{JoinCode, RelayCode};
use comptoir_sync_protocol::frame::{Ack, Current, Entries, Frame, Hello, Refused, ScopeVector};
use comptoir_sync_protocol::header::SignedHeader;
use comptoir_sync_protocol::payload::ChunkBody;
use comptoir_sync_protocol::roster::{self, Party};
use comptoir_sync_protocol::session::{Config, Effect, Event, LocalView, Session};
use comptoir_sync_protocol::testing::TestOrganisation;
use comptoir_sync_protocol::{Entry, Hash, LogHead, Vector, Writer};
use proptest::prelude::*;

/// The golden messages: what honest peers send, to be spoiled.
fn golden() -> Vec<Vec<u8>> {
    let unhex = |hex: &str| {
        let pairs = hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
        pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
    };
    include_str!("golden/v1.txt").lines().filter_map(|line| line.split_once(' ')).map(|(_, hex)| unhex(hex)).collect()
}

/// Everything that reads bytes from outside.
fn read_as_everything(bytes: &[u8]) {
    let _ = Frame::decode(bytes);
    let _ = ChunkBody::decode(bytes);
    let _ = SignedHeader::decode(bytes.to_vec(), [0; 64]);
    if let Ok(entry) = Entry::decode(bytes) {
        let _ = entry.open(None);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = JoinCode::from_text(text);
        let _ = RelayCode::from_text(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f20_spoiled_messages_are_errors_and_no_panics(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let golden = golden();
        let mut bytes = golden[which.index(golden.len())].clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_as_everything(&bytes);
    }

    #[test]
    fn f20_noise_is_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_as_everything(&bytes);
    }
}

#[test]
fn f21_a_length_that_promises_too_much_is_refused_before_anything_is_allocated() {
    // [5, {0: scope, 1: [2^63 entries …]}], and byte strings of 2^62 bytes.
    let lies: [&[u8]; 4] = [
        &[
            0x82, 5, 0xa2, 0, 0x50, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0x9b, 0x7f, 255, 255, 255, 255,
            255, 255, 255,
        ],
        &[0x82, 2, 0x5b, 0x3f, 255, 255, 255, 255, 255, 255, 255],
        &[0x9b, 0x7f, 255, 255, 255, 255, 255, 255, 255],
        &[0x83, 0x5b, 0x3f, 255, 255, 255, 255, 255, 255, 255, 1],
    ];
    for lie in lies {
        assert!(Frame::decode(lie).is_err());
        assert!(Entry::decode(lie).is_err());
        assert!(ChunkBody::decode(lie).is_err());
    }
}

fn frames(organisation: &TestOrganisation) -> Vec<Frame> {
    let scope = organisation.scope("trade");
    let head = LogHead { writer: Writer::default(), seq: 9, hash: Hash([1; 32]) };
    let vector: Vector = [head].into_iter().collect();
    let ack = |scope| Frame::Ack(Ack { scope, heads: vec![head], held: false, receipts: vec![] });
    let entries = |scope, entry: &Entry| Frame::Entries(Entries { scope, entries: vec![entry.encode().into()] });
    vec![
        Frame::Hello(Hello {
            versions: vec![1],
            organisation: organisation.id,
            roster: Vector::default(),
            claim: None,
            software: "x".into(),
        }),
        Frame::Digest(Hash([2; 32])),
        Frame::ScopeDigests(vec![(scope, Hash([3; 32])), (roster::scope_id(), Hash([4; 32]))]),
        Frame::Vector(ScopeVector { scope, vector: vector.clone(), wanted: vec![Hash([5; 32])], answer: false }),
        Frame::Vector(ScopeVector { scope: roster::scope_id(), vector, wanted: vec![], answer: true }),
        entries(roster::scope_id(), &organisation.roster[0]),
        entries(scope, &organisation.roster[0]),
        ack(scope),
        ack(roster::scope_id()),
        Frame::Current(Current { digest: Hash([6; 32]), states: vec![] }),
        Frame::Refused(Refused { scope, head, code: comptoir_sync_protocol::frame::RefusalCode::Forked }),
        Frame::Unknown(200, vec![0xf6]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f27_frames_in_any_order_and_number_never_break_a_session(
        order in prop::collection::vec((any::<prop::sample::Index>(), 0u64..40_000), 1..40),
        dialled in any::<bool>(),
    ) {
        let organisation = TestOrganisation::found(2, 1);
        let frames = frames(&organisation);
        let history = organisation.history();
        let vector: Vector = organisation.roster.iter().map(Entry::head).collect();
        let view = LocalView {
            roster: history.current(),
            vectors: BTreeMap::from([(roster::scope_id(), vector.into())]),
            wanted: BTreeMap::new(),
            unreceipted: BTreeMap::new(),
        };
        let config = Config {
            local: Party::Site(organisation.sites[0].id),
            peer_pin: organisation.relay_pin,
            dialled,
            claim: None,
            software: "test".into(),
        };
        let (mut session, _) = Session::new(0, config, view);
        let mut now_ms = 0;
        let mut closed = false;
        for (which, pause) in order {
            now_ms += pause / 40;
            let event = Event::Frame(frames[which.index(frames.len())].clone());
            let effects = session.handle(now_ms, event);
            prop_assert!(!closed || effects.is_empty(), "nothing is done after the end");
            // A frame causes few effects, whatever it holds: no amplification.
            prop_assert!(effects.len() <= 16);
            for effect in effects {
                match effect {
                    Effect::Close(_) => closed = true,
                    Effect::Read { scope, .. } | Effect::ReadWanted { scope, .. } => {
                        session.handle(now_ms, Event::Read { scope, entries: vec![] });
                    }
                    _ => {}
                }
            }
        }
    }
}
