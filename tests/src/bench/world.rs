//! Headquarters, one branch and their relay, as every scenario finds them: founded once, kept as copies of their
//! directories, brought back before each run. Owns the directories; measures nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::network::Network;
use super::running::{RunningNode, StartingNode, Used, stop, used};
use crate::old_data::copy;
use crate::processes::limits::{LOOK_AGAIN_SOON, START};
use crate::processes::site::text;
use crate::processes::wait::until_every;
use crate::processes::{Daemon, Failure, Programs, Relay, Site};

/// The three, each in a directory of its own.
pub(super) struct World<'n> {
    /// Where they meet.
    pub(super) network: &'n Network,
    /// Headquarters.
    pub(super) par: Site,
    /// The branch.
    pub(super) dkr: Site,
    root: PathBuf,
    relay: Relay,
}

/// A relay that runs.
pub(super) struct RunningRelay(Daemon);

impl RunningRelay {
    /// What it used.
    pub(super) fn used(&self) -> Result<Used, Failure> {
        used(self.0.pid())
    }

    /// Stops it in good order.
    pub(super) fn stop(self) -> Result<(), Failure> {
        stop("the relay", self.0)
    }
}

impl<'n> World<'n> {
    /// Founds the organisation under `root`; afterwards everything is stopped, and the relay holds the roster alone.
    pub(super) fn found(programs: &Programs, network: &'n Network, root: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(root).map_err(Failure::system("cannot make a directory for the bench"))?;
        let relay = match network.relay_address() {
            Some(address) => Relay::at(programs, root, address),
            None => Relay::new(programs, root)?,
        };
        let [par, dkr] = ["PAR", "DKR"].map(|code| Site::new(programs, code, root));
        let world = Self { network, par, dkr, root: root.to_owned(), relay };
        let code = world.relay.init()?;
        let running = world.start_relay()?;
        let profile = ["--name", "Paris", "--country", "FR", "--currency", "EUR", "--locale", "fr-FR"];
        let create = ["create", "--organisation", "Comptoir", "--relay", &code, "--site", "PAR"];
        world.par.ask(&[&create, profile.as_slice()].concat())?;
        let par = world.start(&world.par)?;
        let profile = ["--name", "Dakar", "--country", "SN", "--currency", "XOF", "--locale", "fr-SN"];
        let invited = world.par.ask(&[&["invite", "--site", "DKR"], profile.as_slice()].concat())?;
        world.dkr.ask(&["join", &text("PAR", &invited, "code")?, "--wait", "60s"])?;
        // Both hold the roster with both in it, and the relay has acknowledged it.
        let dkr = world.start(&world.dkr)?;
        for node in [dkr, par] {
            node.is_connected()?;
            node.is_empty_handed()?;
            node.stop()?;
        }
        running.stop()?;
        Ok(world)
    }

    /// Starts a site's node.
    pub(super) fn start(&self, site: &Site) -> Result<RunningNode, Failure> {
        StartingNode::of(site)?.followed()
    }

    /// Starts the relay, and waits until it listens.
    pub(super) fn start_relay(&self) -> Result<RunningRelay, Failure> {
        let known = self.relay.dir.join("run.json");
        drop(std::fs::remove_file(&known));
        let command = self.relay.command(&["run", "--listen", &self.relay.address, "--admin", "127.0.0.1:0"]);
        let mut daemon = Daemon::start("the relay", &self.network.at_relay(command), &self.relay.log)?;
        until_every("the relay listens", START, LOOK_AGAIN_SOON, || {
            daemon.alive()?;
            Ok(if known.exists() { Ok(()) } else { Err("no run.json".to_owned()) })
        })?;
        Ok(RunningRelay(daemon))
    }

    /// Where the relay is reached, and the pin of its key.
    pub(super) fn relay_line(&self) -> Result<(String, String), Failure> {
        let command = self.network.at_relay(self.relay.command(&["status"]));
        let status = crate::processes::Answer::of(command, START)?.leaving(0)?.json()?;
        Ok((self.relay.address.clone(), text("the relay", &status, "pin")?))
    }

    /// Keeps the directories under a name. Nothing must run.
    pub(super) fn keep(&self, name: &str) -> Result<(), Failure> {
        self.each(|dir, kept| copy(dir, &kept.join(name)))
    }

    /// Brings back what was kept under a name: as it was, and on the disk, so that no later sync pays for the copy.
    pub(super) fn bring_back(&self, name: &str) -> Result<(), Failure> {
        self.each(|dir, kept| {
            std::fs::remove_dir_all(dir).map_err(Failure::system(format!("cannot empty {}", dir.display())))?;
            copy(&kept.join(name), dir)
        })?;
        Command::new("sync").status().map(drop).map_err(Failure::system("cannot sync the disk"))
    }

    /// Each directory, and where its copies lie, by their names.
    fn each(&self, act: impl Fn(&Path, &Path) -> Result<(), Failure>) -> Result<(), Failure> {
        [&self.relay.dir, &self.par.dir, &self.dkr.dir]
            .into_iter()
            .try_for_each(|dir| act(dir, &dir.with_extension("kept")))
    }

    /// A file of the world's own.
    pub(super) fn file(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.root.join(name);
        std::fs::write(&path, text).map_err(Failure::system(format!("cannot write {name}")))?;
        Ok(path)
    }
}
