//! An organisation whose keys are real, and a relay that it can claim. Owns set-up and waiting; asserts nothing.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use comptoir_relay::alarms::watch::Watch;
use comptoir_relay::data_dir::DataDir;
use comptoir_relay::identity::RelayIdentity;
use comptoir_relay::{Config, Relay, RunningRelay};
use comptoir_sync_protocol::enrolment::RelayCode;
use comptoir_sync_protocol::ids::InvitationId;
use comptoir_sync_protocol::keys::{SealingSecret, generate_signing_key};
use comptoir_sync_protocol::payload::Envelope;
use comptoir_sync_protocol::roster::{Act, Admission, Members, RelayAdmission, SiteKeys, SiteProfile, scopes};
use comptoir_sync_protocol::testing::TestOrganisation;
use comptoir_sync_protocol::{Entry, EntryBuilder, Epoch, Incarnation, LogHead, ScopeId, SiteId, Writer};
use comptoir_transport::TlsIdentity;
use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The upper bound of every wait; a test that meets it fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

/// Looks again, letting the others run, until `holds`.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    within(what, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// A site's secrets, and how far it wrote.
pub struct Member {
    pub id: SiteId,
    pub tls: TlsIdentity,
    pub signing: SigningKey,
    pub last: Option<LogHead>,
}

/// The organisation, its members, and the directory of its relay.
pub struct World {
    pub organisation: TestOrganisation,
    pub members: Vec<Member>,
    pub code: RelayCode,
    pub dir: tempfile::TempDir,
}

impl World {
    /// A relay that nobody claimed, in the roster of an organisation of so many sites; the first is headquarters.
    pub fn new(sites: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let code = init(dir.path());
        let mut organisation = TestOrganisation::found(0, 11);
        organisation.act(vec![Act::AdmitRelay(RelayAdmission {
            tls_pin: code.tls_pin,
            signing: code.signing,
            address: code.address.clone(),
            jurisdiction: code.jurisdiction.clone(),
        })]);
        let mut world = Self { organisation, members: Vec::new(), code, dir };
        (0..sites).for_each(|_| drop(world.admit(None)));
        world
    }

    /// Admits one more site; the entry that does it is the roster's last.
    pub fn admit(&mut self, invitation: Option<InvitationId>) -> Entry {
        let rng = &mut self.organisation.rng;
        let number = self.members.len();
        let (tls, signing) = (TlsIdentity::generate().unwrap(), generate_signing_key(rng));
        let id = SiteId::random(rng);
        let sealing = SealingSecret::generate(rng).public().unwrap();
        let admission = Admission {
            site: id,
            profile: SiteProfile {
                code: format!("S{number:02}"),
                name: "Site".into(),
                country: "FR".into(),
                jurisdiction: "FR".into(),
                time_zone: "Europe/Paris".into(),
                currency: "EUR".into(),
                locale: "fr-FR".into(),
            },
            keys: SiteKeys { tls_pin: tls.pin().0, signing: signing.verifying_key().to_bytes(), sealing },
            headquarters: number == 0,
            invitation,
        };
        self.members.push(Member { id, tls, signing, last: None });
        let members = Members { scope: self.scope(), sites: vec![id] };
        self.organisation.act(vec![Act::Admit(admission), Act::AddMembers(members)])
    }

    pub fn scope(&self) -> ScopeId {
        self.organisation.scope(scopes::ORGANISATION)
    }

    /// A site writes.
    pub fn write(&mut self, site: usize, count: usize) -> Vec<Entry> {
        let scope = self.scope();
        let roster_heads = self.organisation.history().current().heads.clone();
        let member = &mut self.members[site];
        let mut entries = Vec::new();
        for _ in 0..count {
            let builder = EntryBuilder {
                organisation: self.organisation.id,
                scope,
                writer: Writer { site: member.id, epoch: Epoch([1; 8]) },
                previous: member.last.map(|head| (head.seq, head.hash)),
                roster_heads: roster_heads.clone(),
                deps: vec![],
                envelope: Envelope {
                    author: "S00/operator".into(),
                    wall_clock_ms: 0,
                    command: "party.create".into(),
                    incarnation: Incarnation([1; 8]),
                    batch: None,
                },
                shared: vec![],
                persons: vec![],
            };
            let key = &self.organisation.keys[&scope];
            let entry = builder.build(Some(key), &member.signing, &mut self.organisation.rng).unwrap();
            member.last = Some(entry.head());
            entries.push(entry);
        }
        entries
    }

    pub async fn start(&self) -> RunningRelay {
        start(self.dir.path()).await
    }
}

pub fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub async fn start(dir: &Path) -> RunningRelay {
    Relay::start(Config {
        dir: dir.to_owned(),
        listen: any_port(),
        admin: any_port(),
        console: None,
        watch: Watch::default(),
    })
    .await
    .unwrap()
}

pub fn init(dir: &Path) -> RelayCode {
    let dir = DataDir::create(dir).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    RelayIdentity::create(&dir, "relay.example:4433".into(), "FR".into(), &mut rng).unwrap().1
}
