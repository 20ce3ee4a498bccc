//! The roster: who is admitted, which scopes exist, who is a member, and under which keys; in clear, also to the relay.
//!
//! Owns acts, their fold into a [`Roster`], and the history that answers "the roster at these heads". Authority is
//! cryptographic: root founds and delegates, delegated admins do the rest; a relay enforces it and cannot forge it.

mod act;
mod fold;
mod history;
mod rekey;
mod removal;
pub mod scopes;

pub use act::{
    Act, Admission, Confinement, Cut, CutHead, Delegate, Genesis, Members, RelayAdmission, RelayRetirement, Rename,
    Resumption, Rotation, ScopeDefinition, SiteKeys, SiteProfile, WrappedKey, Writers, WritersClass,
};
pub use fold::{Named, Party, Relay, Roster, Scope, Site};
pub use history::{RosterEntry, RosterHistory, RosterRefusal, Voids};
pub use rekey::Rekey;
pub use removal::Removal;

use rand_core::CryptoRng;

use crate::ids::{OrganisationId, ScopeId, SiteId};
use crate::keys::{EnvelopeError, ScopeKey, SealingSecret, seal_to};

const WRAP_INFO: &[u8] = b"comptoir scope key v1";

/// The roster's scope id: the same in every organisation, since the genesis entry cannot name its own hash.
pub fn scope_id() -> ScopeId {
    ScopeId::of(&OrganisationId::default(), "roster")
}

/// Seals a scope key to a site.
pub fn wrap_key(
    key: &ScopeKey,
    scope: ScopeId,
    site: SiteId,
    sealing: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<WrappedKey, EnvelopeError> {
    let envelope = seal_to(sealing, WRAP_INFO, &wrap_aad(scope, site), key.as_bytes(), rng)?;
    Ok(WrappedKey { scope, key_id: key.id(), site, envelope })
}

/// Opens a scope key that was sealed to this site. The key must be the one that it claims to be.
pub fn unwrap_key(wrapped: &WrappedKey, secret: &SealingSecret) -> Result<ScopeKey, EnvelopeError> {
    let bytes = secret.open(WRAP_INFO, &wrap_aad(wrapped.scope, wrapped.site), &wrapped.envelope)?;
    let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| EnvelopeError::DoesNotOpen)?;
    let key = ScopeKey::from_bytes(bytes);
    if key.id() == wrapped.key_id { Ok(key) } else { Err(EnvelopeError::DoesNotOpen) }
}

fn wrap_aad(scope: ScopeId, site: SiteId) -> Vec<u8> {
    [&scope.0[..], &site.0[..]].concat()
}
