//! What headquarters' console asks of nodes. The relay carries it and can do none of it: headquarters' node does what changes the
//! roster, once somebody there has approved it, and a site does what touches its own replica alone.
//!
//! Owns the shapes and their bounds. A request is nobody's signed word: it proves nothing, and changes nothing by arriving.

use minicbor::{Decode, Encode};

use crate::codec::{self, CodecError};
use crate::ids::{Hash, RequestId, ScopeId, SiteId};
use crate::limits;

/// Somebody at the console asks for something.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ConsoleRequest {
    /// Which.
    #[n(0)]
    pub id: RequestId,
    /// When it was asked, by the relay's clock; Unix milliseconds.
    #[n(1)]
    pub at_ms: i64,
    /// The account of the console that asks, as the relay says.
    #[n(2)]
    pub by: String,
    /// Why.
    #[n(3)]
    pub reason: String,
    /// For what.
    #[n(4)]
    pub act: ConsoleAct,
}

/// What is asked for. Encoded as `[number, body]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsoleAct {
    /// 1: a site is to be invited.
    Invite(SiteWish),
    /// 2: a site is to be suspended.
    Suspend(Subject),
    /// 3: a suspension is to end.
    Resume(Subject),
    /// 4: a site is to be revoked, for good.
    Revoke(Subject),
    /// 5: a scope is to have a new key.
    Rotate(SubjectScope),
    /// 6: a site is to judge an entry again that it set aside. To that site, which does it without being asked twice.
    JudgeAgain(SetAsideEntry),
    /// Of a newer version: its number and body.
    Unknown(u16, Vec<u8>),
}

codec::numbered!(ConsoleAct {
    1 => Invite,
    2 => Suspend,
    3 => Resume,
    4 => Revoke,
    5 => Rotate,
    6 => JudgeAgain,
} unknown: _);

/// A site that somebody wishes for. The rest of its profile follows from its country, or is headquarters' to say.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SiteWish {
    /// The code that it is to have: `DKR`.
    #[n(0)]
    pub code: String,
    /// Its name, for people.
    #[n(1)]
    pub name: String,
    /// ISO 3166-1 alpha-2.
    #[n(2)]
    pub country: String,
}

/// The site that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Subject {
    /// Which.
    #[n(0)]
    pub site: SiteId,
}

/// The scope that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SubjectScope {
    /// Which.
    #[n(0)]
    pub scope: ScopeId,
}

/// An entry that a site set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetAsideEntry {
    /// The site that set it aside.
    #[n(0)]
    pub site: SiteId,
    /// The entry.
    #[n(1)]
    pub entry: Hash,
}

/// What became of a request, from the node that it was for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ConsoleAnswer {
    /// Which.
    #[n(0)]
    pub id: RequestId,
    /// What.
    #[n(1)]
    pub outcome: ConsoleOutcome,
    /// Who decided, for people; empty: no person.
    #[n(2)]
    pub by: String,
    /// What they say to it, for people.
    #[n(3)]
    pub said: String,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ConsoleOutcome {
    /// It is done.
    #[n(0)]
    Done,
    /// Somebody declined it.
    #[n(1)]
    Declined,
    /// It was looked at, and nothing is changed by it.
    #[n(2)]
    Unchanged,
}

impl ConsoleRequest {
    /// Refuses texts that are longer than any console sends.
    pub(crate) fn bounded(&self) -> Result<(), CodecError> {
        codec::bounded("account", self.by.len(), limits::MAX_ROSTER_TEXT_BYTES)?;
        codec::bounded("reason", self.reason.len(), limits::MAX_CONSOLE_TEXT_BYTES)?;
        match &self.act {
            ConsoleAct::Invite(SiteWish { code, name, country }) => [code, name, country]
                .into_iter()
                .try_for_each(|text| codec::bounded("wished site", text.len(), limits::MAX_ROSTER_TEXT_BYTES)),
            ConsoleAct::Unknown(_, body) => codec::bounded("console act", body.len(), limits::MAX_CONSOLE_TEXT_BYTES),
            _ => Ok(()),
        }
    }
}

impl ConsoleAnswer {
    /// Refuses texts that are longer than any node sends.
    pub(crate) fn bounded(&self) -> Result<(), CodecError> {
        codec::bounded("account", self.by.len(), limits::MAX_ROSTER_TEXT_BYTES)?;
        codec::bounded("answer", self.said.len(), limits::MAX_CONSOLE_TEXT_BYTES)
    }
}
