//! The receiving half of a connection. Owns a task for each arriving stream and merges their frames into one bounded queue, in
//! turn; control goes before. A stream that misbehaves ends alone.

use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use quinn::{ReadError, RecvStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::close::{CloseCode, Closed};
use crate::connection::{CONTROL, Link, tell_about_the_connection};
use crate::frame::{FrameError, FrameReader};
use crate::limits::{FRAME_PREFIX_BYTES, RECEIVED_CONTROL_QUEUE_FRAMES, RECEIVED_QUEUE_FRAMES};

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

type Arrival = Result<(u32, Vec<u8>), ReceiveError>;

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

/// The numbers of the channels that are being read.
#[derive(Default)]
struct OpenChannels(Mutex<HashSet<u32>>);

impl OpenChannels {
    fn take(self: &Arc<Self>, channel: u32) -> Option<OpenChannel> {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (channel != CONTROL && numbers.insert(channel)).then(|| OpenChannel { all: Arc::clone(self), channel })
    }
}

/// Gives the number back when the channel ends.
struct OpenChannel {
    all: Arc<OpenChannels>,
    channel: u32,
}

impl Drop for OpenChannel {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.channel);
    }
}

/// One stream's task.
struct StreamReader {
    link: Arc<Link>,
    frames: FrameReader,
    queue: mpsc::Sender<Arrival>,
}

impl StreamReader {
    async fn read_numbered(mut self, open: Arc<OpenChannels>) {
        let address = self.link.address();
        let channel = match self.frames.read_channel().await {
            Ok(channel) => channel,
            Err(FrameError::TooSlow) => return self.link.close(CloseCode::TooSlow, "a stream without a channel"),
            Err(FrameError::Truncated { .. }) => {
                let _ = self.queue.send(Err(ReceiveError::Misnumbered { address, channel: None })).await;
                return;
            }
            Err(_) => return,
        };
        let Some(_open) = open.take(channel) else {
            self.frames.stop(CloseCode::Malformed);
            let _ = self.queue.send(Err(ReceiveError::Misnumbered { address, channel: Some(channel) })).await;
            return;
        };
        self.read_channel(channel).await;
    }

    async fn read_channel(mut self, channel: u32) {
        loop {
            let arrival = match self.frames.next().await {
                Ok(Some(frame)) => {
                    self.link.count_received(frame.len() + FRAME_PREFIX_BYTES);
                    Ok((channel, frame))
                }
                Ok(None) => return,
                Err(error) => match self.judge(channel, error) {
                    Some(error) => Err(error),
                    None => return,
                },
            };
            let over = arrival.is_err();
            if self.queue.send(arrival).await.is_err() || over {
                return;
            }
        }
    }

    /// What to tell about the end of a channel; nothing where the connection's own end says it.
    fn judge(&mut self, channel: u32, error: FrameError) -> Option<ReceiveError> {
        let address = self.link.address();
        match error {
            FrameError::Oversize { announced } => {
                self.frames.stop(CloseCode::Malformed);
                let bound = self.link.bounds.frame_bytes;
                Some(ReceiveError::Oversize { address, channel, announced, bound })
            }
            FrameError::Truncated { missing } => Some(ReceiveError::Truncated { address, channel, missing }),
            FrameError::TooSlow => {
                self.link.close(CloseCode::TooSlow, "a frame was not delivered in time");
                Some(ReceiveError::TooSlow { address, channel })
            }
            FrameError::Stream(ReadError::Reset(code)) => {
                Some(ReceiveError::Reset { address, channel, code: CloseCode::from_number(code.into_inner()) })
            }
            FrameError::Stream(_) => None,
        }
    }
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
    use crate::limits::{Bounds, MAX_FRAME_BYTES};
    use crate::loopback::{Loopback, raw_channel, within};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};
    use std::collections::HashMap;
    use std::time::Duration;

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
    async fn f21_an_oversize_prefix_ends_its_channel_alone() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let (_sender, mut frames) = server.split();
        let mut liar = raw_channel(client.quic(), 5).await;
        let announced = MAX_FRAME_BYTES as u32 + 1;
        liar.write_all(&announced.to_be_bytes()).await.unwrap();
        let address = frames.peer_address();
        let oversize = ReceiveError::Oversize { address, channel: 5, announced, bound: MAX_FRAME_BYTES };
        assert_eq!(within(frames.next()).await, Some(Err(oversize)));
        assert_eq!(within(liar.stopped()).await.unwrap(), Some(CloseCode::Malformed.varint()));

        let mut honest = raw_channel(client.quic(), 6).await;
        crate::frame::write_frame(&mut honest, vec![6; MAX_FRAME_BYTES]).await.unwrap();
        assert_eq!(within(frames.next()).await, Some(Ok((6, vec![6; MAX_FRAME_BYTES]))));
    }

    #[tokio::test]
    async fn f20_malformed_streams_end_alone() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let (_sender, mut frames) = server.split();
        let address = frames.peer_address();

        let mut short = raw_channel(client.quic(), 5).await;
        short.write_all(&[0, 0, 0, 9, 1, 2]).await.unwrap();
        short.finish().unwrap();
        let truncated = ReceiveError::Truncated { address, channel: 5, missing: 7 };
        assert_eq!(within(frames.next()).await, Some(Err(truncated)));

        let mut nameless = within(client.quic().open_uni()).await.unwrap();
        nameless.write_all(&[0, 0]).await.unwrap();
        nameless.finish().unwrap();
        let misnumbered = |channel| Some(Err(ReceiveError::Misnumbered { address, channel }));
        assert_eq!(within(frames.next()).await, misnumbered(None));

        let usurper = raw_channel(client.quic(), CONTROL).await;
        assert_eq!(within(frames.next()).await, misnumbered(Some(CONTROL)));
        assert_eq!(within(usurper.stopped()).await.unwrap(), Some(CloseCode::Malformed.varint()));

        let mut first = raw_channel(client.quic(), 5).await;
        crate::frame::write_frame(&mut first, vec![1]).await.unwrap();
        assert_eq!(within(frames.next()).await, Some(Ok((5, vec![1]))), "a number that has ended is free again");
        let _second = raw_channel(client.quic(), 5).await;
        assert_eq!(within(frames.next()).await, misnumbered(Some(5)));

        first.reset(CloseCode::Internal.varint()).unwrap();
        let reset = ReceiveError::Reset { address, channel: 5, code: CloseCode::Internal };
        assert_eq!(within(frames.next()).await, Some(Err(reset)));
    }

    fn impatient() -> Loopback {
        Loopback::with_bounds(Some(Bounds {
            frame_stall_deadline: Duration::from_millis(200),
            frame_deadline: Duration::from_millis(600),
            ..Bounds::SYNC
        }))
    }

    #[tokio::test]
    async fn f24_a_frame_that_stalls_closes_the_connection() {
        let loopback = impatient();
        let (client, server) = loopback.pair().await;
        let (_sender, mut frames) = server.split();
        let mut idle = raw_channel(client.quic(), 4).await;
        crate::frame::write_frame(&mut idle, vec![4]).await.unwrap();
        assert_eq!(within(frames.next()).await, Some(Ok((4, vec![4]))));
        let mut slow = raw_channel(client.quic(), 5).await;
        slow.write_all(&[0, 0, 1]).await.unwrap();
        let too_slow = ReceiveError::TooSlow { address: frames.peer_address(), channel: 5 };
        assert_eq!(within(frames.next()).await, Some(Err(too_slow)), "and not channel 4, which is between frames");
        assert_eq!(within(client.closed()).await.by_peer().unwrap().code, CloseCode::TooSlow);
        assert_eq!(within(frames.next()).await, None);
    }

    #[tokio::test]
    async fn f24_a_frame_that_trickles_closes_the_connection() {
        let loopback = impatient();
        let (client, server) = loopback.pair().await;
        let (_sender, mut frames) = server.split();
        let mut slow = raw_channel(client.quic(), 5).await;
        slow.write_all(&1_000u32.to_be_bytes()).await.unwrap();
        let trickle = async {
            let mut beat = tokio::time::interval(Duration::from_millis(20));
            while slow.write_all(&[0]).await.is_ok() {
                beat.tick().await;
            }
        };
        let (arrival, ()) = within(async { tokio::join!(frames.next(), trickle) }).await;
        assert!(matches!(arrival, Some(Err(ReceiveError::TooSlow { channel: 5, .. }))), "{arrival:?}");
        assert_eq!(within(client.closed()).await.by_peer().unwrap().code, CloseCode::TooSlow);
    }

    #[tokio::test]
    async fn f24_a_stream_without_a_channel_closes_the_connection() {
        let loopback = impatient();
        let (client, server) = loopback.pair().await;
        let (_sender, mut frames) = server.split();
        let mut nameless = within(client.quic().open_uni()).await.unwrap();
        nameless.write_all(&[0]).await.unwrap();
        assert_eq!(within(client.closed()).await.by_peer().unwrap().code, CloseCode::TooSlow);
        assert_eq!(within(frames.next()).await, None);
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
