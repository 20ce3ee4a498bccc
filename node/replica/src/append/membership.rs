//! Who is a member of a scope: letting a site in, with all keys that it takes to read what is there, and letting it go, with a new
//! key for those who stay.
//!
//! Owns what stands in such entries. What membership means is the roster's; who may be let in or go is the caller's.

use comptoir_sync_protocol::ids::{Epoch, ScopeId, SiteId};
use comptoir_sync_protocol::roster::{Act, Members};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;

use super::removal::{in_entries, lacking_keys, rotation};
use super::{AppendError, Appended, RemovalError};
use crate::application::Application;
use crate::replica::Replica;

/// What becomes of a site's membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It joins, and reads what was written before too.
    Join,
    /// It leaves: it keeps what it has, and gets nothing more.
    Leave,
}

impl<A: Application> Replica<A> {
    /// Makes a site a member of a scope, or one no more, in one transaction with the keys that follow. Nothing is appended when it
    /// is so already.
    ///
    /// # Errors
    /// [`RemovalError`]; nothing was written then.
    pub fn set_membership(
        &self,
        signing: (&SigningKey, Epoch),
        (scope, site): (ScopeId, SiteId),
        membership: Membership,
        by: (&str, &str),
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, RemovalError> {
        self.append_acts(signing, by, now_ms, rng, |_, state, rng| {
            let roster = state.history.current();
            let known = roster.scopes.get(&scope).ok_or(AppendError::NotMember(scope))?;
            if !roster.sites.contains_key(&site) {
                return Err(RemovalError::Unknown(site));
            }
            let members = Members { scope, sites: vec![site] };
            Ok(match (membership, known.members.contains(&site)) {
                (Membership::Join, true) | (Membership::Leave, false) => Vec::new(),
                (Membership::Join, false) if roster.removal(&site).is_some() => {
                    return Err(RemovalError::Removed(site));
                }
                (Membership::Join, false) => {
                    let keys = lacking_keys(state, &roster, known, site, rng);
                    in_entries(vec![vec![Act::AddMembers(members)], keys])
                }
                (Membership::Leave, true) => {
                    in_entries(vec![vec![Act::DropMembers(members)], rotation(&roster, known, Some(site), rng)])
                }
            })
        })
    }
}
