//! What happens at a relay and is counted by kind: closed sets of events, each with the word that its count bears, so that every count can stand at
//! zero before the first. Owns sets and words; counts nothing.

use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::health::HealthError;
use comptoir_sync_protocol::session::CloseReason;
use comptoir_transport::SessionEnd;

use crate::health::NotTaken;

/// Something that happens, one of a set.
pub trait Event: Copy + 'static {
    /// The counter of the set.
    const COUNTER: &'static str;
    /// The label that tells its events apart.
    const LABEL: &'static str;
    /// Every event of the set.
    const ALL: &'static [Self];

    /// The label's value.
    fn word(self) -> &'static str;
}

/// Declares sets: counter, label, and each event with its word.
macro_rules! events {
    ($($(#[$about:meta])* $set:ident, $counter:literal, $label:literal: $($event:ident => $word:literal,)+;)+) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $set {
            $(#[doc = $word] $event,)+
        }

        impl Event for $set {
            const COUNTER: &'static str = $counter;
            const LABEL: &'static str = $label;
            const ALL: &'static [Self] = &[$(Self::$event,)+];

            fn word(self) -> &'static str {
                match self { $(Self::$event => $word,)+ }
            }
        }
    )+};
}

events! {
    /// A connection was turned away.
    TurnedAway, "comptoir_relay_turned_away_total", "reason":
        NoRoom => "no_room",
        Unclaimed => "unclaimed",
        Unnamed => "unnamed",
        Held => "held",
    ;

    /// A claim was tried.
    Claim, "comptoir_relay_claims_total", "outcome":
        Accepted => "accepted",
        Refused => "refused",
        Failed => "failed",
    ;

    /// A join request came, went on or was answered.
    Enrolment, "comptoir_relay_enrolment_total", "event":
        Requested => "requested",
        Forwarded => "forwarded",
        Answered => "answered",
        NoRoom => "no_room",
    ;

    /// Entries were refused.
    Refused, "comptoir_relay_refused_entries_total", "code":
        Forked => "forked",
        BadSignature => "bad_signature",
        NoAuthority => "no_authority",
        Malformed => "malformed",
        WrongPlace => "wrong_place",
    ;

    /// A site said how it stands.
    HealthReport, "comptoir_relay_health_reports_total", "outcome":
        Taken => "taken",
        NotItsOwn => "not_its_own",
        TooFast => "too_fast",
        NotSigned => "not_signed",
        Malformed => "malformed",
        NotKept => "not_kept",
    ;

    /// A session ended.
    SessionEnded, "comptoir_relay_sessions_ended_total", "reason":
        Done => "done",
        Connection => "connection",
        NotAdmitted => "not_admitted",
        WrongOrganisation => "wrong_organisation",
        VersionUnknown => "version_unknown",
        Malformed => "malformed",
        TooSlow => "too_slow",
        Removed => "removed",
        Reopened => "reopened",
        Send => "send",
        FellBehind => "fell_behind",
        Store => "store",
        Shutdown => "shutdown",
    ;
}

impl From<RefusalCode> for Refused {
    fn from(code: RefusalCode) -> Self {
        match code {
            RefusalCode::Forked => Self::Forked,
            RefusalCode::BadSignature => Self::BadSignature,
            RefusalCode::NoAuthority => Self::NoAuthority,
            RefusalCode::Malformed => Self::Malformed,
            RefusalCode::WrongPlace => Self::WrongPlace,
        }
    }
}

impl From<&NotTaken> for HealthReport {
    fn from(refused: &NotTaken) -> Self {
        match refused {
            NotTaken::NotItsOwn => Self::NotItsOwn,
            NotTaken::TooFast => Self::TooFast,
            NotTaken::Report(HealthError::NotSigned) => Self::NotSigned,
            NotTaken::Report(HealthError::Malformed(_)) => Self::Malformed,
            NotTaken::Store(_) => Self::NotKept,
        }
    }
}

impl From<&SessionEnd> for SessionEnded {
    fn from(end: &SessionEnd) -> Self {
        match end {
            SessionEnd::Connection(closed) if closed.is_done() => Self::Done,
            SessionEnd::Connection(_) => Self::Connection,
            SessionEnd::Here(CloseReason::NotAdmitted) => Self::NotAdmitted,
            SessionEnd::Here(CloseReason::WrongOrganisation) => Self::WrongOrganisation,
            SessionEnd::Here(CloseReason::VersionUnknown) => Self::VersionUnknown,
            SessionEnd::Here(CloseReason::Malformed) | SessionEnd::Receive(_) => Self::Malformed,
            SessionEnd::Here(CloseReason::TooSlow) => Self::TooSlow,
            SessionEnd::Here(CloseReason::Removed) => Self::Removed,
            SessionEnd::Here(CloseReason::Reopened) => Self::Reopened,
            SessionEnd::Send(_) => Self::Send,
            SessionEnd::FellBehind => Self::FellBehind,
            SessionEnd::Store(_) => Self::Store,
            SessionEnd::Shutdown => Self::Shutdown,
        }
    }
}
