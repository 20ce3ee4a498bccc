//! Verdicts: what every replica concludes, alike, of an entry that stands in its logs.
//! Owns their shape and the codes. Parked is no verdict but a local state: this version cannot read the entry yet.

use comptoir_sync_protocol::LogHead;
use comptoir_sync_protocol::ids::ScopeId;

use crate::limits;

/// A code that stays the same for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictCode(pub &'static str);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl VerdictCode {
            $($(#[$doc])* pub const $name: Self = Self($text);)*

            /// The code of this text, when it is one of the log's own. Changes have codes of their own.
            #[must_use]
            pub fn known(text: &str) -> Option<Self> {
                [$(Self::$name),*].into_iter().find(|code| code.0 == text)
            }
        }
    };
}

codes! {
    /// The payload does not open with the key that it names, or does not inflate, or holds no operations.
    PAYLOAD = "payload";
    /// Past the cut of a site that was suspended or revoked.
    PAST_CUT = "past_cut";
    /// By the roster at its heads, less what is void, its site may not write there.
    NO_AUTHORITY = "no_authority";
    /// Sealed with a key that was not the scope's at its roster heads, or not sealed at all.
    KEY_NOT_CURRENT = "key_not_current";
    /// Its roster heads are older than those of the entry before in its log.
    ROSTER_HEADS_BACK = "roster_heads_back";
    /// An author or a command with a name that is too long.
    ENVELOPE = "envelope";
    /// An act of the roster in another scope.
    ACT_OUTSIDE_ROSTER = "act_outside_roster";
    /// It creates a record whose id another site would have made.
    FOREIGN_CREATION = "foreign_creation";
    /// It changes a record that only another site may write.
    NOT_OWNER = "not_owner";
    /// It changes a record that only headquarters may write.
    NOT_HEADQUARTERS = "not_headquarters";

    /// A posting whose body or citations are beyond the bounds, or whose body cannot be read.
    POSTING = "posting";
    /// A posting under an id that another one of the site has.
    POSTED_TWICE = "posted_twice";
    /// A posting that cites what does not stand in its past.
    CITES_OUTSIDE_PAST = "cites_outside_past";
    /// A posting that cites an entry without effect.
    CITES_QUARANTINED = "cites_quarantined";
    /// A posting by which an account would hold more than it can.
    AMOUNT = "amount";

    /// Parked: no key of this site opens it.
    NO_KEY = "no_key";
    /// Parked: the header says something critical that this version does not know.
    HEADER = "header";
    /// Parked: an operation of a newer version.
    OPERATION = "operation";
    /// Parked: a record of a kind that this version does not know.
    RECORD_KIND = "record_kind";
    /// Parked: a posting of a kind, or a version of it, that this version does not know.
    POSTING_KIND = "posting_kind";
    /// Parked: it may build on a parked entry.
    BEHIND_PARKED = "behind_parked";
    /// Parked with an alarm: reading it panicked.
    PANICKED = "panicked";
}

/// How an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has effect.
    Delivered,
    /// It breaks a rule: no effect, here and everywhere.
    Quarantined {
        /// Which rule.
        code: VerdictCode,
        /// In words.
        reason: String,
    },
    /// This version, or this site, cannot read it yet.
    Parked {
        /// Why.
        code: VerdictCode,
        /// In words.
        reason: String,
    },
}

impl Verdict {
    pub(crate) fn quarantined(code: VerdictCode, reason: impl std::fmt::Display) -> Self {
        Self::Quarantined { code, reason: bounded(reason) }
    }

    pub(crate) fn parked(code: VerdictCode, reason: impl std::fmt::Display) -> Self {
        Self::Parked { code, reason: bounded(reason) }
    }
}

fn bounded(reason: impl std::fmt::Display) -> String {
    let mut text = reason.to_string();
    text.truncate(text.floor_char_boundary(limits::MAX_REASON_BYTES));
    text
}

/// An entry and what was concluded of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its scope.
    pub scope: ScopeId,
    /// Its place.
    pub head: LogHead,
    /// The conclusion.
    pub verdict: Verdict,
}
