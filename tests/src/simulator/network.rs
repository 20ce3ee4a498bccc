//! The network between two ends: a queue for each channel and direction, with seeded delays.
//!
//! Owns order (within a channel it is kept, channels overtake each other) and loss (a connection ends with everything that
//! is under way, as QUIC's does). Never looks into a frame.

use std::collections::{BTreeMap, VecDeque};

use super::chance::Chance;
use super::limits;

/// One of the two ends of a connection.
pub type Side = usize;

/// Frames under way, by the side that they travel to and the channel.
#[derive(Default)]
pub struct Wire {
    queues: BTreeMap<(Side, u32), VecDeque<Vec<u8>>>,
    /// When the last frame of a channel arrives: the next one comes no sooner.
    last_ms: BTreeMap<(Side, u32), u64>,
    cut: bool,
    sent_bytes: u64,
    sent_frames: u64,
}

impl Wire {
    /// Sends a frame to `side`; says when it arrives, or that it never will.
    pub fn send(
        &mut self,
        (side, channel): (Side, u32),
        bytes: Vec<u8>,
        (now_ms, mean_ms): (u64, u64),
        chance: &mut Chance,
    ) -> Option<u64> {
        if self.cut {
            return None;
        }
        self.sent_bytes += bytes.len() as u64;
        self.sent_frames += 1;
        let delay_ms = 1 + mean_ms / 2 + chance.below(mean_ms * limits::DELAY_SPREAD_PERCENT / 100 + 1);
        let last_ms = self.last_ms.entry((side, channel)).or_default();
        *last_ms = (*last_ms).max(now_ms + delay_ms);
        self.queues.entry((side, channel)).or_default().push_back(bytes);
        Some(*last_ms)
    }

    /// The frame that arrives next on a channel.
    pub fn arrive(&mut self, side: Side, channel: u32) -> Option<Vec<u8>> {
        self.queues.get_mut(&(side, channel))?.pop_front()
    }

    /// The connection is gone: what was under way never arrives, and nothing more is taken.
    pub fn cut(&mut self) {
        self.cut = true;
        self.queues.clear();
    }

    /// Whether it is gone.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Bytes and frames taken, both ways.
    pub fn sent(&self) -> (u64, u64) {
        (self.sent_bytes, self.sent_frames)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_channel_keeps_its_order_and_channels_overtake() {
        let (mut wire, mut chance) = (Wire::default(), Chance::seeded(1));
        let mut overtaken = false;
        let mut last = [0; 3];
        for sent in 0..200_u8 {
            let channel = u32::from(sent % 3);
            let at = wire.send((1, channel), vec![sent], (u64::from(sent), 50), &mut chance).unwrap();
            assert!(at >= last[channel as usize]);
            overtaken |= last.iter().any(|other| *other > at);
            last[channel as usize] = at;
        }
        assert!(overtaken);
        assert_eq!(wire.arrive(1, 0).unwrap(), [0]);
        assert_eq!(wire.arrive(1, 0).unwrap(), [3]);
        assert_eq!(wire.arrive(0, 0), None);
        assert_eq!(wire.sent(), (200, 200));
        wire.cut();
        assert!(wire.is_cut() && wire.arrive(1, 1).is_none());
        assert_eq!(wire.send((1, 0), vec![1], (500, 1), &mut chance), None);
    }
}
