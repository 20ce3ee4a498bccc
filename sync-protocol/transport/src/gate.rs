//! Who may begin a handshake. Owns the count of unfinished ones, in all and by address, and the decision; pure but for a mutex.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::limits;

/// What became of those who wanted to connect, since the endpoint began to listen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AcceptCounts {
    /// Handshakes that succeeded.
    pub connected: u64,
    /// Handshakes that failed or took too long.
    pub failed: u64,
    /// Asked to prove their address first (QUIC Retry).
    pub retried: u64,
    /// Turned away, because too many handshakes or connections were open.
    pub refused: u64,
}

/// What to do with a first packet.
#[derive(Debug)]
pub(crate) enum Decision {
    /// Do the handshake, and keep the ticket until it is over.
    Handshake(Ticket),
    /// Let the address prove itself.
    Retry,
    /// Turn it away.
    Refuse,
}

/// The gate of one listening endpoint.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    unfinished: Mutex<Unfinished>,
    pub(crate) connected: AtomicU64,
    pub(crate) failed: AtomicU64,
    retried: AtomicU64,
    refused: AtomicU64,
}

#[derive(Debug, Default)]
struct Unfinished {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Gate {
    /// Decides on a first packet from `address`; `proven` when the address has answered a Retry, `open` connections exist.
    pub(crate) fn decide(self: &Arc<Self>, address: IpAddr, proven: bool, open: usize) -> Decision {
        let address = host(address);
        let mut unfinished = self.lock();
        let of_address = unfinished.by_address.get(&address).copied().unwrap_or(0);
        if unfinished.total >= limits::MAX_UNFINISHED_HANDSHAKES
            || of_address >= limits::MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS
            || open >= limits::MAX_OPEN_CONNECTIONS
        {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Decision::Refuse;
        }
        if !proven && unfinished.total >= limits::MAX_UNFINISHED_HANDSHAKES / 2 {
            self.retried.fetch_add(1, Ordering::Relaxed);
            return Decision::Retry;
        }
        unfinished.total += 1;
        unfinished.by_address.insert(address, of_address + 1);
        Decision::Handshake(Ticket { gate: Arc::clone(self), address })
    }

    pub(crate) fn counts(&self) -> AcceptCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        AcceptCounts {
            connected: read(&self.connected),
            failed: read(&self.failed),
            retried: read(&self.retried),
            refused: read(&self.refused),
        }
    }

    #[cfg(test)]
    pub(crate) fn unfinished(&self) -> usize {
        self.lock().total
    }

    fn lock(&self) -> MutexGuard<'_, Unfinished> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One unfinished handshake; its place is free again when dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    gate: Arc<Gate>,
    address: IpAddr,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut unfinished = self.gate.lock();
        unfinished.total -= 1;
        if let Some(count) = unfinished.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                unfinished.by_address.remove(&self.address);
            }
        }
    }
}

/// Whoever has one IPv6 address has its /64.
fn host(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(n: usize) -> IpAddr {
        IpAddr::from([10, 0, u8::try_from(n / 256).unwrap(), u8::try_from(n % 256).unwrap()])
    }

    fn enter(gate: &Arc<Gate>, address: IpAddr, proven: bool) -> Option<Ticket> {
        match gate.decide(address, proven, 0) {
            Decision::Handshake(ticket) => Some(ticket),
            Decision::Retry | Decision::Refuse => None,
        }
    }

    #[test]
    fn f25_spoofed_addresses_hold_no_more_than_half() {
        let gate = Arc::new(Gate::default());
        let held: Vec<Ticket> = (0..10_000).filter_map(|n| enter(&gate, address(n), false)).collect();
        assert_eq!(held.len(), limits::MAX_UNFINISHED_HANDSHAKES / 2);
        assert!(enter(&gate, address(10_001), true).is_some(), "a proven address still comes in");
        assert_eq!(gate.counts().retried, 10_000 - held.len() as u64);
    }

    #[test]
    fn f25_the_count_is_bounded_and_places_come_back() {
        let gate = Arc::new(Gate::default());
        let held: Vec<Ticket> = (0..10_000).filter_map(|n| enter(&gate, address(n), true)).collect();
        assert_eq!(held.len(), limits::MAX_UNFINISHED_HANDSHAKES);
        assert!(matches!(gate.decide(address(1), true, 0), Decision::Refuse));
        drop(held);
        assert!(gate.lock().by_address.is_empty());
        assert!(enter(&gate, address(1), false).is_some());
    }

    #[test]
    fn f25_one_host_cannot_shut_out_the_others() {
        let gate = Arc::new(Gate::default());
        let v6 = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, 7, 0, 0, 1, n]);
        let held: Vec<Ticket> = (0..1_000).filter_map(|n| enter(&gate, v6(n), true)).collect();
        assert_eq!(held.len(), limits::MAX_UNFINISHED_HANDSHAKES_PER_ADDRESS);
        assert!(enter(&gate, address(1), true).is_some());
    }

    #[test]
    fn open_connections_are_bounded() {
        let gate = Arc::new(Gate::default());
        assert!(matches!(gate.decide(address(1), true, limits::MAX_OPEN_CONNECTIONS), Decision::Refuse));
        assert_eq!(gate.counts().refused, 1);
    }
}
