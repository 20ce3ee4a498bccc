//! An organisation for tests: founded, with sites, a relay, scopes and wrapped keys, all from one seed.
//! Owns nothing that a program would use; compiled for tests and under the feature `testing` only.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::entry::{Entry, EntryBuilder};
use crate::header::LogHead;
use crate::ids::{Epoch, Hash, Incarnation, OrganisationId, ScopeId, SiteId, Writer};
use crate::keys::{ScopeKey, SealingSecret, generate_signing_key};
use crate::payload::{Envelope, Operation};
use crate::roster::{
    self, Act, Admission, Delegate, Genesis, Members, Rekey, RelayAdmission, RosterHistory, Rotation, ScopeDefinition,
    SiteKeys, SiteProfile, scopes,
};

/// A site with all its secrets.
#[derive(Clone)]
pub struct TestSite {
    /// Its id.
    pub id: SiteId,
    /// Its code: `S00`, `S01` …; the first is headquarters.
    pub code: String,
    /// Signs its entries.
    pub signing: SigningKey,
    /// Opens its scope keys.
    pub sealing: SealingSecret,
    /// Stands for its TLS key.
    pub tls_pin: [u8; 32],
}

impl TestSite {
    /// The keys that the roster shows.
    pub fn keys(&self) -> SiteKeys {
        SiteKeys {
            tls_pin: self.tls_pin,
            signing: self.signing.verifying_key().to_bytes(),
            sealing: self.sealing.public().expect("a generated key is usable"),
        }
    }
}

/// An organisation and all its secrets.
pub struct TestOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Root's key.
    pub root: SigningKey,
    /// The one admin's key.
    pub admin: SigningKey,
    /// The key of another admin, whom nobody has delegated yet.
    pub second_admin: SigningKey,
    /// The sites.
    pub sites: Vec<TestSite>,
    /// The relay's TLS pin.
    pub relay_pin: [u8; 32],
    /// The relay's receipt key.
    pub relay_signing: SigningKey,
    /// Scope keys.
    pub keys: BTreeMap<ScopeId, ScopeKey>,
    /// The roster's entries, in causal order.
    pub roster: Vec<Entry>,
    /// For whatever else is random.
    pub rng: ChaCha20Rng,
}

impl TestOrganisation {
    /// Founds an organisation with `sites` sites that share the scopes `organisation` and `trade`.
    pub fn found(sites: usize, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let root = generate_signing_key(&mut rng);
        let admin = generate_signing_key(&mut rng);
        let genesis = Act::Genesis(Genesis {
            name: "Maison d'essai".into(),
            root: root.verifying_key().to_bytes(),
            recovery: vec![],
        });
        let delegate = Act::Delegate(Delegate { admin: admin.verifying_key().to_bytes(), name: "S00/operator".into() });
        let mut organisation = Self {
            id: OrganisationId::default(),
            sites: Vec::new(),
            relay_pin: Hash::random(&mut rng).0,
            relay_signing: generate_signing_key(&mut rng),
            keys: BTreeMap::new(),
            roster: Vec::new(),
            root,
            admin,
            // Of a generator of its own, so that all else is drawn as it was without it.
            second_admin: generate_signing_key(&mut ChaCha20Rng::seed_from_u64(!seed)),
            rng,
        };
        let root = organisation.root.clone();
        let first = organisation.act_as(&root, vec![genesis]);
        organisation.id = OrganisationId(first.hash().0);
        organisation.act_as(&root, vec![delegate]);
        let relay = RelayAdmission {
            tls_pin: organisation.relay_pin,
            signing: organisation.relay_signing.verifying_key().to_bytes(),
            address: "relay.example:4433".into(),
            jurisdiction: "FR".into(),
        };
        let mut acts = vec![Act::AdmitRelay(relay)];
        for name in [scopes::ORGANISATION, scopes::TRADE] {
            acts.extend(organisation.define_scope(name));
        }
        organisation.act(acts);
        for _ in 0..sites {
            organisation.admit_site();
        }
        organisation
    }

    /// Admits one more site to both scopes and returns the roster entry that does it.
    pub fn admit_site(&mut self) -> Entry {
        let site = self.new_site();
        let acts = self.admission(&site);
        self.sites.push(site);
        self.act(acts)
    }

    /// New keys for a site, all or some: the act that binds them, and the site as it is then. The test organisation goes on to
    /// hold it as it was.
    pub fn renewed(&mut self, at: usize, tls: bool, signing: bool, sealing: bool) -> (Act, TestSite) {
        let mut site = self.sites[at].clone();
        let new = self.new_site();
        if tls {
            site.tls_pin = new.tls_pin;
        }
        if signing {
            site.signing = new.signing;
        }
        if sealing {
            site.sealing = new.sealing;
        }
        (Act::Rekey(Rekey::new(&self.id, site.id, site.keys(), &site.signing)), site)
    }

    /// The roster as every holder of `self.roster` sees it.
    pub fn history(&self) -> RosterHistory {
        let mut history = RosterHistory::new(self.id);
        for entry in &self.roster {
            let checked = history.check(entry).expect("a roster of our own making");
            history.push(checked);
        }
        history
    }

    /// A scope's id.
    pub fn scope(&self, name: &str) -> ScopeId {
        ScopeId::of(&self.id, name)
    }

    /// Writes acts as the admin.
    pub fn act(&mut self, acts: Vec<Act>) -> Entry {
        let admin = self.admin.clone();
        self.act_as(&admin, acts)
    }

    /// Writes acts with a key of root's or an admin's.
    pub fn act_as(&mut self, key: &SigningKey, acts: Vec<Act>) -> Entry {
        let entry = self.build(key, acts);
        self.roster.push(entry.clone());
        entry
    }

    /// An entry by whoever holds this key, behind all that is known; nobody is told.
    pub fn entry_by(&mut self, key: &SigningKey, acts: Vec<Act>) -> Entry {
        let writer = Writer { site: SiteId::of_roster_key(&key.verifying_key().to_bytes()), epoch: Epoch([1; 8]) };
        let heads = self.history().current().heads.clone();
        let own = heads.iter().find(|head| head.writer == writer).map(|head| (head.seq, head.hash));
        let deps = heads.into_iter().filter(|head| head.writer != writer).collect();
        self.build_behind(key, own, deps, acts)
    }

    fn new_site(&mut self) -> TestSite {
        TestSite {
            id: SiteId::random(&mut self.rng),
            code: format!("S{:02}", self.sites.len()),
            signing: generate_signing_key(&mut self.rng),
            sealing: SealingSecret::generate(&mut self.rng),
            tls_pin: Hash::random(&mut self.rng).0,
        }
    }

    fn define_scope(&mut self, name: &str) -> Vec<Act> {
        let scope = ScopeId::of(&self.id, name);
        let key = ScopeKey::generate(&mut self.rng);
        let key_id = key.id();
        self.keys.insert(scope, key);
        let definition = ScopeDefinition { scope, name: name.into(), jurisdictions: vec![] };
        vec![Act::DefineScope(definition), Act::Rotate(Rotation { scope, key_id })]
    }

    fn admission(&mut self, site: &TestSite) -> Vec<Act> {
        let keys = site.keys();
        let sealing = keys.sealing;
        let mut acts = vec![Act::Admit(Admission {
            site: site.id,
            profile: SiteProfile {
                code: site.code.clone(),
                name: site.code.clone(),
                country: "FR".into(),
                jurisdiction: "FR".into(),
                time_zone: "Europe/Paris".into(),
                currency: "EUR".into(),
                locale: "fr-FR".into(),
            },
            keys,
            headquarters: self.sites.is_empty(),
            invitation: None,
        })];
        let keys: Vec<_> = self.keys.iter().map(|(scope, key)| (*scope, key.clone())).collect();
        for (scope, key) in keys {
            acts.push(Act::AddMembers(Members { scope, sites: vec![site.id] }));
            let wrapped = roster::wrap_key(&key, scope, site.id, &sealing, &mut self.rng).expect("a usable key");
            acts.push(Act::WrapKey(wrapped));
        }
        acts
    }

    fn build(&mut self, key: &SigningKey, acts: Vec<Act>) -> Entry {
        let writer = Writer { site: SiteId::of_roster_key(&key.verifying_key().to_bytes()), epoch: Epoch([1; 8]) };
        let own = self.roster.iter().rev().find(|entry| entry.header().writer == writer);
        let previous = own.map(|entry| (entry.header().seq, entry.hash()));
        let others = self.roster.iter().rev().find(|entry| entry.header().writer != writer);
        let deps = others.map(Entry::head).into_iter().collect();
        self.build_behind(key, previous, deps, acts)
    }

    fn build_behind(
        &mut self,
        key: &SigningKey,
        previous: Option<(u64, Hash)>,
        deps: Vec<LogHead>,
        acts: Vec<Act>,
    ) -> Entry {
        let writer = Writer { site: SiteId::of_roster_key(&key.verifying_key().to_bytes()), epoch: Epoch([1; 8]) };
        EntryBuilder {
            organisation: self.id,
            scope: roster::scope_id(),
            writer,
            previous,
            roster_heads: vec![],
            deps,
            envelope: Envelope {
                author: "S00/operator".into(),
                wall_clock_ms: 0,
                command: "roster.act".into(),
                incarnation: Incarnation([1; 8]),
                batch: None,
            },
            shared: acts.into_iter().map(Box::new).map(Operation::Act).collect(),
            persons: vec![],
        }
        .build(None, key, &mut self.rng)
        .expect("a small entry")
    }
}
