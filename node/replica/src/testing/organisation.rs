//! An organisation of n sites, founded, with the scopes that exist from the start; the same for the same seed.

use std::path::Path;

use comptoir_sync_protocol::entry::{Entry, EntryBuilder};
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Epoch, Hash, Incarnation, OrganisationId, ScopeId, SiteId, Writer};
use comptoir_sync_protocol::keys::{ScopeKey, SealingSecret, generate_signing_key};
use comptoir_sync_protocol::payload::{Envelope, Operation};
use comptoir_sync_protocol::roster::{
    self, Act, Admission, Delegate, Members, Rotation, ScopeDefinition, SiteKeys, SiteProfile, scopes, wrap_key,
};
use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::{Application, Durability, Identity, Options, Replica, genesis_entry, organisation_of};

/// Acts put into one entry of the roster.
const ACTS_PER_ENTRY: usize = 1_000;
/// When the organisation was founded: 2026-01-01, Unix milliseconds.
const FOUNDED_MS: i64 = 1_767_225_600_000;

/// A founded organisation.
#[derive(Clone, Debug)]
pub struct TestOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its roster, in causal order; the genesis entry first.
    pub roster: Vec<Entry>,
    /// Root's key.
    pub root: SigningKey,
    /// In which epoch root wrote.
    pub root_epoch: Epoch,
    /// The delegated admin's key.
    pub admin: SigningKey,
    /// Its sites; the first is headquarters.
    pub sites: Vec<TestSite>,
}

/// One site with its secrets.
#[derive(Clone)]
pub struct TestSite {
    /// `S00`, `S01` …
    pub code: String,
    /// Its id.
    pub site: SiteId,
    /// Signs its entries.
    pub signing: SigningKey,
    /// Opens its scope keys.
    pub sealing: SealingSecret,
    /// What the roster says of its TLS key; no certificate belongs to it.
    pub tls_pin: [u8; 32],
}

impl std::fmt::Debug for TestSite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestSite({})", self.code)
    }
}

impl TestSite {
    fn generate(number: usize, rng: &mut ChaCha20Rng) -> Self {
        Self {
            code: format!("S{number:02}"),
            site: SiteId::random(rng),
            signing: generate_signing_key(rng),
            sealing: SealingSecret::generate(rng),
            tls_pin: Hash::random(rng).0,
        }
    }

    /// Who it is, for [`Options`].
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::new(self.site, self.signing.clone(), self.sealing.clone())
    }

    /// The keys that the roster shows.
    ///
    /// # Panics
    /// Never: generated keys are usable.
    #[must_use]
    pub fn keys(&self) -> SiteKeys {
        SiteKeys {
            tls_pin: self.tls_pin,
            signing: self.signing.verifying_key().to_bytes(),
            sealing: self.sealing.public().expect("invariant: a generated key is usable"),
        }
    }

    /// Options to open its replica with, for one process start.
    #[must_use]
    pub fn options(&self, organisation: &TestOrganisation, incarnation: Incarnation) -> Options {
        Options {
            organisation: organisation.id,
            identity: Some(self.identity()),
            incarnation,
            durability: Durability::Off,
            failpoint: None,
        }
    }

    /// Opens its replica, which then holds the organisation's roster.
    ///
    /// # Panics
    /// When it does not open.
    pub fn open<A: Application>(
        &self,
        organisation: &TestOrganisation,
        path: &Path,
        application: A,
        rng: &mut ChaCha20Rng,
    ) -> Replica<A> {
        let options = self.options(organisation, Incarnation::random(rng));
        let replica = Replica::open(path, application, options, rng).expect("the replica opens");
        let admitted = replica.admit(roster::scope_id(), organisation.roster.clone(), FOUNDED_MS);
        let report = admitted.expect("the roster is admitted");
        assert!(report.admitted.refused.is_empty(), "the roster is refused: {report:?}");
        replica
    }
}

impl TestOrganisation {
    /// A scope by its name.
    #[must_use]
    pub fn scope(&self, name: &str) -> ScopeId {
        ScopeId::of(&self.id, name)
    }

    /// Acts that define a scope with these sites as its members, to be signed with a key of the roster.
    ///
    /// # Panics
    /// Never: generated keys are usable.
    #[must_use]
    pub fn defining(&self, name: &str, members: &[&TestSite], rng: &mut ChaCha20Rng) -> Vec<Act> {
        scope_acts(self.id, name, members, rng)
    }

    /// The scope of shared records, which all sites hold.
    #[must_use]
    pub fn shared(&self) -> ScopeId {
        self.scope(scopes::ORGANISATION)
    }
}

/// Founds an organisation of `n` sites. The same seed gives the same organisation.
///
/// # Panics
/// When its roster does not fit: for thousands of sites.
#[must_use]
pub fn organisation(n: usize, seed: u64) -> TestOrganisation {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let (root, root_epoch) = (generate_signing_key(&mut rng), Epoch::random(&mut rng));
    let admin = generate_signing_key(&mut rng);
    let incarnation = Incarnation::random(&mut rng);
    let who = ("S00/operator", incarnation, FOUNDED_MS);
    let genesis = genesis_entry(&root, root_epoch, "Test", who, &mut rng).expect("it fits");
    let id = organisation_of(&genesis);
    let sites: Vec<TestSite> = (0..n).map(|number| TestSite::generate(number, &mut rng)).collect();
    let mut acts = vec![Act::Delegate(Delegate { admin: admin.verifying_key().to_bytes(), name: "admin".into() })];
    acts.extend(sites.iter().enumerate().map(|(number, site)| admit(site, number == 0)));
    let everyone: Vec<&TestSite> = sites.iter().collect();
    for name in [scopes::ORGANISATION, scopes::TRADE] {
        acts.extend(scope_acts(id, name, &everyone, &mut rng));
    }
    for site in &sites {
        let mut members = vec![site];
        members.extend(sites.first().filter(|headquarters| headquarters.site != site.site));
        for name in [scopes::books(&site.code), scopes::staff(&site.code), scopes::private(&site.code)] {
            acts.extend(scope_acts(id, &name, &members, &mut rng));
        }
    }
    let mut roster = vec![genesis];
    for acts in acts.chunks(ACTS_PER_ENTRY) {
        let LogHead { writer, seq, hash } = roster.last().expect("it begins with the genesis entry").head();
        let entry = roster_entry(id, writer, (seq, hash), acts, incarnation).build(None, &root, &mut rng);
        roster.push(entry.expect("it fits"));
    }
    TestOrganisation { id, roster, root, root_epoch, admin, sites }
}

fn roster_entry(
    organisation: OrganisationId,
    writer: Writer,
    previous: (u64, Hash),
    acts: &[Act],
    incarnation: Incarnation,
) -> EntryBuilder {
    EntryBuilder {
        organisation,
        scope: roster::scope_id(),
        writer,
        previous: Some(previous),
        roster_heads: Vec::new(),
        deps: Vec::new(),
        envelope: Envelope {
            author: "S00/operator".into(),
            wall_clock_ms: FOUNDED_MS,
            command: "organisation.create".into(),
            incarnation,
            batch: None,
        },
        shared: acts.iter().map(|act| Operation::Act(act.clone().into())).collect(),
        persons: Vec::new(),
    }
}

fn admit(site: &TestSite, headquarters: bool) -> Act {
    let profile = SiteProfile {
        code: site.code.clone(),
        name: format!("Site {}", site.code),
        country: "FR".into(),
        jurisdiction: "FR".into(),
        time_zone: "Europe/Paris".into(),
        currency: "EUR".into(),
        locale: "fr-FR".into(),
    };
    Act::Admit(Admission { site: site.site, profile, keys: site.keys(), headquarters, invitation: None })
}

fn scope_acts(organisation: OrganisationId, name: &str, members: &[&TestSite], rng: &mut ChaCha20Rng) -> Vec<Act> {
    let scope = ScopeId::of(&organisation, name);
    let key = ScopeKey::generate(rng);
    let mut acts = vec![
        Act::DefineScope(ScopeDefinition { scope, name: name.into(), jurisdictions: Vec::new() }),
        Act::AddMembers(Members { scope, sites: members.iter().map(|site| site.site).collect() }),
    ];
    for site in members {
        let wrapped = wrap_key(&key, scope, site.site, &site.keys().sealing, rng);
        acts.push(Act::WrapKey(wrapped.expect("a generated key is usable")));
    }
    acts.push(Act::Rotate(Rotation { scope, key_id: key.id() }));
    acts
}
