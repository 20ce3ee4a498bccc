//! Frames on one stream: a big-endian `u32` length, then that many bytes. Owns reading and writing them within the bounds;
//! never looks inside.

use std::time::Duration;

use quinn::{Chunk, ReadError, RecvStream, SendStream, WriteError};
use tokio::time::{Instant, timeout_at};

use crate::limits::{Bounds, CHANNEL_PREFACE_BYTES, FRAME_GROWTH_BYTES, FRAME_PREFIX_BYTES};

/// Why no further frame can be read from a stream.
#[derive(Debug)]
pub(crate) enum FrameError {
    /// The prefix announces more than the bound.
    Oversize { announced: u32 },
    /// The stream ended inside a frame.
    Truncated { missing: usize },
    /// The rest of a frame did not come in time.
    TooSlow,
    /// The stream was reset, or the connection ended.
    Stream(ReadError),
}

/// Writes one frame, without copying it.
pub(crate) async fn write_frame(stream: &mut SendStream, frame: Vec<u8>) -> Result<(), WriteError> {
    let length = u32::try_from(frame.len()).expect("invariant: the sender checked the frame against its bound");
    let mut parts = [length.to_be_bytes().to_vec().into(), frame.into()];
    stream.write_all_chunks(&mut parts).await
}

/// Reads the frames of one stream.
pub(crate) struct FrameReader {
    stream: RecvStream,
    bounds: Bounds,
}

impl FrameReader {
    pub(crate) fn new(stream: RecvStream, bounds: Bounds) -> Self {
        Self { stream, bounds }
    }

    /// Tells the sender to stop, and why.
    pub(crate) fn stop(&mut self, code: crate::CloseCode) {
        let _ = self.stream.stop(code.varint());
    }

    /// The number at the beginning of a unidirectional stream.
    pub(crate) async fn read_channel(&mut self) -> Result<u32, FrameError> {
        let mut preface = [0; CHANNEL_PREFACE_BYTES];
        let deadline = self.frame_deadline();
        match self.fill(&mut preface, Some(deadline)).await? {
            true => Ok(u32::from_be_bytes(preface)),
            false => Err(FrameError::Truncated { missing: CHANNEL_PREFACE_BYTES }),
        }
    }

    /// The next frame, or `None` where the stream ends in good order. Waits without limit for a frame to begin, and no longer
    /// than the bounds say for it to end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        let mut prefix = [0; FRAME_PREFIX_BYTES];
        if !self.fill(&mut prefix, None).await? {
            return Ok(None);
        }
        let announced = u32::from_be_bytes(prefix);
        let length = announced as usize;
        if length > self.bounds.frame_bytes {
            return Err(FrameError::Oversize { announced });
        }
        let deadline = self.frame_deadline();
        let mut frame = Vec::with_capacity(length.min(FRAME_GROWTH_BYTES));
        while frame.len() < length {
            let missing = length - frame.len();
            let chunk = self.chunk(missing, Some(deadline)).await?.ok_or(FrameError::Truncated { missing })?;
            if chunk.bytes.len() > frame.capacity() - frame.len() {
                let growth = missing.min(frame.len().max(FRAME_GROWTH_BYTES)).max(chunk.bytes.len());
                frame.reserve_exact(growth);
            }
            frame.extend_from_slice(&chunk.bytes);
        }
        Ok(Some(frame))
    }

    /// Fills `buffer`; `false` when the stream ends before its first byte. Without a deadline one begins with that byte.
    async fn fill(&mut self, buffer: &mut [u8], mut deadline: Option<Instant>) -> Result<bool, FrameError> {
        let mut filled = 0;
        while filled < buffer.len() {
            let missing = buffer.len() - filled;
            let Some(chunk) = self.chunk(missing, deadline).await? else {
                return if filled == 0 { Ok(false) } else { Err(FrameError::Truncated { missing }) };
            };
            let end = filled + chunk.bytes.len();
            buffer[filled..end].copy_from_slice(&chunk.bytes);
            filled = end;
            deadline = deadline.or_else(|| Some(self.frame_deadline()));
        }
        Ok(true)
    }

    async fn chunk(&mut self, most: usize, deadline: Option<Instant>) -> Result<Option<Chunk>, FrameError> {
        let stall = self.bounds.frame_stall_deadline;
        let read = self.stream.read_chunk(most, true);
        let read = match deadline {
            None => read.await,
            Some(deadline) => {
                let until = deadline.min(after(stall));
                timeout_at(until, read).await.map_err(|_| FrameError::TooSlow)?
            }
        };
        read.map_err(FrameError::Stream)
    }

    fn frame_deadline(&self) -> Instant {
        after(self.bounds.frame_deadline)
    }
}

fn after(span: Duration) -> Instant {
    Instant::now() + span
}
