//! New keys for a site: the act, and what follows from a new sealing key: every scope key that is known here is sealed to it, and the
//! site's scopes get new keys, which the old one does not open.
//!
//! Owns what stands in such entries. What new keys mean is the roster's.

use comptoir_sync_protocol::ids::Epoch;
use comptoir_sync_protocol::roster::{Act, Party, Rekey, Roster};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;

use super::removal::{in_entries, rotation, sealed_keys};
use super::{Appended, RemovalError};
use crate::application::Application;
use crate::replica::Replica;

impl<A: Application> Replica<A> {
    /// Binds new keys of a site, with the scope keys that follow, in one transaction. Nothing is appended when it has these keys
    /// already.
    ///
    /// # Errors
    /// [`RemovalError`]; nothing was written then.
    pub fn rekey(
        &self,
        signing: (&SigningKey, Epoch),
        rekey: Rekey,
        by: (&str, &str),
        now_ms: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Appended, RemovalError> {
        self.append_acts(signing, by, now_ms, rng, |_, state, rng| {
            let roster = state.history.current();
            check(&roster, &rekey)?;
            let mut after = Roster::clone(&roster);
            let site = after.sites.get_mut(&rekey.site).ok_or(RemovalError::Unknown(rekey.site))?;
            let is_so = site.keys == rekey.keys && roster.named.sites.get(&rekey.site) == Some(&rekey.keys.signing);
            if is_so {
                return Ok(Vec::new());
            }
            let renews_sealing = site.keys.sealing != rekey.keys.sealing;
            site.keys = rekey.keys.clone();
            let mut lists = Vec::new();
            for scope in after.scopes.values().filter(|scope| renews_sealing && scope.members.contains(&rekey.site)) {
                lists.push(sealed_keys(state, &after, scope, rekey.site, |_| true, rng));
                lists.push(rotation(&after, scope, None, rng));
            }
            lists.insert(0, vec![Act::Rekey(rekey)]);
            Ok(in_entries(lists))
        })
    }
}

/// Why a site cannot be given these keys.
fn check(roster: &Roster, rekey: &Rekey) -> Result<(), RemovalError> {
    let site = rekey.site;
    if !roster.sites.contains_key(&site) {
        return Err(RemovalError::Unknown(site));
    }
    if roster.removal(&site).is_some() {
        return Err(RemovalError::Removed(site));
    }
    let of_another = roster.party(&rekey.keys.tls_pin).is_some_and(|party| party != Party::Site(site));
    if of_another || !rekey.is_proven(&roster.organisation) {
        return Err(RemovalError::KeysUnproven(site));
    }
    Ok(())
}
