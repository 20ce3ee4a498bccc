//! The door by which other sites come in. Owns who is let in: a key that the roster names as a site's, and nobody else; a stranger
//! hears that it is not admitted, and nothing more.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::roster::Party;
use comptoir_transport::{BindError, CloseCode, Connection, Endpoint, Pin, Purpose};
use tokio::task::JoinSet;

use super::peers::{Place, Way};
use super::session;
use crate::doorway::{Opens, listen_problem};
use crate::limits::{DIRECT_BIND_AGAIN, DIRECT_BIND_TRIES, STOP_DEADLINE};
use crate::node::Node;
use crate::problem::{Code, Problem, told};

/// The door as [`crate::doorway::Doorway`] opens it.
pub struct SitesDoor {
    node: Arc<Node>,
}

impl SitesDoor {
    /// Of a node.
    pub fn new(node: Arc<Node>) -> Self {
        Self { node }
    }

    /// Shows every key of ours to whoever comes for it: not everybody has heard which one is at work.
    fn present(&self, endpoint: &Endpoint, address: SocketAddr) -> Result<(), BindError> {
        let presented = endpoint.present(&self.node.tls_keys());
        presented.map_err(|source| BindError::Setup { address, source })
    }

    /// A place for whoever connected; `None` when it was turned away.
    fn admit(&self, connection: Connection) -> Option<(Place, Connection)> {
        let refused = |code, reason| {
            self.node.direct().turns_away(connection.peer_address(), connection.peer_pin(), code);
            connection.close(code, reason);
            None
        };
        let Some(site) = named(&self.node, connection.peer_pin()) else {
            return refused(CloseCode::NotAdmitted, "no roster names this key");
        };
        match Place::enter(&self.node, site, Way::Accepted) {
            Some(place) => Some((place, connection)),
            None => refused(CloseCode::Busy, "no room for another session"),
        }
    }
}

/// The other site that holds this key, by our roster.
fn named(node: &Node, pin: Pin) -> Option<SiteId> {
    match node.roster().party(&pin.0) {
        Some(Party::Site(site)) if site != node.keys().site => Some(site),
        _ => None,
    }
}

impl Opens for SitesDoor {
    type Open = Endpoint;

    async fn open(&self, address: SocketAddr) -> Result<(SocketAddr, Endpoint), Problem> {
        let mut tries = 0;
        let opened = loop {
            let opened = Endpoint::server(address, &self.node.keys().tls, &[Purpose::Sync])
                .and_then(|endpoint| self.present(&endpoint, address).map(|()| endpoint));
            tries += 1;
            match &opened {
                // The socket of a door that was shut a moment ago is free when those who were there have been told.
                Err(BindError::Socket { source, .. })
                    if source.kind() == io::ErrorKind::AddrInUse && tries < DIRECT_BIND_TRIES =>
                {
                    tokio::time::sleep(DIRECT_BIND_AGAIN).await;
                }
                _ => break opened,
            }
        };
        let endpoint = opened.map_err(|error| match &error {
            BindError::Socket { address, source } => listen_problem(*address, source),
            BindError::Setup { .. } => Problem::from_error(Code::Internal, &error),
        })?;
        let at = endpoint.local_address().map_err(|error| listen_problem(address, &error))?;
        Ok((at, endpoint))
    }

    async fn serve(&self, endpoint: Endpoint) {
        let (stopping, mut sessions) = (self.node.stopping(), JoinSet::new());
        let mut changes = self.node.keyring().changes();
        loop {
            tokio::select! {
                () = stopping.cancelled() => break,
                connection = endpoint.accept() => {
                    let Some(connection) = connection else { break };
                    if let Some((place, connection)) = self.admit(connection) {
                        sessions.spawn(session::run(place, connection));
                    }
                }
                Some(_) = sessions.join_next(), if !sessions.is_empty() => {}
                Ok(()) = changes.changed() => {
                    if let Err(error) = self.present(&endpoint, ([0, 0, 0, 0], 0).into()) {
                        tracing::error!(error = %told(&error), "new keys are not shown to other sites yet");
                    }
                }
            }
        }
        let ended = async { while sessions.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_DEADLINE, ended).await.is_err() {
            tracing::debug!("not every session of another site ended in time");
        }
        endpoint.shut_down(CloseCode::ShuttingDown, "").await;
    }
}
