//! The line of a simulated site: dialled, kept, dialled again when it breaks, with a word on how the site stands once a minute, as a node
//! does it. Owns the intervals; what stands in the store is the site's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use comptoir_sync_protocol::roster::Party;
use comptoir_sync_protocol::session::{Config, Event};
use comptoir_transport::{Backoff, CloseCode, Endpoint, Pin, Purpose, Wiring, drive};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::crowd::SimulatedSite;
use crate::processes::Failure;

/// As often as a node tells how it stands while nothing changes there, and as soon as it does after a change.
const REPORT_EVERY: Duration = Duration::from_secs(60);
const REPORT_AFTER_CHANGE: Duration = Duration::from_secs(3);
const EVENTS: usize = 16;

/// The relay, and who may claim it.
#[derive(Clone, Copy)]
pub(super) struct Relay {
    pub(super) address: SocketAddr,
    pub(super) pin: Pin,
    pub(super) claim: [u8; 16],
}

/// Keeps the line of each site until the token is cancelled. The first site claims the relay.
pub(super) fn keep(
    sites: &[Arc<SimulatedSite>],
    relay: Relay,
    stop: &CancellationToken,
    tasks: &mut JoinSet<Result<(), Failure>>,
) {
    for (number, site) in (0_u64..).zip(sites) {
        let (site, stop) = (Arc::clone(site), stop.clone());
        tasks.spawn(async move {
            let endpoint = Endpoint::client(&site.tls).map_err(|error| Failure::Wrong(error.to_string()))?;
            let mut rng = ChaCha20Rng::seed_from_u64(number);
            let mut backoff = Backoff::new();
            let claim = (number == 0).then_some(relay.claim);
            while !stop.is_cancelled() {
                if let Ok(connection) = endpoint.connect(relay.address, relay.pin, Purpose::Sync).await {
                    backoff.reset();
                    session(&site, connection, (relay.pin, claim), &stop).await;
                    site.known.send_replace(false);
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(backoff.next_delay(&mut rng)) => {}
                }
            }
            endpoint.shut_down(CloseCode::Done, "").await;
            Ok(())
        });
    }
}

async fn session(
    site: &Arc<SimulatedSite>,
    connection: comptoir_transport::Connection,
    (pin, claim): (Pin, Option<[u8; 16]>),
    stop: &CancellationToken,
) {
    let (events, queue) = mpsc::channel(EVENTS);
    let software = "comptoir-node 0.1.0".to_owned();
    let config = Config { local: Party::Site(site.id), peer_pin: pin.0, dialled: true, claim, software };
    let commits = site.commits.subscribe();
    let wiring = Wiring { store: site.clone(), commits, events: queue, shutdown: stop.clone() };
    let (sender, receiver) = connection.split();
    tokio::select! {
        end = drive(sender, receiver, config, wiring, None) => {
            // Each is a finding: nobody but the bench ends a line.
            if !stop.is_cancelled() {
                eprintln!("bench: a line ended: {end}");
            }
        }
        () = tell(site, events) => {}
    }
}

/// As a node tells it, for as long as the session lives.
async fn tell(site: &SimulatedSite, events: mpsc::Sender<Event>) {
    let (mut known, mut changes) = (site.known.subscribe(), site.commits.subscribe());
    loop {
        if known.wait_for(|known| *known).await.is_err() {
            return;
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        drop(events.send(Event::Health(site.report(now.as_millis() as i64))).await);
        tokio::select! {
            () = tokio::time::sleep(REPORT_EVERY) => {}
            _ = changes.recv() => tokio::time::sleep(REPORT_AFTER_CHANGE).await,
        }
        changes = changes.resubscribe();
    }
}
