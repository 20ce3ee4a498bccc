//! Residency: who holds the bytes of a scope, letting sites in and out of one, and confining it to jurisdictions. Owns what must be left to whom; that nothing
//! goes elsewhere is the roster's and the session's.

use comptoir_replica::Membership;
use comptoir_sync_protocol::limits::MAX_JURISDICTIONS;
use comptoir_sync_protocol::roster::{Act, Confinement, Party, Relay, Roster, Scope, Site, scopes};

use crate::enrolment::{removal, sign_acts};
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::profile::is_jurisdiction;
use crate::{clock, entropy};

/// The sites that hold a scope, by code.
pub fn holders<'a>(roster: &'a Roster, scope: &Scope) -> Vec<&'a Site> {
    let mut sites: Vec<&Site> =
        roster.sites.values().filter(|site| roster.may_hold(&Party::Site(site.id), &scope.id)).collect();
    sites.sort_by(|one, other| one.profile.code.cmp(&other.profile.code));
    sites
}

/// The relays that carry it, sealed.
pub fn carriers<'a>(roster: &'a Roster, scope: &Scope) -> Vec<&'a Relay> {
    roster.relays.values().filter(|relay| roster.may_hold(&Party::Relay(relay.tls_pin), &scope.id)).collect()
}

/// A scope as it would be, confined so.
///
/// # Errors
/// When there is no such scope, a jurisdiction is none, or those who need the scope would lose it.
pub fn confined(roster: &Roster, name: &str, jurisdictions: &[String]) -> Result<(Roster, Scope), Problem> {
    let mut scope = named(roster, name)?;
    if jurisdictions.len() > MAX_JURISDICTIONS {
        let message = format!("A scope is confined to {MAX_JURISDICTIONS} jurisdictions at most");
        return Err(Problem::new(Code::JurisdictionUnknown, message));
    }
    if let Some(unknown) = jurisdictions.iter().find(|code| !is_jurisdiction(code)) {
        let message = format!("{unknown:?} is no jurisdiction: a country's code, a subdivision's, or EU");
        return Err(Problem::new(Code::JurisdictionUnknown, message).with("value", unknown));
    }
    scope.jurisdictions = jurisdictions.to_vec();
    scope.jurisdictions.sort_unstable();
    scope.jurisdictions.dedup();
    let mut next = roster.clone();
    next.scopes.insert(scope.id, scope.clone());
    let held_by = holders(&next, &scope);
    let needed = |site: &&Site| is_needed(site, name);
    let lost = holders(roster, &scope).into_iter().filter(needed).find(|site| !held_by.contains(site));
    if let Some(site) = lost {
        let code = &site.profile.code;
        let message = format!("{code} is under the law of {}, and needs {name}", site.profile.jurisdiction);
        return Err(Problem::new(Code::ConfinedTooFar, message).with("site", code));
    }
    if held_by.is_empty() {
        return Err(Problem::new(Code::ConfinedTooFar, format!("No site would hold {name}")));
    }
    Ok((next, scope))
}

/// Whether nobody could work with a scope that this site lacks: headquarters keeps what all share, a site what is its own.
fn is_needed(site: &Site, scope: &str) -> bool {
    match scope {
        scopes::ORGANISATION | scopes::TRADE => site.headquarters,
        own => own.split_once(':').is_some_and(|(_, code)| code == site.profile.code),
    }
}

/// Confines a scope: from here on its bytes go to these jurisdictions alone; none means everywhere. Changes nothing when it is so
/// already.
///
/// # Errors
/// Those of [`confined`]; anywhere but at headquarters; and when the act cannot be kept.
pub fn confine(node: &Node, name: &str, jurisdictions: &[String]) -> Result<(), Problem> {
    let roster = node.roster();
    let (_, scope) = confined(&roster, name, jurisdictions)?;
    if roster.scopes.get(&scope.id) == Some(&scope) {
        return Ok(());
    }
    let act = Act::Confine(Confinement { scope: scope.id, jurisdictions: scope.jurisdictions });
    sign_acts(node, vec![act], "scope.confine")
}

fn named(roster: &Roster, name: &str) -> Result<Scope, Problem> {
    let none = || Problem::new(Code::NotFound, format!("There is no scope {name}")).with("value", name);
    roster.scope_by_name(name).cloned().ok_or_else(none)
}

/// A scope as it would be with a site as a member, or without.
///
/// # Errors
/// When there is no such scope or site, a site could not work without it, or its law forbids that it holds it.
pub fn with_member(
    roster: &Roster,
    name: &str,
    site: &Site,
    membership: Membership,
) -> Result<(Roster, Scope), Problem> {
    let mut scope = named(roster, name)?;
    let code = &site.profile.code;
    if membership == Membership::Leave && (is_needed(site, name) || site.headquarters) {
        let message = format!("{code} cannot work without {name}");
        return Err(Problem::new(Code::ScopeNeeded, message).with("site", code));
    }
    if membership == Membership::Join && !scope.may_enter(&site.profile.jurisdiction) {
        let message = format!("{name} may not go to {code}, which is under the law of {}", site.profile.jurisdiction);
        return Err(Problem::new(Code::LawForbids, message).with("site", code));
    }
    match membership {
        Membership::Join => scope.members.insert(site.id),
        Membership::Leave => scope.members.remove(&site.id),
    };
    let mut next = roster.clone();
    next.scopes.insert(scope.id, scope.clone());
    Ok((next, scope))
}

/// Lets a site into a scope, with all that was written there before, or lets it go: it keeps what it has. Changes nothing when it is so
/// already.
///
/// # Errors
/// Those of [`with_member`]; anywhere but at headquarters; and when the acts cannot be kept.
pub fn set_member(node: &Node, name: &str, site: &Site, membership: Membership) -> Result<(), Problem> {
    node.check_whole()?;
    let signer = node.signer()?;
    let (_, scope) = with_member(&node.roster(), name, site, membership)?;
    let (signing, by) = ((&signer.signing, signer.epoch), node.author());
    let command = match membership {
        Membership::Join => "scope.widen",
        Membership::Leave => "scope.narrow",
    };
    let (place, how) = ((scope.id, site.id), (by.as_str(), command));
    let done = node.replica().set_membership(signing, place, membership, how, clock::now_ms(), &mut entropy::os());
    let appended = done.map_err(|error| removal::problem(node, &site.profile.code, error))?;
    node.publish(&appended.commits);
    Ok(())
}
