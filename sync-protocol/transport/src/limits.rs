//! Every bound of the transport: windows, queues, frames and times. Owns numbers only; nothing here acts.
//!
//! [`Bounds`] holds those that depend on what a connection is for: an enrolment comes from somebody whom nobody has
//! admitted yet, so it gets little.

use std::time::Duration;

/// Largest frame of a sync session: a sealed entry stays below 512 KiB, a batch of them below 1 MiB, 64 KiB for its wrapping.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024 + 64 * 1024;
/// Largest frame of an enrolment.
pub const MAX_ENROLMENT_FRAME_BYTES: usize = 256 * 1024;
/// Each frame is preceded by its length, a big-endian `u32`.
pub const FRAME_PREFIX_BYTES: usize = 4;
/// Each unidirectional stream begins with the number of its channel, a big-endian `u32`.
pub const CHANNEL_PREFACE_BYTES: usize = 4;
/// The buffer of an arriving frame grows by this much at most beyond what has arrived, whatever its prefix announces.
pub const FRAME_GROWTH_BYTES: usize = 64 * 1024;

/// Open channels of a sync session in one direction, the control channel aside. A session with more scopes than this lets
/// scopes share channels.
pub const MAX_CHANNELS: usize = 64;
/// Open channels of an enrolment, the control channel aside.
pub const MAX_ENROLMENT_CHANNELS: usize = 2;

/// What one channel may hold unread at the receiver. At 100 ms of round trip this carries 5 MB/s a channel.
pub const STREAM_RECEIVE_WINDOW_BYTES: u32 = 512 * 1024;
/// What one connection may hold unread at the receiver: room for every channel's own window, control included, so that
/// channels nobody reads cannot use up what another needs.
pub const RECEIVE_WINDOW_BYTES: u32 = STREAM_RECEIVE_WINDOW_BYTES * (MAX_CHANNELS as u32 + 1);
/// The same for an enrolment.
pub const ENROLMENT_RECEIVE_WINDOW_BYTES: u32 = STREAM_RECEIVE_WINDOW_BYTES * (MAX_ENROLMENT_CHANNELS as u32 + 1);
/// What a peer may send before the application has decided to talk to it (see [`crate::Connection::split`]).
pub const UNDECIDED_RECEIVE_WINDOW_BYTES: u32 = 16 * 1024;
/// Sent and not yet acknowledged, per connection.
pub const SEND_WINDOW_BYTES: u64 = 8 * 1024 * 1024;

/// Frames that wait in one channel's queue for the network, in bytes; a longer frame is taken when the queue is empty.
pub const CHANNEL_QUEUE_BYTES: usize = 256 * 1024;
/// Complete frames that wait for the application, all channels but control together.
pub const RECEIVED_QUEUE_FRAMES: usize = 8;
/// Complete control frames that wait for the application.
pub const RECEIVED_CONTROL_QUEUE_FRAMES: usize = 8;

/// What a larger packet must gain to be searched for. Above half of what lies between QUIC's least (1,200 bytes) and the most
/// that Ethernet and IPv6 leave (1,452): the first probe asks for all, which most paths carry, and a connection costs 3 kB of
/// probes, not 14.
pub const MTU_SEARCH_STEP_BYTES: u16 = 127;

/// The longest a client waits for a handshake with one address.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(10);
/// How long after one address the next of the same name is tried.
pub const CONNECT_STAGGER: Duration = Duration::from_millis(300);
/// The longest a server keeps an unfinished handshake, and waits for the control channel after it.
pub const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);
/// The longest silence inside a frame. Slow lines are slow but not silent.
pub const FRAME_STALL_DEADLINE: Duration = Duration::from_secs(30);
/// The longest that one frame may take: 64 sealed entries that share a line of 100 kbit/s make it. What
/// a peer holds meanwhile is what it has sent, no more.
pub const FRAME_DEADLINE: Duration = Duration::from_secs(3600);
/// The same for an enrolment, whose frames are few and small.
pub const ENROLMENT_FRAME_DEADLINE: Duration = Duration::from_secs(60);
/// The longest that closing in good order waits for the peer to have everything.
pub const FINISH_DEADLINE: Duration = Duration::from_secs(10);
/// A connection that hears nothing for this long is over.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How often an idle connection says that it is there; also keeps NAT bindings, of which most last 30 s or more.
pub const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// How long a client may take to come back with the token of a Retry.
pub const RETRY_TOKEN_LIFETIME: Duration = Duration::from_secs(15);
/// The longest that a name may take to resolve.
pub const RESOLVE_DEADLINE: Duration = Duration::from_secs(10);
/// Addresses of one name that are tried.
pub const MAX_RESOLVED_ADDRESSES: usize = 16;

/// Handshakes that a server has begun and not finished; beyond, newcomers are refused. From half of it on, an address must
/// prove itself first (QUIC Retry), so that spoofed ones cost no state.
pub const MAX_UNFINISHED_HANDSHAKES: usize = 256;
/// Of these, how many one address (for IPv6 one /64) may hold: one host alone cannot shut out the others.
pub const MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS: usize = 128;
/// Connections that a server keeps open at all.
pub const MAX_OPEN_CONNECTIONS: usize = 4096;
/// Connections with their handshake done that wait for the application.
pub const ACCEPTED_QUEUE_CONNECTIONS: usize = 16;
/// First packets that wait to be looked at.
pub const MAX_INCOMING: usize = 1024;
/// Bytes buffered for one connection that is not looked at yet, and for all of them.
pub const INCOMING_BUFFER_BYTES: u64 = 16 * 1024;
/// See [`INCOMING_BUFFER_BYTES`].
pub const INCOMING_BUFFER_TOTAL_BYTES: u64 = 8 * 1024 * 1024;

/// The text beside a close code.
pub const MAX_CLOSE_REASON_BYTES: usize = 256;

/// First delay before connecting again.
pub const BACKOFF_FIRST: Duration = Duration::from_millis(250);
/// Longest delay before connecting again.
pub const BACKOFF_CAP: Duration = Duration::from_secs(30);

/// The bounds of one connection that depend on its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Largest frame, without prefix.
    pub frame_bytes: usize,
    /// Open channels in one direction, the control channel aside.
    pub channels: usize,
    /// Unread at the receiver, all channels together.
    pub receive_window_bytes: u32,
    /// Waiting in one channel for the network.
    pub channel_queue_bytes: usize,
    /// Longest silence inside a frame or a stream's preface.
    pub frame_stall_deadline: Duration,
    /// Longest that one frame may take.
    pub frame_deadline: Duration,
    /// Longest that closing in good order waits.
    pub finish_deadline: Duration,
}

impl Bounds {
    /// Those of a sync session.
    pub const SYNC: Self = Self {
        frame_bytes: MAX_FRAME_BYTES,
        channels: MAX_CHANNELS,
        receive_window_bytes: RECEIVE_WINDOW_BYTES,
        channel_queue_bytes: CHANNEL_QUEUE_BYTES,
        frame_stall_deadline: FRAME_STALL_DEADLINE,
        frame_deadline: FRAME_DEADLINE,
        finish_deadline: FINISH_DEADLINE,
    };
    /// Those of an enrolment.
    pub const ENROLMENT: Self = Self {
        frame_bytes: MAX_ENROLMENT_FRAME_BYTES,
        channels: MAX_ENROLMENT_CHANNELS,
        receive_window_bytes: ENROLMENT_RECEIVE_WINDOW_BYTES,
        frame_deadline: ENROLMENT_FRAME_DEADLINE,
        ..Self::SYNC
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_channel_can_use_up_anothers_window() {
        for bounds in [Bounds::SYNC, Bounds::ENROLMENT] {
            let channels = u32::try_from(bounds.channels + 1).unwrap_or(u32::MAX);
            assert!(bounds.receive_window_bytes >= STREAM_RECEIVE_WINDOW_BYTES * channels);
            assert!(u32::try_from(bounds.frame_bytes).is_ok());
        }
    }

    #[test]
    fn an_idle_connection_is_kept_alive() {
        assert!(KEEP_ALIVE_INTERVAL * 2 < IDLE_TIMEOUT);
    }
}
