//! Residency: who holds the bytes of a scope, and confining a scope to jurisdictions. Owns what a confinement must leave; that nothing goes elsewhere is the
//! roster's and the session's.

use comptoir_sync_protocol::limits::MAX_JURISDICTIONS;
use comptoir_sync_protocol::roster::{Act, Confinement, Party, Relay, Roster, Scope, Site, scopes};

use crate::enrolment::sign_acts;
use crate::node::Node;
use crate::problem::{Code, Problem};
use crate::profile::is_jurisdiction;

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
    let none = || Problem::new(Code::NotFound, format!("There is no scope {name}")).with("value", name);
    let mut scope = roster.scope_by_name(name).cloned().ok_or_else(none)?;
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
