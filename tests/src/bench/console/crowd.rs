//! An organisation of very many sites, as the relay meets it: real keys, a roster as admissions make it, and for each site a store of sealed
//! logs in memory and a session that dials. Owns no business and no replica, and writes on no disk: the relay cannot tell the difference,
//! and the machine is the relay's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::enrolment::RelayCode;
use comptoir_sync_protocol::health::{Health, HealthReport, ScopeHealth};
use comptoir_sync_protocol::keys::{ScopeKey, SealingSecret, generate_signing_key};
use comptoir_sync_protocol::payload::Envelope;
use comptoir_sync_protocol::roster::{
    self, Act, Admission, Members, Party, RelayAdmission, Roster, Rotation, ScopeDefinition, SiteKeys, SiteProfile,
    scopes, wrap_key,
};
use comptoir_sync_protocol::session::{Admitted, Commit, LocalView};
use comptoir_sync_protocol::testing::TestOrganisation;
use comptoir_sync_protocol::{
    Entry, EntryBuilder, Epoch, Hash, Incarnation, LogHead, OrganisationId, ScopeId, SiteId, Vector, Writer,
};
use comptoir_transport::{Notice, SessionStore, StoreFailure, TlsIdentity};
use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tokio::sync::{broadcast, watch};

use crate::processes::Failure;

const SEED: u64 = 7;
/// Where sites lie, in turn: country and jurisdiction, time zone, currency, locale.
const PLACES: [(&str, &str, &str, &str); 4] = [
    ("FR", "Europe/Paris", "EUR", "fr-FR"),
    ("SN", "Africa/Dakar", "XOF", "fr-SN"),
    ("CA", "America/Toronto", "CAD", "en-CA"),
    ("DE", "Europe/Berlin", "EUR", "de-DE"),
];
/// Commits that a session may be behind its site's own store.
const COMMITS: usize = 256;

/// What all sites know.
struct Common {
    organisation: OrganisationId,
    roster: Arc<Roster>,
    roster_vector: Arc<Vector>,
    roster_entries: Vec<(LogHead, Vec<u8>)>,
    /// The scope that all share, and its key.
    shared: (ScopeId, ScopeKey),
}

/// One site.
pub(super) struct SimulatedSite {
    pub(super) id: SiteId,
    pub(super) tls: TlsIdentity,
    signing: SigningKey,
    books: (ScopeId, ScopeKey),
    common: Arc<Common>,
    held: Mutex<Held>,
    pub(super) commits: broadcast::Sender<Commit>,
    /// Whether the relay knows who is at the other end.
    pub(super) known: watch::Sender<bool>,
}

#[derive(Default)]
struct Held {
    vectors: BTreeMap<ScopeId, Arc<Vector>>,
    /// Of its own logs.
    written: BTreeMap<ScopeId, Vec<(LogHead, Vec<u8>)>>,
    last: BTreeMap<ScopeId, LogHead>,
}

/// An organisation of so many sites, in the service of this relay; the first is headquarters.
pub(super) fn found(sites: usize, relay: &RelayCode) -> Result<Vec<Arc<SimulatedSite>>, Failure> {
    let unsealed = |error| Failure::Wrong(format!("a key is not sealed: {error}"));
    let mut organisation = TestOrganisation::found(0, SEED);
    organisation.act(vec![Act::AdmitRelay(RelayAdmission {
        tls_pin: relay.tls_pin,
        signing: relay.signing,
        address: relay.address.clone(),
        jurisdiction: relay.jurisdiction.clone(),
    })]);
    let mut rng = ChaCha20Rng::seed_from_u64(SEED);
    let mut made = Vec::with_capacity(sites);
    let mut headquarters: Option<(SiteId, SiteKeys)> = None;
    for number in 0..sites {
        let tls = TlsIdentity::generate().map_err(|error| Failure::Wrong(error.to_string()))?;
        let (id, signing) = (SiteId::random(&mut rng), generate_signing_key(&mut rng));
        let sealing = SealingSecret::generate(&mut rng).public().map_err(unsealed)?;
        let keys = SiteKeys { tls_pin: tls.pin().0, signing: signing.verifying_key().to_bytes(), sealing };
        let code = format!("S{number:04}");
        let (country, time_zone, currency, locale) = PLACES[number % PLACES.len()];
        let mut acts = vec![Act::Admit(Admission {
            site: id,
            profile: SiteProfile {
                code: code.clone(),
                name: format!("Branch {number:04}"),
                country: country.into(),
                jurisdiction: country.into(),
                time_zone: time_zone.into(),
                currency: currency.into(),
                locale: locale.into(),
            },
            keys: keys.clone(),
            headquarters: headquarters.is_none(),
            invitation: None,
        })];
        for name in [scopes::ORGANISATION, scopes::TRADE] {
            let scope = organisation.scope(name);
            acts.push(Act::AddMembers(Members { scope, sites: vec![id] }));
            acts.push(Act::WrapKey(
                wrap_key(&organisation.keys[&scope], scope, id, &sealing, &mut rng).map_err(unsealed)?,
            ));
        }
        // Its own scopes, which headquarters shares, as an admission makes them.
        let mut books = None;
        for name in [scopes::books(&code), scopes::staff(&code), scopes::private(&code)] {
            let (scope, key) = (ScopeId::of(&organisation.id, &name), ScopeKey::generate(&mut rng));
            let members: Vec<(SiteId, SiteKeys)> = headquarters.iter().cloned().chain([(id, keys.clone())]).collect();
            acts.push(Act::DefineScope(ScopeDefinition { scope, name, jurisdictions: vec![] }));
            acts.push(Act::AddMembers(Members { scope, sites: members.iter().map(|(site, _)| *site).collect() }));
            for (site, keys) in &members {
                acts.push(Act::WrapKey(wrap_key(&key, scope, *site, &keys.sealing, &mut rng).map_err(unsealed)?));
            }
            acts.push(Act::Rotate(Rotation { scope, key_id: key.id() }));
            books.get_or_insert((scope, key));
        }
        organisation.act(acts);
        headquarters.get_or_insert((id, keys));
        made.extend(books.map(|books| (id, tls, signing, books)));
    }
    let (mut vector, mut entries) = (Vector::default(), Vec::new());
    for entry in &organisation.roster {
        vector.advance(entry.head());
        entries.push((entry.head(), entry.encode()));
    }
    let shared = organisation.scope(scopes::ORGANISATION);
    let common = Arc::new(Common {
        organisation: organisation.id,
        roster: organisation.history().current(),
        roster_vector: Arc::new(vector),
        roster_entries: entries,
        shared: (shared, organisation.keys[&shared].clone()),
    });
    let site = |(id, tls, signing, books)| {
        let (common, commits) = (Arc::clone(&common), broadcast::Sender::new(COMMITS));
        let (held, known) = (Mutex::default(), watch::Sender::new(false));
        Arc::new(SimulatedSite { id, tls, signing, books, common, held, commits, known })
    };
    Ok(made.into_iter().map(site).collect())
}

impl SimulatedSite {
    /// Writes an entry of an edit's size, in its own books or in the scope that all share.
    pub(super) fn write(&self, shared: bool, seed: u64) -> Result<(), Failure> {
        let (scope, key) = if shared { &self.common.shared } else { &self.books };
        let mut held = self.held();
        let previous = held.last.get(scope).map(|head| (head.seq, head.hash));
        let entry = EntryBuilder {
            organisation: self.common.organisation,
            scope: *scope,
            writer: Writer { site: self.id, epoch: Epoch([1; 8]) },
            previous,
            roster_heads: self.common.roster.heads.clone(),
            deps: vec![],
            envelope: Envelope {
                author: "S0000/operator".into(),
                wall_clock_ms: 0,
                command: "party.update".into(),
                incarnation: Incarnation([1; 8]),
                batch: None,
            },
            shared: vec![],
            persons: vec![],
        }
        .build(Some(key), &self.signing, &mut ChaCha20Rng::seed_from_u64(seed))
        .map_err(|error| Failure::Wrong(format!("an entry is not built: {error}")))?;
        let head = entry.head();
        held.last.insert(*scope, head);
        held.written.entry(*scope).or_default().push((head, entry.encode()));
        let vector = held.vectors.entry(*scope).or_default();
        Arc::make_mut(vector).advance(head);
        let vector = Arc::clone(vector);
        drop(held);
        drop(self.commits.send(Commit { scope: *scope, heads: vec![head], vector, roster: None }));
        Ok(())
    }

    /// How many entries it has of the scope that all share.
    pub(super) fn shared_entries(&self) -> u64 {
        self.held().vectors.get(&self.common.shared.0).map_or(0, |vector| vector.entries())
    }

    /// What it says of itself, signed.
    pub(super) fn report(&self, at_ms: i64) -> HealthReport {
        let held = self.held();
        let scopes =
            held.vectors.iter().map(|(scope, vector)| ScopeHealth { scope: *scope, entries: vector.entries() });
        let health = Health {
            at_ms,
            software: "comptoir-node 0.1.0".into(),
            store_bytes: 40 << 20,
            disk_free_bytes: Some(200 << 30),
            scopes: scopes.collect(),
            set_aside: Some(vec![]),
            backup_at_ms: Some(at_ms - 3_600_000),
            journal: Some(vec![]),
            ..Health::default()
        };
        HealthReport::sign(&self.common.organisation, self.id, &health, &self.signing)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for SimulatedSite {
    fn view(&self) -> Result<LocalView, StoreFailure> {
        let mut vectors = self.held().vectors.clone();
        vectors.insert(roster::scope_id(), Arc::clone(&self.common.roster_vector));
        let roster = Arc::clone(&self.common.roster);
        Ok(LocalView { roster, vectors, wanted: BTreeMap::new(), unreceipted: BTreeMap::new() })
    }

    fn read(&self, scope: ScopeId, have: &Vector, most_bytes: usize) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure> {
        let held = self.held();
        let own = held.written.get(&scope).map(Vec::as_slice).unwrap_or_default();
        let entries = if scope == roster::scope_id() { &self.common.roster_entries } else { own };
        let mut bytes = 0;
        let lacking = entries.iter().filter(|(head, _)| have.seq(&head.writer) < head.seq);
        let within = lacking.take_while(|(_, entry)| {
            let first = bytes == 0;
            bytes += entry.len();
            first || bytes <= most_bytes
        });
        Ok(within.cloned().collect())
    }

    fn read_wanted(&self, _: ScopeId, _: &[Hash]) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure> {
        Ok(Vec::new())
    }

    fn admit(&self, _: Option<Party>, scope: ScopeId, entries: Vec<Entry>) -> Result<Admitted, StoreFailure> {
        let mut held = self.held();
        let vector = Arc::make_mut(held.vectors.entry(scope).or_default());
        let heads: Vec<LogHead> = entries.iter().map(Entry::head).collect();
        heads.iter().for_each(|head| vector.advance(*head));
        Ok(Admitted { scope, heads, held: false, receipts: vec![], refused: vec![] })
    }

    fn notice(&self, _: Option<Party>, notice: Notice) -> Result<(), StoreFailure> {
        if matches!(notice, Notice::Identified(_)) {
            self.known.send_replace(true);
        }
        Ok(())
    }
}
