//! Sites that meet without a relay: a branch behind a branch, two on a network of their own, strangers at the door, a peer that
//! comes back.

use comptoir_sync_protocol::OrganisationId;
use comptoir_sync_protocol::frame::{Frame, Hello};
use comptoir_tests::processes::branches::{connected, converge, disconnected, headquarters_by, hold_alike};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{CONVERGE, LINE};
use comptoir_tests::processes::site::{free_port, number, text};
use comptoir_tests::processes::turnstile::Turnstile;
use comptoir_tests::processes::{Branches, Failure, Relay, Site, until};
use comptoir_transport::{CONTROL, CloseCode, ConnectError, Endpoint, Purpose, TlsIdentity};
use serde_json::Value;

use crate::place::{alone, in_place};

/// Lets other sites in at a free port; where.
fn listens(site: &Site) -> Result<String, Failure> {
    let address = free_port()?;
    let direct = site.ask(&["direct", "listen", &address])?;
    hold(direct["state"] == "open" && direct["address"] == address.as_str(), || direct.to_string())?;
    Ok(address)
}

/// How `site` says that it stands with another one.
fn peer(site: &Site, other: &str) -> Result<Value, Failure> {
    let status = site.status()?;
    let mut peers = status["direct"].as_array().into_iter().flatten();
    Ok(peers.rfind(|peer| peer["site"] == other).cloned().unwrap_or(Value::Null))
}

/// Waits until `site` says this of its line to another one.
fn stands(site: &Site, other: &str, state: &str) -> Result<Value, Failure> {
    until(&format!("{} says that {other} is {state}", site.code), LINE, || {
        let peer = peer(site, other)?;
        Ok(if peer["state"] == state { Ok(peer) } else { Err(peer.to_string()) })
    })
}

/// Waits until each has a party of these references.
fn have(sites: &[&Site], references: &[&str]) -> Result<(), Failure> {
    for site in sites {
        for reference in references {
            until(&format!("{} has {reference}", site.code), CONVERGE, || {
                Ok(site.party(reference).map(drop).map_err(|failure| failure.to_string()))
            })?;
        }
    }
    Ok(())
}

fn party(site: &Site, reference: &str) -> Result<(), Failure> {
    let fields = ["record", "create", "party", &format!("name=Party {reference}"), &format!("reference={reference}")];
    site.ask(&fields).map(drop)
}

/// Waits until sites hold the same, whatever relays have acknowledged.
fn alike(sites: &[&Site]) -> Result<(), Failure> {
    until("the sites hold the same", CONVERGE, || Ok(hold_alike(sites).map_err(|failure| failure.to_string())))
}

#[test]
fn what_a_branch_behind_a_branch_writes_reaches_everybody_and_back() {
    in_place(|programs, root| {
        let inner = free_port()?;
        let turnstile = Turnstile::before(&inner)?;
        let relay = Relay::behind(programs, root, turnstile.address.clone(), inner);
        let (relay, par) = headquarters_by(relay, programs, root)?;
        let mut branches = Branches::joined(relay, par, programs, root)?;
        branches.converge(CONVERGE)?;
        // From here on Dakar reaches nobody but Paris.
        branches.dkr.stop()?;
        turnstile.shut();
        let paris = listens(&branches.par)?;
        branches.dkr.ask(&["direct", "add", "PAR", &paris])?;
        branches.dkr.start()?;
        stands(&branches.dkr, "PAR", "connected")?;
        stands(&branches.par, "DKR", "connected")?;

        party(&branches.dkr, "D-1")?;
        party(&branches.mtl, "M-1")?;
        have(&branches.sites(), &["D-1", "M-1"])?;
        let (dakars, montreals) = (branches.dkr.party("D-1")?, branches.mtl.party("D-1")?);
        hold(dakars == montreals, || format!("{dakars} and {montreals}"))?;
        branches.mtl.set(&montreals, &["name=As Montréal has it"])?;
        until("Dakar reads what Montréal wrote", CONVERGE, || {
            let shown = branches.dkr.show(&dakars)?;
            let name = shown["fields"]["name"].as_str().unwrap_or_default().to_owned();
            Ok(if name == "As Montréal has it" { Ok(()) } else { Err(name) })
        })?;
        // Vectors and what follows from them, verdicts among that.
        alike(&branches.sites())?;
        hold(branches.dkr.line()? != "connected", || "Dakar reaches the relay".to_owned())?;
        // A second copy is no receipt.
        until("Dakar says that Paris holds all of its outbox", CONVERGE, || {
            let (outbox, holds) = (branches.dkr.outbox()?, number("DKR", &peer(&branches.dkr, "PAR")?, "holds")?);
            Ok(if outbox > 0 && outbox == holds { Ok(()) } else { Err(format!("{holds} of {outbox}")) })
        })?;
        for site in branches.sites() {
            site.verify()?;
        }
        // Once it reaches the relay again, it has its receipts for what others carried there.
        turnstile.open();
        connected(&[&branches.dkr])?;
        branches.converge(CONVERGE)?;
        Ok(())
    });
}

#[test]
fn two_sites_exchange_edits_and_goods_while_the_relay_is_down_and_a_peer_that_restarts_is_met_again() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        for site in branches.sites() {
            site.ask(&["record", "create", "location", "code=MAIN", "name=Main store"])?;
        }
        branches.par.ask(&["record", "create", "item", "sku=P-1", "name=Lamp"])?;
        let line = "item=P-1 quantity=10 cost=5EUR";
        branches.par.ask(&["move", "draft", "receive", "to=MAIN", "--line", line, "--post"])?;
        branches.converge(CONVERGE)?;
        branches.relay.stop()?;
        disconnected(&branches.sites())?;
        // Each dials the other: one session comes of it, or two that do no harm.
        let (paris, dakar) = (listens(&branches.par)?, listens(&branches.dkr)?);
        branches.dkr.ask(&["direct", "add", "PAR", &paris])?;
        branches.par.ask(&["direct", "add", "DKR", &dakar])?;
        stands(&branches.dkr, "PAR", "connected")?;
        stands(&branches.par, "DKR", "connected")?;

        party(&branches.dkr, "D-1")?;
        party(&branches.par, "P-1")?;
        have(&[&branches.par, &branches.dkr], &["D-1", "P-1"])?;
        branches.par.ask(&["transfer", "send", "--to", "DKR", "--from", "MAIN", "--line", "item=P-1 quantity=4"])?;
        let dispatch = until("the goods are on their way to Dakar", CONVERGE, || {
            let listed = branches.dkr.ask(&["transfer", "list"])?;
            let dispatch = listed["transfers"][0]["dispatch"].as_str().map(str::to_owned);
            Ok(dispatch.ok_or_else(|| listed.to_string()))
        })?;
        branches.dkr.ask(&["transfer", "receive", &dispatch, "--to", "MAIN"])?;
        until("Paris knows that they have arrived", CONVERGE, || {
            let found = branches.par.ask(&["stock", "on-hand", "P-1"])?;
            let sites = found["sites"].as_array().into_iter().flatten();
            let at_dakar = sites.filter(|of| of["site"] == "DKR").map(|of| of["on_hand"].to_string()).next();
            Ok(if at_dakar.as_deref() == Some("\"4\"") { Ok(()) } else { Err(found.to_string()) })
        })?;

        branches.par.kill()?;
        stands(&branches.dkr, "PAR", "offline")?;
        party(&branches.dkr, "D-2")?;
        branches.par.start()?;
        stands(&branches.dkr, "PAR", "connected")?;
        have(&[&branches.par], &["D-2"])?;
        branches.dkr.stop()?;
        stands(&branches.par, "DKR", "offline")?;
        party(&branches.par, "P-2")?;
        branches.dkr.start()?;
        have(&[&branches.dkr], &["P-2"])?;
        alike(&[&branches.par, &branches.dkr])?;

        branches.dkr.ask(&["direct", "remove", "PAR"])?;
        branches.par.ask(&["direct", "remove", "DKR"])?;
        stands(&branches.dkr, "PAR", "offline")?;
        branches.dkr.ask(&["direct", "shut"])?;
        branches.relay.start()?;
        connected(&branches.sites())?;
        branches.converge(CONVERGE)?;
        Ok(())
    });
}

/// A site's TLS key, from its file.
fn tls_of(site: &Site) -> TlsIdentity {
    let keys: Value = serde_json::from_slice(&std::fs::read(site.dir.join("keys.json")).unwrap()).unwrap();
    let hex = keys["tls"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    TlsIdentity::from_pkcs8(&bytes).unwrap()
}

/// Comes to a door with a key, says something, and is shown out: what was heard before, and the code.
fn comes(with: &TlsIdentity, to: &TlsIdentity, address: &str, says: &[u8]) -> (usize, CloseCode) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let endpoint = Endpoint::client(with).unwrap();
        let connection = match endpoint.connect(address.parse().unwrap(), to.pin(), Purpose::Sync).await {
            Ok(connection) => connection,
            // The word may be quicker than the end of the handshake.
            Err(ConnectError::Closed(closed)) => return (0, closed.by_peer().unwrap().code),
            Err(error) => panic!("{error}"),
        };
        let (sender, mut receiver) = connection.split();
        // It may be shown out before it has said anything.
        drop(sender.send(CONTROL, says.to_vec()).await);
        let mut heard = 0;
        while let Some(Ok(_)) = receiver.next().await {
            heard += 1;
        }
        (heard, receiver.closed().await.by_peer().unwrap().code)
    })
}

fn turned_away(site: &Site, count: u64, code: &str) -> Result<(), Failure> {
    until(&format!("{} counts {count} turned away, the last {code}", site.code), LINE, || {
        let direct = site.ask(&["direct", "list"])?;
        let last = direct["last_turned_away"]["code"].as_str().unwrap_or_default();
        let there = number(&site.code, &direct, "turned_away")?;
        Ok(if (there, last) == (count, code) { Ok(()) } else { Err(direct.to_string()) })
    })
}

#[test]
fn f19_f20_f25_who_does_not_belong_here_is_refused_with_a_code_counted_and_named() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        branches.converge(CONVERGE)?;
        let (paris, dakar) = (tls_of(&branches.par), tls_of(&branches.dkr));
        let address = listens(&branches.par)?;
        let hello = |organisation| {
            let (versions, software) = (vec![1, 2], "somebody".to_owned());
            Frame::Hello(Hello { versions, organisation, roster: Default::default(), claim: None, software }).encode()
        };
        let own = branches.par.status()?["organisation"]["id"].as_str().unwrap_or_default().to_owned();
        let own: OrganisationId = own.parse().map_err(|_| Failure::Wrong(own))?;

        // Strangers are told nothing, however many come; who is named in the roster comes in meanwhile.
        let strangers: Vec<TlsIdentity> = (0..25).map(|_| TlsIdentity::generate().unwrap()).collect();
        for stranger in &strangers {
            let met = comes(stranger, &paris, &address, &hello(own));
            hold(met == (0, CloseCode::NotAdmitted), || format!("a stranger heard {met:?}"))?;
        }
        turned_away(&branches.par, 25, "not admitted")?;
        branches.mtl.ask(&["direct", "add", "PAR", &address])?;
        stands(&branches.mtl, "PAR", "connected")?;

        // With the key of a site, but of another organisation, or saying what no site says.
        branches.dkr.stop()?;
        let met = comes(&dakar, &paris, &address, &hello(OrganisationId([9; 32])));
        hold(met.1 == CloseCode::WrongOrganisation, || format!("another organisation heard {met:?}"))?;
        turned_away(&branches.par, 26, "wrong organisation")?;
        let met = comes(&dakar, &paris, &address, &[0xff; 64]);
        hold(met.1 == CloseCode::Malformed, || format!("noise heard {met:?}"))?;
        turned_away(&branches.par, 27, "malformed")?;
        let log = std::fs::read_to_string(&branches.par.log).unwrap();
        for word in
            [strangers[0].pin().short(), dakar.pin().short(), "not admitted".into(), "wrong organisation".into()]
        {
            hold(log.contains(&word), || format!("the log does not say {word}"))?;
        }
        branches.dkr.start()?;
        hold(peer(&branches.mtl, "PAR")?["state"] == "connected", || "others suffered".to_owned())?;

        // Who dials somebody else than it means tells nothing either, and says so.
        let elsewhere = root.join("other");
        std::fs::create_dir(&elsewhere).map_err(Failure::system("cannot make a directory"))?;
        let mut other = alone(programs, &elsewhere)?;
        other.start()?;
        let elsewhere = listens(&other)?;
        branches.dkr.ask(&["direct", "add", "PAR", &elsewhere])?;
        until("Dakar says that another node answers", LINE, || {
            let trouble = peer(&branches.dkr, "PAR")?["trouble"].to_string();
            Ok(if trouble.contains("another node answers") { Ok(()) } else { Err(trouble) })
        })?;
        let doctor = branches.dkr.ask(&["doctor"])?;
        let check = doctor["checks"].as_array().into_iter().flatten().find(|check| check["check"] == "direct");
        hold(check.is_some_and(|check| check["state"] == "look"), || doctor.to_string())?;
        converge(&branches.sites(), CONVERGE)?;
        Ok(())
    });
}

#[test]
fn what_is_wished_is_checked_and_outlives_the_daemon() {
    in_place(|programs, root| {
        let mut site = alone(programs, root)?;
        hold(site.refused(&["direct", "add", "XXX", "a.example:1"], 1)? == "not-found", || {
            "an unknown site".to_owned()
        })?;
        hold(site.refused(&["direct", "add", "PAR", "a.example:1"], 2)? == "bad-request", || "itself".to_owned())?;
        hold(site.refused(&["direct", "listen", "nowhere"], 2)? == "address-invalid", || "no address".to_owned())?;
        let address = free_port()?;
        let waiting = site.ask(&["direct", "listen", &address])?;
        hold(waiting["state"] == "waiting", || waiting.to_string())?;
        let taken = std::net::UdpSocket::bind(&address).map_err(Failure::system("cannot take a port"))?;
        site.start()?;
        let state = |wanted: &str| {
            until(&format!("the door is {wanted}"), LINE, || {
                let direct = site.ask(&["direct", "list"])?;
                Ok(if direct["state"] == wanted { Ok(direct) } else { Err(direct.to_string()) })
            })
        };
        let failed = state("failed")?;
        hold(text("PAR", &failed["trouble"], "code")? == "port-in-use", || failed.to_string())?;
        drop(taken);
        state("open")?;
        let shut = site.ask(&["direct", "shut"])?;
        hold(shut["state"] == "shut" && shut["listen"].is_null(), || shut.to_string())?;
        Ok(())
    });
}
