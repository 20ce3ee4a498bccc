//! One machine: a Debian in a folder, off at first, then started by its own systemd on a network of its own. It owns the two ways of
//! running a command there, and asking systemd how a unit stands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::{BOOT, SYSTEM};
use crate::processes::failure::hold;
use crate::processes::limits::{LONG_COMMAND, START};
use crate::processes::{Answer, Daemon, Failure, until};

/// What root finds programs by.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A machine.
#[derive(Debug)]
pub(super) struct Machine {
    /// What it is called.
    pub name: &'static str,
    /// Its root directory.
    pub root: PathBuf,
    on: Option<On>,
    // Whose network it has, once it is off this system's.
    network: Option<Daemon>,
}

/// What keeps a machine on.
#[derive(Debug)]
struct On {
    // It ends with this.
    _container: Daemon,
    // Its first process, which has all that is its own.
    first: u32,
}

impl Machine {
    /// The machine of that folder, off.
    pub fn new(name: &'static str, root: &Path) -> Self {
        Self { name, root: root.to_owned(), on: None, network: None }
    }

    /// A file of it, by the path that it has there.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside.trim_start_matches('/'))
    }

    /// A command there, as a user there, not yet run.
    fn command(&self, user: &str, words: &[&str]) -> Command {
        let mut command = match &self.on {
            None => {
                let mut command = Command::new("chroot");
                command.arg(&self.root);
                command
            }
            Some(on) => {
                let mut command = Command::new("nsenter");
                command.arg(format!("--target={}", on.first));
                command.args(["--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd", "--"]);
                command
            }
        };
        command.args(["runuser", "-u", user, "--"]).args(words);
        for (name, _) in std::env::vars_os() {
            if !name.to_string_lossy().to_lowercase().ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        command.env("PATH", PATH).env("LC_ALL", "C.UTF-8").env("DEBIAN_FRONTEND", "noninteractive");
        command
    }

    /// Runs a command there, which must succeed.
    pub fn run(&self, user: &str, words: &[&str], limit: Duration) -> Result<Answer, Failure> {
        Answer::of(self.command(user, words), limit)?.leaving(0)
    }

    /// Runs a command as root; what it printed, less the space around it.
    pub fn says(&self, words: &[&str]) -> Result<String, Failure> {
        Ok(self.run("root", words, SYSTEM)?.text().trim().to_owned())
    }

    /// Runs one of our commands as the user whose directory it works in; its JSON.
    pub fn ask(&self, user: &str, words: &[&str]) -> Result<Value, Failure> {
        self.run(user, &[words, &["--json"]].concat(), LONG_COMMAND)?.json()
    }

    /// What a port of it answers to `GET path`.
    pub fn page(&self, port: u16, path: &str) -> Result<String, Failure> {
        let asks = format!(
            "exec 3<>/dev/tcp/127.0.0.1/{port}; \
             printf 'GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3"
        );
        Ok(self.run("root", &["bash", "-c", &asks], SYSTEM)?.text())
    }

    /// Switches it on, on a network that leads nowhere until there is a wire.
    pub fn start(&mut self) -> Result<(), Failure> {
        let network = self.own_network()?;
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", network.pid())).arg("systemd-nspawn");
        command.args(["--quiet", "--register=no", "--keep-unit", "--link-journal=no", "--boot", "--directory"]);
        command.arg(&self.root);
        let mut container = Daemon::start(self.name, &command, &self.root.with_extension("log"))?;
        let first = until(&format!("{} has a first process", self.name), BOOT, || {
            container.alive()?;
            Ok(first_process(container.pid()).ok_or_else(|| "none".to_owned()))
        })?;
        self.network = Some(network);
        self.on = Some(On { _container: container, first });
        until(&format!("{} is up", self.name), BOOT, || {
            let asked = Answer::of(self.command("root", &["systemctl", "is-system-running"]), SYSTEM)?;
            let state = asked.text().trim().to_owned();
            // A container lacks much that a unit of the system may want; how ours stand is asked apart.
            Ok(if ["running", "degraded"].contains(&state.as_str()) { Ok(()) } else { Err(state + &asked.err) })
        })
    }

    fn own_network(&self) -> Result<Daemon, Failure> {
        let mut command = Command::new("unshare");
        command.args(["--net", "sh", "-c", "ip link set lo up && echo up && exec tail -f /dev/null"]);
        let log = self.root.with_extension("network.log");
        let mut holder = Daemon::start(&format!("the network of {}", self.name), &command, &log)?;
        until(&format!("{} has a network", self.name), START, || {
            holder.alive()?;
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            Ok(if said.contains("up") { Ok(()) } else { Err(said) })
        })?;
        Ok(holder)
    }

    /// A wire from here to another machine, with an address at each end. Both are on.
    pub fn wire(&self, other: &Self, here: &str, there: &str) -> Result<(), Failure> {
        let (Some(near), Some(far)) = (&self.network, &other.network) else {
            return Err(Failure::Wrong("a wire wants two machines that are on".to_owned()));
        };
        let script = "set -e; near=\"nsenter --net=/proc/$1/ns/net\"; far=\"nsenter --net=/proc/$2/ns/net\"; \
                      $near ip link add wire type veth peer name wire netns $2; \
                      $near ip address add $3 dev wire; $near ip link set wire up; \
                      $far ip address add $4 dev wire; $far ip link set wire up";
        let mut command = Command::new("sh");
        let [near, far] = [near, far].map(|holder| holder.pid().to_string());
        command.args(["-c", script, "wire", &near, &far, here, there]);
        Answer::of(command, SYSTEM)?.leaving(0).map(drop)
    }

    /// What systemd says of a unit.
    pub fn shows(&self, unit: &str, property: &str) -> Result<String, Failure> {
        self.says(&["systemctl", "show", "--property", property, "--value", unit])
    }

    /// Holds that a unit is in a state.
    pub fn is(&self, unit: &str, state: &str) -> Result<(), Failure> {
        let found = self.shows(unit, "ActiveState")?;
        hold(found == state, || {
            let told = self.says(&["journalctl", "--no-pager", "--lines=30", "--unit", unit]).unwrap_or_default();
            format!("{unit} of {} is {found}, and should be {state}; it said:\n{told}", self.name)
        })
    }

    /// Starts a unit. systemd waits until it says that it is ready.
    pub fn start_unit(&self, unit: &str) -> Result<(), Failure> {
        let started = self.run("root", &["systemctl", "start", unit], START);
        // Its own words say more than systemd's.
        self.is(unit, "active")?;
        started.map(drop)
    }

    /// Stops a unit, which must leave in good order.
    pub fn stop_unit(&self, unit: &str) -> Result<(), Failure> {
        self.run("root", &["systemctl", "stop", unit], START)?;
        self.is(unit, "inactive")?;
        let result = self.shows(unit, "Result")?;
        hold(result == "success", || format!("{unit} of {} left with {result}", self.name))
    }
}

/// The systemd that a container started.
fn first_process(container: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{container}/task/{container}/children")).ok()?;
    let mut children = children.split_whitespace().filter_map(|child| child.parse().ok());
    children.find(|child: &u32| {
        let name = std::fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
        name.trim() == "systemd"
    })
}
