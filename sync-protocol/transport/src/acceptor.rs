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
