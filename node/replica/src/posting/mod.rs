//! Postings: immutable facts, and the accounts that they move amounts on.
//!
//! Owns their shape at this level: a kind with a version, an id that only its site could have made, entries that it cites, a
//! body, and what it adds to its site's accounts. Never knows what a body means: the application judges and projects it.

mod ledger;
mod left;

use std::ops::RangeInclusive;

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{ScopeId, Writer};
pub use comptoir_sync_protocol::payload::Posting;

use crate::record::{DefaultScope, RecordId};
use crate::verdict::{Verdict, VerdictCode};
pub use ledger::Ledger;
pub(crate) use ledger::{Moved, Standpoint};
pub use left::{Leaving, Left};

/// One kind of posting.
#[derive(Debug, Clone)]
pub struct PostingType {
    /// Its name for ever, such as `stock.move`.
    pub kind: &'static str,
    /// The versions that this program can judge; a later one is parked.
    pub versions: RangeInclusive<u16>,
    /// Where its postings live.
    pub scope: DefaultScope,
}

/// What a command posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPosting {
    /// The kind.
    pub kind: &'static str,
    /// The version of the kind.
    pub version: u16,
    /// Its id, from [`crate::Replica::mint`].
    pub id: RecordId,
    /// The entries that it cites.
    pub cites: Vec<LogHead>,
    /// Its content.
    pub body: Vec<u8>,
}

/// A posting with where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct PostingView<'a> {
    /// Its scope.
    pub scope: ScopeId,
    /// Who wrote it.
    pub writer: Writer,
    /// Its entry; `None` while that is being built.
    pub entry: Option<LogHead>,
    /// The person, or `SITE/operator`.
    pub author: &'a str,
    /// Unix milliseconds by the author's clock: a hint.
    pub at_ms: i64,
    /// The posting itself.
    pub posting: &'a Posting,
}

impl PostingView<'_> {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        RecordId(self.posting.id)
    }
}

/// The name of an account of a site's ledger in one scope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Account(pub [u8; 16]);

/// Context of the hash that names an account.
const ACCOUNT_CONTEXT: &str = "Comptoir 2026-11 account of a ledger v1";

impl Account {
    /// The account of this name: what it counts, and of what.
    #[must_use]
    pub fn of(counts: &str, parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(ACCOUNT_CONTEXT);
        for part in std::iter::once(counts.as_bytes()).chain(parts.iter().copied()) {
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part);
        }
        let mut name = [0; 16];
        hasher.finalize_xof().fill(&mut name);
        Self(name)
    }
}

/// What a posting adds to one account of the site that writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The account.
    pub account: Account,
    /// The amount; negative where it takes away.
    pub amount: i64,
}

/// Why a posting has no effect.
#[derive(Debug)]
pub enum PostingStop {
    /// It breaks a rule: nowhere does it have effect.
    Refused {
        /// Which rule; a code that stays the same for ever.
        code: &'static str,
        /// In words.
        reason: String,
    },
    /// What its verdict would read cannot be read here yet.
    Parked(String),
    /// The store failed.
    Storage(rusqlite::Error),
}

impl PostingStop {
    /// It breaks a rule.
    #[must_use]
    pub fn refused(code: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Refused { code, reason: reason.to_string() }
    }
}

impl From<rusqlite::Error> for PostingStop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error)
    }
}

impl PostingStop {
    /// What the verdict on its entry is then; the store's failure is none.
    pub(crate) fn verdict(self) -> Result<Verdict, rusqlite::Error> {
        match self {
            Self::Refused { code, reason } => Ok(Verdict::quarantined(VerdictCode(code), reason)),
            Self::Parked(reason) => Ok(Verdict::parked(VerdictCode::BEHIND_PARKED, reason)),
            Self::Storage(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_told_apart_by_every_part() {
        let name = |counts, parts: &[&[u8]]| Account::of(counts, parts);
        assert_eq!(name("on-hand", &[b"a", b"b"]), name("on-hand", &[b"a", b"b"]));
        assert_ne!(name("on-hand", &[b"ab"]), name("on-hand", &[b"a", b"b"]));
        assert_ne!(name("on-hand", &[b"a"]), name("value", &[b"a"]));
    }
}
