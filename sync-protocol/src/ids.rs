//! The identifiers of the protocol: fixed-length byte strings with a text form in lower-case hex.
//! Owns their shape and derivation; never draws randomness of its own.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use rand_core::Rng;
use thiserror::Error;

/// A text that is no identifier: wrong length, or not hex.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("not an identifier of {expected} bytes in hex: {text:?}")]
pub struct IdParseError {
    expected: usize,
    text: String,
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Draws one from `rng`.
            pub fn random(rng: &mut impl Rng) -> Self {
                let mut bytes = [0; $len];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }

            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdParseError;

            fn from_str(text: &str) -> Result<Self, IdParseError> {
                let error = || IdParseError { expected: $len, text: text.chars().take(80).collect() };
                if text.len() != 2 * $len || !text.is_ascii() {
                    return Err(error());
                }
                let mut bytes = [0; $len];
                for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| error())?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| error())?;
                }
                Ok(Self(bytes))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdParseError;

            fn try_from(bytes: &[u8]) -> Result<Self, IdParseError> {
                let bytes = bytes
                    .try_into()
                    .map_err(|_| IdParseError { expected: $len, text: format!("{} bytes", bytes.len()) })?;
                Ok(Self(bytes))
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let position = d.position();
                d.bytes()?
                    .try_into()
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("identifier of a wrong length").at(position))
            }
        }
    };
}

byte_id!(
    /// A BLAKE3 hash.
    Hash, 32
);
byte_id!(
    /// An organisation: the hash of its genesis entry. All zero in the genesis entry itself.
    OrganisationId, 32
);
byte_id!(
    /// A site; in the roster, the holder of a roster key.
    SiteId, 16
);
byte_id!(
    /// A scope, derived from organisation and name.
    ScopeId, 16
);
byte_id!(
    /// One uninterrupted history of one node: random, new after restore or clone.
    Epoch, 8
);
byte_id!(
    /// One process start of one node: random, written in each payload.
    Incarnation, 8
);
byte_id!(
    /// The first half of the hash of a scope key. All zero: the payload is in clear (the roster).
    KeyId, 16
);
byte_id!(
    /// One act that was written over several entries, and is undone as one: random. Of one site alone.
    BatchId, 16
);
byte_id!(
    /// An invitation of a site to join.
    InvitationId, 16
);
byte_id!(
    /// A request of headquarters' console: random.
    RequestId, 16
);

/// Domains keep a hash made for one purpose from being taken for one made for another.
pub(crate) fn hash(domain: &str, parts: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new_derive_key(domain);
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Hash(*hasher.finalize().as_bytes())
}

/// The first `N` bytes of a hash, for identifiers shorter than 32 bytes.
pub(crate) fn truncate<const N: usize>(hash: Hash) -> [u8; N] {
    let mut short = [0; N];
    short.copy_from_slice(&hash.0[..N]);
    short
}

impl ScopeId {
    /// The scope of this name in this organisation. Names of built-in scopes are in [`crate::roster::scopes`].
    pub fn of(organisation: &OrganisationId, name: &str) -> Self {
        Self(truncate(hash("comptoir 2026 scope", &[&organisation.0, name.as_bytes()])))
    }
}

impl SiteId {
    /// The id under which the holder of a roster key writes: derived from the key, so that nobody can choose another's.
    pub fn of_roster_key(public: &[u8; 32]) -> Self {
        Self(truncate(hash("comptoir 2026 roster key holder", &[public])))
    }
}

impl KeyId {
    /// Payloads under this id are not sealed.
    pub const CLEAR: Self = Self([0; 16]);
}

/// One writer: a site in one of its epochs. A log is what one writer wrote in one scope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
#[cbor(array)]
pub struct Writer {
    /// The site.
    #[n(0)]
    pub site: SiteId,
    /// Its epoch.
    #[n(1)]
    pub epoch: Epoch,
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.site, self.epoch)
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_survives_a_round_trip() {
        let id = ScopeId(*b"0123456789abcdef");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("12".parse::<ScopeId>().is_err());
        assert!("zz".repeat(16).parse::<ScopeId>().is_err());
    }

    #[test]
    fn cbor_refuses_a_wrong_length() {
        let short = minicbor::to_vec(KeyId([1; 16])).expect("writing to a Vec cannot fail");
        assert!(minicbor::decode::<Hash>(&short).is_err());
        assert_eq!(minicbor::decode::<KeyId>(&short).ok(), Some(KeyId([1; 16])));
    }

    #[test]
    fn parts_cannot_be_shifted_between_each_other() {
        assert_ne!(hash("d", &[b"ab", b"c"]), hash("d", &[b"a", b"bc"]));
        assert_ne!(hash("d", &[b"a"]), hash("e", &[b"a"]));
    }
}
