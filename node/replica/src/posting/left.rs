//! What a site left that is revoked: its accounts at its cut, for a posting that hands on what it cannot use any more.
//!
//! Owns when that is certain. The cut may move as long as somebody who has not heard of the revocation builds on what the
//! site wrote; so nothing is said before the past of the entry holds a word of every other site that may write there and that
//! knows. It has to know the other removals too: who is removed and has not heard either would else be lifted, and lift the
//! cut in turn. From then on the cut follows from that past alone. It never reads the cuts of the scope as they happen to be:
//! what is adopted later moves them, and no verdict with them.

use std::collections::BTreeSet;

use comptoir_sync_protocol::ids::{Epoch, SiteId, Writer};
use comptoir_sync_protocol::roster::{Removal, Roster};

use super::{Account, Ledger, PostingStop};
use crate::cuts;
use crate::table::rosters_known;

/// How a site stands that may have left something.
#[derive(Debug)]
pub enum Leaving<'l> {
    /// It is not revoked, as far as the writer of the entry knew: it may go on, or come back.
    Stands,
    /// What counts of it is not certain yet. Of these sites no word stands behind the entry that knows who is removed; or,
    /// where they are removed themselves, not all that their cut lists.
    Unheard(BTreeSet<SiteId>),
    /// What counts of it is certain.
    Left(Left<'l>),
}

/// What a site left.
#[derive(Debug)]
pub struct Left<'l> {
    ledger: &'l Ledger<'l>,
    /// The last entry of each of its logs that counts.
    logs: Vec<(Writer, u64)>,
}

impl Left<'_> {
    /// What an account of one of its epochs holds.
    ///
    /// # Errors
    /// The store's.
    pub fn balance(&self, epoch: Epoch, account: &Account) -> Result<i64, PostingStop> {
        let Some((writer, upto)) = self.logs.iter().find(|(writer, _)| writer.epoch == epoch) else { return Ok(0) };
        let Some(log) = self.ledger.at.state.log(&self.ledger.at.scope, writer) else { return Ok(0) };
        self.ledger.balance_of_log(writer, log, *upto, account)
    }
}

impl Ledger<'_> {
    /// What a site left that is revoked by the roster that the writer of the entry knew.
    ///
    /// Who was admitted, or dropped from the scope, by an admin that the writer had not heard of is not waited for, nor is
    /// an epoch of a site that began again in ignorance. Should the cut move for them, or because somebody adopts or resumes,
    /// it is for people to settle.
    ///
    /// # Errors
    /// [`PostingStop::Parked`] when something that counts of it cannot be read here yet, or the store's.
    pub fn left_by(&self, site: &SiteId) -> Result<Leaving<'_>, PostingStop> {
        let at = &self.at;
        let Some(roster) = self.roster_known()? else { return Ok(Leaving::Stands) };
        if roster.removal(site).is_none_or(|removal| !removal.revoked) {
            return Ok(Leaving::Stands);
        }
        let unheard = self.unheard(&roster, site)?;
        if !unheard.is_empty() {
            return Ok(Leaving::Unheard(unheard));
        }
        let cuts = cuts::behind(at.connection, at.state, &roster, &at.scope, at.past)?;
        let mut logs = Vec::new();
        for (writer, log) in at.state.logs_of_site(&at.scope, site) {
            let upto = cuts.get(writer).copied().unwrap_or(0).min(at.past.seq(log.id));
            let mut parked = at.state.parked.get(&at.scope).into_iter().flatten();
            if let Some((_, seq, _)) = parked.find(|(of, seq, _)| *of == log.id && *seq <= upto) {
                return Err(PostingStop::Parked(format!("entry {seq} of site {site} is parked")));
            }
            logs.push((*writer, upto));
        }
        Ok(Leaving::Left(Left { ledger: self, logs }))
    }

    /// The roster as the writer of the entry saw it: by what it names, and what the entries before in its log named.
    fn roster_known(&self) -> Result<Option<std::sync::Arc<Roster>>, PostingStop> {
        let at = &self.at;
        let before = match at.state.log(&at.scope, &at.writer) {
            Some(log) => rosters_known::at(at.connection, log.id, at.past.seq(log.id))?,
            None => None,
        };
        let before = before.map_or_else(Vec::new, |(_, heads)| heads);
        Ok(at.state.history.seen_at(&rosters_known::join(&before, at.roster_heads)))
    }

    /// The sites for whose sake the cut of a site may still move, as far as that roster knows.
    fn unheard(&self, roster: &Roster, revoked: &SiteId) -> Result<BTreeSet<SiteId>, PostingStop> {
        let at = &self.at;
        let named = roster.named.members.get(&at.scope);
        let could_write = |site: &SiteId| named.is_some_and(|named| named.contains(site));
        let removed: Vec<(&SiteId, &Removal)> =
            roster.removed.iter().filter(|(site, _)| roster.sites.contains_key(site) && could_write(site)).collect();
        let mut unheard = BTreeSet::new();
        let members = roster.scopes.get(&at.scope).map(|scope| &scope.members);
        for site in members.into_iter().flatten() {
            let writes = roster.removal(site).is_none() && roster.may_write(&at.scope, site);
            if writes && *site != at.writer.site && !self.knows(site, revoked, &removed)? {
                unheard.insert(*site);
            }
        }
        // What counts of who is removed lifts cuts as well, so it has to be here.
        for (site, removal) in removed {
            let mut listed = removal.listed.iter().filter(|((scope, _), _)| *scope == at.scope);
            let held = |writer| at.state.log(&at.scope, writer).map_or(0, |log| at.past.seq(log.id));
            if listed.any(|((_, writer), (seq, _))| held(writer) < *seq) {
                unheard.insert(*site);
            }
        }
        Ok(unheard)
    }

    /// Whether an entry of a site stands in the past whose writer knew of the revocation, which nobody takes back, and of the
    /// other removals. What a writer knew is taken together, so that no later entry of its log knows less.
    fn knows(&self, site: &SiteId, revoked: &SiteId, removed: &[(&SiteId, &Removal)]) -> Result<bool, PostingStop> {
        let at = &self.at;
        for (_, log) in at.state.logs_of_site(&at.scope, site) {
            let known = rosters_known::at(at.connection, log.id, at.past.seq(log.id))?;
            let Some(roster) = known.and_then(|(_, heads)| at.state.history.seen_at(&heads)) else { continue };
            let knows = |site: &SiteId| roster.removal(site).is_some_and(|known| known.revoked || site != revoked);
            if removed.iter().all(|(site, _)| knows(site)) && knows(revoked) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
