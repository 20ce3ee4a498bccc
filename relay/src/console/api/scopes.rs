//! Who holds which scope, and where its bytes may go, as the roster has it. Owns the shapes; what is in a scope nobody here can read.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use comptoir_sync_protocol::roster::{Party, Roster, Scope};
use comptoir_sync_protocol::{ScopeId, SiteId};
use serde::Serialize;
use utoipa::ToSchema;

use super::code_of;
use crate::console::Console;
use crate::console::problem::{Answer, ProblemBody};
use crate::core::ScopeCount;

/// The scopes.
#[derive(Serialize, ToSchema)]
pub(in crate::console) struct ScopesShown {
    /// By name; none while the relay belongs to nobody, or has no roster yet.
    scopes: Vec<ScopeShown>,
}

/// One scope: what some sites hold, and no others.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::console) struct ScopeShown {
    /// Its name.
    name: String,
    /// Under whose laws alone its bytes may lie, as codes of countries and subdivisions; none: under any.
    jurisdictions: Vec<String>,
    /// Codes of the sites that hold it; removed ones keep what they had, and are not among them.
    sites: Vec<String>,
    /// Codes of its members that get nothing of it, because it may not lie under their law.
    kept_out: Vec<String>,
    /// Whether this relay may carry it.
    relay: bool,
    /// Logs of it that this relay holds.
    logs: usize,
    /// Entries of it that this relay holds.
    entries: u64,
}

/// Who holds which scope, and where its bytes may go.
#[utoipa::path(get, path = "/api/v1/scopes", tag = "sites",
    responses((status = 200, body = ScopesShown), (status = "default", body = ProblemBody)))]
pub(in crate::console) async fn list(State(console): State<Arc<Console>>) -> Answer<ScopesShown> {
    let front = Arc::clone(&console.front);
    let scopes = console.run(move |_, _| {
        let Some(core) = front.core() else { return Ok(Vec::new()) };
        let (roster, pin) = (core.roster(), front.pin());
        let counts: HashMap<ScopeId, ScopeCount> =
            core.counts().into_iter().map(|count| (count.scope, count)).collect();
        let shown = |scope| shown(scope, &roster, pin, counts.get(&scope.id));
        let mut scopes: Vec<ScopeShown> = roster.scopes.values().map(shown).collect();
        scopes.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(scopes)
    });
    Ok(Json(ScopesShown { scopes: scopes.await? }))
}

fn shown(scope: &Scope, roster: &Roster, pin: [u8; 32], held: Option<&ScopeCount>) -> ScopeShown {
    let members = scope.members.iter().filter(|site| roster.removal(site).is_none());
    let (holding, out): (Vec<_>, Vec<_>) = members.partition(|site| roster.may_hold(&Party::Site(**site), &scope.id));
    let codes = |sites: Vec<&SiteId>| {
        let mut codes: Vec<String> = sites.into_iter().map(|site| code_of(roster, site)).collect();
        codes.sort();
        codes
    };
    ScopeShown {
        name: scope.name.clone(),
        jurisdictions: scope.jurisdictions.clone(),
        sites: codes(holding),
        kept_out: codes(out),
        relay: roster.may_hold(&Party::Relay(pin), &scope.id),
        logs: held.map_or(0, |held| held.logs),
        entries: held.map_or(0, |held| held.entries),
    }
}
