//! Keys: scope keys (symmetric), signing keys and sealing keys of sites, and the envelopes made with them.
//! Owns derivations and HPKE; never stores anything. Secrets are zeroed when dropped.

use ed25519_dalek::SigningKey;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::ids::{KeyId, hash, truncate};

const ENCAPSULATED_BYTES: usize = 32;

/// The key under which a scope's payloads are sealed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ScopeKey([u8; 32]);

impl ScopeKey {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// From stored or unwrapped bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name under which headers cite it.
    pub fn id(&self) -> KeyId {
        KeyId(truncate(hash("comptoir 2026 scope key id", &[&self.0])))
    }

    /// The key that nonces are derived with.
    pub(crate) fn nonce_key(&self) -> [u8; 32] {
        blake3::derive_key("comptoir 2026 scope nonce key", &self.0)
    }
}

impl std::fmt::Debug for ScopeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ScopeKey({})", self.id())
    }
}

/// The secret half of a sealing key (HPKE, X25519).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealingSecret([u8; 32]);

impl SealingSecret {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (secret, _) = X25519HkdfSha256::gen_keypair_with_rng(rng);
        Self(secret.to_bytes().into())
    }

    /// From stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public half.
    pub fn public(&self) -> Result<[u8; 32], EnvelopeError> {
        Ok(X25519HkdfSha256::sk_to_pk(&self.secret()?).to_bytes().into())
    }

    fn secret(&self) -> Result<<X25519HkdfSha256 as Kem>::PrivateKey, EnvelopeError> {
        <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&self.0).map_err(|_| EnvelopeError::BadKey)
    }

    /// Opens an envelope sealed with [`seal_to`].
    pub fn open(&self, info: &[u8], aad: &[u8], envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        let (encapsulated, ciphertext) =
            envelope.split_at_checked(ENCAPSULATED_BYTES).ok_or(EnvelopeError::DoesNotOpen)?;
        let encapsulated =
            <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| EnvelopeError::DoesNotOpen)?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.secret()?,
            &encapsulated,
            info,
            ciphertext,
            aad,
        )
        .map(Zeroizing::new)
        .map_err(|_| EnvelopeError::DoesNotOpen)
    }
}

/// Why an envelope cannot be made or opened.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum EnvelopeError {
    /// The key is not a point of the curve.
    #[error("not a usable sealing key")]
    BadKey,
    /// Sealed to somebody else, for another purpose, or damaged.
    #[error("the envelope does not open with this key")]
    DoesNotOpen,
}

/// Seals `plaintext` to the holder of a sealing key (RFC 9180, base mode): encapsulated key, then ciphertext.
pub fn seal_to(
    public: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, EnvelopeError> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public).map_err(|_| EnvelopeError::BadKey)?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        info,
        plaintext,
        aad,
        rng,
    )
    .map_err(|_| EnvelopeError::BadKey)?;
    let mut envelope = encapsulated.to_bytes().to_vec();
    envelope.extend_from_slice(&ciphertext);
    Ok(envelope)
}

/// Draws a signing key (Ed25519).
pub fn generate_signing_key(rng: &mut impl CryptoRng) -> SigningKey {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    SigningKey::from_bytes(&seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_rng;

    #[test]
    fn an_envelope_opens_only_for_its_addressee_and_purpose() {
        let mut rng = tests_rng(1);
        let (ours, other) = (SealingSecret::generate(&mut rng), SealingSecret::generate(&mut rng));
        let public = ours.public().expect("a generated key is usable");
        let envelope = seal_to(&public, b"info", b"aad", b"secret", &mut rng).expect("sealing to a good key");
        assert_eq!(ours.open(b"info", b"aad", &envelope).as_deref(), Ok(&b"secret".to_vec()));
        assert!(other.open(b"info", b"aad", &envelope).is_err());
        assert!(ours.open(b"else", b"aad", &envelope).is_err());
        assert!(ours.open(b"info", b"else", &envelope).is_err());
        assert!(ours.open(b"info", b"aad", &envelope[..20]).is_err());
    }

    #[test]
    fn a_key_id_does_not_show_the_key() {
        let key = ScopeKey::from_bytes([5; 32]);
        assert_ne!(&key.id().0, &key.as_bytes()[..16]);
        assert_eq!(format!("{key:?}"), format!("ScopeKey({})", key.id()));
    }
}
