//! A connection whose two keys are proven, before and beyond its channels. Owns what both halves share: the peer, the bounds,
//! the counters, the close. Moves no frame itself.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quinn::VarInt;
use quinn::crypto::rustls::HandshakeData;
use rustls::pki_types::CertificateDer;

use crate::close::{CloseCode, Closed, reason_bytes};
use crate::limits::Bounds;
use crate::pin::Pin;
use crate::purpose::Purpose;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::{control, verify};

/// The channel that exists from the start and goes before all others.
pub const CONTROL: u32 = 0;

/// What the halves of a connection share.
pub(crate) struct Link {
    pub(crate) quic: quinn::Connection,
    pub(crate) bounds: Bounds,
    pin: Pin,
    purpose: Purpose,
    sent_bytes: AtomicU64,
    received_bytes: AtomicU64,
}

impl Link {
    pub(crate) fn address(&self) -> SocketAddr {
        let address = self.quic.remote_address();
        SocketAddr::new(address.ip().to_canonical(), address.port())
    }

    pub(crate) fn close(&self, code: CloseCode, reason: &str) {
        self.quic.close(code.varint(), reason_bytes(reason));
    }

    pub(crate) async fn closed(&self) -> Closed {
        Closed::from_quic(self.address(), &self.quic.closed().await)
    }

    pub(crate) fn count_sent(&self, bytes: usize) {
        self.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_received(&self, bytes: usize) {
        self.received_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A connection between two proven keys, on which nothing has been said yet. Dropping it closes it.
pub struct Connection {
    link: Arc<Link>,
}

/// A handshake that left out what every handshake of ours has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HandshakeGap {
    #[error("no certificate")]
    NoCertificate,
    #[error("no known purpose")]
    NoPurpose,
}

impl Connection {
    /// Takes over a connection whose handshake is done; `bounds` other than the purpose's own are for tests.
    pub(crate) fn established(quic: quinn::Connection, bounds: Option<Bounds>) -> Result<Self, HandshakeGap> {
        let certificates = quic.peer_identity().and_then(|any| any.downcast::<Vec<CertificateDer<'static>>>().ok());
        let pin = certificates
            .and_then(|certificates| verify::pin_of(certificates.first()?).ok())
            .ok_or(HandshakeGap::NoCertificate)?;
        let handshake = quic.handshake_data().and_then(|any| any.downcast::<HandshakeData>().ok());
        let purpose =
            handshake.and_then(|handshake| Purpose::from_alpn(&handshake.protocol?)).ok_or(HandshakeGap::NoPurpose)?;
        let bounds = bounds.unwrap_or_else(|| purpose.bounds());
        let (sent_bytes, received_bytes) = Default::default();
        Ok(Self { link: Arc::new(Link { quic, bounds, pin, purpose, sent_bytes, received_bytes }) })
    }

    /// The key that the peer has proven to hold.
    pub fn peer_pin(&self) -> Pin {
        self.link.pin
    }

    /// Where the peer is now; a client's address may change while the connection goes on.
    pub fn peer_address(&self) -> SocketAddr {
        self.link.address()
    }

    /// What the connection is for.
    pub fn purpose(&self) -> Purpose {
        self.link.purpose
    }

    /// Ends the connection at once; the peer reads code and reason. For a peer that is refused.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.link.close(code, reason);
    }

    /// Waits until the connection has ended, and says how.
    pub async fn closed(&self) -> Closed {
        self.link.closed().await
    }

    /// Opens the channels and widens the windows: the decision to talk. Must be called within a tokio runtime.
    pub fn split(self) -> (Sender, Receiver) {
        let link = self.link;
        let bounds = link.bounds;
        link.quic.set_receive_window(VarInt::from_u32(bounds.receive_window_bytes));
        link.quic.set_max_concurrent_uni_streams(VarInt::from_u32(u32::try_from(bounds.channels).unwrap_or(u32::MAX)));
        let (outgoing, incoming) = control::open(Arc::clone(&link));
        let sender = Sender::new(Arc::clone(&link), outgoing);
        (sender, Receiver::new(link, incoming))
    }

    #[cfg(test)]
    pub(crate) fn quic(&self) -> &quinn::Connection {
        &self.link.quic
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.link.fmt(f)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("peer", &self.address())
            .field("pin", &self.pin.short())
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// Both halves tell the same about the connection.
macro_rules! tell_about_the_connection {
    ($half:ty) => {
        impl $half {
            /// The key that the peer has proven to hold.
            pub fn peer_pin(&self) -> $crate::Pin {
                self.link().pin()
            }

            /// Where the peer is now.
            pub fn peer_address(&self) -> std::net::SocketAddr {
                self.link().address()
            }

            /// What the connection is for.
            pub fn purpose(&self) -> $crate::Purpose {
                self.link().purpose()
            }

            /// Bytes of frames, prefixes included, given to QUIC so far.
            pub fn bytes_sent(&self) -> u64 {
                self.link().bytes_sent()
            }

            /// Bytes of complete frames, prefixes included, received so far.
            pub fn bytes_received(&self) -> u64 {
                self.link().bytes_received()
            }

            /// The present estimate of the round trip.
            pub fn round_trip(&self) -> std::time::Duration {
                self.link().round_trip()
            }

            /// Ends the connection at once; what is on the way in either direction may be lost.
            pub fn close(&self, code: $crate::CloseCode, reason: &str) {
                self.link().close(code, reason);
            }

            /// Waits until the connection has ended, and says how.
            pub async fn closed(&self) -> $crate::Closed {
                self.link().closed().await
            }
        }
    };
}
pub(crate) use tell_about_the_connection;

impl Link {
    pub(crate) fn pin(&self) -> Pin {
        self.pin
    }

    pub(crate) fn purpose(&self) -> Purpose {
        self.purpose
    }

    pub(crate) fn bytes_sent(&self) -> u64 {
        self.sent_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn bytes_received(&self) -> u64 {
        self.received_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn round_trip(&self) -> Duration {
        self.quic.rtt()
    }
}
