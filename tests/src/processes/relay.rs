//! One relay: its data directory, the commands run on it, its daemon while it runs. Its address is chosen once, before it is
//! initialised, because the sites' roster names it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::failure::{Failure, hold};
use super::limits::{COMMAND, START};
use super::site::{free_port, text};
use super::{Answer, Daemon, Programs, until};

/// A relay.
#[derive(Debug)]
pub struct Relay {
    /// Its data directory.
    pub dir: PathBuf,
    /// What its daemon prints.
    pub log: PathBuf,
    /// Where sites find it.
    pub address: String,
    /// Where it listens, which is elsewhere when something stands between.
    listen: String,
    /// Its second port, while it runs.
    admin: Option<String>,
    /// Settings of its daemon, as variables of the environment.
    pub settings: Vec<(&'static str, String)>,
    programs: Programs,
    daemon: Option<Daemon>,
}

impl Relay {
    /// A relay under `root` at a free port of the loopback; nothing is made or started yet.
    pub fn new(programs: &Programs, root: &Path) -> Result<Self, Failure> {
        Ok(Self::at(programs, root, free_port()?))
    }

    /// The relay under `root` at a known address.
    pub fn at(programs: &Programs, root: &Path, address: String) -> Self {
        Self::behind(programs, root, address.clone(), address)
    }

    /// The relay under `root` that sites find at `address`, from where something carries all to `listen`.
    pub fn behind(programs: &Programs, root: &Path, address: String, listen: String) -> Self {
        let (dir, log) = (root.join("relay"), root.join("relay.log"));
        Self { dir, log, address, listen, admin: None, settings: Vec::new(), programs: programs.clone(), daemon: None }
    }

    /// `comptoir-relay ARGUMENTS --data DIR --json`, not yet run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.programs.relay);
        command.env_remove("COMPTOIR_DATA").args(arguments).arg("--data").arg(&self.dir).arg("--json");
        command
    }

    /// Runs a command to its end, however it leaves.
    pub fn run(&self, arguments: &[&str]) -> Result<Answer, Failure> {
        Answer::of(self.command(arguments), COMMAND)
    }

    /// `init`: the code that headquarters takes it into service with.
    pub fn init(&self) -> Result<String, Failure> {
        let answer = self.run(&["init", "--address", &self.address, "--jurisdiction", "FR"])?.leaving(0)?.json()?;
        text("comptoir-relay init", &answer, "code")
    }

    /// Starts the daemon, and waits until it says that it is ready.
    pub fn start(&mut self) -> Result<(), Failure> {
        let mut command = self.command(&["run", "--listen", &self.listen, "--admin", "127.0.0.1:0"]);
        command.envs(self.settings.iter().map(|(name, value)| (format!("COMPTOIR_RELAY__{name}"), value)));
        let known = self.dir.join("run.json");
        // What an earlier process left there would name its ports.
        drop(std::fs::remove_file(&known));
        let mut daemon = Daemon::start("the relay", &command, &self.log)?;
        let admin = until("the relay is ready", START, || {
            daemon.alive()?;
            let run = std::fs::read(&known).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
            let Some(admin) = run.and_then(|run| run["admin"].as_str().map(str::to_owned)) else {
                return Ok(Err("no run.json".to_owned()));
            };
            Ok(page(&admin, "/readyz").map(|_| admin))
        })?;
        self.admin = Some(admin);
        self.daemon = Some(daemon);
        Ok(())
    }

    /// SIGTERM; it must leave with 0.
    pub fn stop(&mut self) -> Result<(), Failure> {
        self.admin = None;
        let Some(daemon) = self.daemon.take() else { return Ok(()) };
        let exit = daemon.stop()?;
        hold(exit == Some(0), || format!("the relay left with {exit:?} when asked to stop"))
    }

    /// kill -9, if it runs.
    pub fn kill(&mut self) -> Result<(), Failure> {
        self.admin = None;
        self.daemon.take().map_or(Ok(()), Daemon::kill)
    }

    /// The running daemon.
    pub fn daemon(&mut self) -> Option<&mut Daemon> {
        self.daemon.as_mut()
    }

    /// Its process id, while it runs.
    pub fn pid(&self) -> Result<u32, Failure> {
        let daemon = self.daemon.as_ref().ok_or_else(|| Failure::Wrong("the relay does not run".to_owned()))?;
        Ok(daemon.pid())
    }

    /// Where its second port is, while it runs.
    pub fn admin(&self) -> Option<&str> {
        self.admin.as_deref()
    }

    /// A page of its second port, which must answer with 200.
    pub fn page(&self, path: &str) -> Result<String, Failure> {
        let admin = self.admin.as_deref().ok_or_else(|| Failure::Wrong("the relay does not run".to_owned()))?;
        page(admin, path).map_err(|what| Failure::Wrong(format!("the relay's {path}: {what}")))
    }

    /// Deletes all that it stored, and none of its keys. It must not run.
    pub fn lose_store(&self) -> Result<usize, Failure> {
        let looked = |source| Failure::System { what: format!("cannot look into {}", self.dir.display()), source };
        let mut lost = 0;
        for found in std::fs::read_dir(&self.dir).map_err(looked)? {
            let path = found.map_err(looked)?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().contains(".sqlite")) {
                std::fs::remove_file(&path).map_err(Failure::system(format!("cannot delete {}", path.display())))?;
                lost += 1;
            }
        }
        Ok(lost)
    }
}

fn page(admin: &str, path: &str) -> Result<String, String> {
    let config = ureq::Agent::config_builder().proxy(None).timeout_global(Some(Duration::from_secs(10)));
    let mut answer =
        config.build().new_agent().get(format!("http://{admin}{path}")).call().map_err(|error| error.to_string())?;
    answer.body_mut().read_to_string().map_err(|error| error.to_string())
}
