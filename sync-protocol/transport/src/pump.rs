//! One channel's sending task: opens the stream when the channel is first used, writes what is queued, and tells the sender
//! what became of it. Owns the stream; decides nothing about what is sent.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use quinn::{ConnectionError, SendStream, StoppedError, WriteError};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::close::{CloseCode, Closed};
use crate::connection::Link;
use crate::frame::write_frame;
use crate::limits::FRAME_PREFIX_BYTES;
use crate::sender::SendError;

/// What a channel's task tells those who wait for it.
#[derive(Default)]
pub(crate) struct ChannelState {
    pub(crate) queued_bytes: Mutex<usize>,
    pub(crate) changed: Notify,
    pub(crate) failure: OnceLock<SendError>,
}

/// Where the stream of a channel comes from.
pub(crate) enum Opening {
    Control(oneshot::Receiver<SendStream>),
    Channel(u32),
}

/// One channel's task.
pub(crate) struct Pump {
    pub(crate) link: Arc<Link>,
    pub(crate) channel: u32,
    pub(crate) state: Arc<ChannelState>,
}

impl Pump {
    pub(crate) async fn run(self, opening: Opening, mut frames: mpsc::UnboundedReceiver<Vec<u8>>) {
        let outcome = match self.open(opening).await {
            Ok(mut stream) => self.write_all(&mut stream, &mut frames).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            let _ = self.state.failure.set(error);
            self.state.changed.notify_waiters();
        }
    }

    async fn open(&self, opening: Opening) -> Result<SendStream, SendError> {
        match opening {
            Opening::Control(stream) => match stream.await {
                Ok(stream) => Ok(stream),
                Err(_) => Err(SendError::Closed(self.link.closed().await)),
            },
            Opening::Channel(number) => {
                let mut stream = self.link.quic.open_uni().await.map_err(|error| self.lost(&error))?;
                let preface = number.to_be_bytes();
                stream.write_all(&preface).await.map_err(|error| self.write_failed(error))?;
                Ok(stream)
            }
        }
    }

    /// Ends when the queue has no sender left; a stopped stream is noticed also while there is nothing to send.
    async fn write_all(
        &self,
        stream: &mut SendStream,
        frames: &mut mpsc::UnboundedReceiver<Vec<u8>>,
    ) -> Result<(), SendError> {
        loop {
            let frame = tokio::select! {
                stopped = stream.stopped() => return self.stopped(stopped),
                frame = frames.recv() => frame,
            };
            let Some(frame) = frame else { break };
            let bytes = frame.len() + FRAME_PREFIX_BYTES;
            write_frame(stream, frame).await.map_err(|error| self.write_failed(error))?;
            self.link.count_sent(bytes);
            *lock(&self.state.queued_bytes) -= bytes;
            self.state.changed.notify_waiters();
        }
        let _ = stream.finish();
        let stopped = stream.stopped().await;
        self.stopped(stopped)
    }

    fn stopped(&self, stopped: Result<Option<quinn::VarInt>, StoppedError>) -> Result<(), SendError> {
        match stopped {
            Ok(None) => Ok(()),
            Ok(Some(code)) => Err(self.stopped_by_peer(code)),
            Err(StoppedError::ConnectionLost(error)) => Err(self.lost(&error)),
            Err(StoppedError::ZeroRttRejected) => Err(self.lost(&ConnectionError::Reset)),
        }
    }

    fn write_failed(&self, error: WriteError) -> SendError {
        match error {
            WriteError::Stopped(code) => self.stopped_by_peer(code),
            WriteError::ConnectionLost(error) => self.lost(&error),
            WriteError::ClosedStream | WriteError::ZeroRttRejected => self.lost(&ConnectionError::Reset),
        }
    }

    fn stopped_by_peer(&self, code: quinn::VarInt) -> SendError {
        let code = CloseCode::from_number(code.into_inner());
        SendError::ChannelStopped { address: self.link.address(), channel: self.channel, code }
    }

    fn lost(&self, error: &ConnectionError) -> SendError {
        SendError::Closed(Closed::from_quic(self.link.address(), error))
    }
}

/// A panic elsewhere must not become one here: what the mutexes guard is whole at any time.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::connection::CONTROL;
    use crate::limits::{MAX_FRAME_BYTES, STREAM_RECEIVE_WINDOW_BYTES, UNDECIDED_RECEIVE_WINDOW_BYTES};
    use crate::loopback::{Loopback, raw_channel, until, widen, within};
    use crate::sender::{Sender, TrySendError};

    async fn fill(sender: &Sender, channel: u32, frame: usize) -> Vec<u8> {
        within(async {
            loop {
                match sender.try_send(channel, vec![0; frame]) {
                    Ok(()) => tokio::task::yield_now().await,
                    Err(TrySendError::Full(back)) => return back,
                    Err(error) => panic!("{error}"),
                }
            }
        })
        .await
    }

    #[tokio::test]
    async fn a_channel_that_is_not_read_stalls_no_other() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let (sender, _receiver) = client.split();
        widen(server.quic());
        within(sender.send(1, vec![1; 16])).await.unwrap();
        let stalled = within(server.quic().accept_uni()).await.unwrap();
        // Nobody reads channel 1: its window fills, then its queue, and it stays full.
        const FRAME: usize = 64 * 1024;
        let written = u64::from(STREAM_RECEIVE_WINDOW_BYTES) - FRAME as u64;
        let stuck = within(async {
            while sender.bytes_sent() < written {
                fill(&sender, 1, FRAME).await;
                tokio::task::yield_now().await;
            }
            fill(&sender, 1, FRAME).await
        })
        .await;
        let other = sender.clone();
        tokio::spawn(async move {
            for round in 0..64u8 {
                other.send(2, vec![round; FRAME]).await.unwrap();
            }
        });
        let mut flowing = within(server.quic().accept_uni()).await.unwrap();
        let mut whole = vec![0; 4 + 64 * (4 + FRAME)];
        within(flowing.read_exact(&mut whole)).await.unwrap();
        assert_eq!(whole[..4], 2u32.to_be_bytes());
        assert!(whole.ends_with(&[63; FRAME]));
        assert!(matches!(sender.try_send(1, stuck), Err(TrySendError::Full(_))), "channel 1 is still stuck");
        drop(stalled);
    }

    #[tokio::test]
    async fn a_peer_that_is_not_decided_upon_can_send_little() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let (sender, mut receiver) = client.split();
        within(sender.send(CONTROL, vec![0; MAX_FRAME_BYTES])).await.unwrap();
        assert!(sender.try_send(9, vec![0; 16]).is_ok(), "queued here");
        let window = u64::from(UNDECIDED_RECEIVE_WINDOW_BYTES);
        until(|| server.quic().stats().udp_rx.bytes >= window).await;
        // Whatever the client could have sent besides would be here after some round trips.
        let mut beat = raw_channel(server.quic(), 7).await;
        for _ in 0..10 {
            write_frame(&mut beat, vec![7]).await.unwrap();
            assert_eq!(within(receiver.next()).await, Some(Ok((7, vec![7]))));
        }
        assert!(server.quic().stats().udp_rx.bytes < 4 * window);
        let (_sender, mut frames) = server.split();
        let mut channels = [0, 1].map(|_| u32::MAX);
        for channel in &mut channels {
            *channel = within(frames.next()).await.unwrap().unwrap().0;
        }
        channels.sort_unstable();
        assert_eq!(channels, [CONTROL, 9], "once decided, everything comes");
    }

    #[tokio::test]
    async fn control_overtakes_a_backlog() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let ((sender, _receiver), (_sender, mut frames)) = (client.split(), server.split());
        for channel in 1..=16 {
            fill(&sender, channel, 64 * 1024).await;
        }
        within(sender.send(CONTROL, b"now".to_vec())).await.unwrap();
        let last = tokio::spawn(async move { sender.send(1, b"last".to_vec()).await });
        let mut control_seen = false;
        loop {
            match within(frames.next()).await.unwrap().unwrap() {
                (CONTROL, frame) => control_seen = frame == b"now",
                (1, frame) if frame == b"last" => break,
                _ => {}
            }
        }
        assert!(control_seen);
        within(last).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_stopped_channel_says_why_and_the_others_go_on() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let (sender, _receiver) = client.split();
        widen(server.quic());
        within(sender.send(1, vec![1])).await.unwrap();
        within(server.quic().accept_uni()).await.unwrap().stop(CloseCode::Malformed.varint()).unwrap();
        let address = sender.peer_address();
        let stopped = SendError::ChannelStopped { address, channel: 1, code: CloseCode::Malformed };
        until(|| matches!(sender.try_send(1, vec![1]), Err(TrySendError::Failed(_)))).await;
        assert_eq!(sender.send(1, vec![1]).await, Err(stopped.clone()));
        assert_eq!(sender.ready(1).await, Err(stopped));
        within(sender.send(2, vec![2])).await.unwrap();
        let mut other = within(server.quic().accept_uni()).await.unwrap();
        let mut bytes = [0; 9];
        within(other.read_exact(&mut bytes)).await.unwrap();
        assert_eq!(bytes, [0, 0, 0, 2, 0, 0, 0, 1, 2]);
    }
}
