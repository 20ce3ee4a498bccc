//! Enrolment: codes that people carry, and the sealed request that a joining site sends through the relay to headquarters.
//!
//! Owns their text and wire forms, and the proof that whoever asks holds the code. The relay carries a request and can
//! neither read nor forge it. Never decides: headquarters judges expiry and burns codes.

use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::codec::{self, CodecError};
use crate::ids::{InvitationId, OrganisationId, hash};
use crate::keys::{EnvelopeError, SealingSecret, seal_to};
use crate::limits;
use crate::roster::{Rekey, SiteKeys};

const JOIN_INFO: &[u8] = b"comptoir join request v1";
const CHECK_BYTES: usize = 5;

/// 128 bits that only the inviter and the invited know.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct Secret(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl Secret {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a relay's `init` prints: where it is, how to know it, and the right to claim it once.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RelayCode {
    /// `host:port`.
    #[n(0)]
    pub address: String,
    /// BLAKE3 of its TLS public key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub tls_pin: [u8; 32],
    /// Its Ed25519 key, for receipts.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signing: [u8; 32],
    /// Where it stands.
    #[n(3)]
    pub jurisdiction: String,
    /// Presented once by the organisation that takes it into service.
    #[n(4)]
    pub claim: Secret,
}

/// What `invite` prints: all that a new site needs to ask to be admitted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct JoinCode {
    /// Which invitation.
    #[n(0)]
    pub invitation: InvitationId,
    /// The organisation: the hash of its genesis entry.
    #[n(1)]
    pub organisation: OrganisationId,
    /// The relay's `host:port`.
    #[n(2)]
    pub relay_address: String,
    /// BLAKE3 of the relay's TLS public key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub relay_pin: [u8; 32],
    /// Headquarters' sealing key.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub sealing: [u8; 32],
    /// Proves that the code is held.
    #[n(5)]
    pub secret: Secret,
    /// The code of the site that is invited.
    #[n(6)]
    pub site_code: String,
}

/// What a node prints that has made an admin key: its public half, for whoever keeps the root key to delegate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AdminCode {
    /// The organisation whose roster it is to write.
    #[n(0)]
    pub organisation: OrganisationId,
    /// The admin's Ed25519 key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub admin: [u8; 32],
}

/// What a node prints that has made new keys for itself: their public halves, for an admin to bind.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RekeyCode {
    /// The organisation whose roster is to name them.
    #[n(0)]
    pub organisation: OrganisationId,
    /// The act that it asks for.
    #[n(1)]
    pub rekey: Rekey,
}

/// Why a text is no code.
#[derive(Debug, Error)]
pub enum CodeError {
    /// It does not begin as such a code does.
    #[error("the code does not begin with {expected}")]
    WrongKind {
        /// How it would begin.
        expected: &'static str,
    },
    /// Characters are missing, wrong or too many.
    #[error("the code is mistyped or cut short")]
    Mistyped,
    /// The text is whole, but its content is not understood.
    #[error("the code was made by another version")]
    Content(#[from] CodecError),
}

macro_rules! code_text {
    ($name:ident, $prefix:literal) => {
        impl $name {
            /// The text that people copy: a prefix, then Crockford's base32 with a check sum.
            pub fn to_text(&self) -> String {
                encode_text($prefix, &codec::to_bytes(self))
            }

            /// Reads the text; case and white space do not matter.
            pub fn from_text(text: &str) -> Result<Self, CodeError> {
                Ok(codec::from_bytes("code", &decode_text($prefix, text)?)?)
            }
        }
    };
}
code_text!(RelayCode, "COMPTOIR-RELAY-");
code_text!(JoinCode, "COMPTOIR-JOIN-");
code_text!(AdminCode, "COMPTOIR-ADMIN-");
code_text!(RekeyCode, "COMPTOIR-REKEY-");

fn encode_text(prefix: &'static str, content: &[u8]) -> String {
    let mut bytes = content.to_vec();
    bytes.extend_from_slice(&check_sum(prefix, content));
    format!("{prefix}{}", base32::encode(base32::Alphabet::Crockford, &bytes))
}

fn decode_text(prefix: &'static str, text: &str) -> Result<Vec<u8>, CodeError> {
    if text.len() > limits::MAX_CODE_CHARACTERS {
        return Err(CodeError::Mistyped);
    }
    let text: String = text.split_whitespace().collect::<String>().to_ascii_uppercase();
    let body = text.strip_prefix(prefix).ok_or(CodeError::WrongKind { expected: prefix })?;
    let bytes = base32::decode(base32::Alphabet::Crockford, body).ok_or(CodeError::Mistyped)?;
    let content_len = bytes.len().checked_sub(CHECK_BYTES).ok_or(CodeError::Mistyped)?;
    let (content, check) = bytes.split_at(content_len);
    if check == check_sum(prefix, content) { Ok(content.to_vec()) } else { Err(CodeError::Mistyped) }
}

fn check_sum(prefix: &str, content: &[u8]) -> [u8; CHECK_BYTES] {
    crate::ids::truncate(hash("comptoir 2026 code check sum", &[prefix.as_bytes(), content]))
}

/// What a joining site sends, sealed to headquarters.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct JoinRequest {
    /// Which invitation.
    #[n(0)]
    pub invitation: InvitationId,
    /// The code of the site.
    #[n(1)]
    pub site_code: String,
    /// The keys that it made.
    #[n(2)]
    pub keys: SiteKeys,
    /// Keyed with the secret, over organisation, invitation, site code and all keys.
    #[cbor(n(3), with = "minicbor::bytes")]
    mac: [u8; 32],
}

impl JoinRequest {
    /// Makes the request that a code allows.
    pub fn new(code: &JoinCode, keys: SiteKeys) -> Self {
        let mut request = Self { invitation: code.invitation, site_code: code.site_code.clone(), keys, mac: [0; 32] };
        request.mac = *request.expected_mac(&code.organisation, &code.secret).as_bytes();
        request
    }

    /// Whether it was made with this secret, for this organisation.
    pub fn proves(&self, organisation: &OrganisationId, secret: &Secret) -> bool {
        // `blake3::Hash` compares in constant time.
        self.expected_mac(organisation, secret) == blake3::Hash::from_bytes(self.mac)
    }

    /// Seals it to headquarters.
    pub fn seal(&self, sealing: &[u8; 32], rng: &mut impl CryptoRng) -> Result<Vec<u8>, EnvelopeError> {
        seal_to(sealing, JOIN_INFO, &self.invitation.0, &codec::to_bytes(self), rng)
    }

    /// Opens a sealed request at headquarters.
    pub fn open(invitation: &InvitationId, sealed: &[u8], secret: &SealingSecret) -> Result<Self, JoinRequestError> {
        codec::bounded("join request", sealed.len(), limits::MAX_ENROLMENT_BYTES)?;
        let bytes = secret.open(JOIN_INFO, &invitation.0, sealed)?;
        let request: Self = codec::from_bytes("join request", &bytes)?;
        if request.invitation == *invitation { Ok(request) } else { Err(EnvelopeError::DoesNotOpen.into()) }
    }

    fn expected_mac(&self, organisation: &OrganisationId, secret: &Secret) -> blake3::Hash {
        let key = blake3::derive_key("comptoir 2026 join request mac", &secret.0);
        let mut hasher = blake3::Hasher::new_keyed(&key);
        hasher.update(&organisation.0);
        hasher.update(&self.invitation.0);
        hasher.update(&codec::to_bytes(&self.keys));
        hasher.update(self.site_code.as_bytes());
        hasher.finalize()
    }
}

/// Why a sealed request is none.
#[derive(Debug, Error)]
pub enum JoinRequestError {
    /// Not of a request's shape.
    #[error("malformed join request")]
    Malformed(#[from] CodecError),
    /// Not for this key, or changed on the way.
    #[error("the join request does not open")]
    Envelope(#[from] EnvelopeError),
}

/// How an invitation stands, as the joining site is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum JoinState {
    /// Headquarters has not answered yet.
    #[n(0)]
    Waiting,
    /// The roster names the site now.
    #[n(1)]
    Admitted,
    /// The code was used before.
    #[n(2)]
    Used,
    /// The code is too old.
    #[n(3)]
    Expired,
    /// Headquarters knows no such invitation, or the proof is wrong.
    #[n(4)]
    Unknown,
    /// A site of this code exists already.
    #[n(5)]
    CodeTaken,
    /// The relay holds as many open requests as it may.
    #[n(6)]
    RelayBusy,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_rng;

    fn code(sealing: [u8; 32]) -> JoinCode {
        JoinCode {
            invitation: InvitationId([1; 16]),
            organisation: OrganisationId([2; 32]),
            relay_address: "relay.example:4433".into(),
            relay_pin: [3; 32],
            sealing,
            secret: Secret([5; 16]),
            site_code: "DKR".into(),
        }
    }

    fn keys() -> SiteKeys {
        SiteKeys { tls_pin: [6; 32], signing: [7; 32], sealing: [8; 32] }
    }

    #[test]
    fn every_single_mistyped_character_is_noticed() {
        let text = code([4; 32]).to_text();
        assert_eq!(JoinCode::from_text(&text.to_lowercase()).expect("case does not matter"), code([4; 32]));
        let prefix = "COMPTOIR-JOIN-".len();
        for i in prefix..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[i] = if wrong[i] == b'7' { b'8' } else { b'7' };
            let wrong = String::from_utf8(wrong).expect("ascii");
            // The last character carries bits that nothing uses.
            if i + 1 < text.len() {
                assert!(JoinCode::from_text(&wrong).is_err(), "character {i}");
            }
        }
        assert!(matches!(JoinCode::from_text(&text[..text.len() - 3]), Err(CodeError::Mistyped)));
        assert!(matches!(RelayCode::from_text(&text), Err(CodeError::WrongKind { .. })));
    }

    #[test]
    fn a_request_proves_the_secret_and_every_key() {
        let mut rng = tests_rng(8);
        let headquarters = SealingSecret::generate(&mut rng);
        let code = code(headquarters.public().expect("usable"));
        let request = JoinRequest::new(&code, keys());
        let sealed = request.seal(&code.sealing, &mut rng).expect("seals");
        let opened = JoinRequest::open(&code.invitation, &sealed, &headquarters).expect("opens");
        assert!(opened.proves(&code.organisation, &code.secret));
        assert!(!opened.proves(&code.organisation, &Secret([9; 16])));
        let mut forged = opened;
        forged.keys.signing[0] ^= 1;
        assert!(!forged.proves(&code.organisation, &code.secret));
        assert!(JoinRequest::open(&InvitationId([9; 16]), &sealed, &headquarters).is_err());
    }
}
