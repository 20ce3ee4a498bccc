//! The demo for a person: all is started and filled, then it says where to look and waits. It owns the words and the wait.

use std::path::Path;
use std::time::{Duration, Instant};

use super::play::Play;
use super::{PARTIES, SEED};
use crate::demo_data::write_csv;
use crate::processes::limits::CONVERGE;
use crate::processes::{Branches, Failure, Programs, Site};

/// How often the demo looks whether everything still runs.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// Starts everything under `root`, and stops it at Ctrl-C, SIGTERM or after `limit`.
pub(super) fn show(play: &mut Play, programs: &Programs, root: &Path, limit: Option<Duration>) -> Result<(), Failure> {
    let earlier = play.step("an earlier demo is looked for", || {
        let earlier = Branches::again(programs, root)?;
        let found = if earlier.is_some() { "found and started" } else { "none" };
        Ok((earlier, found.to_owned()))
    })?;
    let mut branches = match earlier {
        Some(branches) => branches,
        None => filled(play, programs, root)?,
    };
    tell(programs, &branches);
    wait(&mut branches, limit)?;
    play.step("everything stops", || Ok((branches.stop()?, String::new())))
}

fn filled(play: &mut Play, programs: &Programs, root: &Path) -> Result<Branches, Failure> {
    let branches = play.step("a relay and PAR are founded, DKR and MTL join", || {
        Ok((Branches::found(programs, root)?, String::new()))
    })?;
    play.step("PAR imports the demo data", || {
        let file = root.join("parties.csv");
        let written = std::fs::write(&file, write_csv(SEED, PARTIES, "C-"));
        written.map_err(Failure::system(format!("cannot write {}", file.display())))?;
        let counts = branches.par.import(&file)?;
        Ok(((), format!("{} parties", counts.created)))
    })?;
    play.step("DKR and MTL have it", || Ok((branches.converge(CONVERGE)?, String::new())))?;
    Ok(branches)
}

fn tell(programs: &Programs, branches: &Branches) {
    let node = programs.node.display();
    println!("\nThree branches and a relay run on this machine.\n");
    for (site, what) in branches.sites().into_iter().zip(["headquarters", "Dakar", "Montréal"]) {
        let address = site.api().map_or("?", |api| &api.address);
        println!("  {} ({what})  API http://{address}  token in {}", site.code, site.dir.join("api.json").display());
        // Nothing to open where the interface was not built.
        if let Ok(answer) = site.ask(&["open"]) {
            println!("      open in a browser, once: {}", answer["link"].as_str().unwrap_or("?"));
        }
    }
    let admin = branches.relay.admin().unwrap_or("?");
    println!("  relay {}  http://{admin}/metrics\n\nTry, in another terminal:\n", branches.relay.address);
    let (par, dkr, mtl) = (branches.par.dir.display(), branches.dkr.dir.display(), branches.mtl.dir.display());
    println!("  {node} status --data {par}");
    println!("  {node} record list party --search montreal --data {dkr}");
    println!(
        "  {node} record create party name='Chez Awa' addresses+='{{\"city\":\"Thiès\",\"country\":\"SN\"}}' --data {dkr}"
    );
    println!("  {node} record list party --search awa --data {mtl}");
    println!("  {node} inbox list --data {par}\n\nCtrl-C stops everything.\n");
}

/// Until a person, the system or the clock ends it; a failure if something ends by itself before.
fn wait(branches: &mut Branches, limit: Option<Duration>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::system("cannot wait for Ctrl-C"))?;
    let began = Instant::now();
    loop {
        if runtime.block_on(asked_to_stop()) || limit.is_some_and(|limit| began.elapsed() >= limit) {
            return Ok(());
        }
        let sites = [&mut branches.par, &mut branches.dkr, &mut branches.mtl];
        let nodes = sites.into_iter().filter_map(Site::daemon);
        for daemon in nodes.chain(branches.relay.daemon()) {
            daemon.alive()?;
        }
    }
}

/// True when Ctrl-C or SIGTERM came, false when it is time to look after the daemons.
async fn asked_to_stop() -> bool {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => true,
        () = terminated => true,
        () = tokio::time::sleep(LOOK_AFTER) => false,
    }
}
