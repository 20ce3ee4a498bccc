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
