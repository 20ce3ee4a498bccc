//! A turnstile before the relay: carries datagrams both ways for whoever came while it was open, and for nobody who comes after it
//! was shut. So one site is cut off while the others keep their line. Owns its sockets and threads; never looks into a datagram.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Failure;

/// How soon a thread notices that it is to end.
const LOOK_UP: Duration = Duration::from_millis(200);
/// The largest datagram that is carried.
const MOST_BYTES: usize = 65_536;

/// The turnstile. Dropped, it carries nothing any more.
#[derive(Debug)]
pub struct Turnstile {
    /// Where the sites find the relay.
    pub address: String,
    shut: Arc<AtomicBool>,
    gone: Arc<AtomicBool>,
}

impl Turnstile {
    /// An open one before the relay that listens there.
    pub fn before(relay: &str) -> Result<Self, Failure> {
        let failed = |source| Failure::System { what: "cannot open a turnstile".to_owned(), source };
        let relay: SocketAddr = relay.parse().map_err(|_| Failure::Wrong(format!("{relay} is no address")))?;
        let outer = bound().map_err(failed)?;
        let address = outer.local_addr().map_err(failed)?.to_string();
        let (shut, gone) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (its_shut, its_gone) = (Arc::clone(&shut), Arc::clone(&gone));
        std::thread::spawn(move || carry_in(&Arc::new(outer), relay, &its_shut, &its_gone));
        Ok(Self { address, shut, gone })
    }

    /// Lets nobody through who has not come before.
    pub fn shut(&self) {
        self.shut.store(true, Ordering::Relaxed);
    }

    /// Lets everybody through.
    pub fn open(&self) {
        self.shut.store(false, Ordering::Relaxed);
    }
}

impl Drop for Turnstile {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}

fn bound() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(LOOK_UP))?;
    Ok(socket)
}

/// What sites send, to the relay: each through a socket of its own, by which its answers come back.
fn carry_in(outer: &Arc<UdpSocket>, relay: SocketAddr, shut: &AtomicBool, gone: &Arc<AtomicBool>) {
    let mut ways: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
    let mut bytes = vec![0; MOST_BYTES];
    while !gone.load(Ordering::Relaxed) {
        let Ok((length, from)) = outer.recv_from(&mut bytes) else { continue };
        let way = match ways.entry(from) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if shut.load(Ordering::Relaxed) => continue,
            Entry::Vacant(new) => {
                let Ok(way) = bound().map(Arc::new) else { continue };
                let (back, outer, gone) = (Arc::clone(&way), Arc::clone(outer), Arc::clone(gone));
                std::thread::spawn(move || carry_out(&back, &outer, from, &gone));
                new.insert(way)
            }
        };
        // A datagram may be lost: that is what they are.
        drop(way.send_to(&bytes[..length], relay));
    }
}

/// What the relay answers, to the site.
fn carry_out(way: &UdpSocket, outer: &UdpSocket, site: SocketAddr, gone: &AtomicBool) {
    let mut bytes = vec![0; MOST_BYTES];
    while !gone.load(Ordering::Relaxed) {
        if let Ok((length, _)) = way.recv_from(&mut bytes) {
            drop(outer.send_to(&bytes[..length], site));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_came_before_it_was_shut_goes_through_and_nobody_else() {
        let relay = bound().unwrap();
        let turnstile = Turnstile::before(&relay.local_addr().unwrap().to_string()).unwrap();
        let asks = |site: &UdpSocket, word: &[u8]| {
            site.send_to(word, &turnstile.address).unwrap();
            let mut bytes = [0; 8];
            let (length, from) = relay.recv_from(&mut bytes).ok()?;
            relay.send_to(b"yes", from).unwrap();
            let mut answer = [0; 8];
            let (answered, _) = site.recv_from(&mut answer).ok()?;
            (&bytes[..length] == word && &answer[..answered] == b"yes").then_some(())
        };
        let (known, stranger) = (bound().unwrap(), bound().unwrap());
        let through = |site, word: &[u8]| (0..50).any(|_| asks(site, word).is_some());
        assert!(through(&known, b"one"));
        turnstile.shut();
        assert!(asks(&stranger, b"two").is_none() && through(&known, b"three"));
        turnstile.open();
        assert!(through(&stranger, b"four"));
    }
}
