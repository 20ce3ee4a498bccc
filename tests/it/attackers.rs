//! Two attackers whom the design names. One owns a relay's disk, memory and keys: no member is added, no key and no business text is found.
//! One owns the laptop of a site that was revoked: nothing new is readable there, and nothing that it writes counts.

use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_relay::core::RelayCore;
use comptoir_relay::identity::RelayIdentity;
use comptoir_relay::store::Durability;
use comptoir_sync_protocol::entry::EntryBuilder;
use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::ids::{Epoch, Incarnation};
use comptoir_sync_protocol::keys::SealingSecret;
use comptoir_sync_protocol::payload::{Envelope, Operation};
use comptoir_sync_protocol::roster::{self, Act, Admission, Party, SiteKeys, SiteProfile, scopes, unwrap_key};
use comptoir_sync_protocol::session::{Admitted, Config, LocalView};
use comptoir_sync_protocol::{Entry, Hash, LogHead, OrganisationId, ScopeId, SiteId, Vector, Writer};
use comptoir_tests::processes::branches::{ORGANISATION, connected, converge, disconnected};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{CONVERGE, LINE};
use comptoir_tests::processes::site::free_port;
use comptoir_tests::processes::{Branches, Failure, Site, until};
use comptoir_transport::{CloseCode, Endpoint, Notice, Purpose, SessionStore, StoreFailure, Wiring, drive};
use rand_core::SeedableRng;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::place::in_place;
use crate::search::Search;

const SECRET: &str = "Dossier de Mme Ndiaye, salle 7f3a";
const EARLY: &str = "Su avant le vol, 41c9";
const LATE: &str = "Écrit par le voleur, 8d02";

fn party(site: &Site, reference: &str, name: &str) -> Result<Value, Failure> {
    site.ask(&["record", "create", "party", &format!("reference={reference}"), &format!("name={name}")])
}

/// What a process has in its memory, as far as it may write it.
fn memory(pid: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|may| may.starts_with("rw"))) {
        let (from, to) = line.split(' ').next().and_then(|range| range.split_once('-')).unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut region = vec![0; (to - from) as usize];
        // What is reserved and was never touched may not let itself be read.
        if memory.read_exact_at(&mut region, from).is_ok() {
            all.extend(region);
        }
    }
    all
}

fn holds(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

fn files(dir: &std::path::Path) -> Vec<u8> {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.flat_map(|path| std::fs::read(path).unwrap()).collect()
}

/// The key of a scope, as a member's own key opens it from the roster.
fn scope_key(site: &Site, roster: &roster::Roster, scope: &str) -> [u8; 32] {
    let keys: Value = serde_json::from_slice(&std::fs::read(site.dir.join("keys.json")).unwrap()).unwrap();
    let hex = keys["sealing"].as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    let secret = SealingSecret::from_bytes(std::array::from_fn(byte));
    let scope = roster.scope_by_name(scope).unwrap();
    let id = roster.site_by_code(&site.code).unwrap().id;
    let wrapped = &scope.keys[&(scope.current_key.unwrap(), id)];
    *unwrap_key(wrapped, &secret).unwrap().as_bytes()
}

/// A relay in strange hands: the true one's store and keys, and entries that nobody of the organisation wrote.
struct Hostile {
    core: RelayCore,
    forged: Vec<Entry>,
    refused: Mutex<Vec<RefusalCode>>,
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> StoreFailure {
    StoreFailure(Box::new(error))
}

impl SessionStore for Hostile {
    fn view(&self) -> Result<LocalView, StoreFailure> {
        let mut view = self.core.view();
        let vector = Arc::make_mut(view.vectors.entry(roster::scope_id()).or_default());
        self.forged.iter().for_each(|entry| vector.advance(entry.head()));
        Ok(view)
    }

    fn read(&self, scope: ScopeId, have: &Vector, most_bytes: usize) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure> {
        let mut read = self.core.read(scope, have, most_bytes).map_err(failed)?;
        if scope == roster::scope_id() {
            let lacking = |entry: &&Entry| have.seq(&entry.head().writer) < entry.head().seq;
            read.extend(self.forged.iter().filter(lacking).map(|entry| (entry.head(), entry.encode())));
        }
        Ok(read)
    }

    fn read_wanted(&self, scope: ScopeId, wanted: &[Hash]) -> Result<Vec<(LogHead, Vec<u8>)>, StoreFailure> {
        self.core.read_wanted(scope, wanted).map_err(failed)
    }

    fn admit(&self, peer: Option<Party>, scope: ScopeId, entries: Vec<Entry>) -> Result<Admitted, StoreFailure> {
        Ok(self.core.admit(peer, scope, entries).map_err(failed)?.admitted)
    }

    fn notice(&self, _peer: Option<Party>, notice: Notice) -> Result<(), StoreFailure> {
        if let Notice::PeerRefused { code, .. } = notice {
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(code);
        }
        Ok(())
    }
}

impl Hostile {
    /// With what lies on the relay's disk. It admits a site of its own: once in an admin's name, once in its own.
    fn with(dir: &std::path::Path) -> (Self, RelayIdentity) {
        let identity = RelayIdentity::read(dir).unwrap();
        let core = RelayCore::open(dir, identity.core(identity.organisation.unwrap()), Durability::Full).unwrap();
        let own = identity.signing.verifying_key().to_bytes();
        let organisation = core.organisation();
        let known = core.roster();
        let admin = known.heads.iter().find(|head| head.writer.site != known.root).unwrap();
        let stranger = Writer { site: SiteId::of_roster_key(&own), epoch: Epoch([1; 8]) };
        let forged = [(admin.writer, Some((admin.seq, admin.hash))), (stranger, None)];
        let forged = forged.map(|(writer, previous)| {
            let builder = EntryBuilder {
                organisation,
                scope: roster::scope_id(),
                writer,
                previous,
                roster_heads: vec![],
                deps: known.heads.iter().filter(|head| head.writer != writer).copied().collect(),
                envelope: envelope(),
                shared: vec![Operation::Act(Box::new(intruder(&organisation, own)))],
                persons: vec![],
            };
            let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(7);
            builder.build(None, &identity.signing, &mut rng).unwrap()
        });
        (Self { core, forged: forged.into(), refused: Mutex::default() }, identity)
    }

    fn refused(&self) -> Vec<RefusalCode> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn envelope() -> Envelope {
    let (author, command) = ("PAR/operator".to_owned(), "site.admit".to_owned());
    Envelope { author, wall_clock_ms: 0, command, incarnation: Incarnation([1; 8]), batch: None }
}

fn intruder(organisation: &OrganisationId, key: [u8; 32]) -> Act {
    let text = str::to_owned;
    Act::Admit(Admission {
        site: comptoir_node::identity::site_id(organisation, &key),
        profile: SiteProfile {
            code: text("BAD"),
            name: text("Intruder"),
            country: text("FR"),
            jurisdiction: text("FR"),
            time_zone: text("Europe/Paris"),
            currency: text("EUR"),
            locale: text("fr-FR"),
        },
        keys: SiteKeys { tls_pin: key, signing: key, sealing: key },
        headquarters: false,
        invitation: None,
    })
}

/// Answers in the relay's place, to whoever comes, until it is dropped.
async fn answers(endpoint: Endpoint, hostile: Arc<Hostile>) {
    while let Some(connection) = endpoint.accept().await {
        let config = Config {
            local: hostile.core.party(),
            peer_pin: connection.peer_pin().0,
            dialled: false,
            claim: None,
            software: "somebody".to_owned(),
        };
        let (_, events) = mpsc::channel(1);
        let commits = hostile.core.subscribe();
        let wiring = Wiring { store: hostile.clone(), commits, events, shutdown: CancellationToken::new() };
        let (sender, receiver) = connection.split();
        tokio::spawn(drive(sender, receiver, config, wiring, None));
    }
}

fn codes(site: &Site) -> Result<Vec<String>, Failure> {
    let organisation = site.api()?.get("/api/v1/organisation")?;
    let sites = organisation["sites"].as_array().into_iter().flatten();
    Ok(sites.filter_map(|site| site["code"].as_str().map(str::to_owned)).collect())
}

#[test]
fn f19_who_owns_the_relay_finds_no_text_and_no_key_and_adds_no_member() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        party(&branches.dkr, "C-1", SECRET)?;
        branches.converge(CONVERGE)?;

        // Its memory and its disk, and what its second port tells.
        let of_relay = memory(branches.relay.daemon().map(|daemon| daemon.pid()).unwrap());
        let of_paris = memory(branches.par.daemon().map(|daemon| daemon.pid()).unwrap());
        let told: String =
            ["/metrics", "/readyz", "/healthz"].iter().filter_map(|page| branches.relay.page(page).ok()).collect();
        branches.relay.kill()?;
        disconnected(&branches.sites())?;
        let (hostile, identity) = Hostile::with(&branches.relay.dir);
        let key = scope_key(&branches.par, &hostile.core.roster(), scopes::ORGANISATION);
        hold(holds(&of_paris, SECRET.as_bytes()) && holds(&of_paris, &key), || {
            "the search does not find in a member's memory what is there".to_owned()
        })?;
        hold(holds(&of_relay, ORGANISATION.as_bytes()), || "the relay's memory was not read".to_owned())?;
        hold(!holds(&of_relay, SECRET.as_bytes()) && !holds(&of_relay, &key), || {
            "it is in the relay's memory".to_owned()
        })?;
        let mut on_disk = Search::new([SECRET, ORGANISATION]);
        on_disk.directory(&branches.relay.dir);
        hold(*on_disk.found() == [ORGANISATION].into(), || format!("on the relay's disk: {:?}", on_disk.found()))?;
        hold(!holds(&files(&branches.relay.dir), &key), || "a key is on the relay's disk".to_owned())?;
        hold(told.contains("comptoir") && !told.contains(SECRET), || told.clone())?;

        // In its place, with its keys: members come, and take none of its entries. While it answers so they wait for each other.
        let runtime = tokio::runtime::Runtime::new().map_err(Failure::system("no runtime"))?;
        let hostile = Arc::new(hostile);
        let at: SocketAddr = branches.relay.address.parse().unwrap();
        let endpoint = runtime.block_on(async { Endpoint::server(at, &identity.tls, &[Purpose::Sync]).unwrap() });
        let answering = runtime.spawn(answers(endpoint, hostile.clone()));
        connected(&branches.sites())?;
        party(&branches.mtl, "C-2", "Written meanwhile")?;
        until("every forged entry was refused", LINE, || {
            let refused = hostile.refused();
            let both = [RefusalCode::BadSignature, RefusalCode::NoAuthority].iter().all(|code| refused.contains(code));
            Ok(if both { Ok(()) } else { Err(format!("{refused:?}")) })
        })?;
        for site in branches.sites() {
            hold(codes(site)? == ["DKR", "MTL", "PAR"], || format!("{:?}", codes(site)))?;
            site.verify()?;
        }
        answering.abort();
        drop(runtime);
        drop(hostile);

        // The true one goes on.
        branches.relay.start()?;
        connected(&branches.sites())?;
        branches.converge(CONVERGE)?;
        branches.par.party("C-2").map(drop)
    });
}

#[test]
fn f12_who_owns_the_laptop_of_a_revoked_site_reads_nothing_new_and_writes_nothing_that_counts() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        party(&branches.par, "C-1", EARLY)?;
        branches.converge(CONVERGE)?;
        branches.dkr.kill()?;
        branches.par.ask(&["site", "revoke", "DKR", "--yes"])?;
        party(&branches.mtl, "C-2", SECRET)?;
        converge(&[&branches.par, &branches.mtl], CONVERGE)?;

        // It writes before it hears of anything, then meets the relay, and a member without one.
        party(&branches.dkr, "B-1", LATE)?;
        let montreal = free_port()?;
        branches.mtl.ask(&["direct", "listen", &montreal])?;
        branches.dkr.ask(&["direct", "add", "MTL", &montreal])?;
        branches.dkr.start()?;
        until("it is told that it was removed", LINE, || {
            let status = branches.dkr.status()?;
            let told = [&status["relay"]["trouble"], &status["direct"][0]["trouble"]];
            let all = told.iter().all(|told| told.as_str().is_some_and(|told| told.contains("suspended or revoked")));
            Ok(if all { Ok(()) } else { Err(status.to_string()) })
        })?;
        let code = branches.dkr.refused(&["record", "create", "party", "reference=B-2", "name=More"], 1)?;
        hold(code == "site-removed", || code.clone())?;
        party(&branches.par, "C-3", "Written after it came back")?;
        converge(&[&branches.par, &branches.mtl], CONVERGE)?;

        let found = |site: &Site| {
            let mut search = Search::new([SECRET, EARLY, LATE]);
            search.directory(&site.dir);
            search.found().iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()
        };
        branches.dkr.stop()?;
        hold(found(&branches.dkr) == [EARLY, LATE], || format!("at the thief's: {:?}", found(&branches.dkr)))?;
        hold(found(&branches.mtl) == [SECRET, EARLY], || format!("at Montréal: {:?}", found(&branches.mtl)))?;
        for site in [&branches.par, &branches.mtl] {
            hold(site.party("B-1").is_err(), || format!("{} took what the thief wrote", site.code))?;
            site.verify()?;
        }
        // Whoever comes to the door with its keys and says nothing of a roster is no more than that.
        let listed = branches.par.ask(&["site", "list"])?;
        let sites = listed["sites"].as_array().into_iter().flatten();
        let dakar = sites.filter(|site| site["code"] == "DKR").map(|site| site["standing"].clone()).next();
        hold(dakar == Some("revoked".into()), || listed.to_string())?;
        let turned = branches.mtl.ask(&["direct", "list"])?["last_turned_away"]["code"].clone();
        hold(turned == CloseCode::Removed.to_string().as_str(), || turned.to_string())
    });
}
