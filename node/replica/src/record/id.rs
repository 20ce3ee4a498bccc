//! Record ids: UUIDs that are ordered by time and that only their creating site could have made.
//!
//! Owns their making and checking. Never looks whether a record of that id exists.

use minicbor::{Decode, Decoder, Encode, Encoder};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Context of the hash that binds an id to its creating site.
const RECORD_ID_CONTEXT: &str = "Comptoir 2026-01 record id v1";
/// Bytes of the id that the hash covers; the rest is the hash.
const OWN_BYTES: usize = 11;
/// Free bits beside time, version, variant and hash: 12 in the middle and 22 after the variant.
const TAIL_BITS: u32 = 34;
const MAX_TIME_MS: u64 = (1 << 48) - 1;
const MAX_TAIL: u64 = (1 << TAIL_BITS) - 1;

/// Name of a record within its scope: a UUID (RFC 9562, version 8) of 48 bits Unix milliseconds, 34 random bits, and
/// 40 bits of hash(organisation, scope, creating site, the other 11 bytes).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub [u8; 16]);

/// A text that is no hyphenated UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a record id: expected a hyphenated UUID")]
pub struct NotARecordId;

impl RecordId {
    /// A new id, made by `site` for a record of `scope`. 34 bits are random: when many are made at one `now_ms`, use a
    /// [`RecordIdMint`], which never repeats itself.
    pub fn create(
        organisation: &[u8; 32],
        scope: &[u8; 16],
        site: &[u8; 16],
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Self {
        Self::assemble(organisation, scope, site, clamp_ms(now_ms), rng.next_u64() & MAX_TAIL)
    }

    fn assemble(organisation: &[u8; 32], scope: &[u8; 16], site: &[u8; 16], time_ms: u64, tail: u64) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&time_ms.to_be_bytes()[2..]);
        // The greater bits come first, so that ids of one millisecond ascend with `tail`.
        let (middle, low) = (tail >> 22, tail & ((1 << 22) - 1));
        bytes[6] = 0x80 | (middle >> 8) as u8;
        bytes[7] = middle as u8;
        bytes[8] = 0x80 | (low >> 16) as u8;
        bytes[9] = (low >> 8) as u8;
        bytes[10] = low as u8;
        let check = creator_bits(organisation, scope, site, &bytes[..OWN_BYTES]);
        bytes[OWN_BYTES..].copy_from_slice(&check);
        Self(bytes)
    }

    /// Whether `site` made this id for a record of `scope`.
    #[must_use]
    pub fn is_created_by(&self, organisation: &[u8; 32], scope: &[u8; 16], site: &[u8; 16]) -> bool {
        let shaped = self.0[6] >> 4 == 8 && self.0[8] >> 6 == 2;
        shaped && self.0[OWN_BYTES..] == creator_bits(organisation, scope, site, &self.0[..OWN_BYTES])
    }

    /// When its maker's clock said it was made, Unix milliseconds. A hint: clocks lie.
    #[must_use]
    pub fn created_ms(&self) -> i64 {
        self.0[..6].iter().fold(0, |ms, byte| (ms << 8) | i64::from(*byte))
    }

    /// The id's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

fn clamp_ms(now_ms: i64) -> u64 {
    u64::try_from(now_ms).unwrap_or(0).min(MAX_TIME_MS)
}

fn creator_bits(organisation: &[u8; 32], scope: &[u8; 16], site: &[u8; 16], own: &[u8]) -> [u8; 5] {
    let mut hasher = blake3::Hasher::new_derive_key(RECORD_ID_CONTEXT);
    hasher.update(organisation).update(scope).update(site).update(own);
    let mut bits = [0; 5];
    hasher.finalize_xof().fill(&mut bits);
    bits
}

/// Makes ids that ascend and never repeat, however many are asked for within one millisecond.
#[derive(Debug, Clone)]
pub struct RecordIdMint {
    organisation: [u8; 32],
    scope: [u8; 16],
    site: [u8; 16],
    time_ms: u64,
    tail: u64,
}

impl RecordIdMint {
    /// A mint of `site` for records of `scope`.
    #[must_use]
    pub fn new(organisation: [u8; 32], scope: [u8; 16], site: [u8; 16]) -> Self {
        Self { organisation, scope, site, time_ms: 0, tail: MAX_TAIL }
    }

    /// The next id. A clock that stands still or goes back does not make it repeat.
    pub fn create(&mut self, now_ms: i64, rng: &mut impl CryptoRng) -> RecordId {
        let random = rng.next_u64();
        let now = clamp_ms(now_ms);
        if now > self.time_ms {
            // Half of the range stays free for the ids that follow within this millisecond.
            (self.time_ms, self.tail) = (now, random & (MAX_TAIL >> 1));
        } else if let Some(next) = self.tail.checked_add(1 + (random & 0xff)).filter(|next| *next <= MAX_TAIL) {
            self.tail = next;
        } else {
            (self.time_ms, self.tail) = (self.time_ms + 1, random & (MAX_TAIL >> 1));
        }
        RecordId::assemble(&self.organisation, &self.scope, &self.site, self.time_ms, self.tail)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

impl FromStr for RecordId {
    type Err = NotARecordId;

    fn from_str(text: &str) -> Result<Self, NotARecordId> {
        // Other notations that the uuid crate reads (braces, URN, no hyphens) would give one record several names.
        if text.len() != 36 {
            return Err(NotARecordId);
        }
        uuid::Uuid::try_parse(text).map(|uuid| Self(uuid.into_bytes())).map_err(|_| NotARecordId)
    }
}

impl Serialize for RecordId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for RecordId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RecordId".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "uuid" })
    }
}

impl<C> Encode<C> for RecordId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for RecordId {
    fn decode(d: &mut Decoder<'b>, _ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?;
        bytes.try_into().map(Self).map_err(|_| minicbor::decode::Error::message("a record id has 16 bytes"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    const ORGANISATION: [u8; 32] = [7; 32];

    #[test]
    fn only_its_maker_made_it() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for _ in 0..1_000 {
            let id = RecordId::create(&ORGANISATION, &[1; 16], &[2; 16], 1_700_000_000_123, &mut rng);
            assert!(id.is_created_by(&ORGANISATION, &[1; 16], &[2; 16]));
            assert!(!id.is_created_by(&ORGANISATION, &[1; 16], &[3; 16]));
            assert!(!id.is_created_by(&ORGANISATION, &[2; 16], &[2; 16]));
            assert!(!id.is_created_by(&[8; 32], &[1; 16], &[2; 16]));
            assert_eq!(id.created_ms(), 1_700_000_000_123);
            let uuid = uuid::Uuid::from_bytes(id.0);
            assert_eq!((uuid.get_version_num(), uuid.get_variant()), (8, uuid::Variant::RFC4122));
        }
    }

    #[test]
    fn texts_and_bytes_round_trip() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let id = RecordId::create(&ORGANISATION, &[1; 16], &[2; 16], 0, &mut rng);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_str::<RecordId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        assert_eq!(minicbor::decode::<RecordId>(&minicbor::to_vec(id).unwrap()).unwrap(), id);
        let without_hyphens = id.to_string().replace('-', "");
        assert_eq!(without_hyphens.parse::<RecordId>(), Err(NotARecordId));
        assert!(minicbor::decode::<RecordId>(&[0x41, 0]).is_err());
    }

    #[test]
    fn mint_ascends_and_never_repeats() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut mint = RecordIdMint::new(ORGANISATION, [1; 16], [2; 16]);
        let mut last = RecordId([0; 16]);
        for step in 0..200_000_i64 {
            // The clock stands still for long, and once goes back ten years.
            let now = if step < 150_000 { 1_700_000_000_000 } else { 1_400_000_000_000 };
            let id = mint.create(now, &mut rng);
            assert!(id > last, "step {step}");
            assert!(id.is_created_by(&ORGANISATION, &[1; 16], &[2; 16]));
            last = id;
        }
    }

    #[test]
    fn derivation_is_golden() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let id = RecordId::create(&ORGANISATION, &[1; 16], &[2; 16], 1_700_000_000_123, &mut rng);
        assert_eq!(id.to_string(), "018bcfe5-687b-8e81-bfe0-d041fab5e37d");
    }

    #[test]
    fn clocks_out_of_range_are_clamped() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let early = RecordId::create(&ORGANISATION, &[1; 16], &[2; 16], -5, &mut rng);
        let late = RecordId::create(&ORGANISATION, &[1; 16], &[2; 16], i64::MAX, &mut rng);
        assert_eq!(early.created_ms(), 0);
        assert_eq!(late.created_ms(), MAX_TIME_MS as i64);
    }
}
