//! Cuts: up to where the logs of removed sites have effect.
//!
//! Owns the reckoning. A removal lists entries; what a site that saw more count built on still counts. So the cut of a log lies
//! at the greatest of the listed entry and, for each entry that counts and is of another site, what of that log stands in its
//! past: all of it where its writer knew no removal of this site, else as far as the removal that he knew lists. A least
//! fixpoint: removed sites lift each other by what counts of them alone. So whatever counted in the eyes of who wrote an
//! entry that counts does so everywhere. Reads headers and pasts; the same wherever the same entries are held. The same
//! reckoning over the past of one entry gives what its writer saw count ([`behind`]).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{ScopeId, SiteId, Writer};
use comptoir_sync_protocol::roster::{self, Removal, Roster, RosterHistory, Voids};
use rusqlite::Connection;

use crate::past::Past;
use crate::state::{LogState, State};
use crate::table::{entries, rosters_known};

/// The cuts of a scope: the last entry that counts of each log of a removed site that is held.
pub(crate) type ScopeCuts = BTreeMap<Writer, u64>;

/// Whoever is removed.
type Removals = BTreeMap<SiteId, Removal>;

/// All cuts, by one state of the roster.
#[derive(Clone, Debug)]
pub(crate) struct Cuts {
    removed: Removals,
    voids: Voids,
    scopes: BTreeMap<ScopeId, ScopeCuts>,
}

impl Cuts {
    /// Before anything is held.
    pub fn none(history: &RosterHistory) -> Self {
        Self { removed: BTreeMap::new(), voids: history.voids(), scopes: BTreeMap::new() }
    }

    /// Reckons the cuts of every scope by the present roster.
    pub fn reckon(connection: &Connection, state: &State) -> rusqlite::Result<Self> {
        let removed = removed_sites(&state.history.current());
        let mut cuts = Self { removed, ..Self::none(&state.history) };
        if cuts.removed.is_empty() {
            return Ok(cuts);
        }
        let scopes: BTreeSet<ScopeId> = state.logs.keys().map(|(scope, _)| *scope).collect();
        for scope in scopes.into_iter().filter(|scope| *scope != roster::scope_id()) {
            let of_scope = cuts.reckon_scope(connection, state, &scope)?;
            cuts.scopes.insert(scope, of_scope);
        }
        Ok(cuts)
    }

    /// The last entry of a log that counts; `None` where all do.
    pub fn limit(&self, scope: &ScopeId, writer: &Writer) -> Option<u64> {
        #[cfg(any(test, feature = "testing"))]
        if crate::testing::ignores_cuts() {
            return None;
        }
        let removal = self.removed.get(&writer.site)?;
        let reckoned = self.scopes.get(scope).and_then(|cuts| cuts.get(writer));
        let listed = || removal.listed(scope, writer).map_or(0, |head| head.seq);
        Some(reckoned.copied().unwrap_or_else(listed))
    }

    /// Whether an entry lies past the cut of its log.
    pub fn is_past(&self, scope: &ScopeId, head: &LogHead) -> bool {
        self.limit(scope, &head.writer).is_some_and(|limit| head.seq > limit)
    }

    /// The scopes of which some entry that is held counts by one of both and not by the other.
    pub fn differing(&self, other: &Cuts, state: &State) -> BTreeSet<ScopeId> {
        let scopes = state.logs.keys().map(|(scope, _)| *scope).filter(|scope| *scope != roster::scope_id());
        let differs = |scope: &ScopeId| {
            self.voids != other.voids
                || state.logs_of(scope).any(|(writer, log)| {
                    let counts = |cuts: &Cuts| cuts.limit(scope, writer).map_or(log.seq, |limit| limit.min(log.seq));
                    counts(self) != counts(other)
                })
        };
        scopes.collect::<BTreeSet<_>>().into_iter().filter(differs).collect()
    }

    /// The scopes in which something that is held does not count.
    pub fn cutting(&self, state: &State) -> BTreeSet<ScopeId> {
        let past = state.logs.iter().filter(|((scope, writer), log)| {
            let head = LogHead { writer: *writer, seq: log.seq, hash: log.hash };
            self.is_past(scope, &head)
        });
        past.map(|((scope, _), _)| *scope).collect()
    }

    /// Whether an entry that was just delivered may move cuts of its scope.
    pub fn may_move(&self, state: &State, scope: &ScopeId, head: &LogHead, past: &Past) -> bool {
        if let Some(removal) = self.removed.get(&head.writer.site) {
            // Another branch of the log than the one that is listed.
            let listed = removal.listed(scope, &head.writer);
            if listed.is_some_and(|listed| listed.seq == head.seq && listed.hash != head.hash) {
                return true;
            }
            if self.is_past(scope, head) {
                return false;
            }
        }
        let reaches = |site: &&SiteId| {
            **site != head.writer.site
                && state
                    .logs_of_site(scope, site)
                    .any(|(writer, log)| self.limit(scope, writer).is_some_and(|limit| past.seq(log.id) > limit))
        };
        let reached: Vec<&SiteId> = self.removed.keys().filter(reaches).collect();
        if reached.is_empty() {
            return false;
        }
        let log = state.log(scope, &head.writer);
        let known = log.and_then(|log| state.history.seen_at(&log.roster_known));
        // A branch of the log other than the listed one is told from it by who reckons.
        let saw_count = |site: &SiteId, known: &Roster| match known.removal(site) {
            None => true,
            Some(removal) => state.logs_of_site(scope, site).any(|(writer, log)| {
                let listed = removal.listed(scope, writer).map_or(0, |head| head.seq);
                self.limit(scope, writer).is_some_and(|limit| past.seq(log.id).min(listed) > limit)
            }),
        };
        known.is_some_and(|known| reached.iter().any(|site| saw_count(site, &known)))
    }

    /// Reckons the cuts of one scope anew; true when they moved.
    pub fn follow(&mut self, connection: &Connection, state: &State, scope: &ScopeId) -> rusqlite::Result<bool> {
        let mut next = self.clone();
        let of_scope = self.reckon_scope(connection, state, scope)?;
        next.scopes.insert(*scope, of_scope);
        let moved = self.differing(&next, state).contains(scope);
        *self = next;
        Ok(moved)
    }

    fn reckon_scope(&self, connection: &Connection, state: &State, scope: &ScopeId) -> rusqlite::Result<ScopeCuts> {
        let held = state.logs_of(scope).filter(|(_, log)| log.seq > 0);
        let logs: Vec<Looked<'_>> = held.map(|(writer, log)| Looked::whole(writer, log)).collect();
        reckon_over(connection, state, &self.removed, scope, &logs)
    }
}

/// The sites that a roster has removed.
fn removed_sites(roster: &Roster) -> Removals {
    let sites = roster.removed.iter().filter(|(id, _)| roster.sites.contains_key(id));
    sites.map(|(id, removal)| (*id, removal.clone())).collect()
}

/// The cuts of a scope as whoever knew this roster and held this past had to reckon them. Whatever is adopted or lifted later,
/// they stay: a verdict may go by them.
pub(crate) fn behind(
    connection: &Connection,
    state: &State,
    roster: &Roster,
    scope: &ScopeId,
    past: &Past,
) -> rusqlite::Result<ScopeCuts> {
    let mut logs = Vec::new();
    for (writer, log) in state.logs_of(scope) {
        let seq = past.seq(log.id);
        let behind = if seq > 0 { entries::past_at(connection, log.id, seq)? } else { None };
        logs.extend(behind.map(|past| Looked { writer, id: log.id, seq, past: Cow::Owned(past) }));
    }
    reckon_over(connection, state, &removed_sites(roster), scope, &logs)
}

/// One log, as far as it is looked at.
struct Looked<'a> {
    writer: &'a Writer,
    id: i64,
    seq: u64,
    /// What stands behind the last entry that is looked at, itself included.
    past: Cow<'a, Past>,
}

impl<'a> Looked<'a> {
    fn whole(writer: &'a Writer, log: &'a LogState) -> Self {
        Self { writer, id: log.id, seq: log.seq, past: Cow::Borrowed(&log.past) }
    }
}

/// The least fixpoint over logs, each looked at with all that stands behind it.
fn reckon_over(
    connection: &Connection,
    state: &State,
    removed: &Removals,
    scope: &ScopeId,
    logs: &[Looked<'_>],
) -> rusqlite::Result<ScopeCuts> {
    let mut cuts = ScopeCuts::new();
    for log in logs {
        if let Some(removal) = removed.get(&log.writer.site) {
            cuts.insert(*log.writer, listed(connection, removal, scope, log)?);
        }
    }
    let mut lifted = true;
    while std::mem::take(&mut lifted) {
        for log in logs {
            let most = cuts.get(log.writer).map_or(log.seq, |cut| log.seq.min(*cut));
            for site in removed.keys().filter(|site| **site != log.writer.site) {
                let of_site = || logs.iter().filter(|of| of.writer.site == *site);
                let beyond = |past: &Past, cuts: &ScopeCuts| {
                    of_site().any(|of| past.seq(of.id) > cuts.get(of.writer).copied().unwrap_or(0))
                };
                if !beyond(&log.past, &cuts) {
                    continue;
                }
                for (past, removal) in seen_counting(connection, state, scope, (log, most), site)? {
                    for of in of_site() {
                        let upto = match &removal {
                            None => u64::MAX,
                            Some(removal) => listed(connection, removal, scope, of)?,
                        };
                        let cut = cuts.entry(*of.writer).or_default();
                        let seen = past.seq(of.id).min(upto);
                        lifted |= seen > *cut;
                        *cut = seen.max(*cut);
                    }
                }
            }
        }
    }
    Ok(cuts)
}

/// The listed entry of a log, unless what is held is another branch.
fn listed(connection: &Connection, removal: &Removal, scope: &ScopeId, log: &Looked<'_>) -> rusqlite::Result<u64> {
    let Some(head) = removal.listed(scope, log.writer) else { return Ok(0) };
    if log.seq < head.seq || entries::hash_at(connection, log.id, head.seq)? == Some(head.hash) {
        return Ok(head.seq);
    }
    Ok(0)
}

/// What stands behind the entries of a log, up to `most`, of a writer who may write there: for each time that he learned something
/// of the roster the last, and how he knew the site to be removed; the latest first. What stands behind an entry whose
/// writer knew of no removal holds all that stands behind those before.
fn seen_counting(
    connection: &Connection,
    state: &State,
    scope: &ScopeId,
    (log, most): (&Looked<'_>, u64),
    site: &SiteId,
) -> rusqlite::Result<Vec<(Past, Option<Removal>)>> {
    let (mut seen, mut seq) = (Vec::new(), most);
    while seq > 0 {
        let Some((since, heads)) = rosters_known::at(connection, log.id, seq)? else { break };
        // Whether he may write is for what stands to say; what he knew follows from what he saw.
        let may_write = state.history.at(&heads).is_some_and(|roster| roster.may_write(scope, &log.writer.site));
        let Some(known) = state.history.seen_at(&heads).filter(|_| may_write) else { break };
        let removal = known.removal(site).cloned();
        let unaware = removal.is_none();
        seen.extend(entries::past_at(connection, log.id, seq)?.map(|past| (past, removal)));
        if unaware {
            break;
        }
        seq = since - 1;
    }
    Ok(seen)
}
