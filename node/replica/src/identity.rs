//! Who writes here: a site, and every key of its own that is held. Owns which of them is used: the one that the roster names, so
//! that new keys serve from the very transaction in which the roster names them, and old ones again should that turn out void.

use comptoir_sync_protocol::ids::SiteId;
use comptoir_sync_protocol::keys::{EnvelopeError, ScopeKey, SealingSecret};
use comptoir_sync_protocol::roster::{WrappedKey, unwrap_key};
use ed25519_dalek::SigningKey;

/// Who writes here.
#[derive(Clone)]
pub struct Identity {
    /// The site.
    pub site: SiteId,
    signing: Vec<SigningKey>,
    sealing: Vec<SealingSecret>,
}

impl Identity {
    /// A site with the keys that sign its entries and open the scope keys that are wrapped for it.
    #[must_use]
    pub fn new(site: SiteId, signing: SigningKey, sealing: SealingSecret) -> Self {
        Self { site, signing: vec![signing], sealing: vec![sealing] }
    }

    /// The same, with another signing key, which signs where the roster names it.
    #[must_use]
    pub fn and_signing(mut self, signing: SigningKey) -> Self {
        self.signing.push(signing);
        self
    }

    /// The same, with another sealing secret, which opens what was sealed to it.
    #[must_use]
    pub fn and_sealing(mut self, sealing: SealingSecret) -> Self {
        self.sealing.push(sealing);
        self
    }

    /// The key of this public half.
    pub(crate) fn signing(&self, public: &[u8; 32]) -> Option<&SigningKey> {
        self.signing.iter().find(|signing| signing.verifying_key().as_bytes() == public)
    }

    /// Opens a scope key that was sealed to this site, by whichever key it was.
    ///
    /// # Errors
    /// When none of them opens it.
    pub fn unwrap(&self, wrapped: &WrappedKey) -> Result<ScopeKey, EnvelopeError> {
        let mut opened = Err(EnvelopeError::DoesNotOpen);
        for secret in &self.sealing {
            opened = opened.or_else(|_| unwrap_key(wrapped, secret));
        }
        opened
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.site)
    }
}
