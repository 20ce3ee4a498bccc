//! The ledger: what somebody was told is kept, by whom, kept beside the program and by code of its own.
//!
//! Owns promises (an acknowledged command, an acknowledgement to a peer, a receipt), the one hash at each place of each log,
//! and what each outbox should hold. Never asks the program what it thinks of itself: it is handed what was said.

use std::collections::BTreeMap;
use std::sync::Arc;

use comptoir_sync_protocol::{Hash, LogHead, ScopeId, Vector, Writer};

use super::failure::Failure;

/// One log.
type Log = (ScopeId, Writer);
/// Sites by number from 1; 0 is the relay.
pub type Host = usize;
/// What a host holds, by its own word.
pub type Vectors = BTreeMap<ScopeId, Arc<Vector>>;

/// All promises of one simulation.
#[derive(Default)]
pub struct Ledger {
    places: BTreeMap<(Log, u64), Hash>,
    promised: BTreeMap<Host, BTreeMap<Log, u64>>,
    own: BTreeMap<Host, BTreeMap<Log, u64>>,
    receipted: BTreeMap<Host, BTreeMap<Log, u64>>,
}

impl Ledger {
    /// Somebody showed an entry at a place.
    pub fn see(&mut self, scope: ScopeId, head: &LogHead) -> Result<(), Failure> {
        let known = *self.places.entry(((scope, head.writer), head.seq)).or_insert(head.hash);
        if known == head.hash {
            return Ok(());
        }
        Err(Failure::TwoHashes(format!("{scope} {} seq {}: {known} and {}", head.writer, head.seq, head.hash)))
    }

    /// A host told somebody that it holds a log durably up to here.
    pub fn promise(&mut self, host: Host, scope: ScopeId, head: &LogHead) -> Result<(), Failure> {
        self.see(scope, head)?;
        raise(self.promised.entry(host).or_default(), (scope, head.writer), head.seq);
        Ok(())
    }

    /// A site wrote entries of its own up to here.
    pub fn wrote(&mut self, host: Host, scope: ScopeId, head: &LogHead) -> Result<(), Failure> {
        raise(self.own.entry(host).or_default(), (scope, head.writer), head.seq);
        self.promise(host, scope, head)
    }

    /// How far a site's own logs are known to go.
    pub fn written(&self, host: Host, scope: ScopeId, writer: Writer) -> u64 {
        self.own.get(&host).and_then(|logs| logs.get(&(scope, writer))).copied().unwrap_or(0)
    }

    /// A site stored a receipt.
    pub fn receipted(&mut self, host: Host, scope: ScopeId, head: &LogHead) {
        raise(self.receipted.entry(host).or_default(), (scope, head.writer), head.seq);
    }

    /// What a site's outbox must hold: what it wrote and has no receipt for.
    pub fn outbox(&self, host: Host) -> u64 {
        let receipted = self.receipted.get(&host);
        let left = |(log, seq): (&Log, &u64)| {
            seq.saturating_sub(receipted.and_then(|logs| logs.get(log)).copied().unwrap_or(0))
        };
        self.own.get(&host).map_or(0, |logs| logs.iter().map(left).sum())
    }

    /// A host shows what it holds: all that it promised must be there.
    pub fn check_held(&mut self, host: Host, vectors: &Vectors) -> Result<(), Failure> {
        for (scope, vector) in vectors {
            for head in vector.heads() {
                self.see(*scope, &head)?;
            }
        }
        for ((scope, writer), promised) in self.promised.get(&host).into_iter().flatten() {
            let held = vectors.get(scope).map_or(0, |vector| vector.seq(writer));
            if held < *promised {
                let said = format!("host {host} promised {scope} {writer} up to {promised} and holds {held}");
                return Err(if host == 0 { Failure::Receipt(said) } else { Failure::Lost(said) });
            }
        }
        Ok(())
    }

    /// The relay's store was taken away on purpose: it cannot keep what it promised, and the sites must.
    pub fn forgive(&mut self, host: Host) {
        self.promised.remove(&host);
    }

    /// Entries known in all.
    pub fn entries(&self) -> u64 {
        self.own.values().flat_map(BTreeMap::values).sum()
    }
}

fn raise(logs: &mut BTreeMap<Log, u64>, log: Log, seq: u64) {
    let known = logs.entry(log).or_default();
    *known = seq.max(*known);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_sync_protocol::{Epoch, SiteId};

    use super::*;

    const SCOPE: ScopeId = ScopeId([1; 16]);

    fn head(seq: u64, hash: u8) -> LogHead {
        LogHead { writer: Writer { site: SiteId([7; 16]), epoch: Epoch([1; 8]) }, seq, hash: Hash([hash; 32]) }
    }

    fn vectors(head: LogHead) -> Vectors {
        [(SCOPE, Arc::new([head].into_iter().collect::<Vector>()))].into()
    }

    #[test]
    fn a_second_hash_is_found() {
        let mut ledger = Ledger::default();
        ledger.see(SCOPE, &head(1, 1)).unwrap();
        ledger.see(SCOPE, &head(1, 1)).unwrap();
        assert!(matches!(ledger.see(SCOPE, &head(1, 2)), Err(Failure::TwoHashes(_))));
        assert!(matches!(ledger.check_held(1, &vectors(head(1, 2))), Err(Failure::TwoHashes(_))));
    }

    #[test]
    fn a_broken_promise_is_found() {
        let mut ledger = Ledger::default();
        ledger.wrote(1, SCOPE, &head(2, 2)).unwrap();
        ledger.promise(0, SCOPE, &head(2, 2)).unwrap();
        ledger.check_held(1, &vectors(head(2, 2))).unwrap();
        assert!(matches!(ledger.check_held(1, &vectors(head(1, 1))), Err(Failure::Lost(_))));
        assert!(matches!(ledger.check_held(0, &Vectors::new()), Err(Failure::Receipt(_))));
        ledger.forgive(0);
        ledger.check_held(0, &Vectors::new()).unwrap();
    }

    #[test]
    fn the_outbox_is_what_has_no_receipt() {
        let mut ledger = Ledger::default();
        ledger.wrote(1, SCOPE, &head(5, 5)).unwrap();
        assert_eq!((ledger.outbox(1), ledger.outbox(2), ledger.entries()), (5, 0, 5));
        ledger.receipted(1, SCOPE, &head(3, 3));
        ledger.receipted(1, SCOPE, &head(2, 2));
        assert_eq!(ledger.outbox(1), 2);
        assert_eq!(ledger.written(1, SCOPE, head(1, 1).writer), 5);
    }
}
