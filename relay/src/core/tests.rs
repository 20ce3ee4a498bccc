//! The core over a real store, with entries of a made-up organisation: what it takes, refuses, keeps, and gives back.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::payload::Envelope;
use comptoir_sync_protocol::roster::{self, Act, Party, ScopeDefinition, scopes};
use comptoir_sync_protocol::session::Commit;
use comptoir_sync_protocol::testing::{TestOrganisation, TestSite};
use comptoir_sync_protocol::{
    Entry, EntryBuilder, Epoch, Hash, Incarnation, LogHead, OrganisationId, ScopeId, Vector, Writer,
};

use super::{CoreIdentity, RelayCore, STORE_FILE};
use crate::store::filling::Filling;
use crate::store::{Durability, SqliteStore};

const EVERYTHING: usize = 1 << 20;

/// An organisation, its relay, and what each site wrote so far.
struct World {
    organisation: TestOrganisation,
    dir: tempfile::TempDir,
    core: RelayCore,
    heads: BTreeMap<Writer, LogHead>,
}

impl World {
    /// The relay holds the roster and nothing else.
    fn new(sites: usize) -> Self {
        let world = Self::with_empty_relay(sites);
        world.send_roster();
        world
    }

    fn with_empty_relay(sites: usize) -> Self {
        let organisation = TestOrganisation::found(sites, 7);
        let dir = tempfile::tempdir().unwrap();
        let core = open(dir.path(), &organisation);
        Self { organisation, dir, core, heads: BTreeMap::new() }
    }

    fn identity(&self) -> CoreIdentity {
        identity(&self.organisation)
    }

    fn site(&self, index: usize) -> TestSite {
        self.organisation.sites[index].clone()
    }

    fn party(&self, index: usize) -> Option<Party> {
        Some(Party::Site(self.organisation.sites[index].id))
    }

    fn scope(&self) -> ScopeId {
        self.organisation.scope(scopes::ORGANISATION)
    }

    fn send_roster(&self) {
        let roster = self.organisation.roster.clone();
        let report = self.core.admit(None, roster::scope_id(), roster).unwrap();
        assert_eq!(report.stored_entries, self.organisation.roster.len());
    }

    /// What a site would write next.
    fn draft(&self, index: usize) -> EntryBuilder {
        let writer = Writer { site: self.site(index).id, epoch: Epoch([index as u8 + 1; 8]) };
        EntryBuilder {
            organisation: self.organisation.id,
            scope: self.scope(),
            writer,
            previous: self.heads.get(&writer).map(|head| (head.seq, head.hash)),
            roster_heads: self.organisation.history().current().heads.clone(),
            deps: vec![],
            envelope: Envelope {
                author: "S00/operator".into(),
                wall_clock_ms: 1,
                command: "party.create".into(),
                incarnation: Incarnation([1; 8]),
                batch: None,
            },
            shared: vec![],
            persons: vec![],
        }
    }

    fn seal(&mut self, index: usize, draft: EntryBuilder) -> Entry {
        let key = self.organisation.keys.get(&draft.scope).cloned();
        draft.build(key.as_ref(), &self.site(index).signing, &mut self.organisation.rng).unwrap()
    }

    /// A site writes one entry.
    fn write(&mut self, index: usize) -> Entry {
        let entry = self.seal(index, self.draft(index));
        self.heads.insert(entry.head().writer, entry.head());
        entry
    }

    fn write_many(&mut self, index: usize, count: usize) -> Vec<Entry> {
        (0..count).map(|_| self.write(index)).collect()
    }

    /// A site sends entries of the scope; what was refused.
    fn send(&self, index: usize, entries: &[Entry]) -> Vec<RefusalCode> {
        let report = self.core.admit(self.party(index), self.scope(), entries.to_vec()).unwrap();
        report.admitted.refused.into_iter().map(|(_, code)| code).collect()
    }

    fn held(&self) -> Vec<LogHead> {
        self.core.view().vectors.get(&self.scope()).map_or(vec![], |vector| vector.heads().collect())
    }

    fn everything(&self) -> Vec<LogHead> {
        let all = self.core.read(self.scope(), &Vector::default(), EVERYTHING).unwrap();
        all.into_iter().map(|(head, _)| head).collect()
    }

    /// Changes stored bytes behind the store's back.
    fn damage(&self, entry: &Entry) {
        let connection = rusqlite::Connection::open(self.dir.path().join(STORE_FILE)).unwrap();
        let mut bytes = entry.encode();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let changed =
            connection.execute("UPDATE entries SET bytes = ?1 WHERE hash = ?2", (bytes, entry.hash().0)).unwrap();
        assert_eq!(changed, 1);
    }
}

fn identity(organisation: &TestOrganisation) -> CoreIdentity {
    CoreIdentity {
        organisation: organisation.id,
        tls_pin: organisation.relay_pin,
        signing: organisation.relay_signing.clone(),
    }
}

fn open(dir: &Path, organisation: &TestOrganisation) -> RelayCore {
    RelayCore::open(dir, identity(organisation), Durability::Full).unwrap()
}

/// An entry with the signature of another.
fn forge(entry: &Entry, signature_of: &Entry) -> Entry {
    let signed =
        comptoir_sync_protocol::SignedHeader::decode(entry.signed.bytes().to_vec(), *signature_of.signed.signature());
    Entry { signed: signed.unwrap(), chunks: entry.chunks.clone() }
}

#[test]
fn takes_keeps_tells_and_gives_back() {
    let mut world = World::new(2);
    let mut commits = world.core.subscribe();
    let entries = [world.write_many(0, 2), world.write_many(1, 1), world.write_many(0, 1)].concat();
    let report = world.core.admit(world.party(0), world.scope(), entries.clone()).unwrap();
    assert_eq!((report.stored_entries, report.admitted.held, report.full), (4, false, false));
    assert_eq!(report.admitted.heads.len(), 2);
    let Commit { scope, heads, vector, roster } = commits.try_recv().unwrap();
    assert_eq!((scope, heads.len(), vector.entries(), roster.is_none()), (world.scope(), 2, 4, true));
    let read = world.core.read(world.scope(), &Vector::default(), EVERYTHING).unwrap();
    let sent: Vec<_> = entries.iter().map(|entry| (entry.head(), entry.encode())).collect();
    assert_eq!(read, sent, "in the order in which they came, byte for byte");
}

#[test]
fn receipts_are_for_own_logs_and_signed() {
    let mut world = World::new(2);
    let entries = [world.write_many(0, 2), world.write_many(1, 1)].concat();
    let report = world.core.admit(world.party(0), world.scope(), entries.clone()).unwrap();
    let [receipt] = report.admitted.receipts.as_slice() else { panic!("one log is the peer's own") };
    assert!(receipt.is_signed());
    assert_eq!(receipt.head, entries[1].head());
    assert_eq!(receipt.relay, world.organisation.relay_signing.verifying_key().to_bytes());
    let again = world.core.admit(world.party(1), world.scope(), entries).unwrap();
    assert_eq!(again.admitted.receipts[0].head.writer.site, world.site(1).id, "what was held before is receipted too");
    assert_eq!(again.stored_entries, 0);
}

#[test]
fn f27_what_comes_twice_or_in_disorder_changes_nothing() {
    let mut world = World::new(1);
    let entries = world.write_many(0, 4);
    assert!(world.send(0, &entries[2..]).is_empty());
    assert!(world.held().is_empty(), "a range that does not attach is neither taken nor refused");
    let doubled: Vec<Entry> = entries.iter().flat_map(|entry| [entry.clone(), entry.clone()]).collect();
    assert!(world.send(0, &doubled).is_empty());
    assert!(world.send(0, &entries).is_empty());
    assert_eq!(world.everything(), entries.iter().map(Entry::head).collect::<Vec<_>>());
}

#[test]
fn f19_an_invented_entry_or_member_is_refused() {
    let mut world = World::new(2);
    let good = world.write_many(0, 2);
    let forged = forge(&good[1], &good[0]);
    assert_eq!(world.send(1, &[good[0].clone(), forged]), [RefusalCode::BadSignature]);
    assert_eq!(world.everything(), [good[0].head()], "what stands before it is signed and taken");
    assert!(world.send(1, &good).is_empty(), "the true entry still comes through");
    let mut draft = world.draft(1);
    draft.writer.site.0[0] ^= 1;
    let invented = world.seal(1, draft);
    assert_eq!(world.send(1, &[invented]), [RefusalCode::NoAuthority]);
    let mut roster = world.organisation.history().current().heads.clone();
    roster[0].hash = Hash([1; 32]);
    let early = world.seal(1, EntryBuilder { roster_heads: roster, ..world.draft(1) });
    assert!(world.send(1, &[early]).is_empty(), "roster heads that are not held may still come");
    assert_eq!(world.held().len(), 1);
}

#[test]
fn one_signature_vouches_for_a_range() {
    let mut world = World::new(1);
    let good = world.write_many(0, 3);
    let range = [good[0].clone(), forge(&good[1], &good[0]), good[2].clone()];
    assert!(world.send(0, &range).is_empty(), "headers are chained: the end vouches");
    let first: Vector = [good[0].head()].into_iter().collect();
    let read = world.core.read(world.scope(), &first, 1).unwrap();
    assert_eq!(read.iter().map(|(head, _)| head.seq).collect::<Vec<_>>(), [2, 3], "no range ends at a bad signature");
    assert_eq!(world.core.read(world.scope(), &Vector::default(), 1).unwrap().len(), 1);
}

#[test]
fn of_a_fork_the_first_survives() {
    let mut world = World::new(1);
    let entries = world.write_many(0, 2);
    assert!(world.send(0, &entries).is_empty());
    let mut other = world.draft(0);
    other.previous = Some((1, entries[0].hash()));
    other.envelope.wall_clock_ms = 2;
    let other = world.seal(0, other);
    let mut beyond = world.draft(0);
    beyond.previous = Some((2, other.hash()));
    let beyond = world.seal(0, beyond);
    assert_eq!(world.send(0, &[other.clone(), beyond.clone()]), [RefusalCode::Forked]);
    assert_eq!(world.send(0, &[beyond]), [RefusalCode::Forked], "what builds on the lost branch names it");
    let report = world.core.admit(world.party(0), world.scope(), vec![other]).unwrap();
    assert_eq!(report.admitted.heads, [entries[1].head()]);
    assert!(report.admitted.receipts.is_empty());
    assert_eq!(world.everything().len(), 2);
}

#[test]
fn what_is_out_of_place_or_in_clear_is_refused() {
    let mut world = World::new(1);
    let elsewhere = EntryBuilder { organisation: OrganisationId([9; 32]), ..world.draft(0) };
    let elsewhere = world.seal(0, elsewhere);
    assert_eq!(world.send(0, &[elsewhere]), [RefusalCode::WrongPlace]);
    let other_scope = EntryBuilder { scope: world.organisation.scope(scopes::TRADE), ..world.draft(0) };
    let other_scope = world.seal(0, other_scope);
    assert_eq!(world.send(0, &[other_scope]), [RefusalCode::WrongPlace]);
    let signing = world.site(0).signing;
    let clear = world.draft(0).build(None, &signing, &mut world.organisation.rng).unwrap();
    assert_eq!(world.send(0, &[clear]), [RefusalCode::Malformed], "a relay takes nothing that it could read");
    assert!(world.held().is_empty());
}

#[test]
fn strangers_bring_the_roster_and_nothing_else() {
    let mut world = World::with_empty_relay(1);
    let entry = world.write(0);
    let early = world.core.admit(None, world.scope(), vec![entry.clone()]).unwrap();
    assert_eq!(early.admitted.refused[0].1, RefusalCode::WrongPlace, "no roster says that this relay may hold it");
    let mut commits = world.core.subscribe();
    world.send_roster();
    assert!(commits.try_recv().unwrap().roster.is_some());
    let stranger = world.core.admit(None, world.scope(), vec![entry.clone()]).unwrap();
    assert_eq!(stranger.admitted.refused[0].1, RefusalCode::NoAuthority);
    assert!(world.send(0, &[entry]).is_empty());
    assert_eq!(world.held().len(), 1);
}

#[test]
fn the_roster_founds_itself_or_is_refused() {
    let world = World::with_empty_relay(1);
    let admit = |entries: Vec<Entry>| world.core.admit(None, roster::scope_id(), entries).unwrap().admitted;
    let codes = |entries| admit(entries).refused.into_iter().map(|(_, code)| code).collect::<Vec<_>>();
    let other = TestOrganisation::found(1, 8);
    assert_eq!(codes(other.roster.clone()), [RefusalCode::WrongPlace, RefusalCode::WrongPlace]);
    assert!(codes(world.organisation.roster[2..].to_vec()).is_empty(), "without its beginning it only comes early");
    assert!(admit(world.organisation.roster[2..].to_vec()).heads.is_empty());
    let genesis = admit(world.organisation.roster[..1].to_vec());
    assert_eq!(genesis.receipts.len(), 1, "whoever brings the roster is told that it is kept");
    let forged = forge(&world.organisation.roster[1], &world.organisation.roster[0]);
    assert_eq!(codes(vec![forged]), [RefusalCode::BadSignature]);
    assert!(codes(world.organisation.roster.clone()).is_empty());
    assert_eq!(world.core.roster().sites.len(), 1);
}

#[test]
fn f31_a_scope_that_may_not_come_here_does_not() {
    let mut world = World::new(1);
    let scope = world.organisation.scope("private:S00");
    let site = world.site(0).id;
    let definition = ScopeDefinition { scope, name: "private:S00".into(), jurisdictions: vec!["SN".into()] };
    let members = comptoir_sync_protocol::roster::Members { scope, sites: vec![site] };
    let act = world.organisation.act(vec![Act::DefineScope(definition), Act::AddMembers(members)]);
    world.core.admit(None, roster::scope_id(), vec![act]).unwrap();
    let key = world.organisation.keys[&world.scope()].clone();
    world.organisation.keys.insert(scope, key);
    let entry = world.seal(0, EntryBuilder { scope, ..world.draft(0) });
    let report = world.core.admit(world.party(0), scope, vec![entry]).unwrap();
    assert_eq!(report.admitted.refused[0].1, RefusalCode::WrongPlace);
    assert!(world.core.read(scope, &Vector::default(), EVERYTHING).unwrap().is_empty());
}

#[test]
fn f12_a_removed_site_brings_nothing_and_its_entries_come_from_others() {
    let mut world = World::new(2);
    let (late, subject) = (world.write_many(0, 2), world.site(0).id);
    let act = world.organisation.act(vec![Act::Suspend(roster::Cut { subject, heads: vec![] })]);
    world.core.admit(None, roster::scope_id(), vec![act]).unwrap();
    assert_eq!(world.send(0, &late), [RefusalCode::NoAuthority]);
    assert!(world.held().is_empty());
    assert!(world.send(1, &late).is_empty(), "a cut decides verdicts, not what travels");
    assert_eq!(world.held(), [late[1].head()]);
}

#[test]
fn f01_what_was_acknowledged_is_there_after_a_restart() {
    let mut world = World::new(2);
    let entries = world.write_many(0, 3);
    world.send(0, &entries);
    let before = world.core.view();
    let again = open(world.dir.path(), &world.organisation);
    assert_eq!(again.view().vectors, before.vectors);
    assert_eq!(again.roster(), before.roster);
    assert_eq!(again.counts().iter().find(|count| count.scope == world.scope()).unwrap().entries, 3);
}

#[test]
fn f16_a_lost_store_comes_back_from_any_member() {
    let mut world = World::new(2);
    let entries = [world.write_many(0, 3), world.write_many(1, 2)].concat();
    world.send(0, &entries);
    let before = world.core.view().vectors;
    let empty = tempfile::tempdir().unwrap();
    let core = open(empty.path(), &world.organisation);
    assert!(core.view().vectors.is_empty());
    core.admit(None, roster::scope_id(), world.organisation.roster.clone()).unwrap();
    core.admit(world.party(1), world.scope(), entries).unwrap();
    assert_eq!(core.view().vectors, before);
}

#[test]
fn f06_a_suffered_entry_is_kept_back_wanted_and_mended() {
    let mut world = World::new(1);
    let entries = world.write_many(0, 3);
    world.send(0, &entries);
    world.damage(&entries[1]);
    assert_eq!(world.everything(), [entries[0].head()], "nothing beyond the gap either");
    assert!(world.core.read_wanted(world.scope(), &[entries[1].hash()]).unwrap().is_empty());
    assert_eq!(world.core.view().wanted[&world.scope()], [entries[1].hash()]);
    assert_eq!(world.core.damaged_entries(), 1);
    world.send(0, &entries[1..2]);
    assert_eq!(world.core.damaged_entries(), 0);
    assert_eq!(world.everything().len(), 3);
    assert_eq!(world.core.read_wanted(world.scope(), &[entries[1].hash()]).unwrap()[0].1, entries[1].encode());
}

#[test]
fn a_site_opens_only_so_many_epochs() {
    let mut world = World::new(1);
    let most = crate::limits::MAX_EPOCHS_PER_SITE;
    let mut entries = Vec::new();
    for number in 0..=most {
        let mut draft = world.draft(0);
        draft.writer.epoch.0[..2].copy_from_slice(&(number as u16).to_be_bytes());
        entries.push(world.seal(0, draft));
    }
    assert_eq!(world.send(0, &entries), [RefusalCode::NoAuthority]);
    assert_eq!(world.held().len(), most);
    assert_eq!(world.send(0, &entries[most..]), [RefusalCode::NoAuthority]);
}

#[test]
fn f04_a_full_medium_takes_nothing_acknowledges_nothing_and_recovers() {
    let mut world = World::new(1);
    let full = Arc::new(AtomicBool::new(false));
    let path = world.dir.path().join(STORE_FILE);
    let inside = SqliteStore::open(&path, world.organisation.id, Durability::Full).unwrap();
    world.core = RelayCore::over(Box::new(Filling::new(inside, Arc::clone(&full))), world.identity()).unwrap();
    let entries = world.write_many(0, 3);
    world.send(0, &entries[..1]);
    full.store(true, Ordering::Relaxed);
    let report = world.core.admit(world.party(0), world.scope(), entries[1..].to_vec()).unwrap();
    assert!(report.full && report.admitted.refused.is_empty());
    assert_eq!(report.admitted.heads, [entries[0].head()]);
    assert_eq!(world.everything().len(), 1, "reading goes on");
    full.store(false, Ordering::Relaxed);
    world.send(0, &entries[1..]);
    assert_eq!(world.everything().len(), 3);
}
