//! Who is connected: sessions by peer, strangers and enrolments by address, each within its bound. Owns the counts and the
//! places; a place is free again when its guard is dropped.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::session::Event;
use comptoir_transport::{CloseCode, Pin, Sender};
use tokio::sync::mpsc;

use crate::changes::{Changes, Topic};
use crate::requests::Addressee;
use crate::{clock, limits};

/// What shows who is here.
const HERE: [Topic; 2] = [Topic::Sites, Topic::Relay];

/// What a connection is here for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A session of somebody whom the roster names.
    Named,
    /// A session of somebody whom it does not name yet.
    Stranger,
    /// An enrolment.
    Enrolment,
    /// Somebody who claims the relay.
    Claim,
}

#[derive(Debug, Default)]
pub(super) struct Registry {
    table: Mutex<Table>,
    changes: Changes,
}

#[derive(Debug, Default)]
struct Table {
    places: HashMap<u64, Entrant>,
    next: u64,
    /// Bytes of connections that have ended.
    received_bytes: u64,
    sent_bytes: u64,
}

impl Table {
    fn has_room(&self, kind: Kind, address: IpAddr) -> bool {
        let (mut all, mut of_address) = (0, 0);
        for entrant in self.places.values().filter(|entrant| entrant.kind == kind) {
            all += 1;
            of_address += usize::from(entrant.address == address);
        }
        match kind {
            Kind::Named => all < limits::MAX_SESSIONS,
            Kind::Stranger => all < limits::MAX_STRANGERS && of_address < limits::MAX_STRANGERS_PER_ADDRESS,
            Kind::Enrolment => all < limits::MAX_ENROLMENTS && of_address < limits::MAX_ENROLMENTS_PER_ADDRESS,
            Kind::Claim => all < limits::MAX_CLAIMS,
        }
    }

    fn cut_off_oldest(&self, pin: Pin) {
        let mut sessions: Vec<(&u64, &Entrant)> =
            self.places.iter().filter(|(_, entrant)| entrant.kind == Kind::Named && entrant.pin == pin).collect();
        sessions.sort_by_key(|(number, _)| **number);
        let spare = (sessions.len() + 1).saturating_sub(limits::MAX_SESSIONS_PER_PEER);
        for line in sessions.into_iter().take(spare).filter_map(|(_, entrant)| entrant.line.as_ref()) {
            line.close(CloseCode::Busy, "a newer session of the same key took its place");
        }
    }
}

#[derive(Debug)]
struct Entrant {
    kind: Kind,
    pin: Pin,
    address: IpAddr,
    headquarters: bool,
    /// Which site it is, and since when that is known; Unix milliseconds.
    site: Option<(SiteId, i64)>,
    line: Option<Sender>,
    events: Option<mpsc::Sender<Event>>,
}

/// How many are here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Census {
    pub named: usize,
    pub strangers: usize,
    pub enrolments: usize,
    pub received_bytes: u64,
    pub sent_bytes: u64,
}

/// A place, free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    registry: Arc<Registry>,
    number: u64,
}

impl Registry {
    /// Nobody is here yet.
    pub fn new(changes: Changes) -> Self {
        Self { table: Mutex::default(), changes }
    }

    /// A place for a connection; `None` when there is no room for its kind. A peer that comes once more than it may takes the
    /// place of its own oldest session: that one is most likely dead, and nobody has noticed yet.
    pub fn enter(self: &Arc<Self>, kind: Kind, pin: Pin, address: SocketAddr) -> Option<Place> {
        let address = host(address.ip());
        let mut table = self.table();
        if !table.has_room(kind, address) {
            return None;
        }
        if kind == Kind::Named {
            table.cut_off_oldest(pin);
        }
        let number = table.next;
        table.next += 1;
        let entrant = Entrant { kind, pin, address, headquarters: false, site: None, line: None, events: None };
        table.places.insert(number, entrant);
        Some(Place { registry: Arc::clone(self), number })
    }

    /// Gives an event to every session of headquarters, or of a site. Returns how many there are.
    pub fn tell(&self, addressee: Addressee, event: &Event) -> usize {
        let is_meant = |entrant: &&Entrant| match addressee {
            Addressee::Headquarters => entrant.headquarters,
            Addressee::Site(site) => entrant.site.is_some_and(|(known, _)| known == site),
        };
        let table = self.table();
        let queues = table.places.values().filter(is_meant);
        // A session whose queue is full is behind; what waits is told again in its next one.
        queues.filter_map(|entrant| entrant.events.as_ref()?.try_send(event.clone()).ok()).count()
    }

    /// Ends every session of a site.
    pub fn cut_off(&self, site: &SiteId, code: CloseCode, reason: &str) {
        let table = self.table();
        let of_site = table.places.values().filter(|entrant| entrant.site.is_some_and(|(known, _)| known == *site));
        of_site.filter_map(|entrant| entrant.line.as_ref()).for_each(|line| line.close(code, reason));
    }

    pub fn census(&self) -> Census {
        let table = self.table();
        let count = |kind| table.places.values().filter(|entrant| entrant.kind == kind).count();
        let lines = || table.places.values().filter_map(|entrant| entrant.line.as_ref());
        Census {
            named: count(Kind::Named),
            strangers: count(Kind::Stranger),
            enrolments: count(Kind::Enrolment),
            received_bytes: table.received_bytes + lines().map(Sender::bytes_received).sum::<u64>(),
            sent_bytes: table.sent_bytes + lines().map(Sender::bytes_sent).sum::<u64>(),
        }
    }

    /// Which sites are here, each since when its oldest session is open; Unix milliseconds.
    pub fn present(&self) -> HashMap<SiteId, i64> {
        let mut present = HashMap::new();
        for (site, since_ms) in self.table().places.values().filter_map(|entrant| entrant.site) {
            present.entry(site).and_modify(|oldest: &mut i64| *oldest = since_ms.min(*oldest)).or_insert(since_ms);
        }
        present
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The connection's line, whose bytes are counted.
    pub fn set_line(&self, line: Sender) {
        self.with(|entrant| entrant.line = Some(line));
    }

    /// How events reach the session.
    pub fn set_events(&self, events: mpsc::Sender<Event>) {
        self.with(|entrant| entrant.events = Some(events));
    }

    /// The roster has named the peer.
    pub fn identified(&self, site: Option<SiteId>, headquarters: bool) {
        self.with(|entrant| {
            entrant.kind = Kind::Named;
            entrant.headquarters = headquarters;
            if entrant.site.map(|(known, _)| known) != site {
                entrant.site = site.map(|site| (site, clock::now_ms()));
            }
        });
        self.registry.changes.tell(&HERE);
    }

    fn with(&self, change: impl FnOnce(&mut Entrant)) {
        if let Some(entrant) = self.registry.table().places.get_mut(&self.number) {
            change(entrant);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.registry.table();
        let Some(entrant) = table.places.remove(&self.number) else { return };
        if let Some(line) = entrant.line {
            table.received_bytes += line.bytes_received();
            table.sent_bytes += line.bytes_sent();
        }
        drop(table);
        if entrant.kind == Kind::Named {
            self.registry.changes.tell(&HERE);
        }
    }
}

/// Whoever has one IPv6 address has its /64.
fn host(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(host: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, host], 4433))
    }

    #[test]
    fn each_kind_has_its_bound_and_places_come_back() {
        let registry = Arc::new(Registry::default());
        let enter = |kind, pin: u8, host| registry.enter(kind, Pin([pin; 32]), address(host));
        let named = [enter(Kind::Named, 1, 1), enter(Kind::Named, 2, 1)];
        let strangers: Vec<Place> = (0..255).filter_map(|pin| enter(Kind::Stranger, pin, 1)).collect();
        assert_eq!(strangers.len(), limits::MAX_STRANGERS_PER_ADDRESS);
        let more: Vec<Place> = (0..255).filter_map(|host| enter(Kind::Stranger, 9, host)).collect();
        assert_eq!(strangers.len() + more.len(), limits::MAX_STRANGERS);
        assert!(enter(Kind::Enrolment, 9, 1).is_some(), "strangers take no other kind's room");
        drop((strangers, more));
        assert_eq!(registry.census(), Census { named: named.len(), ..Census::default() });
    }

    #[test]
    fn who_is_identified_is_no_stranger() {
        let registry = Arc::new(Registry::default());
        let place = registry.enter(Kind::Stranger, Pin([1; 32]), address(1)).unwrap();
        assert_eq!(registry.census(), Census { strangers: 1, ..Census::default() });
        let site = SiteId([7; 16]);
        place.identified(Some(site), true);
        assert!(registry.present().contains_key(&site));
        assert_eq!(registry.census(), Census { named: 1, ..Census::default() });
        let (events, mut queue) = mpsc::channel(1);
        place.set_events(events);
        assert_eq!(registry.tell(Addressee::Site(SiteId([8; 16])), &Event::Tick), 0, "it is another site");
        assert_eq!(registry.tell(Addressee::Headquarters, &Event::Tick), 1);
        assert_eq!(registry.tell(Addressee::Site(site), &Event::Tick), 0, "its queue is full");
        assert!(queue.try_recv().is_ok());
        drop(place);
        assert!(registry.present().is_empty());
    }
}
