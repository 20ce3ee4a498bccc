//! How this site stands, in counts, places and the program's own words, as headquarters sees it on the relay. Owns what is told and when: soon after the node's
//! status changed, and at intervals while it does not. Never tells what a record says.

use std::convert::Infallible;
use std::sync::Arc;

use comptoir_daemon::os;
use comptoir_replica::{SetAside, StorageError};
use comptoir_sync_protocol::health::{Health, HealthReport, ScopeHealth, SetAsideHealth};
use comptoir_sync_protocol::limits::MAX_SET_ASIDE_TOLD;
use comptoir_sync_protocol::session;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::api::events::Event;
use crate::clock;
use crate::journal::Journal;
use crate::limits::{HEALTH_INTERVAL, HEALTH_PAUSE};
use crate::node::Node;
use crate::problem::told;
use crate::sync::{NodeStore, SOFTWARE};

/// Tells the relay at the other end of a session, once it is known, for as long as this is polled.
pub async fn tell(node: &Arc<Node>, store: &NodeStore, session: mpsc::Sender<session::Event>) -> Infallible {
    let mut news = node.listen();
    loop {
        let at = Instant::now();
        if store.was_identified() {
            let asked = Arc::clone(node);
            match tokio::task::spawn_blocking(move || report(&asked)).await {
                // Where the session has ended, nobody polls this again.
                Ok(Ok(Some(report))) => drop(session.send(session::Event::Health(report)).await),
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::warn!(error = %told(&error), "how this site stands could not be read"),
                Err(_) => tracing::error!("reading how this site stands failed"),
            }
        }
        sleep_until(at + HEALTH_PAUSE).await;
        // Until the status changes or the time is up, whichever comes first.
        let changed = async {
            while !matches!(news.recv().await, Ok(Event::Status) | Err(broadcast::error::RecvError::Lagged(_))) {}
        };
        drop(timeout_at(at + HEALTH_INTERVAL, changed).await);
    }
}

/// Signed with the key that the roster names; nothing where it names none that is here.
fn report(node: &Node) -> Result<Option<HealthReport>, StorageError> {
    let site = node.own_site().and_then(|site| Some((node.keyring().at_work(&site.keys)?, site.id)));
    let Some((keys, site)) = site else { return Ok(None) };
    Ok(Some(HealthReport::sign(&node.roster().organisation, site, &of(node)?, &keys.signing)))
}

/// How the site stands now.
///
/// # Errors
/// When the store fails.
pub fn of(node: &Node) -> Result<Health, StorageError> {
    let replica = node.replica();
    let (view, count) = (replica.view(), |len: usize| len as u64);
    let (quarantined, parked) = (replica.quarantined()?, replica.parked()?);
    let told = |parked: bool| {
        move |entry: &SetAside| SetAsideHealth {
            scope: entry.scope,
            head: entry.head,
            code: entry.code.clone(),
            parked,
        }
    };
    let set_aside = quarantined.iter().map(told(false)).chain(parked.iter().map(told(true)));
    Ok(Health {
        at_ms: clock::now_ms(),
        software: SOFTWARE.to_owned(),
        outbox_entries: replica.outbox_len()?,
        inbox_items: node.open_items()?,
        conflicts: count(replica.conflicts()?.len()),
        quarantined_entries: count(quarantined.len()),
        parked_entries: count(parked.len()),
        waiting_entries: count(replica.waiting()?.len()),
        store_bytes: node.data().replica_bytes(),
        disk_free_bytes: os::free_bytes(node.data().path()).ok(),
        restored: node.is_restored(),
        forks: count(replica.forks()?.len()),
        scopes: view
            .vectors
            .iter()
            .map(|(scope, vector)| ScopeHealth { scope: *scope, entries: vector.entries() })
            .collect(),
        set_aside: Some(set_aside.take(MAX_SET_ASIDE_TOLD).collect()),
        backup_at_ms: node.backups.last().map(|last| last.at_ms),
        journal: Some(Journal::of_process().lines()),
    })
}
