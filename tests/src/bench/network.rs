//! The network that is measured: a pair of virtual cables between two network namespaces, the sites at one end, the relay at
//! the other. Owns laying it and reading the system's count of its bytes. Without the right to do so: the loopback, said so.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::processes::limits::START;
use crate::processes::{Daemon, Failure, until};

/// The sites' end of the cable.
const CABLE: &str = "sites0";
/// The relay's end.
const CABLE_OF_RELAY: &str = "relay0";
const SITES: &str = "10.77.0.1/30";
const RELAY: &str = "10.77.0.2";
const RELAY_PORT: u16 = 4433;

/// Where the programs meet.
#[derive(Debug)]
pub(super) enum Network {
    /// The relay is alone in a namespace, which this process holds open.
    Apart(Daemon),
    /// Everything is on the loopback of the machine.
    Loopback,
}

/// Runs this program again in a network namespace of its own, where it may lay cables; its exit status. `None` where the
/// system does not allow that.
pub(super) fn again_in_a_namespace() -> Option<ExitCode> {
    let ways: [&[&str]; 2] = [&["--user", "--map-root-user", "--net"], &["--net"]];
    let quiet = |way: &[&str], words: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(way).args(words).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let cable = ["ip", "link", "add", CABLE, "type", "veth", "peer", "name", CABLE_OF_RELAY];
    let way = ways.into_iter().find(|way| quiet(way, &cable))?;
    let this = std::env::current_exe().ok()?;
    let status = Command::new("unshare").args(way).arg(this).args(std::env::args_os().skip(1)).arg("--inside").status();
    Some(if status.ok()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Network {
    /// Lays the cable, if this process is in a namespace of its own.
    pub(super) fn laid(inside: bool, log: &Path) -> Result<Self, Failure> {
        if !inside {
            return Ok(Self::Loopback);
        }
        ip(&["link", "set", "lo", "up"])?;
        ip(&["link", "add", CABLE, "type", "veth", "peer", "name", CABLE_OF_RELAY])?;
        let mut holder = Command::new("unshare");
        holder.args(["--net", "tail", "-f", "/dev/null"]);
        let mut holder = Daemon::start("the relay's namespace", &holder, log)?;
        let pid = holder.pid().to_string();
        let space = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        until("the relay's namespace is there", START, || {
            holder.alive()?;
            let apart = space(&pid).is_some_and(|theirs| Some(theirs) != space("self"));
            Ok(if apart { Ok(()) } else { Err("the same".to_owned()) })
        })?;
        ip(&["link", "set", CABLE_OF_RELAY, "netns", &pid])?;
        ip(&["address", "add", SITES, "dev", CABLE])?;
        ip(&["link", "set", CABLE, "up"])?;
        let network = Self::Apart(holder);
        let relay = format!("{RELAY}/30");
        for words in [
            ["link", "set", "lo", "up"].as_slice(),
            &["address", "add", &relay, "dev", CABLE_OF_RELAY],
            &["link", "set", CABLE_OF_RELAY, "up"],
        ] {
            let mut command = Command::new("ip");
            command.args(words);
            done(network.at_relay(command))?;
        }
        Ok(network)
    }

    /// How it is told of in the report.
    pub(super) fn told(&self) -> &'static str {
        match self {
            Self::Apart(_) => "virtual cable between two namespaces; bytes are those of sites and relay alone",
            Self::Loopback => "loopback of the machine, no namespace was allowed: bytes include the HTTP API",
        }
    }

    /// Where the relay listens, if the network says so.
    pub(super) fn relay_address(&self) -> Option<String> {
        matches!(self, Self::Apart(_)).then(|| format!("{RELAY}:{RELAY_PORT}"))
    }

    /// The command, as it runs where the relay is.
    pub(super) fn at_relay(&self, command: Command) -> Command {
        let Self::Apart(holder) = self else { return command };
        let mut entered = Command::new("nsenter");
        entered.args(["--net", "--target", &holder.pid().to_string(), "--"]);
        entered.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => entered.env(name, value),
                None => entered.env_remove(name),
            };
        }
        entered
    }

    /// Bytes that went over it so far, in both directions, headers included, each counted once.
    pub(super) fn bytes(&self) -> Result<u64, Failure> {
        let path = "/proc/net/dev";
        let text = std::fs::read_to_string(path).map_err(Failure::system(format!("cannot read {path}")))?;
        let counted = match self {
            Self::Apart(_) => interface(&text, CABLE).map(|(received, sent)| received + sent),
            // What a loopback sends, it receives.
            Self::Loopback => interface(&text, "lo").map(|(received, _)| received),
        };
        counted.ok_or_else(|| Failure::Wrong(format!("{path} does not name the interface:\n{text}")))
    }
}

/// Bytes received and sent by an interface, of the text of /proc/net/dev.
fn interface(text: &str, name: &str) -> Option<(u64, u64)> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'))?;
    let counts: Vec<u64> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
    Some((*counts.first()?, *counts.get(8)?))
}

fn ip(words: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new("ip");
    command.args(words);
    done(command)
}

fn done(command: Command) -> Result<(), Failure> {
    crate::processes::Answer::of(command, START)?.leaving(0).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interfaces_bytes_are_read() {
        let text = "Inter-|   Receive      |  Transmit\n face |bytes packets\n    lo: 7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n\
                    sites0:  1234 2 0 0 0 0 0 0  99 3 0 0 0 0 0 0\n";
        assert_eq!(interface(text, "sites0"), Some((1234, 99)));
        assert_eq!(interface(text, "lo"), Some((7, 8)));
        assert_eq!(interface(text, "eth0"), None);
    }
}
