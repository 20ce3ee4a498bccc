//! The ledger: all that a verdict on a posting may read, and so all that it can read.
//!
//! Owns the locality of verdicts: the accounts of the writing site as its postings in the past of the entry left them, over
//! all epochs of that site; the postings of entries that are cited by hash; and what a site that is revoked left
//! ([`Ledger::left_by`]). Nothing else of the scope can be reached from here, so that every replica concludes alike whatever
//! it holds beside.

use std::cell::RefCell;
use std::collections::BTreeMap;

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{OrganisationId, ScopeId, SiteId, Writer};
use rusqlite::Connection;

use super::{Account, Effect, Posting, PostingStop, PostingView};
use crate::application::Application;
use crate::past::Past;
use crate::record::RecordId;
use crate::state::{LogState, State};
use crate::table::{balances, entries, postings};
use crate::verdict::VerdictCode;

/// Where a verdict stands: which entry, and what stands behind it.
#[derive(Clone, Copy)]
pub(crate) struct Standpoint<'a> {
    pub connection: &'a Connection,
    pub application: &'a dyn Application,
    pub organisation: OrganisationId,
    pub scope: ScopeId,
    pub writer: Writer,
    /// The heads of the roster that the entry names.
    pub roster_heads: &'a [LogHead],
    /// What stands behind the entry, itself excluded.
    pub past: &'a Past,
    pub state: &'a State,
}

/// Amounts that are staged and not written yet.
pub(crate) type Moved = BTreeMap<Account, i64>;

/// What a verdict may read.
pub struct Ledger<'a> {
    pub(super) at: Standpoint<'a>,
    moved: RefCell<Moved>,
}

impl std::fmt::Debug for Ledger<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({}, {})", self.at.scope, self.at.writer)
    }
}

impl<'a> Ledger<'a> {
    /// The ledger at an entry, with what its postings before this one moved.
    pub(crate) fn new(at: Standpoint<'a>, moved: Moved) -> Self {
        Self { at, moved: RefCell::new(moved) }
    }

    pub(crate) fn into_moved(self) -> Moved {
        self.moved.into_inner()
    }

    /// The scope.
    #[must_use]
    pub fn scope(&self) -> ScopeId {
        self.at.scope
    }

    /// Whose entry it is.
    #[must_use]
    pub fn writer(&self) -> Writer {
        self.at.writer
    }

    /// Whether the writing site made this id in this scope: a location, a draft, a posting of its own.
    #[must_use]
    pub fn is_own(&self, id: &RecordId) -> bool {
        self.is_of(&self.at.writer.site, id)
    }

    /// Whether this site made this id in this scope.
    #[must_use]
    pub fn is_of(&self, site: &SiteId, id: &RecordId) -> bool {
        id.is_created_by(&self.at.organisation.0, &self.at.scope.0, &site.0)
    }

    /// What an account of the writing site holds, over all its epochs.
    ///
    /// # Errors
    /// [`PostingStop::Parked`] when something of that site's past cannot be read here yet, or the store's.
    pub fn balance(&self, account: &Account) -> Result<i64, PostingStop> {
        self.check_readable(&self.at.writer)?;
        let mut balance = self.moved.borrow().get(account).copied().unwrap_or(0);
        for (writer, log) in self.at.state.logs_of_site(&self.at.scope, &self.at.writer.site) {
            balance = balance.saturating_add(self.balance_of_log(writer, log, self.at.past.seq(log.id), account)?);
        }
        Ok(balance)
    }

    /// The same of the epoch that writes, alone: numbers and rights belong to it.
    ///
    /// # Errors
    /// As [`Ledger::balance`].
    pub fn balance_of_epoch(&self, account: &Account) -> Result<i64, PostingStop> {
        self.check_readable(&self.at.writer)?;
        let moved = self.moved.borrow().get(account).copied().unwrap_or(0);
        let Some(log) = self.at.state.log(&self.at.scope, &self.at.writer) else { return Ok(moved) };
        Ok(moved.saturating_add(self.balance_of_log(&self.at.writer, log, self.at.past.seq(log.id), account)?))
    }

    /// The postings of an entry that is cited. It must stand in the past of the entry and have effect.
    ///
    /// # Errors
    /// [`PostingStop::Refused`] when it does not, [`PostingStop::Parked`] when it cannot be read here yet, or the store's.
    pub fn cited(&self, head: &LogHead) -> Result<Vec<Posting>, PostingStop> {
        Ok(postings::of_entry(self.at.connection, self.check_cited(head)?, head.seq)?)
    }

    /// The row number of the cited entry's log.
    pub(crate) fn check_cited(&self, head: &LogHead) -> Result<i64, PostingStop> {
        let absent =
            || PostingStop::refused(VerdictCode::CITES_OUTSIDE_PAST.0, format_args!("{head:?} is not in its past"));
        let log = self.at.state.log(&self.at.scope, &head.writer).ok_or_else(absent)?;
        if head.seq == 0 || !self.at.past.holds(log.id, head.seq) {
            return Err(absent());
        }
        match entries::standing_at(self.at.connection, log.id, head.seq)? {
            Some((hash, _)) if hash != head.hash => Err(absent()),
            None => Err(absent()),
            Some((_, entries::Standing::Delivered)) => Ok(log.id),
            Some((_, entries::Standing::Quarantined)) => {
                let reason = format_args!("entry {}/{} that it cites is quarantined", head.writer, head.seq);
                Err(PostingStop::refused(VerdictCode::CITES_QUARANTINED.0, reason))
            }
            Some((_, entries::Standing::Parked)) => {
                Err(PostingStop::Parked(format!("entry {}/{} that it cites is parked", head.writer, head.seq)))
            }
        }
    }

    /// The entry of a posting of the writing site that stands in its past.
    ///
    /// # Errors
    /// As [`Ledger::balance`].
    pub fn own_posting(&self, id: &RecordId) -> Result<Option<(LogHead, Posting)>, PostingStop> {
        self.check_readable(&self.at.writer)?;
        for found in postings::of_id(self.at.connection, &self.at.scope, id)? {
            let own = found.entry.writer.site == self.at.writer.site;
            let log = self.at.state.log(&self.at.scope, &found.entry.writer);
            if own && log.is_some_and(|log| self.at.past.holds(log.id, found.entry.seq)) {
                return Ok(Some((found.entry, found.posting)));
            }
        }
        Ok(None)
    }

    /// Counts these as moved: whoever decides on several postings at once lets the later ones see the earlier.
    ///
    /// # Errors
    /// [`PostingStop::Refused`] beyond what an account can hold.
    pub fn assume(&self, effects: &[Effect]) -> Result<(), PostingStop> {
        let mut moved = self.moved.borrow_mut();
        for effect in effects {
            let amount = moved.entry(effect.account).or_default();
            let sum = amount.checked_add(effect.amount);
            *amount =
                sum.ok_or_else(|| PostingStop::refused(VerdictCode::AMOUNT.0, "more than an account can hold"))?;
        }
        Ok(())
    }

    /// An entry of the site that cannot be read may have moved anything.
    fn check_readable(&self, of: &Writer) -> Result<(), PostingStop> {
        let parked = self.at.state.parked.get(&self.at.scope).into_iter().flatten();
        let mut own = parked.filter(|(log, seq, _)| {
            self.at.past.holds(*log, *seq)
                && self.at.state.places.get(log).is_some_and(|(_, writer)| writer.site == of.site)
        });
        match own.next() {
            Some((_, seq, _)) => Err(PostingStop::Parked(format!("entry {seq} of site {} is parked", of.site))),
            None => Ok(()),
        }
    }

    /// The balance that a log left at one of its entries: what it left in all, less what came after.
    pub(super) fn balance_of_log(
        &self,
        writer: &Writer,
        log: &LogState,
        upto: u64,
        account: &Account,
    ) -> Result<i64, PostingStop> {
        if upto == 0 {
            return Ok(0);
        }
        let mut balance = balances::get(self.at.connection, log.id, account)?;
        if upto < log.seq {
            // Two epochs of one site that did not know of each other (a copied or restored node), or a site that is revoked and
            // of which more counts meanwhile. Rare, so nothing is kept for it.
            for later in postings::after(self.at.connection, log.id, upto)? {
                let view = PostingView {
                    scope: self.at.scope,
                    writer: *writer,
                    entry: None,
                    author: "",
                    at_ms: 0,
                    posting: &later,
                };
                let effects = self.at.application.effects(&view)?;
                balance -=
                    effects.iter().filter(|effect| effect.account == *account).map(|effect| effect.amount).sum::<i64>();
            }
        }
        Ok(balance)
    }
}
