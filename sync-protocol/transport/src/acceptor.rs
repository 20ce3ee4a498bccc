//! The server's handshakes. Owns the task that takes first packets through the [`Gate`], finishes handshakes within their
//! deadline and hands connections to the application. Admits nobody: that is for the application.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::close::CloseCode;
use crate::connection::Connection;
use crate::gate::{Decision, Gate, Ticket};
use crate::limits::{Bounds, HANDSHAKE_DEADLINE};

/// Serves `endpoint` until it is closed. A connection that the application has not taken yet still holds its ticket.
pub(crate) async fn serve(
    endpoint: quinn::Endpoint,
    gate: Arc<Gate>,
    connections: mpsc::Sender<Connection>,
    bounds: Option<Bounds>,
) {
    let mut handshakes = JoinSet::new();
    loop {
        tokio::select! {
            incoming = endpoint.accept() => {
                let Some(incoming) = incoming else { break };
                let address = incoming.remote_address();
                let proven = incoming.remote_address_validated();
                match gate.decide(address.ip(), proven, endpoint.open_connections()) {
                    Decision::Handshake(ticket) => {
                        handshakes.spawn(handshake(incoming, ticket, Arc::clone(&gate), connections.clone(), bounds));
                    }
                    // A Retry is always possible for an address that is not proven.
                    Decision::Retry => drop(incoming.retry()),
                    Decision::Refuse => incoming.refuse(),
                }
            }
            Some(_) = handshakes.join_next() => {}
        }
    }
}

async fn handshake(
    incoming: quinn::Incoming,
    ticket: Ticket,
    gate: Arc<Gate>,
    connections: mpsc::Sender<Connection>,
    bounds: Option<Bounds>,
) {
    let address = incoming.remote_address();
    match timeout(HANDSHAKE_DEADLINE, incoming).await {
        Ok(Ok(quic)) => match Connection::established(quic.clone(), bounds) {
            Ok(connection) => {
                gate.connected.fetch_add(1, Ordering::Relaxed);
                let _ = connections.send(connection).await;
            }
            Err(gap) => {
                quic.close(CloseCode::Malformed.varint(), b"");
                failed(&gate, address, &gap);
            }
        },
        Ok(Err(error)) => failed(&gate, address, &error),
        Err(elapsed) => failed(&gate, address, &elapsed),
    }
    drop(ticket);
}

fn failed(gate: &Gate, address: SocketAddr, why: &dyn std::fmt::Display) {
    gate.failed.fetch_add(1, Ordering::Relaxed);
    tracing::debug!(%address, %why, "a handshake failed");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::Arc;
    use std::time::Instant;

    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use tokio::task::JoinSet;

    use crate::close::CloseCode;
    use crate::endpoint::Endpoint;
    use crate::identity::TlsIdentity;
    use crate::loopback::{Impostor, any_port, hand_made_client, within};
    use crate::purpose::Purpose;
    use crate::reconnect::Backoff;

    const SITES: usize = 20;
    /// All of the promise's: real handshakes of keys that nobody has admitted. Spoofed addresses are the gate's own tests.
    const STRANGERS: usize = 10_000;
    const AT_ONCE: usize = 200;
    const SEED: u64 = 20_260_103;

    /// Keeps many handshakes going from an address of its own, until it is stopped.
    async fn flood(address: SocketAddr, stranger: TlsIdentity) {
        let endpoint = quinn::Endpoint::client(SocketAddr::from((Ipv4Addr::new(127, 0, 0, 3), 0))).unwrap();
        let config = hand_made_client(Some(Impostor::new(&stranger, &stranger)), false);
        let mut attempts = JoinSet::new();
        loop {
            while attempts.len() < AT_ONCE {
                let connecting = endpoint.connect_with(config.clone(), address, "x.example").unwrap();
                attempts.spawn(async move {
                    if let Ok(quic) = connecting.await {
                        quic.closed().await;
                    }
                });
            }
            attempts.join_next().await;
        }
    }

    /// A site: connects, stays while it can, and connects again after a delay.
    async fn stay_connected(site: TlsIdentity, server: Arc<Endpoint>, seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut backoff = Backoff::new();
        let client = Endpoint::client(&site).unwrap();
        let address = server.local_address().unwrap();
        loop {
            match client.connect(address, server.pin(), Purpose::Sync).await {
                Ok(connection) => println!("site {seed}: {}", connection.closed().await),
                Err(error) => println!("site {seed}: {error}"),
            }
            tokio::time::sleep(backoff.next_delay(&mut rng)).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn f25_known_sites_reconnect_during_a_flood() {
        println!("seed {SEED}");
        let server =
            Arc::new(Endpoint::server(any_port(), &TlsIdentity::generate().unwrap(), &[Purpose::Sync]).unwrap());
        let sites: Vec<TlsIdentity> = (0..SITES).map(|_| TlsIdentity::generate().unwrap()).collect();
        let mut missing: HashSet<_> = sites.iter().map(TlsIdentity::pin).collect();
        let mut flooding = JoinSet::new();
        flooding.spawn(flood(server.local_address().unwrap(), TlsIdentity::generate().unwrap()));
        let (mut sites, mut began, mut admitted, mut strangers) = (Some(sites), None, Vec::new(), 0);
        while !missing.is_empty() || strangers < STRANGERS {
            let connection = within(server.accept()).await.unwrap();
            if missing.remove(&connection.peer_pin()) {
                admitted.push(connection);
                if missing.is_empty() {
                    let took = began.map(|began: Instant| began.elapsed()).unwrap_or_default();
                    println!("{SITES} sites are back after {took:?}");
                }
                continue;
            }
            connection.close(CloseCode::NotAdmitted, "");
            strangers += 1;
            // The sites come when the flood is at its height.
            if strangers >= AT_ONCE
                && let Some(sites) = sites.take()
            {
                began = Some(Instant::now());
                for (n, site) in sites.into_iter().enumerate() {
                    flooding.spawn(stay_connected(site, Arc::clone(&server), SEED + n as u64));
                }
            }
        }
        println!("{strangers} strangers were turned away; {:?}", server.accept_counts());
        flooding.shutdown().await;
    }
}
