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
    /// The promise is 10,000; this many keep the test short.
    const STRANGERS: usize = 600;
    const SEED: u64 = 20_260_103;

    /// Completes handshake after handshake from one address of its own until it is stopped.
    async fn flood(address: SocketAddr, stranger: TlsIdentity) {
        let endpoint = quinn::Endpoint::client(SocketAddr::from((Ipv4Addr::new(127, 0, 0, 3), 0))).unwrap();
        let config = hand_made_client(Some(Impostor::new(&stranger, &stranger)), false);
        let mut attempts = JoinSet::new();
        for _ in 0..STRANGERS {
            let connecting = endpoint.connect_with(config.clone(), address, "x.example").unwrap();
            attempts.spawn(async move {
                if let Ok(quic) = connecting.await {
                    quic.closed().await;
                }
            });
        }
        while attempts.join_next().await.is_some() {}
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
        println!("seed {SEED}; {STRANGERS} strangers for the 10,000 of the promise");
        let server =
            Arc::new(Endpoint::server(any_port(), &TlsIdentity::generate().unwrap(), &[Purpose::Sync]).unwrap());
        let sites: Vec<TlsIdentity> = (0..SITES).map(|_| TlsIdentity::generate().unwrap()).collect();
        let mut missing: HashSet<_> = sites.iter().map(TlsIdentity::pin).collect();
        let began = Instant::now();
        let flooding = tokio::spawn(flood(server.local_address().unwrap(), TlsIdentity::generate().unwrap()));
        let mut coming = JoinSet::new();
        for (n, site) in sites.into_iter().enumerate() {
            coming.spawn(stay_connected(site, Arc::clone(&server), SEED + n as u64));
        }
        let mut admitted = Vec::new();
        while !missing.is_empty() {
            let connection = within(server.accept()).await.unwrap();
            if missing.remove(&connection.peer_pin()) {
                admitted.push(connection);
            } else {
                connection.close(CloseCode::NotAdmitted, "");
            }
        }
        println!("{SITES} sites are back after {:?}; {:?}", began.elapsed(), server.accept_counts());
        flooding.abort();
    }
}
