//! Pasts: how much of each log of a scope stands behind an entry.
//! Owns the merge and the bytes at rest. Logs go by their local row numbers, so a past never leaves this database.

use std::collections::BTreeMap;

use crate::storage;

/// For each log (its row number) the greatest seq that stands in the past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Past(BTreeMap<i64, u64>);

impl Past {
    /// Whether this entry stands in the past.
    pub fn holds(&self, log: i64, seq: u64) -> bool {
        self.seq(log) >= seq
    }

    /// How much of one log.
    pub fn seq(&self, log: i64) -> u64 {
        self.0.get(&log).copied().unwrap_or(0)
    }

    pub fn add(&mut self, log: i64, seq: u64) {
        let known = self.0.entry(log).or_default();
        *known = seq.max(*known);
    }

    /// Forgets one log's entry again: what stands behind it remains.
    pub fn take_back(&mut self, log: i64, seq: u64) {
        match seq {
            0 | 1 => self.0.remove(&log),
            _ => self.0.insert(log, seq - 1),
        };
    }

    pub fn merge(&mut self, other: &Past) {
        other.0.iter().for_each(|(&log, &seq)| self.add(log, seq));
    }

    pub fn encode(&self) -> Vec<u8> {
        let flat: Vec<u64> = self.0.iter().flat_map(|(&log, &seq)| [log as u64, seq]).collect();
        comptoir_sync_protocol::codec::to_bytes(&flat)
    }

    pub fn decode(bytes: &[u8]) -> rusqlite::Result<Self> {
        let flat: Vec<u64> = comptoir_sync_protocol::codec::from_bytes("past", bytes).map_err(storage::damaged)?;
        Ok(Self(flat.chunks_exact(2).map(|pair| (pair[0] as i64, pair[1])).collect()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn merging_keeps_the_greatest_and_bytes_round_trip() {
        let mut one = Past::default();
        one.add(1, 5);
        one.add(2, 1);
        let mut other = Past::default();
        other.add(2, 7);
        other.add(3, 300);
        other.add(3, 2);
        one.merge(&other);
        assert!(one.holds(1, 5) && !one.holds(1, 6) && one.holds(2, 7) && one.holds(3, 300) && !one.holds(4, 1));
        assert_eq!(Past::decode(&one.encode()).unwrap(), one);
        assert!(Past::decode(&[0xff]).is_err());
    }
}
