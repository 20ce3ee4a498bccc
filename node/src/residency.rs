//! Residency: who holds the bytes of a scope, defining one, letting sites in and out of it, a new key for it, and confining it to jurisdictions. Owns what must be left to
//! whom; that nothing goes elsewhere is the roster's and the session's.

use std::collections::BTreeMap;

use comptoir_replica::Membership;
use comptoir_sync_protocol::limits::{MAX_JURISDICTIONS, MAX_SCOPE_NAME_BYTES};
use comptoir_sync_protocol::roster::{Act, Confinement, Party, Relay, Roster, Scope, Site, scopes};
use comptoir_sync_protocol::{ScopeId, SiteId};

use crate::enrolment::scopes::{Addressee, define as definition};
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
    scope.jurisdictions = known(jurisdictions)?;
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

/// Jurisdictions that there are, each once.
fn known(jurisdictions: &[String]) -> Result<Vec<String>, Problem> {
    if jurisdictions.len() > MAX_JURISDICTIONS {
        let message = format!("A scope is confined to {MAX_JURISDICTIONS} jurisdictions at most");
        return Err(Problem::new(Code::JurisdictionUnknown, message));
    }
    if let Some(unknown) = jurisdictions.iter().find(|code| !is_jurisdiction(code)) {
        let message = format!("{unknown:?} is no jurisdiction: a country's code, a subdivision's, or EU");
        return Err(Problem::new(Code::JurisdictionUnknown, message).with("value", unknown));
    }
    let mut known = jurisdictions.to_vec();
    known.sort_unstable();
    known.dedup();
    Ok(known)
}

/// A scope of the organisation's own as it would be, with these members. Headquarters need not be one.
///
/// # Errors
/// When the name does not fit or is taken, there is no member, a jurisdiction is none, or the law of a member forbids that it holds it.
pub fn defined(
    roster: &Roster,
    name: &str,
    sites: &[Site],
    jurisdictions: &[String],
) -> Result<(Roster, Scope), Problem> {
    if !scopes::is_definable(name) {
        let message = format!("{name:?} cannot be the name of a scope");
        return Err(Problem::new(Code::ScopeNameUnfit, message)
            .with("value", name)
            .with("limit", MAX_SCOPE_NAME_BYTES));
    }
    if roster.scope_by_name(name).is_some() {
        return Err(Problem::new(Code::ScopeNameTaken, format!("There is a scope {name} already")).with("value", name));
    }
    let scope = Scope {
        id: ScopeId::of(&roster.organisation, name),
        name: name.to_owned(),
        jurisdictions: known(jurisdictions)?,
        members: sites.iter().map(|site| site.id).collect(),
        current_key: None,
        keys: BTreeMap::new(),
    };
    check_not_empty(&scope)?;
    for site in sites {
        check_law(&scope, site)?;
        if roster.removal(&site.id).is_some() {
            let message = format!("{} is suspended or revoked", site.profile.code);
            return Err(Problem::new(Code::ChangeRefused, message).with("site", &site.profile.code));
        }
    }
    let mut next = roster.clone();
    next.scopes.insert(scope.id, scope.clone());
    Ok((next, scope))
}

/// Defines a scope of the organisation's own, with a new key for its members alone.
///
/// # Errors
/// Those of [`defined`]; anywhere but at headquarters; and when the acts cannot be kept.
pub fn define(node: &Node, name: &str, sites: &[Site], jurisdictions: &[String]) -> Result<(), Problem> {
    let (_, scope) = defined(&node.roster(), name, sites, jurisdictions)?;
    let members: Vec<Addressee<'_>> = sites.iter().map(|site| Addressee { site: site.id, keys: &site.keys }).collect();
    let organisation = node.roster().organisation;
    let acts = definition(&organisation, (name, scope.jurisdictions), &members, &mut entropy::os());
    let acts = acts.map_err(|error| Problem::from_error(Code::Internal, &error))?;
    sign_acts(node, acts, "scope.define")
}

/// Gives a scope a new key, sealed to the members that stand: what is written from then on is sealed with it.
///
/// # Errors
/// When there is no such scope; anywhere but at headquarters; and when the acts cannot be kept.
pub fn rotate(node: &Node, name: &str) -> Result<(), Problem> {
    node.check_whole()?;
    let signer = node.signer()?;
    let scope = named(&node.roster(), name)?;
    let (signing, by) = ((&signer.signing, signer.epoch), node.author());
    let done =
        node.replica().rotate(signing, scope.id, (by.as_str(), "scope.rotate"), clock::now_ms(), &mut entropy::os());
    let appended = done.map_err(|error| removal::problem(node, name, error))?;
    node.publish(&appended.commits);
    Ok(())
}

fn check_not_empty(scope: &Scope) -> Result<(), Problem> {
    let nobody =
        || Problem::new(Code::ScopeEmpty, format!("No site would hold {}", scope.name)).with("value", &scope.name);
    if scope.members.is_empty() { Err(nobody()) } else { Ok(()) }
}

fn check_law(scope: &Scope, site: &Site) -> Result<(), Problem> {
    if scope.may_enter(&site.profile.jurisdiction) {
        return Ok(());
    }
    let (name, code, law) = (&scope.name, &site.profile.code, &site.profile.jurisdiction);
    let message = format!("{name} may not go to {code}, which is under the law of {law}");
    Err(Problem::new(Code::LawForbids, message).with("site", code))
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

/// A scope as it would be with a site as a member, or without; `us` is the site that gives it the keys.
///
/// # Errors
/// When there is no such scope or site, a site could not work without it, its law forbids that it holds it, or `us` lacks a key of it.
pub fn with_member(
    roster: &Roster,
    us: SiteId,
    name: &str,
    site: &Site,
    membership: Membership,
) -> Result<(Roster, Scope), Problem> {
    let mut scope = named(roster, name)?;
    let code = &site.profile.code;
    let needs = is_needed(site, name) || site.headquarters && !scopes::is_definable(name);
    if membership == Membership::Leave && needs {
        let message = format!("{code} cannot work without {name}");
        return Err(Problem::new(Code::ScopeNeeded, message).with("site", code));
    }
    if membership == Membership::Join {
        check_law(&scope, site)?;
        // Without them it would be a member of what it cannot read.
        let lacks = |key| !scope.keys.contains_key(&(key, us));
        if !scope.members.contains(&site.id) && scope.keys.keys().any(|(key, _)| lacks(*key)) {
            let message = format!("The keys of {name} are not all here to be given to {code}");
            return Err(Problem::new(Code::ScopeKeysElsewhere, message).with("value", name));
        }
    }
    match membership {
        Membership::Join => scope.members.insert(site.id),
        Membership::Leave => scope.members.remove(&site.id),
    };
    check_not_empty(&scope)?;
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
    let (_, scope) = with_member(&node.roster(), node.replica().site(), name, site, membership)?;
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
