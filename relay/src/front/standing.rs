//! How the sites stand with this relay: what the roster, the lines and the board say of each, put together. Owns no state; the console, the
//! watch and the figures all read it here.

use comptoir_sync_protocol::roster::{Party, Site};
use comptoir_sync_protocol::{ScopeId, SiteId};

use super::Front;
use crate::health::Told;
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
    /// What it last said of itself.
    pub told: Option<Told>,
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
        let (roster, presence, seen) = (core.roster(), self.presence(), self.board().last_seen()?);
        let counts: Vec<(ScopeId, u64)> = core.counts().into_iter().map(|count| (count.scope, count.entries)).collect();
        let standing = |site: &Site| {
            let here = presence.get(&site.id).copied().unwrap_or_default();
            let (party, told) = (Party::Site(site.id), self.board().last(&site.id));
            let lag =
                told.as_ref().map(|told| told.lag(counts.iter().copied(), |scope| roster.may_hold(&party, scope)));
            Standing {
                site: site.clone(),
                removed: roster.removal(&site.id).map(|removal| removal.revoked),
                since_ms: here.since_ms,
                seen_ms: here.since_ms.map(|_| now_ms).or(here.left_ms.max(seen.get(&site.id).copied())),
                told,
                lag,
            }
        };
        let mut standings: Vec<Standing> = roster.sites.values().map(standing).collect();
        standings.sort_by(|one, other| one.code().cmp(other.code()));
        Ok(standings)
    }
}
