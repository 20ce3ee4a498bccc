//! The way to other sites: dials those whose address is known, runs a session, waits, dials again. Owns the loops and their back-off.

use std::collections::BTreeMap;
use std::sync::Arc;

use comptoir_sync_protocol::SiteId;
use comptoir_transport::{Backoff, CloseCode, Connection, Endpoint, Pin, Purpose, TlsIdentity};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::peers::{Place, Way};
use super::session::{self, unreached};
use crate::api::events::Event;
use crate::custody::keyring::KeyTurn;
use crate::entropy;
use crate::node::Node;
use crate::problem::{plain, told};

/// Keeps sessions with the sites whose addresses are known until the node stops.
pub async fn run(node: Arc<Node>) {
    // Each attempt says by which key it is made.
    let endpoint = match Endpoint::client(&node.keys().tls) {
        Ok(endpoint) => Arc::new(endpoint),
        Err(error) => {
            tracing::error!(error = %told(&error), "no socket for other sites");
            return;
        }
    };
    let (stopping, mut changes) = (node.stopping(), node.direct().changed.subscribe());
    let (mut dialled, mut loops) = (BTreeMap::<SiteId, (String, CancellationToken)>::new(), JoinSet::new());
    loop {
        let wanted = node.direct().addresses();
        dialled.retain(|site, (address, stop)| {
            let stays = wanted.get(site) == Some(address);
            if !stays {
                stop.cancel();
            }
            stays
        });
        for (site, address) in wanted {
            dialled.entry(site).or_insert_with(|| {
                let stop = stopping.child_token();
                let line =
                    Line { node: Arc::clone(&node), endpoint: Arc::clone(&endpoint), site, address: address.clone() };
                loops.spawn(line.keep(stop.clone()));
                (address, stop)
            });
        }
        tokio::select! {
            () = stopping.cancelled() => break,
            // It is never closed: the node holds the sender.
            _ = changes.changed() => {}
            Some(_) = loops.join_next(), if !loops.is_empty() => {}
        }
    }
    while loops.join_next().await.is_some() {}
    endpoint.shut_down(CloseCode::Done, "").await;
}

/// The way to one site.
struct Line {
    node: Arc<Node>,
    endpoint: Arc<Endpoint>,
    site: SiteId,
    address: String,
}

impl Line {
    /// Dials until it is asked to stop. A session that is open then is ended by whoever asks for that, not by this.
    async fn keep(self, stop: CancellationToken) {
        let (mut backoff, mut key) = (Backoff::new(), KeyTurn::new(&self.node));
        loop {
            // One session with a site will do, whoever dialled.
            let free = self.node.direct().peers.free(self.site);
            if stop.run_until_cancelled(free).await.is_none() {
                return;
            }
            let Some(connected) = stop.run_until_cancelled(self.connect(&key.identity())).await else { return };
            if let Some((place, connection)) = connected {
                let ended = session::run(place, connection).await;
                if ended.lasted {
                    backoff.reset();
                }
                if ended.unknown {
                    key.is_unknown();
                }
            }
            let pause = tokio::time::sleep(backoff.next_delay(&mut entropy::os()));
            if stop.run_until_cancelled(pause).await.is_none() {
                return;
            }
        }
    }

    /// One attempt, by one of our keys.
    async fn connect(&self, identity: &TlsIdentity) -> Option<(Place, Connection)> {
        let (node, site) = (&self.node, self.site);
        let roster = node.roster();
        if roster.removal(&site).is_some() {
            return self.is_down("that site is suspended or revoked".to_owned());
        }
        let Some(pin) = roster.sites.get(&site).map(|site| Pin(site.keys.tls_pin)) else {
            return self.is_down("the roster names no such site any more".to_owned());
        };
        if node.direct().peers.is_dialled(site) {
            node.tell(Event::Status);
        }
        let connection = match self.endpoint.connect_host_as(identity, &self.address, pin, Purpose::Sync).await {
            Ok(connection) => connection,
            Err(error) => return self.is_down(unreached(&error)),
        };
        match Place::enter(node, site, Way::Dialled) {
            Some(place) => Some((place, connection)),
            None => {
                connection.close(CloseCode::Busy, "no room for another session");
                self.is_down("too many sessions with other sites are open".to_owned())
            }
        }
    }

    fn is_down<T>(&self, trouble: String) -> Option<T> {
        if self.node.direct().peers.is_down(self.site, trouble.clone()) {
            let site = self.node.code_of(self.site);
            tracing::info!(%site, address = %plain(&self.address), reason = %plain(&trouble), "another site is not reached");
            self.node.tell(Event::Status);
        }
        None
    }
}
