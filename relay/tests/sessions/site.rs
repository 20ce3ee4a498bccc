//! A site as the relay meets it: a store of sealed logs and a session that dials. Owns no business and no replica: the relay cannot
//! tell the difference.

use std::net::SocketAddr;
use std::sync::Arc;

use comptoir_relay::core::{CoreIdentity, RelayCore};
use comptoir_relay::store::{Durability, StoreError};
use comptoir_sync_protocol::receipt::Receipt;
use comptoir_sync_protocol::roster::{self, Party};
use comptoir_sync_protocol::session::{Admitted, CloseReason, Config, Event, LocalView};
use comptoir_sync_protocol::{Entry, Hash, LogHead, OrganisationId, ScopeId, Vector};
use comptoir_transport::{
    CloseCode, Connection, Endpoint, Notice, Pin, Purpose, SessionEnd, SessionStore, StoreFailure, TlsIdentity, Wiring,
    drive,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::world::{World, within};

/// A site's store and key.
pub struct Site {
    pub core: Arc<RelayCore>,
    pub tls: TlsIdentity,
    party: Party,
    relay: Pin,
    _dir: tempfile::TempDir,
}

/// One session of it.
pub struct Line {
    pub notices: mpsc::UnboundedReceiver<Notice>,
    pub events: mpsc::Sender<Event>,
    stop: CancellationToken,
    task: JoinHandle<SessionEnd>,
}

impl Site {
    /// A member with an empty store.
    pub fn new(world: &World, index: usize) -> Self {
        let member = &world.members[index];
        Self::stranger(world, world.organisation.id, member.tls.clone(), Party::Site(member.id))
    }

    /// Whoever holds this key.
    pub fn stranger(world: &World, organisation: OrganisationId, tls: TlsIdentity, party: Party) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // The store of a relay is also one that a site could have, as far as sealed entries go.
        let identity =
            CoreIdentity { organisation, tls_pin: world.code.tls_pin, signing: world.members[0].signing.clone() };
        let core = RelayCore::open(dir.path(), identity, Durability::Off).unwrap();
        Self { core: Arc::new(core), tls, party, relay: Pin(world.code.tls_pin), _dir: dir }
    }

    /// Takes in what the site wrote, or was given.
    pub fn hold(&self, entries: &[Entry]) {
        for entry in entries {
            let scope = entry.header().scope;
            let report = self.core.admit(Some(self.party), scope, vec![entry.clone()]).unwrap();
            assert!(report.admitted.refused.is_empty(), "{:?}", report.admitted);
        }
    }

    pub fn with_roster(self, world: &World) -> Self {
        self.hold(&world.organisation.roster);
        self
    }

    /// How many entries it has of a scope.
    pub fn count(&self, scope: ScopeId) -> u64 {
        self.core.view().vectors.get(&scope).map_or(0, |vector| vector.entries())
    }

    pub fn roster_count(&self) -> u64 {
        self.count(roster::scope_id())
    }

    pub async fn connect(&self, address: SocketAddr, purpose: Purpose) -> (Endpoint, Connection) {
        let endpoint = Endpoint::client(&self.tls).unwrap();
        let connection = within("a connection", endpoint.connect(address, self.relay, purpose)).await.unwrap();
        (endpoint, connection)
    }

    /// Begins a session.
    pub async fn dial(&self, address: SocketAddr, claim: Option<[u8; 16]>) -> Line {
        let (endpoint, connection) = self.connect(address, Purpose::Sync).await;
        let commits = self.core.subscribe();
        let (tell, notices) = mpsc::unbounded_channel();
        let (events, queue) = mpsc::channel(16);
        let stop = CancellationToken::new();
        let config =
            Config { local: self.party, peer_pin: self.relay.0, dialled: true, claim, software: "a test".into() };
        let store = Arc::new(SiteStore { core: Arc::clone(&self.core), tell });
        let wiring = Wiring { store, commits, events: queue, shutdown: stop.clone() };
        let (sender, receiver) = connection.split();
        let task = tokio::spawn(async move {
            let end = drive(sender, receiver, config, wiring, None).await;
            endpoint.shut_down(CloseCode::Done, "").await;
            end
        });
        Line { notices, events, stop, task }
    }
}

impl Line {
    /// How the session ends by itself.
    pub async fn end(self) -> SessionEnd {
        within("the end of a session", self.task).await.unwrap()
    }

    /// What the relay said when it closed.
    pub async fn refusal(self) -> CloseCode {
        match self.end().await {
            SessionEnd::Connection(closed) => closed.by_peer().expect("closed in words").code,
            // Both sides find out at the same time: whoever is first says so.
            SessionEnd::Here(CloseReason::WrongOrganisation) => CloseCode::WrongOrganisation,
            SessionEnd::Here(CloseReason::NotAdmitted) => CloseCode::NotAdmitted,
            other => panic!("{other}"),
        }
    }

    pub async fn hang_up(self) {
        self.stop.cancel();
        self.end().await;
    }

    /// The next notice that `wanted` takes something from.
    pub async fn hear<T>(&mut self, what: &str, mut wanted: impl FnMut(Notice) -> Option<T>) -> T {
        within(what, async {
            loop {
                let notice = self.notices.recv().await.expect("the session goes on");
                if let Some(found) = wanted(notice) {
                    return found;
                }
            }
        })
        .await
    }

    pub async fn hear_receipts(&mut self) -> Vec<Receipt> {
        let receipts = |notice| if let Notice::Receipts(receipts) = notice { Some(receipts) } else { None };
        self.hear("receipts", receipts).await
    }

    pub async fn hear_current(&mut self) {
        self.hear("being current", |notice| matches!(notice, Notice::Current).then_some(())).await;
    }
}

struct SiteStore {
    core: Arc<RelayCore>,
    tell: mpsc::UnboundedSender<Notice>,
}

fn failure(error: StoreError) -> StoreFailure {
    StoreFailure(Box::new(error))
}

impl SessionStore for SiteStore {
    fn view(&self) -> Result<LocalView, StoreFailure> {
        Ok(self.core.view())
    }

    fn read(&self, scope: ScopeId, have: &Vector, most_bytes: usize) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure> {
        self.core.read(scope, have, most_bytes).map_err(failure)
    }

    fn read_wanted(&self, scope: ScopeId, wanted: &[Hash]) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure> {
        self.core.read_wanted(scope, wanted).map_err(failure)
    }

    fn admit(&self, peer: Option<Party>, scope: ScopeId, entries: Vec<Entry>) -> Result<Admitted, StoreFailure> {
        let mut admitted = self.core.admit(peer, scope, entries).map_err(failure)?.admitted;
        admitted.receipts.clear();
        Ok(admitted)
    }

    fn notice(&self, _peer: Option<Party>, notice: Notice) -> Result<(), StoreFailure> {
        let _ = self.tell.send(notice);
        Ok(())
    }
}
