//! How the sites stand: what each last said of itself, when it was last here, and how that and the relay's own traffic went over the last weeks.
//!
//! Owns that memory and its file, and whose word is taken. Knows counts and places alone, never what a record says; raises no alarm and
//! ends no session. Losing the file costs the history and no more.

mod history;
#[cfg(test)]
mod tests;
mod traffic;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::health::{Health, HealthError, HealthReport, JournalLine};
use comptoir_sync_protocol::roster::{Party, Roster};
use comptoir_sync_protocol::{ScopeId, SiteId};
use rusqlite::Connection;

use crate::changes::Changes;
use crate::limits::HEALTH_GAP_MS;
use crate::store::{OpenError, StoreError, open_small};

pub use history::Sample;
pub use traffic::{Busy, Counted};

/// What a site last said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When it arrived, by the relay's clock; Unix milliseconds.
    pub at_ms: i64,
    /// What it said.
    pub health: Health,
}

impl Told {
    /// How far the site's clock was ahead of the relay's; the way of the report is in it.
    pub fn clock_skew_ms(&self) -> i64 {
        self.health.at_ms.saturating_sub(self.at_ms)
    }

    /// As of when its last backup is, by the relay's clock, however the site's goes; Unix milliseconds.
    pub fn backup_ms(&self) -> Option<i64> {
        self.health.backup_at_ms.map(|at_ms| at_ms.saturating_sub(self.clock_skew_ms()))
    }

    /// What its program last said of its running, at moments of the relay's clock.
    pub fn journal(&self) -> Vec<JournalLine> {
        let by_ours =
            |line: &JournalLine| JournalLine { at_ms: line.at_ms.saturating_sub(self.clock_skew_ms()), ..line.clone() };
        self.health.journal.iter().flatten().map(by_ours).collect()
    }

    /// Entries that are here and not there. `held` is what is here of the scopes that the site may hold.
    pub fn lag(&self, held: impl IntoIterator<Item = (ScopeId, u64)>) -> u64 {
        let there: HashMap<ScopeId, u64> = self.health.scopes.iter().map(|held| (held.scope, held.entries)).collect();
        let missing =
            |(scope, entries): (ScopeId, u64)| entries.saturating_sub(there.get(&scope).copied().unwrap_or(0));
        held.into_iter().map(missing).sum()
    }
}

/// Why the word of a site is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// Another party brought it, or the roster names no such site.
    #[error("a report is taken from its own site alone")]
    NotItsOwn,
    /// The last one came just before.
    #[error("reports came too fast")]
    TooFast,
    /// It says nothing.
    #[error(transparent)]
    Report(#[from] HealthError),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is known of all sites. Calls block.
#[derive(Debug)]
pub struct Board {
    connection: Mutex<Connection>,
    told: Mutex<HashMap<SiteId, Arc<Told>>>,
    changes: Changes,
}

impl Board {
    /// Opens its file, or makes one.
    pub fn open(path: &Path, changes: Changes) -> Result<Self, OpenError> {
        let connection = open_small(path, history::MIGRATIONS)?;
        let told = history::told(&connection).map_err(|source| OpenError::from_sql(path, source))?;
        Ok(Self { connection: Mutex::new(connection), told: Mutex::new(told), changes })
    }

    /// Takes in what a site says of itself. `held` is how many entries are here, by scope.
    pub fn hear(
        &self,
        (roster, held): (&Roster, &[(ScopeId, u64)]),
        peer: Option<Party>,
        report: &HealthReport,
        now_ms: i64,
    ) -> Result<Arc<Told>, NotTaken> {
        let site = roster.sites.get(&report.site).filter(|site| peer == Some(Party::Site(site.id)));
        let site = site.ok_or(NotTaken::NotItsOwn)?;
        let is_soon = |told: &Arc<Told>| (0..HEALTH_GAP_MS).contains(&now_ms.saturating_sub(told.at_ms));
        if self.told().get(&site.id).is_some_and(is_soon) {
            return Err(NotTaken::TooFast);
        }
        let told = Arc::new(Told { at_ms: now_ms, health: report.open(&roster.organisation, &site.keys.signing)? });
        let party = Party::Site(site.id);
        let lag = told.lag(held.iter().copied().filter(|(scope, _)| roster.may_hold(&party, scope)));
        history::keep(&mut self.connection(), &site.id, &told, &report.body, lag).map_err(StoreError::from)?;
        self.told().insert(site.id, Arc::clone(&told));
        self.changes.tell_figures();
        Ok(told)
    }

    /// What a site last said.
    pub fn last(&self, site: &SiteId) -> Option<Arc<Told>> {
        self.told().get(site).cloned()
    }

    /// How far the clocks of the sites that said something since a moment are ahead; milliseconds.
    pub fn skews_since(&self, since_ms: i64) -> Vec<i64> {
        self.told().values().filter(|told| told.at_ms >= since_ms).map(|told| told.clock_skew_ms()).collect()
    }

    /// A session of a site began or ended: it was here.
    pub fn seen(&self, site: &SiteId, now_ms: i64) -> Result<(), StoreError> {
        Ok(history::see(&self.connection(), site, now_ms)?)
    }

    /// When each site was last here; Unix milliseconds by the relay's clock.
    pub fn last_seen(&self) -> Result<HashMap<SiteId, i64>, StoreError> {
        Ok(history::seen(&self.connection())?)
    }

    /// How a site stood since a moment, oldest first.
    pub fn samples(&self, site: &SiteId, since_ms: i64) -> Result<Vec<Sample>, StoreError> {
        Ok(history::samples(&self.connection(), site, since_ms)?)
    }

    /// Keeps how busy the relay was.
    pub fn busy(&self, busy: &Busy) -> Result<(), StoreError> {
        traffic::keep(&mut self.connection(), busy)?;
        self.changes.tell_figures();
        Ok(())
    }

    /// How busy it was since a moment, oldest first.
    pub fn busy_since(&self, since_ms: i64) -> Result<Vec<Busy>, StoreError> {
        Ok(traffic::since(&self.connection(), since_ms)?)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> MutexGuard<'_, HashMap<SiteId, Arc<Told>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
