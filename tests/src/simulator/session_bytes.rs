//! What a reconnect costs when there is nothing new: counted in encoded frames, both ways, between a real replica and the
//! real relay core, at few and many records and sites. It must be small, and the same everywhere.
#![allow(clippy::unwrap_used)]

use std::collections::VecDeque;

use comptoir_relay::core::CoreIdentity;
use comptoir_replica::{Append, Edit};
use comptoir_sync_protocol::frame::Frame;
use comptoir_sync_protocol::roster::{self, Party, scopes};
use comptoir_sync_protocol::session::{Config, Effect, Event, Session};
use comptoir_sync_protocol::testing::TestOrganisation;

use super::chance::Chance;
use super::host::{Call, Called};
use super::relay::SimRelay;
use super::site::{Outcome, SimSite};
use super::{Disk, limits};

const MOST_BYTES: u64 = 2 * 1024;
const MOST_DIGITS_BYTES: u64 = 8;

/// An organisation whose sites are all up, around one relay.
struct House {
    organisation: TestOrganisation,
    relay: SimRelay,
    sites: Vec<SimSite>,
    _disk: Disk,
}

impl House {
    fn with(sites: usize, records: usize) -> Self {
        let (disk, mut chance) = (Disk::new().unwrap(), Chance::seeded(sites as u64));
        let organisation = TestOrganisation::found(sites, 1);
        let identity = CoreIdentity {
            organisation: organisation.id,
            tls_pin: organisation.relay_pin,
            signing: organisation.relay_signing.clone(),
        };
        let mut relay = SimRelay::new(identity, disk.path().to_owned());
        relay.start().unwrap();
        let mut all = Vec::new();
        for secrets in &organisation.sites {
            let path = disk.path().join(format!("{}.sqlite", secrets.code));
            let mut site = SimSite::new(secrets.clone(), organisation.id, path, chance.fork());
            site.start().unwrap();
            let founding = Call::Admit { scope: roster::scope_id(), entries: organisation.roster.clone() };
            site.call(None, founding, limits::WALL_CLOCK_START_MS).unwrap();
            all.push(site);
        }
        let mut house = Self { organisation, relay, sites: all, _disk: disk };
        house.fill(records);
        house
    }

    /// Every site writes: the first nearly all, the others one record each.
    fn fill(&mut self, records: usize) {
        let others = self.sites.len() - 1;
        let scope = self.organisation.scope(scopes::ORGANISATION);
        for (number, site) in self.sites.iter_mut().enumerate() {
            let mut left = if number == 0 { records - others } else { 1 };
            while left > 0 {
                let now = left.min(500);
                left -= now;
                let done = site.run(|replica, rng| {
                    let mut mint = replica.mint(scope);
                    let edits = (0..now).map(|row| {
                        let fields = [("name", format!("Maison {left}.{row}")), ("phone", row.to_string())];
                        let puts = fields.map(|(field, value)| (field.to_owned(), value.into())).to_vec();
                        Edit::create("party", mint.create(limits::WALL_CLOCK_START_MS, rng), puts)
                    });
                    let edits = edits.collect();
                    let request = Append::new(scope, "S00/operator", "party.import");
                    Ok(replica.append_edits(request, edits, limits::WALL_CLOCK_START_MS, rng).unwrap())
                });
                assert!(matches!(done, Ok(Outcome::Done(_))));
            }
        }
    }

    fn call(&mut self, site: usize, side: usize, peer: Option<Party>, call: Call) -> Called {
        match side {
            0 => self.sites[site].call(peer, call, limits::WALL_CLOCK_START_MS).unwrap(),
            _ => self.relay.call(peer, call).unwrap(),
        }
    }

    /// One session of a site with the relay, until nothing more is said. Bytes and frames, both ways.
    fn session(&mut self, site: usize) -> (u64, u64) {
        let parties = [Party::Site(self.sites[site].secrets.id), Party::Relay(self.organisation.relay_pin)];
        let pins = [self.organisation.relay_pin, self.sites[site].secrets.tls_pin];
        let views = [self.sites[site].view().unwrap(), self.relay.view().unwrap()];
        let mut queue: VecDeque<(usize, Event)> = VecDeque::new();
        let (mut bytes, mut frames, mut begun) = (0, 0, Vec::new());
        let mut sessions = Vec::new();
        for (side, view) in views.into_iter().enumerate() {
            let (local, peer_pin) = (parties[side], pins[side]);
            let config = Config { local, peer_pin, dialled: side == 0, claim: None, software: "test".into() };
            let (session, effects) = Session::new(0, config, view);
            sessions.push(session);
            begun.push((side, effects));
        }
        loop {
            for (side, effects) in std::mem::take(&mut begun) {
                for effect in effects {
                    let call = match effect {
                        Effect::Send { frame, .. } => {
                            let sent = frame.encode();
                            (bytes, frames) = (bytes + sent.len() as u64, frames + 1);
                            queue.push_back((1 - side, Event::Frame(Frame::decode(&sent).unwrap())));
                            continue;
                        }
                        Effect::Read { scope, have, most_bytes } => Call::Read { scope, have, most_bytes },
                        Effect::ReadWanted { scope, wanted } => Call::ReadWanted { scope, wanted },
                        Effect::Admit { scope, entries } => Call::Admit { scope, entries },
                        Effect::Receipts(receipts) => Call::Receipts(receipts),
                        Effect::Close(reason) => panic!("side {side} closes: {reason:?}"),
                        _ => continue,
                    };
                    let peer = sessions[side].peer();
                    let called = self.call(site, side, peer, call);
                    queue.extend(called.answer.map(|event| (side, event)));
                    queue.extend(called.commits.into_iter().map(|commit| (side, Event::Committed(commit))));
                }
            }
            let Some((side, event)) = queue.pop_front() else { break };
            begun.push((side, sessions[side].handle(1, event)));
        }
        assert!(sessions.iter().all(Session::is_live), "both ends reached the end of the opening");
        (bytes, frames)
    }
}

fn reconnect(sites: usize, records: usize) -> u64 {
    let mut house = House::with(sites, records);
    for site in (0..sites).chain(0..sites) {
        house.session(site);
    }
    let held = |site: &SimSite| site.replica().unwrap().vectors();
    assert!(house.sites.iter().all(|site| held(site) == held(&house.sites[0])), "all sites hold the same");
    assert!(house.sites.iter().all(|site| site.shown().unwrap().len() == records));
    assert_eq!(house.sites[0].replica().unwrap().outbox_len().unwrap(), 0);
    let (bytes, frames) = house.session(1);
    println!("a reconnect with nothing new, {sites} sites, {records} records: {bytes} bytes in {frames} frames");
    bytes
}

#[test]
fn a_reconnect_with_nothing_new_is_small_whatever_there_is() {
    let few = reconnect(2, 100);
    assert!(few < MOST_BYTES, "{few} bytes");
    assert_eq!(reconnect(2, 10_000), few, "more records");
    // The roster has more entries, and their number takes more digits.
    assert!(reconnect(50, 100).abs_diff(few) <= MOST_DIGITS_BYTES, "more sites");
}
