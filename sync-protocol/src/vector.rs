//! Vectors: how far each log of a scope is held; and the digests that compare them in 32 bytes.
//! Owns comparison. Waiting entries are never part of a vector; quarantined and parked ones are.

use std::collections::BTreeMap;

use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::header::LogHead;
use crate::ids::{Hash, ScopeId, Writer, hash};
use crate::limits;

/// How far each log of one scope is held, without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vector(BTreeMap<Writer, (u64, Hash)>);

impl Vector {
    /// The head of one log.
    pub fn get(&self, writer: &Writer) -> Option<LogHead> {
        self.0.get(writer).map(|&(seq, hash)| LogHead { writer: *writer, seq, hash })
    }

    /// How many entries of one log are held.
    pub fn seq(&self, writer: &Writer) -> u64 {
        self.0.get(writer).map_or(0, |(seq, _)| *seq)
    }

    /// All heads, by writer.
    pub fn heads(&self) -> impl ExactSizeIterator<Item = LogHead> + '_ {
        self.0.iter().map(|(&writer, &(seq, hash))| LogHead { writer, seq, hash })
    }

    /// How many entries are held in all.
    pub fn entries(&self) -> u64 {
        self.0.values().map(|(seq, _)| seq).sum()
    }

    /// Moves a log's head forward; an older head changes nothing.
    pub fn advance(&mut self, head: LogHead) {
        if head.seq > self.seq(&head.writer) {
            self.0.insert(head.writer, (head.seq, head.hash));
        }
    }

    /// Sets a log's head, back if need be; `None` forgets the log.
    pub fn set(&mut self, writer: Writer, head: Option<LogHead>) {
        match head {
            Some(head) => self.0.insert(writer, (head.seq, head.hash)),
            None => self.0.remove(&writer),
        };
    }

    /// Whether everything that `other` holds is held here, by length alone.
    pub fn covers(&self, other: &Vector) -> bool {
        other.0.iter().all(|(writer, (seq, _))| self.seq(writer) >= *seq)
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 32 bytes that two holders of equal vectors share. What is wanted again (lost payloads) makes a difference too.
    pub fn digest(&self, scope: &ScopeId, wanted: &[Hash]) -> Hash {
        let mut bytes = Vec::with_capacity(64 * self.0.len());
        for (writer, (seq, hash)) in &self.0 {
            bytes.extend_from_slice(&writer.site.0);
            bytes.extend_from_slice(&writer.epoch.0);
            bytes.extend_from_slice(&seq.to_be_bytes());
            bytes.extend_from_slice(&hash.0);
        }
        let wanted: Vec<u8> = wanted.iter().flat_map(|hash| hash.0).collect();
        hash("comptoir 2026 scope digest", &[&scope.0, &bytes, &wanted])
    }
}

impl FromIterator<LogHead> for Vector {
    fn from_iter<T: IntoIterator<Item = LogHead>>(heads: T) -> Self {
        let mut vector = Self::default();
        heads.into_iter().for_each(|head| vector.advance(head));
        vector
    }
}

/// One digest over the digests of all common scopes.
pub fn digest_of_all<'a>(scopes: impl IntoIterator<Item = (&'a ScopeId, &'a Hash)>) -> Hash {
    let mut bytes = Vec::new();
    for (scope, digest) in scopes {
        bytes.extend_from_slice(&scope.0);
        bytes.extend_from_slice(&digest.0);
    }
    hash("comptoir 2026 digest of all scopes", &[&bytes])
}

impl<C> Encode<C> for Vector {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(self.0.len() as u64)?;
        for head in self.heads() {
            e.encode_with(head, ctx)?;
        }
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Vector {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let count = d.array()?.ok_or_else(|| minicbor::decode::Error::message("a vector of unknown length"))?;
        if count > limits::MAX_LOGS_PER_VECTOR as u64 {
            return Err(minicbor::decode::Error::message("a vector of too many logs"));
        }
        let mut vector = Self::default();
        let mut last = None;
        for _ in 0..count {
            let head: LogHead = d.decode_with(ctx)?;
            if last.is_some_and(|last| last >= head.writer) || head.seq == 0 {
                return Err(minicbor::decode::Error::message("a vector out of order"));
            }
            last = Some(head.writer);
            vector.advance(head);
        }
        Ok(vector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;
    use crate::ids::{Epoch, SiteId};

    fn head(site: u8, seq: u64) -> LogHead {
        let writer = Writer { site: SiteId([site; 16]), epoch: Epoch([1; 8]) };
        LogHead { writer, seq, hash: Hash([seq as u8; 32]) }
    }

    #[test]
    fn covers_compares_each_log() {
        let long: Vector = [head(1, 5), head(2, 1)].into_iter().collect();
        let wide: Vector = [head(1, 4), head(3, 1)].into_iter().collect();
        assert!(long.covers(&long) && !long.covers(&wide) && !wide.covers(&long));
        assert!(long.covers(&Vector::default()));
    }

    #[test]
    fn digest_tells_order_of_nothing_but_content_of_all() {
        let scope = ScopeId([1; 16]);
        let one: Vector = [head(1, 5), head(2, 1)].into_iter().collect();
        let two: Vector = [head(2, 1), head(1, 5)].into_iter().collect();
        assert_eq!(one.digest(&scope, &[]), two.digest(&scope, &[]));
        assert_ne!(one.digest(&scope, &[]), one.digest(&ScopeId([2; 16]), &[]));
        assert_ne!(one.digest(&scope, &[]), one.digest(&scope, &[Hash([1; 32])]));
    }

    #[test]
    fn disorder_and_excess_are_malformed() {
        let bytes = codec::to_bytes(&vec![head(2, 1), head(1, 1)]);
        assert!(codec::from_bytes::<Vector>("vector", &bytes).is_err());
        let bytes = codec::to_bytes(&vec![head(1, 1), head(2, 1)]);
        assert!(codec::from_bytes::<Vector>("vector", &bytes).is_ok());
        assert!(codec::from_bytes::<Vector>("vector", &[0x9a, 0xff, 0xff, 0xff, 0xff]).is_err());
    }
}
