//! What each resource needs of whoever asks: one table, which is an allow-list. Owns the table and the check against it. What a resource
//! that is open to several shows each of them is the back office's mask; what is written is checked again at the desk.

use axum::http::Method;
use comptoir_backoffice::registry::{self, Module};
use comptoir_backoffice::staff::{May, Standing};

use crate::api::lan::OWN_DEVICE_PATH;
use crate::problem::{Code, Problem};

/// What a resource needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// That somebody is let in at all; who comes or goes is.
    Anyone,
    /// This verb, in the module of the kind that the path names.
    OfKind(May),
    /// This verb, in this module.
    In(Module, May),
    /// This verb, in some module: what is shown is what may be seen, what is written is judged at the desk.
    Somewhere(May),
    /// Every verb in every module, and every class.
    Everything,
    /// To hold the key of the node, on its own machine: who lets whom in, where other sites are met, what becomes of keys.
    Operator,
}

use Needs::{Anyone, Everything, In, OfKind, Operator, Somewhere};

const GET: &str = "GET";
const POST: &str = "POST";
const PUT: &str = "PUT";
const PATCH: &str = "PATCH";
const DELETE: &str = "DELETE";

/// What is not here is refused.
const TABLE: &[(&str, &str, Needs)] = &[
    (GET, "/api/v1/status", Anyone),
    (GET, "/api/v1/organisation", Anyone),
    (POST, "/api/v1/session", Anyone),
    (DELETE, "/api/v1/session", Anyone),
    (POST, "/api/v1/sign-in-links", Operator),
    (GET, "/api/v1/account", Anyone),
    (GET, "/api/v1/account/entry", Anyone),
    (POST, "/api/v1/account/entry", Anyone),
    (DELETE, "/api/v1/account/entry", Anyone),
    (POST, "/api/v1/account/password", Anyone),
    (GET, "/api/v1/staff", In(Module::Staff, May::See)),
    (POST, "/api/v1/staff", Operator),
    (GET, "/api/v1/staff/roles", In(Module::Staff, May::See)),
    (POST, "/api/v1/staff/{name}/password", Operator),
    (POST, "/api/v1/staff/{name}/lock", Operator),
    (POST, "/api/v1/staff/{name}/roles", Operator),
    (GET, "/api/v1/staff/tokens", In(Module::Staff, May::See)),
    (POST, "/api/v1/staff/tokens", Operator),
    (POST, "/api/v1/staff/tokens/{id}/revoke", Operator),
    (GET, "/api/v1/access-log", In(Module::Staff, May::See)),
    (GET, "/api/v1/setup", Anyone),
    (POST, "/api/v1/setup/organisation", Anyone),
    (POST, "/api/v1/setup/join", Anyone),
    (DELETE, "/api/v1/setup/join", Anyone),
    (GET, "/api/v1/setup/countries", Anyone),
    (POST, "/api/v1/backups", Operator),
    (POST, "/api/v1/backups/kept", Operator),
    (GET, "/api/v1/outbox", Somewhere(May::See)),
    (GET, "/api/v1/log", Somewhere(May::See)),
    (GET, "/api/v1/merges", Somewhere(May::See)),
    (GET, "/api/v1/inbox", Somewhere(May::See)),
    // By an edit or by a posting, as the item has it.
    (POST, "/api/v1/inbox/{id}/resolve", Somewhere(May::See)),
    (GET, "/api/v1/console-requests", Everything),
    (POST, "/api/v1/console-requests/{id}/approve", Everything),
    (POST, "/api/v1/console-requests/{id}/decline", Everything),
    (GET, "/api/v1/site-requests", In(Module::Organisation, May::See)),
    (POST, "/api/v1/site-requests", In(Module::Organisation, May::Edit)),
    (POST, "/api/v1/site-requests/{id}/decline", Everything),
    (GET, "/api/v1/invitations", Everything),
    (POST, "/api/v1/invitations", Everything),
    (DELETE, "/api/v1/invitations/{id}", Everything),
    (GET, "/api/v1/keys", Operator),
    (POST, "/api/v1/keys/root/export", Operator),
    (POST, "/api/v1/keys/root/check", Operator),
    (POST, "/api/v1/keys/root/remove", Operator),
    (POST, "/api/v1/keys/root/import", Operator),
    (POST, "/api/v1/keys/admins", Operator),
    (POST, "/api/v1/keys/admins/{admin}/removal", Operator),
    (POST, "/api/v1/keys/admin/request", Operator),
    (POST, "/api/v1/keys/admin/export", Operator),
    (POST, "/api/v1/keys/admin/check", Operator),
    (POST, "/api/v1/keys/admin/import", Operator),
    (POST, "/api/v1/keys/renewal", Operator),
    (DELETE, "/api/v1/keys/renewal", Operator),
    (POST, "/api/v1/keys/rekey/check", Operator),
    (POST, "/api/v1/keys/rekey", Operator),
    (GET, "/api/v1/lan", Operator),
    (PUT, "/api/v1/lan", Operator),
    (POST, "/api/v1/lan/invitations", Operator),
    (POST, "/api/v1/lan/devices", Anyone),
    (DELETE, "/api/v1/lan/devices/{id}", Operator),
    (GET, "/api/v1/direct", Everything),
    (PUT, "/api/v1/direct", Operator),
    (PUT, "/api/v1/direct/peers/{site}", Operator),
    (DELETE, "/api/v1/direct/peers/{site}", Operator),
    (POST, "/api/v1/relays", Everything),
    (DELETE, "/api/v1/relays/{relay}", Everything),
    (POST, "/api/v1/scopes", Everything),
    (POST, "/api/v1/scopes/{name}/rotate", Everything),
    (PUT, "/api/v1/scopes/{name}/jurisdictions", Everything),
    (PUT, "/api/v1/scopes/{name}/members/{site}", Everything),
    (DELETE, "/api/v1/scopes/{name}/members/{site}", Everything),
    (GET, "/api/v1/sites", Somewhere(May::See)),
    (PUT, "/api/v1/sites/{code}/name", Everything),
    (POST, "/api/v1/sites/{code}/suspend", Everything),
    (POST, "/api/v1/sites/{code}/resume", Everything),
    (POST, "/api/v1/sites/{code}/revoke", Everything),
    (POST, "/api/v1/sites/{code}/adopt", Everything),
    (GET, "/api/v1/batches", Somewhere(May::See)),
    (POST, "/api/v1/batches/{id}/undo", Somewhere(May::Import)),
    (GET, "/api/v1/search", Somewhere(May::See)),
    (GET, "/api/v1/kinds", Anyone),
    (GET, "/api/v1/kinds/{kind}/schema", OfKind(May::See)),
    (GET, "/api/v1/records/{kind}", OfKind(May::See)),
    (POST, "/api/v1/records/{kind}", OfKind(May::Edit)),
    (GET, "/api/v1/records/{kind}/{id}", OfKind(May::See)),
    (PATCH, "/api/v1/records/{kind}/{id}", OfKind(May::Edit)),
    (GET, "/api/v1/records/party/{id}/envelope", In(Module::Parties, May::See)),
    (GET, "/api/v1/records/{kind}/{id}/history", OfKind(May::See)),
    (POST, "/api/v1/records/{kind}/{id}/revert", OfKind(May::Edit)),
    (POST, "/api/v1/records/{kind}/{id}/merge", OfKind(May::Edit)),
    (POST, "/api/v1/records/{kind}/{id}/unmerge", OfKind(May::Edit)),
    (POST, "/api/v1/records/{kind}/{id}/share", OfKind(May::Edit)),
    // A whole document: all that was ever put.
    (GET, "/api/v1/records/{kind}/{id}/automerge", Everything),
    (POST, "/api/v1/records/{kind}/{id}/archive", OfKind(May::Edit)),
    (GET, "/api/v1/records/{kind}/{id}/where", OfKind(May::See)),
    (POST, "/api/v1/records/{kind}/import", OfKind(May::Import)),
    (GET, "/api/v1/records/{kind}/export", OfKind(May::Export)),
    (GET, "/api/v1/stock/items/{item}/on-hand", In(Module::Stock, May::See)),
    (POST, "/api/v1/stock/items/{item}/revalue", In(Module::Stock, May::Post)),
    (GET, "/api/v1/stock/availability", In(Module::Stock, May::See)),
    (GET, "/api/v1/stock/value", In(Module::Stock, May::See)),
    (POST, "/api/v1/stock/moves/{id}/post", In(Module::Stock, May::Post)),
    (GET, "/api/v1/stock/postings", In(Module::Stock, May::See)),
    (GET, "/api/v1/stock/postings/{id}", In(Module::Stock, May::See)),
    (POST, "/api/v1/stock/postings/{id}/reverse", In(Module::Stock, May::Post)),
    (GET, "/api/v1/stock/transfers", In(Module::Stock, May::See)),
    (GET, "/api/v1/stock/transfers/{id}", In(Module::Stock, May::See)),
    (POST, "/api/v1/stock/transfers/{id}/receive", In(Module::Stock, May::Post)),
    (POST, "/api/v1/stock/transfers/{id}/settle", In(Module::Stock, May::Post)),
    (GET, "/api/v1/stock/rights", In(Module::Stock, May::See)),
    (POST, "/api/v1/stock/rights/{pool}", In(Module::Stock, May::Post)),
    (POST, "/api/v1/stock/rights/{pool}/share-out", In(Module::Stock, May::Post)),
    (POST, "/api/v1/stock/rights/{pool}/reclaim", In(Module::Stock, May::Post)),
    (GET, "/api/v1/events", Anyone),
    (GET, "/api/v1/openapi.json", Anyone),
    (GET, "/api/v1/digest", Everything),
    (GET, "/api/v1/doctor", Everything),
    (POST, "/api/v1/verify", Everything),
    (POST, "/api/v1/rebuild", Everything),
    (POST, "/api/v1/reference/update", In(Module::Reference, May::Import)),
    (GET, "/api/v1/demo", Somewhere(May::See)),
    (POST, "/api/v1/demo", Everything),
    (DELETE, "/api/v1/demo", Everything),
];

/// What the resource at a route needs, of which this is the path itself; `None` where the table says nothing.
pub fn needs(method: &Method, route: &str, path: &str) -> Option<Needs> {
    // A device sends itself away.
    if path == OWN_DEVICE_PATH {
        return Some(Anyone);
    }
    let method = if method == Method::HEAD { GET } else { method.as_str() };
    TABLE.iter().find(|(known, at, _)| *known == method && *at == route).map(|(_, _, needs)| *needs)
}

/// Refuses what whoever asks may not do. `kind` is what the path names as a kind of record.
pub fn check(needs: Option<Needs>, standing: &Standing, kind: Option<&str>) -> Result<(), Problem> {
    if *standing == Standing::Operator {
        return Ok(());
    }
    let in_module = |module: Module, verb: May| standing.check_may(module, verb).map_err(Problem::from);
    match needs {
        Some(Anyone) => Ok(()),
        Some(OfKind(verb)) => match kind.map(registry::kind) {
            Some(Ok(kind)) => in_module(Module::of(kind), verb),
            // Whoever names no kind there is hears that, not whether they may.
            Some(Err(_)) => Ok(()),
            None => Err(refused()),
        },
        Some(In(module, verb)) => in_module(module, verb),
        Some(Somewhere(verb)) if standing.may_somewhere(verb) => Ok(()),
        Some(Everything) if standing.may_everything() => Ok(()),
        Some(Operator) => {
            let message = "Whoever holds the key of the node does this, on its own machine";
            Err(Problem::new(Code::OperatorOnly, message))
        }
        Some(Somewhere(_) | Everything) | None => Err(refused()),
    }
}

fn refused() -> Problem {
    Problem::new(Code::NotGranted, "No role of yours grants this")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use comptoir_backoffice::staff::{Classes, Grant};
    use serde_json::Value;

    use super::*;
    use crate::api::openapi;

    #[test]
    fn every_resource_of_the_description_has_its_entry_and_no_entry_is_of_nothing() {
        let description: Value = serde_json::from_str(&openapi::text()).unwrap();
        let described: BTreeSet<(String, String)> = description["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let known: BTreeSet<(String, String)> =
            TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(known.len(), TABLE.len(), "an entry stands there twice");
        assert_eq!(described, known);
    }

    #[test]
    fn who_lets_whom_in_is_the_operators() {
        let operators = |method: &Method, route: &str| needs(method, route, route) == Some(Operator);
        let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
        assert!(operators(&get, "/api/v1/lan") && operators(&Method::PUT, "/api/v1/lan"));
        assert!(operators(&post, "/api/v1/lan/invitations") && operators(&post, "/api/v1/sign-in-links"));
        assert!(operators(&delete, "/api/v1/lan/devices/{id}") && !operators(&post, "/api/v1/lan/devices"));
        assert_eq!(needs(&delete, "/api/v1/lan/devices/{id}", OWN_DEVICE_PATH), Some(Anyone));
        assert!(operators(&post, "/api/v1/staff") && operators(&post, "/api/v1/staff/{name}/password"));
        assert!(operators(&post, "/api/v1/staff/tokens") && operators(&post, "/api/v1/staff/tokens/{id}/revoke"));
        assert!(!operators(&get, "/api/v1/staff") && !operators(&post, "/api/v1/account/entry"));
        assert!(operators(&post, "/api/v1/keys/renewal") && operators(&post, "/api/v1/keys/rekey"));
        assert!(operators(&get, "/api/v1/keys") && operators(&post, "/api/v1/keys/root/export"));
        assert!(operators(&Method::PUT, "/api/v1/direct") && operators(&delete, "/api/v1/direct/peers/{site}"));
        assert!(!operators(&get, "/api/v1/status") && !operators(&get, "/api/v1/direct"));
    }

    #[test]
    fn what_is_not_granted_is_refused() {
        let code = |needs, standing: &Standing, kind| check(needs, standing, kind).err().map(|problem| problem.code);
        let clerk = Standing::staff(Grant::nothing().and_in(Module::Parties, &[May::Edit], Classes::ORDINARY));
        let refused = Some("not-granted".to_owned());
        assert_eq!(code(Some(OfKind(May::Edit)), &clerk, Some("party")), None);
        assert_eq!(code(Some(OfKind(May::See)), &clerk, Some("item")), refused);
        assert_eq!(code(Some(OfKind(May::Export)), &clerk, Some("party")), refused);
        assert_eq!(code(Some(OfKind(May::See)), &clerk, None), refused);
        assert_eq!(code(Some(In(Module::Stock, May::See)), &clerk, None), refused);
        assert_eq!(code(Some(Somewhere(May::See)), &clerk, None), None);
        assert_eq!(code(Some(Somewhere(May::Import)), &clerk, None), refused);
        assert_eq!(code(Some(Everything), &clerk, None), refused);
        assert_eq!(code(None, &clerk, None), refused, "what the table does not know");
        let nobody = Standing::staff(Grant::nothing());
        assert_eq!(
            (code(Some(Anyone), &nobody, None), code(Some(Somewhere(May::See)), &nobody, None)),
            (None, refused)
        );
        let all = Standing::staff(Grant::everything());
        assert_eq!(code(Some(Everything), &all, None), None);
        assert_eq!(code(Some(Operator), &all, None), Some("operator-only".to_owned()));
        assert_eq!(code(None, &Standing::Operator, None), None);
        let unclassed = Grant::nothing();
        let unclassed =
            Module::ALL.iter().fold(unclassed, |grant, module| grant.and_in(*module, May::ALL, Classes::ORDINARY));
        assert_eq!(code(Some(Everything), &Standing::staff(unclassed), None), Some("not-granted".to_owned()));
    }
}
