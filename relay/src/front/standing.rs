//! How the sites stand with this relay: what the roster, the lines and the board say of each, put together. Owns no state; the console, the
//! watch and the figures all read it here.

use std::collections::HashMap;
use std::sync::Arc;

use comptoir_sync_protocol::roster::{self, Party, Roster, Site};
use comptoir_sync_protocol::{ScopeId, SiteId};

use super::Front;
use crate::health::Told;
use crate::requests::HeldLine;
use crate::store::StoreError;

/// How one site stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// As the roster has it.
    pub site: Site,
    /// Whether it is removed; for good.
    pub removed: Option<bool>,
    /// Since when a session of it is open; Unix milliseconds.
    pub since_ms: Option<i64>,
    /// When it was last here: now, while a session is open; Unix milliseconds.
    pub seen_ms: Option<i64>,
    /// Who holds its line, if somebody does.
    pub held: Option<HeldLine>,
    /// What it last said of itself.
    pub told: Option<Arc<Told>>,
    /// Entries that are here and not there, of the scopes that it may hold, by what it last said.
    pub lag: Option<u64>,
}

impl Standing {
    /// Which.
    pub fn id(&self) -> SiteId {
        self.site.id
    }

    /// Its short code.
    pub fn code(&self) -> &str {
        &self.site.profile.code
    }
}

impl Front {
    /// How the sites stand at a moment, by code; none while the relay belongs to nobody.
    pub(crate) fn standings(&self, now_ms: i64) -> Result<Vec<Standing>, StoreError> {
        let Some(core) = self.core() else { return Ok(Vec::new()) };
        let (roster, present, seen) = (core.roster(), self.registry.present(), self.board().last_seen()?);
        let (mut held, mut lines) = (held_for_each(&roster, &core.entries()), self.requests().held_lines()?);
        let standing = |site: &Site| {
            let (since_ms, told) = (present.get(&site.id).copied(), self.board().last(&site.id));
            // A relay that was killed in a session knows of its end by the last word alone.
            let left_ms = seen.get(&site.id).copied().max(told.as_ref().map(|told| told.at_ms));
            let held = held.remove(&site.id).unwrap_or_default();
            Standing {
                site: site.clone(),
                removed: roster.removal(&site.id).map(|removal| removal.revoked),
                since_ms,
                held: lines.remove(&site.id),
                seen_ms: since_ms.map(|_| now_ms).or(left_ms),
                lag: told.as_ref().map(|told| told.lag(held)),
                told,
            }
        };
        let mut standings: Vec<Standing> = roster.sites.values().map(standing).collect();
        standings.sort_by(|one, other| one.code().cmp(other.code()));
        Ok(standings)
    }
}

/// What is here of the scopes that each site may hold. Goes by their members, of which most scopes have few: sites times scopes is
/// too much to ask again every few seconds.
fn held_for_each(roster: &Roster, counts: &[(ScopeId, u64)]) -> HashMap<SiteId, Vec<(ScopeId, u64)>> {
    let mut held: HashMap<SiteId, Vec<(ScopeId, u64)>> = HashMap::new();
    for (scope, entries) in counts {
        let members: Vec<SiteId> = match roster.scopes.get(scope) {
            Some(known) => known.members.iter().copied().collect(),
            None if *scope == roster::scope_id() => roster.sites.keys().copied().collect(),
            None => continue,
        };
        for site in members.into_iter().filter(|site| roster.may_hold(&Party::Site(*site), scope)) {
            held.entry(site).or_default().push((*scope, *entries));
        }
    }
    held
}
