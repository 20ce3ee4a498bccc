//! The sending half of a connection. Owns a queue and a task for each channel, so that a channel whose peer does not read
//! holds up no other; opens a stream when its channel is first used and keeps it open.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use quinn::SendStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::close::{CloseCode, Closed};
use crate::connection::{CONTROL, Link, tell_about_the_connection};
use crate::limits::FRAME_PREFIX_BYTES;
use crate::pump::{ChannelState, Opening, Pump, lock};

/// Why a frame was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The connection has ended.
    #[error(transparent)]
    Closed(Closed),
    /// The peer refused what was sent on this channel, and reads it no more. Other channels go on.
    #[error("{address} stopped channel {channel}: {code}")]
    ChannelStopped {
        /// The peer.
        address: SocketAddr,
        /// The channel.
        channel: u32,
        /// What the peer said.
        code: CloseCode,
    },
    /// This half was finished before.
    #[error("nothing more can be sent to {address}: this half is finished")]
    Finished {
        /// The peer.
        address: SocketAddr,
    },
    /// The frame is longer than the peer would take.
    #[error("a frame of {bytes} bytes is above the bound of {bound}")]
    FrameTooLarge {
        /// Its length.
        bytes: usize,
        /// The bound.
        bound: usize,
    },
    /// Opening this channel would open more than the peer allows.
    #[error("channel {channel} would be one above the bound of {bound}")]
    TooManyChannels {
        /// The channel.
        channel: u32,
        /// The bound.
        bound: usize,
    },
}

/// Why a frame was not taken at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrySendError {
    /// The channel's queue is full; the frame comes back. [`Sender::ready`] tells when to try again.
    #[error("the channel's queue is full")]
    Full(Vec<u8>),
    /// It would not be taken later either.
    #[error(transparent)]
    Failed(#[from] SendError),
}

/// The sending half. Clones share the queues. When the last one is dropped, what is queued is still sent.
#[derive(Clone)]
pub struct Sender {
    shared: Arc<Shared>,
}

struct Shared {
    link: Arc<Link>,
    table: Mutex<Table>,
}

struct Table {
    channels: HashMap<u32, Channel>,
    pumps: JoinSet<()>,
    finished: bool,
}

struct Channel {
    queue: mpsc::UnboundedSender<Vec<u8>>,
    state: Arc<ChannelState>,
}

tell_about_the_connection!(Sender);

impl Sender {
    pub(crate) fn new(link: Arc<Link>, control: oneshot::Receiver<SendStream>) -> Self {
        let table = Table { channels: HashMap::new(), pumps: JoinSet::new(), finished: false };
        let shared = Arc::new(Shared { link, table: Mutex::new(table) });
        shared.table().open(CONTROL, Opening::Control(control), &shared.link);
        Self { shared }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.shared.link
    }

    /// Queues a frame, waiting while the channel's queue is full. Frames of one channel arrive in the order in which they
    /// were taken; between channels there is no order. When cancelled, the frame was not taken.
    pub async fn send(&self, channel: u32, mut frame: Vec<u8>) -> Result<(), SendError> {
        loop {
            let state = self.shared.channel_state(channel)?;
            let mut changed = std::pin::pin!(state.changed.notified());
            changed.as_mut().enable();
            match self.try_send(channel, frame) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Failed(error)) => return Err(error),
                Err(TrySendError::Full(back)) => frame = back,
            }
            changed.await;
        }
    }

    /// Queues a frame if the channel's queue is not full.
    pub fn try_send(&self, channel: u32, frame: Vec<u8>) -> Result<(), TrySendError> {
        let bounds = self.shared.link.bounds;
        if frame.len() > bounds.frame_bytes {
            return Err(SendError::FrameTooLarge { bytes: frame.len(), bound: bounds.frame_bytes }.into());
        }
        let mut table = self.shared.table();
        let channel = self.shared.open_channel(&mut table, channel)?;
        let mut queued = lock(&channel.state.queued_bytes);
        if *queued >= bounds.channel_queue_bytes {
            return Err(TrySendError::Full(frame));
        }
        *queued += frame.len() + FRAME_PREFIX_BYTES;
        // A task that has just ended leaves its reason in the state; the next call finds it.
        let _ = channel.queue.send(frame);
        Ok(())
    }

    /// Waits until the channel's queue would take a frame.
    pub async fn ready(&self, channel: u32) -> Result<(), SendError> {
        loop {
            let state = self.shared.channel_state(channel)?;
            let mut changed = std::pin::pin!(state.changed.notified());
            changed.as_mut().enable();
            if self.queued_bytes(channel) < self.shared.link.bounds.channel_queue_bytes && state.failure.get().is_none()
            {
                return Ok(());
            }
            if let Some(failure) = state.failure.get() {
                return Err(failure.clone());
            }
            changed.await;
        }
    }

    /// Bytes that wait in the channel's queue, prefixes included, the frame being written among them.
    pub fn queued_bytes(&self, channel: u32) -> usize {
        self.shared.table().channels.get(&channel).map_or(0, |channel| *lock(&channel.state.queued_bytes))
    }

    /// Sends what is queued, ends every channel, waits (bounded) until the peer's QUIC has it all, then closes. A receiver at
    /// the other end still reads everything before it sees the close. What the peer's application makes of it is for the
    /// session to acknowledge. Returns whether everything got there.
    pub async fn finish_and_close(&self, code: CloseCode, reason: &str) -> bool {
        let (mut pumps, states) = {
            let mut table = self.shared.table();
            table.finished = true;
            // Without their queues' senders the pumps end when they have written everything.
            let states: Vec<_> = table.channels.drain().map(|(_, channel)| channel.state).collect();
            (std::mem::take(&mut table.pumps), states)
        };
        let link = &self.shared.link;
        let flushed = async { while pumps.join_next().await.is_some() {} };
        let in_time = tokio::time::timeout(link.bounds.finish_deadline, flushed).await.is_ok();
        let alive = link.quic.close_reason().is_none();
        link.close(code, reason);
        let whole = states.iter().all(|state| state.failure.get().is_none());
        states.iter().for_each(|state| state.changed.notify_waiters());
        in_time && alive && whole
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }

    fn channel_state(&self, channel: u32) -> Result<Arc<ChannelState>, SendError> {
        let mut table = self.table();
        self.open_channel(&mut table, channel).map(|channel| Arc::clone(&channel.state))
    }

    fn open_channel<'t>(&self, table: &'t mut Table, channel: u32) -> Result<&'t Channel, SendError> {
        let address = self.link.address();
        if table.finished {
            return Err(SendError::Finished { address });
        }
        if let Some(error) = self.link.quic.close_reason() {
            return Err(SendError::Closed(Closed::from_quic(address, &error)));
        }
        let bound = self.link.bounds.channels;
        if !table.channels.contains_key(&channel) {
            // Control is in the table from the start and does not count.
            if table.channels.len() > bound {
                return Err(SendError::TooManyChannels { channel, bound });
            }
            table.open(channel, Opening::Channel(channel), &self.link);
        }
        let opened = &table.channels[&channel];
        opened.state.failure.get().map_or(Ok(opened), |failure| Err(failure.clone()))
    }
}

impl Table {
    fn open(&mut self, channel: u32, opening: Opening, link: &Arc<Link>) {
        let (queue, frames) = mpsc::unbounded_channel();
        let state = Arc::new(ChannelState::default());
        let pump = Pump { link: Arc::clone(link), channel, state: Arc::clone(&state) };
        self.pumps.spawn(pump.run(opening, frames));
        self.channels.insert(channel, Channel { queue, state });
    }
}

/// Dropping a [`JoinSet`] would abort the tasks; those of a dropped sender still have frames to send.
impl Drop for Shared {
    fn drop(&mut self) {
        lock(&self.table).pumps.detach_all();
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.shared.link).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::limits::{
        Bounds, CHANNEL_QUEUE_BYTES, MAX_CHANNELS, MAX_FRAME_BYTES, RECEIVED_QUEUE_FRAMES, STREAM_RECEIVE_WINDOW_BYTES,
    };
    use crate::loopback::{Loopback, until, within};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn f24_what_an_unread_channel_holds_is_bounded() {
        const FRAME: usize = 64 * 1024;
        const FRAMES: usize = 512;
        let bound = CHANNEL_QUEUE_BYTES
            + FRAME
            + STREAM_RECEIVE_WINDOW_BYTES as usize
            // What the reader has taken out of the window: the queue, one frame in hand, one half read, one half written.
            + (RECEIVED_QUEUE_FRAMES + 3) * FRAME;
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let ((sender, _receiver), (_sender, mut frames)) = (client.split(), server.split());
        let taken = Arc::new(AtomicUsize::new(0));
        let sending = tokio::spawn({
            let (sender, taken) = (sender.clone(), Arc::clone(&taken));
            async move {
                for _ in 0..FRAMES {
                    sender.send(1, vec![0; FRAME]).await.unwrap();
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        for read in 0..FRAMES {
            within(frames.next()).await.unwrap().unwrap();
            // The frame just read is no longer held.
            let held = (taken.load(Ordering::SeqCst).saturating_sub(read + 1)) * FRAME;
            assert!(held <= bound, "{held} bytes are held, {bound} is the bound");
        }
        within(sending).await.unwrap();
        until(|| sender.queued_bytes(1) == 0).await;
        within(sender.ready(1)).await.unwrap();
    }

    #[tokio::test]
    async fn finishing_delivers_all_and_then_the_reason() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let ((sender, _receiver), (_sender, mut frames)) = (client.split(), server.split());
        for channel in 0..40 {
            for n in 0..10u8 {
                within(sender.send(channel, vec![n; 5_000])).await.unwrap();
            }
        }
        let finishing = {
            let sender = sender.clone();
            tokio::spawn(async move { sender.finish_and_close(CloseCode::Done, "").await })
        };
        let mut got = HashMap::<u32, Vec<u8>>::new();
        while let Some(frame) = within(frames.next()).await {
            let (channel, frame) = frame.unwrap();
            got.entry(channel).or_default().push(frame[0]);
        }
        assert!(within(finishing).await.unwrap(), "everything got there");
        assert_eq!(got.len(), 40);
        assert!(got.values().all(|frames| frames.iter().copied().eq(0..10)));
        assert_eq!(sender.bytes_sent(), 400 * 5_004);
        assert_eq!(frames.bytes_received(), sender.bytes_sent());
        assert_eq!(within(frames.closed()).await.by_peer().unwrap().code, CloseCode::Done);
        let address = sender.peer_address();
        assert!(matches!(sender.send(1, vec![]).await, Err(SendError::Finished { address: to }) if to == address));
    }

    #[tokio::test]
    async fn finishing_waits_for_a_silent_peer_no_longer_than_the_bound() {
        let bounds = Bounds { finish_deadline: Duration::from_millis(200), ..Bounds::SYNC };
        let loopback = Loopback::with_bounds(Some(bounds));
        let (client, server) = loopback.pair().await;
        let (sender, _receiver) = client.split();
        within(sender.send(1, vec![0; 4096])).await.unwrap();
        assert!(!within(sender.finish_and_close(CloseCode::ShuttingDown, "")).await, "the peer never opened a channel");
        assert_eq!(within(server.closed()).await.by_peer().unwrap().code, CloseCode::ShuttingDown);
    }

    #[tokio::test]
    async fn what_is_queued_outlives_the_sender() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let ((sender, receiver), (_sender, mut frames)) = (client.split(), server.split());
        for n in 0..100u8 {
            within(sender.send(3, vec![n; 1_000])).await.unwrap();
        }
        drop(sender);
        for n in 0..100u8 {
            assert_eq!(within(frames.next()).await, Some(Ok((3, vec![n; 1_000]))));
        }
        drop(receiver);
    }

    #[tokio::test]
    async fn what_is_above_a_bound_is_refused_here() {
        let loopback = Loopback::new();
        let (client, _server) = loopback.pair().await;
        let (sender, _receiver) = client.split();
        assert_eq!(
            sender.send(1, vec![0; MAX_FRAME_BYTES + 1]).await,
            Err(SendError::FrameTooLarge { bytes: MAX_FRAME_BYTES + 1, bound: MAX_FRAME_BYTES })
        );
        let channels = u32::try_from(MAX_CHANNELS).unwrap();
        for channel in 1..=channels {
            sender.send(channel, vec![]).await.unwrap();
        }
        let refused = SendError::TooManyChannels { channel: channels + 1, bound: MAX_CHANNELS };
        assert_eq!(sender.send(channels + 1, vec![]).await, Err(refused));
    }
}
