//! What a connection is for, said in the handshake (ALPN, RFC 7301). Owns the protocol names and their bounds.

use crate::limits::Bounds;

/// What a connection is for. A server that does not serve a purpose refuses it during the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A sync session between members of an organisation.
    Sync,
    /// Carrying a sealed join request, from somebody who is no member yet.
    Enrolment,
}

impl Purpose {
    /// The protocol name in the handshake.
    pub const fn alpn(self) -> &'static [u8] {
        match self {
            Self::Sync => b"comptoir-sync/1",
            Self::Enrolment => b"comptoir-enrolment/1",
        }
    }

    /// The purpose of a protocol name.
    pub fn from_alpn(name: &[u8]) -> Option<Self> {
        [Self::Sync, Self::Enrolment].into_iter().find(|purpose| purpose.alpn() == name)
    }

    /// The bounds of a connection of this purpose.
    pub const fn bounds(self) -> Bounds {
        match self {
            Self::Sync => Bounds::SYNC,
            Self::Enrolment => Bounds::ENROLMENT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_golden() {
        assert_eq!(Purpose::from_alpn(b"comptoir-sync/1"), Some(Purpose::Sync));
        assert_eq!(Purpose::from_alpn(b"comptoir-enrolment/1"), Some(Purpose::Enrolment));
        assert_eq!(Purpose::from_alpn(b"h3"), None);
    }
}
