//! Founding an organisation: root and admin key, genesis, the first site as headquarters, the first scopes. Owns the order in
//! which files are written: the site's keys come last and mark that all is there.

use std::path::PathBuf;

use comptoir_backoffice::BackOffice;
use comptoir_replica::{AdmitError, AppendError, Replica, genesis_entry, organisation_of};
use comptoir_sync_protocol::enrolment::RelayCode;
use comptoir_sync_protocol::roster::{self, Act, Admission, Delegate, SiteProfile};
use comptoir_sync_protocol::{Entry, Incarnation, OrganisationId, Writer};
use comptoir_transport::Pin;
use rand_core::CryptoRng;

use crate::custody::KeyFiles;
use crate::custody::keyring::Keyring;
use crate::data_dir::{DataDir, EnterError, Lock};
use crate::enrolment::scopes::{self, Addressee};
use crate::identity::{NodeKeys, RosterKey, write_problem};
use crate::node::storage_problem;
use crate::opening::open_replica;
use crate::problem::{Code, Problem};
use crate::profile::{ProfileRequest, organisation_name};
use crate::sync::claims;
use crate::{author, clock, entropy};

/// What is founded.
pub struct Founding {
    /// Name of the organisation.
    pub organisation: String,
    /// The headquarters.
    pub site: ProfileRequest,
    /// Code of a relay to take into service.
    pub relay: Option<String>,
}

/// What was founded.
pub struct Founded {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// Code of its headquarters.
    pub site_code: String,
    /// Under which this node writes.
    pub writer: Writer,
    /// Where the root key lies.
    pub root_key: PathBuf,
}

/// Founds an organisation in an empty directory. What an attempt that was interrupted left there is replaced.
pub fn found(data: &DataDir, request: Founding) -> Result<Founded, Problem> {
    let plan = Plan::of(request)?;
    let lock = data.enter_new(false)?;
    carry_out(data, &lock, plan)
}

/// As [`found`], by who is in the directory already.
pub fn found_within(data: &DataDir, lock: &Lock, request: Founding) -> Result<Founded, Problem> {
    let plan = Plan::of(request)?;
    // A founding that was carried out is never replaced.
    if data.is_a_node() {
        return Err(EnterError::AlreadyANode { path: data.path().to_owned() }.into());
    }
    carry_out(data, lock, plan)
}

/// What is to be founded, checked.
struct Plan {
    name: String,
    profile: SiteProfile,
    relay: Option<RelayCode>,
}

impl Plan {
    fn of(request: Founding) -> Result<Self, Problem> {
        Ok(Self {
            name: organisation_name(&request.organisation)?,
            profile: request.site.complete()?,
            relay: request.relay.as_deref().map(relay_code).transpose()?,
        })
    }
}

fn carry_out(data: &DataDir, _lock: &Lock, Plan { name, profile, relay }: Plan) -> Result<Founded, Problem> {
    remove_leftovers(data)?;
    let mut rng = entropy::os();
    let (root, admin) = (RosterKey::generate(&mut rng), RosterKey::generate(&mut rng));
    let author = author::operator(&profile.code);
    let written_by = (author.as_str(), Incarnation::random(&mut rng), clock::now_ms());
    let genesis = genesis_entry(&root.signing, root.epoch, &name, written_by, &mut rng)
        .map_err(|error| Problem::from_error(Code::Internal, &error))?;
    let organisation = organisation_of(&genesis);
    let keys = NodeKeys::generate(organisation, &mut rng)?;
    let mut acts = admission(&organisation, &profile, &keys, &mut rng)?;
    acts.extend(relay.as_ref().map(relay_act));
    let written = |result: Result<(), crate::durable::WriteError>| result.map_err(|error| write_problem(&error));
    let files = KeyFiles::open(data)?;
    written(files.write_root(&root))?;
    written(files.write_admin(&admin))?;
    if let Some(relay) = &relay {
        keep_claim(data, relay)?;
    }
    let replica = open_replica(data, keys.organisation, &Keyring::new(&keys, Vec::new())?)?;
    begin_roster(&replica, &genesis, (&root, &admin), &author, acts)?;
    written(files.write_node(&keys))?;
    let writer = replica.writer();
    Ok(Founded { organisation, name, site_code: profile.code, writer, root_key: data.root_key() })
}

/// A relay's code as people copy it.
pub fn relay_code(text: &str) -> Result<RelayCode, Problem> {
    RelayCode::from_text(text).map_err(|error| Problem::from_error(Code::CodeMistyped, &error))
}

/// The act that takes a relay into service.
pub fn relay_act(relay: &RelayCode) -> Act {
    Act::AdmitRelay(roster::RelayAdmission {
        tls_pin: relay.tls_pin,
        signing: relay.signing,
        address: relay.address.clone(),
        jurisdiction: relay.jurisdiction.clone(),
    })
}

/// Keeps the right to claim a relay until the daemon reaches it.
pub fn keep_claim(data: &DataDir, relay: &RelayCode) -> Result<(), Problem> {
    claims::keep(data, &Pin(relay.tls_pin), &relay.claim.0).map_err(|error| match &error {
        claims::KeepError::Read(_) => Problem::from_error(Code::Damaged, &error),
        claims::KeepError::Write(error) => write_problem(error),
    })
}

fn admission(
    organisation: &OrganisationId,
    profile: &SiteProfile,
    keys: &NodeKeys,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Act>, Problem> {
    let internal = |error| Problem::from_error(Code::Internal, &error);
    let public = keys.public().map_err(internal)?;
    let us = Addressee { site: keys.site, keys: &public };
    let mut acts = vec![Act::Admit(Admission {
        site: keys.site,
        profile: profile.clone(),
        keys: public.clone(),
        headquarters: true,
        invitation: None,
    })];
    let own = scopes::own(&profile.code);
    for name in scopes::SHARED.into_iter().chain(own.iter().map(String::as_str)) {
        acts.extend(scopes::define(organisation, (name, Vec::new()), &[us], rng).map_err(internal)?);
    }
    Ok(acts)
}

/// Takes in the genesis entry; root lets the admin key do the daily work, which begins with admitting this site.
fn begin_roster(
    replica: &Replica<BackOffice>,
    genesis: &Entry,
    (root, admin): (&RosterKey, &RosterKey),
    author: &str,
    acts: Vec<Act>,
) -> Result<(), Problem> {
    let internal = |error: &dyn std::error::Error| Problem::from_error(Code::Internal, error);
    let (now_ms, rng) = (clock::now_ms(), entropy::os);
    let report = replica.found(genesis, now_ms).map_err(|error| match &error {
        AdmitError::Storage(error) => storage_problem(error),
        error => internal(error),
    })?;
    if let Some((_, code)) = report.admitted.refused.first() {
        return Err(Problem::new(Code::Internal, format!("The genesis entry was refused: {code:?}")));
    }
    let delegate = Delegate { admin: admin.signing.verifying_key().to_bytes(), name: author.to_owned() };
    let said_by = |key: &RosterKey, acts, command| {
        let appended = replica.append_roster((&key.signing, key.epoch), acts, (author, command), now_ms, &mut rng());
        appended.map(drop).map_err(|error| match &error {
            AppendError::Storage(error) => storage_problem(error),
            error => internal(error),
        })
    };
    said_by(root, vec![Act::Delegate(delegate)], "admin.delegate")?;
    said_by(admin, acts, "site.admit")
}

fn remove_leftovers(data: &DataDir) -> Result<(), Problem> {
    let database = data.replica();
    let beside = |suffix: &str| {
        let mut name = database.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    };
    for path in [beside(""), beside("-wal"), beside("-shm"), data.root_key(), data.admin_key(), data.claims()] {
        crate::durable::remove(&path).map_err(|error| write_problem(&error))?;
    }
    Ok(())
}
