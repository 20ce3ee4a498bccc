//! Why a connection ended, as a type, on both sides. Owns the close codes and their numbers on the wire; what the user reads
//! is worded elsewhere.

use std::fmt;
use std::net::SocketAddr;

use quinn::{ConnectionError, TransportErrorCode, VarInt};

use crate::limits::MAX_CLOSE_REASON_BYTES;

/// What one side says when it ends a connection, or one channel of it. Unknown numbers are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// Nothing more to say.
    Done,
    /// The peer's key is not admitted by the roster.
    NotAdmitted,
    /// The peer belongs to another organisation.
    WrongOrganisation,
    /// The peer speaks a protocol version that is no longer understood.
    VersionTooOld,
    /// The peer sent what no correct peer sends.
    Malformed,
    /// The peer let a deadline pass.
    TooSlow,
    /// No room at the moment; try again later.
    Busy,
    /// The process is stopping; try again.
    ShuttingDown,
    /// An error here that is not the peer's fault.
    Internal,
    /// The roster has suspended or revoked the peer.
    Removed,
    /// People at the relay's console hold the line of this site.
    Held,
    /// A number that this version does not know. 0 is a connection that was dropped without a word.
    Unknown(u32),
}

impl CloseCode {
    const KNOWN: [(Self, u32, &'static str); 11] = [
        (Self::Done, 1, "done"),
        (Self::NotAdmitted, 2, "not admitted"),
        (Self::WrongOrganisation, 3, "wrong organisation"),
        (Self::VersionTooOld, 4, "version too old"),
        (Self::Malformed, 5, "malformed"),
        (Self::TooSlow, 6, "too slow"),
        (Self::Busy, 7, "busy"),
        (Self::ShuttingDown, 8, "shutting down"),
        (Self::Internal, 9, "internal error"),
        (Self::Removed, 10, "suspended or revoked"),
        (Self::Held, 11, "line held"),
    ];

    /// The number on the wire.
    pub fn number(self) -> u32 {
        match self {
            Self::Unknown(number) => number,
            known => Self::KNOWN.iter().find(|(code, ..)| *code == known).map_or(0, |(_, number, _)| *number),
        }
    }

    /// The code of a number; numbers beyond 32 bits are cut off at the greatest.
    pub fn from_number(number: u64) -> Self {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        Self::KNOWN.iter().find(|(_, known, _)| *known == number).map_or(Self::Unknown(number), |(code, ..)| *code)
    }

    /// Whether connecting again later, with nothing changed here, can help.
    pub fn is_transient(self) -> bool {
        !matches!(self, Self::NotAdmitted | Self::WrongOrganisation | Self::VersionTooOld)
    }

    pub(crate) fn varint(self) -> VarInt {
        VarInt::from_u32(self.number())
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::KNOWN.iter().find(|(code, ..)| code == self) {
            Some((_, _, name)) => f.write_str(name),
            None => write!(f, "code {}", self.number()),
        }
    }
}

/// A close as one side said it to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code.
    pub code: CloseCode,
    /// A detail for a log: at most 256 bytes, free of control characters and of characters that reorder text.
    pub reason: String,
}

impl Close {
    pub(crate) fn received(frame: &quinn::ApplicationClose) -> Self {
        Self { code: CloseCode::from_number(frame.error_code.into_inner()), reason: plain_text(&frame.reason) }
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.as_str() {
            "" => self.code.fmt(f),
            reason => write!(f, "{} ({reason})", self.code),
        }
    }
}

/// What a hostile peer writes must not become terminal escapes or extra lines in a log.
fn plain_text(bytes: &[u8]) -> String {
    let bytes = bytes.get(..MAX_CLOSE_REASON_BYTES).unwrap_or(bytes);
    let reorders = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let text = String::from_utf8_lossy(bytes);
    text.chars().map(|c| if breaks(c) || reorders(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Cuts what we say ourselves to the length that the other side reads.
pub(crate) fn reason_bytes(reason: &str) -> &[u8] {
    let mut end = reason.len().min(MAX_CLOSE_REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason.as_bytes()[..end]
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// The peer closed it and said why.
    #[error("{address} closed the connection: {close}")]
    ByPeer {
        /// The peer.
        address: SocketAddr,
        /// What it said.
        close: Close,
    },
    /// This side closed it.
    #[error("the connection with {address} was closed here")]
    Here {
        /// The peer.
        address: SocketAddr,
    },
    /// Nothing was heard for [`crate::limits::IDLE_TIMEOUT`].
    #[error("nothing was heard from {address} any more")]
    TimedOut {
        /// The peer.
        address: SocketAddr,
    },
    /// The peer does not know the connection: it has restarted.
    #[error("{address} does not know the connection any more")]
    Reset {
        /// The peer.
        address: SocketAddr,
    },
    /// The peer would take no connection at the moment.
    #[error("{address} takes no connection at the moment")]
    Refused {
        /// The peer.
        address: SocketAddr,
    },
    /// The TLS handshake failed; the number is the alert's (RFC 8446 §6).
    #[error("the TLS handshake with {address} failed (alert {alert})")]
    Tls {
        /// The peer.
        address: SocketAddr,
        /// The alert.
        alert: u8,
    },
    /// One side broke QUIC's rules, or the two share no version of it; the number is QUIC's (RFC 9000 §20.1).
    #[error("the QUIC connection with {address} broke (error {code:#x})")]
    Quic {
        /// The peer.
        address: SocketAddr,
        /// The error.
        code: u64,
    },
}

impl Closed {
    pub(crate) fn from_quic(address: SocketAddr, error: &ConnectionError) -> Self {
        let by_code = |code: TransportErrorCode| match u64::from(code) {
            0x2 => Self::Refused { address },
            number @ 0x100..0x200 => Self::Tls { address, alert: (number & 0xff) as u8 },
            code => Self::Quic { address, code },
        };
        match error {
            ConnectionError::ApplicationClosed(frame) => Self::ByPeer { address, close: Close::received(frame) },
            ConnectionError::LocallyClosed => Self::Here { address },
            ConnectionError::TimedOut => Self::TimedOut { address },
            ConnectionError::Reset => Self::Reset { address },
            ConnectionError::ConnectionClosed(frame) => by_code(frame.error_code),
            ConnectionError::TransportError(error) => by_code(error.code),
            ConnectionError::VersionMismatch => Self::Quic { address, code: 0x11 },
            ConnectionError::CidsExhausted => Self::Quic { address, code: 0x1 },
        }
    }

    /// What the peer said, if it closed the connection in words.
    pub fn by_peer(&self) -> Option<&Close> {
        match self {
            Self::ByPeer { close, .. } => Some(close),
            _ => None,
        }
    }

    /// Whether one of the two sides ended it in good order.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Here { .. }) || self.by_peer().is_some_and(|close| close.code == CloseCode::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_golden() {
        let numbers: Vec<u32> = CloseCode::KNOWN.iter().map(|(code, ..)| code.number()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        for (code, number, _) in CloseCode::KNOWN {
            assert_eq!(CloseCode::from_number(number.into()), code);
        }
        assert_eq!(CloseCode::from_number(0), CloseCode::Unknown(0));
        assert_eq!(CloseCode::from_number(77), CloseCode::Unknown(77));
        assert_eq!(CloseCode::from_number(u64::MAX), CloseCode::Unknown(u32::MAX));
    }

    #[test]
    fn f38_a_reason_cannot_disturb_a_log() {
        assert_eq!(plain_text(b"a\x1b[31m\r\nb\xff"), "a [31m  b\u{fffd}");
        assert_eq!(plain_text("pay \u{202e}EUR".as_bytes()), "pay  EUR");
        assert!(plain_text(&[b'x'; 4096]).len() <= MAX_CLOSE_REASON_BYTES);
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let reason = "é".repeat(200);
        assert_eq!(reason_bytes(&reason).len(), MAX_CLOSE_REASON_BYTES);
        let reason = format!("x{reason}");
        assert_eq!(reason_bytes(&reason).len(), MAX_CLOSE_REASON_BYTES - 1);
        assert_eq!(reason_bytes("short"), b"short");
    }
}
