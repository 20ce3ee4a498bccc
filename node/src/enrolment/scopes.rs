//! Scopes that come to be, and the keys that their members are given. Owns which scopes a site begins with.

use comptoir_replica::Identity;
use comptoir_sync_protocol::keys::{EnvelopeError, ScopeKey};
use comptoir_sync_protocol::roster::{Act, Members, Roster, Rotation, ScopeDefinition, SiteKeys, scopes, wrap_key};
use comptoir_sync_protocol::{OrganisationId, ScopeId, SiteId};
use rand_core::CryptoRng;

/// A site that is given keys.
#[derive(Clone, Copy)]
pub struct Addressee<'a> {
    /// Its id.
    pub site: SiteId,
    /// Its keys.
    pub keys: &'a SiteKeys,
}

/// The names of the scopes that all sites share from the start.
pub const SHARED: [&str; 2] = [scopes::ORGANISATION, scopes::TRADE];

/// The names of the scopes that a site shares with headquarters alone.
pub fn own(site_code: &str) -> [String; 3] {
    [scopes::books(site_code), scopes::staff(site_code), scopes::private(site_code)]
}

/// Acts that define a scope with a new key, sealed to each member, confined to these jurisdictions; to none: everywhere.
pub fn define(
    organisation: &OrganisationId,
    (name, jurisdictions): (&str, Vec<String>),
    members: &[Addressee<'_>],
    rng: &mut impl CryptoRng,
) -> Result<Vec<Act>, EnvelopeError> {
    let scope = ScopeId::of(organisation, name);
    let key = ScopeKey::generate(rng);
    let definition = ScopeDefinition { scope, name: name.to_owned(), jurisdictions };
    let sites = members.iter().map(|member| member.site).collect();
    let mut acts = vec![Act::DefineScope(definition), Act::AddMembers(Members { scope, sites })];
    for member in members {
        acts.push(Act::WrapKey(wrap_key(&key, scope, member.site, &member.keys.sealing, rng)?));
    }
    acts.push(Act::Rotate(Rotation { scope, key_id: key.id() }));
    Ok(acts)
}

/// Acts that make a site a member of a scope that exists, with every key that `us` can open.
pub fn open_to(
    roster: &Roster,
    name: &str,
    us: &Identity,
    new: Addressee<'_>,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Act>, EnvelopeError> {
    let Some(scope) = roster.scope_by_name(name) else { return Ok(Vec::new()) };
    let mut acts = vec![Act::AddMembers(Members { scope: scope.id, sites: vec![new.site] })];
    for wrapped in scope.keys.values().filter(|wrapped| wrapped.site == us.site) {
        let key = us.unwrap(wrapped)?;
        acts.push(Act::WrapKey(wrap_key(&key, scope.id, new.site, &new.keys.sealing, rng)?));
    }
    Ok(acts)
}
