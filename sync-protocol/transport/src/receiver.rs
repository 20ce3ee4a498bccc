//! The receiving half of a connection. Owns a task for each arriving stream and merges their frames into one bounded queue, in
//! turn; control goes before. A stream that misbehaves ends alone.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use quinn::RecvStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::close::{CloseCode, Closed};
use crate::connection::{CONTROL, Link, tell_about_the_connection};
use crate::frame::FrameReader;
use crate::limits::{RECEIVED_CONTROL_QUEUE_FRAMES, RECEIVED_QUEUE_FRAMES};
use crate::stream::{OpenChannels, StreamReader};

/// What went wrong on the receiving side. All but the last concern one channel, which ends; the others go on, and whether the
/// session does is the caller's choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveError {
    /// A prefix announced more than the bound. Nothing was allocated for it; the peer was told to stop.
    #[error("{address} announced a frame of {announced} bytes on channel {channel}, above the bound of {bound}")]
    Oversize {
        /// The peer.
        address: SocketAddr,
        /// The channel.
        channel: u32,
        /// What the prefix said.
        announced: u32,
        /// The bound.
        bound: usize,
    },
    /// A channel ended inside a frame.
    #[error("{address} ended channel {channel} with {missing} bytes of a frame missing")]
    Truncated {
        /// The peer.
        address: SocketAddr,
        /// The channel.
        channel: u32,
        /// At least so many.
        missing: usize,
    },
    /// A stream without a channel number, or with one that is open already.
    #[error("{address} opened a stream that names no free channel")]
    Misnumbered {
        /// The peer.
        address: SocketAddr,
        /// The number, if there was one.
        channel: Option<u32>,
    },
    /// The peer gave up the channel.
    #[error("{address} reset channel {channel}: {code}")]
    Reset {
        /// The peer.
        address: SocketAddr,
        /// The channel.
        channel: u32,
        /// What it said.
        code: CloseCode,
    },
    /// The rest of a frame did not come in time; the connection was closed.
    #[error("{address} did not deliver a frame on channel {channel} in time")]
    TooSlow {
        /// The peer.
        address: SocketAddr,
        /// The channel.
        channel: u32,
    },
    /// The connection ended otherwise than in good order. The last thing that a receiver says.
    #[error(transparent)]
    Closed(Closed),
}

/// What a stream's task hands over.
pub(crate) type Arrival = Result<(u32, Vec<u8>), ReceiveError>;

/// The receiving half. Dropping it stops all reading.
pub struct Receiver {
    link: Arc<Link>,
    control: mpsc::Receiver<Arrival>,
    frames: mpsc::Receiver<Arrival>,
    accepting: AbortHandle,
    ended: bool,
}

tell_about_the_connection!(Receiver);

impl Receiver {
    pub(crate) fn new(link: Arc<Link>, control_stream: oneshot::Receiver<RecvStream>) -> Self {
        let (give_control, control) = mpsc::channel(RECEIVED_CONTROL_QUEUE_FRAMES);
        let (give_frames, frames) = mpsc::channel(RECEIVED_QUEUE_FRAMES);
        let accepting = tokio::spawn(read_streams(Arc::clone(&link), control_stream, give_control, give_frames));
        Self { link, control, frames, accepting: accepting.abort_handle(), ended: false }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// The next frame of any channel. `None` once the connection has ended in good order (closed here, or by the peer with
    /// [`CloseCode::Done`]) and everything that had arrived was handed over; after any other end, one
    /// [`ReceiveError::Closed`] goes before. Not reading holds the peer back. Can be cancelled without losing a frame.
    pub async fn next(&mut self) -> Option<Arrival> {
        if self.ended {
            return None;
        }
        tokio::select! {
            biased;
            Some(arrival) = self.control.recv() => return Some(arrival),
            Some(arrival) = self.frames.recv() => return Some(arrival),
            else => {}
        }
        // Both queues are closed: the tasks have ended, and they end after the connection.
        let closed = self.link.closed().await;
        self.ended = true;
        (!closed.is_done()).then_some(Err(ReceiveError::Closed(closed)))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts streams until the connection ends, then lets each reader hand over what had arrived.
async fn read_streams(
    link: Arc<Link>,
    control_stream: oneshot::Receiver<RecvStream>,
    control: mpsc::Sender<Arrival>,
    frames: mpsc::Sender<Arrival>,
) {
    let open = Arc::new(OpenChannels::default());
    let mut readers = JoinSet::new();
    readers.spawn({
        let link = Arc::clone(&link);
        async move {
            if let Ok(stream) = control_stream.await {
                let frames = FrameReader::new(stream, link.bounds);
                StreamReader { link, frames, queue: control }.read_channel(CONTROL).await;
            }
        }
    });
    loop {
        tokio::select! {
            accepted = link.quic.accept_uni() => match accepted {
                Ok(stream) => {
                    let frames_of_stream = FrameReader::new(stream, link.bounds);
                    let reader =
                        StreamReader { link: Arc::clone(&link), frames: frames_of_stream, queue: frames.clone() };
                    readers.spawn(reader.read_numbered(Arc::clone(&open)));
                }
                Err(_) => break,
            },
            Some(_) = readers.join_next() => {}
        }
    }
    while readers.join_next().await.is_some() {}
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.link).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::limits::MAX_FRAME_BYTES;
    use crate::loopback::{Loopback, raw_channel, within};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};
    use std::collections::HashMap;

    const SEED: u64 = 20_260_102;

    #[tokio::test]
    async fn frames_of_a_channel_keep_their_order_both_ways() {
        println!("seed {SEED}");
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let ((here, mut from_there), (there, mut from_here)) = (client.split(), server.split());
        let mut frames: Vec<(u32, Vec<u8>)> = Vec::new();
        for n in 0..600u32 {
            let longest = if n % 50 == 0 { MAX_FRAME_BYTES as u32 } else { 2_000 };
            let mut frame = vec![0; (rng.next_u32() % longest) as usize];
            rng.fill_bytes(&mut frame);
            frames.push((rng.next_u32() % 12, frame));
        }
        let mut expected = HashMap::<u32, Vec<Vec<u8>>>::new();
        for (channel, frame) in &frames {
            expected.entry(*channel).or_default().push(frame.clone());
        }
        for (sender, receiver) in [(here, &mut from_here), (there, &mut from_there)] {
            let sending = tokio::spawn({
                let frames = frames.clone();
                async move {
                    for (channel, frame) in frames {
                        sender.send(channel, frame).await.unwrap();
                    }
                    sender
                }
            });
            let mut got = HashMap::<u32, Vec<Vec<u8>>>::new();
            for _ in 0..frames.len() {
                let (channel, frame) = within(receiver.next()).await.unwrap().unwrap();
                got.entry(channel).or_default().push(frame);
            }
            assert!(got == expected, "frames lost, changed or out of order");
            let sender = within(sending).await.unwrap();
            assert_eq!(sender.bytes_sent(), receiver.bytes_received());
            assert_eq!(sender.bytes_sent(), frames.iter().map(|(_, frame)| frame.len() as u64 + 4).sum::<u64>());
        }
    }

    #[tokio::test]
    async fn a_peer_that_vanishes_in_mid_frame_is_one_error() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let (_sender, mut frames) = server.split();
        let mut cut = raw_channel(client.quic(), 5).await;
        cut.write_all(&[0, 0, 0, 9, 1, 2]).await.unwrap();
        client.close(CloseCode::Internal, "disk full");
        let end = within(frames.next()).await.unwrap().unwrap_err();
        assert!(matches!(&end, ReceiveError::Closed(closed) if closed.by_peer().unwrap().code == CloseCode::Internal));
        assert!(end.to_string().ends_with("closed the connection: internal error (disk full)"), "{end}");
        assert_eq!(within(frames.next()).await, None);
    }
}
