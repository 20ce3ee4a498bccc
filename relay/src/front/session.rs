//! One sync session: its place, its store as the driver sees it, and its end. Owns the wiring between driver, core and
//! mailbox; judges no entry.

use std::sync::{Arc, OnceLock, Weak};

use comptoir_sync_protocol::console::ConsoleAnswer;
use comptoir_sync_protocol::frame::{Frame, JoinAnswer};
use comptoir_sync_protocol::health::HealthReport;
use comptoir_sync_protocol::roster::{self, Party};
use comptoir_sync_protocol::session::{Admitted, Config, Event, LocalView};
use comptoir_sync_protocol::{Entry, Hash, LogHead, ScopeId, SiteId, Vector};
use comptoir_transport::{
    CloseCode, Connection, Notice, Pin, Receiver, Sender, SessionEnd, SessionStore, StoreFailure, Wiring, drive,
};
use tokio::sync::{mpsc, watch};

use super::Front;
use super::registry::{Kind, Place};
use crate::admin::events::{Enrolment, Event as _, HealthReport as Report, SessionEnded, TurnedAway};
use crate::changes::Topic;
use crate::core::RelayCore;
use crate::limits::{EVENT_QUEUE_EVENTS, STRANGER_DEADLINE};
use crate::{SOFTWARE, clock};

/// Serves a connection of a relay that belongs to somebody.
pub(super) async fn serve(front: Arc<Front>, core: Arc<RelayCore>, connection: Connection) {
    let kind = match core.roster().party(&connection.peer_pin().0) {
        Some(_) => Kind::Named,
        None => Kind::Stranger,
    };
    let Some(place) = front.registry.enter(kind, connection.peer_pin(), connection.peer_address()) else {
        front.meters.count(TurnedAway::NoRoom);
        return connection.close(CloseCode::Busy, "no room for another session");
    };
    let (sender, receiver) = connection.split();
    run(front, core, place, (sender, receiver), None).await;
}

/// Runs a session to its end. `first` is the hello, where it was read before.
pub(super) async fn run(
    front: Arc<Front>,
    core: Arc<RelayCore>,
    place: Place,
    (sender, receiver): (Sender, Receiver),
    first: Option<Frame>,
) {
    let peer_pin = sender.peer_pin();
    let peer_address = sender.peer_address();
    let (events, queue) = mpsc::channel(EVENT_QUEUE_EVENTS);
    place.set_line(sender.clone());
    place.set_events(events.clone());
    let (named, is_named) = watch::channel(false);
    // Before the view is taken, so that no commit falls between.
    let commits = core.subscribe();
    let config = Config {
        local: core.party(),
        peer_pin: peer_pin.0,
        dialled: false,
        claim: None,
        software: SOFTWARE.to_owned(),
    };
    let store = PeerStore { front: Arc::downgrade(&front), core, place, events, named, party: OnceLock::new() };
    let store = Arc::new(store);
    let wiring = Wiring { store: store.clone(), commits, events: queue, shutdown: front.stop.child_token() };
    let line = sender.clone();
    let end = tokio::select! {
        end = drive(sender, receiver, config, wiring, first) => end,
        () = overdue(is_named) => {
            front.meters.count(TurnedAway::Unnamed);
            tracing::info!(peer = %peer_address, pin = %peer_pin.short(), "a stranger brought no roster that names it");
            return line.close(CloseCode::NotAdmitted, "no roster names this key");
        }
    };
    if let Some(party) = store.party.get() {
        store.seen(&front, *party);
    }
    report(&front, peer_pin, &end);
    front.meters.count(SessionEnded::from(&end));
    if let SessionEnd::Store(failure) = end {
        front.fail(failure);
    }
}

/// Returns when a peer has not been named in time; never once it was.
async fn overdue(mut is_named: watch::Receiver<bool>) {
    let named = is_named.wait_for(|named| *named);
    if tokio::time::timeout(STRANGER_DEADLINE, named).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

fn report(front: &Front, pin: Pin, end: &SessionEnd) {
    let reason = SessionEnded::from(end).word();
    match end {
        SessionEnd::Store(failure) => {
            tracing::error!(pin = %pin.short(), error = ?failure, "the store failed: the relay stops");
        }
        SessionEnd::Here(_) | SessionEnd::Receive(_) | SessionEnd::Send(_) | SessionEnd::FellBehind => {
            tracing::warn!(pin = %pin.short(), reason, %end, "a session ended");
        }
        SessionEnd::Connection(_) | SessionEnd::Shutdown => {
            tracing::debug!(pin = %pin.short(), reason, %end, stopping = front.stop.is_cancelled(), "a session ended");
        }
    }
}

/// The core, as one session's driver sees it.
struct PeerStore {
    front: Weak<Front>,
    core: Arc<RelayCore>,
    place: Place,
    events: mpsc::Sender<Event>,
    named: watch::Sender<bool>,
    party: OnceLock<Party>,
}

impl PeerStore {
    fn identified(&self, front: &Front, party: Party) {
        let site = if let Party::Site(site) = party { Some(site) } else { None };
        let headquarters = site.is_some_and(|site| is_headquarters(&self.core, site));
        self.place.identified(site, headquarters);
        self.named.send_replace(true);
        self.seen(front, *self.party.get_or_init(|| party));
        if headquarters {
            match front.mailbox().waiting() {
                Ok(requests) => {
                    let sent = requests.into_iter().map_while(|r| self.events.try_send(Event::JoinRequest(r)).ok());
                    (0..sent.count()).for_each(|_| front.meters.count(Enrolment::Forwarded));
                }
                Err(error) => tracing::error!(?error, "join requests could not be read"),
            }
        }
        match site.map(|site| front.site_is_here(site, headquarters)).transpose() {
            Ok(waiting) => {
                // What finds no room now is carried in the next session.
                let asked = waiting.into_iter().flatten().map(Event::ConsoleRequest);
                asked.for_each(|event| drop(self.events.try_send(event)));
            }
            Err(error) => tracing::error!(?error, "what the console asks could not be read"),
        }
    }

    fn answered_console(&self, front: &Front, peer: Option<Party>, answer: &ConsoleAnswer) {
        let headquarters = matches!(peer, Some(Party::Site(site)) if is_headquarters(&self.core, site));
        if let Err(error) = front.answered_by(peer, headquarters, answer) {
            tracing::error!(?error, "an answer to what the console asked could not be kept");
        }
    }

    fn seen(&self, front: &Front, party: Party) {
        let Party::Site(site) = party else { return };
        if let Err(error) = front.board().seen(&site, clock::now_ms()) {
            tracing::error!(?error, "when a site was here could not be kept");
        }
    }

    /// Only headquarters judges join requests.
    fn answered(&self, front: &Front, peer: Option<Party>, answer: JoinAnswer) {
        if !matches!(peer, Some(Party::Site(site)) if is_headquarters(&self.core, site)) {
            tracing::warn!(?peer, "an answer to a join request came from somebody else than headquarters");
            return;
        }
        front.meters.count(Enrolment::Answered);
        if let Err(error) = front.mailbox().answer(answer, clock::now_ms()) {
            tracing::error!(?error, "an answer to a join request could not be kept");
        }
        front.changes.tell(&[Topic::Relay]);
    }
}

/// What a site says of itself is shown at headquarters.
fn hear(front: &Front, core: &RelayCore, peer: Option<Party>, report: &HealthReport) {
    // Four bytes of length stand before a frame.
    front.meters.health_bytes(Frame::Health(report.clone()).encode().len() + 4);
    match front.board().hear((&core.roster(), &core.entries()), peer, report, clock::now_ms()) {
        Ok(_) => front.meters.count(Report::Taken),
        Err(refused) => {
            front.meters.count(Report::from(&refused));
            tracing::debug!(?peer, error = %refused, "a health report was not taken");
        }
    }
}

fn is_headquarters(core: &RelayCore, site: SiteId) -> bool {
    core.roster().is_headquarters(&site)
}

fn failure(error: crate::store::StoreError) -> StoreFailure {
    StoreFailure(Box::new(error))
}

impl SessionStore for PeerStore {
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
        let report = self.core.admit(peer, scope, entries).map_err(failure)?;
        if let Some(front) = self.front.upgrade() {
            front.meters.admitted(&report);
            front.set_full(report.full);
            match (report.stored_entries, scope == roster::scope_id()) {
                (0, _) => {}
                (_, true) => front.changes.tell(&[Topic::Sites, Topic::Relay]),
                (_, false) => front.changes.tell_figures(),
            }
        }
        for (head, code) in &report.admitted.refused {
            tracing::warn!(?peer, %scope, writer = %head.writer, seq = head.seq, ?code, "entries refused");
        }
        Ok(report.admitted)
    }

    fn notice(&self, peer: Option<Party>, notice: Notice) -> Result<(), StoreFailure> {
        let Some(front) = self.front.upgrade() else { return Ok(()) };
        match notice {
            Notice::Identified(party) => self.identified(&front, party),
            Notice::JoinAnswer(answer) => self.answered(&front, peer, answer),
            Notice::ConsoleAnswer(answer) => self.answered_console(&front, peer, &answer),
            Notice::Health(report) => hear(&front, &self.core, peer, &report),
            Notice::PeerRefused { scope, head, code } => {
                tracing::warn!(?peer, %scope, writer = %head.writer, seq = head.seq, ?code, "a peer refused entries");
            }
            // Requests come by enrolment connections or from the console alone, receipts are given here, not taken, and no site is on this
            // side.
            Notice::JoinRequest(_)
            | Notice::ConsoleRequest(_)
            | Notice::Receipts(_)
            | Notice::Current
            | Notice::PeerHolds(_) => {}
        }
        Ok(())
    }
}
