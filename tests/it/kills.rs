//! kill -9 of nodes and of the relay at seeded random moments under load (F1): nothing that was acknowledged is missing, the
//! chains verify, and all sites end alike.

use comptoir_tests::demo_data::write_csv;
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{CONVERGE, START};
use comptoir_tests::processes::{Branches, Daemon, Failure, Site, until};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::ledger::Ledger;
use crate::load::Load;
use crate::place::{alone, file, in_place};

const KILLS: usize = 20;
const PARTIES: usize = 200;
/// Files that each of two sites imports meanwhile.
const FILES: usize = 6;
/// Between two kills, at most so many acknowledgements; how many is the seed's.
const MOST_ACKNOWLEDGEMENTS: u64 = 120;

/// The seed of a test, told so that it can be tried again; COMPTOIR_SEED chooses another. When a process dies is the machine's
/// doing as well, so a seed repeats a course of events only roughly.
fn seed(usual: u64) -> u64 {
    let chosen = std::env::var("COMPTOIR_SEED").ok().map(|text| text.parse().unwrap());
    let seed = chosen.unwrap_or(usual);
    println!("COMPTOIR_SEED={seed}");
    seed
}

/// Parties that all three sites have, by id.
fn filled(branches: &Branches, root: &std::path::Path) -> Result<Vec<String>, Failure> {
    let csv = file(root, "parties.csv", write_csv(11, PARTIES, "C-"))?;
    branches.par.import(&csv)?;
    branches.converge(CONVERGE)?;
    let page = branches.par.api()?.get("/api/v1/records/party?limit=500")?;
    let ids = page["records"].as_array().into_iter().flatten().filter_map(|record| record["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

fn under_load(branches: &Branches, root: &std::path::Path, seed: u64) -> Result<Load, Failure> {
    let parties = filled(branches, root)?;
    hold(parties.len() == PARTIES, || format!("{} parties to edit", parties.len()))?;
    let mut load = Load::new();
    for (number, site) in branches.sites().into_iter().enumerate() {
        load.edit(site, &parties, seed + number as u64);
    }
    load.import(&branches.par, root, FILES);
    load.import(&branches.dkr, root, FILES);
    Ok(load)
}

/// Waits until some more was acknowledged: by how much is drawn, so the kill comes at any point of anything.
fn a_moment(ledger: &Ledger, rng: &mut ChaCha20Rng) -> Result<(), Failure> {
    let target = ledger.count() + rng.next_u64() % MOST_ACKNOWLEDGEMENTS;
    until("work goes on", CONVERGE, || {
        let count = ledger.count();
        Ok(if count >= target { Ok(()) } else { Err(format!("{count} acknowledgements, not {target}")) })
    })
}

/// Starts a killed site's node. An import that came between found nobody there and has the directory until it ends.
fn restart(site: &mut Site) -> Result<(), Failure> {
    until("the node has its directory", START, || match site.start() {
        Ok(()) => Ok(Ok(())),
        Err(Failure::Died { tail, .. }) if tail.contains("directory-in-use") => Ok(Err(tail)),
        Err(failure) => Err(failure),
    })
}

/// The end of every such story: all lines up, all alike, all sound, nothing acknowledged missing anywhere.
fn hold_all(branches: &Branches, ledger: &Ledger) -> Result<(), Failure> {
    let took = branches.converge(CONVERGE)?;
    println!("{} acknowledgements; alike {:.1} s after the last", ledger.count(), took.as_secs_f32());
    for site in branches.sites() {
        site.verify()?;
        ledger.hold(site)?;
        let status = site.status()?;
        for name in ["quarantined", "parked", "waiting"] {
            hold(status[name] == 0, || format!("{}: {name} is {}", site.code, status[name]))?;
        }
    }
    Ok(())
}

#[test]
fn f01_twenty_kills_of_nodes_under_load_lose_nothing_acknowledged() {
    in_place(|programs, root| {
        let seed = seed(0xf01);
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut branches = Branches::found(programs, root)?;
        let load = under_load(&branches, root, seed)?;
        for _ in 0..KILLS {
            let victim = match rng.next_u64() % 3 {
                0 => &mut branches.par,
                1 => &mut branches.dkr,
                _ => &mut branches.mtl,
            };
            a_moment(load.ledger(), &mut rng)?;
            victim.kill()?;
            restart(victim)?;
        }
        let ledger = load.end()?;
        hold_all(&branches, &ledger)
    });
}

#[test]
fn f01_twenty_kills_of_the_relay_under_load_lose_nothing_acknowledged_nor_does_the_loss_of_its_store() {
    in_place(|programs, root| {
        let seed = seed(0xf16);
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut branches = Branches::found(programs, root)?;
        let load = under_load(&branches, root, seed)?;
        for kill in 0..KILLS {
            a_moment(load.ledger(), &mut rng)?;
            branches.relay.kill()?;
            a_moment(load.ledger(), &mut rng)?;
            if kill == KILLS / 2 {
                hold(branches.relay.lose_store()? > 0, || "the relay has no store to lose".to_owned())?;
            }
            branches.relay.start()?;
        }
        let ledger = load.end()?;
        hold_all(&branches, &ledger)
    });
}

#[test]
fn f01_a_node_killed_while_it_rebuilds_has_what_it_had() {
    in_place(|programs, root| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed(0xf39));
        let mut site = alone(programs, root)?;
        site.import(&file(root, "parties.csv", write_csv(39, 3_000, "C-"))?)?;
        let before = site.digest()?;
        let took = site.run(&["rebuild"])?.leaving(0)?.took;
        let mut broken_off = 0;
        for _ in 0..6 {
            let rebuild = Daemon::start("a rebuild", &site.command(&["rebuild"]), &site.log)?;
            // At a drawn part of the time that one took.
            std::thread::park_timeout(took.mul_f64((rng.next_u64() % 1_000) as f64 / 1_000.0));
            broken_off += usize::from(rebuild.kill_if_running()?);
            hold(site.digest()? == before, || "a broken rebuild left another state".to_owned())?;
        }
        hold(broken_off > 0, || "every rebuild was done before its kill".to_owned())?;
        site.start()?;
        site.verify().map(drop)
    });
}
