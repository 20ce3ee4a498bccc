//! New keys for a site: what an admin says of them, and the site's own word that it has them.
//!
//! Owns the proof. It needs no roster to be checked: it names all keys of the site, those that stay among them, and is signed
//! with the signing key that it names. What a rekey means is the fold's.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use super::act::SiteKeys;
use crate::codec;
use crate::ids::{OrganisationId, SiteId};

/// A site has these keys from here on, in the place of all that it had before. Keys that are not renewed are repeated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rekey {
    /// The site.
    #[n(0)]
    pub site: SiteId,
    /// All of its keys.
    #[n(1)]
    pub keys: SiteKeys,
    /// By the signing key that it names, over organisation, site and keys: nobody binds the key of somebody else.
    #[cbor(n(2), with = "minicbor::bytes")]
    proof: [u8; 64],
}

impl Rekey {
    /// The word of a site. `signing` is the secret half of the signing key among `keys`.
    pub fn new(organisation: &OrganisationId, site: SiteId, keys: SiteKeys, signing: &SigningKey) -> Self {
        let mut rekey = Self { site, keys, proof: [0; 64] };
        rekey.proof = signing.sign(&rekey.message(organisation)).to_bytes();
        rekey
    }

    /// Whether who has the signing key that it names said so, in this organisation.
    pub fn is_proven(&self, organisation: &OrganisationId) -> bool {
        VerifyingKey::from_bytes(&self.keys.signing).is_ok_and(|key| {
            key.verify_strict(&self.message(organisation), &Signature::from_bytes(&self.proof)).is_ok()
        })
    }

    fn message(&self, organisation: &OrganisationId) -> Vec<u8> {
        let mut message = b"comptoir rekey v1\0".to_vec();
        message.extend_from_slice(&organisation.0);
        message.extend_from_slice(&self.site.0);
        message.extend_from_slice(&codec::to_bytes(&self.keys));
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_says_it_for_another_site_organisation_or_key() {
        let (organisation, signing) = (OrganisationId([1; 32]), SigningKey::from_bytes(&[2; 32]));
        let keys = SiteKeys { tls_pin: [3; 32], signing: signing.verifying_key().to_bytes(), sealing: [4; 32] };
        let rekey = Rekey::new(&organisation, SiteId([5; 16]), keys.clone(), &signing);
        assert!(rekey.is_proven(&organisation) && !rekey.is_proven(&OrganisationId([9; 32])));
        assert!(!Rekey { site: SiteId([9; 16]), ..rekey.clone() }.is_proven(&organisation));
        let other = SigningKey::from_bytes(&[9; 32]);
        for keys in [
            SiteKeys { tls_pin: [9; 32], ..keys.clone() },
            SiteKeys { sealing: [9; 32], ..keys.clone() },
            SiteKeys { signing: other.verifying_key().to_bytes(), ..keys.clone() },
        ] {
            assert!(!Rekey { keys, ..rekey.clone() }.is_proven(&organisation));
        }
        let bound = Rekey::new(&organisation, SiteId([5; 16]), keys, &other);
        assert!(!bound.is_proven(&organisation), "the key of somebody else");
    }
}
