//! Receipts: a relay's signed word that it holds a log durably up to a head.
//! Owns signing and checking. Never says anything of other logs.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use crate::codec;
use crate::header::LogHead;
use crate::ids::{OrganisationId, ScopeId};

/// A relay holds this log durably up to this head.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// The organisation.
    #[n(0)]
    pub organisation: OrganisationId,
    /// The scope.
    #[n(1)]
    pub scope: ScopeId,
    /// Up to here.
    #[n(2)]
    pub head: LogHead,
    /// The relay's signing key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub relay: [u8; 32],
    /// Over all of the above.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl Receipt {
    /// Signs a receipt. The caller has committed the entry before.
    pub fn sign(organisation: OrganisationId, scope: ScopeId, head: LogHead, key: &SigningKey) -> Self {
        let relay = key.verifying_key().to_bytes();
        let mut receipt = Self { organisation, scope, head, relay, signature: [0; 64] };
        receipt.signature = key.sign(&receipt.message()).to_bytes();
        receipt
    }

    /// Whether the key that it names signed it. The caller knows whether that key is an admitted relay's.
    pub fn is_signed(&self) -> bool {
        VerifyingKey::from_bytes(&self.relay)
            .is_ok_and(|key| key.verify_strict(&self.message(), &Signature::from_bytes(&self.signature)).is_ok())
    }

    fn message(&self) -> Vec<u8> {
        let mut message = b"comptoir receipt v1\0".to_vec();
        message.extend_from_slice(&self.organisation.0);
        message.extend_from_slice(&self.scope.0);
        message.extend_from_slice(&codec::to_bytes(&self.head));
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Hash, Writer};

    #[test]
    fn a_changed_receipt_is_no_receipt() {
        let head = LogHead { writer: Writer::default(), seq: 4, hash: Hash([1; 32]) };
        let key = SigningKey::from_bytes(&[1; 32]);
        let receipt = Receipt::sign(OrganisationId([2; 32]), ScopeId([3; 16]), head, &key);
        assert!(receipt.is_signed());
        let mut higher = receipt.clone();
        higher.head.seq = 5;
        assert!(!higher.is_signed());
        let mut other = receipt;
        other.relay = SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes();
        assert!(!other.is_signed());
    }
}
