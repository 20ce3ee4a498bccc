//! One arriving stream's task: reads its frames and hands them to the receiver. Owns what a misbehaving stream gets; never
//! touches another.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use quinn::ReadError;
use tokio::sync::mpsc;

use crate::close::CloseCode;
use crate::connection::{CONTROL, Link};
use crate::frame::{FrameError, FrameReader};
use crate::limits::FRAME_PREFIX_BYTES;
use crate::pump::lock;
use crate::receiver::{Arrival, ReceiveError};

/// The numbers of the channels that are being read.
#[derive(Default)]
pub(crate) struct OpenChannels(Mutex<HashSet<u32>>);

impl OpenChannels {
    fn take(self: &Arc<Self>, channel: u32) -> Option<OpenChannel> {
        let mut numbers = lock(&self.0);
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
        lock(&self.all.0).remove(&self.channel);
    }
}

/// One stream's task.
pub(crate) struct StreamReader {
    pub(crate) link: Arc<Link>,
    pub(crate) frames: FrameReader,
    pub(crate) queue: mpsc::Sender<Arrival>,
}

impl StreamReader {
    pub(crate) async fn read_numbered(mut self, open: Arc<OpenChannels>) {
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

    pub(crate) async fn read_channel(mut self, channel: u32) {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::limits::{Bounds, MAX_FRAME_BYTES};
    use crate::loopback::{Loopback, raw_channel, within};
    use std::time::Duration;

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
            frame_stall_deadline: Duration::from_secs(1),
            frame_deadline: Duration::from_secs(2),
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
}
